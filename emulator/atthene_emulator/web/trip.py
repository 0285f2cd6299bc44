"""One request while it travels its road. This module is what is known of it, up to its entry in the journal."""

from collections.abc import Mapping
from time import perf_counter

from starlette.responses import Response
from starlette.types import Receive, Scope

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.faults import Fault
from atthene_emulator.domain.journal import Entry, Outcome
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.redaction import redact_headers, redact_query, redact_request, redact_response
from atthene_emulator.errors import EmulatorRefusal, RateLimited
from atthene_emulator.execution.walk import MARKER
from atthene_emulator.settings import CONTRACTS, Contract
from atthene_emulator.web.auth import key_of
from atthene_emulator.web.call import Call
from atthene_emulator.web.faults import QUERY
from atthene_emulator.web.headers import HEADERS, refuse_header
from atthene_emulator.web.operations import Operation

_OUTCOMES: dict[int, Outcome] = {401: "auth_error", 403: "auth_error", 404: "not_found", 429: "rate_limited"}
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class Trip:
    """What is known of one request.

    Attributes:
        namespace: the one that its header names, else the one of its key, else `default`.
        data: its body, once it was read.
        fault: the one that strikes it.
        notes: headers that its answer gets besides its own.
        sent_away: it waited, and was ended with its world.
    """

    __slots__ = (
        "_began",
        "_listener",
        "_refusal",
        "call",
        "data",
        "evidence",
        "fault",
        "headers",
        "id",
        "key",
        "method",
        "namespace",
        "notes",
        "operation",
        "path",
        "receive",
        "scope",
        "sent_away",
        "started_at",
    )

    def __init__(self, emulator: Emulator, scope: Scope, receive: Receive) -> None:
        self._listener = emulator.listener
        self._began = perf_counter() if self._listener is not None else 0.0
        self.scope = scope
        self.receive = receive
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.method: str = scope["method"]
        self.path: str = scope["raw_path"].decode("latin-1")
        self.key = key_of(self.headers, bearer=emulator.settings.rulings["D12"])
        self.namespace: Namespace = emulator.of_key(self.key)
        self._refusal: EmulatorRefusal | None = None
        wanted = self.headers.get(b"x-emulator-namespace")
        if wanted is not None:
            try:
                self.namespace = emulator.namespace(wanted.decode("latin-1"))
            except EmulatorRefusal as refusal:  # answered, and written down where nothing was named
                self._refusal = refusal
        self.id = self.namespace.journal.next_id()
        self.started_at = self.namespace.clock.now()
        self.operation: Operation | None = None
        self.call: Call | None = None
        self.data: bytes | None = None
        self.fault: Fault | None = None
        self.evidence = ""
        self.sent_away = False
        self.notes: list[tuple[bytes, bytes]] = []

    def enter(self) -> Namespace:
        """The namespace that the request asks for.

        Raises:
            EmulatorRefusal: 404, there is none of that name.
        """
        if self._refusal is not None:
            raise self._refusal
        return self.namespace

    def check_names(self) -> None:
        """Refuse headers and query parameters that look like ours and are none: a misspelt one would do nothing.

        Raises:
            EmulatorRefusal: 400, names it and the near one.
        """
        for name in self.headers:
            if name.startswith(b"x-emulator-") and name not in HEADERS:
                refuse_header(name)
        if b"emulator_" in self.scope["query_string"]:
            for part in self.scope["query_string"].split(b"&"):
                name = part.partition(b"=")[0]
                if name.startswith(b"emulator_") and name != QUERY:
                    raise EmulatorRefusal(
                        400, f"There is no parameter {name.decode('latin-1')[:60]}; did you mean emulator_fault?"
                    )

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

    def count(self, session_id: str | None) -> None:
        """Count the request against the rate limit, if there is one that it falls under (D48).

        Raises:
            RateLimited: there were too many.
        """
        limiter = self.namespace.limiter
        bucket = self.key if limiter and limiter.limit.scope == "key" else session_id
        if limiter is None or bucket is None:
            return
        told = limiter.take(bucket, self.namespace.clock.now())
        for name, value in (("limit", told.limit), ("remaining", told.remaining), ("reset", told.reset)):
            self.notes.append((f"x-ratelimit-{name}".encode(), str(value).encode()))
        if told.retry_after:
            raise RateLimited(retry_after=told.retry_after)

    def write_down(self, response: Response | None, *, delivered: bool) -> None:
        """Put the request into the journal, and tell of it; None for one that was not answered."""
        call = self.call
        now = self.namespace.clock.now()
        session_id = (call.session_id or call.path.get("session_id")) if call else None
        entry = Entry(
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
            max(0.0, now - self.started_at),
            self._outcome(response.status_code if response else 0),
            session_id,
            call.scripts if call else (),
            self.evidence,
            call.diagnostics if call else (),
            delivered,
        )
        self.namespace.journal.add(entry)
        if self._listener is not None:
            fault = self.fault.label if self.fault else None
            self._listener(self.namespace.name, entry, fault, perf_counter() - self._began)

    def _outcome(self, status: int) -> Outcome:
        if self.fault is not None and self.fault.kind != "delay":
            return "fault"
        if self.sent_away or not status:
            return "aborted"
        if status >= _SERVER_ERROR:
            return "server_error"
        if status >= _CLIENT_ERROR:
            return _OUTCOMES.get(status, "client_error")
        return "default_answer" if self.call and MARKER in self.call.scripts else "ok"
