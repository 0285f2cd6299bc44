"""The tables of the socket are whole, and their schemas take what they should and nothing else."""

import json
from typing import Any

import pytest

from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.resources import bundled
from atthene_emulator.web.socket import handlers
from atthene_emulator.web.socket.codes import CLOSES, ERRORS
from atthene_emulator.web.socket.events import EVENTS, SCRIPTED, SERVER_FRAMES
from atthene_emulator.web.socket.frames import ANY_FRAME, BY_TYPE, FRAMES, Frame
from tests.web.socket_frames import check_frame

TYPES = ["connect", "user_message", "hitl_response", "cancel_execution", "reconnect", "disconnect"]
STARTED = {
    "type": "event",
    "client_type": "backend",
    "message_id": "1736937000000-0",
    "prev_message_id": None,
    "payload": {
        "type": "ExecutionStarted",
        "execution_id": "exec_0123456789ab",
        "session_id": "sess_abc123def456",
        "timestamp": "2025-01-15T10:30:00.000000+00:00",
    },
}
CARD = {
    "kind": "approval",
    "tool_call_id": "call_8f21",
    "tool_name": "mail_send_email",
    "display_name": "Mail: Send Email",
    "agent_name": "assistant",
    "display_text": "Send this email?",
    "session_id": "sess_abc123xyz",
    "execution_id": "exec_456",
    "run_id": "run_1",
    "archetype": "generic",
}
REQUIRED = {"type": "HitlRequired", "session_id": "sess_abc123xyz", "execution_id": "exec_456", "payload": CARD}

each_frame = pytest.mark.parametrize("row", FRAMES, ids=lambda row: row.type)


def event(payload: dict[str, Any]) -> str:
    """A frame with a payload."""
    timed = {"timestamp": "2025-01-15T10:30:00.000000+00:00", **payload}
    return json.dumps({**STARTED, "payload": timed})


def test_there_are_six_frames_with_a_handler_each() -> None:
    assert [row.type for row in FRAMES] == TYPES
    assert [row.name for row in FRAMES] == [f"socket.{name}" for name in TYPES]
    assert [row.handler for row in FRAMES] == [getattr(handlers, name) for name in TYPES]


@each_frame
def test_its_example_fits(row: Frame) -> None:
    assert row.mistake(row.example) is None
    assert row.example["type"] == row.type


@each_frame
def test_what_is_required_is_named_where_it_is_missing(row: Frame) -> None:
    for name in row.body.source["required"]:
        poorer = {key: value for key, value in row.example.items() if key != name}
        assert row.mistake(poorer) == f"{name} is required."


@each_frame
def test_what_nobody_knows_is_not_looked_at(row: Frame) -> None:
    assert row.mistake({**row.example, "nonce": 1}) is None


@each_frame
def test_its_codes_are_in_the_table_and_no_fault(row: Frame) -> None:
    codes = {one.code for one in ERRORS if not one.injected}
    assert set(row.errors) <= codes - set(ANY_FRAME)


