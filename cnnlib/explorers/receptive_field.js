/** ReceptiveFieldExplorer: a stack of layers, and how much of the input one of its units sees. */
import { h } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer } from "./js/fields.js";
import { drawable, makeCone } from "./js/field_cone.js";
import { buildFieldControls, buildLayerEditor, INPUT } from "./js/field_controls.js";
import { actOnKeys, parseSize } from "./js/field_edit.js";
import { makeFieldMap, viewOf } from "./js/field_map.js";
import { box, centre, fields as fieldsOf, paths, seen as seenOf, sized, tooMuch } from "./js/field_math.js";
import { python } from "./js/field_python.js";
import { makeFieldTable } from "./js/field_table.js";
import { flatten, MOST_NODES, parse, write } from "./js/field_text.js";
import { makeUnitPicker } from "./js/field_unit.js";
import { at as placeText, facts, formulaLines, middleShare, partText, summarize } from "./js/field_words.js";

const fields = {
  axes: integer(1, 2),
  input_size: {
    encode: (pair) => (pair[0] === pair[1] ? String(pair[0]) : pair.join("x")),
    decode: (text) => parseSize(text, INPUT),
  },
  layers: { encode: String, decode: (text) => write(parse(text)) },
  layer: integer(-1, MOST_NODES - 1),
  row: integer(-1, INPUT[2] - 1),
  col: integer(-1, INPUT[2] - 1),
  show: choice(["box", "effective"]),
};

const AXES = [0, 1];
const SHORT = 7; // rows of the table that leave room below it

const clip = (value, n) => Math.max(0, Math.min(n - 1, value));

/** The network of a state: its stack, its nodes and their fields, as far as they can be computed. */
function networkOf({ layers, input_size, axes }) {
  const stack = parse(layers);
  const nodes = flatten(stack);
  const size = axes === 1 ? [1, input_size[1]] : input_size;
  const sizes = sized(nodes, axes);
  return { stack, nodes, sizes, size, axes, ...fieldsOf(sizes, size) };
}

/** Which node and unit are chosen; -1 stands for the last, and for the middle. */
function chosenOf({ nodes, fields: all }, { layer, row, col }) {
  const at = layer < 0 ? nodes.length - 1 : Math.min(layer, nodes.length - 1);
  const n = all[at]?.n ?? [1, 1];
  const unit = [row, col].map((place, a) => (place < 0 ? Math.floor((n[a] - 1) / 2) : clip(place, n[a])));
  return { at, unit };
}

/** All that is shown of a state. */
function look(state) {
  const network = networkOf(state);
  const chosen = chosenOf(network, state);
  const key = [state.layers, state.axes, state.input_size, chosen.at].join();
  const now = { ...network, ...chosen, key, effective: state.show === "effective" };
  if (network.fault) return { ...now, trouble: network.fault.text };
  const trouble = tooMuch(now.sizes, now.fields, now.at, now.unit);
  if (trouble) return { ...now, trouble };
  const parts = paths(now.sizes, now.fields, now.at, now.unit);
  return { ...now, trouble, parts, seen: seenOf(parts), box: box(now.sizes, now.fields, now.at, now.unit) };
}

/** What `result()` computes in Python. */
function valuesOf({ fields: all, parts, seen, size, effective }) {
  const rows = all.flatMap(({ n, jump, r, start }) => [n, jump, r, start].flatMap((pair) => pair ?? [-1, -1]));
  const ends = seen.box ? seen.box.flat() : [-1, -1, -1, -1];
  const shares = new Float64Array(effective ? size[0] * size[1] : 0);
  if (effective && parts.total) {
    for (let row = 0; row < parts.rows; row += 1) {
      const line = parts.data.subarray(row * parts.cols, (row + 1) * parts.cols);
      shares.set(line, (row + parts.top) * size[1] + parts.left);
    }
    for (let k = 0; k < shares.length; k += 1) shares[k] /= parts.total;
  }
  const values = new Float64Array(rows.length + 5 + shares.length);
  values.set([...rows, ...ends, seen.count]);
  values.set(shares, rows.length + 5);
  return values;
}

