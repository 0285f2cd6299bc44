"""Use cases of the runtime: execute, cancel, go on after a pause, messages."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from atthene_emulator.configuration.approvals import REQUIREMENTS
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.executions import Execution
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.run import Run, Start, Told
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.sessions import get_session
from atthene_emulator.domain.signal import either
from atthene_emulator.domain.transcript import CalledTool, Message, Transcript
from atthene_emulator.errors import ApiError, NotFound, NothingRuns, RateLimited, WaitingForApproval
from atthene_emulator.execution.prompts import Content
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.execution.situation import Situation, scope_of
from atthene_emulator.execution.turn import State
from atthene_emulator.execution.variables import checkpoint_of, resolve_variables
from atthene_emulator.execution.waits import Cancelled, Decision, EndedEarly, TimeLimit
from atthene_emulator.execution.walk import Outcome, Walk

Waiter = Callable[[Awaitable[None]], Awaitable[None]]

_DIGITS = 6  # of a second, as of a clock
NOTHING_TOLD = Told()


async def wait_for_ever(waiting: Awaitable[None]) -> None:
    """Wait for as long as it takes."""
    await waiting


async def execute(
    namespace: Namespace,
    account: Account,
    session_id: str,
    content: Content | None,
    *,
    inputs: Mapping[str, Any],
    correlation_id: str | None = None,
    strict: bool = False,
    waiter: Waiter = wait_for_ever,
) -> Execution:
    """Give a session a message, or inputs alone (D52), and run its configuration.

    It ends when its time is over (D57); what was said until then is kept. One that a person must approve of stays paused in
    the session when its time is over, and is answered like that (D56).

    Nothing is kept of an execution that does not end: `waiter` may raise while something is waited for, unless it is paused.
    A session that is deleted while it runs stays deleted; the caller still gets the answer.

    Raises:
        NotFound: as for the session.
        RateLimited: another execution of this session runs (D08).
        WaitingForApproval: another one is paused (D56).
        MissingVariable, UncoercibleVariable: the variables have no values that fit (D34).
        Unscripted: no script matched, and default answers are not wanted.
        SentAway: the namespace was reset, restored or deleted while something was waited for.
        NoRoom: so much is kept that no more is, or the agents say more than one execution may.
    """
    session = get_session(namespace, account, session_id)
    if session.id in namespace.running:
        raise _busy(namespace.running[session.id])
    namespace.check_room()
    situation = _situation(namespace, session, content, inputs, strict=strict)
    start = Start(session, content, situation, correlation_id, namespace.clock.now(), namespace.seed.execution_timeout)
    walk = Walk(situation)
    steps = walk.run()
    try:
        wait = next(steps)
    except StopIteration as stop:  # nothing is waited for, so nobody could see that the session was processing
        return _finish(namespace, start, stop.value)
    except BaseException:
        namespace.scripts.give_back(situation.matched)
        raise
    run = namespace.running[session.id] = Run(start, walk, steps, wait, _deadline(namespace, start))
    namespace.scripts.lend(situation.matched)
    _tell(namespace, session.id, "processing")
    await _go_on(namespace, run, waiter)
    if run.came is None:
        left = run.deadline - namespace.clock.elapsed()
        await waiter(either(namespace.clock.wait(left), run.over.wait()))
    return run.result() or _unanswered(namespace, run)


def _deadline(namespace: Namespace, start: Start) -> float:
    """When an execution that begins, or goes on, has had all its time; as exact as the clock is."""
    return round(namespace.clock.elapsed() + start.time_limit, _DIGITS)


def _busy(run: Run) -> ApiError:
    if run.is_paused:
        return WaitingForApproval()
    return RateLimited("This session is handling another message; try again when it has ended", retry_after=1)


def cancel(namespace: Namespace, account: Account, session_id: str) -> None:
    """End what runs in a session, or is paused; what was said until then is kept [documented: runtime/cancel@G4].

    Raises:
        NotFound: as for the session.
        NothingRuns: nothing does.
    """
    run = namespace.running.get(get_session(namespace, account, session_id).id)
    if run is None:
        raise NothingRuns
    _step(namespace, run, Cancelled())


async def resume(
    namespace: Namespace, session_id: str, decision: Decision, waiter: Waiter = wait_for_ever
) -> Execution | None:
    """Let a paused execution go on as a person has decided; None if it pauses again.

    The time for which it was paused does not count.

    Raises:
        NothingRuns: none is paused.
        Unscripted, SentAway: as `execute`.
    """
    run = namespace.running.get(session_id)
    if run is None or not run.is_paused:
        raise NothingRuns
    run.deadline = _deadline(namespace, run.start)
    _step(namespace, run, decision)
    await _go_on(namespace, run, waiter)
    return run.result()


def _situation(
    namespace: Namespace, session: Session, content: Content | None, inputs: Mapping[str, Any], *, strict: bool
) -> Situation:
    system, seed, prompts = session.configuration.system, namespace.seed, namespace.seed.prompts
    persistent = system.persistent_state
    history = session.transcript if persistent and system.save_messages else Transcript()
    return Situation(
        system=system,
        session=session.id,
        agent_key=session.agent_key,
        content=content or "",
        history=history,
        variables=resolve_variables(
            system,
            session.variables if persistent else NOTHING,
            inputs,
            lambda values: scope_of(system, content or "", history, prompts, State(values)),
        ),
        turn=session.turns + 1,
        scripts=namespace.scripts,
        prompts=prompts,
        now=namespace.clock.now,
        positions=session.positions,
        matched=[],
        requirements={**REQUIREMENTS, **seed.requirements} if seed.requirements else REQUIREMENTS,
        default_answer="error" if strict or namespace.strict else seed.default_answer,
        default_template=seed.default_template,
    )


async def _go_on(namespace: Namespace, run: Run, waiter: Waiter) -> None:
    """Wait with an execution for time and gates, until it is paused, has ended or was given up."""
    clock = namespace.clock
    with _giving_up(namespace, run):
        while run.came is None and not run.is_paused:
            left = round(run.deadline - clock.elapsed(), _DIGITS)
            is_longer = run.wait.seconds > left
            waiting = clock.wait(min(run.wait.seconds, left)) if run.wait.gate is None else _at_gate(namespace, run)
            await waiter(either(waiting, run.over.wait()))
            if run.came is None:
                _step(namespace, run, TimeLimit() if is_longer or clock.elapsed() > run.deadline else None)


async def _at_gate(namespace: Namespace, run: Run) -> None:
    """Return when the gate is open, or time is over, which does not jump for a gate."""
    await either(namespace.gates.wait(run.wait.gate or ""), namespace.clock.passed(run.deadline))


def _step(namespace: Namespace, run: Run, what: Decision | EndedEarly | None) -> None:
    """Let an execution go on to what it waits for next, or to its end.

    Raises:
        Unscripted: a script does not fit.
    """
    start = run.start
    with _giving_up(namespace, run):
        try:
            run.wait = run.steps.throw(what) if isinstance(what, EndedEarly) else run.steps.send(what)
        except StopIteration as stop:
            del namespace.running[start.session.id]
            namespace.scripts.keep(start.situation.matched)
            run.end(_finish(namespace, start, stop.value, _overtime(namespace, run, stop.value), run.told))
            _tell(namespace, start.session.id, "error" if _has_failed(stop.value) else "active")
        else:
            if run.is_paused and namespace.records.sessions.get(start.session.id) is None:
                raise NotFound("Session not found")


@contextmanager
def _giving_up(namespace: Namespace, run: Run) -> Iterator[None]:
    """Give an execution up if something goes wrong with it."""
    try:
        yield
    except BaseException as error:
        if run.came is None:
            namespace.give_up(run, error)
        raise


def _unanswered(namespace: Namespace, run: Run) -> Execution:
    """What is answered of an execution that is paused beyond the time that it may take (D56); what was said is kept."""
    start, outcome = run.start, run.walk.so_far()
    ended_at = _ended_at(namespace, start, _overtime(namespace, run, outcome))
    told = _told(namespace, start, outcome, run.told)
    session = start.session._replace(
        last_activity=ended_at, transcript=_remembering(namespace, start.session, run.told, told)
    )
    if namespace.records.sessions.get(session.id) is start.session:
        namespace.records.sessions.replace(session)
        run.start, run.told = start._replace(session=session), told
    return Execution(
        id="",
        session_id=session.id,
        correlation_id=start.correlation_id,
        turn=start.situation.turn,
        started_at=start.at,
        completed_at=ended_at,
        time_limit=start.time_limit,
        content=start.content,
        messages=told.answers,
        tool_calls=(),
        event_count=0,
        outcome=outcome,
        is_paused=True,
    )


def _tell(namespace: Namespace, session_id: str, status: str) -> None:
    namespace.feed.note("session", namespace.clock.now(), {"session_id": session_id, "status": status})


def _has_failed(outcome: Outcome) -> bool:
    """Whether it leaves the session in error (D40); one that was cancelled does not."""
    return outcome.status in ("error", "timeout")


def _overtime(namespace: Namespace, run: Run, outcome: Outcome) -> float:
    """Seconds by which the clock was moved beyond the deadline of an execution that ended there."""
    return max(0.0, namespace.clock.elapsed() - run.deadline) if outcome.status == "timeout" else 0.0


def _ended_at(namespace: Namespace, start: Start, overtime: float) -> float:
    """When it ended; the clock may have been put back meanwhile."""
    return max(start.at, namespace.clock.now() - overtime)


def _finish(
    namespace: Namespace, start: Start, outcome: Outcome, overtime: float = 0.0, before: Told = NOTHING_TOLD
) -> Execution:
    """Keep what came of an execution, which has ended so many seconds ago; the history has some of it already."""
    session, situation = start.session, start.situation
    now, system = _ended_at(namespace, start, overtime), session.configuration.system
    told = _told(namespace, start, outcome, before)
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
                failed=_has_failed(outcome),
                turns=situation.turn,
                transcript=_remembering(namespace, session, before, told),
                variables=checkpoint_of(system, outcome.variables) if system.persistent_state else session.variables,
                usage=session.usage.plus(outcome.usage),
                positions=outcome.positions or NOTHING,
                user=session.user,
            )
        )
    execution = Execution(
        id=namespace.ids.prefixed("exec_"),
        session_id=session.id,
        correlation_id=start.correlation_id,
        turn=situation.turn,
        started_at=start.at,
        completed_at=now,
        time_limit=start.time_limit,
        content=start.content,
        messages=told.answers,
        tool_calls=told.called,
        event_count=len(outcome.turns) + 2,  # D43
        outcome=outcome,
    )
    namespace.executions.add(execution)
    namespace.coverage.count(session.configuration, outcome)
    return execution


def _remembering(namespace: Namespace, session: Session, before: Told, told: Told) -> Transcript:
    """The session's history with what it does not have yet."""
    if not session.configuration.system.save_messages:
        return session.transcript
    said = () if before.said else told.said
    return session.transcript.extended((*said, *told.answers[len(before.answers) :]), namespace.seed.history_limit)


def _told(namespace: Namespace, start: Start, outcome: Outcome, before: Told) -> Told:
    """What an execution has brought about, going on from what it had before."""
    ids, said = namespace.ids, before.said
    if not said and start.content is not None:
        said = (Message(ids.prefixed("msg_"), "user", start.content, start.at),)
    answers, all_called = before.answers, before.called
    for turn in outcome.turns[before.turns :] if before.turns else outcome.turns:
        called: tuple[CalledTool, ...] = ()
        if turn.tool_calls:
            called = tuple(
                CalledTool(ids.prefixed("call_"), call.name, call.arguments, call.result) for call in turn.tool_calls
            )
            all_called = (*all_called, *called)
        if turn.shown:
            answer = Message(
                ids.prefixed("msg_"),
                "assistant",
                turn.text,
                turn.ended_at,
                turn.agent,
                called,
                turn.structured,
                turn.thinking,
            )
            answers = (*answers, answer)
    return Told(said, answers, all_called, len(outcome.turns))


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
