/** What NetworkBuilder writes: what layers do, the sums behind a row, the state in words. */
import { by } from "./builder_faults.js";
import { KINDS } from "./builder_text.js";
import { sizeText } from "./field_edit.js";
import { digits, memory } from "./layer_counts.js";

const MINUS = "\u2212";
const TIMES = "\u00d7";
const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
const window2 = ([rows, cols]) => `${rows}${TIMES}${cols}`;

/** What a layer does, in a few letters; in `full`, whether it has a bias too. */
export function doesText({ op, item, inputs }, nodes, full = false) {
  if (op === "input") return "";
  if (op === "merge") return `adds ${inputs.map((input) => nodes[input].name.split(".").at(-1)).join(" + ")}`;
  const { kind, width, k, s, p, d, g, b } = item;
  const pool = kind === "max" || kind === "avg";
  const usual = pool ? k : [1, 1];
  const parts = [
    { max: "max", avg: "mean" }[kind], kind === "conv" ? `${width} of` : "", k && window2(k),
    s && String(s) !== String(usual) ? `s${sizeText(s)}` : "", p && String(p) !== "0,0" ? `p${sizeText(p)}` : "",
    d && String(d) !== "1,1" ? `d${sizeText(d)}` : "", g > 1 ? `g${g}` : "",
    kind === "linear" ? plural(width, "feature") : "", kind === "drop" ? `${width}%` : "", kind === "gap" ? "mean of a map" : "",
    kind === "bn1d" ? "of vectors" : "", full && b === false ? "no bias" : "",
  ];
  return parts.filter(Boolean).join(" ");
}

/** "5", "5×3"; a dash where units have no number in common. */
export const pairText = (pair) => (pair ? sizeText(pair).replaceAll("-", MINUS) : "\u2013");

/** Bytes for a cell. */
export const memoryText = (bytes) => (bytes === 0n ? "0" : memory(bytes));

/** The sums of a layer's numbers. @returns {[string, string][]} */
export function sums(node, given, row, batch) {
  const { item } = node;
  if (!item || item.branches) return [];
  const images = batch === 1 ? "" : ` ${TIMES} ${batch}`;
  const lines = [];
  if (item.k) {
    const one = (a) => {
      const dilated = item.d?.[a] > 1 ? `${item.d[a]}${TIMES}(${item.k[a]} ${MINUS} 1) ${MINUS} 1` : String(item.k[a]);
      return `\u230a(${given[1 + a]} + 2${TIMES}${item.p[a]} ${MINUS} ${dilated}) / ${item.s[a]}\u230b + 1 = ${row.shape[1 + a]}`;
    };
    const [rows, cols] = [one(0), one(1)];
    lines.push(rows === cols ? ["size", rows] : ["size", `${rows}, ${cols}`]);
  }
  if (item.kind === "conv") {
    const inside = item.g > 1 ? `(${given[0]} / ${item.g})` : given[0];
    const weights = `${item.width} ${TIMES} ${inside} ${TIMES} ${item.k.join(` ${TIMES} `)}`;
    lines.push(["parameters", `${weights}${item.b ? ` + ${item.width}` : ""} = ${digits(row.parameters)}`]);
    lines.push(["MACs", `${weights} ${TIMES} ${row.shape.slice(1).join(` ${TIMES} `)}${images} = ${digits(row.macs)}`]);
  } else if (item.kind === "linear") {
    const weights = `${given[0].toLocaleString("en")} ${TIMES} ${item.width}`;
    lines.push(["parameters", `${weights}${item.b ? ` + ${item.width}` : ""} = ${digits(row.parameters)}`]);
    lines.push(["MACs", `${weights}${images} = ${digits(row.macs)}`]);
  } else if (row.parameters) {
    lines.push(["parameters", `2 ${TIMES} ${given[0]} = ${digits(row.parameters)}, a scale and a shift a channel`]);
  }
  const bytes = `4 ${TIMES} ${row.shape.join(` ${TIMES} `)}${images} = ${digits(row.bytes)} bytes`;
  lines.push(["memory", item.kind === "flatten" ? "none of its own: the same numbers, in a row" : bytes]);
  return lines;
}

/** A layer in words, for the summary. */
export function layerText(node, row, field) {
  const what = node.op === "input" ? "the input" : node.op === "merge" ? `${node.name}, where branches are added,` : `${node.name} (${KINDS[node.item.kind][0]}${doesText(node, [], true) ? `, ${doesText(node, [], true)}` : ""})`;
  const sees = field.r ? `; a unit sees ${pairText(field.r)} pixels` : "";
  const costs = node.op === "window" ? `, with ${plural(Number(row.parameters), "parameter")} and ${digits(row.macs)} MACs` : "";
  return `Chosen: ${what}, gives ${by(row.shape)}${costs}${sees}.`;
}

/** The state in words. */
export function summarize({ nodes, rows, fields, totals, at, batch, hints }) {
  const images = batch === 1 ? "" : ` for ${batch} images`;
  const noted = hints.length ? ` ${plural(hints.length, "hint")}: ${hints.map((hint) => nodes[hint.at].name).join(", ")}.` : "";
  return `${plural(nodes.length - 1, "layer")} on an input of ${by(rows[0].shape)} give ${by(rows.at(-1).shape)}: ` +
    `${digits(totals.parameters)} parameters, ${digits(totals.macs)} MACs and ${memory(totals.bytes)} of activations${images}. ` +
    `${layerText(nodes[at], rows[at], fields[at])}${noted}`;
}
