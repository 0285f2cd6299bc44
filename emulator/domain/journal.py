"""What was asked and answered, bounded by entries and by bytes. This module is the journal of one namespace.

Secrets are taken out before an entry is kept.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

Outcome = Literal[
    "ok",
    "default_answer",
    "client_error",
    "auth_error",
    "not_found",
    "rate_limited",
    "fault",
    "server_error",
    "aborted",
]
SECRET_HEADERS = frozenset((b"x-api-key", b"authorization", b"cookie"))
SECRET_FIELD = "drive_key"
REDACTED = "[redacted]"
_REDACTED = REDACTED.encode()

_MAX_BYTES = 16 * 1024 * 1024
_ENTRY_OVERHEAD = 1000  # bytes that an entry costs beside its bodies, roughly
_YAML_SECRET = rb"""(["']?drive_key["']?\s*:\s*)([^\r\n,}]+)"""
_SECRET_QUERY = r"(?i)\b(x-api-key|api_key|authorization|token)=[^&]*"


class Entry(NamedTuple):
    """One request and its answer. Bodies are kept as they were sent, less the secrets; `headers` a line each.

    One is made for every request, so it is a named tuple of few and plain values: quick to make, little to clean up.
    """

    id: str
    at: float
    operation: str | None
    method: str
    path: str
    query: str
    headers: bytes
    body: bytes
    status: int
    response: bytes
    duration: float
    outcome: Outcome
    session_id: str | None
    scripts: tuple[str, ...]
    evidence: str
    findings: tuple[str, ...]
    delivered: bool

    @property
    def size(self) -> int:
        """Bytes that the journal counts for this entry."""
        return len(self.body) + len(self.response) + _ENTRY_OVERHEAD


class Journal:
    """The newest entries.

    Args:
        max_entries: how many are kept.
        max_bytes: how many bytes they may have together.
    """

    def __init__(self, max_entries: int = 1000, max_bytes: int = _MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: deque[Entry] = deque()
        self._count = 0
        self.dropped = 0

    def next_id(self) -> str:
        """An id for the next request; they count up, and go on counting when entries are forgotten."""
        self._count += 1
        return f"req_{self._count:06d}"

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def add(self, entry: Entry) -> None:
        """Keep an entry; the oldest leave when there is no room."""
        self._entries.append(entry)
        self._bytes += entry.size
        while len(self._entries) > self._max_entries or (self._bytes > self._max_bytes and len(self._entries) > 1):
            self._bytes -= self._entries.popleft().size
            self.dropped += 1

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()
        self._bytes = 0


def redact_headers(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The headers as lines, with secrets replaced."""
    lines = [name + b": " + (_REDACTED if name in SECRET_HEADERS else value) for name, value in headers]
    return b"\n".join(lines)


def redact_query(query: str) -> str:
    """The query string with anything that looks like a key replaced."""
    return re.sub(_SECRET_QUERY, rf"\1={REDACTED}", query) if query else query


def redact_request(body: bytes) -> bytes:
    r"""A request's body with every `drive_key` replaced, however it is escaped."""
    if b"drive_key" not in body and b"\\u" not in body:
        return body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return re.sub(_YAML_SECRET, rb"\1" + _REDACTED, body)
    return json.dumps(_redacted(value), ensure_ascii=False).encode(errors="replace")


def redact_response(body: bytes) -> bytes:
    """The same for a body of ours, which never escapes letters."""
    return redact_request(body) if b"drive_key" in body else body


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: REDACTED if key == SECRET_FIELD else _redacted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    return value
