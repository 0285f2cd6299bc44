"""The control plane tells what happened in sessions, in answers of bounded size."""

from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.limits import ANSWER, LISTED
from atthene_emulator.server import EmulatorServer
from tests.conftest import Api

TEAM = {
    "name": "Team",
    "description": "Says it again and again.",
    "entry_point": "a0",
    "recursion_limit": 5,
    "agents": [
        {"name": f"a{number}", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "Say it."}}
        for number in range(5)
    ],
    "edges": [{"from": f"a{number}", "to": f"a{number + 1}" if number < 4 else "END"} for number in range(5)],
}


@pytest.fixture(scope="module")
def busy() -> Iterator[tuple[Api, str]]:
    """A session of five agents with thirty messages of 3 KB."""
    with EmulatorServer() as server:
        api = Api(server)
        session = api.create_session(TEAM)
        for number in range(30):
            assert api.execute(session, f"{number} " + "x" * 3_000).status_code == 200
        yield api, session
        api.http.close()


def told(busy: tuple[Api, str], query: str = "") -> Any:
    api, session = busy
    answer = api.control("GET", f"/sessions/{session}/executions{query}")
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize(
    ("query", "turns"),
    [("", range(31 - LISTED.most, 31)), ("?tail=2", (29, 30)), ("?tail=0", range(1, 31)), ("?tail=99", range(1, 31))],
)
def test_the_newest_are_shown(busy: tuple[Api, str], query: str, turns: Any) -> None:
    answer = told(busy, query)
    assert [one["turn"] for one in answer.json()["executions"]] == [*turns]
    assert (answer.headers["X-Total-Count"], answer.headers["X-Emulator-Dropped"]) == ("30", "0")


def test_prompts_are_shown_on_request(busy: tuple[Api, str]) -> None:
    (without,), (one,) = (told(busy, query).json()["executions"] for query in ("?tail=1", "?tail=1&prompts=true"))
    assert [turn["prompt"] for turn in without["turns"]] == [None] * 5
    assert [turn["prompt"][0]["content"] for turn in one["turns"]] == ["Say it."] * 5
    assert without["turns"][0]["text"] == one["turns"][0]["text"]


def test_an_answer_has_no_more_prompts_than_there_is_room_for(busy: tuple[Api, str]) -> None:
    answer = told(busy, "?tail=0&prompts=true")
    shown, left_out = answer.json()["executions"], answer.json()["left_out"]
    assert len(shown) + left_out == 30
    assert left_out > 0
    assert shown[-1]["turns"][0]["prompt"] is not None
    assert len(answer.content) < ANSWER.most


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?tail=x", "tail must be"),
        ("?prompts=yes", "prompts must be true or false, not 'yes'"),
        ("?prompt=1", "prompts"),
    ],
)
def test_a_query_that_means_nothing_is_refused(busy: tuple[Api, str], query: str, message: str) -> None:
    api, session = busy
    answer = api.control("GET", f"/sessions/{session}/executions{query}")
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]


def test_what_there_is_no_room_for_is_left_out_and_what_is_too_large_is_cut() -> None:
    with EmulatorServer() as server:
        api = Api(server)
        many = {**TEAM, "agents": [{**TEAM["agents"][0], "name": f"a{number}"} for number in range(20)], "edges": []}
        many["edges"] = [{"from": "START", "to": f"a{number}"} for number in range(20)]
        session = api.create_session({**many, "entry_point": "START"})
        for _ in range(2):
            assert api.execute(session, "x" * 900_000).status_code == 200
        answer = api.control("GET", f"/sessions/{session}/executions?prompts=true")
        (one,) = answer.json()["executions"]
        assert (one["turn"], one["cut"], answer.json()["left_out"]) == (2, True, 1)
        assert {len(turn["text"]) for turn in one["turns"]} == {200}
        assert len(answer.content) < 100_000
        api.http.close()


def test_scripts_that_nearly_answered_are_told_as_they_were_then(api: Api) -> None:
    session = api.create_session()
    greeting = {"name": "greeting", "when": {"content": "hello", "variables": {"x": 1}}, "then": {"reply": "Hi!"}}
    api.control(
        "POST", "/scripts", json=[greeting, {"name": "key", "when": {"content": "pin"}, "then": {"reply": "x"}}]
    )
    api.execute(session, "Good day")
    api.control("DELETE", "/scripts")
    (execution,) = api.control("GET", f"/sessions/{session}/executions").json()["executions"]
    assert execution["turns"][0]["nearest"][0] == {
        "script": "key",
        "from": "added",
        "condition": "content",
        "wanted": '"pin"',
        "got": '"Good day"',
        "failed": 1,
    }
    api.control("POST", "/scripts", json={"then": {"reply": "Hi!"}})
    api.execute(session, "Good day")
    assert api.control("GET", f"/sessions/{session}/executions").json()["executions"][1]["turns"][0]["nearest"] == []


def test_a_turn_without_a_script_names_the_nearest_in_strict_mode(api: Api) -> None:
    api.control("POST", "/scripts", json={"name": "greeting", "when": {"content": "hello"}, "then": {"reply": "Hi!"}})
    session = api.create_session()
    answer = api.post(f"/runtime/{session}/execute/", json={"content": "Good day"}, headers={"X-Emulator-Strict": "1"})
    assert answer.status_code == 501
    nearest = 'the nearest are greeting, whose content wants "hello" and got "Good day"'
    assert f"; {nearest}; and reset-password, whose " in answer.json()["error"]["message"]


def test_an_unknown_session_names_the_near_one(api: Api) -> None:
    message = api.control("GET", "/sessions/session_abc124/executions").json()["error"]["message"]
    assert message == "There is no session 'session_abc124'; did you mean session_abc123?"


def test_the_client_asks_for_what_it_needs(busy: tuple[Api, str]) -> None:
    api, session = busy
    world = EmulatorNamespace(api.server.url, "default", api.server.api_key)
    assert len(world.executions(session)) == 30
    (last,) = world.executions(session, tail=1, prompts=True)
    assert (last.turn, last.turns[0]["prompt"][0]["role"]) == (30, "system")
    assert world.assert_path("a0", "a1", "a2", "a3", "a4", session_id=session).turn == 30
