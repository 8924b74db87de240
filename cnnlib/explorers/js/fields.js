/**
 * The kinds of setting that an explorer has: how each is written in a link, read back, and
 * refused. `decode` throws an Error that says what would be legal.
 *
 * @typedef {{encode: (value: any) => string, decode: (text: string) => any}} Field
 */
import { quoted } from "./format.js";

/** The largest value of a picture, a kernel or a signal: no sum of products overflows. */
export const LARGEST = 1e6;

/** @param {string} text @returns {number} */
export function parseNumber(text) {
  const trimmed = text.trim().replace("\u2212", "-");
  const value = Number(trimmed);
  if (trimmed === "" || !Number.isFinite(value)) {
    throw new Error(`${quoted(text)} is not a number; type one such as 2, -0.5 or 1e-3`);
  }
  return value + 0; // -0 is 0
}

/** A number of a picture, a kernel or a signal. @param {string} text @returns {number} */
export function parseEntry(text) {
  const value = parseNumber(text);
  if (Math.abs(value) > LARGEST) throw new Error(`${value} is outside -1e6 to 1e6`);
  return value;
}

/** @returns {Field} a number from `min` to `max` */
export function number(min, max) {
  return {
    encode: String,
    decode(text) {
      const value = parseNumber(text);
      if (value < min || value > max) {
        throw new Error(`${value} is outside ${min} to ${max}`);
      }
      return value;
    },
  };
}

/** @returns {Field} a whole number from `min` to `max` */
export function integer(min, max) {
  const bounded = number(min, max);
  return {
    encode: String,
    decode(text) {
      const value = bounded.decode(text);
      if (!Number.isInteger(value)) throw new Error(`${value} is not a whole number`);
      return value;
    },
  };
}

/** @returns {Field} one of the `options` */
export function choice(options) {
  return {
    encode: String,
    decode(text) {
      if (!options.includes(text)) {
        throw new Error(`${quoted(text)} is not one of ${options.join(", ")}`);
      }
      return text;
    },
  };
}

/** @returns {Field} on or off */
export function toggle() {
  const option = choice(["0", "1"]);
  return {
    encode: (value) => (value ? "1" : "0"),
    decode: (text) => option.decode(text) === "1",
  };
}

/** @returns {Field} a list of 1 to `most` numbers, written `1,2,3` */
export function vector(most) {
  return {
    encode: (values) => values.join(","),
    decode(text) {
      const values = text.split(",").map(parseEntry);
      if (values.length > most) {
        throw new Error(`${values.length} numbers given; at most ${most} fit`);
      }
      return values;
    },
  };
}

/** @returns {Field} a matrix up to `most` by `most`, written `1,2;3,4` (rows apart by `;`) */
export function matrix(most) {
  const row = vector(most);
  return {
    encode: (rows) => rows.map(row.encode).join(";"),
    decode(text) {
      const rows = text.split(";").map(row.decode);
      if (rows.length > most) throw new Error(`${rows.length} rows given; at most ${most} fit`);
      if (rows.some((cells) => cells.length !== rows[0].length)) {
        throw new Error("its rows differ in length");
      }
      return rows;
    },
  };
}
