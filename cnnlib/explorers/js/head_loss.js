/** The head: logits that are dragged, the probabilities, the loss and its gradient; and the bug. */
import { checkbox, numberBox, radios, slider } from "./controls.js";
import { h, svg } from "./dom.js";
import { label, plain, short } from "./format.js";
import { makeGrid } from "./grid.js";
import { lossesOf } from "./head_math.js";
import { makeSignalEditor } from "./signal_editor.js";
import { line, rect, text } from "./signal_plot.js";

const HEIGHT = 104;
const [TOP, FOOT] = [14, 18];

/** Probabilities as bars, the true class's as it should be in outline, and class numbers below. */
function drawBars(plot, probabilities, target) {
  const share = 100 / probabilities.length;
  const y = (value) => TOP + (1 - value) * (HEIGHT - TOP - FOOT);
  plot.replaceChildren(
    line("0", y(0), "100%", y(0), "cnn-axis"),
    ...probabilities.flatMap((value, k) => {
      const [left, wide] = [`${(k + 0.22) * share}%`, `${0.56 * share}%`];
      const name = text(`${(k + 0.5) * share}%`, HEIGHT - 4, k === target ? `${k} (true)` : String(k),
        k === target ? "cnn-true-class" : "");
      const wanted = k === target ? [rect(left, y(1), wide, y(0) - y(1), "cnn-wanted", 2)] : [];
      return [rect(left, y(value), wide, y(0) - y(value), "cnn-probability"), ...wanted, name];
    }));
}

/** One column: probabilities as bars and as a grid, the loss, and its gradient. */
function makeColumn({ names, captions, onPoint, onLeave }) {
  const plot = svg("svg", { class: "cnn-plot", height: HEIGHT, "aria-hidden": "true" });
  const pointing = (kind) => ({ textUpTo: 6, onPoint: (_row, col) => onPoint(kind, col), onLeave });
  const output = makeGrid({ name: names[0], role: "output", caption: captions[0], ...pointing("probability") });
  output.el.insertBefore(h("div", { class: "cnn-plotbox" }, plot), output.el.lastChild);
  const gradient = makeGrid({ name: names[1], role: "gradient", caption: captions[1], ...pointing("gradient") });
  const loss = h("p", { class: "cnn-loss" });
  const drawRow = (grid, values, limit) => {
    grid.draw([values], { limit });
  };
  return {
    el: h("div", { class: "cnn-head-column" }, output.el, loss, gradient.el),
    draw(answer, target, limit) {
      drawBars(plot, answer.probabilities, target);
      drawRow(output, answer.probabilities, 1);
      drawRow(gradient, answer.gradient, limit);
      const p = answer.probabilities[target];
      const formula = p === 0 ? "log \u03a3 exp(z / T) \u2212 z[true] / T" : `\u2212log ${p > 0.999 ? label(p) : plain(p)}`;
      loss.replaceChildren(`loss = ${formula} = `, h("strong", { text: plain(answer.loss) }));
    },
    mark(col) {
      for (const grid of [output, gradient]) grid.mark(col === null ? [] : [[0, col]]);
    },
  };
}

/** What the bug costs, in words. @returns {[string, string]} */
function cost({ right, wrong, floor, lengths: [once, twice] }, { twice: shown, target, temperature }) {
  if (!shown) {
    const down = right.gradient.every((value) => Math.abs(value) < 5e-4);
    const over = temperature === 1 ? "" : ", divided by T";
    return [`The gradient is what was predicted less what is true${over}.`, down
      ? "Here it is all but 0: little is left to learn from this example."
      : `A step against it raises the logit of class ${target}, and lowers each of the others in proportion to its probability.`];
  }
  const ratio = once / twice;
  const shorter = twice === 0 ? "has vanished, rounded to 0"
    : ratio > 1 ? `is ${short(Number(ratio.toPrecision(3)))} times shorter` : `is ${short(Number((1 / ratio).toPrecision(3)))} times longer`;
  const head = once === 0 && twice === 0
    ? "Both gradients have vanished, rounded to 0." : `Through two softmaxes, the gradient ${shorter}.`;
  return [head, "Probabilities lie between 0 and 1, so as logits they all look alike: " +
    `the second softmax evens them out. The loss, here ${plain(wrong.loss)} in place of ${plain(right.loss)}, never falls below ` +
    `log(1 + ${right.probabilities.length - 1}/e) = ${plain(floor)}, however sure and right the network is.`];
}

/** Throw where the true class is none of those that have logits. */
export function checkTarget({ logits, target }) {
  if (target >= logits.length) throw new Error(`target is ${target}; legal are the classes 0 to ${logits.length - 1}`);
}

/**
 * @param {{get: (key: string) => any, set: (changes: object) => void, say: (text: string) => void}} frame
 */
