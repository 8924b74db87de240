/** The settings above the grids of ConvolutionExplorer. */
import { numberBox, radios, select, slider } from "./controls.js";
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

/** A choice among named matrices, and boxes for their rows and columns. */
function matrixControls({ title, key, presets, most, draw, get, set, say }) {
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
    label, min: 1, max: most, whole: true, onRefuse: say,
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

/**
 * @returns {{el: HTMLElement, show: (state: Record<string, any>) => void, brush: () => number}}
 */
export function buildControls({ get, set, say, photo }) {
  let paint = 1;
  const image = matrixControls({
    title: "Picture", key: "image", presets: get("_images"), most: 32,
    draw: () => Math.round(Math.random() * 10) / 10, get, set, say,
  });
  const kernel = matrixControls({
    title: "Kernel", key: "kernel", presets: get("_kernels"), most: 7,
    draw: () => Math.round(Math.random() * 8 - 4) / 2, get, set, say,
  });
  const brush = slider({
    label: "Brush", min: -1, max: 1, step: 0.1,
    onInput(value) {
      paint = value;
      brush.set(value);
    },
  });
  brush.set(paint);
  const operation = radios({
    label: "Operation", options: [["correlate", "cross-correlation"], ["convolve", "convolution"]],
    onInput: (value) => set({ operation: value }),
  });
  const numbers = [["stride", 1, 4], ["padding", 0, 6], ["dilation", 1, 3]].map(([key, min, max]) =>
    [key, slider({ label: key, min, max, onInput: (value) => set({ [key]: value }) })]);

  const row = (...els) => h("div", { class: "cnn-row" }, ...els);
  const el = h("div", { class: "cnn-controls" },
    photo ? "" : row(...image.els, brush.el),
    row(...kernel.els),
    row(operation.el, ...numbers.map(([, control]) => control.el)));
  return {
    el,
    brush: () => paint,
    show(state) {
      if (!photo) image.show(state.image);
      kernel.show(state.kernel);
      operation.set(state.operation);
      for (const [key, control] of numbers) control.set(state[key]);
    },
  };
}
