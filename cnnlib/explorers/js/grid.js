/**
 * A matrix as an accessible grid: one tab stop, arrow keys within, cells that can be typed,
 * painted or dragged, an outline that marks cells, and room for padding around it.
 */
import { h, svg, uniqueId } from "./dom.js";
import { LARGEST } from "./fields.js";
import { short } from "./format.js";
import { makeCells } from "./grid_cells.js";
import { makeEditor } from "./grid_editor.js";

const TEXT_UP_TO = 14; // cells across: beyond this, numbers are mostly too small to read
const DRAWN_FROM = 100; // cells: from so many on, numbers are drawn, as their texts would take too long

const ENDS = ["pointerup", "pointercancel"]; // of a press

const MOVES = {
  ArrowLeft: (row, col) => [row, col - 1],
  ArrowRight: (row, col) => [row, col + 1],
  ArrowUp: (row, col) => [row - 1, col],
  ArrowDown: (row, col) => [row + 1, col],
  Home: (row) => [row, 0],
  End: (row) => [row, Infinity],
};

/**
 * @param {object} options
 * @param {"input" | "kernel" | "output" | string} options.name  the grid's accessible name
 * @param {string} options.role  which hue frames it: input, kernel or output
 * @param {string} options.caption  the visible title
 * @param {(row: number, col: number, value: number) => void} [options.onEdit]  makes it editable
 * @param {(message: string) => void} [options.onRefuse]  told of text that is no number
 * @param {() => number | null} [options.brush]  the value that pressing and dragging paints
 * @param {boolean} [options.scrub]  pressing and dragging up or down changes the cell instead
 * @param {number} [options.step]  of scrubbing and of Page Up and Page Down
 * @param {(row: number, col: number, how: "hover" | "focus") => void} [options.onPoint]
 * @param {() => void} [options.onLeave]  the pointer left the grid
 * @param {number} [options.textUpTo]  how many cells across still show their numbers
 * @param {number} [options.drawnFrom]  how many cells have their numbers drawn, not as text
 * @param {boolean} [options.bareZero]  cells of zero that are drawn show the canvas's background
 */
