/** What a stored sweep says: curves with bands over seeds, intervals, differences from the baseline. */

/**
 * @typedef {object} Interval
 * @property {number} mean
 * @property {number} half  half the width of the 95 % interval of the mean
 *
 * @typedef {{mean: number[], low: number[], high: number[]}} Curve  as far as two runs got
 *
 * @typedef {object} Part  what is shown of one setting
 * @property {any} setting
 * @property {Curve} train
 * @property {Curve} validation
 * @property {number[]} gap  validation less training of a loss, training less validation of an accuracy
 * @property {number[]} histogram  the share of weights in each bin
 * @property {number} near_zero  the share within 0.001 of zero
 * @property {number[]} best  the best epoch of each seed
 * @property {number} median  of these
 * @property {Interval} test  of the accuracy on the test digits
 * @property {Interval} over  of the test accuracy less the baseline's, seed by seed
 */

/** The share of Student's t, of `df` degrees of freedom, within sqrt(df) tan(angle) of zero. */
function shareWithin(angle, df) {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = df % 2;
  let term = odd ? cosine : 1;
  let sum = 0;
  for (let power = odd; power <= df - 2; power += 2) { // Abramowitz and Stegun, 26.7.3 and 26.7.4
    sum += term;
    term *= (cosine * cosine * (power + 1)) / (power + 2);
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

const quantiles = new Map();

/** So many standard errors on either side make a 95 % interval. @param {number} df at least 1 */
export function t_quantile(df) {
  if (!quantiles.has(df)) {
    let [low, high] = [0, Math.PI / 2];
    for (let step = 0; step < 60; step += 1) {
      const middle = (low + high) / 2;
      if (shareWithin(middle, df) < 0.95) low = middle;
      else high = middle;
    }
    quantiles.set(df, Math.sqrt(df) * Math.tan(low));
  }
  return quantiles.get(df);
}

/** The mean of one value a seed, with its 95 % interval. @returns {Interval} */
export function interval(values) {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  return { mean, half: (t_quantile(n - 1) * sd) / Math.sqrt(n) };
}

/** The same of the differences, seed by seed. @returns {Interval} */
export function paired(values, others) {
  return interval(values.map((v, k) => v - others[k]));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The settings that were run with training sets of this size. */
export function settingsAt(sweep, size) {
  return sweep.settings.filter((setting) => size in setting.sizes);
}

/** The training-set sizes of a sweep, small to large. @returns {number[]} */
export function sizesOf(sweep) {
  return [...new Set(sweep.settings.flatMap(({ sizes }) => Object.keys(sizes).map(Number)))].sort((a, b) => a - b);
}

/** The place of the epoch that is nearest to the one asked for; 0 asks for the last. */
export function placeOf(epochs, epoch) {
  if (epoch === 0) return epochs.length - 1;
  return epochs.reduce((near, each, k) => (Math.abs(each - epoch) < Math.abs(epochs[near] - epoch) ? k : near), 0);
}

/** A curve's mean, and its band by `kind`, "sd" or "interval", while two runs or more go on. */
function banded([means, sds], runs, kind) {
  const mean = means.filter((value) => value !== null);
  const wide = mean.map((_, k) => sds[k] * (kind === "sd" ? 1 : t_quantile(runs[k] - 1) / Math.sqrt(runs[k])));
  return { mean, low: mean.map((v, k) => v - wide[k]), high: mean.map((v, k) => v + wide[k]) };
}

/** @returns {Part} */
function partOf(setting, baseline, { size, metric, band }) {
  const run = setting.sizes[size];
  const runs = run.runs ?? run.train_loss[0].map(() => run.test_accuracy.length);
  const [train, validation] = ["train", "validation"].map((name) => banded(run[`${name}_${metric}`], runs, band));
  const sign = metric === "loss" ? 1 : -1;
  return {
    setting, train, validation, histogram: run.histogram, near_zero: run.near_zero, best: run.best_epoch, median: median(run.best_epoch),
    gap: validation.mean.map((v, k) => sign * (v - train.mean[k])),
    test: interval(run.test_accuracy), over: paired(run.test_accuracy, baseline),
  };
}

/**
 * Everything that the explorer shows of a state.
 * @param {any} sweep @param {Record<string, any>} state
 * @returns {{a: Part, b: Part | null, between: Interval | null, all: {setting: any, test: Interval, over: Interval}[]}}
 */
export function look(sweep, state) {
  const offered = settingsAt(sweep, state.size);
  const byId = Object.fromEntries(offered.map((setting) => [setting.id, setting]));
  const baseline = byId.none.sizes[state.size].test_accuracy;
  const accuracies = (id) => byId[id].sizes[state.size].test_accuracy;
  const part = (id) => partOf(byId[id], baseline, state);
  return {
    a: part(state.setting),
    b: state.against ? part(state.against) : null,
    between: state.against ? paired(accuracies(state.setting), accuracies(state.against)) : null,
    all: offered.map((setting) => ({
      setting, test: interval(accuracies(setting.id)), over: paired(accuracies(setting.id), baseline),
    })),
  };
}

/** The numbers of a look, one after the other, as `RegularizationExplorer.result()` gives them. */
export function flatten({ a, b, between, all }) {
  const curve = ({ mean, low, high }) => [...mean, ...low, ...high];
  const part = ({ train, validation, gap, histogram, near_zero, median: best, test, over }) =>
    [...curve(train), ...curve(validation), ...gap, ...histogram, near_zero, best, test.mean, test.half, over.mean, over.half];
  return Float64Array.from([
    ...part(a), ...(b ? part(b) : []), ...(between ? [between.mean, between.half] : []),
    ...all.flatMap(({ test, over }) => [test.mean, test.half, over.mean, over.half]),
  ]);
}
