"""Names by number for what has none of its own, such as `fault-3`. This module is how they are chosen."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any


def free_numbers(
    entries: Sequence[Mapping[str, Any]], key: str, kind: str, first: int, taken: Iterable[str] = ()
) -> list[int]:
    """A number for each entry, its place or a later one, such that nothing is called `fault-3` or the like by it.

    Args:
        entries: in their order.
        key: under which an entry may give a name of its own, which needs no number.
        kind: what the names by number begin with.
        first: the place of the first entry.
        taken: names of others.
    """
    known = {*taken, *(entry[key] for entry in entries if key in entry)}
    numbers = []
    for place, entry in enumerate(entries, first):
        number = place if key in entry else next(free for free in count(place) if f"{kind}-{free}" not in known)
        known.add(f"{kind}-{number}")
        numbers.append(number)
    return numbers
