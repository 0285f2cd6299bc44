"""Who may reach the control plane: this machine, and no page of another site. This module is that guard.

A page cannot choose its `Host`, `Origin` or `Sec-Fetch-Site`, so a foreign page is refused by any of the three; a name
that an attacker points at this machine (DNS rebinding) is refused by its `Host`.
"""

import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from atthene_emulator.addresses import LOOPBACK_HOST
from atthene_emulator.errors import NotAdmitted, TokenWanted
from atthene_emulator.settings import Settings
from atthene_emulator.web.errors import error_response

_NAME = r"(\[[0-9a-f:]+\]|[^:\[\]]+)(:\d+)?"
_OWN_SITES = (b"same-origin", b"none")


class Guard:
    """Lets only permitted requests through to the control plane."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in settings.allow_hosts)
        self._origins = settings.control_cors_origins
        self._token = settings.control_token
        self._for_pages = CORSMiddleware(
            self._admit,
            allow_origins=self._origins,
            allow_methods=("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"),
            allow_headers=("*",),  # mirrored; credentials are never allowed
            expose_headers=("X-Total-Count", "X-Emulator-Dropped"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 403 or 401, or pass the request on."""
        headers = dict(scope["headers"])
        try:
            self._check_host(headers)
            if headers.get(b"origin", b"").decode("latin-1") in self._origins:
                await self._for_pages(scope, receive, send)
                return
            self._check_page(headers)
        except NotAdmitted as refusal:
            await error_response(refusal)(scope, receive, send)
            return
        await self._admit(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._token is not None:
            scheme, _, token = dict(scope["headers"]).get(b"authorization", b"").partition(b" ")
            if scheme.lower() != b"bearer" or not secrets.compare_digest(token.strip(), self._token.encode()):
                await error_response(TokenWanted())(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check_host(self, headers: Mapping[bytes, bytes]) -> None:
        host = _text(headers, b"host")
        if not self._is_own(host):
            raise NotAdmitted(
                f"The control plane does not answer to the host {host!r}; --allow-host {host.split(':')[0]} permits it",
            )

    def _check_page(self, headers: Mapping[bytes, bytes]) -> None:
        if b"origin" in headers and not self._is_same(_text(headers, b"origin"), _text(headers, b"host")):
            raise NotAdmitted(
                "The control plane does not answer to pages of another origin; "
                f"--control-cors-origin {_text(headers, b'origin')} permits this one",
            )
        if headers.get(b"sec-fetch-site", b"none") not in _OWN_SITES:
            raise NotAdmitted("The control plane does not answer to pages of another site")

    def _is_own(self, host: str) -> bool:
        match = re.fullmatch(_NAME, host)
        return match is not None and (re.fullmatch(LOOPBACK_HOST, match[1]) is not None or match[1] in self._hosts)

    def _is_same(self, origin: str, host: str) -> bool:
        return urlsplit(origin).netloc == host


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").lower()
