"""A real browser loads pages of other origins that attack the control plane: they read nothing and change nothing."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.programs import browser
from tests.conftest import Api

SECONDS = 60  # a browser that takes longer is ended

pytestmark = pytest.mark.javascript

PAGE = """<!doctype html><meta charset="utf-8"><title>page</title><pre id="out"></pre><script>
const control = "CONTROL", api = "API", tried = {};
const json = {"Content-Type": "application/json"}, plain = {"Content-Type": "text/plain"};
async function asked(name, url, options) {
  try {
    const answer = await fetch(url, options);
    tried[name] = {type: answer.type, status: answer.status, text: await answer.text()};
  } catch (error) { tried[name] = "blocked"; }
}
function loaded(tag, url) {
  return new Promise(done => {
    const element = document.createElement(tag);
    element.onload = () => done("loaded"); element.onerror = () => done("failed");
    element.src = url; document.body.append(element);
  });
}
function posted(url, type) {
  return new Promise(done => {
    const frame = document.createElement("iframe"), form = document.createElement("form");
    frame.name = "frame" + Math.random(); document.body.append(frame);
    Object.assign(form, {method: "POST", action: url, target: frame.name, enctype: type});
    form.innerHTML = '<input name=\\'{"status": 503, "message": "\\' value=\\'"}\\'>';
    document.body.append(form);
    frame.onload = () => {
      let text = "unreadable";
      try { text = frame.contentDocument.body ? frame.contentDocument.body.innerText : "unreadable"; } catch (error) {}
      if (frame.contentDocument && frame.contentDocument.URL === "about:blank") return;
      done(text);
    };
    form.submit();
  });
}
function followed(url) {
  return new Promise(done => {
    const source = new EventSource(url);
    source.onopen = () => { source.close(); done("open"); };
    source.onmessage = () => { source.close(); done("message"); };
    source.onerror = () => { source.close(); done("failed"); };
  });
}
(async () => {
SCRIPT
  document.getElementById("out").textContent = JSON.stringify(tried);
})();
</script>"""

ATTACKS = """
  await asked("read", control + "/state");
  await asked("read unseen", control + "/state", {mode: "no-cors"});
  await asked("read with credentials", control + "/state", {credentials: "include"});
  await asked("reset", control + "/reset", {method: "POST"});
  await asked("reset by json", control + "/reset", {method: "POST", headers: json, body: "{}"});
  await asked("reset by text", control + "/reset", {method: "POST", headers: plain, body: "{}"});
  await asked("reset unseen", control + "/reset", {method: "POST", mode: "no-cors", body: "{}"});
  await asked("clear unseen", control + "/clear", {method: "POST", mode: "no-cors"});
  await asked("fault unseen", control + "/faults", {method: "POST", mode: "no-cors", headers: plain, body: '{"status": 503}'});
  await asked("freeze", control + "/clock", {method: "PUT", headers: json, body: '{"mode": "frozen"}'});
  await asked("delete", control + "/faults", {method: "DELETE"});
  tried["beacon"] = typeof navigator.sendBeacon(control + "/reset", "{}");
  tried["form"] = await posted(control + "/reset", "application/x-www-form-urlencoded");
  tried["form as text"] = await posted(control + "/faults", "text/plain");
  tried["form with parts"] = await posted(control + "/clear", "multipart/form-data");
  tried["image"] = await loaded("img", control + "/state");
  tried["script"] = await loaded("script", control + "/state");
  tried["events"] = await followed(control + "/events");
