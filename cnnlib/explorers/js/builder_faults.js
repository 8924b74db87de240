/** Why a layer does not fit what it is given, and what would mend it. */
import { remove, sizeText } from "./field_edit.js";
import { make } from "./builder_text.js";

/**
 * @typedef {object} Mend
 * @property {string} text  for its button
 * @property {(stack: object[]) => object | null} apply  changes the stack in place; returns the item
 *   that should be chosen then
 *
 * @typedef {object} Fault
 * @property {number} at  the place of the layer
 * @property {string} text  a sentence
 * @property {Mend[]} mends
 */

const MAPS = ["conv", "max", "avg", "gap", "bn"];
const AXES = [0, 1];

export const by = (shape) => shape.map((n) => n.toLocaleString("en")).join(" \u00d7 ");

const divisor = (one, two) => (two ? divisor(two, one % two) : one);

/** Put an item before another one. */
function insertBefore(node, item) {
  node.home.splice(node.home.indexOf(node.item), 0, item);
  return item;
}

/** @returns {Mend} that takes a layer out */
export const removal = (node, text = "Remove it") => ({
  text,
  apply(stack) {
    remove(stack, node);
    return null;
  },
});

/** @returns {Mend} that sets settings of a layer */
export const setting = (node, text, changes) => ({ text, apply: () => Object.assign(node.item, changes) });

/** @returns {Mend} that puts a new layer before this one */
export const insertion = (node, text, kind) => ({ text, apply: () => insertBefore(node, make(kind)) });

/** @returns {Mend[]} that put an item before the layer that made a vector, if that is in its sequence */
function beforeFlatten(nodes, at) {
  const node = nodes[at];
  let place = node.op === "merge" ? node.inputs[0] : at;
  while (place > 0 && nodes[place].item?.kind !== "flatten") [place] = nodes[place].inputs;
  const flat = nodes[place];
  if (place === 0 || flat.home !== node.home) return [];
  return [{
    text: `Put it before ${flat.name}`,
    apply() {
      node.home.splice(node.home.indexOf(node.item), 1);
      return insertBefore(flat, node.item);
    },
  }];
}

/** @returns {Mend} that puts an item after the block that it is in */
function afterBlock(nodes, at) {
  const node = nodes[at];
  const block = nodes[node.blocks[0]];
  return {
    text: `Put it after ${block.name}`,
    apply(stack) {
      block.home.splice(block.home.indexOf(block.item) + 1, 0, node.item);
      remove(stack, node);
      return node.item;
    },
  };
}

function windowFault(node, given) {
  const { kind, k, p, d = [1, 1] } = node.item;
  const half = k.map((n) => Math.floor(n / 2));
  if (kind !== "conv" && AXES.some((a) => p[a] > half[a])) {
    return [`its padding, ${sizeText(p)}, is more than half its window, ${sizeText(k)}: torch refuses windows of padding alone`,
      [setting(node, `Padding ${sizeText(half)}`, { p: half })]];
  }
  const room = AXES.map((a) => given[1 + a] + 2 * p[a]);
  const span = AXES.map((a) => d[a] * (k[a] - 1) + 1);
  const wrong = AXES.find((a) => span[a] > room[a]);
  if (wrong === undefined) return null;
  const fits = AXES.map((a) => Math.max(1, Math.min(k[a], Math.floor((room[a] - 1) / d[a]) + 1)));
  const pad = AXES.map((a) => Math.max(p[a], Math.ceil((span[a] - given[1 + a]) / 2)));
  const mends = [setting(node, `Kernel ${sizeText(fits)}`, { k: fits, ...(kind === "conv" ? {} : { p: AXES.map((a) => Math.min(p[a], Math.floor(fits[a] / 2))) }) })];
  if (kind === "conv" && pad.every((n) => n <= 64)) mends.unshift(setting(node, `Padding ${sizeText(pad)}`, { p: pad }));
  else mends.push(removal(node));
  return [`its kernel spans ${span[wrong]} ${wrong ? "columns" : "rows"}, and the padded map has ${room[wrong]}: nothing would be left of it`, mends];
}

