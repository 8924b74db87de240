/** RegularizationExplorer's choices: size, measure, band, and a technique with its strength, twice. */
import { controlRow, radios } from "./controls.js";
import { h } from "./dom.js";
import { settingsAt, sizesOf } from "./reg_math.js";
import { techniqueName } from "./reg_words.js";

/** Fill a select anew where its options differ. */
function offer(input, options) {
  const same = input.options.length === options.length &&
    options.every(([value, text], k) => input.options[k].value === value && input.options[k].text === text);
  if (!same) input.replaceChildren(...options.map(([value, text]) => h("option", { value, text })));
}

/**
 * A technique and its strength.
 * @param {{letter: string, sweep: any, none: boolean, onChoose: (id: string) => void}} options
 *   `none`: whether there may be no setting at all
 */
function makeChooser({ letter, sweep, none, onChoose }) {
  const technique = h("select", { "aria-label": `${letter}: technique` });
  const strength = h("select", { "aria-label": `${letter}: strength` });
  const sample = h("span", { class: `cnn-reg-letter cnn-reg-${letter.toLowerCase()}`, text: letter, "aria-hidden": "true" });
  const el = h("span", { class: "cnn-control cnn-reg-chooser", role: "group", "aria-label": `Setting ${letter}` }, sample, technique, strength);
  let offered = [];
  technique.addEventListener("change", () => {
    const own = offered.filter((setting) => setting.technique === technique.value);
    onChoose(own.length ? own[(own.length - 1) >> 1].id : "");
  });
  strength.addEventListener("change", () => onChoose(strength.value));
  return {
    el,
    set(id, size) {
      offered = settingsAt(sweep, size);
      const names = [...new Set(offered.map((setting) => setting.technique))];
      offer(technique, [...(none ? [["", "nothing"]] : []), ...names.map((name) => [name, techniqueName(name)])]);
      const chosen = offered.find((setting) => setting.id === id);
      technique.value = chosen?.technique ?? "";
      const own = chosen ? offered.filter((setting) => setting.technique === chosen.technique) : [];
      strength.hidden = own.length < 2;
      offer(strength, own.map((setting) => [setting.id, setting.label]));
      strength.value = id;
    },
  };
}

/** @param {{sweep: any, set: (changes: Record<string, any>) => void}} options */
export function makeControls({ sweep, set }) {
  const size = radios({
    label: "Training digits", options: sizesOf(sweep).map((n) => [String(n), n.toLocaleString("en")]),
    onInput: (value) => set({ size: Number(value) }),
  });
  const metric = radios({
    label: "Curves of", options: [["loss", "loss"], ["accuracy", "accuracy"]], onInput: (value) => set({ metric: value }),
  });
  const band = radios({
    label: "Band", options: [["sd", "standard deviation"], ["interval", "95 % interval"]], onInput: (value) => set({ band: value }),
  });
  const first = makeChooser({ letter: "A", sweep, none: false, onChoose: (id) => set({ setting: id }) });
  const second = makeChooser({ letter: "B", sweep, none: true, onChoose: (id) => set({ against: id }) });
  return {
    el: h("div", { class: "cnn-controls" },
      controlRow(first.el, second.el), controlRow(size.el), controlRow(metric.el, band.el)),
    draw(state) {
      size.set(String(state.size));
      metric.set(state.metric);
      band.set(state.band);
      first.set(state.setting, state.size);
      second.set(state.against, state.size);
    },
  };
}
