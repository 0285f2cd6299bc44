"""The plugin beside libraries that replace HTTP, sockets, time, loops, threads or order: in an environment that has them all.

`make beside` sets it up in build/beside. Each project is run with every plugin loaded that is installed there.
"""

import os
import textwrap
from pathlib import Path

import pytest

from tests.foreign import run as run_foreign

pytestmark = pytest.mark.beside
ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("BESIDE_PYTHON", ROOT / "build/beside/bin/python"))

PROGRAM = """
import re
import threading
import time

import pytest
import requests


def ask(atthene):
    '''What the tested program does.'''
    url = f"{atthene.base_url}/runtime/session_abc123/execute/"
    answer = requests.post(url, json={"content": "Hi"}, headers={"x-api-key": atthene.api_key}, timeout=10)
    return answer.json()["messages"][0]["content"]


def drive(atthene):
    '''What a test does with its world.'''
    atthene.script("Hm.", name="hm")
    atthene.fault(429)
    with atthene.create_namespace() as other:
        other.freeze()
    atthene.drop_faults()
    assert atthene.scripts()[0].name == "hm"
    with pytest.raises(AssertionError):
        atthene.wait(timeout=0.01)
    with pytest.raises(AssertionError):
        atthene.gate("g").wait_until_waiting(timeout=0.02)
    talk(atthene)


def talk(atthene):
    '''What a test does with a socket.'''
    with atthene.socket("session_abc123") as socket:
        socket.send("Hi")
        assert socket.text() == "Hm."
        with pytest.raises(AssertionError):
            socket.next_frame(timeout=0.02)
        socket.drop()
        socket.reconnect()
        socket.send("Hi")
        assert socket.text() == "Hm."


def wait_at_a_gate(atthene):
    '''A program at a gate, and with a delay.'''
    atthene.script({"reply": "Late.", "gate": "g", "delay_ms": 30})
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(atthene)))
    thread.start()
    atthene.gate("g").wait_until_waiting()
    atthene.gate("g").open()
    atthene.wait(operation="runtime.execute")
    thread.join(10)
    assert answers == ["Late."]
"""
INTERCEPTED = {
    "requests-mock": """
        def test_drive(atthene, requests_mock):
            drive(atthene)
            with pytest.raises(Exception, match="No mock address"):
                ask(atthene)

        def test_through(atthene, requests_mock):
            requests_mock.register_uri("POST", re.compile(atthene.base_url), real_http=True)
            atthene.script("Hm.")
            assert ask(atthene) == "Hm."
    """,
    "responses": """
        import responses

        @responses.activate
        def test_drive(atthene):
            drive(atthene)
            with pytest.raises(requests.ConnectionError):
                ask(atthene)

        @responses.activate
        def test_through(atthene):
            responses.add_passthru(atthene.base_url)
            atthene.script("Hm.")
            assert ask(atthene) == "Hm."
    """,
    "vcrpy": """
        import vcr

        @pytest.fixture
        def cassette(tmp_path):
            with vcr.use_cassette(str(tmp_path / "cassette.yaml"), record_mode="none") as made:
                yield made

        def test_drive(cassette, atthene):
            drive(atthene)
            with pytest.raises(Exception):
                ask(atthene)
            assert cassette.play_count == 0

        def test_through(atthene, cassette):
            with vcr.use_cassette("unused.yaml", ignore_localhost=True):
                atthene.script("Hm.")
                assert ask(atthene) == "Hm."
    """,
    "httpretty": """
        import httpretty

        @httpretty.activate(allow_net_connect=False)
        def test_drive(atthene):
            drive(atthene)

        def test_through(atthene):
            assert ask(atthene)
    """,
    "mocket": """
        from mocket import mocketize

        @mocketize
        def test_drive(atthene):
            drive(atthene)

        @mocketize
        def test_through(atthene):
            drive(atthene)
    """,
    "pook": """
        import pook

        @pook.on
        def test_drive(atthene):
            drive(atthene)

        def test_through(atthene):
            assert ask(atthene)
    """,
    "pytest-httpx": """
        def test_drive(atthene, httpx_mock):
            drive(atthene)

        def test_through(atthene, httpx_mock):
            assert ask(atthene)
    """,
    "respx": """
        def test_drive(atthene, respx_mock):
            drive(atthene)

        def test_through(atthene, respx_mock):
            assert ask(atthene)
    """,
    "aioresponses": """
        import aiohttp
        from aioresponses import aioresponses

        @pytest.mark.asyncio
        async def test_drive(atthene_async):
            with aioresponses():
                await atthene_async.script("Hm.")
                with pytest.raises(aiohttp.ClientConnectionError):
                    async with aiohttp.ClientSession() as http:
                        await http.get(atthene_async.base_url)

        def test_through(atthene):
            assert ask(atthene)
    """,
}
STOPPED = {
    "freezegun": """
        import freezegun

        @freezegun.freeze_time("2020-01-01")
        def test_frozen(atthene):
            drive(atthene)
            wait_at_a_gate(atthene)

        def test_moved(atthene):
            with freezegun.freeze_time("2030-01-01") as frozen:
                frozen.tick(3600)
                assert ask(atthene)
                frozen.move_to("2019-01-01")
                wait_at_a_gate(atthene)
    """,
    "time-machine": """
        import time_machine

        @time_machine.travel(0, tick=False)
        def test_frozen(atthene):
            drive(atthene)
            wait_at_a_gate(atthene)

        def test_moved(atthene, time_machine):
            time_machine.move_to("2030-01-01")
            assert ask(atthene)
            time_machine.move_to("2020-01-01", tick=False)
            wait_at_a_gate(atthene)
    """,
}
AWAITED = {
    "pytest-asyncio": """
        import asyncio

        @pytest.mark.asyncio
        async def test_gate(atthene_async):
            await atthene_async.script("Late.", gate="g")
            task = asyncio.create_task(asyncio.to_thread(ask, atthene_async))
            await atthene_async.gate("g").wait_until_waiting()
            await atthene_async.gate("g").open()
            assert await task == "Late."

        @pytest.mark.asyncio
        async def test_given_up(atthene_async):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(atthene_async.wait(timeout=60), 0.05)
    """,
    "anyio": """
        import anyio

        @pytest.fixture(params=["asyncio", "trio"])
        def anyio_backend(request):
            return request.param

        @pytest.mark.anyio
        async def test_gate(atthene_async):
            await atthene_async.script("Late.", gate="g")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anyio.to_thread.run_sync, ask, atthene_async)
                await atthene_async.gate("g").wait_until_waiting()
                await atthene_async.gate("g").open()
            with anyio.move_on_after(0.05) as given_up:
                await atthene_async.wait(timeout=60, operation="agents.list")
            assert given_up.cancelled_caught

        @pytest.mark.anyio
        async def test_socket(atthene_async):
            await atthene_async.script("Hm.")
            async with atthene_async.socket("session_abc123") as socket:
                with anyio.move_on_after(0.05) as given_up:
                    await socket.next_event(timeout=60)
                assert given_up.cancelled_caught
                await socket.send("Hi")
                assert [event.delta async for event in socket if event.delta] == ["Hm."]

        @pytest.mark.anyio
        async def test_blocking(atthene):
            with pytest.raises(AssertionError, match="has blocked the event loop"):
                atthene.gate("g").wait_until_waiting(timeout=0.02)
    """,
}
FASTAPI = {
    "fastapi": """
        import fastapi
        from fastapi.testclient import TestClient

        def test_application(atthene):
            assert fastapi.__version__.startswith("0.115.")
            app = fastapi.FastAPI()

            @app.get("/answer")
            def answer() -> str:
                return ask(atthene)

            atthene.script("Hm.")
            assert TestClient(app).get("/answer").json() == "Hm."
    """
}
PROJECTS = {**INTERCEPTED, **STOPPED, **AWAITED, **FASTAPI}


