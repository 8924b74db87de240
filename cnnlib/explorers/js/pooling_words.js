/** PoolingExplorer in words: the arithmetic of a cell, the size's formula, the state. */
import { h } from "./dom.js";
import { label, plain, size } from "./format.js";
import { cellsOf, has, isGlobal, isMax, KINDS, readers, settingsOf } from "./pooling_math.js";
import { gaussian_weights } from "./pool_ops.js";

const WRITTEN = 64; // values of a window that are written out, at most
const MINUS = "\u2212";

const as = (hue, text) => h("span", { class: `cnn-${hue}`, text });
const many = (n, noun) => `${n.toLocaleString("en")} ${n === 1 ? noun : `${noun}s`}`;
const joined = (nodes, between) => nodes.flatMap((node, k) => (k ? [between, ...node] : node));
const number = ({ value, where }, text = plain(value)) =>
  h("span", { class: where === "map" ? "cnn-i" : "cnn-i cnn-pad", text });

/** The name of what is pooled: `input`, or what ReLU made of it. */
const mapName = (state) => (state.relu ? "relu" : "input");

function maximum(state, cells, winner, w) {
  const [y, x] = [Math.floor(winner / w), winner % w];
  const best = cells.find((cell) => cell.y === y && cell.x === x);
  const ties = cells.filter(({ where, value }) => where === "map" && value === best.value).length;
  const listed = cells.filter(({ where }) => where !== "beyond");
  const values = listed.length > WRITTEN ? [`of ${many(listed.length, "value")}`]
    : ["(", ...joined(listed.map((cell) => [cell.where === "padding" ? number(cell, `${MINUS}\u221e`)
      : cell === best ? h("strong", { class: "cnn-i cnn-won", text: plain(cell.value) }) : number(cell)]), ", "), ")"];
  const tie = ties > 1 ? `, the first of ${ties} equal ones` : "";
  return [listed.length > WRITTEN ? "largest " : "max", ...values, "; won by ", as("i", `${mapName(state)}[${y}, ${x}]`), tie];
}

function average(state, cells) {
  const counted = cells.filter(({ where }) => where === "map" || (where === "padding" && state.count_include_pad));
  const total = counted.reduce((sum, { value }) => sum + value, 0);
  const zeros = counted.filter(({ where }) => where === "padding").length;
  const sum = counted.length > WRITTEN ? [`sum of ${many(counted.length, "value")}`]
    : ["(", ...joined(counted.map((cell) => [number(cell)]), " + "), ")"];
  const left = cells.length - counted.length;
  return [...sum, ` / ${counted.length} = ${plain(total)} / ${counted.length}`,
    zeros ? `; ${many(zeros, "zero")} of the padding counted` : "",
    left ? `; ${left} of the window's ${cells.length} not counted` : ""];
}

function norm(cells) {
  const inside = cells.filter(({ where }) => where === "map");
  const total = inside.reduce((sum, { value }) => sum + value * value, 0);
  const squares = joined(inside.map((cell) =>
    [number(cell, cell.value < 0 ? `(${plain(cell.value)})` : plain(cell.value)), "\u00b2"]), " + ");
  if (inside.length === cells.length) return ["\u221a(", ...squares, `) = \u221a${plain(total)}`];
  const scaled = plain((total / inside.length) * cells.length);
  return ["\u221a((", ...squares, `)\u00d7${cells.length}/${inside.length}) = \u221a${scaled}`,
    `; a partial window counts as if its mean square filled all ${cells.length}`];
}

function weighted(state, cells) {
  const { data } = gaussian_weights(state.kernel_size, state.sigma);
  return joined(cells.map((cell, k) => [as("k", plain(data[k])), "\u00d7", number(cell)]), " + ");
}

/** How one output cell comes about. */
export function arithmetic(state, answer, row, col) {
  const cells = cellsOf(state, answer, row, col);
  const cols = answer.output.shape[1];
  const value = plain(answer.output.data[row * cols + col]);
  const name = h("span", { class: "cnn-o", text: `output[${row}, ${col}]` });
  const result = h("strong", { class: "cnn-o", text: value });
  if (isMax(state.kind)) {
    const how = maximum(state, cells, answer.winners[row * cols + col], answer.map.shape[1]);
    const end = how.indexOf("; won by ");
    return [name, " = ", ...how.slice(0, end), " = ", result, ...how.slice(end)];
  }
  if (state.kind === "l2") return split(name, norm(cells), result, 1);
  if (state.kind === "gaussian") return [name, " = ", ...weighted(state, cells), " = ", result];
  return split(name, average(state, cells), result, 2);
}

/** The result stands before the remarks, which are the last `notes` parts that start with ";". */
function split(name, how, result, notes) {
  const at = how.findIndex((part, k) => k >= how.length - notes && typeof part === "string" && part.startsWith(";"));
  const end = at < 0 ? how.length : at;
  return [name, " = ", ...how.slice(0, end), " = ", result, ...how.slice(end)];
}

