/** The table of costs: this layer beside others of the same shapes. */
import { h } from "./dom.js";
import { digits, memory, times } from "./layer_counts.js";

const bytes = (count) => `${digits(count)} bytes${count < 1000n ? "" : ` (${memory(count)})`}`;

/** Where it must, a number breaks after a comma. */
const breakable = (text) => text.split(/(?<=,)/).flatMap((part) => [part, h("wbr")]);

export function makeCosts() {
  const body = h("tbody");
  const macs = h("th", { scope: "col" });
  const note = h("p", { class: "cnn-help" });
  const table = h("table", { class: "cnn-costs" },
    h("thead", {}, h("tr", {},
      h("td"), h("th", { scope: "col", text: "parameters" }), macs)), body);
  const el = h("div", { class: "cnn-cost" }, table, note);

  const cell = (count, unit, how) => {
    const ratio = times(count, unit);
    return h("td", {},
      h("div", { class: "cnn-cell" }, h("span", { class: "cnn-count" }, ...breakable(digits(count))),
        ratio ? h("span", { class: "cnn-times", text: ratio }) : ""),
      h("span", { class: "cnn-formula", text: how }));
  };
  return {
    el,
    /** @param {ReturnType<import("./layer_counts.js").countsOf>} counts @param {number} n images */
    show({ rows, input, output }, n) {
      const [unit] = rows;
      macs.textContent = n === 1 ? "multiply-adds" : `multiply-adds, ${n} images`;
      body.replaceChildren(...rows.map(({ key, name, what, parameters, macs: work, how }) =>
        h("tr", { "data-row": key },
          h("th", { scope: "row" }, name, h("span", { class: "cnn-formula", text: what })),
          cell(parameters, unit.parameters, how[0]), cell(work, unit.macs, how[1]))));
      note.textContent = "Activations in float32, 4 bytes each, the same for all of these: " +
        `input ${bytes(input)}, output ${bytes(output)}.`;
    },
  };
}
