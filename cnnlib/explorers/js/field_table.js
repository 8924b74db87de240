/** The table of n, j, r and start: a layer a row, which can be chosen; blocks can be folded. */
import { h } from "./dom.js";
import { LETTERS } from "./field_text.js";
import { sizeText } from "./field_edit.js";
import { makeLanes, ROW } from "./field_lanes.js";

const FOLD_ABOVE = 32; // rows: longer networks open with their blocks folded
const EDIT = 6; // rows that one change by hand adds or removes at most, as a rule
const MINUS = "\u2212";
const one = (pair, axes) => sizeText(axes === 1 ? [pair[1], pair[1]] : pair);

/** A size as "5×3", a place as "−1, 0"; a dash where units have no number in common. */
function pairText(key, pair, axes) {
  const text = pair ? one(pair, axes).replaceAll("-", MINUS) : "\u2013";
  return key === "start" ? text.replace("×", ", ") : text;
}

/** What a layer does, in a few letters. */
function settingsText({ op, inputs, item }, axes) {
  if (op === "input") return "";
  if (op === "merge") return `${inputs.length} meet`;
  const [rows, cols] = item.k;
  const rest = Object.entries(LETTERS).slice(1).map(([letter, [, , , usual]]) => [letter, one(item[letter], axes), usual]);
  return [axes === 1 ? `k${cols}` : `${rows}×${cols}`,
    ...rest.filter(([, text, usual]) => text !== String(usual)).map(([letter, text]) => letter + text)].join(" ");
}

/** The same in words, for those who hear it. */
function spokenSettings({ op, inputs, item }, axes) {
  if (op === "input") return "the input";
  if (op === "merge") return `${inputs.length} branches meet`;
  return Object.entries(LETTERS).map(([letter, [word, , , usual]]) => [word, one(item[letter], axes), usual])
    .filter(([, text, usual]) => text !== String(usual)).map(([word, text]) => `${word} ${text}`).join(", ");
}

/**
 * @param {{onChoose: (place: number) => void, onKey: (event: KeyboardEvent) => void}} options
 */
