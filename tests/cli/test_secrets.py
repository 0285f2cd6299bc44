"""Secrets are planted in all places of requests, and looked for in everything that is shown or printed."""

import json
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
import requests

from atthene_emulator import EmulatorClient
from atthene_emulator.boot import build_emulator
from atthene_emulator.settings import Settings
from tests.cli.running import invoke
from tests.cli.serving import KEY, ready_line, started

MARK = "pl4nted"
TOKEN = f"control-{MARK}-token"
HEADERS = [
    "Proxy-Authorization",
    "X-Auth-Token",
    "Api-Key",
    "X-Client-Secret",
    "Cookie",
    "X-Access-Token",
    "X-Vendor-Key",
    "X-Hub-Signature-256",
    "X-Password",
    "X-Amz-Security-Token",
    "X-Xsrf-Token",
    "Private-Token",
    "Ocp-Apim-Subscription-Key",
]
PARAMETERS = [
    "access_token",
    "%61ccess_token",
    "apikey",
    "api_key",
    "key",
    "sig",
    "password",
    "client_secret",
    "authorization",
    "idToken",
    "X-Amz-Signature",
]
FIELDS = [
    "api_key",
    "token",
    "password",
    "client_secret",
    "drive_key",
    "authorization",
    "apiKey",
    "accessToken",
    "dbPassword",
    "private_key",
    "OPENAI_API_KEY",
]
SESSION = "/runtime/session_abc123/execute/"


class Planted(NamedTuple):
    """One request with a secret in it."""

    path: str
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    media: str = "application/json"


def in_body(value: Any, path: str = SESSION) -> Planted:
    return Planted(path, body=json.dumps(value).encode())


def in_configuration(part: dict[str, Any], path: str = "/sessions/") -> Planted:
    return in_body({"name": "Keeper", "agent_type": "llm_agent", **part}, path)


def in_yaml(text: str) -> Planted:
    return Planted("/sessions/", body=f"name: Keeper\nagent_type: llm_agent\n{text}".encode(), media="application/yaml")


ELSEWHERE: tuple[Callable[[str], Planted], ...] = (
    lambda secret: Planted(SESSION, body=f'{{"content": "Hi", "\\u0061pi_key": "{secret}"}}'.encode()),
    lambda secret: Planted(SESSION, body=f'{{"content": "Hi", "api_key": "{secret}"'.encode()),
    lambda secret: Planted(SESSION, body=f"user=ann&pass%77ord={secret}".encode(), media="application/x-www-form-urlencoded"),
    lambda secret: Planted(SESSION, body=f'--x\r\nname="token"\r\n\r\n{secret}'.encode(), media="multipart/form-data; boundary=x"),
    lambda secret: in_yaml(f"description: &k {secret}\nllm_config: {{api_key: *k}}\n"),
    lambda secret: in_yaml(f"llm_config:\n  api_key: |\n    {secret}\n"),
    lambda secret: in_yaml(f"llm_config: {{api_key: {secret}}}\n"),
    lambda secret: in_yaml(f"tools: [{{name: fetch, config: {{headers: {{Authorization: Bearer {secret}}}}}}}]\n"),
    lambda secret: in_configuration({"tools": [{"name": "fetch", "config": {"url": f"https://ann:{secret}@example.com"}}]}),
    lambda secret: in_configuration({"prompt_config": {"system_prompt": f"Use https://example.com/?api_key={secret}"}}),
    lambda secret: in_configuration({"prompt_config": {"system_prompt": f"Send Authorization: Bearer {secret}"}}),
    lambda secret: in_configuration({"llm_config": {"api_key": [secret]}}),
    lambda secret: in_configuration({"llm_config": {"temperature": f"sk-{secret}-{secret}"}}),
    lambda secret: in_body({"yaml_content": f"name: A\nagent_type: llm_agent\nllm_config: {{api_key: {secret}}}\n"}, "/agent/none/import_yaml/"),
    lambda secret: in_body({"content": "Hi", "inputs": {"user_password": secret}}),
    lambda secret: in_body({"content": f"My key is sk-{secret}-0123456789"}),
    lambda secret: in_body({"content": f"It said Bearer {secret}_1"}),
    lambda secret: in_body({"content": f"curl -H 'x-api-key: {secret}'"}),
    lambda secret: in_body({"content": [{"type": "image_url", "image_url": {"url": f"https://example.com/?sig={secret}"}}]}),
    lambda secret: in_body({"content": "Hi", "password": secret, "unknown": secret}),
    lambda secret: Planted(f"/agent/sk-{secret}-0123456789/"),
    lambda secret: Planted("/agent/", {"Referer": f"https://example.com/?access_token={secret}"}),
)  # fmt: skip
PLANTS: tuple[Callable[[str], Planted], ...] = (
    *(lambda secret, name=name: Planted("/agent/", {name: secret}) for name in HEADERS),  # type: ignore[misc]
    *(lambda secret, name=name: Planted(f"/agent/?limit=5&{name}={quote(secret)}") for name in PARAMETERS),  # type: ignore[misc]
    *(lambda secret, name=name: in_body({"content": "Hi", name: secret}) for name in FIELDS),  # type: ignore[misc]
    *(
        lambda secret, name=name: in_configuration({"tools": [{"name": "x", "config": {name: secret}}]})
        for name in FIELDS
    ),  # type: ignore[misc]
    *ELSEWHERE,
)


