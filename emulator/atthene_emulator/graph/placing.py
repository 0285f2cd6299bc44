"""Finding the places of boxes and lines, from left to right. This module is how (Sugiyama, as Gansner has it).

Each layer in turn is moved to what it is joined with in the others; what then stands too near is spaced. In the end lines are
made straight where there is room.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from atthene_emulator.graph.layers import Layers, Link
from atthene_emulator.graph.marks import Marked
from atthene_emulator.graph.places import Box, Metric, Placed, Strand, labels_of
from atthene_emulator.graph.ports import ports, ports_beside
from atthene_emulator.graph.spacing import spaced

_SWEEPS = 24
_STRAIGHT, _LOOSE = 8.0, 0.1  # how much a line wants to be straight between its nodes, and beside them
_STEADY, _FIRM = 0.001, 1000.0  # how much what is free, and what is firm, wants to stay
_WIDE = 12  # lines below a box for which it is made wide enough


def placed(marked: Marked, layers: Layers, metric: Metric) -> Placed:
    """Give everything its place; equal graphs get equal ones."""
    return _Placing(marked, layers, metric).placed()


class _Placing:
    """One graph on its way to its places."""

    def __init__(self, marked: Marked, layers: Layers, metric: Metric) -> None:
        self._marked, self._layers, self._metric = marked, layers, metric
        self._texts = [metric.box(node) for node in marked.graph.nodes]
        self._ports = ports_beside(layers)
        count = len(layers.layer_of)
        self._left, self._right = [0.0] * count, [0.0] * count
        for vertex, (_, width, _) in enumerate(self._texts):
            self._left[vertex] = self._right[vertex] = self._widened(vertex, width) / 2
        self._beside = set[int]()
        self._label_at: dict[int, int] = {}
        self._near: list[list[tuple[int, float, float]]] = [[] for _ in range(count)]  # vertex, how far, how much
        for number, link in enumerate(layers.links):
            self._measure_label(number, link)
            self._join(number, link)
        self._x = [0.0] * count
        self._spaces = [(row, self._apart(row)) for row in layers.rows]
        self._place = {vertex: place for row in layers.rows for place, vertex in enumerate(row)}

    def _widened(self, vertex: int, width: int) -> int:
        """The width of a box that has room for the lines below it."""
        lines = sum(
            chain[0] == vertex and not link.is_beside
            for chain, link in zip(self._layers.chains, self._layers.links, strict=True)
        )
        is_agent = self._marked.graph.nodes[vertex].kind == "agent"
        return max(width, self._metric.port * (min(lines, _WIDE) + 1)) if is_agent else width

    def _measure_label(self, number: int, link: Link) -> None:
        """The room for labels: in the middle of a line, or on both sides of one that goes there and back."""
        widths = [self._metric.text(text) for text in labels_of(link, self._marked) if text]
        if not widths:
            return
        chain = self._layers.chains[number]
        at = chain[-3 if link.is_beside and len(chain) > 3 else 1]  # noqa: PLR2004  # a loop has three
        self._label_at[number] = self._layers.layer_of[at]
        if chain[0] == chain[-1]:
            self._right[at] = max(widths) + self._metric.label_gap
            return
        half = max(widths) + self._metric.label_gap if link.is_pair else max(widths) / 2
        self._left[at] = self._right[at] = half

    def _join(self, number: int, link: Link) -> None:
        """Which vertices want to be in line with one another."""
        chain = self._layers.chains[number]
        if link.is_beside:
            self._beside.update((chain[1], chain[-2]))
            for node, vertex in ((chain[0], chain[1]), (chain[-1], chain[-2])):
                self._near[vertex].append((node, self._right[node] + self._metric.lane, _LOOSE / 10))
            chain = chain[1:-1]
        for upper, lower in pairwise(chain):
            weight = _STRAIGHT if min(upper, lower) >= len(self._texts) else 1.0
            weight = _LOOSE if link.is_beside else weight
            self._near[upper].append((lower, 0.0, weight))
            self._near[lower].append((upper, 0.0, weight))

    def placed(self) -> Placed:
        """Find the places, and say where everything is."""
        self._settle()
        layers, nodes = self._layers, self._marked.graph.nodes
        boxes = tuple(
            Box(node, lines, round(self._x[vertex]), round(2 * self._left[vertex]), self._height(vertex, height))
            for vertex, (node, (lines, _, height)) in enumerate(zip(nodes, self._texts, strict=True))
        )
        rows = tuple(tuple(vertex for vertex in row if vertex < len(nodes)) for row in layers.rows)
        right = max(x + more for x, more in zip(self._x, self._right, strict=True))
        ports = tuple(self._ports.counts.get(vertex, 0) for vertex in range(len(nodes)))
        labelled = frozenset(self._label_at.values())
        width = round(right) + self._metric.margin
        return Placed(self._marked, boxes, rows, self._strands(boxes), labelled, ports, width)

    def _settle(self) -> None:
        """Sweep down and up; then nodes stay where they are, and lines are made straight."""
        self._spread()
        for sweep in range(_SWEEPS):
            self._sweep(is_down=sweep % 2 == 0, both=sweep >= _SWEEPS // 2)
        self._shift()
        for sweep in range(_SWEEPS):
            self._sweep(is_down=sweep % 2 == 0, both=True, firm=_FIRM)
        self._x = [float(round(x)) for x in self._x]
        self._align()
        for link, chain in zip(self._layers.links, self._layers.chains, strict=True):
            if link.is_beside:
                self._push(chain[1:-1])
        for chain in (*self._layers.chains, *self._layers.chains):  # one may make room for another before it
            ends = {self._x[chain[0]], self._x[chain[-1]]}
            self._straighten(chain[1:-1], ends.pop() if len(ends) == 1 else None)

    def _height(self, vertex: int, height: int) -> int:
        return max(height, (self._ports.counts.get(vertex, 0) + 1) * self._metric.port_height)

    def _spread(self) -> None:
        """Side by side, each row around the same middle."""
        for row, apart in self._spaces:
            x = -sum(apart) / 2
            for vertex, more in zip(row, (0.0, *apart), strict=False):  # an empty row has no ways between
                x += more
                self._x[vertex] = x

    def _apart(self, row: Sequence[int]) -> list[float]:
        """How far the middles of neighbours in a row must be apart."""
        return [
            self._right[one] + (self._metric.lane if other in self._beside else self._metric.gap) + self._left[other]
            for one, other in pairwise(row)
        ]

    def _sweep(self, *, is_down: bool, both: bool, firm: float = 0.0) -> None:
        """Move each row to what it is joined with before it, or on both sides; `firm` is how much nodes want to stay."""
        layer_of, x, first = self._layers.layer_of, self._x, len(self._texts)
        for row, apart in self._spaces if is_down else reversed(self._spaces):
            wanted = []
            for vertex in row:
                here, weight = layer_of[vertex], _STEADY + (firm if vertex < first else 0.0)
                total = weight * x[vertex]
                for other, shift, each in self._near[vertex]:
                    there = layer_of[other]
                    if both or there == here or (there < here) == is_down:
                        weight += each
                        total += (x[other] + shift) * each
                wanted.append((total / weight, weight))
            for vertex, to in zip(row, spaced(wanted, apart), strict=True):
                x[vertex] = to

    def _shift(self) -> None:
        """Begin at the margin, with whole numbers."""
        least = min(x - more for x, more in zip(self._x, self._left, strict=True))
        self._x = [float(round(x - least + self._metric.margin)) for x in self._x]

    def _room(self, vertex: int) -> tuple[float, float]:
        """From where to where a vertex may be moved, with all others where they are."""
        row, apart = self._spaces[self._layers.layer_of[vertex]]
        place = self._place[vertex]
        least = self._x[row[place - 1]] + apart[place - 1] if place else self._metric.margin + self._left[vertex]
        most = self._x[row[place + 1]] - apart[place] if place + 1 < len(row) else math.inf
        return math.ceil(least), math.floor(most) if most < math.inf else most

    def _align(self) -> None:
        """Move nodes by a little to stand right below the one node that leads to them."""
        leading = defaultdict[int, set[int]](set)
        for link, chain in zip(self._layers.links, self._layers.chains, strict=True):
            if not link.is_beside:
                leading[chain[-1]].add(chain[0])
        for row in self._layers.rows:
            for vertex in row:
                if len(leading[vertex]) == 1:
                    x = self._x[min(leading[vertex])]
                    least, most = self._room(vertex)
                    if abs(x - self._x[vertex]) <= self._metric.lane / 2 and least <= x <= most:
                        self._x[vertex] = x

    def _push(self, chain: Sequence[int]) -> None:
        """Move the vertices of a line below one another by pushing lines aside that stand right of them, if only lines do."""
        x = max(self._room(vertex)[0] for vertex in chain)
        pushed = {}
        for vertex in chain:
            row, spaces = self._spaces[self._layers.layer_of[vertex]]
            place, least = self._place[vertex], x
            for one, apart in zip(row[place:], (*spaces[place:], 0.0), strict=True):
                if one < len(self._texts) and self._x[one] < least:
                    return
                pushed[one] = max(least, self._x[one]) if one != vertex else x
                least = pushed[one] + apart
        for vertex, to in pushed.items():
            self._x[vertex] = to

    def _straighten(self, chain: Sequence[int], wanted: float | None) -> None:
        """Move the vertices of a line below one another, as many in a row as have room for it."""
        place = 0
        while place < len(chain):
            least, most = self._room(chain[place])
            end = place + 1
            while end < len(chain):
                left, right = self._room(chain[end])
                if max(least, left) > min(most, right):
                    break
                least, most, end = max(least, left), min(most, right), end + 1
            middle = sorted(self._x[vertex] for vertex in chain[place:end])[(end - place) // 2]
            middle = middle if wanted is None else wanted
            for vertex in chain[place:end]:
                self._x[vertex] = min(max(middle, least), most)
            place = end

    def _strands(self, boxes: Sequence[Box]) -> tuple[Strand, ...]:
        ends = self._ends(boxes)
        strands = []
        for number, (link, chain) in enumerate(zip(self._layers.links, self._layers.chains, strict=True)):
            xs = tuple(round(self._x[vertex]) for vertex in chain[1:-1])
            first = self._layers.layer_of[chain[1]]
            begin, end = (
                (self._ports.at[number, True], self._ports.at[number, False])
                if link.is_beside
                else (ends[number, True], ends[number, False])
            )
            strands.append(Strand(link, chain[0], chain[-1], first, xs, begin, end, self._label_at.get(number)))
        return tuple(strands)

    def _ends(self, boxes: Sequence[Box]) -> dict[tuple[int, bool], int]:
        """Where lines end at the lower and the upper sides of boxes: near to where they come from, and apart."""
        ending = defaultdict[tuple[int, bool], list[tuple[float, int]]](list)
        for number, chain in enumerate(self._layers.chains):
            if not self._layers.links[number].is_beside:
                ending[chain[0], True].append((self._x[chain[1]], number))
                ending[chain[-1], False].append((self._x[chain[-2]], number))
        ends = {}
        for (vertex, is_upper), lines in ending.items():
            box = boxes[vertex]
            for number, x in ports(box.x, box.width, sorted(lines), self._metric.port):
                ends[number, is_upper] = x
        return ends
