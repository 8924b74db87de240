/**
 * Networks as short text, as `_builder_text.py` has it: `conv16k3p1b0,bn,relu,maxk2,flatten,linear10`,
 * with the branches of receptive fields' stacks: `(conv16k3p1~)` has a skip.
 *
 * @typedef {object} Layer  sizes are (rows, columns); a kind has those that SETTINGS names
 * @property {string} kind
 * @property {string} name  always empty: layers are counted by kind
 * @property {number} [width]  channels, features, or percent that are dropped
 * @property {number[]} [k] @property {number[]} [s] @property {number[]} [p] @property {number[]} [d]
 * @property {number} [g]  groups
 * @property {boolean} [b]  bias
 */
import { flatten, match, near, parse as parseStack, sizeText, write as writeStack } from "./field_text.js";

/** Each kind: what it is called in lists, and in a network. */
export const KINDS = {
  conv: ["convolution", "conv"],
  max: ["max pooling", "pool"],
  avg: ["average pooling", "pool"],
  gap: ["global average", "gap"],
  bn: ["batch norm", "bn"],
  bn1d: ["batch norm of vectors", "bn"],
  relu: ["ReLU", "relu"],
  tanh: ["tanh", "tanh"],
  sigmoid: ["sigmoid", "sigmoid"],
  softmax: ["softmax", "softmax"],
  drop: ["dropout", "dropout"],
  flatten: ["flatten", "flatten"],
  linear: ["linear", "linear"],
};

/** Each letter: the setting, its least and its most. */
export const LETTERS = {
  k: ["kernel", 1, 64], s: ["stride", 1, 64], p: ["padding", 0, 64], d: ["dilation", 1, 32], g: ["groups", 1, 4096], b: ["bias", 0, 1],
};
export const SETTINGS = { conv: "kspdgb", max: "ksp", avg: "ksp", linear: "b" };
export const WIDTHS = { conv: ["channels", 1, 4096], linear: ["features", 1, 16384], drop: ["percent", 0, 95] };
const PAIRS = "kspd";

const KIND = new RegExp(`(${Object.keys(KINDS).sort((one, two) => two.length - one.length).join("|")})(\\d{1,5})?`, "y");
const SETTING = /([kspdgb])(\d{1,4})(?:x(\d{1,4}))?/y;

const has = (kind, letter) => (SETTINGS[kind] ?? "").includes(letter);
const isPool = (kind) => kind === "max" || kind === "avg";

/** The layer of a text whose settings begin at `start`, and where it ends. */
function read(text, at, start, name) {
  const found = match(KIND, text, start);
  if (!found) throw new Error(`${near(text, at)} is no layer; write conv16k3p1, maxk2, relu or linear10`);
  const kind = found[1];
  if (name) throw new Error(`${near(text, at)}: layers have no names of their own`);
  let end = start + found[0].length;
  const settings = {};
  for (let one = match(SETTING, text, end); one; one = match(SETTING, text, end)) {
    const letter = one[1];
    const [word, least, most] = LETTERS[letter];
    const pair = [Number(one[2]), Number(one[3] ?? one[2])];
    const told = `"${text.slice(at, end + one[0].length)}"`;
    if (!has(kind, letter)) throw new Error(`${told}: ${KINDS[kind][0]} has no ${word}`);
    if (letter in settings) throw new Error(`${told} gives the ${word} twice`);
    if (one[3] && !PAIRS.includes(letter)) throw new Error(`${told}: the ${word} is one number`);
    if (pair.some((n) => n < least || n > most)) throw new Error(`${told}: the ${word} must be ${least} to ${most}`);
    settings[letter] = pair;
    end += one[0].length;
  }
  return [layer(kind, found[2], settings, `"${text.slice(at, end)}"`), end];
}

