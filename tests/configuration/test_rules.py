"""The rules of the language: one change of a faultless document, and the findings that it gives."""

import json
from typing import Any

import pytest

from atthene_emulator.configuration.rules.language_models import MODELS
from tests.configuration.documents import (
    FLAT,
    FULL,
    REMOVED,
    TEAM,
    Found,
    agent,
    boolean,
    changed,
    edge,
    findings,
    found,
    found_in,
    literal,
    message,
    system,
)

Change = tuple[str, Any]
DOCUMENTS = {"full": FULL, "team": TEAM, "flat": FLAT}


def line(count: int, **more: Any) -> dict[str, Any]:
    """A workflow of agents that follow one another."""
    names = [f"a{number}" for number in range(count)]
    edges = [edge(one, other) for one, other in zip(names, [*names[1:], "END"], strict=True)]
    return system([agent(name) for name in names], edges, **more)


def shown(case: Any) -> str:
    """A row's id."""
    document, path, value = case[:3]
    text = "-removed" if value is REMOVED else f"={value!r}"
    return f"{document}:{path}{text}"[:90].encode("ascii", "replace").decode()


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_nothing_is_found_in_a_faultless_document(document: dict[str, Any]) -> None:
    assert found(document, strict=True) == []


# Each row: a document, what is put where, the code, and the field if it is another one.
ERRORS: list[tuple[str, str, Any, str] | tuple[str, str, Any, str, str]] = [
    # What must be there
    ("full", "name", REMOVED, "F101"),
    ("full", "agents.0.name", REMOVED, "F101"),
    ("full", "agents.0.agent_type", REMOVED, "F101"),
    ("full", "entry_point", REMOVED, "G101"),
    ("full", "variables.topic.type", REMOVED, "F101"),
    ("full", "memory_config.modules.0.scope", REMOVED, "F101"),
    ("full", "memory_config.modules.1.space_id", REMOVED, "F101"),
    ("full", "agents.0.knowledge_bases.0.name", REMOVED, "F101"),
    ("full", "agents.0.knowledge_bases.0.knowledge_base_type", REMOVED, "F101"),
    ("full", "agents.0.knowledge_bases.1.config.username", REMOVED, "F101"),
    ("full", "agents.0.knowledge_bases.1.config.drive_key", REMOVED, "F101"),
    ("full", "agents.0.knowledge_bases.1.config", REMOVED, "F101"),
    ("full", "agents.1.tools.1", {"config": {}}, "F101", "agents.1.tools.1.name"),
    ("full", "agents.0.structured_output.schema", REMOVED, "F101"),
    ("full", "agents.1.dependencies.0.agent", REMOVED, "F101"),
    ("full", "agents.0.structured_output.schema.good.type", REMOVED, "F101"),
    ("full", "edges.0.from", REMOVED, "F101"),
    ("full", "edges.0.condition", " \n ", "F106"),
    ("full", "edges.0.condition", REMOVED, "F101"),
    ("full", "edges.0.condition_type", REMOVED, "F101"),
    ("full", "edges.0.routing", REMOVED, "F101"),
    ("full", "edges.0.routing.yes", REMOVED, "F101"),
    ("full", "edges.0.routing.no", REMOVED, "F101"),
    ("full", "edges.1.from", REMOVED, "F101"),
    ("full", "edges.1.condition", REMOVED, "F101"),
    ("full", "edges.1.condition_type", REMOVED, "F101"),
    ("full", "edges.1.possible_outputs", REMOVED, "F101"),
    ("full", "edges.2.from", REMOVED, "F101"),
    ("full", "edges.2.to", REMOVED, "F101"),
    ("team", "agents.0.agent_type", REMOVED, "F101"),
    ("team", "agents.0.supervised_agents", REMOVED, "S101"),
    ("flat", "name", REMOVED, "F101"),
    ("flat", "agent_type", REMOVED, "F101", "agents"),
    # Types are strict (K24)
    ("full", "name", 5, "F102"),
    ("full", "description", ["a"], "F102"),
    ("full", "recursion_limit", "25", "F102"),
    ("full", "recursion_limit", 25.5, "F102"),
    ("full", "recursion_limit", True, "F102"),
    ("full", "entry_point", 5, "F102"),
    ("full", "entry_point", None, "F102"),
    ("full", "save_messages", "true", "F102"),
    ("full", "save_messages", 1, "F102"),
    ("full", "persistent_state", None, "F102"),
    ("full", "variables", [], "F102"),
    ("full", "variables.topic", "str", "F102"),
    ("full", "variables.topic.type", 5, "F102"),
    ("full", "variables.topic.required", "no", "F102"),
    ("full", "variables.topic.require_every_execution", 0, "F102"),
    ("full", "variables.topic.description", 5, "F102"),
    ("full", "variables.notes.separator", 5, "F102"),
    ("full", "memory_config", [], "F102"),
    ("full", "memory_config.auto_save", "on", "F102"),
    ("full", "memory_config.num_results", "10", "F102"),
    ("full", "memory_config.llm_model", 5, "F102"),
    ("full", "memory_config.modules", {}, "F102"),
    ("full", "memory_config.modules.0", "user", "F102"),
    ("full", "memory_config.modules.0.name", 5, "F102"),
    ("full", "memory_config.modules.1.space_id", 5, "F102"),
    ("full", "agents", {}, "F102"),
    ("full", "agents", None, "F102"),
    ("full", "agents", 5, "F102"),
    ("full", "agents", True, "F102"),
    ("full", "agents", "writer", "F102"),
    ("full", "agents.2", "finisher", "F102"),
    ("full", "agents.2.name", 5, "F102"),
    ("full", "agents.2.agent_type", 5, "F102"),
    ("full", "agents.2.prompt_config.system_prompt", ["Finish."], "F102"),
    ("full", "agents.2.dependencies", ["writer"], "F102", "agents.2.dependencies.0"),
    ("full", "agents.2.outputs", "text", "F102"),
    ("full", "agents.0.llm_config.api_key", 5, "F102"),
    ("full", "agents.0.llm_config", "gpt-4o", "F102"),
    ("full", "agents.0.llm_config.model", 4, "F102"),
    ("full", "agents.0.llm_config.temperature", "0.7", "F102"),
    ("full", "agents.0.llm_config.temperature", True, "F102"),
    ("full", "agents.0.llm_config.max_tokens", 500.5, "F102"),
    ("full", "agents.0.streaming_config", True, "F102"),
    ("full", "agents.0.streaming_config.enable_streaming", "yes", "F102"),
    ("full", "agents.0.streaming_config.show_output_to_user", None, "F102"),
    ("full", "agents.0.structured_output", True, "F102"),
    ("full", "agents.0.structured_output.enabled", "true", "F102"),
    ("full", "agents.0.structured_output.schema.good.type", None, "F102"),
    ("full", "agents.0.structured_output.schema.good.description", 5, "F102"),
    ("full", "agents.0.variable_assignments", "good", "F102"),
    ("full", "agents.0.variable_assignments", [{"variable": "good", "from": "good"}], "F102"),
    ("full", "agents.0.knowledge_bases", {}, "F102"),
    ("full", "agents.0.knowledge_bases.0", 5, "F102"),
    ("full", "agents.0.knowledge_bases.0.id", 5, "F102"),
    ("full", "agents.0.knowledge_bases.0.config", [], "F102"),
    ("full", "agents.0.knowledge_bases.0.config.top_k", "10", "F102"),
    ("full", "agents.0.knowledge_bases.0.config.query_model", 1, "F102"),
    ("full", "agents.0.knowledge_bases.1.enabled", "yes", "F102"),
    ("full", "agents.0.knowledge_bases.1.config.username", 5, "F102"),
    ("full", "agents.0.knowledge_bases.1.config.drive_ids", "all", "F102"),
    (
        "full",
        "agents.0.knowledge_bases.1.config.drive_ids",
        [5],
        "F102",
        "agents.0.knowledge_bases.1.config.drive_ids.0",
    ),
    ("full", "agents.1.prompt_config", "Check.", "F102"),
    ("full", "agents.1.prompt_config.system_prompt", 5, "F102"),
    ("full", "agents.1.prompt_config.include_user_input", 1, "F102"),
    ("full", "agents.1.prompt_config.include_history", "5", "F102"),
    ("full", "agents.1.prompt_config.include_history", 1.5, "F102"),
    ("full", "agents.1.prompt_config.include_history", None, "F102"),
    ("full", "agents.1.prompt_config.include_media_in_history", "no", "F102"),
    ("full", "agents.1.prompt_config.include_internal_messages", 0, "F102"),
    ("full", "agents.1.prompt_config.few_shot_examples", {}, "F102"),
    ("full", "agents.1.prompt_config.few_shot_examples.0", "a", "F102"),
    ("full", "agents.1.tools", "calculator", "F102"),
    ("full", "agents.1.tools.0", 5, "F102"),
    ("full", "agents.1.tools.1.name", 5, "F102"),
    ("full", "agents.1.max_iterations", 2.5, "F102"),
    ("full", "agents.1.tools.1.enabled", "no", "F102"),
    ("full", "agents.1.tools.1.config", 5, "F102"),
    ("full", "agents.1.tools.1.config.max_results", "3", "F102"),
    ("full", "agents.1.tools.1.connection", 5, "F102"),
    ("full", "agents.1.tools.1.hitl_config", True, "F102"),
    ("full", "agents.1.tools.1.hitl_config.requires_human_approval", "yes", "F102"),
    ("full", "agents.1.prompt_config.few_shot_examples.0.input", 5, "F102"),
    ("full", "tools", "calculator", "F102"),
    ("full", "edges", {}, "F102"),
    ("full", "edges", None, "F102"),
    ("full", "edges.2", "finisher", "F102"),
    ("full", "edges.2.from", 5, "F102"),
    ("full", "edges.2.to", ["END"], "F102"),
    ("full", "edges.0.condition", True, "F102"),
    ("full", "edges.0.routing", "checker", "F102"),
    ("full", "edges.0.routing.yes", 5, "F102"),
    ("full", "edges.0.routing.no", 5, "F102"),
    ("full", "edges.0.llm_model", 5, "F102"),
    ("full", "edges.1.possible_outputs", "finisher", "F102"),
    ("full", "edges.1.possible_outputs.0", 5, "F102"),
    ("team", "agents.0.supervised_agents", "writer", "F102"),
    ("team", "agents.0.supervised_agents.0", 5, "F102"),
    ("team", "agents.0.return_to_supervisor", "no", "F102"),
    ("team", "agents.0.max_handoffs", "15", "F102"),
    ("flat", "prompt_config.system_prompt", 5, "F102"),
    ("flat", "name", None, "F102"),
    # One of a few
    ("full", "architecture", "graph", "F103"),
    ("full", "architecture", "Workflow", "F103"),
    ("team", "architecture", "superviser", "F103"),
    ("full", "agents.2.agent_type", "llm", "F103"),
    ("full", "agents.2.agent_type", "voice_agent", "F103"),
    ("team", "agents.0.agent_type", "superviser", "F103"),
    ("flat", "agent_type", "planner", "F103"),
    ("full", "variables.topic.mode", "append", "F103"),
    ("full", "variables.notes.mode", "append", "F103"),
    ("full", "memory_config.auto_save_trigger", "always", "F103"),
    ("full", "memory_config.modules.0.scope", "global", "F103"),
    ("full", "agents.0.knowledge_bases.0.knowledge_base_type", "pinecone", "F103"),
    ("full", "agents.0.knowledge_bases.0.config.embedding_provider", "openai", "F103"),
    ("full", "agents.0.knowledge_bases.1.config.search_options.search_type", "dense", "F103"),
    ("full", "agents.1.tools.1.config.include_raw_content", "html", "F103"),
    ("full", "agents.0.knowledge_bases.0.config.strategy", "sparse", "F103"),
    ("full", "edges.0.condition_type", "bool", "F103"),
    ("full", "edges.1.condition_type", "enum", "F103"),
    # Ranges
    ("full", "recursion_limit", 4, "F104"),
    ("full", "recursion_limit", 51, "F104"),
    ("full", "agents.0.llm_config.temperature", -0.1, "F104"),
    ("full", "agents.0.llm_config.temperature", 2.1, "F104"),
    ("full", "agents.0.llm_config.max_tokens", 0, "F104"),
    ("full", "agents.1.max_iterations", 0, "F104"),
    (
        "full",
        "agents.1.tools.1",
        {"name": "google_search", "tool_type": "google_search", "config": {"temperature": 3}},
        "F104",
        "agents.1.tools.1.config.temperature",
    ),
    ("full", "memory_config.modules.0.auto_save_interval", 0, "F104"),
    ("full", "agents.1.prompt_config.include_history", -1, "F104"),
    ("full", "memory_config.num_results", 0, "F104"),
    ("full", "memory_config.num_results", 101, "F104"),
    ("full", "memory_config.auto_save_interval", 0, "F104"),
    ("full", "agents.0.knowledge_bases.0.config.top_k", 0, "F104"),
    ("full", "agents.0.knowledge_bases.0.config.top_k", 1001, "F104"),
    ("full", "agents.0.knowledge_bases.0.config.search_ef", 0, "F104"),
    ("full", "agents.0.knowledge_bases.0.config.max_num_query_expansions", 6, "F104"),
    ("full", "agents.0.knowledge_bases.1.config.search_options.fetch_k", 101, "F104"),
    ("full", "agents.0.knowledge_bases.1.config.search_options.lambda_mult", 1.1, "F104"),
    ("full", "agents.0.knowledge_bases.0.config.offset", -1, "F104"),
    ("full", "agents.0.knowledge_bases.0.config.score_threshold", -0.01, "F104"),
    ("full", "agents.0.knowledge_bases.0.config.score_threshold", 1.01, "F104"),
    ("team", "agents.0.max_handoffs", 0, "F104"),
    # Characters, emptiness
    ("full", "agents.0.knowledge_bases.0.name", "my docs", "F105"),
    ("full", "agents.0.knowledge_bases.0.name", "dócs", "F105"),
    ("full", "agents.0.knowledge_bases.0.name", "", "F105"),
    ("full", "agents.0.knowledge_bases.0.name", "docs\n", "F105"),
    ("full", "memory_config.modules.1.space_id", "our space", "F105"),
    ("full", "name", "", "F106"),
    ("full", "agents.2.name", "", "F106"),
    ("full", "agents", [], "F106"),
    ("full", "entry_point", "", "F106"),
    ("full", "edges.2.from", "", "F106"),
    ("full", "edges.2.to", "", "F106"),
    ("full", "edges.0.routing.yes", "", "F106"),
    ("full", "edges.1.possible_outputs", [], "F106"),
    ("full", "agents.1.tools.0", "", "F106"),
    ("full", "edges.0.condition", "", "F106"),
    ("full", "agents.0.structured_output", {"schema": {}}, "F106", "agents.0.structured_output.schema"),
    # Forms, see K02
    ("full", "agent_type", "llm_agent", "F108"),
    ("flat", "agents", [agent("writer")], "F108", "agent_type"),
    # Keys that are refused (K01)
    ("full", "agents.0.structured_output.strict", True, "F109"),
    ("full", "agents.0.structured_output.output_name", "article", "F109"),
    ("full", "memory_config.scope", "user", "F109"),
    ("full", "memory_config.relevance_prompt", "Names.", "F109"),
    ("full", "agents.1.memory_config.llm_model", "gpt-4o", "F109"),
    ("full", "agents.1.tools.1.hitl_config.require_human_approval", True, "F109"),
    # Names, see K06
    ("full", "agents.2.name", "writer", "F115"),
    ("team", "agents.0.name", "writer", "F115", "agents.1.name"),
    ("team", "agents.2.name", "lead", "F115"),
    # Architecture
    ("full", "architecture", "routing", "F117"),
    ("full", "architecture", "orchestration", "F117"),
    ("full", "architecture", "collaboration", "F117"),
    ("team", "architecture", "collaboration", "F117"),
    # Prompts
    ("full", "agents.1.prompt_config.few_shot_examples", [{}], "F130", "agents.1.prompt_config.few_shot_examples.0"),
    (
        "full",
        "agents.1.prompt_config.few_shot_examples.0.output",
        REMOVED,
        "F130",
        "agents.1.prompt_config.few_shot_examples.0",
    ),
    # Tools
    (
        "full",
        "agents.1.tools.0",
        {"name": "calculator", "tool_type": "calculator", "config": {"a": 1}},
        "F135",
        "agents.1.tools.0.config",
    ),
    ("full", "persistent_state", False, "F138"),
    # Memory, see K15
    ("full", "memory_config.modules.0.scope", "agent", "F124"),
    ("full", "agents.1.memory_config.modules.0.scope", "user", "F124"),
    ("full", "agents.1.memory_config.modules.0.scope", "company", "F124"),
    ("full", "memory_config.modules.1.name", "preferences", "F125"),
    # Models, see K07
    ("full", "agents.0.llm_config.model", "gpt-5", "M101"),
    ("full", "agents.0.llm_config.model", "", "M101"),
    ("full", "agents.0.llm_config.model", "gpt-4o ", "M101"),
    ("flat", "llm_config", {"model": "gpt-4x"}, "M101", "llm_config.model"),
    ("full", "agents.0.knowledge_bases.0.config.query_model", "gpt-4x", "M101"),
    # Types, see K12
    ("full", "variables.topic.type", "string", "T101"),
    ("full", "variables.topic.type", "", "T101"),
    ("full", "variables.topic.type", "enum[a, b]", "T101"),
    ("full", "agents.0.structured_output.schema.tags.type", "list[string]", "T101"),
    (
        "full",
        "agents.0.structured_output.schema.__root__",
        {"type": "str"},
        "T103",
        "agents.0.structured_output.schema",
    ),
    # Variables, see K14
    ("full", "variables.topic.default", REMOVED, "V101", "variables.topic"),
    ("full", "variables.topic.default", None, "V101", "variables.topic"),
    ("full", "variables.topic", {"type": "Optional[str]", "required": False}, "V101"),
    ("full", "variables.topic", {"type": "Any", "required": False, "default": None}, "V101"),
    ("full", "variables.score", {"type": "int", "default": "many"}, "V102", "variables.score.default"),
    ("full", "variables.notes.default", "a", "V102"),
    ("full", "variables.notes.default", ["a", 1], "V102"),
    ("full", "variables.user_input", {"type": "str"}, "V116"),
    ("full", "variables.full_history", {"type": "str"}, "V116"),
    ("full", "variables.variables", {"type": "str"}, "V116"),
    # Assignments, see K13
    ("full", "agents.0.variable_assignments.god", "writer.output.good", "V105"),
    ("full", "agents.0.variable_assignments.god", 5, "V105"),
    ("full", "agents.0.variable_assignments.notes", "many", "V108"),
    ("full", "agents.0.variable_assignments.notes", "output.tags", "V108"),
    ("full", "agents.0.variable_assignments.topic", None, "V108"),
    # Entry point (K04)
    ("full", "entry_point", "writr", "G102"),
    ("full", "entry_point", "Writer", "G102"),
    ("full", "entry_point", "END", "G102"),
    ("full", "entry_point", "start", "G102"),
    ("full", "entry_point", "START", "G111"),
    ("full", "entry_point", "__start__", "G111"),
    # Edges, see K17
    ("full", "edges.2.from", "finishr", "G104"),
    ("full", "edges.2.to", "end", "G104"),
    ("full", "edges.0.routing.yes", "chcker", "G104"),
    ("full", "edges.0.routing.no", "chcker", "G104"),
    ("full", "edges.1.possible_outputs.0", "finishr", "G104"),
    ("full", "edges.2.from", "END", "G112"),
    ("full", "edges.2.from", "__end__", "G112"),
    ("full", "edges.2.to", "START", "G112"),
    ("full", "edges.0.routing.yes", "__start__", "G112"),
    ("full", "edges.1.possible_outputs.1", "START", "G112"),
    ("full", "edges.1.possible_outputs.1", "END", "G119"),
    ("full", "edges.1.possible_outputs.1", "__end__", "G119"),
    ("full", "edges.1.from", "writer", "G106", "edges.1"),
    ("full", "edges.2.from", "writer", "G105", "edges.0"),
    # Knowledge bases
    ("full", "agents.0.knowledge_bases.1.name", "docs", "B101"),
    # Supervisors, see K16
    ("team", "agents.0.supervised_agents", [], "S101"),
    ("team", "agents.0.supervised_agents.0", "writr", "S102"),
    ("team", "agents.0.supervised_agents.0", "END", "S102"),
    ("team", "agents.0.supervised_agents.0", "lead", "S103"),
    ("team", "entry_point", "writer", "S105"),
    ("team", "entry_point", "nobody", "G102"),
    ("team", "entry_point", "START", "S105"),
    ("team", "entry_point", "__start__", "S105"),
    ("team", "edges", [{"from": "lead", "to": "END"}], "S106"),
    ("flat", "agent_type", "supervisor", "S101"),
]


