"""A graph for a terminal: boxes and lines of characters, with a legend below. This module is that text.

What is wider than a terminal is written as a table.
"""

from itertools import pairwise
from typing import NamedTuple

from atthene_emulator.graph.canvas import Canvas
from atthene_emulator.graph.drawing import columns, shortened
from atthene_emulator.graph.graph import Edge, Node
from atthene_emulator.graph.layers import layers_of
from atthene_emulator.graph.marks import Marked, listed
from atthene_emulator.graph.places import Metric, Placed, Strand, labels_of
from atthene_emulator.graph.placing import placed
from atthene_emulator.graph.sentences import arrow, path, taken
from atthene_emulator.graph.tracks import Segment, tracks
from atthene_emulator.tables import aligned
from atthene_emulator.wording import printable

WIDTH = 100  # columns
_HEIGHT = 3


def _box(node: Node) -> tuple[tuple[str, ...], int, int]:
    name = shortened(node.label)
    return (name,), (columns(name) + 4) | 1, _HEIGHT  # odd, so that there is one in the middle


CHARACTERS = Metric(
    box=_box,
    text=lambda text: columns(text) | 1 if text else 0,
    label_gap=1,
    gap=3,
    port=0,
    port_height=1,
    lane=3,
    margin=0,
)


def text(marked: Marked) -> str:
    """The lines: a picture with its legend, or a table.

    What was taken is drawn strong, with the numbers of its steps, whose reasons stand in the legend.
    """
    picture = _picture(marked)
    lines = [*picture, *_legend(marked)] if picture else _table(marked)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _picture(marked: Marked) -> list[str]:
    """The picture; nothing for one that is too large."""
    layers = layers_of(marked.graph)
    if layers is None:
        return []
    whole = placed(marked, layers, CHARACTERS)
    return [] if whole.width > WIDTH else _Terminal(whole).lines()


def _legend(marked: Marked) -> list[str]:
    """The steps of the path with their reasons; without one, the conditions."""
    graph = marked.graph
    if marked.taken is not None:
        return ["", *aligned([(str(step.order), _shown(edge), printable(step.why)) for step, edge in path(marked)])]
    asked = dict.fromkeys((edge.source, edge.condition) for edge in graph.edges if edge.condition)
    return (
        ["", *aligned([(printable(source), printable(" ".join(said.split()))) for source, said in asked])]
        if asked
        else []
    )


def _table(marked: Marked) -> list[str]:
    """Every edge in a row: where it leads, when it was taken, and why."""
    rows = [("FROM", "TO", "WHEN", "TAKEN", "WHY")]
    for edge in marked.graph.edges:
        steps = taken(edge, marked)
        count = marked.counts.get(edge.id)
        how_often = listed(steps) if steps else "" if count is None else f"{count:,}x"
        why = steps[0].why if steps else ""
        when = edge.arm or (edge.kind if edge.kind in ("handoff", "returns") else "")
        rows.append((printable(edge.source), printable(edge.target), printable(when), how_often, printable(why)))
    used = [column for column in range(len(rows[0])) if any(row[column] for row in rows[1:])]
    return aligned([tuple(row[column] for column in used) for row in rows])


def _shown(edge: Edge) -> str:
    return printable(arrow(edge))


class _Ends(NamedTuple):
    """How a line begins and ends, from top to bottom, and the heads of its arrows."""

    first: list[tuple[int, int]]
    last: list[tuple[int, int]]
    arrows: list[tuple[int, int, str]]


