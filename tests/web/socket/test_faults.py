"""Faults of sockets: what each kind does, to which frames and events, and the scenarios that are made of them."""

import json
import time
from typing import Any

import pytest

from atthene_emulator.limits import SOCKET_BEHIND
from atthene_emulator.web.socket.codes import ERRORS
from tests.conftest import Api
from tests.execution.worlds import until_gates_are
from tests.web.socket.client import (
    PATIENCE,
    Json,
    Line,
    assert_chain,
    events,
    ids,
    joined,
    opened,
    payloads,
    text_of,
    types,
)
from tests.web.socket.test_opening import HELLO, KEY
from tests.web.socket.test_pauses import CALL
from tests.web.socket.test_turns import order

MESSAGE = "socket.user_message"


def fault(api: Api, **entry: Any) -> str:
    """Have a fault; its id."""
    added = api.control("POST", "/faults", json=[{"operation": MESSAGE, **entry}])
    assert added.status_code == 201, added.text
    made: str = added.json()[0]["id"]
    return made


def fired(api: Api) -> list[int]:
    return [one["fired"] for one in api.control("GET", "/faults").json()]


def until_it_has_struck(api: Api) -> None:
    deadline = time.monotonic() + PATIENCE
    while fired(api) != [1]:
        assert time.monotonic() < deadline


def newest(api: Api, operation: str = MESSAGE) -> Json:
    entry: Json = api.control("GET", f"/journal?operation={operation}").json()[-1]
    return entry


def texts(line: Line, count: int) -> list[str]:
    return [line.receive_text() for _ in range(count)]


# Errors, closes, drops of a frame


@pytest.mark.parametrize("code", [one.code for one in ERRORS])
def test_every_code_may_be_injected_and_nothing_happens_by_the_frame(frozen: Api, code: str) -> None:
    fault(frozen, error_code=code, times=1)
    with joined(frozen, "plain") as line:
        told, message = line.ask("user_message", content="hello")
        assert told == code
        assert message
        assert frozen.get("/runtime/plain/messages/").json()["total"] == 0
        assert types(line.turn("hello")) == HELLO
    entry = frozen.control("GET", f"/journal?operation={MESSAGE}").json()[0]
    assert (entry["outcome"], entry["status"], entry["response"]["error_code"]) == ("fault", 400, code)
    assert entry["fault"] == f"error_code={code}"


def test_an_error_may_say_something_else(frozen: Api) -> None:
    fault(frozen, error_code="execution_error", message="The model is tired")
    with joined(frozen, "plain") as line:
        assert line.ask("user_message", content="hello") == ("execution_error", "The model is tired")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("connect", {}),
        ("user_message", {"content": "hello"}),
        ("hitl_response", {"tool_call_id": "x", "data": {"kind": "accept"}}),
        ("cancel_execution", {}),
        ("reconnect", {"last_message_id": "0-0"}),
        ("disconnect", {}),
    ],
)
def test_a_fault_of_one_frame_strikes_that_alone(frozen: Api, kind: str, fields: Json) -> None:
    with joined(frozen, "plain") as line:
        fault(frozen, operation=f"socket.{kind}", error_code="processing_error")
        assert line.ask(kind, session_id="plain", **fields)[0] == "processing_error"
        assert fired(frozen) == [1]
        if kind != "user_message":
            assert types(line.turn("hello")) == HELLO
        assert frozen.execute("plain-2").status_code == 200
        assert fired(frozen) == [1]


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 1013, 3000, 4000, 4003, 4999])
def test_a_socket_is_closed_with_a_code(frozen: Api, code: int) -> None:
    fault(frozen, close=code)
    with joined(frozen, "plain") as line:
        line.say("hello")
        assert line.closed() == (code, "An injected close")
    assert newest(frozen)["outcome"] == "fault"
    assert frozen.get("/runtime/plain/messages/").json()["total"] == 0


def test_a_connection_is_dropped_without_a_close_frame(frozen: Api) -> None:
    fault(frozen, kind="drop")
    with joined(frozen, "plain") as line:
        line.say("hello")
        assert line.closed() == (None, "")
    assert newest(frozen)["outcome"] == "fault"


def test_a_delay_is_waited_for_first(frozen: Api) -> None:
    fault(frozen, delay_ms=2500)
    with joined(frozen, "plain") as line:
        frames = line.turn("hello")
        assert types(frames) == HELLO
        assert ids(frames)[0] == "1736937002500-0"
    assert newest(frozen)["outcome"] == "ok"


