/**
 * Bring the widgets of a static page to life from the page's standard widget-state tags:
 * no kernel, no module loader, no request. In a notebook the front end does this instead.
 */
import { linkState } from "../cnnlib/explorers/js/link.js";
import { tellHeight } from "./height.js";

const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

const SHARED = "cnn-shared"; // in the state of a widget: which of the page's shared values it has
const shared = new Map();

/** A large value that the page holds once: read when a widget first asks for it. */
function sharedValue(at) {
  if (!shared.has(at)) shared.set(at, JSON.parse(document.getElementById(`${SHARED}-${at}`).textContent));
  return shared.get(at);
}

/** A widget model without a kernel: values, listeners, and a message channel nobody hears. */
class PageModel {
  constructor(state) {
    this.state = { ...state };
    this.listeners = new Map();
  }

  get(key) {
    const at = this.state[key]?.[SHARED];
    if (at !== undefined) this.state[key] = sharedValue(at);
    return this.state[key];
  }

  set(key, value) {
    this.state[key] = value;
  }

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  off() {
    this.listeners.clear();
  }

  save_changes() {}

  send() {}
}

/** All widget states of the page by model id. */
function readStates() {
  const states = {};
  for (const tag of document.querySelectorAll(STATE)) {
    Object.assign(states, JSON.parse(tag.textContent).state);
  }
  return states;
}

const modelId = (tag) => JSON.parse(tag.textContent).model_id;

/** Put one widget in place of its script tag; its fallback stays for print. */
function mountOne(tag, states, find) {
  const found = states[modelId(tag)];
  const id = found?.state?._anywidget_id ?? "";
  const name = found?.state?.name;
  const el = document.createElement("div");
  el.className = "cnn-live";
  if (name) el.id = `explorer-${name}`;
  try {
    const widget = find(id.split(".").at(-2));
    if (!widget) { // it needs a kernel: its fallback stays
      tag.closest(".cnn-widget")?.classList.add("cnn-still");
      return;
    }
    const model = new PageModel(found.state);
    widget.render({ model, el, page: { state: linkState(name) } });
  } catch (error) {
    console.error(error); // its fallback stays, and the others of the page still come to life
    return;
  }
  tag.replaceWith(el);
  el.closest(".cnn-widget")?.classList.add("cnn-mounted");
}

/** Those near the window; none below them is asked, which would have its part of the page laid out. */
function inView(tags) {
  const near = [];
  for (const tag of tags) {
    const box = (tag.closest(".cnn-widget") ?? tag.parentElement).getBoundingClientRect();
    if (box.top >= innerHeight * 1.5) break;
    if (box.bottom > -innerHeight / 2) near.push(tag);
  }
  return near;
}

/** Lay out a part of the page that waited for this, being far from the window. */
function layOut(part) {
  part.style.contentVisibility = "visible";
  part.getBoundingClientRect();
}

/** Show one explorer alone, and none of what stands around it. */
function embed(el) {
  if (!el) return; // it failed, and its stand-in is shown
  for (let node = el; node && node !== document.documentElement; node = node.parentElement) {
    node.classList.add("cnn-embed-path");
  }
  tellHeight(el);
}

/**
 * Mount the one that the address names, or those in view. When the browser is idle, lay out the
 * rest of the page, and mount the others.
 * @param {(name: string) => {render: Function} | undefined} find  gives a widget by the name of its
 *   file; each is made when it is first asked for
 */
export function mount(find) {
  const states = readStates();
  const tags = [...document.querySelectorAll(VIEW)];
  const nameOf = (tag) => states[modelId(tag)]?.state?.name;
  const asked = new URLSearchParams(location.search).get("embed");
  const alone = tags.some((tag) => asked && nameOf(tag) === asked);
  if (!alone) document.documentElement.classList.remove("cnn-embed"); // no such name here
  const linked = alone ? asked : location.hash.match(/^#explorer-(.+)$/)?.[1];
  const first = linked ? tags.filter((tag) => nameOf(tag) === linked) : inView(tags);
  const scroll = () => linked
    && document.getElementById(`explorer-${linked}`)?.scrollIntoView({ behavior: "instant" });
  for (const tag of first) mountOne(tag, states, find);
  if (alone) embed(document.getElementById(`explorer-${asked}`));
  else scroll();

  const rest = tags.filter((tag) => !first.includes(tag));
  const jobs = alone ? [] : [
    ...Array.from(document.querySelectorAll("section section"), (part) => () => layOut(part)),
    ...rest.map((tag) => () => mountOne(tag, states, find)),
  ];
  const idle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 30));
  let moved = false; // by the reader, whom no late scroll should disturb
  for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(event, () => { moved = true; }, { once: true, passive: true });
  }
  const next = () => {
    const job = jobs.shift();
    if (!job) return;
    job();
    if (!moved) scroll();
    idle(next, { timeout: 500 });
  };
  idle(next, { timeout: 500 });
}
