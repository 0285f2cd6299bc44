"""`why`: what answered, what nearly did, and a script that would have."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator import EmulatorNamespace
from atthene_emulator.configuration.yaml_text import read_yaml
from atthene_emulator.server import EmulatorServer
from tests.cli.running import Done, invoke
from tests.documentation import shown

SESSION = "session_abc123"
TEAM = {
    "name": "Team",
    "entry_point": "greeter",
    "variables": {"plan": {"type": "str", "default": "free"}},
    "agents": [
        {"name": "greeter", "agent_type": "llm_agent"},
        {
            "name": "judge",
            "agent_type": "llm_agent",
            "structured_output": {"schema": {"score": {"type": "int"}}},
        },
    ],
    "edges": [{"from": "greeter", "to": "judge"}, {"from": "judge", "to": "END"}],
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def world(emulator: EmulatorServer) -> Iterator[EmulatorNamespace]:
    with emulator.client.create_namespace() as made:
        yield made


def execute(world: EmulatorNamespace, content: Any = "Good day", session: str = SESSION) -> Any:
    answer = world.http.post(f"{world.base_url}/runtime/{session}/execute/", json={"content": content}, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer


def tell(world: EmulatorNamespace, *arguments: str) -> Done:
    return invoke("why", *arguments, "--url", world.url, "--namespace", world.namespace)


def said(world: EmulatorNamespace, *arguments: str) -> str:
    done = tell(world, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def team(world: EmulatorNamespace) -> str:
    session: str = world.http.post(f"{world.base_url}/sessions/", json=TEAM, timeout=10).json()["session_id"]
    return session


def test_what_a_page_shows_is_what_it_says(world: EmulatorNamespace) -> None:
    execute(world)
    assert shown("text", "atthene-emulator why") == f"$ atthene-emulator why session_abc123\n{said(world, SESSION)}"


def test_a_script_that_answered_is_named_with_its_condition(world: EmulatorNamespace) -> None:
    execute(world, "Hello")
    assert said(world, SESSION) == (
        f"Turn 2 of {SESSION} (completed)\n\n"
        'main: the script greeting, which answers when {"content": {"matches": "^(hi|hello|hey)\\\\b", "ignore_case": true}}\n'
    )
    world.script("Always.", name="always")
    execute(world)
    assert said(world, SESSION).endswith("main: the script always, which answers every turn\n")
    world.drop_script("always")
    assert said(world, SESSION).endswith("main: the script always, which is there no longer\n")


def test_each_turn_has_its_reason_and_what_is_suggested_answers(world: EmulatorNamespace) -> None:
    session = team(world)
    world.script("Welcome.", name="gold", agent="greeter", variables={"plan": "gold"})
    execute(world, session=session)
    text = said(world, session)
    assert (
        'greeter: the default answer, since no script matches; the nearest are\n  gold, whose variables.plan wants "gold" and got "free" (added)\n'
        in text
    )
    assert 'gold, whose agent wants "greeter" and got "judge", and 1 more of its conditions failed (added)\n' in text
    suggested = text.partition("POST /__emulator/scripts:\n\n")[2]
    scripts = read_yaml(suggested.encode()).value["scripts"]
    world.add_scripts(scripts)
    answered = execute(world, session=session).headers["X-Emulator-Script"]
    assert "default" not in answered
    assert answered.count("script-") == 2
    assert "would have answered" not in said(world, session)


@pytest.mark.parametrize(
    "content",
    [
        "Bearer abcdef1234567890",
        "x" * 1_000,
        [{"type": "text", "text": "Good day"}],
        'Is it "so": - or #not?\n\nYes',
        "yes",
    ],
    ids=["secret", "long", "blocks", "quotes", "boolean"],
)
def test_what_is_suggested_answers_messages_that_are_hard_to_repeat(world: EmulatorNamespace, content: Any) -> None:
    execute(world, content)
    shown = json.loads(said(world, SESSION, "2", "--json"))
    text = said(world, SESSION).partition("POST /__emulator/scripts:\n\n")[2]
    assert read_yaml(text.encode()).value == {"scripts": shown["suggested"]}
    other = world.create_namespace()
    with other:
        other.add_scripts(shown["suggested"])
        assert execute(other, content).headers["X-Emulator-Script"].startswith("script-")


def test_for_a_message_that_names_a_script_none_is_suggested(world: EmulatorNamespace) -> None:
    world.script("For helpers.", name="help", agent="helper")
    execute(world, "!emulator help")
    assert said(world, SESSION).endswith('nearest are\n  help, whose agent wants "helper" and got "main" (added)\n')


def test_json_has_the_same(world: EmulatorNamespace) -> None:
    world.clear()
    session = world.http.post(
        f"{world.base_url}/sessions/", json={"name": "One", "agent_type": "llm_agent"}, timeout=10
    ).json()["session_id"]
    execute(world, session=session)
    assert json.loads(said(world, session, "--json")) == {
        "session_id": session,
        "turn": 1,
        "status": "completed",
        "turns": [
            {
                "agent": "main",
                "script": None,
                "text": 'This is the emulated agent "main". You said: Good day',
                "nearest": [],
            }
        ],
        "suggested": [{"when": {"agent": "main", "content": "Good day"}, "then": {"reply": "Write the answer here."}}],
    }
    assert "main: the default answer, since no script matches: there is none\n" in said(world, session)


def test_the_execution_is_the_newest_or_that_of_the_number(world: EmulatorNamespace) -> None:
    execute(world, "Hello")
    execute(world)
    assert said(world, SESSION).startswith(f"Turn 3 of {SESSION}")
    assert said(world, SESSION, "2").startswith(f"Turn 2 of {SESSION}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((SESSION,), f"There is no turn of {SESSION}."),
        (("session_abc124",), "There is no session 'session_abc124'; did you mean session_abc123?"),
        ((SESSION, "x"), "is not a valid integer"),
        ((SESSION, "0"), "0 is not in the range x>=1"),
    ],
    ids=["none", "session", "no number", "zero"],
)
def test_what_there_is_not_is_2(world: EmulatorNamespace, arguments: tuple[str, ...], message: str) -> None:
    done = tell(world, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_number_that_there_is_not_says_which_there_are(world: EmulatorNamespace) -> None:
    for _ in range(2):
        execute(world)
    done = tell(world, SESSION, "9")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"atthene-emulator: There is no turn 9 of {SESSION}; there are 2 to 3.\n"