@pytest.mark.parametrize("case", ERRORS, ids=shown)
def test_one_mistake_gives_one_error(case: Any) -> None:
    document, path, value, code, *field = case
    after = changed(DOCUMENTS[document], path, value)
    errors = [one for one in found(after) if one.severity == "error"]
    assert errors == [Found(code, field[0] if field else path)]


# With both forms at once, nobody knows which of them the rest was written for.
BOTH_FORMS = ("flat", "agents")


@pytest.mark.parametrize("case", [case for case in ERRORS if case[:2] != BOTH_FORMS], ids=shown)
def test_one_mistake_gives_no_warning_besides(case: Any) -> None:
    document, path, value = case[:3]
    assert [one for one in found(changed(DOCUMENTS[document], path, value)) if one.severity == "warning"] == []


RESERVED = ("START", "END", "__start__", "__end__", "variables", "history", "full_history", "prompts", "user_input")


@pytest.mark.parametrize("name", RESERVED)
class TestReservedName:
    def test_it_is_one_error(self, name: str) -> None:
        document = system([agent(name)], [edge(name, "__end__" if name == "END" else "END")])
        assert found(document) == [Found("F116", "agents.0.name")]

    def test_a_longer_name_is_fine(self, name: str) -> None:
        assert found(system([agent(f"{name}_1")], [edge(f"{name}_1", "END")])) == []


