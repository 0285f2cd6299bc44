"""The road that every request of the imitated API travels. This module is that road.

namespace → route and method → key → body and query → handler → wire → journal (D05).
"""

import logging
from asyncio import CancelledError
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.domain.emulator import Emulator
from emulator.domain.journal import Entry, Outcome, redact_headers, redact_query, redact_request, redact_response
from emulator.domain.namespace import Namespace
from emulator.errors import EmulatorError, EmulatorRefusal, InternalFault, MethodNotAllowed, NotFound
from emulator.evidence import decided
from emulator.execution.walk import MARKER
from emulator.settings import CONTRACTS, Contract
from emulator.web import wire
from emulator.web.auth import key_of
from emulator.web.body import ClientGone, media_of, parse, read_data
from emulator.web.call import Call
from emulator.web.errors import as_api_error, error_response
from emulator.web.operations import CONFIGURATION, Operation
from emulator.web.patience import until_client_leaves
from emulator.web.query import read_query

Finder = Callable[[str], NotFound]

_log = logging.getLogger("emulator")
_OUTCOMES: dict[int, Outcome] = {401: "auth_error", 403: "auth_error", 404: "not_found", 429: "rate_limited"}
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class Road:
    """All operations of one path; an ASGI application that Starlette routes to.

    Args:
        emulator: whose worlds are asked.
        rows: the operations of the path; empty for a path that does not exist.
        unknown: the error of a path that does not exist.
    """

    def __init__(self, emulator: Emulator, rows: Sequence[Operation], unknown: Finder | None = None) -> None:
        self._emulator = emulator
        self._rows = {row.method: row for row in rows}
        self._unknown = unknown
        safe = ["HEAD"] if "GET" in self._rows and self._rows["GET"].safe else []
        if safe:
            self._rows["HEAD"] = self._rows["GET"]
        self._allowed = (*(row.method for row in rows), *safe, "OPTIONS")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and write it down."""
        trip = Trip(self._emulator, scope, receive)
        try:
            response = await self._answer(trip)
        except ClientGone:
            trip.write_down(None)
            return
        response.raw_headers.append((b"x-request-id", trip.id.encode()))
        if trip.evidence:
            response.raw_headers.append((b"x-emulator-evidence", trip.evidence.encode()))
        await response(scope, receive, send)
        trip.write_down(response)

    async def _answer(self, trip: "Trip") -> Response:
        try:
            return await self._go(trip)
        except EmulatorError as error:
            answered = as_api_error(error)
            trip.evidence = "" if isinstance(answered, EmulatorRefusal) else answered.evidence.level
            return error_response(answered)
        except ClientGone:
            raise
        except CancelledError:  # the server stops while the request is still being read
            return error_response(EmulatorRefusal(503, "The emulator stops"))
        except Exception:  # noqa: BLE001  # a defect of ours; logged, and answered with 500
            _log.exception("request %s failed: %s %s", trip.id, trip.method, trip.path)
            return error_response(InternalFault(f"The emulator has a defect; its log has the request {trip.id}"))

    async def _go(self, trip: "Trip") -> Response:
        namespace = trip.enter()
        if not self._rows:
            raise self._unknown(trip.path) if self._unknown else NotFound("No such endpoint")
        if trip.method == "OPTIONS":
            trip.evidence = decided("D09").level
            return Response(None, 204, {"Allow": ", ".join(self._allowed)})
        operation = self._rows.get(trip.method)
        if operation is None:
            raise MethodNotAllowed(trip.method, self._allowed)
        trip.operation = operation
        key = namespace.authenticate(key_of(trip.headers), operation.group)
        call = Call(
            namespace,
            key.account,
            trip.contract(),
            trip.strict(),
            trip.scope["path_params"],
            {},
        )
        trip.call = call
        if operation.body is not None:
            await self._read_body(trip, call, operation)
        if operation.query:
            call.query = read_query(trip.scope["query_string"], operation.query)
        if operation.waits:
            call.patience = until_client_leaves(trip.receive)
        return self._respond(operation, call, trip, await operation.handler(call))

    async def _read_body(self, trip: "Trip", call: Call, operation: Operation) -> None:
        call.data = trip.data = await read_data(trip.headers, trip.receive, self._emulator.settings.max_body)
        call.media = media_of(trip.headers)
        if operation.body is not None and operation.body is not CONFIGURATION:
            call.body = parse(call.data, call.media, operation.body)

    def _respond(self, operation: Operation, call: Call, trip: "Trip", shown: Any) -> Response:
        trip.evidence = operation.answer_evidence.level
        if operation.response is None:
            response = Response(None, operation.status)
        else:
            response = Response(wire.encode(shown), operation.status, media_type="application/json")
        if call.scripts:
            response.raw_headers.append((b"x-emulator-script", ", ".join(call.scripts).encode()))
        if call.diagnostics:
            response.raw_headers.append((b"x-emulator-diagnostics", ", ".join(call.diagnostics).encode()))
        return response


class Trip:
    """What is known of one request while it travels, up to its entry in the journal."""

    __slots__ = (
        "_emulator",
        "call",
        "data",
        "evidence",
        "headers",
        "id",
        "method",
        "namespace",
        "operation",
        "path",
        "receive",
        "scope",
        "started_at",
    )

    def __init__(self, emulator: Emulator, scope: Scope, receive: Receive) -> None:
        self._emulator = emulator
        self.scope = scope
        self.receive = receive
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.method: str = scope["method"]
        self.path: str = scope["raw_path"].decode("latin-1")
        self.namespace: Namespace = emulator.default
        self.id = self.namespace.journal.next_id()
        self.started_at = self.namespace.clock.now()
        self.operation: Operation | None = None
        self.call: Call | None = None
        self.data = b""
        self.evidence = ""

    def enter(self) -> Namespace:
        """The namespace that the request asks for."""
        name = self.headers.get(b"x-emulator-namespace")
        if name is not None:
            self.namespace = self._emulator.namespace(name.decode("latin-1"))
        return self.namespace

    def contract(self) -> Contract:
        """The contract of this request.

        Raises:
            EmulatorRefusal: 400, the header names none.
        """
        wanted = self.headers.get(b"x-emulator-contract")
        if wanted is None:
            return self.namespace.contract
        for contract in CONTRACTS:
            if wanted.decode("latin-1") == contract:
                return contract
        raise EmulatorRefusal(400, f"X-Emulator-Contract must be one of {', '.join(CONTRACTS)}")

    def strict(self) -> bool:
        """Whether this request asks to be strict.

        Raises:
            EmulatorRefusal: 400, the header says neither yes nor no.
        """
        wanted = self.headers.get(b"x-emulator-strict")
        if wanted is None or wanted in (b"0", b"false"):
            return False
        if wanted in (b"1", b"true"):
            return True
        raise EmulatorRefusal(400, "X-Emulator-Strict must be 1 or 0")

    def write_down(self, response: Response | None) -> None:
        """Put the request into the journal; None for one whose client went away."""
        call = self.call
        now = self.namespace.clock.now()
        session_id = (call.session_id or call.path.get("session_id")) if call else None
        self.namespace.journal.add(
            Entry(
                self.id,
                self.started_at,
                self.operation.name if self.operation else None,
                self.method,
                self.path,
                redact_query(self.scope["query_string"].decode("latin-1")),
                redact_headers(self.scope["headers"]),
                redact_request(self.data) if self.data else b"",
                response.status_code if response else 0,
                redact_response(bytes(response.body)) if response else b"",
                now - self.started_at,
                _outcome(response.status_code, call) if response else "aborted",
                session_id,
                call.scripts if call else (),
                self.evidence,
                call.diagnostics if call else (),
                response is not None,
            )
        )


def _outcome(status: int, call: Call | None) -> Outcome:
    if status >= _SERVER_ERROR:
        return "server_error"
    if status >= _CLIENT_ERROR:
        return _OUTCOMES.get(status, "client_error")
    return "default_answer" if call and MARKER in call.scripts else "ok"
