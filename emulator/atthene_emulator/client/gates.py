"""Where executions wait. This module is that part of the client."""

import time
from dataclasses import dataclass
from typing import Unpack

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.event_loops import blocked
from atthene_emulator.client.reading import read
from atthene_emulator.client.scripts import Step
from atthene_emulator.steady_clock import steady

_POLL = 0.01  # seconds between two looks at a gate


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate that is `open` or waited at: its `name`, how many executions are `waiting`, and their `sessions`, first come first."""

    name: str
    open: bool
    waiting: int
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """An execution that was answered by hand: the `turn` of the session `session_id`."""

    session_id: str
    turn: int


class NobodyWaits(AssertionError, TimeoutError):
    """Too few executions have come to a gate."""

    def __init__(self, gate: str, waiting: int, count: int, seconds: float) -> None:
        said = f"{waiting} of {count} executions wait at the gate {gate} after {seconds:g} s"
        super().__init__(f"{said}{blocked('wait_until_waiting()')}")


class Gates(NamespaceControl):
    """Holding executions, and letting them through."""

    def gates(self) -> tuple[GateState, ...]:
        """Gates that are open or waited at."""
        shown = self._ask("GET", "/gates")
        return tuple(read(GateState, one, sessions=tuple(one["sessions"])) for one in shown)

    def open_gate(self, name: str) -> None:
        """Let executions through that wait at this gate now or come later."""
        self._ask("POST", f"/gates/{quoted(name)}/open")

    def close_gate(self, name: str) -> None:
        """Hold executions at this gate from now on; a gate is closed until it is opened."""
        self._ask("POST", f"/gates/{quoted(name)}/close")

    def answer(self, name: str, reply: str | None = None, **step: Unpack[Step]) -> Answered:
        """Let the execution that has waited longest at a gate before its step do this one in place of its script's.

        The gate stays closed, and others go on waiting.

        Args:
            name: of the gate.
            reply: the answer.
            step: what else it does (`tool_calls`, `route`, `error`, …), as in `script`.

        Raises:
            EmulatorRefused: nobody waits there, or the agent cannot do that.
        """
        said = step if reply is None else {"reply": reply, **step}
        return read(Answered, self._ask("POST", f"/gates/{quoted(name)}/answer", said)["answered"])

    def gate(self, name: str) -> "Gate":
        """A gate to open, close and wait at."""
        return Gate(self, name)


class Gate:
    """A named place where executions wait, by a script that says `gate: NAME`.

    >>> gate = client.gate("slow-answer")
    >>> gate.open()
    >>> gate.waiting
    0
    """

    def __init__(self, gates: Gates, name: str) -> None:
        self._gates = gates
        self.name = name

    @property
    def waiting(self) -> int:
        """How many executions wait here now."""
        return next((one.waiting for one in self._gates.gates() if one.name == self.name), 0)

    def open(self) -> None:
        """Let executions through that wait now or come later."""
        self._gates.open_gate(self.name)

    def close(self) -> None:
        """Hold executions from now on."""
        self._gates.close_gate(self.name)

    def answer(self, reply: str | None = None, **step: Unpack[Step]) -> Answered:
        """Answer by hand who has waited longest here; see `Gates.answer`."""
        return self._gates.answer(self.name, reply, **step)

    def wait_until_waiting(self, count: int = 1, timeout: float = 5.0) -> None:
        """Return when so many executions wait here.

        Raises:
            NobodyWaits: they have not come within so many real seconds.
        """
        __tracebackhide__ = True
        end = steady() + timeout
        while (waiting := self.waiting) < count:
            if steady() >= end:
                raise NobodyWaits(self.name, waiting, count, timeout)
            time.sleep(_POLL)
