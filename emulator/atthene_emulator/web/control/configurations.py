"""Handlers of the control plane: the configurations of agents and sessions, and what is wrong with others."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from atthene_emulator.configuration.accepted import Configuration, read
from atthene_emulator.configuration.document import Media, Unreadable, brief
from atthene_emulator.configuration.findings import Finding, codes, errors, from_unreadable, located
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.system import Variable
from atthene_emulator.configuration.validation import validate
from atthene_emulator.domain.coverage import Covered
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.room import Room
from atthene_emulator.errors import Unknown
from atthene_emulator.graph.graph import graph_of
from atthene_emulator.graph.marks import Marked, with_coverage
from atthene_emulator.limits import ANSWER
from atthene_emulator.secrecy import redact_sentence, secrets_of
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.graphs import shown_graph
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.wording import did_you_mean

_SENTENCE = 600


def list_configurations(exchange: Exchange) -> Any:
    """Those of agents, of sessions, and those that were executed."""
    namespace = exchange.namespace
    sessions = Counter(session.configuration.digest for session in namespace.records.sessions)
    agents = defaultdict[str, list[dict[str, str]]](list)
    for agent in namespace.records.agents:
        agents[agent.configuration.digest].append({"id": agent.id, "agent_key": agent.key})
    room, shown, left_out = Room(ANSWER.most), list[dict[str, Any]](), 0
    for configuration in namespace.coverage.configurations(_kept(namespace)):
        if not room.take(configuration.weight):
            left_out += 1
            continue
        digest, covered = configuration.digest, namespace.coverage.of(configuration)
        shown.append(
            {
                "config_hash": digest[:12],
                "name": configuration.name,
                "agents": agents.get(digest, []),
                "sessions": sessions[digest],
                "executions": covered.executions,
                "covered": sum(count > 0 for _, count in covered.elements),
                "total": len(covered.elements),
            }
        )
    exchange.notes.append((b"x-emulator-dropped", str(left_out).encode()))
    return redact_value(shown, exchange.secrets)


def _kept(namespace: Namespace) -> Iterator[Configuration]:
    """Those of agents and sessions; some may come more than once."""
    for agent in namespace.records.agents:
        yield agent.configuration
    for session in namespace.records.sessions:
        yield session.configuration


async def get_configuration(exchange: Exchange) -> Any:
    """One with its document, its findings, its variables, and its graph with what was exercised."""
    one = _found(exchange)
    language, secrets = exchange.namespace.language(), exchange.secrets
    return await aside(len(one.configuration.text), _configuration, one, language, secrets)


def _found(exchange: Exchange) -> Covered:
    """The configuration that the path names by its hash, of twelve digits or all of them.

    Raises:
        Unknown: there is none.
    """
    wanted, namespace = exchange.path["config_hash"], exchange.namespace
    known = []
    for one in namespace.coverage.configurations(_kept(namespace)):
        if wanted in (one.digest[:12], one.digest):
            return namespace.coverage.of(one)
        known.append(one.digest[:12])
    near = did_you_mean(wanted[:60], known, "; GET /__emulator/configurations lists them")
    raise Unknown(f"There is no configuration {wanted[:60]}{near}")


def _configuration(one: Covered, language: Language, secrets: tuple[str, ...]) -> Any:
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


async def check_configuration(exchange: Exchange) -> Any:
    """What is wrong with a text as a configuration, and its graph if nothing is; nothing is kept of it."""
    data = exchange.data or b""
    language, secrets = exchange.namespace.language(), exchange.secrets
    return await aside(len(data), _checked, data, exchange.media, language, secrets)


def _checked(data: bytes, media: Media, language: Language, secrets: tuple[str, ...]) -> Any:
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
