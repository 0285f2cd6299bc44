"""Web pages that call the imitated API: which of them may, and what a browser is told. This module is those rules.

A page cannot choose its `Origin`, `Referer` and `Sec-Fetch-…`. A name that an attacker points at this machine (DNS
rebinding) makes his page one of the same origin, so the `Host` that a page asks for is looked at, too.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from atthene_emulator import addresses, origins
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import NotAdmitted
from atthene_emulator.web import connection
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.faults import without_cors
from atthene_emulator.web.headers import key_of
from atthene_emulator.wording import printable

_log = logging.getLogger("atthene_emulator")

_SIGNS = frozenset(
    (b"origin", b"referer", *(b"sec-fetch-" + name for name in (b"site", b"mode", b"dest", b"user", b"storage-access")))
)
_PRIVATE_NETWORK = "access-control-request-private-network"
_HIDDEN = "atthene.hidden"  # in the scope of a request whose answer no page may read: why
_MOST_TOLD = 100  # refusals that the log has
_SHOWN = 200  # characters of a header in a sentence
_EXPOSED = (
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Retry-After",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-Request-Id",
    "X-Emulator-Evidence",
    "X-Emulator-Script",
    "X-Emulator-Diagnostics",
    "X-Emulator-Fault",
    "X-Emulator-Page",
)


class Cors(CORSMiddleware):
    """Cross-origin rules that let pages into a private network, too.

    Args:
        app: what is called.
        allows: whether pages of an origin may read answers; credentials are never allowed.
        methods: that they may use.
        exposed: headers of answers that they may read.
    """

    def __init__(
        self, app: ASGIApp, allows: Callable[[str], bool], methods: Sequence[str], exposed: Sequence[str]
    ) -> None:
        super().__init__(
            app, allow_methods=methods, allow_headers=("*",), expose_headers=exposed
        )  # headers are mirrored
        self._allows = allows

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether pages of an origin may read answers."""
        return self._allows(origin)

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser asks before it sends a request; newer ones ask the user, and no server, about private networks."""
        others = [(name, value) for name, value in request_headers.raw if name != _PRIVATE_NETWORK.encode()]
        response = super().preflight_response(Headers(raw=others))
        if _PRIVATE_NETWORK in request_headers and self._allows(request_headers["origin"]):
            response.headers["Access-Control-Allow-Private-Network"] = "true"
        return response


class Pages:
    """Which web pages may call the imitated API.

    Args:
        emulator: whose settings name hosts and origins, and whose public agents have origins that are allowed, too (D66).
    """

    def __init__(self, emulator: Emulator) -> None:
        settings = emulator.settings
        self._emulator = emulator
        self._hosts = origins.hosts(settings.known_hosts)
        self._named = origins.origins((*settings.cors_origins, *settings.known_origins))
        self._local = re.compile(addresses.LOOPBACK_ORIGIN)
        self._told: set[str] = set()
        self._kept: set[str] = set()

    def allows(self, origin: str) -> bool:
        """Whether pages of an origin may call the API and read its answers."""
        return (
            self._local.fullmatch(origin) is not None
            or self._named.fullmatch(origin) is not None
            or any(one.records.agents.find("origin", origin) for one in self._emulator.namespaces)
            or origin in self._kept
        )

    async def look_for(self, origin: str, is_kept: Callable[[str], Awaitable[bool]]) -> None:
        """Find out whether a namespace that is not loaded here lets pages of an origin in, unless that is known.

        Args:
            origin: of a page that asks.
            is_kept: says so, or raises `NotKept`.
        """
        self._kept.discard(origin)
        if not self.allows(origin) and await is_kept(origin):
            self._kept.add(origin)

    def check(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Refuse a request of a page at a foreign host, unless its origin is allowed; programs send none of those headers.

        Raises:
            NotAdmitted: with the options that permit it.
        """
        given = {name: value.decode("latin-1") for name, value in headers}
        host = given.get(b"host", "").lower()
        if self._hosts.fullmatch(host):
            return
        origin = given.get(b"origin") or origins.origin_of(given.get(b"referer", ""))
        if origin and self.allows(origin):
            return
        name = origins.without_port(host)[:_SHOWN] or "NAME"
        remedy = f"--allow-host {name} permits that"
        if origin:
            remedy += f", --cors-origin {origin[:_SHOWN]} the pages of that origin"
        what = f"The API does not answer to web pages at the host {host[:_SHOWN]!r}"
        raise NotAdmitted(f"{what}; {remedy}", "--allow-host", name)

    def check_host(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Refuse to show a page of ours at a foreign host, whatever a browser says of who asks: there it would be another's.

        Raises:
            NotAdmitted: with the option that permits it.
        """
        host = dict(headers).get(b"host", b"").decode("latin-1").lower()
        if not self._hosts.fullmatch(host):
            name = origins.without_port(host)[:_SHOWN] or "NAME"
            what = f"Pages are not shown at the host {host[:_SHOWN]!r}"
            raise NotAdmitted(f"{what}; --allow-host {name} permits that", "--allow-host", name)

    def check_origin(self, origin: str) -> None:
        """Refuse pages of a foreign origin.

        Raises:
            NotAdmitted: with the option that permits them.
        """
        if not self.allows(origin):
            shown = origin[:_SHOWN]
            what = f"Pages of {shown} may not call the API"
            raise NotAdmitted(f"{what}; --cors-origin {shown} permits them", "--cors-origin", shown)

    def tell(self, refusal: NotAdmitted) -> None:
        """Say once in the log what was refused, unless a listener says so of each request."""
        if self._emulator.listener is None:
            self.log(refusal)

    def log(self, refusal: NotAdmitted) -> None:
        """Say once in the log what was refused."""
        if refusal.message not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(refusal.message)
            _log.warning("%s", printable(refusal.message))


class ForPages:
    """Cross-origin rules for requests that come from a web page; others pass directly.

    Args:
        app: what is called.
        pages: which pages may call it.
        emulator: in whose journal a refusal stands.
    """

    def __init__(self, app: ASGIApp, pages: Pages, emulator: Emulator) -> None:
        self._app = app
        self._pages = pages
        self._emulator = emulator
        methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        self._cors = Cors(app, pages.allows, methods, _EXPOSED)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Add the headers that a page needs, answer its preflight, or refuse it."""
        for name, _ in scope["headers"]:
            if name in _SIGNS:
                return self._answer_page(scope, receive, send)
        return self._app(scope, receive, send)

    async def _answer_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        try:
            self._pages.check(scope["headers"])
            if origin is not None:
                self._check_origin(origin.decode("latin-1"), headers, scope)
        except NotAdmitted as refusal:
            await self._refuse(refusal, Exchange(self._emulator, {**scope, "path_params": {}}, receive), send)
            return
        if origin is None:
            await self._app(scope, receive, send)
            return
        await self._cors(scope, receive, without_cors(scope, send))

    def _check_origin(self, origin: str, headers: Mapping[bytes, bytes], scope: Scope) -> None:
        """Refuse the preflight of a foreign page.

        Its request is answered: one with a key comes after a preflight, so this is of a program, of a browser that hides
        nothing, or of a page that asked its own server, which passed the origin on. One without a key comes at once, and
        `check_hidden` refuses it where it would fail anyway.

        Raises:
            NotAdmitted: with the option that permits it.
        """
        try:
            self._pages.check_origin(origin)
        except NotAdmitted as refusal:
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                raise
            if headers.get(b"sec-fetch-mode") == b"cors" and headers.get(b"sec-fetch-site") != b"same-origin":
                scope[_HIDDEN] = refusal
                self._pages.tell(refusal)

    async def _refuse(self, refusal: NotAdmitted, exchange: Exchange, send: Send) -> None:
        """Answer with the refusal, which stands in the journal of the key, else of `default`."""
        self._pages.tell(refusal)
        exchange.enter(self._emulator.of_key(key_of(exchange.headers)))
        response = error_response(refusal)
        response.headers.update({"X-Request-Id": exchange.id, "Vary": "Origin"})
        exchange.write_down(response, delivered=True)
        await response(exchange.scope, exchange.receive, send)
        if not connection.is_open(exchange.receive):
            exchange.amend(delivered=False)
        exchange.report()


def check_hidden(scope: Scope) -> None:
    """Refuse what a page asked without a key, if its browser hides the answer from it anyway.

    Raises:
        NotAdmitted: with the option that permits its origin.
    """
    if _HIDDEN in scope:
        raise scope[_HIDDEN]
