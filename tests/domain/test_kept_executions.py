"""Executions as rows: whatever has happened, what is shown of it is the same when it was taken up elsewhere."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.configuration.accepted import Acceptance, Configuration
from atthene_emulator.domain.executions import Executions
from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.parts import Saved
from atthene_emulator.domain.rows import Emptied, Kept, Row, RowChange, configuration_row, read_configuration
from atthene_emulator.domain.run import Run
from atthene_emulator.domain.running import step
from atthene_emulator.domain.runtime import start
from atthene_emulator.domain.scenarios import use_scenario
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.sessions import delete_session
from atthene_emulator.domain.snapshots import restore_snapshot, take_snapshot
from atthene_emulator.domain.stream import Events, read, since
from atthene_emulator.domain.transcript import Transcript
from atthene_emulator.errors import MissingVariable
from atthene_emulator.execution.waits import Answer, Cancelled, Decision, EndedEarly, TimeLimit
from atthene_emulator.resources import fixture_names
from atthene_emulator.seeds.files import BundledSeeds
from atthene_emulator.seeds.reader import read_inline_seed
from atthene_emulator.web.control.executions import list_executions
from atthene_emulator.web.control.graphs import session_graph
from atthene_emulator.web.control.streams import list_events
from atthene_emulator.web.socket.payloads import event_frame
from tests.execution.test_scenarios import SCENARIOS
from tests.execution.walking import read as read_yaml

BUNDLED = BundledSeeds()
IMAGE = ({"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}})
FROZEN = {"clock": {"mode": "frozen", "now": "2025-01-15T10:30:00Z"}, "accounts": [{"id": "ada", "api_keys": ["key"]}]}
ACCEPTED, DECLINED = Decision("accepted"), Decision("declined", feedback="Not now.")

Tables = dict[str, dict[str, Row]]


# What happens


def make(seed: Seed) -> Namespace:
    return Namespace("n", seed, Acceptance(), Options())


def seeded(text: str) -> Namespace:
    """A namespace of a seed in YAML, with an account, whose clock stands."""
    return make(read_inline_seed({**FROZEN, **read_yaml(text)}))


def say(
    namespace: Namespace, session_id: str, content: Any = "Hello", *answers: Answer | EndedEarly, **inputs: Any
) -> None:
    """Have a session execute; each wait is over at once, with the next of the answers."""
    session = namespace.records.sessions.get(session_id)
    assert session is not None
    owner = next(one for one in namespace.accounts if one.id == session.owner)
    run = start(namespace, owner, session_id, content, inputs=inputs)
    left = list(answers)
    while isinstance(run, Run) and run.came is None:
        step(namespace, run, left.pop(0) if left else DECLINED if run.is_paused else None)


# What is kept of it


def told(tables: Tables, changes: Iterable[RowChange]) -> Tables:
    """Rows by table and key, when changes were applied to them."""
    for one in changes:
        if isinstance(one, Emptied):
            tables.pop(one.table, None)
        elif not isinstance(one, Row):
            tables.setdefault("configurations", {})[one.digest] = configuration_row(one)
        elif one.value is None:
            tables.get(one.table, {}).pop(one.key, None)
        else:
            tables.setdefault(one.table, {})[one.key] = one
    return tables


def of_executions(tables: Tables) -> Tables:
    """The same without configurations, which stay, and tables that are empty."""
    return {name: rows for name, rows in tables.items() if rows and name != "configurations"}


def kept(tables: Tables) -> Kept:
    rows = {name: sorted(found.values(), key=lambda row: row.place) for name, found in tables.items()}
    configurations = {row.key: read_configuration(row) for row in rows.pop("configurations", ())}
    return Kept(rows, configurations, {}, Seed())


def taken_up(namespace: Namespace, tables: Tables | None = None) -> Namespace:
    """Another namespace with the same sessions, and the executions of rows."""
    other = make(namespace.seed)
    other.load(json.loads(json.dumps(namespace.save())))
    other.executions.take_up(kept(told({}, namespace.executions.rows()) if tables is None else tables))
    return other


# What is shown of it


def asked(operation: Any, namespace: Namespace, session_id: str, **query: str) -> tuple[Any, Any]:
    """What an operation of the control plane answers, with its headers."""
    exchange = SimpleNamespace(
        namespace=namespace, path={"session_id": session_id}, query=query, notes=[], secrets=("Berlin",)
    )
    return asyncio.run(operation(exchange)), exchange.notes


def frames(events: Events) -> Iterator[Any]:
    return (event_frame(events, one) for one in read(events) if one is not None)


def shown(namespace: Namespace) -> dict[str, Any]:
    """All that is shown of what is kept, by sessions."""
    found = {}
    for session_id in dict.fromkeys(one.session_id for one in namespace.executions):
        kept_ones = namespace.executions.events_of(session_id)
        marks = [Mark(), *(events.before for events in kept_ones), *(events.end for events in kept_ones)]
        found[session_id] = [
            asked(list_executions, namespace, session_id, tail="0", prompts="true"),
            asked(list_executions, namespace, session_id, tail="1"),
            asked(list_events, namespace, session_id),
            [[*frames(events)] for events in kept_ones],
            [[(events.execution_id, seen) for events, seen in since(kept_ones, mark, 99)] for mark in marks],
            [
                asked(session_graph, namespace, session_id, turn=str(one.turn))
                for one in namespace.executions.of_session(session_id)
                if namespace.records.sessions.get(session_id) is not None
            ],
            [(one.messages, one.tool_calls, one.content) for one in namespace.executions.of_session(session_id)],
        ]
    return found


def whole(value: Any) -> Any:
    """A value with what its records have, so that all of it is compared."""
    if isinstance(value, Transcript):
        return value.characters, list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "digest"):
        return value.digest
    if hasattr(value, "_asdict"):
        return type(value), {name: whole(one) for name, one in value._asdict().items()}
    return [*map(whole, value)] if isinstance(value, list | tuple) else value


def records(namespace: Namespace) -> list[Any]:
    return [
        (events.execution_id, events.session_id, events.correlation_id, events.before, whole(events.happened), whole(events.result))
        for events in namespace.executions.copy()
    ]  # fmt: skip


def assert_same(namespace: Namespace, tables: Tables | None = None) -> Namespace:
    """What was taken up is shown like what it is; that namespace."""
    other = taken_up(namespace, tables)
    assert shown(other) == shown(namespace)
    assert other.executions.dropped == namespace.executions.dropped
    assert of_executions(told({}, other.executions.rows())) == of_executions(
        told({}, namespace.executions.rows()) if tables is None else tables
    )
    return other


# Whatever happens


@pytest.mark.parametrize("name", SCENARIOS)
def test_whole_systems_come_back(name: str) -> None:
    scenario = SCENARIOS[name]
    namespace = seeded(scenario.seed)
    for one in scenario.told * 2:
        body = one if isinstance(one, dict) else {"content": one}
        say(namespace, "s1", body.get("content"), **body.get("inputs", {}))
    other = assert_same(namespace)
    assert records(other) == records(namespace)
    assert other.executions.weight == namespace.executions.weight


@pytest.mark.parametrize("name", fixture_names("scenarios"))
def test_scenarios_that_come_with_the_emulator_come_back(name: str) -> None:
    namespace = make(BUNDLED.seed("default"))
    there = {session.id for session in namespace.records.sessions}
    use_scenario(namespace, name, BUNDLED)
    brought = [session.id for session in namespace.records.sessions if session.id not in there]
    for answers in ((), (ACCEPTED,), (DECLINED,), (Cancelled(),), (None, TimeLimit())):
        for session_id in brought or there:
            say(namespace, session_id, "Hello", *answers)
            say(namespace, session_id, IMAGE, *answers)
    other = assert_same(namespace)
    assert records(other) == records(namespace)


def test_a_busy_seed_comes_back() -> None:
    namespace = make(BUNDLED.seed("busy"))
    for session in tuple(namespace.records.sessions)[:30]:
        with suppress(MissingVariable):
            say(namespace, session.id)
    assert len(tuple(namespace.executions)) > 20
    assert_same(namespace)


EVERYTHING = """
agents:
  - owner: ada
    system_config:
      name: Team
      description: Has all there is.
      entry_point: boss
      agents:
        - {name: boss, agent_type: supervisor, supervised_agents: [cook, baker], prompt_config: {system_prompt: "{{ history }} Lead."}}
        - name: cook
          agent_type: react_agent
          tools: [{name: mail_send_email, tool_type: mail_send_email}, calculator]
          knowledge_bases: [recipes]
          prompt_config: {system_prompt: "Cook for {{ user_input }}.", include_internal_messages: true}
        - {name: baker, agent_type: llm_agent, structured_output: {enabled: true, schema: {loaves: {type: int}}}}
