"""The client for programs with an event loop, asyncio's or trio's. This module is the same words, to be awaited.

Every method is that of the client for threads, run in one; nothing is written twice. Giving up a call closes the connection
that it waits for, so its thread ends, too.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from functools import partial, wraps
from threading import get_ident
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from atthene_emulator.client.emulator import EmulatorClient, EmulatorNamespace
from atthene_emulator.client.events import Event
from atthene_emulator.secrecy import redact_text

P = ParamSpec("P")
R = TypeVar("R")


async def _in_thread(client: EmulatorClient, call: Callable[[], R]) -> R:
    import anyio  # noqa: PLC0415  # only who awaits pays

    threads: list[int] = []

    def run() -> R:
        threads.append(get_ident())
        return call()

    try:
        return await anyio.to_thread.run_sync(run, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))
    except anyio.get_cancelled_exc_class():
        if threads:
            client.interrupt(threads[0])
        raise


def _awaited(
    method: Callable[Concatenate[Any, P], R],
) -> Callable[Concatenate["AsyncEmulatorClient", P], Coroutine[Any, Any, R]]:
    """A method of the client for threads, to be awaited."""

    @wraps(method)
    async def call(self: "AsyncEmulatorClient", /, *args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        return await _in_thread(self.blocking, partial(method, self.blocking, *args, **kwargs))

    return call


def _created(
    method: Callable[Concatenate[Any, P], EmulatorNamespace],
) -> Callable[Concatenate["AsyncEmulatorClient", P], "Creation"]:
    """A method that makes a namespace, to be awaited or to be entered by `async with`."""

    @wraps(method)
    def call(self: "AsyncEmulatorClient", /, *args: P.args, **kwargs: P.kwargs) -> "Creation":
        return Creation(_in_thread(self.blocking, partial(method, self.blocking, *args, **kwargs)))

    return call


class AsyncEmulatorClient:
    """`EmulatorClient` for programs with an event loop; see there for what each method does.

        async with AsyncEmulatorClient(url) as client, client.create_namespace() as atthene:
            await atthene.script("It rains.", gate="slow")
            ...
            await atthene.gate("slow").wait_until_waiting()

    Args:
        url: where the emulator runs, with or without /api/v1 or /__emulator.
        control_token: the one that it was started with, if any.
        namespace: the one that the methods are about; None is `default`.
        timeout: seconds that any answer may take.

    Attributes:
        url, base_url, control_url, namespace: as of `EmulatorClient`.
        blocking: the client whose methods these are.
    """

    blocking: EmulatorClient

    def __init__(
        self, url: str, control_token: str | None = None, namespace: str | None = None, *, timeout: float = 10.0
    ) -> None:
        self._be(EmulatorClient(url, control_token, namespace, timeout=timeout))

    def _be(self, blocking: EmulatorClient) -> None:
        self.blocking = blocking
        self.url, self.base_url, self.control_url = blocking.url, blocking.base_url, blocking.control_url
        self.namespace = blocking.namespace

    health = _awaited(EmulatorClient.health)
    ready = _awaited(EmulatorClient.ready)
    operations = _awaited(EmulatorClient.operations)
    evidence = _awaited(EmulatorClient.evidence)
    openapi = _awaited(EmulatorClient.openapi)
    asyncapi = _awaited(EmulatorClient.asyncapi)
    namespaces = _awaited(EmulatorClient.namespaces)
    delete_namespace = _awaited(EmulatorClient.delete_namespace)
    state = _awaited(EmulatorClient.state)
    reset = _awaited(EmulatorClient.reset)
    clear = _awaited(EmulatorClient.clear)
    snapshots = _awaited(EmulatorClient.snapshots)
    snapshot = _awaited(EmulatorClient.snapshot)
    restore = _awaited(EmulatorClient.restore)
    export_snapshot = _awaited(EmulatorClient.export_snapshot)
    import_snapshot = _awaited(EmulatorClient.import_snapshot)
    drop_snapshot = _awaited(EmulatorClient.drop_snapshot)
    scenarios = _awaited(EmulatorClient.scenarios)
    use_scenario = _awaited(EmulatorClient.use_scenario)
    provider_state = _awaited(EmulatorClient.provider_state)
    journal = _awaited(EmulatorClient.journal)
    wait = _awaited(EmulatorClient.wait)
    clear_journal = _awaited(EmulatorClient.clear_journal)
    faults = _awaited(EmulatorClient.faults)
    fault = _awaited(EmulatorClient.fault)
    add_faults = _awaited(EmulatorClient.add_faults)
    drop_faults = _awaited(EmulatorClient.drop_faults)
    drop_fault = _awaited(EmulatorClient.drop_fault)
    rate_limit = _awaited(EmulatorClient.rate_limit)
    drop_rate_limit = _awaited(EmulatorClient.drop_rate_limit)
    clock = _awaited(EmulatorClient.clock)
    freeze = _awaited(EmulatorClient.freeze)
    run = _awaited(EmulatorClient.run)
    advance = _awaited(EmulatorClient.advance)
    scripts = _awaited(EmulatorClient.scripts)
    script = _awaited(EmulatorClient.script)
    add_scripts = _awaited(EmulatorClient.add_scripts)
    drop_scripts = _awaited(EmulatorClient.drop_scripts)
    executions = _awaited(EmulatorClient.executions)
    stream = _awaited(EmulatorClient.stream)
    paused = _awaited(EmulatorClient.paused)
    create_namespace = _created(EmulatorClient.create_namespace)
    coverage = _awaited(EmulatorClient.coverage)
    gates = _awaited(EmulatorClient.gates)
    open_gate = _awaited(EmulatorClient.open_gate)
    close_gate = _awaited(EmulatorClient.close_gate)
    close = _awaited(EmulatorClient.close)

    def gate(self, name: str) -> "AsyncGate":
        """A gate to open, close and wait at."""
        return AsyncGate(self.blocking, name)

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        """What happens from now on, or since the event of that id; without end."""
        stream = await _in_thread(self.blocking, partial(self.blocking.events, after))
        try:
            while (event := await _in_thread(self.blocking, partial(next, stream, None))) is not None:
                yield event
        finally:
            stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await _in_thread(self.blocking, partial(self.blocking.__exit__, kind, error, trace))


class AsyncEmulatorNamespace(AsyncEmulatorClient):
    """`EmulatorNamespace` for programs with an event loop; deleted at the end of an `async with`, unless it is `default`.

    Args:
        url: where the emulator runs.
        namespace: its name.
        api_key: a key that belongs to it.
        control_token: the one that the emulator was started with, if any.
        timeout: seconds that an answer of the control plane may take.

    Attributes:
        url, base_url, control_url, namespace, api_key: as of `EmulatorNamespace`.
        headers: what requests of the imitated API are sent with, for a client of your own.
    """

    blocking: EmulatorNamespace
    namespace: str

    def __init__(
        self, url: str, namespace: str, api_key: str, control_token: str | None = None, *, timeout: float = 10.0
    ) -> None:
        self._be(EmulatorNamespace(url, namespace, api_key, control_token, timeout=timeout))

    @classmethod
    def of(cls, namespace: EmulatorNamespace) -> Self:
        """The same namespace, to be awaited."""
        made = cls.__new__(cls)
        made._be(namespace)  # noqa: SLF001  # its own
        return made

    @property
    def api_key(self) -> str:
        """A key that belongs to it."""
        return self.blocking.api_key

    @property
    def headers(self) -> dict[str, str]:
        """What requests of the imitated API are sent with, for a client of your own."""
        return self.blocking.headers

    def __repr__(self) -> str:
        return f"AsyncEmulatorNamespace({redact_text(self.url)!r}, {self.namespace!r})"

    delete = _awaited(EmulatorNamespace.delete)
    add_scripts = _awaited(EmulatorNamespace.add_scripts)
    add_faults = _awaited(EmulatorNamespace.add_faults)
    unused = _awaited(EmulatorNamespace.unused)
    assert_executed = _awaited(EmulatorNamespace.assert_executed)
    assert_path = _awaited(EmulatorNamespace.assert_path)
    assert_no_default_answers = _awaited(EmulatorNamespace.assert_no_default_answers)


class Creation(Awaitable[AsyncEmulatorNamespace]):
    """A namespace that is being made: `await` it, or enter it by `async with`, which deletes it at the end."""

    def __init__(self, made: Coroutine[Any, Any, EmulatorNamespace]) -> None:
        self._made = made
        self._namespace: AsyncEmulatorNamespace | None = None

    async def _whole(self) -> AsyncEmulatorNamespace:
        return AsyncEmulatorNamespace.of(await self._made)

    def __await__(self) -> Generator[Any, Any, AsyncEmulatorNamespace]:
        return self._whole().__await__()

    async def __aenter__(self) -> AsyncEmulatorNamespace:
        self._namespace = await self._whole()
        return self._namespace

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._namespace is not None:
            await self._namespace.__aexit__(kind, error, trace)


class AsyncGate:
    """`Gate` for programs with an event loop."""

    def __init__(self, client: EmulatorClient, name: str) -> None:
        self._client = client
        self._gate = client.gate(name)
        self.name = name

    @property
    def waiting(self) -> Awaitable[int]:
        """How many executions wait here now."""
        return _in_thread(self._client, lambda: self._gate.waiting)

    async def open(self) -> None:
        """Let executions through that wait now or come later."""
        await _in_thread(self._client, self._gate.open)

    async def close(self) -> None:
        """Hold executions from now on."""
        await _in_thread(self._client, self._gate.close)

    async def wait_until_waiting(self, count: int = 1, timeout: float = 5.0) -> None:  # noqa: ASYNC109  # the same words
        """Return when so many executions wait here.

        Raises:
            NobodyWaits: they have not come within so many real seconds.
        """
        __tracebackhide__ = True
        await _in_thread(self._client, partial(self._gate.wait_until_waiting, count, timeout))
