/** The histogram of a network's weights, of one setting or of two. */
import { h, svg } from "./dom.js";
import { withMinus } from "./format.js";
import { ticksOf } from "./reg_curves.js";
import { percent } from "./reg_words.js";

const HEIGHT = 96;
const GRAIN = 1000;

/** @param {{bins: number[]}} options  the edges of the bins, lowest first */
export function makeWeights({ bins }) {
  const [first, last] = [bins[0], bins.at(-1)];
  const x = (value) => (value - first) / (last - first);
  const shapes = ["a", "b"].map((letter) => svg("path", { class: `cnn-reg-shape cnn-reg-${letter}` }));
  const inner = svg("svg", { viewBox: `0 0 ${GRAIN} ${GRAIN}`, preserveAspectRatio: "none", width: "100%", height: HEIGHT, "aria-hidden": "true" }, ...shapes);
  const ticks = ticksOf(first, last).map((value) => {
    const words = svg("text", { x: `${100 * x(value)}%`, y: HEIGHT + 16 });
    words.textContent = String(value).replace("-", "\u2212");
    return words;
  });
  const picture = svg("svg", { class: "cnn-reg-plot", width: "100%", height: HEIGHT + 20, role: "img" },
    svg("line", { x1: 0, x2: "100%", y1: HEIGHT, y2: HEIGHT, class: "cnn-tick-line" }), inner, ...ticks);
  const note = h("span", { class: "cnn-formula" });
  let drawn = "";

  return {
    el: h("figure", { class: "cnn-reg-weights" },
      h("figcaption", {}, h("span", { text: "Weights kept, the share in each bin; " }), note),
      h("div", { class: "cnn-reg-plotbox" }, picture)),
    /** @param {{a: any, b: any}} look */
    draw({ a, b }, { size }) {
      const key = `${a.setting.id}|${b?.setting.id}|${size}`;
      if (key === drawn) return;
      drawn = key;
      const parts = [a, b];
      const high = Math.max(...parts.filter(Boolean).flatMap((part) => part.histogram));
      parts.forEach((part, k) => {
        shapes[k].style.display = part ? "" : "none";
        if (!part) return;
        const steps = part.histogram.map((share, bin) => {
          const y = (GRAIN * (1 - 0.96 * share / high)).toFixed(1);
          return `L${(GRAIN * x(bins[bin])).toFixed(1)} ${y}L${(GRAIN * x(bins[bin + 1])).toFixed(1)} ${y}`;
        });
        shapes[k].setAttribute("d", `M0 ${GRAIN}${steps.join("")}L${GRAIN} ${GRAIN}`);
      });
      const told = parts.map((part, k) => part && `${"AB"[k]} ${percent(part.near_zero)}`).filter(Boolean);
      note.textContent = `within 0.001 of zero: ${told.join(", ")}`;
      picture.setAttribute("aria-label", withMinus(`Histogram of weights from ${first} to ${last}; ${note.textContent}`));
    },
  };
}
