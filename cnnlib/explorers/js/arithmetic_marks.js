/** What ArithmeticExplorer draws over and between its grids. */
import { svg } from "./dom.js";
import { axesOf, output_size, remainder, taps } from "./arithmetic_size.js";

/** A layer over a grid that marks whole rows and columns at its far ends. */
export function makeBands(panel) {
  const path = svg("path", { class: "cnn-band" });
  const layer = svg("svg", { class: "cnn-overlay", "aria-hidden": "true", preserveAspectRatio: "none" }, path);
  panel.querySelector(".cnn-gridbox").append(layer);
  return {
    /**
     * @param {[number, number]} size  rows and columns of the grid
     * @param {[number, number]} pad  around it
     * @param {[number, number]} start  the first row and column that are marked
     * @param {[number, number]} length  how many are
     */
    draw(size, pad, start, length) {
      const [down, across] = [0, 1].map((at) => size[at] + 2 * pad[at]);
      layer.setAttribute("viewBox", `${-pad[1]} ${-pad[0]} ${across} ${down}`);
      const rows = length[0] ? `M${-pad[1]} ${start[0]}h${across}v${length[0]}h${-across}z` : "";
      const cols = length[1] ? `M${start[1]} ${-pad[0]}h${length[1]}v${down}h${-length[1]}z` : "";
      path.setAttribute("d", rows + cols);
    },
  };
}

/** Mark what a convolution never reaches, or what output padding adds. */
export function drawBands(bands, state, pads) {
  const axes = axesOf(state);
  const [n, out] = [axes.map((axis) => axis.n), axes.map(output_size)];
  if (state.transposed) {
    bands.input.draw(n, pads.input, n, [0, 0]);
    bands.output.draw(out, pads.output, out.map((size, at) => size - Math.min(size, axes[at].a)),
      out.map((size, at) => Math.min(size, axes[at].a)));
  } else {
    const left = axes.map(remainder);
    bands.input.draw(n, pads.input, n.map((size, at) => size + axes[at].p - left[at]), left);
    bands.output.draw(out, pads.output, out, [0, 0]);
  }
}

/** Lines between a signal's cells and its output's, one for each tap. */
export function makeLinks() {
  const all = svg("path", { class: "cnn-link" });
  const some = svg("path", { class: "cnn-link cnn-link-chosen" });
  const el = svg("svg", { class: "cnn-links", "aria-hidden": "true", preserveAspectRatio: "none" }, all, some);
  let across = 1;
  let axis = null;
  const line = ([from, to]) => {
    const middle = (index, size) => index + 0.5 + (across - size) / 2;
    return `M${middle(from, axis.n)} 0L${middle(to, output_size(axis))} 1`;
  };
  /** Each step of the window, on the input and on the output. */
  const pairs = (index) => taps(axis, index).map((place) => (axis.transposed ? [index, place] : [place, index]));
  const lines = (list) => list.map(line).join("");
  return {
    el,
    draw(state, widest) {
      axis = axesOf(state)[1];
      across = widest;
      el.setAttribute("viewBox", `0 0 ${across} 1`);
      const count = axis.transposed ? axis.n : output_size(axis);
      all.setAttribute("d", lines(Array.from({ length: count }, (_, index) => pairs(index)).flat()));
    },
    /** @param {"input" | "output"} end @param {number} place @param {number[]} linked */
    mark(end, place, linked) {
      some.setAttribute("d", lines(linked.map((other) => (end === "input" ? [place, other] : [other, place]))));
    },
  };
}
