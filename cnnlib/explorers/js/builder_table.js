/** The table of the layers: what each gives, costs and sees; the chosen row's settings are below it. */
import { button } from "./controls.js";
import { h } from "./dom.js";
import { doesText, memoryText, pairText } from "./builder_words.js";
import { digits } from "./layer_counts.js";

const COLUMNS = [
  ["does", "", ""], ["output", "output", "channels × rows × columns, or features"], ["parameters", "parameters", "weights and biases"],
  ["macs", "MACs", "multiply-accumulates"], ["bytes", "memory", "of the activations, in float32"],
  ["field", "field", "receptive field: pixels of the input that a unit sees"], ["jump", "jump", "pixels from one unit to the next"],
];

const SHORT = { parameters: "params", macs: "MACs" };

function put(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

/** How wide the bar of a share is; a hundredth is still seen. */
const share = (part, whole) => (whole ? Math.max(Number((part * 1000n) / whole) / 10, part ? 1 : 0) : 0);

/** A line of words with buttons: what is wrong at a row, or might be. */
function makeNote(onMend) {
  const words = h("span");
  const acts = h("span", { class: "cnn-pair" });
  const el = h("tr", { class: "cnn-build-note", hidden: true }, h("td", { colspan: "8" }, h("div", {}, words, acts)));
  let told = "";
  return {
    el,
    /** @param {{text: string, mends: object[]} | null} note @param {string} kind "fault" or "hint" */
    show(note, kind) {
      const text = note ? `${kind}|${note.text}|${note.mends.map((mend) => mend.text)}` : "";
      el.note = note; // its mends change the stack of the last answer
      if (text === told) return;
      told = text;
      el.hidden = !note;
      el.dataset.kind = kind;
      if (!note) return;
      words.textContent = `${kind === "fault" ? "Does not fit" : "Hint"}: ${note.text}.`;
      acts.replaceChildren(...note.mends.map((mend, k) => button(mend.text, () => onMend(el.note.mends[k]))));
    },
  };
}

/**
 * @param {{editor: HTMLElement, onChoose: (place: number) => void, onKey: (event: KeyboardEvent) => void,
 *   onMend: (mend: import("./builder_faults.js").Mend) => void}} options
 */
export function makeBuilderTable({ editor, onChoose, onKey, onMend }) {
  const body = h("tbody");
  const heads = COLUMNS.map(([key, text, title]) => h("th", { scope: "col", class: `cnn-col-${key}`, title, text }));
  heads[0].append(h("span", { class: "cnn-live-text", text: "settings" }));
  const totals = Object.fromEntries(["parameters", "macs", "bytes"].map((key) => [key, h("td", { class: `cnn-col-${key}`, "data-label": SHORT[key] })]));
  const foot = h("tr", {}, h("th", { scope: "row", text: "total" }), h("td", { class: "cnn-col-does" }), h("td", { class: "cnn-col-output" }),
    ...Object.values(totals), h("td", { class: "cnn-col-field" }), h("td", { class: "cnn-col-jump" }));
  const table = h("table", { class: "cnn-build-table" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", text: "layer" }), ...heads)), body, h("tfoot", {}, foot));
  const holder = h("tr", { class: "cnn-build-settings" }, h("td", { colspan: "8" }, editor));
  const rows = [];
  let shown = 0; // how many of them are in the table
  let chosen = -1;
  let aim = 0; // what keys have chosen, be it drawn yet or not

  const choose = (place) => {
    const to = Math.max(0, Math.min(shown - 1, place));
    aim = to;
    rows[to].button.focus();
    onChoose(to);
  };
  body.addEventListener("keydown", (event) => {
    if (!event.target.classList.contains("cnn-layer-name")) return;
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -1e6, End: 1e6 }[event.key];
    if (by && !event.altKey) {
      event.preventDefault();
      choose(aim + by);
    } else onKey(event);
  });

  function makeRow(place) {
    const name = h("button", { type: "button", class: "cnn-layer-name", tabindex: "-1" });
    const cells = Object.fromEntries(COLUMNS.map(([key, text]) => [key, h("td", { class: `cnn-col-${key}`, "data-label": SHORT[key] ?? text })]));
    const el = h("tr", { class: "cnn-build-row", "data-place": place }, h("th", { scope: "row" }, name), ...Object.values(cells));
    el.addEventListener("click", () => {
      name.focus({ preventScroll: true });
      onChoose(place);
    });
    const note = makeNote(onMend);
    return { el, button: name, cells, note, depth: -1 };
  }

  function resize(count) {
    while (rows.length < count) rows.push(makeRow(rows.length));
    for (; shown < count; shown += 1) body.append(rows[shown].el, rows[shown].note.el);
    for (; shown > count; shown -= 1) {
      rows[shown - 1].el.remove();
      rows[shown - 1].note.el.remove();
    }
  }

  /** Move the settings below the chosen row; what has the focus in them keeps it. */
  function place(at) {
    aim = at;
    const focused = holder.contains(document.activeElement) ? document.activeElement : null;
    const before = rows[at].note.el.nextSibling;
    if (holder.parentNode !== body || before !== holder) {
      rows[at].note.el.after(holder);
      focused?.focus({ preventScroll: true });
    }
    if (chosen === at) return;
    const old = rows[chosen];
    old?.el.classList.remove("cnn-current");
    old?.button.removeAttribute("aria-current");
    if (old) old.button.tabIndex = -1;
    rows[at].el.classList.add("cnn-current");
    rows[at].button.setAttribute("aria-current", "true");
    rows[at].button.tabIndex = 0;
    chosen = at;
  }

  function fill(row, at, { nodes, rows: answers, fields, fault, totals: all, hintAt }) {
    const node = nodes[at];
    const answer = answers[at];
    put(row.button, node.name.split(".").at(-1));
    if (row.button.getAttribute("aria-label") !== node.name) row.button.setAttribute("aria-label", node.name);
    const begins = beginsBranch(nodes, at);
    if (row.begins !== begins) {
      row.begins = begins;
      row.el.classList.toggle("cnn-begins", begins);
    }
    if (row.depth !== node.blocks.length) {
      row.depth = node.blocks.length;
      row.el.style.setProperty("--depth", row.depth);
    }
    const { r, jump } = fields[at] ?? {};
    const texts = answer ? [answer.shape.map(digits).join("\u00d7"), digits(answer.parameters), digits(answer.macs), memoryText(answer.bytes), pairText(r), r ? (jump[0] || jump[1] ? pairText(jump) : "all") : pairText(null)]
      : ["", "", "", "", "", ""];
    [doesText(node, nodes), ...texts].forEach((text, k) => put(row.cells[COLUMNS[k][0]], text));
    for (const key of ["parameters", "macs", "bytes"]) {
      const part = answer ? `${share(answer[key], all[key])}%` : "0%";
      if (row[key] !== part) {
        row[key] = part;
        row.cells[key].style.setProperty("--share", part);
      }
    }
    const wrong = fault?.at === at;
    if (row.wrong !== wrong) {
      row.wrong = wrong;
      row.el.classList.toggle("cnn-fault", wrong);
    }
    row.note.show(wrong ? fault : hintAt.get(at) ?? null, wrong ? "fault" : "hint");
  }

  return {
    el: h("div", { class: "cnn-build-box" }, table),
    /** @param {object} now  what is shown */
    show(now) {
      if (holder.parentNode && now.nodes.length < shown && now.at >= now.nodes.length) chosen = -1;
      resize(now.nodes.length);
      const answer = { ...now, hintAt: new Map(now.hints.map((hint) => [hint.at, hint])) };
      for (let at = 0; at < shown; at += 1) fill(rows[at], at, answer);
      place(now.at);
      const images = now.batch === 1 ? "" : `, ${now.batch} images`;
      put(heads[3], `MACs${images}`);
      put(heads[4], `memory${images}`);
      for (const [key, cell] of Object.entries(totals)) put(cell, now.fault ? "" : key === "bytes" ? memoryText(now.totals.bytes) : digits(now.totals[key]));
    },
    focus: () => rows[chosen]?.button.focus({ preventScroll: true }),
  };
}

/** Whether a branch that is not its block's first begins at a layer. */
function beginsBranch(nodes, at) {
  const block = nodes[at].blocks.at(-1);
  return block !== undefined && nodes[block].item.branches.slice(1).some((branch) => branch[0] === nodes[at].item);
}
