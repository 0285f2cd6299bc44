"""The Starlette application: the imitated API below `/api/v1`, the control plane below `/__emulator`.

This module is where both are made from their tables.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase

from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from atthene_emulator import addresses
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import ApiError, NoSuchPath, Unknown
from atthene_emulator.web.control.guard import Guard
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.endpoint import Endpoint
from atthene_emulator.web.faults import without_cors
from atthene_emulator.web.operation import Operation, Plane, by_path
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.web.paths import PathTable
from atthene_emulator.wording import did_you_mean

_NOT_YET = {
    "/images/": "images",
    "/artifacts/": "artifacts",
    "/sessions/*/artifacts/": "artifacts",
    "/files/": "files",
    "/collections/": "collections",
    "/knowledge-bases/": "knowledge bases",
    "/docs/": "the service's own page of documentation",
}
_SOCKET = "/ws/amas"
_EXPOSED = (
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


def create_app(emulator: Emulator, on_stop: Callable[[], None] | None = None) -> ASGIApp:
    """The application of one emulator, which has loaded its seeds: it works without a lifespan, too.

    Args:
        emulator: whose namespaces are asked.
        on_stop: is called when the server says that it stops; with the application it goes, too.
    """

    @asynccontextmanager
    async def lifespan(_: Router) -> AsyncIterator[None]:
        yield
        emulator.stop()
        if on_stop is not None:
            on_stop()

    settings = emulator.settings
    api = _paths(emulator, "api", addresses.API, OPERATIONS, _no_such_path)
    control = Guard(_paths(emulator, "control", addresses.CONTROL, CONTROL, _no_such_control_path), settings)
    pages = ForPages(api, emulator)
    living = Router(lifespan=lifespan)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # An endpoint turns every exception into a response, so nothing is left for Starlette's middleware to do.
        if scope["type"] == "lifespan":
            await living(scope, receive, send)
            return
        ours = scope["path"] == addresses.CONTROL or scope["path"].startswith(f"{addresses.CONTROL}/")
        one = control if ours and scope["type"] == "http" else pages
        await one(scope, receive, send)

    return app


def _paths(
    emulator: Emulator, plane: Plane, prefix: str, rows: Sequence[Operation], unknown: Callable[[str], ApiError]
) -> PathTable:
    """The endpoints of a plane by their paths."""
    endpoints = {prefix + path: Endpoint(emulator, plane, same) for path, same in by_path(rows).items()}
    return PathTable(endpoints, Endpoint(emulator, plane, (), unknown))


class _Cors(CORSMiddleware):
    """Cross-origin rules that know the origins of public agents, whose pages are to start sessions (D66)."""

    emulator: Emulator

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether pages of an origin may read answers."""
        return super().is_allowed_origin(origin) or any(
            namespace.records.agents.find("origin", origin) for namespace in self.emulator.namespaces
        )


class ForPages:
    """Cross-origin rules for requests that come from a web page, which alone send `Origin`; others pass directly.

    Args:
        app: what is called.
        emulator: whose public agents have origins that are allowed, too.
    """

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        self._app = app
        self._cors = _Cors(
            app,
            allow_origins=emulator.settings.cors_origins,
            allow_origin_regex=addresses.LOOPBACK_ORIGIN,
            allow_methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
            allow_headers=("*",),  # the headers that a preflight asks for are mirrored; credentials are never allowed
            expose_headers=_EXPOSED,
        )
        self._cors.emulator = emulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers that a page needs, or answer its preflight."""
        if scope["type"] == "websocket":  # not imitated: its protocol is not public
            await WebSocketClose()(scope, receive, send)
            return
        for name, _ in scope["headers"]:
            if name == b"origin":
                await self._cors(scope, receive, without_cors(scope, send))
                return
        await self._app(scope, receive, send)


def _no_such_path(path: str) -> NoSuchPath:
    """Below the API the service's own words; elsewhere the emulator's."""
    below = path.removeprefix(addresses.API)
    if path == _SOCKET or path.startswith(f"{_SOCKET}/"):
        return _not_yet("the socket")
    if below == path:
        known = sorted({addresses.API + row.path for row in OPERATIONS})
        there = f"; the API is below {addresses.API}, the control plane below {addresses.CONTROL}"
        return NoSuchPath(f"There is no {path[:200]}{did_you_mean(path[:200], known, there)}")
    for pattern, what in _NOT_YET.items():
        if fnmatchcase(f"{below.removesuffix('/')}/", f"{pattern}*"):
            return _not_yet(what)
    return NoSuchPath()


def _not_yet(what: str) -> NoSuchPath:
    return NoSuchPath(f"The service has {what} here; the emulator does not imitate that yet")


def _no_such_control_path(path: str) -> Unknown:
    known = tuple(addresses.CONTROL + row.path for row in CONTROL)
    near = did_you_mean(path[:200], tuple(dict.fromkeys(known)), f"; there are {', '.join(dict.fromkeys(known))}")
    return Unknown(f"There is no {path[:200]}{near}")