WARNINGS: list[tuple[str, str, Any, str] | tuple[str, str, Any, str, str]] = [
    # Unknown keys (K01)
    ("full", "versoin", 1, "F112"),
    ("full", "agents.0.provider", "azure", "F112"),
    ("full", "agents.0.llm_config.top_p", 0.9, "F112"),
    ("full", "agents.1.prompt_config.include_hstory", True, "F112"),
    ("full", "agents.0.streaming_config.enabled", True, "F112"),
    ("full", "agents.1.tools.1.config.max_result", 5, "F112"),
    ("full", "agents.1.tools.1.connection_id", "c1", "F112"),
    ("full", "agents.0.structured_output.schema.good.required", True, "F112"),
    ("full", "edges.2.label", "done", "F112"),
    ("full", "edges.0.routing.maybe", "END", "F112"),
    ("full", "variables.topic.example", "news", "F112"),
    ("full", "agents.1.prompt_config.few_shot_examples.0.note", "a", "F112"),
    ("full", "agents.0.knowledge_bases.1.config.search_options.k", 5, "F112"),
    ("full", "agents.1.dependencies.0.kind", "hard", "F112"),
    ("full", "memory_config.modules.0.ttl", 5, "F112"),
    ("full", "agents.0.knowledge_bases.0.chunking", {}, "F112"),
    ("full", "agents.0.knowledge_bases.0.config.min_score", 0.5, "F112"),
    ("full", "agents.0.knowledge_bases.1.config.top_k", 5, "F112"),
    ("flat", "edges", [], "F112"),
    ("flat", "entry_point", "main", "F112"),
    ("flat", "architecture", "llm_agent", "F112"),
    # Description, see K03
    ("full", "description", REMOVED, "F113"),
    ("team", "description", REMOVED, "F113"),
    # Prompts, see K05, K11
    ("full", "agents.1.system_prompt", "Check well.", "F118"),
    ("full", "agents.1.supervisor_prompt", "Check well.", "F118"),
    (
        "full",
        "agents.2",
        {"name": "finisher", "agent_type": "llm_agent", "system_prompt": "Finish."},
        "F118",
        "agents.2.system_prompt",
    ),
    ("team", "agents.0.supervisor_prompt", "Lead.", "F118"),
    ("full", "agents.1.prompt_config", REMOVED, "F119", "agents.1.prompt_config.system_prompt"),
    ("full", "agents.1.prompt_config.system_prompt", REMOVED, "F119"),
    ("team", "agents.0.prompt_config", REMOVED, "F119", "agents.0.prompt_config.system_prompt"),
    ("flat", "prompt_config", REMOVED, "F119", "prompt_config.system_prompt"),
    ("flat", "prompt_config", {"include_user_input": False, "include_history": False}, "F128"),
    ("flat", "prompt_config.include_user_input", False, "F129"),
    ("flat", "prompt_config.include_history", 0, "F131"),
    ("flat", "prompt_config.history_length", 5, "F127"),
    ("flat", "prompt_config.include_full_history", True, "F127"),
    # Tools, see K08, K09, K34
    ("full", "tools.0", "calculater", "F121"),
    ("full", "agents.1.tools.0", "Calculator", "F121"),
    ("full", "agents.1.tools.0", "mcp__", "F121"),
    ("full", "agents.1.tools.1.tool_type", "my_tool", "F121"),
    ("full", "agents.2.tools", ["calculator"], "F122"),
    ("flat", "tools", ["tavily_search"], "F122"),
    ("full", "agents.1.tool_calling", {"enabled": True, "max_iterations": 5}, "F127"),
    ("full", "agents.1.tools.0", {"name": "calculator"}, "F133", "agents.1.tools.0.name"),
    ("full", "agents.1.tools.0", {"tool_type": "calculator"}, "F133", "agents.1.tools.0.tool_type"),
    ("full", "agents.1.tools", ["calculator", "calculator"], "F134", "agents.1.tools.1"),
    ("flat", "max_iterations", 4, "F136"),
    ("team", "agents.0.max_iterations", 4, "F136"),
    ("team", "agents.0.structured_output", {"schema": {"a": {"type": "str"}}}, "F136"),
    (
        "full",
        "agents.1.tools.0",
        {"name": "memory", "tool_type": "memory", "config": {"modules": ["owm"]}},
        "F137",
        "agents.1.tools.0.config.modules.0",
    ),
    ("full", "agents.1.dependencies.0.agent", "writr", "F139"),
    # Memory, see K15
    ("full", "agents.1.memory_config.modules.0.name", "preferences", "F140"),
    ("full", "memory_config.modules.0.space_id", "engineering", "F141"),
    ("full", "memory_config.modules.0.space_id", "our space!", "F141"),
    ("full", "memory_config.modules.0.space_id", "", "F141"),
    # Models, see K07, K40
    ("full", "edges.0.llm_model", "gemini-9", "M103"),
    ("full", "memory_config.llm_model", "gemini-9", "M103"),
    ("full", "memory_config.llm_model", "google_gemini", "M103"),
    ("full", "agents.1.llm_config", {"model": "Teuken-7B"}, "M104", "agents.1.llm_config.model"),
    ("team", "agents.0.llm_config", {"model": "devstral-medium"}, "M104", "agents.0.llm_config.model"),
    # Variables, see K13, K14
    ("full", "variables.good.mode", "concat", "V103"),
    ("full", "variables.topic.separator", ", ", "V104"),
    ("full", "variables.user name", {"type": "str"}, "V109"),
    ("full", "variables.1st", {"type": "str"}, "V109"),
    ("full", "agents.0.variable_assignments.good", "writer.output.god", "V106"),
    ("full", "agents.0.variable_assignments.good", "writer.output.good.more", "V106"),
    ("full", "agents.0.variable_assignments.good", "writr.output.good", "V106"),
    ("full", "agents.0.variable_assignments.good", "writer.output.tags.first", "V106"),
    ("full", "agents.0.variable_assignments.good", "finisher.output.good", "V106"),
    ("full", "agents.0.variable_assignments.topic", "output.tags", "V115"),
    ("full", "agents.0.variable_assignments.topic", "tags", "V115"),
    # Templates, see K18
    ("full", "agents.2.prompt_config.system_prompt", "{{ variables.topc }}", "V110"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ writr.output.good }}", "V111"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ writr.output }}", "V111"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ writer.output.god }}", "V112"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ checker.output.good }}", "V112"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ writer.output.tags.0 }}", "V112"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ variables.notes.first }}", "V110"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ user_input", "V113"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ user_input | upper }}", "V114"),
    ("full", "agents.2.prompt_config.system_prompt", "{{ }}", "V114"),
    ("full", "agents.1.prompt_config.system_prompt", "{{ writer.good }}", "V114"),
    ("full", "edges.0.condition", "Good? {{ writer.output.god }}", "V112"),
    ("full", "edges.0.condition", "Good? {{writer.output.god}}", "V112"),
    ("full", "edges.1.condition", "Who? {{ variables.topc }}", "V110"),
    ("full", "variables.topic.default", "{{ variables.topc }}", "V110"),
    ("team", "agents.0.prompt_config.system_prompt", "Lead {{ variables.topic }}.", "V110"),
    ("full", "edges.1.condition", "Who? {{ variables.topic.name }}", "V110"),
    ("flat", "prompt_config.system_prompt", "{{ writer.output }}", "V111"),
    ("flat", "prompt_config.system_prompt", "{{ main.output.good }}", "V112"),
    # Graph, see K04, K17
    ("full", "edges.1.possible_outputs", ["writer"], "G107", "agents.2.name"),
    ("full", "edges.2", {"from": "START", "to": "writer"}, "G109", "agents.2.name"),
    ("full", "edges.2", {"from": "finisher", "to": "END", "mode": "parallel"}, "F112", "edges.2.mode"),
    ("full", "edges.0.to", "checker", "G110"),
    ("full", "edges.1.possible_outputs", ["finisher", "finisher"], "G113", "edges.1.possible_outputs.1"),
    # Supervisors, see K16
    ("team", "entry_point", REMOVED, "G103"),
    ("full", "agents.2.max_handoffs", 5, "S107"),
    ("full", "agents.2.return_to_supervisor", False, "S107"),
    ("full", "agents.2.supervised_agents", ["writer"], "S107"),
    ("flat", "max_handoffs", 5, "S107"),
    ("flat", "return_to_supervisor", False, "S107"),
    ("flat", "supervised_agents", ["writer"], "S107"),
    ("team", "agents.0.supervised_agents", ["writer", "checker", "writer"], "S108", "agents.0.supervised_agents.2"),
    # Knowledge bases (K19)
    ("full", "agents.0.knowledge_bases.0.knowledge_base_id", "kb_2", "F127"),
    ("full", "agents.0.knowledge_bases.0.retrieval_config", {}, "F127"),
    ("full", "agents.0.knowledge_bases.0.config.metric_type", "L2", "F127"),
    ("full", "agents.0.knowledge_bases.1.retrieval_config", {}, "F127"),
    ("full", "agents.0.knowledge_bases.0.id", REMOVED, "B104"),
    ("full", "agents.0.knowledge_bases.0.config.search_ef", 513, "B105"),
    ("full", "agents.0.knowledge_bases.1.config.drive_key", "k-81f", "B106"),
]


@pytest.mark.parametrize("case", WARNINGS, ids=shown)
def test_what_may_be_meant_is_one_warning(case: Any) -> None:
    document, path, value, code, *field = case
    after = changed(DOCUMENTS[document], path, value)
    assert found(after) == [Found(code, field[0] if field else path, "warning")]


ACCEPTED: list[tuple[str, str, Any]] = [
    ("full", "architecture", REMOVED),
    ("full", "recursion_limit", 5),
    ("full", "recursion_limit", 50),
    ("full", "recursion_limit", 10.0),
    ("full", "recursion_limit", REMOVED),
    ("full", "agents.0.llm_config.temperature", 2),
    ("full", "edges.0.llm_model", "google_gemini"),
    ("full", "save_messages", REMOVED),
    ("full", "tools", REMOVED),
    ("full", "tools", []),
    ("full", "memory_config", {}),
    ("full", "memory_config.num_results", 1),
    ("full", "memory_config.num_results", 100),
    ("full", "memory_config.auto_save_interval", 1),
    ("full", "memory_config.auto_save_trigger", "manual"),
    ("full", "memory_config.modules.0.name", REMOVED),
    ("full", "memory_config.modules.0.scope", "session"),
    ("full", "memory_config.modules.0.scope", "company"),
    ("full", "memory_config.modules.0.auto_save_interval", 2),
    ("full", "agents.1.memory_config.relevance_prompt", "Names."),
    ("full", "agents.0.llm_config", {}),
    ("full", "agents.0.llm_config", REMOVED),
    ("full", "agents.0.llm_config.temperature", 0),
    ("full", "agents.0.llm_config.temperature", 1),
    ("full", "agents.0.llm_config.temperature", 1.0),
    ("full", "agents.0.llm_config.max_tokens", 1),
    ("full", "agents.0.llm_config.model", "GPT-4O"),
    ("full", "agents.0.streaming_config", {}),
    ("full", "agents.1.streaming_config", {"enable_streaming": True}),
    ("team", "agents.0.streaming_config", {"enable_streaming": True}),
    ("full", "agents.0.knowledge_bases", []),
    ("full", "agents.0.knowledge_bases.0.config", REMOVED),
    ("full", "agents.0.knowledge_bases.0.config.top_k", 1),
    ("full", "agents.0.knowledge_bases.0.config.top_k", 1000),
    ("full", "agents.0.knowledge_bases.0.config.search_ef", 1),
    ("full", "agents.0.knowledge_bases.0.config.search_ef", 512),
    ("full", "agents.0.knowledge_bases.0.config.score_threshold", 0.0),
    ("full", "agents.0.knowledge_bases.0.config.score_threshold", 1),
    ("full", "agents.0.knowledge_bases.0.config.filters", {"field": "a"}),
    ("full", "agents.0.knowledge_bases.0.config.strategy", "hybrid"),
    ("full", "agents.0.knowledge_bases.0.config.strategy", "bm25"),
    ("full", "agents.0.knowledge_bases.0.config.strategy", "hybrid_rrf"),
    ("full", "agents.0.knowledge_bases.0.name", "Docs-2_a"),
    ("full", "agents.0.knowledge_bases.0", "kb_1"),
    ("full", "agents.0.knowledge_bases.0.config", {}),
    ("full", "agents.0.knowledge_bases.1.config", {"username": "a", "drive_key": "CONFLUENCE"}),
    ("full", "agents.0.knowledge_bases.1.id", "kb_2"),
    ("full", "agents.1.knowledge_bases", FULL["agents"][0]["knowledge_bases"]),
    ("team", "agents.0.knowledge_bases", [{"name": "docs", "knowledge_base_type": "milvus", "id": "kb_1"}]),
    ("full", "agents.1.prompt_config.include_history", 1),
    ("full", "agents.1.prompt_config.include_history", True),
    ("full", "agents.1.prompt_config.include_history", False),
    ("full", "agents.1.prompt_config.few_shot_examples", []),
    ("full", "agents.1.tools", []),
    ("full", "agents.1.tools.1", {"name": "randomizer", "tool_type": "randomizer", "config": {"min_value": 1}}),
    ("full", "agents.1.tools.1", {"name": "mcp__a", "tool_type": "mcp__a", "config": {"anything": {"min": 1}}}),
    ("full", "agents.1.tools.1.hitl_config", {}),
    ("full", "agents.1.tools.1.enabled", False),
    ("full", "agents.1.tools.0", "outlook_send_email"),
    ("full", "agents.1.tools.0", "teams_send_message"),
    ("full", "agents.1.tools.0", "mail_send_email"),
    ("full", "agents.1.tools.0", "mcp__tracker__close"),
    ("full", "agents.1.tools.0", {"name": "memory", "tool_type": "memory", "config": {"modules": ["own", "team"]}}),
    ("full", "agents.1.max_iterations", REMOVED),
    ("full", "agents.1.max_iterations", 1),
    ("full", "agents.2.tools", []),
    ("full", "agents.2.description", ""),
    ("full", "variables.topic.default", ""),
    ("full", "variables.topic.default", "{{ variables.good }}"),
    ("full", "variables.good.default", "{{ variables.topic }}"),
    ("full", "variables.topic", {"type": "str"}),
    ("full", "variables.topic", {"type": "str", "required": True}),
    ("full", "variables.topic", {"type": "str", "required": True, "default": "a"}),
    ("full", "variables.topic", {"type": "str | None", "required": False, "default": None}),
    ("full", "variables.topic", {"type": "Any | None", "required": False, "default": None}),
    ("full", "variables.good.default", "false"),
    ("full", "variables.good.default", 0),
    ("full", "variables.topic.default", 5),
    ("full", "variables.score", {"type": "int", "default": "30"}),
    ("full", "variables.notes.default", '["a"]'),
    ("full", "variables.topic", {"type": "str", "require_every_execution": True}),
    ("full", "variables.topic", {"type": "str", "default": "", "mode": "concat"}),
    ("full", "variables.topic.description", None),
    ("full", "variables.score", {"type": "float", "default": 1}),
    ("full", "variables.scores", {"type": "dict[str, int]", "default": {"a": 1}}),
    ("full", "agents.0.variable_assignments", {}),
    ("full", "agents.0.variable_assignments", {"good": "checker.output"}),
    ("full", "agents.0.variable_assignments", {"good": True, "notes": ["a"], "topic": "Welcome"}),
    ("full", "agents.0.variable_assignments", {"topic": 7, "good": "no", "notes": "[]"}),
    ("full", "agents.2.variable_assignments", {"good": "writer.output.good"}),
    ("flat", "structured_output", {"enabled": False}),
    ("flat", "structured_output", {"enabled": False, "schema": {}}),
    ("flat", "dependencies", [{"agent": "writer"}]),
    ("flat", "outputs", ["text"]),
    ("flat", "structured_output", {"enabled": False, "schema": {"a": {"type": "str"}}}),
    ("full", "agents.2.structured_output", {"schema": {"__root__": {"type": "list[str]"}}}),
    ("full", "agents.2.prompt_config.system_prompt", "{{ checker.output }} {{ full_history[2] }} {{ prompts.tone.3 }}"),
    (
        "full",
        "agents.2.prompt_config.system_prompt",
        "{{ writer.output }} {{writer.output.tags}} {{ prompts.tone }} {{ history }}",
    ),
    ("full", "agents.2.prompt_config.system_prompt", "A } and a { and }} alone."),
    ("full", "edges.0.llm_model", REMOVED),
    ("full", "edges.0.routing.yes", "__end__"),
    ("full", "edges.2.to", "__end__"),
    ("full", "edges.2.to", "writer"),
    ("full", "edges.2.to", "finisher"),
    ("full", "edges.2", {"from": "finisher", "to": "checker"}),
    ("full", "agents.1.memory_config.modules.0.scope", "session"),
    ("team", "agents.0.max_handoffs", 1),
    ("team", "agents.0.max_handoffs", REMOVED),
    ("team", "agents.0.return_to_supervisor", True),
    ("team", "edges", []),
    ("flat", "description", "Answers customers."),
    ("flat", "variables", {"topic": {"type": "str"}}),
    ("flat", "memory_config", {"modules": [{"scope": "agent"}]}),
    ("flat", "prompt_config.include_history", False),
    ("flat", "prompt_config.system_prompt", "{{ main.output }}"),
    ("flat", "knowledge_bases", []),
    ("flat", "agent_type", "react_agent"),
]


