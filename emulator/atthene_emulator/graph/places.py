"""Where boxes and lines are, from left to right. This module is their sizes, and the records.

Sizes are in the units of a `Metric`: pixels of a picture, or characters of a terminal.
"""

from collections.abc import Callable
from typing import NamedTuple

from atthene_emulator.graph.graph import Node
from atthene_emulator.graph.layers import Link
from atthene_emulator.graph.marks import Marked


class Metric(NamedTuple):
    """Sizes.

    Attributes:
        box: lines, width and height of a node; widths are even.
        text: width of a label.
        label_gap: between a line and a label beside it.
        gap: between things that stand side by side.
        port, port_height: between lines that end at the same side of a box: from left to right, from top to bottom.
        lane: between a box and the lines beside it.
        margin: around everything.
    """

    box: Callable[[Node], tuple[tuple[str, ...], int, int]]
    text: Callable[[str], int]
    label_gap: int
    gap: int
    port: int
    port_height: int
    lane: int
    margin: int


class Box(NamedTuple):
    """A node with its text; `x` is its middle."""

    node: Node
    lines: tuple[str, ...]
    x: int
    width: int
    height: int


class Strand(NamedTuple):
    """A line through the layers.

    Attributes:
        upper, lower: numbers of its boxes.
        first: the layer of the first of `xs`: the one below its upper box, or that box's own if the line is beside it.
        xs: where it is in each layer from there on.
        begin, end: where it leaves its upper box below, and comes to its lower one above; of a line beside its boxes, the
            number of its port at the right side of each, from the top, from 1.
        label_at: the layer of its label; None for none.
    """

    link: Link
    upper: int
    lower: int
    first: int
    xs: tuple[int, ...]
    begin: int
    end: int
    label_at: int | None = None


class Placed(NamedTuple):
    """Everything has its place from left to right.

    Attributes:
        boxes: in the order of the graph's nodes.
        rows: numbers of the boxes in each layer.
        labelled: the layers that have labels.
        ports: how many lines end at the right side of each box.
    """

    marked: Marked
    boxes: tuple[Box, ...]
    rows: tuple[tuple[int, ...], ...]
    strands: tuple[Strand, ...]
    labelled: frozenset[int]
    ports: tuple[int, ...]
    width: int

    def is_empty(self, layer: int) -> bool:
        """Whether nothing stands in a layer, so that it takes no room, and lines need not be straight there."""
        return not self.rows[layer] and layer not in self.labelled

    def layer_of(self, box: int) -> int:
        """The layer of a box."""
        return next(layer for layer, row in enumerate(self.rows) if box in row)

    def turns(self, strand: Strand) -> list[tuple[int, int]]:
        """The layers in which a line is straight, and where, from top to bottom."""
        layers = list(enumerate(strand.xs, strand.first))
        if not strand.link.is_beside:
            layers = [(strand.first - 1, strand.begin), *layers, (strand.first + len(strand.xs), strand.end)]
        return [one for one in layers if not self.is_empty(one[0])]


def labels_of(link: Link, marked: Marked) -> tuple[str, str]:
    """What stands at the edge that leads down, and at the one that leads up."""
    down, up = (marked.label(edge) if edge else "" for edge in (link.down, link.up))
    return down, up
