"""The application for servers that are not ours: without a lifespan, with another server, and never twice."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from atthene_emulator import build_app

ROOT = Path(__file__).parents[1]
HEADERS = {"x-api-key": "test-key"}


def get(app: Any, path: str) -> tuple[int, Any]:
    """Ask an application as a server does that knows no lifespan."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"x-api-key", b"test-key")]
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
    }
    asyncio.run(app({**scope, "http_version": "1.1"}, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_without_a_lifespan_the_seeds_are_there() -> None:
    app = build_app()
    assert get(app, "/__emulator/ready") == (200, {"status": "ready"})
    status, sessions = get(app, "/api/v1/sessions/")
    assert (status, [one["session_id"] for one in sessions]) == (200, ["session_abc123"])


def test_options_are_those_of_the_settings() -> None:
    assert get(build_app(seeds=("empty",)), "/api/v1/sessions/") == (200, [])


def test_two_applications_of_one_process_know_nothing_of_each_other() -> None:
    one, other = build_app(seeds=("empty",)), build_app()
    assert get(one, "/__emulator/state")[1]["counts"]["sessions"] == 0
    assert get(other, "/__emulator/state")[1]["counts"]["sessions"] == 1


@contextmanager
def running(*command: str) -> Iterator[IO[str]]:
    """What a server prints on standard error, which is ended with all its workers afterwards."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ATTHENE_")}
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        try:
            yield process.stderr
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def url_in(lines: IO[str]) -> str:
    """Where a server says that it listens."""
    for line in lines:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError("it has ended")


def read_until(lines: IO[str], *wanted: str) -> None:
    """Read until each of these has been said."""
    unsaid = set(wanted)
    for line in lines:
        unsaid -= {one for one in unsaid if one in line}
        if not unsaid:
            return
    raise AssertionError(unsaid)


@pytest.mark.skipif(os.name != "posix", reason="ends a process group")
def test_another_server_can_serve_it() -> None:
    with running("hypercorn", "--bind", "127.0.0.1:0", "atthene_emulator.boot:build_app()") as lines:
        url = url_in(lines)
        made = requests.post(f"{url}/api/v1/sessions/from-agent/customer_support_agent/", headers=HEADERS, timeout=10)
        session = made.json()["session_id"]
        execute = f"{url}/api/v1/runtime/{session}/execute/"
        answer = requests.post(execute, headers=HEADERS, json={"content": "Hello!"}, timeout=10)
        assert answer.json()["messages"][0]["content"] == "Hello! How can I help you today?"
        assert len(requests.get(f"{url}/__emulator/journal", timeout=10).json()) == 2


@pytest.mark.skipif(os.name != "posix", reason="ends a process group")
def test_a_second_worker_is_refused_with_a_sentence() -> None:
    with running("uvicorn", "--workers", "2", "--port", "0", "--factory", "atthene_emulator:build_app") as lines:
        url = url_in(lines)
        sentence = "Another worker serves this emulator. An emulator lives in one process: start one worker"
        read_until(lines, sentence, "Application startup complete")
        with requests.Session() as http:  # a worker says that it is complete before it listens
            http.mount("http://", HTTPAdapter(max_retries=Retry(connect=10, backoff_factor=0.05)))
            made = http.post(f"{url}/api/v1/sessions/from-agent/customer_support_agent/", headers=HEADERS, timeout=10)
            session = f"{url}/api/v1/sessions/{made.json()['session_id']}/"
            assert {http.get(session, headers=HEADERS, timeout=10).status_code for _ in range(10)} == {200}


def test_processes_that_are_no_workers_of_a_server_may_each_have_one(tmp_path: Path) -> None:
    program = tmp_path / "each.py"
    program.write_text(
        "import multiprocessing\nfrom atthene_emulator import build_app\n\n\n"
        "def build(_):\n    return callable(build_app())\n\n\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(2) as pool:\n        print(pool.map(build, range(2), 1))\n"
    )
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[True, True]\n", "")
