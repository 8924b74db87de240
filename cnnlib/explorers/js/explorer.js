/**
 * What every explorer shares: its frame, its state (traits, link, reset), the one update a frame,
 * "Copy as Python", "Copy link", what it says to screen readers, and the check in the kernel.
 */
import { onThemeChange } from "./colors.js";
import { button } from "./controls.js";
import { h, uniqueId } from "./dom.js";
import { withMinus } from "./format.js";
import { flush } from "./idle.js";
import { linkFor } from "./link.js";

/**
 * @typedef {object} Answer
 * @property {Float64Array} values  what `result()` computes in Python, row by row
 * @property {string} summary  the text alternative: what is shown, in a sentence or two. Both are
 *   read after the frame, if at all: what is costly may be computed when they are (a getter)
 *
 * @typedef {object} Definition
 * @property {string} name  the Python class
 * @property {Record<string, import("./fields.js").Field>} fields  settings kept in a link
 * @property {(explorer: Frame) => (state: Record<string, any>) => Answer} build  makes the page's
 *   elements once, returns what draws a state; it throws an Error where a state is not legal
 * @property {(state: Record<string, any>, get: (key: string) => any) => string} python  code that
 *   computes what is shown; `get` reads the settings that no link holds
 *
 * @typedef {object} Frame
 * @property {HTMLElement} body
 * @property {(key: string) => any} get
 * @property {(changes: Record<string, any>) => void} set
 * @property {(message: string) => void} say  to everybody, until the next change: why something
 *   was refused
 */

/** @param {Definition} definition @returns {{render: (context: object) => void}} */
export function defineExplorer(definition) {
  return { render: (context) => render(definition, context) };
}