def test_an_error_may_be_late(running: Api) -> None:
    fault(running, error_code="execution_error", delay_ms=3_600_000)
    with joined(running, "plain") as line, joined(running, "plain") as other:
        line.say("hello")
        until_it_has_struck(running)
        running.control("POST", "/clock/advance", json={"seconds": 200})
        other.pending()
        assert running.get("/runtime/plain/messages/").json()["total"] == 0
    assert fired(running) == [1]


def test_a_frame_hangs_until_the_fault_is_dropped(frozen: Api) -> None:
    name = fault(frozen, kind="hang")
    with joined(frozen, "plain") as line, joined(frozen, "plain") as other:
        line.say("hello")
        line.send("nonsense")
        frozen.execute("plain", "hello")
        assert types(other.turn()) == HELLO
        assert types(line.turn()) == HELLO  # what happens is sent meanwhile
        frozen.control("DELETE", f"/faults/{name}")
        assert types(line.until("error")) == [*HELLO, "error"]


# The upgrade


def test_faults_of_the_upgrade(frozen: Api) -> None:
    for entry, closed in (
        ({"close": 4003}, 4003),
        ({"close": 1013}, 1013),
        ({"kind": "drop"}, None),
    ):
        fault(frozen, operation="socket.open", times=1, **entry)
        with opened(frozen) as line:
            assert line.closed()[0] == closed
        assert newest(frozen, "socket.open")["outcome"] == "fault"
    with joined(frozen, "plain") as line:
        assert types(line.turn("hello")) == HELLO


def test_an_error_of_the_upgrade_is_a_frame_and_the_socket_stays_open(frozen: Api) -> None:
    fault(frozen, operation="socket.open", error_code="internal_server_error", times=1)
    with opened(frozen) as line:
        assert line.receive()["error_code"] == "internal_server_error"
        line.send("connect", session_id="plain")
        assert types(line.turn("hello")) == HELLO
    assert newest(frozen, "socket.open")["outcome"] == "fault"


@pytest.mark.parametrize(
    ("query", "headers"),
    [("?emulator_fault=close%3D4003", KEY), ("", {**KEY, "X-Emulator-Fault": "close=4003"})],
)
def test_an_upgrade_may_bring_its_fault_along(frozen: Api, query: str, headers: dict[str, str]) -> None:
    with opened(frozen, query, headers) as line:
        assert line.closed()[0] == 4003
    with opened(frozen) as line:
        assert line.pending() == []


def test_what_it_brings_along_may_strike_its_events(frozen: Api) -> None:
    with opened(frozen, "?emulator_fault=duplicate%3Bafter_events%3D2") as line:
        line.send("connect", session_id="plain")
        assert types(line.turn("hello")) == [*HELLO[:3], *HELLO[2:]]


def test_bad_credentials_come_before_faults(frozen: Api) -> None:
    fault(frozen, operation="socket.open", close=1013)
    with opened(frozen, headers={"x-api-key": "no"}) as line:
        assert line.closed()[0] == 4003
    assert fired(frozen) == [0]


# Events


@pytest.mark.parametrize("after", range(8))
def test_a_gap_leaves_one_event_out(frozen: Api, after: int) -> None:
    fault(frozen, kind="gap", after_events=after, times=1)
    with joined(frozen, "plain") as line:
        frames = line.turn("hello")
        assert types(frames) == [*HELLO[:after], *HELLO[after + 1 :]]
        numbers = [int(one.split("-")[1]) for one in ids(frames)]
        assert numbers == [number for number in range(8) if number != after]
        if after < 7:
            missing = f"1736937000000-{after}"
            assert events(frames)[after]["prev_message_id"] == missing  # which is how clients see it
        line.send("reconnect", session_id="plain", last_message_id="0-0")
        assert types(line.pending()) == HELLO


@pytest.mark.parametrize("after", [0, 3, 7])
def test_an_event_may_come_twice(frozen: Api, after: int) -> None:
    fault(frozen, kind="duplicate", after_events=after, times=1)
    with joined(frozen, "plain") as line:
        frames = line.turn("hello")
        assert types(frames) == [*HELLO[: after + 1], *HELLO[after:]]
        assert frames[after] == frames[after + 1]
        assert types(line.turn("hello")) == HELLO


@pytest.mark.parametrize("after", range(7))
def test_two_events_may_change_places(frozen: Api, after: int) -> None:
    fault(frozen, kind="reorder", after_events=after, times=1)
    with joined(frozen, "plain") as line:
        frames = line.turn("hello")
        expected = list(HELLO)
        expected[after], expected[after + 1] = expected[after + 1], expected[after]
        assert types(frames) == expected
        assert_chain(sorted(events(frames), key=lambda one: int(one["message_id"].split("-")[1])))


