"""Scripts: every key of `when` and `then`, sequences, `times`, picking by name, hit counts, mistakes, and time."""

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
import requests

from atthene_emulator.configuration.approvals import Kind
from atthene_emulator.configuration.yaml_text import read_yaml
from atthene_emulator.errors import EmulatorRefusal, Misuse, SetupError
from atthene_emulator.execution.scripts import Forced, Moment, Step, ToolCall
from atthene_emulator.execution.situation import Situation
from atthene_emulator.execution.streaming import AS_WORDS, Streaming
from atthene_emulator.execution.waits import Cancelled, Decision, Pause, TimeLimit, Wait
from atthene_emulator.seeds.reader import examine_seed
from atthene_emulator.seeds.scripts import read_scripts
from tests.conftest import Api
from tests.execution.walking import finished, script, scripts_of, situation, transcript, walked
from tests.execution.worlds import (
    ONE_AGENT,
    PATIENCE,
    SESSION,
    executions,
    held_at,
    history,
    said,
    until_gates_are,
    world,
)

FLAT = "{name: Helper, agent_type: llm_agent}"
REMEDY = "; add it to tools of a react_agent or supervisor in the configuration"
VARIABLES = {"tier": "gold", "count": 3, "sure": True, "tags": ["a"], "nothing": None}


def moment(**more: Any) -> Moment:
    """The third execution of a session, at the turn of `writer`."""
    defaults: dict[str, Any] = {
        "agent": "writer",
        "agent_key": "support",
        "session": "s1",
        "turn": 3,
        "content": "I forgot my Password",
        "variables": VARIABLES,
        "has_image": False,
    }
    return Moment(**{**defaults, **more})


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{}", True),
        ("{agent: writer}", True),
        ("{agent: Writer}", False),
        ("{agent: reader}", False),
        ("{agent_key: support}", True),
        ("{agent_key: other}", False),
        ("{session: s1}", True),
        ("{session: s2}", False),
        ("{turn: 3}", True),
        ("{turn: 2}", False),
        ("{turn: {from: 3}}", True),
        ("{turn: {from: 4}}", False),
        ("{turn: {to: 3}}", True),
        ("{turn: {to: 2}}", False),
        ("{turn: {from: 2, to: 3}}", True),
        ("{turn: {from: 3, to: 3}}", True),
        ("{content: I forgot my Password}", True),
        ("{content: '  I forgot my Password '}", True),
        ("{content: i forgot my password}", False),
        ("{content: {equals: i forgot my password, ignore_case: true}}", True),
        ("{content: Password}", False),
        ("{content: {contains: Password}}", True),
        ("{content: {contains: password}}", False),
        ("{content: {contains: password, ignore_case: true}}", True),
        ("{content: {matches: 'Pass.*$'}}", True),
        ("{content: {matches: '^Pass'}}", False),
        ("{content: {matches: '^i FORGOT', ignore_case: true}}", True),
        ("{content: {any: true}}", True),
        ("{variables: {tier: gold}}", True),
        ("{variables: {tier: gold, count: 3, sure: true, tags: [a]}}", True),
        ("{variables: {tier: silver}}", False),
        ("{variables: {tier: gold, count: 4}}", False),
        ("{variables: {unknown: null}}", False),
        ("{variables: {nothing: null}}", True),
        ("{variables: {count: '3'}}", False),
        ("{variables: {sure: 1}}", False),
        ("{has_image: false}", True),
        ("{has_image: true}", False),
        ("{agent: writer, turn: 3, content: {contains: forgot}}", True),
        ("{agent: writer, turn: 3, content: {contains: remembered}}", False),
    ],
)
def test_all_parts_of_when_must_hold(when: str, holds: bool) -> None:  # noqa: FBT001
    assert script(f"{{when: {when}, then: {{reply: x}}}}").when.holds(moment()) is holds


def test_a_session_of_no_agent_matches_no_agent_key() -> None:
    assert not script("{when: {agent_key: support}, then: {reply: x}}").when.holds(moment(agent_key=None))


