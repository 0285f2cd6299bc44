"""The frames that clients send, as one table. This module is `FRAMES`.

The socket, the journal, faults, the AsyncAPI document and the tables of the documentation read these rows.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from atthene_emulator.addresses import SOCKET
from atthene_emulator.configuration.document import dotted
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.evidence.levels import Evidence, decided, documented
from atthene_emulator.web.query import Parameter
from atthene_emulator.web.socket import handlers
from atthene_emulator.web.socket.visit import Visit

PATH = SOCKET  # with and without the closing slash (D09)
OPEN = "socket.open"  # what the upgrade is called in journal, faults and documents
GROUP = "socket"
CLIENT_TYPES = ("web_frontend", "mobile_frontend", "desktop_frontend", "api")

Handler = Callable[[Visit, Mapping[str, Any]], None]


class Frame(NamedTuple):
    """A frame that a client sends.

    Attributes:
        type: the word in the frame.
        summary: what it asks for.
        handler: what it does; its frame fits `body`.
        body: schema of the frame.
        evidence: of the frame.
        errors: codes that it may be answered with, besides those of frames that are none.
        example: one.
        note: what is to be said besides.
    """

    type: str
    summary: str
    handler: Handler
    body: Schema
    evidence: Evidence
    errors: tuple[str, ...]
    example: Mapping[str, Any]
    note: str = ""

    @property
    def name(self) -> str:
        """What it is called in journal, faults and documents: `socket.<type>`."""
        return f"{GROUP}.{self.type}"

    def mistake(self, frame: Mapping[str, Any]) -> str | None:
        """What is missing or wrong in a frame of this type, in a sentence; None if nothing is."""
        found = self.body.check(frame)
        if not found:
            return None
        message, place = found[0].message, dotted(found[0].path)
        return message if message.startswith(place) or len(found[0].path) == 1 else f"{place}: {message}"


_PAGE = documented("websocket-api@G4")
_PAUSES = documented("websocket-api@G4, human-in-the-loop@G4")
_SESSION = ("invalid_session", "not_subscribed")
_ONE_SESSION = ("session_id_not_found", *_SESSION)  # of frames that may leave it out
_SESSION_ID, _CALL_ID = "sess_abc123def456", "call_8f21a0c4d7e3"

CREDENTIALS: tuple[Parameter, ...] = (  # of the query, for browsers, which can set no headers
    Parameter(
        "authorization", "string", "The API key, with or without Bearer before it.", _PAGE, example="Bearer ak_live_123"
    ),
    Parameter(
        "agent_key", "string", "Key of a public agent, for pages at its origin_url.", _PAGE, example="support_agent"
    ),
)

ANY_FRAME = ("invalid_message_format", "missing_client_type", "unknown_message_type")  # before its type is known

FRAMES: tuple[Frame, ...] = (
    Frame(
        "connect",
        "Join a session",
        handlers.connect,
        Schema("socket/connect"),
        _PAGE,
        ("invalid_session",),
        {"type": "connect", "client_type": "web_frontend", "session_id": _SESSION_ID, "event_types": ["*"]},
        "Nothing is answered (D83). A socket may join several sessions (D85).",
    ),
    Frame(
        "user_message",
        "Send a message; the agent runs",
        handlers.user_message,
        Schema("socket/user-message"),
        _PAGE,
        (
            *_ONE_SESSION,
            "missing_ext_token",
            "user_message_failed",
            "hitl_session_busy",
            "execution_start_failed",
            "empty_content",
            "execution_error",
        ),
        {
            "type": "user_message",
            "client_type": "web_frontend",
            "session_id": _SESSION_ID,
            "content": "I forgot my password",
            "correlation_id": "corr_123",
        },
        "Without a session the one that the socket has joined is meant (D84).",
    ),
    Frame(
        "hitl_response",
        "Answer what a person was asked",
        handlers.hitl_response,
        Schema("socket/hitl-response"),
        _PAUSES,
        (
            *_SESSION,
            "hitl_no_pending_pause",
            "hitl_tool_call_mismatch",
            "hitl_resume_in_progress",
            "hitl_response_failed",
        ),
        {
            "type": "hitl_response",
            "client_type": "web_frontend",
            "session_id": _SESSION_ID,
            "tool_call_id": _CALL_ID,
            "data": {"kind": "accept", "tool_args": {"to": "a@example.com"}, "scope": "once"},
        },
        "Also while a turn runs.",
    ),
    Frame(
        "cancel_execution",
        "Stop what runs in a session",
        handlers.cancel_execution,
        Schema("socket/cancel-execution"),
        _PAGE,
        (*_ONE_SESSION, "execution_cancel_failed"),
        {"type": "cancel_execution", "client_type": "web_frontend", "session_id": _SESSION_ID},
        "Also while a turn runs; it ends at its next step.",
    ),
    Frame(
        "reconnect",
        "Join a session again, and get what was missed",
        handlers.reconnect,
        Schema("socket/reconnect"),
        _PAGE,
        ("invalid_session", "reconnect_failed"),
        {
            "type": "reconnect",
            "client_type": "web_frontend",
            "session_id": _SESSION_ID,
            "last_message_id": "1738249102340-0",
        },
        "Events after last_message_id come again, then those that happen (D87).",
    ),
    Frame(
        "disconnect",
        "Leave a session",
        handlers.disconnect,
        Schema("socket/disconnect"),
        _PAGE,
        _ONE_SESSION,
        {"type": "disconnect", "client_type": "web_frontend", "session_id": _SESSION_ID},
        "The socket stays open, and what runs goes on (D88).",
    ),
)

RESULT = f"{GROUP}.execution_result"  # what the end of a turn is called in the journal
CLOSE = f"{GROUP}.close"  # what the end of a socket is called in the request log
NAMES = (OPEN, *(row.name for row in FRAMES))
BY_TYPE: Mapping[str, Frame] = MappingProxyType({row.type: row for row in FRAMES})
OPEN_EVIDENCE = _PAGE
UPGRADE_REQUIRED = decided("D81")  # 426, for a GET without an upgrade
