/** ShiftExplorer's two dots: a picture halved again and again, until they cannot be told apart. */
import { slider } from "./controls.js";
import { h } from "./dom.js";
import { KIND_NAMES } from "./downsampling.js";
import { short, size } from "./format.js";
import { makeGrid } from "./grid.js";
import { nested } from "./ops.js";
import { poolSelect } from "./shift_controls.js";
import { makePlot, makeTable } from "./shift_plot.js";
import { halvings, peaks, two_dots } from "./two_dots.js";

export const FIRST = 8; // the column of the first dot where dx is 0
const FARTHEST = 23;
const MOST = 3; // halvings
const DISTANCES = Array.from({ length: FARTHEST }, (_, k) => k + 1);
const TIMES = ["as it is", "halved once", "halved twice", "halved 3 times"];
const LEFT = ["no dot left", "one dot", "two dots"];

/** How many halvings leave two dots to be seen, for every distance. */
export function survivals(pool, dx) {
  return DISTANCES.map((distance) => {
    const merged = halvings(two_dots(distance, FIRST + dx), MOST, pool).findIndex((stage) => peaks(stage) !== 2);
    return merged < 0 ? MOST : merged - 1; // -1: not two even as it is
  });
}

/** @param {import("./explorer.js").Frame} explorer */
export function buildDots({ set }) {
  const distance = slider({ label: "Distance", min: 1, max: FARTHEST, onInput: (value) => set({ distance: value }) });
  const times = slider({ label: "Halvings", min: 0, max: MOST, onInput: (value) => set({ halvings: value }) });
  const place = slider({ label: "Moved right", min: -FIRST, max: 8, onInput: (value) => set({ dx: value }) });
  const pool = poolSelect({ label: "By", none: true, set });
  const grids = TIMES.map((name, k) => makeGrid({
    name: k ? name : "input", role: k ? "output" : "input", caption: name, textUpTo: 10,
  }));
  const kept = makePlot({
    title: "Halvings that keep them apart ", formula: "for each distance, where they lie now",
    places: DISTANCES, parts: MOST, onPick: (value) => set({ distance: value }),
  });
  const table = makeTable("This plot as a table");
  const verdict = h("strong");
  const why = h("p", { class: "cnn-why" });
  const words = h("div", { class: "cnn-error" }, h("p", { class: "cnn-verdict" }, verdict), why);
  const stages = h("div", { class: "cnn-dots" }, ...grids.map((each) => each.el));
  let key = "";
  let keeps = [];

  function draw(state) {
    const { distance: apart, halvings: count, dx, pool: kind } = state;
    distance.set(apart);
    times.set(count);
    place.set(dx);
    pool.set(kind);
    const pictures = halvings(two_dots(apart, FIRST + dx), count, kind);
    const left = pictures.map(peaks);
    grids.forEach((each, k) => {
      each.el.hidden = k > count;
      if (k > count) return;
      const high = pictures[k].data.reduce((most, v) => Math.max(most, v), 0);
      each.draw(nested(pictures[k]), { limit: high || 1 });
      each.setCaption(`${TIMES[k]}, ${size(...pictures[k].shape)}: ${LEFT[left[k]]}${high && high !== 1 ? `, up to ${short(high)}` : ""}`);
    });
    if (key !== `${kind} ${dx}`) {
      key = `${kind} ${dx}`;
      keeps = survivals(kind, dx);
      table.draw({ columns: ["distance", "halvings"], present: -1,
        rows: DISTANCES.map((d, k) => [String(d), keeps[k] < 0 ? "never two" : String(keeps[k])]) });
    }
    kept.draw({ values: keeps.map((k) => Math.max(0, k)), present: apart, high: MOST, axis: "columns from dot to dot" });
    const last = left[count];
    words.dataset.verdict = last === 2 ? "same" : "differ";
    verdict.textContent = last === 2 ? "The two dots are still two." :
      last === 1 ? (apart === 1 && !count ? "Neighbours: one dot, to the eye." : "One dot is left to see.") : "No dot is left.";
    why.textContent = reason(state, left);
    return {
      values: Float64Array.from([...pictures.flatMap(({ data }) => [...data]), ...left, ...keeps]),
      summary: `Two dots ${apart} column${apart === 1 ? "" : "s"} apart, the first in column ${FIRST + dx}, ` +
        `halved by ${KIND_NAMES[kind]}: ${left.map((n, k) => `${TIMES[k]}, ${LEFT[n]}`).join("; ")}.`,
    };
  }

  return {
    controls: [h("div", { class: "cnn-row" }, distance.el, times.el, pool.el, place.el)],
    el: h("div", {}, h("div", { class: "cnn-dots-stage" }, stages,
      h("div", { class: "cnn-dots-side" }, words, kept.el, table.el))),
    draw,
  };
}

/** Why the dots are where they are. */
function reason({ distance, halvings: count, pool, dx }, left) {
  const cell = 2 ** count;
  if (pool === "none") return "No pooling is chosen: nothing is halved.";
  if (!count) return "Two dots are two while a darker cell lies between them. Choose how often to halve the picture.";
  if (pool === "strided" && left[count] < 2) {
    return "A stride keeps every second row and column, as they are: a dot that does not lie in one is gone.";
  }
  const text = `After ${count} halving${count === 1 ? "" : "s"} one cell stands for ${cell} by ${cell} pixels. `;
  if (pool !== "max") return `${text}The dots also grow fainter as they are averaged with what is dark.`;
  const [first, second] = [FIRST + dx, FIRST + dx + distance].map((col) => Math.floor(col / cell));
  const apart = second - first;
  return `${text}The dots lie in cells ${first} and ${second}: ${apart === 0 ? "the same one" :
    apart === 1 ? "neighbours, with nothing between" : `${apart - 1} dark between`}. ` +
    `Fewer than ${cell + 1} columns apart they always merge; ${2 * cell} or more, never.`;
}
