/** Small helpers to build elements. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `class`, `text`, `on<event>` or any attribute
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") el.textContent = value;
    else if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else if (value === true) el.setAttribute(key, "");
    else if (value !== false && value != null) el.setAttribute(key, value);
  }
  el.append(...children);
  return el;
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  const el = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, value);
  el.append(...children);
  return el;
}

/** Set a property of an element's style where it differs; what depends on it is then reckoned anew. */
export function setStyle(el, name, value) {
  if (el.style.getPropertyValue(name) !== String(value)) el.style.setProperty(name, String(value));
}

let count = 0;

/** An id that no other element of the page has. */
export function uniqueId(prefix) {
  count += 1;
  return `cnn-${prefix}-${count}`;
}
