"""What to write where YAML takes a text for something else: the same in quotes. This module is that remedy."""

import re
from typing import NamedTuple

from atthene_emulator.configuration.document import Mark, brief
from atthene_emulator.secrecy import redact_text

_LONGEST, _MOST = 150, 1000  # characters of a line that is repeated, and that is looked at
_LINE = re.compile(
    r"""(\s*(?:-\ +)*(?:(?:[\w.$-]+|"[^"]*"|'[^']*')\s*:\ +|-\ +))(\S.*?)\s*(?:\s\#(?!\S).*)?""", re.VERBOSE
)  # #1 was hardly meant as a comment, so it stays
_WITHOUT_SPACE = re.compile(r"\s*(?:- +)*([A-Za-z_][\w.$-]*):([^\s:/].*?)\s*")
_ITSELF = "it in quotes"
_TEMPLATE = re.compile(r"\{\{.*?\}\}")
_TAG = re.compile(r"!!|![^\s]*\s+[\[{]")  # what is meant as a tag
_BEGINNINGS = frozenset("@%`*&!,]}?>|-")  # of values that mean something else than text
_OF_TOKENS = frozenset("@%`")  # what nothing can begin with, wherever it stands


class Spaced(NamedTuple):
    """A line with the space that it lacks after its colon, and where it begins."""

    written: str
    mark: Mark


class Remedy(NamedTuple):
    """Why a text must stand in quotes, and how it is written then."""

    why: str
    written: str

    def __str__(self) -> str:
        return f"{self.why}; write {self.written}."


def remedy(text: str, mark: Mark | None) -> Remedy | None:
    """What to write in place of the text at a mark, unless it is a secret; None where quotes would not help."""
    if mark is None:
        return None
    lines = text.split("\n", mark.line)
    line = (lines[mark.line - 1] if mark.line <= len(lines) else "")[:_MOST]
    found = _remedy(line, mark.column - 1)
    return found if found is None or redact_text(line) == line else found._replace(written=_ITSELF)


def _remedy(line: str, column: int) -> Remedy | None:
    whole = _LINE.fullmatch(line)
    if whole is not None:
        head, value = whole.groups()
        why = _why(value, column - len(head))
        if why is not None:
            return Remedy(why, _in_quotes(value, head.strip()))
    for template in _TEMPLATE.finditer(line):
        if template.start() <= column <= template.end():
            return Remedy("A text that begins with {{ must stand in quotes", _in_quotes(template[0]))
    if line[column : column + 1] in _OF_TOKENS and line[column:]:
        word = re.split(r"[,\]}]|\s#(?!\S)|:(?!\S)", line[column:])[0].strip()
        return Remedy(f"A text that begins with {word[0]} must stand in quotes", _in_quotes(word))
    return None


def with_space(text: str, mark: Mark) -> Spaced | None:
    """What to write for a line that lacks the space after its colon: that of a mark, or the one above it."""
    lines = text.split("\n", mark.line)[: mark.line]
    for number in range(len(lines), max(0, len(lines) - 2), -1):
        found = _WITHOUT_SPACE.fullmatch(lines[number - 1][:_MOST])
        if found is not None:
            written = redact_text(f"{found[1]}: {found[2]}")
            written = written if len(written) <= _LONGEST else f"{brief(found[1])}: …"
            return Spaced(written, Mark(number, found.start(1) + 1))
    return None


def _why(value: str, place: int) -> str | None:
    """Why a value must be quoted of which YAML stumbles over the character at a place; None if it is not for quotes."""
    before = value[: max(0, place)].rstrip()
    first = value[:2] if value.startswith(("{{", "{%")) else value[:1]
    if _TAG.match(value):
        return None
    if len(first) > 1 or first in _BEGINNINGS or (first in "[{" and before.endswith(("]", "}"))):
        return f"A text that begins with {first} must stand in quotes"
    if first in "\"'":
        return "The quotes end before the text does"
    if first not in "[{" and ": " in value:
        return "A text with a colon and a space in it must stand in quotes"
    return None


def _in_quotes(value: str, head: str = "") -> str:
    if value[0] in "\"'" and value[-1] == value[0] and len(value) > 1:
        value = value[1:-1]
    quoted = f'"{value}"' if '"' not in value and "\\" not in value else "'" + value.replace("'", "''") + "'"
    line = f"{head} {quoted}" if head else quoted
    return line if len(line) <= _LONGEST else _ITSELF
