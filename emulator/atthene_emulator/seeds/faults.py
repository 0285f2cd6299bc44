"""Faults of a seed, and those that are added while the emulator runs. This module reads both."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.findings import Finding
from atthene_emulator.domain import fault
from atthene_emulator.domain.fault import CLOSE_CODES, OF_REQUESTS, OF_SOCKETS, SOCKET, Fault
from atthene_emulator.errors import Misuse
from atthene_emulator.limits import FAULT_BODY, FAULT_HEADERS
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.schema import SEED
from atthene_emulator.timestamps import parse_date
from atthene_emulator.wording import shown

_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}"
_VALUE = r"[\t\x20-\x7e\xa0-\xff]*"
_OF_THE_CONNECTION = (
    "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
)  # fmt: skip


def read_faults(entries: Sequence[Any], first: int, taken: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Faults that are added at run time.

    Args:
        entries: as they came.
        first: number of the first one, by which it is called if it has no id.
        taken: ids of others.

    Raises:
        Misuse: with every mistake.
    """
    findings = list(SEED.check({"faults": list(entries)}))
    if not findings:
        findings += [wrong for index, entry in enumerate(entries) for wrong in _mistakes(entry, ("faults", index))]
    if findings:
        raise Misuse("These are no faults", [finding.problem() for finding in findings])
    return fault.read_faults(entries, first, taken)


def read_seed_faults(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[Fault, ...]:
    """Those of these faults that can be used, whose ids must be their own."""
    wrong = [finding for index, entry in enumerate(entries) for finding in _mistakes(entry, ("faults", index))]
    if wrong:
        so_far.findings += wrong
        return ()
    ids = {one.id for one in so_far.before.faults}
    read = fault.read_faults(entries, len(ids) + 1, ids)
    for index, one in enumerate(read):
        if one.id in ids:
            so_far.wrong(("faults", index, "id"), f"A fault is called {one.id} already; ids are unique.")
        ids.add(one.id)
    return read


def _mistakes(entry: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Finding]:
    """What the schema cannot see."""
    yield from _misplaced(entry, path)
    if "close" in entry and not any(int(entry["close"]) in codes for codes in CLOSE_CODES):
        allowed = "1000 to 1003, 1007 to 1014, or 3000 to 4999"
        yield Finding("F111", (*path, "close"), f"No socket may be closed with {entry['close']}; choose {allowed}.")
    delay, retry, body = entry.get("delay_ms"), entry.get("retry_after"), entry.get("body")
    if isinstance(delay, Mapping) and delay["min"] > delay["max"]:
        yield Finding("F111", (*path, "delay_ms"), f"min is {delay['min']}, more than max; exchange them.")
    if isinstance(retry, str) and not _is_date(retry):
        wanted = "a number of seconds, {date: 30}, or a date such as Wed, 15 Jan 2025 10:30:00 GMT"
        yield Finding("F111", (*path, "retry_after"), f"{shown(retry)} is no date; write {wanted}.")
    if isinstance(body, str) and len(body.encode()) > FAULT_BODY.most:
        yield Finding("F111", (*path, "body"), f"The body has more than {FAULT_BODY.most:,} bytes; shorten it.")
    if not re.fullmatch(_VALUE, entry.get("content_type", "")):
        yield Finding("F111", (*path, "content_type"), f"{shown(entry['content_type'])} cannot stand in a header.")
    elif "body" in entry and not _can_be_written(body, entry.get("content_type", "")):
        lacking = f"{shown(entry['content_type'])} has not all letters of the body; name charset=utf-8."
        yield Finding("F111", (*path, "content_type"), lacking)
    headers = entry.get("headers", {})
    if len(headers) > FAULT_HEADERS.most:
        yield Finding("F111", (*path, "headers"), f"A fault has at most {FAULT_HEADERS.most} headers; leave some out.")
    for name, value in headers.items():
        why = _no_header(name, value)
        if why is not None:
            yield Finding("F111", (*path, "headers", name), why, at_key=True)


def _misplaced(entry: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Finding]:
    """Parts of requests in a fault of sockets, and the other way round."""
    operation = entry.get("operation", "*")
    of_requests = _first_of(entry, OF_REQUESTS, {"status": None, "cors": True})
    of_sockets = _first_of(entry, OF_SOCKETS, {"error_code": None, "close": None, "after_events": 0})
    if of_requests and of_sockets:
        both = f"{_named(entry, of_requests)} is of requests, and {_named(entry, of_sockets)} of sockets"
        yield Finding("F111", (*path, of_sockets), f"{both}; make two faults of them.")
    elif of_requests and operation.startswith(SOCKET):
        yield Finding("F111", (*path, of_requests), _not_of(entry, of_requests, "requests", "sockets"))
    elif of_sockets and operation != "*" and not operation.startswith(SOCKET):
        yield Finding("F111", (*path, of_sockets), _not_of(entry, of_sockets, "sockets", "requests"))


def _first_of(entry: Mapping[str, Any], kinds: Collection[str], keys: Mapping[str, Any]) -> str | None:
    """The first key of an entry that makes it one of these: of a kind, or not as these usually are."""
    if entry.get("kind") in kinds:
        return "kind"
    return next((key for key, usual in keys.items() if entry.get(key, usual) != usual), None)


def _not_of(entry: Mapping[str, Any], key: str, own: str, other: str) -> str:
    named = _named(entry, key)
    remedy = "write error_code in its place" if key == "status" else f"take {named} out"
    return f"{named} is of {own}, and {entry['operation']} of {other}; name another operation, or {remedy}."


def _named(entry: Mapping[str, Any], key: str) -> str:
    return f"kind {entry['kind']}" if key == "kind" else key


def _can_be_written(body: Any, content_type: str) -> bool:
    try:
        fault.written(body, content_type)
    except UnicodeError:
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except (ValueError, TypeError, OverflowError):  # the last two are the library's, of texts that only look like dates
        return False
    return True


def _no_header(name: str, value: str) -> str | None:
    """Why a fault cannot have this header, if it cannot."""
    lower = name.lower()
    if not re.fullmatch(_NAME, name):
        return f"{shown(name)} is no name of a header; it has up to 100 letters, digits and hyphens."
    if lower in _OF_THE_CONNECTION:
        return f"{name} belongs to the connection, and the emulator sets it; take it out, or use kind truncate or drop."
    if lower == "content-type":
        return f"{name} is said by content_type; write it there."
    if lower.startswith("x-emulator-") or lower == "x-request-id":
        return f"{name} is what the emulator itself says of an answer; take it out."
    if not re.fullmatch(_VALUE, value):
        return f"The value of {name} must be one line of Latin letters; {shown(value)} is none."
    return None
