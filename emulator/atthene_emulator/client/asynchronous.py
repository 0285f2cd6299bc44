"""The client for programs with an event loop, asyncio's or trio's. This module is the same words, to be awaited.

Every method is that of the client for threads, run in one; nothing is written twice. Giving up a call closes the connection
that it waits for, so its thread ends, too; a socket stays open.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from contextlib import AbstractAsyncContextManager
from functools import partial, wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, Unpack

from atthene_emulator.client.asynchronous_documents import document
from atthene_emulator.client.asynchronous_socket import AsyncSocket
from atthene_emulator.client.emulator import EmulatorClient, EmulatorNamespace
from atthene_emulator.client.event_loops import awaited, in_thread
from atthene_emulator.client.events import Event
from atthene_emulator.client.gates import Answered
from atthene_emulator.client.scripts import Step
from atthene_emulator.secrecy import redact_text

P = ParamSpec("P")
R = TypeVar("R")
Entered = TypeVar("Entered", bound=AbstractAsyncContextManager[Any])


def _created(
    method: Callable[Concatenate[Any, P], R], to_be_awaited: Callable[[R], Entered]
) -> Callable[Concatenate["AsyncEmulatorClient", P], "Creation[Entered]"]:
    """A method that makes something, to be awaited or to be entered by `async with`."""

    @wraps(method)
    def call(self: "AsyncEmulatorClient", /, *args: P.args, **kwargs: P.kwargs) -> "Creation[Entered]":
        async def made() -> Entered:
            return to_be_awaited(await in_thread(self.blocking, partial(method, self.blocking, *args, **kwargs)))

        return Creation(made())

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
        url, base_url, control_url, socket_url, namespace: as of `EmulatorClient`.
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
        self.socket_url = blocking.socket_url
        self.namespace = blocking.namespace

    health = awaited(EmulatorClient.health)
    ready = awaited(EmulatorClient.ready)
    operations = awaited(EmulatorClient.operations)
    evidence = awaited(EmulatorClient.evidence)
    openapi = awaited(EmulatorClient.openapi)
    asyncapi = awaited(EmulatorClient.asyncapi)
    export = awaited(EmulatorClient.export)
    namespaces = awaited(EmulatorClient.namespaces)
    delete_namespace = awaited(EmulatorClient.delete_namespace)
    state = awaited(EmulatorClient.state)
    reset = awaited(EmulatorClient.reset)
    clear = awaited(EmulatorClient.clear)
    snapshots = awaited(EmulatorClient.snapshots)
    snapshot = awaited(EmulatorClient.snapshot)
    restore = awaited(EmulatorClient.restore)
    export_snapshot = awaited(EmulatorClient.export_snapshot)
    import_snapshot = awaited(EmulatorClient.import_snapshot)
    drop_snapshot = awaited(EmulatorClient.drop_snapshot)
    scenarios = awaited(EmulatorClient.scenarios)
    use_scenario = awaited(EmulatorClient.use_scenario)
    provider_state = awaited(EmulatorClient.provider_state)
    journal = awaited(EmulatorClient.journal)
    wait = awaited(EmulatorClient.wait)
    entry = awaited(EmulatorClient.entry)
    clear_journal = awaited(EmulatorClient.clear_journal)
    faults = awaited(EmulatorClient.faults)
    fault = awaited(EmulatorClient.fault)
    add_faults = awaited(EmulatorClient.add_faults)
    drop_faults = awaited(EmulatorClient.drop_faults)
    drop_fault = awaited(EmulatorClient.drop_fault)
    rate_limit = awaited(EmulatorClient.rate_limit)
    drop_rate_limit = awaited(EmulatorClient.drop_rate_limit)
    latency = awaited(EmulatorClient.latency)
    drop_latency = awaited(EmulatorClient.drop_latency)
    on_disconnect = awaited(EmulatorClient.on_disconnect)
    transitions = awaited(EmulatorClient.transitions)
    drop_transitions = awaited(EmulatorClient.drop_transitions)
    clock = awaited(EmulatorClient.clock)
    freeze = awaited(EmulatorClient.freeze)
    run = awaited(EmulatorClient.run)
    advance = awaited(EmulatorClient.advance)
    scripts = awaited(EmulatorClient.scripts)
    script = awaited(EmulatorClient.script)
    add_scripts = awaited(EmulatorClient.add_scripts)
    drop_scripts = awaited(EmulatorClient.drop_scripts)
    sessions = awaited(EmulatorClient.sessions)
    session = awaited(EmulatorClient.session)
    messages = awaited(EmulatorClient.messages)
    drop_script = awaited(EmulatorClient.drop_script)
    executions = awaited(EmulatorClient.executions)
    stream = awaited(EmulatorClient.stream)
    paused = awaited(EmulatorClient.paused)
    create_namespace = _created(EmulatorClient.create_namespace, lambda made: AsyncEmulatorNamespace.of(made))  # noqa: PLW0108  # it stands below
    socket = _created(EmulatorClient.socket, AsyncSocket)
    session_graph = awaited(EmulatorClient.session_graph)
    drawn_session_graph = awaited(EmulatorClient.drawn_session_graph)
    configurations = awaited(EmulatorClient.configurations)
    configuration = awaited(EmulatorClient.configuration)
    check_configuration = awaited(EmulatorClient.check_configuration)
    coverage = awaited(EmulatorClient.coverage)
    upload = document(EmulatorClient.upload)
    file = document(EmulatorClient.file)
    collection = document(EmulatorClient.collection)
    knowledge_base = document(EmulatorClient.knowledge_base)
    gates = awaited(EmulatorClient.gates)
    open_gate = awaited(EmulatorClient.open_gate)
    close_gate = awaited(EmulatorClient.close_gate)
    answer = awaited(EmulatorClient.answer)
    close = awaited(EmulatorClient.close)

    def gate(self, name: str) -> "AsyncGate":
        """A gate to open, close and wait at."""
        return AsyncGate(self.blocking, name)

    async def events(self, after: int | None = None, *, everywhere: bool = False) -> AsyncIterator[Event]:
        """What happens from now on, or since the event of that id; without end."""
        stream = await in_thread(self.blocking, partial(self.blocking.events, after, everywhere=everywhere))
        try:
            while (event := await in_thread(self.blocking, partial(next, stream, None))) is not None:
                yield event
        finally:
            stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await in_thread(self.blocking, partial(self.blocking.__exit__, kind, error, trace))


class AsyncEmulatorNamespace(AsyncEmulatorClient):
    """`EmulatorNamespace` for programs with an event loop; deleted at the end of an `async with`, unless it is `default`.

    Args:
        url: where the emulator runs.
        namespace: its name.
        api_key: a key that belongs to it.
        control_token: the one that the emulator was started with, if any.
        timeout: seconds that an answer of the control plane may take.

    Attributes:
        url, base_url, control_url, socket_url, namespace, api_key: as of `EmulatorNamespace`.
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

    delete = awaited(EmulatorNamespace.delete)
    add_scripts = awaited(EmulatorNamespace.add_scripts)
    add_faults = awaited(EmulatorNamespace.add_faults)
    unused = awaited(EmulatorNamespace.unused)
    assert_executed = awaited(EmulatorNamespace.assert_executed)
    assert_path = awaited(EmulatorNamespace.assert_path)
    assert_no_default_answers = awaited(EmulatorNamespace.assert_no_default_answers)


