/** AugmentationExplorer's settings: which picture, what is done to it, and places to look at first. */
import { STILL } from "./augment_math.js";
import { button, controlRow, makeBrush, radios, select, slider } from "./controls.js";
import { h } from "./dom.js";

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const BLANK = Array.from({ length: 8 }, () => new Array(8).fill(0));
const TEN = Array.from({ length: 10 }, (_, k) => [String(k), String(k)]);

/** Where labels break, and where they do not: which picture, and what is done to it. */
const LOOKS = [
  ["a 6 upside down", "a 6", { rotate: 180 }],
  ["a mirrored 2", "a 2", { flip: "left-right" }],
  ["a 1 moved out", "a 1", { right: 6 }],
  ["a 7 cropped", "a 7", { crop: 0.6, crop_top: 1, crop_left: 0 }],
  ["half 6, half 3", "a 6", { lam: 0.5, partner: "a 3" }],
  ["a mirrored face", "a face", { flip: "left-right" }],
];

const NETWORKS = [["augmented", "on changed digits"], ["plain", "on digits as they are"]];

/**
 * @param {object} options
 * @param {{name: string, label: number, image: number[][]}[]} options.pictures
 * @param {boolean} options.networks  whether their weights are on the page
 * @param {(key: string) => any} options.get @param {(changes: object) => void} options.set
 */
export function makeControls({ pictures, networks, get, set }) {
  const called = new Map(pictures.map((picture) => [picture.name, picture]));
  const taken = ({ image, label }) => ({ image, label });
  const partnered = ({ image, label }) => ({ partner: image, partner_label: label });

  function choose(name) {
    if (name === "blank") set({ image: BLANK });
    else if (name) {
      const picture = called.get(name);
      set({ ...taken(picture), ...(picture.image.length === get("partner").length ? {} : { lam: 1 }) });
    }
  }
  const names = pictures.map(({ name }) => [name, name]);
  const picture = select({ label: "Picture", options: [["", "your own"], ...names, ["blank", "blank: draw one"]], onInput: choose });
  const label = select({
    label: "Its label", options: [["-1", "no digit"], ...TEN], onInput: (value) => set({ label: Number(value) }),
  });
  const brush = makeBrush({ min: 0, max: 16, step: 1, first: 16 });

  const range = (key, title, min, max, step, unit) => slider({ label: title, min, max, step, unit, onInput: (value) => set({ [key]: value }) });
  const sliders = {
    down: range("down", "down", -8, 8, 0.1, "pixels"),
    right: range("right", "right", -8, 8, 0.1, "pixels"),
    rotate: range("rotate", "turn", -180, 180, 1, "degrees"),
    scale: range("scale", "scale", 0.5, 1.9, 0.05, "times"),
    noise: range("noise", "noise", 0, 1, 0.05),
    crop: range("crop", "crop", 0, 0.75, 0.05),
    crop_top: range("crop_top", "from top", 0, 1, 0.05),
    crop_left: range("crop_left", "from left", 0, 1, 0.05),
    lam: range("lam", "own share \u03bb", 0, 1, 0.05),
  };
  const flip = radios({
    label: "mirror", options: [["none", "no"], ["left-right", "left-right"], ["up-down", "up-down"]],
    onInput: (value) => set({ flip: value }),
  });
  const digits = pictures.filter(({ image }) => image.length === 8);
  const partner = select({
    label: "blend with", options: [["", "your own"], ...digits.map(({ name }) => [name, name])],
    onInput: (name) => { if (name) set({ ...partnered(called.get(name)), ...(get("lam") === 1 ? { lam: 0.5 } : {}) }); },
  });
  const reader = radios({ label: "Read by a network trained", options: NETWORKS, onInput: (value) => set({ network: value }) });

  const looks = LOOKS.map(([title, name, { partner: other, ...change }]) => button(title, () => set({
    ...STILL, ...taken(called.get(name)), ...change, ...(other ? partnered(called.get(other)) : {}),
  })));
  const still = button("No change", () => set({ ...STILL }));

  const where = h("span", { class: "cnn-pair" }, sliders.crop_top.el, sliders.crop_left.el);
  const blend = h("span", { class: "cnn-pair" }, partner.el, sliders.lam.el);
  const el = h("div", { class: "cnn-controls cnn-aug-controls" },
    controlRow(picture.el, label.el, brush.el),
    controlRow(sliders.down.el, sliders.right.el, sliders.rotate.el, sliders.scale.el),
    controlRow(flip.el, sliders.noise.el, sliders.crop.el, where),
    controlRow(blend, networks ? reader.el : "", still),
    h("div", { class: "cnn-row cnn-aug-looks", role: "group", "aria-label": "Look at" }, h("span", { text: "Look at:" }), ...looks));
  let own = null;
  let other = null;
  const found = (rows, list) => list.find(({ image }) => same(image, rows))?.name ?? "";
  const hide = (part, hidden) => { if (part.hidden !== hidden) part.hidden = hidden; };

  return {
    el,
    ink: brush.value,
    show(state) {
      if (own !== state.image) picture.set(found(state.image, pictures));
      if (other !== state.partner) partner.set(found(state.partner, digits));
      own = state.image;
      other = state.partner;
      label.set(String(state.label));
      for (const [key, control] of Object.entries(sliders)) control.set(state[key]);
      flip.set(state.flip);
      reader.set(state.network);
      hide(where, !state.crop);
      hide(blend, state.image.length !== state.partner.length && state.lam === 1);
    },
  };
}
