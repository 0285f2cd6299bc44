"""Handlers of the control plane: the configurations of agents and sessions, and what is wrong with others."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.coverage import Covered
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.room import Room
from atthene_emulator.errors import Unknown
from atthene_emulator.limits import ANSWER
from atthene_emulator.web.aside import aside
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.wording import did_you_mean


async def list_configurations(exchange: Exchange) -> Any:
    """Those of agents, of sessions, and those that were executed."""
    namespace, secrets = exchange.namespace, exchange.secrets
    sessions = Counter(session.configuration.digest for session in namespace.records.sessions)
    agents = defaultdict[str, list[dict[str, str]]](list)
    for agent in namespace.records.agents:
        agents[agent.configuration.digest].append({"id": agent.id, "agent_key": agent.key})
    room = Room(ANSWER.most)
    configurations = tuple(namespace.coverage.configurations(_kept(namespace)))
    listed = [one for one in configurations if room.take(one.weight)]
    exchange.notes.append((b"x-emulator-dropped", str(len(configurations) - len(listed)).encode()))

    def shown() -> Any:
        found = (
            _listed(namespace.coverage.of(one), agents.get(one.digest, []), sessions[one.digest]) for one in listed
        )
        return redact_value(list(found), secrets)

    return await aside(sum(one.weight for one in listed), shown)


def _listed(one: Covered, agents: list[dict[str, str]], sessions: int) -> dict[str, Any]:
    return {
        "config_hash": one.configuration.digest[:12],
        "name": one.configuration.name,
        "agents": agents,
        "sessions": sessions,
        "executions": one.executions,
        "covered": sum(count > 0 for _, count in one.elements),
        "total": len(one.elements),
    }


def _kept(namespace: Namespace) -> Iterator[Configuration]:
    """Those of agents and sessions; some may come more than once."""
    for agent in namespace.records.agents:
        yield agent.configuration
    for session in namespace.records.sessions:
        yield session.configuration


async def get_configuration(exchange: Exchange) -> Any:
    """One with its document, its findings, its variables, and its graph with what was exercised."""
    from atthene_emulator.web.control.configuration_answers import shown_configuration  # noqa: PLC0415  # the start is quicker without

    one = _found(exchange)
    language, secrets = exchange.namespace.language(), exchange.secrets
    return await aside(len(one.configuration.text), shown_configuration, one, language, secrets)


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


async def check_configuration(exchange: Exchange) -> Any:
    """What is wrong with a text as a configuration, and its graph if nothing is; nothing is kept of it."""
    from atthene_emulator.web.control.configuration_answers import judged_text  # noqa: PLC0415  # the same

    data = exchange.data or b""
    language, secrets = exchange.namespace.language(), exchange.secrets
    return await aside(len(data), judged_text, data, exchange.media, language, secrets)
