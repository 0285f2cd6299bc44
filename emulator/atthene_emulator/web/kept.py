"""An application whose namespaces outlive it. This module stands before it where a store is used, and nowhere else.

Before a request comes in, its namespace is loaded; before anything goes out, what has changed is saved. What is sent of a
namespace that was put away meanwhile is not true any more, and goes nowhere.
"""

from collections.abc import Mapping
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atthene_emulator.addresses import CONTROL, MEDIA
from atthene_emulator.domain.emulator import DEFAULT
from atthene_emulator.errors import Damaged, NoRoom, NotKept, SetupError
from atthene_emulator.vault.keeper import Keeper
from atthene_emulator.vault.loaded import Loaded
from atthene_emulator.vault.vault import EMULATOR, Elsewhere
from atthene_emulator.web import connection
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.headers import NAMESPACE, NAMESPACE_PARAMETER, bearer_of, key_of
from atthene_emulator.web.pages import Pages
from atthene_emulator.web.refused import refuse
from atthene_emulator.web.welcome import PATHS

if TYPE_CHECKING:
    from atthene_emulator.web.passing_on.passing import Passing

_NAMESPACES, _EXPORT = f"{CONTROL}/namespaces", f"{CONTROL}/export"
_EVERYWHERE = frozenset(f"{CONTROL}/{name}" for name in ("journal", "coverage", "events"))
_PROBES = frozenset(f"{CONTROL}/{name}" for name in ("", "health", "ready"))
_DOCUMENTS = frozenset(f"{CONTROL}/{name}" for name in ("openapi.json", "asyncapi.json"))
_READING = ("GET", "HEAD")


class Wanted(NamedTuple):
    """Whose a request is, as the application will find it.

    Attributes:
        name: of the namespace that it names, if it names one; empty for what is about all of them.
        keys: that lead to one, where none is named or there is none of that name; the first that does so counts.
        only_own: keys lead only to the namespaces that they were made for.
    """

    name: str | None
    keys: tuple[str, ...] = ()
    only_own: bool = False


def wanted(scope: Scope, *, bearer: bool) -> Wanted | None:
    """The namespace that a request names, and the keys that it brings; None for what is about none.

    Args:
        scope: of the request.
        bearer: whether keys may come as bearer tokens (D12).
    """
    path, headers = scope["path"], dict(scope["headers"])
    text = scope["query_string"].decode("latin-1")
    query = parse_qs(text, keep_blank_values=True) if text else {}
    named = headers.get(NAMESPACE)
    name = None if named is None else named.decode("latin-1")
    if path.startswith(f"{CONTROL}/"):
        return _wanted_of_control(scope, headers, query, name)
    if path.startswith(MEDIA):
        return Wanted(query.get(NAMESPACE_PARAMETER.decode(), (DEFAULT,))[-1] or DEFAULT)
    if path in PATHS and scope.get("method") in _READING:
        return None
    if scope["type"] != "websocket":
        key = key_of(headers, bearer=bearer)
    else:
        from atthene_emulator.web.socket.credentials import handshake_of  # noqa: PLC0415  # with the first socket

        key = handshake_of(scope, bearer=bearer).key
        name = query.get(NAMESPACE_PARAMETER.decode(), (None,))[0] if named is None else name
    return Wanted(name or None, (key,) if key else ())


def _wanted_of_control(
    scope: Scope, headers: Mapping[bytes, bytes], query: Mapping[str, list[str]], name: str | None
) -> Wanted | None:
    path = scope["path"]
    if path.startswith(f"{CONTROL}/inspector/"):
        return None
    if _is_everywhere(path.rstrip("/"), scope, query):
        return Wanted(EMULATOR)
    if path.startswith(f"{_NAMESPACES}/"):
        return Wanted(path.removeprefix(f"{_NAMESPACES}/").rstrip("/"))
    brought = () if path in _PROBES else (key_of(headers, bearer=False), bearer_of(headers))
    keys = tuple(filter(None, brought))
    named = name or query.get("namespace", (None,))[-1] or None
    if path in _PROBES | _DOCUMENTS and not named and not keys:
        return None  # it is about no namespace, and answers also while a store does not
    return Wanted(named, keys, only_own=True)


def _is_everywhere(path: str, scope: Scope, query: Mapping[str, list[str]]) -> bool:
    """Whether a request is about all namespaces."""
    if path in (_NAMESPACES, _EXPORT):
        return True
    return path in _EVERYWHERE and scope["method"] in _READING and "all" in query.get("namespaces", ())


