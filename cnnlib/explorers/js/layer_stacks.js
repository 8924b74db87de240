/** The layer's shapes: input, filters and output as stacks of slices, each with its channel. */
import { numberBox } from "./controls.js";
import { h, svg } from "./dom.js";

const DRAWN = 4; // slices of a stack
const FILTERS = 4; // filters side by side; of more, one fewer, to leave room
const STEP = 11; // pixels from a slice to the one behind

/** Which of `count` slices are drawn: the first, the last, and `must`. */
function drawn(count, must) {
  if (count <= DRAWN) return Array.from({ length: count }, (_, k) => k);
  return [...new Set([0, 1, must, count - 1, 2])].slice(0, DRAWN).sort((a, b) => a - b);
}

/**
 * @param {{count: number, first?: number, side: [number, number], must?: number,
 *   hot?: (channel: number) => boolean}} options  `first` is the channel of the front slice
 */
function stack({ count, first = 0, side: [height, width], must = 0, hot = () => true }) {
  const slices = drawn(count, must);
  let depth = 0;
  const places = slices.map((slice, k) => {
    if (k) depth += slice - slices[k - 1] > 1 ? 1.9 * STEP : STEP;
    return { slice, gap: k > 0 && slice - slices[k - 1] > 1, depth };
  });
  const picture = svg("svg", {
    width: width + depth + 2, height: height + depth + 2, "aria-hidden": "true", class: "cnn-stack",
    viewBox: `-1 ${-depth - 1} ${width + depth + 2} ${height + depth + 2}`,
  });
  for (const { slice, gap, depth: at } of places.reverse()) {
    const channel = first + slice;
    const kind = hot(channel) ? "cnn-slice cnn-hot" : "cnn-slice";
    picture.append(svg("rect", { x: at, y: -at, width, height, rx: 2, class: kind }));
    const text = svg("text", { x: at + width - 3, y: 9.5 - at, class: kind });
    text.textContent = String(channel);
    picture.append(text);
    if (gap) {
      const dots = svg("text", { x: at - 0.35 * STEP + width, y: 0.75 * STEP - at + 9, class: "cnn-gap" });
      dots.textContent = "⋰";
      picture.append(dots);
    }
  }
  return picture;
}

/** Sides in pixels of planes that are drawn in proportion, the longest `most`. */
function sideOf([height, width], longest, most, least = 22) {
  const scale = most / longest;
  return [height, width].map((n) => Math.max(least, Math.min(most, n * scale)));
}

/** @param {{onFilter: (filter: number) => void, onRefuse: (message: string) => void}} options */
export function makeStacks({ onFilter, onRefuse }) {
  const part = (role, ...els) => h("div", { class: `cnn-volume cnn-${role}` }, ...els);
  const caption = () => h("div", { class: "cnn-caption" });
  const [from, by, to] = [caption(), caption(), caption()];
  const [fromPicture, toPicture] = [h("div"), h("div")];
  const shown = Array.from({ length: FILTERS }, () => {
    const one = { filter: 0 };
    one.el = h("button", { type: "button", class: "cnn-filter", onclick: () => onFilter(one.filter) });
    return one;
  });
  const more = h("p", { class: "cnn-help" });
  const box = numberBox({ label: "filter", min: 0, max: 4095, whole: true, onInput: onFilter, onRefuse });
  const filters = h("div", { class: "cnn-filters", role: "group", "aria-label": "filters" }, ...shown.map(({ el }) => el));
  const el = h("div", { class: "cnn-volumes" },
    part("input", from, fromPicture), part("kernel", by, filters, more, box.el), part("output", to, toPicture));
  let key = "";
  return {
    el,
    /** @param {Record<string, any>} state @param {ReturnType<import("./layer_values.js").layerOf>} layer */
    show(state, layer) {
      const { size: [, c_out, h_out, w_out], kernel, filter, first, each, perGroup } = layer;
      const now = JSON.stringify([state, layer.size]);
      if (now === key) return;
      key = now;
      const longest = Math.max(state.height, state.width, h_out, w_out);
      from.textContent = `input: ${state.in_channels} × ${state.height} × ${state.width}`;
      by.textContent = `${c_out} ${c_out === 1 ? "filter" : "filters"} of ${each} × ${kernel.join(" × ")}`;
      to.textContent = `output: ${c_out} × ${h_out} × ${w_out}`;
      fromPicture.replaceChildren(stack({
        count: state.in_channels, must: first, hot: (c) => c >= first && c < first + each,
        side: sideOf([state.height, state.width], longest, 74) }));
      toPicture.replaceChildren(stack({
        count: c_out, must: filter, hot: (c) => c === filter, side: sideOf([h_out, w_out], longest, 74) }));
      const many = c_out > FILTERS ? FILTERS - 1 : c_out;
      const which = Array.from({ length: many }, (_, k) => k);
      if (filter >= many) which[many - 1] = filter;
      for (const [k, one] of shown.entries()) {
        one.el.hidden = k >= which.length;
        if (one.el.hidden) continue;
        one.filter = which[k];
        const start = Math.floor(which[k] / perGroup) * each;
        const channels = each === 1 ? `channel ${start}` : `channels ${start} to ${start + each - 1}`;
        one.el.setAttribute("aria-pressed", String(which[k] === filter));
        one.el.replaceChildren(
          stack({ count: each, first: start, side: sideOf(kernel, Math.max(...kernel), 34) }),
          h("span", {}, h("span", { class: "cnn-live-text", text: "filter " }), String(which[k]),
            h("span", { class: "cnn-live-text", text: `, ${channels}` })));
      }
      const left = c_out - which.length;
      const slices = each > DRAWN ? `${DRAWN} of each filter's ${each} slices are drawn` : "";
      const rest = left ? `${left} more ${left === 1 ? "filter is" : "filters are"} not drawn` : "";
      more.textContent = [rest, slices].filter(Boolean).join("; ");
      more.hidden = !more.textContent;
      box.el.hidden = !left;
      box.set(filter);
    },
  };
}
