"""What a keeper asks its vault, and when: a question less is a question less for each request."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from atthene_emulator.boot import build_emulator
from atthene_emulator.settings import Settings
from atthene_emulator.vault import keeper as module
from atthene_emulator.vault.keeper import Keeper
from atthene_emulator.vault.loaded import Loaded
from atthene_emulator.vault.sqlite import SqliteVault
from atthene_emulator.vault.vault import Elsewhere

OTHER = Elsewhere("http://other")


class Counting(SqliteVault):
    """Counts what it is asked; with `owner` all of it is another emulator's."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.asked: Counter[str] = Counter()
        self.owner: Elsewhere | None = None
        self.tidied = asyncio.Event()

    async def holder(self, key: str) -> str | None:
        self.asked["holder"] += 1
        return await super().holder(key)

    async def claim(self, name: str) -> Elsewhere | None:
        self.asked["claim"] += 1
        return self.owner or await super().claim(name)

    def tidy(self) -> bool:
        self.asked["tidy"] += 1
        self.tidied.set()
        return super().tidy()


@pytest.fixture
def vault(tmp_path: Path) -> Counting:
    return Counting(str(tmp_path / "emulator.db"))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EVERY", 0.005)


async def until_looked(vault: Counting) -> None:
    """Until there was time to put off work in."""
    vault.tidied.clear()
    async with asyncio.timeout(10):
        await vault.tidied.wait()


def test_a_key_and_an_owner_are_asked_for_now_and_then(vault: Counting) -> None:
    async def ask() -> None:
        keeper = Keeper(build_emulator(Settings()), vault)
        await keeper.open()
        vault.owner = OTHER
        await until_looked(vault)
        claimed = vault.asked["claim"]
        for _ in range(5):
            assert await keeper.holder("test-key") == "default"
            assert await keeper.reach("default") == OTHER
        assert (vault.asked["holder"], vault.asked["claim"] - claimed) == (1, 1)
        await until_looked(vault)
        await keeper.holder("test-key")
        await keeper.reach("default")
        assert (vault.asked["holder"], vault.asked["claim"] - claimed) == (2, 2)
        await keeper.close()

    asyncio.run(ask())


def test_a_key_that_leads_nowhere_is_asked_for_each_time(vault: Counting) -> None:
    async def ask() -> None:
        keeper = Keeper(build_emulator(Settings()), vault)
        await keeper.open()
        assert [await keeper.holder("made-later") for _ in range(3)] == [None] * 3
        assert vault.asked["holder"] == 3
        await keeper.close()

    asyncio.run(ask())


def test_a_namespace_that_is_deleted_loses_its_key_at_once(vault: Counting) -> None:
    async def ask() -> None:
        emulator = build_emulator(Settings())
        keeper = Keeper(emulator, vault)
        await keeper.open()
        common = await keeper.refresh()
        assert isinstance(common, Loaded)
        made = emulator.create("mine")
        await keeper.keep(common)
        (key,) = set(made.own_keys) - set(emulator.default.own_keys)
        assert await keeper.holder(key) == "mine"
        loaded = await keeper.reach("mine")
        assert isinstance(loaded, Loaded)
        emulator.delete("mine")
        await keeper.keep(loaded)
        assert await keeper.holder(key) is None
        await keeper.close()

    asyncio.run(ask())


def test_what_was_put_off_waits_while_somebody_asks(vault: Counting) -> None:
    async def ask() -> None:
        keeper = Keeper(build_emulator(Settings()), vault)
        await keeper.open()
        await keeper.reach("default")
        before = vault.asked["tidy"]
        end = asyncio.get_running_loop().time() + 0.1
        while asyncio.get_running_loop().time() < end:
            await keeper.reach("default")
            await asyncio.sleep(0)
        assert vault.asked["tidy"] == before
        await until_looked(vault)
        await keeper.close()

    asyncio.run(ask())