def test_the_last_event_has_nothing_to_change_places_with(frozen: Api) -> None:
    fault(frozen, kind="reorder", after_events=7, times=1)
    with joined(frozen, "plain") as line:
        assert types(line.turn("hello")) == HELLO


@pytest.mark.parametrize("after", [0, 4])
def test_a_frame_may_be_no_json(frozen: Api, after: int) -> None:
    fault(frozen, kind="malformed", after_events=after, times=1)
    with joined(frozen, "plain") as line:
        line.say("hello")
        told = texts(line, 9)
        for number, text in enumerate(told):
            if number == after:
                with pytest.raises(json.JSONDecodeError):
                    json.loads(text)
            else:
                assert json.loads(text)
        assert types(line.turn("hello")) == HELLO


@pytest.mark.parametrize("after", [1, 5])
@pytest.mark.parametrize("entry", [{"kind": "drop"}, {"close": 4003}, {"close": 1011}])
def test_after_so_many_events_the_socket_is_lost_and_the_rest_comes_later(frozen: Api, after: int, entry: Json) -> None:
    fault(frozen, after_events=after, times=1, **entry)
    with joined(frozen, "plain") as line:
        line.say("hello")
        first = [line.receive() for _ in range(after)]
        assert line.closed()[0] == entry.get("close")
    with opened(frozen) as other:
        other.send("reconnect", session_id="plain", last_message_id=first[-1]["message_id"])
        second = other.pending()
    assert types([*first, *second]) == HELLO
    assert_chain([*first, *second])


def test_an_error_may_come_between_two_events(frozen: Api) -> None:
    fault(frozen, error_code="processing_error", after_events=3, times=1)
    with joined(frozen, "plain") as line:
        frames = line.turn("hello")
        assert types(frames) == [*HELLO[:3], "error", *HELLO[3:]]
        assert frames[3]["error_code"] == "processing_error"


def test_events_may_stall(frozen: Api) -> None:
    name = fault(frozen, kind="hang", after_events=3)
    with joined(frozen, "plain") as line, joined(frozen, "plain") as other:
        line.say("hello")
        assert types([line.receive() for _ in range(3)]) == HELLO[:3]
        assert types(other.turn()) == HELLO
        frozen.control("DELETE", f"/faults/{name}")
        assert types(line.turn()) == HELLO[3:]


def test_who_leaves_a_session_while_its_events_stall_gets_no_more_of_them(frozen: Api) -> None:
    name = fault(frozen, operation="socket.connect", kind="hang", after_events=3)
    with joined(frozen, "plain") as line:
        frozen.execute("plain", "hello")
        assert types([line.receive() for _ in range(3)]) == HELLO[:3]
        line.send("disconnect")
        frozen.control("POST", "/journal/wait", json={"match": {"operation": "socket.disconnect"}})
        frozen.control("DELETE", f"/faults/{name}")
        assert types(line.pending()) == HELLO[3:4]  # that was on its way


def test_who_reconnects_while_events_stall_gets_the_others_once(frozen: Api) -> None:
    name = fault(frozen, operation="socket.connect", kind="hang", after_events=3)
    with joined(frozen, "plain") as line:
        frozen.execute("plain", "hello")
        first = [line.receive() for _ in range(3)]
        line.send("reconnect", session_id="plain", last_message_id=first[-1]["message_id"])
        frozen.control("POST", "/journal/wait", json={"match": {"operation": "socket.reconnect"}})
        frozen.control("DELETE", f"/faults/{name}")
        assert types(line.pending()) == [HELLO[3], *HELLO[3:]]  # one was on its way


def test_a_turn_may_be_cancelled_while_its_events_stall(frozen: Api) -> None:
    with joined(frozen, "plain") as other, joined(frozen, "plain-2") as line:
        name = fault(frozen, operation="socket.connect", kind="hang", after_events=2)
        line.send("connect", session_id="plain")
        until_it_has_struck(frozen)
        other.say("hold")
        other.until("TextMessageContent")
        assert types([line.receive() for _ in range(2)]) == HELLO[:2]
        line.send("cancel_execution", session_id="plain")
        assert types(other.turn()) == order("TextMessageEnd ExecutionCancelled execution_result")
        frozen.control("DELETE", f"/faults/{name}")
        assert types(line.turn())[-3:] == order("TextMessageEnd ExecutionCancelled execution_result")


