/**
 * The arithmetic of receptive fields over a graph of nodes, as cnnlib.receptive_field has it:
 * forwards the recurrences (`fields`), backwards what one unit sees (`box`, `paths`).
 * All sizes are (rows, columns).
 */
import { conv_output_size } from "./ops.js";

/**
 * @typedef {object} Sized  a node with its numbers
 * @property {string} name
 * @property {"input" | "window" | "merge" | "whole"} op  "whole": every unit sees the whole map
 * @property {number[]} inputs
 * @property {number[]} k @property {number[]} s @property {number[]} p @property {number[]} d
 *
 * @typedef {object} Field
 * @property {number[]} n  units
 * @property {number[] | null} jump  pixels from one unit to the next; like the two below, null
 *   from where branches of unlike jumps have met
 * @property {number[] | null} r  the receptive field
 * @property {number[] | null} start  the first pixel that unit 0 sees; negative in padding
 * @property {number[]} misaligned  places of the inputs whose jump or centre is not the first's
 * @property {({jump: number, r: number, start: number} | null)[]} laws  the same, axis by axis
 */

const AXES = [0, 1];

/** The sizes that count: along the rows of a signal nothing happens. @returns {Sized[]} */
export function sized(nodes, axes) {
  const one = (pair, usual) => (axes === 1 ? [usual, pair[1]] : pair);
  return nodes.map(({ name, op, inputs, item }) => (op !== "window" ? { name, op, inputs } : {
    name, op, inputs, k: one(item.k, 1), s: one(item.s, 1), p: one(item.p, 0), d: one(item.d, 1),
  }));
}

/** Where the middle of unit 0's field is, in pixel indices. @param {Field} field */
export const centre = (field, axis) => field.start[axis] + (field.r[axis] - 1) / 2;

/** Why a node cannot be computed from its inputs, at length and for its row; or null. */
function faultOf(node, inputs) {
  if (node.op === "whole") return null;
  if (node.op === "merge") {
    const sizes = [...new Set(inputs.map(({ n }) => n.join(" by ")))];
    return sizes.length === 1 ? null : {
      text: `${node.name}: its branches end with maps of ${sizes.join(" and ")}, which cannot meet; give them equal strides and paddings.`,
      short: `${sizes.join(" and ").replaceAll(" by ", "×")} cannot meet`,
    };
  }
  const [{ n }] = inputs;
  for (const axis of AXES) {
    const [span, room] = [node.d[axis] * (node.k[axis] - 1) + 1, n[axis] + 2 * node.p[axis]];
    if (span > room) {
      return {
        text: `${node.name}: its kernel spans ${span} ${axis ? "columns" : "rows"}, and the padded map has ${room}; ` +
          "pad more, take a smaller kernel or dilation, or a larger input.",
        short: `kernel spans ${span}, map has ${room}`,
      };
    }
  }
  return null;
}

/** How the fields of the units along an axis follow each other; null where there is no one rule. */
function windowLaw(node, law, a) {
  return law && {
    jump: law.jump * node.s[a],
    r: law.r + node.d[a] * (node.k[a] - 1) * law.jump,
    start: law.start - node.p[a] * law.jump,
  };
}

/** Where branches meet: from the first pixel of any to the last of any, if they go at one pace. */
function union(laws) {
  if (laws.some((law) => !law || law.jump !== laws[0].jump)) return null;
  const start = Math.min(...laws.map((law) => law.start));
  return { jump: laws[0].jump, start, r: Math.max(...laws.map((law) => law.start + law.r)) - start };
}

const middle = ({ start, r }) => start + (r - 1) / 2;
const differ = (one, two) => one && two && (one.jump !== two.jump || middle(one) !== middle(two));

/** @returns {Field} with the numbers that both axes have, or null */
function fieldOf(n, laws, misaligned) {
  const both = (key) => (laws.includes(null) ? null : laws.map((law) => law[key]));
  return { n, jump: both("jump"), r: both("r"), start: both("start"), misaligned, laws };
}

function windowField(node, { n, laws }) {
  const size = AXES.map((a) => conv_output_size(n[a], node.k[a], node.s[a], node.p[a], node.d[a]));
  return fieldOf(size, AXES.map((a) => windowLaw(node, laws[a], a)), []);
}

/** Of layers that every unit of a map goes into: nothing lies between their units. */
const wholeField = ({ n, laws }) =>
  fieldOf([1, 1], laws.map((law, a) => law && { jump: 0, r: law.r + (n[a] - 1) * law.jump, start: law.start }), []);

function mergeField(inputs, places) {
  const [first, ...others] = inputs;
  const wrong = others.flatMap(({ laws }, at) =>
    (AXES.some((a) => differ(first.laws[a], laws[a])) ? [places[at + 1]] : []));
  return fieldOf(first.n, AXES.map((a) => union(inputs.map(({ laws }) => laws[a]))), [...new Set(wrong)]);
}

/**
 * @param {Sized[]} nodes @param {number[]} size of the input
 * @returns {{fields: Field[], fault: {at: number, text: string, short: string} | null}} up to the first node
 *   that cannot be computed
 */
export function fields(nodes, size) {
  const found = [];
  for (const [at, node] of nodes.entries()) {
    if (node.op === "input") {
      found.push(fieldOf(size, AXES.map(() => ({ jump: 1, r: 1, start: 0 })), []));
      continue;
    }
    const inputs = node.inputs.map((place) => found[place]);
    const fault = faultOf(node, inputs);
    if (fault) return { fields: found, fault: { at, ...fault } };
    if (node.op === "merge") found.push(mergeField(inputs, node.inputs));
    else found.push(node.op === "whole" ? wholeField(inputs[0]) : windowField(node, inputs[0]));
  }
  return { fields: found, fault: null };
}

