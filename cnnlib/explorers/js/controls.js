/**
 * Native form controls with visible labels, each returning `{el, set}`. Where a label says enough only
 * to those who see what it stands beside, `name` is what everybody else hears; it contains the label.
 */
import { h, uniqueId } from "./dom.js";
import { parseNumber } from "./fields.js";

/**
 * @param {{label: string, name?: string, min: number, max: number, step?: number, unit?: string,
 *   onInput: (v: number) => void}} options  `unit` is heard behind the value, where it is not in sight
 */
export function slider({ label, name, min, max, step = 1, unit, onInput }) {
  const input = h("input", { type: "range", min, max, step, "aria-label": name });
  const shown = h("span", { class: "cnn-value", "aria-hidden": "true" }); // the slider says it itself
  input.addEventListener("input", () => onInput(Number(input.value)));
  const el = h("label", { class: "cnn-control" }, h("span", { text: label }), input, shown);
  return {
    el,
    input,
    shown,
    /** `words` are heard in place of the value. */
    set(value, { max: most = max, min: least = min, words = unit && `${value} ${unit}` } = {}) {
      if (input.max !== String(most)) input.max = String(most);
      if (input.min !== String(least)) input.min = String(least);
      if (input.value !== String(value)) input.value = String(value);
      const text = String(value).replace("-", "\u2212");
      if (shown.textContent !== text) shown.textContent = text;
      if (words && input.ariaValueText !== words) input.ariaValueText = words;
      input.disabled = most <= least;
    },
  };
}

/**
 * A number that is typed. Text that is no legal number is explained, and the last one stays.
 * @param {{label: string, name?: string, min: number, max: number, step?: number, whole?: boolean,
 *   onInput: (v: number) => void, onRefuse: (message: string) => void}} options
 */
export function numberBox({ label, name, min, max, step = 1, whole = false, onInput, onRefuse }) {
  const input = h("input", { type: "number", min, max, step: whole ? step : "any", "aria-label": name });
  let last = min;
  input.addEventListener("change", () => {
    try {
      const value = parseNumber(input.value);
      if (value < min || value > max) throw new Error(`${label}: ${value} is outside ${min} to ${max}`);
      if (whole && !Number.isInteger(value)) throw new Error(`${label}: ${value} is not a whole number`);
      if (whole && (value - min) % step) throw new Error(`${label}: ${value} is not ${min} or ${step}, ${2 * step} … more, up to ${max}`);
      last = value;
      onInput(value);
    } catch (error) {
      input.value = String(last);
      onRefuse(error.message);
    }
  });
  const el = h("label", { class: "cnn-control" }, h("span", { text: label }), input);
  return {
    el,
    set(value) {
      // What is being typed stays, unless the setting itself has changed.
      if (document.activeElement !== input || value !== last) input.value = String(value);
      last = value;
    },
  };
}

/**
 * @param {{label: string, options: [string, string][], onInput: (v: string) => void}} options
 *   pairs of value and text; a first value of "" stands for "none of these"
 */
export function select({ label, options, onInput }) {
  const input = h("select", {}, ...options.map(([value, text]) => h("option", { value, text })));
  input.addEventListener("change", () => onInput(input.value));
  const el = h("label", { class: "cnn-control" }, h("span", { text: label }), input);
  return { el, set: (value) => { if (input.value !== value) input.value = value; } };
}

/**
 * One of a few, all in sight.
 * @param {{label: string, options: [string, string][], onInput: (v: string) => void}} options
 */
export function radios({ label, options, onInput }) {
  const name = uniqueId("radio");
  const inputs = options.map(([value]) => h("input", { type: "radio", name, value }));
  for (const input of inputs) input.addEventListener("change", () => onInput(input.value));
  const labels = options.map(([, text], k) => h("label", {}, inputs[k], h("span", { text })));
  const title = h("span", { text: label, id: uniqueId("radios") });
  const el = h("div", { class: "cnn-radios", role: "radiogroup", "aria-labelledby": title.id }, title, ...labels);
  return {
    el,
    set(value) {
      for (const input of inputs) input.checked = input.value === value;
    },
  };
}

/** @param {{label: string, name?: string, onInput: (v: boolean) => void}} options */
export function checkbox({ label, name, onInput }) {
  const input = h("input", { type: "checkbox", "aria-label": name });
  input.addEventListener("change", () => onInput(input.checked));
  const el = h("label", { class: "cnn-check" }, input, h("span", { text: label }));
  return { el, set: (value) => { input.checked = value; } };
}

/** Controls side by side, as far as they fit. @param {...(Node | string)} els */
export function controlRow(...els) {
  return h("div", { class: "cnn-row" }, ...els);
}

/**
 * The value that painting puts into a cell, and the slider that chooses it.
 * @param {{min?: number, max?: number, step?: number, first?: number}} [range]
 * @returns {{el: HTMLElement, value: () => number}}
 */
export function makeBrush({ min = -1, max = 1, step = 0.1, first = 1 } = {}) {
  let paint = first;
  const control = slider({
    label: "Brush", min, max, step,
    onInput(value) {
      paint = value;
      control.set(value);
    },
  });
  control.set(paint);
  return { el: control.el, value: () => paint };
}

/** @param {string} text @param {() => void} onClick @param {string} [name] */
export function button(text, onClick, name) {
  return h("button", { type: "button", class: "cnn-button", text, onclick: onClick, "aria-label": name });
}

/**
 * Previous, play or pause, next, and a slider over `count` places; one step every `pause` ms.
 * @param {{label: string, onInput: (place: number) => void, pause?: number}} options
 */
export function player({ label, onInput, pause = 700 }) {
  let place = 0;
  let count = 1;
  let least = 0;
  let timer = 0;
  const go = (to) => onInput(least + ((to - least + count) % count));
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  const step = (by) => {
    stop();
    go(place + by);
  };
  const track = slider({ label, min: 0, max: 1, onInput: (to) => { stop(); onInput(to); } });
  const play = button("Play", () => {
    if (timer) {
      stop();
      return;
    }
    play.textContent = "Pause";
    go(place + 1);
    timer = setInterval(() => (play.isConnected ? go(place + 1) : stop()), pause);
  });
  const back = button("Previous", () => step(-1));
  const on = button("Next", () => step(1));
  const el = h("div", { class: "cnn-player", role: "group", "aria-label": label }, back, play, on, track.el);
  return {
    el,
    stop,
    /** @param {number} to @param {number} first @param {number} length @param {string} [words] */
    set(to, first, length, words) {
      place = to;
      least = first;
      count = Math.max(1, length);
      track.set(to, { min: first, max: first + count - 1, words });
    },
  };
}
