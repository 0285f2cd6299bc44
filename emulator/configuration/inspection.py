"""Validation of a configuration: schema, then rules, then findings. This module is the order in which they run."""

from dataclasses import dataclass
from typing import Any

from emulator.configuration.findings import Finding
from emulator.configuration.models import KNOWN_MODELS
from emulator.configuration.schema import Schema
from emulator.configuration.type_notation import TypeNotationError, parse_type

_SCHEMA = Schema("configuration")


@dataclass(frozen=True, slots=True)
class Language:
    """What counts as valid, besides the language itself.

    Attributes:
        models: names that a seed adds to the catalogue, in lower case.
        strict: unknown keys are errors (K01).
    """

    models: frozenset[str] = frozenset()
    strict: bool = False

    def knows_model(self, name: str) -> bool:
        """Model names are compared without regard to case (K07)."""
        return name.lower() in KNOWN_MODELS or name.lower() in self.models


def inspect(value: Any, language: Language) -> tuple[Finding, ...]:
    """All findings of a document's value, without places."""
    findings = list(_SCHEMA.check(value))
    if findings:
        return tuple(findings)
    findings += _models(value, language)
    findings += _types(value)
    findings += _entry_point(value)
    return tuple(findings)


def _agents(value: Any) -> list[tuple[tuple[str | int, ...], Any]]:
    if "agents" in value:
        return [(("agents", index), agent) for index, agent in enumerate(value["agents"])]
    return [((), value)]


def _models(value: Any, language: Language) -> list[Finding]:
    return [
        Finding("M01", (*path, "llm_config", "model"), "Invalid model specified")
        for path, agent in _agents(value)
        if not language.knows_model(agent.get("llm_config", {}).get("model", "gpt-4o"))
    ]


def _types(value: Any) -> list[Finding]:
    places = [(("variables", name), entry) for name, entry in value.get("variables", {}).items()]
    for path, agent in _agents(value):
        fields = agent.get("structured_output", {}).get("schema", {})
        places += [((*path, "structured_output", "schema", name), field) for name, field in fields.items()]
    findings = []
    for path, entry in places:
        try:
            parse_type(entry["type"])
        except TypeNotationError as error:
            findings.append(Finding("T01", (*path, "type"), f"{error.message} (character {error.offset + 1})."))
    return findings


def _entry_point(value: Any) -> list[Finding]:
    if "agents" not in value:
        return []
    names = [agent["name"] for agent in value["agents"]]
    entry = value.get("entry_point", names[0] if len(names) == 1 else None)
    if entry is None:
        return [Finding("G01", ("entry_point",), "entry_point is required when there are several agents.")]
    if entry not in (*names, "START", "__start__"):
        return [Finding("G02", ("entry_point",), f"entry_point names {entry}, which is not among the agents.")]
    return []
