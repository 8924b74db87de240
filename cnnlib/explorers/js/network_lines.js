/** How one unit's number comes about, written out line by line with its numbers. */
import { h } from "./dom.js";
import { plain } from "./format.js";
import { layerOf } from "./network_math.js";
import { normOf, sliceOf, summed, sumsOf, windowOf } from "./network_unit_math.js";

const i = (value) => ["cnn-i", plain(value)];
const k = (value) => ["cnn-k", plain(value)];
const o = (value) => ["cnn-o", plain(value)];
const signed = (value) => (value < 0 ? `(${plain(value)})` : plain(value));
const total = (parts) => parts.reduce((sum, value) => sum + value, 0);

/** Every product of one slice. */
function productLine(window, slice, source, value) {
  const products = Array.from(slice, (weight, tap) => [tap ? " + " : "", i(window.data[tap]), "×", ["cnn-k", signed(weight)]]);
  return { what: `from ${source}`, parts: [...products.flat(), " = ", o(value)] };
}

function sumLine(sums, source, bias, value) {
  const parts = Array.from(sums, (sum, at) => [at ? " + " : "", ["cnn-o", at ? signed(sum) : plain(sum)]]).flat();
  const added = bias === null ? [] : [" + ", ["cnn-k", signed(bias)], " (bias)"];
  return { what: `all maps of ${source}`, parts: [...parts, ...added, " = ", o(value)] };
}

function normLine({ mean, variance, gamma, beta, eps }, x, name, value) {
  return {
    what: `${name}, batch norm`,
    parts: ["(", o(x), " − ", k(mean), ") / √(", k(variance), ` + ${eps}) × `, ["cnn-k", signed(gamma)], " + ", ["cnn-k", signed(beta)], " = ", o(value)],
  };
}

function maxLine(window, name, source, value) {
  const won = window.data.indexOf(value);
  const parts = Array.from(window.data, (x, tap) => [tap ? ", " : "", [tap === won ? "cnn-i cnn-won" : "cnn-i", plain(x)]]).flat();
  return { what: `${name}, of ${source}`, parts: ["max(", ...parts, ") = ", o(value)] };
}

function softmaxLine(logits, channel, value) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (x) => Math.exp(x - most));
  return {
    what: "softmax",
    parts: ["exp(", o(logits[channel]), " − ", o(most), ") / ", o(total(powers)), " = ", o(value),
      ", where the sum is of exp(logit − the largest) over all ten"],
  };
}

/**
 * @param {Record<string, import("./ops.js").Tensor>} weights
 * @param {Record<string, import("./ops.js").Tensor>} maps
 * @param {{layer: string, channel: number, row: number, col: number}} unit
 * @param {number} source  the map before, whose products are written out
 * @returns {{what: string, parts: (string | [string, string])[]}[]}
 */
export function linesOf(weights, maps, { layer: name, channel, row, col }, source) {
  const layer = layerOf(name);
  const at = (which) => maps[which].data[(channel * layerOf(which).n + row) * layerOf(which).n + col];
  const value = at(name);
  if (layer.kind === "pool") {
    return [maxLine(windowOf(maps, layer, channel, row, col), name, `map ${channel} of ${layer.from}`, value)];
  }
  if (layer.kind === "flatten") {
    const [y, x] = [Math.floor((channel % 4) / 2), channel % 2];
    return [{ what: "flatten", parts: [`number ${channel} is ${layer.from}[${Math.floor(channel / 4)}, ${y}, ${x}] = `, o(value)] }];
  }
  const own = summed(name);
  const sums = sumsOf(weights, maps, own, channel, row, col);
  const bias = weights[`${own.name}.bias`]?.data[channel] ?? null;
  const window = windowOf(maps, own, source, row, col);
  const lines = [productLine(window, sliceOf(weights, own, channel, source), sums.length > 1 ? `map ${source} of ${own.from}` : `the ${own.from}`, sums[source])];
  if (sums.length > 1 || bias !== null) lines.push(sumLine(sums, own.from, bias, at(own.name)));
  const norm = layer.kind === "bn" ? name : layer.kind === "relu" ? layer.from : "";
  if (norm) lines.push(normLine(normOf(weights, norm, channel), at(own.name), norm, at(norm)));
  if (layer.kind === "relu") lines.push({ what: `${name}, ReLU`, parts: ["max(0, ", o(at(norm)), ") = ", o(value)] });
  if (layer.kind === "softmax") lines.push(softmaxLine(maps.linear.data, channel, value));
  return lines;
}

/** The lines on the page: what changes is changed in place. */
export function makeLines() {
  const el = h("div", { class: "cnn-net-lines cnn-arithmetic", role: "group", tabindex: "0", "aria-label": "Arithmetic of the chosen unit" });
  const rows = [];
  function makeRow() {
    const what = h("span", { class: "cnn-net-what" });
    const sum = h("span");
    const row = { el: h("p", {}, what, sum), what, sum, spans: [] };
    rows.push(row);
    el.append(row.el);
  }
  return {
    el,
    draw(lines) {
      while (rows.length < lines.length) makeRow();
      rows.forEach((row, at) => {
        const line = lines[at];
        if (row.el.hidden !== !line) row.el.hidden = !line;
        if (!line) return;
        if (row.what.textContent !== line.what) row.what.textContent = line.what;
        while (row.spans.length < line.parts.length) {
          row.spans.push({ el: row.sum.appendChild(h("span")), text: "", kind: "" });
        }
        row.spans.forEach((span, place) => {
          const part = line.parts[place] ?? "";
          const [kind, text] = typeof part === "string" ? ["", part] : part;
          if (span.text !== text) span.el.textContent = span.text = text;
          if (span.kind !== kind) span.el.className = span.kind = kind;
        });
      });
    },
  };
}
