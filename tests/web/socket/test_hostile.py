"""Clients that mean harm, and authors of scripts that do: nothing grows, nothing stands still, nothing leaks."""

from tests.conftest import Api
from tests.web.socket.client import events, joined

MIB = 1024 * 1024


def test_the_control_plane_shows_as_much_of_a_stream_as_an_answer_has_room_for(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = line.turn("hello " * 40, correlation_id="c" * (MIB - 1000))
        shown = frozen.control("GET", "/sessions/plain/events").json()
    assert 10 < len(shown["events"]) < 17
    assert shown["events"] == events(frames)[-len(shown["events"]) :]
    assert shown["left_out"] == len(events(frames)) - len(shown["events"])
