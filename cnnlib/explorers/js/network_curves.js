/** Where it breaks: the probability of the right class of both networks as the digit is moved further. */
import { select } from "./controls.js";
import { h, svg } from "./dom.js";
import { withMinus } from "./format.js";
import { whenIdle } from "./idle.js";
import { percent } from "./network_answer.js";
import { forward, ranked, seen } from "./network_math.js";
import { text } from "./signal_plot.js";

const steps = (low, high, step) => Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) => low + k * step);

/** What may be changed: the places of the curve, those with a number below, and its unit. */
export const PATHS = {
  right: { places: steps(-4, 4, 0.5), ticks: steps(-4, 4, 1), words: "shift right, pixels", unit: " px" },
  down: { places: steps(-4, 4, 0.5), ticks: steps(-4, 4, 1), words: "shift down, pixels", unit: " px" },
  rotate: { places: steps(-180, 180, 15), ticks: steps(-180, 180, 45), words: "turn, degrees", unit: "°" },
  noise: { places: steps(0, 1, 0.0625), ticks: steps(0, 1, 0.25), words: "standard deviation of the noise", unit: "" },
};
const REST = 120; // ms without a change, after which a curve is computed
const BOX = { width: 460, height: 172, left: 40, right: 12, top: 12, bottom: 40 };
const FLOOR = BOX.height - BOX.bottom;
const NAMES = ["plain", "augmented"];

const put = (el, name, value) => { if (el.getAttribute(name) !== String(value)) el.setAttribute(name, value); };
const number = (value) => String(value).replace("-", "\u2212");
const y = (share) => FLOOR - share * (FLOOR - BOX.top);

/** The stretch around the digit as it is, within which a network answers right; null if it does not there. */
export function stretch(places, right) {
  const home = places.indexOf(0);
  if (!right[home]) return null;
  let [low, high] = [home, home];
  while (low > 0 && right[low - 1]) low -= 1;
  while (high < places.length - 1 && right[high + 1]) high += 1;
  return [places[low], places[high]];
}

/**
 * @param {{networks: Record<string, object>, set: (changes: object) => void}} options
 */
export function makeCurves({ networks, set }) {
  const against = select({
    label: "Against", options: [["right", "shift right"], ["down", "shift down"], ["rotate", "turn"], ["noise", "noise"]],
    onInput: (name) => set({ against: name }),
  });
  const grid = [0, 0.5, 1].flatMap((share) => [
    svg("line", { x1: BOX.left, x2: BOX.width - BOX.right, y1: y(share), y2: y(share), class: "cnn-tick-line" }),
    text(BOX.left - 6, y(share) + 4, percent(share), "cnn-tick-y")]);
  const now = svg("line", { y1: BOX.top, y2: FLOOR, class: "cnn-here" });
  const lines = NAMES.map(() => svg("path", { class: "cnn-curve" }));
  const ticks = svg("g");
  const axis = text((BOX.left + BOX.width - BOX.right) / 2, BOX.height - 5, "", "");
  const plot = svg("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, class: "cnn-curve-plot cnn-pick", role: "img", "aria-label": "Probability" },
    ...grid, now, ...lines, ticks, axis);
  const title = h("span");
  const words = h("p", { class: "cnn-help" });
  const el = h("details", { class: "cnn-net-curves", open: true }, h("summary", { text: "Where does it break?" }), h("figure", {},
    h("div", { class: "cnn-row" }, against.el),
    h("figcaption", {}, title, h("span", { class: "cnn-net-key cnn-net-key-plain", text: "trained on digits as they are" }),
      h("span", { class: "cnn-net-key cnn-net-key-augmented", text: "on shifted and turned digits" })), plot, words));
  el.addEventListener("toggle", () => el.open && latest && draw(...latest));

  let wanted = null; // the state whose curve is asked for
  let latest = null; // what is drawn as soon as this is open
  let shown = "";
  let path = PATHS.right;
  let work = null;
  let timer = 0;
  const x = (place) => BOX.left + ((place - path.places[0]) / (path.places.at(-1) - path.places[0])) * (BOX.width - BOX.left - BOX.right);

  plot.addEventListener("pointerdown", (event) => {
    if (event.button || !wanted) return;
    plot.setPointerCapture?.(event.pointerId);
    pick(event);
  });
  plot.addEventListener("pointermove", (event) => plot.hasPointerCapture?.(event.pointerId) && pick(event));
  function pick(event) {
    const { left, width } = plot.getBoundingClientRect();
    const share = (((event.clientX - left) / width) * BOX.width - BOX.left) / (BOX.width - BOX.left - BOX.right);
    const { places } = path;
    set({ [wanted.against]: places[Math.max(0, Math.min(places.length - 1, Math.round(share * (places.length - 1))))] });
  }

  /** One place of the curve each time; tells whether places are left. */
  function job() {
    if (!work) return false;
    const { state, results } = work;
    const { places } = PATHS[state.against];
    if (results.length < places.length) {
      const input = seen({ ...state, [state.against]: places[results.length] });
      results.push(NAMES.map((name) => forward(networks[name], input).softmax.data));
      return true;
    }
    show();
    work = null;
    return false;
  }

  function show() {
    const { state, results, truth } = work;
    const { places, unit, words: what } = PATHS[state.against];
    const wrote = NAMES.map((name, at) => {
      put(lines[at], "d", results.map((both, k) => `${k ? "L" : "M"}${x(places[k]).toFixed(1)} ${y(both[at][truth]).toFixed(1)}`).join(""));
      const range = stretch(places, results.map((both) => ranked(both[at])[0] === truth));
      const from = range && `${range.map(number).join(" to ")}${unit}`;
      return `${name}, ${from ? `from ${from}` : "not even at 0"}`;
    });
    put(plot, "aria-label", withMinus(`Probability of ${truth} against ${what}: ${NAMES.map((name, at) =>
      `${name} ${places.map((place, k) => `${percent(results[k][at][truth])} at ${place}`).join(", ")}`).join("; ")}`));
    words.textContent = `It is taken for a ${truth}: ${wrote.join("; ")}.`;
    title.textContent = `Probability of ${truth}`;
  }

  /** @param {object} state @param {number} truth  the class that is followed */
  function draw(state, truth) {
    latest = [state, truth];
    if (!el.open) return;
    against.set(state.against);
    if (path !== PATHS[state.against] || !ticks.childElementCount) {
      path = PATHS[state.against];
      ticks.replaceChildren(...path.ticks.map((place) => text(x(place), FLOOR + 15, number(place), "")));
      axis.textContent = path.words;
    }
    put(now, "x1", x(state[state.against]).toFixed(1));
    put(now, "x2", x(state[state.against]).toFixed(1));
    NAMES.forEach((name, at) => put(lines[at], "class", `cnn-curve cnn-net-curve-${name}`));
    wanted = state;
    const key = JSON.stringify([truth, state.drawing, ...["right", "down", "rotate", "noise", "seed"].filter((name) => name !== state.against).map((name) => state[name]), state.against]);
    if (key === shown) return;
    shown = key;
    work = { state, truth, results: [] };
    clearTimeout(timer);
    timer = setTimeout(() => whenIdle(job), REST);
  }

  return { el, draw };
}
