"""`atthene-emulator explain`: what a finding, a decision or an error means. This module is that command."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from atthene_emulator.errors import ApiError, EmulatorRefusal, SetupError, kinds, refusals

if TYPE_CHECKING:
    from atthene_emulator.configuration.catalogue import Explanation
    from atthene_emulator.evidence.decisions import Decision

_WIDTH, _HALF = 160, 15  # characters of a line, and lines at the beginning and at the end that are shown


@click.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what a finding, a decision or an error means, and why.

    \b
    Examples:
      atthene-emulator explain G104
      atthene-emulator explain K17
      atthene-emulator explain rate_limit_error
      atthene-emulator explain NoRoom
    """
    from atthene_emulator.configuration.catalogue import CATALOGUE, RENAMED  # noqa: PLC0415
    from atthene_emulator.evidence.decisions import DECISIONS  # noqa: PLC0415
    from atthene_emulator.evidence.pages import page_of  # noqa: PLC0415
    from atthene_emulator.wording import did_you_mean  # noqa: PLC0415

    code = RENAMED.get(code.upper(), code)
    told: dict[str, tuple[str, str, Callable[[], str]]] = {}
    for entry in CATALOGUE.values():
        told[entry.code.lower()] = "findings", entry.code, partial(_of_finding, entry)
    for decision in DECISIONS:
        told[decision.id.lower()] = "decisions", decision.id, partial(_of_decision, decision)
    for heading, several in _errors().items():
        told[heading.lower()] = "errors", heading, partial(_of_errors, heading, several)
    found = told.get(code.lower()) or told.get(f"{code[:1]}{code[1:]:0>2}".lower())  # D4 is D04
    if found is None:
        end = "; `atthene-emulator validate --list` names every finding, docs/reference every decision and error."
        known = [name for _, name, _ in told.values()]
        raise SetupError(f"There is no finding, decision or error {code}{did_you_mean(code, known, end)}")
    page, name, text = found
    click.echo(f"{text()}\n\nPage: {page_of(page, name)}")


def _errors() -> dict[str, list[type[ApiError]]]:
    by_heading: dict[str, list[type[ApiError]]] = {}
    for kind in (*kinds(), *refusals()):
        by_heading.setdefault(kind.heading(), []).append(kind)
    return by_heading


def _of_decision(decision: "Decision") -> str:
    return f"{decision.id}: {decision.what}.\n\nThe pages leave this open; it was decided because {decision.why}."


def _of_finding(entry: "Explanation") -> str:
    example, mended = (_excerpt(document) for document in (entry.example, entry.mended))
    return (
        f"{entry.code}: {entry.title} ({entry.severity})\n\n{entry.why}\n\n"
        f"Evidence: {entry.evidence.level}, {entry.evidence.source}\n\nFor example:\n\n{example}\n\nMended:\n\n{mended}"
    )


def _of_errors(heading: str, several: Sequence[type[ApiError]]) -> str:
    """What is answered under a heading; of what the emulator refuses by itself there is no page of the service."""
    lines = [f"{heading}:\n"]
    for kind in several:
        lines.append(f"{kind.status}  {kind.summary()}")
        if kind.usual:
            lines.append(f"     {kind.usual!r}")
        if not issubclass(kind, EmulatorRefusal):
            lines.append(f"     {kind.evidence.level}, {kind.evidence.source}")
    return "\n".join(lines)


def _excerpt(document: str) -> str:
    """The document, indented, each line and the whole bounded; documents that are nearly alike differ at their ends."""
    lines = [_cut(line) for line in document.encode(errors="replace").decode().splitlines()]
    shown = lines if len(lines) <= 2 * _HALF else [*lines[:_HALF], "…", *lines[-_HALF:]]
    return "\n".join(f"    {line}" for line in shown)


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
