/** What ClassifierHeadExplorer computes: losses with their gradients, batch norm, histograms. */
import { batch_norm, cross_entropy, softmax } from "./layers_ops.js";
import { tensor } from "./ops.js";

const EPS = 1e-5;

const norm = (values) => Math.hypot(...values);

/**
 * Probabilities, cross-entropy and its gradient for the logits; and the same where softmax is
 * applied before a loss that applies it itself.
 * @param {{logits: number[], target: number, temperature: number}} state
 */
export function lossesOf({ logits, target, temperature }) {
  const c = logits.length;
  const scaled = tensor([logits.map((z) => z / temperature)]);
  const once = softmax(scaled, 1);
  const again = softmax(once, 1);
  const [p, q] = [Array.from(once.data), Array.from(again.data)];
  const fault = (values) => values.map((value, k) => value - (k === target ? 1 : 0));
  const first = fault(q); // for the probabilities that pass for logits
  const mean = p.reduce((sum, value, k) => sum + value * first[k], 0);
  const right = {
    probabilities: p, loss: cross_entropy(scaled, [target]),
    gradient: fault(p).map((value) => value / temperature),
  };
  const wrong = {
    probabilities: q, loss: cross_entropy(once, [target]),
    gradient: p.map((value, k) => (value * (first[k] - mean)) / temperature),
  };
  return {
    right, wrong,
    /** The least that the loss can be after two softmaxes: of a sure and right answer. */
    floor: Math.log1p((c - 1) / Math.E),
    lengths: [norm(right.gradient), norm(wrong.gradient)],
  };
}

/** Mean, biased variance and standard deviation. @param {ArrayLike<number>} values */
export function moments(values) {
  const list = Array.from(values);
  const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
  const variance = list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / list.length;
  return { mean, variance, deviation: Math.sqrt(variance) };
}

/** One channel through batch norm: the output, the statistics used, the running ones after. */
export function normalize({ batch, gamma, beta, training, running_mean, running_var }) {
  const call = (learning) => batch_norm(
    { data: Float64Array.from(batch), shape: [batch.length, 1] },
    tensor([running_mean]), tensor([running_var]), tensor([gamma]), tensor([beta]), learning);
  const [output, mean, variance] = call(training);
  const [, stepMean, stepVariance] = call(true);
  const own = moments(batch);
  const used = training ? own : { mean: running_mean, variance: running_var };
  return {
    output: Array.from(output.data), own, used, eps: EPS,
    running: [mean.data[0], variance.data[0]],
    step: { running_mean: stepMean.data[0], running_var: stepVariance.data[0] },
  };
}

/** How many values fall into each of `bins` equal parts of [low, high]. */
export function histogram(values, low, high, bins) {
  const counts = new Array(bins).fill(0);
  for (const value of values) {
    const place = Math.floor(((value - low) / (high - low)) * bins);
    counts[Math.max(0, Math.min(bins - 1, place))] += 1;
  }
  return counts;
}

/** A round step that parts [low, high] into about `parts`, and the multiples of it inside. */
export function ticks(low, high, parts = 5) {
  const raw = (high - low) / parts;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((s) => s * power >= raw * (1 - 1e-9)) * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}
