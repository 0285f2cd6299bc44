"""Rules of tools: their names, their entries, and the gates that wait for a person. This module is those rules."""

from collections.abc import Iterator

from atthene_emulator.configuration.approvals import approval_source, read_hitl
from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.draft import Draft, DraftTool, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.tool_names import NAMES, WITHOUT_OPTIONS, name_today
from atthene_emulator.wording import did_you_mean

_UNGATED = (
    "Human-in-the-loop is enabled for the following tool(s) but `persistent_state=False`.\n"
    "HITL needs checkpointing to suspend & resume the run; please set `persistent_state: true`\n"
    "on the system config or remove HITL from these tools."
)


def tools(draft: Draft, _: Language) -> Iterator[Finding]:
    """Tools take the settings that they are given, and belong to an agent that calls them (K34)."""
    for agent in draft.agents:
        yield from _entries(agent)
        if agent.entry.get("agent_type") == "llm_agent" and agent.entry.get("tools"):
            message = f"{agent.called} is an llm_agent and will not call tools; make it a react_agent."
            yield Finding("F122", (*agent.path, "tools"), message, at_key=True)
    if not draft.flat:
        yield from _entries(draft.root)


def _entries(owner: Part) -> Iterator[Finding]:
    seen: set[str] = set()
    for tool in owner.tools():
        yield from _written(tool)
        if tool.name is not None and tool.name in seen:
            message = f"A tool of this list is called {tool.name} already; give this one a name of its own."
            yield Finding("F134", tool.at("name", "tool_type"), message)
        if tool.name is not None:
            seen.add(tool.name)
        if tool.type in WITHOUT_OPTIONS and tool.part.part("config").entry:
            message = f"{tool.type} has no options; take config out."
            yield Finding("F135", (*tool.part.path, "config"), message, at_key=True)


def _written(tool: DraftTool) -> Iterator[Finding]:
    entry, path = tool.part.entry, tool.part.path
    if not tool.is_text and not {"name", "tool_type"} & entry.keys():
        yield Finding("F101", (*path, "name"), "name or tool_type is required; say which tool this is.")
    elif not tool.is_text and not {"name", "tool_type"} <= entry.keys():
        given, missing = ("name", "tool_type") if "name" in entry else ("tool_type", "name")
        message = f"{missing} is missing, and {given} is taken for it; an entry has both."
        yield Finding("F133", (*path, given), message, at_key=True)


def names(draft: Draft, language: Language) -> Iterator[Finding]:
    """Tools are known, and so are the modules that the memory tool is given (K08, K15)."""
    for agent in draft.agents:
        for tool in agent.tools():
            yield from _known(tool, language)
            if tool.type == "memory":
                yield from _memories(draft, agent, tool)
    for tool in draft.root.tools() if not draft.flat else ():
        yield from _known(tool, language)


def _known(tool: DraftTool, language: Language) -> Iterator[Finding]:
    if tool.type is not None and not language.knows_tool(tool.type):
        yield Finding("F121", tool.at("tool_type", "name"), _unknown(tool.type))


def _unknown(name: str) -> str:
    today = name_today(name)
    if today is not None:
        return f"The tool {name} is called {today}."
    return f"The tool {name} is not documented{did_you_mean(name, NAMES, '; only a toolkit of your own can have it.')}"


def _memories(draft: Draft, agent: Part, tool: DraftTool) -> Iterator[Finding]:
    """The memory tool names modules that the agent can reach (K15)."""
    if any(owner.is_broken("memory_config") for owner in (draft.root, agent)):
        return
    modules = {module.text("name") for owner in (draft.root, agent) for module in owner.memories()}
    for path, name in tool.part.part("config").texts("modules"):
        if name not in modules:
            near = did_you_mean(name, sorted(filter(None, modules)))
            yield Finding("F137", path, f"There is no memory module {name}{near}")


def gates(draft: Draft, language: Language) -> Iterator[Finding]:
    """A tool that waits for a person needs checkpoints [documented: human-in-the-loop@G4]."""
    if draft.root.entry.get("persistent_state", True) is not False:
        return
    gated = [name for agent in draft.agents for name in _gated(agent, language)]
    if gated:
        path: Path = ("persistent_state",)
        yield Finding("F138", path, _UNGATED, note=f"The tools are: {', '.join(dict.fromkeys(gated))}.")


def _gated(agent: Part, language: Language) -> Iterator[str]:
    for tool in agent.tools() if agent.part("tool_calling").entry.get("enabled", True) is not False else ():
        if tool.type is not None and tool.is_enabled:
            hitl = read_hitl(tool.part.part("hitl_config").entry)
            if approval_source(hitl, language.requirement(tool.type)) is not None:
                yield tool.name or tool.type
