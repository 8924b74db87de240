/** ArithmeticExplorer: the sizes of a convolution, and which cells belong together. */
import { player } from "./js/controls.js";
import { h, setStyle } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, toggle } from "./js/fields.js";
import { makeGrid } from "./js/grid.js";
import { buildControls } from "./js/arithmetic_controls.js";
import { drawBands, makeBands, makeLinks } from "./js/arithmetic_marks.js";
import { python } from "./js/arithmetic_python.js";
import { axesOf, counts, fault, LETTERS, MOST, output_size } from "./js/arithmetic_size.js";
import { linked, nounOf, pointText, sizeLines, sizeText, summarize } from "./js/arithmetic_words.js";

const SHADES = 1.7; // the largest count has a colour that a number can still be read on

/** A setting of two whole numbers (rows, columns), written `2,1`; `2` means both. */
function sizes(letter) {
  const [, , least, most] = LETTERS[letter];
  const one = integer(least, most);
  return {
    encode: (pair) => (pair[0] === pair[1] ? String(pair[0]) : pair.join(",")),
    decode(text) {
      const pair = text.split(",").map(one.decode);
      if (pair.length > 2) throw new Error(`${pair.length} numbers given; legal are one or two`);
      return [pair[0], pair[pair.length - 1]];
    },
  };
}

const fields = {
  axes: integer(1, 2),
  transposed: toggle(),
  input_size: sizes("n"),
  kernel_size: sizes("k"),
  stride: sizes("s"),
  padding: sizes("p"),
  dilation: sizes("d"),
  output_padding: sizes("a"),
  pointed: choice(["output", "input"]),
  row: integer(0, MOST - 1),
  col: integer(0, MOST - 1),
};

const outer = (down, across) => down.map((a) => across.map((b) => a * b));

function build({ body, get, set }) {
  const controls = buildControls({ get, set });
  let shown = null; // the last answer: {state, size: {input, output}, end, row, col}

  const makeEnd = (end) => {
    const grid = makeGrid({
      name: end, role: end, caption: end, textUpTo: Infinity, bareZero: true,
      onPoint(row, col, how) {
        if (how === "focus") set({ pointed: end, row, col });
        else if (shown) explain(end, row, col);
      },
      onLeave: () => shown && explain(shown.end, shown.row, shown.col),
    });
    const note = h("p", { class: "cnn-note" });
    grid.el.append(note);
    return { ...grid, note };
  };
  const ends = { input: makeEnd("input"), output: makeEnd("output") };
  const bands = { input: makeBands(ends.input.el), output: makeBands(ends.output.el) };
  const links = makeLinks();
  const stage = h("div", { class: "cnn-stage cnn-ends" }, ends.input.el, links.el, ends.output.el);
  const formula = h("div", { class: "cnn-size", role: "group", "aria-label": "Size of the output" });
  const pointed = h("p", {
    class: "cnn-arithmetic", tabindex: "0", role: "group", "aria-label": "Cells that belong together", "aria-live": "polite",
  });
  const slide = player({
    label: "Slide",
    onInput(place) {
      const end = shown.state.transposed ? "input" : "output";
      const cols = shown.size[end][1];
      set({ pointed: end, row: Math.floor(place / cols), col: place % cols });
    },
  });
  body.append(controls.el, stage, slide.el, pointed, formula);

  /** Mark one cell and those of the other end that belong to it. */
  function explain(end, row, col) {
    const { state } = shown;
    const other = end === "input" ? "output" : "input";
    const { cols, places } = linked(state, end, [row, col]);
    stage.dataset.pointed = end;
    ends[end].mark([[row, col]]);
    ends[other].mark(places);
    if (state.axes === 1) links.mark(end, col, cols);
    pointed.replaceChildren(...pointText(state, end, [row, col]));
  }

  function drawEnd(state, end, matrix, limit, pad) {
    const { draw, setCaption, note } = ends[end];
    draw(matrix, { limit, pad: { top: pad[0], left: pad[1] } });
    setCaption(`${end} ${sizeText(state, shown.size[end])}`);
    const striped = matrix.flat().includes(0) ? ", striped where none" : "";
    const what = end === "input" ? `outputs ${state.transposed ? "it adds to" : "use it"}`
      : `inputs ${state.transposed ? "add to it" : "it reads"}`;
    const ring = pad[0] + pad[1] ? ` Around it: ${state.transposed ? "cropped" : "padding"}.` : "";
    note.textContent = `In each cell: how many ${what}${striped}.${ring}`;
  }

  return (state) => {
    controls.show(state);
    const axes = axesOf(state);
    axes.forEach((axis, at) => {
      const wrong = fault(axis, `${nounOf(state, at)}s`);
      if (wrong) throw new Error(wrong);
    });
    const along = axes.map(counts);
    const [used, reads] = ["used", "reads"].map((key) => outer(along[0][key], along[1][key]));
    const size = { input: axes.map((axis) => axis.n), output: axes.map(output_size) };
    const end = state.pointed;
    const row = Math.min(state.row, size[end][0] - 1);
    const col = Math.min(state.col, size[end][1] - 1);
    shown = { state, size, end, row, col };
    const ring = axes.map((axis) => axis.p);
    const pads = state.transposed ? { input: [0, 0], output: ring } : { input: ring, output: [0, 0] };
    const limit = SHADES * axes[0].k * axes[1].k;
    drawEnd(state, "input", used, limit, pads.input);
    drawEnd(state, "output", reads, limit, pads.output);
    drawBands(bands, state, pads);
    const across = ["input", "output"].map((name) => size[name][1] + 2 * pads[name][1]);
    const widest = Math.max(...across);
    setStyle(stage, "--widest", widest);
    setStyle(stage, "--together", across[0] + across[1]);
    stage.classList.toggle("cnn-one-axis", state.axes === 1);
    if (state.axes === 1) links.draw(state, widest);
    const steps = state.transposed ? "input" : "output";
    slide.set(end === steps ? row * size[steps][1] + col : 0, 0, size[steps][0] * size[steps][1]);
    explain(end, row, col);
    formula.replaceChildren(...sizeLines(state));
    return {
      values: Float64Array.from([...size.output, ...used.flat(), ...reads.flat()]),
      summary: summarize(state, used.flat(), reads.flat()),
    };
  };
}

export const widget = defineExplorer({ name: "ArithmeticExplorer", fields, build, python });
