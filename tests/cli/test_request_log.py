"""The lines that `serve` prints for requests: on a terminal, with `--json`, on request, and where nobody reads them."""

import json
import os
import pty
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from atthene_emulator.cli.printer import Printer
from atthene_emulator.cli.request_log import RequestLog
from atthene_emulator.domain.journal import Entry
from tests.cli.running import COMMAND, environment
from tests.cli.serving import GATE, KEY, Served, ended, greeting, ready_line, seed_file, serving, started
from tests.redis_server import RedisServer

SEED = """
    clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
    accounts: [{id: ada, api_keys: [test-key]}]
    sessions: [{id: s1, config: {name: Helper, agent_type: llm_agent}}]
    scripts: [{name: greeting_1, when: {content: {contains: Hello}}, then: {reply: Hi}}]
"""


class Terminal:
    """A pseudo-terminal whose other end a command prints to."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self._process = process
        self._text = ""

    def line(self) -> str:
        """The next line, without its end."""
        while "\n" not in self._text:
            read = os.read(self._master, 10_000)
            assert read
            self._text += read.decode()
        line, _, self._text = self._text.partition("\n")
        return line.rstrip("\r")

    def rest(self) -> str:
        """What the command still prints when it is stopped."""
        self._process.terminate()
        self._process.wait()
        with suppress(OSError):  # which is how a terminal ends
            while read := os.read(self._master, 10_000):
                self._text += read.decode()
        return self._text

    def greeting(self) -> str:
        """Where the emulator is; afterwards, its greeting has been read."""
        first = line = self.line()
        while not line.startswith("  stop"):
            line = self.line()
        return first.removeprefix("Atthene emulator at ")


@contextmanager
def on_terminal(*arguments: str, **more: str) -> Iterator[tuple[Terminal, str]]:
    """A command that serves on a terminal, and the URL of its API."""
    master, slave = pty.openpty()
    command, variables = [*COMMAND, "--port", "0", *arguments], environment(TERM="xterm", NO_COLOR="") | more
    try:
        with subprocess.Popen(command, stdout=slave, env=variables) as process, ended(process):
            os.close(slave)
            terminal = Terminal(master, process)
            yield terminal, terminal.greeting()
    finally:
        os.close(master)


def get(url: str, path: str, **headers: str) -> int:
    return requests.get(url + path, headers=KEY | headers, timeout=10).status_code


def execute(url: str, content: str, **headers: str) -> int:
    return requests.post(
        f"{url}/runtime/s1/execute/", json={"content": content}, headers=KEY | headers, timeout=10
    ).status_code


def without_time(line: str) -> str:
    """The line with its columns drawn together, and its time, which is some milliseconds, replaced."""
    shown = re.sub(r" +\d+\.\d ms", " * ms", line)
    assert shown != line
    return re.sub(r" {2,}", "  ", shown)


class TestOnATerminal:
    def test_each_request_is_one_line(self, tmp_path: Path) -> None:
        with on_terminal("--seed", seed_file(tmp_path, SEED), NO_COLOR="1") as (terminal, url):
            asked = [
                get(url, "/sessions/?limit=2"),
                get(url, "/sessions/nowhere/"),
                get(url, "/sessions/", **{"x-api-key": "wrong"}),
                get(url, "/nowhere/"),
                get(url, "/session/"),
                execute(url, "Hello"),
                execute(url, "What?"),
                get(url, "/sessions/", **{"X-Emulator-Fault": "503;retry_after=2"}),
            ]
            lines = [without_time(terminal.line()) for _ in asked]
        assert lines == [
            "GET  /api/v1/sessions/  200 * ms",
            "GET  /api/v1/sessions/nowhere/  404 * ms  not_found",
            "GET  /api/v1/sessions/  401 * ms  auth_error",
            "GET  /api/v1/nowhere/  404 * ms  not_found",
            "GET  /api/v1/session/  404 * ms  not_found  did you mean /api/v1/sessions/?",
            "POST  /api/v1/runtime/s1/execute/  200 * ms  script greeting_1",
            "POST  /api/v1/runtime/s1/execute/  200 * ms  default_answer  script default",
            "GET  /api/v1/sessions/  503 * ms  fault 503",
        ]

    def test_a_namespace_that_is_not_the_default_one_is_named(self) -> None:
        with on_terminal(NO_COLOR="1") as (terminal, url):
            control = url.replace("/api/v1", "/__emulator/namespaces")
            key = requests.post(control, json={"name": "mine"}, timeout=10).json()["api_key"]
            get(url, "/sessions/", **{"x-api-key": key})
            assert without_time(terminal.line()) == "GET  /api/v1/sessions/  200 * ms  namespace mine"

    def test_an_answer_that_a_fault_hides_from_pages_says_so(self) -> None:
        with on_terminal(NO_COLOR="1") as (terminal, url):
            requests.post(url.replace("/api/v1", "/__emulator/scenarios/bad-gateway"), timeout=10).raise_for_status()
            execute(url, "Hello")
            assert terminal.line().endswith("  fault 502, hidden from pages")

    def test_a_request_that_is_not_answered_has_no_status(self) -> None:
        with on_terminal(NO_COLOR="1") as (terminal, url):
            with pytest.raises(requests.ConnectionError):
                get(url, "/sessions/", **{"X-Emulator-Fault": "drop"})
            assert without_time(terminal.line()) == "GET  /api/v1/sessions/  - * ms  fault drop"

    def test_the_status_alone_has_a_colour(self) -> None:
        with on_terminal() as (terminal, url):
            get(url, "/sessions/")
            assert re.fullmatch(r"GET +/api/v1/sessions/ +\x1b\[32m200\x1b\[0m +\d+\.\d ms", terminal.line())
            get(url, "/nowhere/")
            assert "\x1b[33m404\x1b[0m" in terminal.line()
            get(url, "/sessions/", **{"X-Emulator-Fault": "500"})
            assert "\x1b[31m500\x1b[0m" in terminal.line()

    @pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
    def test_who_wants_no_colour_gets_none(self, plain: dict[str, str]) -> None:
        with on_terminal(**plain) as (terminal, url):
            get(url, "/sessions/")
            assert "\x1b" not in terminal.line()

    def test_a_page_that_is_refused_is_told_with_what_permits_it(self) -> None:
        with on_terminal(NO_COLOR="1") as (terminal, url):
            asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
            assert requests.options(f"{url}/sessions/", headers=asked, timeout=10).status_code == 403
            line = without_time(terminal.line())
            assert terminal.rest() == ""  # the log does not say it once more
        what = (
            "Pages of https://app.example.com may not call the API; --cors-origin https://app.example.com permits them"
        )
        assert line == f"OPTIONS /api/v1/sessions/  403 * ms  {what}"

    def test_they_can_be_left_out(self) -> None:
        with on_terminal("--no-log-requests", NO_COLOR="1") as (terminal, url):
            assert get(url, "/sessions/") == 200
            assert terminal.rest() == ""

    def test_the_control_plane_is_not_shown(self) -> None:
        with on_terminal(NO_COLOR="1") as (terminal, url):
            requests.get(url.replace("/api/v1", "/__emulator/health"), timeout=10)
            get(url, "/nowhere/")
            assert "/api/v1/nowhere/" in terminal.line()


def events(served: Served) -> Iterator[dict[str, Any]]:
    """What is printed after the ready line."""
    assert served.process.stdout is not None
    return map(json.loads, served.process.stdout)


class TestAsJson:
    def test_each_request_is_one_object(self, tmp_path: Path) -> None:
        with serving("--seed", seed_file(tmp_path, SEED)) as served:
            served.execute("Hello", "s1")
            told = next(events(served))
        assert told.pop("ms") > 0  # though the emulator's clock stands still
        assert told == {
            "event": "request",
            "id": "req_000001",
            "namespace": "default",
            "method": "POST",
            "path": "/api/v1/runtime/s1/execute/",
            "status": 200,
            "outcome": "ok",
            "error_code": None,
            "refusal": None,
            "operation": "runtime.execute",
            "session_id": "s1",
            "script": "greeting_1",
            "unread": [],
            "fault": None,
        }

    def test_what_comes_to_no_namespace_as_its_store_is_gone_is_told(self) -> None:
        with RedisServer() as redis, serving("--store", redis.url) as served:
            redis.kill()
            key = {"X-Emulator-Namespace": "mine", **KEY}
            url = served.ready["base_url"]
            answers = [requests.post(f"{url}{path}", headers=key, timeout=10) for path in ("/sessions/", "/nowhere/")]
            served.control("/state?namespace=mine")
            with socket_at(served.ready["url"]) as socket, pytest.raises(ConnectionClosed):
                socket.recv(timeout=10)
            printed = events(served)
            told = [next(printed) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [503, 503]
        shown = ("id", "namespace", "method", "path", "status", "outcome", "operation")
        assert [tuple(one[name] for name in shown) for one in told] == [
            (None, "mine", "POST", "/api/v1/sessions/", 503, "server_error", "sessions.create"),
            (None, "mine", "POST", "/api/v1/nowhere/", 503, "server_error", None),
            (None, "default", "WS", "/ws/amas/", 1013, "ok", "socket.close"),
        ]
        assert told[0]["ms"] > 0

    def test_what_nobody_reads_is_told(self) -> None:
        with serving() as served:
            served.get("/sessions/?limt=2")
            told = next(events(served))
        assert told["unread"] == ["R102 limt is no parameter of this request; did you mean limit?"]

    def test_what_there_is_not_is_null(self) -> None:
        with serving() as served:
            requests.get(served.ready["base_url"] + "/nowhere/", timeout=10)
            told = next(events(served))
        assert [told[name] for name in ("operation", "session_id", "script", "fault")] == [None] * 4
        assert (told["status"], told["outcome"]) == (404, "not_found")

    def test_a_request_whose_client_leaves_is_shown(self, tmp_path: Path) -> None:
        with serving("--seed", seed_file(tmp_path, GATE)) as served:
            address = ("127.0.0.1", int(served.ready["url"].rpartition(":")[2]))
            with socket.create_connection(address, timeout=10) as connection:
                body = '{"content": "Hello"}'
                head = f"Host: localhost\r\nx-api-key: test-key\r\nContent-Length: {len(body)}\r\n"
                head += "Content-Type: application/json\r\n"
                connection.sendall(f"POST /api/v1/runtime/s1/execute/ HTTP/1.1\r\n{head}\r\n{body}".encode())
                while not served.control("/gates").json():
                    pass
            told = next(events(served))
        assert (told["path"], told["status"], told["outcome"]) == ("/api/v1/runtime/s1/execute/", 0, "aborted")

    def test_a_page_that_is_refused_is_told_with_what_permits_it(self) -> None:
        with serving() as served:
            get(served.ready["base_url"], "/sessions/", Host="evil.example", Origin="https://app.example.com")
            told = next(events(served))
        assert (told["status"], told["outcome"]) == (403, "auth_error")
        assert told["refusal"].endswith("--cors-origin https://app.example.com the pages of that origin")

    def test_a_fault_is_named(self) -> None:
        with serving() as served:
            get(served.ready["base_url"], "/sessions/", **{"X-Emulator-Fault": "429;retry_after=2"})
            told = next(events(served))
        assert (told["status"], told["outcome"], told["fault"]) == (429, "fault", "429")

    def test_they_can_be_left_out(self) -> None:
        with serving("--no-log-requests") as served:
            served.get("/sessions/")
            served.process.send_signal(signal.SIGTERM)
            assert served.process.communicate() == ("", "")


def socket_at(url: str, key: str = "test-key") -> ClientConnection:
    """A socket of the emulator whose API is at a URL, opened as pages do."""
    return connect(f"ws{url.removeprefix('http').removesuffix('/api/v1')}/ws/amas/?authorization=Bearer%20{key}")


def send(socket: ClientConnection, kind: str, **fields: Any) -> None:
    socket.send(json.dumps({"type": kind, "client_type": "api", "session_id": "s1", **fields}))


def converse(url: str) -> None:
    """Say something, and what is refused."""
    with socket_at(url) as socket:
        send(socket, "connect")
        send(socket, "user_message", content="Hello")
        while json.loads(socket.recv(timeout=10))["type"] != "execution_result":
            pass
        for wrong in ("cancel_execution", "conect"):
            send(socket, wrong)
            assert json.loads(socket.recv(timeout=10))["type"] == "error"


class TestSockets:
    def test_each_frame_is_one_line(self, tmp_path: Path) -> None:
        with on_terminal("--seed", seed_file(tmp_path, SEED), NO_COLOR="1") as (terminal, url):
            converse(url)
            lines = [without_time(terminal.line()) for _ in range(7)]
        assert lines == [
            "WS  open  /ws/amas/  101 * ms",
            "WS  connect  s1  101 * ms",
            "WS  user_message  s1  101 * ms",
            "WS  execution_result s1  101 * ms  script greeting_1",
            "WS  cancel_execution s1  400 * ms  execution_cancel_failed",
            "WS  -  /ws/amas/  400 * ms  unknown_message_type",
            "WS  close  1000 * ms",
        ]

    def test_why_one_was_closed_is_told(self) -> None:
        with on_terminal(NO_COLOR="1") as (terminal, url):
            with socket_at(url, key="wrong") as socket, pytest.raises(ConnectionClosed):
                socket.recv(timeout=10)
            lines = [without_time(terminal.line()) for _ in range(2)]
        assert lines == [
            "WS  open  /ws/amas/  403 * ms  auth_error",
            "WS  close  4003 * ms  Invalid or missing authentication credentials",
        ]

    def test_a_fault_that_strikes_a_frame_is_named(self) -> None:
        with on_terminal(NO_COLOR="1") as (terminal, url):
            fault = {"operation": "socket.connect", "error_code": "connect_failed"}
            requests.post(url.replace("/api/v1", "/__emulator/faults"), json=fault, timeout=10)
            with socket_at(url) as socket:
                send(socket, "connect")
                assert json.loads(socket.recv(timeout=10))["error_code"] == "connect_failed"
                lines = [without_time(terminal.line()) for _ in range(2)]
        assert lines[1] == "WS  connect  s1  400 * ms  fault error_code=connect_failed"

    def test_each_frame_is_one_object(self, tmp_path: Path) -> None:
        with serving("--seed", seed_file(tmp_path, SEED)) as served:
            converse(served.ready["url"])
            printed = events(served)
            told = [next(printed) for _ in range(7)]
        assert [(one["id"], one["method"], one["operation"], one["status"], one["error_code"]) for one in told] == [
            ("req_000001", "GET", "socket.open", 101, None),
            ("req_000002", "WS", "socket.connect", 101, None),
            ("req_000003", "WS", "socket.user_message", 101, None),
            ("req_000004", "WS", "socket.execution_result", 101, None),
            ("req_000005", "WS", "socket.cancel_execution", 400, "execution_cancel_failed"),
            ("req_000006", "WS", None, 400, "unknown_message_type"),
            (None, "WS", "socket.close", 1000, None),
        ]
        assert [one["session_id"] for one in told] == [None, "s1", "s1", "s1", "s1", None, None]
        assert told[3]["script"] == "greeting_1"

    @pytest.mark.parametrize("form", [["--json"], ["--log-requests"]], ids=["json", "lines"])
    def test_no_key_of_a_query_is_printed(self, form: list[str]) -> None:
        with started("--port", "0", *form) as process:
            url = ready_line(process)["url"] if form == ["--json"] else greeting(process)[0].split()[-1]
            keys = ["test-key", "sk-hidden"]
            for key in keys:
                with socket_at(url, key) as socket:
                    socket.close()
            process.send_signal(signal.SIGTERM)
            printed, errors = process.communicate()
        assert errors == ""
        assert "open" in printed
        assert [key for key in keys if key in printed] == []


class TestElsewhere:
    def test_nothing_is_printed_where_nobody_looks(self) -> None:
        with started("--port", "0") as process:
            url = greeting(process)[0].removeprefix("Atthene emulator at ")
            get(url, "/sessions/")
            process.send_signal(signal.SIGTERM)
            assert process.communicate() == ("", "")

    @pytest.mark.parametrize("how", ["option", "environment"])
    def test_whoever_asks_for_them_gets_them_without_colour(self, how: str) -> None:
        options = ["--log-requests"] if how == "option" else []
        more = {"ATTHENE_EMULATOR_LOG_REQUESTS": "1"} if how == "environment" else {}
        with started("--port", "0", *options, **more) as process:
            url = greeting(process)[0].removeprefix("Atthene emulator at ")
            get(url, "/sessions/")
            assert process.stdout is not None
            assert without_time(process.stdout.readline().rstrip()) == "GET  /api/v1/sessions/  200 * ms"

    @pytest.mark.parametrize("form", [["--json"], ["--log-requests"]], ids=["json", "lines"])
    def test_no_key_is_ever_printed(self, form: list[str]) -> None:
        with started("--port", "0", *form) as process:
            url = ready_line(process)["base_url"] if form == ["--json"] else greeting(process)[0].split()[-1]
            asked = [
                requests.get(url + "/sessions/", headers=KEY, timeout=10),
                requests.get(url + "/sessions/", headers={"x-api-key": "sk-hidden"}, timeout=10),
                requests.get(url + "/sessions/", headers={"Authorization": "Bearer sk-hidden"}, timeout=10),
                requests.get(url + "/sessions/?api_key=sk-hidden&key=sk-hidden", headers=KEY, timeout=10),
                requests.get(url + "/nowhere/?token=sk-hidden", cookies={"key": "sk-hidden"}, timeout=10),
                requests.post(url + "/sessions/", json={"drive_key": "sk-hidden"}, headers=KEY, timeout=10),
            ]
            process.send_signal(signal.SIGTERM)
            printed, errors = process.communicate()
        assert errors == ""
        assert printed.count("\n") == len(asked)
        assert "sk-hidden" not in printed
        assert "test-key" not in printed


def written_to(path: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The ready line that is written to a file."""
    while True:
        assert process.poll() is None
        with suppress(OSError, ValueError):
            ready: dict[str, Any] = json.loads(path.read_text())
            return ready


