"""Findings on paper: text with a caret, JSON, GitHub annotations, SARIF. This module is the four formats."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import click

from atthene_emulator import __version__
from atthene_emulator.cli.output import json_text
from atthene_emulator.configuration.catalogue import CATALOGUE
from atthene_emulator.configuration.document import Mark
from atthene_emulator.configuration.findings import Finding, errors, is_below_secret
from atthene_emulator.evidence.pages import page_of
from atthene_emulator.secrecy import mask_text, redact_sentence
from atthene_emulator.wording import counted, printable

_COLOURS = {"error": "red", "warning": "yellow"}
_TOKEN = re.compile(r"""'(?:[^']|'')*'|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,{}\[\]]+""")

_CONTINUED = re.compile(r"\n(?=   )")  # as the service writes some messages
_BREAK = re.compile(r"([\r\n]+)")
_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Checked:
    """One file that was checked; `kind` is configuration or seed, `text` is what it holds."""

    path: str
    kind: str
    text: str
    findings: tuple[Finding, ...]

    def without_secrets(self) -> "Checked":
        """The same, whose findings quote no secrets."""
        findings = (
            one._replace(message=redact_sentence(one.message), note=redact_sentence(one.note)) for one in self.findings
        )
        return replace(self, findings=tuple(findings))


def text(files: Sequence[Checked]) -> str:
    """For people: each finding with its line and a caret, like a good compiler."""
    blocks = [_block(file, finding) for file in files for finding in file.findings]
    return "\n".join([*blocks, _summary(files)])


def _block(file: Checked, finding: Finding) -> str:
    head = click.style(f"{finding.severity}[{finding.code}]", fg=_COLOURS[finding.severity], bold=True)
    message = "\n".join(map(printable, _CONTINUED.split(finding.message)))
    lines = [f"{head}: {message}"]
    path, field = printable(file.path), printable(finding.field)
    if finding.mark is None:
        return "\n".join([*lines, f"  --> {path}  {field}", ""])
    margin = " " * len(str(finding.mark.line))
    lines.append(f"{margin}--> {path}:{finding.mark.line}:{finding.mark.column}  {field}")
    if finding.path or finding.code.startswith("Y"):  # of what is no document at all, nothing is shown
        lines += _excerpt(file.text, finding, finding.mark, margin)
    return "\n".join([*lines, f"{margin} = {printable(finding.note)}\n" if finding.note else ""])


def _excerpt(text: str, finding: Finding, mark: Mark, margin: str) -> Iterator[str]:
    """The line of a finding, with a caret below its place."""
    column, lines = mark.column - 1, text.removeprefix("\ufeff").split("\n")
    source = lines[mark.line - 1].rstrip("\r").replace("\t", " ") if mark.line <= len(lines) else ""
    token = _TOKEN.match(source, column)
    width = len(token[0].rstrip(":")) if token else 1
    source = mask_text(source)
    if is_below_secret(finding.path) and not finding.at_key:
        source = source[:column] + "*" * len(source[column:])
    shift = max(0, column + 1 - _WIDTH // 2) if len(source) > _WIDTH else 0
    end = min(column + width, shift + _WIDTH)
    before, marked, after = (
        printable(part) for part in (source[shift:column], source[column:end], source[end : shift + _WIDTH])
    )
    caret = click.style("^" * (len(marked) or 1), fg=_COLOURS[finding.severity], bold=True)
    yield f"{margin} |"
    yield f"{mark.line} | {before}{marked}{after}"
    yield f"{margin} | {' ' * len(before)}{caret}"


def _summary(files: Sequence[Checked]) -> str:
    wrong, warnings = _counts(files)
    if not wrong and not warnings:
        return f"{counted(len(files), 'file')} checked, nothing found."
    first = next(finding.code for file in files for finding in file.findings)
    hint = f" `atthene-emulator explain {first}` says more."
    return f"{counted(wrong, 'error')}, {counted(warnings, 'warning')} in {counted(len(files), 'file')}.{hint}"


def _counts(files: Sequence[Checked]) -> tuple[int, int]:
    findings = [finding for file in files for finding in file.findings]
    wrong = len(errors(findings))
    return wrong, len(findings) - wrong


def as_json(files: Sequence[Checked]) -> str:
    """For programs."""
    wrong, warnings = _counts(files)
    shown = [
        {"path": file.path, "kind": file.kind, "findings": [_plain(finding) for finding in file.findings]}
        for file in files
    ]
    return json_text({"errors": wrong, "warnings": warnings, "files": shown})


def _plain(finding: Finding) -> Mapping[str, Any]:
    evidence = CATALOGUE[finding.code].evidence if finding.code in CATALOGUE else None
    return {
        "code": finding.code,
        "severity": finding.severity,
        "field": finding.field,
        "message": finding.message,
        "note": finding.note or None,
        "line": finding.mark.line if finding.mark else None,
        "column": finding.mark.column if finding.mark else None,
        "evidence": {"level": evidence.level, "source": evidence.source} if evidence else None,
    }


def github(files: Sequence[Checked]) -> str:
    """Workflow commands that become annotations of a pull request."""
    lines = []
    for file in files:
        for finding in file.findings:
            place = f",line={finding.mark.line},col={finding.mark.column}" if finding.mark else ""
            title = _escaped(f"{finding.code} {finding.field}", ":,")
            lines.append(
                f"::{finding.severity} file={_escaped(file.path, ':,')}{place},title={title}::{_escaped(finding.message)}"
            )
    return "\n".join(lines)


def _escaped(value: str, more: str = "") -> str:
    value = "".join(part if _BREAK.fullmatch(part) else printable(part) for part in _BREAK.split(value))
    for character in "%\r\n" + more:
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def sarif(files: Sequence[Checked]) -> str:
    """SARIF 2.1.0, for code scanning."""
    used = sorted({finding.code for file in files for finding in file.findings})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CATALOGUE[code].title if code in CATALOGUE else code},
            "fullDescription": {"text": CATALOGUE[code].why if code in CATALOGUE else code},
            "help": {"text": page_of("findings", code) if code in CATALOGUE else code},
            "defaultConfiguration": {"level": CATALOGUE[code].severity if code in CATALOGUE else "error"},
        }
        for code in used
    ]
    results = [_result(file, finding, used) for file in files for finding in file.findings]
    driver = {"name": "atthene-emulator", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json_text(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        }
    )


def _result(file: Checked, finding: Finding, rules: Sequence[str]) -> Mapping[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(file.path.replace("\\", "/"))}}
    if finding.mark:
        location["region"] = {"startLine": finding.mark.line, "startColumn": finding.mark.column}
    return {
        "ruleId": finding.code,
        "ruleIndex": rules.index(finding.code),
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location, "logicalLocations": [{"fullyQualifiedName": finding.field}]}],
    }


FORMATS: Mapping[str, Callable[[Sequence[Checked]], str]] = {
    "text": text,
    "json": as_json,
    "github": github,
    "sarif": sarif,
}
