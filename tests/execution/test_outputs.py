"""Structured outputs: scripted or made from their types, always fitting, readable by templates, out of histories."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atthene_emulator.configuration.system import Agent
from atthene_emulator.configuration.type_notation import Type, parse_type
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.execution.outputs import checked_output, made_output
from tests.execution.walking import prompt_of, transcript, walked

LEAVES = st.sampled_from(["str", "int", "float", "bool", "any", "None", "list", "dict"])
TYPES = st.recursive(
    LEAVES,
    lambda inner: (
        inner.map(lambda one: f"list[{one}]")
        | inner.map(lambda one: f"dict[str, {one}]")
        | inner.map(lambda one: f"Optional[{one}]")
        | st.tuples(inner, inner).map(" | ".join)
    ),
    max_leaves=6,
)


def agent(**fields: str) -> Agent:
    return Agent("reader", "llm_agent", output={name: parse_type(text) for name, text in fields.items()})


@settings(derandomize=True, deadline=None, max_examples=200)
@given(notation=TYPES, times=st.integers(0, 5))
def test_a_made_output_fits_its_type(notation: str, times: int) -> None:
    wanted = parse_type(notation)
    assert wanted.fits(made_output(agent(field=notation), times)["field"])


@pytest.mark.parametrize(
    ("notation", "first", "second"),
    [
        pytest.param("str", "example field", "example field", id="str"),
        pytest.param("int", 1, 2, id="int"),
        pytest.param("float", 0.5, 1.5, id="float"),
        pytest.param("bool", True, False, id="bool"),
        pytest.param("None", None, None, id="None"),
        pytest.param("any", "example field", "example field", id="any"),
        pytest.param("list", [], [], id="list"),
        pytest.param("dict", {}, {}, id="dict"),
        pytest.param("list[str]", ["example field"], ["example field"], id="list of str"),
        pytest.param("list[list[int]]", [[1]], [[2]], id="list of lists"),
        pytest.param("dict[str, float]", {"example": 0.5}, {"example": 1.5}, id="dict"),
        pytest.param("str | None", "example field", "example field", id="union"),
        pytest.param("None | int", None, None, id="union that begins with None"),
        pytest.param("Optional[bool]", True, False, id="Optional"),
    ],
)
def test_an_output_is_made_from_its_type(notation: str, first: object, second: object) -> None:
    made = [made_output(agent(field=notation), times)["field"] for times in range(2)]
    assert made == [first, second]
    assert [type(one) for one in made] == [type(first), type(second)]


def test_the_fields_of_an_output_stand_in_the_order_of_the_schema() -> None:
    reader = agent(zebra="int", apple="str")
    assert list(made_output(reader, 0)) == ["zebra", "apple"]
    assert list(checked_output(reader, {"apple": "x"}, "mine")) == ["zebra", "apple"]


def test_what_a_script_leaves_out_is_made() -> None:
    assert checked_output(agent(a="str", b="bool"), {"a": "x"}, "mine") == {"a": "x", "b": True}


@pytest.mark.parametrize(
    ("fields", "output", "message"),
    [
        pytest.param({"a": "int"}, {"a": "1"}, "Script mine: output.a must be int", id="text for a number"),
        pytest.param({"a": "int"}, {"a": True}, "Script mine: output.a must be int", id="boolean for a number"),
        pytest.param({"a": "list[str]"}, {"a": ["x", 1]}, "Script mine: output.a must be list[str]", id="item"),
        pytest.param({"a": "str"}, {"a": None}, "Script mine: output.a must be str", id="null"),
        pytest.param(
            {"a": "str", "b": "int"}, {"c": 1}, "Script mine: reader has no output field c; it has a, b", id="no field"
        ),
        pytest.param({}, {"c": 1}, "Script mine: reader has no output field c; it has no structured_output", id="none"),
    ],
)
def test_a_scripted_output_that_does_not_fit_is_refused_by_name(
    fields: dict[str, str], output: dict[str, object], message: str
) -> None:
    with pytest.raises(EmulatorRefusal) as refused:
        checked_output(agent(**fields), output, "mine")
    assert (refused.value.status, refused.value.message) == (501, message)


@pytest.mark.parametrize("value", [1, 1.5, 0, -2])
def test_whole_numbers_fit_float(value: float) -> None:
    assert checked_output(agent(a="float"), {"a": value}, "mine") == {"a": value}
    assert Type("float").fits(value)


READER = """
    name: Reading
    entry_point: reader
    agents:
      - name: reader
        agent_type: llm_agent
        structured_output: {enabled: ENABLED, schema: {title: {type: str}, good: {type: bool}}}
      - {name: writer, agent_type: llm_agent, system_prompt: "{{ reader.output.title }}/{{ history }}"}
    edges: [{from: reader, to: writer}, {from: writer, to: END}]
