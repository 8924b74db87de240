"""Experiments: a recipe, data and a seed in, a history out.

recipe     Recipe, BOOK
data       Data, digits
training   train
ensemble   train_together, several seeds at once
sweeping   sweep, many runs that can be stopped at any moment and go on
records    fingerprint, read_record, write_record
history    History, DivergedError, WEIGHT_BINS
transfer   transfer learning: only, few, replace_head, freeze, transfer, stored

The techniques, each a small plain function:

penalties  l1_penalty, l2_penalty, decay_weights
schedules  constant, step, cosine, warm_up
targets    smooth_labels, mixup, mixup_loss
pictures   random_matrices, affine
stopping   EarlyStopping
"""

from cnnlib.experiments.data import Data, digits
from cnnlib.experiments.ensemble import train_together
from cnnlib.experiments.history import WEIGHT_BINS, DivergedError, History
from cnnlib.experiments.penalties import decay_weights, l1_penalty, l2_penalty
from cnnlib.experiments.recipe import BOOK, Recipe
from cnnlib.experiments.stopping import EarlyStopping
from cnnlib.experiments.sweeping import sweep
from cnnlib.experiments.targets import mixup, mixup_loss, smooth_labels
from cnnlib.experiments.training import train

__all__ = [
    "BOOK",
    "WEIGHT_BINS",
    "Data",
    "DivergedError",
    "EarlyStopping",
    "History",
    "Recipe",
    "decay_weights",
    "digits",
    "l1_penalty",
    "l2_penalty",
    "mixup",
    "mixup_loss",
    "smooth_labels",
    "sweep",
    "train",
    "train_together",
]
