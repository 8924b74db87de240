/** What AugmentationExplorer computes: a picture changed, eight drawn at random, and the network's view. */
import { affine, matrix, random_settings } from "./augment_ops.js";
import { forward } from "./network_math.js";
import { default_rng } from "./random.js";

/** @typedef {import("./ops.js").Tensor} Tensor */

export const INK = 16;
export const DRAWS = 8;
const CLASSES = 10;

/** No change at all, as settings. */
export const STILL = {
  down: 0, right: 0, rotate: 0, scale: 1, flip: "none", crop: 0, crop_top: 0.5, crop_left: 0.5, noise: 0, lam: 1,
};

const flipOf = ({ flip }) => (flip === "none" ? false : flip);

/** What is done to the picture, as `matrix` takes it. @returns {import("./augment_ops.js").Change} */
export function changeOf(state) {
  const size = [state.image.length, state.image[0].length];
  const { crop } = state;
  const window = crop ? [crop * state.crop_top * size[0], crop * state.crop_left * size[1],
    (1 - crop) * size[0], (1 - crop) * size[1]] : null;
  return { shift: [state.down, state.right], rotate: state.rotate, scale: state.scale, flip: flipOf(state), crop: window, size };
}

/** The strengths that draws at random have at most. */
export function strengthsOf(state) {
  return {
    shift: Math.max(Math.abs(state.down), Math.abs(state.right)), rotate: Math.abs(state.rotate),
    scale: Math.abs(state.scale - 1), crop: state.crop, flip: flipOf(state),
    size: [state.image.length, state.image[0].length],
  };
}

let kept = { key: "" };

/** All random numbers of a state: they change with the seed and the picture's size alone. */
function chances({ seed, image }) {
  const area = image.length * image[0].length;
  const key = `${seed}:${area}`;
  if (kept.key !== key) {
    const alone = default_rng(seed);
    const rng = default_rng(seed);
    const several = (n, draw) => Float64Array.from({ length: n }, draw);
    kept = {
      key,
      noise: several(area, alone.normal),
      changes: several(8 * DRAWS, rng.random),
      shares: several(DRAWS, rng.random),
      noises: several(DRAWS * area, rng.normal),
    };
  }
  return kept;
}

const oneHot = (label) => Float64Array.from({ length: CLASSES }, (_, k) => (k === label ? 1 : 0));
const inked = (rows) => Float64Array.from(rows.flat(), (value) => value / INK);

/** Why a state cannot be shown, or "". */
export function fault({ image, partner, lam }) {
  const [size, other] = [image, partner].map((rows) => `${rows.length} by ${rows[0].length}`);
  return lam < 1 && size !== other
    ? `The other picture is ${other}, this one ${size}: only pictures of one size can be blended.` : "";
}

/**
 * All pictures of a state.
 * @returns {{matrix: Tensor, picture: Tensor, moved: Tensor, other: Float64Array, noise: Float64Array,
 *   given: Tensor, targets: Float64Array, settings: object[], draws: Tensor, shares: Float64Array}}
 */
export function changed(state) {
  const { lam, image } = state;
  const [h, w] = [image.length, image[0].length];
  const area = h * w;
  const drawn = chances(state);
  const picture = { data: inked(image), shape: [1, 1, h, w] };
  const other = lam < 1 ? inked(state.partner) : new Float64Array(area);
  const theta = matrix(changeOf(state));
  const moved = affine(picture, theta);
  const given = moved.data.map((value, k) => lam * value + (1 - lam) * other[k] + state.noise * drawn.noise[k]);
  const partner = oneHot(state.partner_label);
  const targets = oneHot(state.label).map((value, k) => lam * value + (1 - lam) * partner[k]);

  let next = 0;
  const replay = { random: () => drawn.changes[next++] };
  const settings = random_settings(DRAWS, { ...strengthsOf(state), rng: replay });
  const shares = drawn.shares.map((chance) => 1 - (1 - lam) * chance);
  const draws = new Float64Array(DRAWS * area);
  settings.forEach((change, k) => {
    const each = affine(picture, matrix(change)).data;
    for (let at = 0; at < area; at += 1) {
      draws[k * area + at] = shares[k] * each[at] + (1 - shares[k]) * other[at] + state.noise * drawn.noises[k * area + at];
    }
  });
  return {
    matrix: theta, picture, moved, other, noise: drawn.noise, given: { data: given, shape: [1, 1, h, w] }, targets, settings,
    draws: { data: draws, shape: [DRAWS, 1, h, w] }, shares,
  };
}

/** Whether a network is asked: there is one, and the picture is of its size. */
export const asked = ({ network, image }) => network !== "none" && image.length === 8 && image[0].length === 8;

/** What a network makes of the changed picture, and of each draw. @returns {Float64Array[]} ten shares each */
export function readings(weights, { given, draws }) {
  const data = new Float64Array(given.data.length + draws.data.length);
  data.set(given.data);
  data.set(draws.data, given.data.length);
  const shares = forward(weights, { data, shape: [1 + DRAWS, 1, 8, 8] }).softmax.data;
  return Array.from({ length: 1 + DRAWS }, (_, k) => shares.slice(CLASSES * k, CLASSES * (k + 1)));
}

/**
 * The pixels of the picture that one pixel of the changed one is read from, with their weights.
 * @param {Tensor} theta @param {number[]} place  row and column @param {number[]} size
 */
export function sources({ data: [a, b, c, d, e, f] }, [i, j], [h, w]) {
  const [u, v] = [(2 * j + 1) / w - 1, (2 * i + 1) / h - 1];
  const column = ((a * u + b * v + c + 1) * w - 1) / 2;
  const row = ((d * u + e * v + f + 1) * h - 1) / 2;
  const found = [];
  for (const y of [Math.floor(row), Math.floor(row) + 1]) {
    for (const x of [Math.floor(column), Math.floor(column) + 1]) {
      const weight = (1 - Math.abs(row - y)) * (1 - Math.abs(column - x));
      if (weight > 1e-9 && y >= 0 && y < h && x >= 0 && x < w) found.push({ row: y, col: x, weight });
    }
  }
  return found;
}
