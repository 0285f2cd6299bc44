"""Knowledge bases in an execution: what is asked, what is told of it, and what scripts and their templates do with it."""

from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.configuration.system import KnowledgeBase, read_system
from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.stream import Events, read
from atthene_emulator.errors import NoRoom, NoTextSearch, Unscripted
from atthene_emulator.execution.happenings import LookedUp
from atthene_emulator.execution.scripts import read_step
from atthene_emulator.execution.waits import Decision
from atthene_emulator.execution.walk import Outcome, Walk, walk
from atthene_emulator.knowledge.hit import Hit
from atthene_emulator.knowledge.index import Index, Source
from atthene_emulator.knowledge.strategy import read_strategy
from atthene_emulator.web.socket.events import BY_TYPE
from atthene_emulator.web.socket.payloads import payload
from tests.conftest import Api
from tests.execution.walking import NOON, finished, situation, walked
from tests.execution.worlds import executions, said, world

HELPER = {"name": "Helper", "agent_type": "llm_agent", "knowledge_bases": ["manuals", "kb_1", "gone"]}
REFUNDS = Hit("Refunds take 14 days.", "file_1", "returns.md", 0, 1.0, "manuals")
SHOES = Hit("Shoes can be returned, refunds too.", "file_2", "shoes.txt", 0, 1.0, "kb_1")


class Shelf:
    """Two knowledge bases, `manuals` and `kb_1`, and what they were asked."""

    def __init__(self) -> None:
        strategy = read_strategy({})
        self.asked: list[tuple[str, str]] = []
        self._indices = {
            hit.knowledge_base: Index([Source(hit.source_id, hit.source_name, hit.text)], strategy)
            for hit in (REFUNDS, SHOES)
        }

    def find(self, base: KnowledgeBase, query: str) -> tuple[Hit, ...] | None:
        self.asked.append((base.name, query))
        index = self._indices.get(base.id or base.name)
        if index is None:
            return None
        return index.find(
            query, top_k=base.top_k, offset=base.offset, least=base.score_threshold, knowledge_base=base.name
        )


def helped(configuration: Any = HELPER, content: Any = "How long do refunds take?", **more: Any) -> Outcome:
    return walked(configuration, content, **{"knowledge": Shelf(), **more})


# The configuration


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("manuals", KnowledgeBase("manuals", "manuals")),
        ({"name": "a", "knowledge_base_type": "milvus"}, KnowledgeBase("a")),
        (
            {"name": "a", "knowledge_base_type": "milvus", "id": "kb_1", "config": {"top_k": 3.0, "offset": 2, "score_threshold": 0.5}},
            KnowledgeBase("a", "kb_1", "milvus", 3, 2, 0.5),
        ),
        (
            {"name": "a", "knowledge_base_type": "milvus", "knowledge_base_id": "old", "retrieval_config": {"top_k": 1}},
            KnowledgeBase("a", "old", top_k=1),
        ),
        (
            {"name": "a", "knowledge_base_type": "milvus", "id": "new", "knowledge_base_id": "old", "config": {}, "retrieval_config": {"top_k": 1}},
            KnowledgeBase("a", "new"),
        ),
        ({"name": "a", "knowledge_base_type": "uknow", "config": {"username": "u", "drive_key": "SP"}}, KnowledgeBase("a", kind="uknow")),
    ],
)  # fmt: skip
def test_knowledge_bases_are_read(entry: Any, expected: KnowledgeBase) -> None:
    assert read_system({**HELPER, "knowledge_bases": [entry]}).agents["main"].knowledge_bases == (expected,)


def test_those_that_are_not_enabled_are_left_out_and_those_of_several_agents_told_once() -> None:
    disabled = {"name": "off", "knowledge_base_type": "milvus", "enabled": False}
    agents = [
        {"name": "a", "agent_type": "llm_agent", "knowledge_bases": ["x", disabled]},
        {"name": "b", "agent_type": "llm_agent", "knowledge_bases": ["y", "x"]},
        {"name": "c", "agent_type": "llm_agent"},
    ]
    system = read_system({"name": "Team", "agents": agents})
    assert [one.name for one in system.knowledge_bases] == ["x", "y"]
    assert system.agents["c"].knowledge_bases == ()


