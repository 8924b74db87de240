/** The table of PoolingExplorer: activations and active units, before and after, and no parameters. */
import { numberBox } from "./controls.js";
import { h } from "./dom.js";

const digits = (count) => count.toLocaleString("en");
const percent = (part, whole) => `${Number(((100 * part) / whole).toFixed(1))}%`;

/** A row of the table whose cells each hold a number, a remark and maybe a bar. */
function makeRow(title, bars, box = "") {
  const cells = [0, 1].map(() => {
    const [count, note] = [h("span", { class: "cnn-count" }), h("span", { class: "cnn-times" })];
    const bar = h("span", { class: "cnn-share", "aria-hidden": "true" });
    return { el: h("td", {}, h("div", { class: "cnn-cell" }, note, count), bars ? bar : ""), count, note, bar };
  });
  const put = (el, text) => { if (el.textContent !== text) el.textContent = text; };
  const el = h("tr", {}, h("th", { scope: "row" }, title, box), ...cells.map((cell) => cell.el));
  return {
    el,
    set(...pairs) {
      pairs.forEach(([count, note, share], k) => {
        put(cells[k].count, count);
        put(cells[k].note, note);
        if (bars) cells[k].bar.style.setProperty("--share", String(share));
      });
    },
  };
}

/** @param {{set: (changes: Record<string, any>) => void, say: (message: string) => void}} options */
export function makeCounts({ set, say }) {
  const channels = numberBox({
    label: "channels", min: 1, max: 4096, whole: true, onRefuse: say,
    onInput: (value) => set({ channels: value }),
  });
  const rows = {
    all: makeRow("activations", false, channels.el),
    raw: makeRow("active units (not 0)", true),
    relu: makeRow("active units, ReLU first", true),
  };
  const table = h("table", { class: "cnn-costs cnn-pool-costs" },
    h("thead", {}, h("tr", {},
      h("td"), h("th", { scope: "col", text: "before pooling" }), h("th", { scope: "col", text: "after" }))),
    h("tbody", {}, ...Object.values(rows).map((row) => row.el)));
  const kept = h("span");
  const none = h("p", { class: "cnn-help" }, h("strong", { class: "cnn-none", text: "Parameters: 0." }),
    " Pooling has nothing to learn, and convolutions before and after it keep all of theirs. ", kept);
  return {
    el: h("div", { class: "cnn-cost" }, table, none),
    show(state, { map, output, active }) {
      channels.set(state.channels);
      const shapes = [map.shape, output.shape];
      const times = ({ 0: height, 1: width }) => `${height}\u00d7${width}\u00d7${state.channels}`;
      const counts = shapes.map(([height, width]) => height * width);
      rows.all.set(...shapes.map((shape, k) => [digits(counts[k] * state.channels), `${times(shape)} =`]));
      const text = `It passes on ${percent(counts[1], counts[0])} of the activations.`;
      if (kept.textContent !== text) kept.textContent = text;
      for (const key of ["raw", "relu"]) {
        rows[key].set(...active[key].map((part, k) =>
          [percent(part, counts[k]), `${digits(part)} of ${digits(counts[k])}`, part / counts[k]]));
        rows[key].el.classList.toggle("cnn-now", (key === "relu") === state.relu);
      }
    },
  };
}
