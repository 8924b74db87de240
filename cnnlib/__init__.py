"""The code behind an interactive textbook on convolutional neural networks.

Import what you need by name: ``from cnnlib import numpy_ops``. Importing ``cnnlib`` itself loads
nothing else, so that a reader without torch or a notebook can still use the NumPy half.

shapes      integer arithmetic alone: output sizes, parameters, multiply-accumulates
reference   each operation's definition as loops: slow, plain, and the oracle for the others
numpy_ops   the same names, vectorised: fast enough to use
torch_ops   the same names on torch tensors, on whatever device they live

equivariance  shift and convolve, in both orders
invariance    how much an output changes when the input moves
downsampling  five ways to halve a feature map
shift_nets    small trained classifiers of digits, one for each of these
receptive_field  how much of the input a unit sees
models        AlexNet, VGG: the book's networks, written as data
network       any torch module, layer by layer: shapes, parameters, multiply-accumulates
augmentation  pictures changed where their labels stay true
datasets      the pictures and kernels that ship with us
plots         arrays in, figures out
explorers     the interactive figures
"""
