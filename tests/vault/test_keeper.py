"""What was answered is kept, and what was not answered is not half there, whatever the vault does meanwhile."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from starlette.types import Message

from atthene_emulator.boot import build_emulator
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.rows import Row
from atthene_emulator.domain.stream import Mark
from atthene_emulator.errors import NotKept
from atthene_emulator.limits import VIEWED
from atthene_emulator.settings import Settings
from atthene_emulator.steady_clock import steady
from atthene_emulator.vault import keeper as keeper_module
from atthene_emulator.vault.keeper import Keeper
from atthene_emulator.vault.loaded import Loaded
from atthene_emulator.vault.vault import EMULATOR, Elsewhere
from atthene_emulator.web.app import create_app
from tests.vault.memory_vault import MemoryVault, Store

SCRIPT = {"when": {"content": "Hi"}, "then": {"reply": "Ho"}}
KINDS = pytest.mark.parametrize("at_once", [True, False], ids=["at once", "shared"])


class Answer(NamedTuple):
    status: int
    body: Any


class One:
    """An emulator over a store, which is asked without a network."""

    def __init__(self, store: Store, address: str = "http://one", *, at_once: bool = False, **options: Any) -> None:
        self.vault = MemoryVault(store, address, at_once=at_once)
        self.now = 0.0
        self.emulator = build_emulator(Settings())
        self.emulator._timer = lambda: self.now  # noqa: SLF001  # nothing sleeps in tests
        self.keeper = Keeper(self.emulator, self.vault, **options)
        self.app = create_app(self.emulator, keeper=self.keeper)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        data = b"" if body is None else json.dumps(body).encode()
        given = {"host": "localhost", "content-length": str(len(data)), "content-type": "application/json", **headers}
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "scheme": "http", "server": ("localhost", 80), "client": ("127.0.0.1", 1), "extensions": {},
        }  # fmt: skip
        messages: list[Message] = [{"type": "http.request", "body": data, "more_body": False}]
        sent: list[Message] = []

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        text = b"".join(one.get("body", b"") for one in sent)
        return Answer(sent[0]["status"], json.loads(text) if text else None)

    async def control(self, method: str, path: str, body: Any = None, namespace: str | None = None) -> Answer:
        headers = {} if namespace is None else {"x_emulator_namespace": namespace}
        return await self.ask(method, f"/__emulator{path}", body, **headers)

    async def loaded(self, name: str) -> Loaded:
        reached = await self.keeper.reach(name)
        assert isinstance(reached, Loaded)
        return reached


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await test()

    asyncio.run(bounded())


@contextmanager
def set_back(seconds: float) -> Iterator[None]:
    """The machine's clocks are behind meanwhile."""
    now = time.time
    with (
        patch.object(time, "time", lambda: now() - seconds),
        patch("atthene_emulator.domain.journal.steady", lambda: steady() - seconds),
        patch("atthene_emulator.domain.namespace.steady", lambda: steady() - seconds),
    ):
        yield


def own(scripts: Answer) -> list[str]:
    """The names of scripts that are not of the seed."""
    return [one["name"] for one in scripts.body if one["from"] != "seed"]


# Failures

STEPS: Mapping[str, tuple[str, str, Any, str | None]] = {
    "make a": ("POST", "/namespaces", {"name": "a"}, None),
    "script one": ("POST", "/scripts", {"name": "one", **SCRIPT}, "a"),
    "snapshot": ("POST", "/snapshots", {"name": "kept"}, "a"),
    "make b": ("POST", "/namespaces", {"name": "b"}, None),
    "script two": ("POST", "/scripts", {"name": "two", **SCRIPT}, "a"),
    "delete b": ("DELETE", "/namespaces/b", None, None),
    "make c": ("POST", "/namespaces", {}, None),
}


async def told(one: One) -> dict[str, Any]:
    """What an emulator says of everything."""
    there = (await one.control("GET", "/namespaces")).body
    everything = (await one.control("GET", "/namespaces?deleted=true")).body
    gone = [found["name"] for found in everything if found["deleted_at"]]
    names = sorted(found["name"] for found in there)
    of_each = {
        name: [(await one.control("GET", path, namespace=name)).body for path in ("/scripts", "/snapshots", "/journal")]
        for name in names
    }
    return {"keys": sorted(str(found["api_key"]) for found in there), "gone": gone, **of_each}