class KeptApplication:
    """Has the namespace of each request loaded, and its changes saved before anything of it is sent.

    A request whose namespace another emulator owns is passed on to that one.

    Args:
        app: the emulator's application.
        keeper: of the emulator.
        pages: which may call the application.
    """

    def __init__(self, app: ASGIApp, keeper: Keeper, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        self._keeper = keeper
        self._passing: Passing | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or what comes through a socket."""
        began = perf_counter()
        try:
            await self._open()
            await self._look_for_page(scope)
            if self._keeper.is_shared:
                await self._passed(scope, receive, send)
            else:
                await self._answer(await self._reach(scope), scope, receive, send)
        except (NotKept, NoRoom) as error:
            if isinstance(error, NotKept):
                self._keeper.outage.note(error)
            refuse(scope, error, perf_counter() - began)
            await self._app(scope, receive, send)

    async def _open(self) -> None:
        """Have the store open also where a server has no lifespan."""
        try:
            await self._keeper.open()
        except SetupError as error:
            raise NotKept(str(error).removesuffix(".")) from None

    async def _look_for_page(self, scope: Scope) -> None:
        """Know whether a page that asks is one of a public agent, whichever namespace has it: its preflight names none."""
        for name, value in scope["headers"]:
            if name == b"origin":
                with suppress(NotKept):  # which the request itself finds out
                    await self._pages.look_for(value.decode("latin-1"), self._keeper.lets_pages)

    async def _passed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it here, or have it answered by whoever owns its namespace."""
        if self._passing is None:
            from atthene_emulator.web.passing_on.passing import Passing  # noqa: PLC0415  # seldom wanted

            self._passing = Passing(self._keeper.secret, self._reach)
            self._keeper.on_close = self._passing.close
        here = await self._passing.pass_on(scope, receive, send)
        if here is not None:
            await self._answer(here.reached, here.scope, here.receive, send)

    async def _answer(self, reached: Loaded | Elsewhere | None, scope: Scope, receive: Receive, send: Send) -> None:
        loaded = reached if isinstance(reached, Loaded) else None
        answer = _Answer(self._keeper, loaded, scope, receive, send)
        with self._keeper.used(loaded):
            if loaded is None or loaded.name != EMULATOR:
                await self._app(scope, receive, answer.send)
                return
            await self._app(_of_nobody(scope), receive, answer.send)

    async def _reach(self, scope: Scope) -> Loaded | Elsewhere | None:
        """What a request is about, loaded."""
        of_request = wanted(scope, bearer=self._keeper.emulator.settings.rulings["D12"])
        if of_request is None:
            return None
        if of_request.name == EMULATOR:
            return await self._keeper.refresh()
        name = of_request.name
        try:
            reached = await self._keeper.reach(name) if name else None
        except Damaged:
            if name is None or scope.get("method") != "DELETE" or not scope["path"].startswith(f"{_NAMESPACES}/"):
                raise
            return self._keeper.unreadable(name)  # it need not be read for that
        if reached is not None:
            return reached
        reached = await self._keeper.reach(await self._holder(of_request))
        if reached is None:  # it was deleted just now
            reached = await self._keeper.reach(DEFAULT)
        if name and isinstance(reached, Loaded):
            await self._keeper.recall(name)  # it may have been deleted
        return reached

    async def _holder(self, of_request: Wanted) -> str:
        """The namespace that the keys of a request lead to."""
        for key in of_request.keys:
            found = await self._keeper.holder(key)
            if found is not None and (not of_request.only_own or await self._keeper.is_own(found, key)):
                return found
        return DEFAULT


def _of_nobody(scope: Scope) -> Scope:
    """A request that is about all namespaces: the one that it names besides may be loaded elsewhere."""
    return {**scope, "headers": [header for header in scope["headers"] if header[0] != NAMESPACE]}


class _Answer:
    """What is sent of one request or socket: nothing before its changes are saved."""

    def __init__(  # ASGI has three
        self, keeper: Keeper, loaded: Loaded | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._keeper = keeper
        self._scope = scope
        self._loaded = loaded
        self._receive = receive
        self._send = send
        self._is_refused = self._is_streamed = False

    async def send(self, message: Message) -> None:
        """Send a message of ASGI."""
        kind = message["type"]
        if self._is_refused or kind == "websocket.close":
            if kind == "websocket.close":
                await self._send(message)
            return
        if kind == "http.response.body" and not message.get("more_body") and not self._is_streamed:
            await self._send(message)  # what it tells was saved with its beginning
            return
        self._is_streamed = message.get("more_body", False)
        try:
            await self._keeper.keep(self._loaded)
        except NotKept as error:
            self._keeper.outage.note(error)
            await self._refuse(kind, message, error)
            return
        await self._send(message)

    async def _refuse(self, kind: str, message: Message, error: NotKept) -> None:
        """Send that it was not kept, in place of an answer; of one that is being sent, nothing more."""
        self._is_refused = True
        refuse(self._scope, error)
        if kind in ("http.response.start", "websocket.http.response.start"):
            response = error_response(error)
            shown = [one for one in message["headers"] if one[0].startswith(b"access-control-") or one[0] == b"vary"]
            await self._send({**message, "status": response.status_code, "headers": [*response.raw_headers, *shown]})
            await self._send({"type": kind.replace("start", "body"), "body": bytes(response.body)})
        elif kind == "http.response.body":
            connection.abort(self._receive)
