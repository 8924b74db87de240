/** What NetworkExplorer says in words. */
import { percent, TRAINED } from "./network_answer.js";
import { layerOf, ranked } from "./network_math.js";

const signed = (value, ahead, back) => `${Math.abs(value)} ${value < 0 ? back : ahead}`;

/** How the drawing is moved, or "as it is drawn". */
export function movedWords({ down, right, rotate, noise }) {
  const parts = [];
  const ways = [down ? signed(down, "down", "up") : "", right ? signed(right, "right", "left") : ""].filter(Boolean);
  if (ways.length) parts.push(`shifted ${ways.join(" and ")}`);
  if (rotate) parts.push(`turned ${signed(rotate, "degrees counterclockwise", "degrees clockwise")}`);
  if (noise) parts.push(`with noise of ${noise}`);
  return parts.length ? parts.join(", ") : "as it is drawn";
}

/** "row 1, column 2 of map 3 of relu1" */
export function unitWords({ layer, channel, row, col }) {
  return layerOf(layer).n > 1 ? `row ${row}, column ${col} of map ${channel} of ${layer}` : `number ${channel} of ${layer}`;
}

/** What is shown, in a few sentences. */
export function summaryOf(state, shares, others, unit, value) {
  const [first, next] = ranked(shares);
  const rival = ranked(others)[0];
  const truth = state.label < 0 ? "" : first === state.label ? " That is right." : ` That is wrong: it is a ${state.label}.`;
  const other = state.network === "plain" ? "augmented" : "plain";
  return `The digit ${movedWords(state)}: the network trained on ${TRAINED[state.network]} takes it for a ${first} ` +
    `(${percent(shares[first])}), then a ${next} (${percent(shares[next])}).${truth} ` +
    `The one trained on ${TRAINED[other]} takes it for a ${rival} (${percent(others[rival])}). ` +
    `Chosen: ${unitWords(unit)}, ${Number(value.toPrecision(4))}.`;
}