"""
ON = READER.replace("ENABLED", "true")


def test_an_agent_with_a_structured_output_says_it_as_json() -> None:
    outcome = walked(ON)
    assert outcome.turns[0].text == '{"title": "example title", "good": true}'
    assert outcome.turns[0].output == {"title": "example title", "good": True}
    assert (outcome.turns[0].shown, outcome.turns[0].structured) == (True, True)


def test_a_structured_output_that_is_switched_off_is_not_made() -> None:
    outcome = walked(READER.replace("ENABLED", "false"))
    assert outcome.turns[0].text == 'This is the emulated agent "reader". You said: Good morning'
    assert outcome.turns[0].output is None


def test_a_structured_output_is_no_message_of_a_later_prompt() -> None:
    assert prompt_of(walked(ON), "writer") == [
        {"role": "system", "content": "example title/"},
        {"role": "user", "content": "Good morning"},
    ]


def test_earlier_structured_outputs_are_kept_out_of_histories() -> None:
    before = transcript(("user", "Hi"), ("assistant", '{"title": "x"}', True), ("assistant", "Done."))
    assert prompt_of(walked(ON, history=before), "writer") == [
        {"role": "system", "content": "example title/user: Hi\nassistant: Done."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Done."},
        {"role": "user", "content": "Good morning"},
    ]


def test_a_scripted_reply_may_stand_beside_a_scripted_output() -> None:
    outcome = walked(ON, scripts="[{when: {agent: reader}, then: {reply: I read it., output: {title: Cats}}}]")
    assert outcome.turns[0].text == "I read it."
    assert outcome.turns[0].output == {"title": "Cats", "good": True}
    assert prompt_of(outcome, "writer")[0]["content"] == "Cats/"
    assert {"role": "assistant", "name": "reader", "content": "I read it."} in prompt_of(outcome, "writer")


def test_the_last_output_of_an_agent_is_the_one_that_is_read() -> None:
    looped = """
        name: Loop
        entry_point: reader
        agents:
          - name: reader
            agent_type: llm_agent
            structured_output: {enabled: true, schema: {round: {type: int}}}
          - {name: writer, agent_type: llm_agent, system_prompt: "{{ reader.output.round }}"}
        edges:
          - {from: reader, condition: Again?, condition_type: boolean, routing: {yes: reader, no: writer}}
    """
    assert prompt_of(walked(looped), "writer")[0]["content"] == "2"


WAITING = """
    name: Waiting
    entry_point: worker
    agents:
      - {name: worker, agent_type: llm_agent}
      - name: checker
        agent_type: llm_agent
        structured_output: {enabled: true, schema: {note: {type: str}, again: {type: bool}}}
    edges:
      - {from: worker, to: checker}
      - from: checker
        condition: "{{ checker.output.again }}"
        condition_type: boolean
        routing: {yes: worker, no: END}
