"""The faults of a namespace: how one is chosen, and how they count. This module is that part."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from atthene_emulator.domain.fault import PASSING, Fault, read_faults
from atthene_emulator.domain.gates import Gates
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.weight import weight
from atthene_emulator.errors import Conflict, NoRoom, Unknown
from atthene_emulator.limits import FAULTS, SCRIPT_BYTES

Chance = Callable[[str, int], float]


class Tally(NamedTuple):
    """How many requests a fault was about, and how many it struck."""

    matched: int = 0
    fired: int = 0


class Faults(SavedPart):
    """The faults of a namespace, in the order in which they are tried.

    Args:
        chance: a number from 0 to 1 for a fault's id and the number of the request.
    """

    scope = "faults"
    tables = ("faults",)

    def __init__(self, chance: Chance) -> None:
        self._faults: tuple[Fault, ...] = ()
        self._chance = chance
        self._tallies: dict[str, Tally] = {}
        self._held = Gates()
        self._count = 0

    def reset(self, seed: Seed) -> None:
        """Have just the faults of the seed."""
        self.use(seed.faults)

    def use(self, faults: Sequence[Fault]) -> None:
        """Have just these, which have counted nothing; requests that hang by others go on."""
        self.drop_all()
        self._faults, self._count = tuple(faults), len(faults)

    def save(self) -> Json:
        """Each fault with what it has counted, and the number that names the next one."""
        entries = [
            {"fault": {"id": fault.id, **fault.entry}, "matched": tally.matched, "fired": tally.fired}
            for fault, tally in self.counted()
        ]
        return {"faults": entries, "next_fault": self.next_number}

    def load(self, saved: Saved) -> None:
        """Go on from what was saved; requests that hang by another fault go on, too."""
        entries = saved.document["faults"]
        self.use(read_faults([entry["fault"] for entry in entries], 1))
        tallies = (Tally(int(entry["matched"]), int(entry["fired"])) for entry in entries)
        self._tallies = dict(zip((fault.id for fault in self._faults), tallies, strict=True))
        self._count = int(saved.document.get("next_fault", len(entries) + 1)) - 1

    def stamp(self) -> Any:
        """The same, without writing the faults."""
        return self._faults, dict(self._tallies), self._count

    def copy(self) -> tuple[tuple[Fault, ...], dict[str, Tally], int]:
        """The faults, what they have counted, and how many there ever were."""
        return self._faults, dict(self._tallies), self._count

    def restore(self, copied: tuple[tuple[Fault, ...], dict[str, Tally], int]) -> None:
        """Go on from what was copied; requests that hang by another fault go on, too."""
        self.drop_all()
        self._faults, tallies, self._count = copied
        self._tallies = dict(tallies)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    @property
    def weight(self) -> int:
        """How many bytes they take, roughly."""
        return sum(weight(fault.entry) for fault in self._faults)

    @property
    def next_number(self) -> int:
        """What names the next fault that has no id."""
        return self._count + 1

    def tally(self, fault: Fault) -> Tally:
        """How a fault has counted so far."""
        return self._tallies.get(fault.id, Tally())

    def add(self, faults: Sequence[Fault]) -> tuple[Fault, ...]:
        """Put faults in front of all others.

        Raises:
            Conflict: an id is taken.
            NoRoom: there are too many, or they are too large together.
        """
        self._check_room(faults)
        known = {fault.id for fault in self._faults}
        for fault in faults:
            if fault.id in known:
                raise Conflict(f"There is a fault {fault.id} already; drop it first, or give another id")
            known.add(fault.id)
        self._faults = (*faults, *self._faults)
        self._count += len(faults)
        return tuple(faults)

    def _check_room(self, more: Sequence[Fault]) -> None:
        all_of_them = (*self._faults, *more)
        size = sum(weight(fault.entry) for fault in all_of_them)
        if len(all_of_them) > FAULTS.most or size > SCRIPT_BYTES.most:
            raise NoRoom(
                f"There would be {len(all_of_them):,} faults of {size:,} bytes, and {FAULTS.shown} of "
                f"{SCRIPT_BYTES.shown} may be; DELETE /__emulator/faults drops them"
            )

    def drop(self, fault_id: str) -> None:
        """Forget a fault; requests that hang by it go on.

        Raises:
            Unknown: there is none.
        """
        kept = tuple(fault for fault in self._faults if fault.id != fault_id)
        if len(kept) == len(self._faults):
            known = ", ".join(fault.id for fault in self._faults[:10]) or "none"
            raise Unknown(f"There is no fault {fault_id!r}; there are: {known}")
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
                return self._chosen(fault, tally.fired + 1)
        return None

    def brought(self, fault: Fault) -> Fault:
        """A fault that a request brings along, as it strikes; those are counted together."""
        tally = self.tally(fault)
        self._tallies[fault.id] = Tally(tally.matched + 1, tally.fired + 1)
        return self._chosen(fault, tally.fired + 1)

    def _chosen(self, fault: Fault, number: int) -> Fault:
        """The fault with the delay that it has when it strikes so often."""
        return fault.chosen(lambda: self._chance(f"delay {fault.id}", number))

    def _strikes(self, fault: Fault, tally: Tally, number: int) -> bool:
        if number <= fault.after or (fault.times is not None and tally.fired >= fault.times):
            return False
        if (number - fault.after) % fault.every:
            return False
        return fault.probability >= 1 or self._chance(f"fault {fault.id}", number) < fault.probability

    async def hold(self, fault: Fault) -> None:
        """Return when the fault is dropped.

        Raises:
            SentAway: everyone was.
        """
        if fault.id == PASSING or any(one.id == fault.id for one in self._faults):
            await self._held.wait(fault.id)

    def dismiss_all(self, why: str) -> None:
        """Send every request away that hangs, and say why."""
        self._held.dismiss_all(why)

    def counted(self) -> tuple[tuple[Fault, Tally], ...]:
        """Every fault with its tally."""
        return tuple((fault, self.tally(fault)) for fault in self._faults)
