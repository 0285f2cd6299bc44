"""An execution on its way: what it started from, what it waits for, what came of it. This module is that record."""

from collections.abc import Generator
from typing import NamedTuple

from atthene_emulator.domain.executions import Execution
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.signal import Signal
from atthene_emulator.domain.transcript import CalledTool, Message
from atthene_emulator.execution.prompts import Content
from atthene_emulator.execution.situation import Situation
from atthene_emulator.execution.waits import Decision, Wait
from atthene_emulator.execution.walk import Outcome, Walk


class Start(NamedTuple):
    """What an execution started from.

    Attributes:
        session: as it was then; it stays like that until the execution has ended.
        content: the user's message; None where only inputs were given (D52).
        at: unix seconds.
        time_limit: seconds that it may take (D57).
    """

    session: Session
    content: Content | None
    situation: Situation
    correlation_id: str | None
    at: float
    time_limit: float


class Told(NamedTuple):
    """What an execution has brought about: the user's message, the answers that are shown, and the tool calls of all agents.

    `turns` is how many of its turns this has.
    """

    said: tuple[Message, ...] = ()
    answers: tuple[Message, ...] = ()
    called: tuple[CalledTool, ...] = ()
    turns: int = 0


class Run:
    """An execution that waits for something; a namespace keeps it by its session.

    Somebody waits with it for time and gates. When it is paused until a person decides, nobody need be there:
    `runtime.resume` goes on with it.

    Attributes:
        walk, steps: how it goes on.
        deadline: of the clock's elapsed seconds; beyond it, it has taken too long.
        wait: what it waits for.
        told: what of it the history has already.
        over: ends with it.
        came: what came of it: it has ended, or it was given up; None until then.
    """

    def __init__(
        self, start: Start, walk: Walk, steps: Generator[Wait, Decision | None, Outcome], wait: Wait, deadline: float
    ) -> None:
        self.start = start
        self.walk = walk
        self.steps = steps
        self.wait = wait
        self.told = Told()
        self.deadline = deadline
        self.over = Signal()
        self.came: Execution | BaseException | None = None

    @property
    def is_paused(self) -> bool:
        """Whether a person is to decide."""
        return self.wait.approval is not None

    def end(self, came: Execution | BaseException) -> None:
        """Tell everyone who waits what came of it."""
        self.came = came
        self.steps.close()
        self.over.end()

    def result(self) -> Execution | None:
        """What came of it; None for one that is paused.

        Raises:
            BaseException: it was given up, for this reason.
        """
        if isinstance(self.came, BaseException):
            raise self.came
        return self.came
