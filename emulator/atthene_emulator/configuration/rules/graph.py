"""Rules of the graph: the entry point and the edges (K04, K17). What can be reached is in `rules.reach`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.draft import Draft, DraftEdge, is_special
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.rules.reach import reach
from atthene_emulator.configuration.system import ENDS, START, STARTS, node
from atthene_emulator.wording import did_you_mean

_BREAKING = frozenset(("G101", "G102", "G104", "G105", "G106", "G111", "G112", "G119"))
_WORDS = {"true": "yes", "false": "no"}
_AT_ONCE = 10  # documented: known-issues@G3


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
        yield from reach(draft)


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
    known = draft.leaders if draft.is_supervised else tuple(draft.by_name)
    first = draft.entry_point
    if "entry_point" not in draft.root.entry:
        if first == START:
            message = "entry_point is missing, and the edges from the start decide; write entry_point: START to say so."
            yield Finding("G103", path, message)
        elif first is not None:
            kind = "supervisor" if draft.is_supervised else "agent"
            yield Finding("G103", path, f"entry_point is missing; {first}, the only {kind}, is taken.")
        elif known:
            end = "." if draft.is_supervised else ", or START with an edge from it."
            yield Finding("G101", path, f"entry_point is required to say who begins; name one of {_some(known)}{end}")
        return
    known = tuple(draft.by_name)
    if named is not None and named not in STARTS and known and named not in known:
        yield Finding(
            "G102", path, f"entry_point names {named}, but there is no such agent{did_you_mean(named, known)}"
        )
    if named in STARTS and not any(edge.source in STARTS for edge in draft.edges) and not draft.is_supervised:
        yield Finding("G111", path, f"entry_point is {named}, but no edge leaves the start; add an edge from START.")


def _some(names: tuple[str, ...], most: int = 5) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def _edge(edge: DraftEdge, draft: Draft) -> Iterator[Finding]:
    nodes = [((*edge.part.path, "from"), edge.source)] if edge.source else []
    for path, name in [*nodes, *edge.targets]:
        if not is_special(name) and name not in draft.by_name:
            near = did_you_mean(name, (*draft.by_name, "START", "END"))
            yield Finding("G104", path, f"There is no agent {name}{near}")
    yield from _direction(edge)
    condition = edge.part.text("condition")
    if condition is not None and not condition.strip():
        yield Finding("F106", (*edge.part.path, "condition"), "condition must not be empty.")
    for key in _without_effect(edge):
        message = f"A conditional edge leads where its condition says; {key} has no effect, take it out."
        yield Finding("G110", (*edge.part.path, key), message, at_key=True)
    if edge.source in STARTS and draft.entry_point in draft.by_name:
        yield from _beside_entry_point(edge, draft.entry_point)
    if "routing" in edge.part.entry:
        yield from _arms(edge, draft)
    seen: set[str] = set()
    for path, name in edge.part.texts("possible_outputs"):
        if name in seen:
            yield Finding("G113", path, f"{name} is listed twice; once is enough.")
        seen.add(name)


def _direction(edge: DraftEdge) -> Iterator[Finding]:
    """Nothing leads to the start or leaves the end, which is no possible output [documented: conditional-edges@G3]."""
    if edge.from_end:
        yield Finding("G112", (*edge.part.path, "from"), "Nothing leaves the end; name an agent or START.")
    for path, name in edge.targets:
        if name in STARTS:
            yield Finding("G112", path, "Nothing leads to the start; name an agent or END.")
        elif name in ENDS and "possible_outputs" in path:
            yield Finding("G119", path, f"{name} is no agent, and possible outputs are; let an agent lead to the end.")


def _beside_entry_point(edge: DraftEdge, first: str | None) -> Iterator[Finding]:
    if edge.conditional:
        message = f"entry_point is {first}, so the start leads there; with a condition, use entry_point START."
        yield Finding("G105", edge.part.path, message)
    elif edge.part.text("to") not in (first, None):
        message = f"entry_point is {first}, so the start leads to both; use entry_point START, or take the edge out."
        yield Finding("G118", edge.part.path, message)


def _arms(edge: DraftEdge, draft: Draft) -> Iterator[Finding]:
    """Keys of routing that loaders of YAML 1.1 take for booleans [documented: known-issues@G3] (K38)."""
    routing = edge.part.part("routing")
    for key in routing.entry:
        path = (*routing.path, key)
        if key in _WORDS:
            yield Finding("G115", path, f'{key} is read as {_WORDS[key]}; write "{_WORDS[key]}".', at_key=True)
        elif path in draft.unquoted:
            message = f'Some loaders read an unquoted {key} as a boolean; write "{key}" in quotes.'
            yield Finding("G115", path, message, at_key=True)


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
        if len(plain) > _AT_ONCE:
            message = (
                f"More than {_AT_ONCE} edges leave {source}, and {_AT_ONCE} agents run at a time; the others wait."
            )
            yield Finding("G116", [*plain.values()][_AT_ONCE].part.path, message)
        if conditional and plain:
            message = f"{source} has plain edges too; let the condition decide alone, or take it out."
            yield Finding("G105", conditional[0].part.path, message)
        for edge in conditional[1:]:
            message = f"A conditional edge leaves {source} already; put both decisions into one."
            yield Finding("G106", edge.part.path, message)
