"""Human in the loop: who is asked, which answers there are, and what follows from them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import Api
from tests.execution.worlds import executions
from tests.web.socket.client import Json, Line, assert_chain, ids, joined, opened, payloads, text_of, type_of, types
from tests.web.socket.test_opening import HELLO, KEY
from tests.web.socket.test_turns import order

BUSY = ("hitl_session_busy", "This session is waiting for a human-in-the-loop response.")
CALL = order("ToolCallStart ToolCallArgs ToolCallEnd ToolCallResult")
SAID = order(
    "TextMessageStart TextMessageContent TextMessageContent TextMessageContent TextMessageEnd RunFinished ExecutionFinished execution_result"
)


def calling(api: Api, tool: str, hitl: Json | None = None, arguments: Json | None = None, **then: Any) -> None:
    """Have each agent call a tool."""
    call: Json = {"name": tool, "arguments": arguments or {}, "result": "done"}
    if hitl is not None:
        call["hitl"] = hitl
    step = {"tool_calls": [call], "reply": "It is done.", **then}
    added = api.control(
        "POST", "/scripts", json=[{"name": "calling", "when": {"content": {"matches": "."}}, "then": step}]
    )
    assert added.status_code == 201, added.text


def asked(line: Line, content: str = "go") -> Json:
    """Have a person be asked; what the card is made of."""
    line.say(content, session_id="tools")
    card: Json = line.until("HitlRequired")[-1]["payload"]["payload"]
    return card


def answer(line: Line, card: Json, **data: Any) -> None:
    line.send("hitl_response", session_id="tools", tool_call_id=card["tool_call_id"], data=data)


def refused(line: Line, card: Json, **data: Any) -> tuple[str, str]:
    return line.ask("hitl_response", session_id="tools", tool_call_id=card["tool_call_id"], data=data)


def outcome(frames: list[Json]) -> list[str]:
    return [one["outcome"] for one in payloads(frames, "HitlResolved")]


def results(api: Api) -> list[Any]:
    """What the tools of the newest execution answered."""
    return [call["result"] for turn in executions(api, "tools")[-1]["turns"] for call in turn["tool_calls"]]


# Who is asked


def test_the_card_has_what_the_contract_says(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        line.say("mail", correlation_id="c")
        frames = line.until("HitlRequired")
        assert types(frames) == order("ExecutionStarted RunStarted HitlRequired")
        assert_chain(frames)
        payload = frames[-1]["payload"]
        execution = frames[0]["payload"]["execution_id"]
        call = payload["payload"]["tool_call_id"]
        assert call.startswith("call_")
        assert payload == {
            "type": "HitlRequired",
            "session_id": "tools",
            "execution_id": execution,
            "payload": {
                "kind": "approval",
                "tool_call_id": call,
                "tool_name": "mail_send_email",
                "display_name": "Mail: Send Email",
                "agent_name": "assistant",
                "display_text": "Send this email?",
                "session_id": "tools",
                "execution_id": execution,
                "run_id": "run_1",
                "archetype": "generic",
                "tool_args": {"to": "ada@example.com", "urgent": False},
                "args_schema": {"to": {"type": "string"}, "urgent": {"type": "boolean"}},
            },
            "timestamp": "2025-01-15T10:30:00.000000+00:00",
            "correlation_id": "c",
        }
        assert line.pending() == []


@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("mail_send_email", "Send this email?"),  # tool_default
        ("mail_delete_email", "Confirm action?"),  # mandatory
        ("crm_update_contact", "Confirm action?"),  # instance
        ("pay_invoice", "Confirm action?"),  # policy
        ("book_room", "Confirm action?"),  # of the seed
        ("erase_disk", "Confirm action?"),
    ],
)
def test_gated_tools_ask(frozen: Api, tool: str, text: str) -> None:
    calling(frozen, tool)
    with joined(frozen, "tools") as line:
        card = asked(line)
        assert (card["tool_name"], card["display_text"], card["kind"]) == (tool, text, "approval")


@pytest.mark.parametrize("tool", ["calculator", "silent_mail"])
def test_others_do_not(frozen: Api, tool: str) -> None:
    calling(frozen, tool)
    with joined(frozen, "tools") as line:
        assert types(line.turn("go")) == ["ExecutionStarted", "RunStarted", *CALL, *SAID]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("calculator", "Calculator"), ("crm_update_contact", "Crm: Update Contact"), ("erase_disk", "Erase: Disk")],
)
def test_the_display_name_is_made_of_the_tools_name(frozen: Api, name: str, shown: str) -> None:
    calling(frozen, name, {"kind": "approval"})
    with joined(frozen, "tools") as line:
        assert asked(line)["display_name"] == shown


def test_arguments_have_the_schema_of_the_seed_or_of_their_types(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        calling(frozen, "book_room", arguments={"room": "A"})
        assert asked(line)["args_schema"] == {"room": {"type": "string"}, "seats": {"type": "integer"}}
        line.send("cancel_execution")
        line.turn()
        values = {"a": 1, "b": 1.5, "c": True, "d": None, "e": [1], "f": {"g": 1}, "h": "i"}
        calling(frozen, "pay_invoice", arguments=values)
        card = asked(line)
        assert card["tool_args"] == values
        names = ("integer", "number", "boolean", None, "array", "object", "string")
        kinds = dict(zip(values, names, strict=True))
        assert card["args_schema"] == {name: {"type": kind} if kind else {} for name, kind in kinds.items()}


# Accepting


@pytest.mark.parametrize("data", [{}, {"scope": "once"}, {"pause_kind": "approval"}, {"unknown": 1}])
def test_who_accepts_lets_the_tool_be_called(frozen: Api, data: Json) -> None:
    with joined(frozen, "tools") as line:
        first = (line.say("mail"), line.until("HitlRequired"))[1]
        answer(line, first[-1]["payload"]["payload"], kind="accept", **data)
        frames = line.turn()
        assert types(frames) == ["HitlResolved", *CALL, *SAID]
        assert_chain([*first, *frames])
        resolved = frames[0]["payload"]
        assert resolved == {
            "type": "HitlResolved",
            "session_id": "tools",
            "execution_id": first[0]["payload"]["execution_id"],
            "tool_call_id": first[-1]["payload"]["payload"]["tool_call_id"],
            "outcome": "accepted",
            "timestamp": resolved["timestamp"],
        }
        assert payloads(frames, "ToolCallStart")[0]["tool_call_id"] == resolved["tool_call_id"]
        assert payloads(frames, "ToolCallArgs")[0]["delta"] == '{"to": "ada@example.com", "urgent": false}'
        assert payloads(frames, "ToolCallResult")[0]["content"] == '{"sent": true}'
        assert text_of(frames) == "It is sent."
        assert frames[-1]["status"] == "completed"
        assert types(line.turn("hello")) == HELLO


def test_edited_arguments_are_those_that_the_tool_is_called_with(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        answer(line, asked(line, "mail"), kind="accept", tool_args={"to": "bob@example.com", "urgent": True})
        frames = line.turn()
        assert payloads(frames, "ToolCallArgs")[0]["delta"] == '{"to": "bob@example.com", "urgent": true}'
        assert outcome(frames) == ["accepted"]
    call = executions(frozen, "tools")[-1]["turns"][0]["tool_calls"][0]
    assert call["arguments"] == {"to": "bob@example.com", "urgent": True}


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        pytest.param({"to": "bob"}, "accepted", id="fewer"),
        pytest.param({}, "accepted", id="none"),
        pytest.param({"to": "bob", "urgent": False}, "accepted", id="same types"),
        pytest.param({"to": 7}, "validation_failed", id="number for text"),
        pytest.param({"to": None}, "validation_failed", id="null for text"),
        pytest.param({"urgent": 1}, "validation_failed", id="number for boolean"),
        pytest.param({"to": "bob", "copy": "eve"}, "validation_failed", id="further key"),
    ],
)
def test_without_a_schema_edits_have_the_keys_and_types_of_what_was_proposed(
    frozen: Api, edited: Json, expected: str
) -> None:
    with joined(frozen, "tools") as line:
        answer(line, asked(line, "mail"), kind="accept", tool_args=edited)
        frames = line.turn()
        assert outcome(frames) == [expected]
        assert ("ToolCallStart" in types(frames)) == (expected == "accepted")
        assert frames[-1]["status"] == "completed"


def test_where_nothing_was_proposed_every_edit_fits(frozen: Api) -> None:
    calling(frozen, "pay_invoice")
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="accept", tool_args={"amount": 7})
        frames = line.turn()
        assert payloads(frames, "ToolCallArgs")[0]["delta"] == '{"amount": 7}'


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        ({"room": "B"}, "accepted"),
        ({"room": "B", "seats": 4}, "accepted"),
        ({"seats": 4}, "validation_failed"),
        ({"room": 7}, "validation_failed"),
        ({"room": "B", "seats": "many"}, "validation_failed"),
        ({"room": "B", "more": 1}, "validation_failed"),
    ],
)
def test_the_seeds_schema_says_which_edits_fit(frozen: Api, edited: Json, expected: str) -> None:
    calling(frozen, "book_room", arguments={"room": "A"}, on_decline={"reply": "I see: {{ hitl.feedback }}"})
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="accept", tool_args=edited)
        frames = line.turn()
        assert outcome(frames) == [expected]
        if expected == "validation_failed":
            assert "ToolCallStart" not in types(frames)
            assert len(text_of(frames)) > len("I see: ")
            assert results(frozen)[0].startswith("declined by user: ")


# For the whole session


@pytest.mark.parametrize("tool", ["mail_send_email", "crm_update_contact", "book_room"])
def test_a_tool_may_be_accepted_for_the_session(frozen: Api, tool: str) -> None:
    calling(frozen, tool)
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="accept", scope="session")
        assert outcome(line.turn()) == ["accepted"]
        assert types(line.turn("go")) == ["ExecutionStarted", "RunStarted", *CALL, *SAID]
        assert frozen.execute("tools", "go").json()["status"] == "completed"
        line.turn()
        frozen.control("POST", "/snapshots", json={"name": "allowed"})
        calling(frozen, "pay_invoice")
        assert asked(line)["tool_name"] == "pay_invoice"  # of the others each is asked about
    exported = frozen.control("GET", "/snapshots/allowed").json()
    assert frozen.control("PUT", "/snapshots/again", json=exported).status_code in (200, 201, 204)
    for name in ("allowed", "again"):
        frozen.control("POST", f"/snapshots/{name}/restore")
        with joined(frozen, "tools") as line:
            assert "HitlRequired" not in types(line.turn("go"))


@pytest.mark.parametrize("tool", ["mail_delete_email", "pay_invoice", "erase_disk"])
def test_others_are_asked_about_each_time(frozen: Api, tool: str) -> None:
    calling(frozen, tool)
    with joined(frozen, "tools") as line:
        card = asked(line)
        assert refused(line, card, kind="accept", scope="session")[0] == "hitl_response_failed"
        assert line.ask("user_message", content="hello") == BUSY
        answer(line, card, kind="accept", scope="once")
        assert outcome(line.turn()) == ["accepted"]
        assert asked(line)["tool_name"] == tool


def test_once_is_once(frozen: Api) -> None:
    calling(frozen, "mail_send_email")
    with joined(frozen, "tools") as line:
        for scope in ({}, {"scope": "once"}):
            answer(line, asked(line), kind="accept", **scope)
            assert outcome(line.turn()) == ["accepted"]
        assert asked(line)["tool_name"] == "mail_send_email"


def test_within_a_turn_it_counts_at_once(frozen: Api) -> None:
    call = {"name": "mail_send_email", "result": "ok"}
    frozen.control(
        "POST",
        "/scripts",
        json=[{"name": "twice", "then": {"tool_calls": [call, call, call], "reply": "Sent them all."}}],
    )
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="accept")
        second = line.until("HitlRequired")
        assert types(second) == ["HitlResolved", *CALL, "HitlRequired"]
        answer(line, second[-1]["payload"]["payload"], kind="accept", scope="session")
        assert types(line.turn()) == ["HitlResolved", *CALL, *CALL, *SAID]


def test_another_session_is_asked_all_the_same(frozen: Api) -> None:
    calling(frozen, "mail_send_email")
    config = frozen.get("/sessions/tools/").json()["agent_config"]
    other = frozen.create_session(config)
    with joined(frozen, "tools", other) as line:
        answer(line, asked(line), kind="accept", scope="session")
        line.turn()
        line.say("go", session_id=other)
        assert type_of(line.until("HitlRequired")[-1]) == "HitlRequired"


# Declining


@pytest.mark.parametrize("data", [{}, {"feedback": "Not now."}, {"feedback": ""}, {"pause_kind": "approval"}])
def test_who_declines_skips_the_tool(frozen: Api, data: Json) -> None:
    with joined(frozen, "tools") as line:
        answer(line, asked(line, "mail"), kind="decline", **data)
        frames = line.turn()
        assert types(frames) == ["HitlResolved", *SAID]
        assert outcome(frames) == ["declined"]
    feedback = data.get("feedback")
    assert results(frozen) == [f"declined by user: {feedback}" if feedback else "declined by user"]


def test_on_decline_follows_and_knows_the_feedback(frozen: Api) -> None:
    calling(frozen, "mail_send_email", on_decline={"reply": "You said: {{ hitl.feedback }}!"})
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="decline", feedback="no")
        assert text_of(line.turn()) == "You said: no!"
        answer(line, asked(line), kind="decline")
        assert text_of(line.turn()) == "You said: !"
        answer(line, asked(line), kind="accept")
        assert text_of(line.turn()) == "It is done."


def test_on_decline_may_call_and_be_declined_again(frozen: Api) -> None:
    inner = {
        "tool_calls": [{"name": "pay_invoice", "result": "paid"}],
        "reply": "Paid.",
        "on_decline": {"reply": "Nothing then."},
    }
    calling(frozen, "mail_send_email", on_decline=inner)
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="decline")
        second = line.until("HitlRequired")
        assert types(second) == ["HitlResolved", "HitlRequired"]
        answer(line, second[-1]["payload"]["payload"], kind="decline", feedback="Stop")
        frames = line.turn()
        assert text_of(frames) == "Nothing then."
    assert results(frozen) == ["declined by user", "declined by user: Stop"]


def test_without_on_decline_further_calls_are_made(frozen: Api) -> None:
    calls = [{"name": "mail_send_email", "result": "sent"}, {"name": "calculator", "result": 2}]
    frozen.control("POST", "/scripts", json=[{"name": "both", "then": {"tool_calls": calls, "reply": "So it is."}}])
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="decline")
        assert types(line.turn()) == ["HitlResolved", *CALL, *SAID]


def test_a_script_that_does_not_fit_after_an_answer_fails_the_turn_and_no_frame(frozen: Api) -> None:
    calling(frozen, "mail_send_email", on_decline={"tool_calls": [{"name": "nothing"}]})
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="decline")
        frames = line.turn()
        assert types(frames) == order("HitlResolved RunError ExecutionError ExecutionFinished execution_result")
        assert "assistant cannot call nothing" in frames[-1]["error"]
        assert line.pending() == []
        assert asked(line)["tool_name"] == "mail_send_email"


# Other kinds

CONNECTIONS = [
    ("connection_required", None),
    ("mail_connection_required", None),
    ("uknow_connection_required", "connection_id"),
    ("api_key_connection_required", "connection_id"),
    ("oauth_integration_required", "company_integration_id"),
]
QUESTION = {"kind": "ask_user_question", "question": "Which colour?", "options": ["Red", "Blue"]}


@pytest.mark.parametrize(("kind", "wanted"), CONNECTIONS)
def test_a_script_asks_for_a_connection(frozen: Api, kind: str, wanted: str | None) -> None:
    calling(frozen, "calculator", {"kind": kind, "display_text": "Connect it."}, {"a": 1})
    with joined(frozen, "tools") as line:
        card = asked(line)
        assert (card["kind"], card["display_text"], card["tool_args"]) == (kind, "Connect it.", {"a": 1})
        assert refused(line, card, kind="answer", text="Yes")[0] == "hitl_response_failed"
        if wanted is not None:
            assert refused(line, card, kind="accept")[0] == "hitl_response_failed"
            assert refused(line, card, kind="accept", tool_args={"other": "c_1"})[0] == "hitl_response_failed"
        assert line.ask("user_message", content="hello") == BUSY
        answer(line, card, kind="accept", pause_kind=kind, **({"tool_args": {wanted: "c_1"}} if wanted else {}))
        frames = line.turn()
        assert types(frames) == ["HitlResolved", *CALL, *SAID]
        assert payloads(frames, "ToolCallArgs")[0]["delta"] == '{"a": 1}'
        answer(line, asked(line), kind="decline", feedback="No")
        assert outcome(line.turn()) == ["declined"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"selected_option": "Red"}, "Red"),
        ({"text": "Green"}, "Green"),
        ({"selected_option": "Red", "text": "Rather dark"}, "Rather dark"),
    ],
)
def test_a_question_is_answered_and_the_answer_is_the_result(frozen: Api, data: Json, said: str) -> None:
    calling(frozen, "calculator", QUESTION, reply="You like {{ hitl.answer }}.")
    with joined(frozen, "tools") as line:
        card = asked(line)
        assert (card["kind"], card["question"], card["options"]) == (
            "ask_user_question",
            "Which colour?",
            ["Red", "Blue"],
        )
        assert card["display_text"] == "Which colour?"
        answer(line, card, kind="answer", **data)
        frames = line.turn()
        assert outcome(frames) == ["answered"]
        assert payloads(frames, "ToolCallResult")[0]["content"] == said
        assert text_of(frames) == f"You like {said}."
    assert results(frozen) == [said]


def test_an_option_that_was_not_offered_is_refused_and_the_question_stays(frozen: Api) -> None:
    calling(frozen, "calculator", QUESTION)
    with joined(frozen, "tools") as line:
        card = asked(line)
        assert refused(line, card, kind="answer", selected_option="Rad") == (
            "hitl_response_failed",
            "'Rad' is none of the options; did you mean Red?",
        )
        answer(line, card, kind="answer", selected_option="Red")
        assert outcome(line.turn()) == ["answered"]


@pytest.mark.parametrize("kind", ["accept", "decline"])
def test_a_question_is_neither_accepted_nor_declined(frozen: Api, kind: str) -> None:
    calling(frozen, "calculator", QUESTION)
    with joined(frozen, "tools") as line:
        card = asked(line)
        assert refused(line, card, kind=kind)[0] == "hitl_response_failed"
        answer(line, card, kind="answer", text="Blue")
        assert outcome(line.turn()) == ["answered"]


@pytest.mark.parametrize(
    "data", [{"kind": "answer"}, {"kind": "answer", "text": 7}, {"kind": "yes"}, {}, {"kind": None}]
)
def test_data_that_is_not_of_its_kind_is_no_frame(frozen: Api, data: Json) -> None:
    with joined(frozen, "tools") as line:
        assert refused(line, asked(line, "mail"), **data)[0] == "invalid_message_format"
        assert line.ask("user_message", content="hello") == BUSY


def test_a_forced_kind_is_not_for_the_session(frozen: Api) -> None:
    calling(frozen, "calculator", {"kind": "approval"})
    with joined(frozen, "tools") as line:
        assert refused(line, asked(line), kind="accept", scope="session")[0] == "hitl_response_failed"


# Wrong answers


def test_no_pause_another_kind_another_call_and_twice_have_their_codes(frozen: Api) -> None:
    calling(frozen, "mail_send_email", stream={"gate": "porch"})
    with joined(frozen, "tools") as line:
        nobody = {"tool_call_id": "call_1"}
        assert refused(line, nobody, kind="accept")[0] == "hitl_no_pending_pause"
        card = asked(line)
        assert refused(line, card, kind="accept", pause_kind="ask_user_question")[0] == "hitl_no_pending_pause"
        assert refused(line, nobody, kind="accept", pause_kind="connection_required")[0] == "hitl_no_pending_pause"
        assert refused(line, nobody, kind="accept")[0] == "hitl_tool_call_mismatch"
        assert line.ask("user_message", content="hello") == BUSY
        answer(line, card, kind="accept")
        line.until("TextMessageStart")
        assert refused(line, card, kind="accept")[0] == "hitl_resume_in_progress"
        assert refused(line, card, kind="decline")[0] == "hitl_resume_in_progress"
        assert refused(line, nobody, kind="accept")[0] == "hitl_no_pending_pause"
        frozen.control("POST", "/gates/porch/open")
        line.turn()
        assert refused(line, card, kind="accept")[0] == "hitl_no_pending_pause"


def test_an_old_answer_does_not_answer_the_next_pause(frozen: Api) -> None:
    call = {"name": "mail_send_email", "result": "ok"}
    frozen.control("POST", "/scripts", json=[{"name": "twice", "then": {"tool_calls": [call, call], "reply": "Sent."}}])
    with joined(frozen, "tools") as line:
        first = asked(line)
        answer(line, first, kind="accept")
        second = line.until("HitlRequired")[-1]["payload"]["payload"]
        assert refused(line, first, kind="accept")[0] == "hitl_tool_call_mismatch"
        answer(line, second, kind="accept")
        assert line.turn()[-1]["status"] == "completed"


# Others meanwhile


def test_another_socket_may_answer_and_both_are_told(frozen: Api) -> None:
    with joined(frozen, "tools") as line, joined(frozen, "tools") as other:
        card = asked(line, "mail")
        assert other.until("HitlRequired")[-1]["payload"]["payload"] == card
        answer(other, card, kind="accept")
        assert line.turn() == other.turn()
        assert refused(line, card, kind="accept")[0] == "hitl_no_pending_pause"


def test_a_socket_that_has_not_joined_cannot(frozen: Api) -> None:
    with joined(frozen, "tools") as line, joined(frozen, "plain") as other:
        card = asked(line, "mail")
        assert refused(other, card, kind="accept")[0] == "not_subscribed"
    with opened(frozen, headers={"x-api-key": "other-key"}) as stranger:
        assert refused(stranger, card, kind="accept")[0] == "invalid_session"


def test_meanwhile_the_session_is_processing_and_execute_is_refused(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        card = asked(line, "mail")
        assert frozen.get("/runtime/tools/status/").json()["status"] == "processing"
        busy = frozen.execute("tools", "hello")
        assert busy.status_code == 409
        assert busy.json() == {"error": BUSY[0], "message": BUSY[1]}
        assert line.ask("user_message", content="hello") == BUSY
        answer(line, card, kind="accept")
        line.turn()
        assert frozen.get("/runtime/tools/status/").json()["status"] == "active"


def test_the_time_of_a_pause_does_not_count(frozen: Api) -> None:
    calling(frozen, "mail_send_email", delay_ms=20_000, stream={"delay_ms": 4_900, "chunk": "word"})
    with joined(frozen, "tools") as line:
        card = asked(line)
        for _ in range(4):
            frozen.control("POST", "/clock/advance", json={"seconds": 250})
            assert line.pending() == []
        answer(line, card, kind="accept")
        frames = line.turn()
        assert frames[-1]["status"] == "completed"  # 20 s and twice 4.9
        assert frames[-1]["execution_time"] == 1029.8


def test_what_is_over_the_limit_besides_is_ended(frozen: Api) -> None:
    calling(frozen, "mail_send_email", delay_ms=20_000, stream={"delay_ms": 5_001})
    with joined(frozen, "tools") as line:
        answer(line, asked(line), kind="accept")
        assert line.turn()[-1]["status"] == "timeout"


@pytest.mark.parametrize("way", ["frame", "REST"])
def test_cancelling_abandons_the_pause(frozen: Api, way: str) -> None:
    with joined(frozen, "tools") as line:
        card = asked(line, "mail")
        if way == "frame":
            line.send("cancel_execution")
        else:
            frozen.post("/runtime/tools/cancel/")
        frames = line.turn()
        assert types(frames) == order("ExecutionCancelled execution_result")
        assert (frames[-1]["status"], frames[-1]["error"]) == ("error", "Execution cancelled")
        assert refused(line, card, kind="accept")[0] == "hitl_no_pending_pause"
        assert frozen.get("/runtime/tools/status/").json()["status"] == "active"
        assert results(frozen) == ["cancelled by user"]
        assert types(line.turn("hello")) == HELLO


def test_deleting_the_session_ends_its_pause(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        card = asked(line, "mail")
        assert frozen.delete("/sessions/tools/").status_code == 204
        assert types(line.until("execution_result"))[-1] == "execution_result"
        assert refused(line, card, kind="accept") == ("invalid_session", "Session tools not found or access denied")


def test_a_socket_that_leaves_leaves_the_pause(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        card = asked(line, "mail")
    assert frozen.get("/runtime/tools/status/").json()["status"] == "processing"
    with joined(frozen, "tools") as other:
        answer(other, card, kind="accept")
        assert other.turn()[-1]["status"] == "completed"


# Turns that began over REST


def test_a_turn_of_execute_is_approved_in_time_and_execute_answers(frozen: Api) -> None:
    frozen.control("PUT", "/clock", json={"mode": "running"})
    with joined(frozen, "tools") as line, ThreadPoolExecutor(1) as pool:
        told = pool.submit(frozen.with_contract("connecting").execute, "tools", "mail")
        card = line.until("HitlRequired")[-1]["payload"]["payload"]
        answer(line, card, kind="accept")
        frames = line.turn()
        assert types(frames) == ["HitlResolved", *CALL, *SAID]
        assert told.result().json() == frames[-1]


def test_a_turn_of_execute_is_approved_after_its_time_limit_and_goes_on(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        late = frozen.execute("tools", "mail")
        assert (late.status_code, late.json()["status"]) == (200, "error")
        assert late.json()["error"] == "Execution timeout (30s)"
        frames = line.until("HitlRequired")
        assert line.pending() == []
        assert frozen.execute("tools", "hello").status_code == 409
        history = frozen.get("/runtime/tools/messages/").json()["messages"]
        assert [one["content"] for one in history] == ["mail"]
        answer(line, frames[-1]["payload"]["payload"], kind="accept")
        rest = line.turn()
        assert types(rest) == ["HitlResolved", *CALL, *SAID]
        assert_chain([*frames, *rest])
        assert rest[-1]["status"] == "completed"
        history = frozen.get("/runtime/tools/messages/").json()["messages"]
        assert [one["content"] for one in history] == ["mail", "It is sent."]
        assert types(line.turn("hello")) == HELLO


def test_one_that_is_declined_late_is_over(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        frozen.execute("tools", "mail")
        answer(line, line.until("HitlRequired")[-1]["payload"]["payload"], kind="decline")
        assert outcome(line.turn()) == ["declined"]
        assert frozen.get("/runtime/tools/status/").json()["status"] == "active"


# Snapshots


def test_a_snapshot_of_a_paused_session_has_not_seen_the_message(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        line.turn("hello")
        card = asked(line, "mail")
        frozen.control("POST", "/snapshots", json={"name": "paused"})
        fork = frozen.control("POST", "/namespaces", json={"name": "forked", "from": "default"})
        assert fork.status_code == 201, fork.text
        with opened(frozen, headers={**KEY, "X-Emulator-Namespace": "forked"}) as other:
            other.send("connect", session_id="tools")
            assert refused(other, card, kind="accept")[0] == "hitl_no_pending_pause"
            frames = other.turn("hello")
            assert types(frames) == HELLO
            assert (
                ids(frames)[0] == "1736937000000-8"
            )  # where the stream was before the message, whoever makes the fork
        frozen.control("DELETE", "/namespaces/forked")
        answer(line, card, kind="accept")
        assert line.turn()[-1]["status"] == "completed"
    frozen.control("POST", "/snapshots/paused/restore")
    assert [one["content"] for one in frozen.get("/runtime/tools/messages/").json()["messages"]] == [
        "hello",
        "Hello there.",
    ]
    with joined(frozen, "tools") as line:
        assert refused(line, card, kind="accept")[0] == "hitl_no_pending_pause"
        assert asked(line, "mail")["tool_name"] == "mail_send_email"


def test_going_back_ends_the_pause_and_closes_the_socket(frozen: Api) -> None:
    frozen.control("POST", "/snapshots", json={"name": "before"})
    with joined(frozen, "tools") as line:
        asked(line, "mail")
        frozen.control("POST", "/snapshots/before/restore")
        assert types(line.turn()) == order("ExecutionError ExecutionFinished execution_result")
        assert line.closed()[0] == 1012
    assert frozen.get("/runtime/tools/status/").json()["status"] == "active"
