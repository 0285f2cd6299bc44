"""Snapshots as one JSON document, to be carried elsewhere; see `schemas/snapshot.schema.json`. This module is both ways.

What is left out, because it belongs to the namespace: accounts and keys, contract, prompts, models, default answers and
scenarios. Executions kept for inspection and what a rate limit has counted are left out, too.
"""

import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from atthene_emulator import __version__
from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.findings import codes, errors
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.configuration.validation import validate
from atthene_emulator.domain.knowledge_base_draft import chunking_problems
from atthene_emulator.domain.latency import read_latency
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.record_set import DuplicateError
from atthene_emulator.domain.records import KINDS
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.snapshot import Snapshot, State
from atthene_emulator.errors import Misuse, Problem
from atthene_emulator.seeds.faults import read_faults
from atthene_emulator.seeds.scripts import read_scripts

FORMAT, VERSION = "atthene-emulator/snapshot", 1

_SCHEMA = Schema("snapshot")
_WITH_SECRETS = ("configurations", "scripts", "faults", *(kind.name for kind in KINDS if kind.name != "agents"))
_NAMED = ("collections", "knowledge_bases")  # whose names are unique
_Json = dict[str, Any]


def exported(snapshot: Snapshot, namespace: Namespace) -> _Json:
    """The document of a snapshot of this namespace."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "emulator": __version__,
        "name": snapshot.name,
        "taken_at": snapshot.taken_at,
        **_beside(namespace, snapshot.state).save(),
    }


def without_secrets(document: _Json, known: Iterable[str] = ()) -> _Json:
    """A document whose configurations, messages, variables, scripts and faults have no secrets; it can be imported.

    It says `redacted` if something was taken out. A configuration without its secrets is another one, and has a key of its own.
    """
    kept = {name: document[name] for name in _WITH_SECRETS if name in document}
    shown = redact_value(kept, known)
    if shown == kept:
        return document
    keys = {}
    for digest, configuration in shown["configurations"].items():
        same = configuration == kept["configurations"][digest]
        keys[digest] = digest if same else Configuration(configuration).digest
    configurations = {keys[digest]: one for digest, one in shown["configurations"].items()}
    records = {kind.name: [_renamed(one, keys) for one in shown[kind.name]] for kind in KINDS if kind.name in shown}
    records |= {name: [*_told_apart(records[name], kept[name])] for name in _NAMED if name in records}
    agents = [_renamed(one, keys) for one in document["agents"]]
    return {**document, **shown, **records, "agents": agents, "configurations": configurations, "redacted": True}


def _renamed(record: _Json, keys: Mapping[str, str]) -> _Json:
    """A record that names configurations by other keys."""
    named = {"configuration": keys[record["configuration"]]} if "configuration" in record else {}
    versions = [_renamed(one, keys) for one in record.get("versions", ())]
    return {**record, **named, **({"versions": versions} if versions else {})}


def _told_apart(shown: Iterable[_Json], kept: Iterable[_Json]) -> Iterator[_Json]:
    """Records with names of their own: where secrets left equal ones, they get numbers."""
    both = [*zip(shown, kept, strict=True)]
    taken = {one["name"] for one, before in both if one["name"] == before["name"]}
    numbers = Counter[str]()
    for one, before in both:
        name = one["name"]
        while name in taken and name != before["name"]:
            numbers[one["name"]] += 1
            name = f"{one['name']} ({numbers[one['name']] + 1})"
        taken.add(name)
        yield {**one, "name": name}


def imported(value: Any, name: str, namespace: Namespace) -> Snapshot:
    """The snapshot that a document holds, under this name; all of it, or nothing.

    Raises:
        Misuse: with every mistake: it is none, it is damaged, or it does not fit the namespace's accounts.
    """
    findings = _SCHEMA.check(value)
    if findings:
        raise _refusal([finding.problem() for finding in findings])
    configurations, problems = _read_configurations(value, namespace)
    problems += _mistakes(value, configurations, namespace)
    if problems:
        raise _refusal(problems)
    other = _beside(namespace)
    try:
        other.load(value)
    except DuplicateError as error:
        raise _refusal(
            [Problem("name", f"Of two records that may not have the same there is a second one: {error}.")]
        ) from None
    agents, sessions = len(value["agents"]), len(value["sessions"])
    return Snapshot(name, value["taken_at"], other.copy(), agents, sessions, other.weight, other.contents.copy())


def _beside(namespace: Namespace, state: State | None = None) -> Namespace:
    """Another namespace with the same accounts and language, which is in this state, or has no records."""
    bare = namespace.seed._replace(agents=(), sessions=(), scripts=(), faults=())
    options = Options(namespace.contract.name, namespace.strict, 0, namespace.max_stored, namespace.contents.most)
    made = Namespace(namespace.name, bare, namespace.acceptance, options, minted=namespace.minted, state=state)
    made.seed = namespace.seed
    return made


def _refusal(problems: list[Problem]) -> Misuse:
    return Misuse("This is no snapshot that can be used here; nothing was imported", problems)


def _read_configurations(value: _Json, namespace: Namespace) -> tuple[dict[str, Configuration], list[Problem]]:
    """The configurations by their keys, and what is wrong with them."""
    language, read, problems = namespace.language(), {}, []
    for digest, document in value["configurations"].items():
        findings, place = validate(document, language), f"configurations.{digest}"
        wrong = errors(findings)
        if wrong:
            problems += [Problem(f"{place}.{one.field}", one.explained) for one in wrong]
            continue
        read[digest] = Configuration(document, codes(findings))
        if read[digest].digest != digest:
            problems.append(Problem(place, "The content does not belong to this key; the file is damaged."))
    return read, problems


def _mistakes(value: _Json, configurations: Mapping[str, Configuration], namespace: Namespace) -> Iterator[Problem]:
    """What the schema cannot see."""
    accounts = {account.id for account in namespace.accounts}
    for kind in KINDS:
        for index, record in enumerate(value.get(kind.name, ())):
            for place, digest in _named(record):
                if digest not in value["configurations"]:
                    yield Problem(f"{kind.name}.{index}.{place}", "There is no such key in configurations.")
            if record["owner"] not in accounts:
                known = ", ".join(sorted(accounts)[:10]) or "none"
                what = f"This namespace has no account {record['owner']}; there are: {known}."
                yield Problem(f"{kind.name}.{index}.owner", what)
        yield from _twice(value, kind.name, lambda one: (one["id"], (one["owner"], one.get("key", one["id"]))))
    for index, session in enumerate(value["sessions"]):
        configuration = configurations.get(session["configuration"])
        declared = configuration.system.variables if configuration else {}
        for name in session["variables"] if configuration else ():  # raw values are kept, too (K14)
            if name not in declared:
                what = f"{name} is not a variable of this configuration."
                yield Problem(f"sessions.{index}.variables.{name}", what)
    yield from _twice(value, "scripts", lambda one: ((one["script"].get("name"), one["generation"]),))
    yield from _twice(value, "faults", lambda one: (one["fault"].get("id"),))
    yield from _unreadable(value, "scripts", "script", read_scripts)
    yield from _unreadable(value, "faults", "fault", read_faults)
    yield from _mistakes_of_files(value)
    try:
        read_latency(value.get("latency") or {"ms": 1})
    except ValueError as error:
        yield Problem("latency.ms", str(error))


def _mistakes_of_files(value: _Json) -> Iterator[Problem]:
    """The same of bytes, and of what is made of files."""
    for digest, text in value.get("contents", {}).items():
        try:
            data = b64decode(text, validate=True)
        except ValueError:
            yield Problem(f"contents.{digest}", "This is no base64.")
            continue
        if sha256(data).hexdigest() != digest:
            yield Problem(f"contents.{digest}", "The bytes do not belong to this SHA-256; the file is damaged.")
    transitions = value.get("transitions", {"failed": ()})
    failures, failed = len(transitions.get("failures", ())), len(transitions["failed"])
    if failures != failed:
        yield Problem("transitions.failed", f"There are {failures} failures, and {failed} counts; each has one.")
    for index, base in enumerate(value.get("knowledge_bases", ())):
        for problem in chunking_problems(base["chunking"]):
            _, _, field = problem.field.partition(".")
            yield Problem(f"knowledge_bases.{index}.chunking.{field}", problem.message)
    sessions = {session["id"] for session in value["sessions"]}
    for index, artifact in enumerate(value.get("artifacts", ())):
        if artifact["session"] not in sessions:
            yield Problem(f"artifacts.{index}.session", "There is no session of that id.")


def _named(record: _Json) -> Iterator[tuple[str, str]]:
    """Where a record names configurations, and by which keys."""
    if "configuration" in record:
        yield "configuration", record["configuration"]
    for index, version in enumerate(record.get("versions", ())):
        yield f"versions.{index}.configuration", version["configuration"]


def _twice(value: _Json, kind: str, keys_of: Callable[[_Json], tuple[object, ...]]) -> Iterator[Problem]:
    """Entries of which a key is there already."""
    seen: set[object] = set()
    for index, entry in enumerate(value.get(kind, ())):
        keys = keys_of(entry)
        if not seen.isdisjoint(keys):
            yield Problem(f"{kind}.{index}", "This is there twice.")
        seen.update(keys)


def _unreadable(value: _Json, kind: str, key: str, reader: Callable[[Sequence[Any], int], object]) -> Iterator[Problem]:
    """What is wrong below `key` of each entry."""
    try:
        reader([entry[key] for entry in value[kind]], 1)
    except Misuse as refusal:
        for problem in refusal.problems:
            yield Problem(re.sub(r"^(\w+\.\d+)", rf"\1.{key}", problem.field), problem.message)
