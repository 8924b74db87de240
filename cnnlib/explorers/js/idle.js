/** Work that may wait until the page has nothing better to do, such as names of tiny cells. */

const SLICE_MS = 4; // at most so much at a time, where the browser does not say how much it has left

const waiting = new Set();
let asked = false;
const whenFree = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 30));

/** Do all that waits, now: somebody is about to read it. */
export function flush() {
  for (const job of waiting) while (job());
  waiting.clear();
}

function work(deadline) {
  asked = false;
  const end = performance.now() + Math.min(SLICE_MS, deadline?.timeRemaining() ?? SLICE_MS);
  for (const job of waiting) {
    while (performance.now() < end || deadline?.didTimeout) {
      if (!job()) {
        waiting.delete(job);
        break;
      }
    }
  }
  ask();
}

function ask() {
  if (asked || !waiting.size) return;
  asked = true;
  whenFree(work, { timeout: 500 });
}

/**
 * Have `job` called when the browser is idle, again and again while it returns true; asked for
 * twice, it is done once.
 * @param {() => boolean} job  does a little, and tells whether more is left
 */
export function whenIdle(job) {
  waiting.add(job);
  ask();
}
