"""The way of every request, of the imitated API and of the control plane. This module is the order in which it is checked.

`Endpoint.answer` is that order (D05), from top to bottom.
"""

import logging
from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from atthene_emulator.contracts import CONTRACTS, Contract
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.agents import public_agent
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.fault import Fault
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.sessions import get_session
from atthene_emulator.errors import (
    ApiError,
    EmulatorError,
    EmulatorRefusal,
    InternalFault,
    InvalidRequest,
    MethodNotAllowed,
    Misuse,
    NoSuchPath,
    Overtaken,
    RateLimited,
    SentAway,
    Unknown,
)
from atthene_emulator.evidence.levels import decided
from atthene_emulator.secrecy import redact_text
from atthene_emulator.web import connection, wire
from atthene_emulator.web.connection import ClientGone
from atthene_emulator.web.errors import as_api_error, error_response
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.faults import ConnectionDropped, brought, finish, hold_up, malformed, send_half, strike
from atthene_emulator.web.headers import (
    CONTRACT,
    NAMESPACE,
    PREFER,
    USER_TOKEN,
    check_names,
    is_strict,
    key_of,
    user_of,
)
from atthene_emulator.web.input import read_before_key, read_control_input, read_input, take_body
from atthene_emulator.web.named import check_named
from atthene_emulator.web.operation import Operation, Plane, handler_of
from atthene_emulator.web.pages import check_hidden
from atthene_emulator.web.refused import refusal_of, tell
from atthene_emulator.wording import printable

_log = logging.getLogger("atthene_emulator")


class _Shown(Response):
    """What a handler shows, as JSON: the same for each of them, so that no header need be looked for."""

    def __init__(self, shown: object, status: int) -> None:
        self.status_code, self.background = status, None
        self.body = wire.encode(shown)
        length = str(len(self.body)).encode()
        self.raw_headers = [(b"content-length", length), (b"content-type", b"application/json")]


