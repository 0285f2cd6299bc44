"""64 clients hammer 64 namespaces, 32 work beside hostile ones, 64 sockets stream: nothing leaks, nothing fails."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import check_control

CLIENTS = 64
AGENT = "550e8400-e29b-41d4-a716-446655440000"
SEEDED = {"session_abc123": 2}
MOST_SESSIONS = 20
HISTORY = 100  # messages of a session that are shown
HONEST = 32
P99_MS = 100
GROWTH_MB = 12  # what a second run may leave behind: allocators keep some of what they were given


@pytest.fixture
def server() -> Iterator[dict[str, Any]]:
    """An emulator in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "atthene_emulator", "serve", "--port", "0", "--json", "--journal-entries", "100"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        threading.Thread(target=deque, args=(process.stdout, 0), daemon=True).start()  # lines that nobody reads wait
        yield ready
        process.terminate()
        assert process.wait(10) == 0


class Client:
    """One client with a namespace of its own, and what it expects to find there: the messages of each session."""

    def __init__(self, server: dict[str, Any], number: int, run: str) -> None:
        self.server = server
        self.name = f"{run}-{number}"
        self.chance = random.Random(self.name)
        self.sessions = dict(SEEDED)
        self.failures: list[str] = []
        self.requests = 0
        self.http = requests.Session()
        self.http.trust_env = False
        made = self.control("POST", "/namespaces", {"name": self.name})
        self.http.headers["x-api-key"] = made.json()["api_key"]

    def api(self, method: str, path: str, body: Any = None) -> requests.Response:
        self.requests += 1
        return self.http.request(method, self.server["base_url"] + path, json=body, timeout=60)

    def control(self, method: str, path: str, body: Any = None) -> requests.Response:
        self.requests += 1
        headers = {"X-Emulator-Namespace": self.name} if path != "/namespaces" else {}
        answer = self.http.request(method, self.server["control_url"] + path, json=body, headers=headers, timeout=60)
        assert answer.ok, answer.text
        check_control(method, path, answer)
        return answer

    def hammer(self, until: float) -> None:
        try:
            while time.monotonic() < until:
                self.chance.choice(
                    (self.create, self.create, self.execute, self.execute, self.fault, self.keep, self.reset)
                )()
                self.check()
            self.control("DELETE", f"/namespaces/{self.name}")
        except BaseException as error:  # noqa: BLE001  # shown by the test, in its own thread
            self.failures.append(f"{self.name}: {type(error).__name__}: {error}")

    def create(self) -> None:
        if len(self.sessions) >= MOST_SESSIONS:
            self.reset()
        flat = {"name": self.name, "agent_type": "llm_agent", "system_prompt": "Be brief."}
        answer = self.api("POST", "/sessions/", flat)
        assert answer.status_code == 201, answer.text
        self.sessions[answer.json()["session_id"]] = 0

    def execute(self) -> None:
        session = self.chance.choice(sorted(self.sessions))
        answer = self.api("POST", f"/runtime/{session}/execute/", {"content": f"I am {self.name}"})
        assert answer.status_code == 200, answer.text
        assert self.name in answer.json()["messages"][0]["content"]
        self.sessions[session] += 2

    def fault(self) -> None:
        self.control("POST", "/faults", {"id": "once", "operation": "sessions.get", "status": 503, "times": 1})
        path = f"/sessions/{self.chance.choice(sorted(self.sessions))}/"
        statuses = [self.api("GET", path).status_code for _ in range(2)]
        assert statuses == [503, 200]
        self.control("DELETE", "/faults/once")

    def keep(self) -> None:
        before = dict(self.sessions)
        self.control("POST", "/snapshots", {"name": "kept"})
        self.create()
        self.execute()
        self.control("POST", "/snapshots/kept/restore")
        self.sessions = before

    def reset(self) -> None:
        self.control("POST", "/reset")
        self.sessions = dict(SEEDED)

    def check(self) -> None:
        listed = self.api("GET", "/sessions/").json()
        assert {one["session_id"] for one in listed} == self.sessions.keys()
        session = self.chance.choice(sorted(self.sessions))
        told = self.api("GET", f"/sessions/{session}/").json()
        assert told["agent_config"]["name"] in (self.name, "Customer Support Agent")
        total = self.api("GET", f"/runtime/{session}/messages/").json()["total"]
        assert total == min(self.sessions[session], HISTORY)


