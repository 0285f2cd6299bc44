"""The road of a control request: route and method → body → handler → JSON. This module is that road."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.configuration.accepted import read
from emulator.configuration.schema import did_you_mean
from emulator.domain.emulator import Emulator
from emulator.domain.namespace import Namespace
from emulator.errors import ApiError, EmulatorError, EmulatorRefusal
from emulator.web import wire
from emulator.web.body import ClientGone, media_of, read_data
from emulator.web.errors import as_api_error, error_response

_log = logging.getLogger("emulator")


class ControlCall(NamedTuple):
    """A control request: the namespace that it is about, its query, and its body if it takes one."""

    emulator: Emulator
    namespace: Namespace
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None


class ControlReply(NamedTuple):
    """A status with what the wire shows; None for no body."""

    status: int
    shown: Any = None
    headers: Mapping[str, str] | None = None


ControlHandler = Callable[[ControlCall], Awaitable[ControlReply]]


class ControlOperation(NamedTuple):
    """One row of the control plane; `path` is below `/__emulator`."""

    method: str
    path: str
    summary: str
    handler: ControlHandler
    takes_body: bool = False


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
            reply = await self._go(scope, receive)
            content = None if reply.shown is None else wire.encode(reply.shown)
            media_type = None if reply.shown is None else "application/json"
            response = Response(content, reply.status, dict(reply.headers or {}), media_type)
        except EmulatorError as error:
            response = error_response(_as_refusal(error))
        except ClientGone:
            return
        except Exception:  # noqa: BLE001  # a defect of ours; logged, and answered with 500
            _log.exception("control request failed: %s %s", scope["method"], scope["path"])
            response = error_response(EmulatorRefusal(500, "The emulator has a defect; see its log"))
        await response(scope, receive, send)

    async def _go(self, scope: Scope, receive: Receive) -> ControlReply:
        if not self._rows:
            near = did_you_mean(scope["path"][:200], self._known, f"; there are {', '.join(self._known)}")
            raise EmulatorRefusal(404, f"There is no {scope['path'][:200]}{near}")
        operation = self._rows.get(scope["method"])
        if operation is None:
            allowed = ", ".join(self._rows)
            message = f"{scope['method']} is not allowed here; allowed: {allowed}"
            raise EmulatorRefusal(405, message, headers={"Allow": allowed})
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        headers = dict(scope["headers"])
        name = headers.get(b"x-emulator-namespace")
        namespace = self._emulator.namespace(name.decode("latin-1") if name is not None else query.get("namespace"))
        body = await self._body(headers, receive) if operation.takes_body else None
        return await operation.handler(ControlCall(self._emulator, namespace, scope["path_params"], query, body))

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> Any:
        """The body, which must say that it is JSON or YAML: a page of another site cannot send that unasked."""
        if b"content-type" not in headers:
            raise EmulatorRefusal(415, "Send the body with Content-Type: application/json")
        data = await read_data(headers, receive, self._emulator.settings.max_body)
        return read(data, media_of(headers)).value