/** What a range of units reads, first and last tap, as if maps had no end. */
const reach = ({ k, s, p, d }, [low, high], a) => [low * s[a] - p[a], high * s[a] - p[a] + d[a] * (k[a] - 1)];

/**
 * For each node, the units from the first to the last that have a part in one unit of the node `at`,
 * rows then columns; null where none has. Clipped, only units that the maps have.
 */
function ranges(nodes, all, at, unit, clipped) {
  const found = nodes.map(() => null);
  found[at] = unit.map((place) => [place, place]);
  for (let place = at; place > 0; place -= 1) {
    const own = found[place];
    if (!own) continue;
    for (const input of nodes[place].inputs) {
      let read = nodes[place].op === "window" ? AXES.map((a) => reach(nodes[place], own[a], a)) : own;
      if (clipped) read = read.map(([low, high], a) => [Math.max(0, low), Math.min(all[input].n[a] - 1, high)]);
      if (read.some(([low, high]) => low > high)) continue;
      const old = found[input];
      found[input] = old ? AXES.map((a) => [Math.min(old[a][0], read[a][0]), Math.max(old[a][1], read[a][1])]) : read;
    }
  }
  return found;
}

/** The box of one unit where maps have no end: [[top, bottom], [left, right]], both inclusive. */
export function box(nodes, all, at, unit) {
  return ranges(nodes, all, at, unit, false)[0];
}

const MOST_STEPS = 3e8; // about half a second's work

/** Why following a unit back would keep the page busy for too long, or "". */
export function tooMuch(nodes, all, at, unit) {
  const found = ranges(nodes, all, at, unit, true);
  const extent = (place, axis) => (found[place] ? found[place][axis][1] - found[place][axis][0] + 1 : 0);
  let steps = 0;
  for (const [place, { op, inputs, k }] of nodes.entries()) {
    if (op === "window") steps += extent(place, 0) * (extent(place, 1) * k[1] + extent(inputs[0], 1) * k[0]);
  }
  return steps <= MOST_STEPS ? "" : `Following this unit back takes ${Math.round(steps / 1e6)} million steps; ` +
    `a page does at most ${MOST_STEPS / 1e6}. Take fewer layers, smaller kernels or a smaller input.`;
}

/**
 * What part each pixel has in one unit of a network of equal weights: those of a window add up to 1,
 * and branches are added. Over the pixels from the first to the last that have any.
 * @returns {{top: number, left: number, rows: number, cols: number, data: Float64Array, total: number}}
 *   `total` is the sum of `data`: divide by it for shares
 */
export function paths(nodes, all, at, unit) {
  const found = ranges(nodes, all, at, unit, true);
  const maps = found.map(() => null);
  const mapAt = (place) => {
    if (!maps[place] && found[place]) {
      const [[top, bottom], [left, right]] = found[place];
      const [rows, cols] = [bottom - top + 1, right - left + 1];
      maps[place] = { top, left, rows, cols, data: new Float64Array(rows * cols) };
    }
    return maps[place];
  };
  mapAt(at).data[0] = 1;
  for (let place = at; place > 0; place -= 1) {
    const own = maps[place];
    if (!own) continue;
    for (const input of nodes[place].inputs) {
      const below = mapAt(input);
      if (!below) continue;
      if (nodes[place].op === "window") spread(nodes[place], own, below);
      else gather(own, below);
    }
    maps[place] = null;
  }
  const below = maps[0] ?? { top: 0, left: 0, rows: 0, cols: 0, data: new Float64Array(0) };
  return { ...below, total: below.data.reduce((sum, part) => sum + part, 0) };
}

/** Add a node's parts to those of one that it takes as it is. */
function gather(own, below) {
  for (let row = 0; row < own.rows; row += 1) {
    const from = row * own.cols;
    const to = (row + own.top - below.top) * below.cols + own.left - below.left;
    for (let col = 0; col < own.cols; col += 1) below.data[to + col] += own.data[from + col];
  }
}

/** Share out a node's parts over all that its window reads: along the columns first, then along the rows. */
function spread({ k, s, p, d }, own, below) {
  const share = 1 / (k[0] * k[1]);
  const wide = new Float64Array(own.rows * below.cols);
  for (let col = 0; col < own.cols; col += 1) {
    for (let tap = 0; tap < k[1]; tap += 1) {
      const to = (col + own.left) * s[1] - p[1] + tap * d[1] - below.left;
      if (to < 0 || to >= below.cols) continue;
      for (let row = 0; row < own.rows; row += 1) wide[row * below.cols + to] += own.data[row * own.cols + col] * share;
    }
  }
  for (let row = 0; row < own.rows; row += 1) {
    for (let tap = 0; tap < k[0]; tap += 1) {
      const to = (row + own.top) * s[0] - p[0] + tap * d[0] - below.top;
      if (to < 0 || to >= below.rows) continue;
      const [from, at] = [row * below.cols, to * below.cols];
      for (let col = 0; col < below.cols; col += 1) below.data[at + col] += wide[from + col];
    }
  }
}

/** The pixels that are seen: how many, and from the first to the last. */
export function seen({ top, left, rows, cols, data }) {
  let count = 0;
  let [up, down, before, after] = [Infinity, -1, Infinity, -1];
  for (let row = 0; row < rows; row += 1) {
    for (let col = 0; col < cols; col += 1) {
      if (data[row * cols + col] === 0) continue;
      count += 1;
      if (row < up) up = row;
      down = row;
      if (col < before) before = col;
      if (col > after) after = col;
    }
  }
  return { count, box: count ? [[up + top, down + top], [before + left, after + left]] : null };
}
