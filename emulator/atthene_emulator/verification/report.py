"""What a comparison found, for people and for programs. This module is that report; it holds nothing that was recorded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from atthene_emulator.contracts import ContractName
from atthene_emulator.evidence.levels import Evidence
from atthene_emulator.verification.shape import Kind
from atthene_emulator.wording import counted


@dataclass(frozen=True, slots=True)
class Difference:
    """Equal differences of one operation.

    Attributes:
        operation: name of the row; for one that we do not have, `METHOD /path/`.
        request: `METHOD /path/` with the names of parameters, below `/api/v1`.
        place: dotted path in the answer, `[]` for the items of a list; empty for the answer as a whole.
        ours, theirs: types, and values only where they are words that we compare.
        times: in how many exchanges.
        statuses: of those answers.
        evidence: what our statement rests on.
    """

    operation: str
    request: str
    kind: Kind
    place: str
    ours: str
    theirs: str
    times: int
    statuses: tuple[int, ...]
    evidence: Evidence

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "operation": self.operation,
            "request": self.request,
            "kind": self.kind,
            "place": self.place,
            "ours": self.ours,
            "theirs": self.theirs,
            "times": self.times,
            "statuses": list(self.statuses),
            "evidence": self.evidence._asdict(),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """How recorded traffic departs from one contract.

    Attributes:
        differences: by operation, in the order of the table of operations.
        seen: how many exchanges of each operation were compared; all operations are there, and then unknown ones.
        passed_over: how many entries of the recording were not compared, by the reason.
        without_body: how many of the compared exchanges have no body in the recording: of those, the status was compared.
        fits: differences from each contract, if the contract was chosen by them; else empty.
    """

    contract: ContractName
    differences: tuple[Difference, ...]
    seen: Mapping[str, int]
    passed_over: Mapping[str, int]
    without_body: int
    fits: Mapping[ContractName, int]

    @property
    def checked(self) -> int:
        """How many exchanges were compared."""
        return sum(self.seen.values())

    def lines(self) -> Iterator[str]:
        """For people: a block for each operation that departs, and a summary as the last line."""
        for (operation, request), group in groupby(self.differences, lambda one: (one.operation, one.request)):
            yield operation if operation == request else f"{operation}  {request}"
            yield from _block(tuple(group))
            yield ""
        unseen = [name for name, count in self.seen.items() if not count]
        if self.checked and unseen:
            yield f"Not in the recording: {', '.join(unseen)}."
        if self.fits:
            yield self._choice()
        yield self._summary()

    def _choice(self) -> str:
        best = min(self.fits.values())
        counts = ", ".join(f"{name} {count}" for name, count in self.fits.items())
        equal = [name for name, count in self.fits.items() if count == best]
        if len(equal) > 1:
            return f"Compared with contract {self.contract}; {' and '.join(equal)} fit alike (differences: {counts})."
        return f"Compared with contract {self.contract}, which fits best (differences: {counts})."

    def _summary(self) -> str:
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.passed_over.items())
        passed = f"{sum(self.passed_over.values())} passed over{f' ({reasons})' if reasons else ''}"
        bodies = f", {self.without_body} of them without a recorded body" if self.without_body else ""
        found = counted(len(self.differences), "difference")
        return f"{counted(self.checked, 'exchange')} checked{bodies}, {passed}: {found} from contract {self.contract}."

    def as_json(self) -> dict[str, Any]:
        """For programs; `fits` is null when the contract was given."""
        return {
            "contract": self.contract,
            "fits": dict(self.fits) or None,
            "exchanges": {
                "checked": self.checked,
                "without_body": self.without_body,
                "passed_over": dict(self.passed_over),
            },
            "seen": dict(self.seen),
            "differences": [one.as_json() for one in self.differences],
        }


def _block(differences: tuple[Difference, ...]) -> Iterator[str]:
    """The differences of an operation: two aligned columns, and what is told in full below."""
    width = max(len(one.place) for one in differences)
    for one in differences:
        place = f"{one.place:<{width}}  " if width else ""
        statuses = ", ".join(map(str, one.statuses))
        times = f"{counted(one.times, 'time')}, status {statuses}"
        yield f"  {one.kind:<13}  {place}ours: {one.ours}; theirs: {one.theirs}"
        yield f"  {'':<13}  {'':<{len(place)}}{times}; ours is {one.evidence.level}: {one.evidence.source}"