@pytest.mark.parametrize(
    ("content", "has_image"),
    [
        pytest.param(({"type": "text", "text": "x"},), False, id="text block"),
        pytest.param(({"type": "image_url", "image_url": {"url": "https://a.b/c"}},), True, id="image"),
        pytest.param("image_url", False, id="text"),
        pytest.param(
            ({"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "x"}},),
            True,
            id="image block",
        ),
        pytest.param(
            ({"type": "image", "source": {"type": "url", "url": "https://a.b/c"}},),
            True,
            id="image block with an address",
        ),
        pytest.param(
            ({"type": "file", "source": {"type": "base64", "media_type": "image/png", "filename": "a", "data": "x"}},),
            True,
            id="file that is an image",
        ),
        pytest.param(
            (
                {
                    "type": "file",
                    "source": {"type": "url", "media_type": "application/pdf", "filename": "a.png", "url": "u"},
                },
            ),
            False,
            id="file that is none",
        ),
        pytest.param(({"type": "file", "file_url": "https://a.b/c.JPG?x=1"},), True, id="address of an image"),
        pytest.param(({"type": "file", "file_url": "https://a.b/c.pdf"},), False, id="address of a file"),
    ],
)
def test_has_image_is_of_the_message(content: Any, has_image: bool) -> None:  # noqa: FBT001
    outcome = walked(FLAT, content, scripts="[{name: image, when: {has_image: true}, then: {reply: Nice.}}]")
    assert outcome.answered_by == (("image",) if has_image else ("default",))


def test_the_first_script_that_holds_answers() -> None:
    scripts = "[{name: a, when: {turn: 9}, then: {reply: A}}, {name: b, then: {reply: B}}, {name: c, then: {reply: C}}]"
    assert walked(FLAT, scripts=scripts).turns[0].text == "B"


def test_scripts_see_variables_as_they_are_at_that_turn() -> None:
    configuration = """
        name: Two
        entry_point: a
        variables: {tier: {type: str, default: silver}}
        agents: [{name: a, agent_type: llm_agent}, {name: b, agent_type: llm_agent}]
        edges: [{from: a, to: b}]
    """
    scripts = "[{name: gold, when: {variables: {tier: gold}}, then: {reply: Gold}}, {name: up, then: {reply: Up, assign: {tier: gold}}}]"
    assert walked(configuration, scripts=scripts).answered_by == ("up", "gold")


def test_steps_are_taken_in_turn_and_the_last_repeats() -> None:
    scripts = scripts_of("[{name: steps, then: [{reply: A}, {reply: B}, {reply: C}]}]")
    positions: dict[str, int] = {}
    taken = [scripts.choose(moment(), positions, []) for _ in range(5)]
    assert [one[1].reply for one in taken if one] == ["A", "B", "C", "C", "C"]


def test_each_session_takes_the_steps_for_itself(tmp_path: Path) -> None:
    seed = ONE_AGENT + "scripts: [{name: steps, then: [{reply: A}, {reply: B}]}]\n"
    with world(tmp_path, seed) as api:
        other = api.create_session()
        texts = [said(api.execute(one))[0] for one in (SESSION, SESSION, other, SESSION, other)]
    assert texts == ["A", "B", "A", "B", "B"]


def test_times_are_counted_over_all_sessions(tmp_path: Path) -> None:
    seed = ONE_AGENT + "scripts: [{name: twice, times: 2, then: {reply: A}}, {name: rest, then: {reply: B}}]\n"
    with world(tmp_path, seed) as api:
        other = api.create_session()
        texts = [said(api.execute(one))[0] for one in (SESSION, other, SESSION, other)]
        hits = api.control("GET", "/scripts").json()
    assert texts == ["A", "A", "B", "B"]
    assert hits == [
        {"name": "twice", "from": "seed", "hits": 2, "times": 2, "when": {}, "then": {"reply": "A"}},
        {"name": "rest", "from": "seed", "hits": 2, "times": None, "when": {}, "then": {"reply": "B"}},
    ]


def test_a_reset_gives_steps_and_times_back(tmp_path: Path) -> None:
    seed = (
        ONE_AGENT
        + "scripts: [{name: once, times: 1, then: {reply: A}}, {name: steps, then: [{reply: B}, {reply: C}]}]\n"
    )
    with world(tmp_path, seed) as api:
        before = [said(api.execute(SESSION))[0] for _ in range(3)]
        api.control("POST", "/reset")
        after = [said(api.execute(SESSION))[0] for _ in range(3)]
    assert before == after == ["A", "B", "C"]


class TestByName:
    """`!emulator <name>`."""

    SCRIPTS = "[{name: first, then: {reply: One}}, {name: second, when: {content: never}, then: {reply: Two}}]"

    @pytest.mark.parametrize(
        ("content", "reply"),
        [
            pytest.param("!emulator second", "Two", id="by name, whatever its when says"),
            pytest.param("!emulator  second \n", "Two", id="spaces around the name"),
            pytest.param("!emulator first", "One", id="the first"),
            pytest.param("please !emulator second", "One", id="not at the beginning"),
            pytest.param("!Emulator second", "One", id="in another case"),
            pytest.param("!emulators second", "One", id="another word"),
            pytest.param("emulator second", "One", id="natural text"),
        ],
    )
    def test_a_message_may_name_its_script(self, content: str, reply: str) -> None:
        assert walked(FLAT, content, scripts=self.SCRIPTS).turns[0].text == reply

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            pytest.param("!emulator secand", "There is no script 'secand'; did you mean second?", id="near"),
            pytest.param("!emulator zzz", "There is no script 'zzz'; there are first, second", id="far"),
            pytest.param("!emulator ", "There is no script ''; there are first, second", id="empty"),
        ],
    )
    def test_a_name_that_does_not_exist_is_refused_with_a_hint(self, content: str, message: str) -> None:
        with pytest.raises(EmulatorRefusal) as refused:
            walked(FLAT, content, scripts=self.SCRIPTS)
        assert (refused.value.status, refused.value.message) == (400, message)

    def test_a_named_script_answers_only_its_own_agent(self) -> None:
        configuration = """
            name: Two
            entry_point: a
            agents: [{name: a, agent_type: llm_agent}, {name: b, agent_type: llm_agent}]
            edges: [{from: a, to: b}]
        """
        outcome = walked(configuration, "!emulator mine", scripts="[{name: mine, when: {agent: b}, then: {reply: B}}]")
        assert [(turn.agent, turn.script) for turn in outcome.turns] == [("a", None), ("b", "mine")]

    def test_a_refused_name_leaves_the_session_at_rest(self, tmp_path: Path) -> None:
        with world(tmp_path, ONE_AGENT + "scripts: [{name: mine, then: {reply: x}}]\n") as api:
            assert api.execute(SESSION, "!emulator theirs").status_code == 400
            assert api.get(f"/runtime/{SESSION}/status/").json()["status"] == "active"
            assert history(api) == []
            assert said(api.execute(SESSION, "!emulator mine")) == ["x"]


