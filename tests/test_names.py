"""The backends have equal names and arguments, and torch's own where torch has them."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest
import torch

from cnnlib import numpy_ops, reference, torch_ops

OPERATIONS = [
    "adaptive_avg_pool2d",
    "autocorrelate",
    "avg_pool2d",
    "avg_pool2d_input",
    "batch_norm",
    "batch_norm_input",
    "batch_norm_weight",
    "blur_pool2d",
    "col2im",
    "conv2d",
    "conv2d_input",
    "conv2d_weight",
    "conv_transpose2d",
    "convolve",
    "correlate",
    "cross_entropy",
    "cross_entropy_input",
    "dropout",
    "flatten",
    "gaussian_pool2d",
    "global_avg_pool2d",
    "global_max_pool2d",
    "im2col",
    "linear",
    "linear_input",
    "linear_weight",
    "log_softmax",
    "lp_pool2d",
    "max_pool2d",
    "max_pool2d_input",
    "relu",
    "relu_input",
    "sigmoid",
    "softmax",
]
ONLY_TORCH = {"best_device", "describe_device"}


def public(module: ModuleType) -> set[str]:
    """Return the functions that a module, or a package's files, define for others."""
    return {
        name
        for name, thing in inspect.getmembers(module, inspect.isfunction)
        if f"{thing.__module__}.".startswith(f"{module.__name__}.") and not name.startswith("_")
    }


def arguments(function: object) -> list[tuple[str, object, object]]:
    """Return a function's arguments: name, kind and default."""
    parameters = inspect.signature(function).parameters.values()
    return [(p.name, p.kind, p.default) for p in parameters]


@pytest.mark.parametrize("module", [reference, numpy_ops, torch_ops])
def test_no_backend_lacks_or_adds_a_name(module):
    extra = ONLY_TORCH if module is torch_ops else set()
    assert public(module) == set(OPERATIONS) | extra
    assert sorted(module.__all__) == sorted(public(module))


@pytest.mark.parametrize("name", OPERATIONS)
def test_signatures_are_equal(name):
    expected = arguments(getattr(reference, name))
    assert arguments(getattr(numpy_ops, name)) == expected
    assert arguments(getattr(torch_ops, name)) == expected


@pytest.mark.parametrize("name", ["conv2d_input", "conv2d_weight"])
def test_gradients_take_torchs_arguments(name):
    assert arguments(getattr(reference, name)) == arguments(getattr(torch.nn.grad, name))


@pytest.mark.parametrize(
    ("name", "signature"),
    [  # torch's own are built in C++ and cannot be inspected: these are its documentation's
        ("conv2d", "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1"),
        (
            "conv_transpose2d",
            "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1",
        ),
        ("convolve", "input, kernel, mode='full'"),
        ("correlate", "input, kernel, mode='full'"),
        ("autocorrelate", "input, mode='full'"),
        ("relu", "input"),
        ("sigmoid", "input"),
        ("softmax", "input, dim"),
        ("log_softmax", "input, dim"),
        ("cross_entropy", "input, target, label_smoothing=0.0"),
        ("linear", "input, weight, bias=None"),
        ("flatten", "input"),
        (
            "batch_norm",
            "input, running_mean, running_var, weight=None, bias=None, training=False, "
            "momentum=0.1, eps=1e-05",
        ),
        ("im2col", "input, kernel_size, stride=1, padding=0, dilation=1"),
        ("col2im", "columns, output_size, kernel_size, stride=1, padding=0, dilation=1"),
        (
            "max_pool2d",
            "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False",
        ),
        (
            "avg_pool2d",
            "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True",
        ),
        ("lp_pool2d", "input, norm_type, kernel_size, stride=None, ceil_mode=False"),
        ("adaptive_avg_pool2d", "input, output_size"),
        ("global_avg_pool2d", "input"),
        ("global_max_pool2d", "input"),
        ("gaussian_pool2d", "input, kernel_size, sigma, stride=None"),
        ("blur_pool2d", "input, stride=2"),
        (
            "max_pool2d_input",
            "input, grad_output, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False",
        ),
        (
            "avg_pool2d_input",
            "input_size, grad_output, kernel_size, stride=None, padding=0, ceil_mode=False, "
            "count_include_pad=True",
        ),
        ("relu_input", "input, grad_output"),
        ("linear_input", "weight, grad_output"),
        ("linear_weight", "input, grad_output"),
        ("batch_norm_input", "input, weight, grad_output, eps=1e-05"),
        ("batch_norm_weight", "input, grad_output, eps=1e-05"),
        ("cross_entropy_input", "input, target, label_smoothing=0.0"),
    ],
)
def test_signatures(name, signature):
    found = ", ".join(
        argument if default is inspect.Parameter.empty else f"{argument}={default!r}"
        for argument, _, default in arguments(getattr(reference, name))
    )
    assert found == signature
