/** The sheet to draw on: a pen and an eraser on 32 by 32 pixels, over the 8 by 8 cells they are counted into. */
import { themeOf } from "./colors.js";
import { button, radios, slider } from "./controls.js";
import { h } from "./dom.js";
import { makeGrid } from "./grid.js";
import { SIDE, bitmapOf, blank, counted, fitted, stroke } from "./network_bitmap.js";
import { INK } from "./network_math.js";

const INKS = { light: 0xe0291f1d, dark: 0xe0ece9e6 }; // alpha, blue, green, red

/**
 * @param {object} options
 * @param {(key: string) => any} options.get @param {(changes: object) => void} options.set
 * @param {(message: string) => void} options.say
 */
export function makePen({ get, set, say }) {
  let bitmap = blank();
  let drawn = ""; // the drawing that the bitmap is counted into
  let tool = "pen";
  let width = 4;
  let ink = INK;

  const grid = makeGrid({
    name: "drawing", role: "input", caption: "draw a digit", textUpTo: 0, onRefuse: say, brush: () => ink,
    onEdit(row, col, value) {
      if (value < 0 || value > INK) {
        say(`A cell of ${value} is outside 0 (paper) to ${INK} (ink).`);
        return;
      }
      const rows = get("drawing").map((cells) => cells.slice());
      rows[row][col] = value;
      set({ drawing: rows });
    },
  });
  const sheet = h("canvas", { class: "cnn-net-sheet", "aria-hidden": "true", width: SIDE, height: SIDE });
  grid.el.querySelector(".cnn-gridbox").append(sheet);
  const context = sheet.getContext("2d");
  const image = new ImageData(SIDE, SIDE);
  const words = new Uint32Array(image.data.buffer);

  const tools = radios({
    label: "Use", options: [["pen", "pen"], ["eraser", "eraser"], ["cells", "cells"]],
    onInput(name) {
      tool = name;
      show();
    },
  });
  const pen = slider({ label: "Width", min: 2, max: 8, onInput: (value) => { width = value; show(); } });
  const brush = slider({ label: "Ink", min: 0, max: INK, onInput: (value) => { ink = value; show(); } });
  const clear = button("Clear", () => set({ drawing: counted(blank()), label: -1 }));
  const fit = button("Fill the box", () => {
    const whole = fitted(bitmap, SIDE, SIDE);
    if (whole) load(whole, {});
    else say("There is no ink yet to fill the box with.");
  });

  function show() {
    tools.set(tool);
    pen.set(width);
    brush.set(ink);
    pen.el.hidden = tool === "cells";
    brush.el.hidden = tool !== "cells";
    sheet.classList.toggle("cnn-net-through", tool === "cells");
  }

  function paint() {
    const color = INKS[themeOf()];
    for (let k = 0; k < words.length; k += 1) words[k] = bitmap[k] ? color : 0;
    context.putImageData(image, 0, 0);
  }

  /** Take over ink as it is, and set what it is counted into. */
  function load(whole, changes) {
    bitmap = whole;
    const drawing = counted(bitmap);
    drawn = String(drawing);
    set({ drawing, ...changes });
  }

  let last = null; // where the pen was
  let frame = null;
  const place = ({ clientX, clientY }) => [
    ((clientY - frame.top) / frame.height) * SIDE, ((clientX - frame.left) / frame.width) * SIDE];
  const draw = (event) => {
    let changed = false;
    for (const each of event.getCoalescedEvents?.() ?? []) {
      const to = place(each);
      changed = stroke(bitmap, last, to, width, tool === "pen" ? 1 : 0) || changed;
      last = to;
    }
    const to = place(event);
    changed = stroke(bitmap, last, to, width, tool === "pen" ? 1 : 0) || changed;
    last = to;
    if (changed) load(bitmap, {});
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    frame = sheet.getBoundingClientRect();
    last = place(event);
    sheet.setPointerCapture?.(event.pointerId);
    draw(event);
  });
  sheet.addEventListener("pointermove", (event) => last && draw(event));
  for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, () => { last = null; });
  show();

  return {
    el: h("div", { class: "cnn-net-draw" }, grid.el,
      h("div", { class: "cnn-net-tools" }, tools.el, pen.el, brush.el, h("span", { class: "cnn-pair" }, clear, fit))),
    load,
    draw(drawing) {
      const now = String(drawing);
      if (now !== drawn) {
        bitmap = bitmapOf(drawing);
        drawn = now;
      }
      grid.draw(drawing, { limit: INK });
      paint();
    },
  };
}
