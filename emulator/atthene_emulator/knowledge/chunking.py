"""Texts and tables cut into chunks, as a strategy says. This module is those cuts: each takes time as the text is long.

Sizes are counted in units, which are words or characters. A chunk is text as it stood, from the first of its units to the last.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from atthene_emulator.knowledge.documents import extension_of
from atthene_emulator.knowledge.rows import batches, table
from atthene_emulator.knowledge.strategy import Cutting, Strategy
from atthene_emulator.limits import MARKS

_WORD = r"\S+"
Span = tuple[int, int]  # of units


class Words(NamedTuple):
    """Where the words of a text begin and end."""

    starts: Sequence[int]
    stops: Sequence[int]


class Marks(NamedTuple):
    """For each unit the number of the strongest separator that ends before it, 0 for none; `levels` are those numbers."""

    of_units: bytearray
    levels: range


_NO_MARKS = Marks(bytearray(), range(0))


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
    """The chunks of a text, in order; none is blank, and blanks around one do not count."""
    words = _words(text)
    if not words.starts:
        return iter(())
    return _by_words(text, words, cutting) if cutting.by_words else _by_characters(text, words, cutting)


def _by_words(text: str, words: Words, cutting: Cutting) -> Iterator[str]:
    starts, stops = words
    marks = _marks(text, cutting, words)
    *outer, size = cutting.sizes
    for block in _blocks((0, len(starts)), outer):
        for first, behind in _spans(block, size, min(cutting.overlap, size - 1), marks):
            yield text[starts[first] : stops[behind - 1]]


def _by_characters(text: str, words: Words, cutting: Cutting) -> Iterator[str]:
    """Each chunk begins with a character that is not blank, so that a gap is left behind in one step."""
    starts, stops = words
    marks = _marks(text, cutting)
    size, end = cutting.sizes[-1], stops[-1]
    overlap, start, behind = min(cutting.overlap, size - 1), 0, 0
    while behind < end:
        start = max(start, starts[bisect_right(stops, start)])
        behind = end if start + size >= end else _cut_at(start, size, overlap, marks)
        last = bisect_left(starts, behind) - 1
        yield text[start : min(behind, stops[last])]
        start = behind - overlap


def _blocks(whole: Span, sizes: Sequence[int]) -> Iterator[Span]:
    """Blocks in blocks in blocks: the smallest ones, which chunks are cut from."""
    if not sizes:
        yield whole
        return
    for outer in _spans(whole, sizes[0], 0):
        yield from _blocks(outer, sizes[1:])


def _words(text: str) -> Words:
    from array import array  # noqa: PLC0415  # only where something is cut

    starts, stops = array("I"), array("I")
    for word in re.finditer(_WORD, text):
        starts.append(word.start())
        stops.append(word.end())
    return Words(starts, stops)


def _marks(text: str, cutting: Cutting, words: Words | None = None) -> Marks:
    """Where the separators of recursive end, the strongest first, as far as there may be so many."""
    if cutting.kind != "recursive":
        return _NO_MARKS
    marks, left = bytearray((len(text) if words is None else len(words.starts)) + 1), MARKS.most
    for level, separator in enumerate(cutting.separators, 1):
        if words is not None and separator == " ":  # which is between all words
            continue
        at = text.find(separator)
        while at >= 0 and left:
            left -= 1
            end = at + len(separator)
            unit = end if words is None else bisect_left(words.starts, end)
            if not marks[unit] and unit and (words is None or words.stops[unit - 1] <= end):
                marks[unit] = level
            at = text.find(separator, end)
    return Marks(marks, range(1, len(cutting.separators) + 1))


def _spans(block: Span, size: int, overlap: int, marks: Marks = _NO_MARKS) -> Iterator[Span]:
    """Cut a span of units into ones of at most a size, each but the first beginning with the last units of the one before."""
    start, end = block
    while start + size < end:
        behind = _cut_at(start, size, overlap, marks)
        yield start, behind
        start = behind - overlap
    yield start, end


def _cut_at(start: int, size: int, overlap: int, marks: Marks) -> int:
    """The unit behind a span: at the last of the strongest marks in reach, else as far as its size goes."""
    for level in marks.levels:
        at = marks.of_units.rfind(level, start + overlap + 1, start + size + 1)
        if at >= 0:
            return at
    return start + size
