"""The client for programs with an event loop: the same words, to be awaited. `make beside` tries it on trio, too."""

import asyncio
import inspect
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from atthene_emulator import (
    AsyncEmulatorClient,
    AsyncEmulatorNamespace,
    EmulatorClient,
    EmulatorNamespace,
    EmulatorServer,
)
from atthene_emulator.client import AsyncSocket, Gate, Socket
from atthene_emulator.client.asynchronous import AsyncGate
from atthene_emulator.errors import EmulatorUnreachable

pytestmark = pytest.mark.anyio
PAIRS = [
    (EmulatorClient, AsyncEmulatorClient),
    (EmulatorNamespace, AsyncEmulatorNamespace),
    (Gate, AsyncGate),
    (Socket, AsyncSocket),
]
MADE = ("gate", "create_namespace", "socket", "events")  # what is made is awaited, entered or followed
NOT_AWAITED = {
    *("interrupt", "http", "added"),  # for threads; a session of requests; what `unused` is made from
    *("sockets", "skip_result", "next_of_turn"),  # for the end of a test; what loops are made from
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(server: EmulatorServer) -> AsyncIterator[AsyncEmulatorClient]:
    async with AsyncEmulatorClient(server.url) as made:
        yield made


@pytest.fixture
async def world(client: AsyncEmulatorClient) -> AsyncIterator[AsyncEmulatorNamespace]:
    async with client.create_namespace() as made:
        yield made


def execute(world: AsyncEmulatorNamespace) -> Any:
    """Ask as a program does that does not wait: its answer, to be awaited."""
    http, url = world.blocking.http, f"{world.base_url}/runtime/session_abc123/execute/"
    return anyio.to_thread.run_sync(lambda: http.post(url, json={"content": "Hi"}, timeout=10))


@pytest.mark.parametrize(("blocking", "awaited"), PAIRS, ids=["client", "namespace", "gate", "socket"])
def test_there_is_the_same_word_for_everything(blocking: type, awaited: type) -> None:
    words = {name for name in dir(blocking) if not name.startswith("_")}
    assert words - NOT_AWAITED <= set(dir(awaited))
    for name in words - NOT_AWAITED:
        there, here = getattr(blocking, name), getattr(awaited, name)
        if inspect.isfunction(there) and name not in MADE:
            assert inspect.iscoroutinefunction(here), name
            assert inspect.signature(there) == inspect.signature(here), name


async def test_a_world_is_made_used_and_deleted(client: AsyncEmulatorClient) -> None:
    async with client.create_namespace(seed="default") as world:
        name = await world.script("It rains.", content="Hi")
        assert (await execute(world)).json()["messages"][0]["content"] == "It rains."
        (entry,) = await world.assert_executed(script=name, times=1)
        assert entry.content == "Hi"
        assert world.headers == {"x-api-key": world.api_key, "X-Emulator-Namespace": world.namespace}
        assert repr(world) == f"AsyncEmulatorNamespace({client.url!r}, {world.namespace!r})"
    assert world.namespace not in [one.name for one in await client.namespaces()]


async def test_a_world_may_be_awaited_too(client: AsyncEmulatorClient) -> None:
    world = await client.create_namespace()
    await world.delete()
    with pytest.raises(Exception, match="There is no namespace"):
        await world.reset()


async def test_a_gate_is_waited_at_while_the_program_runs(world: AsyncEmulatorNamespace) -> None:
    await world.script("Done.", gate="slow")
    gate = world.gate("slow")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(execute, world)
        await gate.wait_until_waiting()
        assert await gate.waiting == 1
        await gate.open()
        (entry,) = await world.wait(operation="runtime.execute")
    await gate.close()
    assert entry.status == 200


async def test_waiting_in_vain_fails(world: AsyncEmulatorNamespace) -> None:
    with pytest.raises(AssertionError) as failed:
        await world.wait(timeout=0.01)
    assert "loop" not in str(failed.value)
    with pytest.raises(AssertionError, match="0 of 1 executions wait"):
        await world.gate("slow").wait_until_waiting(timeout=0.01)


async def test_many_wait_at_once(world: AsyncEmulatorNamespace) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(60):
            tasks.start_soon(world.wait)
        await execute(world)


async def test_events_are_followed(world: AsyncEmulatorNamespace) -> None:
    await world.clear_journal()
    seen = []
    async for event in world.events(after=0):
        seen.append(event.data["path"])
        if len(seen) == 1:
            await world.advance(1)
        else:
            break
    assert seen[1] == "/__emulator/clock/advance"


@pytest.mark.parametrize("call", ["wait", "events"])
def test_a_call_that_is_given_up_leaves_no_thread(server: EmulatorServer, call: str) -> None:
    async def program() -> None:
        async with AsyncEmulatorClient(server.url) as client, client.create_namespace() as world:
            with anyio.move_on_after(0.05):
                if call == "wait":
                    await world.wait(timeout=60)
                async for _ in world.events():
                    pass

    before = time.monotonic()
    asyncio.run(program())
    anyio_threads = [one for one in threading.enumerate() if one.name == "AnyIO worker thread"]
    for one in anyio_threads:
        one.join(10)
    assert time.monotonic() - before < 5


async def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(EmulatorUnreachable):
        await AsyncEmulatorClient("http://127.0.0.1:9").health()


async def test_the_fixture_is_the_world_of_the_test(
    atthene: EmulatorNamespace, atthene_async: AsyncEmulatorNamespace
) -> None:
    await atthene_async.fault(429, id="limit")
    assert atthene_async.namespace == atthene.namespace
    assert len(atthene.unused()) == 1
