"""Rules of supervisors (K16) [documented: supervisor-pattern@G3]."""

from collections.abc import Iterator

from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.rules.reach import handed_work
from atthene_emulator.configuration.system import STARTS
from atthene_emulator.wording import did_you_mean

_TYPES = ("llm_agent", "react_agent", "supervisor")
_FIELDS = ("supervised_agents", "return_to_supervisor", "max_handoffs")


def supervisors(draft: Draft, _: Language) -> Iterator[Finding]:
    """Supervisors have agents to supervise, and lead a system of architecture supervisor."""
    for agent in draft.agents:
        if agent.entry.get("agent_type") == "supervisor":
            yield from _supervised(agent, draft)
        elif agent.entry.get("agent_type") in ("llm_agent", "react_agent"):
            for field in _FIELDS:
                if field in agent.entry:
                    message = f"{field} has an effect on supervisors only; take it out, or make this agent one."
                    yield Finding("S107", (*agent.path, field), message, at_key=True)
    if draft.is_supervised and not draft.flat:
        if draft.root.entry.get("edges"):
            message = "In architecture supervisor the supervisor routes; take the edges out, or use workflow."
            yield Finding("S106", ("edges",), message, at_key=True)
        if draft.names_are_whole:
            yield from _lead(draft)


def _supervised(agent: Part, draft: Draft) -> Iterator[Finding]:
    path = (*agent.path, "supervised_agents")
    value = agent.entry.get("supervised_agents")
    if draft.flat:
        message = "A flat configuration has one agent, so there is nobody to supervise; write agents instead."
        yield Finding("S101", ("agent_type",), message)
        return
    if value is None or value == []:
        yield Finding("S101", path, "A supervisor needs supervised_agents; name the agents that it hands work to.")
        return
    own, seen = agent.text("name"), set()
    for place, name in agent.texts("supervised_agents"):
        if name == own and draft.names_are_whole:
            yield Finding("S103", place, f"{name} cannot supervise itself; take it out of the list.")
        elif name in seen:
            yield Finding("S108", place, f"{name} is listed twice; once is enough.")
        elif name not in draft.by_name and draft.names_are_whole:
            yield Finding("S102", place, f"There is no agent {name}{did_you_mean(name, tuple(draft.by_name))}")
        seen.add(name)


def _lead(draft: Draft) -> Iterator[Finding]:
    if not draft.leaders and any(agent.entry.get("agent_type") not in _TYPES for agent in draft.agents):
        return
    if not draft.leaders:
        message = "The architecture supervisor needs an agent of agent_type supervisor; add one, or use workflow."
        yield Finding("S104", ("architecture",), message)
        return
    entry = draft.root.text("entry_point")
    if (entry in draft.by_name or entry in STARTS) and entry not in draft.leaders:
        message = f"entry_point names {entry}, which is no supervisor; name {draft.leaders[0]}."
        yield Finding("S105", ("entry_point",), message)
    elif draft.entry_point in draft.leaders and _is_readable(draft):
        reached = {draft.entry_point, *handed_work(draft, [draft.entry_point])}
        for name, agent in draft.by_name.items():
            if name not in reached:
                message = f"No supervisor hands work to {name}; name it in supervised_agents, or take it out."
                yield Finding("G107", (*agent.path, "name"), message)


def _is_readable(draft: Draft) -> bool:
    """Whether nothing else is said of who supervises whom."""
    if any(agent.entry.get("agent_type") not in _TYPES for agent in draft.agents):
        return False
    for leader in draft.leaders:
        listed = draft.by_name[leader].entry.get("supervised_agents")
        if not isinstance(listed, list) or not listed:
            return False
        if any(not isinstance(name, str) or name == leader or name not in draft.by_name for name in listed):
            return False
    return True
