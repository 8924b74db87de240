/**
 * One map from values to colours for the whole book: ColorBrewer's PuOr, symmetric about zero
 * (orange below, purple above), and its counterpart for dark pages. Safe for colour-blind eyes.
 */

const LIGHT = ["b35806", "e08214", "fdb863", "fee0b6", "f7f7f7", "d8daeb", "b2abd2", "8073ac", "542788"];
const DARK = ["ffb866", "dd8f3c", "a8682a", "5f4528", "262a30", "403e66", "6560a0", "938cd0", "c4bcff"];
const STEPS = 255;

const channels = (hex) => [0, 2, 4].map((start) => parseInt(hex.slice(start, start + 2), 16));

/** Relative luminance (WCAG 2) of an sRGB colour given in 0..255. */
function luminance(rgb) {
  const [r, g, b] = rgb.map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function makeMap(stops) {
  const colors = stops.map(channels);
  return Array.from({ length: STEPS }, (_, index) => {
    const place = (index / (STEPS - 1)) * (colors.length - 1);
    const low = Math.min(Math.floor(place), colors.length - 2);
    const rgb = colors[low].map((v, c) => Math.round(v + (colors[low + 1][c] - v) * (place - low)));
    const ink = luminance(rgb) > 0.179 ? "#000" : "#fff";
    return { rgb, css: `rgb(${rgb.join(" ")})`, ink };
  });
}

const MAPS = { light: makeMap(LIGHT), dark: makeMap(DARK) };

const redraws = [];

/** @returns {"light" | "dark"} what the page (the book's, JupyterLab's) looks like now */
export function themeOf() {
  const dark = document.documentElement.dataset.theme === "dark" ||
    document.body.dataset.jpThemeLight === "false";
  return dark ? "dark" : "light";
}

/** The 255 colours of a theme, from most negative to most positive. */
export function colorMap(theme) {
  return MAPS[theme];
}

/** The same colours as 32-bit pixels of a canvas. */
const PIXELS = Object.fromEntries(Object.entries(MAPS).map(([name, map]) =>
  [name, Uint32Array.from(map, ({ rgb: [r, g, b] }) => (0xff000000 | (b << 16) | (g << 8) | r) >>> 0)]));

/** Those of a theme, from most negative to most positive. @returns {Uint32Array} */
export function pixelMap(theme) {
  return PIXELS[theme];
}

const GREYS = Uint32Array.from({ length: 256 }, (_, level) => (0xff000000 | (level * 0x10101)) >>> 0);

const images = new WeakMap(); // the pixels of each canvas, kept from one frame to the next

function imageOf(canvas, rows, cols) {
  let image = images.get(canvas);
  if (image?.width !== cols || image.height !== rows || canvas.width !== cols || canvas.height !== rows) {
    canvas.width = cols;
    canvas.height = rows;
    image = new ImageData(cols, rows);
    images.set(canvas, image);
  }
  return image;
}

/**
 * Paint values on a canvas, a pixel each.
 * @param {HTMLCanvasElement} canvas
 * @param {{data: ArrayLike<number>, shape: number[]}} picture  (rows, columns)
 * @param {{grey?: boolean, limit: number}} how  grey shows 0 to `limit`
 */
export function paint(canvas, { data, shape: [rows, cols] }, { grey = false, limit }) {
  const image = imageOf(canvas, rows, cols);
  const words = new Uint32Array(image.data.buffer);
  const pixels = grey ? GREYS : PIXELS[themeOf()];
  const top = pixels.length - 1;
  const middle = grey ? 0 : top / 2;
  const scale = (top - middle) / (limit > 0 ? limit : Infinity);
  for (let k = 0; k < words.length; k += 1) {
    const place = middle + data[k] * scale;
    if (place >= top) words[k] = pixels[top];
    else if (place > 0) words[k] = pixels[Math.floor(place + 0.5)];
    else words[k] = pixels[place <= 0 ? 0 : middle]; // NaN is shown as zero
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Index into a colour map of `value`, where `limit` is the largest size shown. */
export function colorIndex(value, limit) {
  const share = limit > 0 ? value / limit : 0;
  if (Number.isNaN(share)) return (STEPS - 1) / 2;
  return Math.round(((Math.max(-1, Math.min(1, share)) + 1) / 2) * (STEPS - 1));
}

/** Call `redraw` when the page changes between light and dark. */
export function onThemeChange(redraw) {
  redraws.push(redraw);
  if (redraws.length > 1) return;
  const observer = new MutationObserver(() => {
    for (const each of redraws) each();
  });
  const attributes = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] };
  observer.observe(document.documentElement, attributes);
  observer.observe(document.body, attributes);
}
