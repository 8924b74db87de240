/** The choice of a matrix, a picture or a kernel: among presets, at random, and of what size. */
import { numberBox, select } from "./controls.js";
import { h } from "./dom.js";

/** Whether two matrices are equal; most differ in size, or soon. */
function same(a, b) {
  return a.length === b.length && a[0].length === b[0].length &&
    a.every((row, i) => row.every((value, j) => value === b[i][j]));
}

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
  let shown = null;
  let called = ""; // the preset that equals what is shown
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
    label, name: `${title}, ${label}`, min: 1, max: most, step: odd ? 2 : 1, whole: true, onRefuse: say,
    onInput: (value) => set({ [key]: resized(get(key), ...change(get(key), value)) }),
  });
  const height = box("rows", (rows, value) => [value, rows[0].length]);
  const width = box("columns", (rows, value) => [rows.length, value]);
  return {
    els: [preset.el, h("span", { class: "cnn-pair" }, height.el, width.el)],
    show(rows) {
      if (rows !== shown) called = named.find(([, values]) => same(values, rows))?.[0] ?? "";
      shown = rows;
      preset.set(called);
      height.set(rows.length);
      width.set(rows[0].length);
    },
  };
}