sessions:
  - {id: team, agent_key: team}
scripts:
  - {name: leads, when: {agent: boss}, then: [{route: cook}, {route: baker}, {reply: Dinner, finish_reason: length}]}
  - name: cooks
    when: {agent: cook}
    then:
      tool_calls:
        - {name: calculator, arguments: {expression: 1 + 1}, result: [2, 2.0, null, {a: b}]}
        - name: mail_send_email
          arguments: {to: ada}
          error: no such address
          hitl: {kind: ask_user_question, question: To whom?, options: [Ada, Bob]}
      knowledge: [{text: Boil it., source: soups.md, score: 0.25}]
      thinking: Soup or salad?
      reply: "Soup with {{ hitl.answer }}"
      usage: {input_tokens: 7, output_tokens: 8}
      stream: {chunk: 3, delay_ms: 20, gate: pot, after: 1}
      events: [{type: Custom, value: 1.0}]
      artifacts: [{name: soup.md, text: "# {{ user_input }}", title: Soup}, {name: dot.gif, base64: R0lGODlh}]
"""


@pytest.mark.parametrize(
    "answers",
    [(), (ACCEPTED,), (DECLINED,), (Decision("answered", answer="Bob"),), (Decision("accepted", {"to": "bob"}, for_session=True),)]
    + [(*[None] * waits, TimeLimit()) for waits in (0, 1, 2, 4)] + [(Cancelled(),)],
    ids=str,
)  # fmt: skip
def test_everything_that_a_script_can_do_comes_back(answers: tuple[Any, ...]) -> None:
    namespace = seeded(EVERYTHING)
    say(namespace, "team", "Supper", *answers)
    say(namespace, "team", IMAGE, *answers)
    assert_same(namespace)


def test_the_seed_of_everything_has_everything() -> None:
    namespace = seeded(EVERYTHING)
    say(namespace, "team", "Supper", Decision("answered", answer="Bob"))
    (one,) = namespace.executions
    agents = [turn.agent for turn in one.outcome.turns]
    cook = one.outcome.turns[1]
    assert agents == ["boss", "cook", "boss", "baker", "boss"]
    assert [made.data for made in cook.artifacts] == ["# Supper", b"GIF89a"]
    assert all(made.id for made in cook.artifacts)
    assert cook.knowledge
    assert [call.result for call in cook.tool_calls] == [[2, 2.0, None, {"a": "b"}], "Bob"]
    assert [len(turn.prompt.said) for turn in one.outcome.turns] == [0, 1, 2, 3, 4]
    (again,) = taken_up(namespace).executions
    assert [[said.agent for said in turn.prompt.said] for turn in again.outcome.turns] == [agents[:n] for n in range(5)]


ROUNDS = """
sessions:
  - id: s1
    config:
      name: Rounds
      description: Two at once, of whom one leads others.
      entry_point: first
      agents:
        - {name: first, agent_type: llm_agent}
        - {name: left, agent_type: llm_agent}
        - {name: boss, agent_type: supervisor, supervised_agents: [one, two]}
        - {name: one, agent_type: llm_agent}
        - {name: two, agent_type: llm_agent}
        - {name: last, agent_type: llm_agent}
      edges:
        - {from: first, to: left}
        - {from: first, to: boss}
        - {from: left, to: last}
        - {from: boss, to: last}
