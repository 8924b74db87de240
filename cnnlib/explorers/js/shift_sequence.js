/** ShiftExplorer's sequence: one period of a signal, as it is and shifted, halved in each way. */
import { select, slider } from "./controls.js";
import { h } from "./dom.js";
import { downsample, KIND_NAMES, KINDS } from "./downsampling.js";
import { equivariance_error, output_shift, shift } from "./equivariance.js";
import { plain } from "./format.js";
import { makeGrid } from "./grid.js";
import { invariance_score } from "./invariance.js";

const PRESETS = {
  "0 0 1 1, twice": [0, 0, 1, 1, 0, 0, 1, 1], "0 1, four times": [0, 1, 0, 1, 0, 1, 0, 1],
  "one step": [0, 0, 0, 0, 1, 1, 1, 1], "one spike": [0, 0, 0, 1, 0, 0, 0, 0], "a slope": [0, 1, 2, 3, 4, 3, 2, 1],
};
const ROUNDING = 1e-10;

/** Three decimals at most. */
const brief = (value) => plain(Number(value.toFixed(3)));

/** Four equal rows: what is done to them is done to each, and keeps them equal. */
const rowsOf = (values) => ({ data: Float64Array.from([values, values, values, values].flat()), shape: [4, values.length] });

/** A sequence, halved. @param {number[]} values @returns {number[]} */
export function halved(values, kind) {
  const { data, shape } = downsample(rowsOf(values), kind, "circular");
  return [...data.subarray(0, shape[1])];
}

/** A sequence moved `by` places to the right, what leaves coming in on the left. */
export const turned = (values, by) => [...shift(rowsOf(values), 0, by, "circular").data.subarray(0, values.length)];

/** Of one way to halve: both outputs, and what sets them apart. */
export function compared(values, kind, dx) {
  const [still, moved] = [halved(values, kind), halved(turned(values, dx), kind)];
  const asTensor = (list) => ({ data: Float64Array.from(list), shape: [1, list.length] });
  const second = shift(asTensor(still), 0, output_shift(dx, 2), "circular");
  return {
    still, moved, error: equivariance_error(asTensor(moved), second).relative,
    score: invariance_score(asTensor(moved), asTensor(still)),
  };
}

/** @param {import("./explorer.js").Frame} explorer */
export function buildSequence({ get, set, say }) {
  const preset = select({
    label: "Sequence", options: [["", "your own"], ...Object.keys(PRESETS).map((name) => [name, name])],
    onInput: (name) => { if (name) set({ sequence: PRESETS[name] }); },
  });
  const by = slider({ label: "Shift right by", min: -8, max: 8, onInput: (value) => set({ dx: value }) });
  const grid = (name, role, options = {}) => makeGrid({ name, role, caption: name, textUpTo: 16, onRefuse: say, ...options });
  const input = grid("input", "input", {
    scrub: true, step: 1,
    onEdit(_row, col, value) {
      set({ sequence: get("sequence").map((old, k) => (k === col ? value : old)) });
    },
  });
  const moved = grid("shifted input", "input");
  const rows = KINDS.map((kind) => {
    const [still, after] = [grid(`${KIND_NAMES[kind]}`, "output"), grid(`${KIND_NAMES[kind]} of the shifted`, "output")];
    const [error, score] = [h("dd"), h("dd")];
    const el = h("div", { class: "cnn-way" }, h("div", { class: "cnn-way-name", text: KIND_NAMES[kind] }), still.el, after.el,
      h("dl", { class: "cnn-way-numbers" }, h("dt", { text: "error" }), error, h("dt", { text: "invariance" }), score));
    still.setCaption("of x");
    after.setCaption("of shift(x)");
    return { kind, el, still, after, error, score };
  });
  const why = h("p", { class: "cnn-help" });

  function draw({ sequence, dx }) {
    preset.set(Object.keys(PRESETS).find((name) => String(PRESETS[name]) === String(sequence)) ?? "");
    by.set(dx);
    const limit = sequence.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
    const put = (each, values) => each.draw([values], { limit });
    put(input, sequence);
    put(moved, turned(sequence, dx));
    moved.setCaption(`shift(x), ${Math.abs(dx)} to the ${dx < 0 ? "left" : "right"}`);
    input.setCaption("x");
    const values = [];
    const told = rows.map(({ kind, still, after, error, score }) => {
      const result = compared(sequence, kind, dx);
      put(still, result.still);
      put(after, result.moved);
      const gap = result.error < ROUNDING ? 0 : result.error;
      error.textContent = Number.isFinite(gap) ? brief(gap) : "none";
      score.textContent = brief(result.score);
      values.push(...result.still, ...result.moved);
      return `${KIND_NAMES[kind]} gives ${result.still.map(plain).join(" ")} and ${result.moved.map(plain).join(" ")}`;
    });
    why.textContent = explain(dx);
    return {
      values: Float64Array.from(values),
      summary: `The sequence ${sequence.map(plain).join(" ")}, and the same shifted by ${dx}: ${told.join("; ")}.`,
    };
  }

  return {
    controls: [h("div", { class: "cnn-row" }, preset.el, by.el)],
    el: h("div", { class: "cnn-ways-list" },
      h("div", { class: "cnn-way cnn-way-input" }, h("div", { class: "cnn-way-name", text: "" }), input.el, moved.el, h("span")),
      ...rows.map((each) => each.el), why),
    draw,
  };
}

function explain(dx) {
  const round = "The sequence is one period of an endless one: what leaves on the right comes in on the left. ";
  if (dx === 0) return `${round}Shift it by one place.`;
  if (dx % 2 === 0) {
    return `${round}${Math.abs(dx)} places are ${Math.abs(dx / 2)} whole cell${Math.abs(dx) === 2 ? "" : "s"} of the halved sequence: each output only moves along, and no way to halve errs.`;
  }
  return `${round}${Math.abs(dx)} place${Math.abs(dx) === 1 ? " is" : "s are"} ${Math.abs(dx) / 2} cells of the halved sequence: no output can move ` +
    "by that much, so it changes in another way. The error compares it with the nearest whole number of cells.";
}
