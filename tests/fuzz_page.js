/**
 * What the tests with random links and events do in a page: make explorers anew, open links with
 * them, and send them events that a seed decides.
 */
(() => {
  const first = Object.values(
    JSON.parse(document.querySelector("script[type*=widget-state]").textContent).state)[0].state;
  const file = `${first._anywidget_id.split(".").at(-2)}.js`;

  /** A new explorer at the end of the page, opened by a link, with a model that can be looked into. */
  function make(query) {
    const state = { ...first };
    const keys = new Set();
    const el = document.createElement("div");
    document.querySelector("main").append(el);
    cnnModules[file]().widget.render({
      el,
      page: { state: cnnModules["js/link.js"]().linkState(first.name, query) },
      model: {
        get: (key) => state[key],
        set: (key, value) => { state[key] = value; },
        on: (event) => event.startsWith("change:") && keys.add(event.slice(7)),
        off() {}, save_changes() {}, send() {},
      },
    });
    const root = el.querySelector("[data-explorer][data-ready]");
    const look = () => {
      const answer = root.answer();
      const problem = root.querySelector(":scope > .cnn-problem");
      return {
        answer,
        told: problem.hidden ? null : problem.textContent,
        state: Object.fromEntries([...keys].map((key) => [key, state[key]])),
      };
    };
    return { el, root, look };
  }

  const buttonOf = (root, text) => [...root.querySelectorAll(".cnn-bar button")]
    .find((button) => button.textContent === text);
  /** An answer as one text: a list of many numbers would take the test's own channel seconds. */
  const written = (answer) => answer && JSON.stringify(answer);
  const STRANGE = "img, script, iframe, object, embed, video, [onerror], [onload], [onclick]";

  /** Open links, each with a new explorer; answers come with those that are asked for. */
  globalThis.fuzzLinks = (queries, asked) => queries.map((query, at) => {
    const { el, root, look } = make(query);
    const seen = look();
    const finite = !seen.answer || seen.answer.every(Number.isFinite);
    const markup = el.querySelectorAll(STRANGE).length;
    if (!seen.answer) buttonOf(root, "Reset").click();
    const alive = root.answer()?.length > 0;
    el.remove();
    return { ...seen, answer: asked.includes(at) ? written(seen.answer) : null, finite, markup, alive };
  });

  /** Numbers from 0 to 1, by a seed (mulberry32). */
  function generator(seed) {
    let a = seed;
    return () => {
      a = (a + 0x6d2b79f5) | 0;
      let t = Math.imul(a ^ (a >>> 15), 1 | a);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  const GARBAGE = [
    "", " ", "0", "1", "2", "3", "-1", "1.5", "1e3", "1e309", "-1e308", "NaN", "Infinity", "9".repeat(400), "0x10",
    "<img src=x onerror=alert(1)>", "\u0000", "\ud800", "\u2212\u2212", "3x1", "2,2", "1;2", "k3,k3s2", "(k3p1~)",
    "conv8k3,relu,maxk2", "constructor-k3", "nn.Conv2d(3, 10, 2, 2)", "nn.Conv2d((((((", "nn.Conv2d(constructor=1)",
    "none", "a".repeat(3000), "🙂", "1/2", "1/0",
  ];
  const NUMBERS = GARBAGE.filter((text) => /^-?[\d.]+(e\d+)?$/.test(text) && Number.isFinite(Number(text)));
  const KEYS = [
    "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Enter", "Escape", " ", "Tab",
    "Delete", "Backspace", "F2", "5", "-", ".", "a", "z", "y", "Unidentified", "Process", "Dead",
  ];
  const TARGETS = "input, select, textarea, button, summary, canvas, svg, circle, tr, td, label, [role=gridcell], [role=grid], [tabindex]";
  Element.prototype.setPointerCapture = () => {}; // no pointer of an event that is made is really down
  Element.prototype.releasePointerCapture = () => {};

  let explorer = null;
  let random = null;
  const log = [];
  const pick = (list) => list[Math.floor(random() * list.length)];

  const describe = (el) => `${el.tagName.toLowerCase()}.${el.getAttribute("class") ?? ""} `
    + (el.getAttribute("aria-label") ?? el.textContent.slice(0, 30));

  function pointer(el, type, more = {}) {
    const box = el.getBoundingClientRect();
    const [x, y] = [random() * 1.2 - 0.1, random() * 1.2 - 0.1];
    el.dispatchEvent(new PointerEvent(type, {
      bubbles: true, cancelable: true, composed: true, pointerId: 1, isPrimary: true, button: 0,
      pointerType: pick(["mouse", "mouse", "touch", "pen"]),
      clientX: box.left + x * box.width, clientY: box.top + y * box.height, ...more,
    }));
  }

  function key(el) {
    const init = {
      key: pick(KEYS), bubbles: true, cancelable: true,
      ctrlKey: random() < 0.15, altKey: random() < 0.1, shiftKey: random() < 0.15, metaKey: random() < 0.05,
    };
    el.dispatchEvent(new KeyboardEvent("keydown", init));
    el.dispatchEvent(new KeyboardEvent("keyup", init));
    return init.key;
  }

  function changed(el) {
    el.dispatchEvent(new Event("input", { bubbles: true }));
    el.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function transfer(type, el) {
    const data = new DataTransfer();
    if (random() < 0.5) data.setData("text/plain", pick(GARBAGE));
    else data.items.add(new File([pick(GARBAGE)], "a.png", { type: "image/png" }));
    const Kind = type === "paste" ? ClipboardEvent : DragEvent;
    const name = type === "paste" ? "clipboardData" : "dataTransfer";
    el.dispatchEvent(new Kind(type, { bubbles: true, cancelable: true, [name]: data }));
  }

  /** Do one thing to one element; what was done is told. */
  function act(el) {
    const kind = random();
    if (kind < 0.04) { transfer(pick(["paste", "drop", "dragover"]), el); return "paste or drop"; }
    if (kind < 0.08) {
      el.dispatchEvent(new WheelEvent("wheel", { bubbles: true, cancelable: true, deltaY: random() * 200 - 100 }));
      return "wheel";
    }
    if (kind < 0.2) { el.focus?.(); return `key ${key(el)}`; }
    if (el.matches("button, summary, input[type=radio], input[type=checkbox]")) {
      if (!el.disabled && !/^(Copy|Open a picture)/.test(el.textContent)) el.click();
      return "click";
    }
    if (el.matches("select")) {
      el.selectedIndex = Math.floor(random() * el.options.length);
      changed(el);
      return `select ${el.value}`;
    }
    if (el.matches("input[type=file]")) return "nothing";
    if (el.matches("input, textarea")) {
      el.focus();
      if (el.type === "range") el.value = Number(el.min) + random() * (el.max - el.min);
      else el.value = pick(el.type === "number" ? NUMBERS : GARBAGE); // as a browser lets in no other text
      if (el.matches(".cnn-cell-editor")) key(el);
      changed(el);
      if (random() < 0.5) el.blur();
      return `value ${el.value.slice(0, 20)}`;
    }
    const way = pick(["press", "drag", "hover", "leave", "double", "cancel", "type"]);
    if (way === "press" || way === "drag" || way === "cancel") pointer(el, "pointerdown", { button: random() < 0.1 ? 2 : 0 });
    if (way === "drag") for (let k = 0; k < 3; k += 1) pointer(el, "pointermove");
    if (way === "press" || way === "drag") pointer(el, "pointerup");
    if (way === "cancel") pointer(el, "pointercancel");
    if (way === "press") el.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    if (way === "hover") { pointer(el, "pointerover"); pointer(el, "pointermove"); }
    if (way === "leave") { pointer(el, "pointerout"); pointer(el, "pointerleave", { bubbles: false }); }
    if (way === "double") el.dispatchEvent(new MouseEvent("dblclick", { bubbles: true, cancelable: true }));
    if (way === "type") { el.focus?.(); key(el); }
    return way;
  }

  /** Begin with a new explorer, and a seed. */
  globalThis.fuzzStart = (seed) => {
    explorer?.el.remove();
    explorer = make("");
    random = generator(seed);
    log.length = 0;
  };

  /** Send `count` events; return what the explorer then shows, and the last events. */
  globalThis.fuzzEvents = (count) => {
    const { root, look } = explorer;
    for (let k = 0; k < count; k += 1) {
      const kinds = [...root.querySelectorAll(TARGETS)].filter((el) => !el.closest("[hidden]"));
      // a grid has many cells, and a list of names few: half the time by kind, half by place
      const tag = pick([...new Set(kinds.map((el) => el.tagName))]);
      const el = random() < 0.6 ? pick(kinds.filter((one) => one.tagName === tag)) : pick(kinds);
      log.push(`${describe(el)}: ${act(el)}`);
      root.answer(); // a frame passes
    }
    const seen = look();
    return { ...seen, answer: written(seen.answer), log: log.slice(-12) };
  };
})();
