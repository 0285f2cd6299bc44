"""What an execution is given: text, blocks, inputs alone, and the other name for content."""

import json
from typing import Any

import pytest

from tests.conftest import FLAT, Api

SESSION_ID = "session_abc123"
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/cat.png", "detail": "high"}}
DATA = {"type": "base64", "media_type": "image/jpeg", "data": "base64-encoded-image-data"}
LINK = {"type": "url", "url": "https://example.com/document.jpg"}
NAMED = {"media_type": "application/pdf", "filename": "report.pdf"}
FORMS = {
    "text": {"type": "text", "text": "What is this?"},
    "image_url": IMAGE,
    "image, data": {"type": "image", "source": DATA},
    "image, URL": {"type": "image", "source": {**LINK, "media_type": "image/jpeg"}},
    "image, bare URL": {"type": "image", "source": LINK},
    "file_url": {"type": "file", "file_url": "https://example.com/document.pdf"},
    "file, data": {"type": "file", "source": {**NAMED, "type": "base64", "data": "base64-encoded-file-data"}},
    "file, URL": {"type": "file", "source": {**LINK, **NAMED}},
    "file, artifact": {"type": "file", "source": {**LINK, **NAMED, "artifact_id": "7b7a6e2a"}},
}


def send(api: Api, session_id: str, body: dict[str, Any]) -> Any:
    return api.post(f"/runtime/{session_id}/execute/", json=body)


def history_of(api: Api, session_id: str) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = api.get(f"/runtime/{session_id}/messages/").json()["messages"]
    return answer


def fields_of(answer: Any) -> list[str]:
    """The fields of a refusal, which names a message."""
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["message"] == "Invalid message format"
    assert error["type"] == "validation_error"
    return [one["field"] for one in error["details"]["errors"]]


@pytest.mark.parametrize(
    "content",
    [
        *(pytest.param([block], id=name) for name, block in FORMS.items()),
        pytest.param(list(FORMS.values()), id="all together"),
        pytest.param([{"type": "text", "text": ""}], id="empty text block"),
        pytest.param([{"text": "z before a", "type": "text", "cache": True}], id="more keys"),
        pytest.param([{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}], id="data address"),
        pytest.param("  text and spaces \n", id="text and spaces"),
        pytest.param("{{ user_input }} {{ variables.x }}", id="braces"),
        pytest.param("x" * 500_000, id="long"),
    ],
)
def test_content_is_returned_as_it_was_sent(api: Api, content: Any) -> None:
    session_id = api.create_session()
    assert api.execute(session_id, content).status_code == 200
    assert json.dumps(history_of(api, session_id)[0]["content"]) == json.dumps(content)


def test_scripts_see_the_text_of_blocks(api: Api) -> None:
    answer = api.execute(SESSION_ID, [IMAGE, {"type": "text", "text": "reset my password"}])
    assert answer.headers["X-Emulator-Script"] == "reset-password"