def has(state: Mapping[str, Any], step: str) -> bool:
    """Whether a step has happened."""
    scripts = [one["name"] for one in state["a"][0]] if "a" in state else []
    return {
        "make a": "a" in state,
        "script one": "one" in scripts,
        "snapshot": "a" in state and [one["name"] for one in state["a"][1]] == ["kept"],
        "make b": True,
        "script two": "two" in scripts,
        "delete b": "b" not in state and state["gone"] == ["b"],
        "make c": any(name.startswith("ns-") for name in state),
    }[step]


async def went(one: One) -> dict[str, int]:
    """What each step was answered."""
    return {name: (await one.control(*step)).status for name, step in STEPS.items()}


def calls_of(*, at_once: bool) -> int:
    one = One(Store(), at_once=at_once)

    async def go() -> None:
        await one.keeper.open()
        assert max((await went(one)).values()) < 300

    run(go)
    return one.vault.calls


@KINDS
@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
def test_whichever_call_fails_nothing_is_half_there(*, at_once: bool, is_done: bool) -> None:
    async def fail(number: int) -> None:
        store = Store()
        one = One(store, at_once=at_once)
        await one.keeper.open()
        one.vault.fails_at, one.vault.is_done = one.vault.calls + number, is_done
        answers = await went(one)
        one.vault.fails_at = None
        survivor = await told(one)
        await one.keeper.close()
        other = One(store, at_once=at_once)
        await other.keeper.open()
        assert await told(other) == survivor
        for step, status in answers.items():
            assert status in (200, 201, 204, 404, 409, 503), (step, status)
            if status < 300:
                assert has(survivor, step), (number, step, answers)
        made = [await other.control("POST", "/namespaces", {}) for _ in range(2)]
        keys = {answer.body["api_key"] for answer in made}
        assert len(keys - set(survivor["keys"])) == 2
        await other.keeper.close()

    for number in range(calls_of(at_once=at_once)):
        run(lambda number=number: fail(number))  # type: ignore[misc]


def test_who_waits_for_a_save_that_fails_is_refused_as_well() -> None:
    async def both() -> None:
        one = One(Store())
        await one.keeper.open()
        await one.loaded("default")
        one.vault.held = asyncio.Event()
        first = asyncio.ensure_future(one.control("POST", "/scripts", {"name": "one", **SCRIPT}))
        for _ in range(20):
            await asyncio.sleep(0)
        assert "one" in [script.name for script in one.emulator.default.scripts]
        second = asyncio.ensure_future(one.control("GET", "/scripts"))  # it sees what is not kept yet
        for _ in range(20):
            await asyncio.sleep(0)
        one.vault.fails_at = one.vault.calls
        one.vault.held.set()
        assert [answer.status for answer in await asyncio.gather(first, second)] == [503, 503]
        assert own(await one.control("GET", "/scripts")) == []
        await one.keeper.close()

    run(both)


def test_a_namespace_that_is_not_kept_is_not_told_of() -> None:
    async def put_away() -> None:
        one = One(Store())
        await one.keeper.open()
        loaded = await one.loaded("default")
        del one.vault.store.owners["default"]
        await one.keeper.look()
        assert loaded.state == "put away"
        with pytest.raises(NotKept, match="send it again"):
            await one.keeper.keep(loaded)
        await one.keeper.close()

    run(put_away)


@KINDS
def test_a_request_that_was_not_kept_is_not_told_of(*, at_once: bool) -> None:
    async def follow() -> None:
        one = One(Store(), at_once=at_once)
        await one.keeper.open()
        with one.emulator.feed.followed():
            await one.keeper.follow()
            for path, fails, status in (("first", False, 404), ("lost", True, 503), ("kept", False, 404)):
                one.vault.fails_at = one.vault.calls if fails else None
                assert (await one.ask("GET", f"/api/v1/sessions/{path}/", x_api_key="test-key")).status == status
            for _ in range(20):
                await asyncio.sleep(0)
            told = [event.what.path for event in one.emulator.feed.since(0)[1] if isinstance(event.what, Entry)]
        assert told == ["/api/v1/sessions/first/", "/api/v1/sessions/kept/"]
        await one.keeper.close()

    run(follow)


