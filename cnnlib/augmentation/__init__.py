"""Pictures changed in ways that leave their labels true: what training sees instead of them.

A picture is moved, turned, scaled, cropped and mirrored by one matrix, which says for each place of
the new picture where in the old one to look; `affine` looks there. Spatial transformers have the
same matrices (Jaderberg et al., 2015), and so has torch: what `matrix` gives,
``torch.nn.functional.affine_grid`` takes.
"""

from .blending import add_noise, mixup
from .draws import random_settings
from .geometry import FLIPS, affine, crop, matrix

__all__ = ["FLIPS", "add_noise", "affine", "crop", "matrix", "mixup", "random_settings"]
