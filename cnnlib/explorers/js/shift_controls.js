/** The settings of ShiftExplorer's picture: what is moved, and the map that it goes through. */
import { checkbox, controlRow, makeBrush, radios, select, slider } from "./controls.js";
import { KINDS, KIND_NAMES } from "./downsampling.js";
import { matrixControls } from "./matrix_controls.js";

/** The choice of how to halve. */
export function poolSelect({ label, none, set }) {
  return select({
    label, options: [...(none ? ["none"] : []), ...KINDS].map((kind) => [kind, KIND_NAMES[kind]]),
    onInput: (value) => set({ pool: value }),
  });
}

/** @param {{get: (key: string) => any, set: (changes: Record<string, any>) => void, say: (message: string) => void}} explorer */
export function pictureControls({ get, set, say }) {
  const image = matrixControls({
    title: "Picture", key: "image", presets: get("_images"), most: 24,
    draw: () => Math.round(Math.random() * 10) / 10, get, set, say,
  });
  const kernel = matrixControls({
    title: "Kernel", key: "kernel", presets: get("_kernels"), most: 5, odd: true,
    draw: () => Math.round(Math.random() * 8 - 4) / 2, get, set, say,
  });
  const brush = makeBrush();
  const padding = radios({
    label: "Padding", options: [["zero", "zero"], ["circular", "circular"]],
    onInput: (value) => set({ padding: value }),
  });
  const stride = slider({ label: "Stride", min: 1, max: 3, onInput: (value) => set({ stride: value }) });
  const relu = checkbox({ label: "ReLU", onInput: (value) => set({ relu: value }) });
  const pool = poolSelect({ label: "Then", none: true, set });
  return {
    els: [controlRow(...image.els, brush.el), controlRow(...kernel.els),
      controlRow(padding.el, stride.el, relu.el, pool.el)],
    brush: brush.value,
    show(state) {
      image.show(state.image);
      kernel.show(state.kernel);
      padding.set(state.padding);
      stride.set(state.stride);
      relu.set(state.relu);
      pool.set(state.pool);
    },
  };
}

