/** ConvolutionExplorer: a picture, a kernel, and the arithmetic of every output cell. */
import { themeOf } from "./js/colors.js";
import { makeSum } from "./js/convolution_sum.js";
import { h } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, matrix } from "./js/fields.js";
import { label, plain, pythonList, size } from "./js/format.js";
import { buildControls } from "./js/convolution_controls.js";
import { makeGrid } from "./js/grid.js";
import { conv2d, conv_output_size, flip, nested, range, reshape, tensor } from "./js/ops.js";
import { makePhoto } from "./js/photo.js";
import { player, slider } from "./js/controls.js";

const PHOTO = [192, 256];

const fields = {
  image: matrix(32),
  kernel: matrix(7),
  stride: integer(1, 4),
  padding: integer(0, 6),
  dilation: integer(1, 3),
  operation: choice(["correlate", "convolve"]),
  row: integer(0, 400),
  col: integer(0, 400),
};

/** The photograph's bytes as values from 0 to 1. */
function decodePixels(text) {
  const bytes = atob(text);
  const data = Float64Array.from(bytes, (c) => c.charCodeAt(0) / 255);
  return { data, shape: PHOTO };
}

/** Two sliders that move over the output of the photograph. */
function buildCursor(set) {
  const row = slider({ label: "Output row", min: 0, max: 1, onInput: (value) => set({ row: value }) });
  const col = slider({ label: "column", name: "Output column", min: 0, max: 1, onInput: (value) => set({ col: value }) });
  return {
    el: h("div", { class: "cnn-player" }, row.el, col.el),
    set(atRow, atCol, rows, cols) {
      row.set(atRow, { max: rows - 1 });
      col.set(atCol, { max: cols - 1 });
    },
  };
}

