"""The scripts that nearly answered a turn: which they are, and the first condition that failed."""

from itertools import pairwise
from typing import Any

import pytest

from atthene_emulator.configuration.patterns import Pattern
from atthene_emulator.domain.scripts import Scripts
from atthene_emulator.execution import turns
from atthene_emulator.execution.nearest import Near, sentence
from atthene_emulator.execution.scripts import Moment, read_script
from atthene_emulator.limits import NEAREST
from tests.execution.walking import finished, scripts_of, situation

MOMENT = Moment("main", "desk", "s1", 2, "Hi", {"plan": "free", "seats": 1, "api_key": "k-1"}, has_image=False)


def nearest(scripts: str, **more: Any) -> tuple[Near, ...]:
    """What is nearest to a turn of main, the second one of session s1."""
    return scripts_of(scripts).nearest(MOMENT._replace(**more))


@pytest.mark.parametrize(
    ("when", "condition", "wanted", "got"),
    [
        ("{agent: helper}", "agent", '"helper"', '"main"'),
        ("{agent_key: shop}", "agent_key", '"shop"', '"desk"'),
        ("{session: s2}", "session", '"s2"', '"s1"'),
        ("{turn: 1}", "turn", "1", "2"),
        ("{turn: {from: 3}}", "turn", "3 or later", "2"),
        ("{turn: {from: 3, to: 5}}", "turn", "3 to 5", "2"),
        ("{turn: {to: 1}}", "turn", "1", "2"),
        ("{has_image: true}", "has_image", "an image", "none"),
        ("{variables: {seats: 1, plan: gold}}", "variables.plan", '"gold"', '"free"'),
        ("{variables: {seats: true}}", "variables.seats", "true", "1"),
        ("{variables: {city: {name: Ulm}}}", "variables.city", '{"name": "Ulm"}', "no value"),
        ("{variables: {api_key: k-2}}", "variables.api_key", "[redacted]", "[redacted]"),
        ("{content: hello}", "content", '"hello"', '"Hi"'),
        ("{content: {equals: hello, ignore_case: true}}", "content", '"hello" (in any case)', '"Hi"'),
        ("{content: {contains: ello}}", "content", 'a text with "ello"', '"Hi"'),
        ("{content: {matches: ^h, ignore_case: false}}", "content", 'a match of "^h"', '"Hi"'),
        ("{content: Bearer abcdef1234567890}", "content", '"Bearer [redacted]"', '"Hi"'),
    ],
)
def test_the_condition_that_failed_is_named(when: str, condition: str, wanted: str, got: str) -> None:
    (near,) = nearest(f"[{{name: one, when: {when}, then: {{reply: x}}}}]")
    assert near == Near("one", "seed", condition, wanted, got, 1)


def test_a_script_that_is_used_up_is_nearly_one() -> None:
    scripts = scripts_of("[{name: once, times: 1, then: {reply: x}}]")
    assert scripts.choose(MOMENT, {}, []) is not None
    assert scripts.choose(MOMENT, {}, []) is None
    assert scripts.nearest(MOMENT) == (Near("once", "seed", "times", "1 answer at most", "one more", 1),)


def test_a_session_without_an_agent_has_no_key() -> None:
    (near,) = nearest("[{when: {agent_key: shop}, then: {reply: x}}]", agent_key=None)
    assert near.got == "none"


def test_scripts_for_other_agents_and_sessions_are_farther_than_all_others() -> None:
    found = nearest("""
        - {name: of-another-agent, when: {agent: helper}, then: {reply: x}}
        - {name: of-another-session, when: {session: s2}, then: {reply: x}}
        - {name: far, when: {turn: 1, has_image: true, content: x}, then: {reply: x}}
        - {name: near, when: {content: x}, then: {reply: x}}
    """)
    assert [one.script for one in found] == ["near", "far", "of-another-agent"]


