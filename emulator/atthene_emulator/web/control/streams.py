"""Handlers of the control plane: the streams of sessions, as sockets have them."""

from collections.abc import Sequence
from typing import Any

from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.room import Room
from atthene_emulator.domain.stream import Event, Events, newest
from atthene_emulator.errors import Unknown
from atthene_emulator.limits import ANSWER, STREAM_EVENTS
from atthene_emulator.secrecy import mask_text
from atthene_emulator.web import wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.journal import count_of
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.socket import payloads

_IN_PIECES = ("TextMessageContent", "ThinkingContent")


async def list_events(exchange: Exchange) -> Any:
    """The newest events of a session, oldest first, as the frames that sockets are sent; without secrets."""
    session_id, namespace = exchange.path["session_id"], exchange.namespace
    executions, run = [*namespace.executions.events_of(session_id)], namespace.running.get(session_id)
    if run is not None:
        executions.append(run.start.events)
    if not executions and namespace.records.sessions.get(session_id) is None:
        raise Unknown(f"There is no session {session_id!r}; GET /__emulator/state lists them")
    tail = min(count_of(exchange, "tail", STREAM_EVENTS.most) or STREAM_EVENTS.most, STREAM_EVENTS.most)
    total = sum(map(len, executions))
    exchange.notes.append((b"x-total-count", str(total).encode()))
    found = list(newest(executions, tail))

    def shown() -> Any:
        frames = _newest(found)
        _mask_texts(frames, exchange.secrets)
        about = {"session_id": session_id, "events": frames, "left_out": len(found) - len(frames)}
        return redact_value(about, exchange.secrets)

    return await aside(sum(events.weight for events in executions), shown)


def _newest(found: Sequence[tuple[Events, Event]]) -> list[Any]:
    """The frames of as many of the newest as there is room for in an answer, oldest first; one is always there."""
    room, frames = Room(ANSWER.most), list[Any]()
    for one in reversed(found):
        frame = payloads.event_frame(*one)
        if not room.take(len(wire.encode(frame))) and frames:
            break
        frames.append(frame)
    return frames[::-1]


def _mask_texts(frames: Sequence[Any], secrets: Sequence[str]) -> None:
    """Hide secrets that lie across the pieces of a text, where each piece alone looks harmless."""
    texts: dict[tuple[str, str], list[Any]] = {}
    for frame in frames:
        payload = frame["payload"]
        if payload["type"] in _IN_PIECES and "messageId" in payload:
            texts.setdefault((payload["type"], payload["messageId"]), []).append(payload)
    for payloads_of_text in texts.values():
        text = "".join(one["delta"] for one in payloads_of_text)
        masked = mask_text(text)
        for secret in secrets:
            masked = masked.replace(secret, "*" * len(secret))
        start = 0
        for one in payloads_of_text if masked != text else ():
            end = start + len(one["delta"])
            one["delta"], start = masked[start:end], end
