/** Questions within the text: choose or type an answer, and be told why it is right or wrong. */
import { button } from "./js/controls.js";
import { h, uniqueId } from "./js/dom.js";
import { quoted } from "./js/format.js";

/**
 * @typedef {object} Verdict
 * @property {"right" | "wrong" | "unread" | "shown"} kind
 * @property {string} title  told in bold, with an icon
 * @property {string} text  why
 *
 * @typedef {object} Part  what one kind of question adds to the shared frame
 * @property {HTMLElement} el
 * @property {() => Verdict} check  judges what is chosen or typed
 * @property {() => Verdict} reveal  fills in the right answer
 */

/**
 * A typed number: 3, -0.5, 1e-3, or a fraction such as 1/2; NaN where it is none of these.
 * @param {string} text
 */
export function readNumber(text) {
  const bare = text.replace(/[\s_]/g, "").replace(/[\u2212\u2013]/g, "-");
  const decimal = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
  const match = new RegExp(`^([-+]?${decimal})(?:[/\u2044](${decimal}))?$`).exec(bare);
  const value = match ? Number(match[1]) / Number(match[2] ?? 1) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

/** Whole numbers in full, others to six digits. @param {number} value */
function written(value) {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  return text.replace("-", "\u2212");
}

/** @returns {Part} radio buttons, one a choice */
function buildChoice({ get, changed }) {
  const name = uniqueId("choice");
  const texts = get("choices");
  const correct = get("correct");
  const inputs = texts.map((_, k) => h("input", { type: "radio", name, value: k, onchange: changed }));
  const labels = texts.map((text, k) =>
    h("label", { class: "cnn-choice" }, inputs[k], h("span", { class: "cnn-choice-text", text })));
  const el = h("fieldset", {},
    h("legend", { class: "cnn-prompt", text: get("prompt") }), ...labels);
  const mark = (k, kind) => { labels[k].dataset.verdict = kind; };
  return {
    el,
    clear: () => labels.forEach((label) => delete label.dataset.verdict),
    check() {
      const chosen = inputs.findIndex((input) => input.checked);
      if (chosen < 0) return { kind: "unread", title: "No answer yet.", text: "Choose one first." };
      const right = chosen === correct;
      mark(chosen, right ? "right" : "wrong");
      const text = get("feedback")[chosen];
      return right ? { kind: "right", title: "Correct.", text } : { kind: "wrong", title: "Not this one.", text };
    },
    reveal() {
      inputs[correct].checked = true;
      mark(correct, "right");
      return {
        kind: "shown", title: `The answer: ${texts[correct]}.`.replace(/\.\.$/, "."),
        text: get("feedback")[correct],
      };
    },
  };
}

/** @returns {Part} a number to type */
function buildNumber({ get, changed }) {
  const help = h("span", { class: "cnn-help", id: uniqueId("help"), text: "such as 3, \u22120.5 or 1/2" });
  const input = h("input", {
    type: "text", id: uniqueId("number"), autocomplete: "off", spellcheck: "false",
    autocapitalize: "off", enterkeyhint: "done", "aria-describedby": help.id, oninput: changed,
  });
  const prompt = h("label", { class: "cnn-prompt", for: input.id, text: get("prompt") });
  const el = h("div", {}, prompt, h("div", { class: "cnn-answer" }, input, help));
  const unread = (text) => {
    input.setAttribute("aria-invalid", "true");
    return { kind: "unread", title: "No number.", text };
  };
  return {
    el,
    clear: () => input.removeAttribute("aria-invalid"),
    check() {
      const value = readNumber(input.value);
      if (Number.isNaN(value)) {
        return unread(input.value.trim() === "" ? "Type your answer first."
          : `${quoted(input.value)} cannot be read: write a number ${help.textContent}, without commas or units.`);
      }
      if (Math.abs(value - get("answer")) <= get("tolerance")) {
        return { kind: "right", title: "Correct.", text: get("explanation") };
      }
      return { kind: "wrong", title: `${written(value)} is not it.`, text: get("hint") };
    },
    reveal() {
      const text = written(get("answer"));
      input.value = text;
      return { kind: "shown", title: `The answer is ${text}.`, text: get("explanation") };
    },
  };
}

const ICONS = { right: "\u2713", wrong: "\u2717", unread: "!", shown: "\u2192" };

function render({ model, el }) {
  const feedback = h("div", { class: "cnn-feedback", role: "status" });
  const clear = () => {
    part.clear();
    feedback.replaceChildren();
    delete feedback.dataset.verdict;
  };
  const tell = (verdict) => {
    const { kind, title, text } = verdict;
    feedback.dataset.verdict = kind;
    feedback.replaceChildren(
      h("span", { class: "cnn-verdict-icon", "aria-hidden": "true", text: ICONS[kind] }),
      h("div", {}, h("strong", { text: title }), text ? ` ${text}` : ""));
  };
  const build = model.get("kind") === "choice" ? buildChoice : buildNumber;
  const part = build({ get: (key) => model.get(key), changed: clear });
  const check = h("button", { type: "submit", class: "cnn-button cnn-check-answer", text: "Check" });
  const reveal = button("Show the answer", () => {
    clear();
    tell(part.reveal());
    reveal.hidden = true;
    check.focus();
  });
  reveal.hidden = true;
  const root = h("form", {
    class: "cnn-explorer cnn-question", novalidate: true, autocomplete: "off",
    "data-question": model.get("name"), "data-lm-suppress-shortcuts": "true",
    onsubmit(event) {
      event.preventDefault();
      clear();
      const verdict = part.check();
      tell(verdict);
      if (verdict.kind === "wrong") reveal.hidden = false;
      if (verdict.kind === "right") reveal.hidden = true;
    },
  }, part.el, h("div", { class: "cnn-bar" }, check, reveal), feedback);
  root.dataset.ready = "";
  el.append(root);
}

export const widget = { render };
