/**
 * Reads a call such as `nn.Conv2d(3, 10, 2, 2)` as Python and torch would, and says what is wrong
 * with one that they, or the explorer, would refuse.
 */

/** The arguments in torch's order. `least` and `most` are what the explorer holds. */
export const ARGUMENTS = [
  { name: "in_channels", least: 1, most: 4096 },
  { name: "out_channels", least: 1, most: 4096 },
  { name: "kernel_size", least: 1, most: 11, size: true },
  { name: "stride", least: 1, most: 8, size: true, usual: 1 },
  { name: "padding", least: 0, most: 64, size: true, usual: 0, words: ["same", "valid"] },
  { name: "dilation", least: 1, most: 8, size: true, usual: 1 },
  { name: "groups", least: 1, most: 4096, usual: 1 },
  { name: "bias", usual: true },
];
const NAMES = [...ARGUMENTS.map(({ name }) => name), "padding_mode", "device", "dtype"];
const NEARLY = {
  kernel: "kernel_size", k: "kernel_size", filter_size: "kernel_size", strides: "stride",
  pad: "padding", dilations: "dilation", dilation_rate: "dilation", group: "groups", use_bias: "bias",
  filters: "out_channels", channels: "in_channels", input_channels: "in_channels", output_channels: "out_channels",
  in_features: "in_channels", out_features: "out_channels",
};
const PYTHON = { true: "True", false: "False", none: "None" };
const MOST_TEXT = 500; // characters of a call
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"];

/** Rows and columns of a size that is one number or two. @returns {[number, number]} */
export const pair = (size) => (Array.isArray(size) ? size : [size, size]);

/** Which place an argument has: "fourth". @param {number} index */
export const ordinal = (index) => ORDINALS[index];

