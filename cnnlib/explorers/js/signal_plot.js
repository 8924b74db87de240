/** Pieces of a plot over a row of positions: across in percent of the width, down in pixels. */
import { svg } from "./dom.js";

/**
 * @typedef {object} Scale
 * @property {(position: number) => string} x  the middle of a position's column
 * @property {(columns: number) => string} width
 * @property {(value: number) => number} y
 */

/**
 * @param {{first: number, cols: number, low: number, high: number, top: number, height: number}} box
 *   positions `first` to `first + cols - 1`; `high` is drawn at `top`, `low` at its lower end
 * @returns {Scale}
 */
export function makeScale({ first, cols, low, high, top, height }) {
  const span = high - low;
  return {
    x: (position) => `${((position - first + 0.5) / cols) * 100}%`,
    width: (columns) => `${(columns / cols) * 100}%`,
    y: (value) => {
      const share = (high - Math.max(low, Math.min(high, value))) / span;
      return top + (Number.isFinite(share) ? share : 0.5) * height;
    },
  };
}

/** The lowest and highest of some values and zero, never the same. @returns {[number, number]} */
export function rangeOf(values) {
  const low = values.reduce((least, v) => Math.min(least, v), 0);
  const high = values.reduce((most, v) => Math.max(most, v), 0);
  return low === high ? [0, 1] : [low, high];
}

/** The least of 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten that is at least `size`. */
export function niceCeiling(size) {
  if (!(size > 0) || !Number.isFinite(size)) return 1;
  const power = 10 ** Math.floor(Math.log10(size));
  const steps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
  return (steps.find((step) => step * power >= size * (1 - 1e-12)) ?? 10) * power;
}

export function line(x1, y1, x2, y2, className) {
  return svg("line", { x1, y1, x2, y2, class: className });
}

export function text(x, y, words, className) {
  const el = svg("text", { x, y, class: className });
  el.textContent = words;
  return el;
}

export function rect(x, y, width, height, className, round = 0) {
  return svg("rect", { x, y, width, height: Math.max(0, height), rx: round, class: className });
}

/** A rectangle over the columns of the positions `from` to `to`. */
export function band(scale, from, to, top, bottom, className, round = 0) {
  return rect(scale.x(from - 0.5), top, scale.width(to - from + 1), bottom - top, className, round);
}

/**
 * One value as a stem from zero with a head; its size follows the plot's font size.
 * @param {Scale} scale @param {number} position @param {number} value
 * @param {{square?: boolean, className?: string}} [how]  a square head sets the kernel apart
 */
export function stem(scale, position, value, { square = false, className = "" } = {}) {
  const [x, y] = [scale.x(position), scale.y(value)];
  const head = square
    ? svg("svg", { x, y, class: "cnn-head" }, rect("-0.9em", "-0.9em", "1.8em", 0, ""))
    : svg("circle", { cx: x, cy: y, r: "1em" });
  if (square) head.firstChild.setAttribute("height", "1.8em");
  return svg("g", { class: `cnn-stem ${className}` }, line(x, scale.y(0), x, y, ""), head);
}

/** One value as a bar from zero, `wide` columns across. */
export function bar(scale, position, value, className, wide = 0.6) {
  const [a, b] = [scale.y(Math.max(0, value)), scale.y(Math.min(0, value))];
  return rect(scale.x(position - wide / 2), a, scale.width(wide), b - a, className);
}
