"""Rules of the form: names, prompts, tools, memory. This module is what one agent or the top level must look like."""

import re
from collections.abc import Iterator

from atthene_emulator.configuration.draft import RESERVED, Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.wording import did_you_mean

_AGENT_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_UNIMPLEMENTED = ("routing", "orchestration", "collaboration")
TOOLS = (
    "tavily_search",
    "tavily_extract",
    "google_search",
    "calculator",
    "randomizer",
    "wikipedia_search",
    "arxiv_search",
    "youtube_search",
    "python_repl",
    "memory",
    "schedule_agent_task",
    "manage_agent_tasks",
)


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
    """Three architectures are defined by the service but not implemented (K21)."""
    named = draft.root.entry.get("architecture")
    if not draft.flat and named in _UNIMPLEMENTED:
        yield Finding(
            "F117",
            ("architecture",),
            f"The architecture {named} is defined but not implemented; use workflow or supervisor.",
        )


def prompts(draft: Draft, _: Language) -> Iterator[Finding]:
    """An agent has instructions, in one place (K05)."""
    for agent in draft.agents:
        configured = agent.part("prompt_config").text("system_prompt")
        if configured is not None and agent.text("system_prompt") is not None:
            path = (*agent.path, "system_prompt")
            yield Finding(
                "F118", path, "prompt_config.system_prompt stands beside it and wins; keep one of them.", at_key=True
            )
            continue
        instructed = configured is not None or "system_prompt" in agent.entry
        broken = agent.is_broken("prompt_config") or "system_prompt" in agent.part("prompt_config").entry
        if not instructed and not broken and agent.entry.get("agent_type") in ("llm_agent", "react_agent"):
            path = (*agent.path, "prompt_config", "system_prompt")
            yield Finding("F119", path, f"{_called(agent)} has no system prompt; give it instructions.")


def tools(draft: Draft, _: Language) -> Iterator[Finding]:
    """Tools are known, and belong to a react_agent (K08)."""
    for agent in draft.agents:
        yield from _tool_names(agent)
        listed = agent.entry.get("tools")
        if isinstance(listed, list) and listed and agent.entry.get("agent_type") == "llm_agent":
            message = f"{_called(agent)} is an llm_agent and will not call tools; make it a react_agent."
            yield Finding("F122", (*agent.path, "tools"), message, at_key=True)
        if "tool_calling" in agent.entry and "tools" not in agent.entry:
            message = f"{_called(agent)} has no tools to call; list them in tools."
            yield Finding("F123", (*agent.path, "tool_calling"), message, at_key=True)
    if not draft.flat:
        yield from _tool_names(draft.root)


def _tool_names(part: Part) -> Iterator[Finding]:
    named = [*part.texts("tools")]
    named += [((*tool.path, "name"), name) for tool in part.parts("tools") if (name := tool.text("name"))]
    for path, name in named:
        if name not in TOOLS:
            yield Finding("F121", path, f"The tool {name} is not documented{did_you_mean(name, TOOLS)}")


def memory(draft: Draft, _: Language) -> Iterator[Finding]:
    """Memory modules have unique names; scope agent is for agents only (K15)."""
    owners = draft.agents if draft.flat else (draft.root, *draft.agents)
    for owner in owners:
        seen: set[str] = set()
        for module in owner.part("memory_config").parts("modules"):
            name = module.text("name")
            if name in seen:
                yield Finding("F125", (*module.path, "name"), f"A module is called {name} already; names are unique.")
            if name is not None:
                seen.add(name)
            if module.entry.get("scope") == "agent" and owner is draft.root and not draft.flat:
                message = "scope agent is allowed only in an agent's own memory_config; move the module there."
                yield Finding("F124", (*module.path, "scope"), message)


def _called(agent: Part) -> str:
    return agent.text("name") or "This agent"
