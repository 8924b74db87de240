/** What PoolingExplorer computes: the settings that apply, the output, its windows, who won. */
import { relu } from "./layers_ops.js";
import { tensor } from "./ops.js";
import {
  avg_pool2d, gaussian_pool2d, global_avg_pool2d, global_max_pool2d, lp_pool2d, max_pool2d, pool_windows,
} from "./pool_ops.js";

/** @typedef {import("./ops.js").Tensor} Tensor @typedef {import("./pool_ops.js").Span} Span */

/** Each kind: its name for readers, and the settings that it has beside window and stride. */
export const KINDS = {
  max: ["max", ["padding", "dilation", "ceil_mode"]],
  average: ["average", ["padding", "ceil_mode", "count_include_pad"]],
  l2: ["L2 norm", ["ceil_mode"]],
  gaussian: ["Gaussian", ["sigma"]],
  global_max: ["global max", []],
  global_average: ["global average", []],
};

/** The least and the most of each whole number. */
export const LIMITS = { kernel_size: [1, 8], stride: [1, 8], padding: [0, 4], dilation: [1, 3] };

export const isGlobal = (kind) => kind.startsWith("global");
export const isMax = (kind) => kind.endsWith("max");

/** Whether a setting changes anything. */
export function has(kind, key) {
  return !isGlobal(kind) && (key === "kernel_size" || key === "stride" || KINDS[kind][1].includes(key));
}

/** The settings along both axes as they apply: those that a kind lacks do nothing. */
export function settingsOf(state) {
  const sizes = [state.image.length, state.image[0].length];
  const { kind, kernel_size: k } = state;
  if (isGlobal(kind)) return { sizes, kernel: sizes, stride: sizes, padding: 0, dilation: 1, ceil: false };
  const s = state.stride ?? k;
  const own = (key, none) => (has(kind, key) ? state[key] : none);
  return {
    sizes, kernel: [k, k], stride: [s, s],
    padding: own("padding", 0), dilation: own("dilation", 1), ceil: own("ceil_mode", false),
  };
}

/** Why settings are not legal together, or "". */
export function fault(state) {
  const { sizes, kernel: [k], stride: [s], padding, dilation, ceil } = settingsOf(state);
  if (isGlobal(state.kind)) return "";
  if (2 * padding > k) {
    return `Padding ${padding} is more than half of a window of ${k}, and refused: a window could lie ` +
      `in the padding alone. Legal is 0${k > 1 ? ` to ${Math.floor(k / 2)}` : ""}.`;
  }
  const span = dilation * (k - 1) + 1;
  const least = Math.min(...sizes) + 2 * padding;
  if (span > least && !(ceil && span < least + s)) {
    return `The window spans ${span} cells, and the map has ${least}${padding ? " with its padding" : ""}: ` +
      `take a larger map, a smaller window${dilation > 1 ? ", less dilation" : ""}${has(state.kind, "padding") ? " or more padding" : ""}.`;
  }
  const alone = sizes.some((n) => Array.from({ length: k }, (_, tap) => tap * dilation - padding)
    .every((place) => place < 0 || place >= n));
  return alone ? "The first window reads padding alone, so its maximum would be \u2212∞: take less dilation or padding." : "";
}

/** The least and the most that a whole number may be, with all else as it is. */
export function limits(state, key) {
  const [least, most] = LIMITS[key];
  const value = state[key] ?? state.kernel_size;
  if (fault(state)) return [least, most];
  const legal = (next) => !fault(key === "kernel_size" ? fitted({ ...state, kernel_size: next }, false) : { ...state, [key]: next });
  let [low, high] = [value, value];
  while (low > least && legal(low - 1)) low -= 1;
  while (high < most && legal(high + 1)) high += 1;
  return [low, high];
}

