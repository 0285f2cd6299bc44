"""Texts and tables cut into chunks, as a strategy says. This module is those cuts: each takes time as the text is long.

Sizes are counted in units, which are words or characters. A chunk is text as it stood, from the first of its units to the last.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from atthene_emulator.knowledge.documents import extension_of
from atthene_emulator.knowledge.rows import batches, table
from atthene_emulator.knowledge.strategy import Cutting, Strategy

_WORD = re.compile(r"\S+")
_NO_MARKS, _NO_LEVELS = bytearray(), range(0)
Span = tuple[int, int]  # of units


class Units(NamedTuple):
    """Where the units of a text begin and end."""

    starts: Sequence[int]
    stops: Sequence[int]


def chunks(name: str, text: str, strategy: Strategy) -> Iterator[str]:
    """The chunks of a file's text, in order; none is blank.

    Tables are cut by rows where the strategy says how: files that are CSV, or JSON with a list of objects.

    Args:
        name: of the file.
        text: what was read of it.
        strategy: one whose overlap is below its size; else each chunk moves on by one unit.
    """
    rows, kind = strategy.rows, extension_of(name)
    if rows is not None:
        found = table(kind, text)
        if found is not None:
            if not rows.as_file:
                return batches(found, rows)
            text = "\n".join(batches(found, rows._replace(batch=max(1, len(found.rows)))))
    return cut(text, strategy.cutting)


def cut(text: str, cutting: Cutting) -> Iterator[str]:
    """The chunks of a text, in order; none is blank."""
    starts, stops = units = _units(text, by_words=cutting.by_words)
    marks = _marks(text, units, cutting) if cutting.kind == "recursive" else _NO_MARKS
    levels = range(1, len(cutting.separators) + 1) if marks else _NO_LEVELS
    overlap = min(cutting.overlap, cutting.sizes[-1] - 1)
    for block in _blocks((0, len(starts)), cutting.sizes[:-1]) if len(starts) else ():
        for first, behind in _spans(block, cutting.sizes[-1], overlap, marks, levels):
            chunk = text[starts[first] : stops[behind - 1]].strip()
            if chunk:
                yield chunk


def _blocks(whole: Span, sizes: Sequence[int]) -> Iterator[Span]:
    """Blocks in blocks in blocks: the smallest ones, which chunks are cut from."""
    if not sizes:
        yield whole
        return
    for outer in _spans(whole, sizes[0], 0):
        yield from _blocks(outer, sizes[1:])


def _units(text: str, *, by_words: bool) -> Units:
    if not by_words:
        return Units(range(len(text)), range(1, len(text) + 1))
    from array import array  # noqa: PLC0415  # only where something is cut

    starts, stops = array("Q"), array("Q")
    for word in _WORD.finditer(text):
        starts.append(word.start())
        stops.append(word.end())
    return Units(starts, stops)


def _marks(text: str, units: Units, cutting: Cutting) -> bytearray:
    """For each unit the number of the strongest separator that ends before it, from 1; 0 for none."""
    starts, stops = units
    marks = bytearray(len(starts) + 1)
    for level, separator in reversed([*enumerate(cutting.separators, 1)]):
        if cutting.by_words and separator == " ":  # which is between all words
            continue
        at = text.find(separator)
        while at >= 0:
            end = at + len(separator)
            unit = bisect_left(starts, end) if cutting.by_words else end
            if unit and stops[unit - 1] <= end:
                marks[unit] = level
            at = text.find(separator, end)
    return marks


def _spans(
    block: Span, size: int, overlap: int, marks: bytearray = _NO_MARKS, levels: range = _NO_LEVELS
) -> Iterator[Span]:
    """Cut a span of units into ones of at most a size, each but the first beginning with the last units of the one before."""
    start, end = block
    while start + size < end:
        behind = start + size
        for level in levels:
            at = marks.rfind(level, start + overlap + 1, start + size + 1)
            if at >= 0:
                behind = at
                break
        yield start, behind
        start = behind - overlap
    yield start, end