def test_a_socket_that_is_too_many_turns_behind_is_cut_off(frozen: Api) -> None:
    assert SOCKET_BEHIND.most == 100
    fault(frozen, operation="socket.connect", kind="hang", after_events=3)
    with joined(frozen, "plain") as line:
        for _ in range(101):
            assert frozen.execute("plain", "hello").status_code == 200
        assert types([line.receive() for _ in range(3)]) == HELLO[:3]
        assert line.closed() == (None, "")


def test_events_may_be_late(running: Api) -> None:
    fault(running, delay_ms=100_000, after_events=3)
    with joined(running, "plain") as line, joined(running, "plain") as other:
        line.say("hello")
        assert types([line.receive() for _ in range(3)]) == HELLO[:3]
        assert types(other.turn()) == HELLO
        running.control("POST", "/clock/advance", json={"seconds": 101})
        assert types(line.turn()) == HELLO[3:]


def test_events_that_a_filter_keeps_back_are_not_counted(frozen: Api) -> None:
    fault(frozen, kind="duplicate", after_events=1, times=1)
    with joined(frozen, "plain", event_types=["TextMessageContent"]) as line:
        frames = line.turn("hello")
        assert [one["delta"] for one in payloads(frames)] == ["Hello", " there.", " there."]


def test_a_fault_of_connect_strikes_what_is_sent_later(frozen: Api) -> None:
    fault(frozen, operation="socket.connect", kind="gap", after_events=2, times=1)
    with joined(frozen, "plain") as line:
        frozen.execute("plain", "hello")
        assert types(line.turn()) == [*HELLO[:2], *HELLO[3:]]


def test_another_socket_is_not_struck(frozen: Api) -> None:
    fault(frozen, kind="gap", after_events=2)
    with joined(frozen, "plain") as line, joined(frozen, "plain") as other:
        assert types(line.turn("hello")) == [*HELLO[:2], *HELLO[3:]]
        assert types(other.turn()) == HELLO


