/**
 * The colours of a grid's cells on a canvas, and their numbers where these can be read: hundreds of
 * cells then cost the page one picture, not hundreds of texts to lay out.
 */
import { colorIndex, colorMap, paint, pixelMap } from "./colors.js";
import { short } from "./format.js";
import { glyphsOf, mixed } from "./glyphs.js";

const LEAST = 6.4; // CSS pixels: numbers that would be smaller are left out
const MOST = 14;
const EDGE = [128, 89]; // grey and its opacity, of 255

const equal = (a, b) => a.every((one, k) => one === b[k]);

/** CSS pixels of a number's type: the longest of a grid fits its cell. */
function typeSize(width, height, characters) {
  const fit = width / (0.35 + 0.58 * characters);
  return fit < LEAST ? 0 : Math.min(MOST, 0.45 * width, 0.62 * height, fit);
}

/**
 * @param {HTMLCanvasElement} canvas  sized by its style
 * @param {boolean} bareZero  leaves cells of zero unpainted, so that the canvas's background shows
 */
export function makeGridCanvas(canvas, bareZero) {
  let [rows, cols] = [0, 0];
  let withNumbers = false;
  let size = null; // of the canvas in device pixels: [width, height]; null until it is laid out
  let room = new ArrayBuffer(0); // kept when the canvas shrinks
  let image = null; // of that size, in that room
  let words = null; // its pixels
  let family = null; // of the font
  let painted = null; // what is on the canvas: {texts, shades, theme, type}
  let asked = null; // what was asked for last: {matrix, limit, theme}

  const observer = new ResizeObserver((entries) => {
    const { width, height } = entries[entries.length - 1].contentRect;
    const now = [width, height].map((n) => Math.round(n * devicePixelRatio));
    if (String(now) !== String(size)) painted = null;
    size = now;
    if (size[0] && asked) {
      if (canvas.width !== size[0] || canvas.height !== size[1] || !image) {
        [canvas.width, canvas.height] = size;
        const bytes = 4 * size[0] * size[1];
        if (bytes > room.byteLength) room = new ArrayBuffer(bytes);
        image = new ImageData(new Uint8ClampedArray(room, 0, bytes), ...size);
        words = new Uint32Array(room, 0, bytes / 4);
      }
      paintCells();
    }
  });

  /** Be told of the canvas's size once the next frame is laid out, and before it is painted. */
  function observe() {
    observer.disconnect();
    observer.observe(canvas);
  }

  const edges = (count, length) => Array.from({ length: count + 1 }, (_, k) => Math.round((k * length) / count));

  /** A row of cells: one line of pixels, copied down, with an edge above and on each cell's left. */
  function paintRow([top, bottom], lefts, colors) {
    const across = size[0];
    const thick = Math.max(1, Math.round(devicePixelRatio));
    const [first, body] = [top * across, (top + thick) * across];
    colors.forEach((color, col) => {
      const edge = mixed(color, ...EDGE);
      words.fill(edge, first + lefts[col], first + lefts[col + 1]);
      words.fill(color, body + lefts[col], body + lefts[col + 1]);
      words.fill(edge, body + lefts[col], body + lefts[col] + thick);
    });
    for (let y = top + 1; y < top + thick; y += 1) words.copyWithin(y * across, first, first + across);
    for (let y = top + thick + 1; y < bottom; y += 1) words.copyWithin(y * across, body, body + across);
  }

  /** Paint the rows that differ from what is there. */
  function paintCells() {
    const { matrix, limit, theme } = asked;
    const [map, pixels] = [colorMap(theme), pixelMap(theme)];
    const texts = matrix.map((line) => Array.from(line, short));
    const longest = texts.reduce((most, line) => line.reduce((n, { length }) => Math.max(n, length), most), 1);
    const [width, height] = [size[0] / cols, size[1] / rows].map((n) => n / devicePixelRatio);
    const type = Math.round(typeSize(width, height, longest) * devicePixelRatio * 4) / 4;
    const same = painted?.theme === theme && painted.type === type;
    family ??= getComputedStyle(canvas).fontFamily;
    const write = type ? glyphsOf(family, type) : null;
    const [tops, lefts] = [edges(rows, size[1]), edges(cols, size[0])];
    const shades = matrix.map((line) => Array.from(line, (value) => colorIndex(value, limit)));
    let [from, to] = [rows, 0]; // the rows that are painted
    matrix.forEach((line, row) => {
      if (same && equal(shades[row], painted.shades[row]) && equal(texts[row], painted.texts[row])) return;
      [from, to] = [Math.min(from, row), row + 1];
      paintRow([tops[row], tops[row + 1]], lefts,
        Array.from(line, (value, col) => (bareZero && value === 0 ? 0 : pixels[shades[row][col]])));
      if (!write) return;
      const y = (tops[row] + tops[row + 1]) / 2;
      texts[row].forEach((text, col) => write(text, {
        words, across: size[0], x: (lefts[col] + lefts[col + 1]) / 2, y, white: map[shades[row][col]].ink === "#fff" }));
    });
    if (from < to) canvas.getContext("2d").putImageData(image, 0, 0, 0, tops[from], size[0], tops[to] - tops[from]);
    painted = { texts, shades, theme, type };
  }

  return {
    /** Have as many cells, with or without their numbers. */
    resize(height, width, numbers) {
      [rows, cols, withNumbers] = [height, width, numbers];
      [painted, asked] = [null, null];
      if (!numbers) observer.disconnect();
    },
    /** @param {number[][]} matrix @param {number} limit @param {"light" | "dark"} theme */
    draw(matrix, limit, theme) {
      if (withNumbers) {
        asked = { matrix, limit, theme };
        observe();
      } else paint(canvas, { data: matrix.flat(), shape: [rows, cols] }, { limit });
    },
  };
}
