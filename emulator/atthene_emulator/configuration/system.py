"""A valid configuration, read once into typed records: what the emulator decides on.

The user's own document is kept beside it untouched; nothing here is echoed. Defaults are those of the language, see the
schema. This module is the typed view of both forms.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.templates import references
from atthene_emulator.configuration.type_notation import Type, parse_type

AgentType = Literal["llm_agent", "react_agent", "supervisor"]
Architecture = Literal["workflow", "supervisor"]

START = "__start__"
END = "__end__"
STARTS = frozenset((START, "START"))
ENDS = frozenset((END, "END"))
FLAT_AGENT = "main"  # documented: the entry point that a flat configuration shows
RECURSION_LIMIT = 25  # K20


class Agent(NamedTuple):
    """One agent. `assignments` are pairs of a variable and a field of this agent's structured output."""

    name: str
    type: AgentType
    system_prompt: str = ""
    include_user_input: bool = True
    include_history: bool | int = True
    include_media_in_history: bool = False
    include_internal_messages: bool = True
    few_shot_examples: tuple[Any, ...] = ()
    shows_output: bool = True
    tools: tuple[str, ...] = ()
    max_iterations: int = 10
    output: Mapping[str, Type] | None = None
    assignments: tuple[tuple[str, str], ...] = ()
    supervised: tuple[str, ...] = ()
    returns_to_supervisor: bool = False
    max_handoffs: int = 15


class Edge(NamedTuple):
    """One edge from `source`.

    `targets` is one node, or (yes, no), or the possible outputs. `decided_by` is the agent and the dotted output field that the
    condition names, if it names just one.
    """

    kind: Literal["plain", "boolean", "literal"]
    source: str
    targets: tuple[str, ...]
    condition: str = ""
    decided_by: tuple[str, str] | None = None


class Variable(NamedTuple):
    """One variable. `every_execution` marks request-level ones; `separator` is None unless values are appended."""

    name: str
    type: Type
    required: bool = True
    default: Any = None
    every_execution: bool = False
    separator: str | None = None


class System(NamedTuple):
    """A configuration's meaning.

    `entry_point` is an agent, or None when the edges from the start decide. `edges` are by the node that they leave, in
    the order of the document; a system of architecture supervisor has none. `declared` is what an agent object shows as
    architecture and entry point: documented for the flat form, inferred for the other.
    """

    name: str
    declared: tuple[str, str]
    architecture: str
    entry_point: str | None
    agents: Mapping[str, Agent]
    edges: Mapping[str, tuple[Edge, ...]]
    variables: Mapping[str, Variable]
    save_messages: bool
    persistent_state: bool
    recursion_limit: int


def read_system(value: Mapping[str, Any]) -> System:
    """Read a document that has no errors; any other may raise anything."""
    flat = "agents" not in value
    agents = [_agent({**value, "name": FLAT_AGENT})] if flat else [_agent(entry) for entry in value["agents"]]
    return System(
        name=value["name"],
        declared=_declared(value),
        architecture="workflow" if flat else value.get("architecture", "workflow"),
        entry_point=_entry_point(value, agents),
        agents=MappingProxyType({agent.name: agent for agent in agents}),
        edges=MappingProxyType(_edges(value)),
        variables=MappingProxyType(
            {name: _variable(name, entry) for name, entry in value.get("variables", {}).items()}
        ),
        save_messages=value.get("save_messages", True),
        persistent_state=value.get("persistent_state", True),
        recursion_limit=int(value.get("recursion_limit", RECURSION_LIMIT)),
    )


def _declared(value: Mapping[str, Any]) -> tuple[str, str]:
    if "agents" not in value:
        return value["agent_type"], FLAT_AGENT
    return value.get("architecture", "workflow"), value.get("entry_point", value["agents"][0]["name"])


def _entry_point(value: Mapping[str, Any], agents: Sequence[Agent]) -> str | None:
    named = value.get("entry_point")
    if "agents" not in value or (named is None and len(agents) == 1):
        return agents[0].name
    return None if named in STARTS else named


def _agent(entry: Mapping[str, Any]) -> Agent:
    prompt = entry.get("prompt_config", {})
    tools = entry.get("tools", [])
    calling = entry.get("tool_calling", {})
    output = entry.get("structured_output", {})
    fields = output.get("schema") if output.get("enabled", True) else None
    return Agent(
        name=entry["name"],
        type=entry["agent_type"],
        system_prompt=prompt.get("system_prompt", entry.get("supervisor_prompt", entry.get("system_prompt", ""))),
        include_user_input=prompt.get("include_user_input", True),
        include_history=prompt.get("include_history", True),
        include_media_in_history=prompt.get("include_media_in_history", False),
        include_internal_messages=prompt.get("include_internal_messages", True),
        few_shot_examples=tuple(prompt.get("few_shot_examples", ())),
        shows_output=entry.get("streaming_config", {}).get("show_output_to_user", True),
        tools=tuple(_tool_name(tool) for tool in tools) if calling.get("enabled", True) else (),
        max_iterations=int(calling.get("max_iterations", 10)),
        output={name: parse_type(field["type"]) for name, field in fields.items()} if fields else None,
        assignments=tuple(assignments(entry.get("variable_assignments", {}))),
        supervised=tuple(entry.get("supervised_agents", ())),
        returns_to_supervisor=entry.get("return_to_supervisor", False),
        max_handoffs=int(entry.get("max_handoffs", 15)),
    )


def _tool_name(tool: Any) -> str:
    return tool if isinstance(tool, str) else str(tool["name"])


def assignments(value: Any) -> list[tuple[str, str]]:
    """`variable_assignments` as pairs of variable and output field; both shapes, with and without `output.` (K13)."""
    pairs = value.items() if isinstance(value, dict) else [(entry["variable"], entry["from"]) for entry in value]
    return [(variable, source.removeprefix("output.")) for variable, source in pairs]


def node(name: str) -> str:
    """A node's canonical name: the two spellings of start and end are one."""
    return START if name in STARTS else END if name in ENDS else name


def _edge(entry: Mapping[str, Any]) -> Edge:
    source = node(entry["from"])
    match entry.get("condition_type"):
        case "boolean":
            targets = (node(entry["routing"]["yes"]), node(entry["routing"]["no"]))
            return Edge("boolean", source, targets, entry["condition"], _named_field(entry["condition"]))
        case "literal":
            outputs = tuple(dict.fromkeys(map(node, entry["possible_outputs"])))
            return Edge("literal", source, outputs, entry["condition"], _named_field(entry["condition"]))
        case _:
            return Edge("plain", source, (node(entry["to"]),))


def _edges(value: Mapping[str, Any]) -> dict[str, tuple[Edge, ...]]:
    edges: dict[str, tuple[Edge, ...]] = {}
    if "agents" in value and value.get("architecture") != "supervisor":
        for entry in value.get("edges", ()):
            edge = _edge(entry)
            edges[edge.source] = (*edges.get(edge.source, ()), edge)
    return edges


def _named_field(condition: str) -> tuple[str, str] | None:
    named = {(one.name, ".".join(one.path)) for one in references(condition) if one.kind == "output" and one.path}
    return named.pop() if len(named) == 1 else None


def _variable(name: str, entry: Mapping[str, Any]) -> Variable:
    return Variable(
        name=name,
        type=parse_type(entry["type"]),
        required=entry.get("required", True),
        default=entry.get("default"),
        every_execution=entry.get("require_every_execution", False),
        separator=entry.get("separator", " ") if entry.get("mode") == "concat" else None,
    )
