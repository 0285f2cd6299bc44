"""A valid configuration, read once into typed records: what the emulator decides on.

The user's own document is kept beside it untouched; nothing here is echoed. Defaults are those of the language, see the
schema. This module is the typed view of both forms.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.approvals import Hitl, read_hitl
from atthene_emulator.configuration.coercion import coerce
from atthene_emulator.configuration.language_models import Model, model_named
from atthene_emulator.configuration.templates import references
from atthene_emulator.configuration.type_notation import Type, parse_type

AgentType = Literal["llm_agent", "react_agent", "supervisor"]
Architecture = Literal["workflow", "supervisor"]

START = "__start__"
END = "__end__"
STARTS = frozenset((START, "START"))
ENDS = frozenset((END, "END"))
_MCP = "mcp__"
FLAT_AGENT = "main"  # documented: the entry point that a flat configuration shows
RECURSION_LIMIT = 5  # documented: conditional-edges@G3
MAX_ITERATIONS = 10  # documented: agent-capabilities@G3
MAX_HANDOFFS = 10  # documented: supervisor-pattern@G3
TOP_K = 10  # documented: knowledge-base-setup@G3
_OUTPUT = r"([A-Za-z_][A-Za-z0-9_-]*)\.output((?:\.[A-Za-z_][A-Za-z0-9_-]*)*)"  # K13
ROOT = "__root__"  # the field name of an output that is one bare value


class Tool(NamedTuple):
    """A tool that an agent may call: `name` is the instance's, `type` its identifier in the registry."""

    name: str
    type: str
    hitl: Hitl = Hitl()


class KnowledgeBase(NamedTuple):
    """A knowledge base that an agent looks things up in.

    Attributes:
        name: what the agent calls it; an entry that is a text is both name and id.
        id: which one it is; None where the document leaves that to the name.
        kind: milvus, or uknow for document drives.
        top_k: how many chunks are found at most.
        offset: how many better ones are left out.
        score_threshold: the lowest score, from 0 to 1.
    """

    name: str
    id: str | None = None
    kind: Literal["milvus", "uknow"] = "milvus"
    top_k: int = TOP_K
    offset: int = 0
    score_threshold: float = 0.0


class Assignment(NamedTuple):
    """What a variable gets after the agent's turn: what stands at `path` of an agent's output, or a constant.

    `agent` is None for a constant. An empty path is the whole output, or the text of an agent without structured output.
    """

    variable: str
    agent: str | None = None
    path: tuple[str, ...] = ()
    constant: Any = None


class Agent(NamedTuple):
    """One agent.

    `has_templates` is of the system prompt. `model` is None unless the catalogue says of it that there is something it cannot do.
    `output` has the types of its fields, of a bare value under `__root__`. `tools` are by the names of their instances; of them and of `knowledge_bases` those that are not enabled
    are left out.
    """

    name: str
    type: AgentType
    system_prompt: str = ""
    has_templates: bool = False
    include_user_input: bool = True
    include_history: bool | int = True
    include_media_in_history: bool = False
    include_internal_messages: bool = True
    few_shot_examples: tuple[Any, ...] = ()
    shows_output: bool = True
    shows_tools: bool = True
    shows_reasoning: bool = False
    streams: bool = True
    is_introduced: bool = False
    in_main_chatbox: bool = False
    model: Model | None = None
    tools: Mapping[str, Tool] = MappingProxyType({})
    knowledge_bases: tuple[KnowledgeBase, ...] = ()
    max_iterations: int = MAX_ITERATIONS
    output: Mapping[str, Type] | None = None
    assignments: tuple[Assignment, ...] = ()
    supervised: tuple[str, ...] = ()
    returns_to_supervisor: bool = True
    max_handoffs: int = MAX_HANDOFFS


class Edge(NamedTuple):
    """One edge from `source`.

    `targets` is one node, or (yes, no), or the possible outputs. `decided_by` is the agent and the dotted output field that the
    condition names, if it names just one; the field is empty for the whole output.
    """

    kind: Literal["plain", "boolean", "literal"]
    source: str
    targets: tuple[str, ...]
    condition: str = ""
    decided_by: tuple[str, str] | None = None


class Variable(NamedTuple):
    """One variable.

    `every_execution` marks request-level ones; `separator` is None unless values are appended. `has_template` is true for
    a default with templates in its texts. `filled_by_agents`: some agent assigns it, and `required` is not written out (K45).
    """

    name: str
    type: Type
    required: bool = True
    default: Any = None
    has_template: bool = False
    filled_by_agents: bool = False
    every_execution: bool = False
    separator: str | None = None


