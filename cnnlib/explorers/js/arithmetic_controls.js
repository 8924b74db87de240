/** The settings above the grids of ArithmeticExplorer; no slider goes where nothing is legal. */
import { checkbox, radios, select, slider } from "./controls.js";
import { h } from "./dom.js";
import { axisOf, LETTERS, limits, mend, turned } from "./arithmetic_size.js";

const SETTINGS = Object.values(LETTERS).map(([key]) => key);

/** Whether `preset` gives the state; what a state does not use may differ. */
function matches(state, preset) {
  const keys = SETTINGS.filter((key) => state.transposed || key !== "output_padding");
  return state.axes === preset.axes && state.transposed === preset.transposed &&
    keys.every((key) => state[key].join() === preset[key].join());
}

function option(name) {
  return h("option", { value: name, text: name });
}

/** The choice among the figures of the guide, and our own examples. */
function buildPresets({ get, set }) {
  const groups = [["Dumoulin and Visin's figures", get("_figures")], ["More", get("_examples")]];
  const presets = Object.assign({}, ...groups.map(([, named]) => named));
  const control = select({
    label: "Example", options: [["", "your own"]],
    onInput: (name) => name && set({
      ...presets[name], pointed: presets[name].transposed ? "input" : "output", row: 0, col: 0 }),
  });
  control.el.querySelector("select").append(...groups.map(([title, named]) =>
    h("optgroup", { label: title }, ...Object.keys(named).map(option))));
  return {
    el: h("div", { class: "cnn-example" }, control.el),
    show: (state) => control.set(Object.keys(presets).find((name) => matches(state, presets[name])) ?? ""),
  };
}

/** The sliders of one setting: one for both axes, or one each. */
function buildSetting(letter, { get, set, apart }) {
  const [key, name] = LETTERS[letter];
  const make = (at) => slider({
    label: name, min: 0, max: 1,
    onInput(value) {
      if (!apart()) set({ [key]: [value, value] });
      else set({ [key]: get(key).map((old, axis) => (axis === at ? value : old)) });
    },
  });
  const controls = [make(0), make(1)];
  const el = h("div", { class: "cnn-setting" }, ...controls.map((control) => control.el));
  return {
    el,
    show(state) {
      const two = apart() && state.axes === 2;
      el.hidden = letter === "a" && !state.transposed;
      controls[0].el.hidden = !two;
      controls.forEach((control, at) => {
        const text = two ? `${name} ${["rows", "columns"][at]}` : name;
        control.el.firstChild.textContent = text;
        const [min, max] = limits(axisOf(state, at), letter);
        control.set(state[key][at], { min, max });
      });
    },
  };
}

/**
 * @returns {{el: HTMLElement, show: (state: Record<string, any>) => void}}
 */
export function buildControls({ get, set }) {
  let apart = false; // whether rows and columns have sliders of their own
  const state = () => Object.fromEntries(["axes", "transposed", ...SETTINGS].map((key) => [key, get(key)]));
  const presets = buildPresets({ get, set });
  const axes = radios({
    label: "Axes", options: [["2", "two"], ["1", "one"]],
    onInput: (value) => set({ ...mend(state()), axes: Number(value), row: 0, col: 0 }),
  });
  const kind = radios({
    label: "Convolution", options: [["", "plain"], ["1", "transposed"]],
    onInput(value) {
      const change = Boolean(value) === get("transposed") ? {} : turned(state());
      set({ ...change, pointed: value ? "input" : "output", row: 0, col: 0 });
    },
  });
  const separate = checkbox({
    label: "rows and columns apart",
    onInput(value) {
      apart = value;
      set(value ? {} : Object.fromEntries(SETTINGS.map((key) => [key, [get(key)[1], get(key)[1]]])));
    },
  });
  const settings = Object.keys(LETTERS).map((letter) => buildSetting(letter, { get, set, apart: () => apart }));
  const sliders = h("div", { class: "cnn-settings" }, ...settings.map((setting) => setting.el), separate.el);
  return {
    el: h("div", { class: "cnn-controls" },
      h("div", { class: "cnn-row" }, presets.el, kind.el, axes.el), sliders),
    show(now) {
      if (SETTINGS.some((key) => now[key][0] !== now[key][1])) apart = true;
      presets.show(now);
      axes.set(String(now.axes));
      kind.set(now.transposed ? "1" : "");
      separate.set(apart);
      separate.el.hidden = now.axes === 1;
      sliders.classList.toggle("cnn-apart", apart && now.axes === 2);
      for (const setting of settings) setting.show(now);
    },
  };
}
