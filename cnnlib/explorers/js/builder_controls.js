/** The settings of NetworkBuilder that are of the whole network: the example, the input, the batch. */
import { button, radios, select } from "./controls.js";
import { h } from "./dom.js";
import { parseNumber } from "./fields.js";
import { sizeBox } from "./field_controls.js";

export const INPUT = { channels: ["channels", 1, 1024], size: ["size", 1, 512], batch: ["batch", 1, 1024] };

/**
 * A whole number that is typed, or changed by buttons and arrow keys.
 * @param {{label: string, limits: [string, number, number], doubling?: boolean, onInput: (n: number) => void,
 *   onRefuse: (message: string) => void}} options  `doubling`: its buttons halve and double
 */
export function countBox({ label, limits: [, least, most], doubling = false, onInput, onRefuse }) {
  let last = least;
  let drawn = "";
  const change = (to) => {
    const next = Math.max(least, Math.min(most, to));
    if (next === last) return;
    last = next;
    onInput(next);
  };
  const input = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", "aria-label": label });
  input.addEventListener("change", () => {
    try {
      const value = parseNumber(input.value);
      if (!Number.isInteger(value) || value < least || value > most) throw new Error(`${label}: ${input.value} is no whole number from ${least} to ${most}`);
      last = value;
      onInput(value);
    } catch (error) {
      input.value = String(last);
      onRefuse(error.message);
    }
  });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by || event.altKey) return;
    event.preventDefault();
    change(last + by);
  });
  const step = (text, how, to) => h("button", { type: "button", class: "cnn-step", tabindex: "-1", text, "aria-label": `${label}, ${how}`, onclick: () => change(to()) });
  const less = doubling ? step("\u00bd", "\u00bd", () => Math.ceil(last / 2)) : step("\u2212", "less", () => last - 1);
  const more = doubling ? step("\u00d72", "\u00d72", () => last * 2) : step("+", "more", () => last + 1);
  const el = h("div", { class: `cnn-sizebox${doubling ? " cnn-build-wide" : ""}` }, h("span", { class: "cnn-sizebox-label", text: label, "aria-hidden": "true" }), less, input, more);
  return {
    el,
    input,
    set(value) {
      const text = String(value);
      const typing = document.activeElement === input && text === drawn;
      if (input.value !== text && !typing) input.value = text;
      last = value;
      drawn = text;
      less.disabled = value <= least;
      more.disabled = value >= most;
    },
  };
}

/** @param {{get: Function, set: Function, say: Function, onUndo: () => void, onRedo: () => void}} options */
export function buildControls({ get, set, say, onUndo, onRedo }) {
  const presets = get("_presets");
  const choose = (name) => {
    const { input_shape, layers } = presets[name];
    set({ input_shape, layers, layer: -1 });
  };
  const example = select({
    label: "Example", options: [["", "your own"], ...Object.keys(presets).map((name) => [name, name])], onInput: (name) => name && choose(name),
  });
  const shape = (changes) => set({ input_shape: changes(get("input_shape")) });
  const channels = countBox({ label: "input channels", limits: INPUT.channels, onInput: (n) => shape(([, ...size]) => [n, ...size]), onRefuse: say });
  const size = sizeBox({ label: "input size", limits: INPUT.size, onInput: (pair) => shape(([n]) => [n, ...pair]), onRefuse: say });
  const batch = countBox({ label: "batch", limits: INPUT.batch, doubling: true, onInput: (n) => set({ batch_size: n }), onRefuse: say });
  const undo = button("Undo", onUndo);
  const redo = button("Redo", onRedo);
  const note = h("p", { class: "cnn-help" });
  return {
    el: h("div", { class: "cnn-controls" },
      h("div", { class: "cnn-row" }, example.el, h("span", { class: "cnn-pair" }, undo, redo)),
      h("div", { class: "cnn-row" }, channels.el, size.el, batch.el), note),
    show({ input_shape, layers, batch_size }, left) {
      const name = Object.keys(presets).find((key) => presets[key].layers === layers && String(presets[key].input_shape) === String(input_shape)) ?? "";
      example.set(name);
      const text = name ? presets[name].note : "";
      if (note.textContent !== text) note.textContent = text;
      if (note.hidden !== !text) note.hidden = !text;
      channels.set(input_shape[0]);
      size.set(input_shape.slice(1));
      batch.set(batch_size);
      undo.disabled = !left.undo;
      redo.disabled = !left.redo;
    },
  };
}

/** Which library the copied Python is for. */
export function buildCode(set) {
  return radios({ label: "Python code:", options: [["torch", "torch"], ["keras", "Keras"]], onInput: (code) => set({ code }) });
}
