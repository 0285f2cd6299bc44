"""The kit finds out how a service decides what the pages leave open, and leaves nothing behind."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from atthene_emulator.boot import build_emulator
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.errors import EmulatorUnreachable, SetupError
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.rulings import DOCUMENTED, RULES, Rulings
from atthene_emulator.server import EmulatorServer
from atthene_emulator.settings import Settings
from atthene_emulator.verification.observations import Observation, Observations, verify
from atthene_emulator.verification.service import Service
from atthene_emulator.verification.writing import UNSEEN
from tests.cli.running import Done, invoke

ALTERNATIVES = [(rule, choice) for rule in RULES for choice in rule.choices[1:]]
READ_ONLY = {"D05.route", "D05b", "D09.slash", "D12", "D17", "D19", "D20", "D41"}


def look(server: EmulatorServer, *, writes: bool = True, other: str | None = "other-key") -> Observations:
    service = Service(server.base_url, "test-key", other)
    try:
        return verify(service, writes=writes)
    finally:
        service.close()


def of(findings: Observations, name: str) -> Observation:
    (found,) = (one for one in findings.all if one.id == name)
    return found


def world(server: EmulatorServer) -> Any:
    """All agents and sessions of the first account."""
    headers = {"x-api-key": "test-key"}
    return [
        requests.get(server.base_url + path, headers=headers, timeout=10).json() for path in ("/agent/", "/sessions/")
    ]


@pytest.fixture(scope="module")
def ours() -> Iterator[EmulatorServer]:
    with EmulatorServer(seeds=("busy",)) as server:
        yield server


@pytest.fixture(scope="module")
def seen(ours: EmulatorServer) -> Observations:
    return look(ours)


def test_the_emulator_agrees_with_its_own_decisions(seen: Observations) -> None:
    assert [one for one in seen.all if one.verdict == "differs"] == []
    assert {one.id for one in seen.all if one.verdict == "not seen"} >= set(UNSEEN)
    assert seen.count("agrees") > 90
    assert (seen.contract, seen.rulings) == ("current", {})


def test_every_decision_and_every_rule_is_asked_for_or_says_why_not(seen: Observations) -> None:
    assert {one.id for one in DECISIONS} <= {one.id.partition(".")[0] for one in seen.all}
    assert {rule.id for rule in RULES} <= {one.id for one in seen.all if one.verdict == "agrees"}
    assert all(one.note for one in seen.all if one.verdict == "not seen")


def test_each_question_is_asked_once(seen: Observations) -> None:
    names = [one.id for one in seen.all]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("rule", "choice"), ALTERNATIVES, ids=lambda value: str(getattr(value, "id", value)))
def test_another_decision_is_found(rule: Any, choice: Any) -> None:
    with EmulatorServer(rulings=Rulings({rule.id: choice})) as server:
        findings = look(server)
    found = of(findings, rule.id)
    assert (found.decided, found.seen, found.verdict) == (rule.decided, choice, "differs")
    assert findings.rulings[rule.id] == choice


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_contract_is_told(contract: Any) -> None:
    with EmulatorServer(contract=contract) as server:
        findings = look(server)
    assert findings.contract == contract
    assert of(findings, "contract.hash").seen == ("current" if contract == "current" else "reference")
    assert f"The contract that fits is {contract}." in findings.lines()


def test_reading_alone_makes_nothing(ours: EmulatorServer) -> None:
    before = world(ours)
    requests.delete(f"{ours.control_url}/journal", timeout=10)
    findings = look(ours, writes=False)
    assert world(ours) == before
    assert findings.left_behind == ()
    assert {one.id for one in findings.all if one.id in READ_ONLY and one.verdict == "agrees"} == READ_ONLY
    assert of(findings, "D04.errors").note == "needs --allow-writes"
    journal = requests.get(f"{ours.control_url}/journal?limit=1000", timeout=10).json()
    assert len(journal) > len(READ_ONLY)
    assert {entry["method"] for entry in journal if entry["operation"] != "agents.validate"} <= {
        "GET",
        "HEAD",
        "OPTIONS",
    }
    assert not [entry for entry in journal if "from-agent" in entry["path"]]


def test_what_was_made_is_taken_away_again(ours: EmulatorServer) -> None:
    before = world(ours)
    assert look(ours).left_behind == ()
    assert world(ours) == before


def test_findings_are_a_document_that_serve_follows(tmp_path: Path) -> None:
    ruled = {"D01.create": 200, "D05b": 422, "D09.slash": "redirected", "D17": "newest first"}
    path = tmp_path / "evidence.json"
    with EmulatorServer(contract="reference", rulings=Rulings(ruled)) as server:
        findings = look(server)
        taken = requests.post(f"{server.control_url}/snapshots", json={}, timeout=10)
        assert taken.status_code == 201  # the control plane is ours, and never ruled
    document = findings.document()
    assert Schema("evidence").check(document) == ()
    path.write_text(json.dumps(document))
    with EmulatorServer(observations=str(path)) as following:
        assert following.emulator.settings.rulings.chosen == ruled
        again = look(following)
    assert (again.contract, again.rulings) == ("reference", ruled)


def test_a_chosen_contract_wins_over_the_one_that_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps(document_with({}) | {"contract": "reference"}))
    with EmulatorServer(observations=str(path), contract="connecting") as server:
        assert server.emulator.default.contract.name == "connecting"


def document_with(rulings: dict[str, Any]) -> dict[str, Any]:
    return {"format": "atthene-emulator/evidence", "version": 1, "contract": None, "findings": [], "rulings": rulings}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param([], "must be a mapping", id="list"),
        pytest.param({"format": "har"}, 'format must be "atthene-emulator/evidence", not "har".', id="foreign"),
        pytest.param(
            document_with({"D01.creat": 200}), "there is no rule D01.creat; did you mean D01.create?", id="unknown"
        ),
        pytest.param(
            document_with({"D05b": 418}), "rulings.D05b: must be one of 200, 400, 422, not 418.", id="impossible"
        ),
        *(
            pytest.param(document_with({rule: 1}), f"rulings.{rule}: {said}, so nothing is left to rule", id=rule)
            for rule, said in DOCUMENTED.items()
        ),
        pytest.param(document_with({"D12": 1}), "rulings.D12: must be one of True, False, not 1.", id="number"),
        pytest.param(document_with({}) | {"contract": "newest"}, "contract must be current", id="contract"),
    ],
)
def test_a_file_that_cannot_be_followed_is_refused(document: Any, said: str, tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps(document))
    with pytest.raises(SetupError) as refused:
        build_emulator(Settings(observations=str(path)))
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("path", "key", "said"),
    [
        pytest.param("/api/v1", "nope", "refuses the key (401); name one that may do everything.", id="unknown key"),
        pytest.param("", "test-key", "is /api/v1 missing in the base URL?", id="no prefix"),
        pytest.param("/api/v2", "test-key", "is /api/v1 missing in the base URL?", id="another prefix"),
    ],
)
def test_nothing_is_concluded_from_answers_that_mean_nothing(
    ours: EmulatorServer, path: str, key: str, said: str
) -> None:
    with pytest.raises(SetupError) as refused:
        verify(Service(ours.url + path, key))
    assert said in str(refused.value)


def test_a_base_url_begins_like_one() -> None:
    with pytest.raises(SetupError, match="begin it with http"):
        Service("localhost:8484/api/v1", "test-key")


def test_a_service_that_does_not_answer_is_told_apart() -> None:
    with pytest.raises(EmulatorUnreachable, match="does not answer"):
        verify(Service(f"http://127.0.0.1:{closed_port()}/api/v1", "test-key"))


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class TestCommand:
    """`atthene-emulator verify`."""

    def run(self, folder: Path, *arguments: str) -> Done:
        return invoke("verify", *arguments, cwd=folder)

    def test_it_writes_what_it_saw(self, ours: EmulatorServer, tmp_path: Path) -> None:
        done = self.run(tmp_path, "--base-url", ours.base_url, "--api-key", "test-key")
        assert (done.returncode, done.stderr) == (0, "")
        assert "Written to evidence.json." in done.stdout
        assert Schema("evidence").check(json.loads((tmp_path / "evidence.json").read_text())) == ()

    def test_a_difference_is_shown_and_exits_with_1(self, tmp_path: Path) -> None:
        with EmulatorServer(rulings=Rulings({"D41": False})) as server:
            done = self.run(tmp_path, "--base-url", server.base_url, "--api-key", "test-key", "--output", "seen.json")
        assert done.returncode == 1
        assert "D41" in done.stdout
        assert "`serve --observations` with this file follows: D41=False." in done.stdout
        assert json.loads((tmp_path / "seen.json").read_text())["rulings"] == {"D41": False}

    def test_json_is_the_document(self, ours: EmulatorServer, tmp_path: Path) -> None:
        done = self.run(tmp_path, "--base-url", ours.base_url, "--api-key", "test-key", "--json")
        assert json.loads(done.stdout) == json.loads((tmp_path / "evidence.json").read_text())

    def test_nobody_there_exits_with_3(self, tmp_path: Path) -> None:
        done = self.run(tmp_path, "--base-url", f"http://127.0.0.1:{closed_port()}/api/v1", "--api-key", "x")
        assert (done.returncode, done.stdout) == (3, "")
        assert "does not answer" in done.stderr
        assert not (tmp_path / "evidence.json").exists()

    def test_a_key_is_asked_for(self, tmp_path: Path) -> None:
        done = self.run(tmp_path, "--base-url", "http://127.0.0.1:1/api/v1")
        assert done.returncode == 2
        assert "--api-key" in done.stderr

    def test_a_recording_is_checked_instead(self, ours: EmulatorServer, tmp_path: Path) -> None:
        url = f"{ours.base_url}/agent/"
        answered = requests.get(url, headers={"x-api-key": "test-key"}, timeout=10)
        good, bad = recorded(url, answered.text), recorded(url, answered.text.replace('"agent_key"', '"key"'))
        (tmp_path / "good.har").write_text(good)
        (tmp_path / "bad.har").write_text(bad)
        assert self.run(tmp_path, "--replay", "good.har").returncode == 0
        done = self.run(tmp_path, "--replay", "bad.har")
        assert done.returncode == 1
        assert "field removed  [].agent_key" in done.stdout
        assert "customer" not in done.stdout
        shown = json.loads(self.run(tmp_path, "--replay", "bad.har", "--contract", "current", "--json").stdout)
        written = self.run(tmp_path, "--replay", "bad.har", "--contract", "current", "--output", "report.json")
        assert "Written to report.json." in written.stdout
        assert json.loads((tmp_path / "report.json").read_text()) == shown
        assert not (tmp_path / "evidence.json").exists()
        assert {one["kind"] for one in shown["differences"]} == {"field removed", "field added"}

    def test_a_recording_of_something_else_exits_with_2(self, tmp_path: Path) -> None:
        (tmp_path / "other.har").write_text(recorded("https://example.com/", "{}"))
        done = self.run(tmp_path, "--replay", "other.har")
        assert (done.returncode, done.stdout) == (2, "")
        assert "no exchange of it belongs to the API" in done.stderr

    def test_what_is_no_recording_exits_with_2(self, tmp_path: Path) -> None:
        (tmp_path / "no.har").write_text("{}")
        assert self.run(tmp_path, "--replay", "no.har").returncode == 2
        assert "cannot be read" in self.run(tmp_path, "--replay", "missing.har").stderr


def recorded(url: str, text: str) -> str:
    """A HAR file of one exchange."""
    request = {"method": "GET", "url": url, "headers": [], "queryString": []}
    response = {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": text}}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": request, "response": response}]}})
