"""The Starlette application: the imitated API below `/api/v1`, the control plane below `/__emulator`.

This module is where both are made from their tables.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from atthene_emulator import addresses
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import NotFound
from atthene_emulator.web.answer import Road
from atthene_emulator.web.control.guard import Guard
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.control.road import ControlOperation, ControlRoad
from atthene_emulator.web.operations import OPERATIONS, Operation, served
from atthene_emulator.web.paths import PathTable
from atthene_emulator.wording import did_you_mean

_Row = TypeVar("_Row", Operation, ControlOperation)

_NOT_IMITATED = ("files", "collections", "knowledge-bases")
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


def create_app(emulator: Emulator) -> Router:
    """The application of one emulator; its lifespan loads the seeds."""

    @asynccontextmanager
    async def lifespan(_: Router) -> AsyncIterator[None]:
        await emulator.start()
        yield
        emulator.stop()

    settings = emulator.settings
    rulings = settings.rulings
    unknown = Road(emulator, (), _no_such_path)
    roads = {addresses.API + path: Road(emulator, rows) for path, rows in _by_path(served(rulings)).items()}
    api = PathTable(roads, unknown)
    control_roads = {addresses.CONTROL + path: ControlRoad(emulator, rows) for path, rows in _by_path(CONTROL).items()}
    nowhere = ControlRoad(emulator, (), tuple(control_roads))
    control = Guard(PathTable(control_roads, nowhere), settings)
    # A router alone: both roads turn every exception into a response, so nothing is left for Starlette's middleware to do.
    pages = ForPages(api, settings.cors_origins)

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["path"] == addresses.CONTROL or scope["path"].startswith(f"{addresses.CONTROL}/")
        app = control if ours and scope["type"] == "http" else pages
        await app(scope, receive, send)

    return Router(redirect_slashes=False, default=either, lifespan=lifespan)


class ForPages:
    """Cross-origin rules for requests that come from a web page, which alone send `Origin`; others pass directly.

    Args:
        app: what is called.
        origins: allowed besides loopback ones.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._cors = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_origin_regex=addresses.LOOPBACK_ORIGIN,
            allow_methods=("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"),
            allow_headers=("*",),  # the headers that a preflight asks for are mirrored; credentials are never allowed
            expose_headers=_EXPOSED,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers that a page needs, or answer its preflight."""
        if scope["type"] == "websocket":  # not imitated: its protocol is not public
            await WebSocketClose()(scope, receive, send)
            return
        for name, _ in scope["headers"]:
            if name == b"origin":
                await self._cors(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _no_such_path(path: str) -> NotFound:
    parts = path.removeprefix(addresses.API).split("/")
    if path.startswith(addresses.API) and len(parts) > 1 and parts[1] in _NOT_IMITATED:
        return NotFound(f"{path} is not imitated: the emulator serves agents, sessions and their runtime")
    if path == "/":
        return NotFound(f"There is no /; the API is below {addresses.API}, the control plane below {addresses.CONTROL}")
    known = sorted({addresses.API + row.path for row in OPERATIONS})
    return NotFound(f"There is no {path[:200]}{did_you_mean(path, known, '')}")


def _by_path(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    """Rows of the same path together, in the order of the table."""
    paths: dict[str, list[_Row]] = {}
    for row in rows:
        paths.setdefault(row.path, []).append(row)
    return paths
