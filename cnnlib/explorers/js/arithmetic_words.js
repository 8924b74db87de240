/** What ArithmeticExplorer writes: the size formula in numbers, what is left over, who reads what. */
import { h } from "./dom.js";
import { axesOf, counts, output_size, remainder, steps, taps } from "./arithmetic_size.js";

const MINUS = "\u2212";
const whole = (value) => String(value).replace("-", MINUS);
const many = (n, noun) => `${n} ${n === 1 ? noun : `${noun}s`}`;
const i = (text) => h("span", { class: "cnn-i", text });
const k = (text) => h("span", { class: "cnn-k", text });
const o = (text) => h("strong", { class: "cnn-o", text });

/** What the parts of an axis are called. */
export function nounOf(state, at) {
  if (state.axes === 1) return "cell";
  return at === 0 ? "row" : "column";
}

/** "5 by 7", or "of 7" for a signal. */
export function sizeText(state, [rows, cols]) {
  return state.axes === 1 ? `of ${cols}` : `${rows} by ${cols}`;
}

/** The formula in letters. */
function law(transposed) {
  return transposed
    ? h("span", {}, `output = (`, i("n"), ` ${MINUS} 1)s ${MINUS} 2p + d(`, k("k"), ` ${MINUS} 1) + a + 1`)
    : h("span", {}, `output = \u230a(`, i("n"), ` + 2p ${MINUS} d(`, k("k"), ` ${MINUS} 1) ${MINUS} 1) / s\u230b + 1`);
}

/** The formula in numbers. @param {import("./arithmetic_size.js").Axis} axis */
function numbers(axis) {
  const { n, s, p, d, a } = axis;
  const size = output_size(axis);
  if (axis.transposed) {
    return h("span", {}, "(", i(n), ` ${MINUS} 1)\u00d7${s} ${MINUS} 2\u00d7${p} + ${d}\u00d7(`, k(axis.k),
      ` ${MINUS} 1) + ${a} + 1 = `, o(size));
  }
  const steps = n + 2 * p - d * (axis.k - 1) - 1;
  return h("span", {}, "\u230a(", i(n), ` + 2\u00d7${p} ${MINUS} ${d}\u00d7(`, k(axis.k), ` ${MINUS} 1) ${MINUS} 1) / ${s}\u230b + 1 = ` +
    `\u230a${steps} / ${s}\u230b + 1 = ${Math.floor(steps / s)} + 1 = `, o(size));
}

/** "the last row", "the last 2 columns"; both where the axes are alike. @param {string[]} nouns */
function last(nouns, n) {
  return nouns.map((noun) => (n === 1 ? `the last ${noun}` : `the last ${n} ${noun}s`)).join(" and ");
}

/** "1 row", "2 rows and 2 columns" */
const each = (nouns, n) => nouns.map((noun) => many(n, noun)).join(" and ");

/** What is left over at the far end, and between the taps. */
function restOf(axis, nouns) {
  const left = remainder(axis);
  const unread = counts(axis).used.flatMap((count, place) => (count ? [] : [place]));
  const atEnd = unread.filter((place) => place >= axis.n + axis.p - left).length;
  const between = unread.length - atEnd;
  const over = axis.n + 2 * axis.p - axis.d * (axis.k - 1) - 1;
  const are = (n) => (n === 1 && nouns.length === 1 ? "is" : "are");
  const parts = [];
  if (left) {
    const what = !atEnd ? "padding alone" : atEnd === left ? "all input" : `${each(nouns, atEnd)} of it input`;
    parts.push(`${over} / ${axis.s} leaves ${left}: ${last(nouns, left)} ${are(left)} never reached, ${what}.`);
  } else if (axis.s === 1) parts.push("A stride of 1 leaves nothing over at the end.");
  else parts.push(`${over} / ${axis.s} is exact: nothing is left over at the end.`);
  if (between) {
    parts.push(`${each(nouns, between)} of the input ${are(between)} never read: the taps step over ` +
      `${between === 1 && nouns.length === 1 ? "it" : "them"}.`);
  }
  return { text: parts.join(" "), noted: unread.length > 0 || left > 0 };
}

/** What a convolution makes of the output of a transposed one, and what output padding decides. */
function backOf(axis, nouns) {
  const size = output_size(axis);
  const { n, s, a } = axis;
  const back = n + Math.floor(a / s);
  const least = size - a;
  const alike = Array.from({ length: s }, (_, extra) => least + extra).filter((value) => value > 0);
  const empty = counts(axis).reads.filter((count) => count === 0).length;
  const parts = [];
  if (back !== n) {
    parts.push(`A convolution with these settings makes ${back} of ${size}, not ${n} again: ` +
      `output padding ${a} is no less than the stride.`);
  } else if (alike.length > 1) {
    const most = alike.pop();
    parts.push(`A convolution with these settings makes ${n} of ${alike.join(", ")} and ${most} alike; ` +
      `output padding ${a} chooses ${size}.`);
  } else parts.push(`A convolution with these settings makes ${n} of ${size} again.`);
  if (empty) parts.push(`Nothing is added to ${each(nouns, empty)} of the output.`);
  return { text: parts.join(" "), noted: empty > 0 || back !== n };
}

