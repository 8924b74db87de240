"""The networks of the book, written as data: which layers and blocks, with their settings."""

from cnnlib.models.plain import (
    ALEXNET,
    VGG11,
    VGG16,
    VGG19,
    Conv,
    Linear,
    Plan,
    Pool,
    alexnet,
    vgg11,
    vgg16,
    vgg19,
)
from cnnlib.models.resnet import (
    RESNET18,
    RESNET50,
    BasicBlock,
    Bottleneck,
    ResNetPlan,
    build_resnet,
    resnet18,
    resnet50,
)

__all__ = [
    "ALEXNET",
    "RESNET18",
    "RESNET50",
    "VGG11",
    "VGG16",
    "VGG19",
    "BasicBlock",
    "Bottleneck",
    "Conv",
    "Linear",
    "Plan",
    "Pool",
    "ResNetPlan",
    "alexnet",
    "build_resnet",
    "resnet18",
    "resnet50",
    "vgg11",
    "vgg16",
    "vgg19",
]
