/** AugmentationExplorer: a picture changed, its label kept, and where that stops being true. */
import { makeControls } from "./js/augment_controls.js";
import { makeDraws } from "./js/augment_draws.js";
import { makeLabels } from "./js/augment_labels.js";
import { INK, asked, changed, fault, readings, sources } from "./js/augment_math.js";
import { python } from "./js/augment_python.js";
import { truth } from "./js/augment_truth.js";
import { best, describe, heading, percent, why } from "./js/augment_words.js";
import { h } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, matrix, number } from "./js/fields.js";
import { plain } from "./js/format.js";
import { makeGrid } from "./js/grid.js";
import { unpacked } from "./js/network_math.js";
import { nested, reshape } from "./js/ops.js";

const HELP = "Point at a pixel of the changed picture: it is read from up to four of the old one.";

/** A picture's values, all of them from no ink to all. */
const inked = {
  ...matrix(32),
  decode(text) {
    const rows = matrix(32).decode(text);
    if (rows.flat().some((value) => value < 0 || value > INK)) throw new Error(`its numbers are not all from 0 to ${INK}`);
    return rows;
  },
};

const fields = {
  image: inked,
  label: integer(-1, 9),
  down: number(-8, 8),
  right: number(-8, 8),
  rotate: number(-180, 180),
  scale: number(0.5, 1.9),
  flip: choice(["none", "left-right", "up-down"]),
  crop: number(0, 0.75),
  crop_top: number(0, 1),
  crop_left: number(0, 1),
  noise: number(0, 1),
  lam: number(0, 1),
  partner: inked,
  partner_label: integer(-1, 9),
  seed: integer(0, 9999),
  network: choice(["plain", "augmented", "none"]),
};

function build({ body, get, set, say }) {
  const stored = get("_networks") ?? {};
  const nets = Object.fromEntries(Object.entries(stored).map(([name, layers]) => [name, unpacked(layers)]));
  const controls = makeControls({ pictures: get("_pictures") ?? [], networks: "plain" in nets, get, set });
  let hovered = null;
  let chosen = null; // by a press, a finger or the keyboard: it stays when the pointer leaves
  let shown = null;

  const editable = (key) => (row, col, value) => {
    if (value < 0 || value > INK) {
      say(`A pixel of ${value} is outside 0 (paper) to ${INK} (ink).`);
      return;
    }
    const rows = get(key).map((cells) => cells.slice());
    rows[row][col] = value;
    set({ [key]: rows });
  };
  const picture = makeGrid({
    name: "input", role: "input", caption: "the picture", textUpTo: 0, onRefuse: say, brush: controls.ink, onEdit: editable("image"),
  });
  const partner = makeGrid({
    name: "other picture", role: "input", caption: "blended with", textUpTo: 0, onRefuse: say, brush: controls.ink, onEdit: editable("partner"),
  });
  const given = makeGrid({
    name: "output", role: "output", caption: "changed", textUpTo: 0,
    onPoint(row, col, how) {
      if (how === "hover") hovered = [row, col];
      else chosen = [row, col];
      explain();
    },
    onLeave() {
      hovered = null;
      explain();
    },
  });
  const sums = h("p", { class: "cnn-arithmetic cnn-boxed cnn-aug-sums", tabindex: "0", role: "group", "aria-label": "Arithmetic" });
  const labels = makeLabels();
  const draws = makeDraws({ get, set, say });
  partner.el.classList.add("cnn-aug-blended");
  const stage = h("div", { class: "cnn-aug-stage" }, picture.el, partner.el, given.el, labels.el);
  body.append(controls.el, stage, labels.words, sums, draws.el);

  /** Write out how the pixel that is pointed at was read, and mark where. */
  function explain() {
    const { state, made } = shown;
    const [tall, w] = made.given.shape.slice(2);
    const pointed = [hovered, chosen].find((place) => place && place[0] < tall && place[1] < w);
    if (!pointed) {
      picture.mark([]);
      given.mark([]);
      if (sums.textContent !== HELP) sums.textContent = HELP;
      return;
    }
    const [row, col] = pointed;
    const at = row * w + col;
    const read = sources(made.matrix, pointed, [tall, w]);
    picture.mark(read.map((each) => [each.row, each.col]));
    given.mark([pointed]);
    const terms = read.map((each) => `${plain(each.weight)} \u00d7 ${plain(made.picture.data[each.row * w + each.col])}`);
    const lines = [`${terms.join(" + ") || "nothing: it lies beyond the picture"} = ${plain(made.moved.data[at])}`];
    if (state.lam < 1) lines.push(`${plain(state.lam)} of that + ${plain(1 - state.lam)} \u00d7 ${plain(made.other[at])}`);
    if (state.noise) lines.push(`+ noise ${plain(state.noise * made.noise[at])}`);
    sums.textContent = `changed[${row}, ${col}] = ${lines.join("; ")}${lines.length > 1 ? ` = ${plain(made.given.data[at])}` : ""}`;
  }

  return (state) => {
    controls.show(state);
    const wrong = fault(state);
    if (wrong) throw new Error(wrong);
    if (asked(state) && !nets[state.network]) {
      throw new Error("The networks' weights are not on this page: make the explorer with a network.");
    }
    const made = changed(state);
    const shares = asked(state) ? readings(nets[state.network], made) : [];
    const found = truth(state, made.moved);
    shown = { state, made };

    picture.draw(state.image, { limit: INK });
    if (partner.el.hidden !== (state.lam === 1)) partner.el.hidden = state.lam === 1;
    if (state.lam < 1) partner.draw(state.partner, { limit: INK });
    given.draw(nested(reshape(made.given, made.given.shape.slice(2))), { limit: 1 });
    labels.draw({
      state, targets: made.targets, shares: shares[0] ?? null, verdict: found.verdict,
      heading: heading(state, found), why: why(state, found),
    });
    draws.draw(state, made, shares.slice(1));
    explain();
    const top = shares.length ? best(shares[0]) : -1;
    const told = describe(state, found);
    return {
      values: Float64Array.from([
        ...made.given.data, ...made.targets, ...made.draws.data, ...made.shares, ...shares.flatMap((each) => [...each])]),
      summary: `${told[0].toUpperCase()}${told.slice(1)}.${shares.length ? ` The network reads ${top}, ${percent(shares[0][top])}.` : ""}`,
    };
  };
}

export const widget = defineExplorer({ name: "AugmentationExplorer", fields, build, python });
