"""Frames that are wrong: each has its code, nothing happens by it, and the socket lives on; the order of the checks (D82)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from atthene_emulator.web.socket.codes import ERRORS
from atthene_emulator.web.socket.frames import CLIENT_TYPES, FRAMES, Frame
from tests.conftest import Api
from tests.web.socket.client import Json, Line, frame, joined, opened, types
from tests.web.socket.test_opening import HELLO, KEY, token

MALFORMED = "invalid_message_format"
WRONG: tuple[Any, ...] = (None, 7, 1.5, True, "text", [], {}, [7], [[]], {"a": 1})

each_frame = pytest.mark.parametrize("row", FRAMES, ids=lambda row: row.type)


def about(row: Frame, **changes: Any) -> Json:
    """An example of a frame, about a session that is joined, with changes; None leaves a field out."""
    fields = {**row.example, "session_id": "plain", **changes}
    return {name: value for name, value in fields.items() if value is not None}


def lives(line: Line) -> bool:
    """Whether a socket that has joined `plain` still serves it."""
    line.send("connect", session_id="plain")
    return types(line.turn("hello", session_id="plain")) == HELLO


# What is no frame


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("connect", id="a word"),
        pytest.param("null", id="null"),
        pytest.param("7", id="number"),
        pytest.param('"connect"', id="text"),
        pytest.param("[]", id="list"),
        pytest.param(f"[{frame('connect', session_id='plain')}]", id="list of a frame"),
        pytest.param("{", id="not closed"),
        pytest.param('{"type": "connect",}', id="trailing comma"),
        pytest.param("{'type': 'connect'}", id="single quotes"),
        pytest.param(frame("connect", session_id="plain") + frame("connect", session_id="plain"), id="two frames"),
        pytest.param('{"type": "connect", "client_type": "api", "session_id": "plain", "type": "connect"}', id="duplicate key"),
        pytest.param('{"type": "connect", "client_type": "api", "session_id": "plain", "n": NaN}', id="NaN"),
        pytest.param('{"type": "connect", "client_type": "api", "session_id": "plain", "n": -Infinity}', id="Infinity"),
        pytest.param('{"type": "connect", "client_type": "api", "session_id": "plain", "n": 1e999}', id="huge number"),
        pytest.param('{"type": "connect", "client_type": "api", "session_id": "plain", "n": ' + "9" * 5000 + "}", id="long integer"),
        pytest.param('{"type": "connect", "client_type": "api", "session_id": "\\ud800"}', id="half a character"),
        pytest.param('{"type": "connect", "client_type": "api", "session_id": "plain", "\\udfff": 1}', id="half a character in a key"),
        pytest.param('{"type": "connect", "client_type": "api", "session_id": "plain", "x": ' + "[" * 100 + "]" * 100 + "}", id="deep"),
        pytest.param('{"type": "connect", "client_type": "api", "x": ' + '{"a":' * 5000 + "1" + "}" * 5001, id="very deep"),
        pytest.param("[" * (1024 * 1024), id="a mebibyte of brackets"),
        pytest.param('{"x": [' + "0," * 60_000 + "0]}", id="many values"),
        pytest.param(b"", id="binary, empty"),
        pytest.param(frame("connect", session_id="plain").encode(), id="binary, a frame"),
        pytest.param(b"\xff\xfe\x00", id="binary, no text"),
    ],
)  # fmt: skip
def test_what_is_no_frame_is_told_so(frozen: Api, data: str | bytes) -> None:
    with joined(frozen, "plain") as line:
        code, message = line.ask_raw(data)
        assert code == MALFORMED
        assert message
        assert len(message) < 1000
        assert lives(line)


def test_a_text_that_is_no_utf_8_ends_the_socket(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        with line.connection.send_context():  # older clients send no bytes as text otherwise
            line.connection.protocol.send_text(b'"\xff"')
        assert line.closed()[0] == 1007


@pytest.mark.parametrize("client", CLIENT_TYPES)
def test_every_client_type_is_taken(frozen: Api, client: str) -> None:
    with joined(frozen, "plain") as line:
        line.connection.send(json.dumps({"type": "user_message", "client_type": client, "content": "hello"}))
        assert types(line.turn()) == HELLO


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({}, "missing_client_type", id="nothing"),
        pytest.param({"type": "connect", "session_id": "plain"}, "missing_client_type", id="no client_type"),
        pytest.param({"type": "connect", "client_type": None}, "missing_client_type", id="null"),
        pytest.param({"type": "nonsense"}, "missing_client_type", id="before the type"),
        pytest.param({"type": "connect", "client_type": "backend", "session_id": "plain"}, MALFORMED, id="backend"),
        pytest.param({"type": "connect", "client_type": "web", "session_id": "plain"}, MALFORMED, id="unknown"),
        pytest.param({"type": "connect", "client_type": "API", "session_id": "plain"}, MALFORMED, id="capitals"),
        pytest.param({"type": "connect", "client_type": 7, "session_id": "plain"}, MALFORMED, id="number"),
        pytest.param({"type": "connect", "client_type": ["api"], "session_id": "plain"}, MALFORMED, id="list"),
        pytest.param({"type": "nonsense", "client_type": "backend"}, MALFORMED, id="backend before the type"),
        pytest.param({"client_type": "api"}, MALFORMED, id="no type"),
        pytest.param({"client_type": "api", "type": None}, MALFORMED, id="type null"),
        pytest.param({"client_type": "api", "type": 7}, MALFORMED, id="type number"),
        pytest.param({"client_type": "api", "type": {}}, MALFORMED, id="type object"),
        pytest.param({"client_type": "api", "type": ""}, "unknown_message_type", id="empty type"),
        pytest.param({"client_type": "api", "type": "Connect"}, "unknown_message_type", id="capital"),
        pytest.param({"client_type": "api", "type": "execution_result"}, "unknown_message_type", id="a server's"),
        pytest.param({"client_type": "api", "type": "x" * 100_000}, "unknown_message_type", id="long"),
    ],
)
def test_client_type_and_type_are_looked_at_first(frozen: Api, fields: Json, code: str) -> None:
    with joined(frozen, "plain") as line:
        told, message = line.ask_raw(json.dumps(fields))
        assert told == code
        assert len(message) < 500
        assert lives(line)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("conect", "connect"), ("user_mesage", "user_message"), ("hitl_respons", "hitl_response"), ("cancel", None)],
)
def test_a_misspelt_type_is_told_the_near_one(frozen: Api, wrong: str, near: str | None) -> None:
    with opened(frozen) as line:
        code, message = line.ask(wrong)
        assert code == "unknown_message_type"
        assert (f"{near}" if near else "cancel_execution") in message


# Fields


def fields_of(row: Frame) -> list[str]:
    """The fields of a frame that have a type, but those that every frame has."""
    return [name for name in row.body.source["properties"] if name not in ("type", "client_type")]


def wrong_fields() -> list[Any]:
    """Each field of each frame with each value that its schema does not take."""
    cases = []
    for row in FRAMES:
        for name in fields_of(row):
            for value in WRONG:
                given = {**row.example, name: value}
                if row.body.check(given):
                    cases.append(pytest.param(row, given, id=f"{row.type}-{name}-{json.dumps(value)}"))
    return cases


@pytest.mark.parametrize(("row", "given"), wrong_fields())
def test_a_field_of_the_wrong_kind_is_named(frozen: Api, row: Frame, given: Json) -> None:
    wrong = next(name for name, value in given.items() if row.example.get(name, ...) != value)
    with joined(frozen, "plain") as line:
        code, message = line.ask_raw(
            json.dumps({**given, **({} if wrong == "session_id" else {"session_id": "plain"})})
        )
        assert code == MALFORMED
        assert wrong in message
        assert lives(line)


@each_frame
def test_each_field_that_is_needed_is_missed(frozen: Api, row: Frame) -> None:
    with joined(frozen, "plain") as line:
        for name in set(row.body.source["required"]) - {"type", "client_type"}:
            given = {key: value for key, value in about(row).items() if key != name}
            assert line.ask_raw(json.dumps(given)) == (MALFORMED, f"{name} is required.")
        assert lives(line)


@each_frame
def test_fields_that_nobody_knows_are_not_looked_at(frozen: Api, row: Frame) -> None:
    given = about(row, nonce=[1], __proto__={}, session_id="nowhere")
    with joined(frozen, "plain") as line:
        assert line.ask_raw(json.dumps(given)) == ("invalid_session", "Session nowhere not found or access denied")


# Sessions


@each_frame
@pytest.mark.parametrize("session", ["nowhere", "foreign", "", " plain", "plain\u0000", "x" * 10_000, "日本"])
def test_a_session_that_is_not_there_or_anothers_is_invalid(frozen: Api, row: Frame, session: str) -> None:
    with joined(frozen, "plain") as line:
        code, message = line.ask_raw(json.dumps(about(row, session_id=session)))
        assert code == "invalid_session"
        assert message == f"Session {session} not found or access denied"
        assert lives(line)


@each_frame
def test_all_but_connect_and_reconnect_want_a_session_that_was_joined(frozen: Api, row: Frame) -> None:
    with joined(frozen, "plain-2") as line:
        line.connection.send(json.dumps(about(row)))
        codes = [one.get("error_code") for one in line.pending()]
        assert codes == ([] if row.type in ("connect", "reconnect") else ["not_subscribed"])


@pytest.mark.parametrize("kind", ["user_message", "cancel_execution", "disconnect"])
def test_without_a_session_the_one_that_is_joined_is_meant_and_none_of_several(frozen: Api, kind: str) -> None:
    fields = {"content": "hello"} if kind == "user_message" else {}
    with opened(frozen) as line:
        assert line.ask(kind, **fields)[0] == "session_id_not_found"
        line.send("connect", session_id="plain")
        line.send("connect", session_id="plain-2")
        assert line.ask(kind, **fields)[0] == "session_id_not_found"
        line.send("disconnect", session_id="plain-2")
        line.send(kind, **fields)
        expected: list[str] = {"user_message": HELLO, "cancel_execution": ["error"], "disconnect": []}[kind]
        assert types(line.pending()) == expected


# Content, artifacts, variables, tokens


@pytest.mark.parametrize(
    "content", ["", " \t\n\u3000", [], [{"type": "text", "text": ""}], [{"type": "text", "text": " "}] * 3]
)
def test_content_without_anything_is_empty(frozen: Api, content: Any) -> None:
    with joined(frozen, "plain") as line:
        assert line.ask("user_message", content=content)[0] == "empty_content"
        assert line.ask("user_message", content=content, inputs={"x": 1})[0] == "empty_content"
        assert lives(line)


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "text", "text": "hello"}],
        [{"type": "text", "text": " "}, {"type": "text", "text": "hello"}],
        [{"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}],
        [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "eA=="}}],
        [{"type": "file", "file_url": "https://a.example/b.pdf"}],
    ],
)
def test_blocks_are_taken_as_execute_takes_them(frozen: Api, blocks: Any) -> None:
    with joined(frozen, "plain") as line:
        assert line.turn(blocks)[-1]["type"] == "execution_result"
    assert frozen.get("/runtime/plain/messages/").json()["messages"][0]["content"] == blocks


@pytest.mark.parametrize(
    "blocks",
    [
        ["hello"],
        [{}],
        [{"type": "sound"}],
        [{"type": "text"}],
        [{"type": "text", "text": 7}],
        [{"type": "image_url", "image_url": "https://a.example"}],
        [{"type": "image", "source": {"type": "moon"}}],
        [{"type": "file"}],
        [{"type": "text", "text": "hello"}, None],
    ],
)
def test_blocks_that_are_wrong_are_refused(frozen: Api, blocks: Any) -> None:
    with joined(frozen, "plain") as line:
        code, message = line.ask("user_message", content=blocks)
        assert code == MALFORMED
        assert message.startswith("content")
        assert lives(line)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        pytest.param(None, "Required variable 'x' not provided", id="missing"),
        pytest.param({}, "Required variable 'x' not provided", id="none"),
        pytest.param({"x": None}, "Required variable 'x' not provided", id="null"),
        pytest.param({"x": "a", "score": "high"}, "'score' expected float, got str", id="wrong"),
    ],
)
def test_variables_are_told_in_the_documented_words_and_nothing_is_kept(
    frozen: Api, inputs: Json | None, message: str
) -> None:
    with joined(frozen, "wanting") as line:
        given = {} if inputs is None else {"inputs": inputs}
        assert line.ask("user_message", content="hello", **given) == ("execution_error", message)
        assert line.pending() == []
        assert frozen.get("/runtime/wanting/messages/").json()["total"] == 0
        assert frozen.get("/runtime/wanting/status/").json()["status"] == "active"
        frames = line.turn("hello", inputs={"x": "a", "score": "0.5", "unknown": [1]})
        assert types(frames) == HELLO
        assert frames[0]["message_id"] == "1736937000000-0"


@pytest.mark.parametrize(
    "artifacts", [["nowhere"], ["7b7a6e2a-7c7a-4a2e-9a3e-2e6e7a6e7a6e"], ["a", "b", "c", "d"], [""]]
)
def test_an_unknown_artifact_is_refused(frozen: Api, artifacts: list[str]) -> None:
    with joined(frozen, "plain") as line:
        code, message = line.ask("user_message", content="hello", artifacts=artifacts)
        assert code == "user_message_failed"
        assert artifacts[0] in message
        assert lives(line)


def test_artifacts_of_the_session_stand_behind_the_text(frozen: Api) -> None:
    def uploaded(session: str, name: str) -> Json:
        answer = frozen.post(f"/sessions/{session}/artifacts/", files={"file": (name, b"a,b")})
        artifact: Json = answer.json()
        return artifact

    table, picture, other = uploaded("plain", "a.csv"), uploaded("plain", "a.png"), uploaded("plain-2", "b.csv")
    ids = [picture["artifact_id"], table["artifact_id"], picture["artifact_id"]]
    with joined(frozen, "plain") as line:
        code, message = line.ask("user_message", content="hello", artifacts=[*ids, other["artifact_id"]])
        assert (code, message) == ("user_message_failed", f"There is no artifact {other['artifact_id']}")
        assert types(line.turn("hello", artifacts=ids)) == HELLO
        assert types(line.turn([{"type": "text", "text": "hello"}], artifacts=ids[:1])) == HELLO
    first, _, second, _ = frozen.get("/runtime/plain/messages/").json()["messages"]
    assert first["content"][0] == {"type": "text", "text": "hello"}
    assert [block["type"] for block in first["content"]] == ["text", "file", "file"]
    assert first["content"][2]["source"] == {
        "type": "url",
        "media_type": "text/csv",
        "filename": "a.csv",
        "url": table["url"],
        "artifact_id": table["artifact_id"],
    }
    assert second["content"] == first["content"][:2]


def test_no_artifacts_and_null_are_none(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        assert types(line.turn("hello", artifacts=[], timezone="Europe/Berlin")) == HELLO


@pytest.mark.parametrize("where", ["socket", "session"])
def test_each_message_of_an_end_user_needs_their_token(frozen: Api, where: str) -> None:
    ada, bob = token(sub="ada"), token(sub="bob")
    user = {"X-External-User-Token": ada}
    body = {"name": "A", "agent_type": "llm_agent"}
    session = frozen.post("/sessions/", json=body, headers=user if where == "session" else {}).json()["session_id"]
    with opened(frozen, headers={**KEY, **(user if where == "socket" else {})}) as line:
        reached = "plain" if where == "socket" else session
        if where == "socket":
            session = frozen.post("/sessions/", json=body, headers=user).json()["session_id"]
            reached = session
        line.send("connect", session_id=reached)
        assert line.ask("user_message", content="hello")[0] == "missing_ext_token"
        for unusable in ("no", token(), token(sub="ada", exp=1), bob, ""):
            assert line.ask("user_message", content="hello", ext_token=unusable)[0] == "user_message_failed"
        assert types(line.turn("hello", ext_token=ada)) == HELLO
        frozen.control("POST", "/clock/advance", json={"seconds": 1})
        assert (
            line.ask("user_message", content="hello", ext_token=token(sub="ada", exp=1736937001))[0]
            == "user_message_failed"
        )


def test_a_token_that_nobody_asks_for_is_not_looked_at(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        assert types(line.turn("hello", ext_token="no")) == HELLO


# The order of the checks


def test_of_several_mistakes_the_first_in_the_order_is_told(frozen: Api) -> None:
    ada = token(sub="ada")
    config = {
        "name": "Mailer",
        "entry_point": "main",
        "variables": {"x": {"type": "str", "require_every_execution": True}},
        "agents": [{"name": "main", "agent_type": "react_agent", "tools": ["mail_delete_email"]}],
    }
    session = frozen.post("/sessions/", json=config, headers={"X-External-User-Token": ada}).json()["session_id"]
    then = {"tool_calls": [{"name": "mail_delete_email"}], "stream": {"gate": "porch"}, "reply": "Done."}
    frozen.control("POST", "/scripts", json=[{"name": "slow", "when": {"content": "slowly"}, "then": then}])
    wrong: Json = {"type": "no", "client_type": None, "session_id": 7, "content": "", "artifacts": ["no"]}
    with opened(frozen) as line:

        def told(**mend: Any) -> str:
            wrong.update(mend)
            return line.ask_raw(json.dumps(wrong))[0]

        assert told() == "missing_client_type"
        assert told(client_type="backend") == MALFORMED
        assert told(client_type="api") == "unknown_message_type"
        assert told(type="user_message") == MALFORMED
        assert told(session_id="nowhere") == "invalid_session"
        assert told(session_id=session) == "not_subscribed"
        line.send("connect", session_id=session)
        assert told() == "missing_ext_token"
        assert told(ext_token="no") == "user_message_failed"
        line.say("slowly", ext_token=ada, inputs={"x": "a"})
        card = line.until("HitlRequired")[-1]["payload"]["payload"]
        assert told() == "user_message_failed"
        assert told(ext_token=ada) == "hitl_session_busy"
        line.send("hitl_response", session_id=session, tool_call_id=card["tool_call_id"], data={"kind": "accept"})
        line.until("TextMessageStart")
        assert told() == "execution_start_failed"
        frozen.control("POST", "/gates/porch/open")
        line.turn()
        assert told() == "empty_content"
        assert told(content="hello") == "user_message_failed"
        assert told(artifacts=[]) == "execution_error"
        wrong["inputs"] = {"x": "a"}
        line.connection.send(json.dumps(wrong))
        assert types(line.turn()) == HELLO


# All codes

Cause = Callable[[Line], tuple[str, str]]


def paused(line: Line) -> str:
    """Have a person be asked; the id of the call."""
    line.say("mail", session_id="tools")
    call: str = line.until("HitlRequired")[-1]["payload"]["payload"]["tool_call_id"]
    return call


def respond(line: Line, call: str, **data: Any) -> tuple[str, str]:
    """The error that answers what a person says."""
    return line.ask("hitl_response", session_id="tools", tool_call_id=call, data=data)


def running(line: Line) -> None:
    """Have a turn wait at a gate."""
    line.say("wait", session_id="plain")
    line.until("RunStarted")


def answer_again(line: Line) -> tuple[str, str]:
    call = paused(line)
    line.send("hitl_response", session_id="tools", tool_call_id=call, data={"kind": "accept"})
    line.until("TextMessageStart")
    return respond(line, call, kind="accept")


def message_while_running(line: Line) -> tuple[str, str]:
    running(line)
    return line.ask("user_message", session_id="plain", content="hello")


def message_while_paused(line: Line) -> tuple[str, str]:
    paused(line)
    return line.ask("user_message", session_id="tools", content="hello")


def causes(of_user: str) -> dict[str, Cause]:
    """How each code is caused; one of them in a session of an end user."""
    return {
        "invalid_message_format": lambda line: line.ask_raw("[]"),
        "missing_client_type": lambda line: line.ask_raw("{}"),
        "unknown_message_type": lambda line: line.ask("no"),
        "missing_ext_token": lambda line: line.ask("user_message", session_id=of_user, content="hello"),
        "invalid_session": lambda line: line.ask("connect", session_id="no"),
        "session_id_not_found": lambda line: line.ask("cancel_execution"),
        "not_subscribed": lambda line: line.ask("user_message", session_id="plain-2", content="hello"),
        "empty_content": lambda line: line.ask("user_message", session_id="plain", content=" "),
        "hitl_session_busy": message_while_paused,
        "execution_start_failed": message_while_running,
        "execution_error": lambda line: line.ask("user_message", session_id="wanting", content="hello"),
        "execution_cancel_failed": lambda line: line.ask("cancel_execution", session_id="plain"),
        "user_message_failed": lambda line: line.ask("user_message", session_id="plain", content="a", artifacts=["no"]),
        "hitl_no_pending_pause": lambda line: respond(line, "call_1", kind="accept"),
        "hitl_tool_call_mismatch": lambda line: (paused(line), respond(line, "call_1", kind="accept"))[1],
        "hitl_resume_in_progress": answer_again,
        "hitl_response_failed": lambda line: respond(line, paused(line), kind="answer", text="Yes"),
        "reconnect_failed": lambda line: line.ask("reconnect", session_id="plain", last_message_id="1"),
    }


CODES = tuple(causes(""))
TEXTS = {
    "invalid_session": "Session no not found or access denied",
    "hitl_session_busy": "This session is waiting for a human-in-the-loop response.",
    "execution_error": "Required variable 'x' not provided",
    "execution_cancel_failed": "No active execution found to cancel",
}


def test_the_table_has_a_cause_of_every_code_that_is_no_fault() -> None:
    assert set(CODES) == {one.code for one in ERRORS if not one.injected}


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_caused_and_the_socket_lives_on(frozen: Api, code: str) -> None:
    then = {
        "tool_calls": [{"name": "mail_send_email", "arguments": {"to": "ada"}}],
        "stream": {"gate": "porch"},
        "reply": "Sent.",
    }
    frozen.control("POST", "/scripts", json=[{"name": "slow-mail", "when": {"content": "mail"}, "then": then}])
    user = {"X-External-User-Token": token(sub="ada")}
    answer = frozen.post("/sessions/", json={"name": "A", "agent_type": "llm_agent"}, headers=user)
    of_user = answer.json()["session_id"]
    with joined(frozen, "plain", "tools", "wanting", of_user) as line:
        told, message = causes(of_user)[code](line)
        assert told == code
        assert message
        assert TEXTS.get(code, message) == message
        line.send("cancel_execution", session_id="tools")
        line.send("cancel_execution", session_id="plain")
        line.pending()
        assert types(line.turn("hello", session_id="tools")) == HELLO
    refused = frozen.control("GET", "/journal?outcome=client_error").json()
    expected = {"type": "error", "client_type": "backend", "message": message, "error_code": code}
    assert expected in [one["response"] for one in refused]
    assert {(one["method"], one["status"]) for one in refused} == {("WS", 400)}
