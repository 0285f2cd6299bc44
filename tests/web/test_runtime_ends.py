"""How executions end but well: failures, the time limit, cancelling, and pauses until a person decides."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.execution import Execution
from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.pauses import resume
from atthene_emulator.domain.running import go_on
from atthene_emulator.domain.runtime import execute, wait_for_ever
from atthene_emulator.errors import NothingRuns, SentAway, Unscripted, WaitingForApproval
from atthene_emulator.execution.scripts import read_script
from atthene_emulator.execution.waits import Decision
from atthene_emulator.server import EmulatorServer
from tests.conftest import Api

PATIENCE = 10  # seconds that a test looks for something before it gives up
NOON = 1736937000
SESSION_ID = "session_abc123"
MAIL = "session_mail"
NOTHING_RUNS = {"error": "no_active_execution", "message": "No active execution found to cancel"}
BUSY = {
    "error": "hitl_session_busy",
    "message": "This session is waiting for a human-in-the-loop response.",
}
OVERTIME = {"status": "error", "error": "Execution timeout (30s)", "session_id": SESSION_ID}

SEED = """\
clock: {mode: CLOCK, now: 2025-01-15T10:30:00Z}
accounts:
  - {id: user_123, api_keys: [test-key]}
  - {id: user_789, api_keys: [other-key]}
sessions:
  - id: session_abc123
    owner: user_123
    config:
      name: Pair
      entry_point: first
      agents:
        - {name: first, agent_type: llm_agent}
        - {name: second, agent_type: llm_agent}
      edges: [{from: first, to: second}, {from: second, to: END}]
  - id: session_mail
    owner: user_123
    config:
      name: Mail
      entry_point: main
      agents:
        - {name: greeter, agent_type: llm_agent}
        - {name: main, agent_type: react_agent, tools: [mail_delete_email]}
      edges: [{from: greeter, to: main}, {from: main, to: END}]
scripts:
  - {name: first, when: {agent: first}, then: {reply: One.}}
  - {name: greeter, when: {agent: greeter}, then: {reply: I look.}}
  - {name: fails, when: {content: fail}, then: {error: {type: tool_error, message: The tool broke}}}
  - {name: times-out, when: {content: timeout}, then: {timeout: true}}
  - {name: held, when: {content: hold}, then: {reply: Two., gate: door}}
  - {name: in-time, when: {content: in time}, then: {reply: Two., delay_ms: 30000}}
  - {name: too-long, when: {content: too long}, then: {reply: Two., delay_ms: 30001}}
  - {name: very-long, when: {content: very long}, then: {reply: Two., delay_ms: 3600000}}
  - {name: deletes, when: {content: delete}, then: {reply: Done., tool_calls: [{name: mail_delete_email, arguments: {id: 7}, result: gone}]}}
  - {name: deletes-twice, when: {content: delete both}, then: {reply: Done., tool_calls: [{name: mail_delete_email}, {name: mail_delete_email}]}}
  - {name: deletes-later, when: {content: wait and delete}, then: {reply: Done., gate: door, tool_calls: [{name: mail_delete_email}]}}
  - {name: hello, then: {reply: Hello!}}
"""


def served(folder: Path, clock: str) -> EmulatorServer:
    seed = folder / "seed.yaml"
    seed.write_text(SEED.replace("CLOCK", clock).replace("entry_point: main", "entry_point: greeter"))
    return EmulatorServer(seeds=(str(seed),))


@pytest.fixture(scope="module")
def frozen_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorServer]:
    with served(tmp_path_factory.mktemp("frozen"), "frozen") as server:
        yield server


@pytest.fixture(scope="module")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorServer]:
    with served(tmp_path_factory.mktemp("running"), "running") as server:
        yield server


@pytest.fixture
def frozen(frozen_server: EmulatorServer) -> Api:
    """A client of an emulator whose clock stands still."""
    return at_its_beginning(frozen_server)


@pytest.fixture
def running(running_server: EmulatorServer) -> Api:
    """A client of an emulator whose clock runs."""
    return at_its_beginning(running_server)


def at_its_beginning(server: EmulatorServer) -> Api:
    client = Api(server)
    client.control("POST", "/reset")
    client.control("POST", "/reset?scope=journal,snapshots")
    return client


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """Threads for requests that take long."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


def status_of(api: Api, session_id: str = SESSION_ID) -> str:
    status: str = api.get(f"/runtime/{session_id}/status/").json()["status"]
    return status


