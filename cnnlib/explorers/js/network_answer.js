/** What the network answers: a bar for each digit, the winner, the runner-up; and the other network. */
import { h } from "./dom.js";
import { plain } from "./format.js";
import { ranked } from "./network_math.js";

/** A probability for people: whole percents, with more digits next to 0 and 1. */
export function percent(share) {
  if (share > 0.9995) return share === 1 ? "100%" : ">99.9%";
  if (share < 0.0005) return share === 0 ? "0%" : "<0.1%";
  return `${(100 * share).toFixed(share < 0.1 || share > 0.9 ? 1 : 0)}%`;
}

const write = (el, words) => { if (el.textContent !== words) el.textContent = words; };
const mark = (el, name, on) => el.classList.toggle(name, on);

export const TRAINED = { plain: "digits as they are", augmented: "shifted and turned digits" };

export function makeAnswer() {
  const winner = h("strong", { class: "cnn-net-winner" });
  const sure = h("span", { class: "cnn-net-sure" });
  const second = h("span", { class: "cnn-net-second" });
  const verdict = h("span", { class: "cnn-net-verdict" });
  const other = h("p", { class: "cnn-net-other" });
  const rows = Array.from({ length: 10 }, (_, k) => {
    const bar = h("i", { class: "cnn-net-bar" });
    const tick = h("i", { class: "cnn-net-tick" });
    const [share, logit] = [h("td"), h("td", { class: "cnn-net-logit" })];
    const el = h("tr", {}, h("th", { scope: "row", text: String(k) }),
      h("td", { class: "cnn-net-track", "aria-hidden": "true" }, h("div", {}, bar, tick)), share, logit);
    return { el, bar, tick, share, logit };
  });
  const table = h("table", { class: "cnn-net-bars" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", text: "digit" }), h("td", { "aria-hidden": "true" }),
      h("th", { scope: "col", text: "softmax" }), h("th", { scope: "col", text: "logit" }))),
    h("tbody", {}, ...rows.map(({ el }) => el)));
  const el = h("div", { class: "cnn-net-answer" },
    h("div", { class: "cnn-net-says" }, winner, h("div", {}, sure, second, verdict)), table, other);

  return {
    el,
    /**
     * @param {{logits: Float64Array, shares: Float64Array, label: number}} what
     */
    draw({ logits, shares, label }) {
      const [first, next] = ranked(shares);
      write(winner, String(first));
      write(sure, percent(shares[first]));
      write(second, `then ${next}: ${percent(shares[next])}`);
      write(verdict, label < 0 ? "" : first === label ? "right" : `wrong: it is a ${label}`);
      el.dataset.verdict = label < 0 ? "" : first === label ? "right" : "wrong";
      rows.forEach(({ el: row, bar, share, logit }, k) => {
        bar.style.transform = `scaleX(${shares[k].toFixed(4)})`;
        write(share, percent(shares[k]));
        write(logit, plain(Number(logits[k].toFixed(2))));
        mark(row, "cnn-first", k === first);
        mark(row, "cnn-next", k === next);
      });
    },
    /**
     * Mark beside it what the other network says.
     * @param {{others: Float64Array, label: number, network: string}} what  `network`: the one drawn
     */
    compare({ others, label, network }) {
      const rival = ranked(others)[0];
      rows.forEach(({ tick }, k) => {
        if (tick.hidden !== others[k] < 0.005) tick.hidden = others[k] < 0.005;
        tick.style.left = `${(100 * others[k]).toFixed(1)}%`;
      });
      const name = network === "plain" ? "augmented" : "plain";
      write(other, `The mark ┃ is the other network, trained on ${TRAINED[name]}: ${rival}, ${percent(others[rival])}` +
        (label < 0 ? "." : rival === label ? ", right." : ", wrong."));
    },
  };
}