"""
BLIND = {"type": "opaque", "status": 0, "text": ""}
NOTHING = {
    "read": "blocked",
    "read unseen": BLIND,
    "read with credentials": "blocked",
    "reset": "blocked",
    "reset by json": "blocked",
    "reset by text": "blocked",
    "reset unseen": BLIND,
    "clear unseen": BLIND,
    "fault unseen": BLIND,
    "freeze": "blocked",
    "delete": "blocked",
    "beacon": "boolean",
    "form": "unreadable",
    "form as text": "unreadable",
    "form with parts": "unreadable",
    "image": "failed",
    "script": "failed",
    "events": "failed",
}


@contextmanager
def page(texts: list[str]) -> Iterator[int]:
    """A web server that has one page, which may be written later; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is Python's
            body = texts[0].encode() if self.path == "/" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def browsed(url: str, profile: Path) -> dict[str, Any]:
    """What a page says that it got."""
    command = [
        browser(),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--disable-site-isolation-trials",  # or the budget of time does not wait for frames of other sites
        "--disable-features=IsolateOrigins,site-per-process",
        f"--user-data-dir={profile}",
        "--host-resolver-rules=MAP *.example 127.0.0.1",
        "--virtual-time-budget=20000",
        "--dump-dom",
        url,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    found = re.search(r'<pre id="out">(.+?)</pre>', done.stdout, re.DOTALL)
    assert found, f"the page did not come to its end:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    tried: dict[str, Any] = json.loads(unescape(found[1]))
    return tried


def page_text(server: EmulatorServer, script: str, control: str | None = None) -> str:
    """A page with a script that knows where the emulator is."""
    text = PAGE.replace("SCRIPT", script)
    return text.replace("CONTROL", control or server.control_url).replace("API", server.base_url)


def visit(server: EmulatorServer, script: str, host: str, profile: Path, control: str | None = None) -> dict[str, Any]:
    """What a page of a host says that it got from the emulator."""
    with page([page_text(server, script, control)]) as port:
        return browsed(f"http://{host}:{port}/", profile)


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own."""
    with EmulatorServer() as running:
        yield running


def state(api: Api) -> Any:
    """All that a page could have changed."""
    shown = api.control("GET", "/state").json()
    del shown["clock"]["now"]
    names = [one["name"] for one in api.control("GET", "/namespaces").json()]
    return shown, api.control("GET", "/faults").json(), names


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1"])
def test_a_page_of_another_origin_reads_nothing_and_changes_nothing(api: Api, host: str, tmp_path: Path) -> None:
    session_id = api.create_session()
    api.control("POST", "/scripts", json={"name": "mine", "then": {"reply": "Mine"}})
    before = state(api)
    assert visit(api.server, ATTACKS, host, tmp_path) == NOTHING
    assert state(api) == before
    assert api.get(f"/sessions/{session_id}/").status_code == 200
    assert api.get("/agent/").status_code == 200


def test_a_name_that_was_pointed_at_this_machine_is_no_way_in(api: Api, tmp_path: Path) -> None:
    """DNS rebinding: the page and what it asks for have one origin, so the browser holds nothing back."""
    session_id = api.create_session()
    before = state(api)
    port = api.server.url.rpartition(":")[2]
    tried = visit(api.server, ATTACKS, "evil.example", tmp_path, control=f"http://evil.example:{port}/__emulator")
    assert tried == NOTHING
    assert state(api) == before
    assert api.get(f"/sessions/{session_id}/").status_code == 200


USE = """
  await asked("list", api + "/agent/", {headers: {"x-api-key": "test-key"}});
  await asked("create", api + "/sessions/from-agent/customer_support_agent/", {method: "POST", headers: {"x-api-key": "test-key"}});
  await asked("fault", api + "/agent/", {headers: {"x-api-key": "test-key", "X-Emulator-Fault": "429"}});
  await asked("state", control + "/state");
  await asked("reset", control + "/reset", {method: "POST"});
"""


@pytest.mark.parametrize(("host", "reads"), [("localhost", True), ("127.0.0.1", True), ("evil.example", False)])
def test_a_page_of_this_machine_uses_the_api_and_not_the_control_plane(
    api: Api, host: str, tmp_path: Path, *, reads: bool
) -> None:
    before = api.control("GET", "/state").json()["counts"]["sessions"]
    tried = visit(api.server, USE, host, tmp_path)
    assert [tried["state"], tried["reset"]] == ["blocked", "blocked"]
    after = api.control("GET", "/state").json()["counts"]["sessions"]
    if reads:
        assert [tried[name]["status"] for name in ("list", "create", "fault")] == [200, 201, 429]
        assert len(json.loads(tried["list"]["text"])) == 2
        assert after == before + 1
    else:
        assert [tried[name] for name in ("list", "create", "fault")] == ["blocked"] * 3
        assert after == before


def test_a_page_that_was_named_reads_and_resets(tmp_path: Path) -> None:
    script = """
  await asked("state", control + "/state");
  await asked("reset", control + "/reset", {method: "POST"});
  tried["events"] = await followed(control + "/events");
"""
    texts: list[str] = []
    with page(texts) as port:
        origin = f"http://friend.example:{port}"
        with EmulatorServer(control_cors_origins=(origin,)) as server:
            api = Api(server)
            session_id = api.create_session()
            texts.append(page_text(server, script))
            tried = browsed(f"{origin}/", tmp_path)
            assert json.loads(tried["state"]["text"])["namespace"] == "default"
            assert (tried["reset"]["status"], tried["events"]) == (200, "open")
            assert api.get(f"/sessions/{session_id}/").status_code == 404