def said_in(api: Api, session_id: str = SESSION_ID) -> list[str]:
    messages = api.get(f"/runtime/{session_id}/messages/").json()["messages"]
    return [message["content"] for message in messages]


def executions_of(api: Api, session_id: str = SESSION_ID) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = api.control("GET", f"/sessions/{session_id}/executions").json()["executions"]
    return shown


def paused_of(api: Api, session_id: str = MAIL) -> Any:
    return api.control("GET", f"/sessions/{session_id}/executions").json()["paused"]


def cancel_of(api: Api, session_id: str = SESSION_ID) -> requests.Response:
    return api.post(f"/runtime/{session_id}/cancel/")


def until(condition: Callable[[], bool]) -> None:
    """Ask again and again until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline


def start(api: Api, background: ThreadPoolExecutor, content: str, session_id: str = SESSION_ID) -> Future[Any]:
    """Begin an execution that waits; its future answer."""
    other = Api(api.server, api.key, api.contract)
    answer = background.submit(other.execute, session_id, content)
    until(lambda: status_of(api, session_id) == "processing")
    return answer


ACCEPTED, DECLINED = Decision("accepted"), Decision("declined")


async def resumed(world: Namespace, decision: Decision) -> Execution | None:
    """What comes of a paused execution when a person has decided; None if it pauses again."""
    run = resume(world, MAIL, decision)
    await go_on(world, run, wait_for_ever)
    return run.result()


def outcomes(api: Api) -> list[str]:
    """How executions went, as the journal has it."""
    return [entry["outcome"] for entry in api.control("GET", "/journal?operation=runtime.execute").json()]


# Failures


def test_a_failure_is_told_in_the_metadata_of_the_current_contract(frozen: Api) -> None:
    body = frozen.execute(SESSION_ID, "fail").json()
    assert body["status"] == "error"
    assert [message["content"] for message in body["messages"]] == ["One."]
    assert body["metadata"]["error"] == {"type": "tool_error", "message": "The tool broke"}


def test_a_failure_is_a_sentence_and_a_code_in_contract_reference(frozen: Api) -> None:
    answer = frozen.with_contract("reference").execute(SESSION_ID, "fail", correlation_id="mine")
    assert answer.status_code == 200
    assert answer.json() == {"success": False, "error": "The tool broke", "error_code": "EXECUTION_FAILED"}


def test_a_failure_is_a_sentence_in_contract_connecting(frozen: Api) -> None:
    body = frozen.with_contract("connecting").execute(SESSION_ID, "fail").json()
    assert (body["status"], body["error"]) == ("error", "The tool broke")
    assert [message["content"] for message in body["messages"]] == ["One."]


def test_a_failure_leaves_the_session_in_error_until_the_next_success(frozen: Api) -> None:
    frozen.execute(SESSION_ID, "fail")
    assert status_of(frozen) == "error"
    assert said_in(frozen) == ["fail", "One."]
    frozen.execute(SESSION_ID, "Hello")
    assert status_of(frozen) == "active"
    assert outcomes(frozen) == ["failed", "ok"]


# The time limit


@pytest.mark.parametrize("contract", ["current", "reference"])
@pytest.mark.parametrize("content", ["timeout", "too long", "very long"])
def test_an_execution_that_takes_too_long_is_answered_flat(frozen: Api, contract: ContractName, content: str) -> None:
    answer = frozen.with_contract(contract).execute(SESSION_ID, content)
    assert answer.status_code == 200
    assert answer.json() == OVERTIME
    assert said_in(frozen) == [content, "One."]
    assert status_of(frozen) == "error"
    assert outcomes(frozen) == ["timeout"]


@pytest.mark.parametrize(
    ("content", "seconds"),
    [pytest.param("timeout", 0.0, id="scripted"), pytest.param("very long", 30.0, id="an hour")],
)
def test_contract_connecting_has_a_status_for_the_time_limit(frozen: Api, content: str, seconds: float) -> None:
    body = frozen.with_contract("connecting").execute(SESSION_ID, content).json()
    assert (body["status"], body["error"], body["execution_time"]) == ("timeout", None, seconds)
    assert [message["content"] for message in body["messages"]] == ["One."]


def test_thirty_seconds_are_within_the_limit(frozen: Api) -> None:
    body = frozen.execute(SESSION_ID, "in time").json()
    assert (body["status"], body["execution_time"]) == ("completed", 30)


def test_time_jumps_to_the_limit_and_not_beyond(frozen: Api) -> None:
    frozen.execute(SESSION_ID, "very long")
    assert frozen.control("GET", "/clock").json()["now"] == "2025-01-15T10:30:30Z"
    (shown,) = executions_of(frozen)
    assert (shown["status"], shown["started_at"], shown["completed_at"]) == (
        "timeout",
        "2025-01-15T10:30:00Z",
        "2025-01-15T10:30:30Z",
    )


def test_a_seed_sets_the_limit(tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text(SEED.replace("CLOCK", "frozen") + "execution_timeout: 2.5\n")
    with EmulatorServer(seeds=(str(tmp_path / "seed.yaml"),)) as server:
        assert Api(server).execute(SESSION_ID, "in time").json()["error"] == "Execution timeout (2.5s)"


@pytest.mark.parametrize("which", ["frozen", "running"])
@pytest.mark.parametrize("content", ["hold", "very long"])
def test_moving_the_clock_beyond_the_limit_ends_an_execution(
    request: pytest.FixtureRequest, background: ThreadPoolExecutor, which: str, content: str
) -> None:
    api: Api = request.getfixturevalue(which)
    if which == "frozen" and content == "very long":
        pytest.skip("time jumps for a delay")
    answer = start(api, background, content)
    api.control("POST", "/clock/advance", json={"seconds": 29})
    assert status_of(api) == "processing"
    api.control("POST", "/clock/advance", json={"seconds": 3600})
    assert answer.result().json() == OVERTIME
    assert executions_of(api)[0]["status"] == "timeout"
    assert api.control("GET", "/gates").json() == []


def test_at_thirty_seconds_a_gate_still_holds(frozen: Api, background: ThreadPoolExecutor) -> None:
    answer = start(frozen, background, "hold")
    frozen.control("POST", "/clock/advance", json={"seconds": 30})
    assert status_of(frozen) == "processing"
    frozen.control("POST", "/gates/door/open")
    assert answer.result().json()["execution_time"] == 30


def test_a_reset_clock_does_not_open_a_gate(frozen: Api, background: ThreadPoolExecutor) -> None:
    answer = start(frozen, background, "hold")
    frozen.control("POST", "/reset", params={"scope": "clock"})
    assert status_of(frozen) == "processing"
    frozen.control("POST", "/gates/door/open")
    assert answer.result().json()["status"] == "completed"


# Cancel


def test_cancel_ends_what_waits_at_once(running: Api, background: ThreadPoolExecutor) -> None:
    for content in ("hold", "very long"):
        answer = start(running, background, content)
        cancelled = cancel_of(running)
        assert cancelled.status_code == 200
        assert cancelled.json() == {
            "id": SESSION_ID,
            "status": "cancelled",
            "message": "Execution cancelled successfully",
        }
        assert status_of(running) == "active"
        body = answer.result().json()
        assert (body["status"], body["metadata"].get("error")) == ("cancelled", None)
        assert [message["content"] for message in body["messages"]] == ["One."]
    assert said_in(running) == ["hold", "One.", "very long", "One."]
    assert [one["status"] for one in executions_of(running)] == ["cancelled", "cancelled"]
    assert outcomes(running) == ["cancelled", "cancelled"]
    assert running.control("GET", "/gates").json() == []
    assert running.execute(SESSION_ID, "Hello").json()["status"] == "completed"


def test_a_cancelled_execution_has_a_code_in_contract_reference(running: Api, background: ThreadPoolExecutor) -> None:
    answer = start(running.with_contract("reference"), background, "hold")
    cancel_of(running)
    assert answer.result().json() == {
        "success": False,
        "error": "Execution cancelled",
        "error_code": "EXECUTION_CANCELLED",
    }


def test_a_cancelled_execution_is_an_error_in_contract_connecting(running: Api, background: ThreadPoolExecutor) -> None:
    answer = start(running.with_contract("connecting"), background, "hold")
    cancel_of(running)
    body = answer.result().json()
    assert (body["status"], body["error"]) == ("error", "Execution cancelled")
    assert [message["content"] for message in body["messages"]] == ["One."]


def test_a_cancelled_execution_follows_a_failed_one_with_an_active_session(
    running: Api, background: ThreadPoolExecutor
) -> None:
    running.execute(SESSION_ID, "fail")
    start(running, background, "hold")
    cancel_of(running)
    assert status_of(running) == "active"


def test_there_is_nothing_to_cancel(frozen: Api) -> None:
    for _ in range(2):
        answer = cancel_of(frozen)
        assert (answer.status_code, answer.json()) == (400, NOTHING_RUNS)
        frozen.execute(SESSION_ID, "Hello")


@pytest.mark.parametrize(
    ("key", "session_id"),
    [pytest.param("test-key", "session_nowhere", id="unknown"), pytest.param("other-key", SESSION_ID, id="another's")],
)
def test_what_is_not_there_cannot_be_cancelled(frozen: Api, key: str, session_id: str) -> None:
    answer = cancel_of(frozen.as_account(key), session_id)
    assert answer.status_code == 404
    assert answer.json() == {"error": {"type": "not_found", "message": "Session not found"}}


def test_a_body_of_cancel_is_ignored(frozen: Api) -> None:
    answer = frozen.post(f"/runtime/{SESSION_ID}/cancel/", data=b"{", headers={"Content-Type": "text/plain"})
    assert answer.json() == NOTHING_RUNS
    assert cancel_of(frozen).json() == NOTHING_RUNS


def test_scripts_that_a_cancelled_execution_has_used_are_used(running: Api, background: ThreadPoolExecutor) -> None:
    running.control(
        "POST", "/scripts", json=[{"name": "once", "when": {"agent": "second"}, "times": 1, "then": {"gate": "x"}}]
    )
    start(running, background, "Hello")
    cancel_of(running)
    assert running.execute(SESSION_ID, "Hello").headers["X-Emulator-Script"] == "first, hello"


# Pauses


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_call_that_a_person_must_approve_of_takes_too_long(frozen: Api, contract: ContractName) -> None:
    body = frozen.with_contract(contract).execute(MAIL, "delete", correlation_id="mine").json()
    if contract == "connecting":
        assert (body["status"], body["error"], body["execution_time"]) == ("timeout", None, 30.0)
        assert body["correlation_id"] == "mine"
        assert [message["content"] for message in body["messages"]] == ["I look."]
    else:
        assert body == {**OVERTIME, "session_id": MAIL}
    assert frozen.control("GET", "/clock").json()["now"] == "2025-01-15T10:30:30Z"
    assert outcomes(frozen) == ["paused"]


def test_a_paused_session_is_busy_until_it_is_cancelled(frozen: Api) -> None:
    frozen.execute(MAIL, "delete")
    assert status_of(frozen, MAIL) == "processing"
    paused = paused_of(frozen)
    assert paused.pop("tool_call_id").startswith("call_")
    assert paused == {
        "turn": 1,
        "started_at": "2025-01-15T10:30:00Z",
        "kind": "approval",
        "agent": "main",
        "tool": "mail_delete_email",
        "arguments": {"id": 7},
        "source": "mandatory",
        "prompt": "Confirm action?",
        "question": "",
        "options": [],
    }
    for contract in CONTRACTS:
        answer = frozen.with_contract(contract).execute(MAIL, "Hello")
        assert (answer.status_code, answer.json()) == (409, BUSY)
    assert cancel_of(frozen, MAIL).status_code == 200
    assert status_of(frozen, MAIL) == "active"
    assert paused_of(frozen) is None
    assert said_in(frozen, MAIL) == ["delete", "I look."]
    (shown,) = executions_of(frozen, MAIL)
    assert shown["status"] == "cancelled"
    assert [call["result"] for call in shown["turns"][-1]["tool_calls"]] == ["cancelled by user"]
    assert frozen.execute(MAIL, "Hello").json()["status"] == "completed"
    assert said_in(frozen, MAIL) == ["delete", "I look.", "Hello", "I look.", "Hello!"]


def test_cancel_ends_a_call_that_waits_for_approval(running: Api, background: ThreadPoolExecutor) -> None:
    answer = start(running, background, "delete", MAIL)
    until(lambda: paused_of(running) is not None)
    assert running.execute(MAIL, "Hello").json() == BUSY
    cancel_of(running, MAIL)
    assert answer.result().json()["status"] == "cancelled"


def test_a_running_clock_lets_a_pause_take_its_time(running: Api, background: ThreadPoolExecutor) -> None:
    answer = start(running, background, "delete", MAIL)
    running.control("POST", "/clock/advance", json={"seconds": 29})
    assert not answer.done()
    running.control("POST", "/clock/advance", json={"seconds": 2})
    assert answer.result().json() == {**OVERTIME, "session_id": MAIL}
    assert status_of(running, MAIL) == "processing"


def test_a_session_stays_paused_when_its_client_goes_away(running: Api) -> None:
    address = urlsplit(running.server.url)
    body = b'{"content": "delete"}'
    with socket.create_connection((address.hostname, address.port), PATIENCE) as client:
        client.sendall(
            f"POST /api/v1/runtime/{MAIL}/execute/ HTTP/1.1\r\nHost: {address.netloc}\r\nx-api-key: test-key\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        until(lambda: paused_of(running) is not None)
    until(lambda: outcomes(running) == ["aborted"])
    assert status_of(running, MAIL) == "processing"
    assert cancel_of(running, MAIL).status_code == 200
    assert said_in(running, MAIL) == ["delete", "I look."]


@pytest.mark.parametrize("waits", [False, True], ids=["answered", "waiting"])
def test_with_its_session_goes_a_pause(
    request: pytest.FixtureRequest,
    background: ThreadPoolExecutor,
    waits: bool,  # noqa: FBT001
) -> None:
    api: Api = request.getfixturevalue("running" if waits else "frozen")
    answer = start(api, background, "delete", MAIL) if waits else None
    if answer is None:
        api.execute(MAIL, "delete")
    else:
        until(lambda: paused_of(api) is not None)
    assert api.delete(f"/sessions/{MAIL}/").status_code == 204
    if answer is not None:
        assert answer.result().json() == {"error": {"type": "not_found", "message": "Session not found"}}
    assert api.server.emulator.default.running == {}


def test_an_execution_of_a_session_that_is_gone_does_not_pause(running: Api, background: ThreadPoolExecutor) -> None:
    answer = start(running, background, "wait and delete", MAIL)
    running.delete(f"/sessions/{MAIL}/")
    running.control("POST", "/gates/door/open")
    assert answer.result().status_code == 404
    assert running.server.emulator.default.running == {}


@pytest.mark.parametrize("path", ["/reset", "/clear", "/snapshots/before/restore"])
def test_a_pause_ends_when_its_namespace_becomes_something_else(frozen: Api, path: str) -> None:
    frozen.control("POST", "/snapshots", json={"name": "before"})
    before = frozen.control("GET", "/scripts").json()
    frozen.execute(MAIL, "delete")
    frozen.control("POST", path)
    assert frozen.server.emulator.default.running == {}
    if path != "/clear":
        assert status_of(frozen, MAIL) == "active"
        assert frozen.control("GET", "/scripts").json() == before
        assert frozen.execute(MAIL, "Hello").json()["status"] == "completed"


def test_a_snapshot_has_no_pause(frozen: Api) -> None:
    frozen.execute(MAIL, "delete")
    frozen.control("POST", "/snapshots", json={"name": "paused"})
    frozen.control("POST", "/snapshots/paused/restore")
    assert status_of(frozen, MAIL) == "active"
    assert said_in(frozen, MAIL) == ["delete", "I look."]


def test_what_was_said_before_a_pause_is_kept_once(frozen: Api) -> None:
    """The answer of the time limit and the history agree, also when the execution has ended."""
    answer = frozen.with_contract("connecting").execute(MAIL, "delete")
    assert [message["content"] for message in answer.json()["messages"]] == ["I look."]
    told = frozen.get(f"/runtime/{MAIL}/messages/").json()["messages"]
    assert [message["content"] for message in told] == ["delete", "I look."]
    frozen.control("POST", "/clock/advance", json={"seconds": 3600})
    assert frozen.post(f"/runtime/{MAIL}/cancel/").status_code == 200
    assert frozen.get(f"/runtime/{MAIL}/messages/").json()["messages"] == told
    status = frozen.get(f"/runtime/{MAIL}/status/").json()
    assert (status["status"], status["last_activity"]) == ("active", "2025-01-15T11:30:30Z")


@pytest.mark.parametrize("mode", ["frozen", "running"])
def test_a_clock_that_is_put_back_takes_no_time_back(running: Api, background: ThreadPoolExecutor, mode: str) -> None:
    entry = {"when": {"agent": "second"}, "then": {"reply": "Two.", "delay_ms": 10_000}}
    running.control("POST", "/scripts", json=entry)
    answer = start(running, background, "brief")
    running.control("POST", "/clock/advance", json={"seconds": 9})
    running.control("PUT", "/clock", json={"mode": mode, "now": "2020-01-01T00:00:00Z"})
    if mode == "running":
        running.control("POST", "/clock/advance", json={"seconds": 1})
    assert answer.result().json()["status"] == "completed"
    assert running.control("GET", "/clock").json()["now"].startswith("2020-01-01T00:00:0")


def test_a_clock_that_is_reset_takes_no_time_back(running: Api, background: ThreadPoolExecutor) -> None:
    running.control("POST", "/clock/advance", json={"seconds": 3600})
    answer = start(running, background, "hold")
    running.control("POST", "/reset?scope=clock")
    assert status_of(running) == "processing"
    running.control("POST", "/clock/advance", json={"seconds": 31})
    assert answer.result().json() == OVERTIME


# What goes on with a pause from elsewhere


@pytest.fixture
def world(frozen: Api) -> Namespace:
    """The namespace of a server, which nobody else asks meanwhile."""
    return frozen.server.emulator.default


OWNER = Account("user_123", "company_456")


async def begun(world: Namespace, content: str = "delete") -> Execution:
    return await execute(world, OWNER, MAIL, content, inputs={})


def test_a_paused_execution_goes_on_when_a_person_agrees(world: Namespace) -> None:
    async def conversation() -> Execution | None:
        assert (await begun(world)).is_paused
        world.clock.advance(3600)
        return await resumed(world, ACCEPTED)

    execution = asyncio.run(conversation())
    assert execution is not None
    assert execution.outcome.status == "completed"
    assert [message.content for message in execution.messages] == ["I look.", "Done."]
    assert [call.result for call in execution.tool_calls] == ["gone"]
    assert world.running == {}


def test_a_person_is_asked_about_each_call(world: Namespace) -> None:
    async def conversation() -> list[Execution | None]:
        await begun(world, "delete both")
        return [await resumed(world, decision) for decision in (ACCEPTED, DECLINED)]

    first, last = asyncio.run(conversation())
    assert first is None
    assert last is not None
    assert [call.result for call in last.tool_calls] == [None, "declined by user"]


def test_a_call_that_still_waits_gets_the_whole_answer(world: Namespace) -> None:
    async def conversation() -> tuple[Execution, Execution | None]:
        world.clock.run()
        asked = asyncio.ensure_future(begun(world))
        await asyncio.sleep(0)
        agreed = await resumed(world, ACCEPTED)
        return await asked, agreed

    answer, agreed = asyncio.run(conversation())
    assert answer is agreed
    assert answer.outcome.status == "completed"


def test_only_what_is_paused_goes_on(world: Namespace) -> None:
    with pytest.raises(NothingRuns):
        resume(world, MAIL, ACCEPTED)


def test_an_execution_that_cannot_go_on_has_not_happened_but_for_what_was_answered(world: Namespace) -> None:
    async def conversation() -> None:
        await execute(world, OWNER, MAIL, "delete and ask", inputs={}, strict=True)
        await resumed(world, ACCEPTED)

    entry = {
        "when": {"content": "delete and ask", "agent": "main"},
        "then": {"output": {"no": 1}, "tool_calls": [{"name": "mail_delete_email"}]},
    }
    world.scripts.add([read_script({"name": "wrong", **entry}, 1)])
    before = world.records.sessions.get(MAIL)
    with pytest.raises(Unscripted):
        asyncio.run(conversation())
    assert world.running == {}
    after = world.records.sessions.get(MAIL)
    assert before is not None
    assert after is not None
    assert [message.content for message in after.transcript] == ["delete and ask", "I look."]  # as it was answered
    assert after.stream == Mark(1736937030000, 7, 2)  # of what was seen
    assert after._replace(transcript=before.transcript, last_activity=before.last_activity, stream=Mark()) == before
    assert world.scripts.hits.total() == 0


def test_those_who_wait_for_a_paused_execution_are_sent_away(world: Namespace) -> None:
    async def conversation() -> None:
        world.clock.run()
        asked = asyncio.ensure_future(begun(world))
        await asyncio.sleep(0)
        with pytest.raises(WaitingForApproval):
            await begun(world)
        world.reset()
        await asked

    with pytest.raises(SentAway, match="its namespace was reset"):
        asyncio.run(conversation())
    assert world.running == {}
