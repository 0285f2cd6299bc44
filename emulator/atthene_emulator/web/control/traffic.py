"""Handlers of the control plane that are about requests: the journal, waiting for requests, the feed of events."""

import asyncio
from collections.abc import Mapping
from typing import Any, get_args

from atthene_emulator.configuration.document import Unreadable
from atthene_emulator.configuration.json_text import read_json
from atthene_emulator.domain.clock import format_time
from atthene_emulator.domain.journal import Entry, Journal, Outcome
from atthene_emulator.errors import EmulatorRefusal, Problem
from atthene_emulator.web.control.events import EventStream
from atthene_emulator.web.control.road import ControlCall, ControlReply
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.wording import did_you_mean

_FILTERS = ("operation", "status", "outcome", "session_id", "method", "path")
QUERY = (*_FILTERS, "limit", "offset", "tail")
_NEAREST = 5
_MAX_READERS = 100


async def journal(call: ControlCall) -> ControlReply:
    """Entries, newest last, that match the filters."""
    wanted = _wanted(call)
    limit, offset = _count(call, "limit", 1000), _count(call, "offset", 0)
    tail = _count(call, "tail", 0)
    found = [entry for entry in call.namespace.journal if not _differences(entry, wanted)]
    headers = {"X-Total-Count": str(len(found)), "X-Emulator-Dropped": str(call.namespace.journal.dropped)}
    page = found[-tail:] if tail else found[offset : offset + limit]
    return ControlReply(200, [shown_entry(entry) for entry in page], headers)


def _wanted(call: ControlCall) -> dict[str, str]:
    """The filters of a request.

    Raises:
        EmulatorRefusal: 400, a filter could never match anything.
    """
    operations = (*(row.name for row in OPERATIONS), *dict.fromkeys(f"{row.group}.*" for row in OPERATIONS))
    possible = {"outcome": get_args(Outcome), "operation": operations}
    for name, values in possible.items():
        value = call.query.get(name)
        if value is not None and value not in values:
            near = did_you_mean(value, values, f"; there are {', '.join(values)}.")
            raise EmulatorRefusal(400, f"No request has the {name} {value[:60]}{near}")
    status = call.query.get("status", "0")
    if not (status.isascii() and status.isdigit()):
        raise EmulatorRefusal(400, f"status must be a number, not {status[:60]!r}")
    return {name: call.query[name] for name in _FILTERS if name in call.query}


def _count(call: ControlCall, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        raise EmulatorRefusal(400, f"{name} must be a whole number, not {text!r}")
    return int(text)


def _differences(entry: Entry, wanted: Mapping[str, str]) -> list[str]:
    """The filters that the entry does not pass."""
    return [name for name, value in wanted.items() if not _passes(name, str(getattr(entry, name)), value)]


def _passes(name: str, value: str, wanted: str) -> bool:
    if name == "operation" and wanted.endswith(".*"):
        return value.startswith(wanted[:-1])
    if name == "method":
        return value == wanted.upper()
    if name == "path":  # as it is answered, with and without the closing slash (D09)
        return value.rstrip("/") == wanted.rstrip("/")
    return value == wanted


async def drop_journal(call: ControlCall) -> ControlReply:
    """Forget all entries."""
    call.namespace.journal.clear()
    return ControlReply(204)


async def wait_for_entries(call: ControlCall) -> ControlReply:
    """Answer when enough requests have come that match; those that the journal has already count."""
    kept = call.namespace.journal
    if _number(call.body.get("after", "req_0")) > kept.last:
        raise EmulatorRefusal(
            400, f"There is no entry {call.body['after']} yet; the newest request is req_{kept.last:06d}"
        )
    wanted = {name: str(value) for name, value in call.body.get("match", {}).items()}
    after, count, seconds = call.body.get("after", ""), call.body.get("count", 1), call.body.get("timeout_seconds", 5)

    async def come() -> None:
        while len(_matching(kept, wanted, after)) < count and not kept.signal.ended:
            await kept.signal.wait()

    try:
        if len(_matching(kept, wanted, after)) < count:
            async with asyncio.timeout(seconds):
                await call.patience(come())
    except TimeoutError:
        raise _nothing_came(kept, wanted, after, count, seconds) from None
    if kept.signal.ended:
        raise EmulatorRefusal(503, "The namespace was deleted, or the emulator stops")
    return ControlReply(200, [shown_entry(entry) for entry in _matching(kept, wanted, after)])


def _matching(kept: Journal, wanted: Mapping[str, str], after: str) -> list[Entry]:
    return [entry for entry in kept if _is_later(entry, after) and not _differences(entry, wanted)]


def _is_later(entry: Entry, after: str) -> bool:
    return not after or _number(entry.id) > _number(after)


def _number(entry_id: str) -> int:
    return int(entry_id.rpartition("_")[2])


def _nothing_came(kept: Journal, wanted: Mapping[str, str], after: str, count: int, seconds: float) -> EmulatorRefusal:
    """The refusal that says what came instead: the nearest entries, and in what they differ."""
    others = [(entry, _differences(entry, wanted)) for entry in kept if _is_later(entry, after)]
    came = sum(not differences for _, differences in others)
    nearest = sorted(((entry, names) for entry, names in reversed(others) if names), key=lambda one: len(one[1]))
    problems = [
        Problem(
            entry.id,
            f"{entry.method} {entry.path} answered {entry.status or 'nothing'}; "
            + ", ".join(f"{name} is {getattr(entry, name)}, not {wanted[name]}" for name in names),
        )
        for entry, names in nearest[:_NEAREST]
    ]
    shown = ", ".join(f"{name} {value}" for name, value in wanted.items()) or "anything"
    instead = f"; {len(others) - came} others came" if others else "; nothing came at all"
    message = f"{came} of {count} requests with {shown} came within {seconds:g} s{instead}"
    return EmulatorRefusal(408, message, problems)


def shown_entry(entry: Entry) -> dict[str, Any]:
    """An entry as JSON."""
    return {
        "id": entry.id,
        "at": format_time(entry.at),
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "headers": _headers(entry.headers),
        "body": _readable(entry.body),
        "status": entry.status,
        "response": _readable(entry.response),
        "duration_ms": round(entry.duration * 1000, 3),
        "outcome": entry.outcome,
        "session_id": entry.session_id,
        "script": list(entry.scripts),
        "evidence": entry.evidence,
        "findings": list(entry.findings),
        "delivered": entry.delivered,
    }


def _headers(lines: bytes) -> dict[str, str]:
    pairs = (line.partition(": ") for line in lines.decode("latin-1").split("\n") if line)
    return {name: value for name, _, value in pairs}


def _readable(body: bytes) -> Any:
    """The body as JSON where it is JSON, else as text; None for none."""
    if not body:
        return None
    try:
        return read_json(body).value
    except Unreadable:
        return body.decode(errors="replace")


async def events(call: ControlCall) -> ControlReply:
    """Each entry and each change as it happens."""
    feed = call.namespace.feed
    given = call.headers.get(b"last-event-id", call.query.get("last_event_id", str(feed.last)).encode())
    if not given.isdigit() or len(given) > 15:  # noqa: PLR2004
        raise EmulatorRefusal(400, "Last-Event-ID must be the id of an event; leave it out to begin now")
    if feed.readers >= _MAX_READERS:
        raise EmulatorRefusal(429, f"{_MAX_READERS} readers follow these events already; close one")
    return ControlReply(200, response=EventStream(feed, int(given), shown_entry))
