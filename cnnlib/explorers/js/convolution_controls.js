/** The settings above the grids of ConvolutionExplorer. */
import { controlRow, makeBrush, radios, slider } from "./controls.js";
import { h } from "./dom.js";
import { matrixControls } from "./matrix_controls.js";

/**
 * @returns {{el: HTMLElement, show: (state: Record<string, any>) => void, brush: () => number,
 *   brushEl: HTMLElement}} `brush` gives the value that painting puts into a cell
 */
export function buildControls({ get, set, say, photo }) {
  const image = matrixControls({
    title: "Picture", key: "image", presets: get("_images"), most: 32,
    draw: () => Math.round(Math.random() * 10) / 10, get, set, say,
  });
  const kernel = matrixControls({
    title: "Kernel", key: "kernel", presets: get("_kernels"), most: 7,
    draw: () => Math.round(Math.random() * 8 - 4) / 2, get, set, say,
  });
  const brush = makeBrush();
  const operation = radios({
    label: "Operation", options: [["correlate", "cross-correlation"], ["convolve", "convolution"]],
    onInput: (value) => set({ operation: value }),
  });
  const numbers = [["stride", 1, 4], ["padding", 0, 6], ["dilation", 1, 3]].map(([key, min, max]) =>
    [key, slider({ label: key, min, max, onInput: (value) => set({ [key]: value }) })]);

  const el = h("div", { class: "cnn-controls" },
    photo ? "" : controlRow(...image.els),
    controlRow(...kernel.els, operation.el),
    controlRow(...numbers.map(([, control]) => control.el)));
  return {
    el,
    brush: brush.value,
    brushEl: brush.el,
    show(state) {
      if (!photo) image.show(state.image);
      kernel.show(state.kernel);
      operation.set(state.operation);
      for (const [key, control] of numbers) control.set(state[key]);
    },
  };
}
