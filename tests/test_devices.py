"""torch_ops stays on its arguments' device and knows the best one; CUDA where there is one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from strategies import (
    Problem,
    conv2d_problem,
    conv_transpose2d_problem,
    seeded,
    signal_problem,
)

from cnnlib import _tensors, reference, torch_ops

BUILDERS = {
    "convolve": signal_problem,
    "correlate": signal_problem,
    "conv2d": conv2d_problem,
    "conv_transpose2d": conv_transpose2d_problem,
}


def calls(name: str, seed: int) -> list[tuple[str, Problem]]:
    """Return a random call of an operation and, of conv2d, those of its gradients too."""
    rng = np.random.default_rng([9, seed])
    if name != "conv2d":
        return [(name, BUILDERS[name](seeded(rng)))]
    problem = conv2d_problem(seeded(rng), strings=False)
    input, weight = problem.arrays["input"], problem.arrays["weight"]
    grad_output = rng.normal(size=reference.conv2d(input, weight, **problem.settings).shape)
    to_input = Problem(
        {"weight": weight, "grad_output": grad_output},
        {"input_size": input.shape, **problem.settings},
    )
    to_weight = Problem(
        {"input": input, "grad_output": grad_output},
        {"weight_size": weight.shape, **problem.settings},
    )
    return [("conv2d", problem), ("conv2d_input", to_input), ("conv2d_weight", to_weight)]


@pytest.mark.gpu
@pytest.mark.parametrize("operation", BUILDERS)
def test_cuda_gives_what_reference_gives(operation):
    for name, problem in [call for seed in range(25) for call in calls(operation, seed)]:
        expected = getattr(reference, name)(**problem.arrays, **problem.settings)
        tensors = {key: tensor.cuda() for key, tensor in problem.tensors().items()}
        result = getattr(torch_ops, name)(**tensors, **problem.settings)
        assert result.device.type == "cuda"
        np.testing.assert_allclose(result.cpu().numpy(), expected, rtol=0, atol=1e-10)


@pytest.mark.gpu
@pytest.mark.parametrize("operation", ["conv2d", "conv_transpose2d"])
def test_cuda_in_float32(operation):
    for seed in range(10):
        problem = BUILDERS[operation](seeded(np.random.default_rng([8, seed]))).astype("float32")
        expected = getattr(reference, operation)(**problem.arrays, **problem.settings)
        tensors = {key: tensor.cuda() for key, tensor in problem.tensors().items()}
        with torch.backends.cudnn.flags(allow_tf32=False):
            result = getattr(torch_ops, operation)(**tensors, **problem.settings)
        assert result.dtype == torch.float32
        np.testing.assert_allclose(result.cpu().numpy(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.gpu
def test_gradients_come_back_on_cuda():
    input = torch.ones(1, 1, 3, 3, device="cuda", requires_grad=True)
    torch_ops.conv2d(input, torch.ones(1, 1, 2, 2, device="cuda")).sum().backward()
    assert input.grad.device.type == "cuda"
    assert input.grad.tolist() == [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]]


@pytest.mark.gpu
def test_cuda_is_the_best_device():
    device = torch_ops.best_device()
    assert device.type == "cuda"
    assert torch_ops.describe_device() == f"{device}: {torch.cuda.get_device_name(device)}"


@pytest.mark.parametrize("operation", BUILDERS)
def test_results_live_where_their_arguments_do(operation):
    # "meta" is a device without values, and every machine has one.
    for name, problem in calls(operation, seed=3):
        on_cpu = getattr(torch_ops, name)(**problem.tensors(), **problem.settings)
        tensors = {key: tensor.to("meta") for key, tensor in problem.tensors().items()}
        result = getattr(torch_ops, name)(**tensors, **problem.settings)
        assert result.device.type == "meta"
        assert (result.shape, result.dtype) == (on_cpu.shape, on_cpu.dtype)


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda:2"), (True, False, "cuda:2"), (False, True, "mps"), (False, False, "cpu")],
)
def test_the_order_of_devices(monkeypatch, cuda, mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 2)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert torch_ops.best_device() == torch.device(expected)


def test_devices_are_described(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    assert torch_ops.describe_device("cpu") == "cpu: 4 threads"
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    assert torch_ops.describe_device(torch.device("cpu")) == "cpu: 1 thread"
    assert torch_ops.describe_device("mps") == "mps: the graphics processor of this Mac"
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"Card {device.index}")
    assert torch_ops.describe_device("cuda:1") == "cuda:1: Card 1"
    monkeypatch.setattr(torch_ops.devices, "best_device", lambda: torch.device("mps"))
    assert torch_ops.describe_device() == torch_ops.describe_device("mps")


def test_devices_that_are_none():
    with pytest.raises(TypeError, match=r"^device must be a torch.device or its name, got 0$"):
        torch_ops.describe_device(0)
    with pytest.raises(ValueError, match=r"^device must be a device torch knows, .* got 'gpu'$"):
        torch_ops.describe_device("gpu")


def test_integers_are_float32_on_mps_which_has_no_float64():
    assert _tensors._torch_dtype("float64", torch.device("mps")) == torch.float32
    assert _tensors._torch_dtype("float32", torch.device("mps")) == torch.float32
    assert _tensors._torch_dtype("float64", torch.device("cpu")) == torch.float64
