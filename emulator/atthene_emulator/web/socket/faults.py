"""What faults do to the frames that a socket sends. This module is that damage."""

from collections.abc import Iterator
from typing import NamedTuple

from atthene_emulator.domain.fault import Fault
from atthene_emulator.limits import FAULTS

_OF_EVENTS = frozenset(("gap", "duplicate", "reorder", "malformed"))


def strikes_events(fault: Fault) -> bool:
    """Whether a fault strikes an event that is sent, and not the frame that it was chosen for."""
    return fault.kind in _OF_EVENTS or fault.after_events > 0


class Cut(NamedTuple):
    """The socket is struck in place of the next event: by `fault`, which closes, drops or delays it, or sends an error."""

    fault: Fault


class _Waiting:
    """A fault that strikes when so many events more were sent."""

    __slots__ = ("fault", "left")

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.left = fault.after_events


class Damage:
    """The faults that wait for the events of one socket; each strikes once, and an event is struck by one of them."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._held: str | None = None  # an event whose successor goes first

    def __bool__(self) -> bool:
        """Whether anything of it is still to come."""
        return bool(self._waiting) or self._held is not None

    def expect(self, fault: Fault) -> None:
        """Have a fault strike the event that comes after so many more, unless too many wait for that."""
        if len(self._waiting) < FAULTS.most:
            self._waiting.append(_Waiting(fault))

    def event(self, text: str) -> Iterator[str | Cut]:
        """What is sent in place of an event frame."""
        texts = [text]
        if (fault := self._next()) is not None:
            match fault.kind:
                case "gap":
                    texts = []
                case "duplicate":
                    texts *= 2
                case "malformed":
                    texts = [broken(text)]
                case "reorder" if self._held is None:
                    self._held, texts = text, []
                case _:
                    yield Cut(fault)
        yield from texts
        if texts and self._held is not None:
            yield from self.end()

    def _next(self) -> Fault | None:
        """The fault that strikes now: the first whose events have come."""
        due = next((one for one in self._waiting if not one.left), None)
        for one in self._waiting:
            one.left -= one.left > 0
        if due is None:
            return None
        self._waiting.remove(due)
        return due.fault

    def end(self) -> Iterator[str]:
        """What is still held back when no event follows."""
        held, self._held = self._held, None
        if held is not None:
            yield held


def broken(text: str) -> str:
    """A frame that is no JSON: cut."""
    return text[: len(text) * 2 // 3]
