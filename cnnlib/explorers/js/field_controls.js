/** The settings of ReceptiveFieldExplorer: the example, the input, and the chosen layer. */
import { button, radios, select } from "./controls.js";
import { h } from "./dom.js";
import { LETTERS } from "./field_text.js";
import { addAfter, addBranch, canMove, move, parseSize, remove, sizeText, wrap } from "./field_edit.js";

export const INPUT = ["input", 1, 512];

/**
 * A size that is typed, "3" or "3x1", or stepped by buttons and arrow keys.
 * @param {{label: string, limits: [string, number, number], onInput: (pair: number[]) => void,
 *   onRefuse: (message: string) => void}} options
 */
export function sizeBox({ label, limits, onInput, onRefuse }) {
  const [, least, most] = limits;
  let last = [least, least];
  let drawn = ""; // what was last put into the box: what is being typed stays
  const step = (by) => {
    const next = last.map((n) => Math.max(least, Math.min(most, n + by)));
    if (String(next) === String(last)) return;
    last = next; // for the next step, should it come before the page is drawn
    onInput(next);
  };
  const input = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", spellcheck: "false", "aria-label": label });
  input.addEventListener("change", () => {
    try {
      onInput(parseSize(input.value, [label, least, most]));
    } catch (error) {
      input.value = sizeText(last);
      onRefuse(error.message);
    }
  });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
  const less = h("button", { type: "button", class: "cnn-step", tabindex: "-1", text: "\u2212", "aria-label": `${label}, less`, onclick: () => step(-1) });
  const more = h("button", { type: "button", class: "cnn-step", tabindex: "-1", text: "+", "aria-label": `${label}, more`, onclick: () => step(1) });
  const el = h("div", { class: "cnn-sizebox" }, h("span", { class: "cnn-sizebox-label", text: label, "aria-hidden": "true" }), less, input, more);
  return {
    el,
    input,
    set(pair) {
      const text = sizeText(pair);
      const typing = document.activeElement === input && text === drawn;
      if (input.value !== text && !typing) input.value = text;
      last = pair;
      drawn = text;
      less.disabled = pair.every((n) => n <= least);
      more.disabled = pair.every((n) => n >= most);
    },
  };
}

/** Example, input, axes, and what is shown. */
export function buildFieldControls({ get, set, say }) {
  const presets = get("_presets");
  const example = select({
    label: "Example", options: [["", "your own"], ...Object.keys(presets).map((name) => [name, name])],
    onInput: (name) => name && set({ row: -1, col: -1, ...presets[name] }),
  });
  const size = sizeBox({ label: "input", limits: INPUT, onInput: (pair) => set({ input_size: pair }), onRefuse: say });
  const axes = radios({
    label: "Axes", options: [["2", "two"], ["1", "one"]], onInput: (value) => set({ axes: Number(value) }),
  });
  const show = radios({
    label: "Show", options: [["box", "what is seen"], ["effective", "how much it counts"]],
    onInput: (value) => set({ show: value }),
  });
  const row = (...els) => h("div", { class: "cnn-row" }, ...els);
  const same = (state, preset) => ["axes", "input_size", "layers"].every((key) => String(state[key]) === String(preset[key]));
  return {
    el: h("div", { class: "cnn-controls" }, row(example.el, size.el), row(axes.el, show.el)),
    show(state) {
      example.set(Object.keys(presets).find((name) => same(state, presets[name])) ?? "");
      size.set(state.input_size);
      axes.set(String(state.axes));
      show.set(state.show);
    },
  };
}

/**
 * The chosen layer's settings, and what can be done with it.
 * @param {{onChange: (item: object | null) => void, say: (message: string) => void}} options
 *   `onChange` is told that the stack has changed, and which item should be chosen now
 */
export function buildLayerEditor({ onChange, say }) {
  let stack = [];
  let node = null;
  const boxes = Object.entries(LETTERS).map(([letter, [word, least, most]]) => [letter, sizeBox({
    label: word, limits: [word, least, most], onRefuse: say,
    onInput(pair) {
      node.item[letter] = pair;
      onChange(node.item);
    },
  })]);
  const act = (text, label, change) => {
    const made = button(text, () => onChange(change()));
    made.setAttribute("aria-label", label);
    made.title = label;
    return made;
  };
  const add = act("+ layer", "Add a layer after this one", () => addAfter(stack, node));
  const skip = act("+ skip", "Put a skip around this layer", () => wrap(node));
  const branch = act("+ branch", "Add a branch here", () => addBranch(node));
  const up = act("\u2191", "Move towards the input", () => { move(node, -1); return node.item; });
  const down = act("\u2193", "Move away from the input", () => { move(node, 1); return node.item; });
  const gone = act("Remove", "Remove this layer", () => { remove(stack, node); return null; });
  const name = h("strong", { class: "cnn-chosen-name" });
  const sizes = h("div", { class: "cnn-sizes" }, ...boxes.map(([, box]) => box.el));
  const hint = h("p", { class: "cnn-help" });
  const el = h("div", { class: "cnn-layer-editor", role: "group", "aria-label": "The chosen layer" },
    name, sizes, hint,
    h("div", { class: "cnn-editor-acts" }, add, skip, branch, up, down, gone));
  const acts = { up, down, gone };
  return {
    el,
    acts,
    show(tree, chosen) {
      stack = tree;
      node = chosen;
      if (name.textContent !== node.name) name.textContent = node.name;
      hint.hidden = node.op === "window";
      hint.textContent = node.op === "input" ? "Here every unit is one pixel, and sees itself."
        : "Here branches meet and are added: a unit sees what it sees through any of them.";
      sizes.hidden = node.op !== "window";
      if (node.op === "window") for (const [letter, box] of boxes) box.set(node.item[letter]);
      skip.hidden = node.op !== "window";
      branch.hidden = node.op !== "merge";
      for (const el of [up, down, gone]) el.hidden = node.op === "input";
      up.disabled = !canMove(node, -1);
      down.disabled = !canMove(node, 1);
    },
  };
}
