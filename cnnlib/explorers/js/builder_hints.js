/** What is legal, and still seldom meant: named at its row, with what would change it. */
import { insertion, removal, setting } from "./builder_faults.js";

/** @typedef {{at: number, text: string, mends: import("./builder_faults.js").Mend[]}} Hint */

const WEIGHTED = ["conv", "linear"];
const STILL_LINEAR = ["bn", "bn1d", "drop", "flatten", "avg", "gap"];
const AXES = [0, 1];

/** The node that another one reads, unless branches meet there or it begins one. */
const before = (nodes, node) => (node.inputs.length === 1 ? nodes[node.inputs[0]] : null);

/** The layer with weights that a layer follows with no nonlinearity between them. */
function linearBefore(nodes, node) {
  let one = before(nodes, node);
  while (one?.op === "window" && STILL_LINEAR.includes(one.item.kind)) one = before(nodes, one);
  return one?.op === "window" && WEIGHTED.includes(one.item.kind) ? one : null;
}

function hintOf(nodes, at, readers) {
  const node = nodes[at];
  const { kind, k, s, p, b, d = [1, 1] } = node.item;
  const next = readers[at].length === 1 ? nodes[readers[at][0]] : null;
  const last = at === nodes.length - 1;
  const previous = before(nodes, node);
  if (kind === "softmax" && node.width === 1) {
    return ["of one value alone, softmax is always 1; a sigmoid makes a probability of it", [setting(node, "Make it a sigmoid", { kind: "sigmoid" })]];
  }
  if (kind === "softmax" && last) {
    return ["nn.CrossEntropyLoss takes the logits and has this softmax in it; with both, training is slow", [removal(node)]];
  }
  if (kind === "softmax") return ["softmax makes shares of 1 here, within the network; between layers a ReLU is usual", [removal(node)]];
  if (kind === "relu" && last && previous.item?.kind === "linear") {
    return ["logits may be negative; after this ReLU they cannot be", [removal(node)]];
  }
  if (kind === "relu" && previous.item?.kind === "relu") return ["a second ReLU changes nothing", [removal(node)]];
  if (kind === "flatten" && previous.vector) return ["this is a vector already", [removal(node)]];
  if (b && next?.item?.kind?.startsWith("bn")) {
    return [`${next.name} subtracts the mean, and this bias with it`, [setting(node, "No bias", { b: false })]];
  }
  if (WEIGHTED.includes(kind)) {
    const first = linearBefore(nodes, node);
    if (first) return [`nothing nonlinear is between ${first.name} and this: together they can do no more than one such layer`, [insertion(node, "Insert ReLU", "relu")]];
  }
  if (k && AXES.some((a) => s[a] > d[a] * (k[a] - 1) + 1) && String(k) !== "1,1") {
    return ["its stride is wider than its kernel: some values are never read", [setting(node, "Stride as the kernel", { s: AXES.map((a) => Math.min(s[a], k[a])) })]];
  }
  if (kind === "conv" && AXES.some((a) => p[a] > d[a] * (k[a] - 1))) {
    const most = AXES.map((a) => Math.min(p[a], Math.floor((d[a] * (k[a] - 1)) / 2)));
    return ["at the border it reads padding alone", [setting(node, "Half the kernel", { p: most })]];
  }
  return null;
}

/**
 * @param {import("./field_text.js").Node[]} nodes
 * @param {import("./builder_math.js").Row[]} rows  of the nodes that can be computed
 * @returns {Hint[]} at most one a layer
 */
export function hintsOf(nodes, rows) {
  const readers = nodes.map(() => []);
  nodes.forEach((node, at) => {
    for (const input of node.inputs) readers[input].push(at);
    node.vector = rows[at]?.shape.length === 1;
    node.width = rows[at]?.shape[0];
  });
  return rows.flatMap((_, at) => {
    const found = nodes[at].op === "window" ? hintOf(nodes, at, readers) : null;
    return found ? [{ at, text: found[0], mends: found[1] }] : [];
  });
}