def plant(url: str, plants: tuple[Callable[[str], Planted], ...]) -> list[str]:
    """Send every request; the texts of errors that it was answered."""
    errors = []
    for number, make in enumerate(plants):
        planted = make(f"{MARK}{number:04d}")
        headers = {**KEY, "Content-Type": planted.media, **planted.headers}
        method = "POST" if planted.body else "GET"
        answer = requests.request(method, url + planted.path, headers=headers, data=planted.body, timeout=10)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            errors.append(answer.text)
    return errors


def shown_by(client: EmulatorClient) -> Iterator[tuple[str, str]]:
    """Everything that the control plane shows, and the client prints, with its name."""
    with closing(client.events(after=0)) as events:
        newest = client.journal()[-1].id
        for event in events:
            yield "events", json.dumps(event.data)
            if event.data.get("id") == newest:
                break
    entries = client.journal()
    assert len(entries) >= len(PLANTS)
    yield "journal", repr(entries)
    yield "printed journal", "\n".join(one.with_bodies() for one in entries)
    yield "wait", repr(client.wait(1, operation="runtime.execute"))
    state = client.state()
    yield "state", json.dumps(state)
    for session in state["sessions"]:
        yield "executions", repr(client.executions(session["session_id"]))
        yield "why", invoke("why", session["session_id"], "--url", client.url, "--control-token", TOKEN).stdout
    yield "scripts", repr(client.scripts())
    yield "coverage", json.dumps(client.coverage())
    yield "snapshot", json.dumps(client.export_snapshot(client.snapshot("kept").name))
    yield "export", json.dumps(client.export())


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_is_shown_anywhere(form: str, tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    options = ("--json",) if form == "json" else ("--log-requests", "--ready-file", str(ready_file))
    with started("--port", "0", "--log-level", "debug", "--control-token", TOKEN, *options) as process:
        ready = ready_line(process) if form == "json" else read(ready_file)
        assert len(PLANTS) > 50
        found = [("errors", "\n".join(plant(ready["base_url"], PLANTS)))]
        requests.get(f"{ready['base_url']}/agent/?x={TOKEN}", headers=KEY, timeout=10)
        with EmulatorClient(ready["url"], TOKEN) as client:
            found += shown_by(client)
        connection = ("--url", ready["url"], "--control-token", TOKEN)
        for command in ("doctor", "coverage", "snapshot list", "snapshot export kept", "scenario list", "export -"):
            done = invoke(*command.split(), *connection)
            found.append((command, done.stdout + done.stderr))
        process.send_signal(signal.SIGTERM)
        printed, errors = process.communicate()
    (exported,) = (text for name, text in found if name == "export")
    (tmp_path / "emulator.json").write_text(exported)
    opened = build_emulator(Settings(opened=str(tmp_path / "emulator.json")))  # what is left can still be read
    assert len(opened.default.journal) >= len(PLANTS)
    found += [("ready", json.dumps(ready)), ("standard output", printed), ("standard error", errors)]
    assert printed.count("\n") >= len(PLANTS)
    assert [(name, text[max(0, text.index(MARK) - 200) :][:300]) for name, text in found if MARK in text] == []


def read(path: Path) -> dict[str, Any]:
    """The ready line, once it is written."""
    while True:
        with suppress(OSError, ValueError):
            ready: dict[str, Any] = json.loads(path.read_text())
            return ready


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
def test_no_secret_of_a_configuration_is_in_a_report(style: str, tmp_path: Path) -> None:
    names = []
    for number, make in enumerate(PLANTS):
        planted = make(f"{MARK}{number:04d}")
        if planted.path == "/sessions/":
            names.append(f"{number}.{planted.media.rpartition('/')[2]}")
            (tmp_path / names[-1]).write_bytes(planted.body)
    assert len(names) > 15
    done = invoke("validate", "--format", style, *names, cwd=tmp_path)
    assert MARK not in done.stdout + done.stderr
