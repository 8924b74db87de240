/** The box over a grid's cell in which its number is typed. */
import { h } from "./dom.js";
import { parseEntry } from "./fields.js";
import { label } from "./format.js";

/**
 * @param {object} options
 * @param {string} options.name  of the grid
 * @param {HTMLElement} options.box  what the editor is placed in
 * @param {(row: number, col: number, value: number) => void} [options.onEdit]
 * @param {(message: string) => void} [options.onRefuse]  told of text that is no number
 */
export function makeEditor({ name, box, onEdit, onRefuse }) {
  let opened = null;

  function close(keep, refocus = false) {
    if (!opened) return;
    const { input, row, col, cell, refocus: goBack } = opened;
    opened = null;
    const text = input.value;
    input.remove();
    cell.removeAttribute("aria-selected");
    if (keep) {
      try {
        onEdit(row, col, parseEntry(text));
      } catch (error) {
        onRefuse?.(error.message);
      }
    }
    if (refocus) goBack();
  }

  /**
   * @param {{row: number, col: number, value: number, text?: string, cell: HTMLElement,
   *   left: number, top: number, refocus: () => void}} at  `left` and `top` are shares of the box;
   *   `text` replaces what is there, else the value is there to be changed
   */
  function open(at) {
    close(false);
    const input = h("input", {
      class: "cnn-cell-editor", autocomplete: "off", spellcheck: "false", enterkeyhint: "done",
      "aria-label": `${name}, row ${at.row + 1}, column ${at.col + 1}`,
    });
    input.value = at.text ?? label(at.value);
    input.style.left = `clamp(0px, ${at.left * 100}%, 100% - 4.2em)`;
    input.style.top = `${at.top * 100}%`;
    opened = { ...at, input };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") close(false, true);
      if (event.key === "Enter") close(true, true);
    });
    input.addEventListener("blur", () => close(true));
    box.append(input);
    input.focus();
    if (at.text == null) input.select();
    at.cell.setAttribute("aria-selected", "true");
  }

  return { open };
}