/** A 1 x 1 convolution that takes the skip along, if a stride gives the size that is wanted. */
function projection(node, given) {
  const skip = node.item.branches.findIndex((branch) => branch.length === 0);
  const others = [...new Set(given.filter((_, k) => k !== skip).map(String))];
  if (skip < 0 || others.length > 1) return [];
  const wanted = given.find((_, k) => k !== skip);
  const s = AXES.map((a) => [1, 2, 3, 4, 8, 16].find((step) => Math.floor((given[skip][1 + a] - 1) / step) + 1 === wanted[1 + a]));
  if (s.includes(undefined)) return [];
  return [{
    text: "Project the skip",
    apply() {
      const conv = { ...make("conv", wanted[0]), k: [1, 1], s, p: [0, 0], b: false };
      node.item.branches[skip].push(conv, make("bn"));
      return conv;
    },
  }];
}

/** Padding that keeps the sizes of maps, wherever a window in the block lacks it. */
function keeping(node) {
  const windows = node.item.branches.flat().filter(({ k, s }) => k && AXES.every((a) => k[a] % 2 === 1 && s[a] === 1));
  const wants = ({ k, d = [1, 1] }) => AXES.map((a) => (d[a] * (k[a] - 1)) / 2);
  const lacking = windows.filter((item) => String(wants(item)) !== String(item.p) && (item.kind === "conv" || !item.d));
  return lacking.length ? [{
    text: "Pad so that sizes stay",
    apply() {
      for (const item of lacking) item.p = wants(item);
      return lacking[0];
    },
  }] : [];
}

function meetingFault(nodes, at, given) {
  const node = nodes[at];
  if (given[0].length !== 3) return [`a block adds maps, and this is a vector of ${by(given[0])}`, beforeFlatten(nodes, at)];
  const shapes = [...new Set(given.map(by))];
  if (shapes.length === 1) return null;
  const channelsAlone = new Set(given.map((shape) => String(shape.slice(1)))).size === 1;
  const [projected, kept] = [projection(node, given), channelsAlone ? [] : keeping(node)];
  return [`its branches end with ${shapes.join(" and ")}, and only maps of one shape can be added`, [...kept, ...projected]];
}

/**
 * @param {import("./field_text.js").Node[]} nodes @param {number} at
 * @param {number[][]} given  the shapes of what it reads
 * @returns {Fault | null}
 */
export function faultOf(nodes, at, given) {
  const node = nodes[at];
  const found = node.op === "merge" ? meetingFault(nodes, at, given) : layerFault(nodes, at, given[0]);
  return found && { at, text: found[0], mends: found[1] };
}

function layerFault(nodes, at, given) {
  const node = nodes[at];
  const { kind, g, width } = node.item;
  const maps = given.length === 3;
  if (MAPS.includes(kind) && !maps) {
    const mends = beforeFlatten(nodes, at);
    if (kind === "bn") mends.push(setting(node, "Make it BatchNorm1d", { kind: "bn1d" }));
    return [`it takes maps, and is given a vector of ${by(given)}`, mends];
  }
  if (kind === "linear" && maps) {
    const inside = node.blocks.length > 0;
    return [`it takes a vector, and is given maps of ${by(given)}`, [inside ? afterBlock(nodes, at) : insertion(node, "Insert flatten", "flatten")]];
  }
  if (kind === "bn1d" && maps) {
    return [`it takes a vector, and is given maps of ${by(given)}`, [setting(node, "Make it BatchNorm2d", { kind: "bn" })]];
  }
  if (node.blocks.length && ["flatten", "gap"].includes(kind)) {
    return ["a block adds maps: this can come only after it", [afterBlock(nodes, at)]];
  }
  if (kind === "conv" && (given[0] % g || width % g)) {
    const both = divisor(divisor(given[0], width), g);
    const mends = [setting(node, `Groups ${both}`, { g: both })];
    const wider = Math.ceil(width / g) * g;
    if (given[0] % g === 0 && wider <= 4096) mends.push(setting(node, `Channels ${wider}`, { width: wider }));
    return [`${g} groups must divide both: ${given[0]} channels in and ${width} out`, mends];
  }
  return ["conv", "max", "avg"].includes(kind) ? windowFault(node, given) : null;
}
