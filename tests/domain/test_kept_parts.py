"""What parts tell of their changes is all that they are, and a part that takes it up goes on as the one that told it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atthene_emulator.configuration.accepted import Acceptance, Configuration
from atthene_emulator.domain import journal
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.content_store import ContentStore
from atthene_emulator.domain.coverage import Coverage
from atthene_emulator.domain.feed import EventSource, Feed
from atthene_emulator.domain.journal import Entry, Journal
from atthene_emulator.domain.limiter import Limiter
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.parts import Part
from atthene_emulator.domain.rate_limit import RateLimit
from atthene_emulator.domain.rows import Emptied, Kept, Row
from atthene_emulator.domain.scripts import Scripts
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.snapshot import Snapshots
from atthene_emulator.domain.snapshots import restore_snapshot, take_snapshot
from atthene_emulator.execution.scripts import Moment, read_script
from atthene_emulator.limits import BUCKETS, CHANGES
from atthene_emulator.seeds.files import BundledSeeds
from tests.execution.walking import walked

Rows = dict[tuple[str, str], Row]

SEED = BundledSeeds().seed("default")
OTHER = Seed(sources=("other",))
CONFIGURATIONS = [Configuration({"name": f"A{number}", "agent_type": "llm_agent"}) for number in range(4)]
OUTCOME = walked("{name: A, agent_type: llm_agent}")
LIMIT = RateLimit(3, 10.0)
SEEDED = (read_script({"name": "seeded", "then": {"reply": "S"}, "when": {"agent": "seeded"}}, 1),)
EVERY_BYTE = bytes(range(256))


class Kind(NamedTuple):
    """A part, or parts that belong together.

    Attributes:
        make: new ones.
        steps: what is done with them, by a number from 0 to 4.
        shown: what they answer.
        is_alone: nothing but they themselves says what comes next.
    """

    make: Callable[[], Sequence[Any]]
    steps: Sequence[Callable[..., object]]
    shown: Callable[..., object]
    is_alone: bool = True


# The journal, and the feed of it.


def entry(number: int, **more: Any) -> Entry:
    made = Entry(
        f"req_{number:06d}", 1.5, "agents.list", "GET", "/é", "a=1", EVERY_BYTE, EVERY_BYTE, 200, b"", 0.25, "ok", None,
        ("one",), "decided", ("F1",), delivered=True, unread=("x",), fault="503", hidden=True,
    )  # fmt: skip
    return made._replace(**more)


def feed() -> tuple[Journal, Feed]:
    journal = Journal(max_entries=4)
    return journal, Feed(journal, EventSource("n"))


def ask(journal: Journal, _: Feed, number: int) -> None:
    journal.add(entry(0, id=journal.next_id(), response=b"x" * number))


def amend(journal: Journal, _: Feed, number: int) -> None:
    journal.amend(entry(max(1, journal.last - number), delivered=False, response=b"longer than before"))


def told(journal: Journal, feed: Feed) -> object:
    return (
        journal.last,
        journal.added,
        journal.dropped,
        journal.weight,
        [*journal],
        feed.last,
        feed.since(0),
        feed.since(3),
    )


FEED = Kind(
    feed,
    [
        ask,
        amend,
        lambda journal, _feed, _number: journal.next_id(),
        lambda _journal, feed, number: feed.note("control", 2.5, {"path": "/", "status": number}),
        lambda journal, feed, _number: [part.reset(SEED) for part in (journal, feed)],
    ],
    told,
)

# Coverage, contents, the rate limit.

COVERAGE = Kind(
    lambda: (Coverage(most=3, max_bytes=2 * CONFIGURATIONS[0].weight),),
    [
        lambda coverage, number: coverage.count(CONFIGURATIONS[number % 4], OUTCOME),
        lambda coverage, _number: coverage.count(CONFIGURATIONS[0], OUTCOME),
        lambda coverage, _number: coverage.reset(SEED),
    ],
    lambda coverage: (coverage.dropped, [*coverage.all()]),
)
CONTENTS = Kind(
    lambda: (ContentStore(most=600),),
    [
        lambda store, number: store.add(Content.of(EVERY_BYTE[: 50 * number])),
        lambda store, number: store.add(Content.of(EVERY_BYTE[::-1][: 50 * number])),
        lambda store, _number: store.add(Content.of(EVERY_BYTE * 3)),
        lambda store, number: store.drop(Content.of(EVERY_BYTE[: 50 * number]).digest),
        lambda store, _number: store.restore({**store.copy(), **dict.fromkeys(store.copy(), Content.of(b"one"))}),
        lambda store, _number: store.reset(SEED),
    ],
    lambda store: (store.save(), store.weight, store.dropped),
)
LIMITER = Kind(
    lambda: (Limiter(LIMIT),),
    [
        lambda limiter, number: limiter.take(LIMIT, f"key{number}", 100.0 + number),
        lambda limiter, _number: limiter.take(LIMIT, "key0", 100.0),
        lambda limiter, number: limiter.set(LIMIT if number else None),
        lambda limiter, number: limiter.restore((LIMIT, {f"key{number}": (1.0, 90.0), "key0": (0.5, 90.0)})),
        lambda limiter, _number: limiter.reset(SEED),
    ],
    lambda limiter: (limiter.copy(), [limiter.take(LIMIT, f"key{number}", 105.0) for number in range(5)]),
)

# Scripts: those that are added answer the agent of their name.


def add_scripts(scripts: Scripts, number: int) -> None:
    then = [{"reply": "A"}, {"reply": "B"}]
    scripts.add([read_script({"name": f"s{number}", "when": {"agent": f"s{number}"}, "then": then}, 1)])


def use_scenario(scripts: Scripts, number: int) -> None:
    scripts.set_scenario([read_script({"name": "scenario", "then": {}}, 1)] if number > 2 else ())


def answer(scripts: Scripts, number: int) -> list[str]:
    matched: list[str] = []
    for agent in (f"s{number}", "seeded"):
        scripts.choose(Moment(agent, None, "x", 1, "Hi", {}, has_image=False), {}, matched)
    return matched


def run(scripts: Scripts, number: int) -> None:
    """Begin an execution that runs on, or end the one that began first."""
    running = scripts.__dict__.setdefault("running", [])
    if number > 2 or not running:
        running.append(answer(scripts, number))
        scripts.lend(running[-1])
    elif number == 2:
        scripts.give_back(running.pop(0))
    else:
        scripts.keep(running.pop(0))


def settle(scripts: Scripts) -> object:
    """End what runs, and show the scripts."""
    for matched in scripts.__dict__.pop("running", []):
        scripts.give_back(matched)
    return scripts.save(), scripts.next_number, [answer(scripts, number) for number in range(5)]


SCRIPTS = Kind(
    lambda: (Scripts(SEEDED),),
    [
        add_scripts,
        answer,
        answer,
        run,
        use_scenario,
        lambda scripts, number: number or scripts.drop_added(),
        lambda scripts, number: number or scripts.clear(),
        lambda scripts, number: number or scripts.reset(Seed(scripts=SEEDED)),
        lambda scripts, _number: scripts.restore(scripts.copy()),
    ],
    settle,
)

# Snapshots of a whole namespace, which is not kept itself.


def snapshots() -> tuple[Snapshots]:
    namespace = Namespace("n", SEED, Acceptance(), Options())
    vars(namespace.snapshots)["of"] = namespace
    return (namespace.snapshots,)


def on_namespace(act: Callable[[Namespace, int], object]) -> Callable[[Snapshots, int], object]:
    return lambda snapshots, number: act(vars(snapshots)["of"], number)


def go_back(namespace: Namespace, number: int) -> None:
    for one in [*namespace.snapshots][number : number + 1]:
        restore_snapshot(namespace, one.name)


def drop(namespace: Namespace, number: int) -> None:
    for one in [*namespace.snapshots][number : number + 1]:
        namespace.snapshots.drop(one.name)


def documents(snapshots: Snapshots) -> object:
    namespace, shown = vars(snapshots)["of"], []
    for one in snapshots:
        namespace.restore(one.state)
        assert one.contents == namespace.contents.copy()
        shown.append((*one[:2], *one[3:6], namespace.save()))
    return shown, snapshots.free_name()


SNAPSHOTS = Kind(
    snapshots,
    [
        on_namespace(lambda namespace, number: take_snapshot(namespace, f"s{number}")),
        on_namespace(lambda namespace, _number: take_snapshot(namespace, None)),
        on_namespace(lambda namespace, number: namespace.contents.add(Content.of(EVERY_BYTE[:number]))),
        on_namespace(lambda namespace, number: namespace.gates.open(f"gate{number}")),
        on_namespace(go_back),
        on_namespace(drop),
        on_namespace(lambda namespace, number: number or namespace.snapshots.reset(SEED)),
    ],
    documents,
    is_alone=False,
)

KINDS = {
    "feed": FEED,
    "coverage": COVERAGE,
    "contents": CONTENTS,
    "limiter": LIMITER,
    "scripts": SCRIPTS,
    "snapshots": SNAPSHOTS,
}
EACH = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
did = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4), st.booleans()), max_size=30)


def rows_of(parts: Iterable[Part]) -> Rows:
    return {(row.table, row.key): row for part in parts for row in part.rows() if isinstance(row, Row)}


def in_order(parts: Iterable[Part]) -> list[tuple[str, str, bytes | None]]:
    """Rows without their places."""
    rows = sorted(rows_of(parts).values(), key=lambda row: (row.table, row.place, row.key))
    return [(row.table, row.key, row.value) for row in rows]


def keep(kept: Rows, parts: Iterable[Part]) -> None:
    """Change what was kept as the parts tell."""
    for part in parts:
        told = [*part.changes()]
        named = {one.digest for one in told if isinstance(one, Configuration)}
        for one in told:
            if isinstance(one, Emptied):
                for place in [place for place in kept if place[0] == one.table]:
                    del kept[place]
            elif isinstance(one, Row) and one.value is None:
                kept.pop((one.table, one.key), None)
            elif isinstance(one, Row):
                assert one.table in part.tables
                assert one.table != "coverage" or one.key in named
                kept[one.table, one.key] = one


def taken_up(kind: Kind, kept: Rows, seed: Seed = SEED) -> Sequence[Any]:
    """New parts that go on from what was kept."""
    tables: dict[str, list[Row]] = {}
    for row in sorted(kept.values(), key=lambda row: row.place):
        tables.setdefault(row.table, []).append(row)
    parts = kind.make()
    for part in parts:
        part.take_up(Kept(tables, {one.digest: one for one in CONFIGURATIONS}, {}, seed))
    return parts


def played(kind: Kind, parts: Sequence[Any], steps: Iterable[tuple[int, int, bool]], kept: Rows) -> None:
    """Do with parts what the steps say, and keep what they tell whenever they are asked."""
    for choice, number, is_asked in steps:
        kind.steps[choice % len(kind.steps)](*parts, number)
        if is_asked:
            keep(kept, parts)
    keep(kept, parts)


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "steady", lambda: 1.0)


@EACH
@settings(max_examples=40)
@given(before=did, steps=did, more=did)
def test_what_parts_tell_is_what_they_are_and_others_go_on_from_it(
    kind: Kind,
    before: list[tuple[int, int, bool]],
    steps: list[tuple[int, int, bool]],
    more: list[tuple[int, int, bool]],
) -> None:
    parts = kind.make()
    played(kind, parts, before, {})
    for part in parts:
        part.note_changes()
    kept = rows_of(parts)
    played(kind, parts, steps, kept)
    assert kept == rows_of(parts)
    assert [change for part in parts for change in part.changes()] == []
    if kind is SCRIPTS:
        settle(*parts)
        keep(kept, parts)
    others = taken_up(kind, kept)
    assert rows_of(others) == kept
    if kind.is_alone:
        played(kind, parts, more, {})
        played(kind, others, more, {})
        assert in_order(others) == in_order(parts)
    assert kind.shown(*others) == kind.shown(*parts)


# By example: what is large, what is bounded elsewhere, and what is damaged.


def restarted(part: Any, made: Any, seed: Seed = SEED) -> Any:
    """A new part that goes on from what another is."""
    return taken_up(Kind(lambda: (made,), (), str), rows_of([part]), seed)[0]


def lost(part: Part) -> list[tuple[str, str]]:
    """What the part tells is gone."""
    return [(one.table, one.key) for one in part.changes() if isinstance(one, Row) and one.value is None]


def test_no_two_parts_have_a_table_of_the_same_name() -> None:
    parts = [part for part in vars(Namespace("n", SEED, Acceptance(), Options())).values() if isinstance(part, Part)]
    tables = [table for part in parts for table in part.tables]
    assert len(tables) == len({*tables, "configurations", "started"}) - 2


def test_what_was_there_before_somebody_asks_is_not_told() -> None:
    for kind in KINDS.values():
        parts = kind.make()
        played(kind, parts, [(choice, 0, False) for choice in range(9)], {})
        before = rows_of(parts)
        for part in parts:
            part.note_changes()
        assert [change for part in parts for change in part.changes()] == []
        assert rows_of(parts) == before


def test_a_request_writes_its_entry_and_what_is_counted_and_nothing_else() -> None:
    (log, events) = feed()
    for _ in range(3):
        ask(log, events, 0)
    log.note_changes()
    ask(log, events, 0)
    assert [(one.table, one.key) for one in log.changes()] == [("journal_counts", ""), ("journal", "req_000004")]


def test_entries_of_several_journals_come_in_the_same_order_after_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    journals, moments = (Journal(), Journal()), (1.0, 2.5, 2.75, 4.0)
    for number, moment in enumerate(moments):
        monkeypatch.setattr(journal, "steady", lambda moment=moment: moment)
        journals[number % 2].add(entry(number))
    kept = [rows_of([one]) for one in journals]
    monkeypatch.setattr(journal, "STEADY_ZERO", journal.STEADY_ZERO + 100)  # the machine was started again
    others = [taken_up(Kind(lambda: (Journal(),), (), str), rows)[0] for rows in kept]
    timed = sorted((at, one.id) for other in others for at, one in other.timed())
    assert [name for _, name in timed] == ["req_000000", "req_000001", "req_000002", "req_000003"]
    assert [at for at, _ in timed] == pytest.approx([moment - 100 for moment in moments], abs=1e-5)


def test_a_reader_goes_on_after_a_restart_where_it_was() -> None:
    log, events = feed()
    for number in range(3):
        ask(log, events, number)
        events.note("control", 2.5, {"number": number})
    other = Journal(max_entries=4)
    again = Feed(other, EventSource("n"))
    taken_up(Kind(lambda: (other, again), (), str), rows_of((log, events)))
    assert again.last == events.last == 6
    assert again.since(3) == events.since(3)
    again.note("session", 3.0, {})
    assert [event.number for event in again.since(6)[1]] == [7]


def test_changes_that_are_forgotten_are_told() -> None:
    _, events = feed()
    for _ in range(CHANGES.most):
        events.note("control", 2.5, {})
    events.note_changes()
    events.note("control", 2.5, {})
    assert [(one.key, one.value is None) for one in events.changes()] == [("1", True), (str(CHANGES.most + 1), False)]
    assert restarted(events, Feed(Journal(), EventSource("n"))).since(0) == events.since(0)


def test_buckets_that_are_forgotten_are_told() -> None:
    limiter = Limiter(LIMIT)
    for number in range(BUCKETS.most):
        limiter.take(LIMIT, str(number), 1.0)
    limiter.note_changes()
    limiter.take(LIMIT, "one more", 1.0)
    assert lost(limiter) == [("buckets", "0")]


def test_an_emulator_that_keeps_fewer_entries_tells_which_leave_with_the_next_one() -> None:
    log, _ = feed()
    for _ in range(4):
        log.add(entry(0, id=log.next_id()))
    other = restarted(log, Journal(max_entries=2))
    other.note_changes()
    other.add(entry(5))
    assert lost(other) == [("journal", f"req_{number:06d}") for number in (1, 2, 3)]
    assert (len(other), other.dropped) == (2, 3)


def test_an_emulator_that_keeps_fewer_bytes_tells_which_leave_with_the_next_ones() -> None:
    store, contents = ContentStore(), [Content.of(bytes([number]) * 100) for number in range(4)]
    for one in contents[:3]:
        store.add(one)
    other = restarted(store, ContentStore(most=200))
    other.note_changes()
    other.add(contents[3])
    assert lost(other) == [("contents", one.digest) for one in contents[:2]]
    assert (other.weight, other.dropped) == (200, 2)


def test_a_limit_that_was_not_kept_is_none() -> None:
    assert restarted(Limiter(LIMIT), Limiter()).limit == LIMIT
    limiter = Limiter(LIMIT)
    limiter.take(LIMIT, "key", 1.0)
    limiter.take_up(Kept({}, {}, {}, SEED))
    assert limiter.copy() == (None, {})


def test_what_is_known_of_a_script_that_is_gone_is_gone_with_it() -> None:
    scripts = Scripts()
    add_scripts(scripts, 0)
    answer(scripts, 0)
    scripts.note_changes()
    scripts.drop("s0")
    assert lost(scripts) == [("script_hits", "s0@1")]


def test_bytes_are_kept_as_they_are() -> None:
    store = ContentStore()
    store.add(Content.of(EVERY_BYTE))
    assert rows_of([store])["contents", Content.of(EVERY_BYTE).digest].value == EVERY_BYTE


def test_of_a_scripts_match_no_script_is_written() -> None:
    scripts = Scripts(SEEDED)
    scripts.note_changes()
    answer(scripts, 0)
    assert [*scripts.changes()] == [Row("script_hits", "seeded", 0, b"1")]


def test_matches_of_an_execution_that_runs_are_told_when_it_ends() -> None:
    scripts = Scripts(SEEDED)
    scripts.note_changes()
    matched = answer(scripts, 0)
    scripts.lend(matched)
    assert [one.value for one in scripts.changes() if isinstance(one, Row)] == [None]
    scripts.keep(matched)
    assert [*scripts.changes()] == [Row("script_hits", "seeded", 0, b"1")]


def test_what_several_snapshots_share_is_kept_once() -> None:
    (kept,) = snapshots()
    namespace = vars(kept)["of"]
    content = ("snapshot_contents", namespace.contents.add(Content.of(EVERY_BYTE)).digest)
    kept.note_changes()
    told = []
    for name in ("one", "two"):
        take_snapshot(namespace, name)
        told.append([(one.table, one.key) for one in kept.changes() if isinstance(one, Row)])
    assert content in told[0]
    assert told[1] == [("snapshots", "two")]
    kept.drop("one")
    assert lost(kept) == [("snapshots", "one")]
    kept.drop("two")
    assert content in lost(kept)


def test_a_snapshot_goes_back_to_the_seed_that_it_was_taken_of() -> None:
    (kept,) = snapshots()
    namespace = vars(kept)["of"]
    namespace.reset(seed=SEED._replace(history_limit=7, sources=("other",)))
    take_snapshot(namespace, "other")
    tables = {"snapshots": [row for row in kept.rows() if row.table == "snapshots"]}
    read = {("other",): SEED._replace(history_limit=7, sources=("other",))}
    contents = [row for row in kept.rows() if row.table == "snapshot_contents"]
    again = Namespace("n", SEED, Acceptance(), Options())
    everything = Kept({**tables, "snapshot_contents": contents}, {}, {}, SEED, lambda sources: read[tuple(sources)])
    again.snapshots.take_up(everything)
    restore_snapshot(again, "other")
    assert again.seed.history_limit == 7
    with pytest.raises(ValueError, match="the snapshot other was taken of another seed"):
        again.snapshots.take_up(everything._replace(read_sources=None))


DAMAGED = [b"", b"{", b"\xff", b"5", b"null", b"[1]", b'"abc"', b"[[1]]"]
WITH_ROWS = {
    "feed": [(0, 0, False), (3, 0, False)],
    "coverage": [(0, 0, False)],
    "contents": [(0, 1, False)],
    "limiter": [(0, 0, False)],
    "scripts": [(0, 0, False), (1, 0, False)],
    "snapshots": [(0, 0, False)],
}
SOUND = {("coverage_counts", b"[1]"), ("content_counts", b"[1]"), ("script_counts", b"[1]"), ("snapshot_counts", b"[1]"),
         ("script_hits", b"5")}  # fmt: skip


@pytest.mark.parametrize("value", DAMAGED)
@pytest.mark.parametrize("name", KINDS)
def test_damaged_rows_are_refused(name: str, value: bytes) -> None:
    kind = KINDS[name]
    parts = kind.make()
    played(kind, parts, WITH_ROWS[name], {})
    kept = rows_of(parts)
    assert {table for table, _ in kept} == {table for part in parts for table in part.tables}
    for place, row in kept.items():
        if (row.table, value) not in SOUND:
            with pytest.raises((ValueError, TypeError, KeyError)):
                taken_up(kind, {**kept, place: row._replace(value=value)})
