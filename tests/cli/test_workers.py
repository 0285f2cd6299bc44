"""`serve --workers`: several processes are one server, started, stopped and replaced by their parent."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.cli.running import invoke, run
from tests.cli.serving import Served, serving
from tests.redis_server import RedisServer

STORE = "redis://localhost:6379"
TWO = ("--workers", "2", "--store", STORE)
SECONDS = 25

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="children are looked up in /proc")


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[str, ...]]:
    """Options of two workers that share a Redis of their own."""
    with RedisServer() as redis:
        yield ("--workers", "2", "--store", redis.url)


def until(condition: Callable[[], bool]) -> None:
    """Ask again until it holds."""
    deadline = monotonic() + SECONDS
    while not condition():
        assert monotonic() < deadline, "it never came"


def workers(served: Served) -> list[int]:
    """The processes of the workers that are there."""
    pid = served.process.pid
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--workers", "2"],
            (
                "--workers 2 needs a store that they share, such as --store redis://localhost:6379: "
                "without one, each of them would have sessions of its own."
            ),
        ),
        (["--workers", "2", "--store", "sqlite:here.db"], "--workers 2 needs a store that several processes share"),
        ([*TWO, "--watch"], "--watch begins the namespace default anew, and --store keeps what it is"),
        (
            [*TWO, "--peer-address", "10.0.0.7:8485"],
            "Each of 2 workers has a port of its own; name no port in --peer-address.",
        ),
        (
            [*TWO, "--peer-address", "http://10.0.0.7"],
            "http://10.0.0.7 is no address for --peer-address; write it like",
        ),
        ([*TWO, "--peer-address", "10.0.0.7:70000"], "10.0.0.7:70000 is no address for --peer-address; write it like"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], said: str) -> None:
    done = invoke("serve", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@on_linux
def test_workers_are_one_server(tmp_path: Path, two: tuple[str, ...]) -> None:
    announced = tmp_path / "ready.json"
    with serving(*two, "--ready-file", str(announced)) as served:
        assert announced.exists()
        assert served.ready["pid"] == served.process.pid
        first = workers(served)
        assert len(first) == 2
        assert served.get("/sessions/").status_code == 200
        os.kill(first[0], signal.SIGKILL)
        until(lambda: len(workers(served)) == 2 and first[0] not in workers(served))
        assert {served.get("/sessions/").status_code for _ in range(8)} == {200}
        served.process.send_signal(signal.SIGTERM)
        out, errors = served.process.communicate(timeout=SECONDS)
        assert served.process.returncode == 0
        assert '"ready"' not in out, "it is said once"
        assert f"worker {first[0]} has ended with 137; another one starts." in errors
        assert not announced.exists()
        assert not served.accepts()


@on_linux
def test_workers_end_with_their_parent(two: tuple[str, ...]) -> None:
    with serving(*two) as served:
        served.process.kill()
        served.process.wait(SECONDS)
        until(lambda: not served.accepts())


def test_what_is_wrong_is_said_once() -> None:
    done = run("serve", "--seed", "nowhere", *TWO)
    assert done.returncode == 2
    assert done.stderr.count("There is no bundled seed nowhere") == 1
    assert "a worker has ended with 2, before it was ready; so all of them end." in done.stderr
