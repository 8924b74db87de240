/** ShiftExplorer's picture: shifted and then mapped, mapped and then shifted, and how they differ. */
import { h } from "./dom.js";
import { READS, stage } from "./downsampling.js";
import { equivariance_error, orders, output_shift } from "./equivariance.js";
import { plain, size } from "./format.js";
import { makeGrid } from "./grid.js";
import { nested, range, tensor } from "./ops.js";
import { pictureControls } from "./shift_controls.js";
import { makeCurves } from "./shift_curves.js";
import { makeMover } from "./shift_move.js";
import { makeVerdict } from "./shift_verdict.js";
import { chainText, jumpOf, mapName, moved as movedText, summarize } from "./shift_words.js";

const MOST = 8; // pixels that a picture is moved along one axis
const TEXT_UP_TO = 10; // cells across that hold numbers: the grids here are small
const SAME = 1e-10; // differences up to this, relative to the largest output, are rounding

const largest = (...lists) =>
  lists.reduce((most, list) => list.reduce((m, v) => Math.max(m, Math.abs(v)), most), 0) || 1;

const drawOn = (grid, picture, limit) => grid.draw(nested(picture), { limit });

/** @param {import("./explorer.js").Frame} explorer */
export function buildPicture({ get, set, say }) {
  const controls = pictureControls({ get, set, say });
  const mover = makeMover({ get, set, most: MOST });
  const verdict = makeVerdict();
  const curves = makeCurves({ set });
  const chain = h("p", { class: "cnn-help cnn-chain" });
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
  const maps = [arrow("b", "conv"), arrow("c", "conv")];
  const el = h("div", {}, chain,
    h("div", { class: "cnn-square" },
      cell("input", input.el), arrow("a", "shift"), cell("moved", moved.el),
      maps[0], cell("first", first.el),
      cell("kernel", kernel.el), maps[1], cell("still", still.el),
      arrow("d", "shift"), cell("second", second.el),
      cell("move", mover.el), cell("words", verdict.el), cell("difference", difference.el)),
    values, curves.el);

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
    const jump = jumpOf(state);
    const from = [row - output_shift(state.dy, jump), col - output_shift(state.dx, jump)];
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

  /** Draw a state; returns what the frame wants to know. */
  function draw(state) {
    controls.show(state);
    mover.show(state);
    const [image, weight] = [tensor(state.image), tensor(state.kernel)];
    const bright = largest(image.data);
    drawOn(input, image, bright);
    drawOn(kernel, weight, largest(weight.data));
    const f = (x) => stage(x, weight, state.pool, state.relu, state.stride, state.padding);
    const jump = jumpOf(state);
    const answer = orders(f, image, state.dy, state.dx, jump, state.padding);
    const error = equivariance_error(answer.first, answer.second);
    const limit = largest(answer.first.data, answer.still.data);
    drawOn(moved, answer.moved, bright);
    drawOn(still, answer.still, limit);
    drawOn(first, answer.first, limit);
    drawOn(second, answer.second, limit);
    drawOn(difference, error.difference, Math.max(limit, error.largest));
    const name = mapName(state);
    for (const arrowEl of maps) arrowEl.textContent = name;
    chain.hidden = name === "conv";
    chain.textContent = chainText(state);
    input.setCaption(`x, ${size(...image.shape)}`);
    moved.setCaption(`shift(x), ${movedText(state)}`);
    kernel.setCaption(`kernel, ${size(...weight.shape)}`);
    still.setCaption(`${name}(x), ${size(...answer.still.shape)}`);
    first.setCaption(`A = ${name}(shift(x))`);
    second.setCaption(`B = shift(${name}(x))`);
    const rounding = SAME * Math.max(1, limit);
    const differing = error.difference.data.filter((value) => Math.abs(value) > rounding).length;
    verdict.show(state, differing, error.difference.data.length, error);
    const curve = curves.draw(state, f, image, jump);
    shown = { state, answer, error };
    explain();
    const { low, high } = range(answer.first);
    return {
      values: Float64Array.from([...answer.first.data, ...answer.second.data, ...error.difference.data, ...curve]),
      summary: summarize(state, { shape: answer.first.shape, differing, low, high, ...error }),
    };
  }

  return { controls: controls.els, el, draw };
}

/** The pixels that an output cell reads, those beyond a wrapped border on the other side. */
function seen({ image, kernel, stride, padding, pool }, row, col) {
  const reads = READS[pool];
  const cell = pool === "none" ? 1 : 2;
  const within = (place, n) => (padding === "circular" ? ((place % n) + n) % n : place);
  const along = (at, taps, n) => {
    const places = new Set();
    const outputs = Math.ceil(n / stride); // of the convolution
    for (const output of reads.map((read) => within(at * cell + read, outputs))) {
      if (output < 0 || output >= outputs) continue;
      for (let tap = 0; tap < taps; tap += 1) {
        places.add(within(output * stride + tap - (taps - 1) / 2, n));
      }
    }
    return [...places].filter((place) => place >= 0 && place < n);
  };
  const cols = along(col, kernel[0].length, image[0].length);
  return along(row, kernel.length, image.length).flatMap((y) => cols.map((x) => [y, x]));
}