"""


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param("[]", id="no field scripted"),
        pytest.param("[{when: {agent: checker}, then: {output: {note: x}}}]", id="another field scripted"),
    ],
)
def test_a_loop_that_waits_for_a_boolean_nobody_scripted_ends(scripts: str) -> None:
    outcome = walked(WAITING, scripts=scripts)
    assert outcome.status == "completed"
    assert [turn.agent for turn in outcome.turns] == ["worker", "checker", "worker", "checker"]


class TestAssignments:
    """`variable_assignments` and `assign` in modes replace and concat."""

    CONFIGURATION = """
        name: Assigning
        entry_point: reader
        variables:
          title: {type: str, default: none}
          log: {type: str, default: start, mode: concat, separator: " | "}
          plain: {type: str, default: a, mode: concat}
          pages: {type: "list[int]", default: [0], mode: concat}
        agents:
          - name: reader
            agent_type: llm_agent
            structured_output:
              enabled: true
              schema: {title: {type: str}, pages: {type: "list[int]"}, by: {type: "dict[str, str]"}}
            variable_assignments: ASSIGNMENTS
        edges: [{from: reader, to: END}]
    """

    @pytest.mark.parametrize(
        ("assignments", "expected"),
        [
            pytest.param("{title: output.title}", {"title": "Cats"}, id="with output"),
            pytest.param("{title: title}", {"title": "Cats"}, id="field alone"),
            pytest.param("[{variable: title, from: output.title}]", {"title": "Cats"}, id="list"),
            pytest.param("{title: by.first}", {"title": "Zoë"}, id="inside a field"),
            pytest.param("{log: title}", {"log": "start | Cats"}, id="text is appended"),
            pytest.param("{plain: title}", {"plain": "a Cats"}, id="with a space by default"),
            pytest.param("{pages: pages}", {"pages": [0, 1, 2]}, id="list is appended"),
        ],
    )
    def test_an_output_field_is_assigned(self, assignments: str, expected: dict[str, object]) -> None:
        outcome = walked(
            self.CONFIGURATION.replace("ASSIGNMENTS", assignments),
            scripts="[{then: {output: {title: Cats, pages: [1, 2], by: {first: Zoë}}}}]",
        )
        before = {"title": "none", "log": "start", "plain": "a", "pages": [0]}
        assert outcome.variables == {**before, **expected}

    @pytest.mark.parametrize(
        ("assign", "name", "value"),
        [
            pytest.param("{title: Dogs}", "title", "Dogs", id="replace"),
            pytest.param("{log: more}", "log", "start | more", id="concat"),
            pytest.param("{pages: [7]}", "pages", [0, 7], id="concat of lists"),
            pytest.param('{log: ""}', "log", "start", id="nothing is appended to a text"),
        ],
    )
    def test_a_script_assigns(self, assign: str, name: str, value: object) -> None:
        outcome = walked(
            self.CONFIGURATION.replace("ASSIGNMENTS", "{}"), scripts=f"[{{then: {{reply: x, assign: {assign}}}}}]"
        )
        assert outcome.variables[name] == value

    @pytest.mark.parametrize(
        ("assign", "message"),
        [
            pytest.param("{titel: x}", "Script mine: there is no variable titel; did you mean title?", id="unknown"),
            pytest.param("{title: 1}", "Script mine: title must be str, not 1", id="wrong type"),
            pytest.param("{pages: [x]}", "Script mine: pages must be list[int], not ", id="wrong item"),
        ],
    )
    def test_an_assignment_that_does_not_fit_is_refused_by_name(self, assign: str, message: str) -> None:
        with pytest.raises(EmulatorRefusal) as refused:
            walked(
                self.CONFIGURATION.replace("ASSIGNMENTS", "{}"),
                scripts=f"[{{name: mine, then: {{reply: x, assign: {assign}}}}}]",
            )
        assert refused.value.status == 501
        assert refused.value.message.startswith(message)

    def test_a_list_that_does_not_fit_is_not_called_a_list(self) -> None:
        with pytest.raises(EmulatorRefusal) as refused:
            walked(
                self.CONFIGURATION.replace("ASSIGNMENTS", "{}"),
                scripts="[{name: mine, then: {reply: x, assign: {pages: [7, x]}}}]",
            )
        assert refused.value.message != "Script mine: pages must be list[int], not a list"

    def test_nothing_is_appended_to_a_list_when_the_field_is_null(self) -> None:
        configuration = self.CONFIGURATION.replace("ASSIGNMENTS", "{pages: more}")
        assert walked(configuration.replace("schema: {", "schema: {more: {type: None | int}, ")).variables["pages"] == [
            0
        ]

    def test_an_agent_assigns_only_what_fits(self) -> None:
        with pytest.raises(EmulatorRefusal) as refused:
            walked(self.CONFIGURATION.replace("ASSIGNMENTS", "{title: pages}"))
        assert (refused.value.status, refused.value.message) == (501, "Agent reader: title must be str, not [1]")
