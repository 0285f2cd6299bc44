"""What somebody does through a socket: the sessions that they have joined, and the turns that they start. This module is that."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from atthene_emulator.domain.execution import Execution
from atthene_emulator.domain.followers import Following
from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.run import Run
from atthene_emulator.domain.running import go_on
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.sessions import get_session
from atthene_emulator.domain.stream import since
from atthene_emulator.errors import EmulatorError, FrameRefused, NotFound, TooManyWaiting
from atthene_emulator.limits import SOCKET_SESSIONS, STREAM_EVENTS
from atthene_emulator.web.socket.codes import BY_CODE
from atthene_emulator.web.socket.credentials import Visitor

EVERYTHING = "*"


class Joined(NamedTuple):
    """A session that was joined.

    Attributes:
        following: its stream from then on.
        types: of events that are sent; None for all.
    """

    following: Following
    types: frozenset[str] | None


class Visit:
    """What somebody does through one socket.

    Args:
        namespace: where.
        visitor: who.
        wake: is called when there is something to send.
        ended: is called with what came of a turn that was started here.
    """

    def __init__(
        self,
        namespace: Namespace,
        visitor: Visitor,
        wake: Callable[[], None],
        ended: Callable[[Execution], None],
    ) -> None:
        self.namespace = namespace
        self.visitor = visitor
        self.ended = ended
        self.joined: dict[str, Joined] = {}
        self._wake = wake

    def session(self, session_id: str) -> Session:
        """A session that the visitor may reach.

        Raises:
            FrameRefused: there is none.
        """
        try:
            session = get_session(self.namespace, self.visitor.account, session_id)
        except NotFound:
            session = None
        if session is None or self.visitor.agent_key not in (None, session.agent_key):
            said = (BY_CODE["invalid_session"].message or "").format(session_id=session_id)
            raise FrameRefused("invalid_session", said)
        return session

    @property
    def only(self) -> str | None:
        """The session that is meant where none is named: the only one that is joined (D84)."""
        there = self._there()
        return there[0] if len(there) == 1 else None

    def _there(self) -> list[str]:
        """The sessions that are joined, less those that were deleted."""
        sessions = self.namespace.records.sessions
        return [session_id for session_id in self.joined if sessions.get(session_id) is not None]

    def session_of(self, frame: Mapping[str, Any]) -> Session:
        """The session that a frame is about: the one that it names, else the one that is joined (D84).

        Raises:
            FrameRefused: there is none, it was not joined, or several were.
        """
        session_id = frame.get("session_id", self.only)
        if session_id is None:
            count = len(self._there()) or "no"
            raise FrameRefused("session_id_not_found", f"No session_id is given, and {count} sessions are joined")
        session = self.session(session_id)
        if session.id not in self.joined:
            raise FrameRefused("not_subscribed", f"This socket has not joined session {session.id}; send connect first")
        return session

    def join(self, session: Session, types: frozenset[str] | None, after: Mark | None = None) -> None:
        """Follow a session's stream from now on, or from what came after a place, in place of what was followed of it before.

        Raises:
            FrameRefused: too many sessions are joined.
        """
        before = self.joined.get(session.id)
        if before is not None and after is None:
            self.joined[session.id] = before._replace(types=types)  # what was not sent yet still comes
            return
        if before is not None:
            self.leave(session.id)
        self._make_room()
        following = Following(session.id, self._wake)
        run = self.namespace.running.get(session.id)
        if after is not None:
            kept = (*self.namespace.executions.events_of(session.id), *((run.start.events,) if run else ()))
            following.read_again(since(kept, after, STREAM_EVENTS.most))
        elif run is not None:
            following.begin(run.start.events, len(run.start.events))
        self.namespace.followers.add(following)
        self.joined[session.id] = Joined(following, types)

    def _make_room(self) -> None:
        """Leave sessions that were deleted, if those that are joined are too many for another one."""
        if len(self.joined) < SOCKET_SESSIONS.most:
            return
        for session_id in self.joined.keys() - self._there():
            self.leave(session_id)
        if len(self.joined) >= SOCKET_SESSIONS.most:
            raise FrameRefused("connect_failed", f"A socket joins {SOCKET_SESSIONS.shown} sessions at most")

    def leave(self, session_id: str) -> None:
        """Follow a session no longer; what runs goes on (D88)."""
        self.namespace.followers.remove(self.joined.pop(session_id).following)

    def leave_all(self) -> None:
        """Follow nothing any longer."""
        for session_id in tuple(self.joined):
            self.leave(session_id)

    def drive(self, run: Run) -> None:
        """Let a turn run on its own, whoever stays."""
        if run.came is None and not run.is_paused:
            namespace = self.namespace
            run.driver = asyncio.ensure_future(_drive(namespace, run))


async def _drive(namespace: Namespace, run: Run) -> None:
    async def wait(waiting: Awaitable[None]) -> None:
        try:
            with namespace.one_more_waits():
                await waiting
        except TooManyWaiting:
            asyncio.ensure_future(waiting).cancel()
            raise

    with suppress(EmulatorError):  # those who follow are told
        await go_on(namespace, run, wait)
