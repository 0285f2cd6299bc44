"""Which pages a real browser lets read the API and its documents, and where the others are told what permits them."""

import json
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.test_attacks import browsed, page, page_text, visit
from tests.conftest import Api

pytestmark = pytest.mark.javascript

BLOCKED = "blocked"
ASK = """
  await asked("keyed", api + "/agent/", {headers: {"x-api-key": "test-key"}});
  await asked("keyless", api + "/agent/");
"""
DOCUMENTS = """
  await asked("openapi", control + "/openapi.json");
  await asked("asyncapi", control + "/asyncapi.json", {headers: {"Authorization": "Bearer none"}});
  await asked("state", control + "/state");
  await asked("operations", control + "/operations");
"""
FRAME = """
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts";
  frame.srcdoc = "<script>fetch('" + api + "/agent/', {headers: {'x-api-key': 'test-key'}})"
    + ".then(answer => parent.postMessage(answer.status, '*'), () => parent.postMessage('blocked', '*'))</" + "script>";
  tried.frame = await new Promise(done => { onmessage = event => done(event.data); document.body.append(frame); });
"""


def asked_by(origin_host: str, script: str, profile: Path, *permitted: str) -> tuple[str, dict[str, Any], list[Any]]:
    """The origin of a page, what it was told by a server that permits some origins, and the journal; `{}` stands for the page's port."""
    texts: list[str] = []
    with page(texts) as port, EmulatorServer(cors_origins=tuple(one.format(port) for one in permitted)) as server:
        texts.append(page_text(server, script))
        told = browsed(f"http://{origin_host}:{port}/", profile)
        return f"http://{origin_host}:{port}", told, Api(server).control("GET", "/journal").json()


def test_a_refused_page_learns_nothing_and_the_journal_says_what_permits_it(tmp_path: Path) -> None:
    origin, told, journal = asked_by("app.example", ASK, tmp_path)
    assert told == {"keyed": BLOCKED, "keyless": BLOCKED}
    message = f"Pages of {origin} may not call the API; --cors-origin {origin} permits them"
    details = {"option": "--cors-origin", "value": origin}
    error = {"error": {"type": "emulator_error", "message": message, "details": details}}
    assert [(one["method"], one["status"], one["response"]) for one in journal] == [
        ("OPTIONS", 403, error),
        ("GET", 403, error),
    ]


@pytest.mark.parametrize("permitted", ["http://app.example:{}", "http://*.example:{}", "http://app.example:*", "*"])
def test_a_permitted_page_reads_answers(permitted: str, tmp_path: Path) -> None:
    host = "app.example" if "app" in permitted or permitted == "*" else "app.site.example"
    permitted = permitted.replace("*.example", "*.site.example")
    _, told, journal = asked_by(host, ASK, tmp_path, permitted)
    assert (told["keyed"]["status"], told["keyless"]["status"]) == (200, 401)
    assert [one["status"] for one in journal] == [200, 401]


@pytest.mark.parametrize(("permitted", "seen"), [((), BLOCKED), (("null",), 200)], ids=["refused", "permitted"])
def test_a_frame_without_an_origin_is_null(permitted: tuple[str, ...], seen: Any, tmp_path: Path) -> None:
    _, told, _ = asked_by("localhost", FRAME, tmp_path, *permitted)
    assert told == {"frame": seen}


@pytest.mark.parametrize(("host", "reads"), [("localhost", True), ("127.0.0.1", True), ("evil.example", False)])
@pytest.mark.parametrize("token", [None, "open sesame"], ids=["open", "with a token"])
def test_documents_are_read_by_pages_that_may_call_the_api_and_nothing_else_of_the_control_plane_is(
    host: str, token: str | None, tmp_path: Path, *, reads: bool
) -> None:
    with EmulatorServer(control_token=token) as server:
        told = visit(server, DOCUMENTS, host, tmp_path)
    assert (told["state"], told["operations"]) == (BLOCKED, BLOCKED)
    documents = [told["openapi"], told["asyncapi"]]
    if reads:
        assert [one["status"] for one in documents] == [200, 200]
        assert [next(iter(json.loads(one["text"]))) for one in documents] == ["openapi", "asyncapi"]
    else:
        assert documents == [BLOCKED, BLOCKED]