"""


def test_agents_know_of_one_another_what_they_knew() -> None:
    namespace = seeded(ROUNDS)
    say(namespace, "s1")

    def heard(one: Namespace) -> list[tuple[str, list[str]]]:
        (execution,) = one.executions
        return [(turn.agent, [said.agent for said in turn.prompt.said]) for turn in execution.outcome.turns]

    assert heard(namespace) == [
        ("first", []),
        ("left", ["first"]),
        ("boss", ["first"]),
        ("one", ["first", "boss"]),
        ("boss", ["first", "boss", "one"]),
        ("two", ["first", "boss", "one", "boss"]),
        ("boss", ["first", "boss", "one", "boss", "two"]),
        ("last", ["first", "left", "boss", "one", "boss", "two", "boss"]),
    ]
    assert heard(taken_up(namespace)) == heard(namespace)


HISTORIES_OF = {
    "all": "history_limit: 1000",
    "a few": "history_limit: 3",
    "one": "history_limit: 1",
}
ONE_AGENT = """
sessions:
  - {id: s1, config: {name: A, agent_type: llm_agent}, messages: [{role: user, content: Hi}, {role: assistant, content: Hello}]}
  - {id: s2, config: {name: B, agent_type: llm_agent, save_messages: false}}
  - {id: s3, config: {name: C, agent_type: llm_agent, persistent_state: false}}
  - {id: s4, config: {name: D, agent_type: llm_agent, llm_config: {model: Teuken-7B}}}
