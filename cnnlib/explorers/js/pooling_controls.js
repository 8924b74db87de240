/** The settings above the grids of PoolingExplorer: only what is legal, and what the kind has. */
import { checkbox, controlRow, makeBrush, radios, slider } from "./controls.js";
import { h } from "./dom.js";
import { matrixControls } from "./matrix_controls.js";
import { fitted, has, KINDS, limits, LIMITS } from "./pooling_math.js";

const NAMES = { kernel_size: "window", stride: "stride", padding: "padding", dilation: "dilation" };

/**
 * @returns {{el: HTMLElement, show: (state: Record<string, any>) => void, brush: () => number}}
 *   `brush` gives the value that painting puts into a cell
 */
export function buildControls({ get, set, say }) {
  const keys = ["image", "kind", "kernel_size", "stride", "padding", "dilation", "ceil_mode"];
  /** Set, and mend what would no longer be legal. */
  const change = (changes) => {
    const wanted = { ...Object.fromEntries(keys.map((key) => [key, get(key)])), ...changes };
    const { kernel_size, padding, dilation } = fitted(wanted);
    set({ ...changes, kernel_size, padding, dilation });
  };
  const image = matrixControls({
    title: "Map", key: "image", presets: get("_images"), most: 32,
    draw: () => Math.round(Math.random() * 12 - 4), get, set: change, say,
  });
  const brush = makeBrush({ min: -5, max: 9, step: 1 });
  const kind = radios({
    label: "Pooling", options: Object.entries(KINDS).map(([key, [name]]) => [key, name]),
    onInput: (value) => change({ kind: value }),
  });
  const numbers = Object.entries(NAMES).map(([key, label]) =>
    [key, slider({ label, min: LIMITS[key][0], max: LIMITS[key][1], onInput: (value) => change({ [key]: value }) })]);
  const stride = checkbox({ label: "= window", name: "stride = window", onInput: (on) => change({ stride: on ? null : get("kernel_size") }) });
  const sigma = slider({ label: "sigma", min: 0.2, max: 4, step: 0.1, onInput: (value) => set({ sigma: value }) });
  const ceil = checkbox({ label: "ceil_mode", onInput: (on) => change({ ceil_mode: on }) });
  const count = checkbox({ label: "count_include_pad", onInput: (on) => set({ count_include_pad: on }) });
  const relu = checkbox({ label: "ReLU before pooling", onInput: (on) => set({ relu: on }) });
  const [window, step, padding, dilation] = numbers.map(([, control]) => control.el);
  const steps = h("span", { class: "cnn-pair" }, step, stride.el);
  const optional = [["kernel_size", window], ["stride", steps], ["padding", padding], ["dilation", dilation],
    ["sigma", sigma.el], ["ceil_mode", ceil.el], ["count_include_pad", count.el]];
  return {
    el: h("div", { class: "cnn-controls cnn-pool-controls" },
      controlRow(...image.els, brush.el), controlRow(kind.el),
      controlRow(window, steps, padding, dilation, sigma.el), controlRow(relu.el, ceil.el, count.el)),
    brush: brush.value,
    show(state) {
      image.show(state.image);
      kind.set(state.kind);
      for (const [key, el] of optional) {
        if (el.hidden === has(state.kind, key)) el.hidden = !has(state.kind, key);
      }
      for (const [key, control] of numbers) {
        const [min, max] = limits(state, key);
        control.set(state[key] ?? state.kernel_size, { min, max });
      }
      stride.set(state.stride === null);
      sigma.set(state.sigma);
      ceil.set(state.ceil_mode);
      count.set(state.count_include_pad);
      relu.set(state.relu);
    },
  };
}
