"""Below HTTP: what is no request gets an answer, what is endless an end, and no answer is lost; by either parser."""

import json
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import monotonic
from typing import Any
from unittest.mock import patch

import pytest

from atthene_emulator import server as serving
from atthene_emulator.limits import Limit
from atthene_emulator.protocol import connection, port
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web import errors
from tests.conftest import Api
from tests.protocol.conftest import Starter
from tests.protocol.talking import EXECUTE, HELLO, KEY, LIST, Talk, chunked, request, talking

Journal = Callable[[], list[dict[str, Any]]]

MIB = 1024 * 1024


def limited(module: Any, **limits: float) -> Any:
    """Other bounds, as a module sees them."""
    return patch.multiple(module, **{name: Limit("", most, "") for name, most in limits.items()})  # type: ignore[arg-type]


NO_REQUESTS = {
    "no HTTP": (b"hello there\r\n\r\n", 400),
    "a method that nobody knows, and no path": (b"FOO\r\n\r\n", 400),
    "a header without a colon": (b"GET / HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n", 400),
    "HTTP/2 unasked": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "no Host": (b"GET /api/v1/sessions/ HTTP/1.1\r\nx-api-key: test-key\r\n\r\n", 400),
    "two Hosts": (b"GET /api/v1/sessions/ HTTP/1.1\r\nHost: a\r\nhost: a\r\nx-api-key: test-key\r\n\r\n", 400),
    "a Host in a trailer": (
        b"POST /api/v1/sessions/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nHost: a\r\n\r\n",
        400,
    ),
    "CONNECT": (b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n", 400),
    "neither path nor URL": (b"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a name": (b"GET agents HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    "a head that is too large": (b"GET / HTTP/1.1\r\nHost: a\r\nx: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "a head that goes on": (b"GET / HTTP/1.1\r\nHost: a\r\nx: " + b"a" * 70_000, 431),
    "a path that goes on": (b"GET /" + b"a" * 70_000, 431),
    "40 MB of a header": (b"GET / HTTP/1.1\r\nHost: a\r\nx: " + b"a" * 40_000_000 + b"\r\n\r\n", 431),
}


@pytest.mark.parametrize(("sent", "status"), NO_REQUESTS.values(), ids=NO_REQUESTS.keys())
def test_what_is_no_request_is_refused_in_the_envelope_and_written_down(
    server: EmulatorServer, journal: Journal, sent: bytes, status: int
) -> None:
    with talking(server) as talk:
        talk.say(sent)
        answer = talk.hear()
        assert talk.is_over()
    assert answer.status == status
    assert errors.ENVELOPE.check({"error": answer.error}) == ()
    assert answer.headers["connection"] == "close"
    (entry,) = journal()
    assert (entry["status"], entry["outcome"], entry["response"]["error"]) == (status, "client_error", answer.error)
    assert entry["id"] == answer.headers["x-request-id"]


QUOTED = {
    "a header": b"GET / HTTP/1.1\r\nHost: a\r\nMy Key: s3cret-0\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost: a\r\nX-Api-Key : s3cret-0\r\n\r\n",
    "no header": b"GET / HTTP/1.1\r\nHost: a\r\ns3cret-0\r\n\r\n",
    "a header's value": b"GET / HTTP/1.1\r\nHost: a\r\nx: s3cret-0\x00\r\n\r\n",
    "a request line": b"GET /a b?access_token=s3cret-0 HTTP/1.1\r\nHost: a\r\n\r\n",
    "no request line": b"password=s3cret-0\r\n\r\n",
    "a user": b"CONNECT ann:s3cret-0@host:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a URL": b"GET http://ann:s3cret-0@/ HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n",
}


LENIENT = (QUOTED["a header"], QUOTED["a space before the colon"])


@pytest.mark.parametrize("sent", QUOTED.values(), ids=QUOTED.keys())
def test_what_is_no_request_is_not_repeated(server: EmulatorServer, journal: Journal, sent: bytes) -> None:
    with talking(server) as talk:
        talk.say(sent)
        answer = talk.hear()
    assert "s3cret" not in str(answer) + str(journal())
    if answer.status == 200:  # older versions of httptools read such a header
        assert sent in LENIENT
        return
    message = answer.error["message"]
    assert "bytearray" not in message
    assert message.startswith("This is no request of HTTP/1.1: ")


@pytest.mark.parametrize("before", ["", "http://localhost:1", "HTTP://evil.example", "http://ann:pw@localhost"])
@pytest.mark.parametrize("behind", ["", "?limit=1"])
@pytest.mark.parametrize("fragment", ["", "#top", "#top?limit=2"])
def test_of_a_target_path_and_query_count(
    server: EmulatorServer, journal: Journal, before: str, behind: str, fragment: str
) -> None:
    with talking(server) as talk:
        assert talk.ask(f"GET {before}/api/v1/sessions/{behind}{fragment}", KEY).status == 200
    (entry,) = journal()
    assert (entry["path"], entry["query"]) == ("/api/v1/sessions/", behind[1:])


@pytest.mark.parametrize("target", ["http://localhost:1", "http://localhost?limit=1"])
def test_a_url_without_a_path_is_for_the_root(server: EmulatorServer, target: str) -> None:
    with talking(server) as talk:
        assert json.loads(talk.ask(f"GET {target}").body) == json.loads(talk.ask("GET /").body)


def test_a_method_that_nobody_knows_is_refused_in_the_envelope(server: EmulatorServer, journal: Journal) -> None:
    with talking(server) as talk:
        answer = talk.ask("FOO /api/v1/sessions/", KEY)
    assert answer.status in (400, 405)  # as the parser knows it or not
    assert errors.ENVELOPE.check({"error": answer.error}) == ()
    (entry,) = journal()
    assert (entry["method"], entry["path"]) == ("FOO", "/api/v1/sessions/")


def test_noise_is_said_once(start: Starter, caplog: pytest.LogCaptureFixture) -> None:
    with start() as server:
        for _ in range(20):
            with talking(server) as talk:
                talk.say(b"hello there\r\n\r\n")
                assert talk.hear().status == 400
    assert len(caplog.records) == 1


def test_who_speaks_https_is_told_of_in_the_log(start: Starter, caplog: pytest.LogCaptureFixture) -> None:
    with start() as server:
        for _ in range(2):
            with talking(server) as talk:
                talk.say(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
                assert talk.is_over()
        assert Api(server).control("GET", "/journal").json() == []
    (record,) = caplog.records
    assert "this port, which speaks http" in record.getMessage()


@pytest.mark.parametrize("sent", [b"G", b"GET /api/v1/sess", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_a_head_that_does_not_come_in_time_is_refused(start: Starter, sent: bytes) -> None:
    with limited(connection, HEAD_SECONDS=0.05), start() as server, talking(server) as talk:
        talk.say(sent)
        answer = talk.hear()
        assert talk.is_over()
        (entry,) = Api(server).control("GET", "/journal").json()
    assert (answer.status, answer.error["type"]) == (408, "emulator_error")
    assert (entry["status"], entry["outcome"]) == (408, "client_error")


def test_a_second_head_that_does_not_come_in_time_is_refused(start: Starter) -> None:
    with limited(connection, HEAD_SECONDS=0.05), start() as server, talking(server) as talk:
        talk.say(request(LIST, KEY) + b"GET /")
        assert [talk.hear().status, talk.hear().status, talk.is_over()] == [200, 408, True]


BODIES = {
    "nothing": (["Content-Length: 100"], b""),
    "half": (["Content-Length: 100"], b'{"content"'),
    "a piece": (["Transfer-Encoding: chunked"], b"2\r\n{}\r\n"),
    "half a piece": (["Transfer-Encoding: chunked"], b"5\r\n{}"),
    "no end of trailers": (["Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\na: b\r\n"),
}


@pytest.mark.parametrize(("framing", "body"), BODIES.values(), ids=BODIES.keys())
def test_a_body_that_does_not_come_in_time_is_refused(start: Starter, framing: list[str], body: bytes) -> None:
    with limited(connection, BODY_SECONDS=0.05), start() as server, talking(server) as talk:
        answer = talk.ask(EXECUTE, KEY, *framing, body=body)
        assert talk.is_over()
        (entry,) = Api(server).control("GET", "/journal").json()
    assert (answer.status, answer.error["type"], answer.headers["connection"]) == (408, "emulator_error", "close")
    assert (entry["operation"], entry["status"], entry["outcome"]) == ("runtime.execute", 408, "client_error")


@pytest.mark.parametrize("body", [b"zz\r\n", b"2\r\n{}\r\nzz\r\n", b"2\r\n{}zzzz\r\n"])
def test_a_body_that_is_none_is_refused(server: EmulatorServer, journal: Journal, body: bytes) -> None:
    with talking(server) as talk:
        answer = talk.ask(EXECUTE, KEY, "Transfer-Encoding: chunked", body=body)
        assert talk.is_over()
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    (entry,) = journal()
    assert (entry["operation"], entry["status"]) == ("runtime.execute", 400)


def test_trailers_that_go_on_are_refused(server: EmulatorServer) -> None:
    with talking(server) as talk:
        answer = talk.ask(
            EXECUTE, KEY, "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\nx: " + b"a" * MIB + b"\r\n\r\n"
        )
        assert (answer.status, talk.is_over()) == (431, True)


def test_the_requests_before_one_that_is_none_are_answered(server: EmulatorServer, journal: Journal) -> None:
    with talking(server) as talk:
        talk.say(request(EXECUTE, KEY, body=HELLO) + request(LIST, KEY) + b"hello there\r\n\r\n")
        assert [talk.hear().status for _ in range(3)] == [200, 200, 400]
        assert talk.is_over()
    by_id = sorted((entry["id"], entry["path"]) for entry in journal())
    assert [path for _, path in by_id] == ["/api/v1/runtime/session_abc123/execute/", "/api/v1/sessions/", "-"]


@pytest.mark.parametrize("between", [b"\r\n", b"\n", b"\r\n" * 1000])
def test_empty_lines_before_a_request_count_for_nothing(server: EmulatorServer, between: bytes) -> None:
    with talking(server) as talk:
        for _ in range(3):
            talk.say(between)
            talk.say(between + request(EXECUTE, KEY, body=HELLO))
            assert talk.hear().status == 200


def test_what_is_thrown_away_is_counted_for_each_request(start: Starter) -> None:
    with limited(connection, DISCARDED=3 * MIB), start() as server, talking(server) as talk:
        for _ in range(4):
            assert talk.ask(EXECUTE, body=b"a" * 2 * MIB).status == 401


def test_pieces_as_small_as_can_be_are_put_together(server: EmulatorServer) -> None:
    body = chunked(*(bytes([letter]) for letter in HELLO.ljust(100_000)))
    with talking(server) as talk:
        assert talk.ask(EXECUTE, KEY, "Transfer-Encoding: chunked", body=body).status == 200
        for letter in request(LIST, KEY):
            talk.say(bytes([letter]))
        assert talk.hear().status == 200


class TestHosts:
    def test_http_1_0_needs_none(self, server: EmulatorServer) -> None:
        with talking(server) as talk:
            assert talk.ask(LIST, KEY, version="1.0").status == 200
            assert talk.is_over()

    def test_http_1_0_without_one_is_no_page_of_ours(self, server: EmulatorServer) -> None:
        with talking(server) as talk:
            answer = talk.ask("GET /__emulator/namespaces", version="1.0")
        assert (answer.status, answer.error["type"]) == (403, "emulator_error")
        assert answer.error["message"].endswith("send a Host header, such as Host: localhost")


class TestTrailers:
    @pytest.mark.parametrize("trailer", [KEY, "Host: evil.example", "X-Emulator-Strict: 1", "X-Emulator-Fault: 503"])
    def test_are_no_headers(self, server: EmulatorServer, journal: Journal, trailer: str) -> None:
        with talking(server) as talk:
            for key, status in ((KEY, 200), ("x-none: 1", 401)):
                body = chunked(HELLO, trailers=f"{trailer}\r\n")
                answer = talk.ask(EXECUTE, key, "Transfer-Encoding: chunked", body=body)
                assert answer.status == status
                assert "x-emulator-fault" not in answer.headers
        assert {entry["headers"]["host"] for entry in journal()} == {"localhost"}


class TestUpgrades:
    OFFER = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")

    @pytest.mark.parametrize("framing", ["Content-Length", "Transfer-Encoding"])
    @pytest.mark.parametrize("pause", [False, True], ids=["at once", "head first"])
    def test_are_offers_that_need_not_be_taken(self, server: EmulatorServer, framing: str, pause: bool) -> None:  # noqa: FBT001
        line = f"{framing}: {len(HELLO) if framing == 'Content-Length' else 'chunked'}"
        head = request(EXECUTE, KEY, *self.OFFER, line)
        body = HELLO if framing == "Content-Length" else chunked(HELLO)
        with talking(server) as talk:
            for _ in range(3):
                talk.say(head)
                if pause:
                    assert Api(server).control("GET", "/health").status_code == 200
                talk.say(body)
                assert talk.hear().status == 200

    def test_of_http_1_0_are_ignored(self, server: EmulatorServer) -> None:
        with talking(server) as talk:
            assert talk.ask(EXECUTE, KEY, *self.OFFER, body=HELLO, version="1.0").status == 200

    def test_may_stand_in_one_segment(self, server: EmulatorServer, journal: Journal) -> None:
        with talking(server) as talk:
            talk.say(request(EXECUTE, KEY, *self.OFFER, body=HELLO) * 3 + request(LIST, KEY, *self.OFFER))
            assert [talk.hear().status for _ in range(4)] == [200] * 4
        assert [entry["headers"]["upgrade"] for entry in journal()] == ["h2c"] * 4

    @pytest.mark.parametrize("offer", ["websocket", "TLS/1.2", "h2c, websocket"])
    def test_of_any_kind_leave_the_connection_as_it_is(
        self, server: EmulatorServer, caplog: pytest.LogCaptureFixture, offer: str
    ) -> None:
        with talking(server) as talk:
            for line, status in (("GET /ws/amas", 426), (LIST, 200)):
                assert talk.ask(line, KEY, "Connection: keep-alive, Upgrade", f"Upgrade: {offer}").status == status
            assert talk.ask(LIST, KEY, f"Upgrade: {offer}", "Connection: upgrade, close").status == 200
            assert talk.is_over()
        assert caplog.records == []


EARLY = {
    "413": ([KEY], b"a" * 3_000_000, 413),
    "401": (["x-api-key: stale-key"], b"a" * 3_000_000, 401),
    "415": ([KEY, "Content-Type: text/plain", "X-Emulator-Fault: 503"], b"a" * 3_000_000, 503),
}


class TestEarlyAnswers:
    @pytest.mark.parametrize("chunks", [False, True], ids=["length", "chunks"])
    @pytest.mark.parametrize(("headers", "body", "status"), EARLY.values(), ids=EARLY.keys())
    @pytest.mark.parametrize(("version", "close"), [("1.1", False), ("1.1", True), ("1.0", True)])
    def test_reach_who_sends_everything_first(  # noqa: PLR0917  # facts
        self,
        server: EmulatorServer,
        version: str,
        close: bool,  # noqa: FBT001
        headers: list[str],
        body: bytes,
        status: int,
        chunks: bool,  # noqa: FBT001
    ) -> None:
        if chunks and version == "1.0":
            pytest.skip("HTTP/1.0 has no chunks")
        if chunks:
            body = chunked(*(body[at : at + 60_000] for at in range(0, len(body), 60_000)))
        framing = "Transfer-Encoding: chunked" if chunks else f"Content-Length: {len(body)}"
        more = ["Connection: close"] if close and version == "1.1" else []
        with talking(server) as talk:
            answer = talk.ask(EXECUTE, *headers, framing, *more, body=body, version=version)
            assert answer.status == status
            if close:
                assert talk.is_over()
            else:
                assert talk.ask(EXECUTE, KEY, body=HELLO).status == 200

    @pytest.mark.parametrize("close", [[], ["Connection: close"]], ids=["kept", "closed"])
    def test_are_not_waited_for_by_a_client_that_asks_first(self, server: EmulatorServer, close: list[str]) -> None:
        with talking(server) as talk:
            talk.say(request(EXECUTE, "Expect: 100-continue", "Content-Length: 1000", *close))
            assert talk.hear().status == 401

    @pytest.mark.parametrize("close", [[], ["Connection: close"]], ids=["kept", "closed"])
    def test_are_the_last_word_if_the_rest_does_not_come(self, start: Starter, close: list[str]) -> None:
        with limited(connection, BODY_SECONDS=0.05), start() as server, talking(server) as talk:
            assert talk.ask(EXECUTE, "Content-Length: 1000", *close).status == 401
            assert talk.is_over()

    @pytest.mark.parametrize("close", [[], ["Connection: close"]], ids=["kept", "closed"])
    def test_are_the_last_word_if_too_much_comes(self, start: Starter, close: list[str]) -> None:
        with limited(connection, DISCARDED=MIB), start() as server, talking(server) as talk:
            assert talk.ask(EXECUTE, "Content-Length: 100000000", *close).status == 401
            with pytest.raises(OSError, match=r"reset|pipe"):
                talk.say(b"a" * 20_000_000)


def _say_for(seconds: float, talk: Talk, data: bytes) -> None:
    end = monotonic() + seconds
    while monotonic() < end:
        talk.say(data)


class TestIdleConnections:
    def test_are_kept_for_longer_than_clients_keep_them(self, server: EmulatorServer) -> None:
        assert server._server.config.timeout_keep_alive == 75  # noqa: SLF001

    @pytest.mark.parametrize(
        "before",
        [b"", b"\r\n", request(LIST, KEY), request(EXECUTE, body=b"a" * 2 * MIB)],
        ids=["nothing", "an empty line", "an answer", "an early answer"],
    )
    def test_are_closed_after_a_while(self, start: Starter, before: bytes) -> None:
        with (
            limited(serving, KEEP_ALIVE_SECONDS=0.05),
            limited(connection, HEAD_SECONDS=0.05),
            start() as server,
            talking(server) as talk,
        ):
            talk.say(before)
            if b"HTTP" in before:
                assert talk.hear().status in (200, 401)
            assert talk.is_over()

    def test_are_closed_though_empty_lines_come(self, start: Starter) -> None:
        with (
            limited(serving, KEEP_ALIVE_SECONDS=0.3),
            start() as server,
            talking(server) as talk,
            pytest.raises(OSError, match=r"reset|pipe"),
        ):
            _say_for(20, talk, b"\r\n")

    def test_make_room_for_new_ones(self, start: Starter, caplog: pytest.LogCaptureFixture) -> None:
        with limited(port, CONNECTIONS=8), start() as server, ExitStack() as stack:
            old = [stack.enter_context(talking(server)) for _ in range(8)]
            assert [talk.ask(LIST, KEY).status for talk in old] == [200] * 8
            for talk in old[::2]:
                talk.say(b"GET / HTTP/1.1\r\nHost: ")
            assert old[7].ask(LIST, KEY).status == 200  # what was said before is read; it goes last itself
            new = [stack.enter_context(talking(server)) for _ in range(8)]
            assert [talk.ask(LIST, KEY).status for talk in new] == [200] * 8
            assert [talk.hear().status for talk in old[::2]] == [503] * 4
            assert all(talk.is_over() for talk in old)
        assert "more than 8 connections" in caplog.text


@pytest.fixture
def gate(server: EmulatorServer) -> Iterator[Api]:
    """Who is told Hello waits at a gate."""
    api = Api(server)
    script = {"when": {"content": "Wait"}, "then": {"reply": "Done", "gate": "closed"}}
    assert api.control("POST", "/scripts", json=script).status_code == 201
    yield api
    api.control("POST", "/gates/closed/open")


class TestPipelines:
    WAIT = request(EXECUTE, KEY, body=b'{"content": "Wait"}')

    def waits(self, api: Api) -> bool:
        return bool(api.control("GET", "/gates").json())

    @pytest.mark.parametrize(
        "behind", [b"", request(LIST, KEY), request(EXECUTE, KEY, body=HELLO), b"GET /", b"?!\r\n\r\n"]
    )
    @pytest.mark.parametrize("together", [True, False], ids=["one segment", "two segments"])
    def test_what_waits_is_given_up_when_the_client_leaves(
        self,
        gate: Api,
        journal: Journal,
        caplog: pytest.LogCaptureFixture,
        behind: bytes,
        together: bool,  # noqa: FBT001
    ) -> None:
        with talking(gate.server) as talk:
            talk.say(self.WAIT + (behind if together else b""))
            while not self.waits(gate):
                pass
            talk.say(b"" if together else behind)
        assert gate.control("POST", "/journal/wait", json={"count": 1}).status_code == 200
        entry = journal()[0]
        assert (entry["operation"], entry["outcome"], entry["delivered"]) == ("runtime.execute", "aborted", False)
        assert gate.get("/sessions/session_abc123/").json()["status"] != "running"
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []

    def test_what_comes_behind_waits_for_its_turn(self, gate: Api) -> None:
        more = 20_000
        with talking(gate.server) as talk:
            talk.say(self.WAIT + request(LIST, KEY))
            while not self.waits(gate):
                pass
            talk.say(request(LIST, KEY) * 5 + request(EXECUTE, KEY, body=HELLO.ljust(more)))
            assert gate.control("POST", "/gates/closed/open").status_code == 200
            assert [talk.hear().status for _ in range(8)] == [200] * 8

    def test_much_that_comes_behind_waits_with_the_client(self, gate: Api) -> None:
        with talking(gate.server) as talk:
            talk.say(self.WAIT)
            while not self.waits(gate):
                pass
            talk.say(request(EXECUTE, KEY, body=HELLO.ljust(100_000)) * 2)
            assert gate.control("POST", "/gates/closed/open").status_code == 200
            assert [talk.hear().status for _ in range(3)] == [200] * 3


STREAM = (
    (request(LIST, KEY), 200),
    (request(EXECUTE, KEY, body=HELLO), 200),
    (
        request(EXECUTE, KEY, "Transfer-Encoding: chunked", body=chunked(HELLO[:5], HELLO[5:], trailers=f"{KEY}\r\n")),
        200,
    ),
    (request(EXECUTE, "Transfer-Encoding: chunked", body=chunked(HELLO, trailers=f"{KEY}\r\n")), 401),
    (request(EXECUTE, KEY, *TestUpgrades.OFFER, body=HELLO), 200),
    (request(EXECUTE, KEY, *TestUpgrades.OFFER, "Transfer-Encoding: chunked", body=chunked(HELLO)), 200),
    (request("GET /ws/amas", "Connection: upgrade", "Upgrade: websocket"), 426),
    (request(EXECUTE, body=b"a" * 300), 401),
    (request("OPTIONS /api/v1/sessions/"), 204),
)


@pytest.mark.parametrize("seed", range(20))
def test_requests_are_the_same_wherever_they_are_cut(server: EmulatorServer, seed: int) -> None:
    chance = random.Random(seed)
    asked = [chance.choice(STREAM) for _ in range(12)]
    data = b"".join(sent for sent, _ in asked)
    with talking(server) as talk:
        while data:
            size = chance.choice((1, 3, 40, 400, 4_000))
            talk.say(data[:size])
            data = data[size:]
        assert [talk.hear().status for _ in asked] == [status for _, status in asked]