class TestThen:
    """What a step does."""

    def test_a_reply_is_filled_in(self) -> None:
        flat = "{name: A, agent_type: llm_agent, variables: {user_name: {type: str}}}"
        scripts = '[{then: {reply: "Dear {{ variables.user_name }}: {{ user_input }}{{ x }}."}}]'
        assert walked(flat, "Hi", scripts=scripts, inputs={"user_name": "Ada"}).turns[0].text == "Dear Ada: Hi."

    @pytest.mark.parametrize(
        ("then", "tokens"),
        [
            pytest.param("{reply: Hello there}", (2, 2), id="estimated"),
            pytest.param("{reply: Hello there, usage: {input_tokens: 125, output_tokens: 42}}", (125, 42), id="scripted"),
            pytest.param("{reply: Hello there, usage: {input_tokens: 0, output_tokens: 0}}", (0, 0), id="nothing"),
            pytest.param("{error: {}, usage: {input_tokens: 9, output_tokens: 1}}", (9, 1), id="of a failure"),
        ],
    )  # fmt: skip
    def test_scripts_override_usage(self, then: str, tokens: tuple[int, int]) -> None:
        assert walked(FLAT, "0123456789", scripts=f"[{{then: {then}}}]").usage == tokens

    @pytest.mark.parametrize(
        ("then", "status", "kind", "message"),
        [
            pytest.param("{error: {type: tool_error, message: It broke}}", "error", "tool_error", "It broke", id="both"),
            pytest.param("{error: {}}", "error", "execution_error", "The execution failed", id="error"),
            pytest.param("{timeout: true}", "timeout", "timeout_error", "The execution took too long", id="timeout"),
        ],
    )  # fmt: skip
    def test_an_execution_may_fail(self, then: str, status: str, kind: str, message: str) -> None:
        outcome = walked(FLAT, scripts=f"[{{name: bad, then: {then}}}]")
        assert outcome.failure is not None
        assert (outcome.status, outcome.failure.type, outcome.failure.message) == (status, kind, message)
        assert outcome.answered_by == ("bad",)

    def test_a_failed_session_is_told_and_recovers(self, tmp_path: Path) -> None:
        seed = ONE_AGENT + "scripts: [{name: bad, times: 1, then: {error: {message: Oh}}}]\n"
        with world(tmp_path, seed) as api:
            assert api.execute(SESSION).json()["status"] == "error"
            failed = api.get(f"/runtime/{SESSION}/status/").json()
            assert api.execute(SESSION).json()["status"] == "completed"
            mended = api.get(f"/runtime/{SESSION}/status/").json()
        assert (failed["status"], failed["health"], failed["message_count"]) == ("error", "unhealthy", 1)
        assert (mended["status"], mended["health"], mended["message_count"]) == ("active", "healthy", 3)

    def test_a_step_waits_at_its_gate_and_then_for_its_delay(self) -> None:
        _, waits = finished(situation(FLAT, scripts="[{then: {reply: x, delay_ms: 1250, gate: door}}]"))
        assert [(wait.gate, wait.seconds) for wait in waits] == [("door", 0.0), (None, 1.25)]

    def test_an_empty_reply_is_no_message(self) -> None:
        outcome = walked(FLAT, scripts='[{name: mute, then: {reply: ""}}]')
        assert [(turn.text, turn.shown) for turn in outcome.turns] == [("", False)]
        assert outcome.answered_by == ("mute",)


class TestTools:
    """Scripted tool calls: only of agents that have the tool, and not too many."""

    REACT = "{name: A, agent_type: react_agent, tools: [calculator, {name: tavily_search}], tool_calling: {CALLING}}"

    def test_a_react_agent_calls_its_tools(self) -> None:
        outcome = walked(
            self.REACT.replace("CALLING", ""),
            scripts="[{then: {reply: x, tool_calls: [{name: calculator, arguments: {a: 1}, result: [1]}, {name: tavily_search}]}}]",
        )
        assert outcome.turns[0].tool_calls == (
            ToolCall("calculator", {"a": 1}, [1], id="call_1"),
            ToolCall("tavily_search", {}, None, id="call_2"),
        )

    def test_a_call_that_fails_does_not_fail_the_run(self) -> None:
        outcome = walked(
            self.REACT.replace("CALLING", ""),
            scripts="[{then: {reply: Sorry., tool_calls: [{name: calculator, error: Division by zero}]}}]",
        )
        assert (outcome.status, outcome.turns[0].text) == ("completed", "Sorry.")
        assert outcome.turns[0].tool_calls == (
            ToolCall("calculator", {}, "Division by zero", failed=True, id="call_1"),
        )

    def test_the_name_of_a_server_stands_for_its_tools(self) -> None:
        configuration = "{name: A, agent_type: react_agent, tools: [{name: mcp__shop, tool_type: mcp__shop, "
        configuration += "hitl_config: {requires_human_approval: true}}]}"
        scripts = "[{then: {tool_calls: [{name: mcp__shop__close, result: 1}], reply: Done.}}]"
        outcome, waits = finished(situation(configuration, scripts=scripts), [Decision("accepted")])
        assert [one.pause.tool for one in waits if one.pause] == ["mcp__shop__close"]
        assert outcome.turns[0].text == "Done."

    def test_a_supervisor_calls_its_own_tools(self) -> None:
        configuration = """
            name: Team
            architecture: supervisor
            entry_point: lead
            agents:
              - {name: lead, agent_type: supervisor, supervised_agents: [ann], tools: [calculator]}
              - {name: ann, agent_type: llm_agent}
        """
        calls = ", ".join(["{name: calculator, result: 2}"] * 11)
        outcome = walked(
            configuration, scripts=f"[{{when: {{agent: lead}}, then: {{reply: Two., tool_calls: [{calls}]}}}}]"
        )
        assert (outcome.status, len(outcome.turns[0].tool_calls)) == ("completed", 11)

    @pytest.mark.parametrize(
        ("configuration", "message"),
        [
            pytest.param(
                REACT.replace("CALLING", ""),
                "Script mine: main cannot call wikipedia_search; its tools are: calculator, tavily_search" + REMEDY,
                id="another tool",
            ),
            pytest.param(
                "{name: A, agent_type: react_agent}",
                "Script mine: main cannot call wikipedia_search; its tools are: none" + REMEDY,
                id="no tools",
            ),
            pytest.param(
                REACT.replace("CALLING", "enabled: false"),
                "Script mine: main cannot call wikipedia_search; its tools are: none" + REMEDY,
                id="switched off",
            ),
            pytest.param(
                "{name: A, agent_type: llm_agent, tools: [wikipedia_search]}",
                "Script mine: main cannot call wikipedia_search; its tools are: none" + REMEDY,
                id="no react_agent",
            ),
        ],
    )
    def test_a_tool_that_the_agent_does_not_have_is_refused_by_name(self, configuration: str, message: str) -> None:
        with pytest.raises(EmulatorRefusal) as refused:
            walked(
                configuration, scripts="[{name: mine, then: {reply: x, tool_calls: [{name: wikipedia_search}]}}]"
            )  # fmt: skip
        assert (refused.value.status, refused.value.message) == (501, message)

    @pytest.mark.parametrize(
        ("limit", "calls", "made"),
        [
            pytest.param("max_iterations: 2", 2, 2, id="as many as allowed"),
            pytest.param("max_iterations: 2", 3, 2, id="one more"),
            pytest.param("tool_calling: {max_iterations: 2}", 3, 2, id="in the older place"),
            pytest.param("description: x", 10, 10, id="ten by default"),
            pytest.param("description: x", 11, 10, id="eleven"),
        ],
    )
    def test_a_turn_ends_without_an_error_after_max_iterations(self, limit: str, calls: int, made: int) -> None:
        tool_calls = ", ".join(["{name: calculator}"] * calls)
        outcome = walked(
            f"{{name: A, agent_type: react_agent, tools: [calculator], {limit}}}",
            scripts=f"[{{then: {{reply: x, tool_calls: [{tool_calls}]}}}}]",
        )
        assert (outcome.status, outcome.turns[0].text) == ("completed", "x")
        assert len(outcome.turns[0].tool_calls) == made

    @pytest.mark.parametrize("reasoning", [True, False], ids=["shown", "hidden"])
    def test_thinking_is_kept_where_reasoning_is_shown(self, reasoning: bool) -> None:  # noqa: FBT001
        flat = {"name": "A", "agent_type": "llm_agent", "streaming_config": {"show_reasoning": reasoning}}
        outcome = walked(flat, scripts="[{then: {reply: x, thinking: Let me see.}}]")
        assert outcome.turns[0].thinking == ("Let me see." if reasoning else "")


