/** RegularizationExplorer's state as Python: the stored sweep read, and the shown numbers printed. */
import { placeOf } from "./reg_math.js";

/** A JSON value as a Python literal. */
export function literal(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, each]) => `"${key}": ${literal(each)}`).join(", ")}}`;
  return String(value);
}

/** @param {Record<string, any>} state @param {(key: string) => any} get @returns {string} */
export function python({ setting, against, size, metric, band, epoch }, get) {
  const { settings, epochs } = get("_sweep");
  const at = placeOf(epochs[size], epoch);
  const ids = literal(against ? [setting, against] : [setting]);
  const { changes } = settings.find(({ id }) => id === setting).sizes[size];
  const wide = band === "sd" ? "sd" : "stats.t.ppf(0.975, n - 1) * sd / n**0.5";
  return `import numpy as np
from scipy import stats
from cnnlib import datasets

sweep = datasets.stored("sweep")
runs = {each["id"]: each["sizes"].get("${size}") for each in sweep["settings"]}
at = ${at}  # the place of epoch ${epochs[size][at]}


def interval(values):
    """Return the mean over seeds, and half of its 95 % interval."""
    n = len(values)
    return np.mean(values), stats.t.ppf(0.975, n - 1) * np.std(values, ddof=1) / n**0.5


baseline = np.array(runs["none"]["test_accuracy"])
shown = {}
for name in ${ids}:
    run = runs[name]
    accuracy = np.array(run["test_accuracy"])
    shown[name] = {
        "test accuracy": interval(accuracy),
        "over the baseline": interval(accuracy - baseline),
        "best epoch": np.median(run["best_epoch"]),
        "near zero": run["near_zero"],
    }
    n = run.get("runs", [len(accuracy)] * (at + 1))[at]
    if n >= 2:  # so many runs got to this epoch: mean ${metric}, and half of its band
        for kind in ("train", "validation"):
            mean, sd = (values[at] for values in run[f"{kind}_${metric}"])
            shown[name][kind] = mean, ${wide}
    print(name, shown[name])
${against ? `
difference = np.subtract(*(runs[name]["test_accuracy"] for name in ${ids}))
print("A - B", interval(difference))
` : ""}
# To train A again, which takes a while, with seed 0:
from cnnlib.experiments import Recipe, digits, train

length = {"epochs": sweep["manifest"]["epochs"]["${size}"]}
changes = runs[${literal(setting)}]["changes"]  # ${literal(changes)}
recipe = Recipe.from_dict(sweep["base"] | length | changes)
# history = train(recipe, digits(${size}), seed=0)
`;
}
