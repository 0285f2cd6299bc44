"""Which fault strikes a request, how they count, and the short form that a request brings along."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from atthene_emulator.domain.fault import Fault, Range, parse_fault, read_fault
from atthene_emulator.domain.faults import Chance, Faults, Tally
from atthene_emulator.errors import EmulatorRefusal, Misuse
from atthene_emulator.seeds.faults import read_faults
from atthene_emulator.web.socket.codes import ERRORS


def never(_: str, __: int) -> float:
    return 1.0


def faults_of(faults: Sequence[Fault], chance: Chance) -> Faults:
    """The faults of a namespace that has just these."""
    made = Faults(chance)
    made.use(faults)
    return made


def struck(faults: Faults, count: int, operation: str = "agents.list", session: str | None = None) -> list[str | None]:
    """The ids of the faults that strike so many requests."""
    chosen = [faults.choose(operation, session) for _ in range(count)]
    return [fault.id if fault else None for fault in chosen]


@pytest.mark.parametrize(
    ("pattern", "operation", "expected"),
    [
        ("*", "agents.list", True),
        ("agents.*", "agents.list", True),
        ("agents.*", "sessions.list", False),
        ("agents.list", "agents.list", True),
        ("agents.list", "agents.get", False),
        ("sessions.start", "sessions.start", True),
        ("sessions.start", "sessions.start_by_key", False),
        ("sessions.delete", "sessions.delete_of_agent", False),
        ("*", "socket.user_message", True),
        ("socket.*", "socket.user_message", True),
        ("socket.*", "socket.open", True),
        ("socket.*", "sessions.list", False),
        ("socket.connect", "socket.connect", True),
        ("socket.connect", "socket.reconnect", False),
    ],
)
def test_a_pattern_is_a_name_a_group_or_everything(pattern: str, operation: str, *, expected: bool) -> None:
    assert Fault("one", "drop", operation=pattern).is_about(operation, None) is expected


@pytest.mark.parametrize(("session", "expected"), [("a", True), ("b", False), (None, False)])
def test_a_fault_of_a_session_is_about_that_alone(session: str | None, *, expected: bool) -> None:
    assert Fault("one", "drop", session="a").is_about("runtime.execute", session) is expected


@pytest.mark.parametrize(
    ("entry", "requests", "sockets"),
    [
        ({"kind": "drop"}, True, True),
        ({"kind": "malformed"}, True, True),
        ({"kind": "hang"}, True, True),
        ({"delay_ms": 5}, True, True),
        ({"kind": "drop", "after_events": 0}, True, True),
        ({"kind": "drop", "cors": True}, True, True),
        ({"status": 429}, True, False),
        ({"kind": "reset"}, True, False),
        ({"kind": "garbage"}, True, False),
        ({"kind": "truncate"}, True, False),
        ({"kind": "drop", "cors": False}, True, False),
        ({"error_code": "execution_error"}, False, True),
        ({"close": 4003}, False, True),
        ({"kind": "gap"}, False, True),
        ({"kind": "duplicate"}, False, True),
        ({"kind": "reorder"}, False, True),
        ({"kind": "drop", "after_events": 1}, False, True),
        ({"delay_ms": 5, "after_events": 1}, False, True),
    ],
    ids=str,
)
def test_a_fault_on_everything_strikes_what_its_parts_are_of(
    entry: Mapping[str, Any], *, requests: bool, sockets: bool
) -> None:
    (fault,) = read_faults([entry], 1)
    assert (fault.is_for_http, fault.is_for_sockets) == (requests, sockets)
    assert (fault.is_about("agents.list", None), fault.is_about("socket.connect", None)) == (requests, sockets)


@pytest.mark.parametrize(
    ("entry", "field", "message"),
    [
        (
            {"kind": "gap", "operation": "agents.list"},
            "kind",
            "kind gap is of sockets, and agents.list of requests; name another operation, or take kind gap out.",
        ),
        (
            {"error_code": "not_subscribed", "operation": "runtime.*"},
            "error_code",
            "error_code is of sockets, and runtime.* of requests; name another operation, or take error_code out.",
        ),
        (
            {"kind": "drop", "after_events": 3, "operation": "runtime.execute"},
            "after_events",
            "after_events is of sockets, and runtime.execute of requests; name another operation, or take after_events out.",
        ),
        (
            {"status": 503, "operation": "socket.user_message"},
            "status",
            "status is of requests, and socket.user_message of sockets; name another operation, or write error_code in its place.",
        ),
        (
            {"kind": "truncate", "operation": "socket.*"},
            "kind",
            "kind truncate is of requests, and socket.* of sockets; name another operation, or take kind truncate out.",
        ),
        (
            {"kind": "drop", "cors": False, "operation": "socket.*"},
            "cors",
            "cors is of requests, and socket.* of sockets; name another operation, or take cors out.",
        ),
        (
            {"kind": "garbage", "after_events": 3},
            "after_events",
            "kind garbage is of requests, and after_events of sockets; make two faults of them.",
        ),
        ({"error_code": "execution_error", "status": 500}, "status", "status does not belong here; take it out."),
        ({"close": 4003, "error_code": "execution_error"}, "close", "close does not belong here; take it out."),
        ({"kind": "gap", "close": 4003}, "close", "close does not belong here; take it out."),
        (
            {"kind": "gap", "error_code": "not_subscribed"},
            "error_code",
            "error_code does not belong here; take it out.",
        ),
        ({"kind": "close"}, "close", "close is required."),
        (
            {"close": 1006},
            "close",
            "No socket may be closed with 1006; choose 1000 to 1003, 1007 to 1014, or 3000 to 4999.",
        ),
        ({"close": 999}, "close", "close must be at least 1000, not 999."),
        ({"clos": 4003, "kind": "drop"}, "clos", "clos is not known here; did you mean close?"),
        (
            {"kind": "drop", "operation": "socket.user_mesage"},
            "operation",
            'operation must be one of 78 names, not "socket.user_mesage"; did you mean socket.user_message?',
        ),
    ],
)
def test_what_no_socket_and_no_request_has_is_refused(entry: Mapping[str, Any], field: str, message: str) -> None:
    with pytest.raises(Misuse) as refused:
        read_faults([entry], 1)
    assert [(one.field, one.message) for one in refused.value.problems] == [(f"faults.0.{field}", message)]


def test_a_code_that_is_misspelt_hears_the_near_one() -> None:
    with pytest.raises(Misuse) as refused:
        read_faults([{"error_code": "exection_error"}], 1)
    assert refused.value.problems[0].message.endswith('not "exection_error"; did you mean execution_error?')


@pytest.mark.parametrize("code", [one.code for one in ERRORS])
def test_every_error_of_a_socket_can_be_injected(code: str) -> None:
    (fault,) = read_faults([{"error_code": code, "operation": "socket.*"}], 1)
    assert (fault.kind, fault.error_code) == ("error", code)


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1014, 3000, 4003, 4999])
def test_a_socket_can_be_closed_with_every_code_that_may_be_sent(code: int) -> None:
    (fault,) = read_faults([{"close": code}], 1)
    assert (fault.kind, fault.close) == ("close", code)


@pytest.mark.parametrize("code", [1004, 1005, 1006, 1015, 2000, 2999])
def test_no_socket_is_closed_with_another(code: int) -> None:
    with pytest.raises(Misuse):
        read_faults([{"close": code}], 1)


def test_without_faults_nothing_is_struck() -> None:
    faults = faults_of((), never)
    assert struck(faults, 3) == [None, None, None]
    assert len(faults) == 0


def test_a_fault_that_lets_a_request_pass_leaves_it_to_the_next() -> None:
    faults = faults_of((Fault("a", "drop", every=3), Fault("b", "drop", after=1, every=2), Fault("c", "drop")), never)
    assert struck(faults, 7) == ["c", "c", "a", "b", "c", "a", "b"]
    assert [(fault.id, tally) for fault, tally in faults.counted()] == [
        ("a", Tally(7, 2)),
        ("b", Tally(5, 2)),
        ("c", Tally(3, 3)),
    ]


def test_chance_is_asked_with_the_faults_id_and_the_number_of_the_request() -> None:
    asked = []

    def chance(kind: str, number: int) -> float:
        asked.append((kind, number))
        return 0.5

    faults = faults_of(
        (Fault("coin", "drop", probability=0.6, after=1), Fault("dice", "drop", probability=0.5)), chance
    )
    assert struck(faults, 3) == [None, "coin", "coin"]
    assert asked == [("fault dice", 1), ("fault coin", 2), ("fault coin", 3)]


def test_a_certain_fault_asks_nobody() -> None:
    def chance(_: str, __: int) -> float:
        raise AssertionError

    assert struck(faults_of((Fault("sure", "drop"),), chance), 1) == ["sure"]


def test_faults_that_are_added_come_first_in_their_order() -> None:
    faults = faults_of((Fault("old", "drop"),), never)
    faults.add((Fault("a", "drop"), Fault("b", "drop")))
    assert [fault.id for fault in faults] == ["a", "b", "old"]
    assert faults.next_number == 4


def test_nothing_is_added_when_an_id_is_taken() -> None:
    faults = faults_of((Fault("old", "drop"),), never)
    with pytest.raises(EmulatorRefusal) as refusal:
        faults.add((Fault("new", "drop"), Fault("old", "drop", entry={"id": "old"})))
    assert refusal.value.status == 409
    assert [fault.id for fault in faults] == ["old"]


def test_a_dropped_fault_is_forgotten_with_its_count() -> None:
    faults = faults_of((Fault("one", "drop", times=1),), never)
    assert struck(faults, 2) == ["one", None]
    faults.drop("one")
    assert struck(faults, 1) == [None]
    faults.add((Fault("one", "drop", times=1),))
    assert struck(faults, 2) == ["one", None]


def test_dropping_what_is_not_there_is_refused() -> None:
    with pytest.raises(EmulatorRefusal, match="There is no fault 'x'; there are: none"):
        faults_of((), never).drop("x")


def test_restored_faults_go_on_counting() -> None:
    faults = faults_of((Fault("a", "drop", times=2), Fault("b", "drop", every=2)), never)
    assert struck(faults, 1) == ["a"]
    again = Faults(never)
    again.restore(faults.copy())
    assert struck(again, 4) == struck(faults, 4) == ["a", None, "b", None]
    assert again.next_number == faults.next_number == 3


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"status": 503}, Fault("fault-4", "error", status=503)),
        ({"delay_ms": 1500}, Fault("fault-4", "delay", delay=1.5)),
        ({"status": 429, "delay_ms": 1}, Fault("fault-4", "error", status=429, delay=0.001)),
        ({"kind": "hang", "delay_ms": 10}, Fault("fault-4", "hang", delay=0.01)),
        ({"delay_ms": {"min": 3, "max": 7}}, Fault("fault-4", "delay", delay_range=Range(3, 7))),
        ({"id": "mine", "kind": "drop", "operation": "agents.*"}, Fault("mine", "drop", operation="agents.*")),
        (
            {"kind": "error", "status": 400, "type": "content_policy_error", "message": "No", "retry_after": 0,
             "session": "a", "after": 1, "times": 2, "every": 3, "probability": 0.5},
            Fault("fault-4", "error", "*", "a", 1, 2, 3, 0.5, 400, "content_policy_error", "No", 0),
        ),
        ({"error_code": "not_subscribed", "message": "No"}, Fault("fault-4", "error", error_code="not_subscribed", message="No")),
        ({"kind": "error", "error_code": "hitl_error"}, Fault("fault-4", "error", error_code="hitl_error")),
        ({"close": 4003, "delay_ms": 5}, Fault("fault-4", "close", close=4003, delay=0.005)),
        ({"kind": "close", "close": 1001.0}, Fault("fault-4", "close", close=1001)),
        ({"kind": "gap", "after_events": 3.0}, Fault("fault-4", "gap", after_events=3)),
    ],
    ids=["status", "delay", "both", "hang", "range", "drop", "everything", "code", "code and kind", "close", "close and kind", "gap"],
)  # fmt: skip
def test_an_entry_is_read(entry: Mapping[str, Any], fault: Fault) -> None:
    assert read_fault(entry, 4) == fault._replace(entry=entry)


@pytest.mark.parametrize(
    ("fault", "label"),
    [
        (Fault("x", "error", status=429), "429"),
        (Fault("x", "error", status=503, retry_after=2), "503"),
        (Fault("x", "error", status=503, delay=0.5), "503;delay=500"),
        (Fault("x", "delay", delay=0.001), "delay=1"),
        (Fault("x", "delay", delay=3600), "delay=3600000"),
        (Fault("x", "hang"), "hang"),
        (Fault("x", "drop", delay=2), "drop;delay=2000"),
        (Fault("x", "reset"), "reset"),
        (Fault("x", "delay", delay_range=Range(3, 7)), "delay=3-7"),
        (Fault("x", "error", status=502, delay_range=Range(0, 7)), "502;delay=0-7"),
        (Fault("x", "error", error_code="not_subscribed"), "error_code=not_subscribed"),
        (Fault("x", "close", close=4003, delay=0.5), "close=4003;delay=500"),
        (Fault("x", "gap", after_events=3), "gap;after_events=3"),
        (Fault("x", "delay", delay=0.5, after_events=3), "delay=500;after_events=3"),
        (Fault("x", "drop", delay=0.5, after_events=3), "drop;after_events=3;delay=500"),
    ],
)
def test_a_fault_has_a_short_form(fault: Fault, label: str) -> None:
    assert fault.label == label


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("429", {"status": 429}),
        ("drop", {"kind": "drop"}),
        (" Drop ", {"kind": "drop"}),
        ("delay=500", {"kind": "delay", "delay_ms": 500}),
        ("503;retry_after=2", {"status": 503, "retry_after": 2}),
        ("503; retry_after=2; delay=5", {"status": 503, "retry_after": 2, "delay_ms": 5}),
        ("hang;delay=5", {"kind": "hang", "delay_ms": 5}),
        ("delay=300-1200", {"kind": "delay", "delay_ms": {"min": 300, "max": 1200}}),
        ("503;delay=3-5", {"status": 503, "delay_ms": {"min": 3, "max": 5}}),
        ("explode", {"kind": "explode"}),
        ("999", {"status": 999}),
        ("error_code=execution_error", {"error_code": "execution_error"}),
        ("close=4003", {"close": 4003}),
        ("close=4003;delay=5", {"close": 4003, "delay_ms": 5}),
        ("close=now", {"close": "now"}),
        ("gap", {"kind": "gap"}),
        ("duplicate", {"kind": "duplicate"}),
        ("reorder;after_events=3", {"kind": "reorder", "after_events": 3}),
        ("drop; after_events=3; delay=5", {"kind": "drop", "after_events": 3, "delay_ms": 5}),
        ("delay=5;after_events=3", {"kind": "delay", "delay_ms": 5, "after_events": 3}),
    ],
)
def test_a_short_form_is_read(text: str, entry: Mapping[str, Any]) -> None:
    assert parse_fault(text) == entry


@pytest.mark.parametrize(
    "text",
    ["", " ", ";", "42", "4290", "-1", "delay", "delay=", "delay=-5", "delay=0.5", "drop=1", "503=1", "503;x=1", "503;",
     "close", "close=", "error_code", "gap=1", "gap;after_events=", "gap;after_events=1-2", f"close={'9' * 65}"],
)  # fmt: skip
def test_what_is_no_short_form_is_not_read(text: str) -> None:
    assert parse_fault(text) is None


@pytest.mark.parametrize(("chance", "chosen"), [(0.0, 3), (0.5, 5), (0.999999, 7), (1.0, 7)])
def test_chance_chooses_from_the_whole_range(chance: float, chosen: int) -> None:
    assert Range(3, 7).at(chance) == chosen


def test_a_range_asks_chance_for_each_request_that_it_strikes() -> None:
    asked = []

    def chance(kind: str, number: int) -> float:
        asked.append((kind, number))
        return 0.0

    faults = faults_of((Fault("slow", "delay", every=2, delay_range=Range(5, 9)),), chance)
    assert struck(faults, 4) == [None, "slow", None, "slow"]
    assert faults.brought(Fault("this request", "delay", delay_range=Range(1, 2))).delay == 0.001
    assert asked == [("delay slow", 1), ("delay slow", 2), ("delay this request", 1)]
