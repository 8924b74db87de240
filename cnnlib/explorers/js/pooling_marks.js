/** What PoolingExplorer draws over its grids: padding, windows, and which cells won. */
import { svg } from "./dom.js";

const BRIEF = 1024; // windows that are framed all at once, at most
/** How many cells across still show their numbers, and those of the padding. */
export const READABLE = 14;

const cell = (y, x) => `M${x} ${y}h1v1h-1z`;
const corner = (y, x, size) => `M${x + 1 - size} ${y}h${size}v${size}z`;
const box = (y, x, height, width) => `M${x} ${y}h${width}v${height}h${-width}z`;

/** A path that is written only where it changes. */
function makePath(name) {
  const el = svg("path", { class: name });
  let last = "";
  return {
    el,
    set(text) {
      if (text !== last) el.setAttribute("d", text);
      last = text;
    },
  };
}

/** The cells around a map of `h` by `w`, `pad` deep. */
function ring([h, w], pad) {
  const places = [];
  for (let y = -pad; y < h + pad; y += 1) {
    for (let x = -pad; x < w + pad; x += 1) {
      if (y < 0 || y >= h || x < 0 || x >= w) places.push([y, x]);
    }
  }
  return places;
}

/** @param {HTMLElement} panel  of the grid that lies below */
export function makeMarks(panel) {
  const names = ["pad", "beyond", "tiles", "won", "window", "winner"];
  const paths = Object.fromEntries(names.map((name) => [name, makePath(`cnn-pool-${name}`)]));
  const texts = svg("g", { class: "cnn-pool-pad-values" });
  const layer = svg("svg", { class: "cnn-overlay", "aria-hidden": "true", preserveAspectRatio: "none" },
    paths.pad.el, texts, ...names.slice(1).map((name) => paths[name].el));
  panel.querySelector(".cnn-gridbox").append(layer);
  let written = "";

  function around(sizes, pad, symbol, [below, right]) {
    const key = [sizes, pad, symbol, below, right].join();
    if (key === written) return;
    written = key;
    const [h, w] = sizes;
    const places = ring(sizes, pad);
    layer.setAttribute("viewBox", `${-pad} ${-pad} ${w + 2 * pad} ${h + 2 * pad}`);
    const fine = w + 2 * pad > READABLE;
    paths.pad.set((fine ? [] : places).map(([y, x]) => cell(y, x)).join(""));
    const [bottom, far] = [h + pad, w + pad];
    paths.beyond.set((below ? box(bottom, -pad, below, w + 2 * pad + right) : "") + (right ? box(-pad, far, h + 2 * pad, right) : ""));
    texts.replaceChildren(...(fine || !symbol ? [] : places).map(([y, x]) => {
      const text = svg("text", { x: x + 0.5, y: y + 0.5 });
      text.textContent = symbol;
      return text;
    }));
  }

  return {
    /**
     * @param {[number, number]} sizes  of the map
     * @param {{pad: number, symbol: string, beyond: [number, number], windows: [import("./pool_ops.js").Span[],
     *   import("./pool_ops.js").Span[]], span: [number, number], apart: boolean,
     *   winners: number[] | null,
     *   contested: Set<number>}} how  `apart` frames every window; `symbol` is what
     *   padding counts as; `beyond` are the rows and columns that partial windows lack
     */
    draw(sizes, { pad, symbol, beyond, windows: [rows, cols], span, apart, winners, contested }) {
      around(sizes, pad, symbol, beyond);
      const all = apart && rows.length * cols.length <= BRIEF;
      paths.tiles.set(all ? rows.map(({ start: y }) => cols.map(({ start: x }) => box(y, x, ...span)).join("")).join("") : "");
      // Where no number can be read, a mark for each window of equal values would tell nothing.
      const [marked, size] = sizes[1] > READABLE ? [contested, 0.5] : [new Set(winners), 0.3];
      paths.won.set([...marked].map((place) =>
        corner(Math.floor(place / sizes[1]), place % sizes[1], size)).join(""));
    },
    /** Nothing but the map itself. */
    clear(sizes) {
      around(sizes, 0, "", [0, 0]);
      for (const path of Object.values(paths)) path.set("");
    },
    /**
     * Light the window of one output cell.
     * @param {{y: number, x: number}[]} cells  of the window
     * @param {boolean} dense  whether they touch each other
     * @param {[number, number] | null} winner
     */
    window(cells, dense, winner) {
      const [first, last] = [cells[0], cells[cells.length - 1]];
      paths.window.set(dense ? box(first.y, first.x, last.y - first.y + 1, last.x - first.x + 1)
        : cells.map(({ y, x }) => cell(y, x)).join(""));
      paths.winner.set(winner ? cell(...winner) : "");
    },
    /** Frame one cell, and those that go with it. */
    places(places) {
      paths.window.set("");
      paths.winner.set(places.map(([y, x]) => cell(y, x)).join(""));
    },
  };
}
