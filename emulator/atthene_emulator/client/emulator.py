"""The client of a running emulator, and that of one namespace in it. This module is those two classes."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from atthene_emulator.addresses import API, CONTROL
from atthene_emulator.client.assertions import Assertions
from atthene_emulator.client.configurations import Configurations
from atthene_emulator.client.connection import ControlPlane, origin_of, session, socket_url_of
from atthene_emulator.client.coverage import Coverage
from atthene_emulator.client.documents import Documents
from atthene_emulator.client.events import Events
from atthene_emulator.client.executions import Executions
from atthene_emulator.client.faults import Fault, Faults
from atthene_emulator.client.gates import Gates
from atthene_emulator.client.graphs import Graphs
from atthene_emulator.client.journal import Journal
from atthene_emulator.client.latency import Latencies
from atthene_emulator.client.namespaces import Namespaces
from atthene_emulator.client.on_disconnect import OnDisconnect
from atthene_emulator.client.rate_limit import RateLimiting
from atthene_emulator.client.reading import shortened
from atthene_emulator.client.scenarios import Scenarios
from atthene_emulator.client.scripts import Scripts
from atthene_emulator.client.service import Service
from atthene_emulator.client.sessions import Sessions
from atthene_emulator.client.snapshots import Snapshots
from atthene_emulator.client.socket import Socket
from atthene_emulator.client.sockets import Sockets
from atthene_emulator.client.state import State
from atthene_emulator.client.transitions import Transitions
from atthene_emulator.contracts import ContractName
from atthene_emulator.errors import EmulatorRefused
from atthene_emulator.secrecy import redact_text

if TYPE_CHECKING:
    import requests

_GONE = 404


class EmulatorClient(
    Service,
    Namespaces,
    State,
    Snapshots,
    Scenarios,
    Journal,
    Events,
    Faults,
    RateLimiting,
    Latencies,
    OnDisconnect,
    Transitions,
    Scripts,
    Sessions,
    Executions,
    Sockets,
    Documents,
    Graphs,
    Configurations,
    Coverage,
    Gates,
):
    """The control plane of a running emulator, seen from one namespace.

    >>> client = EmulatorClient(url)
    >>> client.health().status
    'ok'
    >>> with client.create_namespace(seed="empty") as atthene:
    ...     atthene.state()["counts"]["sessions"]
    0

    Args:
        url: where the emulator runs, with or without /api/v1 or /__emulator.
        control_token: the one that it was started with, if any.
        namespace: the one that the methods are about; None is `default`.
        timeout: seconds that any answer may take.

    Attributes:
        url: `http://host:port`.
        base_url: what the tested program is pointed at, with /api/v1.
        control_url: the control plane.
        socket_url: the live socket, `ws://host:port/ws/amas/`; wss where `url` is https.
        namespace: name of the namespace, None for `default`.

    Raises:
        EmulatorUnreachable: by every method: no emulator answers there.
        EmulatorRefused: by every method: it says no; with its status, its message and each mistake it found.
    """

    def __init__(
        self, url: str, control_token: str | None = None, namespace: str | None = None, *, timeout: float = 10.0
    ) -> None:
        self.url = origin_of(url)
        self.base_url = self.url + API
        self.control_url = self.url + CONTROL
        self.socket_url = socket_url_of(self.url)
        self._token = control_token
        self.sockets: list[Socket] = []
        super().__init__(ControlPlane(self.url, control_token, timeout), namespace)

    def close(self) -> None:
        """Close the sockets that were opened here, and the connection; another request opens one again."""
        for socket in self.sockets:
            socket.close()
        self._control.close()

    def interrupt(self, thread: int) -> None:
        """Let the call of a thread, named by its identifier, end with EmulatorUnreachable; nothing happens if there is none."""
        self._control.interrupt(thread)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def create_namespace(
        self,
        name: str | None = None,
        seed: str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]] | None = None,
        fork_of: str | None = None,
        snapshot: str | None = None,
        *,
        contract: ContractName | None = None,
        ttl_seconds: float | None = None,
    ) -> "EmulatorNamespace":
        """A new world with a key of its own.

        Args:
            name: letters, digits, -, _ and .; chosen when None.
            seed: a bundled seed's name, a seed itself, or several; None is what the emulator was started with.
            fork_of: a namespace to go on from, in place of a seed.
            snapshot: go on from this snapshot of it.
            contract: in place of the one that the seed names.
            ttl_seconds: how long it is kept when nobody uses it; None for good.
        """
        given = {
            "name": name,
            "seed": seed,
            "from": fork_of,
            "snapshot": snapshot,
            "contract": contract,
            "ttl_seconds": ttl_seconds,
        }
        made = self._ask("POST", "/namespaces", {key: value for key, value in given.items() if value is not None})
        namespace = EmulatorNamespace(
            self.url, made["name"], made["api_key"], self._token, timeout=self._control.timeout
        )
        namespace._control.share(self._control)  # noqa: SLF001  # both are clients
        return namespace


class EmulatorNamespace(EmulatorClient, Assertions):
    """A world of its own in a running emulator: its control plane, a session with its key, and assertions.

    As a context manager it is deleted at the end, unless it is `default`.

    >>> with client.create_namespace() as atthene:
    ...     name = atthene.script("It rains.", content={"contains": "weather"})
    ...     execute = f"{atthene.base_url}/runtime/session_abc123/execute/"
    ...     answer = atthene.http.post(execute, json={"content": "How is the weather?"}).json()
    ...     entries = atthene.assert_executed("session_abc123", script=name)
    ...     atthene.assert_no_default_answers()
    >>> answer["messages"][0]["content"]
    'It rains.'

    Args:
        url: where the emulator runs.
        namespace: its name.
        api_key: a key that belongs to it.
        control_token: the one that the emulator was started with, if any; a key that was made for the namespace suffices.
        timeout: seconds that an answer of the control plane may take.

    Attributes:
        http: a `requests.Session` with the key and the namespace in its headers, for the imitated API.
        added: scripts and faults that were added here, by their names and ids.
    """

    namespace: str

    def __init__(
        self, url: str, namespace: str, api_key: str, control_token: str | None = None, *, timeout: float = 10.0
    ) -> None:
        sendable = api_key.isascii() and api_key.isprintable()
        super().__init__(
            url, api_key if control_token is None and sendable else control_token, namespace, timeout=timeout
        )
        self._token = control_token
        self.api_key = api_key
        self.added: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def http(self) -> "requests.Session":
        """Loads `requests`, which only who uses it needs."""
        http = session()
        http.headers.update(self.headers)
        return http

    def _own_key(self) -> str:
        return self.api_key

    @property
    def headers(self) -> dict[str, str]:
        """What requests of the imitated API are sent with, for a client of your own."""
        return {"x-api-key": self.api_key, "X-Emulator-Namespace": self.namespace}

    def __repr__(self) -> str:
        return f"EmulatorNamespace({redact_text(self.url)!r}, {self.namespace!r})"

    def close(self) -> None:
        """Close the connections; another request opens one again."""
        super().close()
        if "http" in vars(self):
            self.http.close()

    def delete(self, *, forever: bool = False) -> None:
        """Forget this namespace; nothing happens if it is gone already.

        Args:
            forever: as of `delete_namespace`.
        """
        try:
            self.delete_namespace(self.namespace, forever=forever)
        except EmulatorRefused as refused:
            if refused.status != _GONE:
                raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.namespace != "default":
                self.delete()
        finally:
            self.close()

    def add_scripts(self, scripts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """Put scripts, as a seed file has them, in front of all others; their names."""
        names = super().add_scripts(scripts)
        self.added.update(zip(names, scripts, strict=True))
        return names

    def add_faults(self, faults: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
        """Put faults, as a seed file has them, in front of all others."""
        added = super().add_faults(faults)
        self.added.update(zip((one.id for one in added), faults, strict=True))
        return added

    def unused(self) -> tuple[str, ...]:
        """A sentence for each script and each fault that was added and has met no request yet.

        Those that are there no longer, after `reset` or `drop_scripts`, are not mentioned.
        """
        scripts = [one.name for one in self.scripts() if one.source == "added" and not one.hits]
        faults = [one.id for one in self.faults() if one.id in self.added and not one.fired]
        return (
            *(f"The script {name} has answered nothing: {shortened(self.added.get(name, {}))}" for name in scripts),
            *(f"The fault {name} has struck nothing: {shortened(self.added[name])}" for name in faults),
        )
