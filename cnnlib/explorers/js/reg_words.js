/** What RegularizationExplorer says: of settings, of intervals, and of where a number comes from. */

const MINUS = "\u2212";
const NAMES = { none: "baseline", l1: "L1", l2: "L2" };

/** "weight decay" */
export function techniqueName(technique) {
  return NAMES[technique] ?? technique.replaceAll("_", " ");
}

const signed = (text) => text.replace("-", MINUS);

/** "87.3 %" */
export function percent(share) {
  return signed(`${(100 * share).toFixed(1)} %`);
}

/** "+2.1": percentage points. */
export function points(share) {
  const text = (100 * share).toFixed(1);
  return Number(text) === 0 ? "0.0" : `${share > 0 ? "+" : ""}${signed(text)}`;
}

/** "86.1 to 88.5" */
export function rangeText({ mean, half }, write = (share) => (100 * share).toFixed(1)) {
  return `${signed(write(mean - half))} to ${signed(write(mean + half))}`;
}

/** A loss, or an accuracy in percent; a dash where fewer than two runs got so far. */
export function amount(value, metric) {
  if (value === undefined) return "\u2013";
  return metric === "loss" ? signed(value.toFixed(3)) : percent(value);
}

/** A gap of losses, or of accuracies in percentage points. */
export function gapText(value, metric) {
  if (value === undefined || metric === "loss") return amount(value, metric);
  return `${signed((100 * value).toFixed(1))} points`;
}

/** Which side of zero an interval of differences lies; 0 where it holds zero. @returns {-1 | 0 | 1} */
export function verdict({ mean, half }) {
  return Math.abs(mean) <= half ? 0 : Math.sign(mean);
}

/** How a setting compares with the baseline, in words. */
export function comparison({ setting, over }) {
  if (setting.id === "none") return "the baseline, which the others are compared with";
  if (over.mean === 0 && over.half === 0) return "the same as the baseline with every seed";
  const told = { "-1": "worse than the baseline", 0: "not told apart from the baseline", 1: "better than the baseline" }[verdict(over)];
  return `${points(over.mean)} points over the baseline, seed by seed (${rangeText(over, points)}): ${told}`;
}

/** "dropout 0.5: 87.3 % (86.1 to 88.5); +2.1 points ..." */
export function dotText(one) {
  return `${one.setting.label}: ${percent(one.test.mean)} (${rangeText(one.test)}); ${comparison(one)}`;
}

/** "0 to 9" where seeds follow each other, else a list. */
function seedsText(seeds) {
  const inOrder = seeds.every((seed, k) => seed === seeds[0] + k);
  return inOrder && seeds.length > 2 ? `${seeds[0]} to ${seeds.at(-1)}` : seeds.join(", ");
}

/** How many runs, of which data, when and on what. */
export function provenance({ manifest }, size, band) {
  const { seeds, data, model, epochs, date, device, cpu, versions, command } = manifest;
  const where = [cpu ? `${device} (${cpu})` : device, versions?.torch && `torch ${versions.torch}`].filter(Boolean).join(", ");
  const shade = band === "sd" ? "one standard deviation over seeds to either side" : "the 95 % interval of the mean over seeds";
  return `Lines: means of ${seeds.length} runs (seeds ${seedsText(seeds)}); shaded: ${shade}. Every run: ` +
    `${size} training digits, ${epochs[size]} epochs unless stopped early; losses and accuracies without dropout, noise or augmentation. Ticks at the edge: the epoch of lowest validation loss of each seed, thick their median; A\u2019s above, B\u2019s below. Data: ${data}. Model: ${model}. Run ${date} on ${where}, by \u201c${command}\u201d.`;
}

/** What the marks of the overview mean, and what the intervals do and do not cover. */
export function caution(count) {
  const chance = Math.round(count / 20);
  return "Whiskers and shade: 95 % intervals of the mean. Filled: told apart from the baseline, as the interval of the difference, " +
    "seed by seed, leaves out zero. \u25c2: further left. An interval says what other seeds would give with these same digits; " +
    `other digits may differ by more.${chance > 1 ? ` And of ${count} settings that did nothing, about ${chance} would be told apart by chance.` : ""}`;
}

/** One setting in a sentence, at the epoch in place `at`. */
function partText(letter, part, metric, epoch, at) {
  const versus = part.setting.id === "none" ? "" : `, ${points(part.over.mean)} points over the baseline (${rangeText(part.over, points)})`;
  return `${letter}, ${part.setting.label}: test accuracy ${percent(part.test.mean)} (95 % interval ` +
    `${rangeText(part.test)})${versus}; at epoch ${epoch} training ${metric} ${amount(part.train.mean[at], metric)}, ` +
    `validation ${metric} ${amount(part.validation.mean[at], metric)}, gap ${gapText(part.gap[at], metric)}; ` +
    `best epoch ${part.median} (median).`;
}

/** The text alternative. */
export function summarize({ a, b }, { size, metric }, epochs, at) {
  const told = [a, b].filter(Boolean).map((part, k) => partText("AB"[k], part, metric, epochs[at], at));
  return `${size} training digits, ${a.best.length} seeds. ${told.join(" ")}`;
}
