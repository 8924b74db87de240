"""Right and wrong answers to the assignment on a whole network."""

from __future__ import annotations

import numpy as np
import torch
from assignment_cases import right, wrong
from torch import nn
from torch.nn import functional as F

# 1. head_parameters

HEADS = {
    "zeros": lambda c, h, w, k: (0, 0),
    "biases forgotten": lambda c, h, w, k: (c * h * w * k, c * k),
    "one bias in all": lambda c, h, w, k: (c * h * w * k + 1, c * k + 1),
    "numbers that reach the layer": lambda c, h, w, k: (c * h * w, c),
    "the other way round": lambda c, h, w, k: ((c + 1) * k, (c * h * w + 1) * k),
    "one map averaged over all": lambda c, h, w, k: ((c * h * w + 1) * k, 2 * k),
    "channels left out": lambda c, h, w, k: ((h * w + 1) * k, (c + 1) * k),
    "average over channels": lambda c, h, w, k: ((c * h * w + 1) * k, (h * w + 1) * k),
    "one count alone": lambda c, h, w, k: (c * h * w + 1) * k,
    "nothing returned": lambda c, h, w, k: None,
}
for label, call in HEADS.items():
    wrong("head_parameters", label)(call)


@right("head_parameters", "formula, float32")
def _(channels, height, width, classes):
    sizes = np.array([channels * height * width, channels], dtype=np.float32)
    return (sizes + 1) * classes


@right("head_parameters", "loops")
def _(channels, height, width, classes):
    flat = mean = 0
    for _ in range(classes):
        flat, mean = flat + 1, mean + 1
        for _ in range(channels):
            flat, mean = flat + height * width, mean + 1
    return [flat, mean]


@right("head_parameters", "torch")
def _(channels, height, width, classes):
    heads = nn.Linear(channels * height * width, classes), nn.Linear(channels, classes)
    return torch.tensor([sum(p.numel() for p in head.parameters()) for head in heads])


# 2. layer_costs


def floor_size(n, k, s, p):
    return (n + 2 * p - k) // s + 1


def costs_by(
    size=floor_size,
    pooled=lambda n, k: n // k,
    weights=lambda c, out, k: (k * k * c + 1) * out,
    macs=lambda c, out, k, before, after: k * k * c * out * after,
    dense=lambda c, out: ((c + 1) * out, c * out),
    flat=lambda c, h, w: c * h * w,
    remember=True,
):
    """Return a layer_costs that follows the given rules."""

    def layer_costs(shape, layers):
        c, h, w = shape
        rows = []
        for kind, *settings in layers:
            learned = work = 0
            if kind == "conv":
                out, k, s, p = settings
                before = h * w
                h, w = size(h, k, s, p), size(w, k, s, p)
                learned, work = weights(c, out, k), macs(c, out, k, before, h * w)
                rows.append((out, h, w, learned, work))
                c = out if remember else c
                continue
            if kind == "pool":
                h, w = pooled(h, settings[0]), pooled(w, settings[0])
            elif kind == "average":
                h, w = 1, 1
            elif kind == "flatten":
                c, h, w = flat(c, h, w), 1, 1
            elif kind == "linear":
                learned, work = dense(c, settings[0])
                c = settings[0]
            rows.append((c, h, w, learned, work))
        return rows

    return layer_costs


