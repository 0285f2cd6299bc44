"""Whatever is generated: valid systems are accepted, one mutation is one error, and nothing makes validation stumble."""

import json
import os
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from atthene_emulator.configuration.accepted import Acceptance, examine, read
from atthene_emulator.configuration.catalogue import CATALOGUE
from atthene_emulator.configuration.coercion import coerce
from atthene_emulator.configuration.document import Media, Unreadable
from atthene_emulator.configuration.findings import Finding, errors
from atthene_emulator.configuration.hashing import digest
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.rules.language_models import MODELS
from atthene_emulator.configuration.templates import references
from atthene_emulator.configuration.type_notation import Type, TypeNotationError, parse_type
from atthene_emulator.configuration.validation import validate

Json = dict[str, Any]
Mutation = Callable[[Json], tuple[str, str]]


FACTOR = int(os.environ.get("FUZZ_FACTOR", "1"))  # `make fuzz` has more examples, and other ones each time


def examples(count: int) -> Callable[[Any], Any]:
    """Settings of every property: repeatable unless it is fuzzed, without a deadline, without files."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=count * FACTOR,
        deadline=None,
        derandomize=FACTOR == 1,
        database=None,
        suppress_health_check=checks,
        phases=[Phase.generate, Phase.shrink],
    )


RESERVED = {"START", "END", "__start__", "__end__", "variables", "history", "full_history", "prompts", "user_input"}
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,9}", fullmatch=True).filter(lambda name: name not in RESERVED)
WORDS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True).filter(lambda name: name not in RESERVED)
TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="{}"), max_size=20
)

# A type in its notation, with values that fit it.
TYPES: st.SearchStrategy[tuple[str, st.SearchStrategy[Any]]] = st.recursive(
    st.sampled_from(
        [
            ("str", TEXTS),
            ("int", st.integers(-(2**63), 2**63)),
            ("float", st.floats(-1e9, 1e9)),
            ("bool", st.booleans()),
            ("any", st.sampled_from([1, "a", [], {}])),
            ("dict[int, bool]", st.dictionaries(st.integers(0, 9).map(str), st.booleans(), max_size=2)),
            ("list", st.lists(st.integers(0, 9), max_size=2)),
            ("dict", st.dictionaries(WORDS, TEXTS, max_size=2)),
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: (f"list[{one[0]}]", st.lists(one[1], max_size=2))),
        inner.map(lambda one: (f"dict[str, {one[0]}]", st.dictionaries(WORDS, one[1], max_size=2))),
        inner.map(lambda one: (f"{one[0]} | None", one[1])),
        inner.map(lambda one: (f"Optional[{one[0]}]", one[1])),
        st.tuples(inner, inner).map(lambda two: (f"Union[{two[0][0]}, {two[1][0]}]", st.one_of(two[0][1], two[1][1]))),
        st.tuples(inner, inner).map(lambda two: (f"{two[0][0]} | {two[1][0]}", st.one_of(two[0][1], two[1][1]))),
    ),
    max_leaves=3,
)


@st.composite
def variables(draw: st.DrawFn) -> Json:
    """A definition whose default, if it has one, fits."""
    notation, values = draw(TYPES)
    definition: Json = {"type": notation}
    if draw(st.booleans()):
        definition["default"] = draw(values)
        definition["required"] = draw(st.booleans())
    if draw(st.booleans()):
        definition["require_every_execution"] = draw(st.booleans())
    if notation.startswith(("list", "str")) and "|" not in notation and draw(st.booleans()):
        definition |= {"mode": "concat", "separator": ", "}
    return definition


@st.composite
def agents(draw: st.DrawFn, name: str) -> Json:
    """An agent that nothing is wrong with."""
    kind = draw(st.sampled_from(["llm_agent", "react_agent"]))
    one: Json = {"name": name, "agent_type": kind}
    if draw(st.booleans()):
        one["system_prompt"] = "x" + draw(TEXTS)
    else:
        history = draw(st.one_of(st.booleans(), st.integers(0, 99)))
        one["prompt_config"] = {"system_prompt": "x {{ user_input }}", "include_history": history}
    if draw(st.booleans()):
        model = draw(st.sampled_from(MODELS))
        model = draw(st.sampled_from([model, model.upper(), model.lower()]))
        one["llm_config"] = {
            "model": model,
            "temperature": draw(st.floats(0, 2)),
            "max_tokens": draw(st.integers(1, 10_000)),
        }
    if kind == "react_agent" and draw(st.booleans()):
        entry = {"name": "dice", "tool_type": "randomizer", "config": {"max_value": 6}}
        one["tools"] = draw(st.lists(st.sampled_from(["calculator", "my_tool", entry]), max_size=20))
        one["max_iterations"] = draw(st.integers(1, 99))
        if draw(st.booleans()):
            one["tool_calling"] = {"enabled": draw(st.booleans()), "max_iterations": draw(st.integers(1, 99))}
    if draw(st.booleans()):
        fields = draw(st.dictionaries(WORDS, TYPES.map(lambda one: one[0]), min_size=1, max_size=3))
        schema = {field: {"type": notation, "description": "A field"} for field, notation in fields.items()}
        one["structured_output"] = {"enabled": True, "schema": schema}
    if draw(st.booleans()):
        settings_ = {"top_k": draw(st.integers(1, 1000)), "score_threshold": draw(st.floats(0, 1))}
        one["knowledge_bases"] = [
            {"name": "docs", "knowledge_base_type": "milvus", "id": "kb_1", "config": settings_},
        ]
    return one


@st.composite
def edges_of(draw: st.DrawFn, names: list[str]) -> list[Json]:
    """One or more edges from each agent; each has a way to a later one, and so to the end."""
    edges: list[Json] = []
    for index, name in enumerate(names):
        onward = draw(st.sampled_from([*names[index + 1 :], "END", "__end__"]))
        anywhere = draw(st.sampled_from([*names, "END", "__end__"]))
        match draw(st.sampled_from(["plain", "parallel", "boolean", "literal"])):
            case "boolean":
                yes, no = draw(st.permutations([onward, anywhere]))
                choice = {"condition_type": "boolean", "routing": {"yes": yes, "no": no}}
                edges.append({"from": name, "condition": "Good?", **choice})
            case "literal" if names[index + 1 :]:
                outputs = draw(st.permutations([*{names[index + 1]: 1, draw(st.sampled_from(names)): 1}]))
                edges.append(
                    {"from": name, "condition": "Who?", "condition_type": "literal", "possible_outputs": outputs}
                )
            case kind:
                edges += [
                    {"from": name, "to": to} for to in ({onward: 1, anywhere: 1} if kind == "parallel" else [onward])
                ]
    return edges


@st.composite
def systems_of(draw: st.DrawFn, least: int) -> Json:
    """The parts that a workflow and a supervised system have in common."""
    names = draw(st.lists(NAMES, min_size=least, max_size=5, unique=True))
    system: Json = {"name": "A" + draw(TEXTS), "agents": [draw(agents(name)) for name in names]}
    if draw(st.booleans()):
        system["description"] = draw(TEXTS)
    if draw(st.booleans()):
        system["recursion_limit"] = draw(st.integers(5, 50))
    if draw(st.booleans()):
        system["variables"] = draw(st.dictionaries(WORDS, variables(), min_size=1, max_size=3))
    return system


@st.composite
def workflows(draw: st.DrawFn) -> Json:
    """A workflow without errors."""
    system = draw(systems_of(1))
    names = [one["name"] for one in system["agents"]]
    system["edges"] = draw(edges_of(names))
    if draw(st.booleans()):
        system["entry_point"] = draw(st.sampled_from(["START", "__start__"]))
        system["edges"].append({"from": draw(st.sampled_from(["START", "__start__"])), "to": names[0]})
    elif len(names) > 1 or draw(st.booleans()):
        system["entry_point"] = names[0]
    return system


@st.composite
def supervised_systems(draw: st.DrawFn) -> Json:
    """A supervisor with workers, without errors."""
    system = draw(systems_of(2))
    first, *others = (one["name"] for one in system["agents"])
    system["agents"][0] = {
        "name": first,
        "agent_type": "supervisor",
        "supervised_agents": draw(st.permutations(others)),
        "max_handoffs": draw(st.integers(1, 99)),
        "return_to_supervisor": draw(st.booleans()),
    }
    return {**system, "architecture": "supervisor", "entry_point": first}


def systems() -> st.SearchStrategy[Json]:
    """A system of either architecture."""
    return st.one_of(workflows(), supervised_systems())


class TestValidSystems:
    @given(systems())
    @examples(100)
    def test_they_are_accepted_in_both_languages_and_read_alike(self, system: Json) -> None:
        text = json.dumps(system, ensure_ascii=False).encode()
        language = Language(strict=True)
        assert errors(examine(text, "json", language)) == ()
        accepted = Acceptance().accept_text(text, "json", language)
        assert accepted.value == system
        assert accepted.digest == Acceptance().accept_text(text, "yaml", language).digest
        assert [*accepted.system.agents] == [one["name"] for one in system["agents"]]

    @given(systems(), st.randoms(use_true_random=False))
    @examples(50)
    def test_the_order_of_keys_changes_nothing(self, system: Json, random: Any) -> None:
        def shuffled(value: Any) -> Any:
            if isinstance(value, dict):
                keys = [*value]
                random.shuffle(keys)
                return {key: shuffled(value[key]) for key in keys}
            return [shuffled(item) for item in value] if isinstance(value, list) else value

        other = shuffled(system)
        assert digest(other) == digest(system)
        assert sorted(map(key_of, validate(other, Language()))) == sorted(map(key_of, validate(system, Language())))


def key_of(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.field


def first_target(system: Json) -> tuple[Json, Any, str]:
    """Where the first edge leads: what holds the name, its key or index, and its field."""
    one = system["edges"][0]
    if "to" in one:
        return one, "to", "edges.0.to"
    if "routing" in one:
        return one["routing"], "yes", "edges.0.routing.yes"
    return one["possible_outputs"], 0, "edges.0.possible_outputs.0"


def without_name(system: Json) -> tuple[str, str]:
    del system["name"]
    return "F101", "name"


def without_agent_name(system: Json) -> tuple[str, str]:
    del system["agents"][-1]["name"]
    return "F101", f"agents.{len(system['agents']) - 1}.name"


def without_agent_type(system: Json) -> tuple[str, str]:
    del system["agents"][0]["agent_type"]
    return "F101", "agents.0.agent_type"


def of_another_type(system: Json) -> tuple[str, str]:
    system["agents"][0]["description"] = 5
    return "F102", "agents.0.description"


def quoted_number(system: Json) -> tuple[str, str]:
    system["agents"][-1]["llm_config"] = {"temperature": "0.7"}
    return "F102", f"agents.{len(system['agents']) - 1}.llm_config.temperature"


def of_no_kind(system: Json) -> tuple[str, str]:
    system["agents"][0]["agent_type"] = "chat_agent"
    return "F103", "agents.0.agent_type"


def no_architecture(system: Json) -> tuple[str, str]:
    system["architecture"] = "graph"
    return "F103", "architecture"


def out_of_range(system: Json) -> tuple[str, str]:
    system["recursion_limit"] = 51
    return "F104", "recursion_limit"


def too_hot(system: Json) -> tuple[str, str]:
    system["agents"][0]["llm_config"] = {"temperature": 2.5}
    return "F104", "agents.0.llm_config.temperature"


def both_forms(system: Json) -> tuple[str, str]:
    system["agent_type"] = "llm_agent"
    return "F108", "agent_type"


def duplicate_agent(system: Json) -> tuple[str, str]:
    system["agents"].append(deepcopy(system["agents"][-1]))
    return "F115", f"agents.{len(system['agents']) - 1}.name"


def reserved_name(system: Json) -> tuple[str, str]:
    system.setdefault("entry_point", system["agents"][0]["name"])
    system["agents"].append({"name": "history", "agent_type": "llm_agent", "system_prompt": "Be brief."})
    return "F116", f"agents.{len(system['agents']) - 1}.name"


def not_implemented(system: Json) -> tuple[str, str]:
    system["architecture"] = "orchestration"
    return "F117", "architecture"


def unknown_model(system: Json) -> tuple[str, str]:
    system["agents"][0]["llm_config"] = {"model": "gpt-5"}
    return "M101", "agents.0.llm_config.model"


def wrong_type_notation(system: Json) -> tuple[str, str]:
    system.setdefault("variables", {})["age"] = {"type": "integer", "default": 1}
    return "T101", "variables.age.type"


def optional_without_default(system: Json) -> tuple[str, str]:
    system.setdefault("variables", {})["age"] = {"type": "int", "required": False}
    return "V101", "variables.age"


def unfitting_default(system: Json) -> tuple[str, str]:
    system.setdefault("variables", {})["age"] = {"type": "dict[str, int]", "default": {"a": "b"}}
    return "V102", "variables.age.default"


def reserved_variable(system: Json) -> tuple[str, str]:
    system.setdefault("variables", {})["history"] = {"type": "str"}
    return "V116", "variables.history"


def constant_of_another_type(system: Json) -> tuple[str, str]:
    system.setdefault("variables", {})["age"] = {"type": "int"}
    system["agents"][0]["variable_assignments"] = {"age": "old"}
    return "V108", "agents.0.variable_assignments.age"


def half_an_example(system: Json) -> tuple[str, str]:
    system["agents"][0]["prompt_config"] = {"few_shot_examples": [{"input": "a"}]}
    return "F130", "agents.0.prompt_config.few_shot_examples.0"


def refused_key(system: Json) -> tuple[str, str]:
    system["agents"][0]["memory_config"] = {"max_messages": 5}
    return "F109", "agents.0.memory_config.max_messages"


def approval_without_checkpoints(system: Json) -> tuple[str, str]:
    system["persistent_state"] = False
    system["agents"][-1]["tools"] = ["mail_delete_email"]
    system["agents"][-1].pop("tool_calling", None)
    return "F138", "persistent_state"


def assigned_to_nothing(system: Json) -> tuple[str, str]:
    system["agents"][0]["structured_output"] = {"enabled": True, "schema": {"good": {"type": "bool"}}}
    system["agents"][0]["variable_assignments"] = {"no such variable": "anyone.output.good"}
    return "V105", "agents.0.variable_assignments.no such variable"


def unknown_entry_point(system: Json) -> tuple[str, str]:
    system["entry_point"] = "no such agent"
    return "G102", "entry_point"


def base_without_type(system: Json) -> tuple[str, str]:
    system["agents"][0]["knowledge_bases"] = [{"name": "docs", "id": "kb_1"}]
    return "F101", "agents.0.knowledge_bases.0.knowledge_base_type"


def misspelt_target(system: Json) -> tuple[str, str]:
    holder, key, field = first_target(system)
    holder[key] = "no such agent"
    return "G104", field


def target_of_another_type(system: Json) -> tuple[str, str]:
    holder, key, field = first_target(system)
    holder[key] = 5
    return "F102", field


def edge_without_source(system: Json) -> tuple[str, str]:
    del system["edges"][0]["from"]
    return "F101", "edges.0.from"


def edge_to_the_start(system: Json) -> tuple[str, str]:
    holder, key, field = first_target(system)
    holder[key] = "START"
    return "G112", field


def edge_from_the_end(system: Json) -> tuple[str, str]:
    system["edges"].append({"from": "END", "to": system["agents"][0]["name"]})
    return "G112", f"edges.{len(system['edges']) - 1}.from"


def no_supervisor(system: Json) -> tuple[str, str]:
    system |= {"architecture": "supervisor", "edges": []}
    return "S104", "architecture"


def the_end_among_agents(system: Json) -> tuple[str, str]:
    name = system["agents"][0]["name"]
    choice = {"condition": "Who?", "condition_type": "literal", "possible_outputs": [name, "END"]}
    system["edges"] = [{"from": name, **choice}]
    system["entry_point"] = name
    return "G119", "edges.0.possible_outputs.1"


def supervisor_of_nobody(system: Json) -> tuple[str, str]:
    system["agents"][0]["supervised_agents"] = []
    return "S101", "agents.0.supervised_agents"


def supervisor_of_a_stranger(system: Json) -> tuple[str, str]:
    system["agents"][0]["supervised_agents"][0] = "no such agent"
    return "S102", "agents.0.supervised_agents.0"


def supervisor_of_itself(system: Json) -> tuple[str, str]:
    system["agents"][0]["supervised_agents"][0] = system["agents"][0]["name"]
    return "S103", "agents.0.supervised_agents.0"


def worker_first(system: Json) -> tuple[str, str]:
    system["entry_point"] = system["agents"][1]["name"]
    return "S105", "entry_point"


def start_of_a_supervisor(system: Json) -> tuple[str, str]:
    system["entry_point"] = "START"
    return "S105", "entry_point"


def edges_beside_a_supervisor(system: Json) -> tuple[str, str]:
    system["edges"] = [{"from": "START", "to": system["agents"][0]["name"]}]
    return "S106", "edges"


ANY = (
    without_name, without_agent_name, without_agent_type, of_another_type, quoted_number, of_no_kind, no_architecture,
    out_of_range, too_hot, both_forms, duplicate_agent, reserved_name, not_implemented, unknown_model,
    wrong_type_notation, optional_without_default, unfitting_default, reserved_variable, constant_of_another_type,
    half_an_example, refused_key, approval_without_checkpoints, assigned_to_nothing, unknown_entry_point,
    base_without_type,
)  # fmt: skip
OF_WORKFLOWS = (
    misspelt_target, target_of_another_type, edge_without_source, edge_to_the_start, edge_from_the_end, no_supervisor,
    the_end_among_agents,
)  # fmt: skip
OF_SUPERVISORS = (
    supervisor_of_nobody, supervisor_of_a_stranger, supervisor_of_itself, worker_first, start_of_a_supervisor,
    edges_beside_a_supervisor,
)  # fmt: skip


def check(mutate: Mutation, system: Json) -> None:
    """One mutation of a valid system is exactly one error, in the right place."""
    mutated = deepcopy(system)
    expected = mutate(mutated)
    assert [key_of(finding) for finding in errors(validate(mutated, Language()))] == [expected]


class TestMutations:
    @pytest.mark.parametrize("mutate", [*ANY, *OF_WORKFLOWS], ids=lambda one: one.__name__)
    def test_one_mistake_in_a_workflow_is_one_error(self, mutate: Mutation) -> None:
        given(workflows())(examples(8)(lambda system: check(mutate, system)))()

    @pytest.mark.parametrize("mutate", [*ANY, *OF_SUPERVISORS], ids=lambda one: one.__name__)
    def test_one_mistake_in_a_supervised_system_is_one_error(self, mutate: Mutation) -> None:
        given(supervised_systems())(examples(5)(lambda system: check(mutate, system)))()


KEYS = st.one_of(
    st.sampled_from(
        [
            "name", "description", "architecture", "entry_point", "agents", "edges", "variables", "memory_config",
            "modules", "scope", "agent_type", "system_prompt", "prompt_config", "llm_config", "model", "temperature",
            "tools", "tool_type", "hitl_config", "max_iterations", "tool_calling", "knowledge_bases", "knowledge_base_type", "config", "retrieval_config", "id",
            "structured_output", "schema", "__root__", "type", "default", "required", "mode", "variable_assignments",
            "supervised_agents", "from", "to", "condition", "condition_type", "routing", "yes", "no",
            "possible_outputs", "llm_model", "include_history", "few_shot_examples", "enable_rerank", "true", "dependencies",
        ]
    ),
    st.text(max_size=5),
)  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [
            "llm_agent", "react_agent", "supervisor", "workflow", "routing", "START", "END", "writer", "boolean",
            "literal", "milvus", "uknow", "memory", "tavily_search", "writer.output.x", "output.x", "str", "list[str]", "enum[a]", "concat", "agent", "space", "gpt-4o", "",
            "{{ writer.output.x }}", "{{ variables.x", "{{",
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
)  # fmt: skip
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=25,
)
PARTS = st.dictionaries(KEYS, DOCUMENTS, max_size=6)
FORMED = st.one_of(
    st.fixed_dictionaries(
        {"agents": st.one_of(LEAVES, DOCUMENTS)}, optional={"edges": DOCUMENTS, "entry_point": LEAVES, "name": LEAVES}
    ),
    st.fixed_dictionaries(
        {"agents": st.lists(PARTS, max_size=3)},
        optional={
            "name": LEAVES,
            "edges": st.lists(PARTS, max_size=3),
            "variables": PARTS,
            "architecture": LEAVES,
            "entry_point": LEAVES,
            "memory_config": PARTS,
        },
    ),
    st.builds(lambda rest, kind: {**rest, "agent_type": kind}, PARTS, LEAVES),
)


def sound(findings: tuple[Finding, ...]) -> bool:
    """Whether findings are as promised: few, known, judged, in order, each with a sentence."""
    severities = [finding.severity for finding in findings]
    return (
        len(findings) <= 100
        and all(finding.code in CATALOGUE and finding.message for finding in findings)
        and severities == sorted(severities)
        and len({(finding.code, finding.path, finding.message) for finding in findings}) == len(findings)
    )


class TestAnythingElse:
    @given(DOCUMENTS)
    @examples(200)
    def test_any_json_gives_findings(self, document: Any) -> None:
        assert sound(validate(document, Language()))

    @given(FORMED, st.booleans())
    @examples(150)
    def test_anything_that_looks_like_a_configuration_gives_findings(self, document: Any, strict: bool) -> None:  # noqa: FBT001
        assert sound(validate(document, Language(strict=strict)))

    @given(systems(), st.data())
    @examples(200)
    def test_a_system_with_anything_put_somewhere_gives_findings(self, system: Json, data: st.DataObject) -> None:
        place: Any = system
        while True:
            step = data.draw(st.sampled_from([*place] if isinstance(place, dict) else [*range(len(place))]))
            below = place[step]
            if not isinstance(below, dict | list) or not below or data.draw(st.booleans()):
                break
            place = below
        place[step] = data.draw(st.one_of(LEAVES, DOCUMENTS))
        findings = validate(system, Language())
        assert sound(findings)
        if not errors(findings):
            assert Acceptance().accept(system, Language()).system.agents

    @pytest.mark.parametrize("media", ["json", "yaml"])
    def test_any_text_is_read_or_refused_with_a_known_code(self, media: Media) -> None:
        pieces = st.sampled_from(["{", "}", "[", "]", ":", ",", "-", " ", "\n", "\t", '"', "'", "&a", "*a", "!", "|", ">", "%", "#", "? ", "<<", "a", "1", "\\u", "\ufeff", "\r", "\x85", "\u2028", "é"])  # fmt: skip
        texts = st.one_of(st.text(st.characters(codec="utf-8")), st.lists(pieces, max_size=30).map("".join))
        given(texts)(examples(400)(lambda text: readable_or_refused(text.encode(), media)))()

    @pytest.mark.parametrize("media", ["json", "yaml"])
    def test_any_bytes_are_read_or_refused_with_a_known_code(self, media: Media) -> None:
        given(st.binary())(examples(150)(lambda data: readable_or_refused(data, media)))()

    @given(DOCUMENTS)
    @examples(150)
    def test_json_is_read_as_what_was_written(self, document: Any) -> None:
        value, refused = outcome(json.dumps(document).encode(), "json")
        assert (value == document) if refused is None else (refused == "Y107")

    @given(st.text(max_size=30))
    @examples(150)
    def test_any_text_is_a_type_or_is_refused_by_its_name(self, text: str) -> None:
        found = type_or_refusal(text)
        if isinstance(found, str):
            assert found.startswith(("Cannot parse type string '", "Unknown type '", f"Invalid type '{text}': "))
        else:
            assert parse_type(str(found)) == found

    @given(TYPES, st.one_of(LEAVES, DOCUMENTS))
    @examples(200)
    def test_coercion_gives_what_fits_or_leaves_the_value(self, wanted: tuple[str, Any], value: Any) -> None:
        declared = parse_type(wanted[0])
        result = coerce(declared, value)
        assert coerce(declared, result) == result or isinstance(value, str)
        json.dumps(result, allow_nan=False)

    @given(st.data())
    @examples(100)
    def test_coercion_leaves_what_fits_a_plain_type(self, data: st.DataObject) -> None:
        notation, values = data.draw(TYPES)
        value = data.draw(values)
        if not isinstance(value, str):
            assert parse_type(notation).fits(coerce(parse_type(notation), value))

    @given(
        st.lists(st.sampled_from(["{{", "}}", "{", "}", " ", "history", "[3]", "a.output", ".b", "\n"])).map("".join)
    )
    @examples(200)
    def test_references_never_overlap_and_lie_in_the_text(self, text: str) -> None:
        end = 0
        for one in references(text):
            assert end <= one.start < one.end <= len(text)
            assert text[one.start : one.start + 2] == "{{"
            assert one.closed == text[: one.end].endswith("}}")
            end = one.end


def type_or_refusal(text: str) -> Type | str:
    """The type that a text means, or what is said of it."""
    try:
        return parse_type(text)
    except TypeNotationError as error:
        return error.message


def outcome(data: bytes, media: Media) -> tuple[Any, str | None]:
    """The value of a text, or the code of its refusal."""
    try:
        return read(data, media).value, None
    except Unreadable as error:
        return None, error.code


def readable_or_refused(data: bytes, media: Media) -> None:
    """Reading gives plain values or a known refusal, and examining gives sound findings either way."""
    findings = examine(data, media, Language())
    assert sound(findings)
    marks = [finding.mark for finding in findings if finding.mark is not None]
    assert all(mark.line >= 1 and mark.column >= 1 for mark in marks)
    value, refused = outcome(data, media)
    if refused is None:
        assert json.loads(json.dumps(value, allow_nan=False)) == value
    else:
        assert [finding.code for finding in findings] == [refused]
        assert refused in CATALOGUE
