/** The sum behind one output cell, written out: what changes is changed in place. */
import { h } from "./dom.js";
import { plain } from "./format.js";

/** A word whose text and class are touched only when they differ from the last. */
function word(className, tag = "span") {
  const node = document.createTextNode("");
  const el = h(tag, { class: className }, node);
  let text = "";
  let kind = className;
  return {
    el,
    set(value, is = className) {
      if (text !== value) node.data = text = value;
      if (kind !== is) el.className = kind = is;
    },
  };
}

/**
 * @returns {{el: HTMLElement, show: (place: [number, number], terms: Term[], value: number) => void}}
 *
 * @typedef {{value: number, weight: number, inside: boolean}} Term  `inside` the picture, or padding
 */
export function makeSum() {
  const el = h("p", { class: "cnn-arithmetic cnn-boxed", tabindex: "0", role: "group", "aria-label": "Arithmetic" });
  const place = word("cnn-o");
  const total = word("cnn-o", "strong");
  let terms = [];

  function build(count) {
    terms = Array.from({ length: count }, () => ({ value: word("cnn-i"), weight: word("cnn-k") }));
    const products = terms.flatMap(({ value, weight }, k) => [k ? " + " : "", value.el, "×", weight.el]);
    el.replaceChildren(place.el, " = ", ...products, " = ", total.el);
    el.style.setProperty("--tall", count > 9 ? "6.2em" : "3.1em");
  }

  return {
    el,
    show([row, col], shown, value) {
      if (shown.length !== terms.length) build(shown.length);
      place.set(`output[${row}, ${col}]`);
      shown.forEach((term, k) => {
        terms[k].value.set(plain(term.value), term.inside ? "cnn-i" : "cnn-i cnn-pad");
        terms[k].weight.set(plain(term.weight));
      });
      total.set(plain(value));
    },
  };
}
