"""Several emulators over one Redis answer as one emulator without a store does, whichever is asked. `FUZZ_FACTOR` has more examples."""

import json
import os
import re
from functools import partial
from itertools import count
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from atthene_emulator.server import EmulatorServer
from atthene_emulator.vault import redis as redis_vault
from atthene_emulator.vault.redis import RedisVault
from tests.multipart import CONTENT_TYPE, file, multipart
from tests.redis_server import RedisServer

EXAMPLES = 15 * int(os.environ.get("FUZZ_FACTOR", "1"))
PHASES = (Phase.generate,) if EXAMPLES <= 15 else tuple(Phase)  # what fails is made smaller at leisure only
FOREVER = 3600.0  # seconds: leases run out when a rule says so
MOST = 3  # emulators at a time
AGAIN, UNAVAILABLE = 3, 503  # how often what was refused like that is sent again
NUMBERS = count(1)
FROZEN = {"mode": "frozen", "now": "2025-01-15T10:30:00Z"}
AGENT = {"name": "Support", "agent_type": "llm_agent", "system_prompt": "Be brief.", "llm_config": {"model": "gpt-4o"}}
OF_A_PROCESS = ("date", "content-length", "keep-alive", "connection")  # headers
OF_A_MACHINE = ("last_used", "unused_seconds", "duration_ms", "weight")  # keys of answers
PLACE = re.compile(r"127\.0\.0\.1:\d+")
KNOWN = re.compile(r"; there are [^\"]+")  # an emulator names those that it knows, as they were a moment ago

INDEX = st.integers(0, 7)
NAMES = st.sampled_from(["one", "two"])
SCOPES = st.sampled_from(
    ["", "?scope=state", "?scope=scripts", "?scope=faults,clock", "?scope=journal", "?scope=snapshots"]
)
LOOKS = st.sampled_from(
    [
        "/state",
        "/scripts",
        "/faults",
        "/clock",
        "/rate-limit",
        "/gates",
        "/snapshots",
        "/sessions",
        "/journal",
        "/coverage",
    ]
)
SCRIPTS = st.sampled_from(
    [
        {"name": "weather", "when": {"content": {"contains": "weather"}}, "then": {"reply": "Sunny."}},
        {"name": "once", "when": {"content": "now"}, "times": 1, "then": {"reply": "Once."}},
        {"name": "held", "when": {"content": "held"}, "then": {"gate": "door", "reply": "Through."}},
    ]
)
FAULTS = st.sampled_from(
    [
        {"id": "busy", "operation": "runtime.execute", "status": 503, "times": 1},
        {"operation": "sessions.*", "status": 429, "after": 1, "times": 2},
        {"operation": "files.list", "status": 500},
    ]
)
SAID = st.sampled_from(["hello", "what of the weather", "now", "password", "lamp"])


class Vaults(list[RedisVault]):
    """Those that were made, by whoever makes one."""

    def make(self, url: str, address: str = "") -> RedisVault:
        self.append(RedisVault(url, address, ttl=FOREVER))
        return self[-1]


