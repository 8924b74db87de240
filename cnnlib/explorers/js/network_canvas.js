/** Many small maps on one canvas, a pixel each value, with frames over them and a pointer. */
import { colorMap, themeOf } from "./colors.js";
import { h, svg } from "./dom.js";
import { dragOver } from "./field_map.js";

const RAMPS = {};

/** The book's colours as 32-bit pixels, from most negative to most positive. */
function rampOf(theme) {
  return RAMPS[theme] ??= Uint32Array.from(colorMap(theme), ({ rgb: [r, g, b] }) =>
    (0xff000000 | (b << 16) | (g << 8) | r) >>> 0);
}

/** The largest size of any value, and no less than a hair. */
export function limitOf(data) {
  let most = 0;
  for (let k = 0; k < data.length; k += 1) {
    const size = Math.abs(data[k]);
    if (size > most) most = size;
  }
  return most || 1e-12;
}

/**
 * @param {object} options
 * @param {string} options.label  the canvas's name
 * @param {number} options.count  of maps @param {number} options.n  the side of each
 * @param {number} [options.across]  maps in a row @param {number} [options.gap]  cells between them
 * @param {(unit: {channel: number, row: number, col: number}) => void} [options.onPick]
 */
export function makeMaps({ label, count, n, across = 16, gap = 1, onPick }) {
  const pitch = n + gap;
  const columns = Math.min(across, count);
  const wide = columns * pitch - gap;
  const tall = Math.ceil(count / across) * pitch - gap;
  const canvas = h("canvas", { role: "img", "aria-label": label, width: wide, height: tall });
  const frames = ["from", "map", "unit"].map((kind) => svg("path", { class: `cnn-net-mark cnn-net-${kind}` }));
  const overlay = svg("svg", { class: "cnn-overlay", "aria-hidden": "true", viewBox: `0 0 ${wide} ${tall}`, preserveAspectRatio: "none" }, ...frames);
  const el = h("div", { class: "cnn-maps" }, canvas, overlay);
  el.style.setProperty("--wide", String(wide));
  el.style.setProperty("--tall", String(tall));

  const corner = (channel) => [Math.floor(channel / across) * pitch, (channel % across) * pitch];
  const places = Int32Array.from({ length: count * n * n }, (_, k) => {
    const [top, left] = corner(Math.floor(k / (n * n)));
    return (top + (Math.floor(k / n) % n)) * wide + left + (k % n);
  });
  const context = canvas.getContext("2d");
  const image = new ImageData(wide, tall);
  const words = new Uint32Array(image.data.buffer);
  const drawn = frames.map(() => "");

  const rectangle = ([channel, top, left, height, width]) => {
    const [y, x] = corner(channel);
    return `M${x + left} ${y + top}h${width}v${height}h${-width}z`;
  };

  if (onPick) {
    el.classList.add("cnn-pickable");
    dragOver(el, ([down, right]) => {
      const y = Math.max(0, Math.min(tall - 1, Math.floor(down * tall)));
      const x = Math.max(0, Math.min(wide - 1, Math.floor(right * wide)));
      const channel = Math.floor(y / pitch) * across + Math.floor(x / pitch);
      const within = (place) => Math.min(n - 1, place % pitch);
      if (channel < count) onPick({ channel, row: within(y), col: within(x) });
    });
  }

  return {
    el,
    /** @param {ArrayLike<number>} data  map after map @param {number} [limit]  of the colours */
    draw(data, limit = limitOf(data)) {
      const ramp = rampOf(themeOf());
      const middle = (ramp.length - 1) / 2;
      const scale = middle / limit;
      for (let k = 0; k < places.length; k += 1) {
        const place = middle + data[k] * scale;
        words[places[k]] = ramp[place > 0 ? Math.min(ramp.length - 1, Math.floor(place + 0.5)) : 0];
      }
      context.putImageData(image, 0, 0);
    },
    /**
     * Frame what a unit reads here, a map, and a unit; each as [map, top, left, height, width].
     * @param {{from?: number[][], map?: number[][], unit?: number[][]}} what
     */
    frame(what) {
      ["from", "map", "unit"].forEach((kind, k) => {
        const path = (what[kind] ?? []).map(rectangle).join("");
        if (path === drawn[k]) return;
        drawn[k] = path;
        frames[k].setAttribute("d", path);
      });
    },
  };
}
