/** Training and validation curves with bands over seeds, and a cursor over the epochs. */
import { h, svg } from "./dom.js";
import { placeOf } from "./reg_math.js";
import { amount } from "./reg_words.js";
import { niceCeiling } from "./signal_plot.js";

const HEIGHT = 264;
const GRAIN = 1000; // the plot's own units, across and down; it is stretched to its place
const LETTERS = ["a", "b"];
const KINDS = ["train", "validation"];

const put = (el, name, value) => { if (el.getAttribute(name) !== String(value)) el.setAttribute(name, value); };
const write = (el, words) => { if (el.textContent !== words) el.textContent = words; };

/** Where the vertical axis begins and ends: what the later half of the kept epochs has fills it. */
export function scaleOf(parts, metric, epochs) {
  const late = (values) => values.slice(Math.min(epochs.length >> 1, values.length - 1));
  const all = parts.flatMap((part) => KINDS.flatMap((kind) => [...late(part[kind].low), ...late(part[kind].high)]));
  if (metric === "loss") return [0, niceCeiling(Math.max(...all) * 1.02)];
  const low = Math.max(0, Math.min(...all));
  const step = [0.02, 0.05, 0.1, 0.2].find((each) => 1 - low <= 5 * each) ?? 0.2;
  return [Math.max(0, Math.floor(low / step) * step), 1];
}

/** Round values from `low` to `high`, at most `most` steps of them. */
export function ticksOf(low, high, most = 5) {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw * (1 - 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => Number(((first + k) * step).toFixed(10)));
}

/** The lines and the bands of one setting. */
function makePart(letter) {
  const part = { el: svg("g", { class: `cnn-reg-part cnn-reg-${letter}` }) };
  for (const kind of KINDS) {
    part[kind] = {
      band: svg("path", { class: `cnn-reg-band cnn-reg-${kind}` }), line: svg("path", { class: `cnn-reg-line cnn-reg-${kind}` }),
    };
  }
  part.el.append(part.train.band, part.validation.band, part.train.line, part.validation.line);
  return part;
}