# What is looked up


def test_each_knowledge_base_is_asked_for_the_users_message() -> None:
    shelf = Shelf()
    outcome = helped(knowledge=shelf)
    assert shelf.asked == [(name, "How long do refunds take?") for name in ("manuals", "kb_1", "gone")]
    assert outcome.turns[0].knowledge == (REFUNDS, SHOES)


def test_an_agent_without_the_users_message_asks_for_it_all_the_same() -> None:
    agent = {**HELPER, "prompt_config": {"system_prompt": "Help.", "include_user_input": False}}
    assert helped(agent).turns[0].knowledge == (REFUNDS, SHOES)


def test_settings_decide_how_much_is_found() -> None:
    base = {"name": "shelf", "knowledge_base_type": "milvus", "id": "manuals", "config": {"offset": 1}}
    assert helped({**HELPER, "knowledge_bases": [base]}).turns[0].knowledge == ()
    base["config"] = {"top_k": 1}
    (hit,) = helped({**HELPER, "knowledge_bases": [base]}).turns[0].knowledge
    assert hit == REFUNDS._replace(knowledge_base="shelf")


@pytest.mark.parametrize("agent", [{}, {"knowledge_bases": ["gone"]}])
def test_where_there_is_no_knowledge_base_nothing_happens(agent: dict[str, Any]) -> None:
    one_walk = Walk(situation({"name": "Helper", "agent_type": "llm_agent", **agent}, knowledge=Shelf()))
    assert list(one_walk.run()) == []
    assert not [one for one in one_walk.record.happened if isinstance(one, LookedUp)]
    assert walked(HELPER).turns[0].knowledge == ()  # nobody has given any


def test_each_turn_of_each_agent_looks_up_anew() -> None:
    agents = [{**HELPER, "name": name} for name in ("a", "b")]
    system = {"name": "Team", "agents": agents, "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "END"}]}
    assert [turn.knowledge for turn in helped(system).turns] == [(REFUNDS, SHOES)] * 2


class Broken:
    def find(self, base: KnowledgeBase, query: str) -> tuple[Hit, ...]:  # noqa: ARG002
        raise NoTextSearch


class Endless:
    def find(self, base: KnowledgeBase, query: str) -> tuple[Hit, ...]:  # noqa: ARG002
        return (Hit("x" * 1_000_000),) * 100


def test_what_cannot_be_looked_up_or_kept_is_refused() -> None:
    with pytest.raises(NoTextSearch, match="no SQLite with FTS5"):
        helped(knowledge=Broken())
    with pytest.raises(NoRoom, match="Prompts and answers of this execution"):
        helped(knowledge=Endless())


# Templates


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ knowledge[0].text }}", "Refunds take 14 days."),
        ("{{knowledge [ 1 ] . source}}", "shoes.txt"),
        ("{{ knowledge[0].score }}", "1.0"),
        ("<{{ knowledge[5].text }}>", "<>"),
        ("<{{ knowledge[999999].text }}>", "<>"),
        ("<{{ knowledge[0].title }}>", "<>"),
        ("<{{ knowledge.text }}>", "<>"),
        ("<{{ knowledge }}>", "<>"),
        ("{{ knowledge[0].text", "{{ knowledge[0].text"),
    ],
)
def test_templates_of_replies_know_what_was_found(template: str, expected: str) -> None:
    scripts = f"[{{then: {{reply: '{template}'}}}}]"
    assert helped(scripts=scripts).turns[0].text == expected
    default = helped(default_answer="template", default_template=template)
    assert default.turns[0].text == expected


def test_without_knowledge_templates_leave_nothing() -> None:
    assert walked(HELPER, scripts="[{then: {reply: '<{{ knowledge[5].text }}>'}}]").turns[0].text == "<>"