const TOKEN = /\s*(?:([+-]?(?:\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+))|('[^']*'|"[^"]*")|([A-Za-z_][\w.]*)|(.))/gy;

function tokens(text) {
  const found = [];
  for (const [, number, string, name, sign] of text.trim().matchAll(TOKEN)) {
    if (number) found.push({ kind: "number", text: number });
    else if (string) found.push({ kind: "string", text: string, value: string.slice(1, -1) });
    else if (name) found.push({ kind: "name", text: name });
    else found.push({ kind: sign, text: sign });
  }
  return found;
}

/** @returns {any} a number, string, true, false, null, or a list of these */
function readValue(queue) {
  const token = queue.shift();
  if (!token) throw new Error("the call stops in the middle: a value or a bracket is missing");
  const next = queue[0];
  if (next && !")],=".includes(next.kind)) {
    if (token.kind !== "(" && token.kind !== "[") {
      throw new Error(`after ${token.text} comes ${next.text}: put a comma between arguments, and write each as a plain value`);
    }
  }
  if (token.kind === "number") return wholeNumber(token.text);
  if (token.kind === "string") return token.value;
  if (token.text === "True" || token.text === "False") return token.text === "True";
  if (token.text === "None") return null;
  if (token.kind === "name") {
    const python = Object.hasOwn(PYTHON, token.text);
    if (python) throw new Error(`${token.text} is no word of Python; write ${PYTHON[token.text]}`);
    const quoted = ["same", "valid"].includes(token.text) ? `; write '${token.text}', in quotes` : "; write the number";
    throw new Error(`${token.text} is a name, and what it stands for is not known here${quoted}`);
  }
  if (token.kind !== "(" && token.kind !== "[") throw new Error(`${token.text} stands where a value should`);
  const close = token.kind === "(" ? ")" : "]";
  const items = [];
  let comma = false;
  while (queue.length && queue[0].kind !== close) {
    items.push(readValue(queue));
    if (queue[0]?.kind !== ",") break;
    comma = true;
    queue.shift();
  }
  if (queue.shift()?.kind !== close) throw new Error(`a bracket ${token.kind} is never closed`);
  return close === ")" && items.length === 1 && !comma ? items[0] : items;
}

function wholeNumber(text) {
  if (!/^[+-]?\d+(_\d+)*$/.test(text)) {
    throw new Error(`${text} is not a whole number; torch takes whole numbers alone, without a point`);
  }
  if (/^[+-]?0[\d_]*[1-9]/.test(text)) throw new Error(`${text} begins with a zero, which Python does not allow`);
  return Number(text.replaceAll("_", ""));
}

/** The arguments as they are written: a name, unless given by position, and a value. */
function readArguments(text) {
  const head = /^\s*(?:[A-Za-z_][\w.]*\s*=\s*)?([A-Za-z_][\w.]*)\s*\(/.exec(text);
  if (!head) throw new Error("write a call, such as nn.Conv2d(3, 10, 2, 2)");
  const layer = head[1].replace(/^torch\./, "").replace(/^nn\./, "");
  if (/^(F|functional)\.conv2d$/.test(layer)) {
    throw new Error("F.conv2d is the function: it takes tensors, conv2d(input, weight, bias, stride, …); this reads the layer, nn.Conv2d");
  }
  if (layer.toLowerCase() === "conv2d" && layer !== "Conv2d") {
    throw new Error(`Python tells capitals from small letters: write nn.Conv2d, not ${head[1]}`);
  }
  if (layer !== "Conv2d") throw new Error(`this reads nn.Conv2d; ${head[1]} is something else`);
  const queue = tokens(text.slice(head[0].length));
  const given = [];
  while (queue.length && queue[0].kind !== ")") {
    const keyword = queue[0].kind === "name" && queue[1]?.kind === "=" ? queue.shift().text : null;
    if (keyword) queue.shift();
    if (!queue.length || ",)".includes(queue[0].kind)) {
      throw new Error(keyword ? `${keyword}= has no value` : "there is a comma too many");
    }
    given.push({ keyword, value: readValue(queue) });
    if (queue[0]?.kind === "=") throw new Error("an = without a keyword before it");
    if (queue[0]?.kind !== ",") break;
    queue.shift();
  }
  if (queue.shift()?.kind !== ")") throw new Error("the closing bracket is missing");
  if (queue.length) throw new Error(`after the call comes ${queue[0].text}; write one call alone`);
  return given;
}

/** Values by name, as Python would bind them. */
function bind(given) {
  const bound = [];
  for (const [index, { keyword, value }] of given.entries()) {
    const after = given.slice(0, index).find((one) => one.keyword);
    if (!keyword && after) {
      throw new Error(`${show(value)} has no keyword but comes after ${after.keyword}=, which Python does not allow`);
    }
    const name = keyword ?? NAMES[index];
    if (!name) throw new Error(`there are ${given.length} arguments; Conv2d has ${NAMES.length}`);
    if (!NAMES.includes(name)) {
      const small = name.toLowerCase();
      const meant = Object.hasOwn(NEARLY, small) ? NEARLY[small] : NAMES.find((one) => one === small);
      throw new Error(`Conv2d has no argument ${name}${meant ? `; it is called ${meant}` : `; it has ${NAMES.join(", ")}`}`);
    }
    if (bound.some((one) => one.name === name)) {
      const place = NAMES.indexOf(name);
      throw new Error(given[place]?.keyword ? `${name} is given twice`
        : `${name} is given twice: the ${ordinal(place)} argument is ${name} already`);
    }
    bound.push({ name, value, position: keyword ? null : index });
  }
  const missing = ARGUMENTS.filter((one) => !("usual" in one) && !bound.some(({ name }) => name === one.name));
  if (missing.length) {
    const names = missing.map(({ name }) => name).join(" and ");
    throw new Error(`${names} ${missing.length > 1 ? "are" : "is"} missing: Conv2d needs in_channels, out_channels and kernel_size`);
  }
  return bound;
}

/** A value as Python writes it. */
export function show(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  return Array.isArray(value) ? `(${value.map(show).join(", ")}${value.length === 1 ? "," : ""})` : String(value);
}

/** A bound value as a setting; throws where torch, or the explorer, would not take it. */
function setting({ name, least, most, size, words = [] }, value) {
  if (name === "bias") return Array.isArray(value) ? value.length > 0 : Boolean(value);
  const legal = size ? "a whole number or a pair of them" : "a whole number";
  const quoted = words.length ? `, or ${words.map(show).join(" or ")}` : "";
  if (words.includes(value)) return value;
  if (typeof value === "string") throw new Error(`${name} is ${show(value)}; it takes ${legal}${quoted}`);
  let parts = Array.isArray(value) ? value : [value];
  const one = name === "kernel_size" ? 2 : 1; // torch spreads (2,) over both axes, but for the kernel
  const counts = size && Array.isArray(value) ? [one, 2] : [1];
  if ((Array.isArray(value) && !size) || !counts.includes(parts.length)) {
    throw new Error(`${name} is ${show(value)}; it takes ${legal}${size ? ": rows, then columns" : ""}`);
  }
  for (const part of parts) {
    if (typeof part === "boolean") throw new Error(`${name} is ${show(part)}, a truth value; write a whole number`);
    if (typeof part !== "number") throw new Error(`${name} is ${show(value)}; it takes ${legal}${quoted}`);
    if (part < least) throw new Error(`${name} is ${show(value)}; it must be at least ${least}`);
    if (part > most) throw new Error(`${name} is ${show(value)}: torch would take it, but this explorer ends at ${most}`);
  }
  if (parts.length === 1) parts = [parts[0], parts[0]];
  return parts[0] === parts[1] ? parts[0] : parts;
}

/**
 * @param {string} text
 * @returns {{settings: Record<string, any>, given: {name: string, value: any, position: number | null}[]}}
 * @throws {Error} that says what is wrong
 */
export function parseCall(text) {
  if (text.length > MOST_TEXT) throw new Error(`${text.length} characters are too many; at most ${MOST_TEXT} are read`);
  const given = bind(readArguments(text));
  const settings = {};
  for (const argument of ARGUMENTS) {
    const found = given.find(({ name }) => name === argument.name);
    settings[argument.name] = found ? setting(argument, found.value) : argument.usual;
  }
  for (const { name, value } of given.slice().filter((one) => NAMES.indexOf(one.name) >= ARGUMENTS.length)) {
    const plainly = name === "padding_mode" ? "zeros" : null;
    if (value === plainly) continue;
    if (name === "padding_mode" && !["reflect", "replicate", "circular"].includes(value)) {
      throw new Error(`padding_mode is ${show(value)}; torch has 'zeros', 'reflect', 'replicate' and 'circular'`);
    }
    throw new Error(`${name}=${show(value)} is not drawn here; leave it out, the shape and the cost are the same`);
  }
  return { settings, given };
}

/**
 * What keeps settings from going together; empty where nothing does.
 * @param {Record<string, any>} state with `height` and `width` of the input
 */
export function problemOf({ in_channels, out_channels, groups, kernel_size, stride, padding, dilation, height, width }) {
  for (const [name, count] of [["in_channels", in_channels], ["out_channels", out_channels]]) {
    if (count % groups) return `groups = ${groups} does not divide ${name} = ${count}: each group needs an equal share of channels and filters`;
  }
  if (padding === "same" && pair(stride).some((s) => s !== 1)) {
    return `padding = 'same' needs stride 1, and the stride is ${show(stride)}: an output of the input's size leaves no room for steps`;
  }
  if (padding === "same") return "";
  const pads = pair(padding === "valid" ? 0 : padding);
  const [spans, room] = [
    pair(kernel_size).map((k, axis) => pair(dilation)[axis] * (k - 1) + 1),
    [height, width].map((n, axis) => n + 2 * pads[axis]),
  ];
  if (spans.every((span, axis) => span <= room[axis])) return "";
  return `a kernel spanning ${spans.join(" by ")} does not fit the padded input, ${room.join(" by ")}: ` +
    "make the input larger or pad more, or take a smaller kernel or dilation";
}

/** The call that makes the layer of a state: three arguments by position, the rest by name. */
export function writeCall(state) {
  const parts = ARGUMENTS.filter((one) => !("usual" in one) || state[one.name] !== one.usual)
    .map((one) => ("usual" in one ? `${one.name}=` : "") + show(state[one.name]));
  return `nn.Conv2d(${parts.join(", ")})`;
}
