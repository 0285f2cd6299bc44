"""A fault: an answer that goes wrong on purpose. This module is the record, and how it is read."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from atthene_emulator.domain.numbering import free_numbers
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.timestamps import format_http_date, parse_date

FaultKind = Literal[
    "error",
    "delay",
    "drop",
    "reset",
    "garbage",
    "truncate",
    "malformed",
    "hang",
    "close",
    "gap",
    "duplicate",
    "reorder",
]

OF_REQUESTS = frozenset(("reset", "garbage", "truncate"))  # kinds that strike nothing else
OF_SOCKETS = frozenset(("close", "gap", "duplicate", "reorder"))
SOCKET = "socket."  # how operations of sockets begin
CLOSE_CODES = (range(1000, 1004), range(1007, 1015), range(3000, 5000))  # that may be sent [RFC 6455, section 7.4]

_CHARSET = r"(?i);\s*charset\s*=\s*\"?([\w.:-]+)"
_OF_NAMES = ("idna", "punycode")  # Python calls them encodings; they take long for long texts

PASSING = "this request"  # the id of faults that a request brings along


class Range(NamedTuple):
    """Whole milliseconds from `least` to `most`, of which chance chooses."""

    least: int
    most: int

    def at(self, chance: float) -> int:
        """The one for a number from 0 to 1."""
        return min(self.most, self.least + int(chance * (self.most - self.least + 1)))


class Fault(NamedTuple):
    """One fault; see the schema of seeds for the meaning of each part.

    Attributes:
        id: names it.
        times: how many requests it strikes at most.
        retry_after: seconds.
        delay: seconds.
        delay_range: of which `delay` is chosen anew for each request that it strikes.
        retry_at: what Retry-After says as a date: unix seconds.
        retry_in: the same in seconds from the time of the answer.
        body, content_type: of the answer, in place of the service's own.
        headers: that the answer has besides, or in place of its own.
        cors: whether pages of other origins may read the answer, where they may read others.
        error_code: of the error that a socket sends.
        close: the code that a socket is closed with.
        after_events: how many events a socket sends before it is struck.
        entry: what it was read from.
    """

    id: str
    kind: FaultKind
    operation: str = "*"
    session: str | None = None
    after: int = 0
    times: int | None = None
    every: int = 1
    probability: float = 1.0
    status: int | None = None
    type: str | None = None
    message: str | None = None
    retry_after: int | None = None
    delay: float = 0.0
    delay_range: Range | None = None
    retry_at: float | None = None
    retry_in: float | None = None
    body: bytes | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    cors: bool = True
    error_code: str | None = None
    close: int | None = None
    after_events: int = 0
    entry: Mapping[str, Any] = NOTHING

    def retry_header(self, now: float) -> str | None:
        """What Retry-After is to say at a time, if anything: seconds, or a date."""
        if self.retry_in is not None:
            return format_http_date(now + self.retry_in)
        if self.retry_at is not None:
            return format_http_date(self.retry_at)
        return None if self.retry_after is None else str(self.retry_after)

    @property
    def label(self) -> str:
        """The short form, as in `X-Emulator-Fault`."""
        milliseconds = f"{self.delay * 1000:.0f}"
        if self.delay_range is not None:
            milliseconds = f"{self.delay_range.least}-{self.delay_range.most}"
        after = f";after_events={self.after_events}" if self.after_events else ""
        if self.kind == "delay":
            return f"delay={milliseconds}{after}"
        return f"{self._head}{after};delay={milliseconds}" if self.delay or self.delay_range else f"{self._head}{after}"

    @property
    def _head(self) -> str:
        if self.error_code is not None:
            return f"error_code={self.error_code}"
        if self.close is not None:
            return f"close={self.close}"
        return str(self.status) if self.kind == "error" else self.kind

    @property
    def is_for_http(self) -> bool:
        """Whether it may strike requests: it has no part of sockets."""
        return self.kind not in OF_SOCKETS and self.error_code is None and not self.after_events

    @property
    def is_for_sockets(self) -> bool:
        """Whether it may strike sockets: it has no part of requests."""
        return self.kind not in OF_REQUESTS and self.status is None and self.cors

    def chosen(self, chance: Callable[[], float]) -> "Fault":
        """The same with one delay of its range, if it has one."""
        if self.delay_range is None:
            return self
        return self._replace(delay=self.delay_range.at(chance()) / 1000, delay_range=None)

    def is_about(self, operation: str, session: str | None) -> bool:
        """Whether it may strike a request, or a frame of a socket."""
        if not (self.is_for_sockets if operation.startswith(SOCKET) else self.is_for_http):
            return False
        if self.session is not None and self.session != session:
            return False
        if self.operation.endswith("*"):
            return operation.startswith(self.operation[:-1])
        return self.operation == operation


def read_fault(entry: Mapping[str, Any], number: int) -> Fault:
    """Read an entry that fits the seed schema; `number` names one without an id."""
    fault = Fault(
        id=entry.get("id", f"fault-{number}"),
        kind=_kind(entry),
        operation=entry.get("operation", "*"),
        session=entry.get("session"),
        after=entry.get("after", 0),
        times=entry.get("times"),
        every=entry.get("every", 1),
        probability=entry.get("probability", 1.0),
        status=int(entry["status"]) if "status" in entry else None,
        type=entry.get("type"),
        message=entry.get("message"),
        headers=tuple(entry.get("headers", NOTHING).items()),
        cors=entry.get("cors", True),
        error_code=entry.get("error_code"),
        close=int(entry["close"]) if "close" in entry else None,
        after_events=int(entry.get("after_events", 0)),
        entry=entry,
    )
    return _with_body(_with_delay(_with_retry(fault, entry.get("retry_after")), entry.get("delay_ms", 0)), entry)


def _kind(entry: Mapping[str, Any]) -> FaultKind:
    """The kind that is written, else the one that the other keys mean."""
    if "kind" in entry:
        written_kind: FaultKind = entry["kind"]
        return written_kind
    if "status" in entry or "error_code" in entry:
        return "error"
    return "close" if "close" in entry else "delay"


def _with_retry(fault: Fault, retry: Any) -> Fault:
    if isinstance(retry, str):
        return fault._replace(retry_at=parse_date(retry))
    if isinstance(retry, Mapping):
        return fault._replace(retry_in=retry["date"])
    return fault if retry is None else fault._replace(retry_after=int(retry))


def _with_delay(fault: Fault, delay: Any) -> Fault:
    if isinstance(delay, Mapping):
        return fault._replace(delay_range=Range(int(delay["min"]), int(delay["max"])))
    return fault._replace(delay=delay / 1000)


def _with_body(fault: Fault, entry: Mapping[str, Any]) -> Fault:
    """The fault with the body that it is given, as text or else as JSON, and with what that is."""
    if "body" not in entry:
        return fault._replace(content_type=entry.get("content_type"))
    body = entry["body"]
    if isinstance(body, str):
        usual = f"text/{'html' if body.lstrip().startswith('<') else 'plain'}; charset=utf-8"
    else:
        usual = "application/json"
    content_type = entry.get("content_type", usual)
    return fault._replace(body=written(body, content_type), content_type=content_type)


def written(body: Any, content_type: str) -> bytes:
    """A body as text, or else as JSON, in the charset of its content type; in UTF-8 if that names none that is known.

    Raises:
        UnicodeError: the charset has not all of its letters.
    """
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    named = re.search(_CHARSET, content_type)
    if named is None or named[1].lower() in _OF_NAMES:
        return text.encode()
    try:
        return text.encode(named[1])
    except LookupError:
        return text.encode()


def read_faults(entries: Sequence[Mapping[str, Any]], first: int, taken: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Read entries that fit the seed schema; those without an id get a free one, by numbers from `first` on."""
    return tuple(map(read_fault, entries, free_numbers(entries, "id", "fault", first, taken)))


