"""A picture of a graph: nothing overlaps, lines end at their boxes and cross none, and equal graphs look alike."""

from itertools import pairwise
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atthene_emulator.configuration.system import END, START
from atthene_emulator.graph.drawing import BoxDrawn, Drawing, Label, Line, drawing_of
from atthene_emulator.graph.graph import Edge, Graph, Node
from atthene_emulator.graph.marks import Marked, Taken
from tests.graph.documents import KINDS, graph

Rectangle = tuple[int, int, int, int]  # left, top, right, bottom
EACH = pytest.mark.parametrize("kind", KINDS)


def drawn(marked: Marked) -> Drawing:
    drawing = drawing_of(marked)
    assert drawing is not None
    return drawing


@st.composite
def graphs(draw: st.DrawFn, most: int = 12) -> Marked:
    """Any agents, joined in any way, some of which were taken."""
    names = [f"agent_{number}" * draw(st.integers(1, 3)) for number in range(draw(st.integers(1, most)))]
    source, target = st.sampled_from((START, *names)), st.sampled_from((*names, END))
    kind = st.sampled_from(("plain", "boolean", "literal", "handoff", "returns"))
    joined = draw(st.lists(st.tuples(source, target, kind), max_size=3 * most, unique=True))
    edges = tuple(
        Edge(f"e{number}", one, other, how, "yes" if how == "boolean" else None)
        for number, (one, other, how) in enumerate(joined)
    )
    nodes = (Node(START, "start", "start"), *(Node(name, name, "agent", "llm_agent") for name in names))
    taken = {
        edge.id: tuple(Taken(order, "edge") for order in orders)
        for edge in edges
        if (orders := draw(st.lists(st.integers(1, 99), max_size=5)))
    }
    whole = Graph("Any", "0" * 12, (*nodes, Node(END, "end", "end")), edges)
    return Marked(whole, {node.id: 1 for node in whole.nodes}, taken)


def around(box: BoxDrawn) -> Rectangle:
    return box.x, box.y, box.x + box.width, box.y + box.height


def around_text(label: Label) -> Rectangle:
    half = 3 * len(label.text)
    return label.x - half, label.y - 6, label.x + half, label.y + 6


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def is_at(box: BoxDrawn, point: tuple[int, int]) -> bool:
    """Whether a point is at the edge of a box."""
    left, top, right, bottom = around(box)
    (x, y) = point
    return left <= x <= right and top <= y <= bottom and (x in (left, right) or y in (top, bottom))


def crosses(line: Line, box: BoxDrawn) -> bool:
    """Whether a line goes through the inside of a box; between its points it stays within what they span."""
    left, top, right, bottom = around(box)
    return any(
        overlap((min(x0, x1), min(y0, y1), max(x0, x1) + 1, max(y0, y1) + 1), (left + 1, top + 1, right, bottom))
        for (x0, y0), (x1, y1) in pairwise(line.points)
    )


def check(marked: Marked) -> None:
    """Everything that is true of every picture."""
    drawing = drawn(marked)
    boxes = {box.id: box for box in drawing.boxes}
    solid = [*map(around, drawing.boxes), *(around_text(line.label) for line in drawing.lines if line.label)]
    assert [(one, other) for place, one in enumerate(solid) for other in solid[:place] if overlap(one, other)] == []
    assert all(
        left >= 0 and top >= 0 and right <= drawing.width and bottom <= drawing.height
        for left, top, right, bottom in solid
    )
    assert [line.id for line in drawing.lines] == [edge.id for edge in marked.graph.edges]
    for line, edge in zip(drawing.lines, marked.graph.edges, strict=True):
        assert is_at(boxes[edge.source], line.points[0])
        assert is_at(boxes[edge.target], line.points[-1])
        assert [box.id for box in drawing.boxes if crosses(line, box)] == []
        assert (line.label is not None) == bool(marked.label(edge))


@EACH
def test_pictures_of_the_usual_kinds(kind: str) -> None:
    check(Marked(graph(kind)))


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_pictures_of_any_graph(marked: Marked) -> None:
    check(marked)


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_equal_graphs_look_alike(marked: Marked) -> None:
    assert drawing_of(marked) == drawing_of(marked)


def test_forty_agents_are_drawn_quickly() -> None:
    marked = Marked(graph("forty agents"))
    seconds = []
    for _ in range(5):
        began = thread_time()
        drawing_of(marked)
        seconds.append(thread_time() - began)
    assert min(seconds) < 0.1
