"""Connections to a Redis: one for commands, which share what they write, and one for the messages of a channel.

This module is those two. What goes wrong becomes `NotKept`, with a sentence of `redis_failures`.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError

from atthene_emulator.errors import NotKept
from atthene_emulator.steady_clock import steady
from atthene_emulator.vault.redis_failures import explained
from atthene_emulator.vault.redis_scripts import SCRIPTS
from atthene_emulator.vault.redis_url import Location

PATIENCE = 2.0  # seconds that a Redis may take to answer, and to be connected to
SLOWEST = 10_000_000  # bytes a second that at least reach it; what is long may take longer
AGAIN = 0.2  # seconds after a failure, in which it is not tried again
SILENCE = 5.0  # seconds without a message after which a connection that waits for some is asked whether it lives
_MOST = 1024 * 1024  # parts of a command that Redis takes


def packed(command: Sequence[bytes]) -> bytes:
    """A command as it is sent."""
    return b"*%d\r\n%b" % (len(command), b"".join([b"$%d\r\n%b\r\n" % (len(part), part) for part in command]))


_LOADING = [packed((b"SCRIPT", b"LOAD", script.text)) for script in SCRIPTS]


class _Call(NamedTuple):
    """A command that was called, and what waits for its reply."""

    sent: bytes
    reply: "asyncio.Future[Any]"


class Line:
    """A connection on which commands take effect in the order in which they were called.

    Those called in one turn of the loop, or while others wait for their replies, share a write. The connection is made when it is
    needed, and again when it was lost. Nothing is sent twice: whoever waited when it was lost, or when Redis took longer than
    `PATIENCE`, gets `NotKept`, and its command may have been carried out or not, or may be so later.

    Args:
        location: of the Redis.
        patience: seconds that a reply may take.
    """

    def __init__(self, location: Location, patience: float = PATIENCE) -> None:
        self._location = location
        self._patience = patience
        self._calls: list[_Call] = []
        self._connection: AbstractConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._failed: tuple[float, str] = 0.0, ""

    def call(self, *command: bytes) -> "asyncio.Future[Any]":
        """Send a command; the reply is bytes, a number, None or a list of those, or `NotKept` is raised."""
        reply = asyncio.get_running_loop().create_future()
        until, sentence = self._failed
        if steady() < until:
            reply.set_exception(NotKept(sentence))
        elif len(command) > _MOST:
            reply.set_exception(NotKept(f"{self._location.shown} takes fewer rows in one step than there are"))
        else:
            self._calls.append(_Call(packed(command), reply))
            if self._task is None:
                self._task = asyncio.create_task(self._work())
        return reply

    async def close(self, sentence: str, seconds: float = float("inf")) -> None:
        """Refuse what still waits for a reply, and what is called in the next seconds; then there may be another connection."""
        self._failed = steady() + seconds, sentence
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._hang_up()

    async def _work(self) -> None:
        calls: list[_Call] = []
        try:
            while self._calls:
                calls, self._calls = self._calls, []
                async with asyncio.timeout(self._patience + sum(len(call.sent) for call in calls) / SLOWEST):
                    await self._exchange(calls)
        except Exception as error:  # noqa: BLE001  # after any, a reply that was not read would be taken for the next
            self._failed = steady() + AGAIN, explained(error, self._location.shown)
            await self._hang_up()
        finally:
            self._task = None
            waiting, self._calls = [*calls, *self._calls], []
            for call in waiting:
                if not call.reply.done():
                    call.reply.set_exception(NotKept(self._failed[1]))

    async def _exchange(self, calls: Sequence[_Call]) -> None:
        if self._connection is None:
            self._connection = self._location.connection()
            await self._connection.connect()
            await self._replies(_LOADING)
        replies = await self._replies([call.sent for call in calls])
        forgotten = [place for place, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if forgotten:  # nothing of those has happened, and they go first again, so the order stays
            again = await self._replies([*_LOADING, *(calls[place].sent for place in forgotten)])
            for place, reply in zip(forgotten, again[len(_LOADING) :], strict=True):
                replies[place] = reply
        for call, reply in zip(calls, replies, strict=True):
            if call.reply.done():
                continue
            if isinstance(reply, ResponseError):
                call.reply.set_exception(NotKept(explained(reply, self._location.shown)))
            else:
                call.reply.set_result(reply)
        if any(isinstance(reply, ReadOnlyError) for reply in replies):
            await self._hang_up()  # the name may lead to another one by now

    async def _replies(self, commands: Sequence[bytes]) -> list[Any]:
        connection = self._connection
        assert connection is not None  # noqa: S101  # `_exchange` has made it
        await connection.send_packed_command(commands, check_health=False)
        replies: list[Any] = []
        for _ in commands:
            try:
                replies.append(await connection.read_response(disable_decoding=True))
            except ResponseError as error:
                replies.append(error)
        return replies

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(RedisError, OSError):
                await connection.disconnect(nowait=True)


async def messages(location: Location, channel: bytes) -> AsyncIterator[bytes]:
    """What is published in a channel, on a connection of its own; first nothing, when it has begun.

    Raises:
        NotKept: the connection was lost, and with it perhaps messages.
    """
    connection = location.connection()
    try:
        async with asyncio.timeout(PATIENCE):
            await connection.connect()
            await connection.send_command("SUBSCRIBE", channel)
        is_asked = False
        while True:
            message = await connection.read_response(disable_decoding=True, timeout=SILENCE)
            if message is None and is_asked:
                raise TimeoutError  # noqa: TRY301  # as if the connection had found it
            if message is None:
                await connection.send_command("PING", check_health=False)
            is_asked = message is None
            if message and message[0] in (b"subscribe", b"message"):
                yield message[2] if message[0] == b"message" else b""
    except Exception as error:  # noqa: BLE001  # whatever it is, messages are lost
        raise NotKept(explained(error, location.shown)) from None
    finally:
        with suppress(RedisError, OSError):
            await connection.disconnect(nowait=True)
