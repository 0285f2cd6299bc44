"""Which parts of the configurations were exercised. This module is the count of one namespace, or of many."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.parts import Part
from atthene_emulator.domain.rows import Kept, Row, RowChange, as_bytes
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.table import Counts, Table
from atthene_emulator.limits import COVERED, COVERED_BYTES

if TYPE_CHECKING:
    from atthene_emulator.configuration.system import System
    from atthene_emulator.execution.walk import Outcome

_Part = tuple[str, str, str | None]  # source, target, arm, as in an `Element`
_Counts = defaultdict[_Part, int]
_Counted = tuple[Configuration, _Counts]

_EXECUTION: _Part = ("", "", None)


class Element(NamedTuple):
    """A part that can be exercised.

    Attributes:
        kind: agent, edge (a plain one), arm (of a boolean edge) or output (of a literal one).
        source: the agent, or the node that the edge leaves.
        target: where the edge leads; empty for an agent.
        arm: yes or no.
    """

    kind: str
    source: str
    target: str = ""
    arm: str | None = None


class Covered(NamedTuple):
    """A configuration, and how often each of its parts was exercised; those that never were count 0."""

    configuration: Configuration
    executions: int
    elements: tuple[tuple[Element, int], ...]


class Coverage(Part):
    """Counts executions; of many or large configurations, the ones used last are remembered.

    Attributes:
        dropped: how many were forgotten with their counts.
    """

    scope = "coverage"
    tables = ("coverage", "coverage_counts")

    def __init__(self, most: int = COVERED.most, max_bytes: int = COVERED_BYTES.most) -> None:
        self._most = most
        self._max_bytes = max_bytes
        self._bytes = 0
        self._counted: Table[_Counted] = Table("coverage", _written)
        self._counts = Counts("coverage_counts", 0)
        self.dropped = 0

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed has executed nothing
        """Count anew."""
        self._counted.clear()
        self._bytes = self.dropped = 0

    def count(self, configuration: Configuration, outcome: "Outcome") -> None:
        """Add one execution."""
        counts = self._counts_of(configuration)
        counts[_EXECUTION] += 1
        for turn in outcome.turns:
            counts[turn.agent, "", None] += 1
        for source, target, _, arm, is_handoff, _ in outcome.moves:
            if not is_handoff:
                counts[source, target, arm] += 1

    def add(self, other: "Coverage", unused: Iterable[Configuration] = ()) -> None:
        """Add what another has counted, and configurations that nobody may have executed."""
        self.dropped += other.dropped
        for one in other.all(unused):
            counts = self._counts_of(one.configuration)
            for part, count in (
                (_EXECUTION, one.executions),
                *((element[1:], count) for element, count in one.elements),
            ):
                counts[part] += count

    def _counts_of(self, configuration: Configuration) -> _Counts:
        """The counts of a configuration, which is now the one used last."""
        counted = self._counted.things
        known = counted.get(configuration.digest)
        if known is not None:
            self._counted.put(configuration.digest, known)
            return known[1]
        counts = _Counts(int)
        self._bytes += configuration.weight
        self._counted.put(configuration.digest, (configuration, counts))
        while len(counted) > self._most or (self._bytes > self._max_bytes and len(counted) > 1):
            forgotten, _ = self._counted.drop_first()
            self._bytes -= forgotten.weight
            self.dropped += 1
        return counts

    def known(self, others: Iterable[Configuration] = ()) -> int:
        """How many configurations were executed, or are among the others."""
        return len(self._counted.things.keys() | {one.digest for one in others})

    def all(self, others: Iterable[Configuration] = ()) -> Iterator[Covered]:
        """Every configuration that was executed, and the others, with all their parts in the order of the document."""
        for configuration in self.configurations(others):
            yield self.of(configuration)

    def configurations(self, others: Iterable[Configuration] = ()) -> Iterator[Configuration]:
        """Every configuration that was executed, and the others, each once."""
        counted = self._counted.things
        unused = {one.digest: one for one in others if one.digest not in counted}
        yield from [configuration for configuration, _ in counted.values()]
        yield from unused.values()

    def of(self, configuration: Configuration) -> Covered:
        """One configuration, which may never have been executed."""
        known, counts = self._counted.things.get(configuration.digest, (configuration, _Counts(int)))
        elements = tuple((element, counts.get(element[1:], 0)) for element in _elements(known.system))
        return Covered(known, counts.get(_EXECUTION, 0), elements)

    def note_changes(self) -> None:
        """As `Part`."""
        self._counted.note_changes()
        self._counts.note(self.dropped)

    def rows(self) -> Iterator[Row | Configuration]:
        """One for each configuration, by its digest, and how many were forgotten."""
        yield from self.configurations()
        yield from self._counted.rows()
        yield from self._counts.rows(self.dropped)

    def changes(self) -> Iterator[RowChange]:
        """As `Part`."""
        for one in self._counted.changes():
            if isinstance(one, Row) and one.value is not None:
                yield self._counted.things[one.key][0]
            yield one
        yield from self._counts.changes(self.dropped)

    def take_up(self, kept: Kept) -> None:
        """As `Part`."""
        self._counted.take_up(kept, lambda row: (kept.configurations[row.key], _read(row)))
        self._bytes = sum(configuration.weight for configuration in self.configurations())
        (self.dropped,) = self._counts.read(kept)


def _written(counted: _Counted) -> bytes:
    """Source, target, arm and count of each part, one after the other."""
    return as_bytes([one for part, count in counted[1].items() for one in (*part, count)])


def _read(row: Row) -> _Counts:
    fours = zip(*[iter(row.read())] * 4, strict=True)
    return _Counts(int, {(source, target, arm): int(count) for source, target, arm, count in fours})


def _elements(system: "System") -> list[Element]:
    """Plain edges from the start are no parts: every execution takes them, and an entry point needs none in the document."""
    from atthene_emulator.configuration.system import START  # noqa: PLC0415  # read with the first configuration

    elements = [Element("agent", name) for name in system.agents]
    for source, edges in system.edges.items():
        for edge in edges:
            match edge.kind:
                case "plain" if source == START:
                    continue
                case "plain":
                    elements.append(Element("edge", source, edge.targets[0]))
                case "boolean":
                    elements += [
                        Element("arm", source, target, arm)
                        for arm, target in zip(("yes", "no"), edge.targets, strict=True)
                    ]
                case _:
                    elements += [Element("output", source, target) for target in edge.targets]
    return list(dict.fromkeys(elements))
