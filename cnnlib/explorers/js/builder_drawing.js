/** The network as boxes in proportion: as high as maps have rows, as wide as the root of their channels. */
import { h, svg } from "./dom.js";

const [TALL, GAP, VECTOR, FLOOR] = [84, 8, 6, 118];
const [WIDE, DEEPEST] = [690, 48]; // of the whole, where that is possible, and of one map
const SHOWN = ["conv", "max", "avg", "gap", "linear"];

/** The boxes that are drawn: the input, and what changes shapes on the way through first branches. */
function boxesOf({ nodes, rows }) {
  const inFirst = (node) => node.blocks.every((block) => {
    const [first] = nodes[block].item.branches;
    return first.includes(node.item) || first.some((item) => item.branches?.flat(3).includes(node.item));
  });
  const places = rows.flatMap((_, at) => {
    const { op, item } = nodes[at];
    return op !== "window" || (SHOWN.includes(item.kind) && inFirst(nodes[at])) ? [at] : [];
  });
  const maps = rows.filter(({ shape }) => shape.length === 3);
  const most = Math.max(...maps.map(({ shape }) => Math.max(shape[1], shape[2] / 2)));
  const deep = Math.max(...maps.map(({ shape }) => shape[0]));
  const long = Math.max(...rows.map(({ shape }) => (shape.length === 1 ? shape[0] : 1)));
  const room = Math.max(10, Math.min(DEEPEST, WIDE / places.length - GAP));
  let x = 14;
  return places.map((at) => {
    const { shape } = rows[at];
    const map = shape.length === 3;
    const width = map ? Math.max(3, room * Math.sqrt(shape[0] / deep)) : VECTOR;
    const height = map ? Math.max(2, (TALL * shape[1]) / most) : Math.max(4, TALL * Math.sqrt(shape[0] / long));
    const box = { at, x, width, height, shape, map };
    x += width + GAP;
    return box;
  });
}

/** Numbers below a box, where they are not those of the box before and there is room. */
function labels(boxes) {
  let free = -Infinity;
  let before = "";
  return boxes.flatMap((box) => {
    const [first, ...size] = box.shape;
    const lines = box.map ? [String(first), size[0] === size[1] ? String(size[0]) : size.join("\u00d7")] : ["", first.toLocaleString("en")];
    const text = lines.join();
    const middle = box.x + box.width / 2;
    const half = 3.2 * Math.max(...lines.map((line) => line.length)) + 2;
    if (text === before || middle - half < free) return [];
    before = text;
    free = middle + half;
    return [{ x: middle, lines }];
  });
}

/** From where a block starts to where its branches meet. */
function arcs({ nodes, rows }, boxes) {
  const boxOf = (at) => {
    let place = at;
    while (place > 0 && !boxes.some((box) => box.at === place)) [place] = nodes[place].inputs;
    return boxes.find((box) => box.at === place);
  };
  return rows.flatMap((_, at) => {
    if (nodes[at].op !== "merge") return [];
    let source = at;
    while (source === at || nodes[source].blocks.includes(at)) [source] = nodes[source].inputs;
    const [from, to] = [boxOf(source), boxOf(at)];
    const [x0, x1] = [from.x + from.width / 2, to.x + to.width / 2];
    return [`M${x0} ${top(from) - 3}C${x0} 4 ${x1} 4 ${x1} ${top(to) - 4}`];
  });
}

const middleLine = 24 + TALL / 2;
const top = (box) => middleLine - box.height / 2;

/** @param {{onChoose: (place: number) => void}} options */
export function makeDrawing({ onChoose }) {
  const picture = svg("svg", { class: "cnn-build-drawing", role: "img" });
  const shapes = svg("g");
  const others = svg("g");
  picture.append(others, shapes);
  const el = h("div", { class: "cnn-build-picture", tabindex: "0", role: "group", "aria-label": "Drawing of the network" }, picture,
    h("p", { class: "cnn-help", text: "Maps: as high as their rows, as wide as the root of their channels. Bars are vectors." }));
  const made = [];
  let drawn = "";
  let lit = null;
  picture.addEventListener("click", (event) => {
    const at = event.target.dataset?.at;
    if (at !== undefined) onChoose(Number(at));
  });

  function draw(now) {
    const boxes = boxesOf(now);
    while (made.length < boxes.length) made.push(svg("rect", { rx: 1.5 }));
    shapes.replaceChildren(...boxes.map((box, k) => {
      const set = { x: box.x, y: top(box), width: box.width, height: box.height, class: `cnn-build-map${box.at ? "" : " cnn-build-input"}${box.map ? "" : " cnn-build-vector"}` };
      for (const [key, value] of Object.entries(set)) made[k].setAttribute(key, value);
      made[k].dataset.at = box.at;
      return made[k];
    }));
    others.replaceChildren(
      ...arcs(now, boxes).map((d) => svg("path", { class: "cnn-build-skip", d })),
      ...labels(boxes).flatMap(({ x, lines }) => lines.map((line, k) => {
        const text = svg("text", { x, y: FLOOR + 13 * k, class: k ? "cnn-build-side" : "cnn-build-width" });
        text.textContent = line;
        return text;
      })));
    const last = boxes.at(-1);
    const width = Math.ceil(last.x + last.width + 24);
    picture.setAttribute("viewBox", `0 0 ${width} ${FLOOR + 18}`);
    picture.style.setProperty("--wide", `${width}px`);
    const text = boxes.map(({ at, shape }) => `${now.nodes[at].name} ${shape.join(" by ")}`).join(", ");
    picture.setAttribute("aria-label", `Boxes in proportion: ${text}`);
  }

  return {
    el,
    /** @param {object} now  what is shown */
    show(now) {
      const key = now.rows.map(({ shape }, at) => `${now.nodes[at].name} ${shape} ${now.nodes[at].inputs}`).join(";");
      if (key !== drawn) draw(now);
      drawn = key;
      const next = made.find((rect) => rect.isConnected && Number(rect.dataset.at) === now.at) ?? null;
      if (next === lit && key === drawn) return;
      lit?.classList.remove("cnn-chosen");
      next?.classList.add("cnn-chosen");
      lit = next;
    },
  };
}
