/**
 * NumPy's random numbers, the same for the same seed: `default_rng(seed)` is the generator PCG64
 * (O'Neill, 2014) after NumPy's SeedSequence, and normal numbers come from its ziggurat
 * (Marsaglia and Tsang, 2000). So what a page draws at random, Python draws as well.
 */

const MASK = (1n << 128n) - 1n;
const HALF = (1n << 64n) - 1n;
const FACTOR = 0x2360ed051fc65da44385df649fccf645n;

/** Eight words of 32 bits from a seed below 2^32, as SeedSequence(seed) spreads it. */
function spread(seed) {
  const mixed = (constant, factor) => (value) => {
    let bits = value ^ constant;
    constant = Math.imul(constant, factor);
    bits = Math.imul(bits, constant);
    return (bits ^ (bits >>> 16)) >>> 0;
  };
  const hash = mixed(0x43b0d7e5, 0x931e8875);
  const pool = [seed, 0, 0, 0].map(hash);
  for (let from = 0; from < 4; from += 1) {
    for (let to = 0; to < 4; to += 1) {
      if (from === to) continue;
      const bits = (Math.imul(0xca01f9dd, pool[to]) - Math.imul(0x4973f715, hash(pool[from]))) | 0;
      pool[to] = (bits ^ (bits >>> 16)) >>> 0;
    }
  }
  const last = mixed(0x8b51f9dd, 0x58f38ded);
  return Array.from({ length: 8 }, (_, k) => last(pool[k % 4]));
}

/**
 * The ziggurat: under exp(-x^2 / 2) lie 256 layers of one area, of which `x` are the widths, from
 * the top one, 1, to the widest, 255; layer 0 is the base with the tail.
 */
const EDGE = 3.6541528853610088;
const AREA = 0.004928673233974658;
const height = (x) => Math.exp(-0.5 * x * x);
const x = new Float64Array(256);
x[255] = EDGE;
for (let k = 254; k > 0; k -= 1) x[k] = Math.sqrt(-2 * Math.log(AREA / x[k + 1] + height(x[k + 1])));
x[0] = AREA / height(EDGE);
const heights = x.map((each, k) => (k ? height(each) : 1));
const within = x.map((each, k) => (k === 0 ? EDGE : k === 1 ? 0 : x[k - 1]) / each); // of a layer's width

/**
 * @param {number} seed  a whole number below 2^32
 * @returns {{random: () => number, normal: () => number}}  from 0 to 1 alike; normal numbers of
 *   mean 0 and variance 1
 */
export function default_rng(seed) {
  const words = spread(seed).map(BigInt);
  const [high, low, incHigh, incLow] = [0, 2, 4, 6].map((k) => words[k] | (words[k + 1] << 32n));
  const step = (((incHigh << 64n) | incLow) << 1n | 1n) & MASK;
  let state = 0n;
  const advance = () => {
    state = (state * FACTOR + step) & MASK;
  };
  advance();
  state = (state + ((high << 64n) | low)) & MASK;
  advance();

  /** 64 random bits: both halves of the state, one flipped by the other, and turned. */
  function bits() {
    advance();
    const both = ((state >> 64n) ^ state) & HALF;
    const by = state >> 122n;
    return ((both >> by) | (both << (64n - by))) & HALF;
  }
  const random = () => Number(bits() >> 11n) * 2 ** -53;

  function normal() {
    for (;;) {
      const drawn = bits();
      const layer = Number(drawn & 255n);
      const sign = (drawn >> 8n) & 1n ? -1 : 1;
      const place = Number((drawn >> 9n) & 0xfffffffffffffn) * 2 ** -52;
      const value = place * x[layer];
      if (place < within[layer]) return sign * value;
      if (layer === 0) return ((drawn >> 17n) & 1n ? -1 : 1) * tail();
      if ((heights[layer - 1] - heights[layer]) * random() + heights[layer] < height(value)) return sign * value;
    }
  }

  /** A number beyond the edge. */
  function tail() {
    for (;;) {
      const beyond = -Math.log1p(-random()) / EDGE;
      const limit = -Math.log1p(-random());
      if (2 * limit > beyond * beyond) return EDGE + beyond;
    }
  }
  return { random, normal };
}