@pytest.mark.parametrize(
    ("block", "field"),
    [
        *(pytest.param({"type": kind, "text": "x"}, "type", id=f"type {kind}") for kind in ("audio", "TEXT", "", 1)),
        pytest.param({"text": "x"}, "type", id="no type"),
        pytest.param({"type": "text"}, "text", id="no text"),
        pytest.param({"type": "text", "text": 1}, "text", id="text that is a number"),
        pytest.param({"type": "image_url"}, "image_url", id="no image_url"),
        pytest.param({"type": "image_url", "image_url": {}}, "image_url.url", id="no url"),
        pytest.param({"type": "image_url", "image_url": "https://example.com/a.png"}, "image_url", id="bare url"),
        pytest.param({"type": "image"}, "source", id="image without source"),
        pytest.param({"type": "image", "source": {}}, "source.type", id="source without type"),
        pytest.param({"type": "image", "source": {**DATA, "type": "file"}}, "source.type", id="unknown source"),
        pytest.param({"type": "image", "source": {**LINK, "url": ""}}, "source.url", id="empty url"),
        pytest.param({"type": "image", "source": {"type": "url"}}, "source.url", id="source without url"),
        *(
            pytest.param(
                {"type": "image", "source": {key: DATA[key] for key in DATA if key != left}},
                f"source.{left}",
                id=f"data without {left}",
            )
            for left in ("media_type", "data")
        ),
        pytest.param({"type": "file"}, "source", id="file without source"),
        pytest.param({"type": "file", "file_url": ""}, "file_url", id="empty file_url"),
        pytest.param({"type": "file", "source": {**LINK, "filename": "a"}}, "source.media_type", id="untyped file"),
        pytest.param({"type": "file", "source": {**LINK, "media_type": "a/b"}}, "source.filename", id="unnamed file"),
    ],
)
def test_a_block_of_no_known_form_is_refused_by_its_place(api: Api, block: dict[str, Any], field: str) -> None:
    before = history_of(api, SESSION_ID)
    answer = api.execute(SESSION_ID, [{"type": "text", "text": "x"}, block])
    assert fields_of(answer) == [f"content.1.{field}"]
    assert history_of(api, SESSION_ID) == before


NOTHING_SAID = [
    pytest.param({}, id="nothing"),
    pytest.param({"content": ""}, id="empty"),
    pytest.param({"content": " \n\t"}, id="blank"),
    pytest.param({"content": []}, id="no blocks"),
    pytest.param({"message": " "}, id="blank message"),
]


@pytest.mark.parametrize("body", NOTHING_SAID)
def test_without_content_and_inputs_there_is_no_message(api: Api, body: dict[str, Any]) -> None:
    before = history_of(api, SESSION_ID)
    assert fields_of(send(api, SESSION_ID, body)) == ["content"]
    assert fields_of(send(api, SESSION_ID, {**body, "inputs": None})) == ["content"]
    assert history_of(api, SESSION_ID) == before


@pytest.mark.parametrize("inputs", [{}, {"topic": "chairs"}], ids=["empty inputs", "inputs"])
@pytest.mark.parametrize("body", NOTHING_SAID)
def test_inputs_alone_leave_no_message_of_the_user(api: Api, body: dict[str, Any], inputs: dict[str, Any]) -> None:
    session_id = api.create_session({**FLAT, "variables": {"topic": {"type": "str", "default": "any"}}})
    answer = send(api, session_id, {**body, "inputs": inputs})
    assert answer.status_code == 200
    history = history_of(api, session_id)
    assert [message["role"] for message in history] == ["assistant"]
    assert history[0]["id"] == answer.json()["messages"][0]["id"]
    assert api.get(f"/runtime/{session_id}/status/").json()["message_count"] == 1


def test_message_is_read_where_content_is_absent(api: Api) -> None:
    session_id = api.create_session()
    assert send(api, session_id, {"message": "Help me"}).status_code == 200
    assert send(api, session_id, {"content": "Really", "message": "Help me"}).status_code == 200
    assert [message["content"] for message in history_of(api, session_id)[::2]] == ["Help me", "Really"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"content": None}, "content", id="null"),
        pytest.param({"content": 7}, "content", id="number"),
        pytest.param({"content": {"type": "text", "text": "x"}}, "content", id="a block alone"),
        pytest.param({"content": ["x"]}, "content.0", id="text in place of a block"),
        pytest.param({"message": ["x"]}, "message", id="message that is no text"),
        pytest.param({"content": "x", "inputs": []}, "inputs", id="inputs that are a list"),
        pytest.param({"content": "x", "correlation_id": 7}, "correlation_id", id="correlation id that is a number"),
    ],
)
def test_a_body_of_the_wrong_types_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    assert fields_of(send(api, SESSION_ID, body)) == [field]


def test_unknown_fields_pass(api: Api) -> None:
    assert send(api, SESSION_ID, {"content": "Hello", "stream": True}).status_code == 200