function layer(kind, number, settings, told) {
  const item = { kind, name: "" };
  if (kind in WIDTHS) {
    const [word, least, most] = WIDTHS[kind];
    item.width = Number(number ?? -1);
    if (item.width < least || item.width > most) throw new Error(`${told} lacks its ${word}, ${least} to ${most}`);
  } else if (number) throw new Error(`${told}: ${KINDS[kind][0]} takes no number`);
  if (has(kind, "k") && !settings.k) throw new Error(`${told} lacks its kernel, such as k3`);
  const usual = { s: isPool(kind) ? settings.k : [1, 1], p: [0, 0], d: [1, 1] };
  for (const letter of SETTINGS[kind] ?? "") {
    if (PAIRS.includes(letter)) item[letter] = [...(settings[letter] ?? usual[letter])];
  }
  if (has(kind, "g")) item.g = settings.g?.[0] ?? 1;
  if (has(kind, "b")) item.b = settings.b?.[0] !== 0;
  return item;
}

function writeLayer(item) {
  const usual = { s: isPool(item.kind) ? item.k : [1, 1], p: [0, 0], d: [1, 1] };
  const parts = [...PAIRS].filter((letter) => item[letter] && String(item[letter]) !== String(usual[letter]))
    .map((letter) => letter + sizeText(item[letter]));
  return item.kind + (item.width ?? "") + parts.join("") + (item.g > 1 ? `g${item.g}` : "") + (item.b === false ? "b0" : "");
}

const LAYERS = { read, write: writeLayer };

/** @param {string} text @throws {Error} that quotes what is not legal */
export function parse(text) {
  const stack = parseStack(text, LAYERS);
  for (const { item } of flatten(stack)) {
    if (item?.name) throw new Error(`"${item.name}-": layers have no names of their own`);
  }
  return stack;
}

export const write = (stack) => writeStack(stack, LAYERS);

const word = (item) => (item.branches ? "block" : KINDS[item.kind][1]);

/** What items are called by their kinds, counted where there are several of one. */
function names(items) {
  const words = items.map(word);
  const counts = {};
  return words.map((own) => {
    counts[own] = (counts[own] ?? 0) + 1;
    return words.indexOf(own) === words.lastIndexOf(own) ? own : own + counts[own];
  });
}

/**
 * The layers of a network in order, as nodes of a graph, by the names that they have in torch.
 * @returns {import("./field_text.js").Node[]}
 */
export function nodesOf(stack) {
  const nodes = flatten(stack);
  const called = new Map();
  const call = (items, inside) => {
    const own = names(items);
    items.forEach((item, k) => {
      called.set(item, inside + own[k]);
      if (item.branches) call(item.branches.flat(), `${inside}${own[k]}.`);
    });
  };
  call(stack, "");
  for (const node of nodes) if (node.item) node.name = called.get(node.item);
  return nodes;
}

/** A new layer of a kind, or a residual block, after a map or vector of some width. */
export function make(kind, width) {
  if (kind === "block") {
    const conv = () => ({ ...make("conv", width), b: false });
    return { name: "", branches: [[conv(), make("bn"), make("relu"), conv(), make("bn")], []] };
  }
  const size = isPool(kind) ? 2 : 3;
  const item = { kind, name: "" };
  if (kind in WIDTHS) item.width = { conv: Math.min(width ?? 16, WIDTHS.conv[2]), linear: 10, drop: 50 }[kind];
  if (has(kind, "k")) Object.assign(item, { k: [size, size], s: isPool(kind) ? [2, 2] : [1, 1], p: isPool(kind) ? [0, 0] : [1, 1] });
  if (has(kind, "d")) item.d = [1, 1];
  if (has(kind, "g")) item.g = 1;
  if (has(kind, "b")) item.b = true;
  return item;
}

/** A layer as another kind, with the settings that both have. */
export function become(item, kind) {
  const next = make(kind, item.width);
  for (const key of Object.keys(next)) if (key !== "kind" && key in item && key !== "width") next[key] = item[key];
  return next;
}
