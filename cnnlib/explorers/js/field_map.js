/** The input to scale, with what one unit sees of it: its box, its pixels, or how much each counts. */
import { colorMap, themeOf } from "./colors.js";
import { h, svg } from "./dom.js";

const LINES_UP_TO = 40; // pixels across: beyond this, lines between pixels would be grey
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const SEEN = { light: [134, 186, 222], dark: [44, 96, 138] };

const word = ([r, g, b]) => (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;

/** The colours of parts as pixels of a canvas: from the map's middle, where a value is zero, up. */
const RAMPS = Object.fromEntries(Object.keys(SEEN).map((theme) =>
  [theme, Uint32Array.from(colorMap(theme).slice((colorMap(theme).length - 1) / 2), ({ rgb }) => word(rgb))]));

const rectangle = ([[top, bottom], [left, right]]) =>
  `M${left} ${top}H${right + 1}V${bottom + 1}H${left}Z`;

/** Arrow keys as steps of a unit. */
export function stepKeys(el, onStep) {
  el.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onStep(event.shiftKey ? step.map((n) => 5 * n) : step);
  });
}

/** Pressing and dragging over an element: where, as shares of its height and width. */
export function dragOver(el, onPlace) {
  let frame = null;
  const tell = (event) => onPlace([(event.clientY - frame.top) / frame.height, (event.clientX - frame.left) / frame.width]);
  el.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    frame = el.getBoundingClientRect();
    el.setPointerCapture?.(event.pointerId);
    tell(event);
  });
  el.addEventListener("pointermove", (event) => frame && tell(event));
  for (const end of ["pointerup", "pointercancel"]) el.addEventListener(end, () => { frame = null; });
}

/**
 * @param {{onPixel: (place: number[]) => void, onStep: (step: number[]) => void,
 *   onHover: (pixel: number[] | null) => void}} options  `onPixel` is told where is pressed, in
 *   pixels, perhaps outside of the input; `onHover` which pixel the mouse is over
 */
export function makeFieldMap({ onPixel, onStep, onHover }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const lines = svg("path", { class: "cnn-pixels" });
  const frame = svg("path", { class: "cnn-frame" });
  const outer = svg("path", { class: "cnn-box cnn-box-outer" });
  const inner = svg("path", { class: "cnn-box" });
  const middle = svg("path", { class: "cnn-middle" });
  const overlay = svg("svg", { class: "cnn-overlay", "aria-hidden": "true", preserveAspectRatio: "none" },
    lines, frame, outer, inner, middle);
  const el = h("div", { class: "cnn-field-map cnn-padded", role: "group", tabindex: "0", "aria-label": "Input, with what the unit sees: arrow keys move the unit" }, canvas, overlay);
  let view = null;
  let drawnFor = "";

  stepKeys(el, onStep);
  const pixelAt = ([down, across]) => [view.top + down * view.rows - 0.5, view.left + across * view.cols - 0.5];
  dragOver(el, (place) => view && onPixel(pixelAt(place)));
  el.addEventListener("pointermove", (event) => {
    if (!view || event.buttons || event.pointerType === "touch") return;
    const { left, top, width, height } = el.getBoundingClientRect();
    onHover(pixelAt([(event.clientY - top) / height, (event.clientX - left) / width]).map(Math.round));
  });
  el.addEventListener("pointerleave", () => onHover(null));

  /** Lay out the input within the view; only when either changes. */
  function lay([rows, cols], wanted, axes) {
    const key = [rows, cols, ...Object.values(wanted), axes].join();
    if (key === drawnFor) return;
    drawnFor = key;
    view = wanted;
    const percent = (value, all) => `${(value / all) * 100}%`;
    canvas.width = cols;
    canvas.height = rows;
    canvas.style.left = percent(-view.left, view.cols);
    canvas.style.top = percent(-view.top, view.rows);
    canvas.style.width = percent(cols, view.cols);
    canvas.style.height = percent(rows, view.rows);
    el.style.setProperty("--shape", axes === 1 ? "7" : String(view.cols / view.rows));
    overlay.setAttribute("viewBox", `${view.left} ${view.top} ${view.cols} ${view.rows}`);
    const few = Math.max(rows, cols) <= LINES_UP_TO;
    const down = Array.from({ length: cols - 1 }, (_, k) => `M${k + 1} 0V${rows}`);
    const across = Array.from({ length: rows - 1 }, (_, k) => `M0 ${k + 1}H${cols}`);
    lines.setAttribute("d", few ? [...down, ...across].join("") : "");
    frame.setAttribute("d", `M0 0H${cols}V${rows}H0Z`);
  }

  /** Colour the pixels that are seen: all alike, or by their part. */
  function paint([rows, cols], parts, effective) {
    const context = canvas.getContext("2d");
    const image = context.createImageData(cols, rows);
    const words = new Uint32Array(image.data.buffer);
    const theme = themeOf();
    const [flat, ramp] = [word(SEEN[theme]), RAMPS[theme]];
    let most = 0;
    for (const part of parts.data) if (part > most) most = part;
    const scale = effective ? (ramp.length - 1) / most : 0;
    for (let row = 0; row < parts.rows; row += 1) {
      const [from, to] = [row * parts.cols, (row + parts.top) * cols + parts.left];
      for (let col = 0; col < parts.cols; col += 1) {
        const part = parts.data[from + col];
        if (part > 0) words[to + col] = effective ? ramp[Math.max(1, Math.round(part * scale))] : flat;
      }
    }
    context.putImageData(image, 0, 0);
    return most;
  }

  return {
    el,
    /**
     * @param {{size: number[], axes: number, view: object, parts: object, box: number[][] | null,
     *   seen: number[][] | null, centre: number[] | null, effective: boolean}} what
     * @returns {number} the largest part of a pixel
     */
    draw({ size, axes, view: wanted, parts, box, seen, centre, effective }) {
      lay(size, wanted, axes);
      const most = paint(size, parts, effective);
      outer.setAttribute("d", rectangle(box));
      inner.setAttribute("d", seen ? rectangle(seen) : "");
      const [arm, y, x] = [Math.min(view.rows, view.cols) / (effective ? 80 : 45), centre[0] + 0.5, centre[1] + 0.5];
      middle.setAttribute("d", axes === 1 ? `M${x} 0V1` : `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`);
      return most;
    },
  };
}

/**
 * What part of the plane is shown: the input, and all that the layer's units reach around it, up to
 * `around` inputs on each side; so that it stays where it is while the unit moves.
 */
export function viewOf(size, field, box, around) {
  const along = (axis) => {
    const n = size[axis];
    let [low, high] = [box[axis][0], box[axis][1] + 1];
    if (field.start) {
      low = field.start[axis];
      high = field.start[axis] + (field.n[axis] - 1) * field.jump[axis] + field.r[axis];
    }
    [low, high] = [Math.max(-around * n, Math.min(0, low)), Math.min((1 + around) * n, Math.max(n, high))];
    const rim = (high - low) * 0.02;
    return [low - rim, high - low + 2 * rim];
  };
  const [[top, rows], [left, cols]] = [along(0), along(1)];
  return { top, left, rows, cols };
}
