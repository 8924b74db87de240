/** What each layer of a network gives and costs, and what its units see. */
import { faultOf } from "./builder_faults.js";
import { fields as fieldsOf } from "./field_math.js";
import { conv_output_size } from "./ops.js";

const ONE = [1, 1];
const PLAIN = { k: ONE, s: ONE, p: [0, 0], d: ONE };
const BYTES = 4; // of a float32

/**
 * @typedef {object} Row
 * @property {number[]} shape  (channels, rows, columns) or (features)
 * @property {bigint} parameters
 * @property {bigint} macs  of a batch
 * @property {bigint} bytes  of a batch's activations
 *
 * @typedef {object} Computed
 * @property {Row[]} rows  up to the first layer that does not fit
 * @property {import("./field_math.js").Field[]} fields  as many
 * @property {import("./builder_faults.js").Fault | null} fault
 * @property {{parameters: bigint, macs: bigint, bytes: bigint}} totals
 */

const product = (numbers) => numbers.reduce((all, n) => all * BigInt(n), 1n);

/** What a layer gives for a shape; where branches meet, `item` is a block. */
function shapeAfter(item, given) {
  switch (item.kind) {
    case "conv": case "max": case "avg": {
      const size = [0, 1].map((a) => conv_output_size(given[1 + a], item.k[a], item.s[a], item.p[a], item.d?.[a] ?? 1));
      return [item.width && item.kind === "conv" ? item.width : given[0], ...size];
    }
    case "gap": return [given[0], 1, 1];
    case "flatten": return [given.reduce((all, n) => all * n, 1)];
    case "linear": return [item.width];
    default: return given;
  }
}

/** Parameters, and multiply-accumulates for one sample. */
function countsOf(item, given, shape) {
  if (item.kind === "conv") {
    const filter = product([given[0] / item.g, ...item.k]);
    const weights = filter * BigInt(item.width);
    return [weights + (item.b ? BigInt(item.width) : 0n), weights * product(shape.slice(1))];
  }
  if (item.kind === "linear") {
    const weights = product([given[0], item.width]);
    return [weights + (item.b ? BigInt(item.width) : 0n), weights];
  }
  return [item.kind?.startsWith("bn") ? 2n * BigInt(given[0]) : 0n, 0n];
}

const seesAll = (item, shape) => ["linear", "gap"].includes(item.kind) || (item.kind === "softmax" && shape.length === 1);

/** The nodes as the receptive fields' arithmetic takes them. */
function sizedOf(nodes, rows) {
  const sizes = [];
  return rows.map(({ shape }, at) => {
    const { name, op, inputs, item } = nodes[at];
    const before = sizes[inputs[0]];
    sizes.push(shape.length === 3 ? shape.slice(1) : before);
    if (op !== "window") return { name, op, inputs };
    if (seesAll(item, shape) && String(before) !== "1,1") {
      sizes[at] = ONE;
      return { name, op: "whole", inputs };
    }
    return { name, op, inputs, ...PLAIN, ...(item.k ? { k: item.k, s: item.s, p: item.p, d: item.d ?? ONE } : {}) };
  });
}

/**
 * @param {import("./field_text.js").Node[]} nodes @param {number[]} input  its shape
 * @param {number} batch
 * @returns {Computed}
 */
export function compute(nodes, input, batch) {
  const rows = [];
  let fault = null;
  const images = BigInt(batch);
  for (const [at, { op, inputs, item }] of nodes.entries()) {
    let [shape, parameters, macs] = [input, 0n, 0n];
    if (op !== "input") {
      const given = inputs.map((place) => rows[place].shape);
      fault = faultOf(nodes, at, given);
      if (fault) break;
      shape = shapeAfter(item, given[0]);
      [parameters, macs] = countsOf(item, given[0], shape);
    }
    const bytes = item?.kind === "flatten" ? 0n : images * BigInt(BYTES) * product(shape); // flatten is a view
    rows.push({ shape, parameters, macs: macs * images, bytes });
  }
  const { fields } = fieldsOf(sizedOf(nodes, rows), input.slice(1));
  const sum = (key) => rows.reduce((all, row) => all + row[key], 0n);
  return { rows, fields, fault, totals: { parameters: sum("parameters"), macs: sum("macs"), bytes: sum("bytes") } };
}

/** What `result()` computes in Python. @param {Computed} computed */
export function valuesOf({ rows, fields, totals }) {
  const values = rows.flatMap(({ shape, parameters, macs, bytes }, at) => {
    const { r, jump, start } = fields[at];
    const seen = [r, r && jump, r && start].flatMap((pair) => pair ?? [-1, -1]);
    return [...shape, -1, -1].slice(0, 3).concat(Number(parameters), Number(macs), Number(bytes), seen);
  });
  return Float64Array.from([...values, ...Object.values(totals).map(Number)]);
}
