"""Findings on paper: text with a caret, JSON, GitHub annotations, SARIF. This module is the four formats."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import click

from atthene_emulator import __version__
from atthene_emulator.configuration.catalogue import CATALOGUE
from atthene_emulator.configuration.findings import Finding, errors
from atthene_emulator.wording import counted

_COLOURS = {"error": "red", "warning": "yellow"}
_TOKEN = re.compile(r"""'(?:[^']|'')*'|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,{}\[\]]+""")

_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Checked:
    """One file that was checked; `kind` is configuration or seed, `text` is what it holds."""

    path: str
    kind: str
    text: str
    findings: tuple[Finding, ...]


def text(files: Sequence[Checked]) -> str:
    """For people: each finding with its line and a caret, like a good compiler."""
    blocks = [_block(file, finding) for file in files for finding in file.findings]
    return "\n".join([*blocks, _summary(files)])


def _block(file: Checked, finding: Finding) -> str:
    head = click.style(f"{finding.severity}[{finding.code}]", fg=_COLOURS[finding.severity], bold=True)
    lines = [f"{head}: {finding.message}"]
    if finding.mark is None:
        return "\n".join([*lines, f"  --> {file.path}  {finding.field}", ""])
    number, column = finding.mark.line, finding.mark.column
    margin = " " * len(str(number))
    lines.append(f"{margin}--> {file.path}:{number}:{column}  {finding.field}")
    lines_of_file = file.text.split("\n")
    source = lines_of_file[number - 1].rstrip("\r") if number <= len(lines_of_file) else ""
    shift = max(0, column - _WIDTH // 2) if len(source) > _WIDTH else 0
    shown = source[shift : shift + _WIDTH].replace("\t", " ")
    token = _TOKEN.match(source, column - 1)
    width = min(len(token[0].rstrip(":")) if token else 1, _WIDTH - (column - 1 - shift)) or 1
    caret = click.style("^" * width, fg=_COLOURS[finding.severity], bold=True)
    lines += [f"{margin} |", f"{number} | {shown}", f"{margin} | {' ' * (column - 1 - shift)}{caret}"]
    return "\n".join([*lines, f"{margin} = {finding.note}\n" if finding.note else ""])


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
    return json.dumps({"errors": wrong, "warnings": warnings, "files": shown}, indent=2, ensure_ascii=False)


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
            "defaultConfiguration": {"level": CATALOGUE[code].severity if code in CATALOGUE else "error"},
        }
        for code in used
    ]
    results = [_result(file, finding, used) for file in files for finding in file.findings]
    driver = {"name": "atthene-emulator", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        },
        indent=2,
        ensure_ascii=False,
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
