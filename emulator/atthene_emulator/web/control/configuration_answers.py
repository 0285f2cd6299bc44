"""Configurations as answers: findings, variables, graph. This module is that form; it is loaded when one is asked for."""

from collections.abc import Sequence
from typing import Any

from atthene_emulator.configuration.accepted import Configuration, read
from atthene_emulator.configuration.document import Media, Unreadable, brief
from atthene_emulator.configuration.findings import Finding, codes, errors, from_unreadable, located
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.system import Variable
from atthene_emulator.configuration.validation import validate
from atthene_emulator.domain.coverage import Covered
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.graph.graph import graph_of
from atthene_emulator.graph.marks import Marked, with_coverage
from atthene_emulator.secrecy import redact_sentence, secrets_of
from atthene_emulator.web.control.graph_answers import shown_graph

_SENTENCE = 600  # characters


def shown_configuration(one: Covered, language: Language, secrets: tuple[str, ...]) -> Any:
    """One that is used, with what was exercised; `secrets` are what is never shown."""
    configuration = one.configuration
    document = configuration.value
    findings = validate(document, language)  # without places: it is shown as JSON, whatever it was sent as
    counts = {(element.source, element.target, element.arm): count for element, count in one.elements}
    shown = {
        "config_hash": configuration.digest[:12],
        "name": configuration.name,
        "document": document,
        "findings": [_finding(finding) for finding in findings],
        "variables": _variables(configuration),
        "graph": shown_graph(with_coverage(graph_of(configuration, language), one.executions, counts)),
    }
    return redact_value(shown, secrets)


def judged_text(data: bytes, media: Media, language: Language, secrets: tuple[str, ...]) -> Any:
    """What is wrong with a text as a configuration, and what it is if nothing is; `secrets` are what is never shown."""
    try:
        document = read(data, media)
    except Unreadable as error:
        return redact_value(_judged((from_unreadable(error),), None, language), secrets)
    findings = located(validate(document.value, language, document.unquoted), document)
    configuration = None if errors(findings) else Configuration(document.value, codes(findings))
    return redact_value(_judged(findings, configuration, language), (*secrets, *secrets_of(document.value)))


def _judged(findings: Sequence[Finding], valid: Configuration | None, language: Language) -> dict[str, Any]:
    return {
        "valid": valid is not None,
        "name": None if valid is None else valid.name,
        "config_hash": None if valid is None else valid.digest[:12],
        "findings": [_finding(finding) for finding in findings],
        "variables": [] if valid is None else _variables(valid),
        "graph": None if valid is None else shown_graph(Marked(graph_of(valid, language))),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    """As `validate --format json` shows it."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "field": brief(finding.field, _SENTENCE),
        "message": brief(redact_sentence(finding.message), _SENTENCE),
        "note": brief(redact_sentence(finding.note), _SENTENCE) or None,
        "line": finding.mark.line if finding.mark else None,
        "column": finding.mark.column if finding.mark else None,
    }


def _variables(configuration: Configuration) -> list[dict[str, Any]]:
    return [_variable(one) for one in configuration.system.variables.values()]


def _variable(one: Variable) -> dict[str, Any]:
    return {
        "name": one.name,
        "type": str(one.type),
        "required": one.required,
        "default": one.default,
        "mode": "replace" if one.separator is None else "concat",
        "require_every_execution": one.every_execution,
        "filled_by_agents": one.filled_by_agents,
    }
