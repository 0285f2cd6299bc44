"""Graphs in words: what a node is, where an edge leads, when and why it was taken. This module is those words."""

from atthene_emulator.graph.graph import Edge, Node
from atthene_emulator.graph.marks import Marked, Taken
from atthene_emulator.wording import counted

_TYPES = {"llm_agent": "LLM agent", "react_agent": "ReAct agent", "supervisor": "supervisor"}


def type_of(node: Node) -> str:
    """What an agent is, for people; empty for start and end."""
    return _TYPES.get(node.type, node.type) if node.type else ""


def node_sentence(node: Node, marked: Marked) -> str:
    """What a node is."""
    parts = [node.label]
    if node.type:
        parts.append(type_of(node))
    if node.model:
        parts.append(f"model {node.model}")
    if node.tools:
        tools = (f"{tool.name} (asks a person)" if tool.asks else tool.name for tool in node.tools)
        parts.append(f"tools {', '.join(tools)}")
    if node.outputs:
        parts.append(f"output {', '.join(node.outputs)}")
    if marked.visits is not None:
        count = marked.visits.get(node.id, 0)
        parts.append(counted(count, "turn" if node.kind == "agent" else "time") if count else "not reached")
    return "; ".join(parts)


def edge_sentence(edge: Edge, marked: Marked) -> str:
    """Where an edge leads, when, and why it was taken."""
    parts = [arrow(edge)]
    if edge.condition:
        parts.append(edge.condition)
    parts += map(reason, taken(edge, marked))
    if edge.id in marked.counts:
        parts.append(f"taken {counted(marked.counts[edge.id], 'time')}")
    return "; ".join(parts)


def arrow(edge: Edge) -> str:
    """`a -yes-> b`."""
    arm = edge.arm if edge.kind == "boolean" else None
    return f"{edge.source} -{arm}-> {edge.target}" if arm else f"{edge.source} -> {edge.target}"


def taken(edge: Edge, marked: Marked) -> tuple[Taken, ...]:
    """When an edge was taken."""
    return () if marked.taken is None else marked.taken.get(edge.id, ())


def reason(step: Taken) -> str:
    """When and why."""
    return f"{step.order}: {step.why}"


def path(marked: Marked) -> list[tuple[Taken, Edge]]:
    """The steps of the path in their order."""
    steps = [(step, edge) for edge in marked.graph.edges for step in taken(edge, marked)]
    return sorted(steps, key=lambda one: one[0].order)


def summary(marked: Marked) -> str:
    """A graph in a paragraph: the path if there is one, else every edge."""
    graph = marked.graph
    agents = counted(sum(node.kind == "agent" for node in graph.nodes), "agent")
    if marked.taken is None:
        return f"{agents}. {'; '.join(edge_sentence(edge, marked) for edge in graph.edges)}."
    steps = "; ".join(f"{step.order}: {arrow(edge)}, {step.why}" for step, edge in path(marked))
    return f"{agents}. The path: {steps or 'none'}."
