/** What each argument of `nn.Conv2d(...)` says, in words, beside the call that is typed. */
import { button } from "./controls.js";
import { h, uniqueId } from "./dom.js";
import { ARGUMENTS, ordinal, pair, parseCall, problemOf, show, writeCall } from "./layer_call.js";

const many = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;

const MEANINGS = {
  in_channels({ in_channels, groups }) {
    const each = in_channels / groups;
    return `the input has ${many(in_channels, "channel")}; each filter ` +
      (each === 1 ? "is a single slice" : `is a stack of ${each} slices`) +
      (groups > 1 ? `, since the channels fall into ${groups} groups` : each > 1 ? ", one for each" : "");
  },
  out_channels: ({ out_channels }) =>
    `${many(out_channels, "filter")}${out_channels === 1 ? ", so one channel of output" : ", each making one channel of the output"}`,
  kernel_size: ({ kernel_size }) => `each slice is ${pair(kernel_size).join(" by ")}`,
  stride({ stride }) {
    if (stride === 1) return "the window moves one pixel at a time";
    return Array.isArray(stride)
      ? `the window moves ${many(stride[0], "row")} down or ${many(stride[1], "column")} right at a time`
      : `the window moves ${stride} pixels at a time, down or right`;
  },
  padding({ padding }) {
    if (padding === 0) return "no zeros around the input";
    if (padding === "valid") return "no zeros: only windows that lie wholly within the input";
    if (padding === "same") return "as many zeros as keep height and width";
    return Array.isArray(padding)
      ? `${many(padding[0], "row")} of zeros above and below, ${many(padding[1], "column")} left and right`
      : `${padding === 1 ? "a ring of zeros" : `${padding} rings of zeros`} around the input`;
  },
  dilation({ dilation, kernel_size }) {
    if (dilation === 1) return "the kernel's taps are neighbours";
    const spans = pair(kernel_size).map((k, axis) => pair(dilation)[axis] * (k - 1) + 1);
    return `the kernel's taps are ${pair(dilation).join(" by ").replace(/^(\d+) by \1$/, "$1")} apart: it spans ${spans.join(" by ")}`;
  },
  groups({ groups, in_channels, out_channels }) {
    if (groups === 1) return "every filter sees every channel";
    if (groups === in_channels) return `depthwise: each channel has ${many(out_channels / groups, "filter")} of its own`;
    return `${groups} groups, each of ${many(in_channels / groups, "channel")} and ${many(out_channels / groups, "filter")}, that do not see each other`;
  },
  bias: ({ bias }) => (bias ? "each filter has a number that is added at every place" : "nothing is added to the sums"),
};

/** @returns {string} a note where the place alone says what a number is, and it is easily misread */
function placeNote({ name, position }) {
  return position !== null && position >= 3 ? `the ${ordinal(position)} argument is the ${name}: ` : "";
}

/**
 * The call: a field to type it in, what each argument means, and what is wrong where it is not legal.
 * @param {{get: (key: string) => any, set: (changes: Record<string, any>) => void}} options
 */
export function makeCall({ get, set }) {
  const help = h("p", { class: "cnn-help", id: uniqueId("help"),
    text: "Type another call and press Enter: each argument is explained, and so is what is wrong." });
  const problem = h("p", { class: "cnn-problem", role: "alert", id: uniqueId("wrong"), hidden: true });
  const input = h("input", {
    type: "text", class: "cnn-call-text", spellcheck: "false", autocomplete: "off", autocapitalize: "off",
    enterkeyhint: "go", "aria-describedby": `${problem.id} ${help.id}`,
  });
  const field = h("label", { class: "cnn-call-field" }, h("span", { text: "The call" }), input);
  const meanings = h("dl", { class: "cnn-meanings" });
  const rest = h("p", { class: "cnn-help" });
  const el = h("div", { class: "cnn-call" },
    h("div", { class: "cnn-call-line" }, field, button("Read it", () => read())), problem, meanings, rest, help);
  let typed = null; // {given, text, call}: the last call that was read, and the same as we write it
  let shown = "";

  function refuse(message) {
    problem.textContent = message ? `Not legal: ${message}.` : "";
    problem.hidden = !message;
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function read() {
    const text = input.value;
    try {
      const { settings, given } = parseCall(text);
      const wrong = problemOf({ ...settings, height: get("height"), width: get("width") });
      if (wrong) throw new Error(wrong);
      typed = { given, text, call: writeCall(settings) };
      refuse("");
      shown = "";
      set(settings);
    } catch (error) {
      refuse(error.message);
    }
  }
  input.addEventListener("change", read);

  /** The arguments of a state, as typed or else as we write them. */
  function show_(state) {
    const call = writeCall(state);
    if (call === shown) return;
    shown = call;
    if (typed?.call !== call) typed = { ...parseCall(call), text: call, call };
    if (input.value !== typed.text) input.value = typed.text;
    refuse("");
    meanings.replaceChildren(...typed.given.filter(({ name }) => name in MEANINGS).map((one) =>
      h("div", {},
        h("dt", {}, h("code", { class: "cnn-k", text: show(one.value) }), " ", h("span", { text: one.name })),
        h("dd", { text: placeNote(one) + MEANINGS[one.name](state) }))));
    const usual = ARGUMENTS.filter(({ name }) => !typed.given.some((one) => one.name === name));
    rest.textContent = usual.length
      ? `Not given, so as usual: ${usual.map((one) => `${one.name}=${show(one.usual)}`).join(", ")}.` : "";
  }
  return { el, show: show_ };
}
