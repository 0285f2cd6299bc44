"""What has an address of its own in the reference: `findings.md#f121`, `decisions.md#d56`, `errors.md#noroom`.

This module is those entries. The address is the code, or the name of the class, in small letters.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from atthene_emulator.configuration.catalogue import CATALOGUE, Explanation
from atthene_emulator.errors import ApiError, FlatError, kinds
from atthene_emulator.errors import refusals as every_refusal
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.levels import Evidence
from docs.markdown import block, table

_DECISION = re.compile(r"\b[DK]\d\d\d?b?\b")
_LINES, _WIDTH = 30, 160  # of an example that is shown


_OF_DECISIONS = {"D": "The API, sessions and the socket", "K": "Configurations and executions"}
_OF_FINDINGS = {
    "Y": "Reading YAML and JSON",
    "F": "Form and keys",
    "M": "Models",
    "T": "Types",
    "V": "Variables and templates",
    "G": "Graphs",
    "S": "Supervisors",
    "B": "Knowledge bases",
    "R": "Requests",
}


def decisions() -> str:
    """Every decision with its reason."""
    shown = ((one.id, f"### {one.id}\n\n{one.what}. Why: {one.why}.\n") for one in DECISIONS)
    return _grouped(shown, _OF_DECISIONS)


def _grouped(entries: Iterable[tuple[str, str]], titles: Mapping[str, str]) -> str:
    """Entries below the titles that their codes begin with."""
    by_letter = groupby(entries, lambda entry: entry[0][0])
    return "\n".join(
        f"## {titles[letter]}\n\n" + "\n".join(text for _, text in several) for letter, several in by_letter
    )


def findings() -> str:
    """Every finding with its example; those with long examples show none."""
    return _grouped(((code, _finding(one)) for code, one in CATALOGUE.items()), _OF_FINDINGS)


def _finding(one: Explanation) -> str:
    said = f"### {one.code}\n\n**{one.severity}: {one.title}.** {one.why}\n\nEvidence: {shown(one.evidence)}.\n"
    lines = [*one.example.splitlines(), *one.mended.splitlines()]
    if len(lines) > 2 * _LINES or any(len(line) > _WIDTH for line in lines):
        return f"{said}\n`atthene-emulator explain {one.code}` shows an example.\n"
    example, mended = (block(one.media, text) for text in (one.example, one.mended))
    return f"{said}\n{example}\nMended:\n\n{mended}"


def errors() -> str:
    """Every error of the imitated API, by its type."""
    rows = sorted(kinds(), key=lambda kind: (kind.type, kind.status))
    return "\n".join(f"### {name}\n\n{_table(several)}" for name, several in groupby(rows, lambda kind: kind.heading()))


def _table(several: Iterator[type[ApiError]]) -> str:
    rows = (
        (
            str(kind.status),
            kind.usual and f"`{kind.usual}`",
            "flat" if issubclass(kind, FlatError) else "",
            kind.summary(),
            shown(kind.evidence),
        )
        for kind in several
    )
    return table(("status", "message", "body", "when", "evidence"), *rows)


def refusals() -> str:
    """Everything that the emulator itself refuses."""
    return "\n".join(f"### {kind.heading()}\n\n{kind.status}. {kind.summary()}\n" for kind in every_refusal())


def shown(evidence: Evidence) -> str:
    """Evidence in a cell or a sentence of a page of the reference."""
    return linked(f"{evidence.level}: {evidence.source}")


def linked(text: str) -> str:
    """A text of a page of the reference, with links from ids of decisions to the decisions."""
    return _DECISION.sub(lambda found: f"[{found[0]}](decisions.md#{found[0].lower()})", text)
