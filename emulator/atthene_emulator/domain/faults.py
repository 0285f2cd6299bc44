"""Faults: answers that go wrong on purpose. This module is their records, how one is chosen, and how they count."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from atthene_emulator.domain.gates import Gates
from atthene_emulator.domain.records import NOTHING
from atthene_emulator.errors import EmulatorRefusal

FaultKind = Literal["error", "delay", "drop", "truncate", "malformed", "hang"]
Chance = Callable[[str, int], float]

PASSING = "this request"  # the id of faults that a request brings along


class Fault(NamedTuple):
    """One fault; see the schema of seeds for the meaning of each part.

    Attributes:
        id: names it.
        delay: seconds.
        entry: what it was read from.
    """

    id: str
    kind: FaultKind
    operation: str = "*"
    session: str | None = None
    after: int = 0
    first: int | None = None
    every: int = 1
    probability: float = 1.0
    status: int | None = None
    type: str | None = None
    message: str | None = None
    retry_after: int | None = None
    delay: float = 0.0
    entry: Mapping[str, Any] = NOTHING

    @property
    def label(self) -> str:
        """The short form, as in `X-Emulator-Fault`."""
        if self.kind == "delay":
            return f"delay={self.delay * 1000:.0f}"
        what = str(self.status) if self.kind == "error" else self.kind
        return f"{what};delay={self.delay * 1000:.0f}" if self.delay else what

    def is_about(self, operation: str, session: str | None) -> bool:
        """Whether it may strike a request."""
        if self.session is not None and self.session != session:
            return False
        if self.operation.endswith("*"):
            return operation.startswith(self.operation[:-1])
        return self.operation == operation


class Tally(NamedTuple):
    """How many requests a fault was about, and how many it struck."""

    matched: int = 0
    fired: int = 0


class Faults:
    """The faults of a namespace.

    Args:
        faults: in the order in which they are tried.
        chance: a number from 0 to 1 for a fault's id and the number of the request.
    """

    def __init__(self, faults: Iterable[Fault], chance: Chance) -> None:
        self._faults = tuple(faults)
        self._chance = chance
        self._tallies: dict[str, Tally] = {}
        self._held = Gates()
        self._count = len(self._faults)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    @property
    def next_number(self) -> int:
        """What names the next fault that has no id."""
        return self._count + 1

    def tally(self, fault: Fault) -> Tally:
        """How a fault has counted so far."""
        return self._tallies.get(fault.id, Tally())

    def add(self, faults: Sequence[Fault]) -> tuple[Fault, ...]:
        """Put faults in front of all others; those that gave no id of their own may get another one.

        Raises:
            EmulatorRefusal: 409, an id is taken.
        """
        known = {fault.id for fault in self._faults}
        added = []
        for fault in faults:
            if fault.id in known and "id" in fault.entry:
                raise EmulatorRefusal(409, f"There is a fault {fault.id} already; drop it first, or give another id")
            added.append(fault._replace(id=self._free_id(fault.id, known)))
            known.add(added[-1].id)
        self._faults = (*added, *self._faults)
        self._count += len(added)
        return tuple(added)

    def _free_id(self, wanted: str, known: Collection[str]) -> str:
        number = self._count
        while wanted in known:
            number += 1
            wanted = f"fault-{number}"
        return wanted

    def drop(self, fault_id: str) -> None:
        """Forget a fault; requests that hang by it go on.

        Raises:
            EmulatorRefusal: 404, there is none.
        """
        kept = tuple(fault for fault in self._faults if fault.id != fault_id)
        if len(kept) == len(self._faults):
            known = ", ".join(fault.id for fault in self._faults[:10]) or "none"
            raise EmulatorRefusal(404, f"There is no fault {fault_id!r}; there are: {known}")
        self._faults = kept
        self._forget((fault_id,))

    def drop_all(self) -> None:
        """Forget every fault; requests that hang by one, or by themselves, go on."""
        gone = [fault.id for fault in self._faults]
        self._faults = ()
        self._forget((*gone, PASSING))

    def _forget(self, ids: Iterable[str]) -> None:
        for fault_id in ids:
            self._tallies.pop(fault_id, None)
            self._held.open(fault_id)
            self._held.close(fault_id)  # one of the same id that comes later holds again

    def choose(self, operation: str, session: str | None) -> Fault | None:
        """The first fault that strikes this request, or None.

        Each fault counts the requests that it is about and that none before it has struck.
        """
        for fault in self._faults:
            if not fault.is_about(operation, session):
                continue
            tally = self.tally(fault)
            number = tally.matched + 1
            strikes = self._strikes(fault, tally, number)
            self._tallies[fault.id] = Tally(number, tally.fired + strikes)
            if strikes:
                return fault
        return None

    def _strikes(self, fault: Fault, tally: Tally, number: int) -> bool:
        if number <= fault.after or (fault.first is not None and tally.fired >= fault.first):
            return False
        if (number - fault.after) % fault.every:
            return False
        return fault.probability >= 1 or self._chance(f"fault {fault.id}", number) < fault.probability

    async def hold(self, fault: Fault) -> None:
        """Return when the fault is dropped.

        Raises:
            EmulatorRefusal: 503, everyone was sent away.
        """
        if fault.id == PASSING or any(one.id == fault.id for one in self._faults):
            await self._held.wait(fault.id)

    def dismiss_all(self, why: str) -> None:
        """End every request that hangs with a 503 that says why."""
        self._held.dismiss_all(why)

    def counted(self) -> tuple[tuple[Fault, Tally], ...]:
        """Every fault with its tally."""
        return tuple((fault, self.tally(fault)) for fault in self._faults)

    @classmethod
    def restored(cls, counted: Iterable[tuple[Fault, Tally]], number: int, chance: Chance) -> "Faults":
        """Faults that go on from what was `counted`; `number` is the `next_number` of then."""
        pairs = tuple(counted)
        faults = cls((fault for fault, _ in pairs), chance)
        faults._tallies = {fault.id: tally for fault, tally in pairs}
        faults._count = number - 1
        return faults


def read_fault(entry: Mapping[str, Any], number: int) -> Fault:
    """Read an entry that fits the seed schema; `number` names one without an id."""
    kind: FaultKind = entry.get("kind") or ("error" if "status" in entry else "delay")
    return Fault(
        id=entry.get("id", f"fault-{number}"),
        kind=kind,
        operation=entry.get("operation", "*"),
        session=entry.get("session"),
        after=entry.get("after", 0),
        first=entry.get("first"),
        every=entry.get("every", 1),
        probability=entry.get("probability", 1.0),
        status=entry.get("status"),
        type=entry.get("type"),
        message=entry.get("message"),
        retry_after=entry.get("retry_after"),
        delay=entry.get("delay_ms", 0) / 1000,
        entry=entry,
    )


_SHORT = re.compile(r"([a-z]+|\d{3})(?:=(\d+))?((?:;[a-z_]+=\d+)*)")
_PARTS = {"retry_after", "delay"}


def parse_fault(text: str) -> Mapping[str, Any] | None:
    """The entry that a short form stands for: `429`, `drop`, `delay=500`, `503;retry_after=2`; None if it is none.

    The entry need not fit the schema yet.
    """
    match = _SHORT.fullmatch(text.replace(" ", "").lower())
    if match is None:
        return None
    head, value, rest = match.groups()
    parts = dict(part.split("=", 1) for part in rest.split(";") if part)
    if not parts.keys() <= _PARTS or (value is not None) != (head == "delay"):
        return None
    if head == "delay":
        parts["delay"] = value
    entry: dict[str, Any] = {"status": int(head)} if head.isdigit() else {"kind": head}
    if "delay" in parts:
        entry["delay_ms"] = int(parts["delay"])
    if "retry_after" in parts:
        entry["retry_after"] = int(parts["retry_after"])
    return entry