def project(folder: Path, source: str, *options: str, conftest: str = "") -> str:
    """What pytest says of a project."""
    assert PYTHON.exists(), "make beside sets up the environment"
    (folder / "conftest.py").write_text(textwrap.dedent(conftest))
    (folder / "test_it.py").write_text(PROGRAM + textwrap.dedent(source))
    shown = ("-rA", "-p", "no:cacheprovider", *options)
    return run_foreign(str(PYTHON), "-m", "pytest", *shown, cwd=folder, ATTHENE_EMULATOR_URL="").stdout


@pytest.mark.parametrize("name", PROJECTS)
def test_tests_pass_beside(tmp_path: Path, name: str) -> None:
    said = project(tmp_path, PROJECTS[name])
    assert "test_it.py::test_" in said, said
    assert " passed" in said.splitlines()[-1], said
    assert "failed" not in said.splitlines()[-1], said
    assert "error" not in said.splitlines()[-1], said


@pytest.mark.parametrize("name", ["requests-mock", "responses", "vcrpy"])
def test_a_failure_beside_shows_its_journal_and_ends_nothing(tmp_path: Path, name: str) -> None:
    failing = PROJECTS[name].replace("    drive(atthene)", "    assert False")
    said = project(tmp_path, failing)
    assert "INTERNALERROR" not in said
    assert "1 failed, 1 passed" in said or "2 failed" in said, said
    assert "atthene journal of ns-" in said
    assert "no request came" in said