export function makeFieldTable({ onChoose, onKey }) {
  const lanes = makeLanes();
  const body = h("tbody");
  const column = (text, title) => h("th", { scope: "col", title, text });
  const table = h("table", { class: "cnn-fields" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "cnn-lane-head" }, h("span", { class: "cnn-live-text", text: "Network" })),
      column("layer"), column("does"),
      column("n", "units along each axis"), column("j", "jump: pixels from one unit to the next"),
      column("r", "receptive field, in pixels"), column("start", "the first pixel that unit 0 sees"))),
    body);
  const box = h("div", { class: "cnn-fields-box", role: "group", "aria-label": "Network, layer by layer" }, table, lanes.el);
  const closed = new Set(); // names of folded blocks
  let signature = "";
  let nodes = [];
  let rows = []; // {place, el, name, cells, shown}
  let chosen = 0;
  let redraw = () => {};
  let scrolledTo = -1;
  let filled = ""; // of which layer of which network the table is

  const hidden = (node) => node.blocks.some((place) => closed.has(nodes[place].name));
  const go = (by) => {
    const at = rows.findIndex(({ place }) => place === chosen);
    const to = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    chosen = to.place;
    to.button.focus();
    onChoose(chosen);
  };
  body.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by && !event.altKey) {
      event.preventDefault();
      go(Number.isFinite(by) ? by : by * 1e9);
    } else onKey(event);
  });

  function makeRow(place) {
    const node = nodes[place];
    const short = node.name.split(".").slice(node.blocks.length ? -1 : 0).join(".");
    const choose = h("button", {
      type: "button", class: "cnn-layer-name", tabindex: "-1", title: node.name,
      "aria-label": node.name, text: node.blocks.length ? short : node.name,
    });
    const name = h("th", { scope: "row" }, choose);
    if (node.blocks.length) name.style.paddingLeft = `${2 + node.blocks.length * 7}px`;
    if (node.op === "merge") {
      const open = !closed.has(node.name);
      const fold = h("button", {
        type: "button", class: "cnn-fold", tabindex: "-1", "aria-expanded": String(open), text: open ? "\u25be" : "\u25b8",
        "aria-label": `Layers of ${node.name}`,
        onclick(event) {
          event.stopPropagation();
          if (!closed.delete(node.name)) closed.add(node.name);
          redraw();
        },
      });
      name.append(fold);
    }
    const cells = ["n", "jump", "r", "start"].map((key) => [key, h("td", { class: `cnn-field-${key}` })]);
    const does = h("td", { class: "cnn-does", text: "" });
    const el = h("tr", { "data-place": place }, h("td", { class: "cnn-lane-cell" }), name, does, ...cells.map(([, cell]) => cell));
    el.addEventListener("click", () => {
      choose.focus({ preventScroll: true });
      onChoose(place);
    });
    return { place, el, button: choose, does, cells };
  }

  function lay() {
    const visible = nodes.flatMap((node, place) => (hidden(node) ? [] : [place]));
    const focused = body.contains(document.activeElement) ? Number(document.activeElement.closest("tr").dataset.place) : -1;
    rows = visible.map(makeRow);
    body.replaceChildren(...rows.map(({ el }) => el));
    const folded = new Set(visible.filter((place) => closed.has(nodes[place].name)));
    table.style.setProperty("--lanes", `${lanes.draw(nodes, visible, folded)}px`);
    if (focused >= 0) rows.find(({ place }) => place === focused)?.button.focus({ preventScroll: true });
  }

  function show(all, answer, at) {
    if (answer.key === filled && nodes.length) return; // the unit alone has changed
    filled = answer.key;
    const now = all.map((node) => [node.name, node.op, node.inputs].join()).join(";");
    nodes = all;
    chosen = at;
    if (now !== signature) {
      if (Math.abs(signature.split(";").length - all.length) > EDIT) fold(all);
      signature = now;
      open(at);
      lay();
    } else if (hidden(nodes[at])) {
      open(at);
      lay();
    }
    redraw = () => {
      if (hidden(nodes[at])) { // its block was folded: the place where it ends is chosen instead
        onChoose(nodes[at].blocks.find((place) => closed.has(nodes[place].name)));
      }
      lay();
      fill(answer, chosen);
    };
    fill(answer, at);
    if (at !== scrolledTo) requestAnimationFrame(toSight);
  }

  /** Scroll the table, not the page, to the chosen row. */
  function toSight() {
    scrolledTo = chosen;
    const top = rows.findIndex(({ place }) => place === chosen) * ROW;
    const room = box.clientHeight - 2 * ROW;
    if (top < box.scrollTop || top > box.scrollTop + room) box.scrollTop = top - room / 2;
  }

  /** Another network: if it is long, its blocks are folded. */
  function fold(all) {
    closed.clear();
    if (all.length <= FOLD_ABOVE) return;
    for (const node of all) if (node.op === "merge") closed.add(node.name);
  }

  const open = (at) => nodes[at].blocks.forEach((place) => closed.delete(nodes[place].name));

  function fill({ fields, fault, axes }, at) {
    for (const row of rows) {
      const field = fields[row.place];
      const texts = [settingsText(nodes[row.place], axes), ...row.cells.map(([key]) => (field ? pairText(key, field[key], axes) : ""))];
      const wrong = fault?.at === row.place ? fault.short : "";
      const cells = [row.does, ...row.cells.map(([, cell]) => cell)];
      cells.forEach((cell, k) => {
        const text = k === cells.length - 1 && wrong ? wrong : texts[k];
        if (cell.textContent === text) return;
        if (cell === row.does) cell.ariaLabel = spokenSettings(nodes[row.place], axes);
        cell.replaceChildren(text === wrong && wrong ? h("span", { class: "cnn-fault-text", text }) : text);
      });
      const is = row.place === at;
      if (row.is !== is) {
        row.el.classList.toggle("cnn-current", is);
        if (is) row.button.setAttribute("aria-current", "true");
        else row.button.removeAttribute("aria-current");
        row.button.tabIndex = is ? 0 : -1;
        row.is = is;
      }
      row.el.classList.toggle("cnn-fault", fault?.at === row.place);
      row.el.classList.toggle("cnn-misaligned", Boolean(field?.misaligned.length));
    }
    lanes.mark(at);
  }

  return { el: box, show, focus: () => rows.find(({ place }) => place === chosen)?.button.focus() };
}
