"""Records as rows: what has changed, put together, is all that there is, and comes back in the same order, and goes on the same."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from operator import attrgetter
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from atthene_emulator.configuration.accepted import Acceptance, Configuration
from atthene_emulator.contracts import USUAL
from atthene_emulator.domain.agents import create_agent, delete_agent, update_agent
from atthene_emulator.domain.artifact import NewArtifact
from atthene_emulator.domain.artifacts import keep_artifact
from atthene_emulator.domain.collections import add_files, change_collection, create_collection, delete_collection
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.files import Upload, create_file, delete_file
from atthene_emulator.domain.ingestion import corpus_at_once
from atthene_emulator.domain.knowledge_base_draft import Draft
from atthene_emulator.domain.knowledge_bases import (
    create_knowledge_base,
    delete_knowledge_base,
    update_knowledge_base,
)
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.parts import SavedPart
from atthene_emulator.domain.record_set import DuplicateError, RecordSet
from atthene_emulator.domain.records import KINDS
from atthene_emulator.domain.rows import CONFIGURATIONS, Emptied, Kept, Row, RowChange, as_bytes
from atthene_emulator.domain.run import Run
from atthene_emulator.domain.running import begin, step
from atthene_emulator.domain.runtime import execute
from atthene_emulator.domain.seed import Scenario
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.sessions import create_session, delete_session, give_feedback, list_sessions
from atthene_emulator.domain.transcript import CalledTool, Message, Transcript
from atthene_emulator.errors import ApiError, Damaged, NothingRuns
from atthene_emulator.execution.scripts import read_script
from atthene_emulator.seeds.files import BundledSeeds

DEFAULT = BundledSeeds().seed("default")
SCRIPTS = (
    {"when": {"content": "wait"}, "then": {"reply": "A while", "gate": "door", "stream": {"gate": "gate", "after": 1}}},
    {"when": {"content": "use"}, "then": {"reply": "Used", "tool_calls": [{"name": "pour", "arguments": {"cups": 2}}]}},
)
SEED = DEFAULT._replace(
    history_limit=5, scripts=tuple(read_script(script, number) for number, script in enumerate(SCRIPTS, 1))
)
(PLANTED,) = SEED.sessions
SCENARIO = Scenario(
    "more", sessions=(PLANTED._replace(id="planted", artifacts=()), PLANTED._replace(id=None, artifacts=()))
)
R = TypeVar("R")
Table = dict[tuple[str, str], tuple[int, bytes | None]]


def make(seed: Any = SEED) -> Namespace:
    namespace = Namespace("n", seed, Acceptance(), Options())
    namespace.clock.freeze(1_736_937_000.0)
    return namespace


def sets_of(namespace: Namespace) -> Iterable[RecordSet[Any]]:
    return (getattr(namespace.records, kind.name) for kind in KINDS)


def session_of(namespace: Namespace) -> Session:
    (session,) = namespace.records.sessions
    return session


def say(namespace: Namespace, content: str) -> None:
    asyncio.run(execute(namespace, namespace.accounts[0], session_of(namespace).id, content, inputs={}))


def told(changes: Iterable[RowChange]) -> list[tuple[str, str, bool]]:
    """Rows by table and key, and whether they are there."""
    return [(one.table, one.key, one.value is not None) for one in changes if isinstance(one, Row)]


class Vault:
    """Rows as they are kept, and the configurations that came with them."""

    def __init__(self, first: Iterable[RowChange] = ()) -> None:
        self.rows: Table = {}
        self.configurations: dict[str, Configuration] = {}
        self.save(first)

    def save(self, changes: Iterable[RowChange]) -> None:
        for one in changes:
            if isinstance(one, Emptied):
                self.rows = {key: row for key, row in self.rows.items() if key[0] != one.table}
            elif isinstance(one, Configuration):
                self.configurations[one.digest] = one
            elif one.value is None:
                del self.rows[one.table, one.key]
            else:
                self.rows[one.table, one.key] = one.place, one.value

    def as_rows(self) -> list[Row]:
        return [Row(*key, *row) for key, row in self.rows.items()]

    def kept(self, namespace: Namespace) -> Kept:
        rows: dict[str, list[Row]] = {}
        for row in sorted(self.as_rows(), key=attrgetter("place")):
            rows.setdefault(row.table, []).append(row)
        return Kept(rows, self.configurations, {one.id: one.company for one in namespace.accounts}, namespace.seed)


def taken_up(namespace: Namespace, vault: Vault) -> Namespace:
    """Another namespace that has the records of a vault, and in all else is as this one."""
    other, records = make(namespace.origin), namespace.records
    for name, part in vars(namespace).items():
        if isinstance(part, SavedPart) and part is not records:
            getattr(other, name).restore(part.copy())
    other.records.take_up(vault.kept(namespace))
    return other


def seen(records: RecordSet[Any]) -> Any:
    """All that can be asked of a set: its records in order, and those of each group."""
    kind = records.kind
    keys = dict.fromkeys((name, of(record)) for name, of in kind.indexes.items() for record in records)
    groups = {key: [record.id for record in records.page(*key)] for key in keys if key[1] is not None}
    return [as_bytes(kind.save(record)) for record in records], groups


def weight_of(records: RecordSet[Any]) -> int:
    """What a set weighs without what is read again when it is missing, and with equal configurations once."""
    kind = records.kind
    shared = {one.digest: one.weight for record in records for one in kind.configurations_of(record)}
    return sum(kind.weight(kind.bare(record)) for record in records) + sum(shared.values())


def check_same(namespace: Namespace, other: Namespace) -> None:
    for mine, its in zip(sets_of(namespace), sets_of(other), strict=True):
        assert its.weight == weight_of(mine)
        assert seen(its) == seen(mine)
        assert its.weight == weight_of(its)


class Lives(RuleBasedStateMachine):
    """What is done to a namespace, in any order; its changes are kept now and then, and it goes on from them now and then."""

    number = st.integers(0, 5)

    @initialize()
    def begins(self) -> None:
        self.namespace = make()
        self.states = [self.namespace.copy()]
        self.namespace.records.note_changes()
        self.vault = Vault(self.namespace.records.rows())

    @property
    def account(self) -> Any:
        return self.namespace.accounts[0]

    def on(self, records: Iterable[R], number: int, act: Callable[[R], object]) -> None:
        """Do something to one of the records, if there are any and it may be done."""
        there = [one for one in records if getattr(one, "owner", self.account.id) == self.account.id]
        if there:
            with suppress(ApiError, NothingRuns, DuplicateError):
                act(there[number % len(there)])

    @rule(number=number)
    def a_session_is_made(self, number: int) -> None:
        self.on(self.namespace.records.agents, number, self._session_of)

    def _session_of(self, agent: Any) -> None:
        create_session(self.namespace, self.account, agent.configuration, USUAL, agent)

    @rule(number=number, content=st.sampled_from(("Hello", "use", "Ü\n\x7f")))
    def something_is_said(self, number: int, content: str) -> None:
        def act(one: Session) -> None:
            asyncio.run(execute(self.namespace, self.account, one.id, content, inputs={}))

        self.on(self.namespace.records.sessions, number, act)

    @rule(number=number)
    def an_execution_begins_that_waits(self, number: int) -> None:
        idle = [one for one in self.namespace.records.sessions if one.id not in self.namespace.running]
        self.on(idle, number, lambda one: begin(self.namespace, one, "wait", {}, correlation_id=None, strict=False))

    @precondition(lambda self: self.namespace.running)
    @rule(number=number, is_given_up=st.booleans())
    def an_execution_goes_on(self, number: int, *, is_given_up: bool) -> None:
        runs = [*self.namespace.running.values()]
        run = runs[number % len(runs)]
        if is_given_up:
            self.namespace.give_up(run, NothingRuns())
        else:
            step(self.namespace, run, None)

    @rule(number=number)
    def a_session_is_deleted(self, number: int) -> None:
        self.on(
            self.namespace.records.sessions, number, lambda one: delete_session(self.namespace, self.account, one.id)
        )

    @rule(number=number, rating=number)
    def a_message_is_rated(self, number: int, rating: int) -> None:
        messages = [one for session in self.namespace.records.sessions for one in session.transcript]
        self.on(messages, number, lambda one: give_feedback(self.namespace, self.account, one.id, {"rating": rating}))

    @rule(number=number)
    def a_session_has_an_artifact(self, number: int) -> None:
        new = NewArtifact(f"{number}.md", Content.of(b"# Plan %d" % number))
        self.on(self.namespace.records.sessions, number, lambda one: keep_artifact(self.namespace, one, new))

    @rule(number=number)
    def an_agent_is_made(self, number: int) -> None:
        value = {**SEED.agents[0].configuration.value, "name": f"Agent {number}"}
        configuration = self.namespace.acceptance.accept(value, self.namespace.language())
        with suppress(ApiError):
            create_agent(self.namespace, self.account, configuration)

    @rule(number=number, text=st.sampled_from("ab"))
    def an_agent_is_changed(self, number: int, text: str) -> None:
        def act(one: Any) -> None:
            update_agent(self.namespace, self.account, one.key, {"description": text}, self.namespace.language())

        self.on(self.namespace.records.agents, number, act)

    @rule(number=number)
    def an_agent_is_deleted(self, number: int) -> None:
        self.on(self.namespace.records.agents, number, lambda one: delete_agent(self.namespace, self.account, one.key))

    @rule(number=number)
    def a_file_is_made(self, number: int) -> None:
        with suppress(ApiError):
            create_file(
                self.namespace, self.account, Upload(f"{number}.md", Content.of(b"# File %d" % number), ("new",))
            )

    @rule(number=number)
    def a_file_is_deleted(self, number: int) -> None:
        self.on(self.namespace.records.files, number, lambda one: delete_file(self.namespace, self.account, one.id))

    @rule(number=number)
    def a_file_joins_its_groups_again(self, number: int) -> None:
        files = self.namespace.records.files
        self.on(files, number, lambda one: files.change(one._replace(chosen=None)))

    @rule(number=number)
    def a_collection_is_made(self, number: int) -> None:
        with suppress(ApiError):
            create_collection(self.namespace, self.account, f"Collection {number}", "")

    @rule(number=number, other=number)
    def a_collection_is_changed(self, number: int, other: int) -> None:
        def act(one: Any) -> None:
            add_files(self.namespace, self.account, one.id, [file.id for file in self.namespace.records.files])
            change_collection(self.namespace, self.account, one.id, name=f"Collection {other}")

        self.on(self.namespace.records.collections, number, act)

    @rule(number=number)
    def a_collection_is_deleted(self, number: int) -> None:
        collections = self.namespace.records.collections
        self.on(collections, number, lambda one: delete_collection(self.namespace, self.account, one.id))

    @rule(number=number)
    def a_knowledge_base_is_made_and_read(self, number: int) -> None:
        def act(one: Any) -> None:
            draft = Draft(f"Base {number}", collections=[one.id])
            corpus_at_once(self.namespace, create_knowledge_base(self.namespace, self.account, draft))

        self.on(self.namespace.records.collections, number, act)

    @rule(number=number, other=number)
    def a_knowledge_base_is_changed(self, number: int, other: int) -> None:
        def act(one: Any) -> None:
            update_knowledge_base(self.namespace, self.account, one.id, {"name": f"Base {other}", "progress": other})

        self.on(self.namespace.records.knowledge_bases, number, act)

    @rule(number=number)
    def a_knowledge_base_is_deleted(self, number: int) -> None:
        bases = self.namespace.records.knowledge_bases
        self.on(bases, number, lambda one: delete_knowledge_base(self.namespace, self.account, one.id))

    @rule()
    def it_is_reset(self) -> None:
        self.namespace.reset()
        self.namespace.clock.freeze(1_736_937_000.0)

    @rule()
    def it_is_cleared(self) -> None:
        self.namespace.clear()

    @rule()
    def a_snapshot_is_taken(self) -> None:
        self.states.append(self.namespace.copy())

    @rule(number=number)
    def it_goes_back_to_a_snapshot(self, number: int) -> None:
        self.namespace.restore(self.states[number % len(self.states)])

    @rule()
    def it_is_switched_to_a_scenario(self) -> None:
        self.namespace.scenario.use(SCENARIO, self.namespace.seed)

    @rule()
    def its_changes_are_kept(self) -> None:
        self.vault.save(self.namespace.records.changes())
        assert list(self.namespace.records.changes()) == []

    @rule()
    def it_goes_on_from_what_was_kept(self) -> None:
        self.its_changes_are_kept()
        running = self.namespace.running
        other = taken_up(self.namespace, self.vault)
        other.records.note_changes()
        other.records.catch_up()
        for session, run in running.items():
            kept = other.records.sessions.get(session)
            assert kept is None or kept.stream == run.start.events.end
        self.namespace = other

    def teardown(self) -> None:
        if not hasattr(self, "vault"):
            return
        self.its_changes_are_kept()
        whole = Vault(self.namespace.records.rows())
        assert self.vault.rows == whole.rows
        assert whole.configurations.keys() == {one.digest for one in self.namespace.records.configurations()}
        assert self.vault.configurations.keys() >= whole.configurations.keys()
        other = taken_up(self.namespace, self.vault)
        assert Vault(other.records.rows()).rows == whole.rows
        check_same(self.namespace, other)
        for one in (self.namespace, other):
            one.scenario.reset(one.seed)
            create_session(one, self.account, SEED.agents[0].configuration, USUAL)
            create_file(one, self.account, Upload("last.md", Content.of(b"# Last")))
        check_same(self.namespace, other)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.fixture
def namespace() -> Namespace:
    """One whose changes are wanted."""
    made = make()
    made.records.note_changes()
    return made


def test_nothing_is_noted_until_somebody_asks_for_changes() -> None:
    namespace = make()
    say(namespace, "Hello")
    assert list(namespace.records.changes()) == []
    namespace.records.note_changes()
    assert list(namespace.records.changes()) == []


def test_an_execution_writes_its_session_and_its_messages_however_many_there_are(namespace: Namespace) -> None:
    session = session_of(namespace)
    many = [Message(f"msg_{number}", "user", "Hi", 1.0) for number in range(500)]
    namespace.records.sessions.replace(session._replace(transcript=session.transcript.extended(many)))
    namespace.seed = namespace.seed._replace(history_limit=1000)
    list(namespace.records.changes())
    say(namespace, "Hello")
    assert told(namespace.records.changes()) == [
        ("sessions", session.id, True),
        ("messages", f"{session.id}:502", True),
        ("messages", f"{session.id}:503", True),
    ]


def test_messages_that_leave_a_history_are_gone_and_keep_their_numbers(namespace: Namespace) -> None:
    for _ in range(3):
        say(namespace, "Hello")
    assert [(key.rpartition(":")[2], is_there) for table, key, is_there in told(namespace.records.changes())[1:]] == [
        ("0", False), ("1", False), *((str(number), True) for number in range(3, 8)),
    ]  # fmt: skip
    say(namespace, "Hello")
    assert [(key.rpartition(":")[2], is_there) for table, key, is_there in told(namespace.records.changes())[1:]] == [
        ("3", False), ("4", False), ("8", True), ("9", True),
    ]  # fmt: skip


def test_a_session_that_is_deleted_takes_its_messages_along(namespace: Namespace) -> None:
    session = session_of(namespace)
    delete_session(namespace, namespace.accounts[0], session.id)
    assert [one for one in told(namespace.records.changes()) if one[0] in {"sessions", "messages"}] == [
        ("sessions", session.id, False),
        ("messages", f"{session.id}:0", False),
        ("messages", f"{session.id}:1", False),
    ]


@pytest.mark.parametrize("said", [(), ("New",), ("New", "and", "longer")])
@pytest.mark.parametrize("limit", [0, 1, 2, 100])
def test_a_session_that_is_made_anew_has_none_of_the_old_messages(
    namespace: Namespace, said: tuple[str, ...], limit: int
) -> None:
    namespace.seed = namespace.seed._replace(history_limit=limit)
    say(namespace, "Hello")
    list(namespace.records.changes())
    vault = Vault(namespace.records.rows())
    session = session_of(namespace)
    namespace.records.sessions.remove(session.id)
    messages = [Message(f"msg_{text}", "user", text, 1.0) for text in said]
    namespace.records.sessions.add(session._replace(transcript=Transcript().extended(messages)))
    vault.save(namespace.records.changes())
    assert vault.rows == Vault(namespace.records.rows()).rows
    assert [one.content for one in session_of(taken_up(namespace, vault)).transcript] == [*said]


def shown_names(namespace: Namespace) -> list[str]:
    return [file.name for file in namespace.records.files.page("shown", "user_123")]


def hide_and_show(namespace: Namespace, name: str) -> None:
    """Let a file leave a group, and join it again as its newest."""
    files = namespace.records.files
    (file,) = (one for one in files if one.name == name)
    files.change(file._replace(chosen="deleted"))
    files.change(file)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_group_that_was_joined_in_another_order_keeps_it(*, wanted: bool) -> None:
    namespace = make()
    if wanted:
        namespace.records.note_changes()
    vault = Vault(namespace.records.rows())
    for _ in range(3):
        hide_and_show(namespace, "product_manual.md")
    if wanted:
        vault.save(namespace.records.changes())
    else:
        vault = Vault(namespace.records.rows())
    assert Vault(namespace.records.rows()).rows == vault.rows
    other = taken_up(namespace, vault)
    assert shown_names(other) == shown_names(namespace) == ["faq.txt", "product_manual.md"]
    other.records.note_changes()
    vault = Vault(other.records.rows())
    create_file(other, other.accounts[0], Upload("new.md", Content.of(b"# New")))
    hide_and_show(other, "faq.txt")
    vault.save(other.records.changes())
    again = taken_up(other, vault)
    assert shown_names(again) == shown_names(other) == ["product_manual.md", "new.md", "faq.txt"]


def test_a_record_that_is_made_anew_has_a_new_place(namespace: Namespace) -> None:
    vault = Vault(namespace.records.rows())
    hide_and_show(namespace, "product_manual.md")
    (file, *_) = namespace.records.files
    hide_and_show(namespace, "faq.txt")
    namespace.records.files.remove(file.id)
    namespace.records.files.add(file)
    vault.save(namespace.records.changes())
    other = taken_up(namespace, vault)
    assert shown_names(other) == shown_names(namespace) == ["faq.txt", "product_manual.md"]
    assert [one.name for one in other.records.files] == ["faq.txt", "product_manual.md"]


def test_what_came_and_went_between_two_times_is_not_told(namespace: Namespace) -> None:
    session = create_session(namespace, namespace.accounts[0], SEED.agents[0].configuration, USUAL)
    delete_session(namespace, namespace.accounts[0], session.id)
    assert list(namespace.records.changes()) == []


def test_after_a_reset_tables_are_emptied_before_their_new_rows(namespace: Namespace) -> None:
    say(namespace, "Hello")
    namespace.records.reset(SEED)
    changes = [*namespace.records.changes()]
    emptied = [one.table for one in changes if isinstance(one, Emptied)]
    assert set(emptied) == {"agents", "sessions", "messages", "files", "collections", "knowledge_bases", "artifacts"}
    assert all(table in emptied[: emptied.index(table) + 1] for table, _, _ in told(changes))
    assert Vault(changes).rows == Vault(namespace.records.rows()).rows


def test_messages_come_back_as_they_were(namespace: Namespace) -> None:
    messages = [
        Message("msg_1", "user", ({"type": "text", "text": "Ü"}, {"type": "image", "url": "x"}), 1.5),
        Message("msg_2", "assistant", "Done\n", 2.25, "writer", (CalledTool("call_1", "pour", {"cups": 2}, [1]),)),
        Message("msg_3", "assistant", "{}", 3.0, "writer", structured=True, thinking="Hm."),
    ]
    session = session_of(namespace)
    transcript = Transcript().extended(messages)
    namespace.records.sessions.replace(session._replace(transcript=transcript))
    came = session_of(taken_up(namespace, Vault(namespace.records.rows()))).transcript
    assert list(came) == messages
    assert (came.characters, came.weight, came.numbers) == (transcript.characters, transcript.weight, range(3))


def test_who_goes_on_with_a_running_session_numbers_nothing_again_and_who_copies_it_has_what_was(
    namespace: Namespace,
) -> None:
    session = session_of(namespace)
    vault = Vault(namespace.records.rows())
    run = begin(namespace, session, "wait", {}, correlation_id=None, strict=False)
    assert isinstance(run, Run)
    marks = [session.stream]
    for _ in range(2):
        vault.save(namespace.records.changes())
        other, fork = taken_up(namespace, vault), make()
        fork.restore(other.copy())
        fork.records.catch_up()
        assert session_of(fork).stream == session_of(other).stream == session.stream
        assert Vault(other.records.rows()).rows == vault.rows
        other.records.note_changes()
        other.records.catch_up()
        assert session_of(other).stream == run.start.events.end
        assert session_of(other).transcript.numbers == session.transcript.numbers
        kept = Vault((*vault.configurations.values(), *vault.as_rows()))
        kept.save(other.records.changes())
        assert session_of(taken_up(namespace, kept)).stream == run.start.events.end
        marks.append(session_of(other).stream)
        assert list(namespace.records.changes()) == []
        step(namespace, run, None)
    assert marks == sorted(set(marks))


def lines_of(vault: Vault, key: tuple[str, str]) -> tuple[int, list[bytes]]:
    place, value = vault.rows[key]
    return place, (value or b"").split(b"\n")


def test_only_those_sessions_are_read_that_are_asked_for(namespace: Namespace) -> None:
    configuration = SEED.agents[0].configuration
    newest = [create_session(namespace, namespace.accounts[0], configuration, USUAL) for _ in range(3)][-1]
    vault = Vault(namespace.records.rows())
    for key in list(vault.rows):
        if key[0] == "sessions" and key[1] != newest.id:
            place, lines = lines_of(vault, key)
            vault.rows[key] = place, b"\n".join([*lines[:2], b"damaged"])
    other = taken_up(namespace, vault)
    assert [one.id for one in list_sessions(other, other.accounts[0], limit=1)] == [newest.id]
    assert other.records.weight == namespace.records.weight
    with pytest.raises(Damaged, match="Expecting"):
        list_sessions(other, other.accounts[0])


@pytest.mark.parametrize(
    ("table", "line", "value"),
    [
        ("sessions", 0, b"[heavy"),
        ("sessions", 1, b",[[],[],null]"),
        ("sessions", 1, b',[["unknown"],["user_123",null],null]'),
        ("sessions", 1, b",7"),
        ("agents", 1, b",["),
        ("files", 0, b""),
    ],
)
def test_damaged_rows_are_refused(namespace: Namespace, table: str, line: int, value: bytes) -> None:
    vault = Vault(namespace.records.rows())
    key = next(key for key in vault.rows if key[0] == table)
    place, lines = lines_of(vault, key)
    lines[line] = value
    vault.rows[key] = place, b"\n".join(lines)
    with pytest.raises((ValueError, TypeError, KeyError)):
        taken_up(namespace, vault)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (("sessions", "session_abc123"), b"[1\n,2\n,{}]"),
        (("sessions", "session_abc123"), b"[1\n,2\n,[1,2]]"),
        (("messages", "session_abc123:1"), b"{"),
        (("messages", "session_abc123:1"), b"7"),
        (("messages", "session_abc123:1"), None),
    ],
)
def test_damage_behind_the_head_is_found_when_a_record_is_read(
    namespace: Namespace, key: tuple[str, str], value: bytes | None
) -> None:
    begin(namespace, session_of(namespace), "wait", {}, correlation_id=None, strict=False)
    vault = Vault(namespace.records.rows())
    place, lines = lines_of(vault, key)
    if value is None:
        del vault.rows[key]
    else:
        vault.rows[key] = place, b"\n".join([*lines[:-1], value.split(b"\n")[-1]])
    other = taken_up(namespace, vault)
    other.records.catch_up()
    with pytest.raises(Damaged):
        session_of(other)


def test_a_copy_has_records_that_were_not_read_and_reads_its_own(namespace: Namespace) -> None:
    other = taken_up(namespace, Vault(namespace.records.rows()))
    state = other.records.copy()
    mine = session_of(other)
    other.records.restore(state)
    again = session_of(other)
    assert [*again.transcript] == [*mine.transcript]
    assert again._replace(transcript=mine.transcript) == mine


def test_configurations_that_nothing_names_any_longer_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    namespace = make()
    monkeypatch.setattr(namespace, "_parts", (namespace.records,))  # the others name none
    namespace.note_changes()
    account, language = namespace.accounts[0], namespace.language()
    value = SEED.agents[0].configuration.value
    kept = {one.digest for one in namespace.records.configurations()}
    sizes = []
    for number in range(200):
        configuration = namespace.acceptance.accept({**value, "description": f"{number}"}, language)
        session = create_session(namespace, account, configuration, USUAL)
        for table, key, is_there in told(namespace.changes().rows):
            if table == CONFIGURATIONS:
                (kept.add if is_there else kept.remove)(key)
        assert configuration.digest in kept
        delete_session(namespace, account, session.id)
        sizes.append(len(kept))
    assert max(sizes) < 80
    assert {one.digest for one in namespace.records.configurations()} <= kept