class _Terminal:
    """A picture: which row everything is in."""

    def __init__(self, whole: Placed) -> None:
        self._placed = whole
        self._canvas = Canvas()
        layers = [layer for layer in range(len(whole.rows)) if not whole.is_empty(layer)]
        self._heights = {layer: self._height(layer) for layer in layers}
        self._tracks: dict[int, dict[Segment, int]] = {}
        self._tops: dict[int, int] = {}
        self._upper: dict[int, int] = {}  # rows for the heads of arrows that lead up
        y = 0
        for layer, following in pairwise((*layers, -1)):
            self._tops[layer] = y
            self._tracks[layer] = tracks(self._segments(layer))
            self._upper[layer] = int(self._has_arrows(layer, is_upper=True))
            number = max(self._tracks[layer].values(), default=-1) + 1
            last = int(following >= 0 and self._has_arrows(following, is_upper=False))
            y += self._heights[layer] + max(1, self._upper[layer] + number + last)

    def _height(self, layer: int) -> int:
        row = self._placed.rows[layer]
        return max((max(_HEIGHT, self._placed.ports[box] + 2) for box in row), default=1)

    def _segments(self, layer: int) -> list[Segment]:
        return [
            Segment(x, below)
            for strand in self._placed.strands
            for (here, x), (_, below) in pairwise(self._placed.turns(strand))
            if here == layer
        ]

    def _has_arrows(self, layer: int, *, is_upper: bool) -> bool:
        row = self._placed.rows[layer]
        return any(
            (strand.upper in row and strand.link.up is not None) if is_upper else strand.lower in row
            for strand in self._placed.strands
            if not strand.link.is_beside
        )

    def lines(self) -> list[str]:
        """The picture, row by row."""
        marked = self._placed.marked
        reached = marked.reached()
        for number, box in enumerate(self._placed.boxes):
            top, height = self._box(number)
            is_strong = reached is not None and box.node.id in reached
            self._canvas.box(box.x - box.width // 2, top, box.width, height, is_strong=is_strong)
            self._canvas.write(box.x - columns(box.lines[0]) // 2, top + height // 2, box.lines[0])
        strands = [
            (any(edge and marked.is_strong(edge) for edge in (one.link.down, one.link.up)), one)
            for one in self._placed.strands
        ]
        for is_strong, strand in sorted(strands, key=lambda one: one[0]):  # the path above all others
            self._draw(strand, is_strong=is_strong)
        return self._canvas.lines()

    def _box(self, number: int) -> tuple[int, int]:
        """Top and height of a box."""
        return self._tops[self._placed.layer_of(number)], max(_HEIGHT, self._placed.ports[number] + 2)

    def _port(self, number: int, port: int) -> int:
        top, height = self._box(number)
        return top + (height - self._placed.ports[number]) // 2 + port - 1

    def _draw(self, strand: Strand, *, is_strong: bool) -> None:
        """A line with its arrows and its labels."""
        ends = self._beside(strand) if strand.link.is_beside else self._between(strand)
        self._canvas.line([*ends.first, *self._aside(strand), *ends.last], is_strong=is_strong)
        for x, y, sign in ends.arrows:
            self._canvas.write(x, y, sign)
        self._label(strand)

    def _aside(self, strand: Strand) -> list[tuple[int, int]]:
        """Where a line turns between layers."""
        points = []
        for (layer, x), (_, below) in pairwise(self._placed.turns(strand)):
            track = self._tracks[layer].get(Segment(x, below))
            if track is not None:
                y = self._tops[layer] + self._heights[layer] + self._upper[layer] + track
                points += [(x, y), (below, y)]
        return points

    def _between(self, strand: Strand) -> _Ends:
        """A line from the lower side of a box to the upper side of another."""
        top, height = self._box(strand.upper)
        below, head = top + height, self._box(strand.lower)[0] - 1
        down, up = (strand.end, head, "▼"), (strand.begin, below, "▲")
        if strand.link.is_pair:
            return _Ends([(strand.begin, below)], [(strand.end, head)], [down, up])
        return _Ends([(strand.begin, below - 1)], [(strand.end, head)], [down])

    def _beside(self, strand: Strand) -> _Ends:
        """A line from the right side of a box to that of one above it, or of itself."""
        turns, boxes = self._placed.turns(strand), self._placed.boxes
        upper, lower = (boxes[number].x + boxes[number].width // 2 for number in (strand.upper, strand.lower))
        to, since = self._port(strand.upper, strand.begin), self._port(strand.lower, strand.end)
        first, last = [(upper + 1, to), (turns[0][1], to)], [(turns[-1][1], since), (lower, since)]
        return _Ends(first, last, [(upper + 1, to, "◄")])

    def _label(self, strand: Strand) -> None:
        """Labels on a line; at both sides of one that goes there and back, and beside a loop."""
        if strand.label_at is None:
            return
        down, up = labels_of(strand.link, self._placed.marked)
        x, y = strand.xs[strand.label_at - strand.first], self._tops[strand.label_at]
        if strand.upper == strand.lower:
            self._canvas.write(x + 2, self._port(strand.upper, strand.begin), up)
        elif strand.link.is_pair:
            self._canvas.write(x - 1 - columns(down), y, down)
            self._canvas.write(x + 2, y, up)
        else:
            said = down or up
            self._canvas.write(x - columns(said) // 2, y, said)
