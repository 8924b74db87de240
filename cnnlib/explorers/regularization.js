/** RegularizationExplorer: a stored sweep of trainings; what each technique did, and how sure that is. */
import { h } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer } from "./js/fields.js";
import { quoted } from "./js/format.js";
import { makeControls } from "./js/reg_controls.js";
import { makeCurves } from "./js/reg_curves.js";
import { flatten, look, placeOf, settingsAt, sizesOf } from "./js/reg_math.js";
import { makeNumbers, makeTables } from "./js/reg_numbers.js";
import { makeOverview } from "./js/reg_overview.js";
import { python } from "./js/reg_python.js";
import { makeWeights } from "./js/reg_weights.js";
import { provenance, summarize } from "./js/reg_words.js";

const MOST_LETTERS = 60;

/** The name of a setting; which there are is known with the sweep. */
const anyText = {
  encode: String,
  decode(text) {
    if (text.length > MOST_LETTERS) throw new Error(`${quoted(text)} is no setting's name`);
    return text;
  },
};

const fields = {
  setting: anyText,
  against: anyText,
  size: integer(1, 1e6),
  metric: choice(["loss", "accuracy"]),
  band: choice(["sd", "interval"]),
  epoch: integer(0, 1e6),
};

/** Throw where the state asks for what was not run. */
function check(sweep, { size, setting, against }) {
  const sizes = sizesOf(sweep);
  if (!sizes.includes(size)) throw new Error(`No training set of ${size} digits was run: there are ${sizes.join(", ")}.`);
  for (const id of [setting, ...(against ? [against] : [])]) {
    if (!sweep.settings.some((each) => each.id === id)) throw new Error(`No setting \u201c${id}\u201d was run: choose one of those offered.`);
    if (!settingsAt(sweep, size).some((each) => each.id === id)) throw new Error(`\u201c${id}\u201d was not run with ${size} training digits.`);
  }
}

function build({ body, get, set }) {
  const sweep = get("_sweep");
  const controls = makeControls({ sweep, set });
  const curves = makeCurves({ onEpoch: (epoch) => set({ epoch }) });
  const weights = makeWeights({ bins: sweep.bins });
  const numbers = makeNumbers();
  const tables = makeTables();
  const overview = makeOverview({ onChoose: (setting) => set({ setting }) });
  const source = h("p", { class: "cnn-help" });
  body.append(controls.el, h("div", { class: "cnn-reg" },
    h("div", { class: "cnn-reg-main" }, curves.el, numbers.el, weights.el), overview.el), source, ...tables.els);
  return (state) => {
    controls.draw(state);
    check(sweep, state);
    const shown = look(sweep, state);
    const epochs = sweep.epochs[state.size];
    const at = placeOf(epochs, state.epoch);
    curves.draw(shown, state, epochs, at);
    weights.draw(shown, state);
    numbers.draw(shown, state, epochs, at);
    overview.draw(shown, state);
    tables.draw(shown, state, epochs, at);
    const words = provenance(sweep, state.size, state.band);
    if (source.textContent !== words) source.textContent = words;
    return { values: flatten(shown), summary: summarize(shown, state, epochs, at) };
  };
}

export const widget = defineExplorer({ name: "RegularizationExplorer", fields, build, python });
