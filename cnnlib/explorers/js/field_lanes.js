/** The network beside its table: a node a row, branches in lanes of their own. */
import { svg } from "./dom.js";

export const ROW = 30; // the height of a row, in pixels
export const LANE = 15; // the distance of two lanes
const BEND = 0.72; // of a row's height, within which a line changes lanes

/** From one place to another, on the way down the lane `via`. */
function route([x0, y0], via, [x1, y1]) {
  const bend = ROW * BEND;
  const out = via === x0 ? "" : `C${x0} ${y0 + bend * 0.6} ${via} ${y0 + bend * 0.4} ${via} ${y0 + bend}`;
  const end = via === x1 ? "" : `C${via} ${y1 - bend * 0.4} ${x1} ${y1 - bend * 0.6} ${x1} ${y1}`;
  return `M${x0} ${y0}${out}V${end ? y1 - bend : y1}${end}`;
}

/** Nodes that the node `at` is computed from, and itself. */
export function sources(nodes, at) {
  const found = new Set([at]);
  for (let place = at; place > 0; place -= 1) {
    if (found.has(place)) nodes[place].inputs.forEach((input) => found.add(input));
  }
  return found;
}

export function makeLanes() {
  const el = svg("svg", { class: "cnn-lanes", "aria-hidden": "true" });
  let edges = [];
  let marks = [];
  let all = [];
  return {
    el,
    /**
     * @param {import("./field_text.js").Node[]} nodes
     * @param {number[]} rows  the places of the nodes that have a row
     * @param {Set<number>} folded  places of the merges whose block is folded
     */
    draw(nodes, rows, folded) {
      all = nodes;
      const rowOf = new Map(rows.map((place, row) => [place, row]));
      const lanes = 1 + Math.max(...rows.map((place) => Math.max(nodes[place].lane, ...(folded.has(place) ? [0] : nodes[place].via))));
      const x = (lane) => (lane + 0.5) * LANE + 2;
      const at = (place) => [x(nodes[place].lane), (rowOf.get(place) + 0.5) * ROW];
      edges = [];
      marks = [];
      for (const place of rows) {
        const node = nodes[place];
        if (folded.has(place)) {
          const source = entry(nodes, place);
          edges.push([source, place, route(at(source), at(place)[0], at(place))]);
        } else {
          node.inputs.forEach((input, k) => {
            const via = node.op === "merge" ? x(node.via[k]) : at(place)[0];
            edges.push([input, place, route(at(input), via, at(place))]);
          });
        }
        marks.push([place, mark(node, at(place), folded.has(place))]);
      }
      edges = edges.map(([from, to, d]) => [from, to, svg("path", { class: "cnn-edge", d })]);
      const width = lanes * LANE + 4;
      el.setAttribute("width", String(width));
      el.setAttribute("height", String(rows.length * ROW));
      el.replaceChildren(...edges.map(([, , path]) => path), ...marks.map(([, shape]) => shape));
      return width;
    },
    /** Light what the node `chosen` is computed from. */
    mark(chosen) {
      const lit = sources(all, chosen);
      for (const [from, to, path] of edges) path.classList.toggle("cnn-lit", lit.has(to) && lit.has(from));
      for (const [place, shape] of marks) {
        shape.classList.toggle("cnn-lit", lit.has(place));
        shape.classList.toggle("cnn-chosen", place === chosen);
      }
    },
  };
}

/** The node that a block starts from. */
function entry(nodes, merge) {
  let place = merge;
  while (place === merge || nodes[place].blocks.includes(merge)) place = nodes[place].inputs[0];
  return place;
}

function mark(node, [x, y], folded) {
  const kind = folded ? "folded" : node.op;
  const shape = svg("g", { class: `cnn-node cnn-node-${kind}`, transform: `translate(${x} ${y})` });
  if (kind === "input") shape.append(svg("circle", { r: 5 }));
  if (kind === "window") shape.append(svg("rect", { x: -5, y: -5, width: 10, height: 10, rx: 2.5 }));
  if (kind === "folded") {
    shape.append(svg("rect", { x: -2.5, y: -7.5, width: 10, height: 10, rx: 2.5 }), svg("rect", { x: -6.5, y: -3.5, width: 11, height: 11, rx: 2.5 }));
  }
  if (kind === "merge") shape.append(svg("circle", { r: 5.5 }), svg("path", { d: "M-3 0h6M0 -3v6" }));
  return shape;
}
