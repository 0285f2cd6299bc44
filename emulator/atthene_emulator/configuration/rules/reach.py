"""Rules of what can be reached: every agent, and the end, within the limit (K17, K41)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from atthene_emulator.configuration.draft import Draft
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.system import END, RECURSION_LIMIT, START, node
from atthene_emulator.wording import counted


def reach(draft: Draft) -> Iterator[Finding]:
    """A path leads from the start to the end [documented: sequential-patterns@G3], and no agent stands apart."""
    left = {node(edge.source or "") for edge in draft.edges}
    dead_ends = [name for name in draft.by_name if name not in left]
    rounds = _rounds(_following(draft, dead_ends))
    handed = handed_work(draft, rounds)
    for name, agent in draft.by_name.items():
        if name not in rounds and name not in handed:
            message = f"Nothing leads to {name}; add an edge to it, or take it out."
            yield Finding("G107", (*agent.path, "name"), message)
        elif name in rounds and name in dead_ends:
            message = f"No edge leaves {name}, so the run ends there; add an edge to END to say so."
            yield Finding("G109", (*agent.path, "name"), message)
    limit = draft.root.entry.get("recursion_limit", RECURSION_LIMIT)
    if END not in rounds:
        yield Finding("G108", ("edges",), "No path leads from the start to the end; add an edge to END.", at_key=True)
    elif isinstance(limit, int | float) and rounds[END] - 1 > limit:
        message = (
            f"The shortest way to the end takes {counted(rounds[END] - 1, 'round')} of agents, and {limit} are allowed; "
            "raise recursion_limit."
        )
        yield Finding("G117", ("recursion_limit",), message)


def _following(draft: Draft, dead_ends: Sequence[str]) -> Mapping[str, list[str]]:
    """What edges lead to from each node; dead ends lead to the end."""
    following: dict[str, list[str]] = defaultdict(list)
    for edge in draft.edges:
        following[node(edge.source or "")] += [node(name) for _, name in edge.targets]
    if draft.entry_point not in (None, START):
        following[START].append(draft.entry_point or "")
    for name in dead_ends:
        following[name].append(END)
    return following


def handed_work(draft: Draft, reached: Iterable[str]) -> set[str]:
    """The agents that get work from the supervisors among those, or from supervisors that do; no edge of theirs is taken then."""
    handed: set[str] = set()
    waiting = [name for name in reached if name in draft.leaders]
    while waiting:
        workers = {worker for _, worker in draft.by_name[waiting.pop()].texts("supervised_agents")} - handed
        handed |= workers
        waiting += [worker for worker in workers if worker in draft.leaders]
    return handed


def _rounds(following: Mapping[str, list[str]]) -> Mapping[str, int]:
    """How many steps each node that can be reached is away from the start."""
    rounds, level = {START: 0}, [START]
    while level:
        nearest = {name for one in level for name in following.get(one, ()) if name not in rounds}
        rounds.update(dict.fromkeys(nearest, rounds[level[0]] + 1))
        level = [name for name in nearest if name != END]
    return rounds
