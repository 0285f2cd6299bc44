"""Injected faults on the wire: those that a request brings along, the errors they stand for, and damaged answers.

This module is that step of the order. An injected error is of the very class that a genuine one is.
"""

import re
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from atthene_emulator.domain.fault import PASSING, Fault, FaultKind, parse_fault, read_fault
from atthene_emulator.errors import (
    ApiError,
    BodyTooLarge,
    ContentPolicyRefused,
    FileTooLarge,
    InternalFault,
    MethodNotAllowed,
    Misuse,
    NoSuchArtifact,
    NotAuthenticated,
    NotExecuted,
    NotFound,
    NotIngested,
    NotPermitted,
    Overloaded,
    RateLimited,
    SentAway,
    SessionNotCreated,
    TimedOut,
    UnsupportedMediaType,
    WaitingForApproval,
)
from atthene_emulator.web import connection
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.headers import FAULT, FAULT_PARAMETER, PREFER
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.streamed import Streamed

_FORMS = (
    "429, drop, reset, garbage, truncate, malformed, hang, delay=500, delay=300-1200 or 503;retry_after=2;delay=500; "
    "for a socket like error_code=execution_error, close=4003, gap, duplicate, reorder or drop;after_events=3"
)
_NO_TEXT = b"\xff"  # a byte that UTF-8 does not have
_GARBAGE = bytes(range(128, 256)) + b"\r\n\r\n"  # what no client takes for the beginning of an answer
_FOR_PAGES = "emulator.for_pages"  # in the scope of a request whose fault says who may read the answer
_CORS = b"access-control-"
_CLIENT_ERROR = 400
_MISSING = (  # what a 404 says of operations that begin so
    ("agents.", "Agent not found"),
    ("sessions.start", "Agent not found"),
    ("sessions.delete_of_agent", "Agent not found"),
    ("sessions.feedback", "Message not found"),
    ("collections.remove_file", "File not found"),
    ("collections.", "Collection not found"),
    ("knowledge_bases.", "Knowledge base not found"),
    ("images.", "Image not found"),
    ("", "Session not found"),
)
_OF_STATUS: Mapping[int, type[ApiError]] = {
    401: NotAuthenticated,
    403: NotPermitted,
    409: WaitingForApproval,
    413: BodyTooLarge,
    415: UnsupportedMediaType,
    503: Overloaded,
    504: TimedOut,
}
DOCUMENTED = frozenset((400, 404, 405, 429, 500, *_OF_STATUS))  # statuses that the service itself has
_CREATING = ("sessions.create", "sessions.start", "sessions.start_by_key", "sessions.start_default")
_OF_OPERATION = dict.fromkeys(_CREATING, SessionNotCreated) | {  # status 500
    "runtime.execute": NotExecuted,
    "knowledge_bases.create": NotIngested,
}


class ConnectionDropped(Exception):  # an event, not an error
    """The connection is to be closed without an answer, in the way of a fault's kind."""

    def __init__(self, kind: FaultKind) -> None:
        super().__init__(kind)
        self.kind = kind

    async def happen(self, receive: Receive) -> None:
        """Close it."""
        if self.kind == "reset":
            await connection.reset(receive)
        elif self.kind == "garbage":
            await connection.send_raw(receive, _GARBAGE)
        else:
            await connection.close(receive)


def brought(headers: Mapping[bytes, bytes], query: bytes, operation: str) -> Fault | None:
    """The fault that a request brings along: its header, its query, or `Prefer: code=429`; None without one.

    Raises:
        Misuse: it is none, or none of this operation.
    """
    text = headers.get(FAULT)
    if text is None and query and FAULT_PARAMETER in query:
        values = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
        text = next((value.encode("latin-1") for name, value in values if name == FAULT_PARAMETER.decode()), None)
    if text is None and PREFER in headers:
        match = re.search(rb'\bcode="?(\d{3})\b', headers[PREFER])
        text = match[1] if match and int(match[1]) >= _CLIENT_ERROR else None
    return None if text is None else _parse(text.decode("latin-1"), operation)


def _parse(text: str, operation: str) -> Fault:
    from atthene_emulator.seeds.faults import read_faults  # noqa: PLC0415  # few requests bring one

    entry = parse_fault(text)
    if entry is None:
        raise Misuse(f"{text[:60]!r} is not a fault; write it like {_FORMS}")
    try:
        read_faults([entry], 1)
    except Misuse as refusal:
        raise Misuse(f"{text[:60]!r} is not a fault: {refusal.problems[0].message}") from None
    fault = read_fault({**entry, "id": PASSING}, 1)
    if not fault.is_about(operation, None):
        own, other = ("requests", "sockets") if fault.is_for_http else ("sockets", "requests")
        raise Misuse(f"{fault.label} is of {own}, and {operation} of {other}")
    return fault


async def hold_up(exchange: Exchange, waiting: Awaitable[None]) -> None:
    """Let a request wait, unless its client leaves.

    Raises:
        SentAway: the namespace became something else while it waited.
    """
    namespace, epoch = exchange.namespace, exchange.namespace.epoch
    await exchange.waiter(waiting)
    if namespace.epoch != epoch:
        raise SentAway("The request was ended while it waited: its namespace is not what it was")


