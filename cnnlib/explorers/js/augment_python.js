/** AugmentationExplorer's state as Python: with cnnlib, and with torch alone. */
import { DRAWS, asked, changeOf, strengthsOf } from "./augment_math.js";
import { pythonList } from "./format.js";

const text = (value) => (value === false ? "False" : value === null ? "None" : typeof value === "string" ? `"${value}"`
  : Array.isArray(value) ? `(${value.map(text).join(", ")})` : String(value));
const named = (values) => Object.entries(values).map(([key, value]) => `${key}=${text(value)}`).join(", ");
const target = (label) => (label < 0 ? "np.zeros((1, 10))" : `np.eye(10)[[${label}]]`);

/** @param {Record<string, any>} state @returns {string} */
export function python(state) {
  const { lam, noise, seed } = state;
  const [h, w] = [state.image.length, state.image[0].length];
  const blended = lam < 1;
  const mix = blended ? `
other = np.array(${pythonList(state.partner)})[None, None] / 16
both, targets = mixup(
    np.concatenate([given, other]), np.concatenate([target, ${target(state.partner_label)}]), ${lam}, [1, 0])
given, target = both[:1], targets[:1]` : "";
  const drawnMix = blended ? `
own = shares[:, None, None, None]
draws = own * draws + (1 - own) * other` : "";
  const network = asked(state) ? `

# What the stored network reads in them.
parameters = digit_net.stored("${state.network}")
pictures = np.concatenate([given, draws])
read = numpy_ops.softmax(digit_net.forward(parameters, pictures), 1)
print(read.argmax(axis=1), read.max(axis=1).round(3))` : "";
  const imports = asked(state) ? "from cnnlib import digit_net, numpy_ops\n" : "";
  return `import numpy as np
import torch
import torch.nn.functional as F
${imports}from cnnlib.augmentation import add_noise, affine, matrix, mixup, random_settings

picture = np.array(${pythonList(state.image)})[None, None] / 16
target = ${target(state.label)}

# The picture as the sliders have it.
theta = matrix(${named(changeOf(state))})
given = affine(picture, theta)${mix}
given = add_noise(given, ${noise}, rng=np.random.default_rng(${seed}))
print(given[0, 0].round(2))
print(target)

# ${DRAWS} draws between no change and that.
rng = np.random.default_rng(${seed})
settings = random_settings(
    ${DRAWS}, ${named(strengthsOf(state))}, rng=rng)
matrices = np.stack([matrix(**each) for each in settings])
shares = 1 - (1 - ${lam}) * rng.random(${DRAWS})
draws = affine(np.repeat(picture, ${DRAWS}, axis=0), matrices)${drawnMix}
draws = add_noise(draws, ${noise}, rng=rng)${network}

# Moved and drawn with torch alone: before blend and noise, they are the same.
def same(images, matrices):
    grid = F.affine_grid(torch.tensor(matrices), images.shape, align_corners=False)
    return F.grid_sample(torch.tensor(images), grid, align_corners=False)


same_moved = same(picture, theta[None])
same_draws = same(np.repeat(picture, ${DRAWS}, axis=0), matrices)
print(same_moved[0, 0])
`;
}
