"""Which parts of the configurations were exercised. This module is the count of one namespace, or of many."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.system import START, System
from atthene_emulator.domain.parts import Part
from atthene_emulator.domain.seed import Seed
from atthene_emulator.execution.walk import Outcome
from atthene_emulator.limits import COVERED, COVERED_BYTES

_EXECUTION = ("", "", None)

_Part = tuple[str, str, str | None]  # source, target, arm, as in an `Element`


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

    def __init__(self, most: int = COVERED.most, max_bytes: int = COVERED_BYTES.most) -> None:
        self._most = most
        self._max_bytes = max_bytes
        self._bytes = 0
        self._counts: OrderedDict[str, tuple[Configuration, dict[_Part, int]]] = OrderedDict()
        self.dropped = 0

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed has executed nothing
        """Count anew."""
        self._counts.clear()
        self._bytes = self.dropped = 0

    def count(self, configuration: Configuration, outcome: Outcome) -> None:
        """Add one execution."""
        counts = self._counts_of(configuration)
        counts[_EXECUTION] = counts.get(_EXECUTION, 0) + 1
        for turn in outcome.turns:
            agent = (turn.agent, "", None)
            counts[agent] = counts.get(agent, 0) + 1
        for move in outcome.moves:
            if move.handoff:
                continue
            edge = (move.source, move.target, move.arm)
            counts[edge] = counts.get(edge, 0) + 1

    def add(self, other: "Coverage", unused: Iterable[Configuration] = ()) -> None:
        """Add what another has counted, and configurations that nobody may have executed."""
        self.dropped += other.dropped
        for one in other.all(unused):
            counts = self._counts_of(one.configuration)
            for part, count in (
                (_EXECUTION, one.executions),
                *((element[1:], count) for element, count in one.elements),
            ):
                counts[part] = counts.get(part, 0) + count

    def _counts_of(self, configuration: Configuration) -> dict[_Part, int]:
        """The counts of a configuration, which is now the one used last."""
        known = self._counts.get(configuration.digest)
        if known is None:
            known = self._counts[configuration.digest] = (configuration, {})
            self._bytes += configuration.weight
            while len(self._counts) > self._most or (self._bytes > self._max_bytes and len(self._counts) > 1):
                _, (forgotten, _) = self._counts.popitem(last=False)
                self._bytes -= forgotten.weight
                self.dropped += 1
        else:
            self._counts.move_to_end(configuration.digest)
        return known[1]

    def known(self, others: Iterable[Configuration] = ()) -> int:
        """How many configurations were executed, or are among the others."""
        return len(self._counts.keys() | {one.digest for one in others})

    def all(self, others: Iterable[Configuration] = ()) -> Iterator[Covered]:
        """Every configuration that was executed, and the others, with all their parts in the order of the document."""
        for configuration in self.configurations(others):
            yield self.of(configuration)

    def configurations(self, others: Iterable[Configuration] = ()) -> Iterator[Configuration]:
        """Every configuration that was executed, and the others, each once."""
        unused = {one.digest: one for one in others if one.digest not in self._counts}
        yield from [configuration for configuration, _ in self._counts.values()]
        yield from unused.values()

    def of(self, configuration: Configuration) -> Covered:
        """One configuration, which may never have been executed."""
        known, counts = self._counts.get(configuration.digest, (configuration, dict[_Part, int]()))
        elements = tuple((element, counts.get(element[1:], 0)) for element in _elements(known.system))
        return Covered(known, counts.get(_EXECUTION, 0), elements)


def _elements(system: System) -> list[Element]:
    """Plain edges from the start are no parts: every execution takes them, and an entry point needs none in the document."""
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
