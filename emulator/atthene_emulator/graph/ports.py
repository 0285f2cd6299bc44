"""Where lines end at boxes. This module is the order of those ends, below, above, and at the right side."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from atthene_emulator.graph.layers import Layers


class Ports(NamedTuple):
    """The ports at the right sides of boxes, from the top, from 1.

    Attributes:
        counts: how many each box has.
        at: by the number of a line, and whether its upper box is meant: which one it has.
    """

    counts: dict[int, int]
    at: dict[tuple[int, bool], int]


def ports_beside(layers: Layers) -> Ports:
    """Lines that lead up have the upper ports, the nearest the first; those that lead down the lower ones, the nearest the last.

    So none crosses another.
    """
    ups, downs, loops = (defaultdict[int, list[tuple[int, int]]](list) for _ in range(3))
    place = {vertex: number for row in layers.rows for number, vertex in enumerate(row)}
    for number, (link, chain) in enumerate(zip(layers.links, layers.chains, strict=True)):
        if link.is_beside and chain[0] == chain[-1]:
            loops[chain[0]].append((place[chain[1]], number))
        elif link.is_beside:
            downs[chain[0]].append((-place[chain[1]], number))
            ups[chain[-1]].append((place[chain[-2]], number))
    found = Ports({}, {})
    for box in {*ups, *downs, *loops}:
        in_order = [(number, False) for _, number in sorted(ups[box])]
        in_order += [(number, is_upper) for _, number in sorted(loops[box]) for is_upper in (True, False)]
        in_order += [(number, True) for _, number in sorted(downs[box])]
        found.counts[box] = len(in_order)
        found.at.update((key, port) for port, key in enumerate(in_order, 1))
    return found


def ports(middle: int, width: int, lines: Sequence[tuple[float, int]], apart: int) -> list[tuple[int, int]]:
    """The numbers of lines, and where they end at a box: side by side, or all in the middle where that would be too near.

    Args:
        middle: of the box.
        width: of the box.
        lines: where each comes from and its number, in order.
        apart: how far they are apart if there is room.
    """
    between = len(lines) - 1
    step = min(apart, (width - 2 * apart) / between) if between else 0
    if step < apart / 2:
        return [(number, middle) for _, number in lines]
    return [(number, round(middle + (place - between / 2) * step)) for place, (_, number) in enumerate(lines)]
