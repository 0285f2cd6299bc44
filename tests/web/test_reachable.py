"""What may be named can be reached: names with anything in them, in every path that has a parameter."""

from typing import Any
from urllib.parse import quote

import pytest

from atthene_emulator.seeds.collected import WORDS
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.operations import OPERATIONS
from tests.conftest import FLAT, Api

NAMES = [
    "plain", "/", "{}", "a/b", "/a", "a/", "a//b", "a?b", "a#b", "a%b", "a%2Fb", "%", "a b", "a+b", "a&b=c", "a;b", "a:b", "a@b", "a.b", "...", ".a",
    "\u00fc", "\U0001f600", "a\\b", "'\"", "<b>", "*", "{name}", "x" * 200,
]  # fmt: skip
UNFIT = ["", ".", "..", " a", "a ", "a\nb", "a\tb", "\x00", "\x7f", "a\r", "\x85", "x" * 201]

each_name = pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:20])
each_unfit = pytest.mark.parametrize("name", UNFIT, ids=lambda name: ascii(name)[:20])


def path_part(name: str) -> str:
    return quote(name, safe="")


class World:
    """A namespace that is made from a seed."""

    def __init__(self, server: EmulatorServer, **seed: Any) -> None:
        self.answer = Api(server).control("POST", "/namespaces", json={"seed": {"accounts": [{"id": "ada"}], **seed}})
        self.made = self.answer.json()
        self.api = Api(server, self.made.get("api_key"))

    def told(self, method: str, path: str, **options: Any) -> Any:
        answer = self.api.control(method, path, params={"namespace": self.made["name"]}, **options)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None


@each_name
def test_a_session_is_reached_by_its_id(server: EmulatorServer, name: str) -> None:
    world, part = World(server, sessions=[{"id": name, "config": FLAT}]), path_part(name)
    assert world.api.get(f"/sessions/{part}/").json()["session_id"] == name
    assert world.api.execute(part).status_code == 200
    assert world.api.get(f"/runtime/{part}/messages").status_code == 200
    assert len(world.told("GET", f"/sessions/{part}/executions")["executions"]) == 1
    world.told("POST", "/snapshots", json={"name": "kept"})
    world.told("PUT", "/snapshots/again", json=world.told("GET", "/snapshots/kept"))
    assert world.api.delete(f"/sessions/{part}").status_code == 204


@each_name
def test_an_agent_is_reached_by_its_id(server: EmulatorServer, name: str) -> None:
    world, part = World(server, agents=[{"id": name, "system_config": FLAT}]), path_part(name)
    assert world.api.get(f"/agent/{part}/").json()["id"] == name
    assert world.api.post(f"/sessions/from-agent/{part}/").status_code == 201
    assert world.api.get(f"/agent/{part}/versions/current/").status_code == 200
    assert world.api.delete(f"/agent/{part}/").status_code == 204


@each_name
def test_a_gate_is_reached_by_its_name(server: EmulatorServer, name: str) -> None:
    world, part = World(server, scripts=[{"then": {"gate": name, "reply": "Through"}}]), path_part(name)
    assert world.told("POST", f"/gates/{part}/open")["name"] == name
    assert [gate["name"] for gate in world.told("GET", "/gates")] == [name]
    assert world.api.execute(world.api.create_session()).status_code == 200
    assert world.told("POST", f"/gates/{part}/close") == {"name": name, "open": False}


@each_unfit
@pytest.mark.parametrize("kind", ["agents", "sessions", "gates", "scenarios", "scripts", "faults"])
def test_what_could_not_be_reached_is_refused(server: EmulatorServer, kind: str, name: str) -> None:
    seed: dict[str, Any] = {
        "agents": {"agents": [{"id": name, "system_config": FLAT}]},
        "sessions": {"sessions": [{"id": name, "config": FLAT}]},
        "gates": {"scripts": [{"then": {"gate": name}}]},
        "scenarios": {"scenarios": {name: {}}},
        "scripts": {"scripts": [{"name": name, "then": {"reply": "x"}}]},
        "faults": {"faults": [{"id": name, "status": 503}]},
    }
    made = World(server, **seed[kind])
    if kind == "scripts" and name in (".", ".."):
        return  # a script is named by messages, and stands in no path
    assert made.answer.status_code == 400, made.answer.text
    (problem,) = made.made["error"]["details"]["errors"]
    assert "must" in problem["message"] or "at most" in problem["message"] or "is no name" in problem["message"]


RESOURCES = {  # by the first part of their paths
    "agent": "agents",
    "sessions": "sessions",
    "files": "files",
    "collections": "collections",
    "knowledge-bases": "knowledge_bases",
}
SEEDS: dict[str, dict[str, Any]] = {
    "agents": {"system_config": FLAT},
    "sessions": {"config": FLAT},
    "files": {"name": "a.txt", "text": "Tea"},
    "collections": {"name": "Shelf"},
    "knowledge_bases": {"name": "Help", "files": ["file_1"]},
}


@pytest.mark.parametrize("part", RESOURCES)
def test_words_of_paths_are_no_ids(part: str) -> None:
    paths = [row.path.strip("/").split("/") for row in OPERATIONS]
    assert any(path[0] == part and len(path) == 2 and path[1].startswith("{") for path in paths)
    words = {path[1] for path in paths if path[0] == part and len(path) > 1 and not path[1].startswith("{")}
    assert words == WORDS[RESOURCES[part]]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in WORDS.items() for name in sorted(names)])
def test_an_id_that_is_a_word_of_paths_is_refused(server: EmulatorServer, kind: str, name: str) -> None:
    named = {"files": [{"id": "file_1", **SEEDS["files"]}]} if kind == "knowledge_bases" else {}
    (problem,) = World(server, **named, **{kind: [{"id": name, **SEEDS[kind]}]}).made["error"]["details"]["errors"]
    assert problem["message"] == f"{name} is a word of the API's paths, and wins over ids; choose another."


@each_name
def test_a_collection_and_a_knowledge_base_are_reached_by_their_ids(server: EmulatorServer, name: str) -> None:
    part, file = path_part(name), {"id": "file_1", **SEEDS["files"]}
    shelf = {"id": name, "name": "Shelf", "files": ["file_1"]}
    world = World(server, files=[file], collections=[shelf])
    assert world.api.get(f"/collections/{part}/").json()["id"] == name
    assert world.api.delete(f"/collections/{part}/files/file_1/").status_code == 204
    assert world.api.delete(f"/collections/{part}/").status_code == 204
    world = World(server, files=[file], knowledge_bases=[{"id": name, **SEEDS["knowledge_bases"]}])
    assert world.api.get(f"/knowledge-bases/{part}/check_status/").json()["knowledge_base"]["id"] == name
    assert world.api.delete(f"/knowledge-bases/{part}/").status_code == 204
