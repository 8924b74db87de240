"""From a module's run to the graph of receptive fields: recorded by torch.fx, read step by step.

tape      Tape: a torch.fx graph of torch's operations, as they are dispatched
layout    Map: which axes of a tensor hold rows and columns of which node
steps     Steps: the graph of receptive fields as it grows
windows, views, sums
          what each operation of torch does to positions
reading   read: from the one graph to the other
"""

from cnnlib._graph.layout import Map
from cnnlib._graph.reading import Hidden, Reading, read
from cnnlib._graph.tape import Calls, Tape

__all__ = ["Calls", "Hidden", "Map", "Reading", "Tape", "read"]
