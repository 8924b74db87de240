/** A small plot of one quantity over whole numbers, the present one marked; and tables of numbers. */
import { h, svg } from "./dom.js";
import { plain, withMinus } from "./format.js";
import { text } from "./signal_plot.js";

const BOX = { height: 158, left: 36, right: 12, top: 16, bottom: 38 };

/** Set an attribute only where it changes. */
function put(el, name, value) {
  if (el.getAttribute(name) !== String(value)) el.setAttribute(name, value);
}

const write = (el, words) => { if (el.textContent !== words) el.textContent = words; };

/**
 * @param {object} options
 * @param {string} options.title  what is plotted
 * @param {string} [options.formula]  its definition, in small print
 * @param {number[]} options.places  the whole numbers across
 * @param {(value: number) => string} [options.format]  of a value
 * @param {number} [options.width]  of the plot, of which its text is 10.5 high
 * @param {number} [options.parts]  into which lines part the plot
 * @param {(place: number) => void} [options.onPick]  told where the plot was pressed or dragged
 */
export function makePlot({ title, formula = "", places, format = plain, width = 300, parts = 2, onPick }) {
  const { height, left, right, top, bottom } = BOX;
  const floor = height - bottom;
  const x = (k) => left + (k / (places.length - 1)) * (width - left - right);
  const ticks = Array.from({ length: parts + 1 }, (_, part) => {
    const share = part / parts;
    const at = floor - share * (floor - top);
    const words = text(left - 6, at + 4, "", "cnn-tick-y");
    return { share, words, line: svg("line", { x1: left, x2: width - right, y1: at, y2: at, class: "cnn-tick-line" }) };
  });
  const now = svg("line", { y1: top, y2: floor, class: "cnn-here" });
  const line = svg("path", { class: "cnn-curve" });
  const dots = places.map((_, k) => svg("circle", { cx: x(k), r: 3.4, class: "cnn-curve-dot" }));
  const tags = places.map((_, k) => text(x(k), 0, "", "cnn-curve-tag"));
  const across = text((left + width - right) / 2, height - 4, "", "");
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "cnn-curve-plot" },
    ...ticks.flatMap((tick) => [tick.line, tick.words]), now, line, ...dots, ...tags,
    ...places.map((place, k) => text(x(k), floor + 15, k % Math.ceil(places.length / 16) ? "" : String(place), "")), across);
  const heading = h("span", { text: title });
  const value = h("strong");
  const el = h("figure", { class: "cnn-curve-panel" },
    h("figcaption", {}, heading, value, formula ? h("span", { class: "cnn-formula", text: formula }) : ""), picture);

  if (onPick) {
    picture.classList.add("cnn-pick");
    const pick = (event) => {
      const { left: start, width: wide } = picture.getBoundingClientRect();
      const share = ((event.clientX - start) / wide * width - left) / (width - left - right);
      onPick(places[Math.max(0, Math.min(places.length - 1, Math.round(share * (places.length - 1))))]);
    };
    picture.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      picture.setPointerCapture(event.pointerId);
      pick(event);
    });
    picture.addEventListener("pointermove", (event) => {
      if (picture.hasPointerCapture(event.pointerId)) pick(event);
    });
  }

  /**
   * @param {object} what
   * @param {number[]} what.values  one for each place; those that are not finite are left out
   * @param {number} what.present  the place to mark
   * @param {number} [what.low] @param {number} what.high  of the plot
   * @param {string} what.axis  what the places count
   * @param {string[]} [what.notes]  a word above a point, drawn hollow; "" for none
   */
  function draw({ values, present, low = 0, high, axis, notes }) {
    const y = (v) => floor - ((Math.min(v, high) - low) / (high - low)) * (floor - top);
    for (const { share, words } of ticks) write(words, format(low + share * (high - low)));
    let path = "";
    let pen = "M";
    values.forEach((v, k) => {
      const seen = Number.isFinite(v);
      dots[k].style.display = seen ? "" : "none";
      put(dots[k], "class", `cnn-curve-dot${places[k] === present ? " cnn-present" : ""}${notes?.[k] ? " cnn-hollow" : ""}`);
      write(tags[k], (seen && notes?.[k]) || "");
      if (!seen) {
        pen = "M";
        return;
      }
      put(dots[k], "cy", y(v).toFixed(1));
      put(tags[k], "y", (y(v) < top + 12 ? y(v) + 17 : y(v) - 8).toFixed(1));
      path += `${pen}${x(k).toFixed(1)} ${y(v).toFixed(1)}`;
      pen = "L";
    });
    put(line, "d", path);
    const k = places.indexOf(present);
    put(now, "x1", x(k));
    put(now, "x2", x(k));
    write(across, axis);
    write(value, Number.isFinite(values[k]) ? format(values[k]) : "none");
    put(picture, "aria-label", withMinus(`${title} against ${axis}: ${values.map((v, at) =>
      `${Number.isFinite(v) ? format(v) : "none"} at ${places[at]}${notes?.[at] ? ` (${notes[at]})` : ""}`).join(", ")}`));
  }

  return { el, draw };
}

/** The same numbers as a table, folded away; it is written only while it is open. */
export function makeTable(summary) {
  const body = h("tbody");
  const head = h("tr");
  const table = h("table", { class: "cnn-numbers" }, h("thead", {}, head), body);
  const el = h("details", { class: "cnn-code" }, h("summary", { text: summary }), table);
  let shown = null;
  let fresh = "";
  const fill = () => {
    const { columns, rows, present } = shown;
    const key = JSON.stringify(shown);
    if (!el.open || key === fresh) return;
    fresh = key;
    head.replaceChildren(...columns.map((words) => h("th", { scope: "col", text: words })));
    body.replaceChildren(...rows.map((cells, k) => h("tr", k === present ? { class: "cnn-present-row", "aria-current": "true" } : {},
      ...cells.map((words, at) => h(at ? "td" : "th", at ? { text: words } : { scope: "row", text: words })))));
  };
  el.addEventListener("toggle", () => shown && fill());
  return {
    el,
    /** @param {{columns: string[], rows: string[][], present: number}} what */
    draw(what) {
      shown = what;
      if (el.open) fill();
    },
  };
}
