/** Ways to move a picture by whole pixels: buttons, sliders, arrow keys, dragging. */
import { button, slider } from "./controls.js";
import { h } from "./dom.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const BUTTONS = [
  ["\u2191", "Move up", [-1, 0], "n"], ["\u2190", "Move left", [0, -1], "w"],
  ["\u2192", "Move right", [0, 1], "e"], ["\u2193", "Move down", [1, 0], "s"],
];

/**
 * @param {{get: (key: string) => any, set: (changes: Record<string, any>) => void, most: number, what?: string}} options
 *   the settings `dy` and `dx`, each from -most to most; what can be dragged is called `what`
 */
export function makeMover({ get, set, most, what = "shift(x)" }) {
  const clamp = (value) => Math.max(-most, Math.min(most, value));
  const to = (dy, dx) => {
    const next = { dy: clamp(dy), dx: clamp(dx) };
    if (next.dy !== get("dy") || next.dx !== get("dx")) set(next);
  };
  const by = ([down, right]) => to(get("dy") + down, get("dx") + right);

  const cross = BUTTONS.map(([text, name, move, place]) => {
    const el = button(text, () => by(move));
    el.setAttribute("aria-label", name);
    el.classList.add(`cnn-cross-${place}`);
    return el;
  });
  const home = button("0", () => to(0, 0));
  home.setAttribute("aria-label", "0, back to no shift");
  home.classList.add("cnn-cross-home");
  const [up, left, right, down] = cross;
  const pad = h("div", { class: "cnn-cross" }, up, left, home, right, down);
  pad.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    by(move);
  });
  const rows = slider({ label: "down", min: -most, max: most, onInput: (value) => to(value, get("dx")) });
  const cols = slider({ label: "right", min: -most, max: most, onInput: (value) => to(get("dy"), value) });
  rows.input.setAttribute("aria-label", "Pixels down");
  cols.input.setAttribute("aria-label", "Pixels right");
  const el = h("div", { class: "cnn-mover", role: "group", "aria-label": "Move the picture" },
    pad, h("div", { class: "cnn-mover-sliders" }, rows.el, cols.el),
    h("p", { class: "cnn-help", text: `Or drag ${what}; or, in it, hold Shift and press arrow keys.` }));

  /** Let the picture of a grid's panel be dragged, and moved by arrow keys with Shift held. */
  function handle(panel) {
    const grid = panel.querySelector('[role="grid"]');
    panel.classList.add("cnn-draggable");
    panel.addEventListener("keydown", (event) => {
      if (!event.shiftKey || !MOVES[event.key]) return;
      event.preventDefault();
      event.stopPropagation(); // without Shift the arrow keys walk over the cells
      by(MOVES[event.key]);
    }, { capture: true });
    grid.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const start = { x: event.clientX, y: event.clientY, dy: get("dy"), dx: get("dx") };
      const frame = grid.getBoundingClientRect();
      const height = frame.height / grid.getAttribute("aria-rowcount");
      const width = frame.width / grid.getAttribute("aria-colcount");
      const drag = ({ clientX, clientY }) => to(
        start.dy + Math.round((clientY - start.y) / height),
        start.dx + Math.round((clientX - start.x) / width));
      const stop = () => {
        panel.classList.remove("cnn-dragging");
        grid.removeEventListener("pointermove", drag);
        grid.removeEventListener("pointerup", stop);
        grid.removeEventListener("pointercancel", stop);
      };
      grid.setPointerCapture(event.pointerId);
      panel.classList.add("cnn-dragging");
      grid.addEventListener("pointermove", drag);
      grid.addEventListener("pointerup", stop);
      grid.addEventListener("pointercancel", stop);
    });
  }

  return {
    el,
    handle,
    show(state) {
      rows.set(state.dy);
      cols.set(state.dx);
    },
  };
}
