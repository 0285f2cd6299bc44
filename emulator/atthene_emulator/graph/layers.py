"""Nodes in layers, from top to bottom. This module is which layer each is in, and the order inside of it (Sugiyama).

Nodes stand in the even layers, labels in the odd ones. An edge that passes a layer has a vertex of its own there, so whatever
stands in a layer is beside the edge, and nothing is crossed but other edges.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from atthene_emulator.configuration.system import END, START
from atthene_emulator.graph.graph import Edge, Graph
from atthene_emulator.limits import DRAWN, DRAWN_PLACES

_SWEEPS = 12
_SWAPS = 6


class Link(NamedTuple):
    """What is drawn as one line: an edge that leads down, one that leads up, or both.

    A supervisor and its agent share a line. What leads back is at the side of its nodes, a loop from a node to itself as well.
    """

    upper: str
    lower: str
    down: Edge | None = None
    up: Edge | None = None
    is_beside: bool = False

    @property
    def is_pair(self) -> bool:
        """Whether it leads there and back."""
        return self.down is not None and self.up is not None


class Layers(NamedTuple):
    """Vertices, which are numbers; the first ones are the nodes of the graph in their order.

    Attributes:
        links: in the order of the graph.
        chains: of each link its vertices from top to bottom, those of its nodes included. One beside its nodes has a vertex
            in each of their layers, too, which stands to the right of the node; a loop has one.
        layer_of: of each vertex.
        rows: the vertices of each layer, from left to right.
    """

    links: tuple[Link, ...]
    chains: tuple[tuple[int, ...], ...]
    layer_of: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]


def layers_of(graph: Graph) -> Layers | None:
    """The layers of a graph; None for one that is too large to be drawn. Equal graphs have equal ones."""
    if len(graph.nodes) > DRAWN.most:
        return None
    links = _links(graph)
    depth = _depths(graph, links)
    places = {node.id: vertex for vertex, node in enumerate(graph.nodes)}
    layer_of, chains = [depth[node.id] for node in graph.nodes], list[tuple[int, ...]]()
    for link in links:
        between = range(depth[link.upper] + 1, depth[link.lower])
        chains.append((places[link.upper], *_numbered(between, layer_of), places[link.lower]))
    if len(layer_of) > DRAWN_PLACES.most:
        return None
    rows = _ordered(_Joints(chains, len(layer_of)), layer_of)
    for number, link in enumerate(links):
        if link.is_beside:
            upper, *between_them, lower = chains[number]
            ends = dict.fromkeys((upper, lower))
            beside = dict(zip(ends, _numbered([layer_of[end] for end in ends], layer_of), strict=True))
            for end, vertex in beside.items():
                row = rows[layer_of[end]]
                row.insert(row.index(end) + 1, vertex)
            first, *last = beside.values()
            chains[number] = (upper, first, *between_them, *last, lower)
    return Layers(tuple(links), tuple(chains), tuple(layer_of), tuple(map(tuple, rows)))


def _numbered(layers: Sequence[int], layer_of: list[int]) -> range:
    """New vertices, one in each of these layers."""
    first = len(layer_of)
    layer_of += layers
    return range(first, len(layer_of))


def _links(graph: Graph) -> list[Link]:
    """The edges as lines that lead down: what leads back to where a path came from is turned around."""
    pairs = _pairs(graph)
    returning = {edge.id for edge in pairs.values()}
    back = _leading_back(graph, returning)
    links = []
    for edge in graph.edges:
        other = pairs.get(edge.id)
        if edge.id in returning:
            continue
        if edge.id not in back:
            links.append(Link(edge.source, edge.target, edge, other))
        elif other is not None:
            links.append(Link(edge.target, edge.source, other, edge))
        else:
            links.append(Link(edge.target, edge.source, up=edge, is_beside=True))
    return links


def _pairs(graph: Graph) -> dict[str, Edge]:
    """By the id of a handoff the edge that returns from there."""
    returns = {(edge.target, edge.source): edge for edge in graph.edges if edge.kind == "returns"}
    handoffs = (edge for edge in graph.edges if edge.kind == "handoff" and edge.source != edge.target)
    return {edge.id: returns[edge.source, edge.target] for edge in handoffs if (edge.source, edge.target) in returns}


def _leading_back(graph: Graph, returning: Collection[str]) -> set[str]:
    """Ids of the edges that lead to a node from which a walk in the order of the document has come."""
    leaving = defaultdict[str, list[Edge]](list)
    for edge in graph.edges:
        if edge.id not in returning:  # drawn with its handoff
            leaving[edge.source].append(edge)
    back, done = set[str](), set[str]()
    entered = {edge.target for edges in leaving.values() for edge in edges}
    for root in (START, *(node.id for node in graph.nodes if node.id not in entered), *(one.id for one in graph.nodes)):
        on_the_way, stack = {root}, [(root, iter(leaving[root]))] if root not in done else []
        while stack:
            here, ways = stack[-1]
            way = next(ways, None)
            if way is None:
                done.add(here)
                on_the_way.discard(here)
                stack.pop()
            elif way.target in on_the_way:
                back.add(way.id)
            elif way.target not in done:
                on_the_way.add(way.target)
                stack.append((way.target, iter(leaving[way.target])))
    return back


def _depths(graph: Graph, links: Sequence[Link]) -> dict[str, int]:
    """The layer of each node: below all from which a line leads to it; the end is below everything."""
    below = defaultdict[str, list[str]](list)
    above = dict.fromkeys((node.id for node in graph.nodes), 0)
    for link in links:
        if link.upper != link.lower:
            below[link.upper].append(link.lower)
            above[link.lower] += 1
    depth = {node.id: 0 if node.kind == "start" else 2 for node in graph.nodes}
    ready = [node for node, count in above.items() if not count]
    for node in ready:
        for lower in below[node]:
            depth[lower] = max(depth[lower], depth[node] + 2)
            above[lower] -= 1
            if not above[lower]:
                ready.append(lower)
    deepest = max(depth[node.id] for node in graph.nodes if node.id != END)
    return {**depth, END: deepest + 2}


class _Joints:
    """Which vertices are joined with which ones in the layer above and below."""

    def __init__(self, chains: Iterable[Sequence[int]], count: int) -> None:
        self.above: list[list[int]] = [[] for _ in range(count)]
        self.below: list[list[int]] = [[] for _ in range(count)]
        for chain in chains:
            if chain[0] != chain[-1]:
                for upper, lower in pairwise(chain):
                    self.below[upper].append(lower)
                    self.above[lower].append(upper)


def _ordered(joints: _Joints, layer_of: Sequence[int]) -> list[list[int]]:
    """Sweep down and up, each vertex to the mean of its neighbours; the order with the fewest crossings is the best."""
    rows: list[list[int]] = [[] for _ in range(max(layer_of) + 1)]
    for vertex in _as_reached(joints, layer_of):
        rows[layer_of[vertex]].append(vertex)
    best, fewest = [list(row) for row in rows], _crossings(rows, joints)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        _sweep(rows, joints, down=sweep % 2 == 0)
        _swap(rows, joints)
        crossings = _crossings(rows, joints)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _as_reached(joints: _Joints, layer_of: Sequence[int]) -> list[int]:
    """Every vertex in the order in which it is come to from above, depth first."""
    seen: dict[int, None] = {}
    for root in sorted(range(len(layer_of)), key=lambda vertex: layer_of[vertex]):
        stack = [root]
        while stack:
            vertex = stack.pop()
            if vertex not in seen:
                seen[vertex] = None
                stack += reversed(joints.below[vertex])
    return list(seen)


def _sweep(rows: Sequence[list[int]], joints: _Joints, *, down: bool) -> None:
    """Order each row by the means of what is before it; vertices that are joined with nothing there stay in their places."""
    neighbours = joints.above if down else joints.below
    place = {vertex: float(number) for row in rows for number, vertex in enumerate(row)}
    for row in rows if down else reversed(rows):
        means = {
            vertex: sum(place[one] for one in neighbours[vertex]) / len(neighbours[vertex])
            for vertex in row
            if neighbours[vertex]
        }
        moved = iter(sorted(means, key=means.__getitem__))
        row[:] = [next(moved) if vertex in means else vertex for vertex in row]
        place.update((vertex, float(number)) for number, vertex in enumerate(row))


def _swap(rows: Sequence[list[int]], joints: _Joints) -> None:
    """Exchange neighbours as long as that takes crossings away."""
    place = {vertex: number for row in rows for number, vertex in enumerate(row)}
    for _ in range(_SWAPS):
        is_better = False
        for row in rows:
            for left in range(len(row) - 1):
                one, other = row[left], row[left + 1]
                before, after = _between(one, other, joints, place), _between(other, one, joints, place)
                if after < before:
                    row[left], row[left + 1] = other, one
                    place[one], place[other] = place[other], place[one]
                    is_better = True
        if not is_better:
            return


def _between(left: int, right: int, joints: _Joints, place: dict[int, int]) -> int:
    """Crossings of the lines of two vertices that stand side by side."""
    return sum(
        place[one] > place[other]
        for side in (joints.above, joints.below)
        for one in side[left]
        for other in side[right]
    )


def _crossings(rows: Sequence[Sequence[int]], joints: _Joints) -> int:
    total = 0
    for upper, lower in pairwise(rows):
        place = {vertex: number for number, vertex in enumerate(lower)}
        passed: list[int] = []
        for vertex in upper:
            ends = sorted(place[one] for one in joints.below[vertex])
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total
