"""Answering by hand: who waits at a gate before a step goes on with the one that a person gives."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.conftest import Api
from tests.execution.worlds import until_gates_are

SEED = """\
clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
accounts: [{id: user_123, api_keys: [test-key]}]
sessions:
  - {id: one, owner: user_123, config: {name: Plain, agent_type: llm_agent}}
  - {id: two, owner: user_123, config: {name: Plain, agent_type: llm_agent}}
  - id: desk
    owner: user_123
    config:
      name: Desk
      entry_point: clerk
      variables: {mood: {type: str, default: calm}, count: {type: int, default: 0}}
      agents:
        - {name: clerk, agent_type: react_agent, tools: [{name: look_up, tool_type: look_up}]}
        - {name: writer, agent_type: llm_agent}
        - {name: printer, agent_type: llm_agent}
      edges:
        - {from: clerk, condition: Shall it be written?, condition_type: boolean, routing: {'yes': writer, 'no': printer}}
        - {from: writer, to: END}
        - {from: printer, to: END}
  - id: team
    owner: user_123
    config:
      name: Team
      entry_point: boss
      agents:
        - {name: boss, agent_type: supervisor, supervised_agents: [worker]}
        - {name: worker, agent_type: llm_agent}
scripts:
  - {name: typed, when: {content: Hello}, then: {gate: by-hand, reply: By the script.}}
  - {name: slow, when: {content: Slow}, then: {gate: by-hand, delay_ms: 5000}}
  - {name: other, when: {content: Elsewhere}, then: {gate: elsewhere, reply: Elsewhere.}}
"""


@pytest.fixture(scope="module")
def gated_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorServer]:
    """A server whose scripts wait at gates."""
    seed: Path = tmp_path_factory.mktemp("gated") / "seed.yaml"
    seed.write_text(SEED)
    with EmulatorServer(seeds=(str(seed),)) as running:
        yield running


@pytest.fixture
def gated(gated_server: EmulatorServer) -> Api:
    """A client of that server at its beginning."""
    client = Api(gated_server)
    client.control("POST", "/reset")
    return client


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """Threads for requests that take long."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


Held = Future[Any]


def hold(api: Api, background: ThreadPoolExecutor, session: str, content: str = "Hello", waiting: int = 1) -> Held:
    """Start an execution that waits as the last of so many at its gate; its future answer."""
    held = background.submit(Api(api.server).execute, session, content)
    gate = "elsewhere" if content == "Elsewhere" else "by-hand"
    until_gates_are(api, [{"name": gate, "open": False, "waiting": waiting}])
    return held


def answer(api: Api, step: dict[str, Any], gate: str = "by-hand") -> Any:
    """What is answered to a step given by hand."""
    return api.control("POST", f"/gates/{gate}/answer", json=step)


def said(held: Held) -> list[str]:
    return [message["content"] for message in held.result().json()["messages"]]


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["message"]


def executions(api: Api, session: str) -> Any:
    return api.control("GET", f"/sessions/{session}/executions").json()["executions"]


def test_who_waits_does_what_is_given_and_the_gate_stays_closed(gated: Api, background: ThreadPoolExecutor) -> None:
    held = hold(gated, background, "one")
    answered = answer(gated, {"reply": "You said {{ user_input }}."})
    assert answered.json() == {
        "name": "by-hand",
        "answered": {"session_id": "one", "turn": 1},
        "still_waiting": {},
    }
    assert said(held) == ["You said Hello."]
    (execution,) = executions(gated, "one")
    assert (execution["status"], execution["scripts"]) == ("completed", ["typed"])
    held = hold(gated, background, "one")
    assert answer(gated, {"reply": "Again."}).json()["answered"] == {"session_id": "one", "turn": 2}
    assert said(held) == ["Again."]


def test_who_has_waited_longest_is_answered_first(gated: Api, background: ThreadPoolExecutor) -> None:
    first = hold(gated, background, "two")
    second = hold(gated, background, "one", waiting=2)
    (gate,) = gated.control("GET", "/gates").json()
    assert gate == {"name": "by-hand", "open": False, "waiting": 2, "sessions": ["two", "one"]}
    one, other = answer(gated, {"reply": "To the first."}).json(), answer(gated, {"reply": "To the second."}).json()
    assert (one["answered"]["session_id"], one["still_waiting"]) == ("two", {"by-hand": 1})
    assert (other["answered"]["session_id"], other["still_waiting"]) == ("one", {})
    assert (said(first), said(second)) == (["To the first."], ["To the second."])


def test_a_failure_is_given_by_hand(gated: Api, background: ThreadPoolExecutor) -> None:
    held = hold(gated, background, "one")
    answer(gated, {"error": {"type": "tool_error", "message": "It broke"}})
    assert held.result().json()["status"] == "error"


def test_a_step_may_wait_at_its_own_gate_and_be_replaced_there(gated: Api, background: ThreadPoolExecutor) -> None:
    held = hold(gated, background, "one")
    answer(gated, {"reply": "Not yet.", "gate": "by-hand"})
    until_gates_are(gated, [{"name": "by-hand", "open": False, "waiting": 1}])
    answer(gated, {"reply": "Now."})
    assert said(held) == ["Now."]


def test_the_delay_is_that_of_the_step_that_is_given(gated: Api, background: ThreadPoolExecutor) -> None:
    for step, seconds in (({"reply": "Now."}, 0), ({"reply": "Later.", "delay_ms": 2000}, 2)):
        held = hold(gated, background, "one", "Slow")
        answer(gated, step)
        assert held.result().json()["execution_time"] == seconds