@pytest.mark.parametrize("case", ACCEPTED, ids=shown)
def test_what_the_language_has_gives_nothing(case: tuple[str, str, Any]) -> None:
    document, path, value = case
    assert found(changed(DOCUMENTS[document], path, value), strict=True) == []


@pytest.mark.parametrize("key", ["supervised_agents", "return_to_supervisor", "max_handoffs"])
def test_strict_mode_does_not_refuse_a_supervisors_key_in_the_flat_form(key: str) -> None:
    value = {"supervised_agents": [], "return_to_supervisor": True, "max_handoffs": 1}[key]
    assert found({**FLAT, key: value}, strict=True) == [Found("S107", key, "warning")]


class TestForms:
    @pytest.mark.parametrize(
        "document",
        [{}, {"name": "Support"}, {"edges": []}, {"name": 5, "x": 1}],
        ids=["empty", "named", "edges", "more"],
    )
    def test_a_document_in_neither_form_is_one_error(self, document: Any) -> None:
        assert found(document) == [Found("F101", "agents")]

    @pytest.mark.parametrize("value", [None, 5, "agents", [], [FLAT], True], ids=repr)
    def test_what_is_no_mapping_is_one_error(self, value: Any) -> None:
        assert found(value) == [Found("F102", "body")]

    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            ("agent_typ", "is agent_typ a misspelling of one?"),
            ("agnts", "is agnts a misspelling of one?"),
            ("x", "add one of them."),
        ],
    )
    def test_a_misspelt_form_is_recognised(self, key: str, expected: str) -> None:
        beginning = "The document has neither agents (system form) nor agent_type (flat form); "
        first, *_ = findings({"name": "Support", key: "llm_agent"})
        assert first.message == beginning + expected

    def test_beside_a_misspelt_form_all_else_is_said(self) -> None:
        flat = "nme: A\ndescrption: B\nagnt_type: llm_agent\nprompt_confg: {system_prompt: C}\n"
        assert found_in(flat) == [
            Found("F101", "agents"),
            Found("F101", "name"),
            Found("F112", "descrption", "warning"),
            Found("F112", "prompt_confg", "warning"),
            Found("F119", "prompt_config.system_prompt", "warning"),
        ]
        system = f'{json.dumps(changed(FULL, "agents.0.agent_type", "llm_agnt"))[:-1]}, "quux": 1}}'
        assert found_in(system.replace('"agents"', '"agnts"', 1)) == [
            Found("F101", "agents"),
            Found("F103", "agnts.0.agent_type"),
            Found("F112", "quux", "warning"),
        ]


class TestModels:
    @pytest.mark.parametrize("model", MODELS)
    def test_every_documented_model_is_known_in_any_case(self, model: str) -> None:
        for name in (model, model.lower(), model.upper()):
            assert found({**FLAT, "llm_config": {"model": name}}) == []

    def test_the_message_is_the_documented_one_and_the_note_says_more(self) -> None:
        (one,) = findings({**FLAT, "llm_config": {"model": "gpt-4"}})
        assert one.message == "Invalid model specified"
        assert one.note == "The catalogue has no gpt-4; did you mean gpt-4o?"

    def test_a_model_that_cannot_call_tools_is_fine_where_calling_is_off(self) -> None:
        worker = {"agent_type": "react_agent", "llm_config": {"model": "Teuken-7B"}, "tools": ["calculator"]}
        assert found({**FLAT, **worker, "tool_calling": {"enabled": True}})[0].code == "M104"
        assert found({**FLAT, **worker, "tool_calling": {"enabled": False}}) == [
            Found("F127", "tool_calling", "warning")
        ]

    def test_a_namespace_may_know_more_models_in_any_case(self) -> None:
        document = {**FLAT, "llm_config": {"model": "Our-Model"}}
        assert found(document) == [Found("M101", "llm_config.model")]
        assert found(document, models=frozenset(["our-model"])) == []

    def test_a_namespaces_models_may_decide_too(self) -> None:
        document = changed(FULL, "edges.0.llm_model", "Our-Model")
        assert found(document, models=frozenset(["our-model"])) == []


class TestEntryPoint:
    def test_the_only_agent_is_taken_with_a_warning(self) -> None:
        document = changed(system([agent("writer")], [edge("writer", "END")]), "entry_point", REMOVED)
        assert found(document) == [Found("G103", "entry_point", "warning")]

    @pytest.mark.parametrize("entry", ["START", "__start__"])
    @pytest.mark.parametrize("source", ["START", "__start__"])
    def test_both_spellings_of_the_start_leave_it_to_the_edges(self, entry: str, source: str) -> None:
        document = system([agent("writer")], [edge(source, "writer"), edge("writer", "END")], entry_point=entry)
        assert found(document) == []

    @pytest.mark.parametrize("source", ["START", "__start__"])
    def test_an_explicit_edge_beside_the_automatic_one_is_allowed(self, source: str) -> None:
        assert found(system([agent("writer")], [edge(source, "writer"), edge("writer", "END")])) == []

    @pytest.mark.parametrize("source", ["START", "__start__"])
    def test_the_start_may_be_conditional(self, source: str) -> None:
        agents = [agent("writer"), agent("checker")]
        ends = [edge("writer", "END"), edge("checker", "__end__")]
        for choice in (boolean(source, "writer", "checker"), literal(source, "writer", "checker")):
            assert found(system(agents, [choice, *ends], entry_point="START")) == []

    def test_without_one_the_edges_from_the_start_decide(self) -> None:
        agents, ends = [agent("writer"), agent("checker")], [edge("writer", "END"), edge("checker", "END")]
        for first in (edge("START", "checker"), boolean("__start__", "writer", "checker")):
            document = changed(system(agents, [first, *ends]), "entry_point", REMOVED)
            assert Found("G103", "entry_point", "warning") in found(document)
            assert {one.severity for one in found(document)} == {"warning"}

    def test_of_two_supervisors_one_must_be_named(self) -> None:
        lead = {**TEAM["agents"][0], "name": "second"}
        document = changed({**TEAM, "agents": [*TEAM["agents"], lead]}, "entry_point", REMOVED)
        assert found(document) == [Found("G101", "entry_point")]
        assert message(document) == "entry_point is required to say who begins; name one of lead, second."

    def test_beside_a_named_agent_another_one_may_begin_with_a_warning(self) -> None:
        edges = [edge("START", "checker"), edge("writer", "END"), edge("checker", "END")]
        document = system([agent("writer"), agent("checker")], edges)
        assert found(document) == [Found("G118", "edges.0", "warning")]


