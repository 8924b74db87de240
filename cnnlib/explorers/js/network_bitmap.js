/**
 * Ink and paper, 32 by 32 pixels, and the digit that it is counted into: how many of the 16 pixels
 * of each block of 4 by 4 are ink, as the book's digits were made (Alpaydin and Kaynak, 1998).
 */

export const SIDE = 32;
const BLOCK = 4;
const CELLS = SIDE / BLOCK;

/** No ink at all. @returns {Uint8Array} 0 for paper, 1 for ink, row by row */
export const blank = () => new Uint8Array(SIDE * SIDE);

/** How much ink each block holds. @param {Uint8Array} bitmap @returns {number[][]} 8 by 8, 0 to 16 */
export function counted(bitmap) {
  const rows = Array.from({ length: CELLS }, () => new Array(CELLS).fill(0));
  for (let place = 0; place < bitmap.length; place += 1) {
    const [y, x] = [Math.floor(place / SIDE), place % SIDE];
    rows[Math.floor(y / BLOCK)][Math.floor(x / BLOCK)] += bitmap[place];
  }
  return rows;
}

/** What the digit would be at a pixel, between the middles of its cells. */
function between(rows, y, x) {
  const most = CELLS - 1;
  const [down, across] = [y, x].map((place) => Math.min(most, Math.max(0, (place + 0.5) / BLOCK - 0.5)));
  const [row, col] = [Math.floor(down), Math.floor(across)];
  const [next, beside] = [Math.min(most, row + 1), Math.min(most, col + 1)];
  const along = (r) => rows[r][col] + (rows[r][beside] - rows[r][col]) * (across - col);
  return along(row) + (along(next) - along(row)) * (down - row);
}

/**
 * Ink that is counted into a digit: in each block as many pixels as it says, those where the digit
 * around it is darkest.
 * @param {number[][]} rows  8 by 8, 0 to 16 @returns {Uint8Array}
 */
export function bitmapOf(rows) {
  const bitmap = blank();
  rows.forEach((cells, row) => cells.forEach((count, col) => {
    const pixels = Array.from({ length: BLOCK * BLOCK }, (_, k) =>
      [row * BLOCK + Math.floor(k / BLOCK), col * BLOCK + (k % BLOCK)]);
    const darkness = new Map(pixels.map((pixel) => [pixel, between(rows, ...pixel)]));
    pixels.sort((a, b) => darkness.get(b) - darkness.get(a));
    for (const [y, x] of pixels.slice(0, Math.round(count))) bitmap[y * SIDE + x] = 1;
  }));
  return bitmap;
}

/**
 * Draw a line with a round pen: pixels whose middle lies under it become `value`.
 * @param {Uint8Array} bitmap  changed in place
 * @param {[number, number]} from @param {[number, number]} to  down and right, in pixels
 * @param {number} width  of the pen @param {0 | 1} value
 * @returns {boolean} whether any pixel changed
 */
export function stroke(bitmap, from, to, width, value) {
  const [dy, dx] = [to[0] - from[0], to[1] - from[1]];
  const length = dy * dy + dx * dx;
  const reach = (axis, pick, by) => Math.floor(pick(from[axis], to[axis]) + (by * width) / 2);
  let changed = false;
  for (let y = Math.max(0, reach(0, Math.min, -1)); y <= Math.min(SIDE - 1, reach(0, Math.max, 1)); y += 1) {
    for (let x = Math.max(0, reach(1, Math.min, -1)); x <= Math.min(SIDE - 1, reach(1, Math.max, 1)); x += 1) {
      const [py, px] = [y + 0.5 - from[0], x + 0.5 - from[1]];
      const share = length ? Math.min(1, Math.max(0, (py * dy + px * dx) / length)) : 0;
      const far = (py - share * dy) ** 2 + (px - share * dx) ** 2;
      if (far <= (width / 2) ** 2 && bitmap[y * SIDE + x] !== value) {
        bitmap[y * SIDE + x] = value;
        changed = true;
      }
    }
  }
  return changed;
}

/**
 * The box around what is ink, as [top, left, height, width]; null where nothing is.
 * @param {ArrayLike<number>} ink @param {number} height @param {number} width
 */
export function inkBox(ink, height, width) {
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let place = 0; place < height * width; place += 1) {
    if (!ink[place]) continue;
    const [y, x] = [Math.floor(place / width), place % width];
    [top, left] = [Math.min(top, y), Math.min(left, x)];
    [bottom, right] = [Math.max(bottom, y), Math.max(right, x)];
  }
  return bottom < 0 ? null : [top, left, bottom - top + 1, right - left + 1];
}

/**
 * Cut ink out of its surroundings and fit it into 32 by 32, its longer side from edge to edge and in
 * the middle along the shorter: a pixel is ink where at least a quarter of what it covers is.
 * @param {ArrayLike<number>} ink  0 or 1, row by row @param {number} height @param {number} width
 * @returns {Uint8Array | null} null where there is no ink
 */
export function fitted(ink, height, width) {
  const box = inkBox(ink, height, width);
  if (!box) return null;
  const [top, left, tall, wide] = box;
  const step = Math.max(tall, wide) / SIDE; // pixels of the old for one of the new
  const start = [top + tall / 2 - (SIDE / 2) * step, left + wide / 2 - (SIDE / 2) * step];
  const samples = Math.max(2, Math.ceil(step)); // along each axis of a new pixel
  const bitmap = blank();
  for (let place = 0; place < bitmap.length; place += 1) {
    const [row, col] = [Math.floor(place / SIDE), place % SIDE];
    let covered = 0;
    for (let k = 0; k < samples * samples; k += 1) {
      const y = Math.floor(start[0] + (row + (Math.floor(k / samples) + 0.5) / samples) * step);
      const x = Math.floor(start[1] + (col + ((k % samples) + 0.5) / samples) * step);
      if (y >= 0 && y < height && x >= 0 && x < width) covered += ink[y * width + x];
    }
    if (covered * 4 >= samples * samples) bitmap[place] = 1;
  }
  return bitmap;
}
