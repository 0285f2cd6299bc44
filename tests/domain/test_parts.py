"""A namespace is its parts: each goes back to a seed, and what is saved or copied is what comes back."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator.configuration.accepted import Acceptance
from atthene_emulator.domain.agents import update_agent
from atthene_emulator.domain.artifact import NewArtifact
from atthene_emulator.domain.artifacts import copy_to_platform, keep_artifact
from atthene_emulator.domain.collections import add_files, complete, create_collection
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.fault import Range
from atthene_emulator.domain.files import Upload, create_file
from atthene_emulator.domain.images import upload_image
from atthene_emulator.domain.knowledge_bases import Draft, create_knowledge_base, update_knowledge_base
from atthene_emulator.domain.namespace import SCOPES, STATE, Namespace, Options
from atthene_emulator.domain.pace import Course, Failure, Pace
from atthene_emulator.domain.parts import SavedPart
from atthene_emulator.domain.rate_limit import RateLimit
from atthene_emulator.domain.records import KINDS
from atthene_emulator.domain.runtime import execute
from atthene_emulator.domain.scripts import Scripts
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.domain.sessions import give_feedback
from atthene_emulator.errors import Conflict
from atthene_emulator.execution.scripts import read_script
from atthene_emulator.seeds.faults import read_faults
from atthene_emulator.seeds.files import BundledSeeds

SEED = BundledSeeds().seed("default")
ASKING = {"name": "pour", "arguments": {"cups": 2}, "hitl": {"kind": "ask_user_question", "question": "Milk?"}}
SERVING = {
    "name": "serve",
    "when": {"agent": "nobody"},
    "then": {
        "reply": "Tea",
        "knowledge": [{"text": "Green or black.", "source": "tea.md", "score": 0.5}],
        "tool_calls": [ASKING],
        "on_decline": {"reply": "No tea."},
        "stream": {"chunk": 3, "delay_ms": 20, "gate": "kettle", "after": 1},
        "events": [{"type": "Custom", "value": 1}],
        "finish_reason": "length",
        "on_disconnect": "finish",
    },
}
SCENARIO = Scenario(
    "tea",
    scripts=(read_script({"name": "tea", "then": {"reply": "Tea"}}, 1), read_script(SERVING, 2)),
    faults=read_faults(
        [
            {"id": "once", "status": 503, "operation": "agents.list", "times": 1},
            {"id": "refused", "error_code": "invalid_session", "operation": "socket.connect"},
            {"id": "closed", "close": 4003, "after_events": 2},
            {"id": "twice", "kind": "duplicate", "after_events": 1, "operation": "socket.*"},
        ],
        1,
    ),
)


def make(seed: Seed = SEED, **options: Any) -> Namespace:
    return Namespace("n", seed, Acceptance(), Options(**options))


def parts_of(namespace: Namespace) -> Iterator[SavedPart]:
    return (part for part in vars(namespace).values() if isinstance(part, SavedPart))


def document_of(namespace: Namespace) -> Any:
    """What is saved of a namespace, as another process reads it."""
    return json.loads(json.dumps(namespace.save()))


def live(namespace: Namespace) -> None:
    """Change something in every part."""
    (session, *_) = namespace.records.sessions
    namespace.scenario.use(SCENARIO, namespace.seed)
    asyncio.run(execute(namespace, namespace.accounts[0], session.id, "Hello", inputs={}))
    (session, *_) = namespace.records.sessions
    (message, *_) = session.transcript
    give_feedback(namespace, namespace.accounts[0], message.id, {"rating": 1})
    update_agent(namespace, namespace.accounts[0], "research_assistant", {"description": "New."}, namespace.language())
    namespace.scripts.add([read_script({"name": "mine", "then": [{"reply": "A"}, {"reply": "B"}]}, 1)])
    asyncio.run(execute(namespace, namespace.accounts[0], session.id, "Again", inputs={}))
    assert namespace.faults.choose("agents.list", None) is not None
    namespace.clock.freeze(1_736_937_000.0)
    namespace.gates.open("door")
    namespace.limiter.set(RateLimit(2, 60.0))
    namespace.latency.set(Range(300, 1200))
    namespace.on_disconnect.rule = "finish"
    namespace.transitions.set(Course({"files": Pace(polls=2)}, (Failure("*.pdf", ("files",), times=1),)))
    file = create_file(namespace, namespace.accounts[0], Upload("manual.pdf", Content.of(b"Turn it on."), ("new",)))
    collection = create_collection(namespace, namespace.accounts[0], "Manuals", "Read them")
    add_files(namespace, namespace.accounts[0], collection.id, [file.id])
    complete(namespace, namespace.accounts[0], collection.id)
    base = create_knowledge_base(namespace, namespace.accounts[0], Draft("Help", collections=[collection.id]))
    update_knowledge_base(namespace, namespace.accounts[0], base.id, {"progress": 7, "llm_config": {"model": "gpt-4o"}})
    upload_image(namespace, namespace.accounts[0], "dot.gif", Content.of(b"GIF89a"))
    made = NewArtifact("plan.md", Content.of(b"# Plan"), "Plan", origin="ai_generated")
    artifact = keep_artifact(namespace, session, made)
    copy_to_platform(namespace, namespace.accounts[0], session.id, artifact.id)
    assert 0.3 <= namespace.latency.next_delay() <= 1.2
    assert namespace.limiter.take(RateLimit(2, 60.0), "key", 0.0).remaining == 1


@pytest.fixture
def namespace() -> Namespace:
    made = make()
    live(made)
    return made


def test_the_namespace_of_these_tests_has_a_record_of_every_kind(namespace: Namespace) -> None:
    document = document_of(namespace)
    assert [kind.name for kind in KINDS if not document[kind.name]] == []


def test_every_part_of_a_state_is_saved_under_keys_of_its_own(namespace: Namespace) -> None:
    keys = [key for part in parts_of(namespace) for key in part.save()]
    assert len(keys) == len(set(keys))
    assert set(keys) == namespace.save().keys()


def test_what_was_saved_comes_back_in_another_process(namespace: Namespace) -> None:
    other = make()
    other.load(document_of(namespace))
    assert document_of(other) == document_of(namespace)


def test_scripts_and_faults_of_sockets_come_back_as_they_were(namespace: Namespace) -> None:
    other = make()
    other.load(document_of(namespace))
    assert [script.then for script in other.scripts] == [script.then for script in namespace.scripts]
    assert [fault.label for fault in other.faults] == [
        "503", "error_code=invalid_session", "close=4003;after_events=2", "duplicate;after_events=1",
    ]  # fmt: skip


def test_a_copy_comes_back_and_is_safe_from_what_happens_later(namespace: Namespace) -> None:
    before, state = document_of(namespace), namespace.copy()
    (session, *_) = namespace.records.sessions
    asyncio.run(execute(namespace, namespace.accounts[0], session.id, "More", inputs={}))
    namespace.gates.close("door")
    namespace.scripts.drop_added()
    namespace.clock.advance(60)
    assert document_of(namespace) != before
    namespace.restore(state)
    assert document_of(namespace) == before
    assert len(tuple(namespace.executions)) == 2


def test_a_namespace_that_goes_on_from_a_copy_leaves_the_other_alone(namespace: Namespace) -> None:
    before = document_of(namespace)
    fork = Namespace("fork", SEED, Acceptance(), Options(), state=namespace.copy())
    assert document_of(fork) == before
    fork.clear()
    assert document_of(namespace) == before


def test_after_a_reset_everything_is_as_the_seed_has_it(namespace: Namespace) -> None:
    namespace.reset()
    assert document_of(namespace) == document_of(make())
    assert tuple(namespace.executions) == ()


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_is_that_of_a_part(namespace: Namespace, scope: str) -> None:
    parts = [part for part in vars(namespace).values() if getattr(part, "scope", None) == scope]
    assert parts, scope


def test_the_scopes_of_a_state_are_those_of_the_saved_parts(namespace: Namespace) -> None:
    assert {part.scope for part in parts_of(namespace)} == set(STATE)


def test_the_epoch_counts_up_whenever_a_namespace_becomes_something_else(namespace: Namespace) -> None:
    epochs = [namespace.epoch]
    for change in (
        namespace.reset,
        namespace.clear,
        lambda: namespace.restore(namespace.copy()),
        lambda: namespace.end("x"),
    ):
        change()
        epochs.append(namespace.epoch)
    assert epochs == sorted(set(epochs))
    namespace.reset(("journal", "clock"))
    assert namespace.epoch == epochs[-1]


def test_matches_of_an_execution_that_runs_are_not_copied_and_cannot_be_given_back_after_a_reset() -> None:
    scripts = Scripts([read_script({"name": "one", "then": {"reply": "1"}}, 1)])
    scripts.hits["one"] = 3
    matched = ["one"]
    scripts.lend(matched)
    assert scripts.copy()[1]["one"] == 2
    scripts.reset(Seed(scripts=tuple(scripts)))
    scripts.give_back(matched)
    assert scripts.hits["one"] == 0
    assert scripts.copy()[1]["one"] == 0


def test_matches_of_an_execution_that_has_ended_are_copied() -> None:
    scripts = Scripts([read_script({"name": "one", "then": {"reply": "1"}}, 1)])
    scripts.hits["one"] = 3
    matched = ["one"]
    scripts.lend(matched)
    scripts.keep(matched)
    assert scripts.copy()[1]["one"] == 3


def test_a_scenario_that_does_not_fit_changes_nothing(namespace: Namespace) -> None:
    (agent, *_) = SEED.agents
    before = document_of(namespace)
    with pytest.raises(Conflict, match="There is an agent"):
        namespace.scenario.use(Scenario("clash", agents=(agent,)), namespace.seed)
    assert document_of(namespace) == before
