/** ClassifierHeadExplorer: logits to loss and gradient; and, in its other view, batch norm. */
import { radios } from "./js/controls.js";
import { h } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { choice, integer, LARGEST, number, toggle, vector } from "./js/fields.js";
import { buildBatch } from "./js/head_batch.js";
import { buildHead, checkTarget } from "./js/head_loss.js";
import { python } from "./js/head_python.js";

/** A list of numbers, as many as `counts` allows; `legal` says how many these are. */
function counted(counts, legal) {
  const any = vector(Math.max(...counts));
  return {
    encode: any.encode,
    decode(text) {
      const values = any.decode(text);
      if (!counts.includes(values.length)) throw new Error(`${values.length} numbers given; legal are ${legal}`);
      return values;
    },
  };
}

const fields = {
  view: choice(["head", "batch norm"]),
  logits: counted([2, 3, 4, 5, 6], "2 to 6"),
  target: integer(0, 5),
  temperature: number(0.1, 10),
  twice: toggle(),
  batch: counted([8, 16, 24, 32], "8, 16, 24 or 32"),
  gamma: number(-5, 5),
  beta: number(-5, 5),
  training: toggle(),
  running_mean: number(-LARGEST, LARGEST),
  running_var: number(0, 2 * LARGEST ** 2),
};

function build({ body, get, set, say }) {
  const view = radios({
    label: "Show", options: [["head", "softmax and loss"], ["batch norm", "batch norm"]],
    onInput: (value) => set({ view: value }),
  });
  const parts = { head: buildHead({ get, set, say }), "batch norm": buildBatch({ get, set, say }) };
  const controls = h("div");
  const stage = h("div");
  body.append(
    h("div", { class: "cnn-controls" }, h("div", { class: "cnn-row" }, view.el), controls), stage);
  let present = "";
  return (state) => {
    view.set(state.view);
    const part = parts[state.view];
    if (present !== state.view) { // only the present view is in the page, so its grids' names are its own
      present = state.view;
      controls.replaceChildren(...part.controls);
      stage.replaceChildren(part.el);
    }
    const answer = part.draw(state);
    checkTarget(state); // in the other view too: a link or a kernel holds one state
    return answer;
  };
}

export const widget = defineExplorer({ name: "ClassifierHeadExplorer", fields, build, python });
