"""Early stopping: when the validation loss no longer falls."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["EarlyStopping"]


@dataclass
class EarlyStopping:
    """Counts the epochs since the lowest validation loss.

    Whoever trains keeps a copy of the weights whenever `update` says that an epoch is the best,
    stops when `stop` is true, and puts the copy back (Prechelt, 1998).

    Attributes
    ----------
    patience : int or None
        So many epochs in a row without a lower loss stop the training; None never does.
    best, best_epoch : float, int
        The lowest loss so far, and its epoch, counted from 1; 0 before the first.
    epoch : int
        How many there were.

    Examples
    --------
    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.update(loss) for loss in (3.0, 1.0, 1.5, 1.0)]
    [True, True, False, False]
    >>> stopping.best_epoch, stopping.stop
    (2, True)
    """

    patience: int | None
    best: float = math.inf
    best_epoch: int = 0
    epoch: int = 0

    def update(self, loss: float) -> bool:
        """Take in the validation loss of the next epoch; return whether it is the lowest so far."""
        self.epoch += 1
        if not loss < self.best:
            return False
        self.best, self.best_epoch = loss, self.epoch
        return True

    @property
    def stop(self) -> bool:
        """Whether patience is at its end."""
        return self.patience is not None and self.epoch - self.best_epoch >= self.patience
