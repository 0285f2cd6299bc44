"""Structured outputs: scripted or made from their types, always fitting, readable by templates, out of histories."""

from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atthene_emulator.configuration.system import Agent
from atthene_emulator.configuration.type_notation import Type, parse_type
from atthene_emulator.errors import EmulatorRefusal, UncoercibleVariable
from atthene_emulator.execution.outputs import checked_output, made_output
from atthene_emulator.execution.walk import Outcome
from tests.execution.walking import arrows, prompt_of, transcript, walked
from tests.execution.worlds import executions, world

LEAVES = st.sampled_from(["str", "int", "float", "bool", "any", "list", "dict"])
TYPES = st.recursive(
    LEAVES,
    lambda inner: (
        inner.map(lambda one: f"list[{one}]")
        | inner.map(lambda one: f"dict[str, {one}]")
        | inner.map(lambda one: f"dict[int, {one}]")
        | inner.map(lambda one: f"None | {one}")
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
        pytest.param("any", "example field", "example field", id="any"),
        pytest.param("list", [], [], id="list"),
        pytest.param("dict", {}, {}, id="dict"),
        pytest.param("list[str]", ["example field"], ["example field"], id="list of str"),
        pytest.param("list[list[int]]", [[1]], [[2]], id="list of lists"),
        pytest.param("dict[str, float]", {"example": 0.5}, {"example": 1.5}, id="dict"),
        pytest.param("dict[int, str]", {"1": "example field"}, {"1": "example field"}, id="dict of numbers"),
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
        pytest.param(
            {"a": "str", "b": "int"}, {"c": 1}, "Script mine: reader has no output field c; it has a, b", id="no field"
        ),
        pytest.param({}, {"c": 1}, "Script mine: reader has no output field c; it has no structured_output", id="none"),
        pytest.param({"a": "str"}, "x", "Script mine: output must be a mapping of fields of reader", id="bare value"),
    ],
)
def test_a_scripted_output_that_the_agent_does_not_have_is_refused(
    fields: dict[str, str], output: object, message: str
) -> None:
    with pytest.raises(EmulatorRefusal) as refused:
        checked_output(agent(**fields), output, "mine")
    assert (refused.value.status, refused.value.message) == (501, message)


def flat(schema: str, more: str = "") -> str:
    """One agent with this structured output."""
    return f"{{name: Reading, agent_type: llm_agent, structured_output: {{schema: {{{schema}}}}}{more}}}"


@pytest.mark.parametrize(
    ("kind", "value", "received", "shown"),
    [
        pytest.param("int", "thirty", "thirty", "thirty", id="text for a number"),
        pytest.param("int", "true", True, "true", id="boolean for a number"),
        pytest.param("int", '"30"', "30", "30", id="never coerced"),
        pytest.param("list[str]", "[x, 1]", ["x", 1], '["x", 1]', id="item"),
    ],
)
def test_an_output_of_the_wrong_type_fails_the_execution(kind: str, value: str, received: object, shown: str) -> None:
    outcome = walked(flat(f'age: {{type: "{kind}"}}'), scripts=f"[{{name: bad, then: {{output: {{age: {value}}}}}}}]")
    assert outcome.status == "error"
    assert outcome.failure is not None
    assert outcome.failure.type == "StructuredOutputValidationError"
    assert outcome.failure.message == f"Field 'age' has invalid value '{shown}'. Expected type: {kind}"
    assert outcome.failure.details == {"field": "age", "expected": kind, "received": received}
    assert [(turn.script, turn.text, turn.failed) for turn in outcome.turns] == [("bad", "", True)]


def test_the_control_plane_tells_what_was_wrong_with_an_output(tmp_path: Path) -> None:
    seed = f"""
        sessions: [{{id: s1, config: {flat("age: {type: int}")}}}]
        scripts: [{{then: {{output: {{age: thirty}}}}}}]
    """
    with world(tmp_path, seed) as api:
        api.execute("s1")
        assert executions(api)[0]["error"] == {
            "type": "StructuredOutputValidationError",
            "message": "Field 'age' has invalid value 'thirty'. Expected type: int",
            "field": "age",
            "expected": "int",
            "received": "thirty",
        }


