"""The parts of a wrong seed document that fit its schema, so that all mistakes are found at once. This module takes the rest out."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.schema import Schema

_ROUNDS = 6  # what is taken out may be missed further up, a few levels at most


class SoundParts(NamedTuple):
    """What is left of a document.

    Attributes:
        value: fits the schema.
        places: of each list in it, by its identity, where its items stand in the whole document.
        gone: names of the lists that have lost items.
    """

    value: Any
    places: dict[int, list[int]]
    gone: frozenset[str | int]

    def whole_path(self, path: Path) -> Path:
        """A path in what is left as one of the whole document."""
        value, whole = self.value, list[str | int]()
        for step in path:
            if isinstance(value, list) and isinstance(step, int):
                whole.append(self.places[id(value)][step] if step < len(value) else step)
                value = value[step] if step < len(value) else None
            else:
                whole.append(step)
                value = value.get(step) if isinstance(value, dict) else None
        return tuple(whole)


def sound_parts(value: Any, schema: Schema, findings: Iterable[Finding]) -> SoundParts | None:
    """The document without what the findings are about; None if nothing that fits is left."""
    places: dict[int, list[int]] = {}
    left, gone = _copied(value, places), set[str | int]()
    for _ in range(_ROUNDS):
        for path in sorted({finding.path for finding in findings}, key=_order, reverse=True):
            if not path:
                return None
            _take_out(left, path, places, gone)
        findings = schema.check(left)
        if not findings:
            return SoundParts(left, places, frozenset(gone))
    return None


def _order(path: Path) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def _copied(value: Any, places: dict[int, list[int]]) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item, places) for key, item in value.items()}
    if isinstance(value, list):
        items = [_copied(item, places) for item in value]
        places[id(items)] = list(range(len(items)))
        return items
    return value


def _take_out(left: Any, path: Path, places: dict[int, list[int]], gone: set[str | int]) -> None:
    """Take out what a path leads to; where that is missing, what should have held it."""
    holders, value = [], left
    for depth, step in enumerate(path):
        is_there = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
        if not is_there:
            break
        holders.append((value, step, path[depth - 1] if depth else ""))
        value = value[step]
    if not holders:
        return
    holder, step, name = holders[-1]
    del holder[step]
    if isinstance(holder, list):
        del places[id(holder)][step]  # type: ignore[arg-type]  # steps into lists are numbers
        gone.add(name)
