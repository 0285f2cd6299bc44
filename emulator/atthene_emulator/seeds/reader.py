"""Fixture files, read and checked: what they say becomes a `Seed`. This module is their reader.

Everything wrong with a file is reported at once, with file, line and path, and nothing is loaded.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.document import Document, Path
from atthene_emulator.configuration.findings import Finding, errors, located
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.configuration.validation import validate
from atthene_emulator.domain.accounts import Account, ApiKey
from atthene_emulator.domain.fault import Fault, read_fault
from atthene_emulator.domain.rate_limit import read_rate_limit
from atthene_emulator.domain.seed import AgentSeed, MessageSeed, Scenario, Seed, SessionSeed
from atthene_emulator.domain.slug import agent_key
from atthene_emulator.errors import Misuse, SetupError
from atthene_emulator.execution.scripts import Script, read_script
from atthene_emulator.seeds.unmatched_scripts import World, unmatched
from atthene_emulator.timestamps import parse_time
from atthene_emulator.wording import did_you_mean

FileReader = Callable[[str], Document]

_SCHEMA = Schema("seed")


def add_seed(
    before: Seed, document: Document, source: str, read_file: FileReader | None = None, *, checked: bool = False
) -> Seed:
    """What `before` and this document say together.

    Args:
        before: the seeds read so far; its accounts and agents may be named.
        document: a seed document.
        source: the file's name, for messages.
        read_file: reads a `config_file`; None where files may not be named.
        checked: the document is one of ours, which the tests check; checking it against schema and language would
            double the time to start. Whether it fits `before` is always checked.

    Raises:
        SetupError: with every mistake, its file, line and path.
    """
    seed: Seed | None
    if checked:
        reader = _SeedReader(before, read_file, checked=True)
        seed, findings = reader.read(document.value), tuple(reader.findings)
    else:
        seed, findings = examine_seed(document, before, read_file)
    wrong = errors(findings)
    if wrong or seed is None:
        raise SetupError("\n".join(_line(finding, source) for finding in sorted(wrong, key=_place)))
    return seed


def examine_seed(
    document: Document, before: Seed | None = None, read_file: FileReader | None = None, *, strict: bool = False
) -> tuple[Seed | None, tuple[Finding, ...]]:
    """The seed, if it can be read, and every finding with its place."""
    findings = _SCHEMA.check(document.value)
    if findings:
        return None, located(findings, document)
    reader = _SeedReader(before or Seed(), read_file, checked=False, strict=strict)
    seed = reader.read(document.value)
    return seed, located(reader.findings, document)


def read_scripts(entries: Sequence[Any], first: int) -> tuple[Script, ...]:
    """Scripts that are added at run time; `first` numbers the first one that has no name.

    Raises:
        Misuse: with every mistake.
    """
    value = {"scripts": list(entries)}
    findings = list(_SCHEMA.check(value))
    if not findings:
        findings += [wrong for index, entry in enumerate(entries) if (wrong := _pattern_finding(entry, index))]
    if findings:
        raise Misuse("These are no scripts", [finding.problem() for finding in findings])
    return tuple(read_script(entry, number) for number, entry in enumerate(entries, first))


def read_faults(entries: Sequence[Any], first: int) -> tuple[Fault, ...]:
    """Faults that are added at run time; `first` numbers the first one that has no id.

    Raises:
        Misuse: with every mistake.
    """
    findings = _SCHEMA.check({"faults": list(entries)})
    if findings:
        raise Misuse("These are no faults", [finding.problem() for finding in findings])
    return tuple(read_fault(entry, number) for number, entry in enumerate(entries, first))


def _pattern_finding(script: Mapping[str, Any], index: int) -> Finding | None:
    """A finding if the script's regular expression is none."""
    content = script.get("when", {}).get("content")
    if isinstance(content, dict) and "matches" in content:
        try:
            re.compile(content["matches"])
        except re.error as error:
            path = ("scripts", index, "when", "content", "matches")
            return Finding("F111", path, f"{content['matches']!r} is not a regular expression: {error.msg}.")
    return None


def is_seed(value: Any) -> bool:
    """Whether a document is meant as a seed rather than as a configuration."""
    if not isinstance(value, dict) or "name" in value or "agent_type" in value:
        return False
    agents = value.get("agents")
    wrapped = isinstance(agents, list) and any(
        isinstance(one, dict) and ("system_config" in one or "config_file" in one) for one in agents
    )
    return wrapped or any(key in _SCHEMA.document["properties"] for key in value if key != "agents")


def _place(finding: Finding) -> tuple[int, int]:
    return (finding.mark.line, finding.mark.column) if finding.mark else (0, 0)


def _line(finding: Finding, source: str) -> str:
    place = f":{finding.mark.line}:{finding.mark.column}" if finding.mark else ""
    return f"{source}{place}: {finding.field}: {finding.message}"