_SHORT = r"([a-z_]+|\d{3})(?:=([\w-]{1,64}))?((?:;[a-z_]+=[\d-]{1,64})*)"
_RANGE = r"(\d+)(?:-(\d+))?"
_PARTS = {"retry_after": "retry_after", "delay": "delay_ms", "after_events": "after_events"}
_VALUED = ("delay", "error_code", "close")  # heads that have a value


def parse_fault(text: str) -> Mapping[str, Any] | None:
    """The entry that a short form stands for; None if it is none.

    Such are `429`, `drop`, `delay=300-1200`, `503;retry_after=2`, `error_code=execution_error`, `close=4003` and
    `gap;after_events=3`. The entry need not fit the schema yet.
    """
    match = re.fullmatch(_SHORT, text.replace(" ", "").lower())
    if match is None:
        return None
    head, value, rest = match.groups()
    parts = dict(part.split("=", 1) for part in rest.split(";") if part)
    if not parts.keys() <= _PARTS.keys() or (value is not None) != (head in _VALUED):
        return None
    if head == "delay":
        parts["delay"] = value
    entry = _of_head(head, value)
    for name, key in _PARTS.items():
        if name not in parts:
            continue
        numbers = re.fullmatch(_RANGE, parts[name])
        if numbers is None or (numbers[2] and name != "delay"):
            return None
        entry[key] = {"min": int(numbers[1]), "max": int(numbers[2])} if numbers[2] else int(numbers[1])
    return entry


def _of_head(head: str, value: str) -> dict[str, Any]:
    if head.isdigit():
        return {"status": int(head)}
    if head == "error_code":
        return {"error_code": value}
    if head == "close":
        return {"close": int(value) if value.isdecimal() else value}
    return {"kind": head}