class Creation(Awaitable[Entered]):
    """A namespace or a socket that is being made: `await` it, or enter it by `async with`, which ends it."""

    def __init__(self, made: Coroutine[Any, Any, Entered]) -> None:
        self._made = made
        self._entered: Entered | None = None

    def __await__(self) -> Generator[Any, Any, Entered]:
        return self._made.__await__()

    async def __aenter__(self) -> Entered:
        self._entered = await self._made
        return self._entered

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._entered is not None:
            await self._entered.__aexit__(kind, error, trace)


class AsyncGate:
    """`Gate` for programs with an event loop."""

    def __init__(self, client: EmulatorClient, name: str) -> None:
        self._client = client
        self._gate = client.gate(name)
        self.name = name

    @property
    def waiting(self) -> Awaitable[int]:
        """How many executions wait here now."""
        return in_thread(self._client, lambda: self._gate.waiting)

    async def open(self) -> None:
        """Let executions through that wait now or come later."""
        await in_thread(self._client, self._gate.open)

    async def close(self) -> None:
        """Hold executions from now on."""
        await in_thread(self._client, self._gate.close)

    async def answer(self, reply: str | None = None, **step: Unpack[Step]) -> Answered:
        """Answer by hand who has waited longest here; see `EmulatorClient.answer`."""
        return await in_thread(self._client, partial(self._gate.answer, reply, **step))

    async def wait_until_waiting(self, count: int = 1, timeout: float = 5.0) -> None:  # noqa: ASYNC109  # the same words
        """Return when so many executions wait here.

        Raises:
            NobodyWaits: they have not come within so many real seconds.
        """
        __tracebackhide__ = True
        await in_thread(self._client, partial(self._gate.wait_until_waiting, count, timeout))
