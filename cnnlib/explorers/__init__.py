"""The book's interactive figures: one Python file and one plain ES module each."""

from .convolution import ConvolutionExplorer
from .question import MultipleChoice, NumericQuestion
from .signal import SignalExplorer

__all__ = ["ConvolutionExplorer", "MultipleChoice", "NumericQuestion", "SignalExplorer"]
