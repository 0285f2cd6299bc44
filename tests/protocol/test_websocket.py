"""Sockets below ASGI: they open and end in order, whoever ends them, and grow without bound on neither side."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from time import monotonic
from typing import Any
from unittest.mock import patch

import pytest

from atthene_emulator.protocol import parsers, port, websocket
from atthene_emulator.server import EmulatorServer
from tests.protocol.applications import Application, served
from tests.protocol.framing import (
    BINARY,
    CLOSE,
    CONT,
    OFFER,
    PING,
    PONG,
    TEXT,
    Heard,
    Socket,
    closing,
    connected,
    frame,
    handshake,
    opened,
    text,
)
from tests.protocol.talking import KEY, LIST, talking
from tests.protocol.test_connection import limited

MIB = 1024 * 1024
STOPS = (1001, "The emulator stops")


Starter = Callable[..., EmulatorServer]


class Stage:
    """An application that is another one in each test."""

    def __init__(self) -> None:
        self.application = Application()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.application(scope, receive, send)


@pytest.fixture(scope="module", params=["httptools on uvloop", "h11 on asyncio"])
def start(request: pytest.FixtureRequest) -> Iterator[Starter]:
    """Makes a server, which is not started: of an application, or of the emulator itself."""
    quick = request.param == "httptools on uvloop"

    def made(application: Any = None) -> EmulatorServer:
        with patch.object(parsers, "find_spec", lambda _: quick or None), served(application):
            return EmulatorServer(seeds=("empty",))

    with nullcontext() if quick else patch.dict(sys.modules, uvloop=None):  # type: ignore[dict-item]
        yield made


@pytest.fixture(scope="module")
def stage(start: Starter) -> Iterator[tuple[EmulatorServer, Stage]]:
    stage = Stage()
    with start(stage) as running:
        yield running, stage


@pytest.fixture
def application(stage: tuple[EmulatorServer, Stage]) -> Application:
    """What is served, and nothing was seen of it."""
    stage[1].application = Application()
    return stage[1].application


@pytest.fixture
def server(stage: tuple[EmulatorServer, Stage], application: Application) -> EmulatorServer:
    """Serves the application on sockets, and nothing else."""
    assert application
    return stage[0]


@pytest.fixture(scope="module")
def emulator(start: Starter) -> Iterator[EmulatorServer]:
    """The emulator itself."""
    with start() as running:
        yield running


def buffers(server: EmulatorServer) -> list[int]:
    """What waits to be written, of each connection."""
    return [one._transport.get_write_buffer_size() for one in server._server.server_state.connections]  # type: ignore[union-attr]  # noqa: SLF001


class TestHandshakes:
    def test_are_answered_as_the_rfc_shows(self, server: EmulatorServer) -> None:
        with connected(server) as made:
            status, headers = made.head()
        assert status == 101
        assert headers == {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        }

    def test_are_told_to_the_application(self, server: EmulatorServer, application: Application) -> None:
        line = "Sec-WebSocket-Protocol: first, second"
        with connected(server, "/tell/?a=b%20c", line) as made:
            _, headers = made.head()
        assert (headers["Sec-WebSocket-Protocol"], headers["x-mark"]) == ("second", "here")
        scope = application.saw()
        told = {name: scope[name] for name in ("type", "scheme", "path", "raw_path", "query_string", "subprotocols")}
        assert told == {
            "type": "websocket",
            "scheme": "ws",
            "path": "/tell/",
            "raw_path": b"/tell/",
            "query_string": b"a=b%20c",
            "subprotocols": ["first", "second"],
        }
        assert dict(scope["headers"])[b"sec-websocket-version"] == b"13"
        assert "method" not in scope

    def test_may_name_the_whole_url(self, server: EmulatorServer, application: Application) -> None:
        with connected(server, "http://localhost/tell?a#b") as made:
            assert made.head()[0] == 101
        scope = application.saw()
        assert (scope["path"], scope["query_string"]) == ("/tell", b"a")

    @pytest.mark.parametrize("cut", [1, 20, 100, len(handshake()) - 1, len(handshake()) + 1])
    def test_may_come_in_pieces_and_with_what_follows(self, server: EmulatorServer, cut: int) -> None:
        data = handshake() + text("at once")
        with talking(server) as talk:
            talk.say(data[:cut])
            talk.say(data[cut:])
            made = Socket(talk._connection)  # noqa: SLF001
            assert made.head()[0] == 101
            assert made.hear().text == "at once"

    @pytest.mark.parametrize(
        ("path", "status", "body"),
        [("/refuse", 403, b""), ("/deny", 404, b"{}"), ("/leave", 500, b""), ("/early", 500, b"")],
    )
    def test_may_be_refused(
        self, server: EmulatorServer, application: Application, path: str, status: int, body: bytes
    ) -> None:
        with connected(server, path) as made:
            came, headers = made.head()
            assert (came, headers["content-length"], headers["connection"]) == (status, str(len(body)), "close")
            assert made.rest() == body
        if status in (403, 404):
            assert application.saw() == 1006

    OFFERS = (
        ("no key", [line for line in OFFER if "Key" not in line]),
        ("a short key", [*OFFER[:3], "Sec-WebSocket-Key: abcd"]),
        ("an older version", [*OFFER[:2], "Sec-WebSocket-Version: 8", OFFER[3]]),
        ("no version", [line for line in OFFER if "Version" not in line]),
        ("no connection header", OFFER[1:]),
        ("a body", [*OFFER, "Content-Length: 2"]),
    )

    @pytest.mark.parametrize("offer", [offer for _, offer in OFFERS], ids=[name for name, _ in OFFERS])
    def test_that_are_not_whole_are_requests_like_any_other(self, emulator: EmulatorServer, offer: list[str]) -> None:
        body = b"{}" if "Content-Length: 2" in offer else b""
        with talking(emulator) as talk:
            for line, status in (("GET /ws/amas", 426), ("GET /api/v1/agent/", 401)):
                assert talk.ask(line, *offer, body=body).status == status

    def test_are_taken_of_get_only(self, emulator: EmulatorServer) -> None:
        with talking(emulator) as talk:
            assert talk.ask("POST /api/v1/agent/", *OFFER).status == 401
            assert talk.ask("GET /api/v1/agent/", *OFFER, version="1.0").status == 401

    def test_at_a_path_without_a_socket_are_answered_as_requests(self, emulator: EmulatorServer) -> None:
        with connected(emulator, "/api/v1/agent/") as made:
            assert made.head()[0] == 404
        with connected(emulator, "/__emulator/state") as made:
            assert made.head()[0] == 403

    def test_may_follow_a_request_on_its_connection(self, emulator: EmulatorServer) -> None:
        with talking(emulator) as talk:
            assert talk.ask(LIST, KEY).status == 200
            talk.say(handshake("/ws/amas/"))
            assert talk.hear().status == 101

    def test_have_bounded_heads(self, server: EmulatorServer) -> None:
        with connected(server, "/", "x: " + "a" * 70_000) as made:
            assert made.head()[0] == 431
        with connected(server, "/?" + "a" * 50_000) as made:
            assert made.head()[0] == 101


class TestMessages:
    @pytest.mark.parametrize("data", ["", "Hello", "ü" * 500, "a" * 70_000, "a" * MIB])
    def test_of_text_come_whole(self, server: EmulatorServer, data: str) -> None:
        with opened(server) as made:
            made.say(text(data))
            assert made.hear().text == data

    def test_of_bytes_come_whole(self, server: EmulatorServer) -> None:
        with opened(server) as made:
            made.say(frame(BINARY, b"\x00\xff"))
            assert made.hear() == Heard(BINARY, b"\x00\xff")

    def test_may_come_in_fragments_with_a_ping_between(self, server: EmulatorServer) -> None:
        data = "für".encode()
        with opened(server) as made:
            made.say(frame(TEXT, data[:2], fin=False), frame(PING, b"1"), frame(CONT, b"", fin=False))
            assert made.hear() == Heard(PONG, b"1")
            made.say(frame(CONT, data[2:]))
            assert made.hear().text == "für"

    @pytest.mark.parametrize("size", [1, 7, 5_000])
    def test_come_wherever_they_are_cut(self, server: EmulatorServer, size: int) -> None:
        data = b"".join(text(f"{number:>{number}}") for number in range(1, 200))
        with opened(server) as made:
            for at in range(0, len(data), size):
                made.say(data[at : at + size])
            assert [made.hear().text.strip() for _ in range(1, 200)] == [str(number) for number in range(1, 200)]

    def test_that_are_ready_are_written_together(self, server: EmulatorServer, application: Application) -> None:
        with opened(server, "/fifty") as made:
            for _ in range(2):
                made.say(text("go"))
                assert [made.hear().text for _ in range(50)] == [f"piece {number}" for number in range(50)]
                assert application.saw() == 1


MISTAKES = {
    "no mask": (b"\x81\x01a", 1002),
    "a reserved bit": (b"\xc1\x80" + b"\x01\x02\x03\x04", 1002),
    "a kind that is none": (frame(0x3), 1002),
    "a fragment of nothing": (frame(CONT, b"a"), 1002),
    "a text in a text": (frame(TEXT, b"a", fin=False) + text("b"), 1002),
    "a fragmented ping": (frame(PING, b"", fin=False), 1002),
    "a large ping": (frame(PING, b"a" * 126), 1002),
    "no UTF-8": (frame(TEXT, b"\xff"), 1007),
    "half a character": (frame(TEXT, b"\xc3", fin=False) + frame(CONT), 1007),
    "more than 1 MiB": (frame(TEXT, b"a" * (MIB + 1)), 1009),
    "more than 1 MiB, of which nothing comes": (frame(TEXT, size=2**40), 1009),
    "more than 1 MiB in fragments": (
        frame(TEXT, b"a" * MIB, fin=False) + frame(CONT, b"a", fin=False) + frame(CONT),
        1009,
    ),
    "a code that is none": (closing(1005), 1002),
    "half a code": (frame(CLOSE, b"\x03"), 1002),
    "a reason that is no UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), 1007),
}


class TestEnds:
    @pytest.mark.parametrize(("sent", "code"), MISTAKES.values(), ids=MISTAKES.keys())
    def test_by_a_mistake_have_its_code(
        self, server: EmulatorServer, application: Application, sent: bytes, code: int
    ) -> None:
        with opened(server) as made:
            made.say(sent)
            assert made.hear().closing[0] == code
            assert made.rest() == b""
        assert application.saw()[0] == code

    def test_reach_who_sends_everything_first(self, server: EmulatorServer, application: Application) -> None:
        with opened(server) as made:
            made.say(frame(TEXT, b"a" * 20 * MIB))
            assert made.hear().closing[0] == 1009
        assert application.saw()[0] == 1009

    @pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
    def test_by_the_client_are_answered_and_told(
        self, server: EmulatorServer, application: Application, code: int
    ) -> None:
        with opened(server) as made:
            made.say(closing(code, "bye"))
            assert made.hear().closing == (code, "bye")
            assert made.rest() == b""
        assert application.saw() == (code, "bye")

    def test_by_the_client_may_have_no_code(self, server: EmulatorServer, application: Application) -> None:
        with opened(server) as made:
            made.say(frame(CLOSE))
            assert made.hear().closing == (1005, "")
        assert application.saw() == (1005, "")

    def test_come_behind_what_was_said_before(self, server: EmulatorServer, application: Application) -> None:
        with opened(server, "/ignore") as made:
            made.say(text("a") * 2_000, closing(1000))
            assert application.saw() == "waits"
            application.go()
            application.saw()
            assert application.saw() == (2_000, 1000)

    @pytest.mark.parametrize("behind", [b"", text("half")[:-1]], ids=["nothing", "half a frame"])
    @pytest.mark.parametrize("how", ["closed", "half-closed", "reset"])
    def test_of_a_client_that_vanishes_are_told(
        self, server: EmulatorServer, application: Application, how: str, behind: bytes
    ) -> None:
        with opened(server) as made:
            made.say(behind)
            if how == "half-closed":
                made.connection.shutdown(socket.SHUT_WR)
                assert made.rest() == b""
            elif how == "reset":
                made.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        assert application.saw() == (1006, "")

    def test_by_the_application_are_answered(self, server: EmulatorServer, application: Application) -> None:
        with opened(server, "/close") as made:
            assert made.hear().text == "last"
            assert made.hear().closing == (4003, "é" * 61)  # as much as a frame holds
            assert application.saw() == (4003, 100)
            made.say(text("still"), closing(4003))
            assert made.rest() == b""

    def test_by_the_application_do_not_wait_for_long(self, server: EmulatorServer) -> None:
        with patch.object(websocket, "_FAREWELL_SECONDS", 0.05), opened(server, "/close") as made:
            made.say(text("still"))
            assert [made.hear().opcode, made.hear().opcode] == [TEXT, CLOSE]
            assert made.is_cut_off()

    @pytest.mark.parametrize(("path", "code"), [("/tell", 1000), ("/fail", 1011)])
    def test_of_the_application_close(
        self, server: EmulatorServer, caplog: pytest.LogCaptureFixture, path: str, code: int
    ) -> None:
        with opened(server, path) as made:
            assert made.hear().closing == (code, "")
        assert [record.getMessage() for record in caplog.records] == (["A socket has failed"] if code == 1011 else [])

    HOW = (
        ("close", b"\x81\x010\x81\x011\x81\x012", True),
        ("raw", b"\x81\x010\x81\x011\x81\x012\x81\x7e", True),
        ("at_once", b"", False),
        ("reset", b"", False),
    )

    @pytest.mark.parametrize(("how", "heard", "whole"), HOW, ids=[how for how, *_ in HOW])
    def test_may_come_without_a_word(
        self,
        server: EmulatorServer,
        application: Application,
        how: str,
        heard: bytes,
        whole: bool,  # noqa: FBT001
    ) -> None:
        with connected(server, f"/cut?{how}") as made:
            if whole:
                assert made.head()[0] == 101
                assert made.rest() == heard
        assert application.saw() == 1006


class TestStops:
    def test_close_every_socket_and_wait_for_nobody(self, application: Application, start: Starter) -> None:
        with start(application) as server, ExitStack() as stack:
            answering = [stack.enter_context(opened(server)) for _ in range(8)]
            for path in ("/", "/ignore", "/pour"):  # nobody answers there, or the application does not listen
                stack.enter_context(opened(server, path, buffer=4096))
            began = monotonic()
            server._server.should_exit = True  # noqa: SLF001
            for made in answering:
                assert made.hear().closing == STOPS
                made.say(closing(1001))
                assert made.rest() == b""
            server.stop()
            assert monotonic() - began < 3
        assert [one for one in application.seen.queue if isinstance(one, tuple) and one[0] == 1001] == [STOPS] * 9

    @pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
    def test_are_done_by_a_signal(self) -> None:
        command = [sys.executable, "-m", "tests.protocol.applications"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
            server: Any = type("Running", (), {"url": url})
            with opened(server) as one, opened(server) as other:
                one.say(text("hello"))
                assert one.hear().text == "hello"
                began = monotonic()
                process.send_signal(signal.SIGTERM)
                assert [one.hear().closing, other.hear().closing] == [STOPS, STOPS]
                assert process.wait(10) == 0
                assert monotonic() - began < 3


class TestBounds:
    def test_who_reads_nothing_gets_the_rest_later(self, server: EmulatorServer, application: Application) -> None:
        with opened(server, "/pour", buffer=4096) as made:
            sent = until_it_waits(application)
            assert sent < 20  # megabytes: what two machines keep
            assert max(buffers(server)) < 200_000
            count = 30 * 1024
            assert [int(made.hear().text) for _ in range(count)] == list(range(count))

    def test_who_reads_nothing_for_long_is_cut_off(self, application: Application, start: Starter) -> None:
        with (
            limited(websocket, SOCKET_STALL_SECONDS=0.2),
            start(application) as server,
            opened(server, "/pour", buffer=4096),
        ):
            seen = [application.saw()]
            while seen[-1] != 1006:
                seen.append(application.saw())
            assert seen[-2] == "poured"  # what is sent to nobody is thrown away

    def test_who_reads_slowly_is_not(self, application: Application, start: Starter) -> None:
        with (
            limited(websocket, SOCKET_STALL_SECONDS=0.2),
            start(application) as server,
            opened(server, "/pour", buffer=4096) as made,
        ):
            count = 30 * 1024
            assert [int(made.hear().text) for _ in range(count)] == list(range(count))

    def test_pings_of_who_reads_nothing_are_not_read(self, server: EmulatorServer) -> None:
        with opened(server, buffer=4096) as made:
            flood(made, frame(PING, b"a" * 100) * 600)
            assert max(buffers(server)) < 1_000_000

    def test_what_the_application_does_not_take_is_not_read(
        self, server: EmulatorServer, application: Application
    ) -> None:
        messages = 0
        with opened(server, "/ignore") as made:
            assert application.saw() == "waits"
            messages = flood(made, text("a" * 50) * 1_000) * 1_000
            (one,) = server._server.server_state.connections  # noqa: SLF001
            assert len(one._unread) < MIB  # type: ignore[union-attr]  # noqa: SLF001
            application.go()
            assert application.saw() < 1_000
        count, code = application.saw()
        assert (count >= messages, code) == (True, 1006)

    def test_empty_fragments_are_not_kept(self, server: EmulatorServer) -> None:
        with opened(server) as made:
            made.say(frame(TEXT, b"a", fin=False), frame(CONT, b"", fin=False) * 100_000, frame(CONT, b"b"))
            assert made.hear().text == "ab"

    def test_who_is_quiet_is_asked_whether_it_is_there(self, application: Application, start: Starter) -> None:
        with (
            limited(websocket, SOCKET_STALL_SECONDS=0.3, SOCKET_SILENT_SECONDS=0.3),
            start(application) as server,
            opened(server) as answering,
            opened(server) as silent,
        ):
            for _ in range(6):
                assert answering.hear() == Heard(PING, b"")
                answering.say(frame(PONG))
            assert {silent.hear() for _ in range(2)} == {Heard(PING, b"")}
            assert re.fullmatch(rb"(\x89\x00)*", silent.rest())
            answering.say(text("here"))
            heard = answering.hear()
            while heard.opcode == PING:
                heard = answering.hear()
            assert heard.text == "here"
        assert application.saw() == (1006, "")

    def test_sockets_are_connections_that_make_no_room(self, application: Application, start: Starter) -> None:
        with limited(port, CONNECTIONS=4), start(application) as server, ExitStack() as stack:
            sockets = [stack.enter_context(opened(server)) for _ in range(3)]
            idle = stack.enter_context(talking(server))
            idle.say(b"GET / HTTP/1.1\r\n")
            sockets.append(stack.enter_context(opened(server)))
            assert idle.hear().status == 503
            with talking(server) as talk:
                assert (talk.hear().status, talk.is_over()) == (503, True)
            for made in sockets:
                made.say(text("here"))
                assert made.hear().text == "here"


def until_it_waits(application: Application) -> int:
    """How many megabytes were sent when nothing more is, as the application tells it."""
    import queue  # noqa: PLC0415

    sent = 0
    while True:
        try:
            sent, _ = application.seen.get(timeout=0.3)
        except queue.Empty:
            return sent


def flood(made: Socket, data: bytes) -> int:
    """Send the same again and again until the server reads no more; how often it went whole."""
    made.connection.settimeout(0.3)
    count = 0
    while True:
        try:
            made.connection.sendall(data)
        except TimeoutError:
            made.connection.settimeout(10)
            return count
        count += 1


def test_the_first_socket_loads_what_it_needs() -> None:
    code = """
import sys
from atthene_emulator.server import EmulatorServer
from tests.protocol.framing import connected
from tests.protocol.talking import talking
with EmulatorServer() as server:
    with talking(server) as talk:
        talk.ask("GET /")
    print("websockets" in sys.modules)
    with connected(server, "/ws/amas/") as made:
        made.head()
    print("websockets" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "True"]
