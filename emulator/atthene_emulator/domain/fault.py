"""A fault: an answer that goes wrong on purpose. This module is the record, and how it is read."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from atthene_emulator.domain.numbering import free_numbers
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.timestamps import format_http_date, parse_date

FaultKind = Literal["error", "delay", "drop", "reset", "garbage", "truncate", "malformed", "hang"]

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
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
        if self.kind == "delay":
            return f"delay={milliseconds}"
        what = str(self.status) if self.kind == "error" else self.kind
        return f"{what};delay={milliseconds}" if self.delay or self.delay_range else what

    def chosen(self, chance: Callable[[], float]) -> "Fault":
        """The same with one delay of its range, if it has one."""
        if self.delay_range is None:
            return self
        return self._replace(delay=self.delay_range.at(chance()) / 1000, delay_range=None)

    def is_about(self, operation: str, session: str | None) -> bool:
        """Whether it may strike a request."""
        if self.session is not None and self.session != session:
            return False
        if self.operation.endswith("*"):
            return operation.startswith(self.operation[:-1])
        return self.operation == operation


def read_fault(entry: Mapping[str, Any], number: int) -> Fault:
    """Read an entry that fits the seed schema; `number` names one without an id."""
    kind: FaultKind = entry.get("kind") or ("error" if "status" in entry else "delay")
    fault = Fault(
        id=entry.get("id", f"fault-{number}"),
        kind=kind,
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
        entry=entry,
    )
    return _with_body(_with_delay(_with_retry(fault, entry.get("retry_after")), entry.get("delay_ms", 0)), entry)


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
    named = _CHARSET.search(content_type)
    if named is None or named[1].lower() in _OF_NAMES:
        return text.encode()
    try:
        return text.encode(named[1])
    except LookupError:
        return text.encode()


def read_faults(entries: Sequence[Mapping[str, Any]], first: int, taken: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Read entries that fit the seed schema; those without an id get a free one, by numbers from `first` on."""
    return tuple(map(read_fault, entries, free_numbers(entries, "id", "fault", first, taken)))


_SHORT = re.compile(r"([a-z]+|\d{3})(?:=([\d-]+))?((?:;[a-z_]+=[\d-]+)*)")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_PARTS = {"retry_after", "delay"}


def parse_fault(text: str) -> Mapping[str, Any] | None:
    """The entry that a short form stands for: `429`, `drop`, `delay=300-1200`, `503;retry_after=2`; None if it is none.

    The entry need not fit the schema yet.
    """
    match = _SHORT.fullmatch(text.replace(" ", "").lower())
    if match is None:
        return None
    head, value, rest = match.groups()
    parts = dict(part.split("=", 1) for part in rest.split(";") if part)
    if not parts.keys() <= _PARTS or (value is not None) != (head == "delay"):
        return None
    if head == "delay":
        parts["delay"] = value
    entry: dict[str, Any] = {"status": int(head)} if head.isdigit() else {"kind": head}
    for name, key in (("delay", "delay_ms"), ("retry_after", "retry_after")):
        if name not in parts:
            continue
        numbers = _RANGE.fullmatch(parts[name])
        if numbers is None or (numbers[2] and name != "delay"):
            return None
        entry[key] = {"min": int(numbers[1]), "max": int(numbers[2])} if numbers[2] else int(numbers[1])
    return entry