# Many at a time


@KINDS
def test_a_namespace_is_loaded_once(*, at_once: bool) -> None:
    async def load() -> None:
        one = One(Store(), at_once=at_once)
        await one.keeper.open()
        reached = await asyncio.gather(*(one.keeper.reach("default") for _ in range(10)))
        assert len({id(loaded) for loaded in reached}) == 1
        assert not one.keeper._locks  # noqa: SLF001  # whatever was asked for leaves nothing
        await one.keeper.close()

    run(load)


@KINDS
def test_names_that_are_unknown_leave_nothing(*, at_once: bool) -> None:
    async def look() -> None:
        one = One(Store(), at_once=at_once)
        await one.keeper.open()
        assert [await one.keeper.reach(f"none-{number}") for number in range(5)] == [None] * 5
        assert not one.keeper._locks  # noqa: SLF001  # whatever was asked for leaves nothing
        assert set(one.vault.store.owners) <= {EMULATOR}
        await one.keeper.close()

    run(look)


def test_what_is_deleted_while_it_is_loaded_is_not_there() -> None:
    async def delete() -> None:
        store = Store()
        one = One(store)
        await one.keeper.open()
        await one.control("POST", "/namespaces", {"name": "a"})
        find, asked = one.vault.find, count()

        async def found(name: str) -> Any:
            about = await find(name)
            if name == "a" and next(asked) == 0:  # then somebody else deletes it
                del store.abouts["a"], store.rows["a"]
            return about

        with patch.object(one.vault, "find", found):
            assert await one.keeper.reach("a") is None
        assert "a" not in store.owners
        await one.keeper.close()

    run(delete)


def test_one_that_another_has_is_elsewhere_until_that_ends() -> None:
    async def move() -> None:
        store = Store()
        one, other = One(store), One(store, "http://other")
        await one.keeper.open()
        await other.keeper.open()
        await one.control("POST", "/scripts", {"name": "one", **SCRIPT})
        assert await other.keeper.reach("default") == Elsewhere("http://one")
        await one.keeper.close()
        assert own(await other.control("GET", "/scripts")) == ["one"]
        await other.keeper.close()

    run(move)


def test_who_looks_at_what_runs_sees_what_was_and_who_goes_on_numbers_nothing_again() -> None:
    def stream_of(namespace: Namespace) -> Mark:
        session = namespace.records.sessions.get("session_abc123")
        assert session is not None
        return session.stream

    async def go_on() -> None:
        store = Store()
        one, other, third = (One(store, f"http://{name}") for name in ("one", "other", "third"))
        for each in (one, other, third):
            await each.keeper.open()
        await one.control("POST", "/scripts", {"when": {"content": "Wait"}, "then": {"reply": "Ho", "gate": "door"}})
        path = "/api/v1/runtime/session_abc123/execute/"
        waiting = asyncio.create_task(one.ask("POST", path, {"content": "Wait"}, x_api_key="test-key"))
        while not one.emulator.default.running:  # noqa: ASYNC110  # nothing tells of it
            await asyncio.sleep(0)
        await one.keeper.keep(await one.loaded("default"))
        reached = one.emulator.default.running["session_abc123"].start.events.end
        assert stream_of(await other.keeper.view("default")) == stream_of(one.emulator.default) != reached
        store.owners.clear()  # as if it had crashed
        there = await other.loaded("default")
        assert stream_of(there.namespace) == reached
        await other.keeper.keep(there)
        assert stream_of(await third.keeper.view("default")) == reached
        waiting.cancel()
        for each in (one, other, third):
            await each.keeper.close()

    run(go_on)


# Bounds


async def with_namespaces(one: One, many: int) -> None:
    await one.keeper.open()
    for number in range(many):
        name = f"n{number}"
        await one.control("POST", "/namespaces", {"name": name})
        assert (await one.control("POST", "/scripts", {"name": name, **SCRIPT}, name)).status == 201


