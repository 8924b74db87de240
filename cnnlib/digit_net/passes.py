"""The two passes through DigitNet: images forward to logits, a loss backward to gradients."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, NamedTuple

from cnnlib import _check, numpy_ops

__all__ = ["AVERAGES", "LEARNED", "Step", "forward", "loss_and_gradients", "outputs"]

BLOCKS = (1, 2, 3)
"""The numbers of its convolutions, each with a batch normalization and a ReLU after it."""

POOLED = {2: "pool1", 3: "pool2"}
"""What halves the output of a block."""

BEFORE = {1: "images", 2: "relu1", 3: "pool1"}
"""What a block is given."""

LEARNED = (
    *(name for i in BLOCKS for name in (f"conv{i}.weight", f"bn{i}.weight", f"bn{i}.bias")),
    *("linear.weight", "linear.bias"),
)
"""The names of what is learned from gradients: 15,418 numbers."""

AVERAGES = tuple(f"bn{i}.{name}" for i in BLOCKS for name in ("running_mean", "running_var"))
"""The names of what batch normalization keeps of the batches it has seen."""


class Step(NamedTuple):
    """What one batch tells: its loss, and how that changes with each parameter.

    `gradients` are named as `LEARNED`; `averages`, named as `AVERAGES`, are those from now on.
    """

    loss: Any
    gradients: dict[str, Any]
    averages: dict[str, Any]


def forward(
    parameters: Mapping[str, Any],
    images: Any,
    *,
    ops: ModuleType = numpy_ops,
    training: bool = False,
) -> Any:
    """Return the logits that the network gives images.

    Parameters
    ----------
    parameters : mapping of str to array
        Those of `LEARNED` and `AVERAGES`, as `stored` gives them, of the kind of array that `ops`
        takes.
    images : array, (n, 1, 8, 8)
        From 0 (paper) to 1 (ink).
    ops : module
        `numpy_ops`, `reference` or `torch_ops`.
    training : bool
        Whether to normalize by the batch's own averages; nothing is dropped in either mode.

    Returns
    -------
    array, (n, 10)

    Raises
    ------
    TypeError, ValueError
        If a parameter is missing, `images` have another shape, or an operation refuses an array.

    Examples
    --------
    >>> from cnnlib.digit_net import stored, test_digits
    >>> images, labels = test_digits()
    >>> forward(stored("augmented"), images[:5]).argmax(axis=1), labels[:5]
    (array([1, 5, 9, 2, 4]), array([1, 5, 9, 2, 4]))
    """
    return outputs(parameters, images, ops=ops, training=training)["linear"]


def outputs(
    parameters: Mapping[str, Any],
    images: Any,
    *,
    ops: ModuleType = numpy_ops,
    training: bool = False,
) -> dict[str, Any]:
    """Return what each layer makes of images, by name and in order; arguments as `forward`'s.

    Examples
    --------
    >>> from cnnlib.digit_net import stored, test_digits
    >>> made = outputs(stored("plain"), test_digits()[0][:1])
    >>> {name: made[name].shape for name in ("conv1", "pool1", "pool2", "linear")}
    {'conv1': (1, 16, 8, 8), 'pool1': (1, 32, 4, 4), 'pool2': (1, 32, 2, 2), 'linear': (1, 10)}
    """
    return _outputs(parameters, images, ops, _check.flag("training", training), None)[0]


def loss_and_gradients(
    parameters: Mapping[str, Any],
    images: Any,
    labels: Any,
    *,
    ops: ModuleType = numpy_ops,
    keep: Any = None,
) -> Step:
    """Return the loss of a batch in training and, walking back, its gradients.

    Each layer is asked two things: given how the loss changes with your output, how does it change
    with your parameters, and how with your input? The second answer is the question to the layer
    before.

    Parameters
    ----------
    parameters, images, ops
        As for `forward`.
    labels : array of integers, (n,)
        Which digits they are.
    keep : array, (n, 128), or None
        The factors of dropout: 0 for a feature to drop, ``1 / (1 - p)`` for one to keep, which
        leaves the mean as it is. None drops nothing.

    Returns
    -------
    Step

    Raises
    ------
    TypeError, ValueError
        As `forward` and `cross_entropy` do.

    Examples
    --------
    >>> from cnnlib.digit_net import stored, test_digits
    >>> images, labels = test_digits()
    >>> step = loss_and_gradients(stored("plain"), images[:64], labels[:64])
    >>> step.gradients["conv1.weight"].shape, step.averages["bn1.running_mean"].shape
    ((16, 1, 3, 3), (16,))
    """
    made, averages = _outputs(parameters, images, ops, True, keep)
    loss = ops.cross_entropy(made["linear"], labels)
    gradients = {}

    back = ops.cross_entropy_input(made["linear"], labels)
    gradients["linear.weight"] = ops.linear_weight(made["dropout"], back)
    gradients["linear.bias"] = back.sum(0)
    back = ops.linear_input(parameters["linear.weight"], back)
    if keep is not None:
        back = back * keep
    back = back.reshape(made["pool2"].shape)

    for i in reversed(BLOCKS):
        conv, bn, before = f"conv{i}", f"bn{i}", made[BEFORE[i]]
        weight = parameters[f"{conv}.weight"]
        if i in POOLED:
            back = ops.max_pool2d_input(made[f"relu{i}"], back, 2)
        back = ops.relu_input(made[bn], back)
        gradients[f"{bn}.weight"] = ops.batch_norm_weight(made[conv], back)
        gradients[f"{bn}.bias"] = back.sum((0, 2, 3))
        back = ops.batch_norm_input(made[conv], parameters[f"{bn}.weight"], back)
        gradients[f"{conv}.weight"] = ops.conv2d_weight(before, weight.shape, back, padding=1)
        if i > 1:  # nothing asks for the gradient of the images
            back = ops.conv2d_input(before.shape, weight, back, padding=1)
    return Step(loss, gradients, averages)


def _outputs(
    parameters: Mapping[str, Any], images: Any, ops: ModuleType, training: bool, keep: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return all layers' outputs, and the averages of batch normalization from now on."""
    _check_arguments(parameters, images, keep)
    made: dict[str, Any] = {"images": images}
    averages: dict[str, Any] = {}
    x = images
    for i in BLOCKS:
        x = made[f"conv{i}"] = ops.conv2d(x, parameters[f"conv{i}.weight"], padding=1)
        names = [f"bn{i}.{name}" for name in ("running_mean", "running_var", "weight", "bias")]
        x, mean, variance = ops.batch_norm(x, *map(parameters.get, names), training=training)
        averages |= {names[0]: mean, names[1]: variance}
        made[f"bn{i}"] = x
        x = made[f"relu{i}"] = ops.relu(x)
        if i in POOLED:
            x = made[POOLED[i]] = ops.max_pool2d(x, 2)
    x = made["flatten"] = ops.flatten(x)
    x = made["dropout"] = x if keep is None else x * keep
    made["linear"] = ops.linear(x, parameters["linear.weight"], parameters["linear.bias"])
    return made, averages


def _check_arguments(parameters: Mapping[str, Any], images: Any, keep: Any) -> None:
    """Refuse parameters that are not all there, and arrays that the network does not take."""
    if not isinstance(parameters, Mapping):
        _check.refuse(TypeError, "parameters", "a mapping of names to arrays", parameters)
    for name in (*LEARNED, *AVERAGES):
        if name not in parameters:
            legal = f"a mapping that holds {name!r}, as digit_net.stored gives it"
            _check.refuse(ValueError, "parameters", legal, list(parameters))
    shape = getattr(images, "shape", None)
    if shape is None:
        _check.not_an_array("images", images)
    if len(shape) != 4 or tuple(shape[1:]) != (1, 8, 8):
        raise ValueError(f"images must be of shape (n, 1, 8, 8), got shape {tuple(shape)}")
    if keep is not None and tuple(getattr(keep, "shape", ())) != (shape[0], 128):
        _check.refuse(ValueError, "keep", f"an array of shape (n, 128) = ({shape[0]}, 128)", keep)
