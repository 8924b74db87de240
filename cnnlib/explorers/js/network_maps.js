/** The network from top to bottom: a strip of feature maps for each layer, in blocks. */
import { h } from "./dom.js";
import { limitOf, makeMaps } from "./network_canvas.js";
import { LAYERS, layerOf } from "./network_math.js";

const BLOCKS = [
  { title: "Block 1", layers: ["conv1", "bn1", "relu1"] },
  { title: "Block 2", layers: ["conv2", "bn2", "relu2", "pool1"] },
  { title: "Block 3", layers: ["conv3", "bn3", "relu3", "pool2"] },
  { title: "Head", layers: ["flatten", "linear", "softmax"] },
];

const DOES = {
  conv: "3 × 3 convolution", bn: "batch norm", relu: "ReLU", pool: "max of 2 × 2",
  flatten: "one long row", linear: "fully connected", softmax: "probabilities",
};
const ACROSS = { flatten: 64, linear: 10, softmax: 10 };

/** "16 maps of 8 × 8" */
export const shapeOf = ({ c, n }) => (n > 1 ? `${c} maps of ${n} × ${n}` : `${c} numbers`);

function makeStrip(layer, onPick) {
  const { name, kind, c, n } = layer;
  const maps = makeMaps({
    label: `${name}: ${shapeOf(layer)}`, count: c, n, across: ACROSS[name] ?? 16, gap: n > 1 ? 1 : 0,
    onPick: (unit) => onPick({ layer: name, ...unit }),
  });
  const digits = c === 10 ? h("div", { class: "cnn-net-digits", "aria-hidden": "true" },
    ...Array.from({ length: 10 }, (_, k) => h("span", { text: String(k) }))) : "";
  const el = h("div", { class: `cnn-net-layer cnn-net-n${n > 1 ? n : name}`, "data-layer": name },
    h("div", { class: "cnn-net-name" },
      h("span", {}, h("strong", { text: name }), ` ${n > 1 ? `${c} × ${n} × ${n}` : c}`), h("span", { text: DOES[kind] })),
    h("div", { class: "cnn-net-strip" }, maps.el, digits));
  return { layer, maps, el };
}

/** @param {{onPick: (unit: object) => void}} options */
export function makeNetwork({ onPick }) {
  const strips = new Map();
  const blocks = BLOCKS.map(({ title, layers }) => {
    const own = layers.map((name) => makeStrip(layerOf(name), onPick));
    for (const strip of own) strips.set(strip.layer.name, strip);
    return h("div", { class: "cnn-net-block", role: "group", "aria-label": title }, ...own.map(({ el }) => el));
  });
  const el = h("div", { class: "cnn-net-flow" }, ...blocks);
  let chosen = "";

  return {
    el,
    /** @param {Record<string, import("./ops.js").Tensor>} all  of `forward` */
    draw(all) {
      for (const [name, { maps }] of strips) maps.draw(all[name].data, name === "softmax" ? 1 : limitOf(all[name].data));
    },
    /**
     * Frame a unit, its map, and in the layer before what it is made of.
     * @param {{layer: string, channel: number, row: number, col: number}} unit
     */
    frame({ layer, channel, row, col }) {
      const key = [layer, channel, row, col].join();
      if (key === chosen) return;
      chosen = key;
      const own = layerOf(layer);
      const before = layer === "linear" ? layerOf("flatten") : layerOf(own.from);
      for (const [name, strip] of strips) {
        const { n } = strip.layer;
        strip.el.classList.toggle("cnn-chosen", name === layer);
        if (name === layer) strip.maps.frame({ map: n > 1 ? [[channel, 0, 0, n, n]] : [], unit: [[channel, row, col, 1, 1]] });
        else strip.maps.frame(name === before.name ? { from: readFrom(own, before, { channel, row, col }) } : {});
      }
    },
  };
}

/** What a unit reads of the layer before, as frames, cut off at the borders of the maps. */
function readFrom(own, before, { channel, row, col }) {
  const all = Array.from({ length: before.c }, (_, k) => k);
  if (own.kind === "linear" || own.kind === "softmax") return [[0, 0, 0, before.n === 1 && before.c === 128 ? 2 : 1, Math.min(64, before.c)]];
  if (own.kind === "flatten") return [[Math.floor(channel / 4), Math.floor((channel % 4) / 2), channel % 2, 1, 1]];
  if (own.kind === "bn" || own.kind === "relu") return [[channel, row, col, 1, 1]];
  const [top, left] = [row, col].map((place) => Math.max(0, place * own.stride - own.pad));
  const [bottom, right] = [row, col].map((place) => Math.min(before.n, place * own.stride - own.pad + own.k));
  const window = [top, left, bottom - top, right - left];
  return own.kind === "pool" ? [[channel, ...window]] : all.map((k) => [k, ...window]);
}

export const CHOICES = LAYERS.slice(1).map((layer) => [layer.name, `${layer.name}, ${shapeOf(layer)}`]);
