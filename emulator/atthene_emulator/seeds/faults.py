"""Faults of a seed, and those that are added while the emulator runs. This module reads both."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from atthene_emulator.domain import fault
from atthene_emulator.domain.fault import Fault
from atthene_emulator.errors import Misuse
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.schema import SEED


def read_faults(entries: Sequence[Any], first: int, taken: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Faults that are added at run time.

    Args:
        entries: as they came.
        first: number of the first one, by which it is called if it has no id.
        taken: ids of others.

    Raises:
        Misuse: with every mistake.
    """
    findings = SEED.check({"faults": list(entries)})
    if findings:
        raise Misuse("These are no faults", [finding.problem() for finding in findings])
    return fault.read_faults(entries, first, taken)


def read_seed_faults(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[Fault, ...]:
    """These faults, whose ids must be their own."""
    ids = {one.id for one in so_far.before.faults}
    read = fault.read_faults(entries, len(ids) + 1, ids)
    for index, one in enumerate(read):
        if one.id in ids:
            so_far.wrong(("faults", index, "id"), f"A fault is called {one.id} already; ids are unique.")
        ids.add(one.id)
    return read
