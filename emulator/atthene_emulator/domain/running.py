"""How an execution begins, goes on from wait to wait, and ends. This module is those steps, whoever waits with it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from atthene_emulator.configuration.approvals import REQUIREMENTS
from atthene_emulator.domain.artifacts import keep_made
from atthene_emulator.domain.execution import Execution, told
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.own_knowledge import OwnKnowledge
from atthene_emulator.domain.run import Run, Start
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.signal import either
from atthene_emulator.domain.stream import Events
from atthene_emulator.domain.transcript import Message, Transcript
from atthene_emulator.errors import NotFound
from atthene_emulator.execution.message_content import Content
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.execution.situation import NO_KNOWLEDGE, Situation, scope_of
from atthene_emulator.execution.turn import State
from atthene_emulator.execution.variables import checkpoint_of, resolve_variables
from atthene_emulator.execution.waits import Answer, EndedEarly, TimeLimit
from atthene_emulator.execution.walk import Outcome, Walk

Waiter = Callable[[Awaitable[None]], Awaitable[None]]

_DIGITS = 6  # of a second, as of a clock


def begin(
    namespace: Namespace,
    session: Session,
    content: Content | None,
    inputs: Mapping[str, Any],
    *,
    correlation_id: str | None,
    strict: bool,
) -> Run | Execution:
    """Run a session's configuration to its first wait; what came of it where it waits for nothing.

    Raises:
        MissingVariable, UncoercibleVariable: the variables have no values that fit (D34).
        Unscripted, NoRoom: as `execute`; nothing is kept.
    """
    situation = _situation(namespace, session, content, inputs, strict=strict)
    ids, walk = namespace.ids, Walk(situation)
    now = walk.record.at
    said = () if content is None else (Message(ids.prefixed("msg_"), "user", content, now),)
    events = Events(ids.prefixed("exec_"), session.id, correlation_id, session.stream, walk.record.happened)
    start = Start(session, said, situation, correlation_id, now, namespace.seed.execution_timeout, events, walk)
    steps = walk.run()
    try:
        wait = next(steps)
    except StopIteration as stop:  # nothing is waited for, so nobody could see that the session was processing
        execution = _finish(namespace, start, stop.value, now)
        if namespace.followers:
            namespace.followers.begin(events)
            namespace.followers.tell(session.id)
        return execution
    except BaseException:
        namespace.scripts.give_back(situation.matched)
        raise
    deadline = round(namespace.clock.elapsed() + start.time_limit, _DIGITS)
    run = namespace.running[session.id] = Run(start, steps, wait, deadline)
    run.paused_at = namespace.clock.elapsed()
    namespace.scripts.lend(situation.matched)
    namespace.records.sessions.note(session.id)
    _tell(namespace, session.id, "processing")
    namespace.followers.begin(events)
    namespace.followers.tell(session.id)
    return run


def _situation(
    namespace: Namespace, session: Session, content: Content | None, inputs: Mapping[str, Any], *, strict: bool
) -> Situation:
    system, seed, prompts = session.configuration.system, namespace.seed, namespace.seed.prompts
    persistent = system.persistent_state
    history = session.transcript if persistent and system.save_messages else Transcript()
    return Situation(  # by place: by name it would take three times as long, here and wherever each execution makes a record
        system,
        session.id,
        session.agent_key,
        content or "",
        history,
        resolve_variables(
            system,
            session.variables if persistent else NOTHING,
            inputs,
            lambda values: scope_of(system, content or "", history, prompts, State(values)),
        ),
        session.turns + 1,
        namespace.scripts,
        prompts,
        namespace.clock.now,
        namespace.ids.prefixed,
        session.positions,
        [],
        session.allowed,
        {**REQUIREMENTS, **seed.requirements} if seed.requirements else REQUIREMENTS,
        seed.tool_schemas,
        "error" if strict or namespace.strict else seed.default_answer,
        seed.default_template,
        OwnKnowledge(namespace, session.owner) if system.knowledge_bases else NO_KNOWLEDGE,
    )


async def go_on(namespace: Namespace, run: Run, waiter: Waiter) -> None:
    """Wait with an execution for time and gates, until it is paused, has ended or was given up."""
    clock = namespace.clock
    with _giving_up(namespace, run):
        while run.came is None and not run.is_paused:
            until = round(
                run.paused_at + run.wait.seconds, _DIGITS
            )  # this may be called a while after the wait has begun
            is_longer = until > run.deadline
            left = round(min(until, run.deadline) - clock.elapsed(), _DIGITS)
            waiting = clock.wait(left) if run.wait.gate is None else _at_gate(namespace, run)
            await waiter(either(waiting, run.over.wait()))
            if run.came is None:
                by_hand, run.by_hand = run.by_hand, None
                step(namespace, run, TimeLimit() if is_longer or clock.elapsed() > run.deadline else by_hand)


async def _at_gate(namespace: Namespace, run: Run) -> None:
    """Return when the gate is open, or a person has let it through, or time is over, which does not jump for a gate."""
    await either(namespace.gates.wait(run.wait.gate or "", run), namespace.clock.passed(run.deadline))


def step(namespace: Namespace, run: Run, what: Answer | EndedEarly) -> None:
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
            ended_at = _ended_at(start, start.walk.record.at - _overtime(namespace, run, stop.value))
            run.end(_finish(namespace, start, stop.value, ended_at, run.remembered))
            _tell(namespace, start.session.id, "error" if _has_failed(stop.value) else "active")
        else:
            run.paused_at = namespace.clock.elapsed()
            namespace.records.sessions.note(start.session.id)
            if run.is_paused and namespace.records.sessions.get(start.session.id) is None:
                raise NotFound("Session not found")
            if not run.wait.seconds:  # of the delays between the pieces of a text nobody is told
                _tell(namespace, start.session.id, "processing")
    namespace.followers.tell(start.session.id)


@contextmanager
def _giving_up(namespace: Namespace, run: Run) -> Iterator[None]:
    """Give an execution up if something goes wrong with it."""
    try:
        yield
    except BaseException as error:
        if run.came is None:
            namespace.give_up(run, error)
        raise


def unanswered(namespace: Namespace, run: Run) -> Execution:
    """What is answered of an execution that is paused beyond the time that it may take (D56); what was said is kept."""
    start, outcome = run.start, run.start.walk.so_far()
    ended_at = _ended_at(start, namespace.clock.now() - _overtime(namespace, run, outcome))
    messages = (*start.said, *told(outcome)[0])
    transcript = _remembering(namespace, start.session, messages[run.remembered :])
    session = start.session._replace(last_activity=ended_at, transcript=transcript)
    if namespace.records.sessions.get(session.id) is start.session:
        namespace.records.sessions.replace(session)
        run.start, run.remembered = start._replace(session=session), len(messages)
    return start.execution(outcome, ended_at, is_paused=True)


def _tell(namespace: Namespace, session_id: str, status: str) -> None:
    namespace.feed.note("session", namespace.clock.now(), {"session_id": session_id, "status": status})


def _has_failed(outcome: Outcome) -> bool:
    """Whether it leaves the session in error (D40); one that was cancelled does not."""
    return outcome.status in ("error", "timeout")


def _overtime(namespace: Namespace, run: Run, outcome: Outcome) -> float:
    """Seconds by which the clock was moved beyond the deadline of an execution that ended there."""
    return max(0.0, namespace.clock.elapsed() - run.deadline) if outcome.status == "timeout" else 0.0


def _ended_at(start: Start, now: float) -> float:
    """When it ended, if it is that late now; the clock may have been put back meanwhile."""
    return max(start.at, now)


def _finish(namespace: Namespace, start: Start, outcome: Outcome, ended_at: float, remembered: int = 0) -> Execution:
    """Keep what came of an execution; the history has some messages already."""
    session, said, situation, _, _, _, events, walk = start
    system = situation.system
    is_there = namespace.records.sessions.get(session.id) is session
    if is_there:
        outcome = keep_made(namespace, session, outcome)
    execution = events.result = start.execution(outcome, ended_at)
    if is_there:
        messages = (*said, *execution.messages)
        namespace.records.sessions.replace(
            Session(
                session.id,
                session.owner,
                session.configuration,
                session.created_at,
                ended_at,
                session.agent_id,
                session.agent_key,
                _has_failed(outcome),
                situation.turn,
                _remembering(namespace, session, messages[remembered:]),
                checkpoint_of(system, outcome.variables) if system.persistent_state else session.variables,
                session.usage.plus(outcome.usage),
                outcome.positions or NOTHING,
                session.user,
                events.end,
                walk.record.allowed,
            )
        )
    namespace.executions.add(events)
    namespace.coverage.count(session.configuration, outcome)
    return execution


def _remembering(namespace: Namespace, session: Session, messages: tuple[Message, ...]) -> Transcript:
    """The session's history with what it does not have yet."""
    if not session.configuration.system.save_messages:
        return session.transcript
    return session.transcript.extended(messages, namespace.seed.history_limit)
