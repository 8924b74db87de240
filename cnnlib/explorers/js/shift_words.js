/** What ShiftExplorer says: how far the picture moved, whether the orders agree, and why. */
import { KIND_NAMES } from "./downsampling.js";
import { output_shift } from "./equivariance.js";
import { label, plain, size } from "./format.js";

const count = (n, one) => `${n} ${n === 1 ? one : `${one}s`}`;

/** How many pixels one cell of the output stands for. */
export function jumpOf({ stride, pool }) {
  return pool === "none" ? stride : 2 * stride;
}

/** What the map is called: a convolution, or f where more comes after it. */
export function mapName({ relu, pool }) {
  return relu || pool !== "none" ? "f" : "conv";
}

/** What f does, in order. */
export function chainText({ relu, pool, stride }) {
  const halve = { none: "", strided: "every second row and column (with the convolution: a strided one)" };
  const last = halve[pool] ?? `${KIND_NAMES[pool]}, 2 by 2`;
  const parts = [stride > 1 ? `convolution of stride ${stride}` : "convolution", relu ? "ReLU" : "", last];
  const jump = jumpOf({ stride, pool });
  return `f = ${parts.filter(Boolean).join(" \u2192 ")}` +
    `${jump > 1 ? `. One cell of the output stands for ${jump} pixels.` : "."}`;
}

/** "1 down, 3 left" */
export function moved({ dy, dx }) {
  return `${Math.abs(dy)} ${dy < 0 ? "up" : "down"}, ${Math.abs(dx)} ${dx < 0 ? "left" : "right"}`;
}

/** The relative error, which a zero output leaves without a value. */
export function relativeText(relative) {
  return Number.isFinite(relative) ? plain(relative) : "none, as B is all zeros";
}

/** "3 pixels right are 1.5 cells" of an output at `stride`, and what they count as. */
function cells(pixels, stride, ahead, back) {
  const size = Math.abs(pixels);
  const whole = Math.abs(output_shift(pixels, stride));
  const text = `${count(size, "pixel")} ${pixels < 0 ? back : ahead} ${size === 1 ? "is" : "are"} `;
  if (size % stride === 0) return `${text}${count(whole, "cell")}`;
  return `${text}${label(Number((size / stride).toFixed(2)))} cells, compared with ${whole}`;
}

/**
 * Why the two orders agree or not.
 * @param {Record<string, any>} state
 * @param {number} differing  how many cells differ
 */
export function reason(state, differing) {
  const { image, dy, dx, padding, pool } = state;
  const stride = jumpOf(state);
  if (dy === 0 && dx === 0) return "Nothing is moved yet: drag the shifted picture.";
  const parts = [];
  const moves = [[dy, "down", "up"], [dx, "right", "left"]].filter(([pixels]) => pixels !== 0);
  const whole = moves.every(([pixels]) => pixels % stride === 0);
  const odd = [[dy, image.length, "rows"], [dx, image[0].length, "columns"]]
    .filter(([pixels, n]) => pixels !== 0 && n % stride !== 0)
    .map(([, n, name]) => `${n} ${name}`);
  if (stride > 1) {
    const list = moves.map((move) => cells(move[0], stride, move[1], move[2])).join("; ");
    parts.push(`${pool === "none" ? `At stride ${stride}` : "Halved,"} the output moves by whole cells of ${stride} pixels only: ${list}` +
      `${whole ? "." : ", the nearest whole number (halves go toward zero)."}`);
    if (!whole && pool.endsWith("blur")) {
      parts.push("The blur before every second value is dropped makes this error smaller for most " +
        "pictures, and zero for few.");
    }
  }
  if (padding === "zero" && !whole) {
    parts.push("Zero padding may add errors of its own near the border, where zeros move in and values are lost.");
  } else if (padding === "zero") {
    parts.push(differing
      ? `The shift moves zeros in and drops what leaves, and ${pool === "none" ? "the convolution sees zeros beyond the " +
        "border" : "f sees its own border elsewhere in the picture"}: that sets the orders apart near the border, and only there.`
      : "Zero padding can set the orders apart only where values meet the border; here it does not.");
  } else if (odd.length && stride > 1) {
    parts.push(`A picture of ${odd.join(" and ")} does not divide into steps of ${stride}: going ` +
      "round the picture is not going round the output, so no shift is exact for certain.");
  } else if (whole) {
    parts.push("What leaves on one side comes in on the other, in shift and convolution alike: " +
      "there is no border, and the orders agree exactly, whatever the picture and kernel.");
  }
  return parts.join(" ");
}

/** The text alternative: what was done and what came of it. */
export function summarize(state, { shape, differing, largest, relative, low, high }) {
  const { image, kernel, stride, padding, relu, pool } = state;
  const then = `${relu ? ", ReLU" : ""}${pool === "none" ? "" : `, ${KIND_NAMES[pool]}`}`;
  const total = shape[0] * shape[1];
  const verdict = differing
    ? `The orders differ in ${differing} of ${total} cells, by up to ${plain(largest)}; ` +
      `relative error ${relativeText(relative)}.`
    : "Both orders give the same output.";
  return `${size(image.length, image[0].length)} picture shifted ${moved(state)}; ` +
    `${size(kernel.length, kernel[0].length)} kernel, stride ${stride}, ${padding} padding${then}. ` +
    `Output ${size(...shape)}, from ${plain(low)} to ${plain(high)}. ${verdict}`;
}
