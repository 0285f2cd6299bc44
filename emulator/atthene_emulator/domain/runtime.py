"""Use cases of the runtime: execute, messages."""

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.executions import Execution
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.sessions import get_session
from atthene_emulator.domain.transcript import CalledTool, Message, Transcript
from atthene_emulator.errors import RateLimited, SentAway
from atthene_emulator.execution.prompts import Content
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.execution.variables import checkpoint_of, resolve_variables
from atthene_emulator.execution.walk import Outcome, Situation, Wait, walk

Waiter = Callable[[Awaitable[None]], Awaitable[None]]


async def wait_for_ever(waiting: Awaitable[None]) -> None:
    """Wait for as long as it takes."""
    await waiting


async def execute(
    namespace: Namespace,
    account: Account,
    session_id: str,
    content: Content,
    *,
    inputs: Mapping[str, Any],
    correlation_id: str | None = None,
    strict: bool = False,
    waiter: Waiter = wait_for_ever,
) -> Execution:
    """Give a session a message and run its configuration.

    Nothing is kept of an execution that does not end: `waiter` may raise while something is waited for. A session that is
    deleted while it runs stays deleted; the caller still gets the answer.

    Raises:
        NotFound: as for the session.
        RateLimited: another execution of this session runs (D08).
        InvalidRequest: the inputs do not fit the variables.
        Unscripted: no script matched, and default answers are not wanted.
        SentAway: the namespace was reset, restored or deleted while something was waited for.
    """
    session = get_session(namespace, account, session_id)
    if session.id in namespace.running:
        raise RateLimited("This session is handling another message; try again when it has ended", retry_after=1)
    situation = _situation(namespace, session, content, inputs, strict=strict)
    started_at = namespace.clock.now()
    steps = walk(situation)
    try:
        try:
            wait = next(steps)
        except StopIteration as stop:  # nothing is waited for, so nobody could see that the session was processing
            return _finish(
                namespace, session, situation, stop.value, started_at=started_at, correlation_id=correlation_id
            )
        outcome = await _run_on(namespace, situation, steps, wait, started_at=started_at, waiter=waiter)
    except BaseException:
        namespace.scripts.give_back(situation.matched)
        raise
    execution = _finish(namespace, session, situation, outcome, started_at=started_at, correlation_id=correlation_id)
    _tell(namespace, session.id, "active" if outcome.failure is None else "error")
    return execution


def _situation(
    namespace: Namespace, session: Session, content: Content, inputs: Mapping[str, Any], *, strict: bool
) -> Situation:
    system, seed = session.configuration.system, namespace.seed
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
        prompts=seed.prompts,
        now=namespace.clock.now,
        positions=session.positions,
        matched=[],
        default_answer="error" if strict or namespace.strict else seed.default_answer,
        default_template=seed.default_template,
    )


async def _run_on(
    namespace: Namespace,
    situation: Situation,
    steps: Generator[Wait, None, Outcome],
    wait: Wait,
    *,
    started_at: float,
    waiter: Waiter,
) -> Outcome:
    """Go on with a walk that waits; meanwhile the session is processing."""
    session_id, epoch = situation.session, namespace.epoch
    namespace.running[session_id] = started_at
    _tell(namespace, session_id, "processing")
    try:
        with namespace.scripts.unfinished(situation.matched):
            while True:
                await waiter(_passing(namespace, wait))
                if namespace.epoch != epoch:
                    raise SentAway("The execution was ended: its namespace is not what it was")
                wait = next(steps)
    except StopIteration as stop:
        outcome: Outcome = stop.value
        return outcome
    finally:
        if namespace.epoch == epoch:  # else another execution of a session of this id may run
            del namespace.running[session_id]


async def _passing(namespace: Namespace, wait: Wait) -> None:
    if wait.gate is not None:
        await namespace.gates.wait(wait.gate)
    if wait.seconds:
        await namespace.clock.wait(wait.seconds)


def _tell(namespace: Namespace, session_id: str, status: str) -> None:
    namespace.feed.note("session", namespace.clock.now(), {"session_id": session_id, "status": status})


def _finish(
    namespace: Namespace,
    session: Session,
    situation: Situation,
    outcome: Outcome,
    *,
    started_at: float,
    correlation_id: str | None,
) -> Execution:
    """Keep what came of an execution."""
    ids, content = namespace.ids, situation.content
    now, system = max(started_at, namespace.clock.now()), session.configuration.system  # the clock may be put back
    said = Message(ids.prefixed("msg_"), "user", content, started_at)
    answers, called = _answers(namespace, outcome)
    keeps = system.save_messages or system.persistent_state
    if namespace.records.sessions.get(session.id) is session:
        namespace.records.sessions.replace(
            Session(
                id=session.id,
                owner=session.owner,
                configuration=session.configuration,
                created_at=session.created_at,
                last_activity=now,
                agent_id=session.agent_id,
                agent_key=session.agent_key,
                failed=outcome.failure is not None,
                turns=situation.turn,
                transcript=session.transcript.extended((said, *answers)) if keeps else session.transcript,
                variables=checkpoint_of(system, outcome.variables) if system.persistent_state else session.variables,
                usage=session.usage.plus(outcome.usage),
                positions=outcome.positions or NOTHING,
                user=session.user,
            )
        )
    execution = Execution(
        id=ids.prefixed("exec_"),
        session_id=session.id,
        correlation_id=correlation_id,
        turn=situation.turn,
        started_at=started_at,
        completed_at=now,
        content=content,
        messages=answers,
        tool_calls=called,
        event_count=len(outcome.turns) + 2,  # D43
        outcome=outcome,
    )
    namespace.executions.add(execution)
    namespace.coverage.count(session.configuration, outcome)
    return execution


def _answers(namespace: Namespace, outcome: Outcome) -> tuple[tuple[Message, ...], tuple[CalledTool, ...]]:
    """The messages that the user is shown, and the tool calls of all agents."""
    ids = namespace.ids
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


def list_messages(
    namespace: Namespace, account: Account, session_id: str, *, limit: int, offset: int
) -> tuple[Sequence[Message], int]:
    """A page of the session's messages, oldest first, and how many there are (D39).

    Raises:
        NotFound: as for the session.
    """
    session = get_session(namespace, account, session_id)
    if not session.configuration.system.save_messages:
        return (), 0
    return session.transcript.page(offset, limit), len(session.transcript)
