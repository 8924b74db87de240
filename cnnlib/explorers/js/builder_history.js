/** What can be undone: the network and its input, from one drawn state to the next. */

const MOST = 200;
const KEYS = ["layers", "input_shape", "batch_size"];

const pick = ({ layer, ...state }) => ({ ...Object.fromEntries(KEYS.map((key) => [key, state[key]])), layer });
const same = (one, two) => KEYS.every((key) => String(one[key]) === String(two[key]));

/** @param {(changes: object) => void} set */
export function makeHistory(set) {
  const [past, future] = [[], []];
  let now = null;
  const go = (from, to) => {
    if (!from.length) return false;
    to.push(now);
    now = from.pop();
    set(now);
    return true;
  };
  return {
    /** Take note of the state that is drawn. */
    note(state) {
      const next = pick(state);
      if (now && !same(now, next)) {
        past.push(now);
        if (past.length > MOST) past.shift();
        future.length = 0;
      }
      now = next;
    },
    undo: () => go(past, future),
    redo: () => go(future, past),
    get left() {
      return { undo: past.length > 0, redo: future.length > 0 };
    },
  };
}