def hammered(server: dict[str, Any], run: str, seconds: float) -> int:
    """Let all clients work for so long; how many requests they sent."""
    clients = [Client(server, number, run) for number in range(CLIENTS)]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=client.hammer, args=(until,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [failure for client in clients for failure in client.failures] == []
    for client in clients:
        client.http.close()
    return sum(client.requests for client in clients)


def memory(pid: int) -> float:
    """Resident memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see the memory of a process")
@pytest.mark.parametrize("seconds", [pytest.param(1, id="short"), pytest.param(30, id="long", marks=pytest.mark.soak)])
def test_many_worlds_live_beside_one_another(server: dict[str, Any], seconds: float) -> None:
    hammered(server, "first", seconds)
    before = memory(server["pid"])
    sent = hammered(server, "second", seconds)
    after = memory(server["pid"])
    print(f"{sent} requests, {before:.1f} MB before, {after:.1f} MB after")
    assert sent > CLIENTS * 4
    names = [one["name"] for one in requests.get(server["control_url"] + "/namespaces", timeout=10).json()]
    assert names == ["default"]
    assert requests.get(server["control_url"] + "/journal?outcome=server_error", timeout=10).json() == []
    assert (
        len(requests.get(f"{server['base_url']}/sessions/", headers={"x-api-key": "test-key"}, timeout=10).json()) == 1
    )
    assert after - before < GROWTH_MB


def attacked(server: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Let honest clients work beside hostile ones, each a process of its own; what the honest ones saw."""
    made = [requests.post(server["control_url"] + "/namespaces", json={}, timeout=10).json() for _ in range(HONEST)]
    roles = {"honest": [one["api_key"] for one in made], "hostile": ["test-key"]}
    running = {
        role: subprocess.Popen(
            [sys.executable, "-m", "tests.soak.traffic", role, server["url"], str(seconds), *given],
            stdout=subprocess.PIPE,
            text=True,
        )
        for role, given in roles.items()
    }
    seen = {role: json.loads(process.communicate()[0]) for role, process in running.items()}
    assert [process.returncode for process in running.values()] == [0, 0]
    print(json.dumps(seen, indent=1))
    assert sum(seen["hostile"].values()) > 0
    for one in made:
        requests.delete(f"{server['control_url']}/namespaces/{one['name']}", timeout=10)
    requests.post(server["control_url"] + "/reset?scope=state,journal", timeout=10)
    honest: dict[str, Any] = seen["honest"]
    return honest


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see the memory of a process")
@pytest.mark.parametrize(
    ("seconds", "slowest"),
    [pytest.param(1, 1000, id="short"), pytest.param(120, P99_MS, id="long", marks=pytest.mark.soak)],
)
def test_honest_clients_do_not_notice_hostile_ones(server: dict[str, Any], seconds: float, slowest: float) -> None:
    attacked(server, min(seconds, 60))  # until it keeps as much as it ever does
    before = memory(server["pid"])
    honest = attacked(server, seconds)
    after = memory(server["pid"])
    print(f"{before:.1f} MB before, {after:.1f} MB after")
    assert honest["failures"] == []
    assert honest["requests"] > HONEST * seconds
    assert honest["p99"] < slowest
    assert after - before < GROWTH_MB


def streamed(server: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Let sockets stream for so long, each in a namespace of its own; what they saw."""
    made = [requests.post(server["control_url"] + "/namespaces", json={}, timeout=10).json() for _ in range(CLIENTS)]
    command = [sys.executable, "-m", "tests.soak.streaming", server["url"], str(seconds)]
    done = subprocess.run([*command, *(one["api_key"] for one in made)], stdout=subprocess.PIPE, text=True, check=True)
    for one in made:
        requests.delete(f"{server['control_url']}/namespaces/{one['name']}", timeout=10)
    seen: dict[str, Any] = json.loads(done.stdout)
    print(json.dumps(seen))
    return seen


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see the memory of a process")
@pytest.mark.parametrize(
    ("seconds", "turns"),
    [pytest.param(1, 1, id="short"), pytest.param(30, 30, id="long", marks=pytest.mark.soak)],
)
def test_sockets_lose_nothing_and_leave_nothing_behind(server: dict[str, Any], seconds: float, turns: float) -> None:
    streamed(server, seconds)
    before = memory(server["pid"])
    seen = streamed(server, seconds)
    after = memory(server["pid"])
    print(f"{before:.1f} MB before, {after:.1f} MB after")
    assert seen["failures"] == []
    assert seen["turns"] >= CLIENTS * turns
    assert seen["lost"] > turns
    assert after - before < GROWTH_MB
