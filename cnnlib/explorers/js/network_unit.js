/** One unit: its map to walk through, the window that it reads, its filter, and its arithmetic. */
import { select, slider } from "./controls.js";
import { h } from "./dom.js";
import { makeGrid } from "./grid.js";
import { whenIdle } from "./idle.js";
import { limitOf, makeMaps } from "./network_canvas.js";
import { makeLines, linesOf } from "./network_lines.js";
import { CHOICES } from "./network_maps.js";
import { layerOf } from "./network_math.js";
import { sliceOf, summed, windowOf } from "./network_unit_math.js";

const WIDE = { flatten: 16, linear: 10, softmax: 10 }; // numbers in a row, where a layer is no maps

const rowsOf = (data, columns) => Array.from({ length: data.length / columns }, (_, row) =>
  Array.from(data.subarray(row * columns, (row + 1) * columns)));

/** The numbers of the chosen map, or of a layer that is one row of numbers. */
export function mapOf(maps, { layer, channel }) {
  const { n } = layerOf(layer);
  return layer in WIDE ? maps[layer].data : maps[layer].data.subarray(channel * n * n, (channel + 1) * n * n);
}

/**
 * @param {{get: (key: string) => any, set: (changes: object) => void}} options
 */
export function makeUnit({ get, set }) {
  const layer = select({ label: "Layer", options: CHOICES, onInput: (name) => set({ layer: name }) });
  const channel = slider({ label: "map", min: 0, max: 1, onInput: (value) => set({ channel: value }) });
  const source = slider({ label: "written out: map", min: 0, max: 1, onInput: (value) => set({ source: value }) });
  const map = makeGrid({
    name: "output", role: "output", caption: "map",
    onPoint(row, col, how) {
      if (how !== "focus") return;
      const wide = WIDE[get("layer")];
      set(wide ? { channel: row * wide + col } : { row, col });
    },
  });
  const window = makeGrid({ name: "window", role: "input", caption: "window" });
  const kernel = makeGrid({ name: "kernel", role: "kernel", caption: "kernel" });
  const filters = new Map(); // a canvas of slices for each number of them and size
  const filterBox = h("div", { class: "cnn-panel cnn-kernel cnn-net-filter" });
  const filterCaption = h("div", { class: "cnn-caption" });
  const lines = makeLines();
  let filterShown = "";

  let told = null; // whose arithmetic is to be written out

  /** Words wait for an idle moment: the maps follow the pen first. */
  function tell() {
    lines.draw(linesOf(...told));
    return false;
  }

  function filterOf(own) {
    const key = [layerOf(own.from).c, own.k].join();
    if (!filters.has(key)) {
      filters.set(key, makeMaps({
        label: `filter: ${layerOf(own.from).c} slices of ${own.k} × ${own.k}`, count: layerOf(own.from).c, n: own.k, across: 8,
        onPick: (unit) => set({ source: unit.channel }),
      }));
    }
    if (filterShown !== key) filterBox.replaceChildren(filterCaption, filters.get(key).el);
    filterShown = key;
    return filters.get(key);
  }

  /** The window, the slice and the filter, or none of them. */
  function drawSum(weights, maps, unit, from) {
    const own = layerOf(unit.layer).kind === "pool" ? layerOf(unit.layer) : summed(unit.layer);
    const pool = own?.kind === "pool";
    window.el.hidden = !own;
    kernel.el.hidden = !own || pool;
    filterBox.hidden = !own || pool || own.from === "input";
    source.el.hidden = filterBox.hidden;
    if (!own) return;
    const read = pool ? unit.channel : from;
    const { data, k } = windowOf(maps, own, read, unit.row, unit.col);
    const of = own.from === "input" ? "the input" : `${own.from}, map ${read}`;
    window.setCaption(`window of ${of}`);
    window.draw(rowsOf(data, k), { limit: limitOf(maps[own.from].data) });
    if (pool) return;
    const all = weights[`${own.name}.weight`].data;
    const each = all.length / layerOf(own.name).c;
    const mine = all.subarray(unit.channel * each, (unit.channel + 1) * each);
    const limit = limitOf(mine);
    kernel.setCaption(own.from === "input" ? `filter ${unit.channel}` : `filter ${unit.channel}, slice ${from}`);
    kernel.draw(rowsOf(sliceOf(weights, own, unit.channel, from), own.k), { limit });
    if (filterBox.hidden) return;
    const filter = filterOf(own);
    const caption = `filter ${unit.channel}: ${layerOf(own.from).c} slices`;
    if (filterCaption.textContent !== caption) filterCaption.textContent = caption;
    filter.draw(mine, limit);
    filter.frame({ unit: [[from, 0, 0, own.k, own.k]] });
  }

  return {
    el: h("div", { class: "cnn-net-unit-part" },
      h("div", { class: "cnn-row" }, layer.el, channel.el, source.el),
      h("div", { class: "cnn-net-stage" }, map.el, h("div", { class: "cnn-net-behind" }, window.el, kernel.el, filterBox)), lines.el),
    /** Which map before is written out: the one asked for, as far as there are so many. */
    sourceOf: ({ layer: name }, asked) => Math.min(asked, (summed(name) ? layerOf(summed(name).from).c : 1) - 1),
    draw(weights, maps, unit, from) {
      const { c } = layerOf(unit.layer);
      const own = summed(unit.layer);
      layer.set(unit.layer);
      channel.set(unit.channel, { max: c - 1 });
      source.set(from, { max: own ? layerOf(own.from).c - 1 : 0 });
      const wide = WIDE[unit.layer];
      map.setCaption(wide ? unit.layer : `${unit.layer}, map ${unit.channel}`);
      map.draw(rowsOf(mapOf(maps, unit), wide ?? layerOf(unit.layer).n), { limit: limitOf(maps[unit.layer].data) });
      const place = wide ? [Math.floor(unit.channel / wide), unit.channel % wide] : [unit.row, unit.col];
      if (String(place) !== String(map.active())) map.point(...place);
      map.mark([place]);
      drawSum(weights, maps, unit, from);
      told = [weights, maps, unit, from];
      whenIdle(tell);
    },
  };
}
