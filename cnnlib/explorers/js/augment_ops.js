/**
 * Pictures changed in ways that leave their labels true, under the names of `cnnlib.augmentation`:
 * pure functions on the tensors of `ops.js`, held to Python by random problems in a real browser.
 *
 * @typedef {import("./ops.js").Tensor} Tensor
 * @typedef {object} Change  what is done to a picture: cropped, mirrored, scaled, rotated, shifted
 * @property {[number, number]} [shift]  pixels down and right
 * @property {number} [rotate]  degrees, counterclockwise
 * @property {number} [scale]  how large it becomes
 * @property {boolean | "left-right" | "up-down"} [flip]
 * @property {[number, number, number, number] | null} [crop]  top, left, height and width of the
 *   window that is enlarged
 * @property {number | [number, number]} [size]  rows and columns of the picture
 */

const pair = (size) => (Array.isArray(size) ? size : [size, size]);

/** Cosine and sine of so many degrees, exact for quarter turns. */
function turn(degrees) {
  const angle = (degrees * Math.PI) / 180;
  const both = [Math.cos(angle), Math.sin(angle)];
  return degrees % 90 === 0 ? both.map(Math.round) : both;
}

/**
 * The matrix that has `affine` change a picture: from places of the new one to places of the old,
 * as torch's affine_grid counts them. @param {Change} [change] @returns {Tensor} (2, 3)
 */
export function matrix({ shift = [0, 0], rotate = 0, scale = 1, flip = false, crop = null, size = 8 } = {}) {
  const [h, w] = pair(size);
  const [down, right] = shift;
  const [cos, sin] = turn(rotate);
  const [top, left, height, width] = crop ?? [0, 0, h, w];
  const across = flip === true || flip === "left-right" ? -1 : 1;
  const upright = flip === "up-down" ? -1 : 1;
  // The way back about the middle, in pixels: against the turn, over the scale, mirrored again.
  const [a, b] = [(across * cos) / scale, (-across * sin) / scale];
  const [c, d] = [(upright * sin) / scale, (upright * cos) / scale];
  // From pixels to places, and into the window.
  const [wide, tall] = [width / w, height / h];
  const x = (-2 * (a * right + b * down)) / w;
  const y = (-2 * (c * right + d * down)) / h;
  return {
    data: Float64Array.of(
      wide * a, (wide * b * h) / w, wide * x + (2 * left + width) / w - 1,
      (tall * c * w) / h, tall * d, tall * y + (2 * top + height) / h - 1),
    shape: [2, 3],
  };
}

/**
 * Read pictures at other places: four pixels' mean, weighted by nearness, zeros beyond.
 * @param {Tensor} images  (n, c, h, w) @param {Tensor} matrices  (2, 3) for all, or (n, 2, 3)
 * @returns {Tensor} (n, c, h, w)
 */
export function affine(images, matrices) {
  const [n, channels, h, w] = images.shape;
  const many = matrices.shape.length === 3;
  if (many && matrices.shape[0] !== n) {
    throw new Error(`matrices has ${matrices.shape[0]} for ${n} pictures; legal are one, or one for each`);
  }
  const data = new Float64Array(images.data.length);
  for (let image = 0; image < n; image += 1) {
    const [a, b, c, d, e, f] = matrices.data.subarray(many ? 6 * image : 0, (many ? 6 * image : 0) + 6);
    const start = image * channels * h * w;
    for (let i = 0; i < h; i += 1) {
      const v = (2 * i + 1) / h - 1;
      for (let j = 0; j < w; j += 1) {
        const u = (2 * j + 1) / w - 1;
        const column = ((a * u + b * v + c + 1) * w - 1) / 2;
        const row = ((d * u + e * v + f + 1) * h - 1) / 2;
        const [top, left] = [Math.floor(row), Math.floor(column)];
        for (let corner = 0; corner < 4; corner += 1) {
          const [y, x] = [top + (corner >> 1), left + (corner & 1)];
          if (!(y >= 0 && y < h && x >= 0 && x < w)) continue;
          const weight = (1 - Math.abs(row - y)) * (1 - Math.abs(column - x));
          for (let k = 0; k < channels; k += 1) {
            const plane = start + k * h * w;
            data[plane + i * w + j] += weight * images.data[plane + y * w + x];
          }
        }
      }
    }
  }
  return { data, shape: images.shape };
}

/**
 * Cut a window out of pictures; where it reaches beyond them it has zeros.
 * @param {Tensor} images  (..., h, w) @param {number} top @param {number} left
 * @param {number | [number, number]} size @returns {Tensor}
 */
export function crop(images, top, left, size) {
  const [h, w] = images.shape.slice(-2);
  const [rows, columns] = pair(size);
  const planes = images.shape.slice(0, -2).reduce((product, k) => product * k, 1);
  const data = new Float64Array(planes * rows * columns);
  for (let plane = 0; plane < planes; plane += 1) {
    for (let i = 0; i < rows; i += 1) {
      for (let j = 0; j < columns; j += 1) {
        const [y, x] = [top + i, left + j];
        if (y < 0 || y >= h || x < 0 || x >= w) continue;
        data[(plane * rows + i) * columns + j] = images.data[(plane * h + y) * w + x];
      }
    }
  }
  return { data, shape: [...images.shape.slice(0, -2), rows, columns] };
}

/**
 * Add normal noise to every pixel. @param {Tensor} images @param {number} sd
 * @param {{normal: () => number}} rng  of `random.js` @returns {Tensor}
 */
export function add_noise({ data, shape }, sd, rng) {
  return { data: data.map((value) => value + sd * rng.normal()), shape };
}

/**
 * Blend each picture with a partner, and their targets alike.
 * @param {Tensor} images  (n, ...) @param {Tensor} targets  (n, classes)
 * @param {number | number[]} lam  the picture's own share @param {number[]} partners
 * @returns {[Tensor, Tensor]}
 */
export function mixup(images, targets, lam, partners) {
  const share = (k) => (Array.isArray(lam) ? lam[k] : lam);
  return [images, targets].map(({ data, shape }) => {
    const length = data.length / shape[0];
    const mixed = data.map((value, at) => {
      const k = Math.floor(at / length);
      return share(k) * value + (1 - share(k)) * data[partners[k] * length + (at % length)];
    });
    return { data: mixed, shape };
  });
}

/**
 * Draw what is done to each of `n` pictures: eight numbers each, whatever is asked for.
 * @param {number} n
 * @param {{shift?: number, rotate?: number, scale?: number, crop?: number,
 *   flip?: boolean | "left-right" | "up-down", size?: number | [number, number],
 *   rng: {random: () => number}}} how
 * @returns {Change[]}
 */
export function random_settings(n, { shift = 0, rotate = 0, scale = 0, crop: most = 0, flip = false, size = 8, rng }) {
  const [h, w] = pair(size);
  return Array.from({ length: n }, () => {
    const [down, right, angle, zoom, part, top, left, chance] = Array.from({ length: 8 }, () => rng.random());
    const side = 1 - most * part;
    return {
      shift: [shift * (2 * down - 1), shift * (2 * right - 1)],
      rotate: rotate * (2 * angle - 1),
      scale: 1 + scale * (2 * zoom - 1),
      flip: chance < 0.5 ? flip : false,
      crop: most ? [top * (1 - side) * h, left * (1 - side) * w, side * h, side * w] : null,
      size: [h, w],
    };
  });
}
