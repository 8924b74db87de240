/** Where the digit comes from, how it is moved, and which network looks at it. */
import { button, controlRow, numberBox, radios, select, slider } from "./controls.js";
import { h } from "./dom.js";
import { readPicture } from "./network_photo.js";

const MOVES = { right: 0, down: 0, rotate: 0, noise: 0 };
const unmoved = (state) => Object.entries(MOVES).every(([key, value]) => state[key] === value);

/** The picture among what was pasted or dropped, if any. */
const fileOf = (transfer) => [...(transfer?.files ?? [])][0];

/**
 * @param {object} options
 * @param {HTMLElement} options.body  where pictures may be pasted and dropped
 * @param {{label: number, image: number[][]}[]} options.digits  to test with
 * @param {Record<string, number[]>} options.wrong  those that each network takes for others
 * @param {(bitmap: Uint8Array, changes: object) => void} options.load  ink to draw on
 * @param {(key: string) => any} options.get @param {(changes: object) => void} options.set
 * @param {(message: string) => void} options.say
 */
export function makeSource({ body, digits, wrong, load, get, set, say }) {
  const places = new Map(digits.map(({ image }, k) => [String(image), k]));
  let present = 0; // the test digit that is or was shown last
  const take = (k) => {
    present = (k + digits.length) % digits.length;
    status.textContent = "";
    set({ drawing: digits[present].image, label: digits[present].label });
  };
  const number = numberBox({ label: "Test digit", min: 0, max: digits.length - 1, whole: true, onInput: take, onRefuse: say });
  const nextWrong = () => {
    const all = wrong[get("network")];
    if (!all.length) say("This network takes every test digit for what it is.");
    else {
      set({ ...MOVES });
      take(all.find((k) => k > present) ?? all[0]);
    }
  };
  const label = select({
    label: "It is a", options: [["-1", "not told"], ...Array.from({ length: 10 }, (_, k) => [String(k), String(k)])],
    onInput: (value) => set({ label: Number(value) }),
  });

  const status = h("span", { class: "cnn-net-status", role: "status" });
  const file = h("input", { type: "file", accept: "image/*", hidden: true, "aria-label": "A picture of your own" });
  async function open(chosen) {
    try {
      const { bitmap, paper, width, height, name } = await readPicture(chosen);
      load(bitmap, { label: -1 });
      status.textContent = `${name}, ${width} by ${height}: ${paper === "light" ? "dark ink on light paper" : "light ink on dark paper"}. It stays on this page.`;
    } catch (error) {
      status.textContent = "";
      say(`${error.message}.`);
    }
  }
  file.addEventListener("change", () => {
    if (file.files[0]) open(file.files[0]);
    file.value = "";
  });
  body.tabIndex = -1; // so that a press anywhere has what is pasted come here
  body.addEventListener("paste", (event) => {
    const pasted = fileOf(event.clipboardData);
    if (pasted) {
      event.preventDefault();
      open(pasted);
    } else if (!(event.target instanceof HTMLInputElement)) {
      say("There is no picture among what was pasted.");
    }
  });
  body.addEventListener("dragover", (event) => event.preventDefault());
  body.addEventListener("drop", (event) => {
    event.preventDefault();
    const dropped = fileOf(event.dataTransfer);
    if (dropped) open(dropped);
    else say("What was dropped is no file.");
  });

  const moves = {
    right: slider({ label: "Shift right", min: -4, max: 4, step: 0.25, unit: "pixels", onInput: (right) => set({ right }) }),
    down: slider({ label: "down", name: "Shift down", min: -4, max: 4, step: 0.25, unit: "pixels", onInput: (down) => set({ down }) }),
    rotate: slider({ label: "Turn, degrees", min: -180, max: 180, step: 5, onInput: (rotate) => set({ rotate }) }),
    noise: slider({ label: "Noise", min: 0, max: 1, step: 0.05, onInput: (noise) => set({ noise }) }),
  };
  const again = button("Other noise", () => set({ seed: (get("seed") + 1) % 1000 }));
  const back = button("Put back", () => set({ ...MOVES }));
  const network = radios({
    label: "Network trained on", options: [["plain", "digits as they are"], ["augmented", "shifted and turned digits"]],
    onInput: (name) => set({ network: name }),
  });

  const pairOf = (...els) => h("span", { class: "cnn-pair" }, ...els);
  return {
    el: h("div", { class: "cnn-controls cnn-net-controls" },
      controlRow(number.el, pairOf(button("Previous", () => take(present - 1), "Previous digit"), button("Next", () => take(present + 1), "Next digit")),
        button("One it gets wrong", nextWrong), button("Open a picture…", () => file.click()), file, label.el, status),
      h("div", { class: "cnn-row cnn-net-moves" }, ...Object.values(moves).map((control) => control.el), pairOf(again, back)),
      controlRow(network.el)),
    draw(state) {
      const found = places.get(String(state.drawing));
      if (found !== undefined && (digits[present].image !== digits[found].image)) present = found;
      number.set(found === undefined ? "" : found);
      label.set(String(state.label));
      for (const [key, control] of Object.entries(moves)) control.set(state[key]);
      network.set(state.network);
      again.disabled = state.noise === 0;
      back.disabled = unmoved(state);
    },
  };
}
