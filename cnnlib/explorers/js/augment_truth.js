/** Whether the label of a changed picture is still true, by the shapes of the ten digits. */
import { INK } from "./augment_math.js";

const UPSIDE_DOWN = { 0: 0, 1: 1, 6: 9, 8: 8, 9: 6 };
const MIRRORED = { 0: 0, 1: 1, 8: 8 }; // left-right
const OVERTURNED = { 0: 0, 1: 1, 3: 3, 8: 8 }; // up-down

/** What a mirrored and turned digit reads as; null if as none of the ten. Up to 45 degrees change nothing. */
export function reading(label, flip, rotate) {
  if (label < 0) return label;
  const turn = Math.abs(((((rotate + (flip === "up-down" ? 180 : 0) + 180) % 360) + 360) % 360) - 180);
  if (turn > 45 && turn < 135) return label === 0 ? 0 : null;
  if (flip === "none") return turn <= 45 ? label : UPSIDE_DOWN[label] ?? null;
  return (turn <= 45 ? MIRRORED : OVERTURNED)[label] ?? null;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The share of the picture's ink that is still to be seen, about 1 where all is. */
function inkLeft({ image, scale, crop }, moved) {
  const whole = (sum(image.flat()) / INK) * (scale / (1 - crop)) ** 2;
  return whole ? sum(moved.data) / whole : 1;
}

/**
 * @returns {{verdict: "gone" | "cut" | "other" | "none" | "mixed" | "hidden" | "true", reads: number}}
 *   `reads` is -1 for no digit
 */
export function truth(state, moved) {
  const left = inkLeft(state, moved);
  const reads = reading(state.label, state.flip, state.rotate);
  if (left < 0.15) return { verdict: "gone", reads: -1 };
  if (reads === null) return { verdict: "none", reads: -1 };
  if (reads !== state.label) return { verdict: "other", reads };
  if (left < 0.6) return { verdict: "cut", reads };
  if (state.lam < 1 && state.partner_label !== state.label) return { verdict: "mixed", reads };
  return state.noise >= 0.6 ? { verdict: "hidden", reads: -1 } : { verdict: "true", reads };
}
