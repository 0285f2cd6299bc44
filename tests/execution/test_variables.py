"""Values of variables for an execution: what counts, what it becomes, what is missing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.errors import MissingVariable, UncoercibleVariable
from tests.execution.walking import walked
from tests.execution.worlds import SESSION, executions, world

NONE: Mapping[str, Any] = {}


def resolved(
    definition: str, *, inputs: Mapping[str, Any] = NONE, checkpoint: Mapping[str, Any] = NONE, more: str = ""
) -> Any:
    """The value of the variable `v` of that definition."""
    configuration = (
        f"{{name: A, agent_type: llm_agent, variables: {{v: {definition}, w: {{type: str, default: W}}}}{more}}}"
    )
    return walked(configuration, "Hello", inputs=inputs, checkpoint=checkpoint).variables["v"]


@pytest.mark.parametrize(
    ("definition", "checkpoint", "inputs", "value"),
    [
        pytest.param("{type: str, default: d}", {}, {}, "d", id="default"),
        pytest.param("{type: str, default: d}", {"v": "c"}, {}, "c", id="checkpoint"),
        pytest.param("{type: str, default: d}", {"v": "c"}, {"v": "i"}, "i", id="input"),
        pytest.param("{type: str, default: d, mode: concat}", {"v": "c"}, {"v": "i"}, "i", id="an input replaces"),
        pytest.param("{type: str, require_every_execution: true}", {"v": "c"}, {"v": "i"}, "i", id="request-level"),
        pytest.param("{type: str, default: d}", {}, {"x": "i"}, "d", id="an undeclared input is ignored"),
        pytest.param("{type: str, default: d}", {"v": "c"}, {"v": None}, "c", id="null counts as not given"),
        pytest.param("{type: str, default: d}", {"v": None}, {}, "d", id="a checkpoint of null as well"),
        pytest.param("{type: str | None, default: d}", {"v": "c"}, {"v": None}, None, id="null where it is a value"),
        pytest.param("{type: str | None}", {}, {}, None, id="nullable without a default"),
        pytest.param("{type: int}", {}, {"v": "3"}, 3, id="an input is coerced"),
        pytest.param("{type: int, default: '3'}", {}, {}, 3, id="a default is coerced"),
        pytest.param("{type: float, default: 3}", {}, {}, 3.0, id="a default becomes a float"),
        pytest.param("{type: bool}", {}, {"v": "no"}, True, id="any other text is true"),
        pytest.param("{type: 'list[int]'}", {}, {"v": "[1, 2]"}, [1, 2], id="text is read as JSON"),
        pytest.param("{type: str, default: '<{{ user_input }}>'}", {}, {}, "<Hello>", id="template in a default"),
        pytest.param("{type: str, default: '{{ variables.w }}'}", {}, {"w": "X"}, "X", id="template that names a variable"),
        pytest.param("{type: str, default: '{{ variables.u }}'}", {}, {}, "", id="template that names nothing"),
        pytest.param("{type: bool, default: '{{ variables.w }}'}", {}, {"w": "false"}, False, id="filled in, then coerced"),
        pytest.param("{type: 'list[str]', default: ['{{ user_input }}', b]}", {}, {}, ["Hello", "b"], id="template in a list"),
        pytest.param("{type: dict, default: {k: ['{{ user_input }}']}}", {}, {}, {"k": ["Hello"]}, id="template in a dict"),
        pytest.param("{type: str}", {}, {"v": "{{ user_input }}"}, "{{ user_input }}", id="an input is no template"),
    ],
)  # fmt: skip
def test_a_variable_has_its_input_else_the_checkpoint_else_its_default(
    definition: str, checkpoint: Mapping[str, Any], inputs: Mapping[str, Any], value: Any
) -> None:
    found = resolved(definition, inputs=inputs, checkpoint=checkpoint)
    assert found == value
    assert type(found) is type(value)


FILLED = ", variable_assignments: {v: main.output}"


@pytest.mark.parametrize(
    ("definition", "more"),
    [
        pytest.param("{type: str}", "", id="nothing there"),
        pytest.param("{type: str, required: true}", FILLED, id="required is written out"),
        pytest.param("{type: str, require_every_execution: true}", FILLED, id="request-level"),
        pytest.param("{type: str, default: d, require_every_execution: true}", "", id="request-level with a default"),
        pytest.param("{type: str | None, require_every_execution: true}", "", id="request-level and nullable"),
    ],
)
def test_a_variable_that_is_needed_is_missing(definition: str, more: str) -> None:
    with pytest.raises(MissingVariable) as refused:
        resolved(definition, more=more)
    assert refused.value.message == "Required variable 'v' not provided"


def test_a_variable_that_an_agent_fills_need_not_be_given() -> None:
    outcome = walked(
        "{name: A, agent_type: llm_agent, variables: {v: {type: str}}, variable_assignments: {v: main.output}, "
        "prompt_config: {system_prompt: '<{{ variables.v }}>'}}",
        scripts="[{then: {reply: Filled.}}]",
    )
    assert outcome.turns[0].prompt.system_prompt == "<>"
    assert outcome.variables == {"v": "Filled."}


@pytest.mark.parametrize(
    ("kind", "value", "explanation"),
    [
        ("float", "high", "'v' expected float, got str"),
        ("int", "3.14", "'v' expected int, got str"),
        ("int", [], "'v' expected int, got list"),
        ("dict", "[1]", "'v' expected dict, got list"),
        ("list", "null", "'v' expected list, got NoneType"),
        ("list[int]", "[x]", "'v' expected list[int], got str"),
        ("list[int]", '["1"]', "'v' expected list[int], got list"),
    ],
)
def test_what_does_not_become_a_value_of_the_type_is_refused(kind: str, value: Any, explanation: str) -> None:
    with pytest.raises(UncoercibleVariable) as refused:
        resolved(f'{{type: "{kind}"}}', inputs={"v": value})
    assert refused.value.message == "Type coercion failed for variable 'v'"
    assert refused.value.explanation == explanation


def test_the_first_by_the_order_of_the_document_is_told() -> None:
    configuration = "{name: A, agent_type: llm_agent, variables: {b: {type: int}, a: {type: str}}}"
    with pytest.raises(UncoercibleVariable):
        walked(configuration, inputs={"b": "x"})
    with pytest.raises(MissingVariable, match="'b'"):
        walked(configuration)
    templated = configuration.replace("b: {type: int}", "b: {type: int, default: '{{ user_input }}'}")
    with pytest.raises(UncoercibleVariable, match="'b'"):
        walked(templated, "Hello")


def test_nothing_runs_when_a_variable_is_missing(tmp_path: Path) -> None:
    seed = """
        sessions: [{id: s1, config: {name: A, agent_type: llm_agent, variables: {v: {type: int}}}}]
        scripts: [{name: once, times: 1, then: {reply: x}}]
    """
    with world(tmp_path, seed) as api:
        url = f"{api.server.base_url}/runtime/{SESSION}/execute/"
        headers = {"x-api-key": "test-key"}
        answer = api.http.post(url, json={"content": "Hi", "inputs": {"v": "x"}}, headers=headers, timeout=10)
        assert answer.status_code == 400
        assert executions(api) == []
        assert api.control("GET", "/scripts").json()[0]["hits"] == 0
        assert api.execute(SESSION, inputs={"v": "7", "unknown": 1}).status_code == 200
        assert executions(api)[0]["variables"] == {"v": 7}
        assert api.execute(SESSION).status_code == 200


@pytest.mark.parametrize("persistent", [True, False], ids=["kept", "forgotten"])
def test_a_checkpoint_is_kept_whatever_the_outcome(tmp_path: Path, persistent: bool) -> None:  # noqa: FBT001
    seed = f"""
        sessions:
          - id: s1
            config:
              name: A
              agent_type: llm_agent
              persistent_state: {str(persistent).lower()}
              variables: {{tier: {{type: str, default: silver}}, now: {{type: str, require_every_execution: true}}}}
        scripts: [{{when: {{turn: 1}}, then: {{error: {{}}}}}}]
    """
    with world(tmp_path, seed) as api:
        api.execute(SESSION, inputs={"tier": "gold", "now": "one"})
        api.execute(SESSION, inputs={"now": "two"})
        told = executions(api)
    assert [one["status"] for one in told] == ["error", "completed"]
    assert told[1]["variables"] == {"tier": "gold" if persistent else "silver", "now": "two"}