"""


@pytest.mark.parametrize("limit", HISTORIES_OF.values(), ids=HISTORIES_OF)
def test_histories_come_back_and_grow_no_more_than_they_did(limit: str) -> None:
    namespace = seeded(f"{limit}\n{ONE_AGENT}")
    for number in range(12):
        for session in ("s1", "s2", "s3", "s4"):
            say(namespace, session, f"{number}")
    other = assert_same(namespace)
    assert records(other) == records(namespace)
    written = [
        json.loads(row.value or b"")[1] for row in kept(told({}, namespace.executions.rows())).rows.get("histories", ())
    ]
    assert len([message for piece in written for message in piece]) <= 2 + 2 * 12 * 2


def test_an_execution_in_which_no_agent_had_a_turn_comes_back_and_the_history_goes_on() -> None:
    namespace = seeded(ONE_AGENT)
    for content in ("Hi", IMAGE, "Again", IMAGE):
        say(namespace, "s4", content)
    assert [len(one.outcome.turns) for one in namespace.executions] == [1, 0, 1, 0]
    other = assert_same(namespace)
    assert records(other) == records(namespace)


def test_what_a_later_execution_knew_stays_when_the_oldest_one_knew_nothing() -> None:
    namespace, tables = seeded(ONE_AGENT), Tables()
    Executions.__init__(namespace.executions, 3)
    namespace.executions.note_changes()
    for content in ("Hi", "Again", IMAGE, "Hello", "Hello"):
        say(namespace, "s4", content)
        told(tables, namespace.executions.changes())
    assert [len(one.outcome.turns) for one in namespace.executions] == [0, 1, 1]
    assert records(assert_same(namespace, tables)) == records(namespace)


@pytest.mark.parametrize(("limit", "kept_ones", "pieces"), [(4, 3, 4), (1000, 3, 20), (4, 1, 2)])
def test_messages_that_no_execution_knew_leave(limit: int, kept_ones: int, pieces: int) -> None:
    namespace, tables = seeded(f"history_limit: {limit}\n{ONE_AGENT}"), Tables()
    Executions.__init__(namespace.executions, kept_ones)
    namespace.executions.note_changes()
    for _ in range(20):
        say(namespace, "s1")
        told(tables, namespace.executions.changes())
    assert len(tables["histories"]) == pieces
    for _ in range(3):
        say(namespace, "s2")
    told(tables, namespace.executions.changes())
    assert tables["histories"] == {}


def test_a_session_that_is_gone_leaves_its_executions() -> None:
    namespace = seeded(ONE_AGENT)
    for _ in range(3):
        say(namespace, "s1")
    delete_session(namespace, namespace.accounts[0], "s1")
    other = assert_same(namespace)
    assert records(other) == records(namespace)


# Changes


def begin_anew(namespace: Namespace) -> None:
    """Have the first session again as its seed has it."""
    namespace.records.sessions.remove("s1")
    namespace.records.sessions.add(next(iter(make(namespace.seed).records.sessions)))


def snapshot_anew(namespace: Namespace) -> None:
    if "kept" in namespace.snapshots:
        namespace.snapshots.drop("kept")
    take_snapshot(namespace, "kept")


DOINGS: Mapping[str, Callable[[Namespace], Any]] = {
    **{session: partial(say, session_id=session) for session in ("s1", "s2", "s3", "s4")},
    "image": lambda namespace: say(namespace, "s1", IMAGE),
    "failure": lambda namespace: say(namespace, "s4", IMAGE),
    "begin anew": begin_anew,
    "clear": lambda namespace: namespace.executions.clear(),
    "load": lambda namespace: namespace.executions.load(Saved({})),
    "snapshot": snapshot_anew,
    "restore": lambda namespace: restore_snapshot(namespace, "kept"),
}


@given(
    st.lists(st.sampled_from([*DOINGS, "s1", "changes", "restart"]), max_size=30),
    st.sampled_from([1, 3, 100]),
    st.sampled_from([1, 4, 100]),
)
def test_changes_come_to_the_same_as_all_rows(doings: list[str], most: int, limit: int) -> None:
    """Whatever leaves for others, and wherever it goes on from its rows in between."""
    namespace, tables = seeded(f"history_limit: {limit}\n{ONE_AGENT}"), Tables()
    executions = namespace.executions
    Executions.__init__(executions, most)
    executions.note_changes()
    snapshot_anew(namespace)
    for doing in [*doings, "s1", "changes"]:
        if doing in DOINGS:
            DOINGS[doing](namespace)
            continue
        told(tables, executions.changes())
        assert of_executions(tables) == of_executions(told({}, executions.rows()))
        assert [*executions.changes()] == []
        if doing == "restart":
            executions.take_up(kept(tables))
            executions.note_changes()
    other = assert_same(namespace, tables)
    assert records(other) == records(namespace)


def test_nothing_is_noted_until_somebody_wants_it() -> None:
    namespace = seeded(ONE_AGENT)
    say(namespace, "s1")
    assert [*namespace.executions.changes()] == []
    namespace.executions.note_changes()
    say(namespace, "s1")
    tables = of_executions(told({}, namespace.executions.changes()))
    assert [*tables] == ["executions", "histories"]
    assert [row.place for rows in tables.values() for row in rows.values()] == [1, 1]


def test_places_go_on_and_what_has_left_is_counted() -> None:
    namespace = seeded(ONE_AGENT)
    Executions.__init__(namespace.executions, 2)
    for _ in range(5):
        say(namespace, "s1")
    other = taken_up(namespace)
    Executions.__init__(namespace.executions, 2)
    other.executions.note_changes()
    say(other, "s1")
    assert other.executions.dropped == 3
    assert [row.place for row in kept(told({}, other.executions.rows())).rows["executions"]] == [3, 4, 5]


# Damage


def ways(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value in JSON."""
    yield at
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in entries:
        yield from ways(one, (*at, key))