/** Which outputs read one cell of the map, and where it wins. */
export function readLine(state, answer, y, x) {
  const places = readers(answer, y, x);
  const [w, cols] = [answer.map.shape[1], answer.output.shape[1]];
  const name = as("i", `${mapName(state)}[${y}, ${x}]`);
  const value = plain(answer.map.data[y * w + x]);
  if (!places.length) return [name, ` = ${value} is in no window: nothing of it goes on`];
  const list = places.length > 9 ? many(places.length, "output")
    : joined(places.map(([i, j]) => [as("o", `output[${i}, ${j}]`)]), ", ");
  const text = [name, ` = ${value} is in ${places.length === 1 ? "the window" : `the ${places.length} windows`} of `, ...[list].flat()];
  if (!answer.winners) return text;
  const won = places.filter(([i, j]) => answer.winners[i * cols + j] === y * w + x).length;
  if (places.length === 1) return [...text, won ? "; it wins there" : "; another value wins there"];
  return [...text, won === places.length ? "; it wins in all of them" : won ? `; it wins in ${won} of them` : "; it wins in none"];
}

/** One axis' formula with its numbers, and what the rounding leaves. */
function axisLine(name, { n, k, s, p, d, ceil }, out) {
  const over = n + 2 * p - d * (k - 1) - 1;
  const [open, close] = ceil ? ["\u2308", "\u2309"] : ["\u230a", "\u230b"];
  const count = (ceil ? Math.ceil : Math.floor)(over / s) + 1;
  const text = [h("span", { class: "cnn-axis-name", text: name }), ` ${open}(`, as("i", n), ` + 2\u00d7${p} ${MINUS} ${d}\u00d7(`, as("k", k),
    ` ${MINUS} 1) ${MINUS} 1) / ${s}${close} + 1 = ${open}${String(over).replace("-", MINUS)} / ${s}${close} + 1 = `, h("strong", { class: "cnn-o", text: out })];
  return count === out ? text : [...text, `, not ${count}: window ${count} would start in the padding after the map, and is left out`];
}

/** What lies beyond the last window, or the last window beyond the map. */
function restLine({ n, k, s, p, d, ceil }, out, nouns) {
  const end = (out - 1) * s - p + d * (k - 1) + 1; // where the last window ends
  const [left, over] = [Math.min(n - end, n), end - n - p];
  const what = (count) => nouns.map((noun) => (count === 1 ? `the last ${noun}` : `the last ${count} ${noun}s`)).join(" and ");
  const are = (count) => (count === 1 && nouns.length === 1 ? "is" : "are");
  if (over > 0) return `The last window is partial: ${over} of its ${nouns.map((noun) => `${k} ${noun}s`).join(", and of its ")}, ${over === 1 ? "lies" : "lie"} beyond the ${p ? "padding" : "map"}.`;
  if (left > 0) return `${what(left)[0].toUpperCase()}${what(left).slice(1)} ${are(left)} in no window${ceil ? "" : "; ceil_mode would add a partial one"}.`;
  return "";
}

/** The output's size, with its formula and its numbers; axes that are alike share a line. */
export function sizeLines(state, answer) {
  const [rows, cols] = answer.output.shape;
  const { sizes, kernel, stride, padding: p, dilation: d, ceil } = settingsOf(state);
  if (isGlobal(state.kind)) {
    return [h("p", {}, h("span", { class: "cnn-axis-name", text: "Output" }), " one value for the whole map, whatever its size: ",
      h("strong", { class: "cnn-o", text: size(rows, cols) }))];
  }
  const axis = (at) => ({ n: sizes[at], k: kernel[at], s: stride[at], p, d, ceil });
  const square = sizes[0] === sizes[1];
  const parts = square ? [["Height and width", 0, ["row", "column"]]] : [["Height", 0, ["row"]], ["Width", 1, ["column"]]];
  const [open, close] = ceil ? ["\u2308", "\u2309"] : ["\u230a", "\u230b"];
  const law = h("p", { class: "cnn-law" }, `output = ${open}(`, as("i", "n"), ` + 2p ${MINUS} d(`, as("k", "k"), ` ${MINUS} 1) ${MINUS} 1) / s${close} + 1`);
  return [law, ...parts.flatMap(([name, at, nouns]) => {
    const rest = restLine(axis(at), answer.output.shape[at], nouns);
    return [h("p", {}, ...axisLine(name, axis(at), answer.output.shape[at])),
      ...(rest ? [h("p", { class: "cnn-rest cnn-noted", text: rest })] : [])];
  })];
}

/** The state in words. */
export function summarize(state, answer, row, col) {
  const { sizes, kernel, stride, padding, dilation } = settingsOf(state);
  const [name] = KINDS[state.kind];
  const how = isGlobal(state.kind) ? "" : `, window ${size(...kernel)}, stride ${stride[0]}` +
    (has(state.kind, "padding") ? `, padding ${padding}` : "") + (has(state.kind, "dilation") ? `, dilation ${dilation}` : "") +
    (has(state.kind, "sigma") ? `, sigma ${state.sigma}` : "");
  const place = row * answer.output.shape[1] + col;
  const [winner, w] = [answer.winners?.[place], answer.map.shape[1]];
  const value = label(answer.output.data[place]) +
    (answer.winners ? `, won by row ${Math.floor(winner / w) + 1}, column ${(winner % w) + 1} of the map` : "");
  return `${name[0].toUpperCase()}${name.slice(1)} pooling of a ${size(...sizes)} map${state.relu ? " after ReLU" : ""}${how}. ` +
    `Output ${size(...answer.output.shape)}; row ${row + 1}, column ${col + 1} is ${value}.`;
}