def test_those_come_first_of_which_the_fewest_conditions_fail_then_those_that_are_tried_first() -> None:
    found = nearest("""
        - {name: three, when: {agent: a, turn: 1, content: x}, then: {reply: x}}
        - {name: two, when: {agent: a, variables: {plan: gold, seats: 9}}, then: {reply: x}}
        - {name: one, when: {agent: main, content: x}, then: {reply: x}}
        - {name: another, when: {turn: 1}, then: {reply: x}}
        - {name: two-more, when: {agent: a, content: x}, then: {reply: x}}
    """)
    assert [(one.script, one.condition, one.failed) for one in found] == [
        ("one", "content", 1),
        ("another", "turn", 1),
        ("two", "agent", 2),
    ]


def test_where_the_message_names_a_script_only_its_agent_counts() -> None:
    scripts = (
        "[{name: rain, when: {agent: helper, content: x, turn: 9}, then: {reply: x}}, {name: sun, then: {reply: x}}]"
    )
    assert nearest(scripts, content="!emulator rain") == (Near("rain", "seed", "agent", '"helper"', '"main"', 1),)


@pytest.mark.parametrize(
    ("when", "content", "failed"),
    [
        ({"agent": "helper", "content": {"matches": "^Hi"}}, "Hi", 1),
        ({"agent": "helper", "content": {"matches": "(?=Hi)"}}, "Hi", 2),
        ({"agent": "helper", "content": {"contains": "Hi"}}, "Hi" * 2_000, 2),
    ],
    ids=["quick", "slow", "long"],
)
def test_a_text_is_not_looked_at_where_that_takes_long_and_something_else_fails(
    when: dict[str, Any], content: str, failed: int
) -> None:
    scripts = Scripts([read_script({"when": when, "then": {"reply": "x"}}, 1)])
    (near,) = scripts.nearest(MOMENT._replace(content=content))
    assert (near.condition, near.failed) == ("agent", failed)


def test_of_very_many_scripts_the_first_near_ones_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def looked_into(_: Pattern, text: str) -> bool:
        looked.append(text)
        return False

    monkeypatch.setattr(Pattern, "found_in", looked_into)
    entry = {"when": {"content": {"matches": "x"}}, "then": {"reply": "x"}}
    scripts = Scripts([read_script(entry, number) for number in range(10_000)])
    assert [one.script for one in scripts.nearest(MOMENT)] == ["script-0", "script-1", "script-2"]
    assert len(looked) == 3


def test_what_is_long_is_cut() -> None:
    (near,) = nearest("[{when: {content: hello}, then: {reply: x}}]", content="x" * 1_000)
    assert near.got == f'"{"x" * 59}…"'


def test_a_sentence_names_one_or_two_that_are_equally_near() -> None:
    one = Near("greeting", "seed", "content", '"hello"', '"Hi"', 1)
    assert sentence(()) == ""
    assert sentence((one,)) == '; the nearest is greeting, whose content wants "hello" and got "Hi"'
    assert sentence((one, one._replace(script="far", failed=2))) == sentence((one,))
    two = one._replace(script="early", condition="turn", wanted="1", got="2")
    assert sentence((one, two, two)) == (
        '; the nearest are greeting, whose content wants "hello" and got "Hi"; and early, whose turn wants 1 and got 2'
    )


def test_where_very_many_scripts_were_looked_at_no_more_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "NEAREST", NEAREST._replace(most=2))
    names = ("a", "b", "c")
    agents = [{"name": name, "agent_type": "llm_agent"} for name in names]
    edges = [{"from": one, "to": other} for one, other in pairwise((*names, "END"))]
    team = {"name": "Team", "entry_point": "a", "agents": agents, "edges": edges}
    outcome, _ = finished(situation(team, "Hi", scripts="[{name: x, when: {content: y}, then: {reply: z}}]"))
    assert [len(turn.nearest) for turn in outcome.turns] == [1, 1, 0]


def test_a_turn_keeps_them_as_the_scripts_were_then() -> None:
    start = situation(
        {"name": "One", "agent_type": "llm_agent"}, "Hi", scripts="[{name: a, when: {content: b}, then: {reply: c}}]"
    )
    outcome, _ = finished(start)
    assert outcome.turns[0].nearest == (Near("a", "seed", "content", '"b"', '"Hi"', 1),)
