/** A signal's network drawn out: every unit a dot, every tap a line, and the cone of one unit lit. */
import { h, svg } from "./dom.js";
import { dragOver, stepKeys } from "./field_map.js";
import { sources } from "./field_lanes.js";

const MOST_UNITS = 40;
const MOST_ROWS = 10;
const STEP = 26; // from one pixel to the next
const RISE = 50; // from one layer to the next
const FOOT = 24; // for the numbers below the input

/** Whether a network is small enough to be drawn out. */
export function drawable({ nodes, fields, axes }) {
  return axes === 1 && nodes.length <= MOST_ROWS && fields.every(({ n, start }) => n[1] <= MOST_UNITS && start);
}

/** @param {{onUnit: (place: number, unit: number) => void, onStep: (step: number[]) => void}} options */
export function makeCone({ onUnit, onStep }) {
  const quiet = svg("path", { class: "cnn-tap" });
  const lit = svg("path", { class: "cnn-tap cnn-lit" });
  const dots = svg("g");
  const picture = svg("svg", { class: "cnn-cone", "aria-hidden": "true" }, quiet, lit, dots);
  const el = h("div", { class: "cnn-cone-box", role: "group", tabindex: "0", "aria-label": "Units and taps: left and right move the unit, up and down the layer" }, picture);
  let shown = null;
  let width = 1;
  let height = 1;

  stepKeys(el, ([down, across]) => {
    if (!down) onStep([0, across]);
    else if (shown) step(down);
  });
  dragOver(el, ([down, across]) => {
    if (!shown) return;
    const row = Math.max(0, Math.min(shown.nodes.length - 1, Math.round((height - FOOT - STEP / 2 - down * height) / RISE)));
    const { n, start, r, jump } = shown.fields[row];
    const pixel = (across * width) / STEP + shown.low - 0.5;
    const unit = Math.round((pixel - start[1] - (r[1] - 1) / 2) / jump[1]);
    onUnit(row, Math.max(0, Math.min(n[1] - 1, unit)));
  });

  /** Up is away from the input; the unit nearest to the same pixel. */
  function step(down) {
    const { fields, at, unit } = shown;
    const to = Math.max(0, Math.min(fields.length - 1, at - Math.sign(down)));
    const pixel = middle(fields[at], unit);
    const { n, jump } = fields[to];
    onUnit(to, Math.max(0, Math.min(n[1] - 1, Math.round((pixel - middle(fields[to], 0)) / jump[1]))));
  }

  return {
    el,
    draw(now) {
      const { nodes, fields, at, unit, parts, effective } = now;
      const ends = fields.map((field) => [middle(field, 0), middle(field, field.n[1] - 1)]);
      const pads = padsOf(nodes);
      const low = Math.min(...ends.map(([left], k) => left - pads[k] * fields[k].jump[1])) - 0.5;
      const high = Math.max(...ends.map(([, right], k) => right + pads[k] * fields[k].jump[1])) + 0.5;
      shown = { ...now, low };
      width = (high - low) * STEP;
      height = (nodes.length - 1) * RISE + STEP + FOOT;
      picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      picture.style.setProperty("--wide", `${width}px`);
      const x = (place, index) => (middle(fields[place], index) - low) * STEP;
      const y = (place) => height - FOOT - STEP / 2 - place * RISE;
      const cone = coneOf(nodes, fields, at, unit);
      const within = sources(nodes, at);
      const texts = { quiet: [], lit: [] };
      const circles = [];
      nodes.forEach((node, place) => {
        const count = fields[place].n[1];
        for (let index = 0; index < count; index += 1) {
          const on = cone[place].has(index);
          for (const [input, read] of readsOf(node, index)) {
            const line = `M${x(place, index)} ${y(place)}L${x(input, read)} ${y(input)}`;
            texts[on && within.has(place) ? "lit" : "quiet"].push(line);
          }
          const kind = place === at && index === unit ? "cnn-chosen" : on ? "cnn-lit" : "";
          circles.push(svg("circle", { class: `cnn-dot cnn-dot-${node.op} ${kind}`, cx: x(place, index), cy: y(place), r: kind === "cnn-chosen" ? 9 : 7 }));
        }
        for (let k = 1; k <= pads[place]; k += 1) {
          for (const index of [-k, count - 1 + k]) circles.push(svg("circle", { class: "cnn-dot cnn-dot-pad", cx: x(place, index), cy: y(place), r: 4 }));
        }
      });
      const share = (index) => {
        const percent = (100 * (parts.data[index - parts.left] ?? 0)) / (parts.total || 1);
        return percent >= 0.95 ? String(Math.round(percent)) : percent > 0 ? percent.toFixed(1).slice(1) : "";
      };
      for (let index = 0; index < fields[0].n[1]; index += 1) {
        circles.push(svg("text", { class: cone[0].has(index) ? "cnn-lit" : "", x: x(0, index), y: height - 6 }));
        circles.at(-1).textContent = effective ? share(index) : String(index);
      }
      quiet.setAttribute("d", texts.quiet.join(""));
      lit.setAttribute("d", texts.lit.join(""));
      dots.replaceChildren(...circles);
    },
  };
}

const middle = ({ start, r, jump }, unit) => start[1] + (r[1] - 1) / 2 + unit * jump[1];

/** What a unit reads: [place of the node, unit], also in the padding. */
function readsOf(node, index) {
  if (node.op !== "window") return node.inputs.map((input) => [input, index]);
  return Array.from({ length: node.k[1] }, (_, tap) =>
    [node.inputs[0], index * node.s[1] - node.p[1] + tap * node.d[1]]);
}

/** How much padding the readers of each node want. */
function padsOf(nodes) {
  const pads = nodes.map(() => 0);
  for (const { op, inputs, p } of nodes) if (op === "window") pads[inputs[0]] = Math.max(pads[inputs[0]], p[1]);
  return pads;
}

/** The units of each node that have a part in one unit. */
function coneOf(nodes, fields, at, unit) {
  const found = nodes.map(() => new Set());
  found[at].add(unit);
  for (let place = at; place > 0; place -= 1) {
    for (const index of found[place]) {
      for (const [input, read] of readsOf(nodes[place], index)) {
        if (read >= 0 && read < fields[input].n[1]) found[input].add(read);
      }
    }
  }
  return found;
}