COSTS = {
    "floor forgotten": {"size": lambda n, k, s, p: (n + 2 * p - k) / s + 1},
    "padding once": {"size": lambda n, k, s, p: (n + p - k) // s + 1},
    "one forgotten in the size": {"size": lambda n, k, s, p: (n + 2 * p - k) // s},
    "pool rounds up": {"pooled": lambda n, k: -(-n // k)},
    "pool has stride 1": {"pooled": lambda n, k: n - k + 1},
    "pool halves always": {"pooled": lambda n, k: n // 2},
    "flatten forgets the channels": {"flat": lambda c, h, w: h * w},
    "biases forgotten": {"weights": lambda c, out, k: k * k * c * out},
    "one bias in all": {"weights": lambda c, out, k: k * k * c * out + 1},
    "a bias for each channel read": {"weights": lambda c, out, k: (k * k + 1) * c * out},
    "channels in forgotten": {"weights": lambda c, out, k: (k * k + 1) * out},
    "kernel not squared": {"weights": lambda c, out, k: (k * c + 1) * out},
    "macs where inputs are": {"macs": lambda c, out, k, before, after: k * k * c * out * before},
    "macs with biases": {"macs": lambda c, out, k, before, after: (k * k * c + 1) * out * after},
    "macs of one channel": {"macs": lambda c, out, k, before, after: k * k * out * after},
    "macs are weights": {"macs": lambda c, out, k, before, after: k * k * c * out},
    "dense biases forgotten": {"dense": lambda c, out: (c * out, c * out)},
    "dense macs with biases": {"dense": lambda c, out: ((c + 1) * out, (c + 1) * out)},
    "channels of the input throughout": {"remember": False},
}
for label, rules in COSTS.items():
    wrong("layer_costs", label)(costs_by(**rules))


@wrong("layer_costs", "zeros")
def _(shape, layers):
    return np.zeros((len(layers), 5))


@wrong("layer_costs", "channels last")
def _(shape, layers):
    return np.array(costs_by()(shape, layers))[:, [1, 2, 0, 3, 4]]


@wrong("layer_costs", "height and width exchanged")
def _(shape, layers):
    return np.array(costs_by()(shape, layers))[:, [0, 2, 1, 3, 4]]


@wrong("layer_costs", "macs before parameters")
def _(shape, layers):
    return np.array(costs_by()(shape, layers))[:, [0, 1, 2, 4, 3]]


@wrong("layer_costs", "a row for the input")
def _(shape, layers):
    return [(*shape, 0, 0), *costs_by()(shape, layers)]


@wrong("layer_costs", "totals")
def _(shape, layers):
    return np.cumsum(costs_by()(shape, layers), axis=0)


@right("layer_costs", "one loop")
def _(shape, layers):
    return costs_by()(shape, layers)


@right("layer_costs", "a function a kind, float32")
def _(shape, layers):
    rules = {
        "conv": lambda c, h, w, out, k, s, p: (
            *(out, floor_size(h, k, s, p), floor_size(w, k, s, p), out + c * out * k**2),
            c * out * k**2 * floor_size(h, k, s, p) * floor_size(w, k, s, p),
        ),
        "relu": lambda c, h, w: (c, h, w, 0, 0),
        "pool": lambda c, h, w, k: (c, floor_size(h, k, k, 0), floor_size(w, k, k, 0), 0, 0),
        "average": lambda c, h, w: (c, 1, 1, 0, 0),
        "flatten": lambda c, h, w: (c * h * w, 1, 1, 0, 0),
        "linear": lambda c, h, w, out: (out, 1, 1, out + c * out, c * out),
    }
    table = np.zeros((len(layers), 5), dtype=np.float32)
    for row, (kind, *settings) in zip(table, layers, strict=True):
        row[:] = rules[kind](*shape, *settings)
        shape = tuple(int(n) for n in row[:3])
    return table


@right("layer_costs", "torch builds and measures")
def _(shape, layers):
    x = torch.zeros(1, *shape)
    rows = []
    for kind, *settings in layers:
        if kind == "conv":
            layer = nn.Conv2d(x.shape[1], *settings)
        elif kind == "linear":
            layer = nn.Linear(x.shape[1], *settings)
        else:
            kinds = {"relu": nn.ReLU, "pool": nn.MaxPool2d, "flatten": nn.Flatten}
            layer = kinds[kind](*settings) if kind in kinds else nn.AdaptiveAvgPool2d(1)
        y = layer(x.flatten(1) if kind == "linear" else x)
        y = y if y.ndim == 4 else y[:, :, None, None]
        weight = getattr(layer, "weight", torch.empty(0))
        macs = weight.numel() * y.shape[2] * y.shape[3]
        rows.append([*y.shape[1:], sum(p.numel() for p in layer.parameters()), macs])
        x = y
    return torch.tensor(rows)


# 3. forward


def conv(x, weight, bias, mode="constant"):
    h, w = x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode=mode)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, weight) + bias[:, None, None]


def relu(x):
    return np.maximum(x, 0)


def pool(x, by=np.max):
    n, c, h, w = x.shape
    windows = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
    return by(windows, axis=(3, 5))


def forward_by(
    turn=lambda weight: weight,
    bias=lambda bias: bias,
    mode="constant",
    relu1=relu,
    pooling=pool,
    relu2=relu,
    average=lambda x: x.mean((2, 3)),
    last=lambda x, weight, bias: x @ weight.T + bias,
):
    """Return a forward made of the given parts."""

    def forward(pictures, weights):
        def layer(x, name):
            weight, add = weights[f"{name}.weight"], weights[f"{name}.bias"]
            return conv(x, turn(weight), bias(add), mode)

        out = {"relu1": relu1(layer(pictures, "conv1"))}
        out["pool1"] = pooling(out["relu1"])
        out["relu2"] = relu2(layer(out["pool1"], "conv2"))
        out["average"] = average(out["relu2"])
        out["logits"] = last(out["average"], weights["linear.weight"], weights["linear.bias"])
        return out

    return forward


def softmax(x):
    powers = np.exp(x - x.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def pool_up(x):
    return pool(np.pad(x, ((0, 0), (0, 0), (0, x.shape[2] % 2), (0, x.shape[3] % 2))))


FORWARD = {
    "kernels turned": {"turn": lambda weight: weight[:, :, ::-1, ::-1]},
    "kernels transposed": {"turn": lambda weight: weight.transpose(0, 1, 3, 2)},
    "first slice for all channels": {"turn": lambda weight: 0 * weight + weight[:, :1]},
    "biases forgotten": {"bias": lambda bias: 0 * bias},
    "padding wraps around": {"mode": "wrap"},
    "padding repeats the border": {"mode": "edge"},
    "first ReLU forgotten": {"relu1": lambda x: x},
    "absolute values for ReLU": {"relu1": np.abs},
    "average pooling": {"pooling": lambda x: pool(x, np.mean)},
    "every second value": {
        "pooling": lambda x: x[:, :, : x.shape[2] // 2 * 2 : 2, : x.shape[3] // 2 * 2 : 2]
    },
    "pooling rounds up": {"pooling": pool_up},
    "second ReLU forgotten": {"relu2": lambda x: x},
    "global maximum": {"average": lambda x: x.max((2, 3))},
    "global sum": {"average": lambda x: x.sum((2, 3))},
    "average over channels": {"average": lambda x: x.mean((1, 2))},
    "last bias forgotten": {"last": lambda x, weight, bias: x @ weight.T},
    "softmax at the end": {"last": lambda x, weight, bias: softmax(x @ weight.T + bias)},
    "ReLU at the end": {"last": lambda x, weight, bias: relu(x @ weight.T + bias)},
    "classes reversed": {"last": lambda x, weight, bias: (x @ weight.T + bias)[:, ::-1]},
}
for label, parts in FORWARD.items():
    wrong("forward", label)(forward_by(**parts))


@wrong("forward", "zeros")
def _(pictures, weights):
    return {name: 0 * array for name, array in forward_by()(pictures, weights).items()}


@wrong("forward", "logits alone")
def _(pictures, weights):
    return forward_by()(pictures, weights)["logits"]


@wrong("forward", "first picture for all")
def _(pictures, weights):
    found = forward_by()(pictures, weights)
    return {name: 0 * array + array[:1] for name, array in found.items()}


@wrong("forward", "random, of the right shapes")
def _(pictures, weights):
    rng = np.random.default_rng(0)
    found = forward_by()(pictures, weights)
    return {name: rng.normal(size=array.shape) for name, array in found.items()}


@right("forward", "windows and einsum")
def _(pictures, weights):
    return forward_by()(pictures, weights)


@right("forward", "loops")
def _(pictures, weights):
    def layer(x, weight, bias):
        n, c, h, w = x.shape
        y = np.zeros((n, len(weight), h, w))
        for b, o, row, column in np.ndindex(*y.shape):
            total = bias[o]
            for i, j in np.ndindex(3, 3):
                u, v = row + i - 1, column + j - 1
                if 0 <= u < h and 0 <= v < w:
                    total += (x[b, :, u, v] * weight[o, :, i, j]).sum()
            y[b, o, row, column] = max(total, 0.0)
        return y

    out = {"relu1": layer(pictures, weights["conv1.weight"], weights["conv1.bias"])}
    n, c, h, w = out["relu1"].shape
    out["pool1"] = np.zeros((n, c, h // 2, w // 2))
    for b, o, row, column in np.ndindex(*out["pool1"].shape):
        window = out["relu1"][b, o, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        out["pool1"][b, o, row, column] = window.max()
    out["relu2"] = layer(out["pool1"], weights["conv2.weight"], weights["conv2.bias"])
    out["average"] = [[channel.mean() for channel in maps] for maps in out["relu2"]]
    rows = zip(weights["linear.weight"], weights["linear.bias"], strict=True)
    rows = [(weight, bias) for weight, bias in rows]
    out["logits"] = [[w @ np.array(x) + b for w, b in rows] for x in out["average"]]
    return out


@right("forward", "torch, float32")
def _(pictures, weights):
    t = {name: torch.tensor(array, dtype=torch.float32) for name, array in weights.items()}
    x = torch.tensor(pictures, dtype=torch.float32)
    out = {"relu1": F.conv2d(x, t["conv1.weight"], t["conv1.bias"], padding=1).relu()}
    out["pool1"] = F.max_pool2d(out["relu1"], 2)
    out["relu2"] = F.conv2d(out["pool1"], t["conv2.weight"], t["conv2.bias"], padding=1).relu()
    out["average"] = F.adaptive_avg_pool2d(out["relu2"], 1).flatten(1)
    out["logits"] = F.linear(out["average"], t["linear.weight"], t["linear.bias"])
    return out


# 4. confusion


def counted(labels, guesses, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels, guesses), 1)
    return matrix


def recalls(matrix):
    return matrix.diagonal() / np.maximum(matrix.sum(1), 1)


@wrong("confusion", "zeros")
def _(labels, logits):
    k = logits.shape[1]
    return np.zeros((k, k)), np.zeros(k)


@wrong("confusion", "transposed")
def _(labels, logits):
    matrix = counted(labels, logits.argmax(1), logits.shape[1])
    return matrix.T, recalls(matrix)


@wrong("confusion", "precision")
def _(labels, logits):
    matrix = counted(labels, logits.argmax(1), logits.shape[1])
    return matrix, recalls(matrix.T)


@wrong("confusion", "each pair once")
def _(labels, logits):
    matrix = np.zeros((logits.shape[1],) * 2, dtype=int)
    guesses = logits.argmax(1)
    matrix[labels, guesses] += 1
    return matrix, recalls(counted(labels, guesses, logits.shape[1]))


@wrong("confusion", "only classes that occur")
def _(labels, logits):
    k = labels.max() + 1
    matrix = counted(labels, logits[:, :k].argmax(1), k)
    return matrix, recalls(matrix)


@wrong("confusion", "shares")
def _(labels, logits):
    matrix = counted(labels, logits.argmax(1), logits.shape[1])
    return matrix / len(labels), recalls(matrix)


@wrong("confusion", "accuracy for recall")
def _(labels, logits):
    matrix = counted(labels, logits.argmax(1), logits.shape[1])
    return matrix, np.full(len(matrix), matrix.trace() / matrix.sum())


@wrong("confusion", "divided by all pictures")
def _(labels, logits):
    matrix = counted(labels, logits.argmax(1), logits.shape[1])
    return matrix, matrix.diagonal() / len(labels)


@wrong("confusion", "nan for a class without pictures")
def _(labels, logits):
    matrix = counted(labels, logits.argmax(1), logits.shape[1])
    with np.errstate(invalid="ignore"):
        return matrix, matrix.diagonal() / matrix.sum(1)


@wrong("confusion", "smallest logit")
def _(labels, logits):
    matrix = counted(labels, logits.argmin(1), logits.shape[1])
    return matrix, recalls(matrix)


@wrong("confusion", "recall alone")
def _(labels, logits):
    return recalls(counted(labels, logits.argmax(1), logits.shape[1]))


@wrong("confusion", "only the wrong ones counted")
def _(labels, logits):
    matrix = counted(labels, logits.argmax(1), logits.shape[1])
    return matrix - np.diag(matrix.diagonal()), recalls(matrix)


@right("confusion", "np.add.at")
def _(labels, logits):
    matrix = counted(labels, logits.argmax(1), logits.shape[1])
    return matrix, recalls(matrix)


@right("confusion", "loops over lists")
def _(labels, logits):
    k = len(logits[0])
    matrix = [[0] * k for _ in range(k)]
    for label, row in zip(labels, logits, strict=True):
        matrix[label][max(range(k), key=lambda j: row[j])] += 1  # noqa: B023
    return matrix, [row[i] / sum(row) if sum(row) else 0 for i, row in enumerate(matrix)]


@right("confusion", "products of one-hot rows, float32")
def _(labels, logits):
    eye = np.eye(logits.shape[1], dtype=np.float32)
    matrix = eye[labels].T @ eye[logits.argmax(1)]
    there = matrix.sum(1)
    return [matrix, np.where(there > 0, np.diag(matrix) / np.where(there > 0, there, 1), 0)]


@right("confusion", "torch")
def _(labels, logits):
    scores, k = torch.tensor(logits), logits.shape[1]
    pairs = torch.tensor(labels) * k + scores.softmax(1).argmax(1)
    matrix = torch.bincount(pairs, minlength=k * k).reshape(k, k)
    return matrix, (matrix.diagonal() / matrix.sum(1)).nan_to_num(0)


# 5. freeze


def training(net):
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def freeze_by_name(net, head, belongs, modes=True):
    for name, p in net.named_parameters():
        p.requires_grad = belongs(name)
    if modes:
        net.eval()
        getattr(net, head).train()
    return training(net)


@wrong("freeze", "nothing done")
def _(net, head):
    return training(net)


@wrong("freeze", "zero")
def _(net, head):
    freeze_by_name(net, head, lambda name: name.startswith(f"{head}."))
    return 0


@wrong("freeze", "all parameters counted")
def _(net, head):
    freeze_by_name(net, head, lambda name: name.startswith(f"{head}."))
    return sum(p.numel() for p in net.parameters())


@wrong("freeze", "arrays counted")
def _(net, head):
    freeze_by_name(net, head, lambda name: name.startswith(f"{head}."))
    return sum(p.requires_grad for p in net.parameters())


@wrong("freeze", "name without its dot")
def _(net, head):
    return freeze_by_name(net, head, lambda name: name.startswith(head))


@wrong("freeze", "name anywhere")
def _(net, head):
    return freeze_by_name(net, head, lambda name: head in name.split("."))


@wrong("freeze", "always the child called head")
def _(net, head):
    return freeze_by_name(net, "head", lambda name: name.startswith("head."))


@wrong("freeze", "an attribute that does not exist")
def _(net, head):
    for p in net.parameters():
        p.require_grad = False
    net.eval()
    getattr(net, head).train()
    return sum(p.numel() for p in getattr(net, head).parameters())


@wrong("freeze", "the method overwritten")
def _(net, head):
    for name, p in net.named_parameters():
        if not name.startswith(f"{head}."):
            p.requires_grad_ = False
    net.eval()
    getattr(net, head).train()
    return sum(p.numel() for p in getattr(net, head).parameters())


@wrong("freeze", "gradients cleared")
def _(net, head):
    for p in net.parameters():
        p.grad = None
    net.eval()
    getattr(net, head).train()
    return sum(p.numel() for p in getattr(net, head).parameters())


@wrong("freeze", "the head frozen")
def _(net, head):
    freeze_by_name(net, head, lambda name: not name.startswith(f"{head}."))
    return training(net)


@wrong("freeze", "body set to zero")
def _(net, head):
    count = freeze_by_name(net, head, lambda name: name.startswith(f"{head}."))
    for p in net.parameters():
        if not p.requires_grad:
            p.zero_()
    return count


@wrong("freeze", "head left as it was")
def _(net, head):
    for name, child in net.named_children():
        if name != head:
            child.requires_grad_(False)
            child.eval()
    return training(net)


@wrong("freeze", "body left in training mode")
def _(net, head):
    return freeze_by_name(net, head, lambda name: name.startswith(f"{head}."), modes=False)


@wrong("freeze", "all in evaluation mode")
def _(net, head):
    count = freeze_by_name(net, head, lambda name: name.startswith(f"{head}."))
    net.eval()
    return count


@wrong("freeze", "all in training mode")
def _(net, head):
    count = freeze_by_name(net, head, lambda name: name.startswith(f"{head}."))
    net.train()
    return count


@wrong("freeze", "only direct batch norms in evaluation mode")
def _(net, head):
    count = freeze_by_name(net, head, lambda name: name.startswith(f"{head}."), modes=False)
    net.train()
    for name, child in net.named_children():
        for part in child.children():
            if name != head and isinstance(part, nn.BatchNorm2d):
                part.eval()
    return count


@right("freeze", "all off, the head on")
def _(net, head):
    net.requires_grad_(False).eval()
    child = net.get_submodule(head)
    return sum(p.numel() for p in child.train().requires_grad_(True).parameters())


@right("freeze", "by full names")
def _(net, head):
    return freeze_by_name(net, head, lambda name: name.split(".")[0] == head)


@right("freeze", "by identity, part by part")
def _(net, head):
    child = dict(net.named_children())[head]
    ours, inside = {id(p) for p in child.parameters()}, set(child.modules())
    for p in net.parameters():
        p.requires_grad_(id(p) in ours)
    for part in net.modules():
        part.training = part in inside
    return torch.tensor(sum(np.prod(p.shape) for p in net.parameters() if p.requires_grad))


@right("freeze", "the network's own mode kept")
def _(net, head):
    for p in net.parameters():
        p.requires_grad = False
    for name, child in net.named_children():
        child.train(name == head)
        if name == head:
            for p in child.parameters():
                p.requires_grad = True
    return float(training(net))


# 6. shift_tolerance


def to_the_right(x, s):
    moved = np.zeros_like(x)
    moved[..., s:] = x[..., : x.shape[3] - s]
    return moved


def to_the_left(x, s):
    moved = np.zeros_like(x)
    moved[..., : x.shape[3] - s] = x[..., s:]
    return moved


def downwards(x, s):
    moved = np.zeros_like(x)
    moved[:, :, s:] = x[:, :, : max(x.shape[2] - s, 0)]
    return moved


def until_first_failure(scores, needed):
    tolerance = -1
    for shift, score in enumerate(scores):
        if score < needed:
            break
        tolerance = shift
    return tolerance


def shifts_by(move=to_the_right, tolerance=until_first_failure, first=0, scale=1):
    """Return a shift_tolerance that follows the given rules."""

    def shift_tolerance(predict, pictures, labels, needed):
        scores = [
            np.mean(predict(move(pictures, s)) == labels) for s in range(first, pictures.shape[3])
        ]
        return [scale * score for score in scores], tolerance(scores, needed)

    return shift_tolerance


SHIFTS = {
    "rolled": {"move": lambda x, s: np.roll(x, s, axis=3)},
    "to the left": {"move": to_the_left},
    "down": {"move": downwards},
    "shifts add up": {"move": lambda x, s: to_the_right(x, min(s * (s + 1) // 2, x.shape[3]))},
    "filled with ones": {"move": lambda x, s: to_the_right(x - 1, s) + 1},
    "not moved": {"move": lambda x, s: x},
    "begins with one pixel": {"first": 1},
    "percent": {"scale": 100},
    "count of shifts": {
        "tolerance": lambda scores, needed: until_first_failure(scores, needed) + 1
    },
    "last that is accurate": {
        "tolerance": lambda scores, needed: max(
            [s for s, score in enumerate(scores) if score >= needed], default=-1
        )
    },
    "more than needed": {
        "tolerance": lambda scores, needed: until_first_failure(scores, needed + 1e-9)
    },
    "never below 0": {
        "tolerance": lambda scores, needed: max(0, until_first_failure(scores, needed))
    },
    "first failure by argmax": {
        "tolerance": lambda scores, needed: int(np.argmax(np.array(scores) < needed)) - 1
    },
    "how many are accurate": {
        "tolerance": lambda scores, needed: sum(score >= needed for score in scores) - 1
    },
    "the best shift": {"tolerance": lambda scores, needed: int(np.argmax(scores))},
    "mean accuracy": {"tolerance": lambda scores, needed: float(np.mean(scores))},
}
for label, rules in SHIFTS.items():
    wrong("shift_tolerance", label)(shifts_by(**rules))


@wrong("shift_tolerance", "zeros")
def _(predict, pictures, labels, needed):
    return np.zeros(pictures.shape[3]), 0


@wrong("shift_tolerance", "what the book says")
def _(predict, pictures, labels, needed):
    return [0.99, 0.91, 0.65, 0.38, 0, 0, 0, 0][: pictures.shape[3]], 1


@right("shift_tolerance", "a loop")
def _(predict, pictures, labels, needed):
    return shifts_by()(predict, pictures, labels, needed)


@right("shift_tolerance", "np.roll with zeros, cumulative product")
def _(predict, pictures, labels, needed):
    scores = []
    for shift in range(pictures.shape[3]):
        moved = np.roll(pictures, shift, axis=3)
        moved[..., :shift] = 0
        scores.append(np.mean(predict(moved) == labels))
    scores = np.array(scores)
    return scores.astype(np.float32), np.cumprod(scores >= needed).sum() - 1


@right("shift_tolerance", "torch, padded on the left")
def _(predict, pictures, labels, needed):
    x, n = torch.as_tensor(pictures), pictures.shape[3]
    moved = [F.pad(x, (s, 0))[..., :n].numpy() for s in range(n)]
    right = [torch.as_tensor(predict(p)) == torch.as_tensor(labels) for p in moved]
    scores = torch.stack(right).double().mean(1)
    enough = (scores >= needed).int().cumprod(0)
    return scores, enough.sum() - 1


@right("shift_tolerance", "picture by picture, pixel by pixel")
def _(predict, pictures, labels, needed):
    n, _, h, w = pictures.shape
    scores = []
    for s in range(w):
        moved = pictures.copy()
        for i, row, column in np.ndindex(n, h, w):
            moved[i, 0, row, column] = pictures[i, 0, row, column - s] if column >= s else 0
        guesses = predict(moved)
        scores.append(sum(int(g == y) for g, y in zip(guesses, labels, strict=True)) / n)
    fails = [s for s in range(w) if scores[s] < needed]
    return scores, (fails[0] if fails else w) - 1
