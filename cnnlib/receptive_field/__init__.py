"""Receptive fields: how much of the input a unit of a layer sees.

chains   Layer, Row, receptive_field, input_region
graphs   Node, Field, fields, box, paths, output_sizes
modules  EffectiveField, effective_receptive_field, stacked_field

Positions are pixel indices of the input, counted from 0; those in its padding are negative, or
beyond its end.
"""

from cnnlib.receptive_field.chain import input_region, receptive_field
from cnnlib.receptive_field.effective import effective_receptive_field
from cnnlib.receptive_field.graph import Field, fields
from cnnlib.receptive_field.layers import Layer, Row
from cnnlib.receptive_field.nodes import Node, output_sizes
from cnnlib.receptive_field.sight import box, paths
from cnnlib.receptive_field.spread import EffectiveField, stacked_field

__all__ = [
    "EffectiveField",
    "Field",
    "Layer",
    "Node",
    "Row",
    "box",
    "effective_receptive_field",
    "fields",
    "input_region",
    "output_sizes",
    "paths",
    "receptive_field",
    "stacked_field",
]
