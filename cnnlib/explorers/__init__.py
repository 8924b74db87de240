"""The book's interactive figures: one Python file and one plain ES module each."""

from .arithmetic import ArithmeticExplorer
from .convolution import ConvolutionExplorer
from .question import MultipleChoice, NumericQuestion
from .shift import ShiftExplorer
from .signal import SignalExplorer

__all__ = [
    "ArithmeticExplorer",
    "ConvolutionExplorer",
    "MultipleChoice",
    "NumericQuestion",
    "ShiftExplorer",
    "SignalExplorer",
]
