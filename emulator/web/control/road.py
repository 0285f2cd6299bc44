"""The road of a control request: route and method → body → handler → JSON. This module is that road."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.domain.emulator import Emulator
from emulator.domain.namespace import Namespace
from emulator.errors import EmulatorError, EmulatorRefusal
from emulator.web import wire
from emulator.web.body import ClientGone
from emulator.web.errors import as_api_error, error_response

_log = logging.getLogger("emulator")


class ControlCall(NamedTuple):
    """A control request: the namespace that it is about, and its query."""

    emulator: Emulator
    namespace: Namespace
    path: Mapping[str, str]
    query: Mapping[str, str]


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


class ControlRoad:
    """All operations of one control path; an ASGI application."""

    def __init__(self, emulator: Emulator, rows: Sequence[ControlOperation]) -> None:
        self._emulator = emulator
        self._rows = {row.method: row for row in rows}
        if "GET" in self._rows:
            self._rows["HEAD"] = self._rows["GET"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one control request."""
        try:
            reply = await self._go(scope)
            content = None if reply.shown is None else wire.encode(reply.shown)
            media_type = None if reply.shown is None else "application/json"
            response = Response(content, reply.status, dict(reply.headers or {}), media_type)
        except EmulatorError as error:
            response = error_response(as_api_error(error))
        except ClientGone:
            return
        except Exception:  # noqa: BLE001  # a defect of ours; logged, and answered with 500
            _log.exception("control request failed: %s %s", scope["method"], scope["path"])
            response = error_response(EmulatorRefusal(500, "The emulator has a defect; see its log"))
        await response(scope, receive, send)

    async def _go(self, scope: Scope) -> ControlReply:
        if not self._rows:
            raise EmulatorRefusal(
                404, f"There is no {scope['path'][:200]}; GET /__emulator/operations lists what there is"
            )
        operation = self._rows.get(scope["method"])
        if operation is None:
            raise EmulatorRefusal(405, f"{scope['method']} is not allowed here; allowed: {', '.join(self._rows)}")
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        name = dict(scope["headers"]).get(b"x-emulator-namespace")
        namespace = self._emulator.namespace(name.decode("latin-1") if name is not None else query.get("namespace"))
        return await operation.handler(ControlCall(self._emulator, namespace, scope["path_params"], query))
