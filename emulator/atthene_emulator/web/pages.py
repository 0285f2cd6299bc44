"""Web pages that call the imitated API: which of them may, and what a browser is told. This module is those rules.

A page cannot choose its `Origin`, `Referer` and `Sec-Fetch-…`. A name that an attacker points at this machine (DNS
rebinding) makes his page one of the same origin, so the `Host` that a page asks for is looked at, too.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from atthene_emulator import addresses, origins
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import NotAdmitted
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.faults import without_cors

_log = logging.getLogger("atthene_emulator")

_SIGNS = frozenset(
    (b"origin", b"referer", *(b"sec-fetch-" + name for name in (b"site", b"mode", b"dest", b"user", b"storage-access")))
)
_PRIVATE_NETWORK = "access-control-request-private-network"
_MOST_TOLD = 100  # origins whose refusal the log has
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
)


class Cors(CORSMiddleware):
    """Cross-origin rules that answer a preflight with a reason, and let pages into a private network, too.

    Args:
        app: what is called.
        allows: whether pages of an origin may read answers; credentials are never allowed.
        methods: that they may use.
        exposed: headers of answers that they may read.
        option: what permits an origin.
    """

    def __init__(
        self, app: ASGIApp, allows: Callable[[str], bool], methods: Sequence[str], exposed: Sequence[str], option: str
    ) -> None:
        super().__init__(
            app, allow_methods=methods, allow_headers=("*",), expose_headers=exposed
        )  # headers are mirrored
        self._allows = allows
        self._option = option

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether pages of an origin may read answers."""
        return self._allows(origin)

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser asks before it sends a request; a refusal names the option."""
        origin = request_headers["origin"]
        others = [(name, value) for name, value in request_headers.raw if name != _PRIVATE_NETWORK.encode()]
        response = super().preflight_response(Headers(raw=others))
        if not self._allows(origin):
            shown = origin[:_SHOWN]
            refusal = error_response(
                NotAdmitted(f"Pages of {shown} are not allowed; {self._option} {shown} permits them")
            )
            refusal.headers.update(
                {name: value for name, value in response.headers.items() if not name.startswith("content-")}
            )
            return refusal
        if _PRIVATE_NETWORK in request_headers:
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

    def allows(self, origin: str) -> bool:
        """Whether pages of an origin may call the API and read its answers."""
        return (
            self._local.fullmatch(origin) is not None
            or self._named.fullmatch(origin) is not None
            or any(one.records.agents.find("origin", origin) for one in self._emulator.namespaces)
        )

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
        remedy = f"--allow-host {origins.without_port(host)[:_SHOWN] or 'NAME'} permits that"
        if origin:
            remedy += f", --cors-origin {origin[:_SHOWN]} the pages of that origin"
        refusal = NotAdmitted(f"The API does not answer to web pages at the host {host[:_SHOWN]!r}; {remedy}")
        self._tell(origin or host, refusal.message)
        raise refusal

    def check_host(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Refuse to show a page of ours at a foreign host, whatever a browser says of who asks: there it would be another's.

        Raises:
            NotAdmitted: with the option that permits it.
        """
        host = dict(headers).get(b"host", b"").decode("latin-1").lower()
        if not self._hosts.fullmatch(host):
            remedy = f"--allow-host {origins.without_port(host)[:_SHOWN] or 'NAME'} permits that"
            raise NotAdmitted(f"Pages are not shown at the host {host[:_SHOWN]!r}; {remedy}")

    def notice(self, origin: str) -> None:
        """Say once in the log that pages of an origin may not read answers, if that is so."""
        if not self.allows(origin):
            shown = origin[:_SHOWN]
            self._tell(origin, f"Pages of {shown} may not read answers of the API; --cors-origin {shown} permits them")

    def _tell(self, of: str, what: str) -> None:
        if of[:_SHOWN] not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(of[:_SHOWN])
            _log.warning("%s", what)


class ForPages:
    """Cross-origin rules for requests that come from a web page; others pass directly.

    Args:
        app: what is called.
        pages: which pages may call it.
    """

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        self._cors = Cors(app, pages.allows, methods, _EXPOSED, "--cors-origin")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers that a page needs, answer its preflight, or refuse it."""
        for name, _ in scope["headers"]:
            if name in _SIGNS:
                await self._answer_page(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._pages.check(scope["headers"])
        except NotAdmitted as refusal:
            await error_response(refusal)(scope, receive, send)
            return
        origin = dict(scope["headers"]).get(b"origin")
        if origin is None:
            await self._app(scope, receive, send)
            return
        self._pages.notice(origin.decode("latin-1"))
        await self._cors(scope, receive, without_cors(scope, send))
