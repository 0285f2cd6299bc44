"""Serving: in this process for the command line, or in a thread for tests. This module is the two servers.

`EmulatorServer` is the Python API:

    with EmulatorServer() as server:
        requests.get(f"{server.base_url}/sessions/", headers={"x-api-key": server.api_key})
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import fields, replace
from functools import cached_property, partial
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self

import uvicorn

from atthene_emulator.addresses import API, CONTROL, socket_url
from atthene_emulator.boot import build_emulator
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import SetupError
from atthene_emulator.limits import KEEP_ALIVE_SECONDS
from atthene_emulator.listening import PeerPort, listen, listen_for_peers, url_of
from atthene_emulator.protocol.connection import CLOSE
from atthene_emulator.protocol.parsers import connections_of
from atthene_emulator.protocol.port import Port, allow_open_files
from atthene_emulator.settings import Settings
from atthene_emulator.steady_clock import steady
from atthene_emulator.web.app import create_app
from atthene_emulator.wording import did_you_mean

if TYPE_CHECKING:
    from ssl import SSLContext

    from atthene_emulator.client import EmulatorClient
    from atthene_emulator.seeds.state_document import Taken
    from atthene_emulator.seeds.watch import Watch
    from atthene_emulator.vault.keeper import Keeper

_COLLECT = (2_000, 5, 5)
_LONG_COLLECTION = 0.003  # seconds
_START_SECONDS = 30
_STOP_SECONDS = 5
_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_SIGNALLED = 128  # what a shell adds to the number of the signal that ended a command


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out what uvicorn says of requests that did not end in time: stopping is no failure of theirs."""
    return not str(record.msg).startswith("Cancel %s running task")


def _is_of_use(record: logging.LogRecord) -> bool:
    """Leave out what advises a package for sockets, which would not help: they are ours."""
    return not str(record.msg).startswith("No supported WebSocket library")


