"""Use cases of the runtime: execute, messages, status. This module is those of one namespace."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from emulator.domain.records import NOTHING, SESSIONS, Account, Session
from emulator.domain.transcript import CalledTool, Message, Transcript
from emulator.errors import RateLimited
from emulator.execution.prompts import Content
from emulator.execution.variables import checkpoint_of, resolve_variables
from emulator.execution.walk import Outcome, Situation, Wait, walk
from emulator.store import StaleError

if TYPE_CHECKING:
    from emulator.domain.namespace import Namespace

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
            NotFound, NotPermitted: as for the session.
            RateLimited: another execution of this session runs (D08).
            InvalidRequest: the inputs do not fit the variables.
            EmulatorRefusal: no script matched, and default answers are not wanted.
        """
        session = await self._namespace.sessions.get(account, session_id)
        if session.phase == "processing":
            raise _busy()
        situation = self._situation(session, content, inputs, strict=strict)
        started_at = self._namespace.clock.now()
        running = session._replace(phase="processing", last_activity=started_at, turns=session.turns + 1)
        try:
            await self._sessions.replace(session, running)
        except StaleError:
            raise _busy() from None
        try:
            outcome = await self._run(situation, patience)
        except BaseException:
            await self._put_back(running, session)
            raise
        return await self._finish(running, content, outcome, started_at, correlation_id)

    def _situation(self, session: Session, content: Content, inputs: Mapping[str, Any], *, strict: bool) -> Situation:
        namespace, system = self._namespace, session.configuration.system
        persistent = system.persistent_state
        return Situation(
            system=system,
            session=session.id,
            agent_key=session.agent_key,
            content=content,
            history=session.transcript if persistent else Transcript(),
            variables=resolve_variables(system, session.variables if persistent else {}, inputs),
            turn=session.turns + 1,
            scripts=namespace.scripts,
            prompts=namespace.seed.prompts,
            now=namespace.clock.now,
            positions=session.positions,
            default_answer="error" if strict or namespace.strict else namespace.seed.default_answer,
            default_template=namespace.seed.default_template,
        )

    async def _run(self, situation: Situation, patience: Patience) -> Outcome:
        steps = walk(situation)
        try:
            while True:
                wait = next(steps)
                await patience(self._wait(wait))
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
        self, running: Session, content: Content, outcome: Outcome, started_at: float, correlation_id: str | None
    ) -> Execution:
        now, system = self._namespace.clock.now(), running.configuration.system
        said = Message(self._namespace.ids.prefixed("msg_"), "user", content, started_at)
        answers, called = self._answers(outcome)
        keeps = system.save_messages or system.persistent_state
        ended = running._replace(
            phase="ready" if outcome.status == "completed" else "failed",
            last_activity=now,
            transcript=running.transcript.extended((said, *answers)) if keeps else running.transcript,
            variables=checkpoint_of(system, outcome.variables) if system.persistent_state else running.variables,
            usage=running.usage.plus(outcome.usage),
            positions=outcome.positions or NOTHING,
        )
        with suppress(StaleError):  # deleted while it ran: the caller still gets the answer
            await self._sessions.replace(running, ended)
        execution = Execution(
            id=self._namespace.ids.prefixed("exec_"),
            session_id=running.id,
            correlation_id=correlation_id,
            turn=running.turns,
            started_at=started_at,
            completed_at=now,
            content=content,
            messages=answers,
            tool_calls=called,
            event_count=len(outcome.turns) + 2,  # D43
            outcome=outcome,
        )
        self._namespace.executions.append(execution)
        self._namespace.coverage.count(running.configuration, outcome)
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
            NotFound, NotPermitted: as for the session.
        """
        session = await self._namespace.sessions.get(account, session_id)
        if not session.configuration.system.save_messages:
            return (), 0
        return session.transcript.page(offset, limit), len(session.transcript)


def _busy() -> RateLimited:
    return RateLimited("This session is handling another message; try again when it has ended", retry_after=1)
