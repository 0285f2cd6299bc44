"""Lines between two rows of a terminal, which go aside in tracks of their own. This module is who gets which track."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Segment(NamedTuple):
    """A line comes from above in one column and goes on below in another."""

    above: int
    below: int


def tracks(segments: Sequence[Segment]) -> dict[Segment, int]:
    """The track of each segment that goes aside, from 0, the upper one.

    Those with a column in common share a track. Others whose ways would touch get different ones, and one that begins where
    another ends has a track above it, unless they only change their places.
    """
    aside = sorted({one for one in segments if one.above != one.below})
    above, below = Counter(one.above for one in aside), Counter(one.below for one in aside)
    bundles: dict[tuple[str, int], list[Segment]] = {}
    for one in aside:
        is_fan = above[one.above] >= below[one.below]
        bundles.setdefault(("from", one.above) if is_fan else ("to", one.below), []).append(one)
    found: dict[Segment, int] = {}
    taken: list[tuple[int, int, int]] = []  # track, and from where to where
    for bundle in _in_order(list(bundles.values())):
        left, right = min(map(min, bundle)), max(map(max, bundle))
        ends = {one.below for one in bundle}
        least = 1 + max((found[one] for one in found if one.above in ends), default=-1)
        blocked = {track for track, start, end in taken if start <= right and left <= end}
        track = next(number for number in range(least, least + len(blocked) + 1) if number not in blocked)
        taken.append((track, left, right))
        found.update(dict.fromkeys(bundle, track))
    return found


def _in_order(bundles: list[list[Segment]]) -> list[list[Segment]]:
    """Bundles whose columns above are ends of others come before those."""
    ordered: list[list[Segment]] = []
    waiting = list(bundles)
    while waiting:
        free = next((one for one in waiting if not _waits(one, waiting)), waiting[0])
        waiting.remove(free)
        ordered.append(free)
    return ordered


def _waits(bundle: Sequence[Segment], others: Sequence[Sequence[Segment]]) -> bool:
    ends = {one.below for one in bundle}
    return any(other is not bundle and ends.intersection(one.above for one in other) for other in others)
