"""The Starlette application: the imitated API below `/api/v1`, the control plane below `/__emulator`.

This module is where both are made from their tables.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atthene_emulator import addresses
from atthene_emulator.addresses import SOCKET
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import ApiError, NoSuchPath, SetupError, Unknown, UpgradeRequired
from atthene_emulator.web.endpoint import Endpoint
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.operation import Operation, Plane, by_path
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.web.pages import ForPages, Pages
from atthene_emulator.web.paths import PathTable
from atthene_emulator.web.refused import refusal_of
from atthene_emulator.web.welcome import PATHS, beside_api
from atthene_emulator.wording import did_you_mean

if TYPE_CHECKING:
    from atthene_emulator.vault.keeper import Keeper

_AS_REQUEST = "websocket.http.response"  # the extension of ASGI by which an upgrade is answered


def create_app(
    emulator: Emulator, on_stop: Callable[[], None] | None = None, keeper: "Keeper | None" = None
) -> ASGIApp:
    """The application of one emulator, which has loaded its seeds: it works without a lifespan, too.

    Args:
        emulator: whose namespaces are asked.
        on_stop: is called when the server says that it stops; with the application it goes, too.
        keeper: keeps its state beyond the process, if there is one.
    """
    settings = emulator.settings
    prefix, below_control = urlsplit(settings.public_url or "").path, f"{addresses.CONTROL}/"
    api = _paths(emulator, "api", addresses.API, OPERATIONS, _no_such_path).__call__
    rules = Pages(emulator)

    @cache
    def control() -> ASGIApp:
        """The control plane, which is loaded with the first request to it."""
        from atthene_emulator.web.control.guard import Guard  # noqa: PLC0415
        from atthene_emulator.web.control.operations import CONTROL  # noqa: PLC0415

        paths = _paths(emulator, "control", addresses.CONTROL, CONTROL, partial(_no_such_control_path, CONTROL))
        return Guard(paths, emulator, rules)

    # What only chooses who answers gives back what is to be awaited: each coroutine around another one costs its share,
    # and an object that is called costs more than its method.

    def api_or_root(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path: str = scope["path"]
        one: ASGIApp | None = None
        if path in PATHS:
            one = beside_api(scope, emulator, rules)
        elif path.startswith(addresses.MEDIA):
            one = _media(scope, emulator)
        return (one or api)(scope, receive, send)

    pages = ForPages(api_or_root, rules, emulator).__call__

    def planes(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "websocket":
            return _serve_socket(emulator, rules, scope, receive, send)
        path: str = scope["path"]
        ours = path.startswith(below_control) or path == addresses.CONTROL
        return (control() if ours else pages)(scope, receive, send)

    stop = partial(_stop, emulator, keeper, on_stop)
    whole = planes if keeper is None else _kept(planes, keeper, rules)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # An endpoint turns every exception into a response, so nothing is left for Starlette's middleware to do.
        if scope["type"] == "lifespan":
            await _live(keeper, stop, receive, send)
            return
        if prefix and f"{scope['path']}/".startswith(f"{prefix}/"):  # of a proxy that passes on the whole path
            raw = scope["raw_path"].removeprefix(prefix.encode())
            scope = {**scope, "path": scope["path"].removeprefix(prefix) or "/", "raw_path": raw or b"/"}
        await whole(scope, receive, send)

    return app


def _media(scope: Scope, emulator: Emulator) -> ASGIApp:
    refusal = refusal_of(scope)
    if refusal is not None:
        return error_response(refusal)
    from atthene_emulator.web.media import serve_media  # noqa: PLC0415  # with the first one

    return serve_media(scope, emulator)


def _kept(app: ASGIApp, keeper: "Keeper", pages: Pages) -> ASGIApp:
    from atthene_emulator.web.kept import KeptApplication  # noqa: PLC0415  # seldom wanted

    return KeptApplication(app, keeper, pages)


async def _stop(emulator: Emulator, keeper: "Keeper | None", on_stop: Callable[[], None] | None) -> None:
    emulator.stop()
    if keeper is not None:
        await keeper.close()
    if on_stop is not None:
        on_stop()


async def _live(keeper: "Keeper | None", stop: Callable[[], Awaitable[None]], receive: Receive, send: Send) -> None:
    """The lifespan of a server: it waits for nothing when it starts, but for a store.

    Starlette's own comes with its router, which is not used here and would make the start longer.
    """
    await receive()
    if keeper is not None:
        try:
            await keeper.open()
        except SetupError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await stop()
    await send({"type": "lifespan.shutdown.complete"})


async def _serve_socket(emulator: Emulator, pages: Pages, scope: Scope, receive: Receive, send: Send) -> None:
    """The live socket, whose modules are loaded with the first one; at other paths there is none."""
    if scope["path"].removesuffix("/") != SOCKET.removesuffix("/"):
        await _refuse_socket(emulator, scope, receive, send)
        return
    from atthene_emulator.web.socket.connection import Socket  # noqa: PLC0415  # starting is quicker without

    await Socket(emulator, pages, scope, receive, send).serve()


async def _refuse_socket(emulator: Emulator, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an upgrade as what it is, a request to a path that has no socket; the journal has it."""
    if _AS_REQUEST not in scope.get("extensions", {}) or scope["path"].startswith(addresses.CONTROL):
        await send({"type": "websocket.close", "code": 1000, "reason": ""})
        return

    async def send_instead(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    unknown = Endpoint(emulator, "api", (), _no_such_path)
    await unknown({**scope, "type": "http", "method": "GET", "path_params": {}}, receive, send_instead)


def _paths(
    emulator: Emulator, plane: Plane, prefix: str, rows: Sequence[Operation], unknown: Callable[[str], ApiError]
) -> PathTable:
    """The endpoints of a plane by their paths."""
    endpoints = {prefix + path: Endpoint(emulator, plane, same) for path, same in by_path(rows).items()}
    return PathTable(endpoints, Endpoint(emulator, plane, (), unknown))


def _no_such_path(path: str) -> ApiError:
    """Below the API the service's own words; elsewhere the emulator's."""
    below = path.removeprefix(addresses.API)
    if path.removesuffix("/") == SOCKET.removesuffix("/"):
        return UpgradeRequired()
    if below == path:
        known = sorted({SOCKET, *(addresses.API + row.path for row in OPERATIONS)})
        there = f"; the API is below {addresses.API}, the control plane below {addresses.CONTROL}"
        return NoSuchPath(f"There is no {path[:200]}{did_you_mean(path[:200], known, there)}")
    return NoSuchPath()


def _no_such_control_path(rows: Sequence[Operation], path: str) -> Unknown:
    known = tuple(addresses.CONTROL + row.path for row in rows)
    near = did_you_mean(path[:200], tuple(dict.fromkeys(known)), f"; there are {', '.join(dict.fromkeys(known))}")
    return Unknown(f"There is no {path[:200]}{near}")
