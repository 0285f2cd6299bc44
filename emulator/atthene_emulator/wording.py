"""Words for sentences that people read: values, choices, counts, and the name that was meant. This module is those words."""

import json
import re
from collections.abc import Sequence
from heapq import nlargest
from itertools import islice
from os.path import commonprefix
from typing import Any

_MOST_NAMES, _LONGEST, _COMPARED = 500, 40, 6


def shown(value: Any) -> str:
    """A value for a sentence: short, in one line."""
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004


def printable(text: str) -> str:
    """A text for people, in one line: what a terminal would obey is shown as escapes, and so is what GitHub and its kin would.

    Those are control characters, line breaks, marks that turn the direction of writing, and the beginnings of commands of
    workflows: `::` before everything else, and `##[` or `##name[` anywhere.
    """
    if not text.isprintable():
        text = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
    if ":" not in text and "##" not in text:
        return text
    bare = text.lstrip()
    if bare.startswith("::"):
        text = f"{text[: len(text) - len(bare)]}\\x3a{bare[1:]}"
    return re.sub(r"##(?=\w*\[)", r"#\\x23", text) if "##" in text else text


def printable_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(printable, text.split("\n")))


def either(options: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *rest, last = options
    return f"{', '.join(rest)} or {last}" if rest else last


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def unmet(script: str, condition: str, wanted: str, got: str) -> str:
    """`greeting, whose content wants "hello" and got "Hi"`: a script, and the condition for which it has not answered."""
    return f"{script}, whose {condition} wants {wanted} and got {got}"


def did_you_mean(word: str, known: Sequence[str], end: str = ".") -> str:
    """`; did you mean x?`, or `end` when nothing is near."""
    near = near_name(word, known, 0.6)
    return f"; did you mean {near}?" if near else end


def near_name(word: str, known: Sequence[str], cutoff: float) -> str | None:
    """The name that comes nearest, without regard to case.

    Comparing is quadratic in the length of names, so only the few that begin or end alike are compared, and long ones not
    at all: a hostile document has thousands of both.
    """
    lower = word.lower()
    candidates: dict[str, str] = {}
    for name in islice(known, _MOST_NAMES):
        if len(name) <= _LONGEST:
            candidates.setdefault(name.lower(), name)
    if len(word) > _LONGEST:
        return None
    alike = nlargest(_COMPARED, candidates, key=lambda name: _same_ends(lower, name))
    from difflib import SequenceMatcher  # noqa: PLC0415  # only who mistypes something needs it

    matcher = SequenceMatcher(b=lower)

    def likeness(name: str) -> float:
        matcher.set_seq1(name)
        return matcher.ratio()

    near = max(alike, key=likeness, default="")  # of equally near ones the first
    return candidates[near] if near and likeness(near) >= cutoff else None


def _same_ends(one: str, other: str) -> int:
    """How many characters two words share at their beginning and their end."""
    ends = ((one, other), (one[::-1], other[::-1]))
    return sum(len(commonprefix(pair)) for pair in ends)  # noqa: RUF071  # characters are what is meant
