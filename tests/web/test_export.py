"""A whole emulator as a document: another process that opens it answers every question about it as the first one did."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from atthene_emulator.boot import build_emulator
from atthene_emulator.client import EmulatorClient, EmulatorNamespace
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import SetupError
from atthene_emulator.limits import DOCUMENT, Limit
from atthene_emulator.seeds import state_document
from atthene_emulator.server import EmulatorServer
from atthene_emulator.settings import Settings
from tests.conftest import FLAT

STATE = Schema("emulator")
STREAM = re.compile("/sessions/.*/events")  # whose pieces are as long as what is written in them
DIFFERENT = ("/coverage", "/configurations")  # in the order of their hashes
DIGEST = re.compile("[0-9a-f]{12,64}")
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
            found.append((event.id, event.kind, event.data))
    return found


def answers(server: EmulatorServer) -> dict[tuple[str, str], Any]:
    """What the control plane says of everything, by namespace and path."""
    found: dict[tuple[str, str], Any] = {}
    listed = told(server, "default", "/namespaces?deleted=true")
    found["", "/namespaces"] = [{key: one[key] for key in one if key not in OF_MOMENT} for one in listed]
    found["", "/coverage"] = told(server, "default", "/coverage?namespaces=all")
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


def test_what_is_exported_is_as_the_schema_says(document: Path) -> None:
    assert STATE.check(json.loads(document.read_text())) == ()


def test_a_namespace_goes_on_with_its_keys_its_scripts_and_its_seed(document: Path) -> None:
    with EmulatorServer(opened=str(document)) as server, EmulatorClient(server.url, namespace="inline") as client:
        (key,) = (one.api_key for one in client.namespaces() if one.name == "inline")
        header = {"x-api-key": key}
        session = requests.post(f"{server.base_url}/sessions/", json=FLAT, headers=header, timeout=10)
        assert session.status_code == 201
        assert (
            requests.get(f"{server.base_url}/agent/", headers={"x-api-key": "key-of-bob"}, timeout=10).status_code
            == 200
        )
        client.reset()
        assert client.state()["counts"]["sessions"] == 0
        client.restore("before")
        assert client.state()["counts"]["sessions"] == 1
        assert client.namespaces()[1].ttl_seconds is None
        assert client.create_namespace().namespace not in [one.name for one in client.namespaces()][:-1]


def test_without_secrets_it_is_opened_as_well(lived: EmulatorServer, folder: Path) -> None:
    exported = lived.export()
    assert SECRET.encode() not in exported
    file = folder / "public.json"
    file.write_bytes(exported)
    document = json.loads(exported)
    assert document["redacted"] is True
    assert STATE.check(document) == ()
    before = answers(lived)
    with EmulatorServer(opened=str(file)) as server:
        after = answers(server)
    for asked, answer in before.items():
        if not asked[1].startswith(DIFFERENT) and not STREAM.fullmatch(asked[1]):
            assert without_hashes(after[asked]) == without_hashes(answer), asked


def without_hashes(answer: Any) -> str:
    """An answer, as it is without what is another one without secrets."""
    return DIGEST.sub("…", json.dumps(answer).replace(SECRET, "[redacted]"))


def test_a_seed_that_is_wrong_without_its_secrets_is_opened_all_the_same(tmp_path: Path) -> None:
    variables = {"password": {"type": "int", "default": 5}}
    script = {"name": "s", "when": {"variables": {"password": 5}}, "then": {"assign": {"password": 6}, "reply": "Yes"}}
    seed = {
        **SEED,
        "agents": [{"owner": "ann", "system_config": {**FLAT, "variables": variables}}],
        "scripts": [script],
    }
    file = tmp_path / "emulator.json"
    with EmulatorServer() as server:
        made = server.client.create_namespace("mine", seed=seed)
        made.http.post(
            f"{made.base_url}/sessions/", json={**FLAT, "variables": variables}, timeout=10
        ).raise_for_status()
        file.write_bytes(server.export())
    again = build_emulator(Settings(opened=str(file))).namespace("mine")
    assert again.origin.agents[0].configuration.value["variables"]["password"]["default"] == "[redacted]"
    assert again.origin.scripts[0].entry["when"] == {"variables": {"password": "[redacted]"}}
    assert again.own_keys == ("key-of-ann", made.api_key)


def test_the_control_plane_gives_it_with_and_without_secrets(lived: EmulatorServer) -> None:
    assert SECRET not in json.dumps(lived.client.export())
    assert SECRET in json.dumps(lived.client.export(secrets=True))


def test_keys_of_namespaces_are_secrets_where_there_is_a_token(tmp_path: Path) -> None:
    file = tmp_path / "emulator.json"
    with EmulatorServer(control_token=TOKEN) as server:
        made = server.client.create_namespace("mine")
        made.http.get(f"{made.base_url}/agent/", timeout=10)
        exported = server.export()
        assert made.api_key.encode() in server.export(secrets=True)
    assert made.api_key.encode() not in exported
    file.write_bytes(exported)
    again = build_emulator(Settings(opened=str(file))).namespace("mine")
    assert again.minted is not None
    assert again.minted.account == ("user_123", "company_456", None, None)


def test_it_needs_no_file_of_where_it_was_written(document: Path, tmp_path: Path) -> None:
    before = build_emulator(Settings(seeds=("default", str(document.parent / "mine.yaml"))))
    file = tmp_path / "emulator.json"
    file.write_text(document.read_text())
    again = build_emulator(Settings(opened=str(file)))
    assert again.default.origin.files == before.default.origin.files
    assert again.default.own_keys == before.default.own_keys


def damaged(document: Any, *path: Any) -> Any:
    """The document with something else in a place."""
    *above, last, value = path
    node = document
    for step in above:
        node = node[step]
    node[last] = value
    return document


DAMAGES = {
    (
        "namespaces",
        1,
        "tables",
        "sessions",
        0,
        2,
        2,
    ): r"namespace ns-\w+ cannot be read, table sessions, key '[\w-]+': ",
    ("namespaces", 1, "tables", "agents", 0, 2): r"table agents, key '[\w-]+': ",
    ("namespaces", 1, "tables", "journal", 0, 2): r"table journal, key '[\w-]+': ",
    ("namespaces", 1, "tables", "executions", 0, 2): r"table executions, key '[\w-]+': ",
    ("namespaces", 1, "tables", "contents", 0, 2): r"table contents, key '[\w-]+': ",
    ("namespaces", 1, "tables", "snapshots", 0, 2): r"table snapshots, key 'before': ",
    ("namespaces", 1, "tables", "scripts", 0, 2): r"table scripts, key ",
    ("namespaces", 1, "tables", "configurations", 0, 2): r"table configurations, key '\w+': ",
    ("namespaces", 1, "tables", "clock", 0, 2): r"table clock, key ''",
    ("namespaces", 1, "tables", "coverage", 0, 2): r"table coverage, key '\w+': ",
    ("namespaces", 1, "entry", "contract"): r"namespace ns-\w+ cannot be read: '\?' is missing",
    ("namespaces", 1, "entry"): r"namespaces\.1\.entry: entry must be",
    ("namespaces", 1, "name"): r"namespaces\.1\.name: ",
    ("sources",): r"sources: sources must be a list",
    ("exercised", "coverage_counts", 0, 2): r"what was exercised cannot be read, table coverage_counts, key '': ",
    ("version",): r"was written by version .* of the emulator, and this is ",
    ("emulator",): r"was written by version \? of the emulator, and this is .*; open it with that one",
    ("format",): r"is no emulator; write one with `atthene-emulator export FILE`",
}


@pytest.mark.parametrize("path", DAMAGES, ids=lambda path: ".".join(map(str, path)))
def test_a_damaged_document_says_where(path: tuple[Any, ...], document: Path, tmp_path: Path) -> None:
    file = tmp_path / "emulator.json"
    file.write_text(json.dumps(damaged(json.loads(document.read_text()), *path, "?")))
    with pytest.raises(SetupError, match=DAMAGES[path]):
        build_emulator(Settings(opened=str(file)))


@pytest.mark.parametrize(
    ("at", "name", "said"),
    [(0, "other", "its first namespace is not default"), (2, "default", "default is there twice")],
)
def test_a_document_has_default_first_and_every_name_once(
    at: int, name: str, said: str, document: Path, tmp_path: Path
) -> None:
    file = tmp_path / "emulator.json"
    file.write_text(json.dumps(damaged(json.loads(document.read_text()), "namespaces", at, "name", name)))
    with pytest.raises(SetupError, match=said):
        build_emulator(Settings(opened=str(file)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is no JSON, or only a part of it: Expecting value"),
        (b'{"format": "atthene-emulator/state", "vers', "is no JSON, or only a part of it: Unterminated string"),
        (b"[" * 100_000, "is no JSON, or only a part of it"),
        (b"\xff\xfe\xff", "is no JSON, or only a part of it"),
        (b"[]", "is no emulator"),
        (b'{"agents": []}', "is no emulator"),
        (b'{"format": "atthene-emulator/snapshot"}', "is a snapshot of one namespace; start with it by --seed "),
    ],
)
def test_what_is_no_document_is_refused(text: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "emulator.json"
    file.write_bytes(text)
    with pytest.raises(SetupError, match=said):
        build_emulator(Settings(opened=str(file)))


@pytest.mark.parametrize("redacted", [True, False])
def test_a_document_names_no_file(document: Path, tmp_path: Path, *, redacted: bool) -> None:
    file = tmp_path / "emulator.json"
    whole = {**json.loads(document.read_text()), "redacted": redacted}
    file.write_text(json.dumps(damaged(whole, "sources", ["/etc/hosts.json"])))
    with pytest.raises(SetupError, match=r"/etc/hosts\.json: is a seed file, which only the command that starts"):
        build_emulator(Settings(opened=str(file)))


def test_one_that_is_too_large_is_neither_written_nor_opened(
    lived: EmulatorServer, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_document, "DOCUMENT", Limit(DOCUMENT.what, 1000, DOCUMENT.answer))
    refused = requests.get(f"{lived.control_url}/export", timeout=10)
    assert refused.status_code == 507
    assert "and 1,000 are written; delete namespaces that nobody looks at" in refused.json()["error"]["message"]
    with pytest.raises(SetupError, match="has more than 1,000, which is the most that is opened"):
        build_emulator(Settings(opened=str(document)))


def test_a_seed_file_that_is_gone_is_said(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("scripts: [{name: tea, then: {reply: Tea}}]")
    with EmulatorServer(seeds=("default", str(file))) as server:
        file.unlink()
        refused = requests.get(f"{server.control_url}/export", timeout=10)
    assert refused.status_code == 409
    assert "mine.yaml: cannot be read: No such file or directory" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"seeds": ("empty",)}, "leave --seed out"),
        ({"store": "sqlite:x"}, "leave one of them out"),
        ({"watch": True}, "leave --watch out"),
        ({"opened": "missing.json"}, "missing.json: cannot be read: No such file"),
    ],
)
def test_what_does_not_go_together_is_said(more: dict[str, Any], said: str, document: Path) -> None:
    with pytest.raises(SetupError, match=said):
        build_emulator(Settings(**{"opened": str(document), **more}))


def test_a_snapshot_may_be_started_from(lived: EmulatorServer, folder: Path) -> None:
    file = folder / "before.json"
    snapshot = EmulatorClient(lived.url, namespace="gone").export_snapshot("before")
    file.write_text(json.dumps(snapshot))
    with EmulatorServer(seeds=("default", str(folder / "mine.yaml"), str(file))) as server:
        assert [one.name for one in server.client.snapshots()] == ["before"]
        assert server.client.state()["counts"]["sessions"] == 2
        server.client.reset()
        assert server.client.state()["counts"]["sessions"] == 1
        server.client.restore("before")
        assert server.client.state()["counts"]["sessions"] == 2


def test_a_snapshot_of_other_accounts_says_what_is_missing(
    lived: EmulatorServer, document: Path, tmp_path: Path
) -> None:
    file = tmp_path / "before.json"
    file.write_text(json.dumps(EmulatorClient(lived.url, namespace="inline").export_snapshot("before")))
    with pytest.raises(SetupError, match=r"before\.json: agents\.0\.owner: This namespace has no account ann"):
        build_emulator(Settings(seeds=(str(file),)))
    with pytest.raises(SetupError, match="is a whole emulator; open it with --import"):
        build_emulator(Settings(seeds=(str(document),)))
