/** ShiftExplorer: shift and convolve in both orders, and see where the two part. */
import { radios, slider } from "./js/controls.js";
import { h } from "./js/dom.js";
import { both_orders, equivariance_error, output_shift } from "./js/equivariance.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, matrix } from "./js/fields.js";
import { plain, short, size } from "./js/format.js";
import { makeGrid } from "./js/grid.js";
import { matrixControls } from "./js/matrix_controls.js";
import { nested, tensor } from "./js/ops.js";
import { makeMover } from "./js/shift_move.js";
import { python } from "./js/shift_python.js";
import { moved as movedText, reason, relativeText, summarize } from "./js/shift_words.js";

const MOST = 8; // pixels that a picture is moved along one axis
const TEXT_UP_TO = 10; // cells across that hold numbers: the grids here are small
const SAME = 1e-10; // differences up to this, relative to the largest output, are rounding

const anyKernel = matrix(5);
const fields = {
  image: matrix(24),
  kernel: {
    encode: anyKernel.encode,
    decode(text) {
      const rows = anyKernel.decode(text);
      if (rows.length % 2 && rows[0].length % 2) return rows;
      throw new Error(`${size(rows.length, rows[0].length)} is not odd in both directions`);
    },
  },
  dy: integer(-MOST, MOST),
  dx: integer(-MOST, MOST),
  stride: integer(1, 3),
  padding: choice(["zero", "circular"]),
};

const largest = (...lists) =>
  lists.reduce((most, list) => list.reduce((m, v) => Math.max(m, Math.abs(v)), most), 0) || 1;

/** Draw a matrix, its numbers small enough that the longest fits its cell. */
function drawFitting(grid, picture, limit) {
  if (picture.shape[1] <= TEXT_UP_TO) {
    const longest = picture.data.reduce((most, value) => Math.max(most, short(value).length), 1);
    grid.el.style.setProperty("--chars", String(longest));
  }
  grid.draw(nested(picture), { limit });
}

