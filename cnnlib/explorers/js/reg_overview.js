/** Every setting's test accuracy as a dot with its interval, against the baseline: one row a technique. */
import { h } from "./dom.js";
import { caution, dotText, techniqueName, verdict } from "./reg_words.js";
import { ticksOf } from "./reg_curves.js";

const PITCH = 7; // from one strength to the next, downwards
const ROOM = 10; // above and below the strengths of a row
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** The accuracies from left to right: all dots but the few that lie far below the baseline. */
export function rangeOf(all) {
  const baseline = all.find(({ setting }) => setting.id === "none").test;
  const ends = all.map(({ test }) => test.mean - test.half).sort((a, b) => a - b);
  const high = Math.min(1, Math.max(...all.map(({ test }) => test.mean + test.half)));
  const reach = Math.max(high - baseline.mean, baseline.half, 0.004);
  const low = Math.max(ends[0], baseline.mean - 2.5 * reach);
  const room = 0.03 * (high - low);
  return [Math.max(0, low - room), Math.min(1, high + room)];
}

/** @param {{onChoose: (id: string) => void}} options */
export function makeOverview({ onChoose }) {
  const heading = h("div", { class: "cnn-caption" });
  const pointed = h("p", { class: "cnn-reg-pointed" });
  const scale = h("div", { class: "cnn-reg-scale", "aria-hidden": "true" });
  const rows = h("div", { class: "cnn-reg-rows", role: "radiogroup" });
  const limits = h("p", { class: "cnn-help" });
  const el = h("div", { class: "cnn-reg-overview" }, heading, pointed, h("div", { class: "cnn-reg-lanes" }, scale, rows), limits);
  let dots = []; // {el, one, x, y} in order
  let drawn = null;
  let chosen = null;

  const tell = (dot) => {
    const words = dot ? dotText(dot.one) : "";
    if (pointed.textContent !== words) pointed.textContent = words;
  };
  const go = (dot) => {
    onChoose(dot.one.setting.id);
    dot.el.focus();
  };
  rows.addEventListener("keydown", (event) => {
    const at = dots.findIndex((dot) => dot.el === document.activeElement);
    if (at < 0) return;
    let to = null;
    if (event.key in STEPS) to = (at + STEPS[event.key] + dots.length) % dots.length;
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = dots.length - 1;
    else if (event.key === " " || event.key === "Enter") to = at;
    if (to === null) return;
    event.preventDefault();
    go(dots[to]);
  });
  /** The dot of a lane that is nearest to the pointer. */
  const near = (event) => {
    const lane = event.target.closest(".cnn-reg-lane");
    if (!lane) return null;
    const { left, top, width } = lane.getBoundingClientRect();
    const far = (dot) => Math.hypot(event.clientX - left - dot.x * width, event.clientY - top - dot.y);
    return dots.filter((dot) => dot.el.parentElement === lane).reduce((best, dot) => (far(dot) < far(best) ? dot : best));
  };
  rows.addEventListener("click", (event) => {
    const dot = near(event);
    if (dot) go(dot);
  });
  rows.addEventListener("pointermove", (event) => tell(near(event) ?? chosen));
  rows.addEventListener("pointerleave", () => tell(chosen));

  function lay(all, size) {
    const [low, high] = rangeOf(all);
    const x = (value) => (value - low) / (high - low);
    const at = (value) => `${(100 * x(value)).toFixed(2)}%`;
    const baseline = all.find(({ setting }) => setting.id === "none").test;
    el.style.setProperty("--base", at(baseline.mean));
    el.style.setProperty("--base-low", at(baseline.mean - baseline.half));
    el.style.setProperty("--base-high", at(baseline.mean + baseline.half));
    scale.replaceChildren(...ticksOf(100 * low, 100 * high, 7).map((value) =>
      h("span", { style: `left: ${at(value / 100)}` }, h("span", { text: `${value} %` }))));
    const techniques = grouped(all);
    dots = [];
    rows.replaceChildren(...[...techniques].map(([technique, ones]) => {
      const lane = h("div", { class: "cnn-reg-lane", style: `height: ${ROOM + PITCH * ones.length}px` });
      ones.forEach((one, k) => {
        const y = ROOM / 2 + PITCH * (k + 0.5);
        const [left, right] = [Math.max(0, x(one.test.mean - one.test.half)), Math.max(0, x(one.test.mean + one.test.half))];
        const beyond = x(one.test.mean) < 0;
        const whisker = h("span", { class: "cnn-reg-whisker", style: `left: ${(100 * left).toFixed(2)}%; width: ${(100 * (right - left)).toFixed(2)}%` });
        const mark = h("span", {
          class: `cnn-reg-mark${verdict(one.over) ? " cnn-reg-told" : ""}${beyond ? " cnn-reg-beyond" : ""}`, style: `left: ${beyond ? 0 : at(one.test.mean)}`,
        });
        const dot = h("span", {
          class: "cnn-reg-one", role: "radio", tabindex: "-1", "aria-checked": "false", "aria-label": dotText(one), "data-setting": one.setting.id,
          style: `top: ${y - PITCH / 2}px`,
        }, whisker, mark);
        dots.push({ el: dot, one, x: Math.max(0, x(one.test.mean)), y });
        lane.append(dot);
      });
      return h("div", { class: "cnn-reg-row" }, h("span", { class: "cnn-reg-name", text: techniqueName(technique), "aria-hidden": "true" }), lane);
    }));
    heading.textContent = `Test accuracy after ${Number(size).toLocaleString("en")} training digits`;
    limits.textContent = caution(all.length - 1);
    rows.setAttribute("aria-label", `${heading.textContent}, every setting; choosing one shows it as A`);
  }

  return {
    el,
    /** @param {{all: any[]}} look @param {Record<string, any>} state */
    draw({ all }, state) {
      if (drawn !== state.size) {
        lay(all, state.size);
        drawn = state.size;
      }
      for (const dot of dots) {
        const { id } = dot.one.setting;
        const letter = id === state.setting ? "A" : id === state.against ? "B" : "";
        const checked = String(letter === "A");
        if (dot.el.getAttribute("aria-checked") !== checked) {
          dot.el.setAttribute("aria-checked", checked);
          dot.el.tabIndex = letter === "A" ? 0 : -1;
        }
        if ((dot.el.dataset.letter ?? "") !== letter) dot.el.dataset.letter = letter;
        if (letter === "A") chosen = dot;
      }
      tell(chosen);
    },
  };
}

/** By technique, in the order of the sweep. */
function grouped(all) {
  const groups = new Map();
  for (const one of all) {
    const own = groups.get(one.setting.technique) ?? [];
    groups.set(one.setting.technique, [...own, one]);
  }
  return groups;
}
