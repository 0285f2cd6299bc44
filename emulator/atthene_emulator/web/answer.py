"""The road that every request of the imitated API travels. This module is that road.

namespace → route and method → key → rate limit → fault → body and query → handler → wire → journal (D05).
"""

import logging
from asyncio import CancelledError
from collections.abc import Callable, Sequence
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from atthene_emulator.configuration.accepted import read
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.faults import Fault
from atthene_emulator.errors import EmulatorError, EmulatorRefusal, InternalFault, MethodNotAllowed, NotFound
from atthene_emulator.evidence.levels import decided
from atthene_emulator.web import connection, wire
from atthene_emulator.web.body import ClientGone, media_of, parse, read_data
from atthene_emulator.web.call import Call
from atthene_emulator.web.errors import as_api_error, error_response
from atthene_emulator.web.faults import ConnectionDropped, brought, error_of, malformed, send_half
from atthene_emulator.web.operations import CONFIGURATION, Operation
from atthene_emulator.web.patience import until_client_leaves
from atthene_emulator.web.query import read_query
from atthene_emulator.web.trip import Trip

Finder = Callable[[str], NotFound]

_SENT_AWAY = 503
_log = logging.getLogger("atthene_emulator")


class Road:
    """All operations of one path; an ASGI application that Starlette routes to.

    Args:
        emulator: whose worlds are asked.
        rows: the operations of the path; empty for a path that does not exist.
        unknown: the error of a path that does not exist.
    """

    def __init__(self, emulator: Emulator, rows: Sequence[Operation], unknown: Finder | None = None) -> None:
        self._emulator = emulator
        self._rulings = emulator.settings.rulings
        self._slash = self._rulings["D09.slash"]
        self._reads_first = self._rulings["D05.key"] == "body"
        self._finds_first = self._rulings["D05.body"] == "session"
        self._rows = {row.method: row for row in rows}
        self._unknown = unknown
        safe = ["HEAD"] if self._rulings["D41"] and "GET" in self._rows and self._rows["GET"].safe else []
        if safe:
            self._rows["HEAD"] = self._rows["GET"]
        self._allowed = (*(row.method for row in rows), *safe, "OPTIONS")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and write it down."""
        trip = Trip(self._emulator, scope, receive)
        try:
            response = await self._answer(trip)
        except ClientGone:
            trip.write_down(None, delivered=False)
            return
        except ConnectionDropped:
            trip.write_down(None, delivered=False)
            await connection.close(receive)
            return
        response.raw_headers += ((b"x-request-id", trip.id.encode()), *trip.notes)
        if trip.fault is not None:
            await self._send_struck(trip, trip.fault, response, send)
            return
        if trip.evidence:
            response.raw_headers.append((b"x-emulator-evidence", trip.evidence.encode()))
        await response(scope, receive, send)
        trip.write_down(response, delivered=connection.is_open(receive))

    async def _send_struck(self, trip: Trip, fault: Fault, response: Response, send: Send) -> None:
        """Send the answer of a request that a fault has struck; it is evidence of nothing."""
        trip.evidence = ""
        response.raw_headers.append((b"x-emulator-fault", fault.label.encode()))
        if fault.retry_after is not None and b"retry-after" not in dict(response.raw_headers):
            response.raw_headers.append((b"retry-after", str(fault.retry_after).encode()))
        if fault.kind == "truncate":
            trip.write_down(response, delivered=False)
            await send_half(response, trip.scope, trip.receive, send)
            return
        sent = malformed(response) if fault.kind == "malformed" and response.body else response
        await sent(trip.scope, trip.receive, send)
        trip.write_down(sent, delivered=connection.is_open(trip.receive))

    async def _answer(self, trip: Trip) -> Response:
        try:
            return await self._go(trip)
        except EmulatorError as error:
            answered = as_api_error(error)
            ours = isinstance(answered, EmulatorRefusal)
            trip.evidence = "" if ours else answered.evidence.level
            trip.sent_away = ours and answered.status == _SENT_AWAY
            ruled = self._rulings[answered.rule] if answered.rule and trip.fault is None else None
            return error_response(answered, ruled)
        except (ClientGone, ConnectionDropped):
            raise
        except CancelledError:  # the server stops while the request is still being read
            return error_response(EmulatorRefusal(503, "The emulator stops"))
        except Exception:  # noqa: BLE001  # a defect of ours; logged, and answered with 500
            _log.exception("request %s failed: %s %s", trip.id, trip.method, trip.path)
            return error_response(InternalFault(f"The emulator has a defect; its log has the request {trip.id}"))

    async def _go(self, trip: Trip) -> Response:
        namespace = trip.enter()
        trip.check_names()
        if self._slash != "answered" and self._rows and not trip.path.endswith("/"):
            if self._slash == "unknown":
                raise NotFound(f"There is no {trip.path[:200]}")
            return Response(None, 308, {"Location": f"{trip.path}/"})
        if not self._rows:
            if self._rulings["D05.route"] == "key":
                namespace.authenticate(trip.key)
            raise self._unknown(trip.path) if self._unknown else NotFound("No such endpoint")
        if trip.method == "OPTIONS":
            trip.evidence = decided("D09").level
            return Response(None, 204, {"Allow": ", ".join(self._allowed)})
        operation = self._rows.get(trip.method)
        if operation is None:
            raise MethodNotAllowed(trip.method, self._allowed)
        trip.operation = operation
        if self._reads_first and operation.body is not None:
            await self._parse_first(trip)
        key = namespace.authenticate(trip.key, operation.group)
        path = trip.scope["path_params"]
        call = Call(namespace, key.account, trip.contract(), trip.strict(), path, {}, self._rulings)
        trip.call = call
        await self._meet(trip, call, operation)
        await self._prepare(trip, call, operation)
        return self._respond(operation, call, trip, await operation.handler(call))

    async def _parse_first(self, trip: Trip) -> None:
        """Refuse a body that cannot be read before the key is looked at, as is ruled."""
        trip.data = await read_data(trip.headers, trip.receive, self._emulator.settings.max_body)
        read(trip.data, media_of(trip.headers))

    async def _meet(self, trip: Trip, call: Call, operation: Operation) -> None:
        """Count the request, and let a fault strike it."""
        session_id = call.path.get("session_id")
        trip.count(session_id)
        fault = brought(trip.headers, trip.scope["query_string"])
        if fault is None and call.namespace.faults:
            fault = call.namespace.faults.choose(operation.name, session_id)
        if fault is not None:
            await self._suffer(fault, trip, operation)

    async def _prepare(self, trip: Trip, call: Call, operation: Operation) -> None:
        """Give the handler what it asks for: body, query, patience."""
        if self._finds_first and "session_id" in call.path:
            await call.namespace.sessions.get(call.account, call.path["session_id"])
        if operation.body is not None:
            if trip.data is None:
                trip.data = await read_data(trip.headers, trip.receive, self._emulator.settings.max_body)
            call.data, call.media = trip.data, media_of(trip.headers)
            if operation.body is not CONFIGURATION:
                call.body = parse(call.data, call.media, operation.body)
        if operation.query:
            call.query = read_query(trip.scope["query_string"], operation.query)
        if operation.waits:
            call.patience = until_client_leaves(trip.receive)

    async def _suffer(self, fault: Fault, trip: Trip, operation: Operation) -> None:
        """Wait for as long as the fault wants, and fail if it wants that."""
        trip.fault = fault
        if fault.delay or fault.kind == "hang":
            if operation.body is not None:  # read first: whoever watches the connection would swallow it
                trip.data = await read_data(trip.headers, trip.receive, self._emulator.settings.max_body)
            patience, gates = until_client_leaves(trip.receive), trip.namespace.gates
            if fault.delay:
                await patience(trip.namespace.clock.wait(fault.delay))
            if fault.kind == "hang":
                await patience(trip.namespace.faults.hold(fault))
            if trip.namespace.gates is not gates:
                raise EmulatorRefusal(503, "The request was ended while it waited: its namespace is not what it was")
        if fault.kind == "error":
            raise error_of(fault, operation.name, trip.method, self._allowed)
        if fault.kind == "drop":
            raise ConnectionDropped

    def _respond(self, operation: Operation, call: Call, trip: Trip, shown: Any) -> Response:
        trip.evidence = operation.answer_evidence.level
        status = call.status or self._rulings.success(operation.status)
        if operation.response is None:
            response = Response(None, status)
        else:
            response = Response(wire.encode(shown), status, media_type="application/json")
        if call.scripts:
            response.raw_headers.append((b"x-emulator-script", ", ".join(call.scripts).encode()))
        if call.diagnostics:
            response.raw_headers.append((b"x-emulator-diagnostics", ", ".join(call.diagnostics).encode()))
        return response