/** The settings above the grids. */
function buildControls({ get, set, say }) {
  let paint = 1;
  const image = matrixControls({
    title: "Picture", key: "image", presets: get("_images"), most: 24,
    draw: () => Math.round(Math.random() * 10) / 10, get, set, say,
  });
  const kernel = matrixControls({
    title: "Kernel", key: "kernel", presets: get("_kernels"), most: 5, odd: true,
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
  const padding = radios({
    label: "Padding", options: [["zero", "zero"], ["circular", "circular"]],
    onInput: (value) => set({ padding: value }),
  });
  const stride = slider({ label: "Stride", min: 1, max: 3, onInput: (value) => set({ stride: value }) });
  const row = (...els) => h("div", { class: "cnn-row" }, ...els);
  return {
    el: h("div", { class: "cnn-controls" },
      row(...image.els, brush.el), row(...kernel.els), row(padding.el, stride.el)),
    brush: () => paint,
    show(state) {
      image.show(state.image);
      kernel.show(state.kernel);
      padding.set(state.padding);
      stride.set(state.stride);
    },
  };
}

/** The error in numbers, with its definition, and whether there is any. */
function buildVerdict() {
  const icon = h("span", { class: "cnn-verdict-icon", "aria-hidden": "true" });
  const verdict = h("strong");
  const head = h("p", { class: "cnn-verdict" }, icon, verdict);
  const most = h("dd");
  const relative = h("dd");
  const why = h("p", { class: "cnn-why" });
  const term = (name, formula) =>
    h("dt", {}, name, h("span", { class: "cnn-formula", text: formula }));
  const el = h("div", { class: "cnn-error" }, head,
    h("dl", {},
      term("Largest difference", "max |A \u2212 B|"), most,
      term("Relative error", "\u2016A \u2212 B\u2016 / \u2016B\u2016, each \u2016\u00b7\u2016 the root of the sum of squares"), relative),
    why);
  return {
    el,
    show(state, differing, total, error) {
      el.dataset.verdict = differing ? "differ" : "same";
      icon.textContent = differing ? "\u2260" : "=";
      verdict.textContent = differing
        ? `The two orders differ in ${differing} of ${total} cells.` : "The two orders agree in every cell.";
      most.textContent = differing ? plain(error.largest) : "0";
      relative.textContent = differing ? relativeText(error.relative) : "0";
      why.textContent = reason(state, differing);
    },
  };
}

function build({ body, get, set, say }) {
  const controls = buildControls({ get, set, say });
  const mover = makeMover({ get, set, most: MOST });
  const verdict = buildVerdict();
  const values = h("p", { class: "cnn-arithmetic" });
  let shown = null;
  let pointed = null;

  const editAt = (key) => (row, col, value) => {
    const rows = get(key).map((cells) => cells.slice());
    rows[row][col] = value;
    set({ [key]: rows });
  };
  const pointing = {
    onPoint(row, col) {
      pointed = [row, col];
      if (shown) explain();
    },
    onLeave() {
      pointed = null;
      if (shown) explain();
    },
  };
  const grid = (name, role, options = {}) =>
    makeGrid({ name, role, caption: name, textUpTo: TEXT_UP_TO, onRefuse: say, ...options });
  const input = grid("input", "input", { onEdit: editAt("image"), brush: controls.brush });
  const kernel = grid("kernel", "kernel", { onEdit: editAt("kernel"), scrub: true });
  const moved = grid("shifted input", "input");
  const still = grid("output before the shift", "output");
  const first = grid("output", "output", { ...pointing, caption: "A = conv(shift(x))" });
  const second = grid("shifted output", "output", { ...pointing, caption: "B = shift(conv(x))" });
  const difference = grid("difference", "difference", { ...pointing, caption: "A \u2212 B" });
  mover.handle(moved.el);

  const cell = (area, ...children) => h("div", { class: `cnn-at-${area}` }, ...children);
  const arrow = (area, text) => h("div", { class: `cnn-arrow cnn-at-${area}`, "aria-hidden": "true", text });
  body.append(
    controls.el,
    h("div", { class: "cnn-square" },
      cell("input", input.el), arrow("a", "shift"), cell("moved", moved.el),
      arrow("b", "conv"), cell("first", first.el),
      cell("kernel", kernel.el), arrow("c", "conv"), cell("still", still.el),
      arrow("d", "shift"), cell("second", second.el),
      cell("move", mover.el), cell("words", verdict.el), cell("difference", difference.el)),
    values);

  /** Mark one output cell, the window each order read for it, and write its values. */
  function explain() {
    const { state, answer, error } = shown;
    const [rows, cols] = answer.first.shape;
    values.replaceChildren();
    for (const panel of [input, moved, still, first, second, difference]) panel.mark([]);
    if (!pointed) {
      values.append(h("span", { class: "cnn-help", text: "Point at a cell of A, B or A \u2212 B to see what each order read for it." }));
      return;
    }
    const [row, col] = pointed.map((at, axis) => Math.min(at, [rows, cols][axis] - 1));
    const place = row * cols + col;
    for (const panel of [first, second, difference]) panel.mark([[row, col]]);
    moved.mark(seen(state, row, col));
    const from = [row - output_shift(state.dy, state.stride), col - output_shift(state.dx, state.stride)];
    const wrap = (at, n) => (state.padding === "circular" ? ((at % n) + n) % n : at);
    const [y, x] = [wrap(from[0], rows), wrap(from[1], cols)];
    if (y >= 0 && y < rows && x >= 0 && x < cols) {
      still.mark([[y, x]]);
      input.mark(seen(state, y, x));
    }
    const number = (value) => h("strong", { class: "cnn-o", text: plain(value) });
    values.append(`A[${row}, ${col}] = `, number(answer.first.data[place]),
      `,  B[${row}, ${col}] = `, number(answer.second.data[place]),
      ",  A \u2212 B = ", number(error.difference.data[place]));
  }

  /** The pixels that an output cell reads, those beyond a wrapped border on the other side. */
  function seen({ image, kernel: weights, stride, padding }, row, col) {
    const places = [];
    const wrap = (at, n) => (padding === "circular" ? ((at % n) + n) % n : at);
    weights.forEach((cells, i) => cells.forEach((_, j) => {
      const y = wrap(row * stride + i - (weights.length - 1) / 2, image.length);
      const x = wrap(col * stride + j - (cells.length - 1) / 2, image[0].length);
      if (y >= 0 && y < image.length && x >= 0 && x < image[0].length) places.push([y, x]);
    }));
    return places;
  }

  return (state) => {
    controls.show(state);
    mover.show(state);
    const [image, weight] = [tensor(state.image), tensor(state.kernel)];
    const bright = largest(image.data);
    drawFitting(input, image, bright);
    drawFitting(kernel, weight, largest(weight.data));
    const answer = both_orders(image, weight, state.dy, state.dx, state.stride, state.padding);
    const error = equivariance_error(answer.first, answer.second);
    const limit = largest(answer.first.data, answer.still.data);
    drawFitting(moved, answer.moved, bright);
    drawFitting(still, answer.still, limit);
    drawFitting(first, answer.first, limit);
    drawFitting(second, answer.second, limit);
    drawFitting(difference, error.difference, Math.max(limit, error.largest));
    input.setCaption(`x, ${size(...image.shape)}`);
    moved.setCaption(`shift(x), ${movedText(state)}`);
    kernel.setCaption(`kernel, ${size(...weight.shape)}`);
    still.setCaption(`conv(x), ${size(...answer.still.shape)}`);
    const rounding = SAME * Math.max(1, limit);
    const differing = error.difference.data.filter((value) => Math.abs(value) > rounding).length;
    verdict.show(state, differing, error.difference.data.length, error);
    shown = { state, answer, error };
    explain();
    const [low, high] = answer.first.data.reduce(
      ([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    return {
      values: Float64Array.from([...answer.first.data, ...answer.second.data, ...error.difference.data]),
      summary: summarize(state, { shape: answer.first.shape, differing, low, high, ...error }),
    };
  };
}

export const widget = defineExplorer({ name: "ShiftExplorer", fields, build, python });
