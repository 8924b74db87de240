/** What ReceptiveFieldExplorer writes: the recurrences in numbers, the box, and what its colours mean. */
import { h } from "./dom.js";
import { centre } from "./field_math.js";

const MINUS = "\u2212";
const num = (value) => String(value).replace("-", MINUS);
const AXES = [0, 1];
const kernel = (value) => h("span", { class: "cnn-k", text: num(value) });
const result = (value) => h("strong", { class: "cnn-o", text: num(value) });

/** "60 × 60", or "60" for a signal. */
export const by = (pair, axes) => (axes === 1 ? String(pair[1]) : `${pair[0]} × ${pair[1]}`);
/** "(12, 12)", or "12" for a signal. */
export const at = (pair, axes) => (axes === 1 ? num(pair[1]) : `(${num(pair[0])}, ${num(pair[1])})`);

const sub = (letter, which) => h("span", {}, letter, h("sub", { text: which }));
const LAWS = {
  n: () => [sub("n", "out"), " = \u230a(", sub("n", "in"), ` + 2p ${MINUS} d(k ${MINUS} 1) ${MINUS} 1) / s\u230b + 1`],
  j: () => [sub("j", "out"), " = ", sub("j", "in"), " \u00d7 s"],
  r: () => [sub("r", "out"), " = ", sub("r", "in"), ` + d(k ${MINUS} 1) `, sub("j", "in")],
  start: () => [sub("start", "out"), " = ", sub("start", "in"), ` ${MINUS} p `, sub("j", "in")],
};

/** The four recurrences of a layer along one axis, with its numbers. */
function windowLines(node, before, own, a) {
  const [n, k, s, p, d] = [before.n[a], node.k[a], node.s[a], node.p[a], node.d[a]];
  const lines = [["n", [`= \u230a(${num(n)} + 2\u00d7${p} ${MINUS} ${d}\u00d7(`, kernel(k), ` ${MINUS} 1) ${MINUS} 1) / ${s}\u230b + 1 = `, result(own.n[a])]]];
  const [law, then] = [before.laws[a], own.laws[a]];
  if (!law) return [...lines, ["j, r, start", ["units differ since branches of unlike jumps have met"]]];
  lines.push(["j", [`= ${num(law.jump)} \u00d7 ${s} = `, result(then.jump)]]);
  lines.push(["r", [`= ${num(law.r)} + ${d}\u00d7(`, kernel(k), ` ${MINUS} 1)\u00d7${num(law.jump)} = `, result(then.r)]]);
  lines.push(["start", [`= ${num(law.start)} ${MINUS} ${p}\u00d7${num(law.jump)} = `, result(then.start)]]);
  return lines;
}

/** What a branch sees, along an axis. */
const spanOf = (law) => (law ? `${num(law.start)} \u2026 ${num(law.start + law.r - 1)}` : "no one rule");

function mergeLines(node, names, inputs, own, a) {
  const spans = inputs.map(({ laws }, k) => `${names[k]}: ${spanOf(laws[a])}`);
  const law = own.laws[a];
  return [
    ...spans.map((span, k) => [k ? "" : "unit 0, through each branch", [span]]),
    ["all of them: the union", law ? [`${spanOf(law)}, so r = ${num(law.start + law.r - 1)} ${MINUS} ${law.start < 0 ? `(${num(law.start)})` : law.start} + 1 = `, result(law.r)]
      : ["the branches have different jumps, so units see differently much"]],
  ];
}

/**
 * The recurrences of the chosen node in numbers; an axis each where they differ.
 * @returns {Node[]}
 */
export function formulaLines({ nodes, fields, at: place, axes }) {
  const node = nodes[place];
  if (node.op === "input") {
    return [h("p", { class: "cnn-law", text: "The input itself: every unit is one pixel, so j = 1, r = 1 and start = 0." })];
  }
  const inputs = node.inputs.map((input) => fields[input]);
  const own = fields[place];
  const lines = (a) => (node.op === "window" ? windowLines(node, inputs[0], own, a)
    : mergeLines(node, node.inputs.map((input) => nodes[input].name), inputs, own, a));
  const text = (list) => list.map(([, parts]) => parts.map((part) => part.textContent ?? part).join("")).join("\n");
  const shown = axes === 2 && text(lines(0)) !== text(lines(1)) ? [["rows", 0], ["columns", 1]] : [["", 1]];
  const rows = shown.flatMap(([name, a]) => [
    ...(name ? [h("div", { class: "cnn-axis-name", text: name })] : []),
    ...lines(a).map(([letter, parts]) => h("div", { class: "cnn-recurrence" },
      h("span", { class: "cnn-law" }, ...(LAWS[letter]?.() ?? [letter])), h("span", {}, ...parts))),
  ]);
  const wrong = misalignment(nodes, fields, place);
  return wrong ? [...rows, h("p", { class: "cnn-noted", text: wrong })] : rows;
}

