/** CollapseExplorer: two 3x3 convolutions in a row, against the one 5x5 that they make. */
import { collapse, rings } from "./js/collapse_math.js";
import { cellLines, meeting, python, summarize, verdict, weightLine } from "./js/collapse_words.js";
import { checkbox, controlRow, makeBrush, radios } from "./js/controls.js";
import { h, setStyle } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, matrix, toggle } from "./js/fields.js";
import { size } from "./js/format.js";
import { makeGrid } from "./js/grid.js";
import { matrixControls } from "./js/matrix_controls.js";
import { nested, range, tensor } from "./js/ops.js";

const MOST = 12;

/** A 3 by 3 matrix. */
function three() {
  const any = matrix(3);
  return {
    encode: any.encode,
    decode(text) {
      const rows = any.decode(text);
      if (rows.length === 3 && rows[0].length === 3) return rows;
      throw new Error(`${size(rows.length, rows[0].length)} is not 3 by 3`);
    },
  };
}

const fields = {
  image: matrix(MOST),
  first: three(),
  second: three(),
  padding: choice(["valid", "zero"]),
  relu: toggle(),
};

/** The settings above the grids. */
function buildControls({ get, set, say }) {
  const image = matrixControls({
    title: "Picture", key: "image", presets: get("_images"), most: MOST,
    draw: () => Math.round(Math.random() * 4 - 1), get, set, say,
  });
  const kernel = (key, title) => matrixControls({
    title, key, presets: get("_kernels"), most: 3,
    draw: () => Math.round(Math.random() * 4 - 2), get, set, say,
  });
  const first = kernel("first", "First kernel");
  const second = kernel("second", "Second kernel");
  const brush = makeBrush();
  const padding = radios({
    label: "Padding", options: [["valid", "none"], ["zero", "zeros"]],
    onInput: (value) => set({ padding: value }),
  });
  const relu = checkbox({ label: "ReLU between the layers", onInput: (value) => set({ relu: value }) });
  return {
    el: h("div", { class: "cnn-controls" },
      controlRow(...image.els, brush.el), controlRow(first.els[0], second.els[0]), controlRow(padding.el, relu.el)),
    brush: brush.value,
    show(state) {
      image.show(state.image);
      first.show(state.first);
      second.show(state.second);
      padding.set(state.padding);
      relu.set(state.relu);
    },
  };
}

/** Draw a matrix; its panel is as wide as its columns ask for. */
function drawOn(grid, picture, limit) {
  setStyle(grid.el, "--n", picture.shape[1]);
  grid.draw(nested(picture), { limit });
}

/** The cells that a kernel of `span` by `span` reads for the output cell (row, col). */
const windowAt = (row, col, span, pad) => Array.from({ length: span * span }, (_, k) =>
  [row - pad + Math.floor(k / span), col - pad + (k % span)]);

