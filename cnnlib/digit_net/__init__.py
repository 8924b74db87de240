"""DigitNet in NumPy: forward, backward and training; and the weights that the book stores of it.

weights   stored, test_digits, packed, unpacked
"""

from cnnlib.digit_net.weights import NAMES, packed, stored, test_digits, unpacked

__all__ = ["NAMES", "packed", "stored", "test_digits", "unpacked"]
