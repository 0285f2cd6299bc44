"""Use cases of the runtime: execute, messages, status. This module is those of one namespace."""

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from atthene_emulator.domain.records import NOTHING, SESSIONS, Account, Session
from atthene_emulator.domain.transcript import CalledTool, Message, Transcript
from atthene_emulator.errors import EmulatorRefusal, RateLimited
from atthene_emulator.execution.prompts import Content
from atthene_emulator.execution.variables import checkpoint_of, resolve_variables
from atthene_emulator.execution.walk import Outcome, Situation, Wait, walk
from atthene_emulator.store import StaleError

if TYPE_CHECKING:
    from atthene_emulator.domain.namespace import Namespace

Patience = Callable[[Awaitable[None]], Awaitable[None]]


async def endless_patience(waiting: Awaitable[None]) -> None:
    """Wait for as long as it takes."""
    await waiting


class Execution(NamedTuple):
    """One execution of a session, when it has ended.

    Attributes:
        turn: which execution of the session it is, from 1.
        started_at, completed_at: unix seconds.
        messages: what the user is shown; `tool_calls` are those of all agents, shown or not.
        event_count: agent turns plus two (D43).
        outcome: how it went: agents' turns with their prompts, and the path with its reasons.
    """

    id: str
    session_id: str
    correlation_id: str | None
    turn: int
    started_at: float
    completed_at: float
    content: Content
    messages: tuple[Message, ...]
    tool_calls: tuple[CalledTool, ...]
    event_count: int
    outcome: Outcome


class Running(NamedTuple):
    """An execution that waits: the session before it, and the scripts that have answered so far."""

    before: Session
    matched: Sequence[str]


