"""Rules of the form: names, the description, the architecture, and keys that have no effect. This module is those rules."""

import re
from collections.abc import Iterator

from atthene_emulator.configuration.draft import RESERVED, Draft
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.wording import did_you_mean

_AGENT_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_UNIMPLEMENTED = ("routing", "orchestration", "collaboration")


def names(draft: Draft, _: Language) -> Iterator[Finding]:
    """Agents' names are unique, not reserved, and usable in templates (K06)."""
    seen: dict[str, int] = {}
    for index, agent in enumerate(draft.agents if not draft.flat else ()):
        name, path = agent.text("name"), (*agent.path, "name")
        if name is None:
            continue
        if name in RESERVED:
            yield Finding("F116", path, f"The name {name} is reserved; call the agent something else.")
        elif name in seen:
            yield Finding("F115", path, f"The agent agents.{seen[name]} is called {name} already; names are unique.")
        elif not re.fullmatch(_AGENT_NAME, name):
            yield Finding("F114", path, f"{name} cannot be named in templates; use letters, digits, _ and - only.")
        seen.setdefault(name, index)


def description(draft: Draft, _: Language) -> Iterator[Finding]:
    """A system says what it is for (K03)."""
    if not draft.flat and "description" not in draft.root.entry:
        yield Finding("F113", ("description",), "description is missing; say in a sentence what the system is for.")


def architecture(draft: Draft, _: Language) -> Iterator[Finding]:
    """Three architectures are defined by the service but not implemented [documented: yaml-configuration@G3]."""
    named = draft.root.entry.get("architecture")
    if not draft.flat and named in _UNIMPLEMENTED:
        yield Finding(
            "F117",
            ("architecture",),
            f"The architecture {named} is defined but not implemented; use workflow or supervisor.",
        )


def without_effect(draft: Draft, _: Language) -> Iterator[Finding]:
    """A loop belongs to a react_agent, and a supervisor has no structured output (K16)."""
    for agent in draft.agents:
        kind = agent.entry.get("agent_type")
        if "max_iterations" in agent.entry and kind in ("llm_agent", "supervisor"):
            message = f"Only a react_agent has a loop; max_iterations has no effect on {agent.called}, take it out."
            yield Finding("F136", (*agent.path, "max_iterations"), message, at_key=True)
        if "structured_output" in agent.entry and kind == "supervisor" and not draft.flat:
            message = f"A supervisor has no structured output, so {agent.called} gives none; let another agent give it."
            yield Finding("F136", (*agent.path, "structured_output"), message, at_key=True)


def dependencies(draft: Draft, _: Language) -> Iterator[Finding]:
    """What an agent depends on is an agent (K42)."""
    for agent in draft.agents if draft.names_are_whole and not draft.flat else ():
        for dependency in agent.parts("dependencies"):
            name = dependency.text("agent")
            if name is not None and name not in draft.by_name:
                near = did_you_mean(name, tuple(draft.by_name))
                yield Finding("F139", (*dependency.path, "agent"), f"There is no agent {name}{near}")
