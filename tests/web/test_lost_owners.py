"""A request that waits at its owner is answered once: by the owner, or, when that one is lost, by whoever gives it up."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import patch

import pytest
from starlette.types import Message

from atthene_emulator.errors import Damaged, NotKept, Overtaken
from atthene_emulator.vault.loaded import Loaded
from atthene_emulator.vault.vault import Elsewhere
from atthene_emulator.web.passing_on import passing
from atthene_emulator.web.passing_on.passing import Here, Passing

SCOPE = {
    "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/", "raw_path": b"/",
    "query_string": b"", "headers": [(b"host", b"emulator")],
}  # fmt: skip
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
NOT_MINE = b"HTTP/1.1 421 Misdirected Request\r\nx-emulator-not-mine: 1\r\ncontent-length: 0\r\n\r\n"
MINE, ANOTHER = Loaded("default"), Elsewhere("http://127.0.0.1:9")


class Asked:
    """A request that waits at its owner, and what becomes of it meanwhile.

    Args:
        looks: what is done each time that somebody looks who the owner is, after the first time, and what is found.
    """

    def __init__(self, *looks: Callable[["Asked"], Awaitable[Any]]) -> None:
        self.sent: list[Message] = []
        self._looks = iter(looks)
        self._owner: Elsewhere | None = None
        self._news = asyncio.Condition()
        self._connected: asyncio.Future[StreamWriter] = asyncio.get_running_loop().create_future()

    async def outcome(self) -> Here | None:
        """What the asked emulator is to answer itself."""
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self._owner = Elsewhere(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        asking = Passing("secret", self._reach)
        try:
            async with asyncio.timeout(10):
                return await asking.pass_on(SCOPE, self._receive, self._send)
        finally:
            asking.close()
            server.close()
            (await self._connected).close()

    async def stop(self) -> None:
        """Have it asked of an emulator that stops while it waits."""
        asking = asyncio.ensure_future(self.outcome())
        await self._connected
        asking.cancel()
        await asyncio.wait((asking,))

    async def answer(self, data: bytes, *, messages: int = 0) -> Elsewhere | None:
        """Have the owner answer, and wait for so many messages to be sent; that it is the owner still."""
        (await self._connected).write(data)
        async with self._news:
            await self._news.wait_for(lambda: len(self.sent) >= messages)
        return self._owner

    async def _take(self, reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self._connected.set_result(writer)

    async def _reach(self, _: Any) -> Any:
        return await next(self._looks)(self) if self._connected.done() else self._owner

    async def _receive(self) -> Message:
        return await asyncio.get_running_loop().create_future()

    async def _send(self, message: Message) -> None:
        async with self._news:
            self.sent.append(message)
            self._news.notify_all()

    @property
    def told(self) -> list[Any]:
        """Statuses and bodies, as they were sent."""
        return [message.get("status", message.get("body")) for message in self.sent]


async def is_mine(_: Asked) -> Any:
    return MINE


async def is_of_another(_: Asked) -> Any:
    return ANOTHER


async def is_unknown(_: Asked) -> Any:
    raise NotKept("The store does not answer")


async def is_damaged(_: Asked) -> Any:
    raise Damaged("default", "it is cut off")


async def answers(asked: Asked) -> Any:
    return await asked.answer(HEAD + b"ok", messages=2)


async def answers_and_is_lost(asked: Asked) -> Any:
    await answers(asked)
    return MINE


async def begins_and_is_lost(asked: Asked) -> Any:
    await asked.answer(HEAD, messages=1)
    asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(asked.answer(b"ok")))
    return MINE


async def moves(asked: Asked) -> Any:
    await asked.answer(NOT_MINE)
    for _ in range(100):
        await asyncio.sleep(0)
    return MINE


@pytest.fixture(autouse=True)
def soon() -> Any:
    """Who waits looks again at once."""
    with patch.multiple(passing, _LOOK=0.05, PAUSE=0):
        yield


@pytest.mark.parametrize("look", [is_mine, is_of_another, is_damaged], ids=lambda look: look.__name__)
def test_nothing_is_sent_of_a_request_that_is_given_up(look: Any) -> None:
    async def ask() -> None:
        asked = Asked(look)
        with pytest.raises(Overtaken, match="does not answer any more"):
            await asked.outcome()
        assert asked.told == []

    asyncio.run(ask())


@pytest.mark.parametrize(
    "looks",
    [(answers_and_is_lost,), (begins_and_is_lost,), (is_unknown, is_unknown, answers)],
    ids=lambda looks: looks[0].__name__,
)
def test_an_owner_that_answers_is_the_only_one_who_does(looks: Any) -> None:
    async def ask() -> None:
        asked = Asked(*looks)
        assert await asked.outcome() is None
        assert asked.told == [200, b"ok"]

    asyncio.run(ask())


def test_a_request_that_comes_back_while_somebody_looks_is_answered_here() -> None:
    async def ask() -> None:
        asked = Asked(moves, is_mine)
        here = await asked.outcome()
        assert here is not None
        assert here.reached is MINE
        assert asked.told == []

    asyncio.run(ask())


def test_an_emulator_that_stops_says_so_of_what_it_has_passed_on() -> None:
    async def ask() -> None:
        asked = Asked()
        await asked.stop()
        status, body = asked.told
        assert status == 503
        assert b"The emulator stops" in body

    asyncio.run(ask())
