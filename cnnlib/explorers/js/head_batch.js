/** A batch of one channel through batch norm: values and histograms, before and after. */
import { button, numberBox, radios, select, slider } from "./controls.js";
import { h, svg } from "./dom.js";
import { plain, short } from "./format.js";
import { makeGrid } from "./grid.js";
import { histogram, moments, normalize, ticks } from "./head_math.js";
import { line, rect, text } from "./signal_plot.js";

const COLS = 8;
const BINS = 24;
const [HEIGHT, TOP, FOOT] = [112, 6, 22];
const LARGEST = 1e6;

const rowsOf = (values) =>
  Array.from({ length: values.length / COLS }, (_, k) => Array.from(values.slice(k * COLS, (k + 1) * COLS)));

/** Values as a histogram over [low, high], with their mean as a line. */
function makeHistogram() {
  const plot = svg("svg", { class: "cnn-plot", height: HEIGHT, "aria-hidden": "true" });
  return {
    el: h("div", { class: "cnn-plotbox" }, plot),
    draw(values, low, high, most) {
      const x = (value) => `${((value - low) / (high - low)) * 100}%`;
      const bottom = HEIGHT - FOOT;
      const tall = (count) => (count / most) * (bottom - TOP);
      const counts = histogram(values, low, high, BINS);
      const { mean } = moments(values);
      plot.replaceChildren(
        ...counts.map((count, k) => rect(`${((k + 0.06) / BINS) * 100}%`, bottom - tall(count), `${(0.88 / BINS) * 100}%`, tall(count), "cnn-bin", 1)),
        line("0", bottom, "100%", bottom, "cnn-axis"),
        ...ticks(low, high).map((value) => text(x(value), HEIGHT - 6, short(value), "cnn-tick")),
        line(x(mean), TOP - 4, x(mean), bottom, "cnn-mean"));
    },
  };
}

/** The ends of the axis that both histograms share. */
function ends(values) {
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  const room = (high - low) * 0.06 || 1;
  return [low - room, high + room];
}

function verdictOf({ training, gamma, beta, running_mean, running_var }, { own, step }) {
  if (training) {
    return ["Training: by the batch's own mean and variance.", own.variance < 1e-3
      ? `The values are all but alike, and their variance, ${plain(own.variance)}, does not dwarf \u03b5: it keeps the division legal, and all stay near \u03b2 = ${plain(beta)}.`
      : `Whatever came in, what goes out has mean \u03b2 = ${plain(beta)} and a standard deviation of very nearly |\u03b3| = ${plain(Math.abs(gamma))}. ` +
        "Change one value, and all outputs change: in training, the examples of a batch see each other."];
  }
  const gap = Math.abs(own.mean - running_mean) / Math.sqrt(running_var + 1e-5);
  return ["Evaluation: by the running mean and variance.", "Each output depends on its own input alone. " + (gap > 0.1
    ? `The running mean, ${plain(running_mean)}, is not yet this batch's ${plain(own.mean)}: the next training step takes it to ${plain(step.running_mean)}. Press the button until what comes out settles.`
    : "The running statistics have all but caught up with this batch.")];
}

