"""Who may reach the control plane: this machine, and no page of another site. This module is that guard.

A page cannot choose its `Host`, `Origin` or `Sec-Fetch-Site`, so a foreign page is refused by any of the three; a name
that an attacker points at this machine (DNS rebinding) is refused by its `Host`. Where a control token is set, a namespace's
own key suffices for what is about that namespace. Whether the emulator is ready, anybody may ask.

Documents that everybody has who has the package are not kept behind it: they are shown as the imitated API is.
"""

import secrets
from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

from atthene_emulator import origins
from atthene_emulator.addresses import CONTROL
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.errors import EmulatorRefusal, NotAdmitted, TokenWanted
from atthene_emulator.web.caller import ANYBODY, Caller, introduce
from atthene_emulator.web.endpoint import Endpoint
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.headers import bearer_of, key_of
from atthene_emulator.web.pages import Cors, ForPages, Pages
from atthene_emulator.web.paths import PathTable

_DOCUMENTS = frozenset(f"{CONTROL}/{name}" for name in ("openapi.json", "asyncapi.json"))

_OWN_SITES = (b"same-origin", b"none")
_SHOWN = 200  # characters of a header in a sentence
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
_EXPOSED = ("X-Total-Count", "X-Emulator-Dropped")


class Guard:
    """Lets only permitted requests through to the control plane.

    Args:
        paths: of the control plane.
        emulator: whose settings say who is permitted, and whose namespaces have keys.
        pages: which pages may call the imitated API, and so read documents; says in the log who was refused, since no
            journal and no listener has requests of the control plane.
    """

    def __init__(self, paths: PathTable, emulator: Emulator, pages: Pages) -> None:
        settings = emulator.settings
        self._paths = paths
        self._emulator = emulator
        self._pages = pages
        self._hosts = origins.hosts(settings.known_hosts)
        self._origins = origins.origins(settings.control_cors_origins)
        self._own_origins = origins.origins(settings.known_origins)
        self._token = settings.control_token
        self._has_page = not settings.no_ui
        self._documents = ForPages(self._show_document, pages, emulator)
        self._for_pages = Cors(self._admit, self._is_named, _METHODS, _EXPOSED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 403 or 401, or pass the request on."""
        headers = dict(scope["headers"])
        is_named = self._is_named(headers.get(b"origin", b"").decode("latin-1"))
        if scope["path"] in _DOCUMENTS and not is_named:
            await self._documents(scope, receive, send)
            return
        try:
            self._check_host(headers)
            if self._has_page and _is_page(scope):
                await self._serve_page(headers, scope, receive, send)
                return
            if is_named:
                await self._for_pages(scope, receive, send)
                return
            self._check_page(headers)
        except NotAdmitted as refusal:
            await self._refuse(refusal, scope, receive, send)
            return
        await self._admit(scope, receive, send)

    async def _show_document(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            introduce(scope, self._caller(dict(scope["headers"])))
        except TokenWanted:
            introduce(scope, ANYBODY)
        await self._paths(scope, receive, send)

    async def _serve_page(self, headers: Mapping[bytes, bytes], scope: Scope, receive: Receive, send: Send) -> None:
        """The inspector and its files, which tell nothing: a link on any page may lead there, and none may load them.

        Raises:
            NotAdmitted: another page loads them.
        """
        if headers.get(b"sec-fetch-dest") != b"document":
            self._check_page(headers)
        from atthene_emulator.web.inspector import serve_page  # noqa: PLC0415  # starting is quicker without

        await serve_page(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            introduce(scope, self._caller(dict(scope["headers"])))
        except TokenWanted as refusal:
            await self._refuse(refusal, scope, receive, send)
            return
        await self._paths(scope, receive, send)

    async def _refuse(self, refusal: EmulatorRefusal, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what anybody may ask, and nothing else."""
        endpoint, _ = self._paths.find(scope)
        if isinstance(endpoint, Endpoint) and endpoint.is_for_anybody(scope["method"]):
            introduce(scope, ANYBODY)
            await self._paths(scope, receive, send)
            return
        if isinstance(refusal, NotAdmitted):
            self._pages.log(refusal)
        await error_response(refusal)(scope, receive, send)

    def _caller(self, headers: Mapping[bytes, bytes]) -> Caller:
        """Who has the token, or the key of a namespace.

        Raises:
            TokenWanted: neither.
        """
        bearer = bearer_of(headers)
        if self._token is not None and secrets.compare_digest(bearer.encode("latin-1"), self._token.encode()):
            return Caller("emulator")
        namespace = self._namespace(headers, bearer)
        if self._token is None:
            return Caller("emulator", None if namespace is None else namespace.name)
        if namespace is None:
            raise TokenWanted
        return Caller("namespace", namespace.name)

    def _namespace(self, headers: Mapping[bytes, bytes], bearer: str) -> Namespace | None:
        """The namespace that one of the keys of a request was made for."""
        keys = (key_of(headers), bearer)
        return next((one for one in map(self._emulator.of_own_key, keys) if one is not None), None)

    def _check_host(self, headers: Mapping[bytes, bytes]) -> None:
        host = _text(headers, b"host")
        if not host:
            raise NotAdmitted(
                "The control plane answers to known hosts only; send a Host header, such as Host: localhost"
            )
        if not self._hosts.fullmatch(host):
            name = origins.without_port(host)[:_SHOWN]
            what = f"The control plane does not answer to the host {host[:_SHOWN]!r}"
            raise NotAdmitted(f"{what}; --allow-host {name} permits it", "--allow-host", name)

    def _check_page(self, headers: Mapping[bytes, bytes]) -> None:
        origin = _text(headers, b"origin")
        if b"origin" in headers and not self._is_same(origin, _text(headers, b"host")):
            what = "The control plane does not answer to pages of another origin"
            if origin == origins.HIDDEN:
                raise NotAdmitted(
                    f"{what}; this one hides its own (a file, or a sandboxed frame): serve it at an address"
                )
            option, origin = "--control-cors-origin", origin[:_SHOWN]
            raise NotAdmitted(f"{what}; {option} {origin} permits this one", option, origin)
        if headers.get(b"sec-fetch-site", b"none") not in _OWN_SITES:
            raise NotAdmitted("The control plane does not answer to pages of another site")

    def _is_named(self, origin: str) -> bool:
        return self._origins.fullmatch(origin) is not None

    def _is_same(self, origin: str, host: str) -> bool:
        return origins.origin_of(origin).partition("://")[2] == host or self._own_origins.fullmatch(origin) is not None


def _is_page(scope: Scope) -> bool:
    path = scope["path"]
    if scope["method"] not in ("GET", "HEAD"):
        return False
    return path in (CONTROL, f"{CONTROL}/") or path.startswith(f"{CONTROL}/inspector/")


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").lower()
