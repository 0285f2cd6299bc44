"""Taking secrets out of what is shown: headers, queries and bodies. This module is that step."""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

from atthene_emulator.configuration.document import Unreadable
from atthene_emulator.configuration.json_text import read_json
from atthene_emulator.configuration.yaml_text import read_yaml

SECRET_HEADERS = frozenset(("x-api-key", "authorization", "cookie", "x-external-user-token"))
SECRET_FIELD = "drive_key"
REDACTED = "[redacted]"
_FIELD = SECRET_FIELD.encode()
_ESCAPED = rb"\\[uUx]"
_WITHHELD = b"[redacted: this body may hold a secret and cannot be read]"
_SECRET_QUERY = r"(?i)\b(x-api-key|api_key|authorization|token)=[^&]*"


def redact_headers(lines: bytes) -> dict[str, str]:
    """Headers, a line each, by name, with secrets replaced; of several the last."""
    pairs = (line.partition(": ") for line in lines.decode("latin-1").split("\n") if line)
    return {name: REDACTED if name in SECRET_HEADERS else value for name, _, value in pairs}


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
