"""The data that the book works on: the only file I/O.

The photograph, the kernels and the digits are there without a download. Larger data sets are
fetched where they are asked for, once. Who made each, and under which licence, is in `CREDITS`.
"""

from .credits import CREDITS, DIGITS_CREDIT, PHOTOGRAPH_CREDIT
from .loading import Parts, load, stored
from .small import IMAGES, KERNELS
from .splits import stratified_split

__all__ = [
    "CREDITS",
    "DIGITS_CREDIT",
    "IMAGES",
    "KERNELS",
    "PHOTOGRAPH_CREDIT",
    "Parts",
    "load",
    "stored",
    "stratified_split",
]