function build({ body, get, set, say }) {
  const controls = buildControls({ get, set, say });
  const sums = h("div", { class: "cnn-arithmetic", tabindex: "0", role: "group", "aria-label": "Arithmetic" });
  const icon = h("span", { class: "cnn-verdict-icon", "aria-hidden": "true" });
  const head = h("strong");
  const why = h("p", { class: "cnn-why" });
  const words = h("div", { class: "cnn-error" }, h("p", { class: "cnn-verdict" }, icon, head), why);
  let shown = null;
  let pointed = null; // {kind: "cell" | "weight", row, col}

  const editAt = (key) => (row, col, value) => {
    const rows = get(key).map((cells) => cells.slice());
    rows[row][col] = value;
    set({ [key]: rows });
  };
  const pointing = (kind) => ({
    onPoint(row, col) {
      pointed = { kind, row, col };
      if (shown) explain();
    },
    onLeave() {
      pointed = null;
      if (shown) explain();
    },
  });
  const grid = (name, role, caption, options = {}) =>
    makeGrid({ name, role, caption, textUpTo: MOST, onRefuse: say, ...options });
  const input = grid("input", "input", "input", { onEdit: editAt("image"), brush: controls.brush });
  const first = grid("kernel", "kernel", "first kernel", { onEdit: editAt("first"), scrub: true });
  const second = grid("second kernel", "kernel", "second kernel", { onEdit: editAt("second"), scrub: true });
  const between = grid("between", "between", "between");
  const combined = grid("combined kernel", "kernel", "both kernels in one", pointing("weight"));
  const two = grid("output", "output", "A", pointing("cell"));
  const one = grid("combined output", "output", "B", pointing("cell"));
  const difference = grid("difference", "difference", "A \u2212 B", pointing("cell"));
  const areas = { input, first, second, between, combined, two, one, difference };
  for (const [area, panel] of Object.entries(areas)) panel.el.classList.add(`cnn-at-${area}`);
  const wire = () => h("div", { class: "cnn-wire", "aria-hidden": "true" });
  const stage = h("div", { class: "cnn-collapse" },
    h("div", { class: "cnn-ways" },
      input.el, wire(),
      h("div", { class: "cnn-paths" },
        h("div", { class: "cnn-path" },
          wire(), first.el, wire(), between.el, wire(), second.el, wire(), two.el),
        h("div", { class: "cnn-path" }, wire(), combined.el, wire(), one.el))),
    h("div", { class: "cnn-outcome" }, words, difference.el));
  body.append(controls.el, stage, sums);

  /** Mark what one cell reads, or what one combined weight is made of, and write it out. */
  function explain() {
    const { around, answer } = shown;
    for (const panel of Object.values(areas)) panel.mark([]);
    if (!pointed) {
      sums.replaceChildren(h("span", { class: "cnn-help",
        text: "Point at a cell of A, B or A \u2212 B, or at a weight of the one kernel, to see how it comes about." }));
      return;
    }
    if (pointed.kind === "weight") {
      const { row, col } = pointed;
      combined.mark([[row, col]]);
      first.mark(meeting(row, col).map(([place]) => place));
      second.mark(meeting(row, col).map(([, place]) => place));
      sums.replaceChildren(weightLine(shown, row, col));
      return;
    }
    const [rows, cols] = answer.two.shape;
    const [row, col] = [Math.min(pointed.row, rows - 1), Math.min(pointed.col, cols - 1)];
    for (const panel of [two, one, difference]) panel.mark([[row, col]]);
    const within = (picture, places) => places.filter(([y, x]) =>
      y >= 0 && y < picture.shape[0] && x >= 0 && x < picture.shape[1]);
    between.mark(within(answer.between, windowAt(row, col, 3, around)));
    input.mark(within(shown.image, windowAt(row, col, 5, 2 * around)));
    sums.replaceChildren(...cellLines(shown, row, col));
  }

  return (state) => {
    controls.show(state);
    const [image, k1, k2] = [state.image, state.first, state.second].map(tensor);
    drawOn(input, image, range(image).limit);
    drawOn(first, k1, range(k1).limit);
    drawOn(second, k2, range(k2).limit);
    const answer = collapse(image, k1, k2, state.padding, state.relu);
    const limit = Math.max(range(answer.two).limit, range(answer.one).limit);
    drawOn(between, answer.between, range(answer.before).limit);
    drawOn(combined, answer.combined, range(answer.combined).limit);
    drawOn(two, answer.two, limit);
    drawOn(one, answer.one, limit);
    drawOn(difference, answer.tidy, limit);
    const total = image.shape[1] + answer.between.shape[1] + answer.two.shape[1] + 6;
    setStyle(stage, "--total", total);
    input.setCaption(`input, ${size(...image.shape)}`);
    between.setCaption(state.relu ? "between, after ReLU" : "between the layers");
    two.setCaption("A, two layers");
    one.setCaption("B, one layer");
    const count = rings(answer.tidy);
    const differing = count.border + count.inside;
    words.dataset.verdict = differing ? "differ" : "same";
    icon.textContent = differing ? "\u2260" : "=";
    [head.textContent, why.textContent] = verdict(state, answer, count);
    shown = { image, first: k1, second: k2, around: state.padding === "zero" ? 1 : 0, answer };
    explain();
    return {
      values: Float64Array.from([...answer.two.data, ...answer.one.data, ...answer.difference.data]),
      summary: summarize(state, image, answer, count),
    };
  };
}

export const widget = defineExplorer({ name: "CollapseExplorer", fields, build, python });
