"""Turns: what a socket is told of them, in which order, and that they are executions like any other."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Api
from tests.execution.worlds import executions, until_gates_are
from tests.web.socket.client import (
    Json,
    assert_chain,
    events,
    frame,
    ids,
    joined,
    opened,
    payloads,
    place,
    text_of,
    type_of,
    types,
)
from tests.web.socket.conftest import served
from tests.web.socket.test_opening import HELLO

NOON = 1736937000000
AT = "2025-01-15T10:30:00.000000+00:00"
STREAMING = HELLO[:-1]


def scripted(api: Api, **then: Any) -> None:
    """Have every agent do this."""
    added = api.control("POST", "/scripts", json=[{"name": "made", "then": then}])
    assert added.status_code == 201, added.text


def session_of(api: Api, *agents: Json, **system: Any) -> str:
    """A session of a system of agents; the first is the entry."""
    config = {"name": "System", "entry_point": agents[0]["name"], "agents": list(agents), **system}
    return api.create_session(config)


def agent(name: str = "main", kind: str = "llm_agent", **more: Any) -> Json:
    return {"name": name, "agent_type": kind, **more}


def order(text: str) -> list[str]:
    """Types, one word each."""
    return text.split()


# The turn that the contract shows


def test_a_turn_on_a_frozen_clock_is_the_same_byte_for_byte(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.say("hello", correlation_id="req-42")
        texts = [line.receive_text() for _ in HELLO]
    read = [json.loads(text) for text in texts]
    execution, message = read[0]["payload"]["execution_id"], read[2]["payload"]["messageId"]
    assert execution.startswith("exec_")
    assert message.startswith("msg_")

    def event(number: int, **payload: Any) -> Json:
        before = None if number == 0 else f"{NOON}-{number - 1}"
        told = {**payload, "timestamp": AT, "correlation_id": "req-42"}
        return {
            "type": "event",
            "client_type": "backend",
            "message_id": f"{NOON}-{number}",
            "prev_message_id": before,
            "payload": told,
        }

    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3, "estimated_cost": 0.0}
    expected = [
        event(0, type="ExecutionStarted", execution_id=execution, session_id="plain"),
        event(1, type="RunStarted", run_id="run_1", agent_name="main"),
        event(2, type="TextMessageStart", messageId=message, run_id="run_1"),
        event(3, type="TextMessageContent", messageId=message, run_id="run_1", delta="Hello"),
        event(4, type="TextMessageContent", messageId=message, run_id="run_1", delta=" there."),
        event(5, type="TextMessageEnd", messageId=message, run_id="run_1"),
        event(6, type="RunFinished", run_id="run_1", agent_name="main"),
        event(7, type="ExecutionFinished", execution_id=execution, finish_reason="stop", usage=usage),
        {
            "type": "execution_result", "client_type": "backend", "session_id": "plain", "status": "completed", "execution_time": 0.0,
            "messages": [{"type": "assistant_message", "role": "assistant", "content": "Hello there.", "timestamp": "2025-01-15T10:30:00Z"}],
            "error": None, "events": [], "timestamp": "2025-01-15T10:30:00Z", "correlation_id": "req-42",
        },
    ]  # fmt: skip
    assert texts == [json.dumps(one, separators=(",", ":"), ensure_ascii=False) for one in expected]


def test_the_usage_is_that_of_execute(frozen: Api) -> None:
    answer = frozen.execute("plain-2", "hello").json()["metadata"]["usage"]
    with joined(frozen, "plain") as line:
        usage = payloads(line.turn("hello"), "ExecutionFinished")[0]["usage"]
    total = answer["input_tokens"] + answer["output_tokens"]
    assert usage == {**answer, "total_tokens": total, "estimated_cost": 0.0}


def test_the_result_is_the_answer_of_execute_in_contract_connecting(frozen: Api) -> None:
    answer = frozen.with_contract("connecting").execute("plain-2", "hello", correlation_id="c").json()
    with joined(frozen, "plain") as line:
        assert line.turn("hello", correlation_id="c")[-1] == {**answer, "session_id": "plain"}


def test_message_ids_are_those_of_the_history(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = line.turn("hello")
    stored = frozen.get("/runtime/plain/messages/").json()["messages"]
    assert [(one["role"], one["content"]) for one in stored] == [("user", "hello"), ("assistant", "Hello there.")]
    assert stored[1]["id"] == payloads(frames, "TextMessageStart")[0]["messageId"]


# Ends of another kind


def test_a_failure_is_told_four_times(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = line.turn("fail", correlation_id="c")
        assert types(frames) == order(
            "ExecutionStarted RunStarted RunError ExecutionError ExecutionFinished execution_result"
        )
        assert_chain(frames)
        run, execution, finished = payloads(frames)[2:]
        assert (run["run_id"], run["agent_name"], run["message"]) == ("run_1", "main", "The tool broke")
        assert (execution["error_type"], execution["message"]) == ("tool_error", "The tool broke")
        assert execution["execution_id"] == finished["execution_id"]
        assert finished["finish_reason"] == "error"
        result = frames[-1]
        assert (result["status"], result["error"], result["messages"]) == ("error", "The tool broke", [])
        assert {one["correlation_id"] for one in payloads(frames)} == {"c"}
        assert frozen.get("/runtime/plain/status/").json()["status"] == "error"
        assert types(line.turn("hello")) == HELLO
        assert frozen.get("/runtime/plain/status/").json()["status"] == "active"


@pytest.mark.parametrize("content", ["timeout", "wait"])
def test_the_time_limit_is_told_as_a_failure(frozen: Api, content: str) -> None:
    with joined(frozen, "plain") as line:
        line.say(content)
        if content == "wait":
            line.until("RunStarted")
            frozen.control("POST", "/clock/advance", json={"seconds": 30})
            assert line.pending() == []
            frozen.control("POST", "/clock/advance", json={"seconds": 1})
        frames = line.turn()
        assert types(frames)[-4:] == order("RunError ExecutionError ExecutionFinished execution_result")
        assert payloads(frames)[-1]["finish_reason"] == "error"
        assert (frames[-1]["status"], frames[-1]["error"]) == ("timeout", None)
        assert frozen.get("/runtime/plain/status/").json()["status"] == "error"


def test_an_open_text_gets_its_end_before_the_time_limit_is_told(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.say("hold")
        line.until("TextMessageContent")
        frozen.control("POST", "/clock/advance", json={"seconds": 31})
        frames = line.turn()
        assert types(frames) == order("TextMessageEnd RunError ExecutionError ExecutionFinished execution_result")
        assert frames[-1]["status"] == "timeout"


@pytest.mark.parametrize("way", ["frame", "REST"])
@pytest.mark.parametrize(("content", "ends"), [("wait", ""), ("hold", "TextMessageEnd ")])
def test_cancelling_ends_at_the_next_step(frozen: Api, way: str, content: str, ends: str) -> None:
    with joined(frozen, "plain") as line, joined(frozen, "plain") as other:
        line.say(content, correlation_id="c")
        first = line.until("RunStarted" if content == "wait" else "TextMessageContent")
        if way == "frame":
            other.send("cancel_execution")
        else:
            assert frozen.post("/runtime/plain/cancel/").json()["status"] == "cancelled"
        frames = line.turn()
        assert types(frames) == order(f"{ends}ExecutionCancelled execution_result")
        assert_chain([*first, *frames])
        assert events(frames)[-1]["payload"]["correlation_id"] == "c"
        assert (frames[-1]["status"], frames[-1]["error"]) == ("error", "Execution cancelled")
        assert line.pending() == []
        assert other.turn() == [*first, *frames]
        assert other.pending() == []
        assert frozen.get("/runtime/plain/status/").json()["status"] == "active"
        assert line.ask("cancel_execution") == ("execution_cancel_failed", "No active execution found to cancel")
        assert types(line.turn("hello")) == HELLO


def test_a_turn_that_no_script_fits_ends_with_a_failure(frozen: Api) -> None:
    scripted(frozen, gate="porch", tool_calls=[{"name": "nothing"}])
    with joined(frozen, "plain") as line:
        line.say("hi")
        first = line.until("RunStarted")
        frozen.control("POST", "/gates/porch/open")
        frames = line.turn()
        assert types(frames) == order("RunError ExecutionError ExecutionFinished execution_result")
        assert frames[-1]["status"] == "error"
        assert_chain([*first, *frames])
        assert frozen.get("/runtime/plain/messages/").json()["total"] == 0
        assert types(line.turn("hello")[:1]) == ["ExecutionStarted"]


def test_where_default_answers_are_refused_a_message_without_a_script_starts_nothing(frozen: Api) -> None:
    with opened(frozen, headers={"x-api-key": "test-key", "X-Emulator-Strict": "true"}) as line:
        line.send("connect", session_id="plain")
        code, message = line.ask("user_message", content="anything")
        assert code == "execution_error"
        assert message.startswith("No script answers the turn of main")
        assert line.pending() == []
        assert types(line.turn("hello")) == HELLO


# Who sees what


def test_executions_over_rest_are_seen_on_sockets(frozen: Api) -> None:
    with joined(frozen, "plain") as line, joined(frozen, "plain-2") as elsewhere:
        frozen.execute("plain", "hello", correlation_id="c")
        frames = line.turn()
        assert types(frames) == HELLO
        assert {one["correlation_id"] for one in payloads(frames)} == {"c"}
        assert elsewhere.pending() == []
        frozen.execute("plain", "fail")
        assert line.turn()[-1]["error"] == "The tool broke"


def test_an_execution_over_rest_is_seen_while_it_runs(frozen: Api) -> None:
    with joined(frozen, "plain") as line, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(frozen.with_contract("connecting").execute, "plain", "hold")
        assert type_of(line.until("TextMessageContent")[-1]) == "TextMessageContent"
        assert line.pending() == []
        frozen.control("POST", "/gates/door/open")
        assert line.turn()[-1] == answer.result().json()


def test_all_sockets_of_a_session_get_the_same(frozen: Api) -> None:
    with joined(frozen, "plain") as one, joined(frozen, "plain") as two, joined(frozen, "plain") as three:
        frames = one.turn("hello")
        assert two.turn() == three.turn() == frames
        assert two.turn("hello") == one.turn() == three.turn()


def test_one_socket_may_join_several_sessions(frozen: Api) -> None:
    with joined(frozen, "plain", "plain-2") as line:
        line.say("hold", session_id="plain")
        held = line.until("TextMessageContent")
        other = line.turn("hello", session_id="plain-2")
        assert types(other) == HELLO
        frozen.control("POST", "/gates/door/open")
        rest = line.turn()
        assert {one["session_id"] for one in payloads([*held, *other], "ExecutionStarted")} == {"plain", "plain-2"}
        assert_chain([*held, *rest])
        assert_chain(other)


def test_who_connects_twice_gets_everything_once(frozen: Api) -> None:
    with joined(frozen, "plain", "plain", "plain") as line:
        line.say("hello")
        assert types(line.pending()) == HELLO


def test_who_joins_in_the_middle_gets_the_rest(frozen: Api) -> None:
    with joined(frozen, "plain") as line, opened(frozen) as late:
        line.say("hold")
        line.until("TextMessageContent")
        late.send("connect", session_id="plain")
        assert late.pending() == []
        frozen.control("POST", "/gates/door/open")
        rest = line.turn()
        assert late.turn() == rest
        assert types(rest) == order(
            "TextMessageContent TextMessageContent TextMessageEnd RunFinished ExecutionFinished execution_result"
        )


def test_after_disconnect_nothing_comes_and_the_run_goes_on(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.say("hold")
        line.until("TextMessageContent")
        line.send("disconnect", session_id="plain")
        frozen.control("POST", "/gates/door/open")
        frozen.control("POST", "/journal/wait", json={"match": {"operation": "socket.execution_result"}})
        assert line.pending() == []
        assert frozen.get("/runtime/plain/messages/").json()["messages"][-1]["content"] == "One two three."
        assert line.ask("user_message", content="hello")[0] == "session_id_not_found"
        assert line.ask("user_message", session_id="plain", content="hello")[0] == "not_subscribed"
        assert line.ask("disconnect", session_id="plain")[0] == "not_subscribed"
        line.send("connect", session_id="plain")
        assert types(line.turn("hello")) == HELLO


def test_a_socket_that_closes_does_not_stop_its_run(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.say("hold")
        line.until("TextMessageContent")
    with joined(frozen, "plain") as other:
        assert frozen.get("/runtime/plain/status/").json()["status"] == "processing"
        frozen.control("POST", "/gates/door/open")
        assert other.turn()[-1]["status"] == "completed"


def test_a_client_that_vanishes_does_not_stop_its_run(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.say("hold")
        line.until("TextMessageContent")
        line.connection.close_socket()
    with joined(frozen, "plain") as other:
        frozen.control("POST", "/gates/door/open")
        assert other.turn()[-1]["status"] == "completed"


def test_a_session_that_is_deleted_while_it_runs_is_told_the_end(frozen: Api) -> None:
    with joined(frozen, "plain", "plain-2") as line:
        line.say("hold", session_id="plain")
        first = line.until("TextMessageContent")
        assert frozen.delete("/sessions/plain/").status_code == 204
        gone = ("invalid_session", "Session plain not found or access denied")
        assert line.ask("cancel_execution", session_id="plain") == gone
        frozen.control("POST", "/gates/door/open")
        rest = line.turn()
        assert_chain([*first, *rest])
        assert rest[-1]["status"] == "completed"
        assert line.ask("reconnect", session_id="plain", last_message_id="0-0") == gone
        assert types(line.turn("hello", session_id="plain-2")) == HELLO


def test_many_turns_in_a_row_are_answered_in_order(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        for number in range(40):
            line.say("hello", correlation_id=str(number))
        frames = [one for _ in range(40) for one in line.turn()]
        assert_chain(frames)
        told = [one["correlation_id"] for one in frames if one["type"] == "execution_result"]
        assert told == [str(number) for number in range(40)]


def test_a_socket_joins_a_thousand_sessions_and_no_more(frozen: Api) -> None:
    config = {"name": "Plain", "agent_type": "llm_agent"}
    sessions = [{"id": f"s{number}", "owner": "ada", "config": config} for number in range(1001)]
    seed = {"accounts": [{"id": "ada", "api_keys": ["ada-key"]}], "sessions": sessions}
    frozen.control("POST", "/namespaces", json={"name": "crowd", "seed": seed})
    with opened(frozen, headers={"x-api-key": "ada-key", "X-Emulator-Namespace": "crowd"}) as line:
        for number in range(1000):
            line.send("connect", session_id=f"s{number}")
        assert line.pending() == []
        assert line.ask("connect", session_id="s1000")[0] == "connect_failed"
        line.send("connect", session_id="s999")
        line.send("disconnect", session_id="s0")
        line.send("connect", session_id="s1000")
        assert line.pending() == []
        assert line.turn("anything", session_id="s1000")[-1]["session_id"] == "s1000"
    frozen.control("DELETE", "/namespaces/crowd")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(["*"], HELLO, id="all"),
        pytest.param(["Nothing"], ["execution_result"], id="unknown"),
        pytest.param([], ["execution_result"], id="none"),
        pytest.param(["TextMessageContent"], ["TextMessageContent", "TextMessageContent", "execution_result"], id="one"),
        pytest.param(["RunStarted", "ExecutionFinished", "no"], ["RunStarted", "ExecutionFinished", "execution_result"], id="two"),
        pytest.param(["RunStarted", "*"], HELLO, id="all besides"),
        pytest.param(["textmessagecontent"], ["execution_result"], id="other letters"),
        pytest.param(["execution_result", "error"], ["execution_result"], id="frames"),
    ],
)  # fmt: skip
def test_event_types_filter_events_alone(frozen: Api, wanted: list[str], expected: list[str]) -> None:
    with joined(frozen, "plain", event_types=wanted) as line, joined(frozen, "plain") as other:
        frames = line.turn("hello")
        assert types(frames) == expected
        whole = {one["message_id"]: one for one in events(other.turn())}
        assert all(whole[one["message_id"]] == one for one in events(frames))
        assert line.ask("user_message", content="")[0] == "empty_content"


def test_a_further_connect_changes_the_filter(frozen: Api) -> None:
    with joined(frozen, "plain", event_types=["RunStarted"]) as line:
        line.send("connect", session_id="plain", event_types=["RunFinished"])
        assert types(line.turn("hello")) == ["RunFinished", "execution_result"]
        line.send("connect", session_id="plain")
        assert types(line.turn("hello")) == HELLO


# Message ids


def test_while_the_clock_stands_the_number_counts_on(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = [*line.turn("hello"), *line.turn("hello"), *line.turn("fail")]
        assert ids(frames) == [f"{NOON}-{number}" for number in range(8 + 8 + 5)]
        assert_chain(frames)


def test_where_the_clock_moves_the_number_begins_anew(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.turn("hello")
        frozen.control("POST", "/clock/advance", json={"seconds": 0.25})
        assert ids(line.turn("hello")) == [f"{NOON + 250}-{number}" for number in range(8)]


def test_where_the_clock_is_put_back_the_milliseconds_stay(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.turn("hello")
        frozen.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T09:00:00Z"})
        frames = line.turn("hello")
        assert ids(frames) == [f"{NOON}-{number}" for number in range(8, 16)]
        assert {one["timestamp"] for one in payloads(frames)} == {"2025-01-15T09:00:00.000000+00:00"}


def test_with_a_clock_that_runs_ids_grow_and_tell_the_time(running: Api) -> None:
    with joined(running, "plain") as line:
        frames = [one for _ in range(5) for one in line.turn("hello")]
        assert_chain(frames)
        places = [place(one) for one in ids(frames)]
        assert places == sorted(set(places))


def test_runs_count_those_of_the_session(frozen: Api) -> None:
    session = session_of(
        frozen, agent("one"), agent("two"), edges=[{"from": "one", "to": "two"}, {"from": "two", "to": "END"}]
    )
    with joined(frozen, session) as line:
        assert [one["run_id"] for one in payloads(line.turn("hello"), "RunStarted")] == ["run_1", "run_2"]
        frozen.execute(session, "hello")
        assert [one["run_id"] for one in payloads(line.turn(), "RunStarted")] == ["run_3", "run_4"]
        assert [one["run_id"] for one in payloads(line.turn("fail"), "RunStarted")] == ["run_5"]
        assert [one["run_id"] for one in payloads(line.turn("hello"), "RunFinished")] == ["run_6", "run_7"]


def test_without_a_correlation_id_none_is_told(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        for given in ({}, {"correlation_id": None}):
            frames = line.turn("hello", **given)
            assert all("correlation_id" not in one for one in payloads(frames))
            assert frames[-1]["correlation_id"] is None
        frames = line.turn("hello", correlation_id="")
        assert {one["correlation_id"] for one in payloads(frames)} == {""}


# What agents do


def test_agents_come_one_after_the_other_with_what_they_think_and_call(frozen: Api) -> None:
    shown = {"show_reasoning": True, "send_preview_snippet": True}
    session = session_of(
        frozen,
        agent("looker", "react_agent", tools=["calculator"], streaming_config=shown),
        agent("writer"),
        edges=[{"from": "looker", "to": "writer"}, {"from": "writer", "to": "END"}],
    )
    frozen.control("POST", "/scripts", json=[{"name": "look", "when": {"agent": "looker"}, "then": {
        "thinking": "Let me see.", "reply": "Found it.", "usage": {"input_tokens": 3, "output_tokens": 4},
        "tool_calls": [
            {"name": "calculator", "arguments": {"expression": "1+1"}, "result": 2},
            {"name": "calculator", "arguments": {}, "error": "It is broken"},
        ]}}])  # fmt: skip
    with joined(frozen, session) as line:
        frames = line.turn("hello")
    assert_chain(frames)
    assert types(frames) == order(
        "ExecutionStarted RunStarted AgentIntroductionStart AgentIntroductionContent AgentIntroductionEnd "
        "ToolCallStart ToolCallArgs ToolCallEnd ToolCallResult ToolCallStart ToolCallArgs ToolCallEnd ToolCallError "
        "ThinkingStart ThinkingContent ThinkingContent ThinkingContent ThinkingEnd "
        "TextMessageStart TextMessageContent TextMessageContent TextMessageEnd RunFinished "
        "RunStarted TextMessageStart TextMessageContent TextMessageContent TextMessageEnd RunFinished ExecutionFinished execution_result"
    )
    calls = [one["tool_call_id"] for one in payloads(frames, "ToolCallStart")]
    assert len(set(calls)) == 2
    assert [one["tool_name"] for one in payloads(frames, "ToolCallStart")] == ["calculator"] * 2
    assert [json.loads(one["delta"]) for one in payloads(frames, "ToolCallArgs")] == [{"expression": "1+1"}, {}]
    assert [one["tool_call_id"] for one in payloads(frames, "ToolCallEnd")] == calls
    assert [(one["tool_call_id"], one["content"]) for one in payloads(frames, "ToolCallResult")] == [(calls[0], "2")]
    assert [(one["tool_call_id"], one["message"]) for one in payloads(frames, "ToolCallError")] == [
        (calls[1], "It is broken")
    ]
    assert "".join(one["delta"] for one in payloads(frames, "ThinkingContent")) == "Let me see."
    assert {one["run_id"] for one in payloads(frames, "TextMessageStart")} == {"run_1", "run_2"}
    assert len({one["messageId"] for one in payloads(frames, "TextMessageStart")}) == 2
    assert [one["agent_name"] for one in payloads(frames, "RunFinished")] == ["looker", "writer"]
    assert [one["content"] for one in frames[-1]["messages"]] == ["Found it.", "Hello there."]


TOOLS = ["ToolCallStart", "ToolCallArgs", "ToolCallEnd", "ToolCallResult"]
THINKING = ["ThinkingStart", "ThinkingContent", "ThinkingEnd"]
TEXT = ["TextMessageStart", "TextMessageContent", "TextMessageEnd"]
INTRODUCTION = ["AgentIntroductionStart", "AgentIntroductionContent", "AgentIntroductionEnd"]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({}, [*TOOLS, *TEXT], id="by default"),
        pytest.param({"show_output_to_user": False}, [*TOOLS], id="no text"),
        pytest.param({"show_tool_to_user": False}, [*TEXT], id="no tools"),
        pytest.param({"show_reasoning": True}, [*TOOLS, *THINKING, *TEXT], id="thinking"),
        pytest.param({"send_preview_snippet": True}, [*INTRODUCTION, *TOOLS, *TEXT], id="introduction"),
        pytest.param({"show_output_to_user": False, "show_tool_to_user": False}, [], id="nothing"),
        pytest.param({"show_reasoning": True, "show_output_to_user": False}, [*TOOLS, *THINKING], id="thinking alone"),
    ],
)  # fmt: skip
def test_the_streaming_config_decides_what_is_shown(frozen: Api, config: Json, expected: list[str]) -> None:
    scripted(frozen, thinking="Hm.", tool_calls=[{"name": "calculator", "result": 1}], reply="Two.")
    session = session_of(frozen, agent(kind="react_agent", tools=["calculator"], streaming_config=config))
    with joined(frozen, session) as line:
        frames = line.turn("hi")
    around = ["ExecutionStarted", "RunStarted"], ["RunFinished", "ExecutionFinished", "execution_result"]
    assert types(frames) == [*around[0], *expected, *around[1]]
    assert_chain(frames)


def test_what_does_not_stream_comes_in_one_piece(frozen: Api) -> None:
    scripted(frozen, thinking="Well, well.", reply="One two three.", stream={"chunk": "character"})
    config = {"enable_streaming": False, "show_reasoning": True}
    with joined(frozen, session_of(frozen, agent(streaming_config=config))) as line:
        frames = line.turn("hi")
    assert [one["delta"] for one in payloads(frames, "TextMessageContent")] == ["One two three."]
    assert [one["delta"] for one in payloads(frames, "ThinkingContent")] == ["Well, well."]


def test_conditional_edges_are_told_when_they_are_taken(frozen: Api) -> None:
    session = session_of(
        frozen,
        agent("judge"), agent("yes"), agent("no"),
        edges=[
            {"from": "judge", "condition": "is it so", "condition_type": "boolean", "routing": {"yes": "yes", "no": "no"}},
            {"from": "yes", "to": "END"},
            {"from": "no", "to": "END"},
        ],
    )  # fmt: skip
    frozen.control(
        "POST",
        "/scripts",
        json=[{"name": "judges", "when": {"agent": "judge"}, "then": {"reply": "No.", "route": "no"}}],
    )
    with joined(frozen, session) as line:
        frames = line.turn("hello")
    checked = payloads(frames, "ConditionChecked")
    assert [(one["from"], one["to"], one["result"]) for one in checked] == [("judge", "no", "no")]
    assert checked[0]["reasoning"]
    kinds = types(frames)
    assert kinds[kinds.index("ConditionChecked") - 1 : kinds.index("ConditionChecked") + 2] == [
        "RunFinished",
        "ConditionChecked",
        "RunStarted",
    ]
    assert [one["agent_name"] for one in payloads(frames, "RunStarted")] == ["judge", "no"]


def test_supervisors_have_runs_of_their_own(frozen: Api) -> None:
    session = session_of(
        frozen,
        agent("boss", "supervisor", supervised_agents=["ann", "bob"], return_to_supervisor=True),
        agent("ann"),
        agent("bob"),
    )
    with joined(frozen, session) as line:
        frames = line.turn("hello there")
    assert_chain(frames)
    assert [one["agent_name"] for one in payloads(frames, "RunStarted")] == ["boss", "ann", "boss", "bob", "boss"]
    assert [one["run_id"] for one in payloads(frames, "RunFinished")] == [f"run_{number}" for number in range(1, 6)]
    texts = payloads(frames, "TextMessageStart")
    assert [one["run_id"] for one in texts] == ["run_2", "run_4"]


def test_events_of_a_script_are_sent_as_they_are_before_the_text(frozen: Api) -> None:
    listed = [
        {"type": "StateDelta", "delta": [{"op": "add", "path": "/a", "value": 1}]},
        {"type": "Custom", "name": "x", "value": {"deep": [None, 1.5, "ü"]}},
        {"type": "NobodyKnows"},
    ]
    scripted(frozen, events=listed, thinking="Hm.", reply="Done.")
    with joined(frozen, "plain") as line:
        frames = line.turn("hi", correlation_id="c")
        assert_chain(frames)
        assert types(frames)[1:7] == [
            "RunStarted",
            "StateDelta",
            "Custom",
            "NobodyKnows",
            "TextMessageStart",
            "TextMessageContent",
        ]
        assert payloads(frames)[2:5] == [{**one, "timestamp": AT, "correlation_id": "c"} for one in listed]
        line.send("connect", session_id="plain", event_types=["NobodyKnows"])
        assert types(line.turn("hi")) == ["NobodyKnows", "execution_result"]


@pytest.mark.parametrize("reason", ["stop", "length", "content_filter", "tool_calls", "error"])
def test_a_script_says_why_it_finished(frozen: Api, reason: str) -> None:
    scripted(frozen, reply="Done.", finish_reason=reason, usage={"input_tokens": 5, "output_tokens": 7})
    with joined(frozen, "plain") as line:
        frames = line.turn("hi")
        finished = payloads(frames, "ExecutionFinished")[0]
        assert finished["finish_reason"] == reason
        assert finished["usage"] == {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12, "estimated_cost": 0.0}
        assert frames[-1]["status"] == "completed"


# How a text streams


@pytest.mark.parametrize(
    ("text", "chunk", "pieces"),
    [
        ("Hello there.", None, ["Hello", " there."]),
        ("Hello there.", "word", ["Hello", " there."]),
        (" a  b \n", None, [" a", "  b \n"]),
        ("  ", None, ["  "]),
        ("", None, []),
        ("", "all", []),
        ("a\n\nb\tc", None, ["a", "\n\nb", "\tc"]),
        ("héé 😀", "character", ["h", "é", "é", " ", "😀"]),
        ("a b c", "all", ["a b c"]),
        ("abcdefg", 3, ["abc", "def", "g"]),
        ("abc", 3, ["abc"]),
        ("ab", 1, ["a", "b"]),
        ("\u3000字 字", None, ["\u3000字", " 字"]),
    ],
)  # fmt: skip
def test_a_text_comes_in_pieces(frozen: Api, text: str, chunk: Any, pieces: list[str]) -> None:
    scripted(frozen, reply=text, **({} if chunk is None else {"stream": {"chunk": chunk}}))
    with joined(frozen, "plain") as line:
        frames = line.turn("hi")
    assert [one["delta"] for one in payloads(frames, "TextMessageContent")] == pieces
    assert text_of(frames) == text
    assert types(frames).count("TextMessageStart") == types(frames).count("TextMessageEnd") == 1


def test_delays_move_a_clock_that_stands_and_the_ids_with_it(frozen: Api) -> None:
    scripted(frozen, reply="One two three.", delay_ms=1000, stream={"delay_ms": 40})
    with joined(frozen, "plain") as line:
        frames = line.turn("hi")
    assert_chain(frames)
    assert ids(frames) == [
        *(f"{NOON}-{number}" for number in (0, 1)),
        *(f"{NOON + 1000}-{number}" for number in (0, 1)),
        f"{NOON + 1040}-0",
        *(f"{NOON + 1080}-{number}" for number in range(4)),
    ]
    assert frames[-1]["execution_time"] == 1.08


def test_delays_pass_on_a_clock_that_runs(running: Api) -> None:
    scripted(running, reply="One two.", stream={"delay_ms": 3_600_000})
    with joined(running, "plain") as line:
        line.say("hi")
        line.until("TextMessageContent")
        assert line.pending() == []
        running.control("POST", "/clock/advance", json={"seconds": 20})
        assert line.pending() == []
        running.control("POST", "/clock/advance", json={"seconds": 20})
        assert line.turn()[-1]["status"] == "timeout"


@pytest.mark.parametrize(
    ("after", "first"), [(0, ""), (1, "One"), (2, "One two"), (3, "One two three."), (9, "One two three.")]
)
def test_a_gate_holds_a_text_after_so_many_pieces(frozen: Api, after: int, first: str) -> None:
    scripted(frozen, reply="One two three.", stream={"gate": "porch", "after": after})
    with joined(frozen, "plain") as line:
        line.say("hi")
        frames = line.until("TextMessageStart")
        until_gates_are(frozen, [{"name": "porch", "open": False, "waiting": 1}])
        frames += line.pending()
        assert text_of(frames) == first
        frozen.control("POST", "/gates/porch/open")
        frames += line.turn()
        assert text_of(frames) == "One two three."
        assert_chain(frames)


def test_a_turn_is_answered_by_hand(frozen: Api) -> None:
    scripted(frozen, reply="By the script.", gate="by-hand")
    with joined(frozen, "plain") as line:
        line.say("hi")
        frames = line.until("RunStarted")
        until_gates_are(frozen, [{"name": "by-hand", "open": False, "waiting": 1}])
        frozen.control(
            "POST", "/gates/by-hand/answer", json={"reply": "One two three.", "stream": {"gate": "porch", "after": 1}}
        )
        frames += line.until("TextMessageStart")
        until_gates_are(frozen, [{"name": "porch", "open": False, "waiting": 1}])
        refused = frozen.control("POST", "/gates/porch/answer", json={"reply": "Four."})
        assert (refused.status_code, refused.json()["error"]["message"]) == (
            409,
            "Who waits at the gate porch is in the middle of a text; POST /__emulator/gates/porch/open lets it go on",
        )
        frozen.control("POST", "/gates/porch/open")
        frames += line.turn()
        assert text_of(frames) == "One two three."
        assert_chain(frames)
        (execution,) = executions(frozen, "plain")
        assert (execution["scripts"], execution["turns"][0]["text"]) == (["made"], "One two three.")


def test_a_turn_that_is_cancelled_at_its_gate_can_be_answered_no_more(frozen: Api) -> None:
    scripted(frozen, reply="By the script.", gate="by-hand")
    with joined(frozen, "plain") as line:
        line.say("hi")
        until_gates_are(frozen, [{"name": "by-hand", "open": False, "waiting": 1}])
        line.send("cancel_execution", session_id="plain")
        line.turn()
        assert [one["status"] for one in executions(frozen, "plain")] == ["cancelled"]
        assert frozen.control("POST", "/gates/by-hand/answer", json={"reply": "Late."}).status_code == 404


# The same again, and elsewhere

FRAMES = [
    frame("connect", session_id="plain"),
    frame("connect", session_id="tools"),
    frame("user_message", session_id="plain", content="hello", correlation_id="c"),
    frame("user_message", session_id="plain", content="fail"),
    frame("user_message", session_id="tools", content="mail"),
    frame("user_message", session_id="tools", content="hello"),
    frame("cancel_execution", session_id="tools"),
    frame("user_message", session_id="plain", content="anything"),
    frame("nonsense"),
]


def played(api: Api) -> list[str]:
    """What is answered to the frames, as it came."""
    texts = []
    with opened(api) as line:
        for one in FRAMES:
            line.connection.send(one)
        while "unknown_message_type" not in (texts or [""])[-1]:
            texts.append(line.receive_text())
    return texts


def test_equal_seeds_and_frames_have_equal_bytes(frozen: Api, tmp_path: Path) -> None:
    first = played(frozen)
    frozen.control("POST", "/reset")
    assert played(frozen) == first
    with served(tmp_path, "frozen") as another:
        api = Api(another)
        assert played(api) == first
        api.http.close()
    assert len(first) > 30


def worlds(api: Api) -> Iterator[tuple[str, Json]]:
    """Namespaces that go on from a snapshot of this one: each by another way."""
    key = {"x-api-key": "test-key"}
    forked = api.control("POST", "/namespaces", json={"name": "forked", "from": "default"})
    assert forked.status_code == 201, forked.text
    yield "fork", {**key, "X-Emulator-Namespace": "forked"}
    exported = api.control("GET", "/snapshots/half").json()
    api.control("POST", "/namespaces", json={"name": "imported"})
    header = {"X-Emulator-Namespace": "imported"}
    assert api.control("PUT", "/snapshots/half", json=exported, headers=header).status_code in (200, 201, 204)
    assert api.control("POST", "/snapshots/half/restore", headers=header).status_code == 200
    yield "import", {**key, **header}
    api.control("POST", "/snapshots/half/restore")
    yield "restore", key


def test_snapshots_keep_where_the_stream_is(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.turn("hello")
        line.turn("hello")
        frozen.control("POST", "/snapshots", json={"name": "half"})
        frames = None
        for way, headers in worlds(frozen):
            with opened(frozen, headers=headers) as other:
                other.send("connect", session_id="plain")
                told = other.turn("hello")
                assert ids(told) == [f"{NOON}-{number}" for number in range(16, 24)], way
                assert payloads(told, "RunStarted")[0]["run_id"] == "run_3"
                frames = frames or told
                assert told == frames, way
    for name in ("forked", "imported"):
        frozen.control("DELETE", f"/namespaces/{name}")


# An execution like any other


def test_history_status_usage_coverage_and_variables_are_those_of_execute(frozen: Api) -> None:
    config = {
        "name": "W", "agent_type": "llm_agent", "system_prompt": "Hi {{ variables.x }}", "variables": {"x": {"type": "str"}},
    }  # fmt: skip
    over_rest, over_socket = frozen.create_session(config), frozen.create_session(config)
    told = []
    for session in (over_rest, over_socket):
        frozen.control("POST", "/reset?scope=coverage")
        if session == over_rest:
            for content, inputs in (("hello", {"x": "Ada"}), ("fail", {}), ("anything", {})):
                frozen.execute(session, content, inputs=inputs)
        else:
            with joined(frozen, session) as line:
                for content, inputs in (("hello", {"x": "Ada"}), ("fail", {}), ("anything", {})):
                    line.turn(content, inputs=inputs)
        history = frozen.get(f"/runtime/{session}/messages/").json()["messages"]
        looked = executions(frozen, session)
        for one in looked:
            del one["id"]
        for one in history:
            del one["id"]
        status = frozen.get(f"/runtime/{session}/status/").json()
        told.append((history, looked, {**status, "session_id": ""}, frozen.control("GET", "/coverage").json()))
    assert json.loads(json.dumps(told[0]).replace(over_rest, over_socket)) == json.loads(json.dumps(told[1]))


def test_meanwhile_execute_is_told_to_come_later(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.say("wait")
        line.until("RunStarted")
        assert frozen.get("/runtime/plain/status/").json()["status"] == "processing"
        answer = frozen.execute("plain", "hello")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        assert line.ask("user_message", content="hello")[0] == "execution_start_failed"
        assert frozen.execute("plain-2", "hello").status_code == 200
        frozen.control("POST", "/gates/door/open")
        assert line.turn()[-1]["status"] == "completed"


def test_while_execute_runs_a_message_is_refused(frozen: Api) -> None:
    with joined(frozen, "plain") as line, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(frozen.with_contract("current").execute, "plain", "wait")
        line.until("RunStarted")
        assert line.ask("user_message", content="hello")[0] == "execution_start_failed"
        frozen.control("POST", "/gates/door/open")
        assert answer.result().status_code == 200
        assert types(line.turn())[-1] == "execution_result"


def test_scripts_count_turns_of_both(frozen: Api) -> None:
    frozen.control(
        "POST",
        "/scripts",
        json=[{"name": "in-turn", "then": [{"reply": "One."}, {"reply": "Two."}, {"reply": "Three."}]}],
    )
    with joined(frozen, "plain") as line:
        assert text_of(line.turn("a")) == "One."
        frozen.execute("plain", "b")
        assert text_of(line.turn()) == "Two."
        assert text_of(line.turn("c")) == "Three."


def test_the_journal_has_each_frame_and_each_end_in_the_order_in_which_they_came(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.turn("hello")
        line.ask("user_message", content="")
        line.say("wait")
        line.until("RunStarted")
        line.send("cancel_execution")
        line.turn()
        line.send("disconnect")
        line.pending()
    entries = frozen.control("GET", "/journal").json()
    fences = [one for one in entries if one["operation"] is None]
    assert len(fences) == 2
    assert [
        (one["operation"], one["status"], one["outcome"], one["session_id"]) for one in entries if one not in fences
    ] == [
        ("socket.open", 101, "ok", None),
        ("socket.connect", 101, "ok", "plain"),
        ("socket.user_message", 101, "ok", "plain"),
        ("socket.execution_result", 101, "ok", "plain"),
        ("socket.user_message", 400, "client_error", "plain"),
        ("socket.user_message", 101, "ok", "plain"),
        ("socket.cancel_execution", 101, "ok", "plain"),
        ("socket.execution_result", 101, "cancelled", "plain"),
        ("socket.disconnect", 101, "ok", "plain"),
    ]
    times = [one["id"] for one in entries]
    assert times == sorted(times)
    result = next(one for one in entries if one["operation"] == "socket.execution_result")
    assert result["script"] == ["hello"]
    assert result["response"]["messages"][0]["content"] == "Hello there."


def test_the_control_plane_shows_the_stream(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = [*line.turn("hello"), *line.turn("fail")]
        line.say("hold")
        frames += line.until("TextMessageContent")
        shown = frozen.control("GET", "/sessions/plain/events").json()
        shown = shown["events"] if isinstance(shown, dict) else shown
        assert shown == events(frames)
