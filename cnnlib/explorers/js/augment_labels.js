/** Three answers side by side: what a picture reads as, what its label says, what a network reads. */
import { h } from "./dom.js";
import { best, percent } from "./augment_words.js";

const SHOWN = 3; // classes of a network's answer

/** A list of bars, kept from one frame to the next. @param {number} count */
function makeBars(count) {
  const rows = Array.from({ length: count }, () => {
    const name = h("span", { class: "cnn-aug-class" });
    const bar = h("span", { class: "cnn-aug-bar", "aria-hidden": "true" });
    const value = h("span", { class: "cnn-aug-share" });
    return { el: h("li", { hidden: true }, name, bar, value), name, bar, value, key: "" };
  });
  return {
    el: h("ul", { class: "cnn-aug-bars" }, ...rows.map(({ el }) => el)),
    /** @param {[string, number][]} shares  of classes */
    draw(shares) {
      rows.forEach((row, k) => {
        const [name, share] = shares[k] ?? ["", 0];
        const key = `${name}:${share.toFixed(4)}`;
        if (row.key === key) return;
        row.key = key;
        row.el.hidden = !name;
        row.name.textContent = name;
        row.value.textContent = percent(share);
        row.bar.style.setProperty("--share", share.toFixed(4));
      });
    },
  };
}

const write = (el, words) => { if (el.textContent !== words) el.textContent = words; };

export function makeLabels() {
  const kept = makeBars(2);
  const read = makeBars(SHOWN);
  const none = h("p", { class: "cnn-help" });
  const icon = h("span", { class: "cnn-verdict-icon", "aria-hidden": "true" });
  const verdict = h("strong");
  const why = h("p", { class: "cnn-why" });
  const words = h("div", { class: "cnn-error cnn-aug-verdict" }, h("p", { class: "cnn-verdict" }, icon, verdict), why);
  const titled = (text, ...parts) => h("div", {}, h("div", { class: "cnn-caption", text }), ...parts);
  const el = h("div", { class: "cnn-aug-labels" },
    titled("the label that is kept", kept.el), titled("what the network reads", read.el, none));

  return {
    el,
    words,
    /**
     * @param {{state: object, targets: Float64Array, shares: Float64Array | null, verdict: string,
     *   heading: string, why: string}} what
     */
    draw({ state, targets, shares, verdict: found, heading, why: reason }) {
      const own = [...new Set([state.label, state.partner_label])].filter((k) => targets[k] > 0)
        .map((k) => [String(k), targets[k]]);
      kept.draw(own.length ? own : [["no digit", 1]]);
      const order = shares ? Array.from(shares, (share, k) => [String(k), share]).sort((a, b) => b[1] - a[1]) : [];
      read.draw(order.slice(0, SHOWN));
      write(none, shares ? "" : state.network === "none" ? "No network is on this page." : "It reads pictures of 8 by 8 alone.");
      const kind = found === "true" ? "same" : found === "mixed" ? "mixed" : "differ";
      if (words.dataset.verdict !== kind) words.dataset.verdict = kind;
      write(icon, { same: "=", mixed: "\u00b1", differ: "\u2260" }[kind]);
      write(verdict, heading);
      const top = shares && best(shares);
      const taken = shares ? ` The network reads it as ${top === 8 ? "an" : "a"} ${top} (${percent(shares[top])}).` : "";
      write(why, `${reason}${taken}`);
    },
  };
}
