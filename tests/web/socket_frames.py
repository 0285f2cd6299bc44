"""Frames of the server, held against their schemas."""

import json
from typing import Any

from atthene_emulator.web.socket.events import BY_TYPE, SCRIPTED, SERVER_FRAMES

SCHEMAS = {one.type: one.schema for one in SERVER_FRAMES}


def check_frame(text: str) -> dict[str, Any]:
    """A frame that was received, read; it is what its type promises, and its payload, too."""
    frame: dict[str, Any] = json.loads(text)
    findings = SCHEMAS[frame["type"]].check(frame)
    if frame["type"] == "event" and not findings:
        event = BY_TYPE.get(frame["payload"]["type"])
        findings = (event.schema if event else SCRIPTED).check(frame["payload"])
    assert not findings, f"{[one.message for one in findings]} in {text}"
    return frame
