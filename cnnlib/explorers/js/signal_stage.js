/**
 * Where one signal slides over the other: the two, their products, and the output, all over one
 * row of positions. An output sample stands below the first value of the signal that slides.
 */
import { h, setStyle, svg } from "./dom.js";
import { short } from "./format.js";
import { kept } from "./ops.js";
import { band, bar, line, makeScale, rangeOf, stem, text } from "./signal_plot.js";

/** Pixels from the top: each lane's caption, then its plot from `top`, `height` high. */
const OVERLAP = { caption: 0, top: 46, height: 78 };
const TICKS = OVERLAP.top + OVERLAP.height + 18;
const PRODUCTS = { caption: 150, top: 184, height: 50 };
const OUTPUT = { caption: 250, top: 284, height: 74 };
const MODES = { top: 378, height: 15, gap: 3 };
const HEIGHT = MODES.top + 3 * (MODES.height + MODES.gap) + 4;

/**
 * @typedef {object} Sliding  what is shown
 * @property {number[]} f  at the positions 0 to n - 1
 * @property {number[]} slid  the other signal in the order in which it slides
 * @property {string} name  of the other signal
 * @property {boolean} turned  whether that order is reversed
 * @property {number[]} full  the output for every overlap
 * @property {number} lead  position of the first of these
 * @property {string} mode  @property {number} start  @property {number} count  those that are kept
 *
 * @param {object} options
 * @param {(sample: number, how: "hover" | "drag") => void} options.onPoint  index into `full`
 * @param {() => void} options.onLeave
 * @param {(mode: string) => void} options.onMode  told when a mode's bar is pressed
 */
