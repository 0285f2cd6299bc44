"""What validation says: findings with a code, a place and a remedy. This module is their shape and their order."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.document import Document, Mark, Path, Unreadable, brief, dotted
from atthene_emulator.errors import Problem
from atthene_emulator.secrecy import REDACTED, is_secret, redact_sentence, redact_text
from atthene_emulator.wording import shown

Severity = Literal["error", "warning"]
_VALUES = (["key"], ["value"], ["default"])
_KINDS = {str: "text", bool: "true or false", type(None): "null", list: "a list", dict: "a mapping"}

_SWALLOWED = r"\s*([#&])\S"
_SIGNS = {"#": "a comment", "&": "an anchor"}


def is_below_secret(path: Path) -> bool:
    """Whether a path leads to a secret: by its last name, or by any if that says only that it is a value."""
    names = [step for step in path if isinstance(step, str)]
    return any(map(is_secret, names if names[-1:] in _VALUES else names[-1:]))


def shown_at(path: Path, value: Any) -> str:
    """A value for a sentence: a secret is not shown, nor is what stands in place of a whole document, which may be anything."""
    if value is not None and not isinstance(value, dict | list | bool) and is_below_secret(path):
        return REDACTED
    return redact_text(shown(value)) if path else _KINDS.get(type(value), "a number")


class Finding(NamedTuple):
    """One result of validation.

    Attributes:
        code: stable name of the rule; `explain` tells more.
        path: the part of the document that is meant.
        message: what is wrong and how to mend it.
        severity: errors make a document invalid, warnings never do.
        at_key: the finding is about the key rather than its value.
        mark: where that part stands in the text, if known.
        note: more for people; it never goes on the wire.
    """

    code: str
    path: Path
    message: str
    severity: Severity = "error"
    at_key: bool = False
    mark: Mark | None = None
    note: str = ""

    @property
    def explained(self) -> str:
        """The message, and what there is to say to people besides."""
        return f"{self.message} ({self.note})" if self.note else self.message

    @property
    def field(self) -> str:
        """The dotted path; `body` for the document as a whole."""
        return dotted(self.path) or "body"

    def below(self, *path: str | int) -> "Finding":
        """The same finding of a document that stands inside another."""
        return self._replace(path=(*path, *self.path))

    def problem(self) -> Problem:
        """What the wire shows."""
        return Problem(brief(self.field, 300), brief(redact_sentence(self.message), 600))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that make a document invalid."""
    return tuple(finding for finding in findings if finding.severity == "error")


def from_unreadable(error: Unreadable) -> Finding:
    """The one finding of a text that is not a document."""
    return Finding(error.code, error.path, error.message, mark=error.mark)


def located(findings: Sequence[Finding], document: Document) -> tuple[Finding, ...]:
    """The findings with their places; what is missing is placed at what should hold it."""
    paths = {finding.path[:length] for finding in findings for length in range(len(finding.path) + 1)}
    places = document.locate(paths)

    def mark(finding: Finding) -> Mark | None:
        for length in range(len(finding.path), -1, -1):
            place = places.get(finding.path[:length])
            if place is not None:
                wants_key = finding.at_key or length < len(finding.path)
                return place.key if wants_key and place.key is not None else place.value
        return None

    placed = (finding._replace(mark=finding.mark or mark(finding)) for finding in findings)
    return tuple(one._replace(note=one.note or _swallowed(one, document)) for one in placed)


def _swallowed(finding: Finding, document: Document) -> str:
    """Why a value that its author sees in YAML is none: it begins a comment, or names an anchor."""
    if finding.code != "F102" or finding.mark is None or not _is_null(document.value, finding.path):
        return ""
    lines = document.text.split("\n", finding.mark.line)
    line = lines[finding.mark.line - 1] if finding.mark.line <= len(lines) else ""  # YAML knows more ends of lines
    found = re.compile(_SWALLOWED).match(line, finding.mark.column - 1)
    return f"what begins with {found[1]} is {_SIGNS[found[1]]}; quote it to mean the text" if found else ""


def _is_null(value: Any, path: Path) -> bool:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):  # what is missing, or stands elsewhere
            return False
    return value is None


def codes(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Their codes in order, each once."""
    return tuple(dict.fromkeys(finding.code for finding in findings))
