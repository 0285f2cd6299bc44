"""A fault: an answer that goes wrong on purpose. This module is the record, and how it is read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from atthene_emulator.domain.numbering import free_numbers
from atthene_emulator.execution.scripts import NOTHING

FaultKind = Literal["error", "delay", "drop", "truncate", "malformed", "hang"]

PASSING = "this request"  # the id of faults that a request brings along


class Fault(NamedTuple):
    """One fault; see the schema of seeds for the meaning of each part.

    Attributes:
        id: names it.
        delay: seconds.
        entry: what it was read from.
    """

    id: str
    kind: FaultKind
    operation: str = "*"
    session: str | None = None
    after: int = 0
    first: int | None = None
    every: int = 1
    probability: float = 1.0
    status: int | None = None
    type: str | None = None
    message: str | None = None
    retry_after: int | None = None
    delay: float = 0.0
    entry: Mapping[str, Any] = NOTHING

    @property
    def label(self) -> str:
        """The short form, as in `X-Emulator-Fault`."""
        if self.kind == "delay":
            return f"delay={self.delay * 1000:.0f}"
        what = str(self.status) if self.kind == "error" else self.kind
        return f"{what};delay={self.delay * 1000:.0f}" if self.delay else what

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
    return Fault(
        id=entry.get("id", f"fault-{number}"),
        kind=kind,
        operation=entry.get("operation", "*"),
        session=entry.get("session"),
        after=entry.get("after", 0),
        first=entry.get("first"),
        every=entry.get("every", 1),
        probability=entry.get("probability", 1.0),
        status=entry.get("status"),
        type=entry.get("type"),
        message=entry.get("message"),
        retry_after=entry.get("retry_after"),
        delay=entry.get("delay_ms", 0) / 1000,
        entry=entry,
    )


def read_faults(entries: Sequence[Mapping[str, Any]], first: int, taken: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Read entries that fit the seed schema; those without an id get a free one, by numbers from `first` on."""
    return tuple(map(read_fault, entries, free_numbers(entries, "id", "fault", first, taken)))


_SHORT = re.compile(r"([a-z]+|\d{3})(?:=(\d+))?((?:;[a-z_]+=\d+)*)")
_PARTS = {"retry_after", "delay"}


def parse_fault(text: str) -> Mapping[str, Any] | None:
    """The entry that a short form stands for: `429`, `drop`, `delay=500`, `503;retry_after=2`; None if it is none.

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
    if "delay" in parts:
        entry["delay_ms"] = int(parts["delay"])
    if "retry_after" in parts:
        entry["retry_after"] = int(parts["retry_after"])
    return entry
