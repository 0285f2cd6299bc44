"""What a page in a real browser sees of a gateway's faults: a status and a body, or nothing but a `TypeError`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.test_attacks import visit
from tests.conftest import Api

pytestmark = pytest.mark.javascript

BLOCKED = "blocked"  # fetch threw a TypeError
KEYED = '{headers: {"x-api-key": "test-key"}}'
PAGE = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
OTHER = {"Access-Control-Allow-Origin": "https://app.example.com"}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server of this module's own."""
    with EmulatorServer() as running:
        yield running


def seen(api: Api, script: str, profile: Path) -> dict[str, Any]:
    return visit(api.server, script, "localhost", profile)


def outcomes(api: Api) -> list[tuple[str, int]]:
    return [(one["outcome"], one["status"]) for one in api.control("GET", "/journal?tail=50").json()]


def test_a_page_sees_the_status_and_the_body_unless_the_gateway_hides_them(api: Api, tmp_path: Path) -> None:
    statuses = (400, 401, 403, 404, 413, 418, 429, 451, 499, 500, 502, 503, 504, 520, 599)
    hidden = [{"status": status, "body": PAGE, "cors": False, "times": 1} for status in statuses]
    shown = [{"status": status, "body": PAGE, "times": 1} for status in statuses]
    api.control("POST", "/faults", json=[*hidden, *shown])
    names = [f"{kind} {status}" for kind in ("hidden", "shown") for status in statuses]
    script = "\n".join(f'await asked("{name}", api + "/agent/", {KEYED});' for name in names)
    told = seen(api, f'{script}\nawait asked("after", api + "/agent/", {KEYED});', tmp_path)
    for status in statuses:
        assert told[f"hidden {status}"] == BLOCKED
        assert told[f"shown {status}"] == {"type": "cors", "status": status, "text": PAGE}
    assert told["after"]["status"] == 200


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 502, "headers": OTHER}, {"kind": "malformed"}, {"delay_ms": 1}],
    ids=["an error of the service", "another origin is named", "malformed", "late"],
)
def test_whatever_goes_wrong_can_be_hidden(api: Api, fault: dict[str, Any], tmp_path: Path) -> None:
    api.control("POST", "/faults", json={**fault, "cors": False})
    assert seen(api, f'await asked("agents", api + "/agent/", {KEYED});', tmp_path) == {"agents": BLOCKED}


def test_an_upload_meets_it_too(api: Api, tmp_path: Path) -> None:
    faults = [
        {"operation": "files.upload", "status": 413, "body": PAGE, "cors": cors, "times": 1} for cors in (False, True)
    ]
    api.control("POST", "/faults", json=faults)
    script = """
  for (const name of ["hidden", "shown", "after"]) {
    const body = new FormData();
    body.append("file", new Blob(["x".repeat(3000000)], {type: "text/plain"}), "a.txt");
    await asked(name, api + "/files/", {method: "POST", headers: {"x-api-key": "test-key"}, body});
  }
"""
    told = seen(api, script, tmp_path)
    assert (told["hidden"], told["shown"]) == (BLOCKED, {"type": "cors", "status": 413, "text": PAGE})
    assert told["after"]["status"] == 201


def test_a_download_meets_it_too(api: Api, tmp_path: Path) -> None:
    file = {"file": ("a.txt", b"Kept", "text/plain")}
    made = api.post("/sessions/session_abc123/artifacts/", files=file).json()
    faults = [
        {"operation": "artifacts.download", "status": 504, "body": PAGE, "cors": cors, "times": 1}
        for cors in (False, True)
    ]
    api.control("POST", "/faults", json=faults)
    path = f"/sessions/session_abc123/artifacts/{made['artifact_id']}/download/"
    script = "\n".join(f'await asked("{name}", api + "{path}", {KEYED});' for name in ("hidden", "shown", "after"))
    told = seen(api, script, tmp_path)
    assert (told["hidden"], told["shown"]) == (BLOCKED, {"type": "cors", "status": 504, "text": PAGE})
    assert told["after"]["text"] == "Kept"


def test_a_preflight_is_never_struck_and_counts_for_nothing(api: Api, tmp_path: Path) -> None:
    api.control("DELETE", "/journal")
    api.control("POST", "/faults", json={"status": 502, "cors": False, "times": 1})
    script = f'await asked("first", api + "/agent/", {KEYED}); await asked("second", api + "/agent/", {KEYED});'
    told = seen(api, script, tmp_path)
    assert (told["first"], told["second"]["status"]) == (BLOCKED, 200)
    assert outcomes(api) == [("fault", 502), ("ok", 200)]


def test_the_scenario_lets_the_next_try_through(api: Api, tmp_path: Path) -> None:
    api.control("POST", "/scenarios/bad-gateway")
    options = '{method: "POST", headers: {"x-api-key": "test-key", ...json}, body: JSON.stringify({content: "Hello"})}'
    ask = 'api + "/runtime/session_abc123/execute/"'
    told = seen(api, f'for (const name of ["first", "second"]) await asked(name, {ask}, {options});', tmp_path)
    assert (told["first"], told["second"]["status"]) == (BLOCKED, 200)
    assert "The line is up again." in json.dumps(json.loads(told["second"]["text"]))