def test_several_faults_strike_one_after_the_other(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        for kind, after in (("gap", 1), ("duplicate", 3)):
            fault(frozen, operation="socket.reconnect", kind=kind, after_events=after, times=1)
            line.send("reconnect", session_id="plain", last_message_id="0-0")
        frames = line.turn("hello")
        assert types(frames) == [HELLO[0], HELLO[2], HELLO[3], HELLO[3], *HELLO[4:]]


# Which frames


def test_after_and_times_choose_frames(frozen: Api) -> None:
    fault(frozen, error_code="processing_error", after=1, times=2)
    with joined(frozen, "plain") as line:
        codes = []
        for _ in range(5):
            line.say("hello")
            codes.append(line.pending()[0].get("error_code"))
        assert codes == [None, "processing_error", "processing_error", None, None]
    assert fired(frozen) == [2]


def test_a_fault_of_a_session_strikes_frames_about_that_session(frozen: Api) -> None:
    fault(frozen, error_code="processing_error", session="plain")
    with joined(frozen, "plain", "plain-2") as line:
        assert types(line.turn("hello", session_id="plain-2")) == HELLO
        assert line.ask("user_message", session_id="plain", content="hello")[0] == "processing_error"
    with joined(frozen, "plain") as line:  # which the frame need not name
        assert line.ask("user_message", content="hello")[0] == "processing_error"


def test_faults_of_requests_strike_no_sockets_and_those_of_sockets_no_requests(frozen: Api) -> None:
    frozen.control("POST", "/faults", json=[{"operation": "*", "status": 503, "times": 1}])
    with joined(frozen, "plain") as line:
        assert types(line.turn("hello")) == HELLO
        assert frozen.execute("plain-2").status_code == 503
        frozen.control("POST", "/faults", json=[{"operation": "*", "kind": "gap"}])
        assert frozen.execute("plain-2").status_code == 200
        assert types(line.turn("hello")) == HELLO[1:]


def test_frames_that_are_none_are_refused_before_any_fault(frozen: Api) -> None:
    fault(frozen, operation="*", error_code="processing_error")
    with opened(frozen) as line:
        line.receive()
        assert line.ask_raw("[]")[0] == "invalid_message_format"
        assert line.ask("user_message")[0] == "invalid_message_format"
        assert line.ask("user_message", content="hello")[0] == "processing_error"


def test_chance_of_a_fault_is_that_of_the_seed(frozen: Api) -> None:
    def struck() -> list[bool]:
        frozen.control("POST", "/reset")
        fault(frozen, error_code="processing_error", probability=0.5)
        with joined(frozen, "plain") as line:
            told = []
            for _ in range(12):
                line.say("")
                told.append(line.receive()["error_code"] == "processing_error")
            return told

    first = struck()
    assert struck() == first
    assert True in first
    assert False in first


def test_a_reset_lets_what_hangs_go(frozen: Api) -> None:
    fault(frozen, kind="hang")
    with joined(frozen, "plain") as line:
        line.say("hello")
        until_it_has_struck(frozen)
        line.say("hello")
        frozen.control("POST", "/reset")
        assert line.closed()[0] == 1012
    assert frozen.get("/runtime/plain/messages/").json()["total"] == 0


@pytest.mark.parametrize("entry", [{"kind": "hang"}, {"kind": "hang", "after_events": 2}, {"delay_ms": 3_600_000}])
def test_a_client_that_leaves_meanwhile_leaves_nothing_behind(running: Api, entry: Json) -> None:
    fault(running, **entry)
    with joined(running, "plain") as line:
        line.say("hello")
        until_it_has_struck(running)
    emulator = running.server.emulator
    deadline = time.monotonic() + PATIENCE
    while emulator.namespace("default").followers.sockets:
        assert time.monotonic() < deadline
    with joined(running, "plain") as other:
        assert other.pending() == []


# Scenarios


def used(api: Api, name: str) -> None:
    answer = api.control("POST", f"/scenarios/{name}")
    assert answer.status_code == 200, answer.text


def test_scenario_streaming(frozen: Api) -> None:
    used(frozen, "streaming")
    with joined(frozen, "plain") as line:
        frames = line.turn("What does a lighthouse keeper do?")
    assert_chain(frames)
    pieces = payloads(frames, "TextMessageContent")
    assert len(pieces) > 30
    assert text_of(frames) == frames[-1]["messages"][0]["content"]
    assert frames[-1]["execution_time"] == round(0.06 * (len(pieces) - 1), 6)


def test_scenario_approval(frozen: Api) -> None:
    used(frozen, "approval")
    with joined(frozen, "session_approval") as line:
        for accepts in (True, False):
            line.say("Please write to Ada")
            card = line.until("HitlRequired")[-1]["payload"]["payload"]
            assert (card["display_name"], card["display_text"]) == ("Mail: Send Email", "Send this email?")
            assert card["tool_args"]["to"] == "ada@example.com"
            data = {"kind": "accept" if accepts else "decline"}
            line.send("hitl_response", session_id="session_approval", tool_call_id=card["tool_call_id"], data=data)
            frames = line.turn()
            assert text_of(frames) == ("The e-mail is on its way." if accepts else "All right, I have not sent it.")
            assert (types(frames)[1:5] == CALL) == accepts


def test_scenario_approval_declined(frozen: Api) -> None:
    used(frozen, "approval-declined")
    session = "session_approval_declined"
    with joined(frozen, session) as line:
        line.say("Tell everybody")
        card = line.until("HitlRequired")[-1]["payload"]["payload"]
        data = {"kind": "decline", "feedback": "Too early."}
        line.send("hitl_response", session_id=session, tool_call_id=card["tool_call_id"], data=data)
        assert text_of(line.turn()) == "I have not sent it. You said: Too early."


def test_scenario_lost_connection(frozen: Api) -> None:
    used(frozen, "lost-connection")
    with joined(frozen, "plain") as line:
        line.say("What happened?")
        first = [line.receive() for _ in range(6)]
        assert line.closed() == (None, "")
    with opened(frozen) as other:
        other.send("reconnect", session_id="plain", last_message_id=first[-1]["message_id"])
        second = other.turn()
        assert_chain([*first, *second])
        assert text_of([*first, *second]) == second[-1]["messages"][0]["content"]


def test_scenario_slow_stream(frozen: Api) -> None:
    used(frozen, "slow-stream")
    with joined(frozen, "plain") as line:
        line.say("Who was it?")
        frames = line.until("TextMessageStart")
        until_gates_are(frozen, [{"name": "slow-stream", "open": False, "waiting": 1}])
        frames += line.pending()
        assert text_of(frames) == "Let me think about that, well,"
        frozen.control("POST", "/gates/slow-stream/open")
        frames += line.turn()
        assert text_of(frames).endswith("it was the gardener after all.")
        assert_chain(frames)


def test_scenario_cancelled(frozen: Api) -> None:
    used(frozen, "cancelled")
    with joined(frozen, "plain") as line:
        line.say("Talk to me")
        frames = line.until("TextMessageStart")
        until_gates_are(frozen, [{"name": "cancelled", "open": False, "waiting": 1}])
        frames += line.pending()
        assert text_of(frames) == "I could go on like this for a"
        line.send("cancel_execution")
        assert types(line.turn()) == order("TextMessageEnd ExecutionCancelled execution_result")