class TestGraph:
    def test_ten_branches_run_at_once_and_more_are_a_warning(self) -> None:
        names = [f"a{number}" for number in range(11)]
        agents = [agent("writer"), *map(agent, names)]
        ends, branches = [edge(name, "END") for name in names], [edge("writer", name) for name in names]
        assert found(system(agents[:-1], [*branches[:10], *ends[:10]])) == []
        assert found(system(agents, [*branches, *ends])) == [Found("G116", "edges.10", "warning")]

    @pytest.mark.parametrize(("count", "limit"), [(6, REMOVED), (6, 5), (21, 20)])
    def test_a_way_longer_than_the_limit_is_a_warning(self, count: int, limit: Any) -> None:
        more = {} if limit is REMOVED else {"recursion_limit": limit}
        assert found(line(count, **more)) == [Found("G117", "recursion_limit", "warning")]
        assert found(line(count - 1, **more)) == []

    def test_the_shortest_way_counts(self) -> None:
        document = line(8)
        document["edges"][0] = boolean("a0", "a1", "END")
        assert found(document) == []

    def test_routing_may_have_the_keys_that_yaml_makes_of_yes_and_no(self) -> None:
        choice = {**boolean("writer", "", ""), "routing": {"true": "END", "no": "writer"}}
        document = system([agent("writer")], [choice])
        assert found(document) == [Found("G115", "edges.0.routing.true", "warning")]
        assert message(document) == 'true is read as yes; write "yes".'

    def test_one_of_the_keys_must_be_there(self) -> None:
        choice = {**boolean("writer", "", ""), "routing": {"false": "END"}}
        assert found(system([agent("writer")], [choice]))[0] == Found("F101", "edges.0.routing.yes")

    @pytest.mark.parametrize(("key", "count"), [("yes", 1), ("'yes'", 0), ('"yes"', 0)])
    def test_unquoted_keys_of_routing_are_a_warning_in_yaml(self, key: str, count: int) -> None:
        text = (
            "name: A\ndescription: d\nentry_point: a\nagents:\n  - {name: a, agent_type: llm_agent, prompt_config: "
            "{system_prompt: b}}\nedges:\n  - from: a\n    condition: c\n    condition_type: boolean\n    routing:\n"
            f"      {key}: END\n      'no': a\n"
        )
        assert found_in(text) == [Found("G115", "edges.0.routing.yes", "warning")] * count

    def test_parallel_branches_are_allowed(self) -> None:
        agents = [agent("writer"), agent("left"), agent("right")]
        edges = [edge("writer", "left"), edge("writer", "right"), edge("left", "END"), edge("right", "END")]
        assert found(system(agents, edges)) == []

    def test_cycles_are_allowed_if_there_is_a_way_out(self) -> None:
        agents = [agent("writer"), agent("checker")]
        edges = [boolean("writer", "END", "checker"), edge("checker", "writer")]
        assert found(system(agents, edges)) == []

    def test_an_agent_may_lead_to_itself(self) -> None:
        assert found(system([agent("writer")], [boolean("writer", "END", "writer")])) == []

    def test_a_cycle_without_a_way_out_is_an_error(self) -> None:
        agents = [agent("writer"), agent("checker")]
        assert found(system(agents, [edge("writer", "checker"), edge("checker", "writer")])) == [Found("G108", "edges")]

    def test_an_end_that_nothing_reaches_is_no_way_out(self) -> None:
        agents = [agent("writer"), agent("checker")]
        assert found(system(agents, [edge("writer", "writer"), edge("checker", "END")])) == [
            Found("G108", "edges"),
            Found("G107", "agents.1.name", "warning"),
        ]

    def test_an_agent_without_an_outgoing_edge_ends_the_run(self) -> None:
        agents = [agent("writer"), agent("checker")]
        assert found(system(agents, [edge("writer", "checker")])) == [Found("G109", "agents.1.name", "warning")]

    @pytest.mark.parametrize("edges", [[], REMOVED], ids=["empty", "missing"])
    def test_one_agent_needs_no_edges(self, edges: Any) -> None:
        document = changed(system([agent("writer")], []), "edges", edges)
        assert found(document) == [Found("G109", "agents.0.name", "warning")]

    def test_a_supervisor_in_a_workflow_without_an_outgoing_edge_ends_the_run(self) -> None:
        agents = [agent("lead", "supervisor", supervised_agents=["worker"]), agent("worker")]
        assert found(system(agents, [])) == [Found("G109", "agents.0.name", "warning")]

    def test_a_supervisor_in_a_workflow_reaches_its_workers(self) -> None:
        agents = [agent("lead", "supervisor", supervised_agents=["worker"]), agent("worker")]
        assert found(system(agents, [edge("lead", "END")])) == []

    def test_a_worker_that_an_edge_reaches_ends_its_branch(self) -> None:
        agents = [agent("lead", "supervisor", supervised_agents=["worker"]), agent("worker")]
        assert found(system(agents, [edge("lead", "worker")])) == [Found("G109", "agents.1.name", "warning")]

    def test_edges_of_a_worker_that_is_only_handed_work_are_no_way(self) -> None:
        agents = [agent("lead", "supervisor", supervised_agents=["worker"]), agent("worker")]
        assert found(system(agents, [edge("lead", "lead"), edge("worker", "END")])) == [Found("G108", "edges")]

    def test_workers_of_a_worker_are_handed_work_too(self) -> None:
        agents = [
            agent("lead", "supervisor", supervised_agents=["second"]),
            agent("second", "supervisor", supervised_agents=["worker"]),
            agent("worker"),
        ]
        assert found(system(agents, [edge("lead", "END")])) == []

    def test_every_agent_that_nothing_reaches_is_named(self) -> None:
        agents = [agent("writer"), agent("a"), agent("b")]
        edges = [edge("writer", "END"), edge("a", "b"), edge("b", "a")]
        assert found(system(agents, edges)) == [
            Found("G107", "agents.1.name", "warning"),
            Found("G107", "agents.2.name", "warning"),
        ]

    @pytest.mark.parametrize("target", ["END", "__end__"])
    def test_the_same_edge_twice_is_a_warning_in_either_spelling(self, target: str) -> None:
        document = system([agent("writer")], [edge("writer", "END"), edge("writer", target)])
        assert found(document) == [Found("G114", "edges.1", "warning")]

    def test_two_spellings_of_the_start_are_one_node(self) -> None:
        agents = [agent("writer"), agent("checker")]
        edges = [
            boolean("START", "writer", "checker"),
            boolean("__start__", "writer", "checker"),
            edge("writer", "END"),
            edge("checker", "END"),
        ]
        assert found(system(agents, edges, entry_point="START")) == [Found("G106", "edges.1")]

    def test_three_conditions_at_one_node_are_two_errors(self) -> None:
        edges = [literal("writer", "writer"), literal("writer", "writer"), literal("writer", "writer")]
        assert found(system([agent("writer")], edges)) == [Found("G106", "edges.1"), Found("G106", "edges.2")]

    def test_a_misspelt_name_is_said_once_for_each_place(self) -> None:
        edges = [boolean("writr", "wrter", "END"), edge("writer", "END")]
        assert found(system([agent("writer")], edges)) == [
            Found("G104", "edges.0.from"),
            Found("G104", "edges.0.routing.yes"),
        ]


class TestSupervisors:
    def test_an_architecture_of_a_supervisor_needs_one(self) -> None:
        document = system([agent("writer")], [], architecture="supervisor")
        assert found(document) == [Found("S104", "architecture")]

    def test_edges_beside_a_supervisor_are_one_error_whatever_they_say(self) -> None:
        edges = [edge("nobody", "nowhere"), edge("lead", "END"), literal("lead", "writer")]
        assert found({**TEAM, "edges": edges}) == [Found("S106", "edges")]

    def test_a_supervisor_may_lead_a_supervisor(self) -> None:
        document = changed(TEAM, "agents.2", agent("checker", "supervisor", supervised_agents=["writer"]))
        assert found(document) == []

    def test_an_agent_that_nobody_supervises_is_not_reached(self) -> None:
        document = changed(TEAM, "agents.0.supervised_agents", ["writer"])
        assert found(document) == [Found("G107", "agents.2.name", "warning")]
        assert message(document) == (
            "No supervisor hands work to checker; name it in supervised_agents, or take it out."
        )

    def test_a_supervisor_that_nobody_supervises_is_not_reached_either(self) -> None:
        second = agent("second", "supervisor", supervised_agents=["writer"])
        document = {**TEAM, "agents": [*TEAM["agents"], second]}
        assert found(document) == [Found("G107", "agents.3.name", "warning")]

    def test_the_only_agent_cannot_supervise_itself(self) -> None:
        lead = agent("lead", "supervisor", supervised_agents=["lead"])
        assert found(system([lead], [], architecture="supervisor")) == [Found("S103", "agents.0.supervised_agents.0")]


class TestKnowledgeBases:
    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ({"retrieval_config": {}}, "knowledge_bases.0.retrieval_config.drive_key"),
            ({}, "knowledge_bases.0.config"),
            ({"config": {}, "retrieval_config": {}}, "knowledge_bases.0.config.drive_key"),
        ],
        ids=["older", "none", "both"],
    )
    def test_what_uknow_needs_is_missed_where_settings_are_read(self, settings: Any, expected: str) -> None:
        base = {"name": "drive", "knowledge_base_type": "uknow", **settings}
        assert Found("F101", expected) in found({**FLAT, "knowledge_bases": [base]})

    @pytest.mark.parametrize(
        ("base", "expected"),
        [
            ({"knowledge_base_id": "kb_1"}, ["knowledge_base_id"]),
            (
                {"knowledge_base_id": "kb_1", "retrieval_config": {"top_k": 5}},
                ["knowledge_base_id", "retrieval_config"],
            ),
            ({"id": "kb_1", "retrieval_config": {"top_k": 5}}, ["retrieval_config"]),
        ],
        ids=["id", "both", "settings"],
    )
    def test_older_keys_are_accepted_with_a_warning_for_each(self, base: dict[str, Any], expected: list[str]) -> None:
        document = {**FLAT, "knowledge_bases": [{"name": "docs", "knowledge_base_type": "milvus", **base}]}
        assert found(document) == [Found("F127", f"knowledge_bases.0.{key}", "warning") for key in expected]

    @pytest.mark.parametrize("settings", ["config", "retrieval_config"])
    def test_ranges_hold_for_both_generations_of_settings(self, settings: str) -> None:
        base = {"name": "docs", "knowledge_base_type": "milvus", "id": "kb_1", settings: {"top_k": 1001}}
        errors = [one for one in found({**FLAT, "knowledge_bases": [base]}) if one.severity == "error"]
        assert errors == [Found("F104", f"knowledge_bases.0.{settings}.top_k")]

    def test_reranking_of_old_needs_a_model(self) -> None:
        base = {"name": "docs", "knowledge_base_type": "milvus", "id": "kb_1", "config": {"enable_rerank": True}}
        assert found({**FLAT, "knowledge_bases": [base]}) == [
            Found("F101", "knowledge_bases.0.config.rerank_model"),
            Found("F127", "knowledge_bases.0.config.enable_rerank", "warning"),
        ]

    def test_two_agents_may_use_the_same_name(self) -> None:
        base = {"name": "docs", "knowledge_base_type": "milvus", "id": "kb_1"}
        agents = [agent("writer", knowledge_bases=[base]), agent("checker", knowledge_bases=[base])]
        assert found(system(agents, [edge("writer", "checker"), edge("checker", "END")])) == []


class TestAssignments:
    @staticmethod
    def document(value: Any, declared: str = "str", field: str = "dict[str, str]") -> dict[str, Any]:
        return {
            **FLAT,
            "variables": {"target": {"type": declared}},
            "structured_output": {"schema": {"field": {"type": field}}},
            "variable_assignments": {"target": value},
        }

    @pytest.mark.parametrize("path", ["main.output", "main.output.field", "main.output.field.a"])
    def test_a_flat_document_calls_its_agent_main(self, path: str) -> None:
        assert found(self.document(path)) == []

    @pytest.mark.parametrize(
        ("field", "code"),
        [
            ("dict", None),
            ("dict[str, str]", None),
            ("Any", None),
            ("dict | None", None),
            ("str", "V106"),
            ("int", "V106"),
        ],
    )
    def test_a_path_leads_into_mappings_only(self, field: str, code: str | None) -> None:
        document = self.document("main.output.field.a", field=field)
        assert found(document) == ([Found(code, "variable_assignments.target", "warning")] if code else [])

    @pytest.mark.parametrize("declared", ["str", "int", "list[str]", "str | None"])
    def test_the_types_of_fields_need_not_agree_for_they_are_coerced(self, declared: str) -> None:
        assert found(self.document("main.output.field", declared)) == []

    @pytest.mark.parametrize(
        ("declared", "value", "got"),
        [("int", "many", "str"), ("float", [], "list"), ("dict[str, int]", "[1]", "list"), ("list", {}, "dict"),
         ("int", None, "NoneType"), ("str | int", True, "bool")],
    )  # fmt: skip
    def test_a_constant_must_fit_once_it_is_coerced(self, declared: str, value: Any, got: str) -> None:
        assert message(self.document(value, declared)) == f"'target' expected {declared}, got {got}"

    def test_a_field_below_a_bare_value_is_none(self) -> None:
        document = changed(
            self.document("main.output.field"), "structured_output.schema", {"__root__": {"type": "str"}}
        )
        assert message(document) == (
            "main.output.field: main gives one bare value, which has no fields; main.output is all of it."
        )

    def test_a_field_without_a_structured_output_is_none(self) -> None:
        document = changed(self.document("main.output.field"), "structured_output", REMOVED)
        assert message(document) == "main.output.field: main has no structured output; main.output is its text."


