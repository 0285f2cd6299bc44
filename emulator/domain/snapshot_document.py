"""Snapshots as one JSON document, to be carried elsewhere; see `schemas/snapshot.schema.json`. This module is both ways.

What is left out: accounts and keys, which belong to the namespace; executions kept for inspection; what a rate limit has counted.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator import __version__
from emulator.configuration.accepted import Configuration
from emulator.configuration.findings import errors
from emulator.configuration.inspection import inspect
from emulator.configuration.schema import Schema
from emulator.domain.faults import Faults, Tally
from emulator.domain.planting import Planted
from emulator.domain.rate_limit import Limiter, read_rate_limit
from emulator.domain.records import AGENTS, SESSIONS, Agent, Session
from emulator.domain.seed_reader import read_faults, read_scripts
from emulator.domain.snapshots import Snapshot
from emulator.domain.transcript import CalledTool, Message, Transcript
from emulator.domain.world import World
from emulator.errors import EmulatorRefusal, Problem
from emulator.execution.scripts import Layer, Script, Scripts
from emulator.execution.usage import Usage
from emulator.store import DuplicateError, Store

if TYPE_CHECKING:
    from emulator.domain.namespace import Namespace

FORMAT, VERSION = "atthene-emulator/snapshot", 1

_SCHEMA = Schema("snapshot")
_Json = dict[str, Any]


async def exported(snapshot: Snapshot, namespace: "Namespace") -> _Json:
    """The document of a snapshot of this namespace."""
    world = snapshot.world
    store = await _opened(world, namespace)
    agents, sessions = await store.collection(AGENTS).all(), await store.collection(SESSIONS).all()
    configurations = [*(one.configuration for one in agents), *(one.configuration for one in sessions)]
    frozen_at, ahead = world.clock
    key, counts = world.ids
    limit = world.limiter.limit if world.limiter else None
    return {
        "format": FORMAT,
        "version": VERSION,
        "emulator": __version__,
        "name": snapshot.name,
        "taken_at": snapshot.taken_at,
        "clock": {"frozen_at": frozen_at, "ahead": ahead},
        "ids": {"key": key.hex(), "counts": counts},
        "scenario": world.scenario,
        "planted": {kind: list(ids) for kind, ids in world.planted._asdict().items()},
        "gates": sorted(world.opened),
        "rate_limit": limit._asdict() if limit else None,
        "configurations": {one.digest: one.value for one in configurations},
        "agents": [_agent(agent) for agent in agents],
        "sessions": [_session(session) for session in sessions],
        "scripts": [
            {
                "script": {"name": script.name, **script.entry},
                "layer": layer,
                "generation": script.generation,
                "hits": max(0, world.scripts.hits[script.key]),
            }
            for layer, script in world.scripts.layered()
        ],
        "faults": [
            {"fault": {"id": fault.id, **fault.entry}, "matched": tally.matched, "fired": tally.fired}
            for fault, tally in world.faults
        ],
    }


async def _opened(world: World, namespace: "Namespace") -> Store:
    """A store that holds what the world does."""
    store = _empty(namespace)
    await store.restore(world.records)
    return store


def _empty(namespace: "Namespace") -> Store:
    store = namespace.store.sibling()
    store.collection(AGENTS)
    store.collection(SESSIONS)
    return store


def _agent(agent: Agent) -> _Json:
    fields = agent._asdict()
    del fields["company"], fields["name"]
    return {**fields, "configuration": agent.configuration.digest, "version": list(agent.version)}


def _session(session: Session) -> _Json:
    fields = session._asdict()
    del fields["phase"], fields["transcript"]
    return {
        **fields,
        "configuration": session.configuration.digest,
        "failed": session.phase == "failed",
        "messages": [_message(message) for message in session.transcript],
        "variables": dict(session.variables),
        "usage": session.usage._asdict(),
        "positions": dict(session.positions),
    }


def _message(message: Message) -> _Json:
    content = message.content if isinstance(message.content, str) else list(message.content)
    calls = [{**call._asdict(), "arguments": dict(call.arguments)} for call in message.tool_calls]
    return {**message._asdict(), "content": content, "tool_calls": calls}


async def imported(value: Any, name: str, namespace: "Namespace") -> Snapshot:
    """The snapshot that a document holds, under this name; all of it, or nothing.

    Raises:
        EmulatorRefusal: 400, with every mistake: it is none, it is damaged, or it does not fit the namespace's accounts.
    """
    findings = _SCHEMA.check(value)
    if findings:
        raise _refusal([finding.problem() for finding in findings])
    problems = list(_mistakes(value, namespace))
    if problems:
        raise _refusal(problems)
    return await _Importer(value, namespace).snapshot(name)


def _refusal(problems: list[Problem]) -> EmulatorRefusal:
    return EmulatorRefusal(400, "This is no snapshot that can be used here; nothing was imported", problems)


def _mistakes(value: _Json, namespace: "Namespace") -> Iterator[Problem]:
    """What the schema cannot see."""
    language = namespace.language()
    for digest, document in value["configurations"].items():
        wrong = errors(inspect(document, language))
        if wrong:
            yield Problem(f"configurations.{digest}", f"This configuration is invalid: {wrong[0].message}")
        elif Configuration(document).digest != digest:
            yield Problem(f"configurations.{digest}", "The content does not belong to this key; the file is damaged.")
    accounts = {account.id for account in namespace.accounts}
    for kind in ("agents", "sessions"):
        for index, record in enumerate(value[kind]):
            if record["configuration"] not in value["configurations"]:
                yield Problem(f"{kind}.{index}.configuration", "There is no such key in configurations.")
            if record["owner"] not in accounts:
                known = ", ".join(sorted(accounts)[:10]) or "none"
                yield Problem(
                    f"{kind}.{index}.owner",
                    f"This namespace has no account {record['owner']}; there are: {known}.",
                )


class _Importer:
    """Builds the world of a document that was checked."""

    def __init__(self, value: _Json, namespace: "Namespace") -> None:
        self._value = value
        self._namespace = namespace
        self._configurations = {digest: Configuration(one) for digest, one in value["configurations"].items()}

    async def snapshot(self, name: str) -> Snapshot:
        value = self._value
        faults = self._faults()
        world = World(
            self._namespace.seed,
            await self._records(),
            (value["clock"]["frozen_at"], value["clock"]["ahead"]),
            (bytes.fromhex(value["ids"]["key"]), value["ids"]["counts"]),
            frozenset(value.get("gates", ())),
            self._scripts(),
            faults,
            len(faults) + 1,
            Limiter(read_rate_limit(value["rate_limit"])) if value.get("rate_limit") else None,
            (),
            value.get("scenario"),
            Planted(**{kind: tuple(ids) for kind, ids in value.get("planted", {}).items()}),
        )
        return Snapshot(name, value["taken_at"], world, len(value["agents"]), len(value["sessions"]))

    async def _records(self) -> Any:
        store = _empty(self._namespace)
        try:
            for index, agent in enumerate(self._value["agents"]):
                place = f"agents.{index}"
                await store.collection(AGENTS).add(self._agent(agent))
            for index, session in enumerate(self._value["sessions"]):
                place = f"sessions.{index}"
                await store.collection(SESSIONS).add(self._session(session))
        except DuplicateError as error:
            raise _refusal([Problem(place, f"{error} is there twice.")]) from None
        return await store.snapshot()

    def _agent(self, entry: Mapping[str, Any]) -> Agent:
        configuration = self._configurations[entry["configuration"]]
        companies = {account.id: account.company for account in self._namespace.accounts}
        return Agent(
            entry["id"],
            entry["key"],
            entry["owner"],
            companies[entry["owner"]],
            configuration,
            configuration.name,
            tuple(entry["version"]),
            entry["created_at"],
            entry["updated_at"],
        )

    def _session(self, entry: Mapping[str, Any]) -> Session:
        return Session(
            id=entry["id"],
            owner=entry["owner"],
            configuration=self._configurations[entry["configuration"]],
            created_at=entry["created_at"],
            last_activity=entry["last_activity"],
            agent_id=entry["agent_id"],
            agent_key=entry["agent_key"],
            phase="failed" if entry["failed"] else "ready",
            turns=entry["turns"],
            transcript=Transcript().extended([_read_message(message) for message in entry["messages"]]),
            variables=entry["variables"],
            usage=Usage(**entry["usage"]),
            positions=entry["positions"],
        )

    def _scripts(self) -> Scripts:
        layers: dict[Layer, list[Script]] = {"added": [], "scenario": [], "seed": []}
        hits: dict[str, int] = {}
        entries = self._value["scripts"]
        read = read_scripts([entry["script"] for entry in entries], 1)
        for script, entry in zip(read, entries, strict=True):
            kept = script._replace(generation=entry["generation"])
            layers[entry["layer"]].append(kept)
            hits[kept.key] = entry["hits"]
        generation = max((entry["generation"] for entry in entries), default=0)
        return Scripts.restored({layer: tuple(scripts) for layer, scripts in layers.items()}, hits, generation)

    def _faults(self) -> tuple[tuple[Any, Tally], ...]:
        entries = self._value["faults"]
        read = read_faults([entry["fault"] for entry in entries], 1)
        Faults((), self._namespace.ids.chance).add(read)  # refuses an id that is there twice
        return tuple(
            (fault, Tally(entry["matched"], entry["fired"])) for fault, entry in zip(read, entries, strict=True)
        )


def _read_message(entry: Mapping[str, Any]) -> Message:
    content = entry["content"] if isinstance(entry["content"], str) else tuple(entry["content"])
    calls = tuple(CalledTool(**call) for call in entry["tool_calls"])
    return Message(**{**entry, "content": content, "tool_calls": calls})