/** @param {{onEpoch: (epoch: number) => void}} options  told 0 for the last */
export function makeCurves({ onEpoch }) {
  let epochs = [0, 1];
  const share = (epoch) => epoch / epochs.at(-1);
  const parts = LETTERS.map(makePart);
  const inner = svg("svg", { viewBox: `0 0 ${GRAIN} ${GRAIN}`, preserveAspectRatio: "none", width: "100%", height: HEIGHT, "aria-hidden": "true" },
    ...parts.map((part) => part.el));
  const cursor = svg("line", { class: "cnn-reg-cursor", y1: 0, y2: HEIGHT });
  const gaps = LETTERS.map((letter) => svg("line", { class: `cnn-reg-gap cnn-reg-${letter}` }));
  const dots = LETTERS.map((letter) => KINDS.map((kind) => svg("circle", { r: 4, class: `cnn-reg-dot cnn-reg-${letter} cnn-reg-${kind}` })));
  const ticksDown = svg("g");
  const ticksAcross = svg("g");
  const best = LETTERS.map((letter) => svg("g", { class: `cnn-reg-best cnn-reg-${letter}` }));
  const picture = svg("svg", { class: "cnn-reg-plot", width: "100%", height: HEIGHT + 22, role: "img" },
    ticksDown, inner, ...best, cursor, ...gaps, ...dots.flat(), ticksAcross);
  const legend = h("p", { class: "cnn-reg-legend" });
  const input = h("input", { type: "range", min: 0, max: 1, step: 1 });
  const shown = h("span", { class: "cnn-value", "aria-hidden": "true" });
  input.addEventListener("input", () => go(Number(input.value)));
  const slider = h("label", { class: "cnn-control cnn-reg-epoch" }, h("span", { text: "Epoch" }), input, shown);

  const go = (at) => onEpoch(at === epochs.length - 1 ? 0 : epochs[at]);
  const pick = (event) => {
    const { left, width } = picture.getBoundingClientRect();
    go(placeOf(epochs, Math.max(1, ((event.clientX - left) / width) * epochs.at(-1))));
  };
  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    picture.setPointerCapture(event.pointerId);
    pick(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (picture.hasPointerCapture(event.pointerId)) pick(event);
  });

  let drawn = null; // what the paths were last made of
  function drawPaths(shownParts, state) {
    const key = [state.setting, state.against, state.size, state.metric, state.band].join("|");
    if (drawn?.key === key) return;
    const [low, high] = scaleOf(shownParts.filter(Boolean), state.metric, epochs);
    const y = (value) => (high - value) / (high - low);
    const path = (values) => values.map((v, k) => `${(GRAIN * share(epochs[k])).toFixed(1)} ${(GRAIN * y(v)).toFixed(1)}`).join("L");
    LETTERS.forEach((_, k) => {
      const part = shownParts[k];
      parts[k].el.style.display = part ? "" : "none";
      best[k].replaceChildren();
      if (!part) return;
      for (const kind of KINDS) {
        const { mean, low: under, high: over } = part[kind];
        parts[k][kind].line.setAttribute("d", `M${path(mean)}`);
        const back = under.map((v, e) => `${(GRAIN * share(epochs[e])).toFixed(1)} ${(GRAIN * y(v)).toFixed(1)}`).reverse().join("L");
        parts[k][kind].band.setAttribute("d", `M${path(over)}L${back}Z`);
      }
      const foot = k ? HEIGHT : 0; // A's seeds hang from the top, B's stand on the foot
      const tall = k ? -9 : 9;
      best[k].append(
        ...part.best.map((epoch) => svg("line", { x1: `${100 * share(epoch)}%`, x2: `${100 * share(epoch)}%`, y1: foot, y2: foot + tall })),
        svg("line", { class: "cnn-reg-median", x1: `${100 * share(part.median)}%`, x2: `${100 * share(part.median)}%`, y1: foot, y2: foot + 2.2 * tall }));
    });
    ticksAcross.replaceChildren(...ticksOf(0, epochs.at(-1)).map((epoch) => {
      const words = svg("text", { x: `${100 * share(epoch)}%`, y: HEIGHT + 16 });
      words.textContent = String(epoch);
      return words;
    }));
    ticksDown.replaceChildren(...ticksOf(low, high).flatMap((value) => {
      const at = HEIGHT * y(value);
      const words = svg("text", { x: -7, y: at + 4, class: "cnn-tick-y" });
      words.textContent = state.metric === "loss" ? String(value) : `${Math.round(100 * value)} %`;
      return [svg("line", { x1: 0, x2: "100%", y1: at, y2: at, class: "cnn-tick-line" }), words];
    }));
    drawn = { key, y };
  }

  const sample = (letter, kind) => svg("svg", { class: `cnn-reg-sample cnn-reg-part cnn-reg-${letter}`, width: 30, height: 10, "aria-hidden": "true" },
    svg("line", { x1: 0, x2: 30, y1: 5, y2: 5, class: `cnn-reg-line cnn-reg-${kind}` }));

  function drawLegend(shownParts) {
    const names = shownParts.filter(Boolean).map((part) => part.setting.label).join("|");
    if (legend.dataset.names === names) return;
    legend.dataset.names = names;
    legend.replaceChildren(...shownParts.flatMap((part, k) => (part ? [h("span", { class: `cnn-reg-key cnn-reg-${LETTERS[k]}` },
      h("strong", { text: `${LETTERS[k].toUpperCase()} ${part.setting.label}` }),
      h("span", {}, sample(LETTERS[k], "validation"), " validation"),
      h("span", {}, sample(LETTERS[k], "train"), " training"))] : [])));
  }

  return {
    el: h("div", { class: "cnn-reg-curves" }, legend, h("div", { class: "cnn-reg-plotbox" }, picture), slider),
    /**
     * @param {any} look @param {Record<string, any>} state
     * @param {number[]} kept  the epochs of the curves @param {number} at  the place of the present one
     */
    draw({ a, b }, state, kept, at) {
      epochs = kept;
      put(input, "max", epochs.length - 1);
      drawPaths([a, b], state);
      drawLegend([a, b]);
      const x = `${100 * share(epochs[at])}%`;
      put(cursor, "x1", x);
      put(cursor, "x2", x);
      input.value = String(at);
      put(input, "aria-valuetext", `epoch ${epochs[at]}`);
      write(shown, `${epochs[at]} of ${epochs.at(-1)}`);
      [a, b].forEach((part, k) => {
        const inside = (value) => Math.max(0, Math.min(HEIGHT, HEIGHT * drawn.y(value)));
        const here = part && at < part.gap.length;
        for (const el of [gaps[k], ...dots[k]]) el.style.display = here ? "" : "none";
        if (!here) return;
        const [train, validation] = KINDS.map((kind) => inside(part[kind].mean[at]));
        put(dots[k][0], "cy", train);
        put(dots[k][1], "cy", validation);
        for (const dot of dots[k]) put(dot, "cx", x);
        put(gaps[k], "y1", train);
        put(gaps[k], "y2", validation);
        put(gaps[k], "x1", x);
        put(gaps[k], "x2", x);
      });
      put(picture, "aria-label", `${state.metric} against the epoch. ${[a, b].filter(Boolean).map((part) =>
        `${part.setting.label}: training from ${amount(part.train.mean[0], state.metric)} to ${amount(part.train.mean.at(-1), state.metric)}, ` +
        `validation from ${amount(part.validation.mean[0], state.metric)} to ${amount(part.validation.mean.at(-1), state.metric)}, ` +
        `best epoch ${part.median}`).join("; ")}. ${a.best.length} seeds, ${state.size} training digits.`);
    },
  };
}
