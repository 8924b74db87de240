/** SignalExplorer: two signals, one of which slides over the other, and every sample's sum. */
import { h, setStyle } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, toggle, vector } from "./js/fields.js";
import { plain, pythonList } from "./js/format.js";
import { makeGrid } from "./js/grid.js";
import { player } from "./js/controls.js";
import { autocorrelate, convolve, correlate, kept, tensor } from "./js/ops.js";
import { buildSignalControls } from "./js/signal_controls.js";
import { makeSignalEditor } from "./js/signal_editor.js";
import { makeStage } from "./js/signal_stage.js";
import { arithmetic, factors, polynomials, sampleName } from "./js/signal_words.js";

const MOST = 24;
const KINDS = { convolve: "Convolution", correlate: "Cross-correlation", autocorrelate: "Autocorrelation" };

const counted = (n) => (n === 1 ? "1 value" : `${n} values`);

const fields = {
  f: vector(MOST),
  g: vector(MOST),
  operation: choice(Object.keys(KINDS)),
  mode: choice(["full", "same", "valid"]),
  lag: integer(0, 2 * MOST - 2),
  polynomial: toggle(),
};

/** Sums whose terms cancel, but for rounding, as zero: for display alone. */
function tidy(values, f, g) {
  const size = (list) => list.reduce((total, v) => total + Math.abs(v), 0);
  const least = 1e-14 * size(f) * size(g);
  return Array.from(values, (value) => (least < Infinity && Math.abs(value) < least ? 0 : value));
}

/** All that follows from a state: what slides, and the output for every overlap. */
function slide({ f, g, operation, mode, lag }) {
  const alone = operation === "autocorrelate";
  const other = alone ? f : g;
  const turned = operation === "convolve";
  const pair = [tensor(f), tensor(other)];
  const compute = (which) => {
    if (alone) return autocorrelate(pair[0], which).data;
    return (turned ? convolve : correlate)(...pair, which).data;
  };
  const [start, count] = kept(mode, f.length, other.length);
  return {
    f, other, name: alone ? "f" : "g", turned, mode, start, count,
    slid: turned ? other.slice().reverse() : other,
    full: tidy(compute("full"), f, other),
    values: compute(mode),
    lead: turned ? 0 : 1 - other.length,
    index: Math.min(lag, count - 1),
  };
}

/** The pairs [m, j] of indices whose values f[m] and other[j] make the sample `t`. */
function pairsOf({ f, slid, turned }, t) {
  const reach = slid.length - 1;
  const pairs = [];
  for (let m = Math.max(0, t - reach); m <= Math.min(f.length - 1, t); m += 1) {
    pairs.push([m, turned ? t - m : m - t + reach]);
  }
  return pairs;
}

