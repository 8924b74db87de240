"""The networks that ReceptiveFieldExplorer offers, as text that `_stack_text` reads."""

from __future__ import annotations

from typing import Any


def _vgg(blocks: tuple[int, ...]) -> str:
    """Return VGG's features: blocks of so many 3x3 convolutions, each halved by a pool."""
    parts = []
    for i, count in enumerate(blocks, start=1):
        parts += [f"conv{i}_{j}-k3p1" for j in range(1, count + 1)]
        parts.append(f"pool{i}-k2s2")
    return ",".join(parts)


def _resnet(blocks: tuple[int, ...], bottleneck: bool) -> str:
    """Return a ResNet up to its average; as torchvision's, a bottleneck strides in its 3x3."""
    parts = ["conv1-k7s2p3", "maxpool-k3s2p1"]
    for i, count in enumerate(blocks, start=1):
        for j in range(count):
            stride = "s2" if i > 1 and j == 0 else ""
            body = [f"conv1-k3{stride}p1", "conv2-k3p1"]
            if bottleneck:
                body = ["conv1-k1", f"conv2-k3{stride}p1", "conv3-k1"]
            widened = j == 0 and (i > 1 or bottleneck)
            skip = f"downsample-k1{stride}" if widened else ""
            parts.append(f"layer{i}.{j}-({','.join(body)}~{skip})")
    return ",".join([*parts, "avgpool-k7"])


_ALEXNET = (
    "conv1-k11s4p2,pool1-k3s2,conv2-k5p2,pool2-k3s2,conv3-k3p1,conv4-k3p1,conv5-k3p1,pool5-k3s2"
)
_VGG16 = _vgg((2, 2, 3, 3, 3))


def _preset(input_size: int, layers: str, axes: int = 2, layer: int = -1) -> dict[str, Any]:
    size = [input_size, input_size]
    return {"axes": axes, "input_size": size, "layers": layers, "layer": layer}


PRESETS = {
    "seven samples, two kernels of 3": _preset(7, "conv1-k3,conv2-k3", axes=1),
    "one 5×5": _preset(15, "conv-k5p2"),
    "two 3×3": _preset(15, "conv1-k3p1,conv2-k3p1"),
    "two 3×3 beside one 5×5": _preset(15, "both-(conv3_1-k3p1,conv3_2-k3p1~conv5-k5p2)"),
    "dilations 1, 2, 4: a pyramid": _preset(31, "conv1-k3p1,conv2-k3p2d2,conv3-k3p4d4"),
    "dilations 2, 2, 2: gridding": _preset(31, "conv1-k3p2d2,conv2-k3p2d2,conv3-k3p2d2"),
    "VGG16 at 32": _preset(32, _VGG16),
    "VGG16 at 224": _preset(224, f"{_VGG16},fc6-k7", layer=18),
    "AlexNet": _preset(224, _ALEXNET),
    "ResNet-18": _preset(224, _resnet((2, 2, 2, 2), bottleneck=False), layer=29),
    "ResNet-50": _preset(224, _resnet((3, 4, 6, 3), bottleneck=True), layer=70),
}
"""Settings of ReceptiveFieldExplorer by name. ``avgpool-k7`` is the global average at 224."""
