"""Any valid system ends, within its limits and with a known status, whatever its scripts say."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.findings import errors
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.system import END, START
from atthene_emulator.configuration.validation import validate
from atthene_emulator.domain.coverage import Coverage
from atthene_emulator.domain.scripts import Scripts
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.execution.scripts import read_script
from atthene_emulator.execution.situation import Situation
from atthene_emulator.execution.walk import Outcome
from atthene_emulator.limits import TURNS
from tests.execution.walking import NOON, finished, situation

NAMES = ("ann", "bob", "cid", "dan", "eve")
TYPES = ("str", "int", "bool", "list[str]", "dict[str, int]", "str | None")
TEMPLATES = (
    "", "Plain.", "{{ user_input }}", "{{ history[2] }}", "{{ variables.note }}", "{{ ann.output.flag }}", "{{ bob.output }}",
    "{{ prompts.loop }}", "{{ nobody.output.x }}", "{{ variables.log }} {{ user_input }}",
)  # fmt: skip
CONTENTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["!emulator s0", "!emulator s9", "{{ user_input }}", "{{ history }} {{ history }}"]),
    st.just(({"type": "image_url", "image_url": {"url": "https://a.b/c"}}, {"type": "text", "text": "look"})),
)


@st.composite
def agents(draw: st.DrawFn, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Agents of all types; supervisors supervise any of the others."""
    made = []
    for name in names:
        others = [other for other in names if other != name]
        kind = draw(st.sampled_from(["llm_agent", "llm_agent", "react_agent", *(["supervisor"] if others else [])]))
        agent: dict[str, Any] = {
            "name": name,
            "agent_type": kind,
            "prompt_config": {
                "system_prompt": draw(st.sampled_from(TEMPLATES)),
                "include_history": draw(st.sampled_from([True, False, 0, 1, 3])),
                "include_internal_messages": draw(st.booleans()),
            },
            "streaming_config": {"show_output_to_user": draw(st.booleans())},
        }
        if kind == "supervisor":
            agent["supervised_agents"] = draw(st.lists(st.sampled_from(others), min_size=1, unique=True))
            agent["return_to_supervisor"] = draw(st.booleans())
            agent["max_handoffs"] = draw(st.integers(1, 4))
        elif kind == "react_agent":
            agent["tools"] = ["calculator"]
            agent["max_iterations"] = draw(st.integers(1, 2))
        if draw(st.booleans()):
            agent["structured_output"] = {
                "enabled": draw(st.booleans()),
                "schema": {"flag": {"type": draw(st.sampled_from(TYPES))}, "go": {"type": "str"}},
            }
            if agent["structured_output"]["enabled"] and draw(st.booleans()):
                source = draw(st.sampled_from([f"{name}.output.go", f"{name}.output", "ann.output", "constant"]))
                agent["variable_assignments"] = {draw(st.sampled_from(["note", "log"])): source}
        made.append(agent)
    return made


