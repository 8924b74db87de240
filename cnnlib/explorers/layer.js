/** LayerExplorer: a whole convolutional layer, its call, its filters, its sums and its cost. */
import { h } from "./js/dom.js";
import { defineExplorer } from "./js/explorer.js";
import { integer, toggle } from "./js/fields.js";
import { ARGUMENTS, pair, problemOf, writeCall } from "./js/layer_call.js";
import { buildLayerControls } from "./js/layer_controls.js";
import { makeCosts } from "./js/layer_costs.js";
import { countsOf, digits } from "./js/layer_counts.js";
import { python } from "./js/layer_python.js";
import { makeLayerStage } from "./js/layer_stage.js";
import { makeStacks } from "./js/layer_stacks.js";
import { layerOf, SHOWN } from "./js/layer_values.js";
import { makeCall } from "./js/layer_words.js";
import { plain } from "./js/format.js";

/** A size in a link: `3`, `3,5`, or one of the argument's words. */
function size(name) {
  const { least, most, words = [] } = ARGUMENTS.find((one) => one.name === name);
  const each = integer(least, most);
  return {
    encode: String,
    decode(text) {
      if (words.includes(text)) return text;
      const parts = text.split(",").map(each.decode);
      if (parts.length > 2) throw new Error(`${parts.length} numbers given; legal are one or two`);
      return parts.length === 1 || parts[0] === parts[1] ? parts[0] : parts;
    },
  };
}

const fields = {
  batch: integer(1, 1024),
  in_channels: integer(1, 4096),
  height: integer(1, 1024),
  width: integer(1, 1024),
  out_channels: integer(1, 4096),
  kernel_size: size("kernel_size"),
  stride: size("stride"),
  padding: size("padding"),
  dilation: size("dilation"),
  groups: integer(1, 4096),
  bias: toggle(),
  filter: integer(0, 4095),
  row: integer(0, SHOWN - 1),
  col: integer(0, SHOWN - 1),
};

function build({ body, get, set, say }) {
  const call = makeCall({ get, set });
  const controls = buildLayerControls({ get, set, say });
  const stacks = makeStacks({ onRefuse: say, onFilter(filter) {
    const most = get("out_channels") - 1;
    if (filter > most) say(`filter: ${filter} is outside 0 to ${most}`);
    set({ filter: Math.min(filter, most) });
  } });
  const stage = makeLayerStage({ onCell: (row, col) => set({ row, col }) });
  const costs = makeCosts();
  const head = (text) => h("div", { class: "cnn-heading", role: "heading", text });
  body.classList.add("cnn-layer");
  body.append(call.el, controls.el, head("Its filters, slice by slice"), stacks.el,
    head("One output value"), stage.el, head("What it costs"), costs.el);

  return (state) => {
    controls.show(state);
    call.show(state);
    const problem = problemOf(state);
    if (problem) throw new Error(problem);
    const layer = layerOf(state);
    const counts = countsOf(state, layer);
    stacks.show(state, layer);
    stage.show(state, layer);
    costs.show(counts, state.batch);
    const sizes = [state.batch, state.in_channels, state.height, state.width];
    const [, , h_out, w_out] = layer.size;
    const { row, col, filter } = layer;
    const formula = (n, axis, out) => {
      if (state.padding === "same") return `${out}, as the input's`;
      const p = state.padding === "valid" ? 0 : pair(state.padding)[axis];
      return `⌊(${n} + 2×${p} − ${layer.dilation[axis]}×(${layer.kernel[axis]} − 1) − 1) / ${layer.stride[axis]}⌋ + 1 = ${out}`;
    };
    return {
      values: layer.values,
      summary: `${writeCall(state)} makes (${layer.size.join(", ")}) of (${sizes.join(", ")}). ` +
        `Height: ${formula(state.height, 0, h_out)}. Width: ${formula(state.width, 1, w_out)}. ` +
        `${digits(counts.rows[0].parameters)} parameters, ${digits(counts.rows[0].macs)} multiply-adds. ` +
        `Here, output[${filter}, ${row}, ${col}] = ${plain(layer.values[row * layer.cols + col])}.`,
    };
  };
}

export const widget = defineExplorer({ name: "LayerExplorer", fields, build, python });