async def strike(exchange: Exchange, fault: Fault, operation: Operation, allowed: Sequence[str]) -> Response | None:
    """Wait for as long as a fault wants, and fail if it wants that; one that damages the answer does so later.

    Returns:
        The answer of a fault that has one of its own, or whose status the service does not have.

    Raises:
        ApiError: the one that it stands for.
        ConnectionDropped: it wants that.
        SentAway: the namespace became something else while it waited.
    """
    if fault.delay:
        await hold_up(exchange, exchange.namespace.clock.wait(fault.delay))
    if fault.kind == "hang":
        await hold_up(exchange, exchange.namespace.faults.hold(fault))
    if fault.kind in ("drop", "reset", "garbage"):
        raise ConnectionDropped(fault.kind)
    if fault.kind != "error":
        return None
    if fault.body is not None:
        return Response(fault.body, fault.status or 500)
    if fault.status not in DOCUMENTED:
        return Response(_gateway_page(fault), fault.status or 500, media_type="text/html")
    raise error_of(fault, operation, exchange.method, allowed)


def _gateway_page(fault: Fault) -> str:
    """What stands in front of the service answers by itself: such a page as the usual ones have."""
    from html import escape  # noqa: PLC0415  # seldom wanted, and large

    status = fault.status or 500
    try:
        said = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # a number that has no name
        said = str(status)
    title = escape(fault.message or said)
    return f"<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1></center>\n</body>\n</html>\n"


def error_of(fault: Fault, operation: Operation, method: str, allowed: Sequence[str]) -> ApiError:
    """The error that a fault stands for, as the operation has it."""
    said = fault.message
    match fault.status:
        case 400:
            return (ContentPolicyRefused if fault.type == ContentPolicyRefused.type else operation.invalid)(said)
        case 404:
            return _missing(operation, said)
        case 405:
            return MethodNotAllowed(method, allowed, said or f"Method {method} is not allowed here")
        case 429:
            return RateLimited(said, 1 if fault.retry_after is None else fault.retry_after)
        case 500:
            return _OF_OPERATION.get(operation.name, InternalFault)(said)
        case status:
            return _of_status(status or 0, operation)(said)


def _of_status(status: int, operation: Operation) -> type[ApiError]:
    """What is too large for an operation that takes files is a file."""
    is_file = status == FileTooLarge.status and FileTooLarge in operation.errors
    return FileTooLarge if is_file else _OF_STATUS[status]


def _missing(operation: Operation, said: str | None) -> ApiError:
    """What is not found by an operation."""
    if NoSuchArtifact in operation.errors:
        return NoSuchArtifact(said)
    return NotFound(said or next(text for name, text in _MISSING if operation.name.startswith(name)))


class _ForPages(NamedTuple):
    """What a fault says of who may read an answer.

    Attributes:
        headers: in place of ours.
        has_others: whether ours stay besides.
    """

    headers: tuple[tuple[bytes, bytes], ...]
    has_others: bool

    def keeps(self, item: tuple[bytes, bytes]) -> bool:
        """Whether a header of the answer stays."""
        name = item[0].lower()
        return not name.startswith(_CORS) or (self.has_others and all(name != own for own, _ in self.headers))


def finish(response: Response, fault: Fault, scope: Scope, now: float) -> None:
    """Give an answer what a fault says of its headers, at a time in the namespace."""
    own = {name.lower().encode(): value.encode("latin-1") for name, value in fault.headers}
    if fault.content_type is not None:
        own[b"content-type"] = fault.content_type.encode("latin-1")
    retry = fault.retry_header(now)
    if retry is not None:
        own.setdefault(b"retry-after", retry.encode())
    response.raw_headers = [item for item in response.raw_headers if item[0] not in own]
    response.raw_headers += [*own.items(), (b"x-emulator-fault", fault.label.encode())]
    for_pages = {name: value for name, value in own.items() if name.startswith(_CORS)}
    if for_pages or not fault.cors:
        scope[_FOR_PAGES] = _ForPages(tuple(for_pages.items()), fault.cors)


def without_cors(scope: Scope, send: Send) -> Send:
    """Sends what is sent, but for what allows pages to read the answer, if a fault has said so, or says something else there."""

    async def send_without(message: Message) -> None:
        if message["type"] == "http.response.start" and _FOR_PAGES in scope:
            said: _ForPages = scope[_FOR_PAGES]
            message = {**message, "headers": [*filter(said.keeps, message["headers"]), *said.headers]}
        await send(message)

    return send_without


def malformed(response: Response) -> Response:
    """The same answer with a body that is neither JSON nor text: cut, and ended by a byte that UTF-8 does not have.

    An answer without a body stays as it is.
    """
    if isinstance(response, Streamed):
        return response.cut(response.size * 2 // 3, _NO_TEXT) if response.size else response
    if not response.body:
        return response
    body = bytes(response.body)
    damaged = Response(body[: len(body) * 2 // 3] + _NO_TEXT, response.status_code)
    length = [item for item in damaged.raw_headers if item[0] == b"content-length"]
    damaged.raw_headers = [item for item in response.raw_headers if item[0] != b"content-length"] + length
    return damaged


async def send_half(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the head and half of the body, and close the connection."""
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    if scope["method"] != "HEAD":
        for piece in _half(response):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await connection.close(receive)


def _half(response: Response) -> Iterable[bytes]:
    """The first half of a body."""
    if isinstance(response, Streamed):
        return response.cut(response.size // 2).pieces
    body = bytes(response.body)
    return (body[: len(body) // 2],)