function build({ body, get, set, say }) {
  let shown = null; // what follows from the state that is shown

  /** Keep the sample in view where the new mode has it, else take the nearest. */
  function setMode(mode) {
    const [start, count] = kept(mode, shown.f.length, shown.other.length);
    const sample = shown.start + shown.index;
    set({ mode, lag: Math.max(0, Math.min(count - 1, sample - start)) });
  }
  const editAt = (key) => (index, value) => {
    const values = get(key).slice();
    values[index] = value;
    set({ [key]: values });
  };
  const controls = buildSignalControls({ get, set, say, onMode: setMode });
  const input = makeSignalEditor({ role: "input", onEdit: editAt("f"), onRefuse: say });
  const kernel = makeSignalEditor({ role: "kernel", onEdit: editAt("g"), onRefuse: say });
  const stage = makeStage({
    onPoint: (sample, how) => (how === "drag" ? set({ lag: sample - shown.start }) : explain(sample)),
    onLeave: () => explain(shown.start + shown.index),
    onMode: setMode,
  });
  const outputGrid = makeGrid({
    name: "output", role: "output", caption: "output", textUpTo: 2 * MOST - 1,
    onPoint: (_row, col, how) => (how === "focus" ? set({ lag: col }) : explain(shown.start + col)),
    onLeave: () => explain(shown.start + shown.index),
  });
  outputGrid.el.classList.add("cnn-signal-output");
  const steps = player({ label: "Slide to", onInput: (at) => set({ lag: at - shown.lead - shown.start }) });
  const sum = h("p", { class: "cnn-arithmetic" });
  const product = h("div", { class: "cnn-polynomials", role: "group", "aria-label": "polynomial product" });
  body.classList.add("cnn-signal");
  body.append(
    controls.el, h("div", { class: "cnn-signals" }, input.el, kernel.el),
    stage.el, outputGrid.el, steps.el, sum, product);

  let explained = -1;

  /** Slide to a sample of the full output and write out its sum. */
  function explain(sample, anew = false) {
    if (sample === explained && !anew) return;
    explained = sample;
    const { f, other, name, turned, full, lead, start } = shown;
    const at = lead + sample;
    const pairs = pairsOf(shown, sample);
    const value = full[sample];
    const result = () => h("strong", { class: "cnn-o", text: plain(value) });
    stage.draw(shown, sample, [
      [...factors(name, turned, at, " and "),
        turned ? `, flipped and moved to ${plain(at)}` : `, moved to ${plain(at)}`],
      ["products ", ...factors(name, turned, at), ", sum ", result()],
      [h("span", { class: "cnn-o", text: sampleName(turned, at) }), " = ", result()],
    ]);
    input.mark(pairs[0][0], pairs.at(-1)[0]);
    outputGrid.mark([[0, sample - start]]);
    sum.replaceChildren(...arithmetic({
      name, turned, at, value, terms: pairs.map(([m, j]) => [f[m], other[j]]) }));
    if (!product.hidden) product.replaceChildren(...polynomials({ ...shown, g: other, sample, pairs }));
  }

  return (state) => {
    controls.show(state);
    shown = slide(state);
    const { f, other, values, full, start, count, lead, turned, index } = shown;
    const alone = state.operation === "autocorrelate";
    input.draw(f);
    kernel.draw(state.g);
    kernel.el.hidden = alone;
    input.setCaption(`f, ${counted(f.length)}`);
    kernel.setCaption(`g, ${counted(state.g.length)}`);
    const row = full.slice(start, start + count);
    outputGrid.draw([row], { limit: row.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1 });
    const cols = f.length + 2 * (other.length - 1);
    const first = lead + start;
    setStyle(outputGrid.el, "--from", `${((first + other.length - 1) / cols) * 100}%`);
    setStyle(outputGrid.el, "--span", `${(count / cols) * 100}%`);
    const [low, high] = row.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    outputGrid.setCaption(`output, ${counted(count)}`);
    outputGrid.point(0, index);
    steps.set(first + index, first, count);
    product.hidden = !state.polynomial;
    explain(start + index, true);
    const sizes = alone ? `f (${counted(f.length)})` : `f (${counted(f.length)}) and g (${other.length})`;
    return {
      values,
      summary: `${KINDS[state.operation]} of ${sizes}, mode ${state.mode}: ${turned ? "indices" : "lags"} ` +
        `${plain(first)} to ${plain(first + count - 1)}, values from ${plain(low)} to ${plain(high)}. ` +
        `Here, ${sampleName(turned, first + index)} = ${plain(row[index])}.`,
    };
  };
}

function python({ f, g, operation, mode }) {
  const alone = operation === "autocorrelate";
  const [start, count] = kept(mode, f.length, (alone ? f : g).length);
  const call = `${operation}(f, ${alone ? "" : "g, "}mode="${mode}")`;
  const turned = operation === "convolve";
  return `import numpy as np
import torch
from cnnlib import numpy_ops

f = np.array(${pythonList(f)})
g = ${alone ? "f" : `np.array(${pythonList(g)})`}
print(numpy_ops.${call})

# conv1d does not flip${turned ? ", so g is flipped first" : ""}; with this padding it takes every overlap
full = torch.nn.functional.conv1d(
    torch.tensor(f)[None, None], torch.tensor(g)${turned ? ".flip(0)" : ""}[None, None],
    padding=len(g) - 1)[0, 0]
print(full${mode === "full" ? "" : `[${start}:${start + count}]`})
`;
}

export const widget = defineExplorer({ name: "SignalExplorer", fields, build, python });