class TestWhereNobodyReads:
    @pytest.mark.parametrize("form", [["--json"], ["--log-requests"]], ids=["json", "lines"])
    def test_a_hundred_requests_while_standard_output_is_closed(self, form: list[str]) -> None:
        with started("--port", "0", *form) as process, requests.Session() as http:
            url = ready_line(process)["base_url"] if form == ["--json"] else greeting(process)[0].split()[-1]
            assert process.stdout is not None
            process.stdout.close()
            answers = [http.get(url + "/sessions/", headers=KEY, timeout=10).status_code for _ in range(100)]
            assert answers == [200] * 100
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""

    def test_standard_output_that_is_closed_from_the_start(self, tmp_path: Path) -> None:
        path = tmp_path / "ready.json"
        command = shlex.join([*COMMAND, "--port", "0", "--json", "--ready-file", str(path)])
        with subprocess.Popen(["sh", "-c", f"exec {command} >&-"], env=environment()) as process, ended(process):
            assert get(written_to(path, process)["base_url"], "/sessions/") == 200
            process.terminate()
            assert process.wait(5) == 0

    def test_a_reader_that_does_not_read_holds_up_nothing(self) -> None:
        with serving() as served, requests.Session() as http:
            url = served.ready["base_url"] + "/sessions/nowhere/"  # of whose lines a pipe has no room for so many
            statuses = {http.get(url, headers=KEY, timeout=10).status_code for _ in range(1000)}
            assert statuses == {404}
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(5) == 0

    def test_every_line_is_there_at_the_end(self) -> None:
        with serving() as served, ThreadPoolExecutor() as pool, requests.Session() as http:
            printed = pool.submit(lambda: list(events(served)))
            for _ in range(500):
                http.get(served.ready["base_url"] + "/sessions/", headers=KEY, timeout=10)
            served.process.send_signal(signal.SIGTERM)
            assert [told["id"] for told in printed.result(20)] == [f"req_{number:06d}" for number in range(1, 501)]

    def test_the_line_of_a_request_tells_what_nobody_reads(self) -> None:
        reading, writing = os.pipe()
        said = "R101 mesage is no field of this request; did you mean message?"
        entry = Entry(
            "req_1",
            0.0,
            None,
            "GET",
            "/",
            "",
            b"",
            b"",
            200,
            b"",
            0.0,
            "ok",
            None,
            (),
            "",
            (),
            delivered=True,
            unread=(said,),
        )
        with open(reading) as reader, open(writing, "w") as writer:  # noqa: PTH123  # descriptors
            printer = Printer(writer, as_json=False)
            RequestLog(printer, colourful=False)("default", entry, 0.0012)
            printer.close()
            assert reader.readline().endswith(f"ms  {said}\n")

    def test_what_a_terminal_would_obey_is_shown_not_sent(self) -> None:
        reading, writing = os.pipe()
        entry = Entry(
            id="req_000001",
            at=0.0,
            operation=None,
            method="GET",
            path="/\x9b31m/\x1b]0;",
            query="",
            headers=b"",
            body=b"",
            status=404,
            response=b"",
            duration=0.0,
            outcome="not_found",
            session_id=None,
            scripts=(),
            evidence="",
            findings=(),
            delivered=True,
        )
        with open(reading) as reader, open(writing, "w") as writer:  # noqa: PTH123  # descriptors
            printer = Printer(writer, as_json=False)
            RequestLog(printer, colourful=False)("default", entry, 0.0012)
            printer.close()
            line = reader.readline()
        assert without_time(line) == "GET  /\\x9b31m/\\x1b]0;  404 * ms  not_found\n"

    @pytest.mark.parametrize("as_json", [True, False], ids=["json", "lines"])
    def test_what_was_left_out_is_counted(self, *, as_json: bool) -> None:
        reading, writing = os.pipe()
        with open(reading) as reader, open(writing, "w") as writer:  # noqa: PTH123  # descriptors
            printer = Printer(writer, as_json=as_json)
            for number in range(30_000):
                printer.print(f'"line {number} {"." * 100}"')
            seen = [reader.readline() for _ in range(5_000)]  # now there is room again
            printer.print('"last"')
            while seen[-1] != '"last"\n':
                seen.append(reader.readline())
            printer.close()
        note = r'{"event": "left_out", "lines": (\d+)}\n' if as_json else r"\((\d+) lines are left out\)\n"
        found = [match for match in (re.fullmatch(note, line) for line in seen) if match]
        assert found
        assert sum(int(match[1]) for match in found) == 30_000 - (len(seen) - len(found) - 1)
        assert re.fullmatch(note, seen[-2])