@pytest.mark.parametrize(
    ("output", "said"),
    [
        pytest.param("{age: null}", {"age": None, "name": "example name"}, id="null"),
        pytest.param("{name: Ada}", {"age": 1, "name": "Ada"}, id="left out"),
    ],
)
def test_null_is_a_value_of_every_field(output: str, said: dict[str, object]) -> None:
    outcome = walked(flat("age: {type: int}, name: {type: str}"), scripts=f"[{{then: {{output: {output}}}}}]")
    assert outcome.status == "completed"
    assert outcome.turns[0].output == said


class TestRoot:
    """A structured output that is one bare value."""

    @pytest.mark.parametrize(
        ("kind", "scripts", "output", "text"),
        [
            pytest.param("list[str]", "[]", ["example value"], '["example value"]', id="made"),
            pytest.param("list[str]", "[{then: {output: [a, b]}}]", ["a", "b"], '["a", "b"]', id="list"),
            pytest.param("str", "[{then: {output: Cats}}]", "Cats", "Cats", id="text"),
            pytest.param("int", "[{then: {output: 0}}]", 0, "0", id="number"),
            pytest.param("dict[str, int]", "[{then: {output: {a: 1}}}]", {"a": 1}, '{"a": 1}', id="mapping"),
        ],
    )
    def test_a_root_output_is_a_bare_value(self, kind: str, scripts: str, output: object, text: str) -> None:
        outcome = walked(flat(f'__root__: {{type: "{kind}"}}'), scripts=scripts)
        assert (outcome.turns[0].output, outcome.turns[0].text) == (output, text)

    def test_a_root_output_of_the_wrong_type_fails_the_execution(self) -> None:
        outcome = walked(flat("__root__: {type: int}"), scripts="[{then: {output: many}}]")
        assert outcome.failure is not None
        assert outcome.failure.message == "Field '__root__' has invalid value 'many'. Expected type: int"

    @pytest.mark.parametrize(("sure", "agent"), [("true", "ann"), ("false", "bob")])
    def test_a_condition_that_names_it_is_decided_by_it(self, sure: str, agent: str) -> None:
        configuration = """
            name: Roots
            entry_point: asker
            agents:
              - {name: asker, agent_type: llm_agent, structured_output: {schema: {__root__: {type: bool}}}}
              - {name: ann, agent_type: llm_agent}
              - {name: bob, agent_type: llm_agent}
            edges:
              - {from: asker, condition: "{{ asker.output }}", condition_type: boolean, routing: {"yes": ann, "no": bob}}
        """
        outcome = walked(configuration, scripts=f"[{{when: {{agent: asker}}, then: {{output: {sure}}}}}]")
        assert arrows(outcome)[1].endswith(f"{agent}: output asker is {sure}")

    def test_a_root_output_is_read_and_assigned_whole(self) -> None:
        configuration = """
            name: Roots
            entry_point: reader
            variables: {pages: {type: "list[int]", default: []}}
            agents:
              - name: reader
                agent_type: llm_agent
                structured_output: {schema: {__root__: {type: "list[int]"}}}
                variable_assignments: {pages: reader.output}
              - {name: writer, agent_type: llm_agent, system_prompt: "{{ reader.output }}"}
            edges: [{from: reader, to: writer}]
        """
        outcome = walked(configuration, scripts="[{when: {agent: reader}, then: {output: [1, 2]}}]")
        assert prompt_of(outcome, "writer")[0]["content"] == "[1, 2]"
        assert outcome.variables == {"pages": [1, 2]}


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
    assert prompt_of(outcome, "writer")[0]["content"] == "Cats/assistant: I read it."
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
          empty: {type: str, default: "", mode: concat}
          pages: {type: "list[int]", default: [0], mode: concat}
          count: {type: int, default: 0}
          digits: {type: int, default: 1, mode: concat, separator: ""}
          maybe: {type: str | None, default: old}
        agents:
          - name: reader
            agent_type: llm_agent
            structured_output:
              enabled: true
              schema:
                title: {type: str}
                count: {type: str}
                pages: {type: "list[int]"}
                by: {type: "dict[str, str]"}
                nothing: {type: str | None}
            variable_assignments: ASSIGNMENTS
          - {name: speaker, agent_type: llm_agent, variable_assignments: SECOND}
        edges: [{from: reader, to: speaker}, {from: speaker, to: END}]
    """
    SCRIPTS = """
        - when: {agent: reader}
          then: {output: {title: Cats, count: "7", pages: [1, 2], by: {first: Zoë}, nothing: null}}
        - {when: {agent: speaker}, then: {reply: Done.}}
    """
    BEFORE: ClassVar = {
        "title": "none", "log": "start", "plain": "a", "empty": "", "pages": [0], "count": 0, "digits": 1, "maybe": "old",
    }  # fmt: skip

    def outcome(self, first: str = "{}", second: str = "{}") -> Outcome:
        """How it ends with these assignments of the two agents."""
        return walked(self.CONFIGURATION.replace("ASSIGNMENTS", first).replace("SECOND", second), scripts=self.SCRIPTS)

    @pytest.mark.parametrize(
        ("assignments", "expected"),
        [
            pytest.param("{title: reader.output.title}", {"title": "Cats"}, id="field"),
            pytest.param("{title: reader.output.by.first}", {"title": "Zoë"}, id="inside a field"),
            pytest.param("{log: reader.output.title}", {"log": "start | Cats"}, id="text is appended"),
            pytest.param("{plain: reader.output.title}", {"plain": "a Cats"}, id="with a space by default"),
            pytest.param("{empty: reader.output.title}", {"empty": "Cats"}, id="nothing in front of the first text"),
            pytest.param("{pages: reader.output.pages}", {"pages": [0, 1, 2]}, id="list is appended"),
            pytest.param("{count: reader.output.count}", {"count": 7}, id="coerced"),
            pytest.param("{digits: reader.output.count}", {"digits": 17}, id="joined, then coerced"),
            pytest.param("{title: reader.output.pages}", {"title": "[1, 2]"}, id="a list becomes text"),
            pytest.param("{maybe: reader.output.nothing}", {"maybe": None}, id="null where it is a value"),
            pytest.param("{maybe: reader.output.unknown}", {}, id="a field that is not there"),
            pytest.param("{maybe: nobody.output}", {}, id="an agent that is not there"),
            pytest.param("{maybe: speaker.output}", {}, id="an agent that has not run"),
            pytest.param("{title: Dogs}", {"title": "Dogs"}, id="constant text"),
            pytest.param("{title: output.title}", {"title": "output.title"}, id="constant that looks like a path"),
            pytest.param('{count: "3", title: 3}', {"count": 3, "title": "3"}, id="constants are coerced"),
            pytest.param("{maybe: null}", {"maybe": None}, id="constant null"),
        ],
    )  # fmt: skip
    def test_an_agent_assigns_right_after_its_turn(self, assignments: str, expected: dict[str, object]) -> None:
        outcome = self.outcome(assignments)
        assert outcome.variables == {**self.BEFORE, **expected}
        assert outcome.notes == ()

    def test_outputs_of_other_agents_and_texts_are_assigned(self) -> None:
        outcome = self.outcome(second="{title: reader.output.title, log: speaker.output}")
        assert (outcome.variables["title"], outcome.variables["log"]) == ("Cats", "start | Done.")

    def test_a_whole_structured_output_is_assigned(self) -> None:
        configuration = """
            name: Whole
            agent_type: llm_agent
            variables: {all: {type: dict, default: {}}}
            structured_output: {schema: {a: {type: int}}}
            variable_assignments: {all: main.output}
        """
        assert walked(configuration).variables == {"all": {"a": 1}}

    def test_null_is_skipped_where_it_is_no_value(self) -> None:
        outcome = self.outcome("{title: reader.output.nothing}")
        assert outcome.variables == self.BEFORE
        assert outcome.notes == (
            (
                "Agent 'reader' returned null for 'reader.output.nothing'; "
                "keeping previous value of non-nullable variable 'title'"
            ),
        )

    def test_what_cannot_be_coerced_is_kept_and_fails_the_next_execution(self) -> None:
        outcome = self.outcome("{count: reader.output.title}")
        assert outcome.status == "completed"
        assert outcome.variables["count"] == "Cats"
        assert outcome.notes == (
            "Type coercion failed for variable 'count'. Expected 'int', got 'str'. Falling back to raw value.",
        )
        with pytest.raises(UncoercibleVariable) as refused:
            walked(
                self.CONFIGURATION.replace("ASSIGNMENTS", "{}").replace("SECOND", "{}"), checkpoint=outcome.variables
            )
        assert refused.value.message == "Type coercion failed for variable 'count'"

    @pytest.mark.parametrize(
        ("assign", "name", "value"),
        [
            pytest.param("{title: Dogs}", "title", "Dogs", id="replace"),
            pytest.param("{title: 1}", "title", "1", id="coerced"),
            pytest.param("{log: more}", "log", "start | more", id="concat"),
            pytest.param("{pages: [7]}", "pages", [0, 7], id="concat of lists"),
            pytest.param('{log: ""}', "log", "start | ", id="an empty text is appended, too"),
            pytest.param("{log: null}", "log", "start", id="null is not appended"),
        ],
    )
    def test_a_script_assigns(self, assign: str, name: str, value: object) -> None:
        outcome = walked(
            self.CONFIGURATION.replace("ASSIGNMENTS", "{}").replace("SECOND", "{}"),
            scripts=f"[{{when: {{agent: reader}}, then: {{reply: x, assign: {assign}}}}}]",
        )
        assert outcome.variables[name] == value

    @pytest.mark.parametrize(
        ("assign", "message"),
        [
            pytest.param("{titel: x}", "Script mine: there is no variable titel; did you mean title?", id="unknown"),
            pytest.param("{count: x}", 'Script mine: count must be int, not "x"', id="wrong type"),
            pytest.param("{title: null}", "Script mine: title must be str, not null", id="null"),
            pytest.param("{pages: [x]}", 'Script mine: pages must be list[int], not [0, "x"]', id="wrong item"),
        ],
    )
    def test_an_assignment_of_a_script_that_does_not_fit_is_refused_by_name(self, assign: str, message: str) -> None:
        with pytest.raises(EmulatorRefusal) as refused:
            walked(
                self.CONFIGURATION.replace("ASSIGNMENTS", "{}").replace("SECOND", "{}"),
                scripts=f"[{{name: mine, then: {{reply: x, assign: {assign}}}}}]",
            )
        assert (refused.value.status, refused.value.message) == (501, message)

    def test_the_control_plane_tells_what_the_service_would_log(self, tmp_path: Path) -> None:
        seed = """
            sessions:
              - id: s1
                config:
                  name: A
                  agent_type: llm_agent
                  variables: {count: {type: int, default: 0}}
                  structured_output: {schema: {title: {type: str}}}
                  variable_assignments: {count: main.output.title}
        """
        with world(tmp_path, seed) as api:
            api.execute("s1")
            told = executions(api)[0]
        assert told["variables"] == {"count": "example title"}
        assert told["notes"] == [
            "Type coercion failed for variable 'count'. Expected 'int', got 'str'. Falling back to raw value."
        ]
