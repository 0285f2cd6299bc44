"""What a frame says and nobody reads is told in the journal, and refused in strict mode."""

from typing import Any

import pytest

from tests.conftest import Api
from tests.web.socket.client import KEY, joined, opened

STRICT = {**KEY, "X-Emulator-Strict": "1"}
FRAMES = [
    pytest.param(
        ("connect", {"session_id": "plain", "sesion": "x"}),
        "R101 sesion is no field of this frame; did you mean session_id?",
        id="field",
    ),
    pytest.param(
        ("connect", {"session_id": "plain", "event_types": ["TextMessageContnt"]}),
        "R101 TextMessageContnt is no documented event; did you mean TextMessageContent?",
        id="event",
    ),
    pytest.param(
        ("user_message", {"content": "Hello", "inputs": {"scores": 1}, "session_id": "wanting"}),
        "R101 scores is no variable of this configuration; did you mean score?",
        id="input",
    ),
    pytest.param(
        ("user_message", {"content": [{"type": "text", "text": "Hello", "txt": "x"}], "session_id": "plain"}),
        "R101 txt is no member of a block here; did you mean text?",
        id="member of a block",
    ),
    pytest.param(
        ("hitl_response", {"session_id": "plain", "tool_call_id": "c", "data": {"kind": "accept", "args": {"to": "b"}}}),
        "R101 args is no field of accept; did you mean tool_args?",
        id="field of an answer",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "said"), FRAMES)
def test_it_is_told_in_the_journal(frozen: Api, frame: tuple[str, dict[str, Any]], said: str) -> None:
    kind, fields = frame
    with joined(frozen, "plain", "wanting") as line:
        line.send(kind, **fields)
        line.pending()
    entries = frozen.control("GET", f"/journal?operation=socket.{kind}").json()
    assert entries[-1]["unread"] == [said]


@pytest.mark.parametrize(("frame", "said"), FRAMES)
def test_it_is_refused_in_strict_mode(frozen: Api, frame: tuple[str, dict[str, Any]], said: str) -> None:
    kind, fields = frame
    with opened(frozen, headers=STRICT) as line:
        for session in ("plain", "wanting"):
            line.send("connect", session_id=session)
        assert line.ask(kind, **fields) == ("invalid_message_format", said.removeprefix("R101 "))


def test_frames_that_are_read_say_nothing(frozen: Api) -> None:
    with opened(frozen, headers=STRICT) as line:
        line.send("connect", session_id="plain", event_types=["*", "Custom"])
        line.send("reconnect", session_id="plain", last_message_id="0-0")
        line.say("Hello", inputs={}, correlation_id="c", timezone="Europe/Berlin", artifacts=[], ext_token="x")
        line.send("disconnect", session_id="plain")
        line.pending()
    assert [one["unread"] for one in frozen.control("GET", "/journal").json()] == [[]] * 6
