"""One request and what becomes of it. This module is what handlers are given, and what headers and journal tell of it."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Receive, Scope

from atthene_emulator.configuration.accepted import Configuration, accepted_text, read
from atthene_emulator.configuration.document import Media, Path
from atthene_emulator.configuration.findings import Finding, codes, errors
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.validation import validate
from atthene_emulator.contracts import Contract
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.agent import Agent
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.fault import Fault
from atthene_emulator.domain.journal import Entry, Outcome
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.session import Session
from atthene_emulator.errors import NotAConfiguration, NotRead, Problem, TooManyWaiting
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.execution.scripts import MARKER, NOTHING
from atthene_emulator.web.aside import aside
from atthene_emulator.web.caller import Caller, caller_of
from atthene_emulator.web.connection import cancel_when_client_leaves
from atthene_emulator.web.headers import PREFIX
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.refused import refusal_of
from atthene_emulator.web.root import root_of

if TYPE_CHECKING:
    from atthene_emulator.domain.running import Waiter
    from atthene_emulator.web.form import Form

Noted = TypeVar("Noted", Agent, Session)

_OUTCOMES: dict[int, Outcome] = {401: "auth_error", 403: "auth_error", 404: "not_found", 429: "rate_limited"}
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class Exchange:
    """A request on its way through the order of checks, and what was noted for its answer and its entry.

    Attributes:
        raw_path: as it was sent, without the query.
        key: that the request carries.
        namespace: the one that it is about.
        id, started_at: of its entry in the journal, empty until it has come to a namespace; `started_at` is in the namespace's time.
        operation: once it was found.
        path: values of the path's parameters.
        account, contract, strict: once the key was accepted.
        data, media: the body as it was sent, once it was read; of a form, what it says without its files.
        form: the form that the body is, with its files.
        body: the parsed body of an operation whose body has a schema.
        head: its headers, a line each.
        has_ours: whether some of them may be ours.
        inside: where in the body the configuration stands that it is about.
        query: values of the query parameters.
        fault: the one that strikes it.
        status: of the answer, where it is not that of the operation.
        session_id, scripts, diagnostics: noted for the journal and the headers.
        went: how a success went, for the journal.
        unread: what nobody reads of it.
        notes: headers that the answer gets besides its own.
        evidence: level of what the answer rests on; empty for what is ours.
        sent_away: it waited, and was ended with what it waited in.
        uploaded: bytes of its form, which count as long as it is not answered.
    """

    namespace: Namespace
    id = ""
    account: Account
    contract: Contract
    key: str | None = None
    started_at = 0.0
    operation: Operation | None = None
    strict = False
    data: bytes | None = None
    media: Media = "json"
    form: "Form | None" = None
    body: Any = None
    inside: Path = ()
    query: Mapping[str, Any] = NOTHING
    fault: Fault | None = None
    status: int | None = None
    session_id: str | None = None
    scripts: tuple[str, ...] = ()
    went: Outcome = "ok"
    diagnostics: tuple[str, ...] = ()
    unread: tuple[Finding, ...] = ()
    evidence = ""
    sent_away = False
    uploaded = 0
    _entry: Entry | None = None

    def __init__(self, emulator: Emulator, scope: Scope, receive: Receive) -> None:
        self._began = perf_counter() if emulator.listener is not None else 0.0
        self.emulator = emulator
        self.scope = scope
        self.receive = receive
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.head = b"\n".join(map(b": ".join, scope["headers"]))
        self.has_ours = self.head.find(PREFIX) >= 0  # quicker than `in`
        self.method: str = scope["method"]
        self.raw_path: str = scope["raw_path"].decode("latin-1")
        self.path: Mapping[str, str] = scope["path_params"]
        self.notes: list[tuple[bytes, bytes]] = []

    @property
    def rulings(self) -> Rulings:
        """How decided rows are decided."""
        return self.emulator.settings.rulings

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The names and values of the query, in order."""
        query: bytes = self.scope["query_string"]
        return parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else []

    @property
    def sent_form(self) -> "Form":
        """The form of an operation whose body is one."""
        if self.form is None:
            raise LookupError("the operation takes no form")
        return self.form

    @property
    def caller(self) -> Caller:
        """Who asks the control plane."""
        return caller_of(self.scope)

    @property
    def root(self) -> str:
        """Where the client finds this server: scheme, host and port, and a path if there is one before ours."""
        return root_of(self.scope, self.emulator.settings)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What is never shown: the token of the control plane, and the key that was made for the namespace."""
        return self.secrets_in(self.namespace)

    def secrets_in(self, namespace: Namespace) -> tuple[str, ...]:
        """The same of what is shown of a namespace."""
        minted, token = namespace.minted, self.emulator.settings.control_token
        return tuple(filter(None, (token, minted.key if minted else None)))

    @property
    def language(self) -> Language:
        """What counts as a valid configuration for this request."""
        return self.namespace.language(strict=self.strict)

    @property
    def waiter(self) -> "Waiter":
        """Waits for something, unless the client goes away, or too many wait."""
        return self._counted(cancel_when_client_leaves(self.receive))

    def waiter_with(self, session_id: str) -> "Waiter":
        """The same, for what runs in a session, which may be to go on although the client goes away (D123)."""
        namespace = self.namespace

        def goes_on() -> bool:
            run = namespace.running.get(session_id)
            return run is None or namespace.on_disconnect.lets_finish(run)

        return self._counted(cancel_when_client_leaves(self.receive, goes_on))

    def _counted(self, wait_for: "Waiter") -> "Waiter":
        namespace = self.namespace

        async def wait(waiting: Awaitable[None]) -> None:
            try:
                with namespace.one_more_waits():
                    await wait_for(waiting)
            except TooManyWaiting:
                asyncio.ensure_future(waiting).cancel()
                raise

        return wait

    def enter(self, namespace: Namespace) -> None:
        """Be about a namespace, whose journal the request is then written into."""
        self.namespace = namespace
        self.id = namespace.journal.next_id()
        self.started_at = namespace.clock.now()

    def count_upload(self, size: int) -> None:
        """Count bytes of its form, until `finish`.

        Raises:
            TooManyUploads: forms of all requests together have more than is held.
        """
        self.emulator.uploads.add(size)
        self.uploaded += size

    def finish(self) -> None:
        """Its form is held no longer."""
        self.emulator.uploads.remove(self.uploaded)
        self.uploaded = 0

    async def accept_configuration(self) -> Configuration:
        """The whole body as a configuration.

        Raises:
            Unreadable, InvalidConfiguration: it is none.
        """
        acceptance, given = self.namespace.acceptance, (self.data or b"", self.media, self.language)
        return acceptance.known(*given) or acceptance.remember(
            *given, await aside(len(given[0]), accepted_text, *given)
        )

    async def validate_configuration(self) -> Sequence[Finding]:
        """The errors of the body as a configuration; the warnings are noted.

        Raises:
            Unreadable: it is not a document.
            NotAConfiguration: it is not an object.
        """
        data = self.data or b""
        findings = await aside(len(data), _examined, data, self.media, self.language)
        wrong = errors(findings)
        self.note(finding for finding in findings if finding not in wrong)
        return wrong

    def noting(self, kept: Noted) -> Noted:
        """The same record, with what the journal and the headers say of it noted."""
        if kept.configuration.warnings:
            self.diagnostics = (*self.diagnostics, *kept.configuration.warnings)
            if self.data is not None:  # it is what was sent
                self.unread = (*self.unread, *kept.configuration.unknown)
        if isinstance(kept, Session):
            self.session_id = kept.id
        return kept

    def note(self, findings: Iterable[Finding]) -> None:
        """Tell of findings, after those that were told of before; each code once."""
        self.diagnostics = tuple(dict.fromkeys((*self.diagnostics, *codes(findings))))

    def tell_unread(self, found: tuple[Finding, ...]) -> None:
        """Tell what nobody reads of the request, and refuse it in strict mode.

        Raises:
            NotRead: it is strict.
        """
        self.unread = (*self.unread, *found)
        self.note(found)
        if found and (self.strict or self.namespace.strict):
            raise NotRead(None, [finding.problem() for finding in found])

    def write_down(self, response: Response | None, *, delivered: bool) -> None:
        """Put the request into the journal; None for one that was not answered."""
        namespace = self.namespace
        status = response.status_code if response else 0
        took = namespace.clock.now() - self.started_at
        entry = Entry(  # by place, which is quicker; of every request one is made
            self.id,
            self.started_at,
            self.operation.name if self.operation else None,
            self.method,
            self.raw_path,
            self.scope["query_string"].decode("latin-1"),
            self.head,
            self.data or b"",
            status,
            bytes(response.body) if response else b"",
            took if took > 0 else 0.0,  # a clock may be put back
            self._outcome(status),
            self.session_id,
            self.scripts,
            self.evidence,
            self.diagnostics,
            delivered,
            tuple(f"{one.code} {one.message}" for one in self.unread) if self.unread else (),
            None if self.fault is None else self.fault.label,
            self.fault is not None and not self.fault.cors,
        )
        self._entry = entry
        namespace.journal.add(entry)
        self.emulator.touch(namespace)  # it may have waited long

    def amend(self, *, delivered: bool) -> None:
        """Tell of the request that was written down whether its answer has arrived."""
        if self._entry is not None:
            self.namespace.journal.amend(self._entry._replace(delivered=delivered))

    def report(self) -> None:
        """Tell the emulator's listener of the request that was written down, as it was answered in the end."""
        listener, entry = self.emulator.listener, self._entry
        if listener is None or entry is None:
            return
        refusal = refusal_of(self.scope)
        if refusal is not None:
            entry = entry._replace(status=refusal.status, outcome="server_error")
        listener(self.namespace.name, entry, perf_counter() - self._began)

    def _outcome(self, status: int) -> Outcome:
        if self.fault is not None and self.fault.kind != "delay":
            return "fault"
        if self.sent_away or not status:
            return "aborted"
        if status >= _SERVER_ERROR:
            return "server_error"
        if status >= _CLIENT_ERROR:
            return _OUTCOMES.get(status, "client_error")
        return "default_answer" if MARKER in self.scripts else self.went


def _examined(data: bytes, media: Media, language: Language) -> Sequence[Finding]:
    document = read(data, media)
    if not isinstance(document.value, dict):
        raise NotAConfiguration(None, [Problem("body", "The document must be a mapping.")])
    return validate(document.value, language, document.unquoted)