@KINDS
def test_those_not_used_for_long_are_put_away_and_there_again(*, at_once: bool) -> None:
    async def bound() -> None:
        one = One(Store(), at_once=at_once, most=3)
        await with_namespaces(one, 8)
        await one.control("GET", "/scripts", namespace="n0")
        await one.keeper.look()
        assert one.keeper.loaded == ("n6", "n7", "n0")
        assert len(one.emulator.namespaces) <= 4  # `default` is always there
        listed = {found["name"] for found in (await one.control("GET", "/namespaces")).body}
        assert listed == {"default", *(f"n{number}" for number in range(8))}
        for number in range(8):
            assert own(await one.control("GET", "/scripts", namespace=f"n{number}")) == [f"n{number}"]
        if not at_once:
            assert set(one.vault.store.owners) >= {"n0"}
        await one.keeper.close()

    run(bound)


def test_bytes_bound_them_too() -> None:
    async def bound() -> None:
        one = One(Store(), max_bytes=1)
        await with_namespaces(one, 3)
        await one.keeper.look()
        assert not one.keeper.loaded
        assert set(one.vault.store.owners) == {EMULATOR}
        await one.keeper.close()

    run(bound)


def test_one_that_is_used_stays() -> None:
    async def bound() -> None:
        one = One(Store(), max_bytes=1)
        await with_namespaces(one, 2)
        with one.keeper.used(await one.loaded("n1")):
            await one.keeper.look()
            assert one.keeper.loaded == ("n1",)
        await one.keeper.close()

    run(bound)


def test_so_much_is_looked_at_together_and_no_more() -> None:
    async def look() -> None:
        one = One(Store(), max_bytes=1)
        await with_namespaces(one, 2)
        await one.keeper.look()
        with patch.object(keeper_module, "VIEWED", VIEWED._replace(most=100)):
            refused = await one.control("GET", "/journal?namespaces=all")
        assert refused.status == 507
        assert "ask for one by X-Emulator-Namespace" in refused.body["error"]["message"]
        assert (await one.control("GET", "/journal?namespaces=all")).status == 200
        assert one.emulator.views == {}
        await one.keeper.close()

    run(look)


# Time to live


@KINDS
@pytest.mark.parametrize("is_loaded", [True, False], ids=["loaded", "asleep"])
def test_one_that_nobody_uses_is_forgotten(*, at_once: bool, is_loaded: bool) -> None:
    async def forget() -> None:
        store = Store()
        one = One(store, at_once=at_once, max_bytes=10**9 if is_loaded else 1)
        await one.keeper.open()
        await one.control("POST", "/namespaces", {"name": "a", "ttl_seconds": 60})
        assert (await one.control("GET", "/state", namespace="a")).status == 200
        await one.keeper.look()
        assert ("a" in one.keeper.loaded) is is_loaded
        for _ in range(2):  # of one that others may have used, it is known from the first time on
            one.now += 61
            await one.keeper.look()
            await asyncio.sleep(0)  # it is removed
        assert "a" not in store.abouts
        assert "a" not in store.owners
        await one.keeper.close()

    run(forget)


def test_one_that_another_emulator_has_is_not_forgotten() -> None:
    async def keep() -> None:
        store = Store()
        one, other = One(store), One(store, "http://other")
        await one.keeper.open()
        await other.keeper.open()
        await one.control("POST", "/namespaces", {"name": "a", "ttl_seconds": 60})
        await one.control("GET", "/namespaces")
        assert (await other.control("GET", "/state", namespace="a")).status == 200
        for _ in range(5):
            one.now += 61
            await one.keeper.look()
        assert "a" in store.abouts
        await other.keeper.close()
        for _ in range(2):
            one.now += 61
            await one.keeper.look()
        assert "a" not in store.abouts
        await one.keeper.close()

    run(keep)


@KINDS
def test_a_default_that_cannot_be_read_begins_again(*, at_once: bool) -> None:
    async def begin_again() -> None:
        store = Store()
        one = One(store, at_once=at_once)
        await one.keeper.open()
        await one.control("POST", "/scripts", {"name": "one", **SCRIPT})
        await one.control("POST", "/namespaces", {"name": "a"})
        await one.keeper.close()
        (clock,) = (key for key in store.rows["default"] if key[0] == "clock")
        store.rows["default"][clock] = Row(*clock, 0, b"[")
        other = One(store, at_once=at_once)
        await other.keeper.open()
        asked = [("GET", "/scripts"), ("DELETE", "/namespaces/default"), ("GET", "/scripts"), ("GET", "/export")]
        assert [(await other.control(*one)).status for one in asked] == [503, 204, 200, 200]
        assert own(await other.control("GET", "/scripts")) == []
        assert (await other.control("GET", "/scripts", namespace="a")).status == 200
        await other.keeper.close()
        again = One(store, at_once=at_once)
        await again.keeper.open()
        assert (await again.control("GET", "/scripts")).status == 200
        await again.keeper.close()

    run(begin_again)


