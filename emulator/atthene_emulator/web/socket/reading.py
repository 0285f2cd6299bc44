"""A client's frame, read and checked in the order of D82: it is JSON, of a client, of a known type, and has its fields.

This module is that order up to the handler of the frame, which checks the session and all that follows.
"""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.configuration.document import Unreadable
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.json_text import read_json
from atthene_emulator.domain.fault import Fault
from atthene_emulator.errors import FrameRefused
from atthene_emulator.web.socket.frames import BY_TYPE, CLIENT_TYPES, Frame
from atthene_emulator.wording import did_you_mean

_MALFORMED = "invalid_message_format"


class Taken:
    """A frame on its way, and what was noted of it for the journal.

    Args:
        data: as it came.
        began: when, of the machine's clock.
    """

    operation: str | None = None
    session_id: str | None = None
    evidence = ""
    fault: Fault | None = None
    unread: tuple[Finding, ...] = ()

    def __init__(self, data: bytes, began: float) -> None:
        self.data = data
        self.began = began


def read_frame(text: str | None, taken: Taken) -> tuple[Mapping[str, Any], Frame]:
    """The frame, and the row of its type.

    Args:
        text: of the frame; None for a binary one.
        taken: receives what is known of it.

    Raises:
        FrameRefused: it is none (D82).
    """
    frame = _object(text)
    client = frame.get("client_type")
    if client is None:
        raise FrameRefused("missing_client_type", f"client_type is missing; it is one of {', '.join(CLIENT_TYPES)}")
    if client not in CLIENT_TYPES:
        raise FrameRefused(_MALFORMED, f"client_type must be one of {', '.join(CLIENT_TYPES)}")
    kind = frame.get("type")
    if not isinstance(kind, str):
        raise FrameRefused(_MALFORMED, f"type {'is missing' if kind is None else 'must be a text'}")
    row = BY_TYPE.get(kind)
    if row is None:
        there = f"; there are {', '.join(BY_TYPE)}"
        raise FrameRefused(
            "unknown_message_type", f"There is no frame {kind[:60]!r}{did_you_mean(kind[:60], tuple(BY_TYPE), there)}"
        )
    taken.operation, taken.evidence = row.name, row.evidence.level
    session_id = frame.get("session_id")
    taken.session_id = session_id if isinstance(session_id, str) else None
    mistake = row.mistake(frame)
    if mistake is not None:
        raise FrameRefused(_MALFORMED, mistake)
    return frame, row


def _object(text: str | None) -> Mapping[str, Any]:
    if text is None:
        raise FrameRefused(_MALFORMED, "A frame is text, not binary")
    try:
        value = read_json(text.encode("utf-8", "surrogatepass")).value
    except Unreadable as error:
        raise FrameRefused(_MALFORMED, f"A frame is a JSON object: {error}") from None
    if not isinstance(value, dict):
        raise FrameRefused(_MALFORMED, "A frame is a JSON object")
    return value