class _Server(uvicorn.Server):
    """Uvicorn that says when it is ready, sends waiting executions away when it stops, and then exits with 0."""

    def __init__(
        self,
        emulator: Emulator,
        on_ready: Callable[[], None],
        watch: "Watch | None" = None,
    ) -> None:
        settings = emulator.settings
        self._port = Port(emulator)
        self._peer_port = listen_for_peers(settings) if settings.is_shared else None
        try:
            self._keeper = _keeper(emulator, self._peer_port)
        except SetupError:
            if self._peer_port is not None:
                self._peer_port.sock.close()
            raise
        self._tls = _tls(settings)
        super().__init__(
            uvicorn.Config(
                create_app(emulator, keeper=self._keeper),
                log_config=None,  # whoever runs us decides where the log goes
                log_level=settings.log_level,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",  # none of uvicorn's: a connection becomes a socket of ours
                http=connections_of(self._port),  # type: ignore[arg-type]  # it makes them
                timeout_keep_alive=KEEP_ALIVE_SECONDS.most,
                timeout_graceful_shutdown=1,
            )
        )
        logging.getLogger("uvicorn.error").addFilter(_is_of_use)
        self._emulator = emulator
        self._on_ready = on_ready
        self._watch = watch
        self._watching: asyncio.Task[None] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    async def taken(self) -> "Taken":
        """What the emulator is now, for a document."""
        from atthene_emulator.seeds.state_document import taken  # noqa: PLC0415  # seldom wanted

        if self._keeper is None:
            return taken(self._emulator)
        await self._keeper.refresh()
        async with self._keeper.all_in_view():
            return taken(self._emulator)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        loop = self.loop = asyncio.get_running_loop()
        if isinstance(loop, asyncio.BaseEventLoop):  # it asks `time`, which a test in this process may have patched
            loop.time = steady  # type: ignore[method-assign]
        self.config.ssl = self._tls
        if self._keeper is not None:
            await self._open(self._keeper)
        await super().startup(sockets)
        if self._peer_port is not None and self._keeper is not None:
            await self._listen_for_peers(self._peer_port, self._keeper.secret)
        if self._watch is not None:
            self._watching = asyncio.create_task(self._watch.follow(self._emulator))
        self._on_ready()

    async def _open(self, keeper: "Keeper") -> None:
        try:
            await keeper.open()
        except SetupError:
            if self._peer_port is not None:
                self._peer_port.sock.close()
            raise

    async def _listen_for_peers(self, peer_port: PeerPort, secret: str) -> None:
        """Serve the same application to other emulators, which speak no https, and to nobody else."""
        from atthene_emulator.web.passing_on.guard import PeerGuard  # noqa: PLC0415  # only where a store is shared

        config = copy(self.config)
        config.loaded_app = PeerGuard(self.config.loaded_app, secret)
        connections = partial(
            connections_of(self._port),
            config=config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        loop = asyncio.get_running_loop()
        self.servers.append(await loop.create_server(connections, sock=peer_port.sock, backlog=config.backlog))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._watching is not None:
            self._watching.cancel()
        self._port.stopping = True
        await asyncio.sleep(0)  # who was connected before comes in
        await asyncio.sleep(0)
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE]
        self._emulator.stop()
        log = logging.getLogger("uvicorn.error")
        log.addFilter(_is_news)
        try:
            await super().shutdown(sockets)
        finally:
            log.removeFilter(_is_news)
        for connection in list(self.server_state.connections):
            connection.abort()  # type: ignore[union-attr]  # they are ours
        await asyncio.sleep(0)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: they are those of the process, not of a server in it."""
        yield


def _keeper(emulator: Emulator, peer_port: PeerPort | None) -> "Keeper | None":
    """What keeps its state beyond the process, if that is wanted."""
    if emulator.settings.store is None:
        return None
    from atthene_emulator.vault.stores import keeper_of  # noqa: PLC0415  # seldom wanted

    return keeper_of(emulator, "" if peer_port is None else peer_port.address)


def _tls(settings: Settings) -> "SSLContext | None":
    """What encrypts connections, if that is wanted."""
    if settings.certificate is None:
        return None
    from atthene_emulator.protocol.certificate import context_of  # noqa: PLC0415  # seldom wanted

    return context_of(settings.certificate, settings.certificate_key)


def stop_by_signals(server: uvicorn.Server, on_end: Callable[[], None]) -> None:
    """Stop in order at the first signal, which is success; at once at the second one, whatever keeps us busy.

    A closed terminal stops it, too, unless it is not to, as with `nohup`. The signals stay ours to the end of the process.
    """

    def stop(number: int, _: FrameType | None) -> None:
        if server.should_exit:
            on_end()
            os._exit(_SIGNALLED + number)
        server.should_exit = True

    for name in _STOPPING:
        number = getattr(signal, name, None)
        if number is not None and not (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            signal.signal(number, stop)


def collect_rarely() -> None:
    """Keep the garbage collector from looking at everything again and again; for a process that is ours alone.

    Records refer to one another in one direction only, so counting references frees them. What is loaded stays out of
    collections; and whenever a full collection took long, so does what it found alive: a hundred thousand sessions
    would otherwise hold up a request for a tenth of a second now and then.
    """
    started = 0.0

    def watch(phase: str, info: Mapping[str, int]) -> None:
        nonlocal started
        if info["generation"] < len(_COLLECT) - 1:
            return
        if phase == "start":
            started = time.perf_counter()
        elif time.perf_counter() - started > _LONG_COLLECTION:
            gc.freeze()

    gc.freeze()
    gc.callbacks.append(watch)
    gc.set_threshold(*_COLLECT)
    gc.enable()


def serve(
    emulator: Emulator,
    sockets: list[socket.socket],
    on_ready: Callable[[], None],
    on_end: Callable[[], None],
    *,
    watch: "Watch | None" = None,
) -> None:
    """Serve until a signal stops it; for a process that is ours alone.

    Args:
        emulator: what is served.
        sockets: where, as `listen` has opened them; they are closed.
        on_ready: is called once requests are answered.
        on_end: is called at the end, however it ends.
        watch: is followed from then.
    """
    allow_open_files()
    server = _Server(emulator, on_ready, watch)
    stop_by_signals(server, on_end)
    collect_rarely()
    try:
        server.run(sockets=sockets)
    finally:
        on_end()


def _check_names(options: Mapping[str, Any]) -> None:
    """Refuse options that are no settings."""
    known = tuple(one.name for one in fields(Settings))
    for name in options:
        if name == "seed":
            raise SetupError("There is no setting seed; it is called seeds, and is a tuple: seeds=('default',).")
        if name not in known:
            there = f"; there are {', '.join(known)}."
            raise SetupError(f"There is no setting {name}{did_you_mean(name, known, there)}")


def _watch() -> "Watch":
    from atthene_emulator.seeds.watch import Watch  # noqa: PLC0415  # seldom wanted

    return Watch()


class EmulatorServer:
    """An emulator that runs in a thread of this process; a context manager.

    >>> with EmulatorServer(seeds=("empty",)) as server:
    ...     server.client.state()["counts"]["sessions"]
    0

    Args:
        settings: by default a free port, and the bundled default seed.
        options: fields of `Settings` that differ from those, such as `seeds=("empty",)`.

    Attributes:
        url: `http://127.0.0.1:<port>`; https with a certificate.
        base_url: what a client is pointed at, with `/api/v1`.
        socket_url: the live socket.
        control_url: the control plane.
        api_key: the first key of the seed that may do everything; empty if there is none.

    Raises:
        SetupError: a setting or a seed is wrong, or the port is taken.
    """

    def __init__(self, settings: Settings | None = None, **options: Any) -> None:
        _check_names(options)
        self.settings = replace(settings or Settings(port=0), **options)
        watch = _watch() if self.settings.watch else None
        self.emulator = build_emulator(self.settings, watch.note) if watch else build_emulator(self.settings)
        self._ready = threading.Event()
        self._server = _Server(self.emulator, self._ready.set, watch)
        self._sockets = listen(self.settings.host, self.settings.port)
        self.url = url_of(self._sockets, self.settings)
        self.base_url = self.url + API
        self.socket_url = socket_url(self.url)
        self.control_url = self.url + CONTROL
        self.api_key = self.emulator.default.working_key
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="atthene-emulator", daemon=True)

    @cached_property
    def client(self) -> "EmulatorClient":
        """The control plane of this server."""
        from atthene_emulator.client import EmulatorClient  # noqa: PLC0415  # `serve` starts quicker without

        return EmulatorClient(self.url, self.settings.control_token)

    def export(self, *, secrets: bool = False) -> bytes:
        """The whole emulator as one JSON document, while it serves; see `client.export`.

        Args:
            secrets: keep them.

        Raises:
            SetupError: a seed file is gone.
            NoRoom: it would be too large.
            TimeoutError: the emulator is busy.
        """
        from atthene_emulator.seeds.state_document import exported  # noqa: PLC0415  # seldom wanted

        loop = self._server.loop
        if loop is None:
            raise RuntimeError("The emulator does not serve")
        taken = asyncio.run_coroutine_threadsafe(self._server.taken(), loop).result(_START_SECONDS)
        return exported(taken, secrets=secrets)

    def _run(self) -> None:
        try:
            self._server.run(sockets=self._sockets)
        except BaseException as error:  # noqa: BLE001  # shown to whoever started the server
            self._failure = error
        finally:
            self._ready.set()

    def start(self) -> Self:
        """Serve; returns when requests are answered.

        Raises:
            SetupError: the store cannot be used.
            RuntimeError: the server could not start.
        """
        self._thread.start()
        if not self._ready.wait(_START_SECONDS) or self._failure is not None:
            if isinstance(self._failure, SetupError):
                self.stop()
                raise self._failure
            raise RuntimeError("The emulator did not start") from self._failure
        return self

    def stop(self) -> None:
        """Stop serving, and wait until the thread has ended."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        for sock in self._sockets:
            sock.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
