/** PoolingExplorer: a feature map, a pooling window, and the arithmetic of every output cell. */
import { player } from "./js/controls.js";
import { h, setStyle } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, matrix, number, toggle } from "./js/fields.js";
import { size } from "./js/format.js";
import { makeGrid } from "./js/grid.js";
import { nested, range } from "./js/ops.js";
import { gaussian_weights } from "./js/pool_ops.js";
import { buildControls } from "./js/pooling_controls.js";
import { makeCounts } from "./js/pooling_counts.js";
import { makeMarks, READABLE } from "./js/pooling_marks.js";
import { answerOf, cellsOf, fault, isMax, KINDS, LIMITS, readers, settingsOf } from "./js/pooling_math.js";
import { python } from "./js/pooling_python.js";
import { arithmetic, readLine, sizeLines, summarize } from "./js/pooling_words.js";

/** A whole number, or null where the stride is the window. */
function strideField() {
  const any = integer(...LIMITS.stride);
  return {
    encode: (value) => (value === null ? "window" : any.encode(value)),
    decode: (text) => (text === "window" ? null : any.decode(text)),
  };
}

const fields = {
  image: matrix(32),
  kind: choice(Object.keys(KINDS)),
  kernel_size: integer(...LIMITS.kernel_size),
  stride: strideField(),
  padding: integer(...LIMITS.padding),
  dilation: integer(...LIMITS.dilation),
  ceil_mode: toggle(),
  count_include_pad: toggle(),
  sigma: number(0.2, 4),
  relu: toggle(),
  channels: integer(1, 4096),
  row: integer(0, 63),
  col: integer(0, 63),
};

const drawOn = (grid, picture, limit, pad = 0) => grid.draw(nested(picture), { limit, pad: { top: pad, left: pad } });

function reveal(el, shown) {
  if (el.hidden === shown) el.hidden = !shown;
}