class Endpoint:
    """All operations of one path; an ASGI application.

    Args:
        emulator: whose namespaces are asked.
        plane: whose path it is.
        rows: the operations of the path; empty for a path that does not exist.
        unknown: the error of a path that does not exist.
    """

    def __init__(
        self,
        emulator: Emulator,
        plane: Plane,
        rows: Sequence[Operation],
        unknown: Callable[[str], ApiError] = lambda _: NoSuchPath(),
    ) -> None:
        self._emulator = emulator
        self._rulings = rulings = emulator.settings.rulings
        self._bearer = rulings["D12"]
        self._body_before_key = rulings["D05.key"] == "body"
        self._session_before_body = rulings["D05.body"] == "session"
        self._slash: str = rulings["D09.slash"]
        self._is_control = is_control = plane == "control"
        self._read = read_control_input if is_control else read_input
        self._unknown = unknown
        self._rows = {row.method: row for row in rows}
        reading = (row for row in rows if is_control or row.method != "GET" or row.body is not None or row.query)
        self._reading = frozenset(row.name for row in reading)  # those that are sent more than a path
        self._groups = {row.name: row.group for row in rows}
        self._levels = {row.name: row.answer_evidence for row in rows}
        self._statuses = {row.name: rulings.success(row.status) for row in rows}
        get = self._rows.get("GET")
        if get is not None and (self._is_control or (self._rulings["D41"] and get.safe)):
            self._rows["HEAD"] = get
        self._allowed = (*self._rows, *(() if self._is_control else ("OPTIONS",)))

    def is_for_anybody(self, method: str) -> bool:
        """Whether a request by this method is answered to anybody."""
        row = self._rows.get(method)
        return row is not None and row.access == "anybody"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; one of the imitated API is written down."""
        refusal = refusal_of(scope)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send)
            return
        exchange = Exchange(self._emulator, scope, receive)
        try:
            response = await self._answer_or_error(exchange)
        except (ClientGone, ConnectionDropped) as event:
            await self._leave(exchange, event)
        else:
            response.raw_headers.extend(exchange.notes)
            if self._is_control or not exchange.id:  # it has come to no namespace
                await response(scope, receive, send)
            else:
                await self._write_down_and_send(exchange, response, send)
        finally:
            if exchange.uploaded:
                exchange.finish()
            if self._emulator.listener is not None:
                exchange.report()

    async def _refuse(self, refusal: EmulatorRefusal, scope: Scope, receive: Receive, send: Send) -> None:
        response = error_response(refusal)
        await response(scope, receive, send)
        if not self._is_control:
            row = self._rows.get(scope["method"])
            tell(self._emulator, scope, row and row.name, bytes(response.body))

    async def _leave(self, exchange: Exchange, event: ClientGone | ConnectionDropped) -> None:
        """Leave a request without an answer."""
        if not self._is_control:
            exchange.write_down(None, delivered=False)
        if isinstance(event, ConnectionDropped):
            await event.happen(exchange.receive)

    async def answer(self, exchange: Exchange) -> Response:
        """Check a request in the order in which it happens (D05), and have its handler answer it.

        Raises:
            EmulatorError: the first thing that is wrong.
            ClientGone, ConnectionDropped: there is nobody, or nothing, to answer.
        """
        self._enter(exchange)  # 404 no such namespace
        operation = await self._let_in(exchange)
        if isinstance(operation, Response):
            return operation
        if not self._is_control:
            exchange.fault = self._fault(exchange, operation)
            if exchange.fault is not None:
                injected = await self._strike(exchange, exchange.fault, operation)  # whatever was injected
                if injected is not None:
                    return injected
            if self._session_before_body and "session_id" in exchange.path:
                get_session(exchange.namespace, exchange.account, exchange.path["session_id"])
        if operation.name in self._reading or exchange.scope["query_string"]:
            await self._read(exchange, operation)  # 413, 415, 400 body and query
        shown = handler_of(operation.handler)(exchange)  # 404, 409 and all the rest
        if operation.waits:
            shown = await shown
        return self._respond(exchange, operation, shown)

    def _let_in(self, exchange: Exchange) -> Awaitable[Operation | Response]:
        """The first checks, and after them the latency, if there is one."""
        if self._is_control or exchange.namespace.latency.range is None:
            return self._check_first(exchange)
        return self._check_and_be_late(exchange)

    async def _check_and_be_late(self, exchange: Exchange) -> Operation | Response:
        """The first checks, and after them the latency, whatever they have come to (D109)."""
        try:
            operation = await self._check_first(exchange)
        except EmulatorError:  # nobody reads its body
            await self._be_late(exchange)
            raise
        if not isinstance(operation, Response):
            await take_body(exchange, operation)
        await self._be_late(exchange)
        return operation

    async def _check_first(self, exchange: Exchange) -> Operation | Response:
        """The first checks, in their order, which need no body: the operation, or the answer to a request that needs none."""
        if exchange.has_ours or exchange.scope["query_string"]:
            check_names(exchange.headers, exchange.scope["query_string"])  # 400 a name that looks like ours
        operation = self._find(exchange)  # 404 path, 405 method
        if not self._is_control and not isinstance(operation, Response):
            if self._body_before_key and operation.body is not None and not operation.files:
                await read_before_key(exchange)
            self._admit(exchange, operation)  # 401, 403 the key
            self._count(exchange)  # 429 the rate limit
        return operation

    async def _answer_or_error(self, exchange: Exchange) -> Response:
        try:
            return await self.answer(exchange)
        except EmulatorError as error:
            invalid = exchange.operation.invalid if exchange.operation else InvalidRequest
            return self._error(exchange, as_api_error(error, invalid, exchange.inside))
        except (ClientGone, ConnectionDropped):
            raise
        except CancelledError:  # the server stops while the request is still being read
            return self._error(exchange, SentAway("The emulator stops"))
        except Exception:  # noqa: BLE001  # a defect of ours; logged, and answered with 500
            where = "of the control plane" if self._is_control else exchange.id
            _log.exception(
                "request %s failed: %s %s", where, exchange.method, printable(redact_text(exchange.raw_path))
            )
            kind = EmulatorRefusal.type if self._is_control else None
            return error_response(
                InternalFault(f"The emulator has a defect; its log has the request {where}"), None, kind
            )

    def _error(self, exchange: Exchange, error: ApiError) -> Response:
        """The error as an answer: on the control plane it is always ours."""
        ours = isinstance(error, EmulatorRefusal)
        exchange.evidence = "" if ours else error.evidence.level
        exchange.sent_away = isinstance(error, SentAway)
        if self._is_control:
            return error_response(error, kind=EmulatorRefusal.type)
        return error_response(error, self._rulings[error.rule] if error.rule and exchange.fault is None else None)

    # The steps of `answer`, in its order.

    def _enter(self, exchange: Exchange) -> None:
        """Find the namespace: the one that is named, else that of the key, else `default`."""
        emulator, named = self._emulator, exchange.headers.get(NAMESPACE)
        if self._is_control:
            exchange.namespace = self._named(exchange, named)
            return
        exchange.key = key_of(exchange.headers, bearer=self._bearer)
        if named is None:
            self._enter_kept(exchange, emulator.of_key(exchange.key))
            return
        try:
            found = emulator.namespace(named.decode("latin-1"))
        except Unknown:  # answered, and written down where the key would have led
            self._enter_kept(exchange, emulator.of_key(exchange.key))
            check_named(emulator, None, exchange.headers, exchange.key)
            raise
        self._enter_kept(exchange, found)
        check_named(emulator, found, exchange.headers, exchange.key)

    def _enter_kept(self, exchange: Exchange, namespace: Namespace) -> None:
        """Be about a namespace, unless what it becomes would not be kept.

        Raises:
            Overtaken: it is kept elsewhere by now.
        """
        if self._emulator.watcher is not None and not self._emulator.watcher.has(namespace):
            raise Overtaken(f"The namespace {namespace.name} is kept elsewhere by now; send the request again")
        exchange.enter(namespace)

    def _named(self, exchange: Exchange, header: bytes | None) -> Namespace:
        """The namespace that a control request names in its header or its query; else that of the key which it brings."""
        caller, is_for_anybody = exchange.caller, self.is_for_anybody(exchange.method)
        if caller.access == "anybody":
            return self._emulator.default  # whether there is another one is nobody's business
        named = {header.decode("latin-1")} if header is not None else set()
        named.update(value for name, value in exchange.parameters if name == "namespace")
        if len(named) > 1:
            raise Misuse(f"Header and query name two namespaces: {' and '.join(sorted(named))}; name one")
        chosen = next(iter(named), caller.namespace)
        if is_for_anybody and caller.access == "namespace" and chosen != caller.namespace:
            return self._emulator.default
        if chosen is not None:
            caller.check(chosen)
        is_looked_at = exchange.method in ("GET", "HEAD")
        return self._emulator.to_look_at(chosen) if is_looked_at else self._emulator.namespace(chosen)

    def _find(self, exchange: Exchange) -> Operation | Response:
        """The operation of this path and method; or the answer to a request that needs none."""
        path, method = exchange.raw_path, exchange.method
        if not self._is_control and self._rows and self._slash != "answered" and not path.endswith("/"):
            if self._slash == "unknown":
                raise NoSuchPath
            return Response(None, 308, {"Location": f"{urlsplit(exchange.root).path}{path}/"})
        if not self._rows:
            if not self._is_control and self._rulings["D05.route"] == "key":
                exchange.namespace.authenticate(exchange.key)
            raise self._unknown(path)
        operation = exchange.operation = self._rows.get(method)
        if operation is None and method in self._allowed:
            exchange.evidence = decided("D09").level
            return Response(None, 204, {"Allow": ", ".join(self._allowed)})
        if operation is None:
            raise MethodNotAllowed(method, self._allowed)
        if self._is_control:
            exchange.caller.check_access(operation.access)  # 403
        return operation

    def _admit(self, exchange: Exchange, operation: Operation) -> None:
        """Accept the key, and what headers choose besides."""
        visitor = self._visitor(exchange) if operation.public else None
        if visitor is None and exchange.key is None:
            check_hidden(exchange.scope)  # 403 of a page at a foreign origin
        exchange.account = (
            visitor or exchange.namespace.authenticate(exchange.key, self._groups[operation.name]).account
        )
        if USER_TOKEN in exchange.headers:  # the end user that the account speaks for
            exchange.account = exchange.account._replace(user=user_of(exchange.headers))
        exchange.contract = exchange.namespace.contract
        if exchange.has_ours:
            exchange.contract = self._contract(exchange)
            exchange.strict = is_strict(exchange.headers)
        exchange.session_id = exchange.path.get("session_id")

    def _visitor(self, exchange: Exchange) -> Account | None:
        """Of a page without a key, the account whose public agent it asks for (D66).

        Raises:
            NotPermitted: it is a page of another origin.
        """
        if exchange.key is not None or b"origin" not in exchange.headers:
            return None
        given = dict(exchange.parameters)
        key, origin = given.get("agent_key") or given.get("connection_key", ""), exchange.headers[b"origin"]
        agent = public_agent(exchange.namespace, key, origin.decode("latin-1"))
        return None if agent is None else Account(agent.owner, agent.company, agent_key=agent.key)

    def _contract(self, exchange: Exchange) -> Contract:
        wanted = exchange.headers.get(CONTRACT)
        if wanted is None:
            return exchange.namespace.contract
        for contract in CONTRACTS.values():
            if wanted.decode("latin-1") == contract.name:
                return contract
        raise Misuse(f"X-Emulator-Contract must be one of {', '.join(CONTRACTS)}")

    def _count(self, exchange: Exchange) -> None:
        """Count the request against the rate limit, if there is one that it falls under (D48)."""
        namespace = exchange.namespace
        limit = namespace.limiter.limit
        if limit is None:
            return
        bucket = {"key": exchange.key, "account": exchange.account.id, "session": exchange.session_id}[limit.scope]
        if bucket is None:
            return
        told = namespace.limiter.take(limit, bucket, namespace.clock.now())
        numbers = (("limit", told.limit), ("remaining", told.remaining), ("reset", told.reset))
        exchange.notes += [(f"x-ratelimit-{name}".encode(), str(number).encode()) for name, number in numbers]
        if told.retry_after:
            raise RateLimited(retry_after=told.retry_after)

    async def _be_late(self, exchange: Exchange) -> None:
        """Wait as long as the namespace's latency wants (D109)."""
        namespace = exchange.namespace
        await hold_up(exchange, namespace.clock.wait(namespace.latency.next_delay()))

    def _fault(self, exchange: Exchange, operation: Operation) -> Fault | None:
        """The fault that strikes: the one that the request brings along, else the first of the namespace that is about it."""
        faults = exchange.namespace.faults
        if exchange.has_ours or exchange.scope["query_string"] or PREFER in exchange.headers:
            fault = brought(exchange.headers, exchange.scope["query_string"], operation.name)
            if fault is not None:
                return faults.brought(fault)
        return faults.choose(operation.name, exchange.session_id) if faults else None

    async def _strike(self, exchange: Exchange, fault: Fault, operation: Operation) -> Response | None:
        if fault.delay or fault.kind == "hang":
            await take_body(exchange, operation)
        return await strike(exchange, fault, operation, self._allowed)

    def _respond(self, exchange: Exchange, operation: Operation, shown: object) -> Response:
        status = operation.status
        if not self._is_control:
            exchange.evidence = self._levels[operation.name]
            status = exchange.status or self._statuses[operation.name]
        else:
            self._note_control(exchange, operation)
        if isinstance(shown, Response):
            return shown
        if shown is None:
            return Response(None, status)
        return _Shown(shown, status)

    def _note_control(self, exchange: Exchange, operation: Operation) -> None:
        """What a request to the control plane leaves behind, which is not written down."""
        namespace = exchange.namespace
        if operation.waits:  # it may have waited long
            self._emulator.touch(namespace)
        if operation.method != "GET":
            done = {"method": operation.method, "path": exchange.scope["path"], "status": operation.status}
            namespace.feed.note("control", namespace.clock.now(), done)

    async def _write_down_and_send(self, exchange: Exchange, response: Response, send: Send) -> None:
        """Put the answer into the journal, and send it as it is, or as a fault has damaged it."""
        scope, receive, fault = exchange.scope, exchange.receive, exchange.fault
        headers = response.raw_headers
        headers.append((b"x-request-id", exchange.id.encode()))
        if exchange.scripts:
            headers.append((b"x-emulator-script", ", ".join(exchange.scripts).encode()))
        if exchange.diagnostics:
            headers.append((b"x-emulator-diagnostics", ", ".join(exchange.diagnostics).encode()))
        if fault is not None:
            exchange.evidence = ""  # it is evidence of nothing
            finish(response, fault, scope, exchange.namespace.clock.now())
            if fault.kind == "truncate":
                exchange.write_down(response, delivered=False)
                await send_half(response, scope, receive, send)
                return
            if fault.kind == "malformed":
                response = malformed(response)
        elif exchange.evidence:
            headers.append((b"x-emulator-evidence", exchange.evidence.encode()))
        exchange.write_down(response, delivered=connection.is_open(receive))
        await response(scope, receive, send)
        if not connection.is_open(receive):
            exchange.amend(delivered=False)
