/** Error and invariance of a picture's map against the shift: two plots, and both as a table. */
import { h } from "./dom.js";
import { plain } from "./format.js";
import { shift_curve, shift_path } from "./invariance.js";
import { makePlot, makeTable } from "./shift_plot.js";
import { niceCeiling } from "./signal_plot.js";

const PLACES = Array.from({ length: 9 }, (_, p) => p);
const ROUNDING = 1e-10;

/** "pixels to the right, 1 down" */
export function axisName({ axis, sign }, { dy, dx }) {
  const way = axis === "right" ? (sign < 0 ? "to the left" : "to the right") : (sign < 0 ? "up" : "down");
  const [held, ahead, back] = axis === "right" ? [dy, "down", "up"] : [dx, "right", "left"];
  return `pixels ${way}${held ? `, and ${Math.abs(held)} ${held < 0 ? back : ahead}` : ""}`;
}

/** The change that brings the picture to a place on its path. */
export function moveTo(path, place) {
  const [dy, dx] = path.shifts[place];
  return { dy, dx };
}

/** @param {{set: (changes: Record<string, any>) => void}} explorer */
export function makeCurves({ set }) {
  let path = null;
  const onPick = (place) => set(moveTo(path, place));
  const error = makePlot({
    title: "Equivariance error ", formula: "\u2016A \u2212 B\u2016 / \u2016B\u2016: 0 where the output only moves along",
    places: PLACES, onPick,
  });
  const score = makePlot({
    title: "Invariance score ", formula: "cosine of A and the output unshifted: 1 if unchanged",
    places: PLACES, onPick,
  });
  const table = makeTable("Both curves as a table");
  return {
    el: h("div", { class: "cnn-curves" }, h("div", { class: "cnn-curve-row" }, error.el, score.el), table.el),
    /**
     * @param {Record<string, any>} state @param {(input: object) => object} f @param {object} image
     * @param {number} stride  of all that f does
     * @returns {number[]} the errors, 0 for one that has no value, and the scores
     */
    draw(state, f, image, stride) {
      path = shift_path(state.dy, state.dx);
      const rows = shift_curve(f, image, stride, state.padding, path.shifts);
      const errors = rows.map((row) => (row.error < ROUNDING ? 0 : row.error));
      const scores = rows.map((row) => row.score);
      const axis = axisName(path, state);
      const finite = errors.filter(Number.isFinite);
      error.draw({ values: errors, present: path.present, high: niceCeiling(Math.max(...finite, 0.1)), axis });
      score.draw({ values: scores, present: path.present, low: Math.min(...scores) < 0 ? -1 : 0, high: 1, axis });
      const number = (value) => (Number.isFinite(value) ? plain(value) : "none");
      table.draw({
        columns: [axis, "error", "invariance"], present: path.present,
        rows: PLACES.map((p) => [String(p), number(errors[p]), number(scores[p])]),
      });
      return [...rows.map((row) => (Number.isFinite(row.error) ? row.error : 0)), ...scores];
    },
  };
}