class System(NamedTuple):
    """A configuration's meaning.

    `edges` are by the node that they leave, in the order of the document; those of the start say where a run begins, also
    where the document has no edges, as in architecture supervisor. `declared` is what an agent object shows as
    architecture and entry point: documented for the flat form, inferred for the other. `knowledge_bases` are those that its
    agents use, each name and id once, in the order of the document.
    """

    name: str
    declared: tuple[str, str]
    architecture: str
    agents: Mapping[str, Agent]
    edges: Mapping[str, tuple[Edge, ...]]
    variables: Mapping[str, Variable]
    save_messages: bool
    persistent_state: bool
    recursion_limit: int
    knowledge_bases: tuple[KnowledgeBase, ...]


def read_system(value: Mapping[str, Any]) -> System:
    """Read a document that has no errors; any other may raise anything."""
    flat = "agents" not in value
    agents = [_agent({**value, "name": FLAT_AGENT})] if flat else [_agent(entry) for entry in value["agents"]]
    filled = {one.variable for agent in agents for one in agent.assignments}
    return System(
        name=value["name"],
        declared=_declared(value),
        architecture="workflow" if flat else value.get("architecture", "workflow"),
        agents=MappingProxyType({agent.name: agent for agent in agents}),
        edges=MappingProxyType(_edges(value, agents)),
        variables=MappingProxyType(
            {name: _variable(name, entry, filled) for name, entry in value.get("variables", {}).items()}
        ),
        save_messages=value.get("save_messages", True),
        persistent_state=value.get("persistent_state", True),
        recursion_limit=int(value.get("recursion_limit", RECURSION_LIMIT)),
        knowledge_bases=tuple({(one.name, one.id): one for agent in agents for one in agent.knowledge_bases}.values()),
    )


def _declared(value: Mapping[str, Any]) -> tuple[str, str]:
    if "agents" not in value:
        return value["agent_type"], FLAT_AGENT
    return value.get("architecture", "workflow"), value.get("entry_point", value["agents"][0]["name"])


def _agent(entry: Mapping[str, Any]) -> Agent:
    prompt = entry.get("prompt_config", {})
    streaming = entry.get("streaming_config", {})
    calling = entry.get("tool_calling", {})  # G0-G2 (K09)
    output = entry.get("structured_output", {})
    is_supervisor = entry["agent_type"] == "supervisor"  # which has none (K16)
    fields = output.get("schema") if output.get("enabled", True) and not is_supervisor else None
    system_prompt = prompt.get("system_prompt", entry.get("system_prompt", entry.get("supervisor_prompt", "")))
    return Agent(
        name=entry["name"],
        type=entry["agent_type"],
        system_prompt=system_prompt,
        has_templates="{{" in system_prompt,
        include_user_input=prompt.get("include_user_input", True),
        include_history=prompt.get("include_history", True),
        include_media_in_history=prompt.get("include_media_in_history", False),
        include_internal_messages=prompt.get("include_internal_messages", True),
        few_shot_examples=tuple(prompt.get("few_shot_examples", ())),
        shows_output=streaming.get("show_output_to_user", True),
        shows_tools=streaming.get("show_tool_to_user", True),
        shows_reasoning=streaming.get("show_reasoning", False),
        streams=streaming.get("enable_streaming", True),
        is_introduced=streaming.get("send_preview_snippet", False),
        in_main_chatbox=streaming.get("main_chatbox", False),
        model=_limited(model_named(entry.get("llm_config", {}).get("model"))),
        tools=MappingProxyType(_tools(entry.get("tools", ())) if calling.get("enabled", True) else {}),
        knowledge_bases=tuple(_knowledge_bases(entry.get("knowledge_bases", ()))),
        max_iterations=int(entry.get("max_iterations", calling.get("max_iterations", MAX_ITERATIONS))),
        output={name: parse_type(field["type"]) for name, field in fields.items()} if fields else None,
        assignments=tuple(_assignment(*pair) for pair in entry.get("variable_assignments", {}).items()),
        supervised=tuple(entry.get("supervised_agents", ())),
        returns_to_supervisor=entry.get("return_to_supervisor", True),
        max_handoffs=int(entry.get("max_handoffs", MAX_HANDOFFS)),
    )


def _limited(model: Model | None) -> Model | None:
    return model if model is not None and (model.calls_tools is False or model.is_text_only) else None


def _tools(entries: Sequence[Any]) -> dict[str, Tool]:
    tools = {}
    for entry in entries:
        if isinstance(entry, str):
            tools[entry] = Tool(entry, entry)
        elif entry.get("enabled", True):
            name = entry.get("name", entry.get("tool_type"))
            tools[name] = Tool(name, entry.get("tool_type", name), read_hitl(entry.get("hitl_config", {})))
    return tools