export function buildBatch({ get, set, say }) {
  let shown = null;
  let pointed = null;
  const presets = get("_batches");
  const begins = (name, batch) => batch.every((value, k) => value === presets[name][k]);
  const preset = select({
    label: "Batch", options: [["", "your own"], ...Object.keys(presets).map((name) => [name, name]), ["random", "random"]],
    onInput(name) {
      const n = get("batch").length;
      const draw = () => Number((6 * (Math.random() + Math.random() + Math.random()) - 7).toFixed(2));
      if (name) set({ batch: name === "random" ? Array.from({ length: n }, draw) : presets[name].slice(0, n) });
    },
  });
  const size = select({
    label: "values", options: ["8", "16", "24", "32"].map((n) => [n, n]),
    onInput(value) {
      const batch = get("batch");
      const name = Object.keys(presets).find((key) => begins(key, batch));
      set({ batch: Array.from({ length: Number(value) }, (_, k) => (name ? presets[name][k] : batch[k % batch.length])) });
    },
  });
  const mode = radios({
    label: "Mode", options: [["training", "training"], ["evaluation", "evaluation"]],
    onInput: (value) => set({ training: value === "training" }),
  });
  const learned = [["gamma", "Scale \u03b3"], ["beta", "Shift \u03b2"]].map(([key, label]) =>
    [key, slider({ label, min: -5, max: 5, step: 0.1, onInput: (value) => set({ [key]: value }) })]);
  const kept = [["running_mean", "Running mean", -LARGEST, LARGEST],
    ["running_var", "variance", 0, 2 * LARGEST ** 2, "Running variance"]]
    .map(([key, label, min, max, name]) => [key, numberBox({ label, name, min, max, onInput: (value) => set({ [key]: value }), onRefuse: say })]);
  const step = button("One training step", () => shown && set(shown.answer.step));
  const forget = button("Start over", () => set({ running_mean: 0, running_var: 1 }));

  const pointing = {
    textUpTo: COLS, onRefuse: say,
    onPoint(row, col) {
      pointed = row * COLS + col;
      if (shown) explain();
    },
    onLeave() {
      pointed = null;
      if (shown) explain();
    },
  };
  const input = makeGrid({
    name: "input", role: "input", caption: "before", scrub: true, ...pointing,
    onRefuse: say,
    onEdit: (row, col, value) => set({ batch: get("batch").map((old, k) => (k === row * COLS + col ? value : old)) }),
  });
  const output = makeGrid({ name: "output", role: "output", caption: "after", ...pointing });
  const [before, after] = [makeHistogram(), makeHistogram()];
  input.el.insertBefore(before.el, input.el.lastChild);
  output.el.insertBefore(after.el, output.el.lastChild);
  const verdict = h("strong");
  const why = h("p", { class: "cnn-why" });
  const words = h("div", { class: "cnn-error", "data-verdict": "same" }, h("p", { class: "cnn-verdict" }, verdict), why);
  const sums = h("p", { class: "cnn-arithmetic" });
  const row = (...els) => h("div", { class: "cnn-row" }, ...els);

  /** Write out how one value is normalized. */
  function explain() {
    const { state: { batch, gamma, beta }, answer: { used, eps, output: values } } = shown;
    const place = pointed !== null && pointed < batch.length ? pointed : null;
    for (const grid of [input, output]) grid.mark(place === null ? [] : [[Math.floor(place / COLS), place % COLS]]);
    if (place === null) {
      sums.replaceChildren(h("span", { class: "cnn-help", text: "Point at a value to see how it is normalized; drag one before batch norm up or down to change it." }));
      return;
    }
    sums.replaceChildren("y = \u03b3 (x \u2212 \u03bc) / \u221a(\u03c3\u00b2 + \u03b5) + \u03b2 = ",
      h("span", { class: "cnn-k", text: plain(gamma) }), " × (", h("span", { class: "cnn-i", text: plain(batch[place]) }),
      ` \u2212 ${plain(used.mean)}) / \u221a(${plain(used.variance)} + ${plain(eps)}) + `,
      h("span", { class: "cnn-k", text: plain(beta) }), " = ", h("strong", { class: "cnn-o", text: plain(values[place]) }));
  }

  function drawSide(grid, chart, values, [low, high], most) {
    grid.draw(rowsOf(values), { limit: values.reduce((m, v) => Math.max(m, Math.abs(v)), 0) || 1 });
    chart.draw(values, low, high, most);
  }

  return {
    controls: [row(preset.el, size.el, mode.el), row(...learned.map(([, control]) => control.el)),
      row(...kept.map(([, control]) => control.el), step, forget)],
    el: h("div", {}, h("div", { class: "cnn-norm" }, input.el, output.el), words, sums),
    draw(state) {
      preset.set(Object.keys(presets).find((name) => begins(name, state.batch)) ?? "");
      size.set(String(state.batch.length));
      mode.set(state.training ? "training" : "evaluation");
      for (const [key, control] of learned) control.set(state[key]);
      for (const [key, control] of kept) control.set(Number(state[key].toPrecision(5)));
      const answer = normalize(state);
      const box = ends([...state.batch, ...answer.output]);
      const most = Math.max(...[state.batch, answer.output].flatMap((values) => histogram(values, ...box, BINS)));
      drawSide(input, before, state.batch, box, most);
      drawSide(output, after, answer.output, box, most);
      const out = moments(answer.output);
      const told = ({ mean, deviation }) => {
        const middle = Math.abs(mean) < 1e-9 * (deviation || 1) ? 0 : mean; // but for rounding
        return `mean ${plain(Number(middle.toPrecision(4)))}, deviation ${plain(Number(deviation.toPrecision(4)))}`;
      };
      input.setCaption(`before: ${told(answer.own)}`);
      output.setCaption(`after: ${told(out)}`);
      [verdict.textContent, why.textContent] = verdictOf(state, answer);
      shown = { state, answer };
      explain();
      return {
        values: Float64Array.from([...answer.output, ...answer.running]),
        summary: `Batch norm of ${state.batch.length} values in ${state.training ? "training" : "evaluation"} mode, ` +
          `\u03b3 = ${plain(state.gamma)}, \u03b2 = ${plain(state.beta)}. Before: ${told(answer.own)}. After: ${told(out)}.`,
      };
    },
  };
}
