"""A namespace that is gone, and is shown no longer, leaves nothing behind, whatever sockets it had: also where the garbage
collector does not look.

A server that has a lot to keep leaves what it has found alive out of collections, so what refers to itself would stay.
"""

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import ref

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.domain.fault import parse_fault
from atthene_emulator.limits import DELETED
from atthene_emulator.server import EmulatorServer
from tests.web.socket.client import DIRECT

pytestmark = pytest.mark.in_memory(reason="what is freed is looked for in one process")
CARD = {"tool_calls": [{"name": "mail_send_email", "arguments": {"to": "ada"}, "result": 1}], "reply": "Sent."}
MAIL = {"name": "Mail", "agent_type": "react_agent", "tools": ["mail_send_email"]}
_PATIENCE = 5  # seconds
FAULTS = ("close=4003", "drop", "error_code=processing_error", "delay=1", "hang", "gap", "close=4003;after_events=2")


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "it has not come"
        time.sleep(0.001)


@contextmanager
def opened(world: EmulatorNamespace, query: str = "") -> Iterator[ClientConnection]:
    url = world.base_url.replace("http", "ws").removesuffix("/api/v1") + f"/ws/amas/{query}"
    with connect(url, additional_headers={"x-api-key": world.api_key}, close_timeout=1, **DIRECT) as made:
        yield made


def say(socket: ClientConnection, kind: str, **fields: Any) -> None:
    socket.send(json.dumps({"type": kind, "client_type": "api", **fields}))


def hear(socket: ClientConnection, kind: str) -> None:
    """Read until a frame or an event of this type."""
    while True:
        frame = json.loads(socket.recv(5))
        if kind in (frame["type"], frame.get("payload", {}).get("type")):
            return


def nothing(socket: ClientConnection, session: str) -> None:
    say(socket, "connect", session_id=session)


def turns(socket: ClientConnection, session: str) -> None:
    say(socket, "connect", session_id=session)
    for _ in range(3):
        say(socket, "user_message", content="Hello")
        hear(socket, "execution_result")


def mistakes(socket: ClientConnection, session: str) -> None:
    for frame in ("x", "{}", '{"type": "nothing", "client_type": "api"}'):
        socket.send(frame)
        hear(socket, "error")
    say(socket, "cancel_execution", session_id=session)
    hear(socket, "error")


def pause(socket: ClientConnection, session: str) -> None:
    say(socket, "connect", session_id=session)
    say(socket, "user_message", content="card")
    hear(socket, "HitlRequired")


def cancelled(socket: ClientConnection, session: str) -> None:
    pause(socket, session)
    say(socket, "cancel_execution")
    hear(socket, "execution_result")


def gate(socket: ClientConnection, session: str) -> None:
    say(socket, "connect", session_id=session)
    say(socket, "user_message", content="gate")
    hear(socket, "TextMessageContent")


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer() as started:
        yield started


@contextmanager
def gone(server: EmulatorServer) -> Iterator[EmulatorNamespace]:
    """A namespace that is deleted at the end, and is gone then without a collection."""
    world = server.client.create_namespace()
    world.script(CARD, content="card")
    world.script({"reply": "One two three four", "stream": {"gate": "middle", "after": 2}}, content="gate")
    there = ref(server.emulator.namespace(world.namespace))
    gc.collect()
    gc.disable()
    try:
        yield world
        if world.namespace in {one.name for one in server.client.namespaces()}:
            world.delete()
        for _ in range(DELETED.most):  # which are shown in its place
            server.client.create_namespace(seed="empty").delete()
        until(lambda: there() is None)
    finally:
        gc.enable()


def session_of(world: EmulatorNamespace) -> str:
    import requests  # noqa: PLC0415

    made = requests.post(f"{world.base_url}/sessions/", json=MAIL, headers={"x-api-key": world.api_key}, timeout=5)
    session: str = made.json()["session_id"]
    return session


@pytest.mark.parametrize("done", [nothing, turns, mistakes, pause, cancelled, gate])
@pytest.mark.parametrize("ended", ["by the client", "by its end"])
def test_after_a_socket(server: EmulatorServer, done: Any, ended: str) -> None:
    with gone(server) as world:
        session = session_of(world)
        with opened(world) as socket:
            done(socket, session)
            if ended == "by its end":
                world.delete()
                with pytest.raises(ConnectionClosed):
                    hear(socket, "nothing that comes")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["open", "user_message"])
def test_after_a_fault(server: EmulatorServer, fault: str, operation: str) -> None:
    with gone(server) as world:
        session = session_of(world)
        if operation == "user_message":
            world.add_faults([{**(parse_fault(fault) or {}), "operation": "socket.user_message"}])
        with opened(world, f"?emulator_fault={fault}" if operation == "open" else "") as socket:
            try:
                say(socket, "connect", session_id=session)
                say(socket, "user_message", content="Hello")
                if fault != "hang":
                    hear(socket, "error" if fault.startswith("error") else "execution_result")
            except ConnectionClosed:
                pass


def test_after_a_hang_that_the_end_of_the_namespace_ended(server: EmulatorServer) -> None:
    with gone(server) as world:
        session = session_of(world)
        (fault,) = world.add_faults([{"kind": "hang", "operation": "socket.user_message"}])
        with opened(world) as socket:
            say(socket, "connect", session_id=session)
            say(socket, "user_message", content="Hello")
            until(lambda: any(one.id == fault.id and one.fired for one in world.faults()))
            world.delete()
            with pytest.raises(ConnectionClosed):
                hear(socket, "nothing that comes")


def test_after_one_that_nobody_was_let_in(server: EmulatorServer) -> None:
    with gone(server) as world, opened(world, "?emulator_nonsense=1") as socket, pytest.raises(ConnectionClosed):
        socket.recv(5)
