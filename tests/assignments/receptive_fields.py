"""Right and wrong answers to the assignment on receptive fields."""

import numpy as np
import torch
from assignment_cases import right, wrong
from torch.nn import functional as F

# layer_table ------------------------------------------------------------------------------------


def table_by(size, jump, field, start):
    """Return a layer_table that carries its four numbers by the given rules."""

    def layer_table(n, layers):
        j, r, a = 1, 1, 0
        rows = [(n, j, r, a)]
        for k, s, p, d in layers:
            old = j
            n, j = size(n, k, s, p, d), jump(old, s)
            r, a = field(r, k, d, old, j), start(a, p, old, j)
            rows.append((n, j, r, a))
        return rows

    return layer_table


RULES = {
    "size": lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s + 1,
    "jump": lambda j, s: j * s,
    "field": lambda r, k, d, old, new: r + d * (k - 1) * old,
    "start": lambda a, p, old, new: a - p * old,
}
MISTAKES = {
    "floor forgotten": {"size": lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1},
    "rounded up": {"size": lambda n, k, s, p, d: -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1},
    "one forgotten": {"size": lambda n, k, s, p, d: (n + 2 * p - d * (k - 1)) // s},
    "floor after the one": {"size": lambda n, k, s, p, d: (n + 2 * p - d * (k - 1)) // s + 1},
    "padding on one side": {"size": lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1},
    "no dilation in size": {"size": lambda n, k, s, p, d: (n + 2 * p - k) // s + 1},
    "strides added": {"jump": lambda j, s: j + s - 1},
    "own stride": {"jump": lambda j, s: s},
    "field by the new jump": {"field": lambda r, k, d, old, new: r + d * (k - 1) * new},
    "field without jump": {"field": lambda r, k, d, old, new: r + d * (k - 1)},
    "field with k": {"field": lambda r, k, d, old, new: r + d * k * old},
    "no dilation in field": {"field": lambda r, k, d, old, new: r + (k - 1) * old},
    "fields multiplied": {"field": lambda r, k, d, old, new: r * (d * (k - 1) + 1)},
    "start without jump": {"start": lambda a, p, old, new: a - p},
    "start by the new jump": {"start": lambda a, p, old, new: a - p * new},
    "start inwards": {"start": lambda a, p, old, new: a + p * old},
    "start left at 0": {"start": lambda a, p, old, new: 0},
}
for label, rule in MISTAKES.items():
    wrong("layer_table", label)(table_by(**(RULES | rule)))


@wrong("layer_table", "zeros")
def layer_table_zeros(n, layers):
    return np.zeros((len(layers) + 1, 4))


@wrong("layer_table", "no row for the input")
def layer_table_short(n, layers):
    return table_by(**RULES)(n, layers)[1:]


@wrong("layer_table", "transposed")
def layer_table_transposed(n, layers):
    return np.array(table_by(**RULES)(n, layers)).T


@wrong("layer_table", "columns j and r exchanged")
def layer_table_exchanged(n, layers):
    return np.array(table_by(**RULES)(n, layers))[:, [0, 2, 1, 3]]


@wrong("layer_table", "nothing returned")
def layer_table_none(n, layers):
    table_by(**RULES)(n, layers)


@right("layer_table", "one loop")
def layer_table_loop(n, layers):
    return table_by(**RULES)(n, layers)


@right("layer_table", "cumulative products, float32")
def layer_table_vectorised(n, layers):
    k, s, p, d = np.array(layers).T
    jumps = np.cumprod([1, *s])
    fields = np.cumsum([1, *(d * (k - 1) * jumps[:-1])])
    starts = -np.cumsum([0, *(p * jumps[:-1])])
    sizes = [n]
    for reach, stride, padding in zip(d * (k - 1), s, p, strict=True):
        sizes.append(int(np.floor((sizes[-1] + 2 * padding - reach - 1) / stride)) + 1)
    return np.stack([sizes, jumps, fields, starts], axis=1).astype(np.float32)


@right("layer_table", "torch measures the sizes, counting backwards the rest")
def layer_table_torch(n, layers):
    x = torch.zeros(1, 1, n)
    sizes = [n]
    for k, s, p, d in layers:
        x = F.conv1d(x, torch.ones(1, 1, k), stride=s, padding=p, dilation=d)
        sizes.append(x.shape[-1])
    rows = []
    for depth, size in enumerate(sizes):
        first, last, after = 0, 0, 1
        for k, s, p, d in reversed(layers[:depth]):
            first, after = s * first - p, s * after - p
            last = s * last - p + d * (k - 1)
        rows.append([size, after - first, last - first + 1, first])
    return torch.tensor(rows)


# depth_to_see -----------------------------------------------------------------------------------


@wrong("depth_to_see", "zero")
def depth_zero(pixels, kernel_size, stride=1):
    return 0


@wrong("depth_to_see", "more than, in place of at least")
def depth_more_than(pixels, kernel_size, stride=1):
    depth, jump, field = 0, 1, 1
    while field <= pixels:
        field, jump, depth = field + (kernel_size - 1) * jump, jump * stride, depth + 1
    return depth


@wrong("depth_to_see", "the last that is not enough")
def depth_one_less(pixels, kernel_size, stride=1):
    return max(0, depth_loop(pixels, kernel_size, stride) - 1)


@wrong("depth_to_see", "begins with one layer")
def depth_from_one(pixels, kernel_size, stride=1):
    return max(1, depth_loop(pixels, kernel_size, stride))


@wrong("depth_to_see", "a layer adds k")
def depth_adds_k(pixels, kernel_size, stride=1):
    depth, jump, field = 0, 1, 1
    while field < pixels:
        field, jump, depth = field + kernel_size * jump, jump * stride, depth + 1
    return depth


@wrong("depth_to_see", "stride ignored")
def depth_no_stride(pixels, kernel_size, stride=1):
    return -(-(pixels - 1) // (kernel_size - 1))


@wrong("depth_to_see", "jump before field")
def depth_jump_first(pixels, kernel_size, stride=1):
    depth, jump, field = 0, 1, 1
    while field < pixels:
        jump *= stride
        field, depth = field + (kernel_size - 1) * jump, depth + 1
    return depth


@wrong("depth_to_see", "not rounded")
def depth_float(pixels, kernel_size, stride=1):
    return (pixels - 1) / (kernel_size - 1)


@wrong("depth_to_see", "rounded down")
def depth_down(pixels, kernel_size, stride=1):
    return (pixels - 1) // (kernel_size - 1)


@wrong("depth_to_see", "fields multiplied")
def depth_power(pixels, kernel_size, stride=1):
    depth = 0
    while kernel_size**depth < pixels:
        depth += 1
    return depth


@right("depth_to_see", "a loop")
def depth_loop(pixels, kernel_size, stride=1):
    depth, jump, field = 0, 1, 1
    while field < pixels:
        field, jump, depth = field + (kernel_size - 1) * jump, jump * stride, depth + 1
    return depth


@right("depth_to_see", "recursive")
def depth_recursive(pixels, kernel_size, stride=1):
    # Backwards, one unit needs `pixels` only if `before` units of the layer below do.
    if pixels <= 1:
        return 0
    before = -(-(pixels - kernel_size) // stride) + 1
    return 1 + depth_recursive(max(before, 1), kernel_size, stride)


@right("depth_to_see", "all depths at once, float")
def depth_vectorised(pixels, kernel_size, stride=1):
    jumps = float(stride) ** np.arange(40) if stride > 1 else np.ones(pixels)
    fields = 1 + (kernel_size - 1) * np.cumsum([0, *jumps])
    return np.float32(np.argmax(fields >= pixels))


@right("depth_to_see", "torch")
def depth_torch(pixels, kernel_size, stride=1):
    depth, field = 0, torch.tensor(1)
    while field < pixels:
        field = field + (kernel_size - 1) * stride**depth
        depth += 1
    return torch.tensor(depth)


# seen_pixels ------------------------------------------------------------------------------------


def maps(n, layers):
    sizes = [n]
    for k, s, p, d in layers:
        sizes.append((sizes[-1] + 2 * p - d * (k - 1) - 1) // s + 1)
    return sizes


def backwards(n, layers, unit, clip="each", padding=1, dilation=True, taps=0):
    units = {unit}
    for (k, s, p, d), size in zip(reversed(layers), maps(n, layers)[-2::-1], strict=True):
        d = d if dilation else 1
        units = {s * u - padding * p + d * tap for u in units for tap in range(k + taps)}
        if clip == "each":
            units = {u for u in units if 0 <= u < size}
    if clip == "end":
        units = {u for u in units if 0 <= u < n}
    return sorted(units)


@wrong("seen_pixels", "all zeros")
def seen_zeros(n, layers, unit):
    return [0] * len(backwards(n, layers, unit))


@wrong("seen_pixels", "everything")
def seen_everything(n, layers, unit):
    return list(range(n))


@wrong("seen_pixels", "nothing returned")
def seen_none(n, layers, unit):
    backwards(n, layers, unit)


@wrong("seen_pixels", "padding counted as pixels")
def seen_unclipped(n, layers, unit):
    return backwards(n, layers, unit, clip="never")


@wrong("seen_pixels", "cut off at the end alone")
def seen_clipped_last(n, layers, unit):
    return backwards(n, layers, unit, clip="end")


@wrong("seen_pixels", "padding forgotten")
def seen_no_padding(n, layers, unit):
    return backwards(n, layers, unit, padding=0)


@wrong("seen_pixels", "padding to the wrong side")
def seen_padding_inwards(n, layers, unit):
    return backwards(n, layers, unit, padding=-1)


@wrong("seen_pixels", "dilation forgotten")
def seen_no_dilation(n, layers, unit):
    return backwards(n, layers, unit, dilation=False)


@wrong("seen_pixels", "one tap too many")
def seen_tap_more(n, layers, unit):
    return backwards(n, layers, unit, taps=1)


@wrong("seen_pixels", "one tap too few")
def seen_tap_less(n, layers, unit):
    return backwards(n, layers, unit, taps=-1)


@wrong("seen_pixels", "holes filled")
def seen_filled(n, layers, unit):
    seen = backwards(n, layers, unit)
    return list(range(seen[0], seen[-1] + 1))


@wrong("seen_pixels", "only the ends")
def seen_ends(n, layers, unit):
    seen = backwards(n, layers, unit)
    return [seen[0], seen[-1]]


@wrong("seen_pixels", "unit 0 always")
def seen_first(n, layers, unit):
    return backwards(n, layers, 0)


@wrong("seen_pixels", "stride forgotten")
def seen_no_stride(n, layers, unit):
    return backwards(n, [(k, 1, p, d) for k, _, p, d in layers], unit)


@wrong("seen_pixels", "first layer first")
def seen_forwards(n, layers, unit):
    return backwards(n, layers[::-1], unit)


@wrong("seen_pixels", "each as often as ways lead to it")
def seen_repeated(n, layers, unit):
    units = [unit]
    for (k, s, p, d), size in zip(reversed(layers), maps(n, layers)[-2::-1], strict=True):
        read = [s * u - p + d * tap for u in units for tap in range(k)]
        units = sorted(u for u in read if 0 <= u < size)
    return units


@wrong("seen_pixels", "counted from 1")
def seen_from_one(n, layers, unit):
    return [pixel + 1 for pixel in backwards(n, layers, unit)]


@right("seen_pixels", "sets")
def seen_sets(n, layers, unit):
    return backwards(n, layers, unit)


@right("seen_pixels", "a gradient of torch")
def seen_gradient(n, layers, unit):
    picture = torch.ones(1, 1, n, requires_grad=True)
    x = picture
    for k, s, p, d in layers:
        x = F.conv1d(x, torch.ones(1, 1, k), stride=s, padding=p, dilation=d)
    x[0, 0, unit].backward()
    return picture.grad[0, 0].nonzero()[:, 0]


@right("seen_pixels", "matrices of who reads whom")
def seen_matrices(n, layers, unit):
    sizes = maps(n, layers)
    reads = np.eye(n, dtype=bool)
    for (k, s, p, d), before, after in zip(layers, sizes, sizes[1:], strict=False):
        u, x = np.arange(after)[:, None], np.arange(before)
        tap, rest = np.divmod(x - s * u + p, d)
        reads = ((rest == 0) & (tap >= 0) & (tap < k)) @ reads
    return np.flatnonzero(reads[unit])


@right("seen_pixels", "recursive")
def seen_recursive(n, layers, unit):
    def see(depth, u):
        if not 0 <= u < maps(n, layers)[depth]:
            return set()
        if depth == 0:
            return {u}
        k, s, p, d = layers[depth - 1]
        return set().union(*(see(depth - 1, s * u - p + d * tap) for tap in range(k)))

    return np.array(sorted(see(len(layers), unit)), dtype=np.float32)


# through_branches -------------------------------------------------------------------------------


def span(layers, unit):
    first = last = unit
    for k, s, p, d in reversed(layers):
        first, last = s * first - p, s * last - p + d * (k - 1)
    return first, last


def together(spans, aligned):
    return min(a for a, _ in spans), max(b for _, b in spans), aligned


@wrong("through_branches", "zeros")
def branches_zeros(branches, unit):
    return 0, 0, False


@wrong("through_branches", "always aligned")
def branches_aligned(branches, unit):
    return together([span(branch, unit) for branch in branches], True)


@wrong("through_branches", "never aligned")
def branches_misaligned(branches, unit):
    return together([span(branch, unit) for branch in branches], False)


@wrong("through_branches", "what the branches have in common")
def branches_common(branches, unit):
    spans = [span(branch, unit) for branch in branches]
    aligned = len({a + b for a, b in spans}) == 1
    return max(a for a, _ in spans), min(b for _, b in spans), aligned


@wrong("through_branches", "the longest branch")
def branches_longest(branches, unit):
    spans = [span(branch, unit) for branch in branches]
    return *max(spans, key=lambda ends: ends[1] - ends[0]), len({a + b for a, b in spans}) == 1


@wrong("through_branches", "the first branch")
def branches_first(branches, unit):
    return *span(branches[0], unit), True


@wrong("through_branches", "starts compared")
def branches_starts(branches, unit):
    spans = [span(branch, unit) for branch in branches]
    return together(spans, len({a for a, _ in spans}) == 1)


@wrong("through_branches", "centres rounded")
def branches_rounded(branches, unit):
    spans = [span(branch, unit) for branch in branches]
    return together(spans, len({(a + b) // 2 for a, b in spans}) == 1)


@wrong("through_branches", "the same span asked for")
def branches_same_span(branches, unit):
    spans = [span(branch, unit) for branch in branches]
    return together(spans, len(set(spans)) == 1)


@wrong("through_branches", "the first two compared")
def branches_two(branches, unit):
    spans = [span(branch, unit) for branch in branches]
    return together(spans, len({a + b for a, b in spans[:2]}) == 1)


@wrong("through_branches", "unit 0 always")
def branches_unit_zero(branches, unit):
    return branches_loop(branches, 0)


@wrong("through_branches", "cut off at 0")
def branches_clipped(branches, unit):
    first, last, aligned = branches_loop(branches, unit)
    return max(first, 0), last, aligned


@wrong("through_branches", "one past the end")
def branches_past(branches, unit):
    first, last, aligned = branches_loop(branches, unit)
    return first, last + 1, aligned


@wrong("through_branches", "first and last exchanged")
def branches_exchanged(branches, unit):
    first, last, aligned = branches_loop(branches, unit)
    return last, first, aligned


@wrong("through_branches", "dilation forgotten")
def branches_undilated(branches, unit):
    return branches_loop([[(k, s, p, 1) for k, s, p, _ in branch] for branch in branches], unit)


@right("through_branches", "backwards through each")
def branches_loop(branches, unit):
    spans = [span(branch, unit) for branch in branches]
    return together(spans, len({a + b for a, b in spans}) == 1)


@right("through_branches", "forwards, by jump, field and start")
def branches_forwards(branches, unit):
    ends = []
    for branch in branches:
        jump, field, start = 1, 1, 0
        for k, s, p, d in branch:
            field, start, jump = field + d * (k - 1) * jump, start - p * jump, jump * s
        first = start + unit * jump
        ends.append((first, first + field - 1, first + (field - 1) / 2))
    firsts, lasts, centres = np.array(ends, dtype=np.float32).T
    return firsts.min(), lasts.max(), np.allclose(centres, centres[0])


@right("through_branches", "torch")
def branches_torch(branches, unit):
    ends = torch.tensor([span(branch, unit) for branch in branches])
    return ends[:, 0].min(), ends[:, 1].max(), ends.sum(1).unique().numel() == 1


# gradient_map -----------------------------------------------------------------------------------


def input_gradients(net, pictures, unit=None, channel=slice(None)):
    x = pictures.detach().clone().requires_grad_()
    y = net(x)
    row, column = unit or (y.shape[2] // 2, y.shape[3] // 2)
    y[:, channel, row, column].sum().backward()
    return x.grad


def in_shares(counts):
    return (counts / counts.sum()).numpy()


@wrong("gradient_map", "zeros")
def map_zeros(net, pictures):
    return np.zeros(pictures.shape[2:])


@wrong("gradient_map", "uniform")
def map_uniform(net, pictures):
    return np.ones(pictures.shape[2:]) / pictures[0, 0].numel()


@wrong("gradient_map", "no absolute value")
def map_signed(net, pictures):
    return in_shares(input_gradients(net, pictures).sum(1).mean(0))


@wrong("gradient_map", "absolute after the mean")
def map_late(net, pictures):
    return in_shares(input_gradients(net, pictures).sum(1).mean(0).abs())


@wrong("gradient_map", "pictures averaged first")
def map_mean_first(net, pictures):
    return in_shares(input_gradients(net, pictures).mean(0).abs().sum(0))


@wrong("gradient_map", "absolute after the channels")
def map_channels_first(net, pictures):
    return in_shares(input_gradients(net, pictures).sum(1).abs().mean(0))


@wrong("gradient_map", "not divided by the total")
def map_raw(net, pictures):
    return input_gradients(net, pictures).abs().sum(1).mean(0)


@wrong("gradient_map", "divided by the largest")
def map_largest(net, pictures):
    counts = input_gradients(net, pictures).abs().sum(1).mean(0)
    return counts / counts.max()


@wrong("gradient_map", "each picture divided by its own total")
def map_each(net, pictures):
    counts = input_gradients(net, pictures).abs().sum(1)
    return (counts / counts.sum((1, 2), keepdim=True)).mean(0)


@wrong("gradient_map", "squares")
def map_squares(net, pictures):
    return in_shares(input_gradients(net, pictures).square().sum(1).mean(0))


@wrong("gradient_map", "first picture")
def map_first(net, pictures):
    return in_shares(input_gradients(net, pictures)[0].abs().sum(0))


@wrong("gradient_map", "first output channel")
def map_channel(net, pictures):
    return in_shares(input_gradients(net, pictures, channel=0).abs().sum(1).mean(0))


@wrong("gradient_map", "unit 0")
def map_corner(net, pictures):
    return in_shares(input_gradients(net, pictures, unit=(0, 0)).abs().sum(1).mean(0))


@wrong("gradient_map", "all units")
def map_all_units(net, pictures):
    x = pictures.detach().clone().requires_grad_()
    net(x).sum().backward()
    return in_shares(x.grad.abs().sum(1).mean(0))


@wrong("gradient_map", "transposed")
def map_transposed(net, pictures):
    return in_shares(input_gradients(net, pictures).abs().sum(1).mean(0)).T


@wrong("gradient_map", "gradients pile up on the pictures")
def map_piled_up(net, pictures):
    pictures.requires_grad_()
    y = net(pictures)
    y[:, :, y.shape[2] // 2, y.shape[3] // 2].sum().backward()
    return in_shares(pictures.grad.abs().sum(1).mean(0))


@right("gradient_map", "backward")
def map_backward(net, pictures):
    return in_shares(input_gradients(net, pictures).abs().sum(1).mean(0))


@right("gradient_map", "a picture at a time")
def map_loop(net, pictures):
    total = np.zeros(pictures.shape[2:])
    for picture in pictures:
        x = picture[None].clone().requires_grad_(True)
        y = net(x)
        middle = y[0, :, y.shape[2] // 2, y.shape[3] // 2].sum()
        (gradient,) = torch.autograd.grad(middle, x)
        total += np.abs(gradient[0].numpy()).sum(0)
    return total / total.sum()


@right("gradient_map", "the Jacobian")
def map_jacobian(net, pictures):
    def middle(picture):
        y = net(picture[None])
        return y[0, :, y.shape[2] // 2, y.shape[3] // 2].sum()

    each = torch.stack([torch.autograd.functional.jacobian(middle, p) for p in pictures])
    counts = each.abs().sum((0, 1))
    return counts / counts.sum()


# growth_exponent --------------------------------------------------------------------------------


def stack_sigmas(kernel, dilations, spread=True, centred=True):
    shares, sigmas = np.ones(1), []
    for d in dilations:
        taps = np.zeros(d * (len(kernel) - 1) + 1) if spread else np.zeros(len(kernel))
        taps[:: d if spread else 1] = kernel
        shares = np.convolve(shares, taps)
        x = np.arange(len(shares))
        middle = (x * shares).sum() if centred else (len(shares) - 1) / 2
        sigmas.append(np.sqrt(((x - middle) ** 2 * shares).sum()))
    return np.array(sigmas)


def slope(sigmas, depths=None):
    depths = np.arange(1, len(sigmas) + 1) if depths is None else depths
    return np.polyfit(np.log(depths), np.log(sigmas), 1)[0]


@wrong("growth_exponent", "zeros")
def growth_zeros(kernel, dilations):
    return np.zeros(len(dilations)), 0.0


@wrong("growth_exponent", "one half, as the book says")
def growth_from_the_book(kernel, dilations):
    return stack_sigmas(kernel, dilations), 0.5


@wrong("growth_exponent", "the variance")
def growth_variance(kernel, dilations):
    variances = stack_sigmas(kernel, dilations) ** 2
    return variances, slope(variances)


@wrong("growth_exponent", "the exponent of the variance")
def growth_variance_exponent(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas, slope(sigmas**2)


@wrong("growth_exponent", "the theoretical field")
def growth_field(kernel, dilations):
    fields = 1 + (len(kernel) - 1) * np.cumsum(dilations)
    return fields, slope(fields)


@wrong("growth_exponent", "the field's exponent")
def growth_field_exponent(kernel, dilations):
    return stack_sigmas(kernel, dilations), slope(1 + (len(kernel) - 1) * np.cumsum(dilations))


@wrong("growth_exponent", "dilation forgotten")
def growth_undilated(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations, spread=False)
    return sigmas, slope(sigmas)


@wrong("growth_exponent", "around the middle of the field")
def growth_uncentred(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations, centred=False)
    return sigmas, slope(sigmas)


@wrong("growth_exponent", "no logarithms")
def growth_plain(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas, np.polyfit(np.arange(1, len(sigmas) + 1), sigmas, 1)[0]


@wrong("growth_exponent", "logarithm of sigma alone")
def growth_exponential(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas, np.polyfit(np.arange(1, len(sigmas) + 1), np.log(sigmas), 1)[0]


@wrong("growth_exponent", "depth counted from 2")
def growth_shifted(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas, slope(sigmas, np.arange(2, len(sigmas) + 2))


@wrong("growth_exponent", "from the ends alone")
def growth_ends(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas, np.log(sigmas[-1] / sigmas[0]) / np.log(len(sigmas))


@wrong("growth_exponent", "axes exchanged")
def growth_exchanged(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas, np.polyfit(np.log(sigmas), np.log(np.arange(1, len(sigmas) + 1)), 1)[0]


@wrong("growth_exponent", "intercept")
def growth_intercept(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas, np.polyfit(np.log(np.arange(1, len(sigmas) + 1)), np.log(sigmas), 1)[1]


@wrong("growth_exponent", "last width only")
def growth_last(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas[-1], slope(sigmas)


@right("growth_exponent", "convolutions and polyfit")
def growth_convolve(kernel, dilations):
    sigmas = stack_sigmas(kernel, dilations)
    return sigmas, slope(sigmas)


@right("growth_exponent", "loops over shares, slope by its formula")
def growth_loops(kernel, dilations):
    shares, sigmas = {0: 1.0}, []
    for d in dilations:
        after = {}
        for place, share in shares.items():
            for tap, weight in enumerate(kernel):
                after[place + d * tap] = after.get(place + d * tap, 0.0) + share * weight
        shares = after
        mean = sum(x * w for x, w in shares.items())
        sigmas.append(sum((x - mean) ** 2 * w for x, w in shares.items()) ** 0.5)
    x = np.log10(np.arange(1, len(sigmas) + 1))
    y = np.log10(sigmas)
    return sigmas, ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()


@right("growth_exponent", "variances add up")
def growth_variances(kernel, dilations):
    x = np.arange(len(kernel))
    variance = np.sum(kernel * (x - np.sum(kernel * x)) ** 2)
    sigmas = np.sqrt(variance * np.cumsum(np.square(dilations)))
    return [sigmas.astype(np.float32), np.float32(slope(sigmas))]


@right("growth_exponent", "torch, float32")
def growth_torch(kernel, dilations):
    shares, sigmas = torch.ones(1, 1, 1), []
    weight = torch.tensor(kernel, dtype=torch.float32).flip(0)[None, None]
    for d in dilations:
        margin = d * (len(kernel) - 1)
        shares = F.conv1d(shares, weight, padding=margin, dilation=d)
        x = torch.arange(shares.shape[-1]).float()
        mean = (x * shares).sum()
        sigmas.append(((x - mean).square() * shares).sum().sqrt())
    sigmas = torch.stack(sigmas)
    depths = torch.arange(1, len(sigmas) + 1).float().log()
    lines = torch.stack([depths, torch.ones_like(depths)], dim=1)
    return sigmas, torch.linalg.lstsq(lines, sigmas.log()[:, None]).solution[0, 0]
