"""What passes between a walk and who runs it. This module is those records.

A walk is a generator: it yields a `Wait`, and goes on when that is over. Who runs it

- sends a `Decision` after a `Wait` with an approval, and None after any other;
- throws `Cancelled` or `TimeLimit` at any wait, also at one for an approval: the walk then returns its `Outcome` with what
  was said until then;
- closes it when nothing is to come of it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from atthene_emulator.configuration.approvals import Source


class Approval(NamedTuple):
    """A call of a tool that a person is asked about before it is made [documented: human-in-the-loop@G4].

    Attributes:
        agent: who calls.
        tool: the name of the tool's instance.
        arguments: what it is called with.
        source: why it is asked.
        prompt: the question.
    """

    agent: str
    tool: str
    arguments: Mapping[str, Any]
    source: Source
    prompt: str


class Wait(NamedTuple):
    """The walk asks for one of three: time to pass, a gate to open, a person to decide."""

    seconds: float = 0.0
    gate: str | None = None
    approval: Approval | None = None


class Decision(NamedTuple):
    """What a person says to an approval: `arguments` are those that they edited, `feedback` is for the agent."""

    approved: bool
    arguments: Mapping[str, Any] | None = None
    feedback: str = ""


class EndedEarly(Exception):
    """Thrown into a walk, it ends it. `status` is that of the outcome, which has no failure unless time was up."""

    status: ClassVar[Literal["cancelled", "timeout"]]


class Cancelled(EndedEarly):
    """Somebody cancelled the execution; a call that waits for approval gets the result `cancelled by user`."""

    status = "cancelled"


class TimeLimit(EndedEarly):
    """The execution took longer than it may."""

    status = "timeout"
