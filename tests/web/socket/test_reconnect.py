"""Reconnecting: what was missed comes, once and in order, and then what happens."""

from typing import Any

import pytest

from atthene_emulator.limits import STREAM_EVENTS
from tests.conftest import Api
from tests.web.socket.client import Json, Line, assert_chain, events, ids, joined, opened, payloads, text_of, types
from tests.web.socket.test_opening import HELLO
from tests.web.socket.test_turns import order

NOON = 1736937000000
EVENTS = 8  # of the turn that answers hello


def again(line: Line, last: str, session: str = "plain", **fields: Any) -> None:
    line.send("reconnect", session_id=session, last_message_id=last, **fields)


# A turn that has ended


@pytest.mark.parametrize("seen", range(EVENTS - 1))
def test_after_any_event_of_a_turn_the_others_come_and_its_result(frozen: Api, seen: int) -> None:
    with joined(frozen, "plain") as line, opened(frozen) as other:
        frames = line.turn("hello")
        again(other, frames[seen]["message_id"])
        assert other.pending() == frames[seen + 1 :]
        again(line, frames[seen]["message_id"])
        assert line.pending() == frames[seen + 1 :]


def test_after_the_last_event_nothing_comes(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = line.turn("hello")
        again(line, frames[-2]["message_id"])
        assert line.pending() == []


@pytest.mark.parametrize("seen", range(3 * EVENTS))
def test_results_come_of_turns_alone_that_have_ended_since(frozen: Api, seen: int) -> None:
    with joined(frozen, "plain") as line, opened(frozen) as other:
        frames = [one for _ in range(3) for one in line.turn("hello")]
        place = events(frames)[seen]
        again(other, place["message_id"])
        rest = frames[frames.index(place) + 1 :]
        ends = rest and rest[0]["type"] == "execution_result"  # nothing of its turn is left
        assert other.pending() == (rest[1:] if ends else rest)


def test_before_the_first_everything_comes(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = [*line.turn("hello"), *line.turn("fail")]
        for before in ("0-0", "0-999", "1-0", f"{NOON - 1}-999999"):
            again(line, before)
            assert line.pending() == frames


@pytest.mark.parametrize(
    "last", [f"{NOON}-7", f"{NOON}-8", f"{NOON}-999999999999999999", f"{NOON + 1}-0", "999999999999999999-0"]
)
def test_after_an_id_that_has_not_come_yet_nothing_comes_but_what_happens_then(frozen: Api, last: str) -> None:
    with joined(frozen, "plain") as line, opened(frozen) as other:
        line.turn("hello")
        again(other, last)
        assert other.pending() == []
        frames = line.turn("hello")
        assert other.turn() == frames
        assert types(frames) == HELLO


def test_an_id_between_two_events_is_a_place_too(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.turn("hello")
        frozen.control("POST", "/clock/advance", json={"seconds": 1})
        frames = line.turn("hello")
        again(line, f"{NOON + 500}-3")
        assert line.pending() == frames


@pytest.mark.parametrize(
    "last",
    ["", "0", "-", "1-", "-1", "1-2-3", "a-b", "1 - 2", "1.5-0", "-1-0", "+1-0", " 1-0", "1-0\n", "\uff10-\uff10", "1e3-0", "0x1-0", "1-" + "9" * 5000],
)  # fmt: skip
def test_what_is_no_message_id_is_refused_and_joins_nothing(frozen: Api, last: str) -> None:
    with opened(frozen) as line:
        assert line.ask("reconnect", session_id="plain", last_message_id=last)[0] == "reconnect_failed"
        assert line.ask("user_message", session_id="plain", content="hello")[0] == "not_subscribed"


def test_a_session_without_events_has_nothing_to_send_again(frozen: Api) -> None:
    with opened(frozen) as line:
        again(line, "0-0")
        assert line.pending() == []
        assert types(line.turn("hello")) == HELLO


def test_executions_over_rest_come_again_as_well(frozen: Api) -> None:
    frozen.execute("plain", "hello")
    with opened(frozen) as line:
        again(line, "0-0")
        assert types(line.turn()) == HELLO


def test_only_the_last_thousand_events_come_again(frozen: Api) -> None:
    assert STREAM_EVENTS.most == 1000
    words = " ".join(str(number) for number in range(600))
    frozen.control("POST", "/scripts", json=[{"name": "long", "then": {"reply": words}}])
    with joined(frozen, "plain") as line, opened(frozen) as other:
        frames = [*line.turn("a"), *line.turn("b")]
        assert len(events(frames)) == 2 * 606
        again(other, "0-0")
        told = other.pending()
        assert events(told) == events(frames)[-1000:]
        assert types(told).count("execution_result") == 2
        again(other, events(frames)[500]["message_id"])
        assert events(other.pending()) == events(frames)[501:]
        again(other, events(frames)[100]["message_id"])
        assert events(other.pending()) == events(frames)[-1000:]


# The filter


def test_the_filter_stays_unless_another_is_given(frozen: Api) -> None:
    with joined(frozen, "plain", event_types=["RunStarted"]) as line:
        line.turn("hello")
        again(line, "0-0")
        assert types(line.pending()) == ["RunStarted", "execution_result"]
        again(line, "0-0", event_types=["RunFinished"])
        assert types(line.pending()) == ["RunFinished", "execution_result"]
        again(line, "0-0", event_types=["*"])
        assert types(line.pending()) == HELLO


# While a turn runs


def cut(api: Api, seen: int) -> tuple[list[Json], list[Json]]:
    """What a socket got before it was cut off after so many frames of a turn that holds, and what another got then."""
    with joined(api, "plain") as line:
        line.say("hold")
        first = line.until("TextMessageContent")[: seen + 1]
    with opened(api) as other:
        again(other, first[-1]["message_id"])
        second = other.pending()
        api.control("POST", "/gates/door/open")
        second += other.turn()
    return first, second


@pytest.mark.parametrize("seen", range(4))
def test_in_the_middle_of_a_turn_nothing_is_lost_or_doubled(frozen: Api, seen: int) -> None:
    first, second = cut(frozen, seen)
    assert_chain([*first, *second])
    assert ids([*first, *second]) == [f"{NOON}-{number}" for number in range(9)]
    assert text_of([*first, *second]) == "One two three."
    assert types(second)[-1] == "execution_result"


@pytest.mark.parametrize("seen", range(13))
def test_wherever_a_slow_text_is_cut_the_pieces_are_the_text(frozen: Api, seen: int) -> None:
    then = {"reply": "a b c d e f g", "stream": {"delay_ms": 10, "gate": "porch", "after": 4}}
    frozen.control("POST", "/scripts", json=[{"name": "slow", "then": then}])
    with joined(frozen, "plain") as line:
        line.say("hi")
        first = []
        while len(first) <= min(seen, 6):
            first.append(line.receive())
        if seen > 6:
            frozen.control("POST", "/gates/porch/open")
            while len(first) <= seen and first[-1]["type"] == "event":
                first.append(line.receive())
    frozen.control("POST", "/gates/porch/open")
    frozen.control("POST", "/journal/wait", json={"match": {"operation": "socket.execution_result"}})
    seen_ids = ids(first)
    with opened(frozen) as other:
        again(other, seen_ids[-1])
        second = other.pending()
    both = [*first, *second]
    assert_chain(both)
    assert text_of(both) == "a b c d e f g"
    assert len(set(ids(both))) == len(ids(both)) == 13
    assert types(both).count("execution_result") == (
        1 if len(seen_ids) < 13 or first[-1]["type"] == "execution_result" else 0
    )


def test_an_id_from_the_future_does_not_hide_what_happens(frozen: Api) -> None:
    with joined(frozen, "plain") as line, opened(frozen) as other:
        line.say("hold")
        line.until("TextMessageContent")
        again(other, "999999999999999999-0")
        assert other.pending() == []
        frozen.control("POST", "/gates/door/open")
        assert other.turn() == line.turn()


def test_who_reconnects_without_leaving_gets_nothing_twice_from_then_on(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.say("hold")
        first = line.until("TextMessageContent")
        again(line, first[1]["message_id"])
        assert line.pending() == first[2:]
        again(line, first[-1]["message_id"])
        assert line.pending() == []
        frozen.control("POST", "/gates/door/open")
        assert_chain([*first, *line.turn()])


def test_a_turn_that_begins_after_the_reconnect_comes_once(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        last = line.turn("hello")[-2]["message_id"]
        for _ in range(3):
            again(line, last)
        assert types(line.turn("hello")) == HELLO
        assert line.pending() == []


# During a pause


def test_an_open_pause_is_asked_again(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        line.say("mail")
        frames = line.until("HitlRequired")
    with opened(frozen) as other:
        again(other, frames[-2]["message_id"], "tools")
        assert other.pending() == frames[-1:]
        call = frames[-1]["payload"]["payload"]["tool_call_id"]
        other.send("hitl_response", session_id="tools", tool_call_id=call, data={"kind": "accept"})
        rest = other.turn()
        assert_chain([*frames, *rest])
        assert types(rest)[0] == "HitlResolved"
        again(other, frames[-1]["message_id"], "tools")
        assert other.pending() == rest


def test_a_cancelled_turn_comes_again_to_its_end(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        line.say("hold")
        frames = line.until("TextMessageContent")
        line.send("cancel_execution")
        frames += line.turn()
        again(line, frames[2]["message_id"])
        rest = line.pending()
        assert rest == frames[3:]
        assert types(rest) == order("TextMessageContent TextMessageEnd ExecutionCancelled execution_result")


def test_two_sessions_have_streams_of_their_own(frozen: Api) -> None:
    with joined(frozen, "plain", "plain-2") as line:
        one = line.turn("hello", session_id="plain")
        two = line.turn("hello", session_id="plain-2")
        assert ids(one) == ids(two)
        again(line, one[3]["message_id"], "plain")
        assert line.pending() == one[4:]
        again(line, two[5]["message_id"], "plain-2")
        assert line.pending() == two[6:]
        assert payloads(two, "RunStarted")[0]["run_id"] == "run_1"
