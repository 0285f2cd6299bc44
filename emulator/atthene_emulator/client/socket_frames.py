"""What the live socket sends, as records, and how it is told to people. This module is how its frames are read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from itertools import groupby
from typing import Any, NamedTuple

from atthene_emulator.client.event_loops import blocked
from atthene_emulator.client.reading import Json, shortened
from atthene_emulator.errors import SetupError, SocketError
from atthene_emulator.event_types import EVENT_TYPES
from atthene_emulator.wording import near_name

_TOLD = 10  # frames that a failure tells of


@dataclass(frozen=True, slots=True)
class SocketEvent:
    """Something that happened in a session.

    Attributes:
        type: such as TextMessageContent; that of the payload.
        message_id: its place in the session's stream.
        prev_message_id: that of the event before it; None at the beginning of a turn.
        payload: all that it says, as JSON.
    """

    type: str
    message_id: str
    prev_message_id: str | None
    payload: Json

    @property
    def delta(self) -> str:
        """The piece of a text, or of arguments; empty for others."""
        delta = self.payload.get("delta")
        return delta if isinstance(delta, str) else ""

    @property
    def correlation_id(self) -> str | None:
        """That of the message that the turn answers."""
        return self.payload.get("correlation_id")


@dataclass(frozen=True, slots=True)
class SocketPause:
    """What a person is asked for: the `payload` of HitlRequired. What it does not say is empty.

    Attributes:
        kind: such as approval or ask_user_question.
        tool_call_id, tool_name, display_name, agent_name: the call that waits.
        display_text: what the person is told.
        tool_args: the arguments that are proposed.
        args_schema: a schema for each of them.
        question, options: of a question to the user.
    """

    kind: str = ""
    tool_call_id: str = ""
    tool_name: str = ""
    display_name: str = ""
    agent_name: str = ""
    display_text: str = ""
    tool_args: Json = field(default_factory=dict)
    args_schema: Json = field(default_factory=dict)
    question: str = ""
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SocketResult:
    """The end of a turn: an `execution_result`.

    Attributes:
        session_id: whose turn it was.
        status: completed, error or timeout.
        messages: what was answered, as JSON.
        error: what went wrong; None if nothing did.
        correlation_id: that of the message.
        body: all of the frame.
    """

    session_id: str
    status: str
    messages: tuple[Json, ...]
    error: Any
    correlation_id: str | None
    body: Json


class Frame(NamedTuple):
    """A frame that came.

    Attributes:
        body: its JSON; its text if it is none.
        said: the record of it: an event, the end of a turn, an error; None for what is none of them.
    """

    body: Any
    said: SocketEvent | SocketResult | SocketError | None

    @property
    def name(self) -> str:
        """What it is called in a list of frames."""
        match self.said:
            case SocketEvent():
                return self.said.type
            case SocketResult():
                return f"execution_result ({self.said.status})"
            case SocketError():
                return f"error {self.said}"
            case _:
                return shortened(self.body)


class NeverCame(AssertionError, TimeoutError):
    """What was waited for has not come on a socket.

    Args:
        wanted: what that is.
        seconds: how long it was waited for.
        instead: what came, in a sentence.
        call: the method that waited.
    """

    def __init__(self, wanted: str, seconds: float, instead: str, call: str) -> None:
        super().__init__(f"{wanted} has not come within {seconds:g} s; {instead}{blocked(call)}")


def check_type(kind: str) -> None:
    """Refuse what is nearly the type of an event; what nobody knows may still come.

    Raises:
        SetupError: it is nearly one, or that of another frame.
    """
    if kind in EVENT_TYPES:
        return
    if kind == "execution_result":
        raise SetupError("execution_result is no event but the end of a turn; result() waits for it.")
    near = near_name(kind, EVENT_TYPES, 0.8)
    if near is not None:
        raise SetupError(f"There is no event {kind}; did you mean {near}?")


def read_frame(text: str) -> Frame:
    """A frame of the server. What is none of the documented ones is kept as it is."""
    try:
        body = json.loads(text)
    except ValueError:
        return Frame(text, None)
    match body:
        case {"type": "event", "message_id": str(place), "payload": {"type": str(kind)} as payload}:
            return Frame(body, SocketEvent(kind, place, body.get("prev_message_id"), payload))
        case {"type": "error", "error_code": str(code)}:
            return Frame(body, SocketError(code, str(body.get("message", ""))))
        case {"type": "execution_result", "status": str(status)}:
            session, correlation = str(body.get("session_id")), body.get("correlation_id")
            messages = tuple(body.get("messages") or ())
            return Frame(body, SocketResult(session, status, messages, body.get("error"), correlation, body))
    return Frame(body, None)


def read_pause(event: SocketEvent) -> SocketPause:
    """What a person is asked for by an event HitlRequired."""
    asked = event.payload.get("payload")
    known = asked if isinstance(asked, dict) else {}
    return SocketPause(**{one.name: known[one.name] for one in fields(SocketPause) if one.name in known})


def told(frames: Iterable[Frame]) -> str:
    """What came, in a line: names of frames, the newest of them."""
    runs = [(name, len(tuple(same))) for name, same in groupby(one.name for one in frames)]
    shown = [name if often == 1 else f"{name} ({often} times)" for name, often in runs[-_TOLD:]]
    return f"{'…, ' if len(runs) > _TOLD else ''}{', '.join(shown)}"