class _SeedReader:
    """Reads one document that fits the schema, and collects what is wrong between its parts."""

    def __init__(self, before: Seed, read_file: FileReader | None, *, checked: bool, strict: bool = False) -> None:
        self.findings: list[Finding] = []
        self._checked = checked
        self._before = before
        self._read_file = read_file
        self._accounts = {account.id: account for account in before.accounts}
        self._keys = {key.key for key in before.keys}
        self._agents = {(agent.owner.id, agent.key): agent for agent in before.agents}
        self._ids = {seeded.id for seeded in before.agents if seeded.id} | {
            seeded.id for seeded in before.sessions if seeded.id
        }
        self._strict = strict
        self._language = Language()

    def read(self, value: Mapping[str, Any]) -> Seed:
        before = self._before
        clock = value.get("clock", {})
        now = self._time(clock, "now", ("clock",))
        frozen_at = (now if clock["mode"] == "frozen" else None) if clock else before.frozen_at
        models = before.models | {name.lower() for name in value.get("models", ())}
        self._language = Language(models, self._strict)
        ids = value.get("ids", {}).get("seed", before.ids)
        keys = self._read_keys(value.get("accounts", ()))
        agents = tuple(self._each("agents", value, self._agent))
        sessions = tuple(self._each("sessions", value, self._session))
        scripts = self._scripts(value.get("scripts", ()))
        faults = self._faults(value.get("faults", ()))
        self.findings += unmatched(value.get("scripts", ()), self._world(agents, sessions))
        answer = value.get("default_answer", before.default_answer)
        template = value.get("default_template", before.default_template)
        if answer == "template" and template is None:
            self._wrong(("default_template",), "default_template is required with default_answer: template.")
        seed = before._replace(
            contract=value.get("contract", before.contract),
            frozen_at=frozen_at,
            ids=None if ids == "random" else ids,
            models=models,
            default_answer=answer,
            default_template=template,
            accounts=tuple(self._accounts.values()),
            keys=(*before.keys, *keys),
            agents=(*before.agents, *agents),
            sessions=(*before.sessions, *sessions),
            scripts=(*before.scripts, *scripts),
            prompts={**before.prompts, **value.get("prompts", {})},
            faults=(*before.faults, *faults),
            rate_limit=read_rate_limit(value["rate_limit"]) if "rate_limit" in value else before.rate_limit,
        )
        scenarios = {name: self._scenario(name, entry, seed) for name, entry in value.get("scenarios", {}).items()}
        return seed._replace(scenarios={**before.scenarios, **scenarios}) if scenarios else seed

    def _scenario(self, name: str, entry: Mapping[str, Any], seed: Seed) -> Scenario:
        """A scenario is read like a seed that adds to this one, and keeps what it adds."""
        before = seed._replace(scripts=(), faults=())
        reader = _SeedReader(before, self._read_file, checked=self._checked, strict=self._strict)
        own = reader.read(entry)
        self.findings += [finding.below("scenarios", name) for finding in reader.findings]
        return Scenario(
            name,
            entry.get("description", ""),
            own.scripts,
            own.faults,
            own.agents[len(seed.agents) :],
            own.sessions[len(seed.sessions) :],
        )

    def _faults(self, entries: Sequence[Mapping[str, Any]]) -> list[Fault]:
        first = len(self._before.faults) + 1
        ids = {fault.id for fault in self._before.faults}
        read = []
        for index, entry in enumerate(entries):
            fault = read_fault(entry, first + index)
            if fault.id in ids:
                self._wrong(("faults", index, "id"), f"A fault is called {fault.id} already; ids are unique.")
            ids.add(fault.id)
            read.append(fault)
        return read

    def _scripts(self, entries: Sequence[Mapping[str, Any]]) -> list[Script]:
        first = len(self._before.scripts) + 1
        names: set[str | None] = {script.name for script in self._before.scripts}
        read = []
        for index, entry in enumerate(entries):
            wrong = _pattern_finding(entry, index)
            if "name" in entry and entry["name"] in names:
                self._wrong(
                    ("scripts", index, "name"), f"A script is called {entry['name']} already; names are unique."
                )
            names.add(entry.get("name"))
            if wrong is None:
                read.append(read_script(entry, first + index))
            else:
                self.findings.append(wrong)
        return read

    def _world(self, agents: Sequence[AgentSeed], sessions: Sequence[SessionSeed]) -> World:
        known = [one.configuration for one in (*self._before.agents, *agents)]
        known += [one.configuration for one in (*self._before.sessions, *sessions)]
        return World(
            frozenset(name for one in known for name in one.system.agents) if known else None,
            frozenset(key for _, key in self._agents),
            frozenset(one.id for one in (*self._before.sessions, *sessions) if one.id),
        )

    def _each(self, name: str, value: Mapping[str, Any], read: Callable[[Mapping[str, Any], Path], Any]) -> list[Any]:
        read_all = (read(entry, (name, index)) for index, entry in enumerate(value.get(name, ())))
        return [one for one in read_all if one is not None]

    def _wrong(self, path: Path, message: str) -> None:
        self.findings.append(Finding("F111", path, message))

    def _time(self, entry: Mapping[str, Any], name: str, path: Path) -> float | None:
        if name not in entry:
            return None
        try:
            return parse_time(entry[name])
        except ValueError:
            self._wrong((*path, name), f"{entry[name]} is not a time; write it like 2025-01-15T10:30:00Z.")
            return None

    def _read_keys(self, accounts: Sequence[Mapping[str, Any]]) -> list[ApiKey]:
        keys = []
        for index, entry in enumerate(accounts):
            account = Account(entry["id"], entry.get("company", ""))
            if account.id in self._accounts:
                self._wrong(("accounts", index, "id"), f"The account {account.id} exists already; give it another id.")
            self._accounts[account.id] = account
            for number, item in enumerate(entry.get("api_keys", ())):
                path: Path = ("accounts", index, "api_keys", number)
                key = {"key": item} if isinstance(item, str) else item
                if key["key"] in self._keys:
                    self._wrong(path, "This key is given already; keys are unique over the whole emulator.")
                self._keys.add(key["key"])
                permissions = key.get("permissions")
                allowed = None if permissions is None else frozenset(permissions)
                keys.append(ApiKey(key["key"], account, self._time(key, "expires_at", path), allowed))
        return keys

    def _owner(self, entry: Mapping[str, Any], path: Path) -> Account | None:
        if "owner" not in entry:
            if len(self._accounts) == 1:
                return next(iter(self._accounts.values()))
            self._wrong((*path, "owner"), "owner is required when there is not just one account.")
            return None
        owner = self._accounts.get(entry["owner"])
        if owner is None:
            near = did_you_mean(entry["owner"], tuple(self._accounts))
            self._wrong((*path, "owner"), f"There is no account {entry['owner']}{near}")
        return owner

    def _id(self, entry: Mapping[str, Any], path: Path) -> str | None:
        given: str | None = entry.get("id")
        if given in self._ids:
            self._wrong((*path, "id"), f"The id {given} is given already; choose another.")
        if given:
            self._ids.add(given)
        return given

    def _configuration(self, entry: Mapping[str, Any], path: Path, inline: str) -> Configuration | None:
        if "config_file" in entry:
            return self._configuration_file(entry["config_file"], (*path, "config_file"))
        if self._checked:
            return Configuration(entry[inline])
        findings = validate(entry[inline], self._language)
        self.findings += [finding.below(*path, inline) for finding in findings]
        return None if errors(findings) else Configuration(entry[inline])

    def _configuration_file(self, name: str, path: Path) -> Configuration | None:
        if self._read_file is None or PurePath(name).is_absolute() or ".." in PurePath(name).parts:
            self._wrong(path, f"{name} must be a file below the seed file's own folder.")
            return None
        try:
            document = self._read_file(name)
        except SetupError as error:
            self._wrong(path, str(error))
            return None
        wrong = errors(located(validate(document.value, self._language), document))
        for finding in wrong:
            self._wrong(path, _line(finding, name))
        return None if wrong else Configuration(document.value)

    def _agent(self, entry: Mapping[str, Any], path: Path) -> AgentSeed | None:
        owner, given = self._owner(entry, path), self._id(entry, path)
        configuration = self._configuration(entry, path, "system_config")
        if owner is None or configuration is None:
            return None
        key = agent_key(configuration.name)
        if (owner.id, key) in self._agents:
            self._wrong(path, f"{owner.id} has an agent with the key {key} already; choose another name.")
            return None
        agent = AgentSeed(given, owner, key, configuration, self._time(entry, "created_at", path))
        self._agents[owner.id, key] = agent
        return agent

    def _session(self, entry: Mapping[str, Any], path: Path) -> SessionSeed | None:
        owner, given = self._owner(entry, path), self._id(entry, path)
        agent = None
        if "agent_key" in entry:
            agent = self._agents.get((owner.id, entry["agent_key"])) if owner else None
            configuration = agent.configuration if agent else None
            if owner and agent is None:
                near = did_you_mean(entry["agent_key"], [key for account, key in self._agents if account == owner.id])
                self._wrong((*path, "agent_key"), f"{owner.id} has no agent {entry['agent_key']}{near}")
        else:
            configuration = self._configuration(entry, path, "config")
        if owner is None or configuration is None:
            return None
        variables = entry.get("variables", {})
        self._check_variables(variables, configuration, (*path, "variables"))
        messages = tuple(
            MessageSeed(
                message["role"],
                message["content"],
                self._time(message, "timestamp", (*path, "messages", index)),
            )
            for index, message in enumerate(entry.get("messages", ()))
        )
        created_at = self._time(entry, "created_at", path)
        failed = entry.get("status") == "error"
        return SessionSeed(given, owner, configuration, agent, created_at, failed, variables, messages)

    def _check_variables(self, values: Mapping[str, Any], configuration: Configuration, path: Path) -> None:
        declared = configuration.system.variables
        for name, value in values.items():
            if name not in declared:
                near = did_you_mean(name, tuple(declared))
                self._wrong((*path, name), f"{name} is not a variable of this configuration{near}")
            elif not declared[name].type.fits(value):
                self._wrong((*path, name), f"{name} must be {declared[name].type}.")
