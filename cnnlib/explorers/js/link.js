/**
 * The state of an explorer in the address of its page, written so that a teacher can read and
 * edit it: `?explorer=worked&stride=2&kernel=1,1,1;0,0,0;1,1,1#explorer-worked`.
 */

/**
 * The settings that the page's address gives for the explorer `name`, undecoded.
 * @param {string} name
 * @param {string} [search]  the address's query
 * @returns {Record<string, string>}
 */
export function linkState(name, search = location.search) {
  const query = new URLSearchParams(search);
  const addressed = query.get("embed") ?? query.get("explorer");
  if (!name || addressed !== name) return {};
  query.delete("embed");
  query.delete("explorer");
  return Object.fromEntries(query);
}

/**
 * @param {string} name of the explorer on this page
 * @param {Record<string, string>} values encoded settings
 * @param {{embed?: boolean}} [options]
 * @returns {string} an address that reopens this state
 */
export function linkFor(name, values, { embed = false } = {}) {
  const escape = (text) =>
    encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%3B", ";");
  const pairs = Object.entries({ [embed ? "embed" : "explorer"]: name, ...values });
  const query = pairs.map(([key, value]) => `${key}=${escape(value)}`).join("&");
  return `${location.href.split(/[?#]/)[0]}?${query}#explorer-${name}`;
}