function build({ body, get, set, say }) {
  const photo = get("photograph") ? decodePixels(get("_pixels")) : null;
  const controls = buildControls({ get, set, say, photo: Boolean(photo) });
  let painted = ""; // the theme in which the photograph was last painted
  let shown = null; // the last answer: {input, slid, output, state}
  let kernelCell = [0, 0];

  const editAt = (key) => (row, col, value) => {
    const rows = get(key).map((cells) => cells.slice());
    rows[row][col] = value;
    set({ [key]: rows });
  };
  const point = (row, col, how) => {
    if (how === "focus") set({ row, col });
    else if (shown) explain(row, col);
  };
  const leave = () => shown && explain(shown.row, shown.col);

  const inputGrid = makeGrid({
    name: photo ? "input window" : "input", role: "input", caption: photo ? "window" : "input",
    ...(photo ? {} : { onEdit: editAt("image"), onRefuse: say, brush: controls.brush }),
  });
  const kernelGrid = makeGrid({
    name: "kernel", role: "kernel", caption: "kernel", onEdit: editAt("kernel"), onRefuse: say,
    scrub: true, onPoint(row, col) {
      kernelCell = [row, col];
      showWeight();
    },
  });
  const turnedGrid = makeGrid({ name: "kernel turned", role: "kernel", caption: "turned by 180°, as it slides" });
  const outputGrid = makeGrid({
    name: photo ? "output value" : "output", role: "output", caption: "output",
    ...(photo ? {} : { onPoint: point, onLeave: leave }),
  });
  const weight = slider({
    label: "Weight", min: -2, max: 2, step: 0.05,
    onInput: (value) => editAt("kernel")(...kernelCell, value),
  });
  const sum = makeSum();
  const steps = photo ? buildCursor(set) : player({
    label: "Output cell",
    onInput: (place) => set({ row: Math.floor(place / shown.cols), col: place % shown.cols }),
  });

  const kernelColumn = h("div", { class: "cnn-column" }, kernelGrid.el, weight.el);
  let from = null;
  let to = null;
  if (photo) {
    from = makePhoto({ name: "photograph", role: "input", caption: "input",
      onPoint: (row, col, how) => shown && point(...toOutput(row, col), how), onLeave: leave });
    to = makePhoto({ name: "filtered photograph", role: "output", caption: "output", onPoint: point, onLeave: leave });
    body.append(
      controls.el,
      h("div", { class: "cnn-stage" }, from.el, to.el),
      h("div", { class: "cnn-stage" }, kernelColumn, turnedGrid.el, inputGrid.el, outputGrid.el),
      steps.el, sum.el);
  } else {
    body.append(
      controls.el,
      h("div", { class: "cnn-stage" },
        h("div", { class: "cnn-column" }, inputGrid.el, controls.brushEl), kernelColumn, turnedGrid.el, outputGrid.el),
      steps.el, sum.el);
  }

  /** The output cell whose window is centred nearest to an input pixel. */
  function toOutput(row, col) {
    const { stride, padding, dilation, kernel } = shown.state;
    const near = (place, k, most) => Math.max(0, Math.min(most - 1,
      Math.round((place + padding - (dilation * (k - 1)) / 2) / stride)));
    return [near(row, kernel.length, shown.rows), near(col, kernel[0].length, shown.cols)];
  }

  function showWeight() {
    const kernel = get("kernel");
    const row = Math.min(kernelCell[0], kernel.length - 1);
    const col = Math.min(kernelCell[1], kernel[0].length - 1);
    kernelCell = [row, col];
    const value = kernel[row][col];
    const named = `Weight in row ${row + 1}, column ${col + 1}`;
    if (weight.input.ariaLabel !== named) weight.input.ariaLabel = named;
    weight.set(Number(value.toFixed(4)), { min: Math.min(-2, Math.floor(value)), max: Math.max(2, Math.ceil(value)) });
  }

  /** Mark the window of one output cell and write out its sum. */
  function explain(row, col) {
    const { input, slid, output, state: { stride, padding, dilation } } = shown;
    const [h_in, w_in] = input.shape;
    const [kh, kw] = slid.shape;
    const terms = Array.from(slid.data, (weight, k) => {
      const y = row * stride - padding + Math.floor(k / kw) * dilation;
      const x = col * stride - padding + (k % kw) * dilation;
      const inside = y >= 0 && y < h_in && x >= 0 && x < w_in;
      return { y, x, inside, value: inside ? input.data[y * w_in + x] : 0, weight };
    });
    const value = output.data[row * shown.cols + col];
    sum.show([row, col], terms, value);
    if (photo) {
      const window = Float64Array.from(terms, (term) => term.value);
      inputGrid.draw(nested({ data: window, shape: [kh, kw] }), { limit: 1 });
      outputGrid.draw([[value]], { limit: shown.limit });
      const [span, across] = [dilation * (kh - 1) + 1, dilation * (kw - 1) + 1];
      from.mark(row * stride - padding, col * stride - padding, span, across);
      to.mark(row, col, 1, 1);
    } else {
      inputGrid.mark(terms.map(({ y, x }) => [y, x]));
      outputGrid.mark([[row, col]]);
    }
  }

  return (state) => {
    controls.show(state);
    const input = photo ?? tensor(state.image);
    const kernel = tensor(state.kernel);
    const turned = state.operation === "convolve";
    const slid = turned ? flip(kernel) : kernel;
    if (!photo) {
      const pad = { top: state.padding, left: state.padding };
      inputGrid.draw(state.image, { limit: range(input).limit, pad });
    }
    kernelGrid.draw(state.kernel, { limit: range(kernel).limit });
    if (turnedGrid.el.hidden === turned) {
      turnedGrid.el.hidden = !turned;
      turnedGrid.el.classList.toggle("cnn-turning", turned);
    }
    if (turned) turnedGrid.draw(nested(slid), { limit: range(kernel).limit });
    showWeight();
    const answer = conv2d(
      reshape(input, [1, 1, ...input.shape]), reshape(slid, [1, 1, ...slid.shape]), null,
      state.stride, state.padding, state.dilation);
    const [rows, cols] = answer.shape.slice(2);
    const output = reshape(answer, [rows, cols]);
    const { low, high, limit } = range(output);
    const row = Math.min(state.row, rows - 1);
    const col = Math.min(state.col, cols - 1);
    shown = { state, input, slid, output, rows, cols, row, col, limit };
    if (photo) {
      const grey = low >= 0;
      if (painted !== themeOf()) from.draw(input, { grey: true, limit: 1, label: `photograph ${size(...PHOTO)}` });
      painted = themeOf();
      to.draw(output, { grey, limit: grey ? 1 : limit,
        label: grey ? `output ${size(rows, cols)}, in grey` : `output ${size(rows, cols)}: − orange, + purple` });
    } else {
      inputGrid.setCaption(`input ${size(...input.shape)}`);
      outputGrid.setCaption(`output ${size(rows, cols)}`);
      outputGrid.draw(nested(output), { limit });
    }
    kernelGrid.setCaption(`kernel ${size(...kernel.shape)}`);
    if (photo) steps.set(row, col, rows, cols);
    else steps.set(row * cols + col, 0, rows * cols, `${row * cols + col + 1} of ${rows * cols}: row ${row + 1}, column ${col + 1}`);
    explain(row, col);
    const formula = (n, k) => `⌊(${n} + 2×${state.padding} − ${state.dilation}×(${k} − 1) − 1) / ${state.stride}⌋ + 1 = ` +
      conv_output_size(n, k, state.stride, state.padding, state.dilation);
    return {
      values: output.data,
      summary: `${turned ? "Convolution" : "Cross-correlation"}: ${size(...input.shape)} input, ` +
        `${size(...kernel.shape)} kernel, stride ${state.stride}, padding ${state.padding}, dilation ${state.dilation}. ` +
        `Output ${size(rows, cols)}, from ${label(low)} to ${label(high)}. Height: ${formula(input.shape[0], kernel.shape[0])}. ` +
        `Row ${row + 1}, column ${col + 1} is ${plain(output.data[row * cols + col])}.`,
    };
  };
}

function python(state, get) {
  const photograph = get("photograph");
  const image = photograph ? 'datasets.load("photograph") / 255' : `np.array(${pythonList(state.image)})`;
  const turned = state.operation === "convolve";
  const settings = `stride=${state.stride}, padding=${state.padding}, dilation=${state.dilation}`;
  return `import numpy as np
import torch
from cnnlib import ${photograph ? "datasets, " : ""}numpy_ops

image = ${image}
kernel = np.array(${pythonList(state.kernel)})
${turned ? "kernel = kernel[::-1, ::-1].copy()  # convolution turns the kernel by 180 degrees\n" : ""}
output = numpy_ops.conv2d(image[None, None], kernel[None, None], ${settings})[0, 0]
print(output)

same = torch.nn.functional.conv2d(
    torch.tensor(image)[None, None], torch.tensor(kernel)[None, None], ${settings})[0, 0]
print(same)
`;
}

export const widget = defineExplorer({ name: "ConvolutionExplorer", fields, build, python });
