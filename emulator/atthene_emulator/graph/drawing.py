"""A graph as a picture: boxes, lines and labels in whole pixels. This module is that picture, for the page and for SVG."""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from atthene_emulator.graph.curves import Point, curve
from atthene_emulator.graph.graph import Node
from atthene_emulator.graph.layers import layers_of
from atthene_emulator.graph.marks import Marked
from atthene_emulator.graph.places import Metric, Placed, Strand, labels_of
from atthene_emulator.graph.placing import placed
from atthene_emulator.graph.sentences import type_of
from atthene_emulator.wording import counted, printable

_LONGEST = 28  # characters of a line of text
_NAME, _DETAIL, _LABEL = 8.0, 6.4, 7.0  # pixels of a character
_PADDING, _HEIGHT, _SMALL = 14, 46, 28
_GAP, _STEEP, _MOST = 20, 0.16, 60  # between layers: at least, more for lines that go far aside, at most
_LABEL_HEIGHT = 18


class BoxDrawn(NamedTuple):
    """A node's box, whose `x` and `y` are its left upper corner; `lines` are its text."""

    id: str
    lines: tuple[str, ...]
    x: int
    y: int
    width: int
    height: int


class Label(NamedTuple):
    """A text at a line; `x` and `y` are its middle."""

    x: int
    y: int
    text: str


class Line(NamedTuple):
    """An edge from its source to its target; the arrow is at the end.

    Attributes:
        points: between which it is straight, or turns where they differ in both numbers; `curve` says how.
    """

    id: str
    points: tuple[Point, ...]
    label: Label | None

    @property
    def path(self) -> str:
        """The line as an SVG has it."""
        return curve(self.points)


class Drawing(NamedTuple):
    """A picture."""

    width: int
    height: int
    boxes: tuple[BoxDrawn, ...]
    lines: tuple[Line, ...]


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in text if not unicodedata.combining(one))


def shortened(text: str, most: int = _LONGEST) -> str:
    """A text in one line of bounded length."""
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _even(width: float) -> int:
    return 2 * round(width / 2 + 0.5)


def _box(node: Node) -> tuple[tuple[str, ...], int, int]:
    name = shortened(node.label)
    if node.kind != "agent":
        return (name,), _even(columns(name) * _NAME + 2 * _PADDING), _SMALL
    tools = f", {counted(len(node.tools), 'tool')}" if node.tools else ""
    detail = f"{type_of(node)}{tools}"
    width = max(columns(name) * _NAME, columns(detail) * _DETAIL) + 2 * _PADDING
    return (name, detail), _even(width), _HEIGHT


PIXELS = Metric(
    box=_box,
    text=lambda text: _even(columns(text) * _LABEL + 6) if text else 0,
    label_gap=4,
    gap=28,
    port=18,
    port_height=12,
    lane=20,
    margin=16,
)


def drawing_of(marked: Marked) -> Drawing | None:
    """The picture of a graph; None for one that is too large. Equal graphs have equal pictures."""
    layers = layers_of(marked.graph)
    return None if layers is None else _Picture(placed(marked, layers, PIXELS)).drawing()


class _Picture:
    """Where everything is from top to bottom."""

    def __init__(self, placed: Placed) -> None:
        self._placed = placed
        self._tops, self._heights, y = list[int](), list[int](), PIXELS.margin
        gaps = self._gaps()
        for layer, row in enumerate(placed.rows):
            heights = [placed.boxes[number].height for number in row]
            heights.append(_LABEL_HEIGHT if layer in placed.labelled else 0)
            self._tops.append(y)
            self._heights.append(max(heights))
            y += max(heights) + gaps[layer]
        self._height = y - gaps[-1] + PIXELS.margin

    def _gaps(self) -> list[int]:
        """The space below each layer: lines that go far aside need more of it."""
        widest = [0] * len(self._placed.rows)
        for strand in self._placed.strands:
            for (layer, one), (lower, other) in pairwise(self._placed.turns(strand)):
                wide = abs(one - other) // (lower - layer)
                for between in range(layer, lower):
                    widest[between] = max(widest[between], wide)
        return [min(_MOST, _GAP + round(_STEEP * wide)) for wide in widest]

    def drawing(self) -> Drawing:
        """The picture."""
        lines = [line for strand in self._placed.strands for line in self._lines(strand)]
        places = {edge.id: place for place, edge in enumerate(self._placed.marked.graph.edges)}
        lines.sort(key=lambda line: places[line.id])
        boxes = tuple(map(self._box, range(len(self._placed.boxes))))
        return Drawing(self._placed.width, self._height, boxes, tuple(lines))

    def _box(self, number: int) -> BoxDrawn:
        box, layer = self._placed.boxes[number], self._placed.layer_of(number)
        top = self._tops[layer] + (self._heights[layer] - box.height) // 2
        return BoxDrawn(box.node.id, box.lines, box.x - box.width // 2, top, box.width, box.height)

    def _lines(self, strand: Strand) -> list[Line]:
        """One line for each edge of a link; those of a pair are the same line, there and back."""
        turns = self._placed.turns(strand)
        points = [(x, y) for layer, x in turns for y in self._heights_at(strand, layer)]
        upper, lower = self._box(strand.upper), self._box(strand.lower)
        if strand.link.is_beside:
            begin, end = self._port(strand.upper, strand.begin), self._port(strand.lower, strand.end)
            first, *_, last = (upper.x + upper.width, begin), *points, (lower.x + lower.width, end)
            points = [first, (turns[0][1], begin), *points[1:-1], (turns[-1][1], end), last]
        else:
            points = [(strand.begin, upper.y + upper.height), *points[1:-1], (strand.end, lower.y)]
        return self._named(strand, _plain(points))

    def _heights_at(self, strand: Strand, layer: int) -> tuple[int, ...]:
        """Where a line begins and ends to be straight in a layer; through its own label it goes aslant."""
        top, height = self._tops[layer], self._heights[layer]
        if layer == strand.label_at and not strand.link.is_beside and not strand.link.is_pair:
            return (top + height // 2,)
        return top, top + height

    def _port(self, number: int, port: int) -> int:
        box = self._box(number)
        return box.y + box.height * port // (self._placed.ports[number] + 1)

    def _named(self, strand: Strand, points: Sequence[Point]) -> list[Line]:
        """The edges of a link with their labels: on the line, or on both sides of one that goes there and back."""
        link, texts = strand.link, labels_of(strand.link, self._placed.marked)
        is_aside = link.is_pair or strand.upper == strand.lower
        lines = []
        for edge, text, side in ((link.down, texts[0], -1), (link.up, texts[1], 1)):
            if edge is None:
                continue
            label = None
            if text and strand.label_at is not None:
                label = self._label(strand, strand.label_at, text, side if is_aside else 0)
            lines.append(Line(edge.id, tuple(points if edge is link.down else reversed(points)), label))
        return lines

    def _label(self, strand: Strand, layer: int, text: str, side: int) -> Label:
        """A label on its line, or at the left or the right side of it."""
        aside = side * (PIXELS.text(text) // 2 + PIXELS.label_gap)
        return Label(strand.xs[layer - strand.first] + aside, self._tops[layer] + self._heights[layer] // 2, text)


def _plain(points: Sequence[Point]) -> list[Point]:
    """The points without those that stand on a straight way between others."""
    kept: list[Point] = []
    for point in points:
        if point in kept[-1:]:
            continue
        while len(kept) > 1 and kept[-2][0] == kept[-1][0] == point[0]:
            kept.pop()
        kept.append(point)
    return kept