def test_prompts_do_not_know_what_was_found() -> None:
    agent = {**HELPER, "prompt_config": {"system_prompt": "<{{ knowledge[0].text }}>"}}
    turn = helped(agent).turns[0]
    assert turn.prompt.system_prompt == "<>"
    assert "14 days" not in str(turn.prompt.messages())


def test_an_agent_may_be_called_knowledge() -> None:
    agents = [
        {"name": "knowledge", "agent_type": "llm_agent"},
        {"name": "b", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "{{ knowledge.output }}"}},
    ]
    edges = [{"from": "knowledge", "to": "b"}, {"from": "b", "to": "END"}]
    outcome = walked({"name": "Team", "agents": agents, "edges": edges}, scripts="[{then: {reply: Hi.}}]")
    assert outcome.turns[1].prompt.system_prompt == "Hi."


# Scripts


def test_a_script_says_what_is_found() -> None:
    shelf = Shelf()
    scripts = """[{then: {knowledge: [{text: Free.}, {text: Or not., source: prices.md, score: 0.25}],
                          reply: "{{ knowledge[1].text }} ({{ knowledge[1].source }}, {{ knowledge[1].score }})"}}]"""
    turn = helped(scripts=scripts, knowledge=shelf).turns[0]
    assert turn.text == "Or not. (prices.md, 0.25)"
    assert turn.knowledge == (
        Hit("Free.", chunk=0, knowledge_base="manuals"),
        Hit("Or not.", source_name="prices.md", chunk=1, score=0.25, knowledge_base="manuals"),
    )
    assert shelf.asked == []


def test_a_script_may_find_nothing() -> None:
    turn = helped(scripts="[{then: {knowledge: [], reply: '<{{ knowledge[0].text }}>'}}]").turns[0]
    assert (turn.text, turn.knowledge) == ("<>", ())
    nobody = {"name": "Helper", "agent_type": "llm_agent"}
    assert helped(nobody, scripts="[{then: {knowledge: [], reply: Hi.}}]").turns[0].text == "Hi."


def test_an_agent_without_knowledge_bases_finds_nothing() -> None:
    message = r"Script s: main cannot find anything; add a knowledge base to its knowledge_bases in the configuration"
    with pytest.raises(Unscripted, match=message):
        walked({"name": "Helper", "agent_type": "llm_agent"}, scripts="[{name: s, then: {knowledge: [{text: x}]}}]")


def test_a_step_after_a_declined_call_may_have_found_something_else() -> None:
    agent = {**HELPER, "agent_type": "react_agent", "tools": ["mail_send_email"]}
    call = "tool_calls: [{name: mail_send_email}]"
    reply = 'reply: "{{ knowledge[0].text }}"'
    for said_then, expected in (("", "Refunds take 14 days."), ("knowledge: [{text: Another.}], ", "Another.")):
        scripts = f"[{{then: {{{call}, on_decline: {{{said_then}{reply}}}}}}}]"
        start = situation(agent, "refunds", scripts=scripts, knowledge=Shelf())
        outcome, _ = finished(start, [Decision("declined")])
        assert outcome.turns[0].text == expected


def test_a_turn_that_fails_keeps_what_was_found() -> None:
    turn = helped(scripts="[{then: {error: {message: Broken.}}}]").turns[0]
    assert (turn.failed, turn.knowledge) == (True, (REFUNDS, SHOES))


# What is told


def told(configuration: Any = HELPER, **more: Any) -> list[dict[str, Any]]:
    """The payloads of an execution, each as its schema wants it."""
    one_walk = Walk(situation(configuration, "refunds", knowledge=Shelf(), **more))
    outcome = finished_walk(one_walk)
    events = Events("exec_1", "s1", None, Mark(), one_walk.record.happened)
    events.result = outcome
    found = [payload(events, event) for event in read(events) if event]
    assert len(events) == len(found)
    assert [*(payload(events, event) for event in read(events, 4) if event)] == found[4:]
    for one in found:
        assert BY_TYPE[one["type"]].schema.check(one) == ()
    assert events.weight > sum(len(str(one.get("content", ""))) for one in found) - 500
    return found


