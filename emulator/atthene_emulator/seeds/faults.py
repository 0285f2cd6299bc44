"""Faults of a seed, and those that are added while the emulator runs. This module reads both."""

from collections.abc import Mapping, Sequence
from typing import Any

from atthene_emulator.domain.fault import Fault, read_fault
from atthene_emulator.errors import Misuse
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.schema import SEED


def read_faults(entries: Sequence[Any], first: int) -> tuple[Fault, ...]:
    """Faults that are added at run time; `first` numbers the first one that has no id.

    Raises:
        Misuse: with every mistake.
    """
    findings = SEED.check({"faults": list(entries)})
    if findings:
        raise Misuse("These are no faults", [finding.problem() for finding in findings])
    return tuple(read_fault(entry, number) for number, entry in enumerate(entries, first))


def read_seed_faults(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[Fault, ...]:
    """These faults, whose ids must be their own."""
    first = len(so_far.before.faults) + 1
    ids = {fault.id for fault in so_far.before.faults}
    read = tuple(read_fault(entry, number) for number, entry in enumerate(entries, first))
    for index, fault in enumerate(read):
        if fault.id in ids:
            so_far.wrong(("faults", index, "id"), f"A fault is called {fault.id} already; ids are unique.")
        ids.add(fault.id)
    return read
