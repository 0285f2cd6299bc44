"""A whole emulator as a document: another process that opens it answers every question about it as the first one did."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from atthene_emulator import __version__
from atthene_emulator.boot import build_emulator
from atthene_emulator.client import EmulatorClient, EmulatorNamespace
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import SetupError
from atthene_emulator.limits import DOCUMENT, Limit
from atthene_emulator.seeds import state_document
from atthene_emulator.server import EmulatorServer
from atthene_emulator.settings import Settings
from tests.conftest import FLAT

STATE = Schema("state")
SECRET = "sk-abcdef0123456789abcdef01"
TOKEN = "token-of-this-emulator"
TOOL = {**FLAT, "name": "Tool", "llm_config": {"model": "gpt-4o", "api_key": SECRET}}
TEA = {"name": "tea", "when": {"content": {"contains": "tea"}}, "then": [{"reply": "Green."}, {"reply": "Black."}]}
SEED = {
    "accounts": [{"id": "ann", "company": "acme", "api_keys": ["key-of-ann"]}],
    "agents": [{"owner": "ann", "system_config": FLAT}],
    "provider_states": {"nothing is there": {"seed": "empty"}},
}
MINE = """
accounts: [{id: bob, company: acme, api_keys: [key-of-bob]}]
agents:
  - {owner: bob, config_file: agent.json}
files:
  - {owner: bob, path: note.txt}
"""
IN_NAMESPACE = (
    "/state", "/snapshots", "/journal", "/faults", "/clock", "/rate-limit", "/latency", "/on-disconnect", "/transitions", "/scripts",
    "/scenarios", "/sessions", "/configurations", "/coverage", "/gates",
)  # fmt: skip
OF_SESSION = ("", "/messages", "/executions", "/events", "/graph")
OF_MOMENT = ("last_used", "unused_seconds", "ttl_seconds", "base_url", "uptime_seconds")


def live(world: EmulatorNamespace, configuration: Any = FLAT) -> None:
    """Have something of every kind."""
    world.freeze("2026-01-02T03:04:05Z")
    world.add_scripts([TEA])
    world.fault(503, operation="agents.list", times=2)
    world.http.get(f"{world.base_url}/agent/?api_key={SECRET}", timeout=10)
    made = world.http.post(f"{world.base_url}/sessions/", json=configuration, timeout=10).json()
    path = f"{world.base_url}/runtime/{made['session_id']}/execute/"
    for content in ("Some tea", "More tea", f"What? password: {SECRET}"):
        world.http.post(path, json={"content": content, "password": SECRET}, timeout=10)
    world.snapshot("before")
    world.http.post(path, json={"content": "tea"}, timeout=10)
    world.http.post(f"{world.base_url}/files/", files={"file": ("a.txt", b"Hello")}, timeout=10)
    world.gate("kettle").open()
    world.snapshot("after")
    world.latency(1)


def told(server: EmulatorServer, name: str, path: str) -> Any:
    answer = requests.get(f"{server.control_url}{path}", headers={"X-Emulator-Namespace": name}, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def events(server: EmulatorServer, name: str) -> list[Any]:
    """Everything that happened in a namespace, from the beginning."""
    count = len(told(server, name, "/journal"))
    found = list[Any]()
    with EmulatorClient(server.url, namespace=name) as client, closing(client.events(after=0)) as all_of_them:
        while count:
            event = next(all_of_them)
            count -= event.kind == "request"
            found.append(event)
    return found


def answers(server: EmulatorServer) -> dict[Any, Any]:
    """What the control plane says of everything, by namespace and path."""
    found: dict[Any, Any] = {}
    listed = told(server, "default", "/namespaces?deleted=true")
    found["namespaces"] = [{key: one[key] for key in one if key not in OF_MOMENT} for one in listed]
    found["coverage"] = told(server, "default", "/coverage?namespaces=all")
    for one in listed:
        name = one["name"]
        for path in IN_NAMESPACE:
            found[name, path] = told(server, name, path)
        for session in found[name, "/sessions"]:
            for path in OF_SESSION:
                whole = f"/sessions/{session['session_id']}{path}"
                found[name, whole] = told(server, name, whole)
        for snapshot in found[name, "/snapshots"]:
            path = f"/snapshots/{snapshot['name']}?secrets=true"
            found[name, path] = told(server, name, path)
        if one["deleted_at"] is None:
            found[name, "/events"] = events(server, name)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the user's own seed."""
    made = tmp_path_factory.mktemp("export")
    (made / "mine.yaml").write_text(MINE)
    (made / "agent.json").write_text(json.dumps({**FLAT, "name": "Mine"}))
    (made / "note.txt").write_text("A note.")
    return made


@pytest.fixture(scope="module")
def lived(folder: Path) -> Iterator[EmulatorServer]:
    """An emulator in which something of every kind is, in every kind of namespace."""
    with EmulatorServer(seeds=("default", str(folder / "mine.yaml"))) as server:
        client = server.client
        client.freeze()
        for seed in (None, SEED, ["default", {"scripts": [TEA]}], "empty"):
            live(client.create_namespace(seed=seed, ttl_seconds=3600, contract="current"), TOOL)
        live(client.create_namespace("inline", seed=SEED))
        client.create_namespace("fork", fork_of="inline", snapshot="before")
        in_a_state = client.create_namespace("state", seed=["default", SEED])
        in_a_state.provider_state("nothing is there")
        in_a_state.freeze()
        gone = client.create_namespace("gone")
        live(gone)
        gone.delete()
        yield server


@pytest.fixture(scope="module")
def document(lived: EmulatorServer, folder: Path) -> Path:
    """What was exported of it, with secrets."""
    file = folder / "emulator.json"
    file.write_bytes(lived.export(secrets=True))
    return file


def test_opened_elsewhere_it_answers_as_before(lived: EmulatorServer, document: Path) -> None:
    before = answers(lived)
    with EmulatorServer(opened=str(document)) as server:
        after = answers(server)
    assert after.keys() == before.keys()
    for asked, answer in before.items():
        assert after[asked] == answer, asked