class TestModels:
    """What a model cannot do fails the turn of its agent, if the catalogue says so."""

    IMAGE = ({"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "https://a.b/c"}})
    FILE = ({"type": "file", "file_url": "https://a.b/c.pdf"},)

    @staticmethod
    def flat(model: str, **more: Any) -> dict[str, Any]:
        return {"name": "A", "agent_type": "llm_agent", "llm_config": {"model": model}, **more}

    @pytest.mark.parametrize("content", [IMAGE, FILE], ids=["image", "file"])
    def test_media_for_a_model_of_texts_fail_and_name_the_models_that_see(self, content: Any) -> None:
        outcome = walked(self.flat("LLAMA-3.3-70b"), content)
        assert outcome.failure is not None
        assert (outcome.status, outcome.failure.type) == ("error", "unsupported_modality")
        begin = "Model 'Llama-3.3-70B' does not support images or files. Vision-capable models: gpt-4o, Qwen3-VL-30B, "
        assert outcome.failure.message.startswith(begin)
        assert "codestral" not in outcome.failure.message

    @pytest.mark.parametrize(
        ("flat", "content"),
        [
            pytest.param(flat("gpt-4o"), IMAGE, id="a model that sees"),
            pytest.param(flat("gpt-4-turbo"), IMAGE, id="a model of which it is not known"),
            pytest.param(flat("our-own"), IMAGE, id="a model of the seed"),
            pytest.param(flat("Llama-3.3-70B"), "Look", id="text"),
            pytest.param(flat("Llama-3.3-70B"), ({"type": "text", "text": "Look"},), id="block of text"),
            pytest.param(flat("Llama-3.3-70B", prompt_config={"include_user_input": False}), IMAGE, id="left out"),
        ],
    )
    def test_other_messages_do_not_fail(self, flat: dict[str, Any], content: Any) -> None:
        assert walked(flat, content).status == "completed"

    @pytest.mark.parametrize(
        ("prompt_config", "status"),
        [
            pytest.param({}, "completed", id="stripped"),
            pytest.param({"include_media_in_history": True}, "error", id="included"),
            pytest.param({"include_media_in_history": True, "include_history": 1}, "completed", id="too long ago"),
            pytest.param({"include_media_in_history": True, "include_history": False}, "completed", id="no history"),
        ],
    )
    def test_media_of_the_history_count_where_they_are_included(self, prompt_config: Any, status: str) -> None:
        history = transcript(("user", self.IMAGE), ("assistant", "I see."))
        assert walked(self.flat("codestral", prompt_config=prompt_config), history=history).status == status

    TEAM = """
        name: Team
        architecture: supervisor
        entry_point: lead
        agents:
          - {name: lead, agent_type: supervisor, supervised_agents: [ann], llm_config: {model: Teuken-7B}}
          - {name: ann, agent_type: llm_agent}
    """

    @pytest.mark.parametrize(
        ("configuration", "fails"),
        [
            pytest.param("{name: A, agent_type: react_agent, tools: [calculator], llm_config: {model: Teuken-7B}}", True, id="react_agent"),
            pytest.param("{name: A, agent_type: react_agent, llm_config: {model: Teuken-7B}}", False, id="no tools"),
            pytest.param("{name: A, agent_type: llm_agent, tools: [calculator], llm_config: {model: Teuken-7B}}", False, id="llm_agent"),
            pytest.param("{name: A, agent_type: react_agent, tools: [calculator], llm_config: {model: gpt-4-turbo}}", False, id="not known"),
            pytest.param(TEAM, True, id="supervisor"),
        ],
    )  # fmt: skip
    def test_a_model_that_calls_no_tools_fails_where_there_are_some(self, configuration: str, fails: bool) -> None:  # noqa: FBT001
        outcome = walked(configuration)
        told = (outcome.failure.type, outcome.failure.message) if outcome.failure else None
        assert told == (("unsupported_tools", "Model does not support tools") if fails else None)


class TestSockets:
    """What a step says of sockets."""

    CALL = "{name: send, hitl: %s}"

    @pytest.mark.parametrize(
        ("stream", "expected"),
        [
            ("{chunk: word}", Streaming()),
            ("{chunk: all}", Streaming("all")),
            ("{chunk: 20, delay_ms: 250}", Streaming(20, 0.25)),
            ("{chunk: character, gate: door, after: 3}", Streaming("character", 0.0, "door", 3)),
            ("{gate: door}", Streaming("word", 0.0, "door", 0)),
        ],
    )
    def test_a_step_says_how_its_text_streams(self, stream: str, expected: Streaming) -> None:
        (step,) = script(f"{{then: {{reply: x, stream: {stream}}}}}").then
        assert step.stream == expected

    def test_a_step_has_a_reason_to_finish_and_events_of_its_own(self) -> None:
        (step,) = script("{then: {finish_reason: length, events: [{type: Custom, value: {a: 1}}]}}").then
        assert step.finish_reason == "length"
        assert step.events == ({"type": "Custom", "value": {"a": 1}},)

    def test_a_step_that_says_nothing_of_sockets_streams_words(self) -> None:
        (step,) = script("{then: {reply: x}}").then
        assert (step.stream, step.finish_reason, step.events, step.on_decline) == (AS_WORDS, None, (), None)

    @pytest.mark.parametrize(
        ("hitl", "forced"),
        [
            ("{kind: approval}", Forced("approval")),
            ("{kind: mail_connection_required, display_text: Connect}", Forced("mail_connection_required", "Connect")),
            (
                "{kind: ask_user_question, question: Which?, options: [a, b]}",
                Forced("ask_user_question", None, "Which?", ("a", "b")),
            ),
        ],
    )
    def test_a_call_may_force_a_pause(self, hitl: str, forced: Forced) -> None:
        (step,) = script(f"{{then: {{tool_calls: [{self.CALL % hitl}]}}}}").then
        assert [call.forced for call in step.tool_calls] == [forced]

    def test_a_declined_call_leads_to_another_step_and_that_to_another(self) -> None:
        (step,) = script("""
            then:
              tool_calls: [{name: send, result: sent}]
              reply: Sent.
              on_decline:
                tool_calls: [{name: keep, error: Full}]
                reply: "Kept: {{ hitl.feedback }}"
                on_decline: {reply: Lost.}
        """).then
        declined = step.on_decline
        assert declined == Step(
            reply="Kept: {{ hitl.feedback }}",
            tool_calls=(ToolCall("keep", {}, "Full", failed=True),),
            on_decline=Step(reply="Lost."),
        )

    @pytest.mark.parametrize(
        ("then", "field", "message"),
        [
            ("{stream: {}}", "stream", "stream must not be empty."),
            (
                "{stream: {chunk: wrd}}",
                "stream.chunk",
                'chunk must be word, character, all or a whole number, not "wrd"; did you mean word?',
            ),
            (
                "{stream: {chunk: sentence}}",
                "stream.chunk",
                'chunk must be word, character, all or a whole number, not "sentence".',
            ),
            ("{stream: {chunk: 0}}", "stream.chunk", "chunk must be at least 1, not 0."),
            ("{stream: {delay: 5}}", "stream.delay", "delay is not known here; did you mean delay_ms?"),
            ("{stream: {after: 3}}", "stream.gate", "gate is required."),
            ("{stream: {gate: '..'}}", "stream.gate", None),
            (
                "{finish_reason: lenght}",
                "finish_reason",
                'finish_reason must be stop, length, content_filter, tool_calls or error, not "lenght"; did you mean length?',
            ),
            ("{events: [{typ: Custom}]}", "events.0.type", "type is required; is typ a misspelling of it?"),
            ("{on_decline: {reply: x}}", "tool_calls", "tool_calls is required."),
            (
                "{tool_calls: [{name: send}], on_decline: {replay: x}}",
                "on_decline.replay",
                "replay is not known here; did you mean reply?",
            ),
            ("{tool_calls: [{name: send}], on_decline: {gate: '..'}}", "on_decline.gate", None),
            (
                "{tool_calls: [{name: send, result: 1, error: Full}]}",
                "tool_calls.0",
                "tool_calls.0 has result and error, of which only one may be there; take one out.",
            ),
            ("{tool_calls: [{name: send, hitl: {}}]}", "tool_calls.0.hitl.kind", "kind is required."),
            (
                "{tool_calls: [{name: send, hitl: {kind: approval, question: x}}]}",
                "tool_calls.0.hitl.question",
                "question does not belong here; take it out.",
            ),
            (
                "{tool_calls: [{name: send, hitl: {kind: ask_user_question}}]}",
                "tool_calls.0.hitl.question",
                "question is required.",
            ),
        ],
    )  # fmt: skip
    def test_a_step_that_cannot_be_is_refused(self, then: str, field: str, message: str | None) -> None:
        with pytest.raises(Misuse) as refused:
            read_scripts(read_yaml(f"[{{then: {then}}}]".encode()).value, 1)
        (problem,) = refused.value.problems
        assert problem.field == f"scripts.0.then.{field}"
        assert message is None or problem.message == message

    @pytest.mark.parametrize("kind", get_args(Kind))
    def test_every_kind_of_pause_can_be_forced(self, kind: Kind) -> None:
        question = ", question: Which?" if kind == "ask_user_question" else ""
        (step,) = script(f"{{then: {{tool_calls: [{self.CALL % f'{{kind: {kind}{question}}}'}]}}}}").then
        assert [call.forced and call.forced.kind for call in step.tool_calls] == [kind]


class TestApproval:
    """Calls that a person is asked about first, and ends from outside."""

    AGENT = """
        name: Mail
        agent_type: react_agent
        tools:
          - calculator
          - mail_send_email
          - mail_delete_email
          - {name: free, tool_type: mail_send_email, hitl_config: {disable_human_approval: true}}
          - {name: asked, tool_type: calculator, hitl_config: {requires_human_approval: true, confirmation_prompt: Sure?}}
          - {name: ordered, tool_type: calculator, hitl_config: {mandate_human_approval: true}}
    """

    def start(self, *calls: str, **more: Any) -> Situation:
        """An execution with one turn that makes these calls."""
        listed = ", ".join(f"{{name: {call}, arguments: {{to: ada}}, result: ok}}" for call in calls)
        scripts = f"[{{name: mail, then: {{reply: Done., tool_calls: [{listed}]}}}}]"
        return situation(self.AGENT, scripts=scripts, **more)

    @pytest.mark.parametrize(
        ("call", "source", "prompt"),
        [
            ("calculator", None, ""),
            ("free", None, ""),
            ("mail_send_email", "tool_default", "Confirm action?"),
            ("mail_delete_email", "mandatory", "Confirm action?"),
            ("asked", "instance", "Sure?"),
            ("ordered", "policy", "Confirm action?"),
        ],
    )
    def test_a_gated_call_waits_for_approval(self, call: str, source: str | None, prompt: str) -> None:
        outcome, waits = finished(self.start(call), [Decision("accepted")])
        asked = [Wait(pause=Pause("call_1", "approval", "main", call, {"to": "ada"}, source, prompt))] if source else []  # type: ignore[arg-type]
        assert waits == asked
        assert outcome.status == "completed"
        assert outcome.turns[0].tool_calls == (ToolCall(call, {"to": "ada"}, "ok", id="call_1"),)

    def test_a_seed_says_which_tools_wait(self) -> None:
        _, waits = finished(self.start("calculator", requirements={"calculator": "default_on"}), [Decision("accepted")])
        assert [wait.pause.source for wait in waits if wait.pause] == ["tool_default"]

    @pytest.mark.parametrize(
        ("decision", "call"),
        [
            pytest.param(Decision("accepted", arguments={"to": "bob"}), ({"to": "bob"}, "ok", False), id="edited"),
            pytest.param(Decision("declined"), ({"to": "ada"}, "declined by user", True), id="declined"),
            pytest.param(
                Decision("declined", feedback="Too early"),
                ({"to": "ada"}, "declined by user: Too early", True),
                id="declined with a reason",
            ),
        ],
    )
    def test_the_agent_goes_on_as_was_decided(self, decision: Decision, call: tuple[Any, ...]) -> None:
        outcome, _ = finished(self.start("mail_send_email", "calculator"), [decision])
        assert [one[:4] for one in outcome.turns[0].tool_calls] == [
            ("mail_send_email", *call),
            ("calculator", {"to": "ada"}, "ok", False),
        ]
        assert (outcome.status, outcome.turns[0].text) == ("completed", "Done.")

    def test_a_cancelled_approval_ends_the_turn(self) -> None:
        outcome, _ = finished(self.start("calculator", "mail_send_email", "calculator"), [Cancelled()])
        assert (outcome.status, outcome.failure, outcome.answered_by) == ("cancelled", None, ("mail",))
        (turn,) = outcome.turns
        assert (turn.text, turn.shown) == ("", False)
        assert [one[:4] for one in turn.tool_calls] == [
            ("calculator", {"to": "ada"}, "ok", False),
            ("mail_send_email", {"to": "ada"}, "cancelled by user", True),
        ]

    @pytest.mark.parametrize(
        ("end", "status", "failure"),
        [
            pytest.param(Cancelled(), "cancelled", None, id="cancelled"),
            pytest.param(TimeLimit(), "timeout", "timeout_error", id="time limit"),
        ],
    )
    @pytest.mark.parametrize("wait", ["delay_ms: 5", "gate: door"], ids=["delay", "gate"])
    def test_what_ends_early_keeps_what_was_said(self, end: Any, status: str, failure: str | None, wait: str) -> None:
        configuration = """
            name: Two
            entry_point: a
            variables: {mood: {type: str, default: calm}}
            agents:
              - {name: a, agent_type: llm_agent, variable_assignments: {mood: a.output}}
              - {name: b, agent_type: llm_agent}
            edges: [{from: a, to: b}]
        """
        scripts = f"[{{when: {{agent: a}}, then: {{reply: A}}}}, {{when: {{agent: b}}, then: {{reply: B, {wait}}}}}]"
        outcome, _ = finished(situation(configuration, scripts=scripts), [end])
        assert (outcome.status, outcome.failure and outcome.failure.type) == (status, failure)
        assert [turn.text for turn in outcome.turns] == ["A"]
        assert outcome.variables == {"mood": "A"}


class TestDefaultAnswer:
    """What an agent does that has no script."""

    @pytest.mark.parametrize(
        ("seed", "text"),
        [
            pytest.param("", 'This is the emulated agent "main". You said: Hi {{ x }}', id="echo by default"),
            pytest.param(
                "default_answer: echo\n", 'This is the emulated agent "main". You said: Hi {{ x }}', id="echo"
            ),
            pytest.param('default_answer: template\ndefault_template: "<{{ user_input }}>"\n', "<Hi >", id="template"),
        ],
    )
    def test_an_answer_that_nobody_scripted_is_marked(self, tmp_path: Path, seed: str, text: str) -> None:
        with world(tmp_path, ONE_AGENT + seed) as api:
            answer = api.execute(SESSION, "Hi {{ x }}")
            outcome = api.control("GET", "/journal").json()[-1]["outcome"]
        assert said(answer) == [text]
        assert answer.headers["X-Emulator-Script"] == "default"
        assert outcome == "default_answer"

    def test_error_refuses_and_says_whose_turn_it_was(self, tmp_path: Path) -> None:
        with world(tmp_path, ONE_AGENT + "default_answer: error\n") as api:
            answer = api.execute(SESSION, "Hi")
            assert history(api) == []
        assert answer.status_code == 501
        assert answer.json()["error"] == {
            "type": "emulator_error",
            "message": "No script answers the turn of main (execution 1); add one, or allow default answers",
        }

    def test_a_refused_execution_uses_nothing_up(self, tmp_path: Path) -> None:
        seed = """
            default_answer: error
            sessions:
              - id: s1
                config:
                  name: Two
                  entry_point: a
                  agents: [{name: a, agent_type: llm_agent}, {name: b, agent_type: llm_agent}]
                  edges: [{from: a, to: b}]
            scripts: [{name: once, when: {agent: a}, times: 1, then: {reply: A}}]
        """
        with world(tmp_path, seed) as api:
            assert api.execute(SESSION).status_code == 501
            assert api.control("GET", "/scripts").json()[0]["hits"] == 0
            assert executions(api) == []


class TestAtRunTime:
    """Scripts that are added by the control plane."""

    def test_an_added_script_stands_in_front_until_it_is_dropped(self, tmp_path: Path) -> None:
        with world(tmp_path, ONE_AGENT + "scripts: [{name: seeded, then: {reply: S}}]\n") as api:
            added = api.control("POST", "/scripts", json={"name": "mine", "then": {"reply": "M"}})
            with_it = api.execute(SESSION).headers["X-Emulator-Script"]
            listed = api.control("GET", "/scripts").json()
            dropped = api.control("DELETE", "/scripts")
            without = api.execute(SESSION).headers["X-Emulator-Script"]
        assert (added.status_code, added.json()) == (201, [{"name": "mine"}])
        assert listed == [
            {"name": "mine", "from": "added", "hits": 1, "times": None, "when": {}, "then": {"reply": "M"}},
            {"name": "seeded", "from": "seed", "hits": 0, "times": None, "when": {}, "then": {"reply": "S"}},
        ]
        assert dropped.status_code == 204
        assert (with_it, without) == ("mine", "seeded")

    def test_a_list_is_added_in_its_order(self, tmp_path: Path) -> None:
        with world(tmp_path, ONE_AGENT) as api:
            api.control("POST", "/scripts", json=[{"name": "a", "then": {"reply": "A"}}, {"then": {"reply": "B"}}])
            assert [one["name"] for one in api.control("GET", "/scripts").json()] == ["a", "script-2"]

    def test_scripts_without_names_do_not_replace_one_another(self, tmp_path: Path) -> None:
        with world(tmp_path, ONE_AGENT) as api:
            nameless = {"when": {"turn": 9}, "then": {"reply": "x"}}
            for batch in ([{"name": "a", "then": {"reply": "A"}}, nameless],) * 2 + ([nameless],):
                api.control("POST", "/scripts", json=batch)
            names = [one["name"] for one in api.control("GET", "/scripts").json()]
        assert len(names) == 4
        assert len(set(names)) == 4

    def test_a_script_that_is_put_again_begins_with_its_first_step(self, tmp_path: Path) -> None:
        steps = {"name": "steps", "then": [{"reply": "A"}, {"reply": "B"}]}
        with world(tmp_path, ONE_AGENT) as api:
            api.control("POST", "/scripts", json=steps)
            first = said(api.execute(SESSION))
            api.control("POST", "/scripts", json=steps)
            second = said(api.execute(SESSION))
        assert (first, second) == (["A"], ["A"])

    def test_dropping_an_added_script_keeps_the_hits_of_a_seeded_one_of_that_name(self, tmp_path: Path) -> None:
        with world(tmp_path, ONE_AGENT + "scripts: [{name: once, times: 1, then: {reply: S}}]\n") as api:
            api.execute(SESSION)
            api.control("POST", "/scripts", json={"name": "once", "when": {"turn": 99}, "then": {"reply": "M"}})
            api.control("DELETE", "/scripts")
            assert api.execute(SESSION).headers["X-Emulator-Script"] == "default"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            pytest.param({"name": "x"}, "scripts.0.then", id="no then"),
            pytest.param({"then": {}}, "scripts.0.then", id="empty then"),
            pytest.param({"then": []}, "scripts.0.then", id="no step"),
            pytest.param({"then": {"replay": "x"}}, "scripts.0.then.replay", id="misspelt"),
            pytest.param({"when": {"agents": "x"}, "then": {"reply": "x"}}, "scripts.0.when.agents", id="unknown key"),
            pytest.param({"when": {"turn": 0}, "then": {"reply": "x"}}, "scripts.0.when.turn", id="turn 0"),
            pytest.param(
                {"when": {"content": {"matches": "("}}, "then": {"reply": "x"}},
                "scripts.0.when.content.matches",
                id="no regular expression",
            ),
            pytest.param(
                [{"then": {"reply": "x"}}, {"then": {"delay_ms": -1}}], "scripts.1.then.delay_ms", id="second"
            ),
        ],
    )
    def test_what_is_no_script_is_refused_with_its_place(self, tmp_path: Path, body: Any, field: str) -> None:
        with world(tmp_path, ONE_AGENT) as api:
            answer = api.control("POST", "/scripts", json=body)
            assert api.control("GET", "/scripts").json() == []
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["error"]["details"]["errors"]] == [field]


