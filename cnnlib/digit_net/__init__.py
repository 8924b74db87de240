"""DigitNet in NumPy: forward, backward and training; and the weights that the book stores of it.

passes    forward, outputs, loss_and_gradients
training  train_numpy, untrained
weights   stored, test_digits
"""

from cnnlib.digit_net.passes import AVERAGES, LEARNED, Step, forward, loss_and_gradients, outputs
from cnnlib.digit_net.training import Trained, train_numpy, untrained
from cnnlib.digit_net.weights import NAMES, packed, stored, test_digits, unpacked

__all__ = [
    "AVERAGES",
    "LEARNED",
    "NAMES",
    "Step",
    "Trained",
    "forward",
    "loss_and_gradients",
    "outputs",
    "packed",
    "stored",
    "test_digits",
    "train_numpy",
    "unpacked",
    "untrained",
]
