/** One signal to be changed: stems whose heads are dragged, and the same values as a grid. */
import { h, setStyle, svg } from "./dom.js";
import { LARGEST } from "./fields.js";
import { short } from "./format.js";
import { makeGrid } from "./grid.js";
import { line, makeScale, niceCeiling, stem, text } from "./signal_plot.js";

const HEIGHT = 104;
const MARGIN = 8; // room above and below for heads at the ends of the scale
const GRAB = 14; // within this many pixels of a head, dragging carries it without a jump

/** How far one step of dragging goes where values up to `limit` are shown. */
function stepFor(limit) {
  const power = 10 ** Math.floor(Math.log10(limit) + 1e-9);
  return (limit / power < 1.99 ? 0.05 : 0.1) * power;
}

/**
 * @param {object} options
 * @param {"input" | "kernel"} options.role  its grid's name and its hue
 * @param {(index: number, value: number) => void} options.onEdit
 * @param {(message: string) => void} options.onRefuse  told of text that is no number
 */
export function makeSignalEditor({ role, onEdit, onRefuse }) {
  const plot = svg("svg", { class: "cnn-plot", height: HEIGHT, "aria-hidden": "true" });
  const grid = makeGrid({
    name: role, role, caption: "", scrub: true, textUpTo: 24, onRefuse,
    onEdit: (_row, col, value) => onEdit(col, value),
    onPoint: (_row, col) => show(col),
    onLeave: () => show(-1),
  });
  const frame = h("div", { class: "cnn-plotbox" }, plot);
  grid.el.insertBefore(frame, grid.el.lastChild);
  grid.el.classList.add("cnn-signal-editor");

  let values = [];
  let limit = 1;
  let hot = -1; // the value that is written beside its head
  let drag = null;

  const scale = () => makeScale({
    first: 0, cols: values.length, low: -limit, high: limit, top: MARGIN, height: HEIGHT - 2 * MARGIN });

  function show(index) {
    hot = index;
    const to = scale();
    const stems = values.map((value, k) =>
      stem(to, k, value, { square: role === "kernel", className: k === hot ? "cnn-hot" : "" }));
    const grips = values.map((value, k) => // a block, since touch-action passes inline elements by
      svg("circle", { cx: to.x(k), cy: to.y(value), r: GRAB, class: "cnn-grip", style: "display: block" }));
    plot.replaceChildren(
      line("0", to.y(0), "100%", to.y(0), "cnn-axis"),
      text("2", MARGIN + 3, short(limit), "cnn-tick cnn-start"),
      text("2", HEIGHT - MARGIN + 2, short(-limit), "cnn-tick cnn-start"),
      ...stems, ...grips);
    if (hot < 0 || hot >= values.length) return;
    const y = to.y(values[hot]);
    plot.append(text(to.x(hot), y < 28 ? y + 20 : y - 11, short(values[hot]), "cnn-tag"));
  }

  /** Column and height of the pointer, in pixels from the plot's top. */
  function placeOf(event) {
    const box = plot.getBoundingClientRect();
    const col = Math.floor(((event.clientX - box.left) / box.width) * values.length);
    return [Math.max(0, Math.min(values.length - 1, col)), event.clientY - box.top];
  }

  /** The value at a height, on the grid of steps. */
  function valueAt(y) {
    const raw = limit * (1 - (2 * (y - MARGIN)) / (HEIGHT - 2 * MARGIN));
    const step = stepFor(limit);
    const most = Math.min(limit, LARGEST);
    const value = Math.round(Math.max(-most, Math.min(most, raw)) / step) * step;
    return Number(value.toPrecision(9)) || 0;
  }

  function move(event) {
    const [col, y] = placeOf(event);
    if (!drag) {
      if (event.pointerType !== "touch" && col !== hot) show(col);
      return;
    }
    const value = valueAt(y + drag.offset);
    if (value !== values[drag.index]) onEdit(drag.index, value);
  }

  plot.addEventListener("pointerdown", (event) => {
    const onHead = event.target.classList.contains("cnn-grip");
    if (event.button !== 0 || (event.pointerType === "touch" && !onHead)) return;
    const [index, y] = placeOf(event);
    const away = scale().y(values[index]) - y;
    drag = { index, offset: Math.abs(away) <= GRAB ? away : 0 };
    plot.setPointerCapture(event.pointerId);
    event.preventDefault();
    show(index);
    move(event);
  });
  plot.addEventListener("pointermove", move);
  const drop = () => {
    if (!drag) return;
    drag = null;
    draw(values);
  };
  plot.addEventListener("pointerup", drop);
  plot.addEventListener("pointercancel", drop);
  plot.addEventListener("pointerleave", () => drag || show(-1));

  /** Show a signal; while a head is dragged, the scale stays. @param {number[]} signal */
  function draw(signal) {
    const before = [values, limit];
    values = signal;
    if (drag?.index >= values.length) drag = null;
    const largest = signal.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    if (!drag || largest > limit) limit = niceCeiling(1.15 * largest);
    setStyle(plot, "--cols", signal.length);
    setStyle(grid.el, "--length", signal.length);
    grid.draw([signal], { limit: largest || 1 });
    if (before[0] !== values || before[1] !== limit) show(drag ? drag.index : hot);
  }

  return {
    el: grid.el,
    draw,
    setCaption: grid.setCaption,
    /** Outline the values from index `from` to `to`. */
    mark(from, to) {
      grid.mark(Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => [0, from + k]));
    },
  };
}
