/** The characters of numbers as masks of pixels, so that hundreds of numbers are painted at once. */

const KEPT = 12; // sizes of type whose masks are kept
const fonts = new Map();

/**
 * Masks of characters in one size of type.
 * @param {string} family  of the font
 * @param {number} type  its size in pixels
 * @returns {(text: string, paint: {words: Uint32Array, across: number, x: number, y: number,
 *   white: boolean}) => void} writes a text around the middle (x, y) of a picture `across` pixels wide
 */
export function glyphsOf(family, type) {
  const font = `${type}px ${family}`;
  if (!fonts.has(font)) {
    if (fonts.size >= KEPT) fonts.clear();
    fonts.set(font, makeGlyphs(font, type));
  }
  return fonts.get(font);
}

function makeGlyphs(font, type) {
  const high = Math.ceil(1.3 * type);
  const base = Math.round(type);
  const canvas = document.createElement("canvas");
  canvas.height = high;
  canvas.width = Math.ceil(1.5 * type);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.font = font;
  const masks = new Map();

  function maskOf(character) {
    if (!masks.has(character)) {
      context.clearRect(0, 0, canvas.width, high);
      context.fillText(character, 0, base);
      const { data, width } = context.getImageData(0, 0, canvas.width, high);
      const dots = []; // [column, row, opacity] of each pixel that has any
      for (let k = 0; k < width * high; k += 1) {
        if (data[4 * k + 3]) dots.push([k % width, Math.floor(k / width), data[4 * k + 3]]);
      }
      masks.set(character, { advance: context.measureText(character).width, dots });
    }
    return masks.get(character);
  }

  function write(text, { words, across, x, y, white }) {
    const parts = Array.from(text, maskOf);
    const ink = white ? 255 : 0;
    const top = Math.round(y + 0.36 * type) - base;
    let pen = x - parts.reduce((sum, { advance }) => sum + advance, 0) / 2;
    for (const { dots, advance } of parts) {
      const left = Math.round(pen);
      pen += advance;
      for (const [column, row, alpha] of dots) {
        const at = (top + row) * across + left + column;
        if (at >= 0 && at < words.length) words[at] = mixed(words[at], ink, alpha);
      }
    }
  }
  return write;
}

/** A pixel with some grey over it; a transparent one takes the grey, as opaque as it is laid on. */
export function mixed(word, grey, alpha) {
  if (word >>> 24 === 0) return ((alpha << 24) | (grey * 0x10101)) >>> 0;
  const mix = (shift) => {
    const old = (word >>> shift) & 255;
    return Math.round(old + ((grey - old) * alpha) / 255) << shift;
  };
  return ((word & 0xff000000) | mix(16) | mix(8) | mix(0)) >>> 0;
}