class Emulators(RuleBasedStateMachine):
    """Emulators that share a store, and one that has none; both are told the same."""

    def __init__(self, server: RedisServer, vaults: Vaults) -> None:
        super().__init__()
        self.redis, self.vaults = server, vaults
        self.prefix = f"processes-{next(NUMBERS)}"
        self.http = requests.Session()
        self.alone = EmulatorServer().start()
        self.shared: list[EmulatorServer] = []
        self.keys = {"default": "test-key"}
        self.ids: dict[str, list[tuple[str, str]]] = {"sessions": [], "files": [], "agent": []}
        self.start_another()
        self.start_another()
        self.control(0, "PUT", "/clock", json=FROZEN)

    def teardown(self) -> None:
        try:
            for name in self.keys:
                for what in ("/state", "/journal", "/sessions", "/scripts", "/coverage"):
                    self.control(0, "GET", f"{what}?namespace={name}")
            for name, session in self.ids["sessions"]:
                self.control(0, "GET", f"/sessions/{session}/messages?namespace={name}")
                self.control(0, "GET", f"/sessions/{session}/executions?namespace={name}")
        finally:
            for one in (self.alone, *self.shared):
                one.stop()
            self.http.close()

    # How they are asked

    def ask(self, which: int, method: str, path: str, **options: Any) -> Any:
        """What the one without a store answers, which one of the others has answered as well."""
        one = self.shared[which % len(self.shared)]
        expected = self.http.request(method, self.alone.url + path, timeout=20, **options)
        found = self.http.request(method, one.url + path, timeout=20, **options)
        for _ in range(AGAIN):  # one that loses its lease just then says that nothing has happened
            if expected.status_code == UNAVAILABLE or found.status_code != UNAVAILABLE or "again" not in found.text:
                break
            found = self.http.request(method, one.url + path, timeout=20, **options)
        assert shown(found) == shown(expected), f"{method} {path}"
        return expected.json() if expected.content and expected.ok else None

    def control(self, which: int, method: str, path: str, **options: Any) -> Any:
        return self.ask(which, method, f"/__emulator{path}", **options)

    def api(self, which: int, name: str, method: str, path: str, **options: Any) -> Any:
        headers = {"x-api-key": self.keys[name], **options.pop("headers", {})}
        return self.ask(which, method, f"/api/v1{path}", headers=headers, **options)

    def name(self, at: int) -> str:
        return list(self.keys)[at % len(self.keys)]

    def known(self, kind: str, at: int) -> tuple[str, str]:
        """A namespace and an id, of one that may be gone; of a seed where none was made."""
        usual = {"sessions": "session_abc123", "files": "file_123", "agent": "550e8400-e29b-41d4-a716-446655440000"}
        there = [one for one in self.ids[kind] if one[0] in self.keys] or [("default", usual[kind])]
        return there[at % len(there)]

    # Which there are

    @precondition(lambda self: len(self.shared) < MOST)
    @rule()
    def start_another(self) -> None:
        self.shared.append(EmulatorServer(store=f"{self.redis.url}?prefix={self.prefix}").start())

    @precondition(lambda self: len(self.shared) > 1)
    @rule(which=INDEX)
    def stop_one(self, which: int) -> None:
        self.shared.pop(which % len(self.shared)).stop()

    @rule(which=INDEX)
    def let_its_lease_run_out(self, which: int) -> None:
        addresses = [vault.address for vault in self.vaults[-8:]]
        address = addresses[which % len(addresses)]
        for vault in self.vaults:
            if vault.address == address:
                vault._lives_until = 0.0  # noqa: SLF001  # as after so many seconds
        self.redis.command("DEL", f"{{{self.prefix}}}:node:{address}")

    # What they are told

    @rule(which=INDEX, at=INDEX, said=SAID)
    def create_and_execute(self, which: int, at: int, said: str) -> None:
        name = self.name(at)
        made = self.api(which, name, "POST", "/sessions/", json=AGENT)
        if made is not None:
            self.ids["sessions"].append((name, made["session_id"]))
            self.api(which + 1, name, "POST", f"/runtime/{made['session_id']}/execute/", json={"content": said})

    @rule(which=INDEX, at=INDEX, said=SAID)
    def execute(self, which: int, at: int, said: str) -> None:
        name, session = self.known("sessions", at)
        self.api(which, name, "POST", f"/runtime/{session}/execute/", json={"content": said})
        self.api(which + 1, name, "GET", f"/runtime/{session}/messages/")

    @rule(which=INDEX, at=INDEX)
    def delete_a_session(self, which: int, at: int) -> None:
        name, session = self.known("sessions", at)
        self.api(which, name, "DELETE", f"/sessions/{session}/")

    @rule(which=INDEX, at=INDEX, text=st.sampled_from([b"", b"A lamp.", b"word " * 30_000]))
    def upload(self, which: int, at: int, text: bytes) -> None:
        name = self.name(at)
        made = self.api(
            which, name, "POST", "/files/", data=multipart(file(text)), headers={"Content-Type": CONTENT_TYPE}
        )
        if made is not None:
            self.ids["files"].append((name, made["id"]))
        self.api(which + 1, name, "GET", "/files/")

    @rule(which=INDEX, at=INDEX, method=st.sampled_from(["GET", "DELETE"]), kind=st.sampled_from(["files", "agent"]))
    def get_or_delete(self, which: int, at: int, method: str, kind: str) -> None:
        name, of_it = self.known(kind, at)
        self.api(which, name, method, f"/{kind}/{of_it}/")

    @rule(which=INDEX, at=INDEX)
    def create_an_agent(self, which: int, at: int) -> None:
        name = self.name(at)
        made = self.api(which, name, "POST", "/agent/", json={"system_config": AGENT})
        if made is not None:
            self.ids["agent"].append((name, made["agent_id"] if "agent_id" in made else made["id"]))

    @rule(which=INDEX, at=INDEX, script=SCRIPTS)
    def add_a_script(self, which: int, at: int, script: Any) -> None:
        self.control(which, "POST", f"/scripts?namespace={self.name(at)}", json=script)

    @rule(which=INDEX, at=INDEX, fault=FAULTS)
    def add_a_fault(self, which: int, at: int, fault: Any) -> None:
        self.control(which, "POST", f"/faults?namespace={self.name(at)}", json=fault)

    @rule(which=INDEX, at=INDEX)
    def go_through_a_gate(self, which: int, at: int) -> None:
        name, session = self.known("sessions", at)
        self.control(which, "POST", f"/gates/door/open?namespace={name}")
        self.api(which, name, "POST", f"/runtime/{session}/execute/", json={"content": "held"})

    @rule(which=INDEX, at=INDEX, seconds=st.sampled_from([1, 59, 3600]))
    def advance_the_clock(self, which: int, at: int, seconds: int) -> None:
        self.control(which, "POST", f"/clock/advance?namespace={self.name(at)}", json={"seconds": seconds})

    @rule(which=INDEX, at=INDEX, requests=st.integers(1, 9))
    def limit(self, which: int, at: int, requests: int) -> None:
        path = f"/rate-limit?namespace={self.name(at)}"
        self.control(which, "PUT", path, json={"requests": requests, "per_seconds": 60, "scope": "account"})

    @rule(which=INDEX, at=INDEX, snapshot=NAMES)
    def take_a_snapshot(self, which: int, at: int, snapshot: str) -> None:
        self.control(which, "POST", f"/snapshots?namespace={self.name(at)}", json={"name": snapshot})

    @rule(which=INDEX, at=INDEX, snapshot=NAMES)
    def restore_a_snapshot(self, which: int, at: int, snapshot: str) -> None:
        self.control(which, "POST", f"/snapshots/{snapshot}/restore?namespace={self.name(at)}")

    @rule(which=INDEX, at=INDEX, scopes=SCOPES)
    def reset(self, which: int, at: int, scopes: str) -> None:
        namespace = f"{'&' if scopes else '?'}namespace={self.name(at)}"
        self.control(which, "POST", f"/reset{scopes}{namespace}")
        self.control(which, "PUT", f"/clock?namespace={self.name(at)}", json=FROZEN)

    @rule(which=INDEX, name=NAMES)
    def create_a_namespace(self, which: int, name: str) -> None:
        self.have(which, {"name": name})

    @rule(which=INDEX, at=INDEX, name=NAMES)
    def fork(self, which: int, at: int, name: str) -> None:
        self.have(which, {"name": name, "from": self.name(at)})

    def have(self, which: int, body: Any) -> None:
        made = self.control(which, "POST", "/namespaces", json=body)
        if made is not None:
            self.keys[made["name"]] = made["api_key"]
            self.control(which + 1, "PUT", f"/clock?namespace={made['name']}", json=FROZEN)

    @rule(which=INDEX, name=NAMES)
    def delete_a_namespace(self, which: int, name: str) -> None:
        if self.keys.pop(name, None):
            self.control(which, "DELETE", f"/namespaces/{name}")

    @rule(which=INDEX, name=NAMES, what=LOOKS)
    def look_at_one_that_may_be_deleted(self, which: int, name: str, what: str) -> None:
        self.control(which, "GET", f"{what}?namespace={name}")

    @rule(which=INDEX, deleted=st.booleans())
    def list_namespaces(self, which: int, *, deleted: bool) -> None:
        self.control(which, "GET", "/namespaces?deleted=true" if deleted else "/namespaces")

    @rule(which=INDEX)
    def count_everywhere(self, which: int) -> None:
        self.control(which, "GET", "/coverage?namespaces=all")

    @rule(which=INDEX, at=INDEX, what=LOOKS)
    def look(self, which: int, at: int, what: str) -> None:
        self.control(which, "GET", f"{what}?namespace={self.name(at)}")


def shown(answer: requests.Response) -> Any:
    """An answer without what is about the process that has given it."""
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in OF_A_PROCESS}
    text = KNOWN.sub("; there are some", PLACE.sub("PLACE", answer.text))
    return answer.status_code, headers, _less(json.loads(text)) if text[:1] in ("{", "[") else text


def _less(value: Any) -> Any:
    if isinstance(value, dict):
        is_namespace = "unused_seconds" in value
        return {
            key: _less(one)
            for key, one in value.items()
            if key not in OF_A_MACHINE and not (is_namespace and key.endswith("_at"))
        }
    return [_less(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
def vaults(monkeypatch: pytest.MonkeyPatch) -> Vaults:
    """Emulators have leases that do not run out by themselves."""
    made = Vaults()
    monkeypatch.setattr(redis_vault, "RedisVault", made.make)
    return made


def test_several_emulators_are_one(redis: RedisServer, vaults: Vaults) -> None:
    run_state_machine_as_test(
        partial(Emulators, redis, vaults),  # type: ignore[arg-type]  # it is called, and no more
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )
