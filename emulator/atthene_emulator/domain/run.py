"""An execution on its way: what it started from, what it waits for, what came of it. This module is that record."""

from asyncio import Future
from collections.abc import Callable, Generator
from typing import NamedTuple

from atthene_emulator.domain.execution import Execution, told
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.signal import Signal
from atthene_emulator.domain.stream import Events
from atthene_emulator.domain.transcript import Message
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.execution.failures import Failure
from atthene_emulator.execution.happenings import ExecutionCancelled, ExecutionFailed, ExecutionFinished
from atthene_emulator.execution.message_content import Content
from atthene_emulator.execution.scripts import Step
from atthene_emulator.execution.situation import Situation
from atthene_emulator.execution.waits import Answer, Wait
from atthene_emulator.execution.walk import Outcome, Walk


class Start(NamedTuple):
    """What an execution started from.

    Attributes:
        session: as it was then; it stays like that until the execution has ended.
        said: the user's message; none where only inputs were given (D52).
        at: unix seconds.
        time_limit: seconds that it may take (D57).
        events: what is told of it.
        walk: how it goes through the configuration.
    """

    session: Session
    said: tuple[Message, ...]
    situation: Situation
    correlation_id: str | None
    at: float
    time_limit: float
    events: Events
    walk: Walk

    @property
    def content(self) -> Content | None:
        """The user's message."""
        return self.said[0].content if self.said else None

    def execution(self, outcome: Outcome, ended_at: float, *, is_paused: bool = False) -> Execution:
        """What came of it, at a time in unix seconds."""
        session, said, situation, correlation_id, at, time_limit, events, _ = self
        answers, called = told(outcome)
        return Execution(
            events.execution_id,
            session.id,
            correlation_id,
            situation.turn,
            at,
            ended_at,
            time_limit,
            said[0].content if said else None,
            answers,
            () if is_paused else called,
            0 if is_paused else len(outcome.turns) + 2,  # D43
            outcome,
            session.configuration,
            is_paused,
        )


class Run:
    """An execution that waits for something; a namespace keeps it by its session.

    Somebody waits with it for time and gates. When it is paused until a person decides, nobody need be there:
    `runtime.resume` goes on with it.

    Attributes:
        steps: how it goes on.
        deadline: of the clock's elapsed seconds; beyond it, it has taken too long.
        wait: what it waits for.
        remembered: how many of its messages the history has already.
        paused_at: when it was paused last, of the clock's elapsed seconds.
        by_hand: what a person has said to do in place of the step that waits at a gate; it goes on with that.
        resolved: the id of the call whose pause was resolved last.
        on_end: is told what came of it, also where it was given up.
        driver: goes on with it, where nobody waits for its result.
        over: ends with it.
        came: what came of it: it has ended, or it was given up; None until then.
    """

    def __init__(self, start: Start, steps: Generator[Wait, Answer, Outcome], wait: Wait, deadline: float) -> None:
        self.start = start
        self.steps = steps
        self.wait = wait
        self.remembered = 0
        self.deadline = deadline
        self.paused_at = 0.0
        self.by_hand: Step | None = None
        self.resolved = ""
        self.on_end: Callable[[Execution], None] | None = None
        self.driver: Future[None] | None = None
        self.over = Signal()
        self.came: Execution | BaseException | None = None

    @property
    def is_paused(self) -> bool:
        """Whether a person is to decide."""
        return self.wait.pause is not None

    def end(self, came: Execution | BaseException) -> None:
        """Tell everyone who waits what came of it."""
        self.came = came
        self.steps.close()
        self.over.end()
        if self.on_end is not None and isinstance(came, Execution):
            self.on_end(came)

    def give_up(self, why: BaseException, at: float) -> None:
        """End it without a result; who follows sees a failure if it is the emulator's, else that it is cancelled (D126)."""
        events, outcome = self.start.events, self.start.walk.so_far()
        self.end(why)
        if isinstance(why, EmulatorRefusal):
            failure = Failure("error", why.type, why.message)
            events.happened += (
                ExecutionFailed(at, failure.type, failure.message),
                ExecutionFinished(at, "error", outcome.usage),
            )
            outcome = outcome._replace(status="error", failure=failure)
        else:
            events.happened.append(ExecutionCancelled(at))
            outcome = outcome._replace(status="cancelled", failure=None)
        events.result = self.start.execution(outcome, at)
        if self.on_end is not None:
            self.on_end(events.result)

    def result(self) -> Execution | None:
        """What came of it; None for one that is paused.

        Raises:
            BaseException: it was given up, for this reason.
        """
        if isinstance(self.came, BaseException):
            raise self.came
        return self.came