def test_first_used_within_a_cassette(tmp_path: Path) -> None:
    code = """
import vcr
with vcr.use_cassette("cassette.yaml", record_mode="none"):
    from atthene_emulator import EmulatorServer
    with EmulatorServer() as server, server.client as client:
        print(client.health().status)
"""
    done = run_foreign(str(PYTHON), "-c", code, cwd=tmp_path)
    assert done.stdout == "ok\n", done.stderr


def test_workers_in_any_order(tmp_path: Path) -> None:
    source = """
        @pytest.mark.parametrize("number", range(40))
        def test_alone(atthene, number):
            atthene.script(f"{number}")
            assert ask(atthene) == f"{number}"
    """
    said = project(tmp_path, source, "-n", "2", "-p", "randomly", "--atthene-fail-under=1")
    assert "40 passed" in said, said
    assert "atthene coverage" in said


def test_without_sockets_it_says_what_to_allow(tmp_path: Path) -> None:
    said = project(tmp_path, "def test_it(atthene):\n    assert ask(atthene)\n", "--disable-socket")
    assert "--allow-hosts=127.0.0.1,::1 --allow-unix-socket" in said, said
    assert "1 error" in said.splitlines()[-1], said


@pytest.mark.parametrize(
    "options",
    [
        ("--allow-hosts=127.0.0.1,::1", "--allow-unix-socket"),
        ("--disable-socket", "--allow-hosts=127.0.0.1,::1", "--allow-unix-socket"),
    ],
    ids=["hosts", "both"],
)
def test_with_sockets_to_this_machine_it_runs(tmp_path: Path, options: tuple[str, ...]) -> None:
    said = project(tmp_path, "def test_it(atthene):\n    drive(atthene)\n    wait_at_a_gate(atthene)\n", *options)
    assert "1 passed" in said, said


@pytest.mark.parametrize(
    ("library", "patch"),
    [
        ("gevent", "import gevent.monkey\ngevent.monkey.patch_all()\n"),
        ("eventlet", "import eventlet\neventlet.monkey_patch()\n"),
    ],
    ids=["gevent", "eventlet"],
)
def test_in_a_patched_process(tmp_path: Path, library: str, patch: str) -> None:
    source = "def test_it(atthene):\n    drive(atthene)\n    assert ask(atthene)\n    wait_at_a_gate(atthene)\n"
    said = project(tmp_path, source, conftest=patch)
    assert "1 passed" in said, said
    assert f"in a process of its own, since {library} has patched this one" in said
