"""Documents to change in one place, and what examining them finds."""

import json
from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, NamedTuple

from atthene_emulator.configuration.accepted import examine
from atthene_emulator.configuration.approvals import Requirement
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language

REMOVED = object()
NONE: Mapping[str, Requirement] = MappingProxyType({})


class Found(NamedTuple):
    """What a table says of one finding."""

    code: str
    field: str
    severity: str = "error"


def agent(name: str, kind: str = "llm_agent", **more: Any) -> dict[str, Any]:
    """An agent that nothing is wrong with."""
    return {"name": name, "agent_type": kind, "prompt_config": {"system_prompt": "Be brief."}, **more}


def edge(source: str, target: str) -> dict[str, Any]:
    """A plain edge."""
    return {"from": source, "to": target}


def boolean(source: str, yes: str, no: str, **more: Any) -> dict[str, Any]:
    """A boolean edge."""
    routing = {"yes": yes, "no": no}
    return {"from": source, "condition": "Is it good?", "condition_type": "boolean", "routing": routing, **more}


def literal(source: str, *outputs: str, **more: Any) -> dict[str, Any]:
    """A literal edge."""
    return {
        "from": source,
        "condition": "Who is next?",
        "condition_type": "literal",
        "possible_outputs": [*outputs],
        **more,
    }


def system(agents: list[dict[str, Any]], edges: list[Any], **more: Any) -> dict[str, Any]:
    """A workflow that starts with its first agent."""
    return {
        "name": "Support",
        "description": "Answers customers.",
        "entry_point": agents[0]["name"],
        "agents": agents,
        "edges": edges,
        **more,
    }


FLAT: dict[str, Any] = {
    "name": "Support",
    "agent_type": "llm_agent",
    "prompt_config": {"system_prompt": "Be brief."},
}
FULL: dict[str, Any] = {
    "name": "Newsroom",
    "description": "Writes, checks and finishes articles.",
    "architecture": "workflow",
    "recursion_limit": 25,
    "entry_point": "writer",
    "save_messages": True,
    "persistent_state": True,
    "variables": {
        "topic": {
            "type": "str",
            "default": "news",
            "description": "What to write about",
            "required": False,
            "require_every_execution": False,
            "mode": "replace",
        },
        "notes": {"type": "list[str]", "default": [], "mode": "concat", "separator": ", "},
        "good": {"type": "bool", "default": False},
    },
    "memory_config": {
        "auto_save": True,
        "auto_save_trigger": "on_interval_turns",
        "auto_save_interval": 6,
        "num_results": 10,
        "llm_model": "gemini-2.5-flash",
        "modules": [
            {"name": "preferences", "scope": "user", "auto_save": True, "relevance_prompt": "What the user likes"},
            {"name": "team", "scope": "space", "space_id": "engineering"},
        ],
    },
    "tools": ["calculator"],
    "agents": [
        {
            "name": "writer",
            "agent_type": "llm_agent",
            "description": "Writes",
            "prompt_config": {"system_prompt": "Write about {{ variables.topic }}. {{ history[5] }}"},
            "llm_config": {"model": "gpt-4o", "temperature": 0.7, "max_tokens": 500, "api_key": "${OUR_KEY}"},
            "streaming_config": {"enable_streaming": True, "show_output_to_user": True, "show_reasoning": True},
            "structured_output": {
                "enabled": True,
                "schema": {
                    "good": {"type": "bool", "description": "Is it good?"},
                    "tags": {"type": "list[str]", "description": "Tags"},
                },
            },
            "variable_assignments": {"good": "writer.output.good", "notes": "writer.output.tags"},
            "outputs": ["good", "tags"],
            "knowledge_bases": [
                {
                    "name": "docs",
                    "knowledge_base_type": "milvus",
                    "id": "kb_1",
                    "description": "Handbooks",
                    "config": {
                        "top_k": 10,
                        "search_ef": 64,
                        "embedding_provider": "mistral",
                        "embedding_model": "mistral-embed",
                        "query_model": "gpt-4o",
                        "max_num_query_expansions": 2,
                        "strategy": "dense",
                        "offset": 0,
                        "score_threshold": 0.5,
                    },
                },
                {
                    "name": "drive",
                    "knowledge_base_type": "uknow",
                    "enabled": True,
                    "config": {
                        "username": "a@b.example",
                        "drive_key": "SP",
                        "path_filter": "/",
                        "drive_ids": [],
                        "search_options": {"search_type": "mmr", "fetch_k": 5, "lambda_mult": 0.5},
                    },
                },
            ],
        },
        {
            "name": "checker",
            "agent_type": "react_agent",
            "prompt_config": {
                "system_prompt": "Check {{ writer.output.good }} of {{ user_input }}.",
                "include_user_input": True,
                "include_history": 5,
                "include_media_in_history": False,
                "include_internal_messages": True,
                "few_shot_examples": [{"input": "a", "output": "b"}],
            },
            "tools": [
                "calculator",
                {
                    "name": "search",
                    "tool_type": "tavily_search",
                    "config": {"max_results": 3},
                    "hitl_config": {"requires_human_approval": True},
                },
            ],
            "max_iterations": 5,
            "memory_config": {"modules": [{"name": "own", "scope": "agent"}]},
            "dependencies": [{"agent": "writer"}],
        },
        {"name": "finisher", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "Finish."}},
    ],
    "edges": [
        {
            "from": "writer",
            "condition": "Is it good? {{ writer.output.good }}",
            "condition_type": "boolean",
            "routing": {"yes": "END", "no": "checker"},
            "llm_model": "gemini-1.5-pro",
        },
        {
            "from": "checker",
            "condition": "Who is next?",
            "condition_type": "literal",
            "possible_outputs": ["finisher", "writer"],
        },
        {"from": "finisher", "to": "END"},
    ],
}
TEAM: dict[str, Any] = {
    "name": "Team",
    "description": "Leads workers.",
    "architecture": "supervisor",
    "entry_point": "lead",
    "agents": [
        {
            "name": "lead",
            "agent_type": "supervisor",
            "prompt_config": {"system_prompt": "Lead."},
            "supervised_agents": ["writer", "checker"],
            "return_to_supervisor": False,
            "max_handoffs": 15,
        },
        {"name": "writer", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "Write."}},
        agent("checker", "react_agent", tools=["calculator"]),
    ],
}


def changed(document: Any, path: str, value: Any) -> Any:
    """A copy in which the dotted path has this value, or nothing for REMOVED."""
    copy = deepcopy(document)
    *parents, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    place = copy
    for step in parents:
        place = place[step]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return copy


def findings(
    document: Any,
    *,
    strict: bool = False,
    models: frozenset[str] = frozenset(),
    tools: Mapping[str, Requirement] = NONE,
) -> tuple[Finding, ...]:
    """The findings of a value, read as JSON."""
    language = Language(models=models, strict=strict, tools=frozenset(tools.items()))
    return examine(json.dumps(document).encode(), "json", language)


def found(document: Any, **language: Any) -> list[Found]:
    """What the findings are, in their order; `language` as in `findings`."""
    return [Found(one.code, one.field, one.severity) for one in findings(document, **language)]


def found_in(text: str) -> list[Found]:
    """What the findings of a YAML text are."""
    return [Found(one.code, one.field, one.severity) for one in examine(text.encode(), "yaml", Language())]


def message(document: Any) -> str:
    """The sentence of the only finding."""
    (one,) = findings(document)
    return one.message
