/** ShiftExplorer: what happens to an output when its input moves; four scenes of it. */
import { radios } from "./js/controls.js";
import { h } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, matrix, toggle, vector } from "./js/fields.js";
import { size } from "./js/format.js";
import { buildClassifier } from "./js/shift_classifier.js";
import { buildDots } from "./js/shift_dots.js";
import { buildPicture } from "./js/shift_picture.js";
import { python } from "./js/shift_python.js";
import { buildSequence } from "./js/shift_sequence.js";

const MOST = 8; // pixels that a picture is moved along one axis
const SHORTEST = 4; // of a sequence

/** A field that also refuses what `wrong` gives a reason against. */
const checked = (field, wrong) => ({
  encode: field.encode,
  decode(text) {
    const value = field.decode(text);
    const reason = wrong(value);
    if (reason) throw new Error(reason);
    return value;
  },
});

const even = (n) => n % 2 === 0;

const fields = {
  scene: choice(["picture", "two dots", "sequence", "classifier"]),
  image: matrix(24),
  kernel: checked(matrix(5), (rows) => (even(rows.length) || even(rows[0].length)) &&
    `${size(rows.length, rows[0].length)} is not odd in both directions`),
  dy: integer(-MOST, MOST),
  dx: integer(-MOST, MOST),
  stride: integer(1, 3),
  padding: choice(["zero", "circular"]),
  relu: toggle(),
  pool: choice(["none", "max", "max-blur", "average", "strided", "blur"]),
  distance: integer(1, 23),
  halvings: integer(0, 3),
  sequence: checked(vector(16), (values) => values.length < SHORTEST && `${values.length} numbers given; at least ${SHORTEST} are needed`),
  drawing: checked(matrix(8), (rows) => (rows.length !== 8 || rows[0].length !== 8
    ? `${size(rows.length, rows[0].length)} is not 8 by 8`
    : rows.flat().some((value) => value < 0 || value > 16) && "its numbers are not all from 0 to 16")),
  label: integer(0, 9),
};

function build({ body, get, set, say }) {
  const builders = { picture: buildPicture, "two dots": buildDots, sequence: buildSequence, classifier: buildClassifier };
  const weighted = Object.keys(get("_networks") ?? {}).length > 0;
  const names = [["picture", "a picture"], ["two dots", "two dots"], ["sequence", "a sequence"], ["classifier", "a classifier"]];
  const scene = radios({
    label: "Shift", options: names.filter(([name]) => weighted || name !== "classifier"),
    onInput: (name) => set({ scene: name, ...(name === "two dots" && get("pool") === "none" ? { pool: "max" } : {}) }),
  });
  const controls = h("div");
  const stage = h("div");
  body.append(h("div", { class: "cnn-controls" }, h("div", { class: "cnn-row" }, scene.el), controls), stage);
  const parts = {};
  let present = "";
  return (state) => {
    scene.set(state.scene);
    const part = parts[state.scene] ??= builders[state.scene]({ get, set, say });
    if (present !== state.scene) { // only the present scene is in the page, so its grids' names are its own
      present = state.scene;
      controls.replaceChildren(...part.controls);
      stage.replaceChildren(part.el);
    }
    return part.draw(state);
  };
}

export const widget = defineExplorer({ name: "ShiftExplorer", fields, build, python });