function render({ name, fields, build, python }, { model, el, page }) {
  const keys = Object.keys(fields);
  const first = Object.fromEntries(keys.map((key) => [key, model.get(key)]));
  const titleId = uniqueId("title");
  const body = h("div", { class: "cnn-body" });
  const summary = h("p", { class: "cnn-summary", id: uniqueId("summary") });
  const live = h("p", { class: "cnn-live-text", "aria-live": "polite" });
  const problem = h("p", { class: "cnn-problem", role: "alert", hidden: true });
  const agreement = h("p", { class: "cnn-agreement", role: "status" });
  const code = h("code");
  const codeBox = h("pre", { tabindex: "0", role: "group", "aria-label": "Python code" }, code);
  const codeArea = h("details", { class: "cnn-code" }, h("summary", { text: "As Python", onclick: () => fresh() }), codeBox);
  const root = h("div", {
    class: "cnn-explorer", role: "group", "aria-labelledby": titleId,
    "aria-describedby": summary.id, "data-explorer": name,
    "data-lm-suppress-shortcuts": "true", // JupyterLab's: its keys mean other things in here
  });
  const get = (key) => model.get(key);
  const state = () => {
    const all = {};
    for (const key of keys) all[key] = model.get(key);
    return all;
  };

  let queued = 0;
  let saveTimer = 0;
  let checkTimer = 0;
  let sayTimer = 0;
  let answer = null;
  let said = ""; // the summary as it was last read out

  const say = (message) => {
    live.textContent = message;
  };
  const refuse = (message) => {
    problem.textContent = message; // an alert, so it is also read out
    problem.hidden = false;
  };
  const save = () => {
    saveTimer = 0;
    model.save_changes();
  };

  function set(changes) {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    if (!saveTimer) saveTimer = setTimeout(save, 60);
    queue();
  }

  function queue() {
    if (!queued) queued = requestAnimationFrame(() => update());
  }

  /** Words wait until a slider rests: they would lay the page out anew in every frame. */
  function tell() {
    if (!answer) return;
    const text = withMinus(answer.summary);
    if (summary.textContent !== text) summary.textContent = text;
    if (said !== text) sayTimer = setTimeout(sayNews, 350);
  }

  /** Read out what is new, a sentence at a time: the rest has been heard. */
  function sayNews() {
    if (!answer) return;
    const heard = sentences(said);
    const news = sentences(summary.textContent).filter((sentence) => !heard.includes(sentence));
    if (news.length) say(news.join(" "));
    said = summary.textContent;
  }

  function update(atRest = false) {
    cancelAnimationFrame(queued);
    queued = 0;
    const now = state();
    try {
      answer = draw(now);
      if (!problem.hidden) {
        problem.hidden = true;
        root.classList.remove("cnn-illegal");
      }
      clearTimeout(sayTimer);
      if (atRest) summary.textContent = said = withMinus(answer.summary);
      else sayTimer = setTimeout(tell, 150);
    } catch (error) {
      answer = null;
      problem.textContent = error.message;
      problem.hidden = false;
      root.classList.add("cnn-illegal");
      summary.textContent = "";
    }
    if (codeArea.open) code.textContent = answer ? python(now, get) : `# ${problem.textContent}`;
    if (atRest) flush();
    if (!("ready" in root.dataset)) root.dataset.ready = "";
    if (agreement.textContent) agreement.textContent = "";
    clearTimeout(checkTimer);
    if (answer) checkTimer = setTimeout(askKernel, 250);
  }

  /** Where a kernel listens, have it compute the same with NumPy and torch, and compare. */
  function askKernel() {
    if (saveTimer) {
      clearTimeout(saveTimer);
      save();
    }
    model.send({ kind: "answer" }, undefined, [new DataView(answer.values.slice().buffer)]);
  }

  model.on("msg:custom", (message) => {
    if (message.kind === "agreement") agreement.textContent = message.text;
  });
  for (const key of keys) model.on(`change:${key}`, queue);
  onThemeChange(queue);

  const encoded = () => {
    const values = {};
    for (const key of keys) {
      const text = fields[key].encode(model.get(key));
      if (text !== fields[key].encode(first[key])) values[key] = text;
    }
    return values;
  };
  const copy = async (text, what) => {
    await writeClipboard(text, root);
    say(`${what} copied.`);
    toast.textContent = `${what} copied`;
    setTimeout(() => { toast.textContent = ""; }, 2000);
  };
  const toast = h("span", { class: "cnn-toast", "aria-hidden": "true" });
  const fresh = () => {
    code.textContent = answer ? python(state(), get) : `# ${problem.textContent}`;
    return code.textContent;
  };
  codeArea.addEventListener("toggle", () => codeArea.open && fresh());
  const bar = h("div", { class: "cnn-bar" },
    button("Copy as Python", () => copy(fresh(), "Python code")),
    button("Reset", () => set(first)), toast);
  const named = page && model.get("name");
  if (named) {
    const share = (options) => linkFor(model.get("name"), encoded(), options);
    bar.insertBefore(button("Copy link", () => copy(share(), "Link")), bar.children[1]);
    bar.insertBefore(button("Copy embed link", () => copy(share({ embed: true }), "Embed link")), bar.children[2]);
  }

  root.append(
    h("div", { class: "cnn-title", role: "heading", id: titleId, text: model.get("title") }),
    body, problem, summary, live, agreement, bar, codeArea);
  const draw = build({ body, get, set, say: refuse });
  const refused = openLink(page?.state ?? {}, fields, model);
  el.append(root);
  rankHeadings(root);
  update(true);
  if (refused) refuse(answer ? refused : `${refused} ${problem.textContent}`);
  root.answer = () => {
    if (queued) update();
    flush();
    return answer && Array.from(answer.values);
  };
  root.update = (changes) => {
    set(changes);
    update(true);
  };
}

/** Sentences of a text that is made of numbers too: "0.5. Output 3" has two. */
function sentences(text) {
  return text.split(/(?<=[.:;])\s+(?=[\p{Lu}\d])/u);
}

/** An explorer is one level below the section it stands in, its parts are another below. */
function rankHeadings(root) {
  let level = 1;
  for (let at = root.closest("section"); at; at = at.parentElement.closest("section")) level += 1;
  level = Math.max(2, level);
  for (const heading of root.querySelectorAll('[role="heading"]')) {
    heading.ariaLevel = String(heading.matches(".cnn-title") ? level : level + 1);
  }
}

const LONGEST = 50_000; // characters of one setting in a link: the largest picture has 32 by 32 numbers

/** Take over the settings that a link gives; say which of them are not legal. */
function openLink(texts, fields, model) {
  const refused = [];
  for (const [key, text] of Object.entries(texts)) {
    if (!Object.hasOwn(fields, key)) continue;
    try {
      if (text.length > LONGEST) throw new Error(`${text.length} characters are too many; at most ${LONGEST} are read`);
      model.set(key, fields[key].decode(text));
    } catch (error) {
      refused.push(`${key}: ${error.message}`);
    }
  }
  return refused.length ? `Part of this link was not used. ${refused.join("; ")}.` : "";
}

async function writeClipboard(text, root) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { class: "cnn-live-text", "aria-hidden": "true" });
    area.value = text;
    root.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
