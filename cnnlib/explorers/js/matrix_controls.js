/** The choice of a matrix, a picture or a kernel: among presets, at random, and of what size. */
import { numberBox, select } from "./controls.js";
import { h } from "./dom.js";

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** `rows` cropped, or grown with zeros, to another size. */
function resized(rows, height, width) {
  return Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) => rows[i]?.[j] ?? 0));
}

function random(rows, cols, draw) {
  return Array.from({ length: rows }, () => Array.from({ length: cols }, draw));
}

/**
 * A choice among named matrices, and boxes for their rows and columns.
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.key  the setting that holds the matrix, as lists of rows
 * @param {Record<string, number[][]>} options.presets
 * @param {number} options.most  rows or columns
 * @param {boolean} [options.odd]  whether both must be odd, so that there is a centre
 * @param {() => number} options.draw  gives one value of a random matrix
 * @param {(key: string) => any} options.get
 * @param {(changes: Record<string, any>) => void} options.set
 * @param {(message: string) => void} options.say  told of a size that is not legal
 * @returns {{els: HTMLElement[], show: (rows: number[][]) => void}}
 */
export function matrixControls({ title, key, presets, most, odd = false, draw, get, set, say }) {
  const named = Object.entries(presets);
  const options = [["", "your own"], ...named.map(([name]) => [name, name]), ["random", "random"]];
  const preset = select({
    label: title, options,
    onInput(name) {
      const rows = get(key);
      if (name === "random") set({ [key]: random(rows.length, rows[0].length, draw) });
      else if (name) set({ [key]: presets[name] });
    },
  });
  const box = (label, change) => numberBox({
    label, min: 1, max: most, step: odd ? 2 : 1, whole: true, onRefuse: say,
    onInput: (value) => set({ [key]: resized(get(key), ...change(get(key), value)) }),
  });
  const height = box("rows", (rows, value) => [value, rows[0].length]);
  const width = box("columns", (rows, value) => [rows.length, value]);
  return {
    els: [preset.el, h("span", { class: "cnn-pair" }, height.el, width.el)],
    show(rows) {
      preset.set(named.find(([, values]) => same(values, rows))?.[0] ?? "");
      height.set(rows.length);
      width.set(rows[0].length);
    },
  };
}
