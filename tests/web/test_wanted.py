"""Where a store is used, the namespace that is loaded for a request is the one that the application enters, whatever it brings."""

from pathlib import Path

import pytest
import requests

from atthene_emulator.server import EmulatorServer

SCRIPT = {"name": "kept", "when": {"content": "Hi"}, "then": {"reply": "Ho"}}


@pytest.fixture
def place(tmp_path: Path) -> str:
    return f"sqlite:{tmp_path / 'emulator.db'}"


@pytest.fixture
def own_key(place: str) -> str:
    """The key that was made for the namespace `b`, whose seed has the key `of-b` as well."""
    with EmulatorServer(store=place) as server:
        seed = {"accounts": [{"id": "ada", "company": "c", "api_keys": ["of-b"]}]}
        made = requests.post(f"{server.control_url}/namespaces", json={"name": "b", "seed": seed}, timeout=10).json()
        return str(made["api_key"])


def names(server: EmulatorServer, namespace: str) -> list[str]:
    shown = requests.get(f"{server.control_url}/scripts", params={"namespace": namespace}, timeout=10).json()
    return [one["name"] for one in shown]


@pytest.mark.parametrize(
    ("headers", "query", "where"),
    [
        ({}, {}, "default"),
        ({"x-api-key": "of-b"}, {}, "default"),  # a key of a seed is known to everybody
        ({"x-api-key": "OWN"}, {}, "b"),
        ({"Authorization": "Bearer OWN"}, {}, "b"),
        ({"x-api-key": "nonsense", "Authorization": "Bearer OWN"}, {}, "b"),
        ({"x-api-key": "of-b", "X-Emulator-Namespace": "default"}, {}, "default"),
        ({"X-Emulator-Namespace": "b"}, {}, "b"),
        ({"x-api-key": "OWN"}, {"namespace": "default"}, "default"),
        ({}, {"namespace": "b"}, "b"),
    ],
)
def test_what_the_control_plane_was_told_is_there_after_a_restart(
    own_key: str, place: str, headers: dict[str, str], query: dict[str, str], where: str
) -> None:
    headers = {name: value.replace("OWN", own_key) for name, value in headers.items()}
    with EmulatorServer(store=place) as server:
        told = requests.post(f"{server.control_url}/scripts", json=SCRIPT, headers=headers, params=query, timeout=10)
        assert told.status_code == 201, told.text
    with EmulatorServer(store=place) as server:
        assert {name: "kept" in names(server, name) for name in ("default", "b")} == {
            "default": where == "default",
            "b": where == "b",
        }


@pytest.mark.parametrize("path", ["", "health", "ready", "openapi.json", "asyncapi.json"])
@pytest.mark.parametrize("namespace", ["b", "nowhere"])
@pytest.mark.usefixtures("own_key")
def test_what_answers_without_a_namespace_knows_one_that_is_named(place: str, path: str, namespace: str) -> None:
    with EmulatorServer(store=place) as server:
        headers = {"X-Emulator-Namespace": namespace}
        answer = requests.get(f"{server.control_url}/{path}", headers=headers, timeout=10)
        assert answer.status_code == (404 if namespace == "nowhere" and path else 200)


@pytest.mark.usefixtures("own_key")
def test_the_document_is_of_the_namespace_whose_key_asks(own_key: str, place: str) -> None:
    with EmulatorServer(store=place) as server:
        answer = requests.get(f"{server.control_url}/openapi.json", headers={"x-api-key": own_key}, timeout=10)
        assert answer.status_code == 200
        assert "b" in [one.name for one in server.emulator.namespaces]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "of-b"},
        {"x-api-key": "test-key"},
        {"x-api-key": "nonsense"},
        {"x-api-key": "nonsense", "Authorization": "Bearer of-b"},
        {"Authorization": "Bearer of-b"},
        {"Authorization": "of-b"},
        {"X-Emulator-Namespace": "nowhere", "x-api-key": "of-b"},
        {"X-Emulator-Namespace": "b", "x-api-key": "test-key"},
        {"X-Emulator-Namespace": "", "x-api-key": "of-b"},
        {},
    ],
)
@pytest.mark.usefixtures("own_key")
def test_no_request_is_forgotten_and_no_id_given_twice(place: str, headers: dict[str, str]) -> None:
    ids = []
    for _ in range(2):
        with EmulatorServer(store=place) as server:
            answer = requests.get(f"{server.base_url}/sessions/", headers=headers, timeout=10)
            ids.append(answer.headers["X-Request-Id"])
            kept = requests.get(f"{server.control_url}/journal", params={"namespaces": "all"}, timeout=10).json()
            assert ids[-1] in [one["id"] for one in kept]
    assert len(set(ids)) == 2
