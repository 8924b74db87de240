/**
 * Stacks of layers as short text, as `_stack_text.py` has it: `conv1-k7s2p3,pool-k3s2p1,(k3p1~)`.
 *
 * @typedef {{name: string, k: number[], s: number[], p: number[], d: number[]}} Layer  (rows, columns)
 * @typedef {{name: string, branches: Item[][]}} Block  branches that start and end together
 * @typedef {Layer | Block} Item
 */

/** Each letter: the setting, its least, its most, and what it is where it is not written. */
export const LETTERS = {
  k: ["kernel", 1, 64, 0],
  s: ["stride", 1, 16, 1],
  p: ["padding", 0, 64, 0],
  d: ["dilation", 1, 32, 1],
};
export const MOST_NODES = 150;
const [MOST_BRANCHES, MOST_DEPTH, MOST_TEXT] = [8, 4, 8000];

const NAME = /([A-Za-z][A-Za-z0-9_.]{0,23})-/y;
const SETTING = /([kspd])(\d{1,4})(?:x(\d{1,4}))?/y;

export const near = (text, at) => (at < text.length ? `"${text.slice(at, at + 24)}"` : "the end of the text");

/** What a sticky pattern finds at one place of a text. */
export function match(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/**
 * @param {string} text
 * @param {Layers} [layers]  of which kind
 * @returns {Item[]}
 * @throws {Error} that quotes what is not legal
 */
export function parse(text, layers = WINDOWS) {
  const plain = String(text).replace(/\s/g, "");
  if (plain.length > MOST_TEXT) throw new Error(`${plain.length} characters are too many; at most ${MOST_TEXT} are read`);
  const [stack, end] = sequence(plain, 0, 0, layers);
  if (end < plain.length) throw new Error(`no branch is open that ${near(plain, end)} could end`);
  const nodes = flatten(stack);
  if (nodes.length > MOST_NODES) throw new Error(`${nodes.length - 1} layers are too many; at most ${MOST_NODES - 1} are drawn`);
  const names = new Set();
  for (const { name } of nodes) {
    if (names.has(name)) throw new Error(`two layers are named "${name}"; each needs a name of its own`);
    names.add(name);
  }
  return stack;
}

function sequence(text, at, depth, layers) {
  const items = [];
  if (at >= text.length || "~)".includes(text[at])) return [items, at];
  for (let place = at; ; place += 1) {
    const [item, end] = itemAt(text, place, depth, layers);
    items.push(item);
    if (end >= text.length || "~)".includes(text[end])) return [items, end];
    if (text[end] !== ",") throw new Error(`a comma is missing before ${near(text, end)}`);
    place = end;
  }
}

function itemAt(text, at, depth, layers) {
  const named = match(NAME, text, at);
  const name = named ? named[1] : "";
  const start = at + (named ? named[0].length : 0);
  if (text[start] === "(") return blockAt(text, start, name, depth + 1, layers);
  return layers.read(text, at, start, name);
}

function windowAt(text, at, start, name) {
  const item = { name };
  let end = start;
  for (let found = match(SETTING, text, end); found; found = match(SETTING, text, end)) {
    const letter = found[1];
    const [word, least, most] = LETTERS[letter];
    const pair = [Number(found[2]), Number(found[3] ?? found[2])];
    if (letter in item) throw new Error(`"${text.slice(at, end + found[0].length)}" gives the ${word} twice`);
    if (pair.some((n) => n < least || n > most)) {
      throw new Error(`"${text.slice(at, end + found[0].length)}": the ${word} must be ${least} to ${most}`);
    }
    item[letter] = pair;
    end += found[0].length;
  }
  if (!item.k) throw new Error(`${near(text, at)} is no layer; write k3, conv1-k3s2p1 or (k3p1~)`);
  for (const [letter, [, , , usual]] of Object.entries(LETTERS)) item[letter] ??= [usual, usual];
  return [item, end];
}

function blockAt(text, at, name, depth, layers) {
  if (depth > MOST_DEPTH) throw new Error(`branches are nested more than ${MOST_DEPTH} deep at ${near(text, at)}`);
  const branches = [];
  for (let place = at; ;) {
    const [branch, end] = sequence(text, place + 1, depth, layers);
    branches.push(branch);
    if (end >= text.length) throw new Error(`${near(text, at)} lacks its )`);
    place = end;
    if (text[end] !== ")") continue;
    if (branches.length < 2 || branches.length > MOST_BRANCHES) {
      throw new Error(`${near(text, at)} has ${branches.length} branches; 2 to ${MOST_BRANCHES} go between ( and ), with ~ between them`);
    }
    return [{ name, branches }, end + 1];
  }
}

/** "3", or "3x1" for 3 rows and 1 column. */
export const sizeText = ([rows, cols]) => (rows === cols ? String(rows) : `${rows}x${cols}`);

function windowText(item) {
  return Object.entries(LETTERS).map(([letter, [, , , usual]]) =>
    (item[letter].every((n) => n === usual) ? "" : letter + sizeText(item[letter]))).join("");
}

/**
 * How the layers of a stack are read and written, where they are no mere windows.
 * @typedef {object} Layers
 * @property {(text: string, at: number, start: number, name: string) => [Item, number]} read  the layer
 *   whose name is at one place and whose settings are at the next, and where it ends
 * @property {(item: Item) => string} write  without its name
 */

/** @type {Layers} */
const WINDOWS = { read: windowAt, write: windowText };

/** @param {Item[]} stack @param {Layers} [layers] @returns {string} */
export function write(stack, layers = WINDOWS) {
  return stack.map((item) => {
    const prefix = item.name ? `${item.name}-` : "";
    if (item.branches) return `${prefix}(${item.branches.map((branch) => write(branch, layers)).join("~")})`;
    return prefix + layers.write(item);
  }).join(",");
}

/**
 * A node of the graph: the input, a layer, or the place where branches meet.
 * @typedef {object} Node
 * @property {string} name  its full name, of its own
 * @property {"input" | "window" | "merge"} op
 * @property {number[]} inputs  places of the nodes that it reads
 * @property {Item | null} item
 * @property {Item[] | null} home  the sequence that the item is in
 * @property {number} lane  how far right it is drawn
 * @property {number[]} via  for a merge, the lane that each of its branches runs in
 * @property {number[]} blocks  places of the merges of the blocks around it, outermost first
 */

/** The nodes of a stack, in the order in which they are computed. @param {Item[]} stack @returns {Node[]} */
export function flatten(stack) {
  const nodes = [{ name: "input", op: "input", inputs: [], item: null, home: null, lane: 0, via: [], blocks: [] }];
  const open = []; // blocks under way; their merges' places are filled in when known
  const add = (items, source, inside, lane, count) => {
    let last = source;
    for (const item of items) {
      count.n += 1;
      const own = item.name || (inside ? String(count.n) : `${item.branches ? "block" : "layer"}${count.n}`);
      const name = inside + own;
      if (item.branches) {
        const block = { at: -1 };
        open.push(block);
        const within = { n: 0 };
        const via = [];
        let right = lane;
        const ends = item.branches.map((branch) => {
          via.push(right);
          right += lanesOf(branch);
          return add(branch, last, `${name}.`, via.at(-1), within);
        });
        open.pop();
        block.at = nodes.length;
        nodes.push({ name, op: "merge", inputs: ends, item, home: items, lane, via, blocks: [...open] });
      } else {
        nodes.push({ name, op: "window", inputs: [last], item, home: items, lane, via: [], blocks: [...open] });
      }
      last = nodes.length - 1;
    }
    return last;
  };
  add(stack, 0, "", 0, { n: 0 });
  for (const node of nodes) node.blocks = node.blocks.map(({ at }) => at);
  return nodes;
}

/** How many lanes a sequence takes side by side. */
function lanesOf(items) {
  const widths = items.map((item) => (item.branches ? item.branches.reduce((sum, branch) => sum + lanesOf(branch), 0) : 1));
  return Math.max(1, ...widths);
}

/** What comes before a node, and the node, alone: all that it is computed from. @returns {Item[]} */
export function upto(stack, place) {
  const kept = [];
  let left = place;
  for (const item of stack) {
    if (left === 0) break;
    const sizes = item.branches?.map((branch) => flatten(branch).length - 1);
    const inside = sizes?.reduce((sum, n) => sum + n, 0) ?? 0;
    if (left > inside) {
      kept.push(item);
      left -= inside + 1;
      continue;
    }
    for (const [at, branch] of item.branches.entries()) {
      if (left <= sizes[at]) return [...kept, ...upto(branch, left)];
      left -= sizes[at];
    }
  }
  return kept;
}
