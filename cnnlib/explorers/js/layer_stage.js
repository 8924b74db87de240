/** One output value in numbers: channel by channel, window times slice, all added to the bias. */
import { h } from "./dom.js";
import { plain } from "./format.js";
import { makeGrid } from "./grid.js";
import { biasAt, inputAt, SHOWN, weightAt } from "./layer_values.js";

const CHANNELS = 3; // written out; the others' sum is one number
const WHOLE = 9; // a padded input up to this size is drawn whole, else the window alone
const WRITTEN = 25; // products that are written out

/** @param {{onCell: (row: number, col: number) => void}} options  told of a chosen output cell */
export function makeLayerStage({ onCell }) {
  let shown = null; // {state, layer}
  let at = [0, 0]; // the output cell that is explained
  let detail = 0; // the channel whose products are written out

  const rows = Array.from({ length: CHANNELS }, (_, r) => {
    const number = r ? `, channel ${r}` : ""; // the first is the layer's `input` and `kernel`
    const point = () => { detail = r; write(); };
    const one = {
      input: makeGrid({ name: `input${number}`, role: "input", caption: "input", textUpTo: WHOLE, drawnFrom: 1, onPoint: point }),
      slice: makeGrid({ name: `kernel${number}`, role: "kernel", caption: "slice", textUpTo: WHOLE, drawnFrom: 1, onPoint: point }),
      sum: h("strong", { class: "cnn-channel-sum" }),
    };
    const sign = (text) => h("span", { class: "cnn-sign", text });
    one.el = h("div", { class: "cnn-channel" }, one.input.el, sign("×"), one.slice.el, sign("="), one.sum);
    return one;
  });
  const rest = h("p", { class: "cnn-rest" });
  const total = h("p", { class: "cnn-adding" });
  const output = makeGrid({
    name: "output", role: "output", caption: "output", textUpTo: WHOLE, drawnFrom: 1,
    onPoint: (row, col, how) => (how === "focus" ? onCell(row, col) : explain(row, col)),
    onLeave: () => shown && explain(shown.layer.row, shown.layer.col),
  });
  const products = h("p", { class: "cnn-arithmetic", tabindex: "0", role: "group", "aria-label": "Products of one channel" });
  const note = h("p", { class: "cnn-help" });
  const el = h("div", { class: "cnn-sums" },
    h("div", { class: "cnn-layer-stage" },
      h("div", { class: "cnn-channels" }, ...rows.map((row) => row.el), rest),
      h("div", { class: "cnn-added" }, total, output.el)),
    products, note);

  /** The products behind one channel's sum. */
  function write() {
    const { layer: { kernel: [kh, kw], first, filter, each, place, inside, channelSum } } = shown;
    const c = first + Math.min(detail, each - 1, CHANNELS - 1);
    if (kh * kw > WRITTEN) {
      products.textContent = `channel ${c}: ${kh * kw} products add up to ${plain(channelSum(c, ...at))}`;
      return;
    }
    products.replaceChildren(`channel ${c}: `);
    for (let k = 0; k < kh * kw; k += 1) {
      const [i, j] = [Math.floor(k / kw), k % kw];
      const [y, x] = place(...at, i, j);
      const within = inside(y, x);
      if (k) products.append(" + ");
      products.append(
        h("span", { class: within ? "cnn-i" : "cnn-i cnn-pad", text: plain(within ? inputAt(c, y, x) : 0) }), "×",
        h("span", { class: "cnn-k", text: plain(weightAt(filter, c, i, j)) }));
    }
    products.append(" = ", h("strong", { text: plain(channelSum(c, ...at)) }));
  }

  /** Mark the windows of one output cell, and add up its channels. */
  function explain(row, col) {
    at = [row, col];
    const { state, layer } = shown;
    const { kernel: [kh, kw], first, each, cols, place, inside } = layer;
    const drawn = Math.min(each, CHANNELS);
    const taps = Array.from({ length: kh }, (_, i) => Array.from({ length: kw }, (_, j) => place(row, col, i, j)));
    const { whole } = shown;
    const terms = [];
    for (let r = 0; r < drawn; r += 1) {
      const value = plain(layer.channelSum(first + r, row, col));
      terms.push(value);
      rows[r].sum.textContent = value;
      rows[r].sum.setAttribute("aria-label", `sum of channel ${first + r}: ${value}`);
      if (whole) rows[r].input.mark(taps.flat());
      else {
        rows[r].input.draw(taps.map((line) => line.map(([y, x]) => (inside(y, x) ? inputAt(first + r, y, x) : 0))), { limit: 4 });
      }
    }
    const others = each > drawn ? plain(layer.allChannels(row, col, drawn)) : null;
    rest.hidden = others === null;
    if (others !== null) {
      const left = each - drawn;
      terms.push(others);
      rest.replaceChildren(`and ${left} more ${left === 1 ? "channel" : "channels"}, not drawn: `,
        h("strong", { class: "cnn-channel-sum", text: others }));
    }
    const value = plain(layer.values[row * cols + col]);
    total.replaceChildren(terms.join(" + "),
      ...(state.bias ? [" + ", h("span", { class: "cnn-k", text: `${biasAt(layer.filter)} (bias)` })] : []),
      " = ", h("strong", { class: "cnn-o", text: value }));
    output.mark([[row, col]]);
    write();
  }

  return {
    el,
    /** @param {Record<string, any>} state @param {ReturnType<import("./layer_values.js").layerOf>} layer */
    show(state, layer) {
      const { kernel: [kh, kw], filter, first, each, top, left, rows: height, cols: width, size } = layer;
      const whole = state.height + 2 * top <= WHOLE && state.width + 2 * left <= WHOLE;
      shown = { state, layer, whole };
      detail = Math.min(detail, each - 1);
      for (const [r, row] of rows.entries()) {
        row.el.hidden = r >= each;
        if (row.el.hidden) continue;
        const c = first + r;
        row.input.setCaption(`${whole ? "input, " : ""}channel ${c}`);
        row.slice.setCaption(`slice ${c}`);
        row.input.mark([]);
        if (whole) {
          row.input.draw(
            Array.from({ length: state.height }, (_, y) => Array.from({ length: state.width }, (_, x) => inputAt(c, y, x))),
            { limit: 4, pad: { top, left } });
        }
        row.slice.draw(
          Array.from({ length: kh }, (_, i) => Array.from({ length: kw }, (_, j) => weightAt(filter, c, i, j))), { limit: 2 });
      }
      const values = Array.from({ length: height }, (_, y) => Array.from(layer.values.slice(y * width, (y + 1) * width)));
      output.draw(values, { limit: Math.max(1, ...layer.values.map(Math.abs)) });
      output.setCaption(`output, channel ${filter}`);
      output.point(layer.row, layer.col);
      const cropped = size[2] > SHOWN || size[3] > SHOWN
        ? `Of the output's ${size[2]} by ${size[3]} cells, the first ${height} by ${width} are shown. ` : "";
      const windows = whole ? "" : "Of each input channel, the window alone is drawn. ";
      note.textContent = `${windows}${cropped}Point at an output cell to see its sum, at a channel for its products.`;
      explain(layer.row, layer.col);
    },
  };
}
