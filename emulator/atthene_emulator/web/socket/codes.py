"""What the socket says of mistakes: codes of `error` frames, and codes with which it is closed. This module is those tables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from atthene_emulator.evidence.levels import Evidence, decided, documented, inferred


class SocketError(NamedTuple):
    """A code of an `error` frame.

    Attributes:
        code: `error_code`; a page lists each of them.
        message: its documented text, in which `{name}` stands for what is spoken of; None where the text is ours.
        when: what a client did.
        evidence: of the case in which it is sent.
        injected: whether it is sent as a fault alone.
    """

    code: str
    message: str | None
    when: str
    evidence: Evidence
    injected: bool = False


class Close(NamedTuple):
    """A code with which a socket is closed, when, and what that rests on."""

    code: int
    when: str
    evidence: Evidence


_PAGE = documented("websocket-api@G4")
_CASES = decided("D82")
_PAUSES = documented("websocket-api@G4, human-in-the-loop@G4")


_OURS = {  # cases that are the emulator's own
    "connect_failed": "As an injected fault; and where a socket has joined as many sessions as it may.",
    "internal_server_error": "As an injected fault; and where the emulator has a defect.",
}


def _fault(code: str) -> SocketError:
    return SocketError(code, None, _OURS.get(code, "Only as an injected fault."), _CASES, injected=True)


ERRORS: tuple[SocketError, ...] = (
    SocketError(
        "invalid_message_format",
        None,
        "The frame is no JSON object or binary, a field is missing or wrong, or client_type is none of a client's.",
        _CASES,
    ),
    SocketError("missing_client_type", None, "The frame has no client_type.", _PAGE),
    SocketError("unknown_message_type", None, "There is no frame of that type.", _PAGE),
    SocketError(
        "missing_ext_token", None, "A user_message without ext_token, on a socket or to a session that has one.", _PAGE
    ),
    SocketError(
        "invalid_session",
        "Session {session_id} not found or access denied",
        "There is no such session, or it is another's.",
        _PAGE,
    ),
    SocketError(
        "session_id_not_found",
        None,
        "No session_id was given, and the socket has joined none or several.",
        inferred("what it is called"),
    ),
    SocketError("not_subscribed", None, "The socket has not joined that session.", _PAGE),
    SocketError("empty_content", None, "The content is blank, or blocks without anything.", _PAGE),
    SocketError(
        "hitl_session_busy",
        "This session is waiting for a human-in-the-loop response.",
        "A user_message while a person is asked.",
        _PAUSES,
    ),
    SocketError("execution_start_failed", None, "A user_message while a turn runs.", decided("D86")),
    SocketError(
        "execution_error",
        None,
        "The turn cannot start, such as for want of a variable: Required variable 'x' not provided. Nothing is kept.",
        decided("D86"),
    ),
    SocketError(
        "execution_cancel_failed",
        "No active execution found to cancel",
        "Nothing runs.",
        documented("websocket-api@G4, runtime/cancel@G4"),
    ),
    SocketError(
        "user_message_failed", None, "An artifact is unknown, or ext_token cannot be used.", decided("D96")
    ),
    SocketError(
        "hitl_no_pending_pause", None, "No person is asked anything, or for something of another pause_kind.", _PAUSES
    ),
    SocketError("hitl_tool_call_mismatch", None, "Another tool call waits.", _PAUSES),
    SocketError("hitl_resume_in_progress", None, "The answer has come already, and the turn goes on.", _PAUSES),
    SocketError(
        "hitl_response_failed",
        None,
        "The answer does not fit what is asked, or the scope is not for this tool; the turn still waits.",
        decided("D94"),
    ),
    SocketError("reconnect_failed", None, "last_message_id is no message id.", decided("D87")),
    *map(
        _fault,
        (
            "connect_failed",
            "disconnect_failed",
            "execution_cancel_error",
            "hitl_forward_failed",
            "hitl_error",
            "processing_error",
            "internal_server_error",
        ),
    ),
)  # fmt: skip

BY_CODE: Mapping[str, SocketError] = MappingProxyType({one.code: one for one in ERRORS})

CLOSES: tuple[Close, ...] = (
    Close(4000, "The end user's token cannot be read, or there is no agent of that agent_key.", _PAGE),
    Close(4001, "The end user's token is not valid.", _PAGE),
    Close(
        4003,
        "No key, or a wrong or expired one; the agent is not public, or the page is of another origin than the agent's.",
        _PAGE,
    ),
    Close(1001, "Five minutes without a frame either way, or the emulator stops.", decided("D97")),
    Close(1009, "A frame is larger than a message may be.", decided("D97")),
    Close(1008, "What the upgrade says to the emulator itself cannot be used, such as a namespace that there is not.", decided("D116")),
    Close(1012, "The namespace was reset, or went back to a snapshot.", decided("D116")),
    Close(1013, "What keeps the state cannot be used now; try again later.", decided("D128")),
)  # fmt: skip
