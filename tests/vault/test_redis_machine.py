"""Several emulators on one Redis do what they like, and a dictionary says what must have come of it."""

import asyncio
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from atthene_emulator.domain.rows import Changes, Row
from atthene_emulator.errors import Conflict, NotKept
from atthene_emulator.vault.redis import RedisVault
from atthene_emulator.vault.vault import About, Elsewhere
from tests.redis_server import RedisServer
from tests.vault.emulators import STAMP

ADDRESSES = ("http://a:1", "http://b:2")
FOREVER = 3600.0  # seconds: nobody lives on, or is forgotten, by itself
EXAMPLES = count(1)

EMULATORS = st.integers(0, len(ADDRESSES) - 1)
ALL = ("", "n")
NAMES = st.sampled_from(ALL)
NAMED = st.sampled_from(["n", "m"])
KEYS = st.lists(st.sampled_from(["key", "other"]), unique=True, max_size=2)
TABLES = st.sampled_from(["sessions", "contents"])
ROWS = st.builds(
    Row, TABLES, st.sampled_from(["", "k", "é", "1"]), st.integers(-3, 3), st.none() | st.binary(max_size=20)
)
CHANGES = st.builds(
    Changes, st.lists(TABLES, unique=True, max_size=2).map(tuple), st.lists(ROWS, max_size=4).map(tuple)
)
Kept = dict[str, dict[str, tuple[int, bytes]]]


