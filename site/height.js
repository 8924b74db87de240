/**
 * An explorer alone in a frame tells the page around it how tall it is, so that the frame can
 * follow: `{ type: "cnn-height", height: 512 }`, in CSS pixels. It says nothing else, and listens
 * to nobody; so any page may hear it.
 */

/** @param {HTMLElement} el  what the frame shows, from its top */
export function tellHeight(el) {
  if (parent === window) return;
  let told = 0;
  const tell = () => {
    const height = Math.ceil(el.getBoundingClientRect().bottom + scrollY);
    if (height === told) return;
    told = height;
    parent.postMessage({ type: "cnn-height", height }, "*");
  };
  new ResizeObserver(tell).observe(el, { box: "border-box" });
}
