/** What SignalExplorer says in numbers: a sample's sum, and the same numbers as polynomials. */
import { h } from "./dom.js";
import { plain } from "./format.js";

const MINUS = "\u2212";
const as = (role, text) => h("span", { class: `cnn-${role}`, text });

/** "n", "n − 2" or "n + 3" */
const shifted = (name, by) => (by === 0 ? name : `${name} ${by < 0 ? MINUS : "+"} ${Math.abs(by)}`);

/**
 * The two factors of a sample's products at the position m, with a word between.
 * @param {string} name  of the signal that slides @param {boolean} turned  whether it is reversed
 * @param {number} at  the sample's index or lag
 */
export function factors(name, turned, at, between = " · ") {
  const index = turned ? `${plain(at)} ${MINUS} m` : shifted("m", -at);
  return [as("i", "f[m]"), between, as("k", `${name}[${index}]`)];
}

/** "output[3]" or "output at lag −2" */
export function sampleName(turned, at) {
  return turned ? `output[${at}]` : `output at lag ${plain(at)}`;
}

/**
 * One output sample's sum, written out.
 * @param {object} sample
 * @param {[number, number][]} sample.terms  the pairs that are multiplied
 */
export function arithmetic({ name, turned, at, terms, value }) {
  const nodes = [as("o", sampleName(turned, at)), " = Σ ", ...factors(name, turned, at), " = "];
  terms.forEach(([a, b], k) => {
    nodes.push(...(k ? [" + "] : []), as("i", plain(a)), "×", as("k", plain(b)));
  });
  return [...nodes, " = ", h("strong", { class: "cnn-o", text: plain(value) })];
}

/** x to a power, and a factor before it: nothing, "x", "x²" ... */
function power(exponent) {
  if (exponent === 0) return [];
  if (exponent === 1) return ["x"];
  return ["x", h("sup", { text: plain(exponent) })];
}

function monomial(coefficient, exponent) {
  const size = Math.abs(coefficient);
  return [size === 1 && exponent !== 0 ? "" : plain(size), ...power(exponent)];
}

/**
 * A sum of terms: those that are zero are left out, but for the one to be marked.
 * @param {ArrayLike<number>} coefficients @param {(k: number) => number} exponentOf
 * @param {{role: string, mark?: number, keeps?: (k: number) => boolean}} how  which term is
 *   marked, and which belong to the mode
 */
function polynomial(coefficients, exponentOf, { role, mark = -1, keeps = () => true }) {
  const nodes = [];
  Array.from(coefficients).forEach((value, k) => {
    if (value === 0 && k !== mark) return;
    const sign = value < 0 ? MINUS : "+";
    const spaced = nodes.length ? ` ${sign} ` : value < 0 ? MINUS : "";
    const classes = [keeps(k) ? `cnn-${role}` : "cnn-left-out", k === mark ? "cnn-marked" : ""];
    nodes.push(spaced, h("span", { class: classes.join(" ").trim() }, ...monomial(value, exponentOf(k))));
  });
  return nodes.length ? nodes : [as(role, "0")];
}

/** One term, even if it is zero, with its sign. */
function term(coefficient, exponent, role) {
  const sign = coefficient < 0 ? MINUS : "";
  return h("span", { class: `cnn-${role}` }, sign, ...monomial(coefficient, exponent));
}

/** The signals as polynomials, their product, and the terms that make one of its coefficients. */
export function polynomials({ f, g, name, turned, full, lead, start, count, sample, pairs }) {
  const down = turned ? 1 : -1; // correlation multiplies by the other polynomial in 1/x
  const other = turned ? `${name}(x)` : `${name}(1/x)`;
  const kept = (k) => k >= start && k < start + count;
  const line = (...nodes) => h("p", {}, ...nodes);
  const terms = pairs.flatMap(([m, j], k) => [
    k ? " + " : "", "(", term(f[m], m, "i"), ")(", term(g[j], down * j, "k"), ")"]);
  return [
    line(as("i", "f(x)"), " = ", ...polynomial(f, (m) => m, { role: "i" })),
    line(as("k", other), " = ", ...polynomial(g, (j) => down * j, { role: "k" })),
    line(as("i", "f(x)"), " ", as("k", other), " = ",
      ...polynomial(full, (k) => lead + k, { role: "o", mark: sample, keeps: kept })),
    line("The marked term: ", ...terms, " = ", term(full[sample], lead + sample, "o")),
  ];
}
