"""Namespaces that were deleted stay in the store for a while, within bounds, and what was exercised in them counts once for good."""

from collections.abc import Sequence

import pytest

from atthene_emulator.limits import DELETED
from atthene_emulator.vault import keeper as keeper_module
from atthene_emulator.vault.vault import ARCHIVED
from tests.vault.memory_vault import Store
from tests.vault.test_keeper import KINDS, One, run

EXECUTE = "/api/v1/sessions/session_abc123/execute/"


@pytest.fixture(autouse=True)
def _only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forgotten before a test says so."""
    monkeypatch.setattr(keeper_module, "_EVERY", 1000)


def archived(store: Store) -> int:
    """How many deleted namespaces are in a store."""
    return sum(name.startswith(ARCHIVED) for name in store.abouts)


async def delete(one: One, names: Sequence[str], by: One | None = None) -> None:
    """Make namespaces, execute something in each, and delete them."""
    for name in names:
        key = (await one.control("POST", "/namespaces", {"name": name})).body["api_key"]
        assert (await (by or one).ask("POST", EXECUTE, {"content": "Hello"}, x_api_key=key)).status == 200
        assert (await (by or one).control("DELETE", f"/namespaces/{name}")).status == 204


async def listed(one: One) -> list[str]:
    """The names of deleted namespaces, the newest first."""
    found = (await one.control("GET", "/namespaces?deleted=true")).body
    return [each["name"] for each in found if each["deleted_at"]]


async def executions(one: One) -> int:
    return sum(each["executions"] for each in (await one.control("GET", "/coverage?namespaces=all")).body)


@KINDS
def test_the_newest_can_be_looked_at_and_all_are_counted(*, at_once: bool) -> None:
    async def look() -> None:
        store = Store()
        one = One(store, at_once=at_once)
        await one.keeper.open()
        names = [f"n{number}" for number in range(DELETED.most + 5)]
        await delete(one, names)
        newest = names[:4:-1]
        assert (await listed(one), await executions(one)) == (newest, len(names))
        assert archived(store) == DELETED.most
        await one.keeper.close()
        other = One(store, at_once=at_once)
        await other.keeper.open()
        assert (await listed(other), await executions(other)) == (newest, len(names))
        assert (await other.control("GET", "/journal", namespace=newest[0])).body[0]["status"] == 200
        assert (await other.control("GET", "/journal", namespace=names[0])).status == 404
        await other.keeper.close()

    run(look)


def test_whoever_lists_namespaces_forgets_those_that_others_have_deleted() -> None:
    async def forget() -> None:
        store = Store()
        one, other = One(store), One(store, "http://other")
        await one.keeper.open()
        await other.keeper.open()
        await delete(one, [f"n{number}" for number in range(DELETED.most + 5)], by=other)
        await other.keeper.look()
        assert archived(store) == DELETED.most + 5
        await one.keeper.refresh()
        await one.keeper.look()
        assert archived(store) == DELETED.most
        assert await executions(one) == DELETED.most + 5
        await one.keeper.close()
        await other.keeper.close()

    run(forget)


@KINDS
def test_one_that_is_too_large_is_counted_and_not_shown(*, at_once: bool) -> None:
    async def count() -> None:
        store = Store()
        one = One(store, at_once=at_once)
        await one.keeper.open()
        one.keeper._archive._max_bytes = 10  # noqa: SLF001  # as if there were much in it
        await delete(one, ["large"])
        (rows,) = (rows for name, rows in store.rows.items() if name.startswith(ARCHIVED))
        assert {table for table, _ in rows} == {"agents", "configurations", "coverage", "coverage_counts"}
        assert (await one.control("GET", "/state", namespace="large")).status == 404
        for _ in range(2):
            assert (await listed(one), await executions(one), archived(store)) == ([], 1, 0)
        await one.keeper.close()

    run(count)


@KINDS
@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
def test_whichever_call_fails_it_is_counted_once(*, at_once: bool, is_done: bool) -> None:
    async def forget(number: int) -> int:
        store = Store()
        one = One(store, at_once=at_once)
        await one.keeper.open()
        await delete(one, ["a", "b", "c"])
        one.keeper._archive._most = 1  # noqa: SLF001  # so that there is something to do
        one.vault.fails_at, one.vault.is_done = one.vault.calls + number, is_done
        await one.keeper.look()
        one.vault.fails_at = None
        calls = one.vault.calls
        assert await executions(one) == 3
        await one.keeper.close()
        other = One(store, at_once=at_once)
        await other.keeper.open()
        other.keeper._archive._most = 1  # noqa: SLF001
        for _ in range(2):
            await other.keeper.refresh()
            await other.keeper.look()
            assert (await executions(other), await listed(other)) == (3, ["c"])
        assert archived(store) == 1
        await other.keeper.close()
        return calls

    for number in range(12):
        run(lambda number=number: forget(number))  # type: ignore[misc]
