/** The settings above the plots of SignalExplorer. */
import { checkbox, numberBox, radios, select } from "./controls.js";
import { h } from "./dom.js";

const MOST = 24;

const rounded = (value) => Number(value.toFixed(2)) || 0;
const sampled = (value) => (n) => Array.from({ length: n }, (_, m) => rounded(value(m, n)));

/** Signals by name, each a function of the length. */
const PRESETS = {
  box: sampled(() => 1),
  ramp: sampled((m, n) => (m + 1) / n),
  impulse: sampled((m, n) => (m === Math.floor((n - 1) / 2) ? 1 : 0)),
  exponential: sampled((m) => 0.7 ** m),
  sine: sampled((m) => Math.sin((2 * Math.PI * m) / 8)),
};
const random = sampled(() => Math.round(Math.random() * 8 - 4) / 2);

const same = (a, b) => a.length === b.length && a.every((value, k) => value === b[k]);
const presetOf = (values) =>
  Object.keys(PRESETS).find((name) => same(PRESETS[name](values.length), values));

/** A choice among named signals, and the length; a preset stays itself at another length. */
function signalControls(key, { get, set, say }) {
  const options = [["", "your own"], ...Object.keys(PRESETS).map((name) => [name, name]), ["random", "random"]];
  const preset = select({
    label: `Signal ${key}`, options,
    onInput(name) {
      const n = get(key).length;
      if (name) set({ [key]: name === "random" ? random(n) : PRESETS[name](n) });
    },
  });
  const length = numberBox({
    label: "length", min: 1, max: MOST, whole: true, onRefuse: say,
    onInput(n) {
      const values = get(key);
      const name = presetOf(values);
      const resized = Array.from({ length: n }, (_, m) => values[m] ?? 0);
      set({ [key]: name ? PRESETS[name](n) : resized });
    },
  });
  length.el.querySelector("input").setAttribute("aria-label", `length of ${key}`);
  return {
    el: h("span", { class: "cnn-pair" }, preset.el, length.el),
    show(values) {
      preset.set(presetOf(values) ?? "");
      length.set(values.length);
    },
  };
}

/**
 * @param {{get: (key: string) => any, set: (changes: object) => void, say: (text: string) => void,
 *   onMode: (mode: string) => void}} options
 * @returns {{el: HTMLElement, show: (state: Record<string, any>) => void}}
 */
export function buildSignalControls({ get, set, say, onMode }) {
  const f = signalControls("f", { get, set, say });
  const g = signalControls("g", { get, set, say });
  const operation = radios({
    label: "Operation",
    options: [["convolve", "convolution"], ["correlate", "cross-correlation"], ["autocorrelate", "autocorrelation"]],
    onInput: (value) => set({ operation: value }),
  });
  const mode = radios({
    label: "Mode", options: [["full", "full"], ["same", "same"], ["valid", "valid"]], onInput: onMode,
  });
  const polynomial = checkbox({
    label: "as polynomials", onInput: (value) => set({ polynomial: value }),
  });
  const row = (...els) => h("div", { class: "cnn-row" }, ...els);
  return {
    el: h("div", { class: "cnn-controls" },
      row(f.el, g.el), row(operation.el), row(mode.el, polynomial.el)),
    show(state) {
      f.show(state.f);
      g.show(state.g);
      g.el.hidden = state.operation === "autocorrelate";
      operation.set(state.operation);
      mode.set(state.mode);
      polynomial.set(state.polynomial);
    },
  };
}
