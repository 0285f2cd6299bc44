"""Validation of a configuration: schema, then rules, then findings in order. This module is the order in which they run.

One pass gives all findings. What the schema found wrong is left out by the rules, so one mistake gives one finding.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from atthene_emulator.configuration.document import Path, brief
from atthene_emulator.configuration.findings import Finding, Severity
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.configuration.violations import misspelt
from atthene_emulator.limits import FINDINGS

_SCHEMA = Schema("configuration")
_BOUNDS = {"agents": 50, "edges": 100}  # K23: documented: known-issues@G3

_ELSEWHERE = {
    "system_config": "Send the configuration itself, as it stands below system_config.",
    "config": "Send the configuration itself, as it stands below config.",
    "agent_id": "A configuration has agents or agent_type; to start from an agent, POST to /sessions/from-agent/{agent_id}/.",
    "agent_key": "A configuration has agents or agent_type; to start from an agent, GET /sessions/from-agent/?agent_key=….",
}


def validate(value: Any, language: Language, unquoted: Collection[Path] = ()) -> tuple[Finding, ...]:
    """All findings of a document's value, without places: errors first, each kind in the order of the document.

    `unquoted` are keys `yes` and `no` that a document has without quotes.
    """
    too_large = [_too_large(name, most, value) for name, most in _BOUNDS.items() if _count(value, name) > most]
    if too_large:
        return tuple(too_large)
    if isinstance(value, dict) and "agents" not in value and "agent_type" not in value:
        return _without_form(value, language, unquoted)
    findings = list(_SCHEMA.check(value))
    if isinstance(value, dict):
        findings += _rules(value, language, unquoted, findings)
    return _in_order(findings, value, language) if findings else ()


def _without_form(value: dict[str, Any], language: Language, unquoted: Collection[Path]) -> tuple[Finding, ...]:
    """The findings of a document that is in neither form; if it has a misspelt one, all others as well."""
    for key, sentence in _ELSEWHERE.items():
        if key in value:
            return (Finding("F101", ("agents",), sentence),)
    sentence = "The document has neither agents (system form) nor agent_type (flat form)"
    for form in ("agents", "agent_type"):
        near = misspelt(form, value, _SCHEMA.document)
        if near:
            spelt = {form if key == near else key: item for key, item in value.items()}
            more = validate(spelt, language, [_renamed(path, near, form) for path in unquoted])
            others = [one._replace(path=_renamed(one.path, form, near)) for one in more]
            first = Finding("F101", ("agents",), f"{sentence}; is {near} a misspelling of one?")
            return (first, *others[: FINDINGS.most - 1])
    return (Finding("F101", ("agents",), f"{sentence}; add one of them."),)


def _renamed(path: Path, old: str, new: str) -> Path:
    return (new, *path[1:]) if path[:1] == (old,) else path


def _count(value: Any, name: str) -> int:
    entries = value.get(name) if isinstance(value, dict) else None
    return len(entries) if isinstance(entries, list) else 0


def _too_large(name: str, most: int, value: Any) -> Finding:
    count = _count(value, name)
    return Finding("F107", (name,), f"{name} has {count:,} entries; at most {most:,} are accepted.")


def _rules(
    value: dict[str, Any], language: Language, unquoted: Collection[Path], wrong: Iterable[Finding]
) -> list[Finding]:
    # Loaded with the first check: a server that starts from a bundled seed checks nothing.
    from atthene_emulator.configuration.draft import Draft  # noqa: PLC0415
    from atthene_emulator.configuration.keys import unknown_keys  # noqa: PLC0415
    from atthene_emulator.configuration.rules import HINTS, RULES  # noqa: PLC0415

    draft = Draft(value, unquoted)
    said = {finding.path for finding in wrong}
    keys = unknown_keys(_SCHEMA, value, said)
    found = [*(_bounded(keys, language) if language.strict else islice(keys, FINDINGS.most))]
    for rule in RULES:
        found += _bounded(rule(draft, language), language)
    for hint in HINTS:
        found += islice(hint(draft, language), FINDINGS.most)
    return [finding for finding in found if finding.path not in said]


def _bounded(findings: Iterable[Finding], language: Language) -> Iterator[Finding]:
    """As many of each severity as are shown: an error counts, however many warnings come before it."""
    room: dict[Severity, int] = {"error": FINDINGS.most, "warning": FINDINGS.most}
    for finding in findings:
        severity = _severity(finding, language)
        if room[severity]:
            room[severity] -= 1
            yield finding
        if not room["error"]:
            return


def _severity(finding: Finding, language: Language) -> Severity:
    from atthene_emulator.configuration.catalogue import CATALOGUE  # noqa: PLC0415

    return "error" if language.strict and finding.code == "F112" else CATALOGUE[finding.code].severity


def _in_order(findings: list[Finding], value: Any, language: Language) -> tuple[Finding, ...]:
    judged = []
    for finding in findings:
        severity = _severity(finding, language)
        message, note = brief(finding.message, 600), brief(finding.note, 600)
        judged.append(finding._replace(severity=severity, message=message, note=note))
    judged.sort(key=lambda finding: (finding.severity == "warning", _position(finding.path, value)))
    return tuple(judged[: FINDINGS.most])


def _position(path: Path, value: Any) -> list[int]:
    """Where a path comes in the order of the document; what is missing comes last in its mapping."""
    position = []
    for step in path:
        if isinstance(value, dict):
            position.append(list(value).index(step) if step in value else len(value))
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            position.append(step)
            value = value[step] if step < len(value) else None
        else:
            break
    return position