def changed(value: Any, at: tuple[Any, ...], other: Any) -> Any:
    """The same with another value at a place."""
    if not at:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = changed(value[at[0]], at[1:], other)
    return copy


@pytest.fixture(scope="module")
def full() -> tuple[Namespace, Kept]:
    namespace = seeded(EVERYTHING)
    say(namespace, "team", "Supper", Decision("answered", answer="Bob"))
    say(namespace, "team", IMAGE, DECLINED)
    return namespace, kept(told({}, namespace.executions.rows()))


WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    2.5,
    1e300,
    float("nan"),
    2**70,
    "x",
    [],
    ["x"],
    {},
    {"type": 1},
    {"base64": "?"},
    [[[]]],
)


def looked_at(namespace: Namespace) -> None:
    """See that all that is kept can be shown."""
    for events in namespace.executions.copy():
        asked(list_executions, namespace, events.session_id, tail="0", prompts="true")
        asked(list_events, namespace, events.session_id)
        asked(session_graph, namespace, events.session_id)


@pytest.mark.parametrize("table", ["executions", "histories"])
@given(st.data())
def test_what_is_damaged_is_refused_or_can_be_shown(
    full: tuple[Namespace, Kept], table: str, data: st.DataObject
) -> None:
    namespace, whole_rows = full
    (*before, row) = whole_rows.rows[table]
    value = row.read()
    way, wrong = data.draw(st.sampled_from([*ways(value)])), data.draw(st.sampled_from(WRONG))
    damaged = row._replace(value=json.dumps(changed(value, way, wrong)).encode())
    other = taken_up(namespace)
    there = other.executions.copy()
    try:
        other.executions.take_up(whole_rows._replace(rows={**whole_rows.rows, table: [*before, damaged]}))
    except (ValueError, TypeError, KeyError):
        assert other.executions.copy() == there
    else:
        looked_at(other)


