/** How numbers are written for people: short in a cell, fuller where they are read out. */

const MINUS = "\u2212";

/** At most about 5 characters, for a cell. @param {number} value */
export function short(value) {
  const size = Math.abs(value);
  let text;
  if (Number.isInteger(value) && size < 1e5) text = String(value);
  else if (size >= 1e4 || (size > 0 && size < 0.005)) text = value.toExponential(0);
  else text = String(Number(value.toFixed(size < 10 ? 2 : 1)));
  return text.replace("-", MINUS);
}

/** Four decimals at most, for arithmetic that is written out. @param {number} value */
export function plain(value) {
  const text = Math.abs(value) > 0 && Math.abs(value) < 5e-5
    ? value.toExponential(2)
    : String(Number(value.toFixed(4)));
  return text.replace("-", MINUS);
}

/** Seven significant digits with an ASCII minus, for labels. @param {number} value */
export function label(value) {
  return String(Number(value.toPrecision(7)));
}

/** Each hyphen that stands for a minus as a minus: a hyphen is not read out. @param {string} text */
export function withMinus(text) {
  return text.replace(/(?<![\w)\]])-(?=[\d.])/g, MINUS);
}

/** A Python literal of nested lists of numbers. */
export function pythonList(values) {
  if (!Array.isArray(values)) {
    if (Number.isNaN(values)) return 'float("nan")';
    return /^-?\d+$/.test(values) ? `${values}.0` : String(values);
  }
  const parts = values.map(pythonList);
  return Array.isArray(values[0]) ? `[${parts.join(",\n    ")}]` : `[${parts.join(", ")}]`;
}

const QUOTED = 60; // characters

/** What somebody typed, or a link holds, in quotes, and cut short where it is long. @param {string} text */
export function quoted(text) {
  return text.length > QUOTED ? `"${text.slice(0, QUOTED)}…"` : `"${text}"`;
}

/** "4 by 4" */
export function size(rows, cols) {
  return `${rows} by ${cols}`;
}
