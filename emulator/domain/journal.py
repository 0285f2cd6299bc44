"""What was asked and answered, bounded by entries and by bytes. This module is the journal of one namespace.

Secrets are taken out before an entry is kept.
"""

import json
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from emulator.configuration.document import Unreadable
from emulator.configuration.json_text import read_json
from emulator.configuration.yaml_text import read_yaml

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
_FIELD = SECRET_FIELD.encode()
_ESCAPED = rb"\\[uUx]"
_WITHHELD = b"[redacted: this body may hold a secret and cannot be read]"
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
        bodies = len(self.body) + len(self.response)
        return bodies + len(self.path) + len(self.query) + len(self.headers) + _ENTRY_OVERHEAD


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
        self._sizes: deque[int] = deque()
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
        size = entry.size
        self._entries.append(entry)
        self._sizes.append(size)
        self._bytes += size
        while len(self._entries) > self._max_entries or (self._bytes > self._max_bytes and len(self._entries) > 1):
            self._entries.popleft()
            self._bytes -= self._sizes.popleft()
            self.dropped += 1

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()
        self._sizes.clear()
        self._bytes = 0


def redact_headers(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The headers as lines, with secrets replaced."""
    lines = [name + b": " + (_REDACTED if name in SECRET_HEADERS else value) for name, value in headers]
    return b"\n".join(lines)


def redact_query(query: str) -> str:
    """The query string with anything that looks like a key replaced."""
    return re.sub(_SECRET_QUERY, rf"\1={REDACTED}", query) if query else query


def redact_request(body: bytes) -> bytes:
    """A request's body with every `drive_key` replaced, however it is written.

    Such a body is kept as JSON, and one that cannot be read is not kept at all.
    """
    if b"\0" in body:  # another encoding than UTF-8, in which the secret cannot be looked for
        return _WITHHELD
    if _FIELD not in body and not (b"\\" in body and re.search(_ESCAPED, body)):
        return body
    value = _parsed(body)
    if value is None:
        return _WITHHELD
    secrets = set(_secrets(value))
    return json.dumps(_redacted(value, secrets), ensure_ascii=False).encode(errors="replace") if secrets else body


def redact_response(body: bytes) -> bytes:
    """The same for a body of ours, which never escapes letters."""
    return redact_request(body) if _FIELD in body else body


def _parsed(body: bytes) -> Any:
    for read in (read_json, read_yaml):
        with suppress(Unreadable):
            return read(body).value
    return None


def _secrets(value: Any, *, inside: bool = False) -> Iterator[str]:
    """Every text below a `drive_key`; an empty one stands for values that are no text."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == SECRET_FIELD:
                yield ""
            yield from _secrets(item, inside=inside or key == SECRET_FIELD)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets(item, inside=inside)
    elif inside and isinstance(value, str):
        yield value


def _redacted(value: Any, secrets: Collection[str]) -> Any:
    """The value without what stands below `drive_key`, and without the same texts elsewhere: aliases repeat them."""
    if isinstance(value, dict):
        return {key: REDACTED if key == SECRET_FIELD else _redacted(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, secrets) for item in value]
    return REDACTED if value and isinstance(value, str) and value in secrets else value
