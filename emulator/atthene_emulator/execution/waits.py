"""What passes between a walk and who runs it. This module is those records.

A walk is a generator: it yields a `Wait`, and goes on when that is over. Who runs it

- sends a `Decision` after a `Wait` with a pause, and None after any other; after one with `check`, perhaps a `Step`, which is done in
  place of the script's;
- throws `Cancelled` or `TimeLimit` at any wait, also at a pause: the walk then returns its `Outcome` with what was said until
  then;
- closes it when nothing is to come of it.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from atthene_emulator.configuration.approvals import ApprovalSource, Kind
from atthene_emulator.execution.scripts import Step

Resolution = Literal["accepted", "declined", "validation_failed", "answered"]


class Pause(NamedTuple):
    """A call of a tool that a person is asked about before it is made [documented: human-in-the-loop@G4].

    Attributes:
        id: of the call.
        kind: what is asked for; `approval` unless a script asks for another.
        agent: who calls.
        tool: the name of the tool's instance.
        arguments: what it is called with.
        source: why it is asked; None where a script alone wants it.
        prompt: what the person is told.
        question, options: of a question to the user.
        schema: of the arguments, if the seed has one.
    """

    id: str
    kind: Kind
    agent: str
    tool: str
    arguments: Mapping[str, Any]
    source: ApprovalSource | None
    prompt: str
    question: str = ""
    options: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None


class Wait(NamedTuple):
    """The walk asks for one of three: time to pass, a gate to open, a person to decide.

    `check` is of a gate before a step: it raises `Unscripted` for one that could not be done in its place.
    """

    seconds: float = 0.0
    gate: str | None = None
    pause: Pause | None = None
    check: Callable[[Step], None] | None = None


class Decision(NamedTuple):
    """What a person says to a pause.

    Attributes:
        resolution: how it ends; `validation_failed` is a decline that edited arguments have made of themselves.
        arguments: those that the person edited.
        feedback: for the agent, of a decline.
        answer: to a question, which is the result of the call.
        for_session: further calls of this tool in the session are made without asking.
    """

    resolution: Resolution
    arguments: Mapping[str, Any] | None = None
    feedback: str = ""
    answer: str = ""
    for_session: bool = False


Answer = Decision | Step | None


class EndedEarly(Exception):
    """Thrown into a walk, it ends it. `status` is that of the outcome, which has no failure unless time was up."""

    status: ClassVar[Literal["cancelled", "timeout"]]


class Cancelled(EndedEarly):
    """Somebody cancelled the execution; a call that waits for a person gets the result `cancelled by user`."""

    status = "cancelled"


class TimeLimit(EndedEarly):
    """The execution took longer than it may."""

    status = "timeout"
