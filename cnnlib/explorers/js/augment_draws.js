/** Eight pictures as training would see them, each with the label that it keeps. */
import { DRAWS } from "./augment_math.js";
import { best, drawText, labelText, percent } from "./augment_words.js";
import { paint, themeOf } from "./colors.js";
import { button, numberBox } from "./controls.js";
import { h } from "./dom.js";
import { withMinus } from "./format.js";

const put = (el, name, value) => { if (el.getAttribute(name) !== value) el.setAttribute(name, value); };
const write = (el, words) => { if (el.textContent !== words) el.textContent = words; };

/** @param {{get: (key: string) => any, set: (changes: object) => void, say: (message: string) => void}} explorer */
export function makeDraws({ get, set, say }) {
  const figures = Array.from({ length: DRAWS }, () => {
    const canvas = h("canvas", { role: "img" });
    const kept = h("span", { class: "cnn-aug-kept" });
    const read = h("span", { class: "cnn-aug-read" });
    return { el: h("figure", {}, canvas, h("figcaption", {}, kept, read)), canvas, kept, read, key: "" };
  });
  const seed = numberBox({
    label: "seed", min: 0, max: 9999, whole: true, onInput: (value) => set({ seed: value }), onRefuse: say,
  });
  const again = button("Draw again", () => set({ seed: (get("seed") + 1) % 10000 }));
  const help = h("p", { class: "cnn-help" });
  const el = h("section", { class: "cnn-aug-draws", "aria-label": "Draws" },
    h("div", { class: "cnn-row" }, h("span", { class: "cnn-caption", text: "As training would see it: eight draws" }), again, seed.el),
    h("div", { class: "cnn-aug-figures" }, ...figures.map((figure) => figure.el)),
    help);

  return {
    el,
    /** @param {object} state @param {{draws: object, settings: object[], shares: Float64Array}} made @param {Float64Array[]} read */
    draw(state, { draws: { data, shape: [, , rows, cols] }, settings, shares }, read) {
      seed.set(state.seed);
      const mirrored = state.flip === "none" ? "" : " Each is mirrored as if by the toss of a coin.";
      write(help, `Each draw lies between no change and what the sliders say, either way.${mirrored} The label is kept, true or not.`);
      const area = rows * cols;
      const theme = themeOf();
      figures.forEach((figure, k) => {
        const values = data.subarray(k * area, (k + 1) * area);
        paint(figure.canvas, { data: values, shape: [rows, cols] }, { limit: 1 });
        const answer = read[k];
        const top = answer ? best(answer) : -1;
        const kept = state.label < 0 && shares[k] > 0.995 ? "no digit" : labelText(state, shares[k]);
        const said = answer ? `read ${top}\n${percent(answer[top])}` : "";
        write(figure.kept, /^\d$/.test(kept) ? `label ${kept}` : kept.replace(", ", "\n"));
        write(figure.read, said);
        put(figure.canvas, "aria-label", withMinus(drawText(k, settings[k], shares[k], state, answer)));
        const wrong = answer && top !== state.label && !(shares[k] < 1 && top === state.partner_label);
        put(figure.el, "data-read", wrong ? "other" : "same");
        put(figure.canvas, "data-theme", theme);
      });
    },
  };
}
