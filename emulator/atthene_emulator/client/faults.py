"""What goes wrong on purpose. This module is that part of the client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.reading import read


class FaultParts(TypedDict, total=False):
    """Everything that a fault may have, as in seed files."""

    id: str
    operation: str
    session: str
    after: int
    times: int
    every: int
    probability: float
    kind: str
    status: int
    type: str
    message: str
    retry_after: int | str | Mapping[str, int]
    delay_ms: int | Mapping[str, int]
    body: Any
    content_type: str
    headers: Mapping[str, str]
    cors: bool
    error_code: str
    close: int
    after_events: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault.

    Attributes:
        id: of the fault.
        kind: what it does, such as status or drop.
        operation: which requests it is about.
        matched: how many those were.
        fired: how many of them it struck.
        entry: all that is shown of it.
    """

    id: str
    kind: str
    operation: str
    matched: int
    fired: int
    entry: Mapping[str, Any]


class Faults(NamespaceControl):
    """Saying what goes wrong."""

    def faults(self) -> tuple[Fault, ...]:
        """The faults in the order in which they are tried."""
        return tuple(read(Fault, one, entry=one) for one in self._ask("GET", "/faults"))

    def fault(self, what: int | str | Mapping[str, Any] | None = None, **parts: Unpack[FaultParts]) -> Fault:
        """Put a fault in front of all others.

        Args:
            what: a status (429), a kind (`"drop"`), or a whole fault; None leaves it to the parts.
            parts: which requests it strikes (`operation`, `session`, `times`, `after`, …) and how (`retry_after`,
                `message`, `body`, `headers`, `delay_ms`, …).
        """
        return self.add_faults([_whole(what, parts)])[0]

    def add_faults(self, faults: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
        """Put faults, as a seed file has them, in front of all others."""
        return tuple(read(Fault, one, entry=one) for one in self._ask("POST", "/faults", faults))

    def drop_faults(self) -> None:
        """Forget every fault; what hangs goes on."""
        self._ask("DELETE", "/faults")

    def drop_fault(self, fault_id: str) -> None:
        """Forget one fault; what hangs by it goes on."""
        self._ask("DELETE", f"/faults/{quoted(fault_id)}")


def _whole(what: int | str | Mapping[str, Any] | None, parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fault as a seed file has it."""
    if isinstance(what, Mapping):
        return {**what, **parts}
    if what is None:
        return parts
    return {"kind" if isinstance(what, str) else "status": what, **parts}
