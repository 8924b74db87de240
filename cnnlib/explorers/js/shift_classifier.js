/** ShiftExplorer's classifier: a digit on a canvas, and what five networks take it for as it moves. */
import { controlRow, makeBrush, select } from "./controls.js";
import { h } from "./dom.js";
import { KIND_NAMES, KINDS } from "./downsampling.js";
import { makeGrid } from "./grid.js";
import { shift_path } from "./invariance.js";
import { nested } from "./ops.js";
import { axisName, moveTo } from "./shift_curves.js";
import { makeMover } from "./shift_move.js";
import { on_canvas, probabilities, unpacked } from "./shift_net.js";
import { makePlot, makeTable } from "./shift_plot.js";

const INK = 16;
const BRIEF = { max: "max", "max-blur": "blurred max", average: "average", strided: "stride 2", blur: "blur" };
const CELL = 4; // pixels for one cell of the last feature map: a shift by them changes nothing
const PLACES = Array.from({ length: 9 }, (_, p) => p);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const percent = (share) => `${Math.round(100 * share)}%`;
const best = (shares) => shares.reduce((most, share, k) => (share > shares[most] ? k : most), 0);

/** @param {import("./explorer.js").Frame} explorer */
export function buildClassifier({ get, set, say }) {
  const { networks = {}, digits = [], consistency = {} } = get("_networks") ?? {};
  const nets = Object.fromEntries(Object.entries(networks).map(([kind, layers]) => [kind, unpacked(layers)]));
  let path = null;
  let drawn = ""; // the digit that the answers are of
  const answered = new Map(); // what each network makes of it, by the shift
  const example = select({
    label: "Digit", options: [["", "your own"], ...digits.map(({ name }, k) => [String(k), name])],
    onInput: (k) => { if (k) set({ drawing: digits[k].image, label: digits[k].label }); },
  });
  const label = select({
    label: "It is a", options: PLACES.concat(9).map((k) => [String(k), String(k)]), onInput: (value) => set({ label: Number(value) }),
  });
  const brush = makeBrush({ min: 0, max: INK, step: 1, first: INK });
  const drawing = makeGrid({
    name: "drawing", role: "input", caption: "the digit", textUpTo: 0, onRefuse: say, brush: brush.value,
    onEdit(row, col, value) {
      if (value < 0 || value > INK) {
        say(`A pixel of ${value} is outside 0 (paper) to ${INK} (ink).`);
        return;
      }
      const rows = get("drawing").map((cells) => cells.slice());
      rows[row][col] = value;
      set({ drawing: rows });
    },
  });
  const canvas = makeGrid({ name: "input", role: "input", caption: "input", textUpTo: 0 });
  const mover = makeMover({ get, set, most: 8, what: "the input" });
  mover.handle(canvas.el);
  const plots = KINDS.map((kind) => makePlot({
    title: `${KIND_NAMES[kind]} `, places: PLACES, onPick: (place) => set(moveTo(path, place)),
    format: percent, width: 236, formula: kind in consistency
      ? `test digits: ${percent(consistency[kind].right)} right, ${percent(consistency[kind].same)} consistent` : "",
  }));
  const table = makeTable("All answers as a table");
  const verdict = h("strong");
  const why = h("p", { class: "cnn-why" });
  const words = h("div", { class: "cnn-error" }, h("p", { class: "cnn-verdict" }, verdict), why);

  /** What each network makes of the digit at one shift; moving back and forth asks none again. */
  function sharesAt(digit, down, right) {
    const place = `${down} ${right}`;
    if (!answered.has(place)) {
      const picture = on_canvas(digit, down, right);
      answered.set(place, KINDS.map((kind) => probabilities(nets[kind], kind, picture)));
    }
    return answered.get(place);
  }

  function draw(state) {
    if (!Object.keys(nets).length) {
      throw new Error("The classifiers' weights are not on this page: make the explorer with scene=\"classifier\".");
    }
    const { drawing: digit, label: truth, dy, dx } = state;
    const chosen = digits.findIndex(({ image, label: k }) => k === truth && same(image, digit));
    example.set(chosen < 0 ? "" : String(chosen));
    label.set(String(truth));
    mover.show(state);
    drawing.draw(digit, { limit: INK });
    canvas.draw(nested(on_canvas(digit, dy, dx)), { limit: 1 });
    canvas.setCaption(`input, moved ${Math.abs(dy)} ${dy < 0 ? "up" : "down"}, ${Math.abs(dx)} ${dx < 0 ? "left" : "right"}`);
    path = shift_path(dy, dx);
    const now = JSON.stringify(digit);
    if (now !== drawn) answered.clear();
    drawn = now;
    const places = path.shifts.slice(0, CELL).map(([down, right]) => sharesAt(digit, down, right));
    const curves = KINDS.map((_, at) => PLACES.map((p) => places[p % CELL][at]));
    const axis = axisName(path, state);
    const answers = curves.map((shares) => shares.map(best));
    KINDS.forEach((_, at) => plots[at].draw({
      values: curves[at].map((shares) => shares[truth]), present: path.present, high: 1, axis,
      notes: answers[at].map((k) => (k === truth ? "" : String(k))),
    }));
    table.draw({
      columns: [axis, ...KINDS.map((kind) => BRIEF[kind])], present: path.present,
      rows: PLACES.map((p) => [String(p), ...KINDS.map((_, at) =>
        `${answers[at][p]} (${percent(curves[at][p][answers[at][p]])})`)]),
    });
    const wrong = KINDS.filter((_, at) => answers[at][path.present] !== truth);
    const told = KINDS.map((kind, at) => {
      const k = answers[at][path.present];
      return `${KIND_NAMES[kind]}: ${k} (${percent(curves[at][path.present][k])})`;
    }).join("; ");
    words.dataset.verdict = wrong.length ? "differ" : "same";
    verdict.textContent = wrong.length ? `${KINDS.length - wrong.length} of 5 take it for a ${truth}.` : `All five take it for a ${truth}.`;
    why.textContent = "They were trained on digits in the middle alone, and are alike but for how they halve, twice. " +
      "The canvas goes round without a border, so a shift by 4 pixels, one cell of the last feature map, changes nothing.";
    return {
      values: Float64Array.from([...curves.flatMap((shares) => shares.map((each) => each[truth])), ...answers.flat()]),
      summary: `A ${truth} moved ${Math.abs(dy)} ${dy < 0 ? "up" : "down"} and ${Math.abs(dx)} ${dx < 0 ? "left" : "right"}. Answers: ${told}.`,
    };
  }

  return {
    controls: [controlRow(example.el, label.el, brush.el)],
    el: h("div", {},
      h("div", { class: "cnn-digit" }, drawing.el, canvas.el, mover.el),
      words, h("p", { class: "cnn-help cnn-nets-legend", text: "Plotted is the probability of the right class; a hollow point: the class written above it has more. " +
        "Right: test digits, not shifted. Consistent: pairs of shifts of a test digit by 0 to 8 that get one answer." }),
      h("div", { class: "cnn-curve-row cnn-nets" }, ...plots.map((each) => each.el)), table.el),
    draw,
  };
}
