"""Who made each data set, under which licence, and what to cite."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CREDITS", "DIGITS_CREDIT", "PHOTOGRAPH_CREDIT", "Credit"]


class Credit(NamedTuple):
    """Where a data set comes from.

    `citation` is a sentence or two, `licence` a few words, `key` the work's key in the book's
    ``references.bib``, or "" where there is none to cite.
    """

    citation: str
    licence: str
    key: str


PHOTOGRAPH_CREDIT = (
    "Rear Admiral Grace M. Hopper, photographed by James S. Davis, United States Navy, 1984: "
    "a work of the United States government, in the public domain. Cropped, scaled and turned "
    "to grey from the copy that ships with matplotlib."
)

DIGITS_CREDIT = (
    "Optical Recognition of Handwritten Digits, by E. Alpaydin and C. Kaynak, 1998, in the UCI "
    "Machine Learning Repository, https://doi.org/10.24432/C50P49, licence CC BY 4.0: its test "
    "set, as it ships with scikit-learn."
)

CREDITS = {
    "photograph": Credit(PHOTOGRAPH_CREDIT, "public domain", ""),
    "digits": Credit(DIGITS_CREDIT, "CC BY 4.0", "alpaydin1998"),
    "mnist": Credit(
        "MNIST, by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, made from data of the "
        "United States' National Institute of Standards and Technology; described in Y. LeCun, "
        "L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document "
        "recognition, Proceedings of the IEEE 86(11), 1998.",
        "CC BY-SA 3.0",
        "lecun1998",
    ),
    "fashion_mnist": Credit(
        "Fashion-MNIST, by H. Xiao, K. Rasul and R. Vollgraf: Fashion-MNIST: a novel image dataset "
        "for benchmarking machine learning algorithms, 2017, https://arxiv.org/abs/1708.07747. "
        "Copyright 2017 Zalando SE.",
        "MIT",
        "xiao2017",
    ),
    "cifar10": Credit(
        "CIFAR-10, by Alex Krizhevsky, Vinod Nair and Geoffrey Hinton, from the 80 Million Tiny "
        "Images; described in A. Krizhevsky, Learning multiple layers of features from tiny "
        "images, technical report, University of Toronto, 2009, which its authors ask to cite.",
        "none stated",
        "krizhevsky2009",
    ),
}
"""Source and licence of every data set, by the name that `load` takes."""
