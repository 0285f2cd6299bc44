"""A store that fails while it is used: one sentence with 503, nothing that was acknowledged is lost, and it goes on by itself."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from atthene_emulator.errors import EmulatorRefused, SetupError
from atthene_emulator.server import EmulatorServer
from tests.redis_server import RedisServer
from tests.web.socket.client import DIRECT, Line

KEY = {"x-api-key": "test-key"}
PAGE = "http://localhost:3000"
SECONDS = 20  # that a store may take to be used again


class Broken(NamedTuple):
    """A server, and how its store fails and is mended."""

    server: EmulatorServer
    fail: Callable[[], object]
    mend: Callable[[], object]
    sentence: str

    def say(self, text: str) -> requests.Response:
        """Execute a turn."""
        return requests.post(
            f"{self.server.base_url}/runtime/session_abc123/execute/", headers=KEY, json={"content": text}, timeout=20
        )

    def history(self) -> list[str]:
        """What was said to the agent, as soon as the store works."""
        until = time.monotonic() + SECONDS
        while True:
            answer = requests.get(
                f"{self.server.control_url}/sessions/session_abc123/messages", headers=KEY, timeout=20
            )
            if answer.status_code != 503:
                break
            assert time.monotonic() < until, answer.text
        return [one["content"] for one in answer.json()["messages"][2:] if one["role"] == "user"]


def _moved(folder: Path) -> Iterator[Broken]:
    file, away = folder / "with spaces ü.db", folder / "away.db"
    with EmulatorServer(store=file) as server:
        yield Broken(server, lambda: file.rename(away), lambda: away.rename(file), "was removed, replaced or cut off")


def _killed(_: Path) -> Iterator[Broken]:
    options = ("--appendonly", "yes", "--appendfsync", "always", "--requirepass", "hunter2")
    with RedisServer(*options) as redis, EmulatorServer(store=redis.url.replace("//", "//:hunter2@")) as server:
        yield Broken(server, redis.kill, redis.start, f"Redis at redis://127.0.0.1:{redis.port}/0 cannot be reached")


def _without_memory(_: Path) -> Iterator[Broken]:
    with RedisServer() as redis, EmulatorServer(store=redis.url) as server:

        def limit(size: int) -> None:
            redis.command("CONFIG", "SET", "maxmemory", size)

        yield Broken(server, lambda: limit(1), lambda: limit(0), "has no memory left for more; raise its maxmemory")


def _stopped(_: Path) -> Iterator[Broken]:
    with RedisServer() as redis, EmulatorServer(store=redis.url) as server:
        yield Broken(server, redis.pause, redis.go_on, "does not answer in time")


@contextmanager
def opened(url: str) -> Iterator[Line]:
    with connect(url, additional_headers=KEY, **DIRECT) as connection:
        yield Line(connection)


def ending(line: Line) -> tuple[int, str]:
    """With what a socket is closed, whose turn does not come to its end."""
    try:
        while True:
            assert "execution_result" not in line.receive_text()
    except ConnectionClosed as end:
        return (end.rcvd.code, end.rcvd.reason) if end.rcvd else (0, "")


KINDS = {"moved": _moved, "killed": _killed, "without memory": _without_memory, "stopped": _stopped}


@pytest.fixture(params=KINDS)
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broken]:
    yield from KINDS[request.param](tmp_path)


def test_what_was_acknowledged_is_there_when_it_is_back(broken: Broken, caplog: pytest.LogCaptureFixture) -> None:
    assert broken.say("before").status_code == 200
    broken.fail()
    refused = [broken.say("meanwhile") for _ in range(3)]
    broken.mend()
    for answer in refused:
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.json()["error"]["type"] == "emulator_error"
        assert "hunter2" not in answer.text
    assert broken.sentence in refused[0].json()["error"]["message"]
    history = broken.history()
    assert [text for text in history if text != "meanwhile"] == ["before"]
    assert broken.say("after").status_code == 200
    assert broken.history() == [*history, "after"]
    logged = [one.getMessage() for one in caplog.records if one.name == "atthene_emulator"]
    assert logged.count(next(one for one in logged if broken.sentence in one)) == 1
    assert logged.count("The store works again.") == 1
    assert "hunter2" not in caplog.text


def test_what_needs_no_store_answers_meanwhile(broken: Broken) -> None:
    url = broken.server.url
    assert broken.say("before").status_code == 200
    broken.fail()
    paths = ("/__emulator/health", "/", "/__emulator/", "/__emulator/inspector/control.js", "/__emulator/openapi.json")
    found = {path: requests.get(url + path, timeout=20).status_code for path in paths}
    broken.mend()
    assert found == dict.fromkeys(paths, 200)


def test_pages_of_other_origins_can_read_it(broken: Broken) -> None:
    url = f"{broken.server.base_url}/sessions/"
    broken.fail()
    wanted = {"Origin": PAGE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-api-key"}
    preflight = requests.options(url, headers=wanted, timeout=20)
    answer = requests.get(url, headers={**KEY, "Origin": PAGE}, timeout=20)
    broken.mend()
    assert (preflight.status_code, answer.status_code) == (200, 503)
    for one in (preflight, answer):
        assert one.headers["Access-Control-Allow-Origin"] == PAGE


def test_control_says_it_too(broken: Broken) -> None:
    broken.fail()
    with pytest.raises(EmulatorRefused) as caught:
        broken.server.client.create_namespace("new")
    broken.mend()
    assert broken.sentence in str(caught.value)
    broken.history()
    broken.server.client.create_namespace("new").sessions()


def test_sockets_are_closed_with_the_reason(broken: Broken) -> None:
    with opened(broken.server.socket_url) as line:
        line.send("connect", session_id="session_abc123")
        line.turn("before")
        broken.fail()
        line.say("meanwhile")
        code, reason = ending(line)
    with opened(broken.server.socket_url) as line:
        refused, told = line.closed()
    broken.mend()
    assert code == 1012
    assert refused in (1012, 1013)  # a file that cannot be written can be read
    assert broken.sentence[:11] in reason
    assert broken.sentence[:11] in told
    assert "hunter2" not in reason + told
    broken.history()
    with opened(broken.server.socket_url) as line:
        line.send("connect", session_id="session_abc123")
        line.turn("after")


def test_an_emptied_redis_is_not_begun_anew_by_who_has_used_it() -> None:
    with RedisServer() as redis, EmulatorServer(store=redis.url) as server:
        one = Broken(server, lambda: None, lambda: None, "")
        assert one.say("before").status_code == 200
        redis.command("FLUSHALL")
        for _ in range(3):
            answer = one.say("meanwhile")
            assert answer.status_code == 503
            assert "was emptied while it was used; start every emulator that uses it again" in answer.text
        assert redis.command("DBSIZE") == b":0\r\n"


def test_a_file_that_is_cut_off_is_written_no_further(tmp_path: Path) -> None:
    file = tmp_path / "emulator.db"
    with EmulatorServer(store=file) as server:
        one = Broken(server, lambda: None, lambda: None, "")
        assert one.say("before").status_code == 200
        size = file.stat().st_size
        with file.open("r+b") as opened:
            opened.truncate(size - 4096)
        answer = one.say("meanwhile")
        assert answer.status_code == 503
        assert "was removed, replaced or cut off" in answer.json()["error"]["message"]
        assert file.stat().st_size == size - 4096


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A file with the namespaces `one` and `other`."""
    file = tmp_path / "emulator.db"
    with EmulatorServer(store=file) as server:
        for name in ("one", "other"):
            server.client.create_namespace(name)
    return file