@st.composite
def systems(draw: st.DrawFn) -> dict[str, Any]:
    """Systems with edges of all kinds, most of them valid."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    targets = st.sampled_from([*names, "END"])
    edges: list[dict[str, Any]] = []
    for source in (*names, "START"):
        match draw(st.sampled_from(["none", "plain", "plain", "boolean", "literal"])):
            case "plain":
                edges += [{"from": source, "to": to} for to in draw(st.lists(targets, min_size=1, max_size=3))]
            case "boolean":
                field = f"{{{{ {draw(st.sampled_from(names))}.output.flag }}}}"
                routing = {"yes": draw(targets), "no": draw(targets)}
                edges.append(
                    {"from": source, "condition": field, "condition_type": "boolean", "routing": routing},
                )
            case "literal":
                outputs = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))
                edges.append(
                    {"from": source, "condition": "Which?", "condition_type": "literal", "possible_outputs": outputs},
                )
    made = draw(agents(names))
    leads = [agent["name"] for agent in made if agent["agent_type"] == "supervisor"]
    system: dict[str, Any] = {
        "name": "Any",
        "entry_point": draw(st.sampled_from([*names, "START"])),
        "recursion_limit": draw(st.sampled_from([5, 6, 50])),
        "variables": {
            "note": {"type": "str", "default": "{{ variables.log }}"},
            "log": {"type": "str", "default": "", "mode": "concat"},
        },
        "agents": made,
        "edges": edges,
    }
    if leads and draw(st.booleans()):
        system.update(architecture="supervisor", entry_point=draw(st.sampled_from(leads)), edges=[])
    return system


STEPS = st.fixed_dictionaries(
    {"reply": st.sampled_from(TEMPLATES)},
    optional={
        "route": st.sampled_from([*NAMES, "END", "yes", "no"]),
        "output": st.just({"go": "bob"}),
        "assign": st.sampled_from([{"note": "x"}, {"log": "y"}, {"note": 1}, {"note": None}, {"unknown": "x"}]),
        "tool_calls": st.lists(st.just({"name": "calculator", "result": {"x": 1}}), max_size=3),
        "delay_ms": st.integers(0, 10),
        "gate": st.just("door"),
        "error": st.just({"type": "tool_error"}),
        "timeout": st.sampled_from([True]),
    },
)
SCRIPTS = st.lists(
    st.fixed_dictionaries(
        {"when": st.fixed_dictionaries({"agent": st.sampled_from(NAMES)}), "then": st.lists(STEPS, min_size=1, max_size=3)},
        optional={"times": st.integers(1, 3)},
    ),
    max_size=4,
)  # fmt: skip


def is_valid(system: dict[str, Any]) -> bool:
    return not errors(validate(system, Language()))


def scripts_of(entries: list[dict[str, Any]]) -> Scripts:
    return Scripts([read_script({**entry, "name": f"s{number}"}, number) for number, entry in enumerate(entries)])


def ended(start: Situation) -> Outcome | EmulatorRefusal:
    """How an execution ends, or why it is refused."""
    try:
        return finished(start)[0]
    except EmulatorRefusal as refused:
        return refused


@settings(derandomize=True, deadline=None, max_examples=400, suppress_health_check=[HealthCheck.filter_too_much])
@given(system=systems().filter(is_valid), content=CONTENTS)
def test_without_scripts_every_system_ends_and_nothing_is_refused(system: dict[str, Any], content: Any) -> None:
    outcome, waits = finished(situation(system, content=content if content[:9] != "!emulator" else "x"))
    assert outcome.status in ("completed", "error")
    assert waits == []
    if outcome.failure is not None:
        assert outcome.failure.type in ("recursion_limit_error", "handoff_limit_error", "turn_limit_error")
    check(system, outcome)


@settings(derandomize=True, deadline=None, max_examples=400, suppress_health_check=[HealthCheck.filter_too_much])
@given(system=systems().filter(is_valid), content=CONTENTS, entries=SCRIPTS)
def test_with_any_scripts_every_system_ends_or_is_refused(
    system: dict[str, Any], content: Any, entries: list[dict[str, Any]]
) -> None:
    start = situation(system, content=content, scripts=scripts_of(entries), prompts={"loop": "{{ prompts.loop }}x"})
    outcome = ended(start)
    if isinstance(outcome, EmulatorRefusal):
        assert outcome.status in (400, 501)
        assert len(outcome.message) > 20
        return
    assert outcome.status in ("completed", "error", "timeout")
    assert (outcome.failure is None) is (outcome.status == "completed")
    check(system, outcome)


def check(system: dict[str, Any], outcome: Outcome) -> None:
    """What holds of every outcome."""
    teams = any(agent["agent_type"] == "supervisor" for agent in system["agents"])
    assert len(outcome.turns) <= (TURNS.most if teams else system["recursion_limit"] * len(system["agents"]))
    names = {agent["name"] for agent in system["agents"]}
    assert {turn.agent for turn in outcome.turns} <= names
    assert {move.source for move in outcome.moves} <= names | {START}
    assert {move.target for move in outcome.moves} <= names | {END}
    assert outcome.moves[0].source == START
    assert outcome.usage.input_tokens == sum(turn.usage.input_tokens for turn in outcome.turns)
    assert all(turn.ended_at == NOON for turn in outcome.turns)
    for turn in outcome.turns[:20]:
        assert turn.prompt.messages() is not None
        hidden = next(agent for agent in system["agents"] if agent["name"] == turn.agent)["streaming_config"]
        assert not turn.shown or hidden["show_output_to_user"]
    coverage = Coverage()
    configuration = Configuration(system)
    coverage.count(configuration, outcome)
    counted = {element.source: count for element, count in next(coverage.all()).elements if element.kind == "agent"}
    assert counted == {name: sum(turn.agent == name for turn in outcome.turns) for name in names}


@pytest.mark.parametrize("wanted", ["plain", "boolean", "literal", "supervisor"])
def test_valid_systems_of_every_kind_are_tried(wanted: str) -> None:
    seen: set[str] = set()

    @settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.filter_too_much])
    @given(system=systems().filter(is_valid))
    def look(system: dict[str, Any]) -> None:
        seen.update(edge.get("condition_type", "plain") for edge in system["edges"])
        seen.add(system.get("architecture", "workflow"))

    look()
    assert wanted in seen
