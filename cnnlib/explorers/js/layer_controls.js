/** The settings of LayerExplorer: sizes of the input, and what the layer is made with. */
import { checkbox, numberBox, select, slider } from "./controls.js";
import { h } from "./dom.js";
import { pair, parseCall, problemOf } from "./layer_call.js";

/** Layers worth a look: a name, the call, and the input's (N, H, W). */
export const PRESETS = [
  ["three channels, two filters", "nn.Conv2d(3, 2, 3)", [1, 5, 5]],
  ["1×1: channels mixed, place by place", "nn.Conv2d(3, 4, 1)", [1, 5, 5]],
  ["depthwise: a filter for each channel", "nn.Conv2d(3, 3, 3, padding=1, groups=3)", [1, 5, 5]],
  ["two groups", "nn.Conv2d(4, 4, 3, groups=2)", [1, 5, 5]],
  ["an 11×11×4 input, one 5×5 filter, stride 2", "nn.Conv2d(4, 1, 5, stride=2)", [1, 11, 11]],
  ["ten 5×5×3 filters on 32×32×3", "nn.Conv2d(3, 10, 5)", [1, 32, 32]],
  ["ten images: (10, 3, 28, 28)", "nn.Conv2d(3, 16, 5)", [10, 28, 28]],
  ["Conv2d(3, 64, 5)", "nn.Conv2d(3, 64, 5)", [1, 32, 32]],
  ["AlexNet's first layer", "nn.Conv2d(3, 96, 11, stride=4)", [1, 227, 227]],
  ["VGG16's last layer of filters", "nn.Conv2d(512, 512, 3, padding=1)", [1, 14, 14]],
];

const COUNTS = [
  ["batch", "images N", 1024], ["in_channels", "channels in", 4096], ["height", "height H", 1024],
  ["width", "width W", 1024], ["out_channels", "filters", 4096],
];
const SIZES = [
  ["kernel_size", "kernel", 1, 11], ["stride", "stride", 1, 8],
  ["dilation", "dilation", 1, 8], ["padding", "padding", 0, 8],
];

/** Every preset as settings, by name. */
export function presetSettings() {
  return Object.fromEntries(PRESETS.map(([name, call, [batch, height, width]]) =>
    [name, { ...parseCall(call).settings, batch, height, width, filter: 0, row: 0, col: 0 }]));
}

const divisorsOfBoth = (a, b) =>
  Array.from({ length: Math.min(a, b) }, (_, k) => k + 1).filter((g) => a % g === 0 && b % g === 0);

/** A slider for a size that a call may also give as a pair. */
function sizeSlider({ key, label, min, max, set }) {
  const control = slider({ label, min, max, onInput: (value) => set({ [key]: value }) });
  const { shown } = control;
  return {
    el: control.el,
    set(value, ends) {
      const number = typeof value === "string" ? 0 : Math.max(...pair(value));
      control.set(number, ends);
      if (typeof value !== "number") {
        shown.textContent = Array.isArray(value) ? value.join(" by ") : value;
        control.input.setAttribute("aria-valuetext", shown.textContent);
      } else control.input.removeAttribute("aria-valuetext");
    },
  };
}

/**
 * @param {{set: (changes: Record<string, any>) => void, get: (key: string) => any,
 *   say: (message: string) => void}} options
 * @returns {{el: HTMLElement, show: (state: Record<string, any>) => void}}
 */
export function buildLayerControls({ get, set, say }) {
  const presets = presetSettings();
  const preset = select({
    label: "Example", options: [["", "…"], ...Object.keys(presets).map((name) => [name, name])],
    onInput: (name) => name && set(presets[name]),
  });
  /** Another count of channels keeps as many groups as divide both. */
  function setCount(key, value) {
    const counts = { in_channels: get("in_channels"), out_channels: get("out_channels"), [key]: value };
    const legal = divisorsOfBoth(counts.in_channels, counts.out_channels);
    set({ [key]: value, groups: Math.max(...legal.filter((g) => g <= get("groups"))) });
  }
  const counts = COUNTS.map(([key, label, max]) => [key, numberBox({
    label, min: 1, max, whole: true, onRefuse: say,
    onInput: (value) => (key.endsWith("channels") ? setCount(key, value) : set({ [key]: value })),
  })]);
  const sizes = SIZES.map(([key, label, min, max]) =>
    [key, sizeSlider({ key, label, min, max, set }), min, max]);
  const same = checkbox({ label: "padding 'same'", onInput: (on) => set({ padding: on ? "same" : 0 }) });
  const groups = select({ label: "groups", options: [["1", "1"]], onInput: (text) => set({ groups: Number(text) }) });
  const groupBox = groups.el.querySelector("select");
  const bias = checkbox({ label: "bias", onInput: (on) => set({ bias: on }) });
  let offered = "1";

  function showGroups(state) {
    const legal = divisorsOfBoth(state.in_channels, state.out_channels);
    if (!legal.includes(state.groups)) legal.push(state.groups);
    const key = `${legal} of ${state.in_channels}`;
    if (key !== offered) {
      groupBox.replaceChildren(...legal.map((g) => h("option", {
        value: String(g), text: g > 1 && g === state.in_channels ? `${g}: depthwise` : String(g) })));
      offered = key;
    }
    groups.set(String(state.groups));
  }

  const row = (...els) => h("div", { class: "cnn-row" }, ...els);
  const el = h("div", { class: "cnn-controls" },
    row(preset.el),
    row(...counts.map(([, control]) => control.el)),
    row(...sizes.map(([, control]) => control.el)),
    row(groups.el, same.el, bias.el));
  const sameBox = same.el.querySelector("input");
  return {
    el,
    show(state) {
      const chosen = Object.entries(presets).find(([, settings]) =>
        Object.entries(settings).every(([key, value]) =>
          ["filter", "row", "col"].includes(key) || String(state[key]) === String(value)));
      preset.set(chosen?.[0] ?? "");
      for (const [key, control] of counts) control.set(state[key]);
      for (const [key, control, min, most] of sizes) {
        const now = typeof state[key] === "string" ? 0 : Math.max(...pair(state[key]));
        const max = Math.max(most, now);
        const legal = Array.from({ length: max - min + 1 }, (_, k) => min + k)
          .filter((value) => !problemOf({ ...state, [key]: value }));
        const fixed = key === "padding" && state[key] === "same";
        const ends = legal.length ? { min: Math.min(now, legal[0]), max: Math.max(now, legal.at(-1)) } : { min, max };
        control.set(state[key], fixed ? { min: 0, max: 0 } : ends);
      }
      same.set(state.padding === "same");
      sameBox.disabled = state.padding !== "same" && pair(state.stride).some((s) => s !== 1);
      showGroups(state);
      bias.set(state.bias);
    },
  };
}