def _knowledge_bases(entries: Sequence[Any]) -> Iterator[KnowledgeBase]:
    """Of a newer and an older key the newer one counts."""
    for entry in entries:
        if isinstance(entry, str):
            yield KnowledgeBase(entry, entry)
        elif entry.get("enabled", True):
            settings = entry.get("config", entry.get("retrieval_config", {}))
            yield KnowledgeBase(
                name=entry["name"],
                id=entry.get("id", entry.get("knowledge_base_id")),
                kind=entry["knowledge_base_type"],
                top_k=int(settings.get("top_k", TOP_K)),
                offset=int(settings.get("offset", 0)),
                score_threshold=settings.get("score_threshold", 0.0),
            )


def tool_of(agent: Agent, name: str) -> Tool | None:
    """The agent's tool of this name; `mcp__server` stands for all of a server's tools [documented: custom-tools@G4]."""
    tool = agent.tools.get(name)
    if tool is None and name.startswith(_MCP):
        server = _MCP + name.removeprefix(_MCP).partition("__")[0]
        tool = agent.tools.get(server)
    return tool


def output_named(value: Any) -> tuple[str, tuple[str, ...]] | None:
    """The agent and the path that an assignment names, as `agent.output.path`; None for a constant (K13)."""
    match = re.fullmatch(_OUTPUT, value) if isinstance(value, str) else None
    return (match[1], tuple(filter(None, match[2].split(".")))) if match else None


def _assignment(variable: str, value: Any) -> Assignment:
    named = output_named(value)
    return Assignment(variable, constant=value) if named is None else Assignment(variable, *named)


def node(name: str) -> str:
    """A node's canonical name: the two spellings of start and end are one."""
    return START if name in STARTS else END if name in ENDS else name


def arms(routing: Mapping[str, Any]) -> tuple[str, str]:
    """Where yes and no lead; programs that load YAML 1.1 and send JSON write true and false (K38)."""
    yes, no = (next(routing[key] for key in keys if key in routing) for keys in (("yes", "true"), ("no", "false")))
    return node(yes), node(no)


def _edge(entry: Mapping[str, Any]) -> Edge:
    source = node(entry["from"])
    match entry.get("condition_type"):
        case "boolean":
            return Edge("boolean", source, arms(entry["routing"]), entry["condition"], _named_field(entry["condition"]))
        case "literal":
            outputs = tuple(dict.fromkeys(map(node, entry["possible_outputs"])))
            return Edge("literal", source, outputs, entry["condition"], _named_field(entry["condition"]))
        case _:
            return Edge("plain", source, (node(entry["to"]),))


def _edges(value: Mapping[str, Any], agents: Sequence[Agent]) -> dict[str, tuple[Edge, ...]]:
    """The edges by the node that they leave; an entry point adds one from the start [documented: sequential-patterns@G3]."""
    edges: dict[str, tuple[Edge, ...]] = {}
    if "agents" in value:
        for entry in value.get("edges", ()):
            edge = _edge(entry)
            edges[edge.source] = (*edges.get(edge.source, ()), edge)
    beginning = edges.get(START, ())
    first = _entry_point(value, agents, beginning)
    if first is not None:
        others = tuple(edge for edge in beginning if edge.targets != (first,))
        edges[START] = (Edge("plain", START, (first,)), *others)
    return edges


def _entry_point(value: Mapping[str, Any], agents: Sequence[Agent], beginning: Sequence[Edge]) -> str | None:
    """The agent that is run first, or None when the edges from the start decide (K04)."""
    if "agents" not in value:
        return FLAT_AGENT
    named: str | None = value.get("entry_point")
    if named is not None:
        return None if named in STARTS else named
    if beginning:
        return None
    supervisors = [agent.name for agent in agents if agent.type == "supervisor"]
    return supervisors[0] if value.get("architecture") == "supervisor" and supervisors else agents[0].name


def _named_field(condition: str) -> tuple[str, str] | None:
    """The one field that a condition names; where it names none, the one whole output."""
    outputs = {(one.name, ".".join(one.path)) for one in references(condition) if one.kind == "output"}
    named = {one for one in outputs if one[1]} or outputs
    return named.pop() if len(named) == 1 else None


def _variable(name: str, entry: Mapping[str, Any], filled: Collection[str]) -> Variable:
    kind, default = parse_type(entry["type"]), entry.get("default")
    has_template = isinstance(default, str | list | dict) and "{{" in json.dumps(default)
    return Variable(
        name=name,
        type=kind,
        required=entry.get("required", True),
        default=default if has_template else coerce(kind, default),  # templates are filled in first
        has_template=has_template,
        filled_by_agents=name in filled and "required" not in entry,
        every_execution=entry.get("require_every_execution", False),
        separator=entry.get("separator", " ") if entry.get("mode") == "concat" else None,
    )
