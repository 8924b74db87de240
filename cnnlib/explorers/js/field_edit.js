/** Changes to a stack of layers; each takes the nodes of `flatten`, and changes their items in place. */
import { LETTERS } from "./field_text.js";
import { quoted } from "./format.js";

/** @typedef {import("./field_text.js").Node} Node @typedef {import("./field_text.js").Item} Item */

const plain = () => ({ name: "", k: [3, 3], s: [1, 1], p: [1, 1], d: [1, 1] });

const copy = (item) => (item.branches
  ? { name: "", branches: item.branches.map((branch) => branch.map(copy)) }
  : { name: "", ...Object.fromEntries(Object.keys(LETTERS).map((letter) => [letter, [...item[letter]]])) });

/** Where the item of a node stands in its sequence. @param {Node} node */
const indexOf = (node) => node.home.indexOf(node.item);

/** Add a layer after a node: one like it, or 3 by 3 that keeps the size. @returns {Item} the new one */
export function addAfter(stack, node) {
  const item = node.op === "window" ? copy(node.item) : plain();
  if (node.op === "input") stack.unshift(item);
  else node.home.splice(indexOf(node) + 1, 0, item);
  return item;
}

/** @returns {boolean} whether the item can go `by` places down its sequence */
export function canMove(node, by) {
  if (!node.item) return false;
  const to = indexOf(node) + by;
  return to >= 0 && to < node.home.length;
}

export function move(node, by) {
  const at = indexOf(node);
  node.home.splice(at, 1);
  node.home.splice(at + by, 0, node.item);
}

/** Take an item out; of a block whose branches are then all skips, nothing is left. */
export function remove(stack, node) {
  node.home.splice(indexOf(node), 1);
  prune(stack);
}

function prune(items) {
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const { branches } = items[at];
    branches?.forEach(prune);
    if (branches?.every((branch) => branch.length === 0)) items.splice(at, 1);
  }
}

/** Put a skip around an item. @returns {Item} the block that it is in now */
export function wrap(node) {
  const block = { name: "", branches: [[node.item], []] };
  node.home.splice(indexOf(node), 1, block);
  return block;
}

/** Give a block one branch more, a layer of 1 by 1. @returns {Item} that layer */
export function addBranch(node) {
  const item = { ...plain(), k: [1, 1], p: [0, 0] };
  const skip = node.item.branches.find((branch) => branch.length === 0);
  if (skip) skip.push(item);
  else node.item.branches.push([item]);
  return item;
}

/**
 * What a table of layers does with keys: Alt and an arrow move the chosen one, Delete takes it out.
 * @param {Record<string, HTMLButtonElement>} acts  the editor's buttons @param {() => void} focus  of the table, afterwards
 */
export function actOnKeys(acts, focus) {
  return (event) => {
    const act = event.altKey ? { ArrowUp: "up", ArrowDown: "down" }[event.key] : { Delete: "gone" }[event.key];
    if (!act || acts[act].hidden || acts[act].disabled) return;
    event.preventDefault();
    acts[act].click();
    requestAnimationFrame(() => requestAnimationFrame(focus));
  };
}

/** "3", "3 x 1", "3×1" as (rows, columns). @param {string} letter @param {string} text */
export function parseSize(text, [word, least, most]) {
  const found = /^\s*(\d{1,5})\s*(?:[x×,]\s*(\d{1,5})\s*)?$/i.exec(text);
  if (!found) throw new Error(`${word}: ${quoted(text)} is no size; type one such as 3, or 3x1 for 3 rows and 1 column`);
  const pair = [Number(found[1]), Number(found[2] ?? found[1])];
  const wrong = pair.find((n) => n < least || n > most);
  if (wrong !== undefined) throw new Error(`${word}: ${wrong} is outside ${least} to ${most}`);
  return pair;
}

/** (3, 1) as "3×1", (3, 3) as "3". */
export const sizeText = ([rows, cols]) => (rows === cols ? String(rows) : `${rows}×${cols}`);