class Emulators(RuleBasedStateMachine):
    """The emulators, and what they should find.

    `owners` has whose a namespace is by Redis; `believed` what each emulator takes for its own; who is in `overdue` has not
    lived in time, and does not know yet.
    """

    def __init__(self, server: RedisServer) -> None:
        super().__init__()
        self.server = server
        self.prefix = f"machine-{next(EXAMPLES)}"
        self.runner = asyncio.Runner()
        self.vaults = [self._opened(address) for address in ADDRESSES]
        self.kept: dict[str, Kept] = {}
        self.keys: dict[str, list[str]] = {}
        self.owners: dict[str, int] = {}
        self.believed: list[set[str]] = [set() for _ in ADDRESSES]
        self.overdue: set[int] = set()

    def _opened(self, address: str) -> RedisVault:
        vault = RedisVault(f"{self.server.url}?prefix={self.prefix}", address, ttl=FOREVER)
        self.runner.run(vault.open(STAMP))
        return vault

    def _outcome(self, doing: Any) -> Any:
        """What is returned, or the kind of what is raised."""
        try:
            return self.runner.run(doing)
        except (NotKept, Conflict) as failure:
            return type(failure)

    def _write(self, name: str, changes: Changes) -> None:
        tables = self.kept.setdefault(name, {})
        for table in changes.emptied:
            tables.pop(table, None)
        for table, key, place, value in changes.rows:
            if value is None:
                tables.get(table, {}).pop(key, None)
            else:
                tables.setdefault(table, {})[key] = place, value

    def _forget(self, emulator: int) -> None:
        self.believed[emulator].clear()
        self.overdue.discard(emulator)
        self.owners = {name: owner for name, owner in self.owners.items() if owner != emulator}

    def _is_owned(self, emulator: int, name: str) -> bool:
        """Whether a change of somebody is taken; who is refused knows better from then on."""
        is_owned = name in self.believed[emulator] and self.owners.get(name) == emulator
        if not is_owned:
            self.believed[emulator].discard(name)
        return is_owned

    @rule(emulator=EMULATORS, name=NAMES)
    def claim(self, emulator: int, name: str) -> None:
        owner = self.owners.get(name)
        found = self._outcome(self.vaults[emulator].claim(name))
        if name in self.believed[emulator]:
            assert found is None
        elif owner is None or owner == emulator or owner in self.overdue:
            assert found is None
            self.owners[name] = emulator
            self.believed[emulator].add(name)
        else:
            assert found == Elsewhere(ADDRESSES[owner])

    @rule(emulator=EMULATORS, name=NAMES, changes=st.lists(CHANGES, min_size=1, max_size=3), is_claimed=st.booleans())
    def save(self, emulator: int, name: str, changes: list[Changes], *, is_claimed: bool) -> None:
        async def save_at_once() -> list[Any]:
            saving = (self.vaults[emulator].save(name, one) for one in changes)
            return await asyncio.gather(*saving, return_exceptions=True)

        if is_claimed:
            self.claim(emulator, name)  # or another has it
        came = [result and type(result) for result in self._outcome(save_at_once())]
        if self._is_owned(emulator, name):
            assert came == [None] * len(changes)
            for one in changes:
                self._write(name, one)
        else:
            assert all(issubclass(one, NotKept) for one in came)

    @rule(emulator=EMULATORS, name=NAMED, keys=KEYS, changes=CHANGES)
    def add(self, emulator: int, name: str, keys: list[str], changes: Changes) -> None:
        found = self._outcome(self.vaults[emulator].add(About(name, tuple(keys), {"a": 1}), changes))
        assert found is (Conflict if name in self.keys else None)
        if name not in self.keys:
            self.keys[name] = keys
            self._write(name, changes)

    @rule(emulator=EMULATORS, name=NAMED)
    def remove(self, emulator: int, name: str) -> None:
        found = self._outcome(self.vaults[emulator].remove(name))
        if self._is_owned(emulator, name):
            assert found is None
            self.kept.pop(name, None)
            self.keys.pop(name, None)
            self.owners.pop(name)
            self.believed[emulator].discard(name)
        else:
            assert issubclass(found, NotKept)

    @rule(emulator=EMULATORS, name=NAMES)
    def release(self, emulator: int, name: str) -> None:
        assert self._outcome(self.vaults[emulator].release(name)) is None
        if self._is_owned(emulator, name):
            self.owners.pop(name)
        self.believed[emulator].discard(name)

    @rule(emulator=EMULATORS)
    def come_too_late(self, emulator: int) -> None:
        self.server.command("DEL", f"{{{self.prefix}}}:node:{ADDRESSES[emulator]}")
        self.overdue.add(emulator)

    @rule(emulator=EMULATORS)
    def live(self, emulator: int) -> None:
        self.runner.run(self.vaults[emulator].renew())
        if emulator in self.overdue:
            self._forget(emulator)

    @rule(emulator=EMULATORS)
    def start_again(self, emulator: int) -> None:
        self.runner.run(self.vaults[emulator].close())
        self._forget(emulator)
        self.vaults[emulator] = self._opened(ADDRESSES[emulator])

    @rule(emulator=EMULATORS)
    def be_replaced(self, emulator: int) -> None:
        """Another process starts at the address of one that has died without a word."""
        self._forget(emulator)
        dead, self.vaults[emulator] = self.vaults[emulator], self._opened(ADDRESSES[emulator])
        self.runner.run(dead.close())

    @rule()
    def lose_the_scripts(self) -> None:
        self.server.command("SCRIPT", "FLUSH")

    @invariant()
    def each_owns_what_it_believes_to_own(self) -> None:
        for vault, believed in zip(self.vaults, self.believed, strict=True):
            assert {name for name in ALL if vault.owns(name)} == believed

    @invariant()
    def all_find_what_is_kept(self) -> None:
        for vault in self.vaults:
            for name in (*ALL, "m"):
                found = self.runner.run(vault.load(name))
                rows = {table: {row.key: (row.place, row.value) for row in rows} for table, rows in found.items()}
                assert rows == {table: kept for table, kept in self.kept.get(name, {}).items() if kept}
                assert all(list(rows) == sorted(rows, key=lambda row: row.place) for rows in found.values())

    @invariant()
    def all_find_the_namespaces(self) -> None:
        vault = self.vaults[0]
        assert [(about.name, list(about.keys)) for about in self.runner.run(vault.all())] == list(self.keys.items())
        for key in ("key", "other"):
            holder = next((name for name, keys in self.keys.items() if key in keys), None)
            assert self.runner.run(vault.holder(key)) == holder

    def teardown(self) -> None:
        for vault in self.vaults:
            self.runner.run(vault.close())
        self.runner.close()


def test_emulators_share_a_redis(redis: RedisServer) -> None:
    few = settings(max_examples=25, stateful_step_count=25)
    run_state_machine_as_test(lambda: Emulators(redis), settings=few)  # type: ignore[no-untyped-call]
