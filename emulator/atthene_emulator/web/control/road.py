"""The road of a control request: route and method → body → handler → JSON. This module is that road."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from atthene_emulator.configuration.accepted import read
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.runtime import Patience, endless_patience
from atthene_emulator.errors import ApiError, EmulatorError, EmulatorRefusal
from atthene_emulator.web import wire
from atthene_emulator.web.body import ClientGone, media_of, read_data
from atthene_emulator.web.errors import as_api_error, error_response
from atthene_emulator.web.headers import HEADERS, refuse_header
from atthene_emulator.web.patience import until_client_leaves
from atthene_emulator.wording import did_you_mean

ANYTHING = Schema("control/anything")
SMALL, LARGE = 1024 * 1024, 16 * 1024 * 1024

_MAX_VALUES = 2_000_000
_log = logging.getLogger("atthene_emulator")


class ControlCall(NamedTuple):
    """A control request.

    Attributes:
        namespace: the one that it is about.
        host: what the client calls this server.
        body: of an operation that takes one; an empty mapping if none was sent.
        patience: waits for something unless the client goes away.
    """

    emulator: Emulator
    namespace: Namespace
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[bytes, bytes]
    body: Any = None
    patience: Patience = endless_patience

    @property
    def host(self) -> str:
        """What the client calls this server, with the port."""
        return self.headers[b"host"].decode("latin-1")


class ControlReply(NamedTuple):
    """A status with what the wire shows, None for no body; or a response of another kind."""

    status: int
    shown: Any = None
    headers: Mapping[str, str] | None = None
    response: Response | None = None


ControlHandler = Callable[[ControlCall], Awaitable[ControlReply]]


class ControlOperation(NamedTuple):
    """One row of the control plane.

    Attributes:
        path: below `/__emulator`.
        body: schema of the body, if it takes one.
        query: names of its query parameters besides `namespace`.
        max_body: bytes that the body may have.
    """

    method: str
    path: str
    summary: str
    handler: ControlHandler
    body: Schema | None = None
    max_body: int = SMALL
    query: tuple[str, ...] = ()


def _as_refusal(error: EmulatorError) -> ApiError:
    """Whatever is wrong with a control request is the emulator's own refusal."""
    known = as_api_error(error)
    return known if isinstance(known, EmulatorRefusal) else EmulatorRefusal(known.status, known.message, known.problems)


class ControlRoad:
    """All operations of one control path; an ASGI application. `known` are the paths to name where there is none."""

    def __init__(self, emulator: Emulator, rows: Sequence[ControlOperation], known: Sequence[str] = ()) -> None:
        self._emulator = emulator
        self._known = known
        self._rows = {row.method: row for row in rows}
        if "GET" in self._rows:
            self._rows["HEAD"] = self._rows["GET"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one control request."""
        try:
            response = await self._go(scope, receive)
        except EmulatorError as error:
            response = error_response(_as_refusal(error))
        except ClientGone:
            return
        except Exception:  # noqa: BLE001  # a defect of ours; logged, and answered with 500
            _log.exception("control request failed: %s %s", scope["method"], scope["path"])
            response = error_response(EmulatorRefusal(500, "The emulator has a defect; see its log"))
        await response(scope, receive, send)

    async def _go(self, scope: Scope, receive: Receive) -> Response:
        if not self._rows:
            near = did_you_mean(scope["path"][:200], self._known, f"; there are {', '.join(self._known)}")
            raise EmulatorRefusal(404, f"There is no {scope['path'][:200]}{near}")
        operation = self._rows.get(scope["method"])
        if operation is None:
            allowed = ", ".join(self._rows)
            message = f"{scope['method']} is not allowed here; allowed: {allowed}"
            raise EmulatorRefusal(405, message, headers={"Allow": allowed})
        call = self._call(scope, receive, operation)
        if operation.body is None:
            _check_no_body(call.headers, operation)
        else:
            call = call._replace(body=await _body(call.headers, receive, operation.body, operation.max_body))
        reply = await operation.handler(call)
        if operation.method != "GET":
            done = {"method": operation.method, "path": scope["path"], "status": reply.status}
            call.namespace.feed.note("control", call.namespace.clock.now(), done)
        if reply.response is not None:
            return reply.response
        content = None if reply.shown is None else wire.encode(reply.shown)
        return Response(content, reply.status, dict(reply.headers or {}), "application/json" if content else None)

    def _call(self, scope: Scope, receive: Receive, operation: ControlOperation) -> ControlCall:
        query = _query(scope["query_string"], operation)
        headers = dict(scope["headers"])
        for header in headers:
            if header.startswith(b"x-emulator-") and header not in HEADERS:
                refuse_header(header)
        named = {name.decode("latin-1") for name in (headers.get(b"x-emulator-namespace"),) if name is not None}
        named |= {query["namespace"]} if "namespace" in query else set()
        if len(named) > 1:
            raise EmulatorRefusal(400, f"Header and query name two namespaces: {' and '.join(sorted(named))}; name one")
        namespace = self._emulator.namespace(next(iter(named), None))
        patience = until_client_leaves(receive)
        return ControlCall(self._emulator, namespace, scope["path_params"], query, headers, patience=patience)


def _query(text: bytes, operation: ControlOperation) -> Mapping[str, str]:
    """The query, each parameter once.

    Raises:
        EmulatorRefusal: 400, a parameter is unknown or there twice.
    """
    known, query = (*operation.query, "namespace"), dict[str, str]()
    for name, value in parse_qsl(text.decode("latin-1"), keep_blank_values=True):
        if name not in known:
            near = did_you_mean(name, known, f"; there are {', '.join(known)}")
            raise EmulatorRefusal(400, f"There is no parameter {name[:60]}{near}")
        if name in query:
            raise EmulatorRefusal(400, f"{name} is given twice; separate values by commas where there may be several")
        query[name] = value
    return query


def _check_no_body(headers: Mapping[bytes, bytes], operation: ControlOperation) -> None:
    if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
        takes = f"; it takes ?{'=, ?'.join(operation.query)}=" if operation.query else ""
        raise EmulatorRefusal(400, f"{operation.method} {operation.path} takes no body{takes}")


async def _body(headers: Mapping[bytes, bytes], receive: Receive, schema: Schema, limit: int) -> Any:
    """The body, which must say that it is JSON or YAML: a page of another site cannot send that unasked."""
    data = await read_data(headers, receive, limit)
    if not data:
        value: Any = {}
    elif b"content-type" not in headers:
        raise EmulatorRefusal(415, "Send the body with Content-Type: application/json")
    else:
        value = read(data, media_of(headers), _MAX_VALUES).value
    findings = schema.check(value)
    if findings:
        raise EmulatorRefusal(400, "The body is not what this takes", [finding.problem() for finding in findings])
    return value