SEED = """\
accounts: [{id: ada, api_keys: [test-key]}]
agents: [{system_config: {name: Support, agent_type: llm_agent, prompt_config: {system_prompt: Help.}}}]
sessions: [{id: s1, agent_key: support}]
scripts:
"""


@pytest.mark.parametrize(
    ("script_line", "message"),
    [
        pytest.param("{then: {replay: x}}", r"seed\.yaml:5:\d+: scripts\.0\.then\.replay: .*reply", id="misspelt key"),
        pytest.param("{when: {}}", r"seed\.yaml:5:\d+: scripts\.0\.then: .*required", id="no then"),
        pytest.param(
            "{when: {content: {matches: '['}}, then: {reply: x}}",
            r"seed\.yaml:5:\d+: scripts\.0\.when\.content\.matches: '\[' is not a regular expression",
            id="regular expression",
        ),
        pytest.param("{times: 0, then: {reply: x}}", r"seed\.yaml:5:\d+: scripts\.0\.times: ", id="times 0"),
        pytest.param(
            "{when: {content: {equals: a, contains: b}}, then: {reply: x}}",
            r"seed\.yaml:5:\d+: scripts\.0\.when\.content: ",
            id="two tests of content",
        ),
        pytest.param("{name: a b, then: {reply: x}}", r"seed\.yaml:5:\d+: scripts\.0\.name: ", id="name with a space"),
        pytest.param(
            "{then: {usage: {input_tokens: 1}}}", r"seed\.yaml:5:\d+: scripts\.0\.then\.usage", id="half usage"
        ),
    ],
)
def test_a_mistake_in_a_script_file_is_told_with_file_line_and_path(
    tmp_path: Path, script_line: str, message: str
) -> None:
    with (
        pytest.raises(SetupError) as refused,
        world(tmp_path, SEED.split("\n", 1)[1] + f"  - {script_line}\n", clock=""),
    ):
        pass
    assert re.search(message, str(refused.value)), str(refused.value)


