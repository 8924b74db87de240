/** NetworkBuilder: a network is put together row by row; each row tells what it gives, costs and sees. */
import { buildCode, buildControls, INPUT } from "./js/builder_controls.js";
import { makeDrawing } from "./js/builder_drawing.js";
import { buildEditor } from "./js/builder_editor.js";
import { makeHistory } from "./js/builder_history.js";
import { hintsOf } from "./js/builder_hints.js";
import { kerasCode } from "./js/builder_keras.js";
import { compute, valuesOf } from "./js/builder_math.js";
import { makeBuilderTable } from "./js/builder_table.js";
import { nodesOf, parse, write } from "./js/builder_text.js";
import { torchCode } from "./js/builder_torch.js";
import { summarize, sums } from "./js/builder_words.js";
import { h } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { actOnKeys } from "./js/field_edit.js";
import { choice, integer } from "./js/fields.js";
import { MOST_NODES } from "./js/field_text.js";
import { quoted } from "./js/format.js";

function parseShape(text) {
  const found = /^(\d{1,4})x(\d{1,3})x(\d{1,3})$/.exec(text);
  const shape = found?.slice(1).map(Number);
  const limits = [INPUT.channels, INPUT.size, INPUT.size];
  if (!shape || shape.some((n, k) => n < limits[k][1] || n > limits[k][2])) {
    throw new Error(`${quoted(text)} is no input; write channels, rows and columns such as 3x32x32, at most ${limits.map(([, , most]) => most).join("x")}`);
  }
  return shape;
}

const fields = {
  input_shape: { encode: (shape) => shape.join("x"), decode: parseShape },
  layers: { encode: String, decode: (text) => write(parse(text)) },
  batch_size: integer(1, INPUT.batch[2]),
  layer: integer(-1, MOST_NODES - 1),
  code: choice(["torch", "keras"]),
};

/** All that is shown of a state. */
function look({ layers, input_shape, batch_size, layer }) {
  const stack = parse(layers);
  const nodes = nodesOf(stack);
  const computed = compute(nodes, input_shape, batch_size);
  const at = layer < 0 ? nodes.length - 1 : Math.min(layer, nodes.length - 1);
  return { stack, nodes, ...computed, hints: hintsOf(nodes, computed.rows), batch: batch_size, at };
}

function build({ body, get, set, say }) {
  let now = null; // the last answer; its stack is changed in place, and then written
  const history = makeHistory(set);
  const controls = buildControls({ get, set, say, onUndo: history.undo, onRedo: history.redo });
  const editor = buildEditor({ onChange: changed, say });

  /** What the stack has become; `item` is to be chosen, or what now stands where it did. */
  function changed(item) {
    const nodes = nodesOf(now.stack);
    const found = item ? nodes.findIndex((node) => node.item === item) : now.at;
    const at = Math.max(0, Math.min(found, nodes.length - 1));
    now = { ...now, nodes, at }; // at once: a key may follow before the page is drawn
    editor.show(now.stack, nodes[at], null);
    set({ layers: write(now.stack), layer: at });
  }
  const choose = (at) => {
    now = { ...now, at }; // at once, for the same reason
    editor.show(now.stack, now.nodes[at], now.rows[at]?.shape ?? null);
    set({ layer: at });
  };
  const table = makeBuilderTable({
    editor: editor.el,
    onChoose: choose,
    onKey: actOnKeys(editor.acts, () => table.focus()),
    onMend(mend) {
      changed(mend.apply(now.stack));
      requestAnimationFrame(() => requestAnimationFrame(table.focus)); // its button goes with the mistake
    },
  });
  editor.acts.gone.addEventListener("click", () => requestAnimationFrame(() => requestAnimationFrame(table.focus)));
  body.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input[type=text], textarea")) return;
    const done = (key === "z" && (event.shiftKey ? history.redo() : history.undo())) || (key === "y" && history.redo());
    if (done) event.preventDefault();
  });
  const drawing = makeDrawing({ onChoose: choose });
  const text = h("textarea", { rows: "3", spellcheck: "false", "aria-label": "The network as text" });
  text.addEventListener("change", () => {
    try {
      set({ layers: write(parse(text.value)), layer: -1 });
    } catch (error) {
      say(error.message);
    }
  });
  const help = "Layers between commas: conv16k3p1 has 16 channels, kernel 3 and padding 1; s2, d2, g4 and b0 are stride, dilation, groups, no bias. " +
    "maxk2, avgk2, gap, bn, relu, drop50, flatten, linear10, softmax; (conv16k3p1~) adds a skip.";
  const asText = h("details", { class: "cnn-code" }, h("summary", { text: "As text" }), text, h("p", { class: "cnn-help", text: help }));
  const code = buildCode(set);
  body.classList.add("cnn-build");
  body.append(controls.el, drawing.el, table.el, asText, code.el);

  return (state) => {
    now = look(state);
    history.note(state);
    controls.show(state, history.left);
    const node = now.nodes[now.at];
    const given = node.inputs.length ? now.rows[node.inputs[0]]?.shape : now.rows[0].shape;
    const reads = node.op === "merge" ? now.rows[now.at]?.shape : now.rows[now.at]?.shape ?? given;
    editor.show(now.stack, node, reads ?? null);
    editor.tell(now.rows[now.at] ? sums(node, given, now.rows[now.at], now.batch) : []);
    table.show(now);
    drawing.show(now);
    code.set(state.code);
    const written = write(now.stack);
    if (text.value !== written && document.activeElement !== text) text.value = written;
    if (now.fault) throw new Error(`${now.nodes[now.fault.at].name}: ${now.fault.text}.`);
    return { values: valuesOf(now), summary: summarize(now) };
  };
}

export const widget = defineExplorer({
  name: "NetworkBuilder", fields, build, python: (state) => (state.code === "keras" ? kerasCode : torchCode)(look(state)),
});
