"""Escaped surrogate pairs in YAML, as JSON writes what is beyond 16 bits. This module is how they are read.

JSON text is YAML, but for these: the library refuses each half. So each is a stand-in of the same length while the text is
parsed, and is put back into the scalar in which it stands.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import yaml

from atthene_emulator.configuration.document import Mark, Unreadable, check_encodable

_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_NUMBER = re.compile(r"(?=([e-fE-F][0-9a-fA-F]{3}))")
_PRIVATE = range(0xE000, 0xF900)  # characters that mean nothing by themselves


def has_surrogates(text: str) -> bool:
    """Whether a text may hold escaped halves of surrogate pairs."""
    return "\\ud" in text or "\\uD" in text


def parse_surrogates(text: str, loader: Any) -> Iterator[Any]:
    """The events of a text, whose scalars have the characters that escaped pairs stand for.

    Raises:
        yaml.YAMLError: as the parser itself.
        Unreadable: Y107, a half stands alone.
    """
    code = _unused(text)
    places, halves = [half.start() for half in _HALF.finditer(text)], _HALF.findall(text)
    stand_in = re.compile(rf"\\u{code:04x}|{chr(code)}")
    for event in yaml.parse(_HALF.sub(rf"\\u{code:04x}", text), Loader=loader):
        if isinstance(event, yaml.ScalarEvent):
            start, end = (bisect_left(places, mark.index) for mark in (event.start_mark, event.end_mark))  # type: ignore[union-attr]  # it has both
            event.value = _put_back(event.value, stand_in, halves[start:end])
            check_encodable(event.value, Mark(event.start_mark.line + 1, event.start_mark.column + 1))  # type: ignore[union-attr]
        yield event


def _unused(text: str) -> int:
    """A private character that a text has neither itself nor by its number."""
    used = {int(number, 16) for number in _NUMBER.findall(text)}.union(map(ord, set(text)))
    free = next((one for one in _PRIVATE if one not in used), None)
    if free is None:
        raise Unreadable("Y107", "The text has every private character; write whole characters in place of halves.")
    return free


def _put_back(value: str, stand_in: re.Pattern[str], halves: list[str]) -> str:
    """A scalar's value with its halves in their order: as characters, or as the letters where they were no escapes."""
    own = iter(halves)
    text = stand_in.sub(lambda found: _half(next(own), is_letters=len(found[0]) > 1), value)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _half(escape: str, *, is_letters: bool) -> str:
    return escape if is_letters else chr(int(escape[2:], base=16))  # noqa: FURB166  # it begins with a backslash
