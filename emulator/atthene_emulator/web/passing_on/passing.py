"""Who answers a request where several emulators share a store: this one, or the one that owns its namespace. This module decides that."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.types import Message, Receive, Scope, Send

from atthene_emulator.errors import Damaged, Misuse, NotKept, Overtaken, SentAway
from atthene_emulator.steady_clock import steady
from atthene_emulator.vault.loaded import Loaded
from atthene_emulator.vault.vault import Elsewhere
from atthene_emulator.web import connection
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.passing_on.passed_back import PassedBack
from atthene_emulator.web.passing_on.relay import Relay
from atthene_emulator.web.passing_on.sender import received, send_not_mine

Reach = Callable[[Scope], Awaitable[Loaded | Elsewhere | None]]

_PATIENCE = 10.0  # seconds: an owner that has died is the owner for half of it
PAUSE = 0.1  # seconds between two tries
_LOOK = 1.0  # seconds between looks at whether an owner that does not answer is still the owner
_TRY_AGAIN = "The emulator that owns the namespace of this request {what}; send it again"


class Here(NamedTuple):
    """A request that is answered here.

    Attributes:
        scope, receive: of it, as they came to whoever passed it on.
        reached: its namespace.
    """

    scope: Scope
    receive: Receive
    reached: Loaded | None


class Passing:
    """Passes requests on, unless they are answered here.

    Args:
        secret: that those who share the store know.
        reach: says who owns the namespace of a request, which is this emulator's from then on if nobody does.
    """

    def __init__(self, secret: str, reach: Reach) -> None:
        self._secret = secret
        self._reach = reach
        self._relay = Relay(secret)

    def close(self) -> None:
        """Close connections to other emulators that nothing is passed on by."""
        self._relay.close()

    async def pass_on(self, scope: Scope, receive: Receive, send: Send) -> Here | None:
        """Have a request answered by its owner; what is to be answered here, if that is this emulator.

        Raises:
            NotKept: nobody can answer it now.
        """
        try:
            original = received(scope, self._secret)
        except Misuse as refusal:
            await error_response(refusal)(scope, receive, send)
            return None
        until = steady() + _PATIENCE
        while True:
            reached = await self._reach(original or scope)
            if not isinstance(reached, Elsewhere):
                return Here(original or scope, receive, reached)
            if original is not None:
                await send_not_mine(scope, receive, send)
                return None
            try:
                await _Watched(self._relay, self._reach, scope, send).run(reached.address, receive)
            except PassedBack as back:
                receive = back.receive
            else:
                return None
            if steady() > until:
                raise Overtaken(_TRY_AGAIN.format(what="cannot be reached"))
            await asyncio.sleep(PAUSE)


class _Watched:
    """A request that is passed on, and given up when its owner does not live any longer."""

    def __init__(self, relay: Relay, reach: Reach, scope: Scope, send: Send) -> None:
        self._relay = relay
        self._reach = reach
        self._scope = scope
        self._send = send
        self._is_answered = self._is_given_up = False

    async def run(self, address: str, receive: Receive) -> None:
        """Pass it on, and return when it is answered.

        Raises:
            PassedBack: as `Relay.pass_on`.
            Overtaken: the owner is gone, and nobody knows what it has done; nothing was sent.
        """
        passing = asyncio.ensure_future(self._relay.pass_on(address, self._scope, receive, self._note))
        try:
            while not (await asyncio.wait((passing,), timeout=_LOOK))[0]:
                # Looking takes a while, in which an answer may come.
                if not self._is_answered and await self._is_lost(address) and not (self._is_answered or passing.done()):
                    self._is_given_up = True
                    raise Overtaken(
                        _TRY_AGAIN.format(what="does not answer any more, and what it has done is not known")
                    )
            passing.result()
        except asyncio.CancelledError:
            if self._is_answered:
                connection.abort(receive)
                return
            self._is_given_up = True
            await error_response(SentAway("The emulator stops"))(self._scope, receive, self._send)
        finally:
            passing.cancel()
            await asyncio.gather(passing, return_exceptions=True)

    async def _is_lost(self, address: str) -> bool:
        """Whether somebody else owns its namespace; not as long as nobody can tell."""
        try:
            reached = await self._reach(self._scope)
        except NotKept as error:
            return isinstance(error, Damaged)  # which is said by who owns it
        return not isinstance(reached, Elsewhere) or reached.address != address

    async def _note(self, message: Message) -> None:
        """Send it, unless whoever gave up answers."""
        if self._is_given_up:
            return
        self._is_answered = True
        await self._send(message)