export function buildHead({ get, set, say }) {
  let shown = null;
  let pointed = null;
  const classes = numberBox({
    label: "Classes", min: 2, max: 6, whole: true, onRefuse: say,
    onInput(count) {
      const logits = Array.from({ length: count }, (_, k) => get("logits")[k] ?? 0);
      set({ logits, target: Math.min(get("target"), count - 1) });
    },
  });
  const target = radios({
    label: "True class", options: [0, 1, 2, 3, 4, 5].map((k) => [String(k), String(k)]),
    onInput: (value) => set({ target: Number(value) }),
  });
  const temperature = slider({
    label: "Temperature T", min: 0.1, max: 10, step: 0.1, onInput: (value) => set({ temperature: value }),
  });
  const twice = checkbox({ label: "softmax applied twice (a bug)", onInput: (value) => set({ twice: value }) });
  const logits = makeSignalEditor({
    role: "input", onRefuse: say,
    onEdit: (index, value) => set({ logits: get("logits").map((old, k) => (k === index ? value : old)) }),
  });
  logits.setCaption("logits z");
  const column = (which, names, captions) => makeColumn({
    names, captions,
    onPoint(kind, col) {
      pointed = { which, kind, col };
      if (shown) explain();
    },
    onLeave() {
      pointed = null;
      if (shown) explain();
    },
  });
  const right = column("right", ["output", "gradient"], ["softmax(z / T)", "gradient of the loss for z"]);
  const wrong = column("wrong", ["softmax twice", "gradient through both"],
    ["softmax(softmax(z / T))", "its gradient for z"]);
  const verdict = h("strong");
  const why = h("p", { class: "cnn-why" });
  const words = h("div", { class: "cnn-error" }, h("p", { class: "cnn-verdict" }, verdict), why);
  const sums = h("p", { class: "cnn-arithmetic" });
  const row = (...els) => h("div", { class: "cnn-row" }, ...els);

  /** Write out one probability or one entry of a gradient. */
  function explain() {
    const { state: { logits: z, target: t, temperature: T }, answer } = shown;
    right.mark(pointed && pointed.col < z.length ? pointed.col : null);
    wrong.mark(pointed && pointed.col < z.length ? pointed.col : null);
    if (!pointed || pointed.col >= z.length) {
      sums.replaceChildren(h("span", { class: "cnn-help",
        text: "Drag a logit, or point at a probability or at a part of the gradient to see its arithmetic." }));
      return;
    }
    const { which, kind, col: k } = pointed;
    const [p, q] = [answer.right.probabilities, answer.wrong.probabilities];
    const power = (value) => `exp(${plain(value)})`;
    const number = (value) => h("strong", { class: "cnn-o", text: plain(value) });
    const from = which === "right" ? z.map((value) => value / T) : p;
    if (kind === "probability") {
      sums.replaceChildren(`${which === "right" ? "p" : "q"}[${k}] = ${power(from[k])} / (${from.map(power).join(" + ")}) = `,
        number(answer[which].probabilities[k]),
        Math.max(...from) > 700
          ? h("span", { class: "cnn-help", text: " (the largest is first subtracted from all, so that no power overflows)" }) : "");
    } else if (which === "right") {
      sums.replaceChildren(`\u2202L/\u2202z[${k}] = (p[${k}] \u2212 ${k === t ? "1" : "0"}) / T = ` +
        `(${plain(p[k])} \u2212 ${k === t ? "1" : "0"}) / ${plain(T)} = `, number(answer.right.gradient[k]));
    } else {
      const first = q.map((value, j) => value - (j === t ? 1 : 0));
      const mean = p.reduce((sum, value, j) => sum + value * first[j], 0);
      sums.replaceChildren(`\u2202L/\u2202z[${k}] = p[${k}] (g[${k}] \u2212 \u03a3 p g) / T, where g = q \u2212 one-hot: ` +
        `${plain(p[k])} × (${plain(first[k])} \u2212 ${plain(mean)}) / ${plain(T)} = `, number(answer.wrong.gradient[k]));
    }
  }

  const columns = h("div", { class: "cnn-classifier" },
    h("div", { class: "cnn-head-column cnn-head-logits" }, logits.el), right.el, wrong.el);
  return {
    controls: [row(classes.el, target.el), row(temperature.el, twice.el)],
    el: h("div", { class: "cnn-signal" }, columns, words, sums),
    /** Draw a state; returns what the frame wants to know. */
    draw(state) {
      const count = state.logits.length;
      classes.set(count);
      target.set(String(state.target));
      target.el.querySelectorAll("label").forEach((each, k) => { each.hidden = k >= count; });
      temperature.set(state.temperature);
      twice.set(state.twice);
      logits.draw(state.logits);
      checkTarget(state);
      const answer = lossesOf(state);
      const limit = [...answer.right.gradient, ...(state.twice ? answer.wrong.gradient : [])]
        .reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
      right.draw(answer.right, state.target, limit);
      wrong.el.hidden = !state.twice;
      wrong.draw(answer.wrong, state.target, limit);
      [verdict.textContent, why.textContent] = cost(answer, state);
      words.dataset.verdict = state.twice ? "differ" : "same";
      shown = { state, answer };
      explain();
      const flat = ({ probabilities, loss, gradient }) => [...probabilities, loss, ...gradient];
      return {
        values: Float64Array.from([...flat(answer.right), ...(state.twice ? flat(answer.wrong) : [])]),
        summary: `Softmax of ${count} logits at temperature ${plain(state.temperature)}: the true class ${state.target} gets ` +
          `probability ${plain(answer.right.probabilities[state.target])}, the loss is ${plain(answer.right.loss)}.` +
          (state.twice ? ` With softmax applied twice: ${plain(answer.wrong.probabilities[state.target])}, and ${plain(answer.wrong.loss)}.` : ""),
      };
    },
  };
}
