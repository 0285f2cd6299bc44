"""How many bytes a value takes in memory, roughly. This module is that weight.

A text is weighed to the byte: with one character of another plane, each of them takes four. What values share is weighed with
each of them.
"""

from typing import Any

_CONTAINER, _ENTRY, _PLAIN = 64, 32, 32  # bytes


def weight(value: Any) -> int:
    """Bytes of plain JSON, or of the mappings and tuples that stand for it."""
    if isinstance(value, str):
        return value.__sizeof__()
    total, found = 0, [value]
    for one in found:  # which grows meanwhile
        if isinstance(one, str):
            total += one.__sizeof__()
        elif isinstance(one, (list, tuple)):
            total += _CONTAINER + _ENTRY * len(one)
            found += one
        elif hasattr(one, "items"):
            total += _CONTAINER + 2 * _ENTRY * len(one)
            found += one.keys()
            found += one.values()
        else:
            total += _PLAIN
    return total
