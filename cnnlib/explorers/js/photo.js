/** A large picture on a canvas, with a mark on it and a pointer over it. */
import { paint } from "./colors.js";
import { h, svg } from "./dom.js";

/**
 * @param {{name: string, role: string, caption: string,
 *   onPoint: (row: number, col: number, how: "hover" | "focus") => void, onLeave: () => void}} options
 */
export function makePhoto({ name, role, caption, onPoint, onLeave }) {
  const canvas = h("canvas", { role: "img", "aria-label": name });
  const outline = svg("path", { class: "cnn-outline" });
  const overlay = svg("svg", { class: "cnn-overlay", "aria-hidden": "true", preserveAspectRatio: "none" }, outline);
  const captionEl = h("div", { class: "cnn-caption", text: caption });
  const box = h("div", { class: "cnn-gridbox cnn-photo" }, canvas, overlay);
  const el = h("div", { class: `cnn-panel cnn-photo-panel cnn-${role}` }, captionEl, box);

  let shape = "";
  let marked = "";
  let described = "";

  /** The pixel under the pointer; at an edge, which a part of a pixel may lie beyond, the last one. */
  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    const within = (share, n) => Math.max(0, Math.min(n - 1, Math.floor(share * n)));
    return [
      within((event.clientY - frame.top) / frame.height, canvas.height),
      within((event.clientX - frame.left) / frame.width, canvas.width),
    ];
  };
  canvas.addEventListener("pointermove", (event) => onPoint(...place(event), "hover"));
  canvas.addEventListener("pointerdown", (event) => onPoint(...place(event), "focus"));
  canvas.addEventListener("pointerleave", onLeave);

  return {
    el,
    /**
     * @param {import("./ops.js").Tensor} picture  (rows, columns)
     * @param {{grey: boolean, limit: number, label: string}} how  grey shows 0 to `limit`
     */
    draw(picture, { grey, limit, label }) {
      const [rows, cols] = picture.shape;
      if (shape !== `${cols} / ${rows}`) {
        shape = `${cols} / ${rows}`;
        box.style.aspectRatio = shape;
        overlay.setAttribute("viewBox", `0 0 ${cols} ${rows}`);
      }
      paint(canvas, picture, { grey, limit });
      if (described === label) return;
      described = label;
      captionEl.textContent = label;
      canvas.setAttribute("aria-label", label);
    },
    /** Frame a rectangle of pixels. */
    mark(row, col, height, width) {
      const path = `M${col} ${row}h${width}v${height}h${-width}z`;
      if (marked !== path) outline.setAttribute("d", path);
      marked = path;
    },
  };
}
