"""What the loss compares with: smoothed labels, and those of examples mixed in pairs."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["mixup", "mixup_loss", "smooth_labels"]


def smooth_labels(labels: Tensor, classes: int, label_smoothing: float) -> Tensor:
    """Return what a smoothed cross-entropy compares probabilities with.

    Of each label's 1 a part, `label_smoothing`, is spread evenly over all classes (Szegedy et
    al., 2016), so that no logit need grow without end.

    Parameters
    ----------
    labels : torch.Tensor of int64
        Shape (n,).
    classes : int
        How many there are.
    label_smoothing : float
        From 0 to below 1.

    Returns
    -------
    torch.Tensor
        float32, shape (n, classes); rows sum to 1.

    Examples
    --------
    >>> smooth_labels(torch.tensor([2]), classes=4, label_smoothing=0.2)
    tensor([[0.0500, 0.0500, 0.8500, 0.0500]])
    """
    ones = F.one_hot(labels, classes).to(torch.float32)
    return ones * (1 - label_smoothing) + label_smoothing / classes


def mixup(images: Tensor, share: Tensor, partners: Tensor) -> Tensor:
    """Mix each picture with another: `share` of its own, the rest of its partner's.

    Zhang et al. (2018) draw the share from a Beta distribution, once for a batch, and mix labels
    alike, which `mixup_loss` does.

    Parameters
    ----------
    images : torch.Tensor
        Shape (n, ...).
    share : torch.Tensor
        Of shape () or (n,), from 0 to 1.
    partners : torch.Tensor of int64
        Places in `images`, shape (n,).

    Examples
    --------
    >>> mixup(torch.tensor([[0.0], [8.0]]), torch.tensor(0.75), torch.tensor([1, 0]))
    tensor([[2.],
            [6.]])
    """
    own = share.reshape(-1, *[1] * (images.ndim - 1))
    return own * images + (1 - own) * images[partners]


def mixup_loss(losses: Tensor, partner_losses: Tensor, share: Tensor) -> Tensor:
    """Mix the losses against an example's own label and against its partner's, as pictures are.

    Cross-entropy is linear in what it compares with, so this is the loss against mixed labels.

    Examples
    --------
    >>> mixup_loss(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor(0.75))
    tensor([1.5000])
    """
    return share * losses + (1 - share) * partner_losses
