"""Rules of the graph: entry point, edges, and what can be reached (K04, K17)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.draft import Draft, DraftEdge, is_special
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.system import END, ENDS, START, STARTS, node
from atthene_emulator.wording import did_you_mean

_BREAKING = frozenset(("G101", "G102", "G104", "G105", "G106", "G111", "G112"))


def graph(draft: Draft, _: Language) -> Iterator[Finding]:
    """The entry point and the edges name agents, and lead from the start to the end.

    What can be reached is looked at only when all names are right: it would be said again otherwise.
    """
    if draft.flat or not draft.names_are_whole:
        return
    edges = () if draft.is_supervised else draft.edges
    broken = False
    for finding in chain(_entry_point(draft), *(_edge(edge, draft) for edge in edges), _choices(edges)):
        broken |= finding.code in _BREAKING
        yield finding
    if not draft.is_supervised and not broken and _is_readable(draft):
        yield from _reach(draft)


def _is_readable(draft: Draft) -> bool:
    """Whether the schema could say nothing about agents' names and edges, so that the graph is what was meant."""
    edges = draft.root.entry.get("edges", [])
    root = draft.root
    if root.entry.get("architecture", "workflow") != "workflow":
        return False
    if "entry_point" in root.entry and root.text("entry_point") is None:
        return False
    whole = isinstance(edges, list) and len(draft.edges) == len(edges)
    return whole and all(edge.is_whole for edge in draft.edges)


def _entry_point(draft: Draft) -> Iterator[Finding]:
    path: Path = ("entry_point",)
    named = draft.root.text("entry_point")
    known = tuple(draft.by_name)
    if "entry_point" not in draft.root.entry:
        if len(known) > 1:
            message = f"entry_point is required when there are several agents; name one of {_some(known)}, or START."
            yield Finding("G101", path, message)
        elif known:
            yield Finding("G103", path, f"entry_point is missing; {known[0]}, the only agent, is taken.")
    elif named is not None and named not in STARTS and known and named not in known:
        yield Finding(
            "G102", path, f"entry_point names {named}, but there is no such agent{did_you_mean(named, known)}"
        )
    if named in STARTS and not any(edge.source in STARTS for edge in draft.edges) and not draft.is_supervised:
        yield Finding("G111", path, f"entry_point is {named}, but no edge leaves the start; add an edge from START.")


def _some(names: tuple[str, ...], most: int = 5) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def _edge(edge: DraftEdge, draft: Draft) -> Iterator[Finding]:
    known = tuple(draft.by_name)
    nodes = [((*edge.part.path, "from"), edge.source)] if edge.source else []
    for path, name in [*nodes, *edge.targets()]:
        if not is_special(name) and name not in draft.by_name:
            near = did_you_mean(name, (*known, "START", "END"))
            yield Finding("G104", path, f"There is no agent {name}{near}")
    if edge.from_end:
        yield Finding("G112", (*edge.part.path, "from"), "Nothing leaves the end; name an agent or START.")
    for path, name in edge.targets():
        if name in STARTS:
            yield Finding("G112", path, "Nothing leads to the start; name an agent or END.")
    for key in _without_effect(edge):
        message = f"A conditional edge leads where its condition says; {key} has no effect, take it out."
        yield Finding("G110", (*edge.part.path, key), message, at_key=True)
    if edge.conditional and edge.source in STARTS and draft.entry_point in draft.by_name:
        message = (
            f"entry_point is {draft.entry_point}, so the start leads there; with a condition, use entry_point START."
        )
        yield Finding("G105", edge.part.path, message)
    seen: set[str] = set()
    for path, name in edge.part.texts("possible_outputs"):
        if name in seen:
            yield Finding("G113", path, f"{name} is listed twice; once is enough.")
        seen.add(name)


def _without_effect(edge: DraftEdge) -> list[str]:
    unused = {"boolean": ("to", "possible_outputs"), "literal": ("to", "routing")}
    keys = unused.get(str(edge.part.entry.get("condition_type")), ("to",)) if edge.conditional else ()
    return [key for key in keys if key in edge.part.entry]


def _choices(edges: Iterable[DraftEdge]) -> Iterator[Finding]:
    """From one node lead plain edges or one conditional edge."""
    by_source: dict[str, list[DraftEdge]] = defaultdict(list)
    for edge in edges:
        if edge.source is not None:
            by_source[node(edge.source)].append(edge)
    for source, leaving in by_source.items():
        conditional = [edge for edge in leaving if edge.conditional]
        plain: dict[str, DraftEdge] = {}
        for edge in (edge for edge in leaving if not edge.conditional):
            target = node(edge.part.text("to") or "")
            if target in plain and target:
                yield Finding("G114", edge.part.path, f"This edge from {source} to {target} is there already.")
            plain[target] = edge
        if conditional and plain:
            message = f"{source} has plain edges too; let the condition decide alone, or take it out."
            yield Finding("G105", conditional[0].part.path, message)
        for edge in conditional[1:]:
            message = f"A conditional edge leaves {source} already; put both decisions into one."
            yield Finding("G106", edge.part.path, message)


def _reach(draft: Draft) -> Iterator[Finding]:
    following: dict[str, list[str]] = defaultdict(list)
    for edge in draft.edges:
        following[node(edge.source or "")] += [node(name) for _, name in edge.targets()]
    if draft.entry_point not in (None, START):
        following[START].insert(0, draft.entry_point or "")
    for name, agent in draft.by_name.items():
        if agent.entry.get("agent_type") == "supervisor":
            following[name] += [worker for _, worker in agent.texts("supervised_agents")]
    reached = _reachable(following)
    supervised = {name for agent in draft.agents for _, name in agent.texts("supervised_agents")}
    left = {node(edge.source or "") for edge in draft.edges}
    ends = END in reached
    for name, agent in draft.by_name.items():
        if name not in reached:
            message = f"Nothing leads to {name}; add an edge to it, or take it out."
            yield Finding("G107", (*agent.path, "name"), message)
        elif name not in left and name not in supervised:
            ends = True
            message = f"No edge leaves {name}, so the run ends there; add an edge to END to say so."
            yield Finding("G109", (*agent.path, "name"), message)
    if not ends:
        yield Finding("G108", ("edges",), "No path leads from the start to the end; add an edge to END.", at_key=True)


def _reachable(following: Mapping[str, list[str]]) -> set[str]:
    reached, waiting = {START}, [START]
    while waiting:
        for name in following.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                if name not in ENDS:
                    waiting.append(name)
    return reached
