"""A configuration as a graph: its agents, and every way that leads from one to another. This module is the records.

What the walk does without an edge of the document is an edge here, too: a supervisor hands over to its agents, which return
to it, and where nothing leads on is the end.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.approvals import approval_source
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.system import END, FLAT_AGENT, START, Agent, System
from atthene_emulator.configuration.system import Edge as SystemEdge

NodeKind = Literal["start", "end", "agent"]
EdgeKind = Literal["plain", "boolean", "literal", "handoff", "returns"]


class Tool(NamedTuple):
    """A tool of an agent; `asks` says whether a person is asked before it is called."""

    name: str
    asks: bool


class Node(NamedTuple):
    """A node.

    Attributes:
        id: name of the agent, `__start__` or `__end__`.
        label: what people read.
        type: of an agent; None for start and end.
        outputs: fields of its structured output.
        model: the one that the document names for it, if it names one.
    """

    id: str
    label: str
    kind: NodeKind
    type: str | None = None
    tools: tuple[Tool, ...] = ()
    outputs: tuple[str, ...] = ()
    model: str | None = None


class Edge(NamedTuple):
    """One way from a node to another.

    Attributes:
        id: unique in the graph.
        arm: yes or no of a boolean edge, the output of a literal one.
        condition: that decides; empty for none.
    """

    id: str
    source: str
    target: str
    kind: EdgeKind
    arm: str | None = None
    condition: str = ""


class Graph(NamedTuple):
    """A configuration's graph; start and end are in it once each. `config_hash` has twelve digits."""

    name: str
    config_hash: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def with_edges(self, more: Mapping[tuple[str, str], EdgeKind]) -> "Graph":
        """The same with further edges, by source and target."""
        first = len(self.edges) + 1
        added = (Edge(f"e{first + place}", *ends, kind) for place, (ends, kind) in enumerate(more.items()))
        return self._replace(edges=(*self.edges, *added))


def graph_of(configuration: Configuration, language: Language) -> Graph:
    """The graph of a configuration; the language says of which tools a person is asked."""
    system, models = configuration.system, _models(configuration.value)
    agents = (_node(agent, models.get(agent.name), language) for agent in system.agents.values())
    nodes = (Node(START, "start", "start"), *agents, Node(END, "end", "end"))
    unlike = dict.fromkeys(_edges(system))
    edges = tuple(edge._replace(id=f"e{number}") for number, edge in enumerate(unlike, 1))
    return Graph(configuration.name, configuration.digest[:12], nodes, edges)


def _models(value: Mapping[str, Any]) -> dict[str, str]:
    """The models that a document names, by agents."""
    entries = value.get("agents", [{**value, "name": FLAT_AGENT}])
    named = {entry["name"]: entry.get("llm_config", {}).get("model") for entry in entries}
    return {agent: model for agent, model in named.items() if model}


def _node(agent: Agent, model: str | None, language: Language) -> Node:
    tools = (
        Tool(tool.name, approval_source(tool.hitl, language.requirement(tool.type)) is not None)
        for tool in agent.tools.values()
    )
    return Node(agent.name, agent.name, "agent", agent.type, tuple(tools), tuple(agent.output or ()), model)


def _edges(system: System) -> Iterator[Edge]:
    """Every way, in the order of the agents, without ids."""
    for source in (START, *system.agents):
        for edge in system.edges.get(source, ()):
            yield from _arms(edge)
    supervised = set[str]()
    for agent in system.agents.values():
        for worker in agent.supervised:
            supervised.add(worker)
            yield Edge("", agent.name, worker, "handoff")
            yield Edge("", worker, agent.name if agent.returns_to_supervisor else END, "returns")
    for agent in system.agents.values():
        if not system.edges.get(agent.name) and agent.name not in supervised:
            yield Edge("", agent.name, END, "handoff" if agent.type == "supervisor" else "plain")


def _arms(edge: SystemEdge) -> Iterator[Edge]:
    for place, target in enumerate(edge.targets):
        arm = {"plain": None, "boolean": ("yes", "no")[place % 2], "literal": target}[edge.kind]
        yield Edge("", edge.source, target, edge.kind, arm, edge.condition)