/** The nearest legal settings: less padding, less dilation, then a smaller window. */
export function fitted(state, smaller = true) {
  const next = { ...state, padding: Math.min(state.padding, Math.floor(state.kernel_size / 2)) };
  while (next.dilation > 1 && fault(next)) next.dilation -= 1;
  while (smaller && next.kernel_size > 1 && fault(next)) {
    next.kernel_size -= 1;
    next.padding = Math.min(next.padding, Math.floor(next.kernel_size / 2));
  }
  return next;
}

/** Pool a map as the settings say. @param {Tensor} input  (rows, columns) @returns {Tensor} */
export function pool(input, state) {
  const { kind, kernel_size: k, stride: s, padding, dilation, ceil_mode: ceil } = state;
  if (kind === "max") return max_pool2d(input, k, s, padding, dilation, ceil);
  if (kind === "average") return avg_pool2d(input, k, s, padding, ceil, state.count_include_pad);
  if (kind === "l2") return lp_pool2d(input, 2, k, s, ceil);
  if (kind === "gaussian") return gaussian_pool2d(input, k, state.sigma, s);
  return kind === "global_max" ? global_max_pool2d(input) : global_avg_pool2d(input);
}

const active = ({ data }) => data.reduce((count, value) => count + (value !== 0 ? 1 : 0), 0);

/**
 * The place of the largest value of each window, the first in row order; and those of them that
 * are larger than some other value of their window.
 */
function winnersOf({ data, shape: [, w] }, [rows, cols]) {
  const [winners, contested] = [[], new Set()];
  for (const row of rows) {
    for (const col of cols) {
      let best = row.places[0] * w + col.places[0];
      let least = data[best];
      for (const y of row.places) {
        for (const x of col.places) {
          const value = data[y * w + x];
          if (value > data[best]) best = y * w + x;
          if (value < least) least = value;
        }
      }
      winners.push(best);
      if (data[best] > least) contested.add(best);
    }
  }
  return { winners, contested };
}

/**
 * @returns {{image: Tensor, relued: Tensor, map: Tensor, output: Tensor, windows: [Span[], Span[]],
 *   winners: number[] | null, contested: Set<number>, active: {raw: [number, number],
 *   relu: [number, number]}}} `map` is what is pooled; `active` counts values that are not 0,
 *   before and after pooling
 */
export function answerOf(state) {
  const image = tensor(state.image);
  const relued = relu(image);
  const map = state.relu ? relued : image;
  const { sizes, kernel, stride, padding, dilation, ceil } = settingsOf(state);
  const windows = pool_windows(sizes, kernel, stride, padding, dilation, ceil);
  const [plain, rectified] = [pool(image, state), pool(relued, state)];
  return {
    image, relued, map, output: state.relu ? rectified : plain, windows,
    ...(isMax(state.kind) ? winnersOf(map, windows) : { winners: null, contested: new Set() }),
    active: { raw: [active(image), active(plain)], relu: [active(relued), active(rectified)] },
  };
}

/**
 * What the window of one output cell reads, in row order.
 * @returns {{y: number, x: number, value: number, where: "map" | "padding" | "beyond"}[]} beyond
 *   the padding lies what a partial window of ceil_mode lacks
 */
export function cellsOf(state, { map, windows }, row, col) {
  const { sizes: [h, w], kernel: [kh, kw], padding, dilation } = settingsOf(state);
  const inside = (place, n) => place >= 0 && place < n;
  return Array.from({ length: kh * kw }, (_, tap) => {
    const y = windows[0][row].start + Math.floor(tap / kw) * dilation;
    const x = windows[1][col].start + (tap % kw) * dilation;
    const within = inside(y, h) && inside(x, w);
    const where = within ? "map" : y < h + padding && x < w + padding ? "padding" : "beyond";
    return { y, x, value: within ? map.data[y * w + x] : 0, where };
  });
}

/** The output cells whose windows read a cell of the map, in row order. */
export function readers({ windows: [rows, cols] }, y, x) {
  return rows.flatMap((row, i) => (row.places.includes(y)
    ? cols.flatMap((col, j) => (col.places.includes(x) ? [[i, j]] : [])) : []));
}
