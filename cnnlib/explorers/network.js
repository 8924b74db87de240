/** NetworkExplorer: a digit goes through a trained network, and every feature map is in sight. */
import { h, svg } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, matrix, number } from "./js/fields.js";
import { size } from "./js/format.js";
import { whenIdle } from "./js/idle.js";
import { makeGrid } from "./js/grid.js";
import { makeAnswer } from "./js/network_answer.js";
import { makeCurves } from "./js/network_curves.js";
import { limitOf } from "./js/network_canvas.js";
import { makeNetwork } from "./js/network_maps.js";
import { NAMES, digitsOf, fieldOf, forward, layerOf, ranked, seen, seenBy, unitOf, unpacked } from "./js/network_math.js";
import { makePen } from "./js/network_pen.js";
import { python } from "./js/network_python.js";
import { makeSource } from "./js/network_source.js";
import { makeUnit, mapOf } from "./js/network_unit.js";
import { summaryOf } from "./js/network_words.js";
import { nested, reshape } from "./js/ops.js";

const MOVES = ["down", "right", "rotate", "noise"];
const cells = matrix(8);

const fields = {
  drawing: {
    encode: cells.encode,
    decode(text) {
      const rows = cells.decode(text);
      if (rows.length !== 8 || rows[0].length !== 8) throw new Error(`${size(rows.length, rows[0].length)} is not 8 by 8`);
      if (rows.flat().some((value) => value < 0 || value > 16)) throw new Error("its numbers are not all from 0 to 16");
      return rows;
    },
  },
  label: integer(-1, 9),
  network: choice(["plain", "augmented"]),
  down: number(-4, 4),
  right: number(-4, 4),
  rotate: number(-180, 180),
  noise: number(0, 1),
  seed: integer(0, 999),
  against: choice(["right", "down", "rotate", "noise"]),
  layer: choice(NAMES),
  channel: integer(0, 127),
  row: integer(0, 7),
  col: integer(0, 7),
  source: integer(0, 31),
};

/** What the network is given, with a frame around what the chosen unit sees of it. */
function makeInput() {
  const grid = makeGrid({ name: "input", role: "input", caption: "the network sees", textUpTo: 0 });
  const frame = svg("path", { class: "cnn-net-sees" });
  grid.el.querySelector(".cnn-gridbox").append(
    svg("svg", { class: "cnn-overlay", "aria-hidden": "true", viewBox: "0 0 8 8", preserveAspectRatio: "none" }, frame));
  const words = h("p", { class: "cnn-help cnn-net-field" });
  let framed = "";
  return {
    el: h("div", { class: "cnn-net-input" }, grid.el, words),
    draw: (input) => grid.draw(nested(reshape(input, [8, 8])), { limit: Math.max(1, limitOf(input.data)) }),
    frame(unit) {
      const [top, left, height, width] = seenBy(unit);
      const clip = (from, length) => [Math.max(0, from), Math.min(8, from + length)];
      const [[y, bottom], [x, right]] = [clip(top, height), clip(left, width)];
      const path = `M${x} ${y}H${right}V${bottom}H${x}Z`;
      if (path !== framed) frame.setAttribute("d", path);
      framed = path;
      const { side } = fieldOf(unit.layer);
      const text = `The chosen unit sees ${size(side, side)} pixels${bottom - y < side || right - x < side ? `, ${size(bottom - y, right - x)} of them on the digit` : ""}.`;
      if (words.textContent !== text) words.textContent = text;
    },
  };
}

function build({ body, get, set, say }) {
  const stored = get("_stored");
  const networks = Object.fromEntries(Object.entries(stored.networks).map(([name, layers]) => [name, unpacked(layers)]));
  const digits = digitsOf(stored.test);
  const pen = makePen({ get, set, say });
  const source = makeSource({ body, digits, wrong: stored.wrong, load: pen.load, get, set, say });
  const input = makeInput();
  const answer = makeAnswer();
  const flow = makeNetwork({ onPick: set });
  const unitPart = makeUnit({ get, set });
  const curves = makeCurves({ networks, set });
  body.classList.add("cnn-net");
  body.append(
    source.el,
    h("div", { class: "cnn-net-top" }, pen.el, input.el, answer.el),
    h("div", { class: "cnn-net-body" }, flow.el, unitPart.el), curves.el);

  /** What the drawing is taken for as it is drawn: whose probability is plotted where nobody told. */
  function unmovedAnswer(state, shares) {
    if (!MOVES.some((key) => state[key])) return ranked(shares)[0];
    const still = { ...state, ...Object.fromEntries(MOVES.map((key) => [key, 0])) };
    return ranked(forward(networks[state.network], seen(still)).softmax.data)[0];
  }

  let tellOther = null; // writes what the other network says of the last input
  function compare() {
    tellOther();
    return false;
  }

  return (state) => {
    source.draw(state);
    pen.draw(state.drawing);
    const x = seen(state);
    const maps = forward(networks[state.network], x);
    const shares = maps.softmax.data;
    let asked = null;
    /** The other network is only compared with: it may wait until the maps are on the page. */
    const other = () => asked ??= forward(networks[state.network === "plain" ? "augmented" : "plain"], x);
    const unit = unitOf(state);
    const from = unitPart.sourceOf(unit, state.source);
    input.draw(x);
    input.frame(unit);
    answer.draw({ logits: maps.linear.data, shares, label: state.label });
    tellOther = () => answer.compare({ others: other().softmax.data, label: state.label, network: state.network });
    whenIdle(compare);
    flow.draw(maps);
    flow.frame(unit);
    unitPart.draw(networks[state.network], maps, unit, from);
    curves.draw(state, state.label >= 0 ? state.label : unmovedAnswer(state, shares));
    const map = mapOf(maps, unit);
    const { n } = layerOf(unit.layer);
    const value = map[n === 1 ? unit.channel : unit.row * n + unit.col];
    return {
      get values() {
        return Float64Array.from([...x.data, ...maps.linear.data, ...shares, ...other().linear.data, ...map]);
      },
      get summary() {
        return summaryOf(state, shares, other().softmax.data, unit, value);
      },
    };
  };
}

export const widget = defineExplorer({ name: "NetworkExplorer", fields, build, python: (state) => python({ ...state, ...unitOf(state) }) });
