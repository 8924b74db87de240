/** The cells of a grid: kept when its size changes, and touched only where what they show changes. */
import { colorIndex, colorMap, themeOf } from "./colors.js";
import { h } from "./dom.js";
import { label, short, withMinus } from "./format.js";
import { makeGridCanvas } from "./grid_canvas.js";
import { flush, whenIdle } from "./idle.js";

function equal(a, b) {
  return a.every((line, row) => line.every((value, col) => Object.is(value, b[row][col])));
}

/**
 * How cells are shown: as elements with text; on a canvas with their numbers, which is quicker where
 * they are many; or on a canvas with their colours alone, where numbers would be too small.
 * @typedef {"text" | "drawn" | "fine"} Look
 *
 * @param {HTMLElement} grid  holds the rows of cells
 * @param {HTMLCanvasElement} canvas  lies below them
 * @param {boolean} bareZero  leaves cells of zero on the canvas unpainted
 */
export function makeCells(grid, canvas, bareZero) {
  const picture = makeGridCanvas(canvas, bareZero);
  let lines = []; // all rows made so far: {el, cells}, of which the first ones are on the page
  let rows = 0;
  let cols = 0;
  let withText = true;
  let painted = null;
  let unnamed = 0; // the row from which on names of cells on a canvas are out of date
  let values = [];
  const places = new WeakMap();

  function makeCell(row, col) {
    const el = h("div", { role: "gridcell", tabindex: "-1", "aria-colindex": col + 1 });
    places.set(el, [row, col]);
    return { el, value: null, shade: null, theme: "" };
  }

  /** Have as many rows and columns. @param {Look} look */
  function resize(height, width, look) {
    const text = look === "text";
    if (text !== withText) {
      lines = [];
      grid.replaceChildren();
    }
    [rows, cols, withText] = [height, width, text];
    for (let row = lines.length; row < rows; row += 1) {
      lines.push({ el: h("div", { role: "row", "aria-rowindex": row + 1 }), cells: [] });
    }
    while (grid.childElementCount > rows) grid.lastElementChild.remove();
    lines.slice(0, rows).forEach(({ el, cells }, row) => {
      while (cells.length < cols) cells.push(makeCell(row, cells.length));
      while (el.childElementCount > cols) el.lastElementChild.remove();
      if (el.childElementCount < cols) {
        el.append(...cells.slice(el.childElementCount, cols).map((cell) => cell.el));
      }
    });
    grid.append(...lines.slice(grid.childElementCount, rows).map((line) => line.el));
    canvas.hidden = withText;
    if (!withText) picture.resize(rows, cols, look === "drawn");
    painted = null;
  }

  /** Name the cells of one row; tells whether rows are left. */
  function nameRow() {
    if (unnamed >= rows) return false;
    const { cells } = lines[unnamed];
    values[unnamed].forEach((value, col) => {
      const cell = cells[col];
      if (Object.is(cell.value, value)) return;
      cell.value = value;
      cell.el.dataset.value = label(value);
      cell.el.ariaLabel = withMinus(cell.el.dataset.value);
    });
    unnamed += 1;
    return unnamed < rows;
  }

  /** Colours at once, names when there is time, or as soon as anybody asks. */
  function drawOnCanvas(matrix, limit, theme) {
    if (painted?.limit === limit && painted.theme === theme && equal(matrix, painted.matrix)) return;
    picture.draw(matrix, limit, theme);
    painted = { matrix, limit, theme };
    unnamed = 0;
    whenIdle(nameRow);
  }

  function drawCell(cell, value, limit, theme) {
    const { el } = cell;
    if (!Object.is(cell.value, value)) {
      el.dataset.value = label(value);
      const text = short(value);
      if (el.textContent !== text) el.textContent = text;
      el.classList.toggle("cnn-zero", value === 0);
    }
    const shade = colorIndex(value, limit);
    if (cell.shade !== shade || cell.theme !== theme) {
      const { css, ink } = colorMap(theme)[shade];
      el.style.background = css;
      el.style.color = ink;
    }
    [cell.value, cell.shade, cell.theme] = [value, shade, theme];
  }

  /** @param {number[][]} matrix  of the size last given to `resize` */
  function draw(matrix, limit) {
    values = matrix;
    const theme = themeOf();
    if (!withText) {
      drawOnCanvas(matrix, limit, theme);
      return;
    }
    matrix.forEach((line, row) => line.forEach((value, col) =>
      drawCell(lines[row].cells[col], value, limit, theme)));
  }

  grid.addEventListener("focusin", flush, true); // whoever reaches a cell hears what it is now

  return {
    resize,
    draw,
    at: (row, col) => lines[row].cells[col].el,
    /** Which cell an element is or lies in, if any. */
    placeOf: (target) => places.get(target.closest?.('[role="gridcell"]')) ?? null,
  };
}
