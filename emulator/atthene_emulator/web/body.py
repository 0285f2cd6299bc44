"""Reading a request's body: size, content type, JSON or YAML, schema. This module is that step of the order."""

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from atthene_emulator.configuration.accepted import read
from atthene_emulator.configuration.document import Media, Unreadable
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import BodyTooLarge, Misuse, Problem, UnsupportedMediaType
from atthene_emulator.limits import CONTROL_BODY, CONTROL_VALUES
from atthene_emulator.web import connection
from atthene_emulator.web.aside import aside
from atthene_emulator.web.connection import ClientGone
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.operation import CONFIGURATION, Operation

_MEDIA: dict[str, Media] = {
    "application/json": "json",
    "text/json": "json",
    "application/yaml": "yaml",
    "application/x-yaml": "yaml",
    "text/yaml": "yaml",
    "text/x-yaml": "yaml",
}
_ENDINGS: dict[str, Media] = {"json": "json", "yaml": "yaml"}
_NOTHING = rb"\s*(\{\s*\}|null)?\s*"


async def read_data(exchange: Exchange, limit: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge: it has more than `limit` bytes (D11).
        ApiError: what comes is no body, or comes too slowly.
        ClientGone: it never became complete.
    """
    if int(exchange.headers.get(b"content-length", b"0")) > limit:
        raise _too_large(limit)
    data, more = await receive_more(exchange)
    if more:
        chunks, size = [data], len(data)
        while more and size <= limit:
            chunk, more = await receive_more(exchange)
            size += len(chunk)
            chunks.append(chunk)
        data = b"".join(chunks)
    if len(data) > limit:
        raise _too_large(limit)
    return data


async def receive_more(exchange: Exchange) -> tuple[bytes, bool]:
    """The next bytes of a body, and whether there are more.

    Raises:
        ApiError: what comes is no body, or comes too slowly.
        ClientGone: it never became complete.
    """
    event = await exchange.receive()
    if event["type"] == "http.disconnect":
        raise ClientGone
    more: bool = event.get("more_body", False)
    refused = connection.refusal(exchange.receive) if more else None
    if refused is not None:
        raise refused
    return event.get("body", b""), more


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body has more than {limit:,} bytes")


def media_of(headers: Mapping[bytes, bytes]) -> Media:
    """JSON or YAML, by the content type; without one it is JSON (D46).

    Raises:
        UnsupportedMediaType: another type, another charset than UTF-8, or a compressed body.
    """
    encoding = headers.get(b"content-encoding", b"identity")
    if encoding.lower() != b"identity":
        shown = encoding.decode("latin-1").lower()
        raise UnsupportedMediaType(f"A body with Content-Encoding {shown} is not accepted; send it as it is")
    return _media(headers.get(b"content-type", b"application/json"))


@lru_cache(64)
def _media(content_type: bytes) -> Media:
    given = content_type.decode("latin-1")
    kind, *parameters = [part.strip().lower() for part in given.split(";")]
    media = _MEDIA.get(kind) or _ENDINGS.get(kind.rpartition("+")[2] if "+" in kind else "")
    if media is None:
        raise UnsupportedMediaType(
            f"Content-Type {given or 'empty'} is not accepted; send application/json or application/yaml"
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType(f"The charset {value} is not accepted; send UTF-8")
    return media


def _hint(problem: Problem, value: Any) -> Problem:
    """A bare configuration where a wrapped one is wanted is the likely slip."""
    bare = isinstance(value, dict) and ("agents" in value or "agent_type" in value)
    if problem.field == "system_config" and bare:
        return Problem(problem.field, 'system_config is required: wrap the configuration, {"system_config": {…}}.')
    return problem


def check(value: Any, schema: Schema, operation: Operation) -> None:
    """Refuse a body that does not fit the schema.

    Raises:
        InvalidRequest: with every mistake; of the operation's kind.
    """
    findings = schema.check(value)
    if findings:
        raise operation.invalid(None, [_hint(finding.problem(), value) for finding in findings])


async def take_idle(exchange: Exchange) -> None:
    """Have what is sent to an operation that reads no body; a large one, and one of unknown length, is left where it is."""
    length = exchange.headers.get(b"content-length", b"0")
    if exchange.data is None and length != b"0" and int(length) <= CONTROL_BODY.most:
        exchange.data = await read_data(exchange, CONTROL_BODY.most)


async def read_idle(exchange: Exchange) -> Any:
    """What is sent to an operation that reads no body, as far as it is readable; None for nothing."""
    await take_idle(exchange)
    if exchange.data is None:
        return None
    with suppress(Unreadable, UnsupportedMediaType):
        document = await aside(len(exchange.data), read, exchange.data, media_of(exchange.headers))
        return document.value
    return None


async def _says_nothing(exchange: Exchange) -> bool:
    """Whether there is no body, or only the empty object that many clients send with every POST."""
    headers = exchange.headers
    if headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in headers:
        return True
    return re.fullmatch(_NOTHING, await read_data(exchange, CONTROL_BODY.most)) is not None


def _read_and_checked(data: bytes, media: Media, schema: Schema) -> tuple[Any, tuple[Finding, ...]]:
    value = read(data, media, CONTROL_VALUES.most).value if data else {}
    return value, schema.check(value)


async def read_control_body(exchange: Exchange, operation: Operation) -> Any:
    """The body of a control request; an empty mapping if none was sent, None for an operation that takes none.

    A configuration is read by the handler, which says what is wrong with it. It must say that it is JSON or YAML: a page of another site cannot send that unasked.

    Raises:
        Misuse: it does not fit, or there is one where none is taken.
        UnsupportedMediaType, BodyTooLarge, Unreadable: as of any body.
    """
    headers = exchange.headers
    if operation.body is None:
        if not await _says_nothing(exchange):
            parameters = "=, ?".join(one.name for one in operation.query)
            takes = f"; it takes ?{parameters}=" if parameters else ""
            raise Misuse(f"{operation.method} {operation.path} takes no body{takes}")
        return None
    files = -(-exchange.emulator.settings.max_content * 4 // 3) if operation.carries_files else 0
    data = await read_data(exchange, operation.max_body + files)
    if data and b"content-type" not in headers:
        raise UnsupportedMediaType("Send the body with Content-Type: application/json")
    if operation.body is CONFIGURATION:
        exchange.data, exchange.media = data, media_of(headers)
        return None
    value, findings = await aside(
        len(data), _read_and_checked, data, media_of(headers) if data else "json", operation.body
    )
    if findings:
        raise Misuse("The body is not what this takes", [finding.problem() for finding in findings])
    return value
