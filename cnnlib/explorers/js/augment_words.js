/** What AugmentationExplorer says: what was done, whether the label is still true, and why. */
import { label as written } from "./format.js";

export const percent = (share) => `${Math.round(100 * share)}\u202f%`;
export const best = (shares) => shares.reduce((most, share, k) => (share > shares[most] ? k : most), 0);

/** What a label is called. */
export const called = (label) => (label < 0 ? "a picture of no digit" : `${label === 8 ? "an" : "a"} ${label}`);

/** What is done, in order of the sliders. */
export function doneText(state) {
  const moves = [[state.down, "down", "up"], [state.right, "right", "left"]].filter(([pixels]) => pixels)
    .map(([pixels, ahead, back]) => `moved ${written(Math.abs(pixels))} ${pixels > 0 ? ahead : back}`);
  const parts = [
    ...moves,
    state.rotate ? `turned by ${written(state.rotate)} degrees` : "",
    state.scale !== 1 ? `scaled by ${written(state.scale)}` : "",
    state.flip !== "none" ? `mirrored ${state.flip}` : "",
    state.crop ? `cropped by ${written(state.crop)}` : "",
    state.lam < 1 ? `blended, ${written(state.lam)} of it its own` : "",
    state.noise ? `noise of ${written(state.noise)}` : "",
  ].filter(Boolean);
  return parts.join(", ") || "as it is";
}

const TOLD = {
  gone: () => "hardly anything of it is left",
  cut: () => "much of it is gone",
  other: (reads) => `it reads as ${called(reads)}`,
  none: () => "it reads as no digit",
  mixed: () => "its label is shared out",
  hidden: () => "noise hides it",
  true: () => "its label is still true",
};

/** One line that tells the state. */
export function describe(state, { verdict, reads }) {
  return `${called(state.label)}, ${doneText(state)}: ${TOLD[verdict](reads)}`;
}

/** The verdict, as a heading. */
export function heading(state, { verdict, reads }) {
  const own = state.label < 0 ? "a picture of no digit" : `${state.label}`;
  return {
    gone: `Hardly anything of it is left, and the label still says ${own}.`,
    cut: `Much of it lies outside. Is this still ${called(state.label)}?`,
    other: `The label says ${own}. This is ${called(reads)}.`,
    none: `The label says ${own}. This is no digit.`,
    mixed: "Neither the one nor the other: the label is shared out alike.",
    hidden: "Noise this strong hides what the label says.",
    true: state.label < 0 ? "It still shows what it showed." : `Still ${called(state.label)}: the label is true.`,
  }[verdict];
}

const LIKENESS = {
  2: "A mirrored 2 resembles a 5 more than a 2.", 5: "A mirrored 5 resembles a 2 more than a 5.",
  6: "It has become the mirror image of a 9 or a 6.", 9: "It has become the mirror image of a 6 or a 9.",
};

/** Why the label is true or not, and what follows for training. */
export function why(state, { verdict, reads }) {
  const mirrored = state.flip !== "none";
  const what = mirrored ? "mirrored" : "turned this far";
  return {
    gone: "Training on it teaches the network to answer where there is nothing to be seen.",
    cut: "Small shifts and crops keep what tells digits apart; large ones cut it off.",
    other: `Upside down, a 6 and a 9 change places. Trained on such pictures, a network is told that ${called(reads)} is ${called(state.label)}.`,
    none: `Nobody writes ${called(state.label)} like this. ${mirrored && LIKENESS[state.label] ? LIKENESS[state.label] : `Only some digits stay what they are when they are ${what}.`}`,
    mixed: "Mixup trains on blends: the loss is the same blend of the losses for both labels.",
    hidden: "Noise keeps a label true as long as you can still tell what it is.",
    true: state.label < 0 ? "Which changes keep a label true depends on what the pictures show: a face in a mirror is a face, a 2 in a mirror is no 2."
      : "A change that leaves the label true is a new example at no cost.",
  }[verdict];
}

/** What one draw shows and what is read in it, for those who cannot see it. */
export function drawText(k, settings, share, state, shares) {
  const change = describeChange(settings, share, state.noise);
  const own = state.label < 0 ? "" : `; label ${labelText(state, share)}`;
  const read = shares ? `; the network reads ${best(shares)}, ${percent(shares[best(shares)])}` : "";
  return `Draw ${k + 1}: ${change}${own}${read}`;
}

/** The label of a blend: "6", or "6 70 %, 3 30 %". */
export function labelText(state, share) {
  const name = (label) => (label < 0 ? "none" : String(label));
  if (share > 0.995 || state.partner_label === state.label) return name(state.label);
  return `${name(state.label)} ${percent(share)}, ${name(state.partner_label)} ${percent(1 - share)}`;
}

function describeChange({ shift: [down, right], rotate, scale, flip, crop, size }, share, noise) {
  const round = (value) => written(Number(value.toFixed(1)));
  return [
    down || right ? `moved ${round(Math.abs(down))} ${down > 0 ? "down" : "up"}, ${round(Math.abs(right))} ${right > 0 ? "right" : "left"}` : "",
    rotate ? `turned ${round(rotate)} degrees` : "",
    scale !== 1 ? `scaled by ${written(Number(scale.toFixed(2)))}` : "",
    flip ? `mirrored ${flip}` : "",
    crop ? `cropped to ${percent(crop[2] / size[0])}` : "",
    share < 1 ? `blended, ${percent(share)} its own` : "",
    noise ? "with noise" : "",
  ].filter(Boolean).join(", ") || "as it is";
}