MESSAGES = "UPDATE rows SET value = '[' WHERE namespace = 'one' AND kind = 'messages'"  # which are read when they are asked for
DAMAGE = {
    "a row": "UPDATE rows SET value = '[' WHERE namespace = 'one'",
    "a row of another shape": "UPDATE rows SET value = '[1]' WHERE namespace = 'one'",
    "a place": "UPDATE rows SET place = 'x' WHERE namespace = 'one'",
    "the log": "INSERT INTO log (namespace, changes) VALUES ('one', x'07')",
}


def sessions(server: EmulatorServer, name: str) -> requests.Response:
    return requests.get(f"{server.control_url}/sessions?namespace={name}", timeout=20)


@pytest.mark.parametrize("statement", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_namespace_is_refused_alone_and_can_be_deleted(two: Path, statement: str) -> None:
    with closing(sqlite3.connect(two)) as base, base:
        base.execute(statement)
    with EmulatorServer(store=two) as server:
        for _ in range(2):
            answer = sessions(server, "one")
            assert answer.status_code == 503
            assert answer.json()["error"]["message"].startswith("What the store has of the namespace 'one' is damaged")
            assert "; DELETE /__emulator/namespaces/one removes it" in answer.json()["error"]["message"]
        assert [sessions(server, name).status_code for name in ("other", "default")] == [200, 200]
        url = f"{server.control_url}/namespaces/one"
        assert [requests.delete(url, timeout=20).status_code for _ in range(2)] == [204, 404]
        server.client.create_namespace("one")
    with EmulatorServer(store=two) as server:
        assert [sessions(server, name).status_code for name in ("one", "other")] == [200, 200]


@pytest.mark.parametrize("statement", [*DAMAGE.values(), MESSAGES], ids=[*DAMAGE, "messages"])
def test_a_damaged_default_can_begin_again(two: Path, statement: str) -> None:
    with closing(sqlite3.connect(two)) as base, base:
        base.execute(statement.replace("'one'", "'default'"))
    with EmulatorServer(store=two) as server:
        for path in ("/state", "/export"):
            answer = requests.get(f"{server.control_url}{path}", timeout=20)
            assert answer.status_code == 503
            said = answer.json()["error"]["message"]
            assert said.startswith("What the store has of the namespace 'default' is damaged")
            assert "; DELETE /__emulator/namespaces/default has it begin again, or restore the store" in said
        url = f"{server.control_url}/namespaces/default"
        assert [requests.delete(url, timeout=20).status_code for _ in range(2)] == [204, 409]
        assert requests.get(f"{server.control_url}/export", timeout=20).status_code == 200
    with EmulatorServer(store=two) as server:
        assert [sessions(server, name).json() != [] for name in ("default", "one")] == [True, True]


def test_a_namespace_of_which_something_is_damaged_can_be_deleted(two: Path) -> None:
    with closing(sqlite3.connect(two)) as base, base:
        base.execute(MESSAGES)
    with EmulatorServer(store=two) as server:
        for path in ("/sessions?namespace=one", "/export"):
            answer = requests.get(f"{server.control_url}{path}", timeout=20)
            assert (answer.status_code, "/namespaces/one removes it" in answer.text) == (503, True)
        url = f"{server.control_url}/namespaces/one"
        assert [requests.delete(url, timeout=20).status_code for _ in range(2)] == [204, 404]
        assert requests.get(f"{server.control_url}/export", timeout=20).status_code == 200


def test_what_concerns_no_namespace_alone_is_not_read_when_it_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "emulator.db"
    with EmulatorServer(store=f"sqlite:{file}") as server:
        server.client.create_namespace("one")
    base = sqlite3.connect(file)
    base.execute("DELETE FROM log WHERE namespace = ''")
    base.execute("INSERT OR REPLACE INTO rows VALUES ('', 'emulator', '', 0, ?)", (b"{",))
    base.commit()
    base.close()
    with pytest.raises(SetupError, match=r"of ids, keys and what was exercised is damaged .*; restore the store"):
        EmulatorServer(store=f"sqlite:{file}").start()
