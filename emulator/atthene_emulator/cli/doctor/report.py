"""What `doctor` has found, for people and for programs. This module is that report."""

from dataclasses import asdict, dataclass, field
from typing import Any

import click

from atthene_emulator import __version__
from atthene_emulator.cli.output import json_text
from atthene_emulator.secrecy import redact_sentence
from atthene_emulator.wording import printable, printable_lines

_WRONG, _UNREACHABLE = 1, 3
_COLOURS = {"error": "red", "warning": "yellow"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that `doctor` has found.

    Attributes:
        severity: error, which makes the exit status 1, or warning.
        what: the part that it is about, such as proxy.
        message: a sentence.
        remedy: what to do; a command where there is one.
    """

    severity: str
    what: str
    message: str
    remedy: str


@dataclass
class Report:
    """What was found out.

    Attributes:
        url: where an emulator was looked for.
        emulator: what it says of itself, None if there is none.
    """

    url: str
    emulator: dict[str, Any] | None = None
    found: list[Trouble] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The exit status."""
        if self.emulator is None:
            return _UNREACHABLE
        return _WRONG if any(one.severity == "error" for one in self.found) else 0


def to_json(report: Report) -> str:
    """For programs."""
    shown = {
        "ok": report.status == 0,
        "url": redact_sentence(report.url),
        "installed": __version__,
        "emulator": report.emulator,
        "findings": [{name: redact_sentence(text) for name, text in asdict(one).items()} for one in report.found],
    }
    return json_text(shown)


def to_text(report: Report) -> str:
    """For people: each trouble with its remedy."""
    lines = [printable_lines(redact_sentence(_summary(report)))]
    for one in report.found:
        head = click.style(f"{one.severity}[{one.what}]", fg=_COLOURS[one.severity], bold=True)
        message, remedy = (printable(redact_sentence(text)) for text in (one.message, one.remedy))
        lines += ["", f"{head}: {message}", f"  remedy: {remedy}"]
    wrong = sum(one.severity == "error" for one in report.found)
    unusual = len(report.found) - wrong
    ending = f"{wrong} wrong, {unusual} unusual." if report.found else "Nothing is wrong."
    return "\n".join([*lines, "", ending])


def _summary(report: Report) -> str:
    running = report.emulator
    if running is None:
        return f"No emulator at {report.url}; version {__version__} is installed."
    if not running:
        return f"An emulator at {report.url}."
    version, contract, seconds = (running[name] for name in ("version", "contract", "uptime_seconds"))
    head = f"Emulator at {report.url}: version {version}, contract {contract}, up {seconds} s"
    lines = [f"{head}, namespaces {running['namespaces']}"]
    if "counts" in running:
        counts = ", ".join(f"{name} {count}" for name, count in running["counts"].items())
        lines.append(f"  {running['namespace']}: {counts}")
    return "\n".join(lines)
