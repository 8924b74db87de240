"""The book's interactive figures: one Python file and one plain ES module each."""

from .arithmetic import ArithmeticExplorer
from .augmentation import AugmentationExplorer
from .classifier_head import ClassifierHeadExplorer
from .collapse import CollapseExplorer
from .convolution import ConvolutionExplorer
from .layer import LayerExplorer
from .network import NetworkExplorer
from .network_builder import NetworkBuilder
from .pooling import PoolingExplorer
from .question import MultipleChoice, NumericQuestion
from .receptive_field import ReceptiveFieldExplorer
from .regularization import RegularizationExplorer
from .shift import ShiftExplorer
from .signal import SignalExplorer
from .training_lab import TrainingLab

__all__ = [
    "ArithmeticExplorer",
    "AugmentationExplorer",
    "ClassifierHeadExplorer",
    "CollapseExplorer",
    "ConvolutionExplorer",
    "LayerExplorer",
    "MultipleChoice",
    "NetworkBuilder",
    "NetworkExplorer",
    "NumericQuestion",
    "PoolingExplorer",
    "ReceptiveFieldExplorer",
    "RegularizationExplorer",
    "ShiftExplorer",
    "SignalExplorer",
    "TrainingLab",
]