function build({ body, get, set, say }) {
  let shown = null; // the last answer
  let explained = ""; // of which layer of which network the formula is
  const controls = buildFieldControls({ get, set, say });

  /** Choose a node, and the unit of it that sees what the unit before was centred on. */
  function choose(at) {
    if (shown) editor.show(shown.stack, shown.nodes[at]); // at once: a key may follow before the page is drawn
    if (get("row") < 0 && get("col") < 0) return set({ layer: at });
    const field = shown?.fields[at];
    if (!field?.start || !shown.fields[shown.at]?.start || shown.trouble) return set({ layer: at });
    const pixel = AXES.map((a) => (shown.box[a][0] + shown.box[a][1]) / 2);
    return set({ layer: at, ...unitAt(field, pixel) });
  }
  const unitAt = (field, pixel) => {
    const [row, col] = AXES.map((a) => clip(Math.round((pixel[a] - centre(field, a)) / field.jump[a]), field.n[a]));
    return { row, col };
  };
  const step = (by) => {
    if (!shown || shown.trouble) return;
    const { at, unit } = chosenOf(shown, { layer: get("layer"), row: get("row"), col: get("col") });
    const [row, col] = AXES.map((a) => clip(unit[a] + by[a], shown.fields[at].n[a]));
    set({ row, col });
  };

  const editor = buildLayerEditor({
    say,
    onChange(item) {
      const nodes = flatten(shown.stack);
      const place = item ? nodes.findIndex((node) => node.item === item) : Math.min(shown.at, nodes.length - 1);
      set({ layers: write(shown.stack), layer: Math.max(0, place) });
    },
  });
  const table = makeFieldTable({
    onChoose: choose,
    onKey: actOnKeys(editor.acts, () => table.focus()),
  });
  const text = h("textarea", { rows: "3", spellcheck: "false", "aria-label": "The stack as text" });
  text.addEventListener("change", () => {
    try {
      set({ layers: write(parse(text.value)), layer: -1 });
    } catch (error) {
      say(error.message);
    }
  });
  const asText = h("details", { class: "cnn-code" }, h("summary", { text: "The stack as text" }), text,
    h("p", { class: "cnn-help", text: "k3 is a kernel, s2 its stride, p1 padding, d2 dilation, k3x1 three rows and one column; name-k3 names it. (k3p1,k3p1~k1) are two branches, (k3p1~) has a skip." }));

  const map = makeFieldMap({
    onPixel: (pixel) => !shown?.trouble && shown?.fields[shown.at]?.start && set(unitAt(shown.fields[shown.at], pixel)),
    onStep: step,
    onHover(pixel) {
      if (!shown || shown.trouble || (!pixel && !pointed.textContent)) return;
      pointed.textContent = pixel ? `${shown.axes === 1 ? "sample" : "pixel"} ${placeText(pixel, shown.axes)}: ${partText(shown, pixel)}` : "";
    },
  });
  const picker = makeUnitPicker({ onUnit: set, onStep: step });
  const cone = makeCone({ onUnit: (layer, col) => set({ layer, row: 0, col }), onStep: step });
  const caption = h("div", { class: "cnn-caption" });
  const list = h("dl", { class: "cnn-facts" });
  const pointed = h("p", { class: "cnn-help cnn-pointed", "aria-hidden": "true" });
  const legend = h("div", { class: "cnn-legend" });
  const most = h("span");
  const bar = h("div", { class: "cnn-legend-bar" }, h("span", { text: "0" }), h("span", { class: "cnn-ramp", "aria-hidden": "true" }), most);
  const meaning = h("p", { class: "cnn-help" });
  legend.append(bar, meaning);
  const formula = h("div", { class: "cnn-size cnn-recurrences", role: "group", "aria-label": "The chosen layer's numbers" });
  const stage = h("div", { class: "cnn-field-stage" },
    caption, h("div", { class: "cnn-panel cnn-input" }, map.el, cone.el), legend,
    h("div", { class: "cnn-unit-facts" }, picker.el, h("div", {}, list, pointed)));
  const left = h("div", { class: "cnn-field-stack" }, editor.el, table.el, asText);
  body.classList.add("cnn-field");
  const all = h("div", { class: "cnn-field-parts" }, left, stage, formula);
  body.append(controls.el, all);

  function explain(now) {
    const { nodes, at, axes, effective, unit, key } = now;
    caption.textContent = `unit ${placeText(unit, axes)} of ${nodes[at].name}`;
    pointed.textContent = "";
    list.replaceChildren(...facts(now).flatMap(([term, words]) => [h("dt", { text: term }), h("dd", { text: words })]));
    if (key !== explained) formula.replaceChildren(...formulaLines({ ...now, nodes: now.sizes }));
    explained = key;
    legend.hidden = !effective;
    if (effective) {
      const what = axes === 1 && !cone.el.hidden ? "Below each sample, in percent: how much it" : `How much each ${axes === 1 ? "sample" : "pixel"}`;
      meaning.textContent = `${what} counts if the network is linear and all its weights are equal: its share of the gradient. ` +
        `The middle half of the box${axes === 1 ? "" : ", each way,"} has ${Math.round(100 * middleShare(now))}%. ` +
        "Other weights share it out otherwise, but only within the box.";
    }
  }

  return (state) => {
    controls.show(state);
    const now = look(state);
    table.show(now.nodes, now, now.at);
    all.classList.toggle("cnn-short", now.nodes.length <= SHORT);
    shown = now;
    editor.show(now.stack, now.nodes[now.at]);
    const written = write(now.stack);
    if (text.value !== written && document.activeElement !== text) text.value = written;
    if (now.trouble) throw new Error(now.trouble);
    const field = now.fields[now.at];
    const small = drawable({ ...now, nodes: now.sizes });
    map.el.hidden = small;
    picker.el.hidden = small;
    cone.el.hidden = !small;
    bar.hidden = small;
    if (small) cone.draw({ ...now, nodes: now.sizes, unit: now.unit[1] });
    else {
      const largest = map.draw({
        size: now.size, axes: now.axes, view: viewOf(now.size, field, now.box, now.effective ? 0.12 : 3.5), parts: now.parts, box: now.box,
        seen: now.seen.box, centre: AXES.map((a) => (now.box[a][0] + now.box[a][1]) / 2), effective: now.effective,
      });
      most.textContent = now.parts.total ? `${Number(((100 * largest) / now.parts.total).toPrecision(2))}%` : "0";
      picker.show(field.n, now.unit, now.axes);
    }
    explain(now);
    return { values: valuesOf(now), summary: summarize({ ...now, nodes: now.sizes }) };
  };
}

export const widget = defineExplorer({
  name: "ReceptiveFieldExplorer", fields, build, python: (state) => python(look(state)),
});