@pytest.mark.parametrize(
    ("scripts", "fields"),
    [
        pytest.param("{when: {agent: mian}, then: {reply: x}}", ["scripts.0.when.agent"], id="no such agent"),
        pytest.param("{when: {agent_key: suport}, then: {reply: x}}", ["scripts.0.when.agent_key"], id="no such key"),
        pytest.param("{when: {session: s2}, then: {reply: x}}", ["scripts.0.when.session"], id="no such session"),
        pytest.param("{when: {turn: {from: 3, to: 2}}, then: {reply: x}}", ["scripts.0.when.turn"], id="empty range"),
        pytest.param("{then: {reply: x}}, {when: {agent: main}, then: {reply: y}}", ["scripts.1"], id="behind one for all"),
        pytest.param(
            "{when: {content: {any: true}}, then: {reply: x}}, {then: {reply: y}}", ["scripts.1"], id="behind any content"
        ),
        pytest.param(
            "{when: {turn: {from: 1}}, then: {reply: x}}, {then: {reply: y}}", ["scripts.1"], id="behind every turn"
        ),
        pytest.param(
            "{when: {agent: main}, then: {reply: x}}, {when: {agent: main}, then: {reply: y}}",
            ["scripts.1"],
            id="behind the same when",
        ),
        pytest.param("{times: 1, then: {reply: x}}, {when: {agent: main}, then: {reply: y}}", [], id="behind one that ends"),
        pytest.param("{when: {agent: main, agent_key: support, session: s1}, then: {reply: x}}", [], id="all is there"),
        pytest.param("{when: {turn: {from: 2, to: 2}}, then: {reply: x}}, {then: {reply: y}}", [], id="one turn"),
    ],
)  # fmt: skip
def test_a_script_that_can_never_answer_is_a_finding(scripts: str, fields: list[str]) -> None:
    document = read_yaml((SEED.removesuffix("scripts:\n") + f"scripts: [{scripts}]\n").encode())
    _, findings = examine_seed(document)
    assert [(one.code, one.severity, one.field) for one in findings] == [("F126", "warning", field) for field in fields]