def test_every_code_is_caused_by_some_frame_or_by_a_fault() -> None:
    caused = {*ANY_FRAME, *(code for row in FRAMES for code in row.errors)}
    assert caused == {one.code for one in ERRORS if not one.injected}
    assert len({one.code for one in ERRORS}) == len(ERRORS) == 25
    assert [one.code for one in CLOSES] == [4000, 4001, 4003, 1001, 1009, 1008, 1012, 1013]


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        pytest.param("connect", {"client_type": "backend"}, 'client_type must be web_frontend, mobile_frontend, desktop_frontend or api, not "backend".', id="backend"),
        pytest.param("connect", {"event_types": "*"}, 'event_types must be a list, not "*".', id="event types"),
        pytest.param("user_message", {"content": 3}, "content must be text or a list, not 3; quote it to mean the text.", id="content"),
        pytest.param("user_message", {"content": [{"type": "text"}]}, "content.0.text: text is required.", id="block"),
        pytest.param("user_message", {"artifacts": [7]}, "artifacts.0 must be text, not 7; quote it to mean the text.", id="artifact"),
        pytest.param("hitl_response", {"data": 3}, "data must be a mapping, not 3.", id="data"),
        pytest.param("hitl_response", {"data": {}}, "data.kind: kind is required.", id="no kind"),
        pytest.param("hitl_response", {"data": {"kind": "no"}}, 'data.kind: kind must be accept, decline or answer, not "no".', id="kind"),
        pytest.param("hitl_response", {"data": {"kind": "answer"}}, "data.selected_option: selected_option is required.", id="no answer"),
        pytest.param("hitl_response", {"data": {"kind": "accept", "scope": "ever"}}, 'data.scope: scope must be once or session, not "ever".', id="scope"),
        pytest.param("hitl_response", {"data": {"kind": "decline", "feedback": []}}, "data.feedback: feedback must be text, not a list.", id="feedback"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence(name: str, wrong: dict[str, Any], said: str) -> None:
    assert BY_TYPE[name].mistake({**BY_TYPE[name].example, **wrong}) == said


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"kind": "accept"}, id="accept"),
        pytest.param({"kind": "accept", "pause_kind": "approval", "scope": "session"}, id="scope"),
        pytest.param({"kind": "accept", "tool_args": {"connection_id": "c_1"}}, id="connection"),
        pytest.param({"kind": "decline", "feedback": "Not now."}, id="decline"),
        pytest.param({"kind": "answer", "text": "Blue"}, id="text"),
        pytest.param({"kind": "answer", "selected_option": "Blue"}, id="option"),
    ],
)
def test_every_kind_of_answer_is_taken(data: dict[str, Any]) -> None:
    row = BY_TYPE["hitl_response"]
    assert row.mistake({**row.example, "data": data}) is None


@pytest.mark.parametrize("content", ["", "  ", [], [{"type": "text", "text": ""}]])
def test_content_without_anything_is_no_mistake_of_form(content: Any) -> None:
    row = BY_TYPE["user_message"]
    assert row.mistake({**row.example, "content": content}) is None


def test_documented_events_are_taken() -> None:
    assert check_frame(json.dumps(STARTED)) == STARTED
    check_frame(event(REQUIRED))
    check_frame(event({"type": "StepStarted", "step": {"name": "plan"}}))
    check_frame('{"type": "error", "client_type": "backend", "message": "No.", "error_code": "empty_content"}')


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(event({"type": "ExecutionStarted", "executionId": "exec_1", "session_id": "s"}), id="field name"),
        pytest.param(event({**REQUIRED, "payload": {**CARD, "arguments": {}}}), id="field name of a card"),
        pytest.param(event({"type": "RunFinished", "run_id": "run_1"}), id="field left out"),
        pytest.param(event({"type": "StepStarted", "timestamp": "2025-01-15T10:30:00Z"}), id="time"),
        pytest.param(json.dumps({**STARTED, "message_id": "7"}), id="message id"),
        pytest.param(json.dumps({**STARTED, "messageId": "7-0"}), id="envelope"),
        pytest.param('{"type": "error", "client_type": "backend", "message": "No.", "error_code": "no"}', id="code"),
    ],
)  # fmt: skip
def test_another_frame_would_be_noticed(text: str) -> None:
    with pytest.raises(AssertionError, match=r" in \{"):
        check_frame(text)


def test_every_event_has_its_own_schema_unless_a_script_says_what_is_in_it() -> None:
    sent = [one for one in EVENTS if one.sent == "always"]
    assert (len(sent), len({one.schema.name for one in sent})) == (28, 28)
    assert {one.schema for one in EVENTS if one.sent == "script"} == {SCRIPTED}
    assert len({one.type for one in EVENTS}) == len(EVENTS) == 50
    assert [one.schema.source["properties"]["type"]["const"] for one in sent] == [one.type for one in sent]


def test_no_schema_is_left_over() -> None:
    folder = bundled("schemas/socket")
    files = {
        f"socket/{path.relative_to(folder).as_posix()}".removesuffix(".schema.json") for path in folder.rglob("*.json")
    }
    rows = [*(row.body for row in FRAMES), *(one.schema for one in (*SERVER_FRAMES, *EVENTS))]
    assert files == {schema.name for schema in rows} - {"responses/execution.connecting"}


def test_every_row_rests_on_a_page_or_a_known_decision() -> None:
    ids = {one.id for one in DECISIONS}
    for one in (*FRAMES, *ERRORS, *CLOSES, *EVENTS, *SERVER_FRAMES):
        assert one.evidence.level != "decided" or one.evidence.source in ids
