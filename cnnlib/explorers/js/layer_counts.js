/** What a layer costs, and what others of the same shapes would: exact, however large. */

/** Digits in threes: "105,705,600". @param {bigint | number} count */
export function digits(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** How many times `count` is `unit`, to about three digits. @param {bigint} count @param {bigint} unit */
export function times(count, unit) {
  if (unit === 0n || count === unit) return "";
  if (count >= 100n * unit) return `× ${digits((count + unit / 2n) / unit)}`;
  const ratio = Number((count * 100000n) / unit) / 100000;
  return `× ${Number(ratio.toPrecision(ratio < 1 ? 2 : 3))}`;
}

/** "43.2 KB", of 1000 bytes each. @param {bigint} bytes */
export function memory(bytes) {
  const units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB", "ZB"];
  let size = Number(bytes);
  let unit = 0;
  for (; size >= 999.5; unit += 1) size /= 1000;
  return `${Number(size.toPrecision(3))} ${units[unit]}`;
}

/**
 * @param {Record<string, any>} state  @param {{size: number[], kernel: number[]}} layer
 * @returns {{rows: {key: string, name: string, what: string, parameters: bigint, macs: bigint,
 *   how: [string, string]}[], input: bigint, output: bigint}} `how` is the sum with its numbers
 */
export function countsOf(state, { size, kernel }) {
  const [n, c_out, h, w] = size.map(BigInt);
  const [kh, kw] = kernel.map(BigInt);
  const [c_in, groups] = [BigInt(state.in_channels), BigInt(state.groups)];
  const b = state.bias ? 1n : 0n;
  const each = c_in / groups;
  const taps = each * kh * kw;
  const places = h * w;
  const inputs = c_in * BigInt(state.height) * BigInt(state.width);
  const outputs = c_out * places;
  const one = state.bias ? " + 1" : "";
  const batch = n > 1n ? `${digits(n)} · ` : "";
  const layer = c_out * (taps + b);
  const macs = n * outputs * taps;
  const how = `${digits(places)} · ${digits(c_out)} · ${digits(taps)}`;
  const rows = [
    { key: "convolution", name: "this layer", what: "each filter is shared by all places", parameters: layer, macs,
      how: [`${digits(c_out)} · (${digits(each)}·${kh}·${kw}${one})`, batch + how] },
    { key: "unshared", name: "unshared", what: "each place has filters of its own", parameters: places * layer, macs,
      how: [`${digits(places)} · ${digits(layer)}`, batch + how] },
    { key: "fully connected", name: "fully connected", what: "every output sees every input",
      parameters: outputs * (inputs + b), macs: n * inputs * outputs,
      how: [`${digits(outputs)} · ${state.bias ? `(${digits(inputs)} + 1)` : digits(inputs)}`, `${batch}${digits(outputs)} · ${digits(inputs)}`] },
  ];
  if (groups === 1n) {
    rows.push({ key: "separable", name: "depthwise, then 1×1", what: "a slice for each channel, then only mixing",
      parameters: c_in * (kh * kw + b) + c_out * (c_in + b), macs: n * places * c_in * (kh * kw + c_out),
      how: [`${digits(c_in)} · (${kh}·${kw}${one}) + ${digits(c_out)} · ${state.bias ? `(${digits(c_in)} + 1)` : digits(c_in)}`,
        `${batch}${digits(places)} · ${digits(c_in)} · (${kh}·${kw} + ${digits(c_out)})`] });
  }
  return { rows, input: 4n * n * inputs, output: 4n * n * outputs };
}