class TestTime:
    """Delays, gates, and clients that leave."""

    SLOW = ONE_AGENT + (
        "scripts:\n"
        "  - {name: held, when: {content: hold}, times: 1, then: {reply: Held., gate: door}}\n"
        "  - {name: late, when: {content: late}, then: {reply: Late., delay_ms: 3600000}}\n"
    )

    def test_delays_of_all_agents_add_up_on_the_frozen_clock(self, tmp_path: Path) -> None:
        seed = """
            sessions:
              - id: s1
                config:
                  name: Two
                  entry_point: a
                  agents: [{name: a, agent_type: llm_agent}, {name: b, agent_type: llm_agent}]
                  edges: [{from: a, to: b}]
            scripts:
              - {when: {agent: a}, then: {reply: A, delay_ms: 1500}}
              - {when: {agent: b}, then: {reply: B, delay_ms: 2500}}
        """
        with world(tmp_path, seed) as api:
            body = api.execute(SESSION).json()
        assert (body["created_at"], body["completed_at"], body["execution_time"]) == (1736937000, 1736937004, 4)
        assert [message["created_at"] for message in body["messages"]] == [1736937001, 1736937004]

    def test_a_delay_of_an_hour_takes_no_time_on_the_frozen_clock(self, tmp_path: Path) -> None:
        with world(tmp_path, self.SLOW + "execution_timeout: 3600\n") as api:
            body = api.execute(SESSION, "late").json()
            status = api.get(f"/runtime/{SESSION}/status/").json()
        assert body["execution_time"] == 3600
        assert status["last_activity"] == "2025-01-15T11:30:00Z"

    def test_a_gate_takes_no_virtual_time(self, tmp_path: Path) -> None:
        with world(tmp_path, self.SLOW) as api:
            body = held_at(api, "door", "hold").json()
        assert (body["execution_time"], [one["content"] for one in body["messages"]]) == (0, ["Held."])

    def test_while_it_waits_a_session_processes_and_others_are_not_held_up(self, tmp_path: Path) -> None:
        with world(tmp_path, self.SLOW, clock="") as api, ThreadPoolExecutor(1) as pool:
            other = api.create_session()
            running = pool.submit(Api(api.server).execute, SESSION, "hold")
            until_gates_are(api, [{"name": "door", "open": False, "waiting": 1}])
            second = api.execute(SESSION, "hello")
            status = api.get(f"/runtime/{SESSION}/status/").json()["status"]
            free = api.execute(other, "hello")
            api.control("POST", "/gates/door/open")
            assert said(running.result()) == ["Held."]
        assert (second.status_code, second.headers["Retry-After"]) == (429, "1")
        assert (status, free.status_code) == ("processing", 200)

    @pytest.mark.parametrize("content", ["hold", "late"], ids=["at a gate", "in a delay"])
    def test_a_client_that_hangs_up_leaves_the_session_as_it_was(self, tmp_path: Path, content: str) -> None:
        with world(tmp_path, self.SLOW, clock="") as api:
            before = api.get(f"/runtime/{SESSION}/status/").json()
            hang_up(api, content)
            until_status_is(api, "active")
            assert api.get(f"/runtime/{SESSION}/status/").json() == before
            assert executions(api) == []
            assert history(api) == []
            assert api.execute(SESSION, "hello").status_code == 200

    def test_a_client_that_hangs_up_uses_no_script_up(self, tmp_path: Path) -> None:
        with world(tmp_path, self.SLOW, clock="") as api:
            hang_up(api, "hold")
            until_status_is(api, "active")
            assert api.control("GET", "/scripts").json()[0]["hits"] == 0
            assert said(held_at(api, "door", "hold")) == ["Held."]

    @pytest.mark.parametrize("content", ["hold", "late"], ids=["a closed gate", "a long delay"])
    def test_what_waits_does_not_hold_up_the_shutdown(self, tmp_path: Path, content: str) -> None:
        with ThreadPoolExecutor(1) as pool:
            with world(tmp_path, self.SLOW, clock="") as api:
                running = pool.submit(status_or_none, api, content)
                until_status_is(api, "processing")
                began = time.monotonic()
            assert time.monotonic() - began < 5
            assert running.result() in (503, None)

    @pytest.mark.parametrize("content", ["hold", "soon"], ids=["at a gate", "in a delay"])
    def test_an_execution_that_outlives_a_reset_leaves_no_trace(self, tmp_path: Path, content: str) -> None:
        seed = self.SLOW + "  - {name: soon, when: {content: soon}, then: {reply: Soon., delay_ms: 300}}\n"
        with world(tmp_path, seed, clock="") as api, ThreadPoolExecutor(1) as pool:
            running = pool.submit(status_or_none, api, content)
            until_status_is(api, "processing")
            assert api.control("POST", "/reset").status_code == 200
            assert running.result() in (200, 503)
            assert executions(api) == []
            assert api.control("GET", "/coverage").json() == []
            assert api.get(f"/runtime/{SESSION}/status/").json()["message_count"] == 0


def hang_up(api: Api, content: str) -> None:
    """Send a message, and close the connection while it is handled."""
    address = urlsplit(api.server.url)
    body = f'{{"content": "{content}"}}'.encode()
    head = f"POST /api/v1/runtime/{SESSION}/execute/ HTTP/1.1\r\nHost: {address.netloc}\r\nx-api-key: test-key\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), PATIENCE) as client:
        client.sendall(head.encode() + body)
        until_status_is(api, "processing")


def until_status_is(api: Api, status: str) -> None:
    """Ask again and again until the session's status is that."""
    deadline = time.monotonic() + PATIENCE
    while (now := api.get(f"/runtime/{SESSION}/status/").json()["status"]) != status:
        assert time.monotonic() < deadline, now


def status_or_none(api: Api, content: str) -> int | None:
    """The status of the answer to a message; None if the connection breaks."""
    client = Api(api.server)
    with suppress(requests.ConnectionError), client.http:
        return client.execute(SESSION, content).status_code
    return None
