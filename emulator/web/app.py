"""The Starlette application: the imitated API below `/api/v1`, the control plane below `/__emulator`.

This module is where routes are made from tables. Paths are grouped below mounts, since a request tries the routes of its
group one after the other.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import groupby
from operator import attrgetter

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.configuration.schema import did_you_mean
from emulator.domain.emulator import Emulator
from emulator.errors import NotFound
from emulator.web.answer import Road
from emulator.web.control import CONTROL_PREFIX
from emulator.web.control.guard import Guard
from emulator.web.control.operations import CONTROL
from emulator.web.control.road import ControlRoad
from emulator.web.operations import OPERATIONS, PREFIX, Operation

_LOOPBACK_ORIGIN = r"https?://(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?"
_NOT_IMITATED = ("files", "collections", "knowledge-bases")
_EXPOSED = (
    "Retry-After",
    "X-Request-Id",
    "X-Emulator-Evidence",
    "X-Emulator-Script",
    "X-Emulator-Diagnostics",
    "X-Emulator-Fault",
)


def create_app(emulator: Emulator) -> Starlette:
    """The application of one emulator; its lifespan loads the seeds."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await emulator.start()
        yield
        emulator.stop()

    unknown = Road(emulator, (), _no_such_path)
    cors = Middleware(
        CORSMiddleware,
        allow_origins=emulator.settings.cors_origins,
        allow_origin_regex=_LOOPBACK_ORIGIN,
        allow_methods=("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"),
        allow_headers=("*",),  # the headers that a preflight asks for are mirrored; credentials are never allowed
        expose_headers=_EXPOSED,
    )
    routes = [
        Mount(PREFIX, app=ClosingSlash(_router(_groups(emulator, unknown), unknown)), middleware=[cors]),
        Mount(CONTROL_PREFIX, app=_control(emulator)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.router.redirect_slashes = False
    app.router.default = unknown
    return app


def _router(routes: list[BaseRoute], default: ASGIApp) -> Router:
    return Router(routes, redirect_slashes=False, default=default)


def _groups(emulator: Emulator, unknown: ASGIApp) -> list[BaseRoute]:
    """A mount for each first part of a path, with a route for each of its paths, fixed ones before patterns."""
    mounts: list[BaseRoute] = []
    first_part: Callable[[Operation], str] = lambda row: row.path.split("/")[1]  # noqa: E731
    for first, rows in groupby(sorted(OPERATIONS, key=first_part), first_part):
        by_path = groupby(sorted(rows, key=lambda row: (row.path.count("{"), row.path)), attrgetter("path"))
        roads = [
            Route(path.removeprefix(f"/{first}"), endpoint=Road(emulator, tuple(same))) for path, same in by_path
        ]
        mounts.append(Mount(f"/{first}", app=_router([*roads], unknown)))
    return mounts


class ClosingSlash:
    """Reads every path as if it ended in a slash: both forms are answered directly (D09)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route on the path with its closing slash; `raw_path` stays as it was sent."""
        if not scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"] + "/"}
        await self._app(scope, receive, send)


def _no_such_path(path: str) -> NotFound:
    parts = path.removeprefix(PREFIX).split("/")
    if path.startswith(PREFIX) and len(parts) > 1 and parts[1] in _NOT_IMITATED:
        return NotFound(f"{path} is not imitated: the emulator serves agents, sessions and their runtime")
    known = sorted({PREFIX + row.path for row in OPERATIONS})
    return NotFound(f"There is no {path[:200]}{did_you_mean(path, known, '')}")


def _control(emulator: Emulator) -> ASGIApp:
    routes: list[BaseRoute] = [
        Route(path, endpoint=ControlRoad(emulator, tuple(rows)))
        for path, rows in groupby(sorted(CONTROL, key=attrgetter("path")), attrgetter("path"))
    ]
    return Guard(_router(routes, ControlRoad(emulator, ())), emulator.settings)