export function makeGrid(options) {
  const { name, role, caption, onEdit, onRefuse, brush, scrub, step = 0.5, onPoint, onLeave } = options;
  const { textUpTo = TEXT_UP_TO, drawnFrom = DRAWN_FROM, bareZero = false } = options;
  const captionId = uniqueId("caption");
  const captionEl = h("div", { class: "cnn-caption", id: captionId, text: caption });
  const grid = h("div", { role: "grid", "aria-label": name, "aria-describedby": captionId, class: "cnn-grid" });
  const outline = svg("path", { class: "cnn-outline" });
  const overlay = svg("svg", { class: "cnn-overlay", "aria-hidden": "true", preserveAspectRatio: "none" }, outline);
  const canvas = h("canvas", { "aria-hidden": "true", hidden: true });
  const box = h("div", { class: "cnn-gridbox" }, canvas, grid, overlay);
  const el = h("div", { class: `cnn-panel cnn-${role}` }, captionEl, box);
  if (!onEdit) grid.setAttribute("aria-readonly", "true");

  const cells = makeCells(grid, canvas, bareZero);
  let rows = 0;
  let cols = 0;
  const inside = (row, col) => row < rows && col < cols;
  const editor = makeEditor({
    name, box, onRefuse, onEdit: (row, col, value) => inside(row, col) && onEdit(row, col, value),
  });
  let pad = { top: 0, left: 0 };
  let values = [];
  let active = [0, 0];
  let marked = "";
  let longest = 0; // characters of the longest number, where numbers are texts

  function layOut(height, width, padding) {
    const across = width + 2 * padding.left;
    const down = height + 2 * padding.top;
    const look = across > textUpTo ? "fine" : height * width >= drawnFrom ? "drawn" : "text";
    if (rows && cols) cells.at(...active).tabIndex = -1;
    [rows, cols, pad] = [height, width, padding];
    cells.resize(rows, cols, look);
    grid.setAttribute("aria-rowcount", String(rows));
    grid.setAttribute("aria-colcount", String(cols));
    grid.style.gridTemplateColumns = `repeat(${cols}, 1fr)`;
    for (const layer of [grid, canvas]) {
      layer.style.inset = `${(pad.top / down) * 100}% ${(pad.left / across) * 100}%`;
    }
    canvas.style.width = `${(cols / across) * 100}%`;
    canvas.style.height = `${(rows / down) * 100}%`;
    box.style.aspectRatio = `${across} / ${down}`;
    box.style.setProperty("--across", String(across));
    box.style.setProperty("--down", String(down));
    box.style.setProperty("--cell", across <= 5 ? "42px" : across <= 8 ? "29px" : "26px");
    box.classList.toggle("cnn-padded", pad.top + pad.left > 0);
    box.classList.toggle("cnn-fine", look !== "text");
    box.classList.toggle("cnn-drawn", look === "drawn");
    overlay.setAttribute("viewBox", `${-pad.left} ${-pad.top} ${across} ${down}`);
    active = [Math.max(0, Math.min(active[0], rows - 1)), Math.max(0, Math.min(active[1], cols - 1))];
    if (rows && cols) cells.at(...active).tabIndex = 0;
  }

  /**
   * @param {number[][]} matrix
   * @param {{limit?: number, pad?: {top: number, left: number}}} [how]
   */
  function draw(matrix, { limit = 1, pad: padding = { top: 0, left: 0 } } = {}) {
    const width = matrix[0]?.length ?? 0;
    if (matrix.length !== rows || width !== cols || padding.top !== pad.top || padding.left !== pad.left) {
      layOut(matrix.length, width, padding);
    }
    values = matrix;
    fit();
    cells.draw(matrix, limit);
  }

  /** Have the longest number fit its cell: the type's size follows. */
  function fit() {
    if (box.classList.contains("cnn-fine")) return;
    const most = values.reduce((all, line) => line.reduce((n, value) => Math.max(n, short(value).length), all), 1);
    if (most !== longest) grid.style.setProperty("--chars", String(most));
    longest = most;
  }

  /** Outline the cells given as [row, col]; padding has negative or too large indices. */
  function mark(places) {
    const path = places.map(([row, col]) => `M${col} ${row}h1v1h-1z`).join("");
    if (marked !== path) outline.setAttribute("d", path);
    marked = path;
  }

  function activate(row, col, focus) {
    cells.at(...active).tabIndex = -1;
    active = [Math.max(0, Math.min(rows - 1, row)), Math.max(0, Math.min(cols - 1, col))];
    cells.at(...active).tabIndex = 0;
    if (focus) cells.at(...active).focus({ preventScroll: false });
  }

  const openEditor = (row, col, text) => editor.open({
    row, col, text, value: values[row][col], cell: cells.at(row, col),
    left: (col + pad.left) / (cols + 2 * pad.left), top: (row + pad.top) / (rows + 2 * pad.top),
    refocus: () => activate(row, col, true),
  });

  grid.addEventListener("keydown", (event) => {
    const [row, col] = active;
    const move = MOVES[event.key];
    if (event.altKey || event.metaKey) return;
    if (move) {
      const [toRow, toCol] = event.ctrlKey && (event.key === "Home" || event.key === "End")
        ? move(event.key === "Home" ? 0 : Infinity, col) : move(row, col);
      activate(toRow, toCol, true);
    } else if (!onEdit || event.ctrlKey) {
      return;
    } else if (event.key === "Enter" || event.key === "F2") openEditor(row, col);
    else if (/^[-.0-9]$/.test(event.key)) openEditor(row, col, event.key);
    else if (event.key === " ") onEdit(row, col, brush?.() ?? values[row][col]);
    else if (event.key === "Delete" || event.key === "Backspace") onEdit(row, col, 0);
    else if (event.key === "PageUp") onEdit(row, col, nudge(values[row][col], step));
    else if (event.key === "PageDown") onEdit(row, col, nudge(values[row][col], -step));
    else return;
    event.preventDefault();
  });

  const nudge = (value, by) => Math.max(-LARGEST, Math.min(LARGEST, Number((value + by).toFixed(6))));

  grid.addEventListener("focusin", (event) => {
    const place = cells.placeOf(event.target);
    if (!place) return;
    activate(...place, false);
    onPoint?.(...place, "focus");
  });

  grid.addEventListener("pointerover", (event) => {
    const place = cells.placeOf(event.target);
    if (place && event.pointerType !== "touch") onPoint?.(...place, "hover");
  });
  grid.addEventListener("pointerleave", () => onLeave?.());

  grid.addEventListener("pointerdown", (event) => {
    const place = cells.placeOf(event.target);
    if (!place || event.button !== 0) return;
    activate(...place, true);
    event.preventDefault();
    if (!onEdit) {
      onPoint?.(...place, "focus");
      return;
    }
    const start = { place, y: event.clientY, value: values[place[0]][place[1]], moved: false };
    if (!scrub) onEdit(...place, brush());
    grid.setPointerCapture(event.pointerId);
    const onMove = (moving) => (scrub ? scrubTo(start, moving) : paintTo(moving));
    const onEnd = ({ type }) => {
      grid.removeEventListener("pointermove", onMove);
      for (const end of ENDS) grid.removeEventListener(end, onEnd);
      if (type === "pointerup" && scrub && !start.moved && inside(...place)) openEditor(...place);
    };
    grid.addEventListener("pointermove", onMove);
    for (const end of ENDS) grid.addEventListener(end, onEnd);
  });
  grid.addEventListener("dblclick", (event) => {
    const place = cells.placeOf(event.target) ?? active;
    if (onEdit && !scrub) openEditor(...place);
  });

  function paintTo(event) {
    const place = cells.placeOf(document.elementFromPoint(event.clientX, event.clientY) ?? grid);
    if (place && values[place[0]][place[1]] !== brush()) onEdit(...place, brush());
  }

  function scrubTo(start, event) {
    if (!inside(...start.place)) return; // the grid has become smaller meanwhile
    const steps = Math.round((start.y - event.clientY) / 12);
    if (steps) start.moved = true;
    const value = nudge(start.value, steps * step);
    if (start.moved && value !== values[start.place[0]][start.place[1]]) onEdit(...start.place, value);
  }

  return {
    el,
    draw,
    mark,
    setCaption: (text) => { if (captionEl.textContent !== text) captionEl.textContent = text; },
    active: () => active,
    point: (row, col) => activate(row, col, false),
  };
}
