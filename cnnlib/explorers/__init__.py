"""The book's interactive figures: one Python file and one plain ES module each."""

from .convolution import ConvolutionExplorer

__all__ = ["ConvolutionExplorer"]