/** Which branches do not agree, and in what; or "". */
export function misalignment(nodes, fields, place) {
  const { misaligned } = fields[place];
  if (!misaligned.length) return "";
  const first = nodes[place].inputs[0];
  const tell = (input) => {
    const laws = fields[input].laws.map((law, a) => law ?? fields[input].laws[1 - a]);
    const [jump, mid] = [laws.map((law) => law.jump), laws.map((law) => law.start + (law.r - 1) / 2)];
    const one = (pair) => (pair[0] === pair[1] ? num(pair[0]) : at(pair, 2));
    return `${nodes[input].name} (jump ${one(jump)}, centre ${one(mid)})`;
  };
  return `Misaligned: ${misaligned.map(tell).join(" and ")} ${misaligned.length === 1 ? "does" : "do"} not agree with ${tell(first)}.`;
}

const range = ([low, high]) => `${num(low)} \u2026 ${num(high)}`;
const thousands = (n) => n.toLocaleString("en");

/** What one unit sees, as pairs of a term and its words. @returns {[string, string][]} */
export function facts({ fields, at: place, unit, axes, box, seen, size }) {
  const { jump } = fields[place];
  const sides = AXES.map((a) => box[a][1] - box[a][0] + 1);
  const lines = [["box", by(sides, axes)]];
  if (axes === 2) lines.push(["rows", range(box[0])]);
  lines.push([axes === 2 ? "columns" : "samples", range(box[1])]);
  if (!seen.box) lines.push(["reads", "padding alone"]);
  else {
    const inside = AXES.map((a) => seen.box[a][1] - seen.box[a][0] + 1);
    const area = inside[0] * inside[1];
    const read = seen.count < area ? `${thousands(seen.count)} of its ${thousands(area)}` : "all of it";
    const beyond = AXES.some((a) => box[a][0] < 0 || box[a][1] >= size[a]);
    if (beyond) lines.push(["in the input", by(inside, axes)]);
    lines.push(["reads", read]);
  }
  lines.push(["centre", at(AXES.map((a) => (box[a][0] + box[a][1]) / 2), axes)]);
  if (jump) lines.push(["jump", axes === 1 || jump[0] === jump[1] ? num(jump[1]) : by(jump, 2)]);
  return lines;
}

/** What part one pixel has, in a word or two. */
export function partText({ parts, size, effective }, [row, col]) {
  if (row < 0 || col < 0 || row >= size[0] || col >= size[1]) return "outside";
  const [y, x] = [row - parts.top, col - parts.left];
  const inside = y >= 0 && x >= 0 && y < parts.rows && x < parts.cols;
  const part = inside ? parts.data[y * parts.cols + x] : 0;
  if (!part) return "not read";
  return effective ? `${Number(((100 * part) / parts.total).toPrecision(2))}%` : "read";
}

/** How much the middle counts: the share of the middle half of the box along each axis. */
export function middleShare({ box, parts, axes }) {
  if (!parts.total) return 0;
  const [[top, bottom], [left, right]] = box.map(([low, high]) => {
    const quarter = (high - low + 1) / 4;
    return [low + quarter, high + 1 - quarter];
  });
  const overlap = (place, low, high) => Math.max(0, Math.min(place + 1, high) - Math.max(place, low));
  let sum = 0;
  for (let row = 0; row < parts.rows; row += 1) {
    const down = axes === 1 ? 1 : overlap(row + parts.top, top, bottom);
    if (!down) continue;
    for (let col = 0; col < parts.cols; col += 1) sum += parts.data[row * parts.cols + col] * down * overlap(col + parts.left, left, right);
  }
  return sum / parts.total;
}

/** The state in words. */
export function summarize(now) {
  const { nodes, fields, at: place, unit, axes, size, seen } = now;
  const { n, r, jump, start } = fields[place];
  const what = axes === 1 ? "samples" : "pixels";
  const each = r ? `Each sees a box of ${by(r, axes)} ${what}` : `They see differently many ${what}, since branches of unlike jumps have met`;
  const step = jump ? `, ${axes === 1 || jump[0] === jump[1] ? num(jump[1]) : by(jump, 2)} further on than that of the unit before` : "";
  const first = start ? `; the box of unit 0 is centred on ${at(AXES.map((a) => centre(fields[place], a)), axes)}` : "";
  const wrong = misalignment(nodes, fields, place);
  return `${nodes[place].name} has ${by(n, axes)} units over an input of ${by(size, axes)}. ${each}${step}${first}. ` +
    `Unit ${at(unit, axes)} reads ${thousands(seen.count)} ${what} of the input.${wrong ? ` ${wrong}` : ""}`;
}
