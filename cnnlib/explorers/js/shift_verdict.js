/** Whether two orders agree: the error in numbers, with its definition, and why. */
import { h } from "./dom.js";
import { plain } from "./format.js";
import { reason, relativeText } from "./shift_words.js";

export function makeVerdict() {
  const icon = h("span", { class: "cnn-verdict-icon", "aria-hidden": "true" });
  const verdict = h("strong");
  const head = h("p", { class: "cnn-verdict" }, icon, verdict);
  const most = h("dd");
  const relative = h("dd");
  const why = h("p", { class: "cnn-why" });
  const term = (name, formula) =>
    h("dt", {}, name, h("span", { class: "cnn-formula", text: formula }));
  const el = h("div", { class: "cnn-error" }, head,
    h("dl", {},
      term("Largest difference", "max |A \u2212 B|"), most,
      term("Relative error", "\u2016A \u2212 B\u2016 / \u2016B\u2016, each \u2016\u00b7\u2016 the root of the sum of squares"), relative),
    why);
  return {
    el,
    show(state, differing, total, error) {
      el.dataset.verdict = differing ? "differ" : "same";
      icon.textContent = differing ? "\u2260" : "=";
      verdict.textContent = differing
        ? `The two orders differ in ${differing} of ${total} cells.` : "The two orders agree in every cell.";
      most.textContent = differing ? plain(error.largest) : "0";
      relative.textContent = differing ? relativeText(error.relative) : "0";
      why.textContent = reason(state, differing);
    },
  };
}