def finished_walk(one_walk: Walk) -> Outcome:
    try:
        next(one_walk.run())
    except StopIteration as stop:
        outcome: Outcome = stop.value
        return outcome
    raise AssertionError("it waits")


def test_look_ups_are_told_like_calls_of_tools() -> None:
    found = told()
    kinds = [one["type"].removeprefix("KnowledgeBaseCall") for one in found]
    assert kinds[:3] == ["ExecutionStarted", "RunStarted", "Start"]
    assert kinds[3:10] == ["Args", "End", "Result", "Start", "Args", "End", "Result"]
    assert kinds[10] == "TextMessageStart"
    assert found[2] == {
        "type": "KnowledgeBaseCallStart", "tool_call_id": "call_1", "run_id": "run_1",
        "knowledge_base_name": "manuals", "agent_name": "main", "timestamp": "2025-01-15T12:00:00.000000+00:00",
    }  # fmt: skip
    assert found[3]["delta"] == '{"query": "refunds"}'
    assert found[5]["content"] == (
        '[{"source": "returns.md", "source_id": "file_1", "chunk": 0, "score": 1.0, "text": "Refunds take 14 days."}]'
    )
    assert [one["tool_call_id"] for one in found[2:10]] == ["call_1"] * 4 + ["call_2"] * 4
    assert NOON == 1736942400.0


def test_whoever_is_shown_no_tools_is_shown_no_look_ups() -> None:
    found = told({**HELPER, "streaming_config": {"show_tool_to_user": False}})
    assert not [one for one in found if one["type"].startswith("KnowledgeBase")]


SEED = """
sessions:
  - id: s1
    config: {name: Helper, agent_type: llm_agent, knowledge_bases: [manuals]}
scripts:
  - then: {knowledge: [{text: Refunds take 14 days., source: returns.md}], reply: "{{ knowledge[0].text }}"}
"""


def test_the_record_of_an_execution_has_what_was_found(tmp_path: Path) -> None:
    with world(tmp_path, SEED) as api:
        assert said(api.execute("s1", "refunds")) == ["Refunds take 14 days."]
        hit = {
            "knowledge_base": "manuals", "source": "returns.md", "source_id": "", "chunk": 0, "score": 1.0,
            "text": "Refunds take 14 days.",
        }  # fmt: skip
        assert [turn["knowledge"] for turn in executions(api)[0]["turns"]] == [[hit]]
        assert api.server.client.executions("s1")[0].knowledge == (hit,)
        events = api.control("GET", "/sessions/s1/events").json()["events"]
        assert [one["payload"]["type"] for one in events][2:6] == [
            f"KnowledgeBaseCall{part}" for part in ("Start", "Args", "End", "Result")
        ]


def test_a_step_by_hand_may_say_what_is_found() -> None:
    steps = walk(situation(HELPER, scripts="[{then: {gate: by-hand}}]", knowledge=Shelf()))
    assert next(steps).gate == "by-hand"
    with pytest.raises(StopIteration) as end:
        steps.send(read_step({"knowledge": [{"text": "By hand."}], "reply": "{{ knowledge[0].text }}"}))
    assert [one.text for one in end.value.value.turns] == ["By hand."]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ("{knowledge: {}}", "knowledge"),
        ("{knowledge: [{}]}", "knowledge.0"),
        ("{knowledge: [{text: ''}]}", "knowledge.0.text"),
        ("{knowledge: [{text: x, score: 2}]}", "knowledge.0.score"),
        ("{knowledge: [{text: x, page: 2}]}", "knowledge.0.page"),
    ],
)
def test_what_is_no_knowledge_is_refused(api: Api, step: str, field: str) -> None:
    answer = api.control("POST", "/scripts", data=f"[{{then: {step}}}]", headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 400
    assert field in answer.text
