/** The numbers behind the curves: a table in sight, and two that are folded away. */
import { h } from "./dom.js";
import { amount, gapText, percent, points, rangeText, verdict } from "./reg_words.js";
import { makeTable } from "./shift_plot.js";

const VERDICTS = { "-1": "worse", 0: "not told apart", 1: "better" };
const ROWS = [
  ["test accuracy", "95 % interval"], ["over the baseline", "points, paired, 95 %"], ["best epoch", "median; range"],
  ["training", "epoch"], ["validation", "epoch"], ["gap", "epoch"],
];

const write = (el, words) => { if (el.textContent !== words) el.textContent = words; };

/** Test accuracies, best epochs, and the curves at the cursor. */
export function makeNumbers() {
  const heads = ["A", "B"].map((letter) => h("th", { scope: "col", class: `cnn-reg-${letter.toLowerCase()}` }));
  const last = h("th", { scope: "col", text: "A \u2212 B" });
  const body = ROWS.map(([name, small]) => {
    const cells = [0, 1, 2].map(() => {
      const [main, note] = [h("span"), h("span", { class: "cnn-reg-note" })];
      return { el: h("td", {}, main, note), main, note };
    });
    const title = h("span", { text: name });
    const note = h("span", { class: "cnn-reg-note", text: small });
    return { title, note, cells, el: h("tr", {}, h("th", { scope: "row" }, title, note), ...cells.map((cell) => cell.el)) };
  });
  const table = h("table", { class: "cnn-reg-numbers" },
    h("thead", {}, h("tr", {}, h("td"), ...heads, last)), h("tbody", {}, ...body.map((row) => row.el)));
  const fill = (cell, [main, note = ""]) => {
    write(cell.main, main);
    write(cell.note, note);
  };
  const of = (part, { metric }, at) => [
    [percent(part.test.mean), rangeText(part.test)],
    part.setting.id === "none" ? ["0"] : [points(part.over.mean), `${rangeText(part.over, points)}\n${VERDICTS[verdict(part.over)]}`],
    [String(part.median), `${Math.min(...part.best)} to ${Math.max(...part.best)}`],
    [amount(part.train.mean[at], metric)], [amount(part.validation.mean[at], metric)], [gapText(part.gap[at], metric)],
  ];
  const less = (a, b, between, { metric }, at) => {
    const minus = (one, two) => {
      if (one === undefined || two === undefined) return [amount()];
      const text = metric === "loss" ? (one - two).toFixed(3) : points(one - two);
      return [text.replace("-", "\u2212")];
    };
    return [
      [points(between.mean), `${rangeText(between, points)}\npaired`], [""], [String(a.median - b.median).replace("-", "\u2212")],
      minus(a.train.mean[at], b.train.mean[at]), minus(a.validation.mean[at], b.validation.mean[at]), minus(a.gap[at], b.gap[at]),
    ];
  };
  return {
    el: table,
    draw({ a, b, between }, state, epochs, at) {
      [a, b].forEach((part, k) => {
        write(heads[k], "AB"[k]);
        heads[k].hidden = !part;
      });
      last.hidden = !b;
      const columns = [of(a, state, at), b && of(b, state, at), b && less(a, b, between, state, at)];
      body.forEach((row, r) => {
        if (r > 2) write(row.note, `epoch ${epochs[at]}`);
        if (r === 3 || r === 4) write(row.title, `${ROWS[r][0]} ${state.metric}`);
        row.cells.forEach((cell, c) => {
          cell.el.hidden = !columns[c];
          if (columns[c]) fill(cell, columns[c][r]);
        });
      });
    },
  };
}

/** The curves, epoch by epoch, and every setting's accuracy, as tables. */
export function makeTables() {
  const curves = makeTable("The curves as a table");
  const settings = makeTable("All settings as a table");
  const cell = ({ mean, low, high }, k, metric) => (k >= mean.length ? amount() : `${amount(mean[k], metric)} (${amount(low[k], metric)} to ${amount(high[k], metric)})`);
  return {
    els: [curves.el, settings.el],
    draw({ a, b, all }, { metric, setting }, epochs, at) {
      const parts = [a, b].filter(Boolean);
      curves.draw({
        columns: ["epoch", ...parts.flatMap((_, k) => ["training", "validation", "gap"].map((name) => `${"AB"[k]}: ${name}`))],
        present: at,
        rows: epochs.map((epoch, k) => [String(epoch), ...parts.flatMap((part) =>
          [cell(part.train, k, metric), cell(part.validation, k, metric), gapText(part.gap[k], metric)])]),
      });
      settings.draw({
        columns: ["setting", "test accuracy", "95 % interval", "points over the baseline", "95 % interval, paired"],
        present: all.findIndex((one) => one.setting.id === setting),
        rows: all.map((one) => [one.setting.label, percent(one.test.mean), rangeText(one.test), points(one.over.mean), rangeText(one.over, points)]),
      });
    },
  };
}