function build({ body, get, set, say }) {
  const controls = buildControls({ get, set, say });
  let shown = null; // the last answer and its state, with the cell that is written out
  let told = ""; // the sizes whose formula stands there
  let hovered = null; // the cell of the map under the pointer
  const leave = () => {
    hovered = null;
    if (shown) explain(shown.row, shown.col);
  };
  const reading = {
    onPoint(row, col, how) {
      hovered = how === "hover" ? [row, col] : null;
      if (shown) explainInput(row, col);
    },
    onLeave: leave,
  };
  const input = makeGrid({
    name: "input", role: "input", caption: "input", brush: controls.brush, onRefuse: say, ...reading,
    onEdit(row, col, value) {
      const rows = get("image").map((cells) => cells.slice());
      rows[row][col] = value;
      set({ image: rows });
    },
  });
  const relued = makeGrid({ name: "after ReLU", role: "input", caption: "after ReLU", ...reading });
  const weights = makeGrid({ name: "weights", role: "kernel", caption: "weights" });
  const output = makeGrid({
    name: "output", role: "output", caption: "output", onLeave: leave,
    onPoint(row, col, how) {
      if (how === "focus") set({ row, col });
      else if (shown) explain(row, col);
    },
  });
  const marks = { input: makeMarks(input.el), relued: makeMarks(relued.el), output: makeMarks(output.el) };
  const steps = player({
    label: "Output cell",
    onInput: (place) => set({ row: Math.floor(place / shown.cols), col: place % shown.cols }),
  });
  const sums = h("p", { class: "cnn-arithmetic cnn-boxed", tabindex: "0", role: "group", "aria-label": "Arithmetic" });
  const formula = h("div", { class: "cnn-size", role: "group", "aria-label": "Size of the output" });
  const counts = makeCounts({ set, say });
  const stage = h("div", { class: "cnn-stage cnn-pooling" }, input.el, relued.el, weights.el, output.el);
  body.append(controls.el, stage, steps.el, sums, formula, counts.el);

  /** Light the window of one output cell, and write out what it computes. */
  function explain(row, col) {
    const { state, answer, cols, dilation } = shown;
    const cells = cellsOf(state, answer, row, col);
    const w = answer.map.shape[1];
    const place = answer.winners?.[row * cols + col];
    const winner = answer.winners && [Math.floor(place / w), place % w];
    for (const each of shown.marks) each.window(cells, dilation === 1, winner);
    marks.output.places([]);
    output.mark([[row, col]]);
    sums.replaceChildren(...arithmetic(state, answer, row, col));
  }

  /** Mark the outputs that read one cell of the map. */
  function explainInput(row, col) {
    const { state, answer } = shown;
    for (const each of shown.marks) each.places([[row, col]]);
    const places = readers(answer, row, col);
    const won = answer.winners && places.filter(([i, j]) =>
      answer.winners[i * shown.cols + j] === row * answer.map.shape[1] + col);
    output.mark(places);
    marks.output.places(won ?? []);
    sums.replaceChildren(...readLine(state, answer, row, col));
  }

  /** The room that the panels need, in cells. */
  function layOut({ sizes: [, w], padding }, across, [below, right]) {
    const widest = Math.max(w + 2 * padding + right, across);
    // An output as wide as the map has its room: cells keep their size while a slider moves.
    const maps = relued.el.hidden ? 2 : 3;
    const [panels, more] = weights.el.hidden ? [maps, 0] : [maps + 1, shown.span];
    const room = w > READABLE ? Math.round(1.07 * w) : widest; // of fine cells a few more fit
    const css = { widest, together: maps * room + more, panels, right, below };
    const text = Object.values(css).join();
    if (stage.dataset.room === text) return;
    stage.dataset.room = text;
    for (const [key, value] of Object.entries(css)) setStyle(stage, `--${key}`, value);
  }

  return (state) => {
    controls.show(state);
    const wrong = fault(state);
    if (wrong) throw new Error(wrong);
    const settings = settingsOf(state);
    const { sizes, kernel, stride, padding, dilation } = settings;
    const answer = answerOf(state);
    const [rows, cols] = answer.output.shape;
    const [row, col] = [Math.min(state.row, rows - 1), Math.min(state.col, cols - 1)];
    const pooledMarks = state.relu ? marks.relued : marks.input;
    const span = kernel.map((k) => dilation * (k - 1) + 1);
    const last = answer.windows.map((axis) => axis[axis.length - 1].start);
    const beyond = last.map((start, at) => Math.max(0, start + span[at] - sizes[at] - padding));
    shown = { state, answer, row, col, cols, dilation, span: kernel[1], marks: state.relu ? [marks.input, marks.relued] : [marks.input] };

    const { limit } = range(answer.image);
    reveal(relued.el, state.relu);
    reveal(weights.el, state.kind === "gaussian");
    drawOn(input, answer.image, limit, state.relu ? 0 : padding);
    if (state.relu) {
      drawOn(relued, answer.relued, limit, padding);
      marks.input.clear(sizes);
    }
    if (state.kind === "gaussian") {
      const weight = gaussian_weights(state.kernel_size, state.sigma);
      drawOn(weights, weight, range(weight).limit);
    }
    drawOn(output, answer.output, Math.max(limit, range(answer.output).limit));
    marks.output.clear([rows, cols]);
    const counted = isMax(state.kind) ? "\u2212\u221e" : state.count_include_pad ? "0" : "";
    pooledMarks.draw(sizes, { pad: padding, symbol: counted, beyond, windows: answer.windows, span,
      winners: answer.winners, contested: answer.contested, apart: stride.every((s, at) => s >= span[at]) });
    layOut(settings, cols, beyond);

    const ring = padding ? `, padded to ${size(...sizes.map((n) => n + 2 * padding))}` : "";
    input.setCaption(`input ${size(...sizes)}${state.relu ? "" : ring}`);
    relued.setCaption(`after ReLU${ring}`);
    weights.setCaption(`weights, \u03c3 = ${state.sigma}`);
    output.setCaption(`output ${size(rows, cols)}`);
    steps.set(row * cols + col, 0, rows * cols, `${row * cols + col + 1} of ${rows * cols}: row ${row + 1}, column ${col + 1}`);
    setStyle(sums, "--tall", kernel[0] * kernel[1] > 9 ? "6.2em" : "3.1em");
    if (hovered?.[0] < sizes[0] && hovered[1] < sizes[1]) explainInput(...hovered);
    else explain(row, col);
    const lines = JSON.stringify([settings, rows, cols]);
    if (lines !== told) formula.replaceChildren(...sizeLines(state, answer));
    told = lines;
    counts.show(state, answer);
    return { values: answer.output.data, summary: summarize(state, answer, row, col) };
  };
}

export const widget = defineExplorer({ name: "PoolingExplorer", fields, build, python });