/** The formula and what it leaves, an axis a line; axes that are alike share one. */
export function sizeLines(state) {
  const axes = axesOf(state);
  const alike = JSON.stringify(axes[0]) === JSON.stringify(axes[1]);
  const lines = state.axes === 1 ? [["Length", 1]] : alike ? [["Height and width", 1]] : [["Height", 0], ["Width", 1]];
  const shown = [h("p", { class: "cnn-law" }, law(state.transposed))];
  for (const [name, at] of lines) {
    const nouns = alike && state.axes === 2 ? ["row", "column"] : [nounOf(state, at)];
    const { text, noted } = (state.transposed ? backOf : restOf)(axes[at], nouns);
    shown.push(
      h("p", {}, h("span", { class: "cnn-axis-name", text: name }), " ", numbers(axes[at])),
      h("p", { class: noted ? "cnn-rest cnn-noted" : "cnn-rest", text }));
  }
  return shown;
}

/** The cells that belong to one cell of an end: rows, columns, and how many lie outside. */
export function linked(state, end, place) {
  const axes = axesOf(state);
  const short = (end === "output") !== state.transposed; // whether a window starts from this end
  const [rows, cols] = axes.map((axis, at) => (short ? taps(axis, place[at]) : steps(axis, place[at])));
  const size = axes.map((axis) => (end === "output" ? axis.n : output_size(axis)));
  const outside = (list, at) => list.filter((index) => index < 0 || index >= size[at]).length;
  const inside = (rows.length - outside(rows, 0)) * (cols.length - outside(cols, 1));
  const places = rows.flatMap((row) => cols.map((col) => [row, col]));
  return { rows, cols, places, outside: places.length - inside, short };
}

/** Which cells belong to the one pointed at, and by what sum. */
export function pointText(state, end, place) {
  const { rows, cols, places, outside, short } = linked(state, end, place);
  const own = end === "output" ? o : (text) => h("strong", { class: "cnn-i", text });
  const far = end === "output" ? i : (text) => h("span", { class: "cnn-o", text });
  const name = state.axes === 1 ? `${end}[${place[1]}]` : `${end}[${place[0]}, ${place[1]}]`;
  const other = end === "output" ? "input" : "output";
  const verb = end === "output" ? (state.transposed ? "sums" : "reads") : (state.transposed ? "adds to" : "is used by");
  const list = (values) => (values.length ? `{${values.map(whole).join(", ")}}` : "none");
  const axes = axesOf(state);
  const sum = (at) => {
    const { s, p, d, k: size } = axes[at];
    const offsets = Array.from({ length: size }, (_, index) => index * d).join(", ");
    return `${place[at]}\u00d7${s}${p ? ` ${MINUS} ${p}` : ""} + {${offsets}} = `;
  };
  const part = (at, noun, values) => [`${noun}s `, ...(short ? [sum(at)] : []), far(list(values))];
  const text = [own(name), ` ${verb} `];
  if (!places.length) return [...text, `no ${other}`];
  if (state.axes === 1) text.push(`${other} `, ...part(1, "cell", cols));
  else text.push(`${other} `, ...part(0, "row", rows), " and ", ...part(1, "column", cols));
  text.push(`: ${many(places.length, "cell")}`);
  const gone = end === "input" ? "cropped" : "padding";
  if (outside) text.push(`, of which ${outside} ${outside === 1 ? "is" : "are"} ${gone}`);
  return text;
}

/** The state in words. */
export function summarize(state, used, reads) {
  const axes = axesOf(state);
  const list = [["stride", "s"], ["padding", "p"], ["dilation", "d"], ...(state.transposed ? [["output padding", "a"]] : [])];
  const settings = list.map(([name, letter]) => {
    const [down, across] = axes.map((axis) => axis[letter]);
    return `${name} ${state.axes === 1 || down === across ? across : `${down} down and ${across} across`}`;
  });
  const span = (values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return low === high ? String(low) : `${low} to ${high}`;
  };
  const of = (letter) => sizeText(state, axes.map((axis) => axis[letter]));
  return `${state.transposed ? "Transposed convolution" : "Convolution"}: input ${of("n")}, kernel ${of("k")}, ` +
    `${settings.join(", ")}. Output ${sizeText(state, axes.map(output_size))}. ` +
    `Each input has a part in ${span(used)} outputs, each output in ${span(reads)} inputs.`;
}
