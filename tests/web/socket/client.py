"""A client of the socket for tests: synchronous, and it holds every frame that it receives against its schema."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.conftest import Api
from tests.web.socket_frames import check_frame

PATIENCE = 10  # seconds that a test waits for a frame before it gives up
KEY = {"x-api-key": "test-key"}
DIRECT: dict[str, Any] = (
    {"proxy": None} if int(version("websockets").partition(".")[0]) >= 15 else {}
)  # older ones know none
FENCE = json.dumps({"type": "fence", "client_type": "api"})

Json = dict[str, Any]


def frame(kind: str, **fields: Any) -> str:
    """A frame of a client."""
    return json.dumps({"type": kind, "client_type": "api", **fields})


class Line:
    """One socket, seen from the client."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, kind: str, **fields: Any) -> None:
        """Send a frame of this type."""
        self.connection.send(frame(kind, **fields))

    def say(self, content: Any = "Hello", **fields: Any) -> None:
        """Send a message."""
        self.send("user_message", content=content, **fields)

    def ask(self, kind: str, **fields: Any) -> tuple[str, str]:
        """Send a frame that is refused; the code and the text of the error."""
        return self.ask_raw(frame(kind, **fields))

    def ask_raw(self, data: str | bytes) -> tuple[str, str]:
        """Send what is refused as it is; the code and the text of the error."""
        self.connection.send(data)
        answer = self.receive()
        assert answer["type"] == "error", answer
        return answer["error_code"], answer["message"]

    def receive_text(self) -> str:
        """The next frame as it came."""
        text = self.connection.recv(PATIENCE)
        assert isinstance(text, str)
        return text

    def receive(self) -> Json:
        """The next frame."""
        return check_frame(self.receive_text())

    def until(self, kind: str) -> list[Json]:
        """The frames up to an event of this type, or to a frame of it."""
        frames = []
        while True:
            frames.append(self.receive())
            if kind in (frames[-1]["type"], type_of(frames[-1])):
                return frames

    def turn(self, content: Any = None, **fields: Any) -> list[Json]:
        """The frames up to the end of a turn, which begins with this message if there is one."""
        if content is not None:
            self.say(content, **fields)
        return self.until("execution_result")

    def pending(self) -> list[Json]:
        """What has been sent by now: the frames before the answer to one that nobody knows."""
        self.connection.send(FENCE)
        frames = []
        while "'fence'" not in (one := self.receive()).get("message", ""):
            frames.append(one)
        return frames

    def closed(self) -> tuple[int | None, str]:
        """The code and the reason with which it is closed, without a further frame."""
        try:
            text = self.connection.recv(PATIENCE)
        except ConnectionClosed as end:
            return (end.rcvd.code, end.rcvd.reason) if end.rcvd else (None, "")
        raise AssertionError(text)


@contextmanager
def opened(
    api: Api, query: str = "", headers: Mapping[str, str] | None = None, path: str = "/ws/amas/"
) -> Iterator[Line]:
    """A socket, by default with the key in a header."""
    url = api.server.url.replace("http", "ws", 1) + path + query
    given = KEY if headers is None else headers
    others = {name: value for name, value in given.items() if name.lower() != "origin"}
    with connect(
        url, origin=given.get("Origin"), additional_headers=others, open_timeout=PATIENCE, close_timeout=1,
        max_size=None, **DIRECT,
    ) as connection:  # fmt: skip
        yield Line(connection)


@contextmanager
def joined(api: Api, *sessions: str, **fields: Any) -> Iterator[Line]:
    """A socket that has joined sessions."""
    with opened(api) as line:
        for session in sessions:
            line.send("connect", session_id=session, **fields)
        assert line.pending() == []
        yield line


def events(frames: list[Json]) -> list[Json]:
    """Those of the frames that are events."""
    return [one for one in frames if one["type"] == "event"]


def type_of(one: Json) -> str:
    """What an event is about; of other frames their own type."""
    return str(one["payload"]["type"] if one["type"] == "event" else one["type"])


def types(frames: list[Json]) -> list[str]:
    """What the frames are about."""
    return [type_of(one) for one in frames]


def payloads(frames: list[Json], kind: str | None = None) -> list[Json]:
    """The payloads of events of a type, or of all."""
    return [one["payload"] for one in events(frames) if kind in (None, one["payload"]["type"])]


def text_of(frames: list[Json]) -> str:
    """The text that was streamed."""
    return "".join(one["delta"] for one in payloads(frames, "TextMessageContent"))


def ids(frames: list[Json]) -> list[str]:
    """The message ids."""
    return [one["message_id"] for one in events(frames)]


def place(message_id: str) -> tuple[int, int]:
    """What message ids are ordered by."""
    milliseconds, number = message_id.split("-")
    return int(milliseconds), int(number)


def assert_chain(frames: list[Json]) -> None:
    """The events of whole turns follow each other without a gap, each greater than the one before."""
    before: str | None = None
    last = (-1, -1)
    for one in events(frames):
        begins = one["payload"]["type"] == "ExecutionStarted"
        assert one["prev_message_id"] == (None if begins else before)
        assert place(one["message_id"]) > last
        before, last = one["message_id"], place(one["message_id"])