class TestMemory:
    @pytest.mark.parametrize("scope", ["user", "session", "company"])
    def test_scopes_of_a_system(self, scope: str) -> None:
        assert found(changed(FULL, "memory_config.modules", [{"scope": scope}])) == []

    @pytest.mark.parametrize("scope", ["session", "agent"])
    def test_scopes_of_an_agent(self, scope: str) -> None:
        assert found(changed(FULL, "agents.0.memory_config", {"modules": [{"scope": scope}]})) == []

    @pytest.mark.parametrize("scope", ["user", "session", "company", "agent"])
    def test_scopes_of_a_flat_document(self, scope: str) -> None:
        assert found({**FLAT, "memory_config": {"modules": [{"scope": scope}]}}) == []

    def test_a_flat_document_has_the_keys_of_both_levels(self) -> None:
        assert found({**FLAT, "memory_config": {"llm_model": "gpt-4o", "relevance_prompt": "Names."}}) == []

    def test_a_key_of_the_other_level_is_said_to_belong_there(self) -> None:
        document = changed(FULL, "agents.1.memory_config.llm_model", "gpt-4o")
        assert message(document) == "llm_model belongs into the system's memory_config; move it there."

    def test_modules_without_names_do_not_clash(self) -> None:
        modules = [{"scope": "user"}, {"scope": "user"}]
        assert found(changed(FULL, "memory_config.modules", modules)) == []

    def test_a_space_needs_its_id(self) -> None:
        document = changed(FULL, "memory_config", {"modules": [{"scope": "space"}]})
        assert found(document) == [Found("F101", "memory_config.modules.0.space_id")]


class TestTools:
    def test_a_seed_may_know_more_tools(self) -> None:
        document = {**FLAT, "agent_type": "react_agent", "tools": ["stable_list_horses"]}
        assert found(document) == [Found("F121", "tools.0", "warning")]
        assert found(document, tools={"stable_list_horses": "never"}) == []

    @pytest.mark.parametrize(
        ("requirement", "hitl", "gated"),
        [
            ("never", {}, False),
            ("never", {"requires_human_approval": True}, True),
            ("never", {"requires_human_approval": True, "disable_human_approval": True}, True),
            ("never", {"mandate_human_approval": True}, True),
            ("default_on", {}, True),
            ("default_on", {"disable_human_approval": True}, False),
            ("mandatory", {"disable_human_approval": True}, True),
        ],
    )
    def test_what_waits_for_approval_needs_checkpoints(self, requirement: Any, hitl: Any, gated: bool) -> None:  # noqa: FBT001
        tool = {"name": "send", "tool_type": "send", "hitl_config": hitl}
        document = {**FLAT, "agent_type": "react_agent", "tools": [tool], "persistent_state": False}
        assert found(document, tools={"send": requirement}) == ([Found("F138", "persistent_state")] if gated else [])

    def test_the_note_names_the_tools(self) -> None:
        document = {**FLAT, "agent_type": "react_agent", "tools": ["mail_send_email"], "persistent_state": False}
        (one,) = findings(document)
        assert one.note == "The tools are: mail_send_email."

    def test_a_seed_may_say_otherwise_of_a_documented_tool(self) -> None:
        document = {**FLAT, "agent_type": "react_agent", "tools": ["mail_send_email"], "persistent_state": False}
        assert found(document, tools={"mail_send_email": "never"}) == []

    def test_an_agent_has_twenty_tools_at_most(self) -> None:
        document = {**FLAT, "agent_type": "react_agent", "tools": [f"mcp__a__{number}" for number in range(21)]}
        assert found(document) == [Found("F107", "tools")]
        assert found({**document, "tools": document["tools"][:20]}) == []


class TestSizes:
    def test_fifty_agents_are_accepted(self) -> None:
        assert found(line(50, recursion_limit=50)) == []

    def test_one_agent_more_is_one_error(self) -> None:
        assert found(line(51)) == [Found("F107", "agents")]
        assert message(line(51)) == "agents has 51 entries; at most 50 are accepted."

    def test_a_hundred_edges_are_accepted(self) -> None:
        document = line(11, recursion_limit=11)
        names = [entry["name"] for entry in document["agents"]]
        more = [edge(one, other) for one in names for other in names if one != other]
        known = {(entry["from"], entry["to"]) for entry in document["edges"]}
        document["edges"] += [entry for entry in more if (entry["from"], entry["to"]) not in known][:89]
        assert len(document["edges"]) == 100
        assert found(document) == []

    def test_one_edge_more_is_one_error(self) -> None:
        document = system([agent("writer")], [edge("writer", "END")] * 101)
        assert found(document) == [Found("F107", "edges")]
        assert message(document) == "edges has 101 entries; at most 100 are accepted."

    def test_at_most_a_hundred_findings_are_given(self) -> None:
        document = {**FLAT, **{f"x{number}": 1 for number in range(500)}}
        assert [one.code for one in findings(document)] == ["F112"] * 100


class TestOrder:
    def test_errors_come_first_and_each_kind_is_in_the_order_of_the_document(self) -> None:
        document = {
            "zzz": 1,
            "name": "",
            "agents": [
                {
                    "name": "writer",
                    "tols": [],
                    "llm_config": {"model": "gpt-5", "max_tokens": 0},
                    "agent_type": "llm_agent",
                },
                agent("checker", tools=["calculater"]),
            ],
            "edges": [edge("writer", "chcker"), {"from": "checker"}],
            "entry_point": "wrter",
            "aaa": 1,
        }
        assert found(document) == [
            Found("F106", "name"),
            Found("M101", "agents.0.llm_config.model"),
            Found("F104", "agents.0.llm_config.max_tokens"),
            Found("G104", "edges.0.to"),
            Found("F101", "edges.1.to"),
            Found("G102", "entry_point"),
            Found("F112", "zzz", "warning"),
            Found("F112", "agents.0.tols", "warning"),
            Found("F119", "agents.0.prompt_config.system_prompt", "warning"),
            Found("F122", "agents.1.tools", "warning"),
            Found("F121", "agents.1.tools.0", "warning"),
            Found("F112", "aaa", "warning"),
            Found("F113", "description", "warning"),
        ]

    def test_the_order_of_keys_decides(self) -> None:
        first = {"recursion_limit": 4, **FLAT, "persistent_state": 5}
        second = {"persistent_state": 5, **FLAT, "recursion_limit": 4}
        assert [one.field for one in found(first)] == ["recursion_limit", "persistent_state"]
        assert [one.field for one in found(second)] == ["persistent_state", "recursion_limit"]

    def test_the_tenth_entry_comes_after_the_second(self) -> None:
        agents = [agent(f"a{number}", llm_config={"model": "gpt-5"}) for number in range(12)]
        fields = [one.field for one in found(system(agents, [])) if one.severity == "error"]
        assert fields == [f"agents.{number}.llm_config.model" for number in range(12)]


class TestStrict:
    @pytest.mark.parametrize("case", [case for case in WARNINGS if case[3] == "F112"], ids=shown)
    def test_unknown_keys_are_errors(self, case: Any) -> None:
        document, path, value, code, *field = case
        after = changed(DOCUMENTS[document], path, value)
        assert found(after, strict=True) == [Found(code, field[0] if field else path)]

    @pytest.mark.parametrize("case", [case for case in WARNINGS if case[3] != "F112"], ids=shown)
    def test_other_warnings_stay_warnings(self, case: Any) -> None:
        document, path, value = case[:3]
        assert {one.severity for one in found(changed(DOCUMENTS[document], path, value), strict=True)} == {"warning"}

    def test_unknown_keys_then_come_among_the_errors(self) -> None:
        document = {"zzz": 1, **FLAT, "recursion_limit": 4}
        assert found(document, strict=True) == [Found("F112", "zzz"), Found("F104", "recursion_limit")]
        assert found(document) == [Found("F104", "recursion_limit"), Found("F112", "zzz", "warning")]


MISSPELT = [
    ("full", "agents.0.nme", "agents.0.name"),
    ("full", "agents.0.agent_typ", "agents.0.agent_type"),
    ("full", "edges.2.form", "edges.2.from"),
    ("full", "edges.0.condition_typ", "edges.0.condition_type"),
    ("full", "variables.topic.tpye", "variables.topic.type"),
    ("full", "agents.0.knowledge_bases.0.nmae", "agents.0.knowledge_bases.0.name"),
    ("full", "memory_config.modules.0.scop", "memory_config.modules.0.scope"),
    ("full", "nam", "name"),
    ("flat", "nmae", "name"),
    ("team", "agents.1.agent_typ", "agents.1.agent_type"),
]


@pytest.mark.parametrize(("document", "wrong", "right"), MISSPELT, ids=[wrong for _, wrong, _ in MISSPELT])
@pytest.mark.parametrize("strict", [False, True], ids=["usual", "strict"])
def test_a_misspelt_required_key_is_one_error(document: str, wrong: str, right: str, strict: bool) -> None:  # noqa: FBT001
    original = DOCUMENTS[document]
    value: Any = original
    for step in right.split("."):
        value = value[int(step) if step.isdecimal() else step]
    after = changed(changed(original, right, REMOVED), wrong, value)
    assert found(after, strict=strict) == [Found("F101", right)]


def test_a_key_that_is_known_elsewhere_is_no_misspelling() -> None:
    document = changed({**FLAT, "agents_type": 1}, "agent_type", REMOVED)
    assert findings(document)[0].message.endswith("is agents_type a misspelling of one?")
    document = changed({**FLAT, "memory_config": {}}, "name", REMOVED)
    assert message(document) == "name is required."
    one = changed(agent("writer", outputs=[], entry_point="a"), "agent_type", REMOVED)
    assert [f.message for f in findings(system([one], [])) if f.severity == "error"] == ["agent_type is required."]


