"""Seed files that are edited while the emulator runs. This module is who looks at them, and starts again from them."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.seed import AgentSeed, Scenario, Seed, SessionSeed, VersionSeed
from atthene_emulator.errors import SetupError
from atthene_emulator.seeds.files import read_seeds
from atthene_emulator.wording import printable_lines

_EVERY = 0.5  # seconds between two looks
_SETTLED_AFTER = 0.2  # seconds in which nothing changed any more: editors remove, write and rename
_log = logging.getLogger("atthene_emulator")

_Stamp = tuple[int, ...] | None  # None: there is no such file
_Parts = Mapping[Any, Any]
_PLAIN = ("files", "collections", "knowledge_bases")  # kinds of records that can be compared as they are


class Difference(NamedTuple):
    """How many things of one kind came, are different, and went."""

    added: int
    changed: int
    removed: int


class Reload(NamedTuple):
    """The namespace `default` has started again; or could not, because the files are wrong, and is as it was.

    Attributes:
        files: what had changed.
        changes: by kind: `agents`, `sessions`, `scripts`, `faults`, `accounts`, `keys`, `prompts`, `scenarios`, `provider_states`; and
            `settings` for all that a seed says once, such as its clock. Empty if it could not start again.
        mistakes: a line each, with file, line and column; empty if it has started again.
    """

    files: tuple[str, ...]
    changes: Mapping[str, Difference]
    mistakes: str = ""

    def __str__(self) -> str:
        """Lines for people."""
        if self.mistakes:
            return f"Not reloaded, all stays as it was:\n{self.mistakes}"
        told = [f"{kind} +{one.added} ~{one.changed} -{one.removed}" for kind, one in self.changes.items() if any(one)]
        return f"Reloaded {', '.join(self.files)}: {', '.join(told) or 'it says the same as before'}"


class Watch:
    """Looks at the files of an emulator's seeds, and starts its namespace `default` again when one has changed.

    A change counts once the files stay as they are for a moment, so one that is replaced or half written is no mistake.

    Args:
        tell: is told how each reload went; by default, the log is.
    """

    def __init__(self, tell: Callable[[Reload], None] | None = None) -> None:
        self._tell = tell or _to_log
        self._stamps: dict[Path, _Stamp] = {}

    def note(self, path: Path) -> None:
        """Look at this file from now on; told before it is read, so that no change in between is missed."""
        self._stamps[path] = _stamp(path)

    async def follow(self, emulator: Emulator) -> None:
        """Look until cancelled. The emulator was built with `note`."""
        while True:
            await asyncio.sleep(_EVERY)
            changed = await self._settled()
            if changed:
                try:
                    await self._reload(emulator, changed)
                except Exception:  # noqa: BLE001  # a defect of ours; logged, and looking goes on
                    _log.exception("the seeds could not be read again")

    async def _settled(self) -> dict[Path, _Stamp]:
        """The files that are not what they were when they were read, once they stay as they are."""
        changed = self._changed()
        while changed:
            await asyncio.sleep(_SETTLED_AFTER)
            before, changed = changed, self._changed()
            if changed == before:
                break
        return changed

    def _changed(self) -> dict[Path, _Stamp]:
        now = {path: _stamp(path) for path in self._stamps}
        return {path: stamp for path, stamp in now.items() if stamp != self._stamps[path]}

    async def _reload(self, emulator: Emulator, changed: Mapping[Path, _Stamp]) -> None:
        files = tuple(map(str, changed))
        known, self._stamps = {**self._stamps, **changed}, {}
        try:
            seed = read_seeds(emulator.settings.seeds, self.note)
            changes = differences(emulator.default.origin, seed)
            emulator.reseed(seed)
        except SetupError as error:
            self._stamps = {**known, **self._stamps}
            self._tell(Reload(files, {}, str(error)))
            return
        self._tell(Reload(files, changes))


def _to_log(reload: Reload) -> None:
    _log.log(logging.WARNING if reload.mistakes else logging.INFO, "%s", printable_lines(str(reload)))


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def differences(before: Seed, after: Seed) -> dict[str, Difference]:
    """What one seed says otherwise than another, by kind."""
    old, new = _parts(before), _parts(after)
    return {kind: _difference(old[kind], new[kind]) for kind in new}


def _difference(before: _Parts, after: _Parts) -> Difference:
    changed = sum(before[name] != after[name] for name in before.keys() & after.keys())
    return Difference(len(after.keys() - before.keys()), changed, len(before.keys() - after.keys()))


def _parts(seed: Seed) -> dict[str, _Parts]:
    """Each thing that a seed says, by kind and name, as what can be compared."""
    return {
        "agents": _agents(seed.agents),
        "sessions": _sessions(seed.sessions),
        **{kind: _plain(getattr(seed, kind)) for kind in _PLAIN},
        "scripts": {script.name: script.entry for script in seed.scripts},
        "faults": {fault.id: fault.entry for fault in seed.faults},
        "accounts": {account.id: account for account in seed.accounts},
        "keys": {key.key: key for key in seed.keys},
        "prompts": seed.prompts,
        "scenarios": {name: _scenario(scenario) for name, scenario in seed.scenarios.items()},
        "provider_states": {text: state.entry for text, state in seed.provider_states.items()},
        "settings": {
            "contract": seed.contract,
            "frozen_at": seed.frozen_at,
            "ids": seed.ids,
            "models": seed.models,
            "tools": (seed.requirements, seed.tool_schemas),
            "default_answer": seed.default_answer,
            "default_template": seed.default_template,
            "default_agent": seed.default_agent and seed.default_agent.text,
            "rate_limit": seed.rate_limit,
            "latency": seed.latency,
            "on_disconnect": seed.on_disconnect,
            "transitions": seed.transitions,
        },
    }


def _plain(records: Sequence[Any]) -> _Parts:
    """Those without an id are told apart by their place."""
    return {one.id or place: one for place, one in enumerate(records)}


def _agents(agents: Sequence[AgentSeed]) -> _Parts:
    return {(one.owner.id, one.key): (one._replace(versions=()), *map(_version, one.versions)) for one in agents}


def _version(one: VersionSeed) -> tuple[Any, ...]:
    return one.number, one.configuration.text, one.created_at


def _sessions(sessions: Sequence[SessionSeed]) -> _Parts:
    """Sessions without an id are told apart by their place."""
    return {
        one.id or place: (
            one.owner,
            one.configuration.text,
            one.agent.key if one.agent else None,
            one.created_at,
            one.failed,
            one.variables,
            one.messages,
        )
        for place, one in enumerate(sessions)
    }


def _scenario(one: Scenario) -> tuple[Any, ...]:
    scripts, faults = [script.entry for script in one.scripts], [fault.entry for fault in one.faults]
    plain = [getattr(one, kind) for kind in _PLAIN]
    return one.description, scripts, faults, _agents(one.agents), _sessions(one.sessions), *plain, one.transitions