def test_the_route_is_that_of_the_step_that_is_given(gated: Api, background: ThreadPoolExecutor) -> None:
    added = {"when": {"agent": "clerk"}, "then": {"gate": "by-hand", "route": "yes"}}
    gated.control("POST", "/scripts", json=added)
    held = hold(gated, background, "desk", "Anything")
    answer(gated, {"route": "no", "assign": {"mood": "busy"}, "tool_calls": [{"name": "look_up", "result": 1}]})
    held.result()
    (execution,) = executions(gated, "desk")
    assert [turn["agent"] for turn in execution["turns"]] == ["clerk", "printer"]
    assert (execution["variables"]["mood"], execution["turns"][0]["tool_calls"][0]["name"]) == ("busy", "look_up")


@pytest.mark.parametrize(
    ("session", "step", "why"),
    [
        ("desk", {"tool_calls": [{"name": "lookup"}]}, "clerk cannot call lookup; its tools are: look_up"),
        ("desk", {"route": "writr"}, "no edge leads from clerk to writr; did you mean writer?"),
        ("desk", {"assign": {"moo": "x"}}, "there is no variable moo; did you mean mood?"),
        ("desk", {"assign": {"count": "many"}}, "count must be int"),
        (
            "desk",
            {"tool_calls": [{"name": "look_up"}], "on_decline": {"route": "nowhere"}},
            "no edge leads from clerk to nowhere",
        ),
        ("team", {"route": "wrker"}, "boss does not supervise wrker; did you mean worker?"),
        ("one", {"tool_calls": [{"name": "look_up"}]}, "main cannot call look_up; its tools are: none"),
    ],
)
def test_what_the_agent_cannot_do_is_refused_and_changes_nothing(
    gated: Api, background: ThreadPoolExecutor, session: str, step: dict[str, Any], why: str
) -> None:
    first = {"desk": "clerk", "team": "boss", "one": "main"}[session]
    gated.control("POST", "/scripts", json={"name": "held", "when": {"agent": first}, "then": {"gate": "by-hand"}})
    held = hold(gated, background, session, "Anything")
    status, message = refusal(answer(gated, step))
    assert status == 400
    assert message.startswith("This step does not fit who waits at by-hand: Script held: ")
    assert why in message
    until_gates_are(gated, [{"name": "by-hand", "open": False, "waiting": 1}])
    answer(gated, {"reply": "Right."})
    assert held.result().status_code == 200


@pytest.mark.parametrize("body", [{}, {"replay": "x"}, [], "Hello", {"then": {"reply": "x"}}, {"reply": 1}])
def test_what_is_no_step_is_refused(gated: Api, background: ThreadPoolExecutor, body: Any) -> None:
    held = hold(gated, background, "one")
    assert answer(gated, body).status_code == 400
    gated.control("POST", "/gates/by-hand/open")
    assert said(held) == ["By the script."]


def test_where_nobody_waits_it_is_said_where_somebody_does(gated: Api, background: ThreadPoolExecutor) -> None:
    nobody = (404, "Nobody waits at the gate by-hand, nor at another one")
    assert refusal(answer(gated, {"reply": "x"})) == nobody
    gated.control("POST", "/gates/by-hand/open")
    assert refusal(answer(gated, {"reply": "x"})) == nobody
    gated.control("POST", "/gates/by-hand/close")
    held = hold(gated, background, "one", "Elsewhere")
    near, far = answer(gated, {"reply": "x"}, "elsewere"), answer(gated, {"reply": "x"})
    assert refusal(near) == (404, "Nobody waits at the gate elsewere; did you mean elsewhere?")
    assert refusal(far) == (404, "Nobody waits at the gate by-hand; somebody does at: elsewhere")
    gated.control("POST", "/gates/elsewhere/open")
    assert said(held) == ["Elsewhere."]


def test_who_is_cancelled_sent_away_or_out_of_time_is_answered_no_more(
    gated: Api, background: ThreadPoolExecutor
) -> None:
    ends = [
        (lambda: gated.post("/runtime/one/cancel/"), 200, "cancelled"),
        (lambda: gated.control("POST", "/clock/advance", json={"seconds": 31}), 200, "error"),
        (lambda: gated.control("POST", "/reset"), 503, None),
    ]
    for end, status, outcome in ends:
        held = hold(gated, background, "one")
        end()
        assert (held.result().status_code, held.result().json().get("status")) == (status, outcome)
        assert answer(gated, {"reply": "Late."}).status_code == 404
        assert gated.control("GET", "/gates").json() == []
    held = hold(gated, background, "one")
    answer(gated, {"reply": "In time."})
    assert said(held) == ["In time."]


@pytest.mark.parametrize("verb", ["open", "close", "answer"])
@pytest.mark.parametrize("name", ["%0D", "a%0Ab", "%20gate", "x" * 201], ids=["only a break", "break", "space", "long"])
def test_a_name_that_no_script_can_give_is_refused(api: Api, verb: str, name: str) -> None:
    refused = api.control("POST", f"/gates/{name}/{verb}", json={"reply": "Hello"} if verb == "answer" else None)
    assert refused.status_code == 400
    assert "no name of a gate" in refused.json()["error"]["message"]
    assert api.control("GET", "/gates").json() == []