def test_naming_an_agent_unusually_is_a_warning() -> None:
    for name in ("the writer", "1st", "über", "-a", "a.b"):
        assert found(system([agent(name)], [edge(name, "END")])) == [Found("F114", "agents.0.name", "warning")]
    for name in ("_a", "A-b", "a1", "Writer_2"):
        assert found(system([agent(name)], [edge(name, "END")])) == []


VALID_TYPES = "Valid types: ['str', 'int', 'float', 'bool', 'list', 'dict', 'any', 'Any', 'Optional', 'Union']"
MESSAGES: list[tuple[dict[str, Any], str]] = [
    (changed(FULL, "agents.0.llm_config.temperature", "0.7"), 'temperature must be a number, not the text "0.7"; take the quotes away.'),
    (changed(FULL, "agents.0.llm_config.temperature", 2.5), "temperature must be at most 2, not 2.5."),
    (changed(FULL, "recursion_limit", 4), "recursion_limit must be at least 5, not 4."),
    (changed(FULL, "agents.2.agent_type", "llm_agnt"), 'agent_type must be llm_agent, react_agent or supervisor, not "llm_agnt"; did you mean llm_agent?'),
    (changed(FULL, "edges.2.to", "wrter"), "There is no agent wrter; did you mean writer?"),
    (changed(FULL, "edges.2.to", "end"), "There is no agent end; did you mean END?"),
    (changed(FULL, "edges.2.to", "zzzzzz"), "There is no agent zzzzzz."),
    (changed(FULL, "entry_point", REMOVED), "entry_point is required to say who begins; name one of writer, checker, finisher, or START with an edge from it."),
    (changed(FULL, "entry_point", "writr"), "entry_point names writr, but there is no such agent; did you mean writer?"),
    (changed(FULL, "agents.2.name", "writer"), "The agent agents.0 is called writer already; names are unique."),
    (changed(FULL, "agents.0.temperature", 0.5), "The key temperature is not known here; it belongs in llm_config."),
    (changed(FULL, "agents.0.temprature", 0.5), "The key temprature is not known here; did you mean temperature in llm_config?"),
    (changed(FLAT, "max_tokens", 100), "The key max_tokens is not known here; it belongs in llm_config."),
    (changed(FLAT, "hitl_config", {}), "The key hitl_config is not known here; it belongs in an entry of tools."),
    (changed(FLAT, "tool_type", "a"), "The key tool_type is not known here; it belongs in an entry of tools."),
    (changed(FLAT, "modules", []), "The key modules is not known here; it belongs in memory_config."),
    (changed(FLAT, "schema", {}), "The key schema is not known here; it belongs in structured_output."),
    (changed(FLAT, "enabled", value=True), "The key enabled is not known here; it belongs in structured_output or in an entry of tools."),
    (changed(FULL, "prompt_config", {}), "The key prompt_config is not known here; it belongs on an agent."),
    (changed(FULL, "max_iterations", 5), "The key max_iterations is not known here; it belongs on an agent."),
    (changed(FULL, "agents.0.llm_config.temprature", 1), "The key temprature is not known here; did you mean temperature?"),
    (changed(FULL, "quux", 1), "The key quux is not known here; take it out."),
    (changed(FULL, "tools", None), "tools must be a list, not null; write [] for an empty one, or take tools out."),
    (changed(FULL, "variables", None), "variables must be a mapping, not null; write {} for an empty one, or take variables out."),
    (changed(FULL, "name", None), "name must be text, not null; give it a value."),
    (changed(FULL, "agents.0.agent_type", None), "agent_type must be text, not null; give it a value."),
    (changed(FLAT, "agent_type", None), "agent_type must be text, not null; give it a value."),
    (changed(FULL, "edges.2.to", None), "to must be text, not null; give it a value."),
    (changed(FULL, "description", None), "description must be text, not null; give it a value, or take description out."),
    (changed(FULL, "agents.0.prompt_config.system_prompt", 12), "system_prompt must be text, not 12; quote it to mean the text."),
    (changed(FULL, "name", 1.5), "name must be text, not 1.5; quote it to mean the text."),
    (changed(FULL, "name", value=True), "name must be text, not true; quote it to mean the text."),
    (changed(FULL, "edges.2.to", 5), "to must be text, not 5; quote it to mean the text."),
    (changed(FULL, "edges.0.routing", None), "routing must be a mapping, not null; write {'yes': …, 'no': …} with a node for each."),
    (changed(FULL, "variables.notes.default", 0), "The default 0 does not fit the type list[str]; change one of them."),
    (changed(FULL, "variables.topic.default", REMOVED), "Variable must either be required=True or have a default value set"),
    (changed(FULL, "variables.topic.type", "string"), f"Variable 'topic' has invalid BAML type 'string'\n   💡 Common types: str, int, float, bool, str[], int[], dict\n   Error: Unknown type 'string'. {VALID_TYPES}"),
    (changed(FULL, "agents.0.structured_output.schema.tags.type", "list[string]"), f"Unknown type 'string'. {VALID_TYPES}"),
    (changed(FULL, "agents.0.structured_output.schema.tags.type", "list[str"), "Cannot parse type string 'list[str': '[' was never closed (<unknown>, line 1). Valid examples: 'str', 'list[str]', 'dict[str, int]'"),
    (changed(FULL, "agents.0.structured_output.schema.__root__", {"type": "str"}), "'__root__' must be the only key in the schema (got ['good', 'tags', '__root__'])\n - a root schema has no named fields alongside it"),
    (changed(FULL, "agents.0.variable_assignments.notes", 5), "'notes' expected list[str], got int"),
    (changed(FULL, "agents.0.variable_assignments.good", None), "'good' expected bool, got NoneType"),
    (changed(FULL, "agents.0.variable_assignments.topic", "tags"), '"tags" is taken as text. A field of this agent\'s output is written writer.output.tags.'),
    (changed(FULL, "agents.1.prompt_config.few_shot_examples", [{"input": "a"}]), "Example missing 'input' or 'output' field"),
    (changed(FLAT, "prompt_config", {"include_user_input": False, "include_history": False}), "PromptConfig has no content"),
    (changed(FULL, "persistent_state", value=False), "Human-in-the-loop is enabled for the following tool(s) but `persistent_state=False`.\nHITL needs checkpointing to suspend & resume the run; please set `persistent_state: true`\non the system config or remove HITL from these tools."),
    (changed(FULL, "agents.1.tool_calling", {}), "tool_calling is an older key; write max_iterations on the agent."),
    (changed(FULL, "agents.1.tools.0", "web_search"), "The tool web_search is called tavily_search."),
    (changed(FULL, "agents.1.tools.0", "microsoft_outlook_send_email"), "The tool microsoft_outlook_send_email is called outlook_send_email."),
    (changed(FULL, "agents.0.knowledge_bases.0.knowledge_base_id", "a"), "id stands beside it and wins; take knowledge_base_id out."),
    (changed(FULL, "edges.1.possible_outputs.1", "END"), "END is no agent, and possible outputs are; let an agent lead to the end."),
    (changed(TEAM, "entry_point", REMOVED), "entry_point is missing; lead, the only supervisor, is taken."),
    (changed(FLAT, "prompt_config", REMOVED), "Support has no system prompt; give it instructions."),
    (changed(FULL, "agents.0.variable_assignments.god", "writer.output.good"), "There is no variable god; did you mean good?"),
    (changed(FULL, "agents.2.prompt_config.system_prompt", "{{ writr.output }}"), "{{ writr.output }}: there is no agent writr; did you mean writer?"),
    (changed(FULL, "agents.2.prompt_config.system_prompt", "{{ writer.output.god }}"), "{{ writer.output.god }}: writer has no output field god; did you mean good?"),
    (changed(FULL, "agents.2.prompt_config.system_prompt", "{{ variables.topc }}"), "{{ variables.topc }}: there is no variable topc; did you mean topic?"),
    (changed(FULL, "agents.2.prompt_config.system_prompt", "{{ user_input"), "{{ user_input is not closed; add }}."),
    (changed(FULL, "agents.0.variable_assignments", [{"variable": "good", "from": "good"}]), "variable_assignments must be a mapping, not a list; write variable: agent.output.field for each."),
    (changed(FULL, "edges.2.to", ["writer", "END"]), "to must be text, not a list; write an edge for each node."),
    (changed(FULL, "agents.0.structured_output.schema.tags", "list[str]"), 'tags must be a mapping, not "list[str]"; write {type: str, description: …}, for this is not JSON Schema.'),
    (changed(FULL, "variables.topic", "news"), 'topic must be a mapping, not "news"; write {type: str, default: …}.'),
    (changed(FULL, "architecture", "routing"), "The architecture routing is defined but not implemented; use workflow or supervisor."),
    (changed(FULL, "agents.2.streaming_config", "yes"), 'streaming_config must be a mapping, not "yes".'),
    (changed(TEAM, "agents.0.supervised_agents.0", "writr"), "There is no agent writr; did you mean writer?"),
    (changed(TEAM, "entry_point", "writer"), "entry_point names writer, which is no supervisor; name lead."),
    (changed(FULL, "agents.0.knowledge_bases.0.name", "my docs"), 'name must be letters, digits, - and _ only, not "my docs".'),
    (changed(FULL, "agents.0.knowledge_bases.1.config.username", REMOVED), "username is required."),
    (changed(FULL, "edges.1.possible_outputs", []), "possible_outputs must not be empty."),
    (changed(FULL, "edges.0.condition_type", REMOVED), "condition_type is required."),
    (changed(FULL, "agents.1.system_prompt", "Check."), "prompt_config.system_prompt stands beside it and is read; take system_prompt out."),
    (changed(changed(FULL, "agents.1.system_prompt", "Check."), "agents.1.prompt_config.system_prompt", ""), "prompt_config.system_prompt stands beside it and is read; take system_prompt out."),
]  # fmt: skip


@pytest.mark.parametrize(("document", "expected"), MESSAGES, ids=[f"{text[:60]}" for _, text in MESSAGES])
def test_a_message_says_what_is_wrong_and_how_to_mend_it(document: dict[str, Any], expected: str) -> None:
    assert message(document) == expected
