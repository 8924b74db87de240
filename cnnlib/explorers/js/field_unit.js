/** Which unit of the chosen layer: a small picture of its map, and two sliders. */
import { slider } from "./controls.js";
import { h, svg } from "./dom.js";
import { dragOver, stepKeys } from "./field_map.js";

const LINES_UP_TO = 32;

/** @param {{onUnit: (place: {row?: number, col?: number}) => void, onStep: (step: number[]) => void}} options */
export function makeUnitPicker({ onUnit, onStep }) {
  const lines = svg("path", { class: "cnn-pixels" });
  const cross = svg("path", { class: "cnn-unit-cross" });
  const cell = svg("path", { class: "cnn-unit-cell" });
  const overlay = svg("svg", { class: "cnn-overlay", "aria-hidden": "true", preserveAspectRatio: "none" }, lines, cross, cell);
  const map = h("div", { class: "cnn-unit-map", role: "group", tabindex: "0", "aria-label": "Units of the layer: arrow keys move" }, overlay);
  const sliders = ["row", "column"].map((label, axis) => slider({
    label, name: `unit, ${label}`, min: 0, max: 0,
    onInput: (place) => onUnit(axis === 0 ? { row: place } : { col: place }),
  }));
  const el = h("div", { class: "cnn-unit" }, map, h("div", { class: "cnn-unit-sliders" }, ...sliders.map(({ el: one }) => one)));
  let size = [1, 1];

  stepKeys(map, onStep);
  dragOver(map, (place) => {
    const [row, col] = place.map((share, axis) => Math.max(0, Math.min(size[axis] - 1, Math.floor(share * size[axis]))));
    onUnit({ row, col });
  });

  return {
    el,
    show(n, place, axes) {
      const [rows, cols] = n;
      if (String(n) !== String(size) || !overlay.hasAttribute("viewBox")) {
        overlay.setAttribute("viewBox", `0 0 ${cols} ${rows}`);
        map.style.setProperty("--shape", axes === 1 ? "7" : String(cols / rows));
        const few = Math.max(rows, cols) <= LINES_UP_TO;
        const down = Array.from({ length: cols - 1 }, (_, k) => `M${k + 1} 0V${rows}`);
        const across = Array.from({ length: rows - 1 }, (_, k) => `M0 ${k + 1}H${cols}`);
        lines.setAttribute("d", few ? [...down, ...across].join("") : "");
      }
      size = n;
      const [row, col] = place;
      cross.setAttribute("d", `M0 ${row + 0.5}H${cols}M${col + 0.5} 0V${rows}`);
      const least = [rows / 22, cols / 22].map((room) => Math.max(0, (room - 1) / 2)); // never too small to see
      cell.setAttribute("d", `M${col - least[1]} ${row - least[0]}h${1 + 2 * least[1]}v${1 + 2 * least[0]}h${-1 - 2 * least[1]}z`);
      sliders.forEach((control, axis) => control.set(place[axis], { max: n[axis] - 1 }));
      sliders[0].el.hidden = axes === 1;
      const noun = axes === 1 ? "unit" : "column";
      if (sliders[1].el.firstChild.textContent !== noun) sliders[1].el.firstChild.textContent = noun;
    },
  };
}
