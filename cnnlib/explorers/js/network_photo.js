/** A picture file of the reader's own, made ink and paper in the page: it goes nowhere else. */
import { fitted } from "./network_bitmap.js";

const MOST_BYTES = 25e6;
const MOST_PIXELS = 60e6;
const SIDE = 256; // what the longer side is reduced to before its ink is looked for
const LEAST_CONTRAST = 24; // of 255, between the darkest and the lightest pixel

/** How light each pixel is, 0 to 255, on white paper where it is transparent. */
function lightness({ data, width, height }) {
  return Uint8Array.from({ length: width * height }, (_, k) => {
    const alpha = data[4 * k + 3] / 255;
    const light = 0.299 * data[4 * k] + 0.587 * data[4 * k + 1] + 0.114 * data[4 * k + 2];
    return Math.round(light * alpha + 255 * (1 - alpha));
  });
}

/** The level that parts light from dark best: most variance between the two (Otsu, 1979). */
function threshold(light) {
  const counts = new Float64Array(256);
  for (const level of light) counts[level] += 1;
  let all = 0;
  counts.forEach((count, level) => { all += count * level; });
  let [best, most, below, sum] = [0, -1, 0, 0];
  for (let level = 0; level < 255; level += 1) {
    below += counts[level];
    sum += counts[level] * level;
    const above = light.length - below;
    if (!below || !above) continue;
    const variance = below * above * (sum / below - (all - sum) / above) ** 2;
    if (variance > most) [best, most] = [level, variance];
  }
  return best;
}

/**
 * Ink and paper of a picture: parted at Otsu's threshold; paper is what most of the border is, so
 * that dark ink on light paper and light ink on dark both become ink; the ink fitted into 32 by 32.
 * @param {{data: ArrayLike<number>, width: number, height: number}} pixels  RGBA, 0 to 255
 * @returns {{bitmap: Uint8Array, paper: "light" | "dark"}}
 */
export function inkOf(pixels) {
  const { width, height } = pixels;
  const light = lightness(pixels);
  let [low, high] = [255, 0];
  for (const level of light) [low, high] = [Math.min(low, level), Math.max(high, level)];
  if (high - low < LEAST_CONTRAST) throw new Error("nothing in it stands out from its paper");
  const level = threshold(light);
  let [border, bright] = [0, 0];
  light.forEach((value, k) => {
    const [y, x] = [Math.floor(k / width), k % width];
    if (y && x && y < height - 1 && x < width - 1) return;
    border += 1;
    if (value > level) bright += 1;
  });
  const paper = bright * 2 >= border ? "light" : "dark";
  const ink = Uint8Array.from(light, (value) => Number((value > level) !== (paper === "light")));
  return { bitmap: fitted(ink, height, width), paper };
}

/**
 * Decode a file and find its ink.
 * @param {Blob & {name?: string}} file
 * @returns {Promise<{bitmap: Uint8Array, paper: string, width: number, height: number, name: string}>}
 */
export async function readPicture(file) {
  const name = file.name ? `"${file.name.slice(0, 60)}"` : "what was pasted";
  if (file.size > MOST_BYTES) throw new Error(`${name} has ${Math.ceil(file.size / 1e6)} MB; at most 25 MB are opened`);
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Error(`${name} cannot be read as a picture; PNG, JPEG, WebP and GIF files can`);
  }
  const { width, height } = picture;
  try {
    if (width * height > MOST_PIXELS) throw new Error(`${name} is ${width} by ${height} pixels; at most 60 million are opened`);
    const shrink = Math.min(1, SIDE / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * shrink));
    canvas.height = Math.max(1, Math.round(height * shrink));
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return { ...inkOf(context.getImageData(0, 0, canvas.width, canvas.height)), width, height, name };
  } catch (error) {
    throw new Error(error.message.startsWith(name) ? error.message : `${name}: ${error.message}`);
  } finally {
    picture.close();
  }
}