# What goes on


@KINDS
def test_what_was_exercised_in_namespaces_that_are_gone_counts_further(*, at_once: bool) -> None:
    async def go_on() -> None:
        store = Store()
        one = One(store, at_once=at_once)
        await one.keeper.open()
        key = (await one.control("POST", "/namespaces", {"name": "a"})).body["api_key"]
        body = {"content": "Hello"}
        answer = await one.ask("POST", "/api/v1/sessions/session_abc123/execute/", body, x_api_key=key)
        assert answer.status == 200
        await one.control("DELETE", "/namespaces/a")
        before = (await one.control("GET", "/coverage?namespaces=all")).body
        await one.keeper.close()
        other = One(store, at_once=at_once)
        await other.keeper.open()
        after = (await other.control("GET", "/coverage?namespaces=all")).body
        assert sum(one["executions"] for one in after) == 1
        assert {one["config_hash"]: one for one in after} == {one["config_hash"]: one for one in before}
        await other.keeper.close()

    run(go_on)


def test_who_looks_at_all_namespaces_sees_default_as_another_emulator_has_it_also_where_it_is_the_only_one() -> None:
    async def look() -> None:
        store = Store()
        one, other = One(store), One(store, "http://other")
        await one.keeper.open()
        await other.keeper.open()
        await one.ask("POST", "/api/v1/runtime/session_abc123/execute/", {"content": "Hello"}, x_api_key="test-key")
        for each in (other, one):
            covered = (await each.control("GET", "/coverage?namespaces=all")).body
            assert sum(found["executions"] for found in covered) == 1
            store.owners.pop(EMULATOR)  # so that the other one has it next
        await one.keeper.close()
        await other.keeper.close()

    run(look)


@pytest.mark.parametrize("behind", [0, 50])
def test_time_does_not_go_back_on_a_machine_whose_clock_is_behind(behind: float) -> None:
    async def move() -> None:
        store = Store()
        one = One(store)
        await one.keeper.open()
        assert (await one.ask("GET", "/api/v1/sessions/", x_api_key="test-key")).status == 200
        before = next(reversed(one.emulator.default.journal)).at
        await one.keeper.close()
        for _ in range(2):  # and it stays so
            with set_back(behind):
                other = One(store)
                await other.keeper.open()
                await other.control("POST", "/clear")
                shown = (await other.control("GET", "/clock")).body
                now = other.emulator.default.clock.now()
                await other.keeper.close()
            assert before <= now + 0.001 <= before + 30, shown

    run(move)


@KINDS
def test_default_is_as_old_before_it_is_loaded_as_afterwards(*, at_once: bool) -> None:
    async def made(one: One) -> str:
        (default,) = (await one.control("GET", "/namespaces")).body
        return str(default["created_at"])

    async def restart() -> None:
        store = Store()
        with set_back(1000):
            one = One(store, at_once=at_once)
            await one.keeper.open()
            first = await made(one)
            await one.keeper.close()
        other = One(store, at_once=at_once)
        await other.keeper.open()
        before = await made(other)
        await other.loaded("default")
        assert (before, await made(other)) == (first, first)
        await other.keeper.close()

    run(restart)


def test_a_clock_that_was_reset_stays_so() -> None:
    async def move() -> None:
        store = Store()
        one = One(store)
        await one.keeper.open()
        await one.control("POST", "/clock/advance", {"seconds": 86_400})
        assert (await one.ask("GET", "/api/v1/sessions/", x_api_key="test-key")).status == 200
        await one.control("POST", "/reset?scope=clock")
        before = one.emulator.default.clock.now()
        await one.keeper.close()
        other = One(store)
        await other.keeper.open()
        await other.loaded("default")
        assert other.emulator.default.clock.now() < before + 1000
        await other.keeper.close()

    run(move)