export function makeStage({ onPoint, onLeave, onMode }) {
  const copy = svg("g", { class: "cnn-kernel cnn-copy" });
  const [below, above] = [svg("g"), svg("g")];
  const plot = svg("svg", { class: "cnn-plot cnn-slide", height: HEIGHT, "aria-hidden": "true" }, below, copy, above);
  const captions = [OVERLAP, PRODUCTS, OUTPUT].map(({ caption }) =>
    h("div", { class: "cnn-lane-caption", style: `top: ${caption}px`, "aria-hidden": "true" }));
  const el = h("div", { class: "cnn-plotbox cnn-stage-box" }, plot, ...captions);

  let now = null; // the Sliding and the sample in view
  let drag = null;

  function drawOverlap({ f, slid, name, turned }, from, box) {
    const [low, high] = rangeOf([...f, ...slid]);
    const scale = makeScale({ ...box, ...OVERLAP, low, high });
    const to = from + slid.length - 1;
    const [top, bottom] = [OVERLAP.top - 22, OVERLAP.top + OVERLAP.height + 6];
    const shift = slid.length > 30 ? 0 : 0.13; // side by side within one column
    const end = turned ? to : from;
    copy.replaceChildren(
      band(scale, from, to, top, bottom, "cnn-card", 5),
      ...slid.map((value, j) => stem(scale, from + j + shift, value, { square: true })),
      text(scale.x(end), top + 13, `${name}[0]`, "cnn-card-label"));
    const step = [1, 2, 5, 10][[16, 30, 50].filter((most) => box.cols > most).length];
    const ticks = [];
    for (let p = box.first; p < box.first + box.cols; p += 1) {
      if (p % step === 0) ticks.push(text(scale.x(p), TICKS, short(p), "cnn-tick"));
    }
    return [
      line("0", scale.y(0), "100%", scale.y(0), "cnn-axis"), ...ticks,
      ...f.map((value, m) => stem(scale, m - shift, value, { className: "cnn-input" }))];
  }

  function drawProducts({ f, slid }, from, box) {
    const products = slid.map((value, j) => (f[from + j] ?? 0) * value);
    const [ends, others] = [rangeOf(f), rangeOf(slid)]; // a scale that stays while it slides
    const [low, high] = rangeOf(ends.flatMap((a) => others.map((b) => a * b)));
    const scale = makeScale({ ...box, ...PRODUCTS, low, high });
    const nodes = [line("0", scale.y(0), "100%", scale.y(0), "cnn-axis")];
    products.forEach((value, j) => {
      if (f[from + j] === undefined) return;
      nodes.push(bar(scale, from + j, value, "cnn-bar-product"),
        text(scale.x(from + j), scale.y(value) + (value < 0 ? 12 : -4), short(value), "cnn-product-label"));
    });
    return nodes;
  }

  function drawOutput({ full, lead, start, count, mode, f, slid }, sample, box) {
    const [low, high] = rangeOf(full);
    const scale = makeScale({ ...box, ...OUTPUT, low, high });
    const bottom = OUTPUT.top + OUTPUT.height + 8;
    const nodes = [
      band(scale, lead + start, lead + start + count - 1, OUTPUT.top - 10, bottom, "cnn-kept", 4),
      line("0", scale.y(0), "100%", scale.y(0), "cnn-axis")];
    full.forEach((value, t) => {
      const inside = t >= start && t < start + count;
      const classes = [inside ? "" : "cnn-dropped", t > sample ? "cnn-veiled" : "", t === sample ? "cnn-hot" : ""];
      nodes.push(stem(scale, lead + t, value, { className: `cnn-output ${classes.join(" ")}` }));
    });
    const y = scale.y(full[sample]);
    const tag = full[sample] < 0 ? y + 18 : y - 11;
    nodes.push(
      line(scale.x(lead + sample), TICKS + 6, scale.x(lead + sample), y, "cnn-guide"),
      text(scale.x(lead + sample), tag, short(full[sample]), "cnn-tag cnn-output"));
    ["full", "same", "valid"].forEach((name, row) => {
      const [first, length] = kept(name, f.length, slid.length);
      const top = MODES.top + row * (MODES.height + MODES.gap);
      const chosen = name === mode ? " cnn-chosen" : "";
      const bar = band(scale, lead + first, lead + first + length - 1, top, top + MODES.height, `cnn-mode${chosen}`, 3);
      bar.dataset.mode = name;
      const side = length < box.cols / 8 ? length : 0; // beside a bar too narrow for its name
      nodes.push(bar, text(scale.x(lead + first - 0.5 + side), top + 11.5, name, `cnn-mode-name${chosen}`));
    });
    return nodes;
  }

  /**
   * @param {Sliding} sliding @param {number} sample  index into `full`
   * @param {(Node | string)[][]} words  the captions of the overlap, the products, the output
   */
  function draw(sliding, sample, words) {
    const flips = now !== null && now.sliding.turned !== sliding.turned;
    now = { sliding, sample };
    const reach = sliding.slid.length - 1;
    const box = { first: -reach, cols: sliding.f.length + 2 * reach };
    const from = sample - reach;
    setStyle(plot, "--cols", box.cols);
    below.replaceChildren(...drawOutput(sliding, sample, box), ...drawProducts(sliding, from, box));
    above.replaceChildren(...drawOverlap(sliding, from, box));
    if (flips && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      copy.animate([{ transform: "scaleX(-1)" }, { transform: "none" }], { duration: 700, easing: "ease-in-out" });
    }
    captions.forEach((caption, k) => caption.replaceChildren(...words[k]));
  }

  /** The index of the pointer's column, counted as the output's samples are: it may be none. */
  function columnAt(event) {
    const { sliding: { f, slid, lead } } = now;
    const frame = plot.getBoundingClientRect();
    const reach = slid.length - 1;
    const cols = f.length + 2 * reach;
    return Math.floor(((event.clientX - frame.left) / frame.width) * cols) - reach - lead;
  }

  /** The nearest sample that is kept. */
  function nearest(index) {
    const { start, count } = now.sliding;
    return Math.max(start, Math.min(start + count - 1, index));
  }

  /** Over the output the pointer chooses a sample; above, it carries the signal that slides. */
  const overOutput = (event) =>
    event.clientY - plot.getBoundingClientRect().top >= OUTPUT.top - 14;

  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (event.target.dataset.mode) {
      onMode(event.target.dataset.mode);
      return;
    }
    plot.setPointerCapture(event.pointerId);
    const carries = !overOutput(event);
    drag = { offset: carries ? now.sample - columnAt(event) : 0 };
    plot.classList.add("cnn-dragging");
    if (!carries) onPoint(nearest(columnAt(event)), "drag");
  });
  plot.addEventListener("pointermove", (event) => {
    const index = columnAt(event);
    if (drag) onPoint(nearest(index + drag.offset), "drag");
    else if (event.pointerType !== "touch" && overOutput(event)) onPoint(nearest(index), "hover");
    else onLeave();
  });
  const drop = () => {
    drag = null;
    plot.classList.remove("cnn-dragging");
  };
  plot.addEventListener("pointerup", drop);
  plot.addEventListener("pointercancel", drop);
  plot.addEventListener("pointerleave", () => drag || onLeave());

  return { el, draw };
}
