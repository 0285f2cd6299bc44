"""`atthene-emulator explain`: what a finding or a decision means. This module is that command."""

import click

from atthene_emulator.errors import SetupError

_WIDTH, _HALF = 160, 15  # characters of a line, and lines at the beginning and at the end that are shown


@click.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what a finding or a decision means, and why.

    \b
    Examples:
      atthene-emulator explain G104
      atthene-emulator explain K17
    """
    from atthene_emulator.configuration.catalogue import CATALOGUE, RENAMED  # noqa: PLC0415
    from atthene_emulator.evidence.decisions import DECISIONS  # noqa: PLC0415
    from atthene_emulator.wording import did_you_mean  # noqa: PLC0415

    for decision in DECISIONS:
        if decision.id.upper() == code.upper():
            click.echo(
                f"{decision.id}: {decision.what}.\n\nThe pages leave this open; it was decided because {decision.why}."
            )
            return
    entry = CATALOGUE.get(RENAMED.get(code.upper(), code.upper()))
    if entry is None:
        known = (*CATALOGUE, *(decision.id for decision in DECISIONS))
        end = "; `atthene-emulator validate --list` names every finding, docs/reference/decisions.md every decision."
        raise SetupError(f"There is no finding and no decision {code}{did_you_mean(code, known, end)}")
    example, mended = (_excerpt(document) for document in (entry.example, entry.mended))
    click.echo(f"{entry.code}: {entry.title} ({entry.severity})\n")
    click.echo(f"{entry.why}\n")
    click.echo(f"Evidence: {entry.evidence.level}, {entry.evidence.source}\n")
    click.echo(f"For example:\n\n{example}\n\nMended:\n\n{mended}")


def _excerpt(document: str) -> str:
    """The document, indented, each line and the whole bounded; documents that are nearly alike differ at their ends."""
    lines = [_cut(line) for line in document.encode(errors="replace").decode().splitlines()]
    shown = lines if len(lines) <= 2 * _HALF else [*lines[:_HALF], "…", *lines[-_HALF:]]
    return "\n".join(f"    {line}" for line in shown)


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
