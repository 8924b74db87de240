/** The chosen row's settings, and what can be done with the row. */
import { canMove, move, remove, wrap } from "./field_edit.js";
import { sizeBox } from "./field_controls.js";
import { countBox } from "./builder_controls.js";
import { become, KINDS, LETTERS, make, SETTINGS, WIDTHS } from "./builder_text.js";
import { button, checkbox, select } from "./controls.js";
import { h } from "./dom.js";

const KIND_OPTIONS = Object.entries(KINDS).map(([kind, [text]]) => [kind, text]);

/**
 * @param {{onChange: (item: object | null) => void, say: (message: string) => void}} options
 *   `onChange` is told that the stack has changed, and which item should be chosen now
 */
export function buildEditor({ onChange, say }) {
  let stack = [];
  let node = null;
  let given = null; // the shape of what the chosen layer reads, where that is known
  const change = (key) => (value) => {
    node.item[key] = value;
    onChange(node.item);
  };
  const kind = select({
    label: "kind", options: KIND_OPTIONS,
    onInput(to) {
      const next = become(node.item, to);
      for (const key of Object.keys(node.item)) delete node.item[key];
      onChange(Object.assign(node.item, next));
    },
  });
  const widths = Object.fromEntries(Object.entries(WIDTHS).map(([name, limits]) => [name, countBox({
    label: limits[0], limits, doubling: name !== "drop", onInput: change("width"), onRefuse: say,
  })]));
  const pairs = Object.fromEntries([..."kspd"].map((letter) => [letter, sizeBox({
    label: LETTERS[letter][0], limits: LETTERS[letter], onInput: change(letter), onRefuse: say,
  })]));
  const groups = countBox({ label: "groups", limits: LETTERS.g, doubling: true, onInput: change("g"), onRefuse: say });
  const bias = checkbox({ label: "bias", onInput: change("b") });

  const act = (text, label, run) => {
    const made = button(text, () => onChange(run()));
    made.title = label;
    made.setAttribute("aria-label", label);
    return made;
  };
  const up = act("Up", "Move up", () => { move(node, -1); return node.item; });
  const down = act("Down", "Move down", () => { move(node, 1); return node.item; });
  const gone = act("Remove", "Remove this layer", () => { remove(stack, node); return null; });
  const skip = act("+ skip", "Put a skip around this layer", () => wrap(node));
  const branch = act("+ branch", "Add a branch to this block", () => {
    const item = { ...make("conv", given?.[0] ?? 16), k: [1, 1], p: [0, 0], b: false };
    const empty = node.item.branches.find((one) => one.length === 0);
    if (empty) empty.push(item);
    else node.item.branches.push([item]);
    return item;
  });
  const added = select({ label: "Add below:", options: [...KIND_OPTIONS, ["block", "residual block"]], onInput() {} });
  const choice = added.el.querySelector("select");
  const add = act("Add", "Add below this row", () => {
    const item = make(choice.value, given?.[0]);
    if (node.op === "input") stack.unshift(item);
    else node.home.splice(node.home.indexOf(node.item) + 1, 0, item);
    return item;
  });

  const settings = h("div", { class: "cnn-sizes" }, kind.el, ...Object.values(widths).map(({ el }) => el),
    ...Object.values(pairs).map(({ el }) => el), groups.el, bias.el);
  const acts = h("div", { class: "cnn-editor-acts" }, h("span", { class: "cnn-pair" }, added.el, add), skip, branch,
    h("span", { class: "cnn-pair cnn-moves" }, up, down, gone));
  const lines = h("dl", { class: "cnn-sums" });
  const el = h("div", { class: "cnn-build-editor", role: "group" }, settings, lines, acts);
  let told = "";

  const visible = (one, shown) => {
    if (one.hidden === shown) one.hidden = !shown;
  };
  return {
    el,
    acts: { up, down, gone },
    /** @param {object[]} tree @param {import("./field_text.js").Node} chosen @param {number[] | null} reads */
    show(tree, chosen, reads) {
      stack = tree;
      node = chosen;
      given = reads;
      const label = node.op === "input" ? "Below the input" : `Settings of ${node.name}`;
      if (el.getAttribute("aria-label") !== label) el.setAttribute("aria-label", label);
      const layer = node.op === "window" ? node.item : null;
      const letters = SETTINGS[layer?.kind] ?? "";
      visible(settings, Boolean(layer));
      if (layer) kind.set(layer.kind);
      for (const [name, box] of Object.entries(widths)) {
        visible(box.el, layer?.kind === name);
        if (layer?.kind === name) box.set(layer.width);
      }
      for (const [letter, box] of Object.entries(pairs)) {
        visible(box.el, letters.includes(letter));
        if (letters.includes(letter)) box.set(layer[letter]);
      }
      visible(groups.el, letters.includes("g"));
      if (letters.includes("g")) groups.set(layer.g);
      visible(bias.el, letters.includes("b"));
      if (letters.includes("b")) bias.set(layer.b);
      visible(skip, node.op === "window");
      visible(branch, node.op === "merge");
      for (const one of [up, down, gone]) visible(one, node.op !== "input");
      up.disabled = !canMove(node, -1);
      down.disabled = !canMove(node, 1);
    },
    /** @param {[string, string][]} sums */
    tell(sums) {
      const text = sums.flat().join("|");
      if (text === told) return;
      told = text;
      lines.replaceChildren(...sums.map(([term, words]) => h("div", {}, h("dt", { text: term }), h("dd", { text: words }))));
      visible(lines, sums.length > 0);
    },
  };
}
