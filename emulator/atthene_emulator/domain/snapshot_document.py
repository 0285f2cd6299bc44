"""Snapshots as one JSON document, to be carried elsewhere; see `schemas/snapshot.schema.json`. This module is both ways.

What is left out, because it belongs to the namespace: accounts and keys, contract, prompts, models, default answers and
scenarios. Executions kept for inspection and what a rate limit has counted are left out, too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from atthene_emulator import __version__
from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.findings import codes, errors
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.configuration.validation import validate
from atthene_emulator.domain.faults import Fault, Tally
from atthene_emulator.domain.planting import Planted
from atthene_emulator.domain.rate_limit import Limiter, read_rate_limit
from atthene_emulator.domain.records import AGENTS, SESSIONS, Agent, Session
from atthene_emulator.domain.snapshots import Snapshot
from atthene_emulator.domain.transcript import CalledTool, Message, Transcript
from atthene_emulator.domain.world import World, undo_running
from atthene_emulator.errors import EmulatorRefusal, Problem
from atthene_emulator.execution.scripts import Layer, Script, Scripts
from atthene_emulator.execution.usage import Usage
from atthene_emulator.seeds.faults import read_faults
from atthene_emulator.seeds.scripts import read_scripts
from atthene_emulator.store import DuplicateError, Store

if TYPE_CHECKING:
    from atthene_emulator.domain.namespace import Namespace

FORMAT, VERSION = "atthene-emulator/snapshot", 1

_SCHEMA = Schema("snapshot")
_Json = dict[str, Any]
_Read = TypeVar("_Read", Script, Fault)


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
        "generation": world.scripts.generation,
        "next_fault": world.next_fault,
        "faults": [
            {"fault": {"id": fault.id, **fault.entry}, "matched": tally.matched, "fired": tally.fired}
            for fault, tally in world.faults
        ],
    }


async def _opened(world: World, namespace: "Namespace") -> Store:
    """A store that holds what the world does."""
    store = _empty(namespace)
    await store.restore(world.records)
    await undo_running(store, world.before)
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
    configurations, problems = _read_configurations(value, namespace)
    problems += _mistakes(value, configurations, namespace)
    if problems:
        raise _refusal(problems)
    return await _Importer(value, configurations, namespace).snapshot(name)


def _refusal(problems: list[Problem]) -> EmulatorRefusal:
    return EmulatorRefusal(400, "This is no snapshot that can be used here; nothing was imported", problems)


def _read_configurations(value: _Json, namespace: "Namespace") -> tuple[dict[str, Configuration], list[Problem]]:
    """The configurations by their keys, and what is wrong with them."""
    language, read, problems = namespace.language(), {}, []
    for digest, document in value["configurations"].items():
        findings, place = validate(document, language), f"configurations.{digest}"
        wrong = errors(findings)
        if wrong:
            problems.append(Problem(place, f"This configuration is invalid: {wrong[0].message}"))
            continue
        read[digest] = Configuration(document, codes(findings))
        if read[digest].digest != digest:
            problems.append(Problem(place, "The content does not belong to this key; the file is damaged."))
    return read, problems


def _mistakes(value: _Json, configurations: Mapping[str, Configuration], namespace: "Namespace") -> Iterator[Problem]:
    """What the schema cannot see."""
    accounts = {account.id for account in namespace.accounts}
    for kind in ("agents", "sessions"):
        for index, record in enumerate(value[kind]):
            if record["configuration"] not in value["configurations"]:
                yield Problem(f"{kind}.{index}.configuration", "There is no such key in configurations.")
            if record["owner"] not in accounts:
                known = ", ".join(sorted(accounts)[:10]) or "none"
                what = f"This namespace has no account {record['owner']}; there are: {known}."
                yield Problem(f"{kind}.{index}.owner", what)
    for index, session in enumerate(value["sessions"]):
        configuration = configurations.get(session["configuration"])
        declared = configuration.system.variables if configuration else {}
        for name, content in session["variables"].items() if configuration else ():
            if name not in declared or not declared[name].type.fits(content):
                what = (
                    f"must be {declared[name].type}" if name in declared else "is not a variable of this configuration"
                )
                yield Problem(f"sessions.{index}.variables.{name}", f"{name} {what}.")
    yield from _twice(value, "scripts", lambda one: (one["script"].get("name"), one["generation"]))
    yield from _twice(value, "faults", lambda one: one["fault"].get("id"))


def _twice(value: _Json, kind: str, key_of: Callable[[_Json], object]) -> Iterator[Problem]:
    seen: set[object] = set()
    for index, entry in enumerate(value[kind]):
        key = key_of(entry)
        if key in seen:
            yield Problem(f"{kind}.{index}", "This is there twice.")
        seen.add(key)


class _Importer:
    """Builds the world of a document that was checked."""

    def __init__(self, value: _Json, configurations: Mapping[str, Configuration], namespace: "Namespace") -> None:
        self._value = value
        self._namespace = namespace
        self._configurations = configurations

    async def snapshot(self, name: str) -> Snapshot:
        value = self._value
        faults = self._faults()
        world = World(
            self._namespace.seed,
            await self._records(),
            (value["clock"]["frozen_at"], value["clock"]["ahead"]),
            (bytes.fromhex(value["ids"]["key"]), _whole(value["ids"]["counts"])),
            frozenset(value.get("gates", ())),
            self._scripts(),
            faults,
            int(value.get("next_fault", len(faults) + 1)),
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
        except DuplicateError:
            raise _refusal([Problem(place, "Its id, or its key, is there twice.")]) from None
        return await store.snapshot()

    def _agent(self, entry: Mapping[str, Any]) -> Agent:
        configuration = self._configurations[entry["configuration"]]
        companies = {account.id: account.company for account in self._namespace.accounts}
        major, minor, patch = entry["version"]
        return Agent(
            entry["id"],
            entry["key"],
            entry["owner"],
            companies[entry["owner"]],
            configuration,
            configuration.name,
            (int(major), int(minor), int(patch)),
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
            turns=int(entry["turns"]),
            transcript=Transcript().extended([_read_message(message) for message in entry["messages"]]),
            variables=entry["variables"],
            usage=Usage(**_whole(entry["usage"])),
            positions=_whole(entry["positions"]),
        )

    def _scripts(self) -> Scripts:
        layers: dict[Layer, list[Script]] = {"added": [], "scenario": [], "seed": []}
        hits: dict[str, int] = {}
        entries = self._value["scripts"]
        read = _read(read_scripts, "script", entries)
        for script, entry in zip(read, entries, strict=True):
            kept = script._replace(generation=int(entry["generation"]))
            layers[entry["layer"]].append(kept)
            hits[kept.key] = int(entry["hits"])
        latest = max((script.generation for scripts in layers.values() for script in scripts), default=0)
        generation = max(latest, int(self._value.get("generation", 0)))
        return Scripts.restored({layer: tuple(scripts) for layer, scripts in layers.items()}, hits, generation)

    def _faults(self) -> tuple[tuple[Fault, Tally], ...]:
        entries = self._value["faults"]
        tallies = (Tally(int(entry["matched"]), int(entry["fired"])) for entry in entries)
        return tuple(zip(_read(read_faults, "fault", entries), tallies, strict=True))


def _read(
    reader: Callable[[Sequence[Any], int], tuple[_Read, ...]], key: str, entries: Sequence[_Json]
) -> tuple[_Read, ...]:
    """What stands below `key` of each entry.

    Raises:
        EmulatorRefusal: 400, with every mistake.
    """
    try:
        return reader([entry[key] for entry in entries], 1)
    except EmulatorRefusal as refusal:
        problems = [
            Problem(re.sub(r"^(\w+\.\d+)", rf"\1.{key}", problem.field), problem.message)
            for problem in refusal.problems
        ]
        raise _refusal(problems) from None


def _whole(counts: Mapping[str, Any]) -> dict[str, int]:
    """JSON writes 3 as 3.0 now and then."""
    return {name: int(count) for name, count in counts.items()}


def _read_message(entry: Mapping[str, Any]) -> Message:
    content = entry["content"] if isinstance(entry["content"], str) else tuple(entry["content"])
    calls = tuple(CalledTool(**call) for call in entry["tool_calls"])
    return Message(**{**entry, "content": content, "tool_calls": calls})
