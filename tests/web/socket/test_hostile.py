"""Clients that mean harm, and authors of scripts that do: nothing grows, nothing stands still, nothing leaks."""

import socket
import time

import pytest

from atthene_emulator.domain.fault import Fault
from atthene_emulator.limits import FAULTS
from atthene_emulator.web.socket.faults import Damage
from tests.conftest import Api
from tests.web.socket.client import PATIENCE, Json, events, joined, opened, types
from tests.web.socket.test_opening import HELLO

MIB = 1024 * 1024


def test_the_control_plane_shows_as_much_of_a_stream_as_an_answer_has_room_for(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = line.turn("hello " * 40, correlation_id="c" * (MIB - 1000))
        shown = frozen.control("GET", "/sessions/plain/events").json()
    assert 10 < len(shown["events"]) < 17
    assert shown["events"] == events(frames)[-len(shown["events"]) :]
    assert shown["left_out"] == len(events(frames)) - len(shown["events"])


# Clients that vanish


def kept(api: Api) -> tuple[int, bool]:
    """How many sockets there are, and whether a session is followed."""
    followers = api.server.emulator.default.followers
    return len(followers.sockets), bool(followers)


def until_nothing_is_kept(api: Api) -> None:
    until = time.monotonic() + PATIENCE
    while kept(api) != (0, False):
        assert time.monotonic() < until, kept(api)


HANGS = [
    {"operation": "socket.open", "kind": "hang"},
    {"operation": "socket.user_message", "kind": "hang"},
    {"operation": "socket.user_message", "kind": "hang", "after_events": 3},
    {"operation": "socket.cancel_execution", "kind": "hang"},
]


@pytest.mark.parametrize("entry", HANGS, ids=lambda entry: f"{entry['operation']} {entry.get('after_events', '')}")
@pytest.mark.parametrize("ends", ["closes", "is cut off"])
def test_who_leaves_while_a_fault_hangs_leaves_nothing_behind(frozen: Api, entry: Json, ends: str) -> None:
    frozen.control("POST", "/faults", json=[entry])
    with opened(frozen) as line:
        line.send("connect", session_id="plain")
        line.say("hello")
        line.send("cancel_execution")
        line.send("cancel_execution")
        frozen.control("GET", "/health")
        assert kept(frozen)[0] == 1
        if ends == "is cut off":
            line.connection.socket.shutdown(socket.SHUT_RDWR)
    until_nothing_is_kept(frozen)


def test_who_leaves_while_a_delay_passes_leaves_nothing_behind_and_has_asked_nothing(running: Api) -> None:
    running.control("POST", "/faults", json=[{"operation": "socket.user_message", "delay_ms": 3_600_000}])
    with joined(running, "plain") as line:
        line.say("hello")
        running.control("GET", "/health")
    until_nothing_is_kept(running)
    running.control("POST", "/clock/advance", json={"seconds": 3600})
    assert running.get("/runtime/plain/messages/").json()["total"] == 0


def test_what_was_sent_before_the_client_left_is_done(frozen: Api) -> None:
    with opened(frozen) as line:
        line.send("connect", session_id="plain")
        line.say("hold")
        for number in range(50):
            line.send("connect", session_id="plain", event_types=[f"{number}" * 2000])
        line.send("cancel_execution")
    until_nothing_is_kept(frozen)
    came = frozen.control("GET", "/journal?operation=socket.execution_result").json()
    assert [one["outcome"] for one in came] == ["cancelled"]


@pytest.mark.parametrize("entry", [{"kind": "hang"}, {"delay_ms": 3_600_000}])
def test_a_reset_closes_a_socket_that_is_being_opened(running: Api, entry: Json) -> None:
    running.control("POST", "/faults", json=[{"operation": "socket.open", **entry}])
    with opened(running) as line:
        until = time.monotonic() + PATIENCE
        while kept(running)[0] == 0:
            assert time.monotonic() < until
        running.control("POST", "/reset")
        assert line.closed()[0] == 1012
    until_nothing_is_kept(running)


# Faults that wait for events


def test_of_many_faults_each_strikes_an_event_of_its_own(frozen: Api) -> None:
    frozen.control("POST", "/faults", json=[{"operation": "socket.connect", "kind": "duplicate", "times": 200}])
    with opened(frozen) as line:
        for _ in range(200):  # which would be 2**200 copies of one event
            line.send("connect", session_id="plain")
        assert types(line.turn("hello")) == [one for one in HELLO[:-1] for _ in range(2)] + HELLO[-1:]


def test_two_gaps_leave_two_events_out(frozen: Api) -> None:
    frozen.control("POST", "/faults", json=[{"operation": "socket.connect", "kind": "gap", "after_events": 2}])
    with opened(frozen) as line:
        for _ in range(2):
            line.send("connect", session_id="plain")
        assert types(line.turn("hello")) == HELLO[:2] + HELLO[4:]


def test_no_more_faults_wait_than_a_namespace_may_have() -> None:
    damage = Damage()
    for _ in range(FAULTS.most + 10):
        damage.expect(Fault("f", "gap"))
    assert [list(damage.event("x")) for _ in range(FAULTS.most + 1)] == [[]] * FAULTS.most + [["x"]]