@pytest.mark.parametrize(
    ("table", "rows", "why"),
    [
        ("executions", lambda rows: [rows[0], rows[1]._replace(place=7)], "no execution at place 1"),
        ("executions", lambda rows: [rows[0]._replace(place=-1)], "no execution at place -1"),
        ("executions", lambda rows: [rows[0]._replace(value=b"[" * 100_000)], "nested too deeply"),
        ("executions", lambda rows: [rows[0]._replace(value=None)], "Expecting value"),
        ("executions", lambda rows: rows[:0], "messages of no execution"),
        ("histories", lambda rows: rows[:0], "are missing"),
        ("histories", lambda rows: [rows[0]._replace(key="7")], "have another key"),
        ("histories", lambda rows: [rows[0]._replace(place=7, key="7")], "are missing"),
        ("configurations", lambda rows: rows[:0], "[0-9a-f]{64}"),
    ],
)
def test_rows_that_do_not_belong_together_are_refused(
    full: tuple[Namespace, Kept], table: str, rows: Any, why: str
) -> None:
    namespace, whole_rows = full
    other = make(namespace.seed)
    some = whole_rows._replace(rows={**whole_rows.rows, table: rows(whole_rows.rows.get(table, ()))})
    with pytest.raises((ValueError, KeyError), match=why):
        other.executions.take_up(some if table != "configurations" else some._replace(configurations={}))
    assert not [*other.executions]


@pytest.mark.parametrize("agents", [5, [1], [{"name": "boss"}], {}])
def test_a_configuration_that_is_none_is_refused(full: tuple[Namespace, Kept], agents: Any) -> None:
    namespace, whole_rows = full
    wrong = Configuration({"name": "Team", "agents": agents})
    other = make(namespace.seed)
    with pytest.raises((ValueError, TypeError, KeyError)):
        other.executions.take_up(whole_rows._replace(configurations=dict.fromkeys(whole_rows.configurations, wrong)))
