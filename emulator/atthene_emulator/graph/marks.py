"""What is laid over a graph: the path of an execution, or counts of coverage. This module is both."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from atthene_emulator.configuration.system import END, START
from atthene_emulator.execution.decisions import Move
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.execution.walk import Outcome
from atthene_emulator.graph.graph import Edge, EdgeKind, Graph

_LISTED = 3  # order numbers in a label
_Way = tuple[str, str, str | None, bool]  # source, target, arm, whether it is between a supervisor and its agents


class Taken(NamedTuple):
    """An edge was taken: `order` is the number of the step in the execution's path, from 1; `why` is the reason."""

    order: int
    why: str


class Marked(NamedTuple):
    """A graph and what is laid over it.

    Attributes:
        visits: how many turns each node had; how often start was left and the end was reached. None where nothing is laid over.
        taken: of an execution, by the ids of the edges that it took; None where no path is laid over.
        counts: of coverage, by ids of edges; edges that coverage does not count are not there.
    """

    graph: Graph
    visits: Mapping[str, int] | None = None
    taken: Mapping[str, tuple[Taken, ...]] | None = None
    counts: Mapping[str, int] = NOTHING

    def rewritten(self, by: Callable[[str], str]) -> "Marked":
        """The same with other words in all that people read: names, conditions, and reasons, which may repeat what was said."""
        edges = tuple(
            edge._replace(condition=by(edge.condition), arm=edge.arm and by(edge.arm)) for edge in self.graph.edges
        )
        nodes = tuple(
            node._replace(
                label=by(node.label),
                tools=tuple(tool._replace(name=by(tool.name)) for tool in node.tools),
                outputs=tuple(map(by, node.outputs)),
                model=node.model and by(node.model),
            )
            for node in self.graph.nodes
        )
        taken = self.taken and {
            edge: tuple(one._replace(why=by(one.why)) for one in steps) for edge, steps in self.taken.items()
        }
        graph = self.graph._replace(name=by(self.graph.name), nodes=nodes, edges=edges)
        return self._replace(graph=graph, taken=taken)

    def is_pale(self, edge: Edge) -> bool:
        """Whether an edge was not taken, where it is known what was."""
        if self.taken is not None:
            return edge.id not in self.taken
        return self.counts.get(edge.id) == 0

    def is_strong(self, edge: Edge) -> bool:
        """Whether it is known that an edge was taken."""
        return edge.id in self.taken if self.taken is not None else self.counts.get(edge.id, 0) > 0

    def reached(self) -> frozenset[str] | None:
        """The nodes that were visited, or that a step has led to; None where nothing is laid over."""
        if self.visits is None:
            return None
        led_to = {edge.target for edge in self.graph.edges if self.is_strong(edge)}
        return frozenset(led_to.union(node for node, count in self.visits.items() if count))

    def label(self, edge: Edge) -> str:
        """What stands at an edge: the arm of a boolean one, and when or how often it was taken; empty for nothing."""
        parts = [edge.arm] if edge.kind == "boolean" and edge.arm else []
        taken = () if self.taken is None else self.taken.get(edge.id, ())
        if taken:
            parts.append(listed(taken))
        elif self.counts.get(edge.id):
            parts.append(f"{self.counts[edge.id]:,}x")
        return " · ".join(parts)


def listed(taken: Sequence[Taken]) -> str:
    """Order numbers in a row: the first few of many."""
    shown = ", ".join(str(one.order) for one in taken[:_LISTED])
    return f"{shown} … {taken[-1].order}" if len(taken) > _LISTED else shown


def with_path(graph: Graph, outcome: Outcome) -> Marked:
    """A graph with the path of an execution, which may not have ended yet.

    Steps to where no edge leads, such as those of a script that has a condition fail, become edges of their own.
    """
    ways = {_way(edge): edge.id for edge in reversed(graph.edges)}
    steps = _steps(outcome.moves, ways)
    if outcome.status == "completed":
        steps += _ends(graph, outcome, len(outcome.moves))
    added: dict[tuple[str, str], EdgeKind] = {}
    for way, _ in steps:
        if way not in ways:
            added.setdefault((way[0], way[1]), "handoff" if way[3] else "plain")
    graph = graph.with_edges(added)
    strange = {(edge.source, edge.target): edge.id for edge in graph.edges[len(graph.edges) - len(added) :]}
    taken: dict[str, tuple[Taken, ...]] = {}
    for way, step in steps:
        edge = ways.get(way) or strange[way[0], way[1]]
        taken[edge] = (*taken.get(edge, ()), step)
    return Marked(graph, _visits(graph, outcome, taken), taken)


def _way(edge: Edge) -> _Way:
    between = edge.kind in ("handoff", "returns")
    return edge.source, edge.target, edge.arm if edge.kind == "boolean" else None, between


def _steps(moves: Sequence[Move], ways: Mapping[_Way, str]) -> list[tuple[_Way, Taken]]:
    """The steps of a path. That a supervisor answers is a step to the end; where the graph goes on, it is a step there."""
    steps = []
    for place, move in enumerate(moves):
        way = (move.source, move.target, move.arm, move.handoff)
        if move.handoff and move.target == END and way not in ways:
            on = next((one for one in moves[place + 1 :] if one.source == move.source), move)
            way = (on.source, on.target, on.arm, on.handoff)
        steps.append((way, Taken(place + 1, move.why)))
    return steps


def _ends(graph: Graph, outcome: Outcome, last: int) -> list[tuple[_Way, Taken]]:
    """The ends of agents from which nothing leads on, which are no steps of the path."""
    left = {move.source for move in outcome.moves}
    ended = dict.fromkeys(turn.agent for turn in outcome.turns if turn.agent not in left)
    ends = [edge for edge in graph.edges if edge.source in ended and edge.target == END and edge.kind == "plain"]
    return [(_way(edge), Taken(last + place, "nothing leads on")) for place, edge in enumerate(ends, 1)]


def _visits(graph: Graph, outcome: Outcome, taken: Mapping[str, Sequence[Taken]]) -> dict[str, int]:
    turns = Counter(turn.agent for turn in outcome.turns)
    ended = sum(len(taken.get(edge.id, ())) for edge in graph.edges if edge.target == END)
    others = {START: int(bool(outcome.moves)), END: ended}
    return {node.id: others.get(node.id, turns[node.id]) for node in graph.nodes}


def with_coverage(graph: Graph, executions: int, counts: Mapping[tuple[str, str, str | None], int]) -> Marked:
    """A graph with counts, which are by source, target and arm of a boolean edge; of an agent the target is empty.

    Every execution takes the plain edges from the start; what goes on between supervisors and their agents is not counted.
    """
    visits = {node.id: counts.get((node.id, "", None), 0) for node in graph.nodes}
    visits[START] = executions
    counted = {}
    for edge in graph.edges:
        source, target, arm, _ = _way(edge)
        if source == START and edge.kind == "plain":
            counted[edge.id] = executions
        elif (source, target, arm) in counts and edge.kind not in ("handoff", "returns"):
            counted[edge.id] = counts[source, target, arm]
    visits[END] = sum(counted.get(edge.id, 0) for edge in graph.edges if edge.target == END)
    return Marked(graph, visits, None, counted)