class Runtime:
    """Executions of a namespace's sessions."""

    def __init__(self, namespace: "Namespace") -> None:
        self._namespace = namespace
        self._sessions = namespace.store.collection(SESSIONS)

    async def execute(
        self,
        account: Account,
        session_id: str,
        content: Content,
        *,
        inputs: Mapping[str, Any],
        correlation_id: str | None = None,
        strict: bool = False,
        patience: Patience = endless_patience,
    ) -> Execution:
        """Give the session a message and run its configuration.

        Nothing is kept of an execution that does not end: `patience` may raise while something is waited for.

        Raises:
            NotFound, NotYours: as for the session.
            RateLimited: another execution of this session runs (D08).
            InvalidRequest: the inputs do not fit the variables.
            EmulatorRefusal: no script matched, and default answers are not wanted.
        """
        session = await self._namespace.sessions.get(account, session_id)
        if session.phase == "processing":
            raise _busy()
        situation = self._situation(session, content, inputs, strict=strict)
        started_at = self._namespace.clock.now()
        try:
            kept, outcome = await self._run(session, situation, started_at, patience)
        except BaseException:
            situation.scripts.give_back(situation.matched)
            raise
        execution = await self._finish(kept, situation, outcome, started_at, correlation_id)
        if kept is not session:  # it was seen to be processing, so its end is told as well
            self._tell(session.id, "active" if outcome.failure is None else "error")
        return execution

    def _tell(self, session_id: str, status: str) -> None:
        namespace = self._namespace
        namespace.feed.note("session", namespace.clock.now(), {"session_id": session_id, "status": status})

    async def _claim(self, session: Session, running: Session) -> None:
        try:
            await self._sessions.replace(session, running)
        except StaleError:
            raise _busy() from None

    def _situation(self, session: Session, content: Content, inputs: Mapping[str, Any], *, strict: bool) -> Situation:
        namespace, system = self._namespace, session.configuration.system
        persistent = system.persistent_state
        return Situation(
            system,
            session.id,
            session.agent_key,
            content,
            session.transcript if persistent else Transcript(),
            resolve_variables(system, session.variables if persistent else {}, inputs),
            session.turns + 1,
            namespace.scripts,
            namespace.seed.prompts,
            namespace.clock.now,
            session.positions,
            [],
            "error" if strict or namespace.strict else namespace.seed.default_answer,
            namespace.seed.default_template,
        )

    async def _run(
        self, session: Session, situation: Situation, started_at: float, patience: Patience
    ) -> tuple[Session, Outcome]:
        """Walk; what is kept of the session now, and the outcome."""
        steps = walk(situation)
        try:
            wait = next(steps)
        except StopIteration as stop:
            return session, stop.value  # nothing is waited for, so nobody could see that the session was processing
        running = session._replace(phase="processing", last_activity=started_at)
        await self._claim(session, running)
        namespace = self._namespace
        namespace.running[session.id] = Running(session, situation.matched)
        self._tell(session.id, "processing")
        try:
            return running, await self._go_on(steps, wait, patience)
        except BaseException:
            await self._put_back(running, session)
            raise
        finally:
            # After a reset, another execution of a session of this id may run.
            if (mine := namespace.running.get(session.id)) and mine.before is session:
                del namespace.running[session.id]

    async def _go_on(self, steps: Generator[Wait, None, Outcome], wait: Wait, patience: Patience) -> Outcome:
        """Go on with a walk that waits.

        Raises:
            EmulatorRefusal: 503, the namespace was reset, restored or deleted meanwhile.
        """
        gates = self._namespace.gates
        try:
            while True:
                await patience(self._wait(wait))
                if self._namespace.gates is not gates:
                    raise EmulatorRefusal(503, "The execution was ended: its namespace is not what it was")
                wait = next(steps)
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome

    async def _wait(self, wait: Wait) -> None:
        if wait.gate is not None:
            await self._namespace.gates.wait(wait.gate)
        if wait.seconds:
            await self._namespace.clock.wait(wait.seconds)

    async def _put_back(self, running: Session, before: Session) -> None:
        with suppress(StaleError):  # deleted meanwhile, or the namespace was reset: there is nothing to put back
            await self._sessions.replace(running, before)

    async def _finish(
        self, kept: Session, situation: Situation, outcome: Outcome, started_at: float, correlation_id: str | None
    ) -> Execution:
        """Keep what came of an execution in place of what is kept now.

        A session that was deleted while it ran stays deleted; the caller still gets the answer.

        Raises:
            RateLimited: another execution changed the session meanwhile, which only a store that waits lets happen.
        """
        content = situation.content
        now, system = max(started_at, self._namespace.clock.now()), kept.configuration.system  # it may be put back
        said = Message(self._namespace.ids.prefixed("msg_"), "user", content, started_at)
        answers, called = self._answers(outcome)
        keeps = system.save_messages or system.persistent_state
        ended = Session(
            kept.id,
            kept.owner,
            kept.configuration,
            kept.created_at,
            now,
            kept.agent_id,
            kept.agent_key,
            "ready" if outcome.failure is None else "failed",
            situation.turn,
            kept.transcript.extended((said, *answers)) if keeps else kept.transcript,
            checkpoint_of(system, outcome.variables) if system.persistent_state else kept.variables,
            kept.usage.plus(outcome.usage),
            outcome.positions or NOTHING,
        )
        try:
            await self._sessions.replace(kept, ended)
        except StaleError:
            if kept.phase != "processing":  # it was not claimed, and another execution was quicker
                situation.scripts.give_back(situation.matched)
                raise _busy() from None
        execution = Execution(
            self._namespace.ids.prefixed("exec_"),
            kept.id,
            correlation_id,
            situation.turn,
            started_at,
            now,
            content,
            answers,
            called,
            len(outcome.turns) + 2,  # D43
            outcome,
        )
        self._namespace.executions.append(execution)
        self._namespace.coverage.count(kept.configuration, outcome)
        return execution

    def _answers(self, outcome: Outcome) -> tuple[tuple[Message, ...], tuple[CalledTool, ...]]:
        """The messages that the user is shown, and the tool calls of all agents."""
        ids = self._namespace.ids
        answers: list[Message] = []
        all_called: list[CalledTool] = []
        for turn in outcome.turns:
            called = tuple(
                CalledTool(ids.prefixed("call_"), call.name, call.arguments, call.result) for call in turn.tool_calls
            )
            all_called += called
            if turn.shown:
                message_id = ids.prefixed("msg_")
                answers.append(
                    Message(message_id, "assistant", turn.text, turn.ended_at, turn.agent, called, turn.structured)
                )
        return tuple(answers), tuple(all_called)

    async def messages(
        self, account: Account, session_id: str, *, limit: int, offset: int
    ) -> tuple[Sequence[Message], int]:
        """A page of the session's messages, oldest first, and how many there are (D39).

        Raises:
            NotFound, NotYours: as for the session.
        """
        session = await self._namespace.sessions.get(account, session_id)
        if not session.configuration.system.save_messages:
            return (), 0
        return session.transcript.page(offset, limit), len(session.transcript)


def _busy() -> RateLimited:
    return RateLimited("This session is handling another message; try again when it has ended", retry_after=1)
