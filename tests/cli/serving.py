"""`atthene-emulator serve` as a process of its own. This module is how tests start it, read it, ask it and stop it."""

import json
import socket
import subprocess
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import requests

from tests.cli.running import COMMAND, environment
from tests.conftest import check_control

KEY = {"x-api-key": "test-key"}
GATE = """
    accounts: [{id: ada, api_keys: [test-key]}]
    sessions: [{id: s1, config: {name: Helper, agent_type: llm_agent}}]
    scripts: [{then: {reply: Done, gate: closed}}]
"""
SECONDS = 30  # a process that lives longer is ended


@contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """A process that is stopped afterwards, and in any case after a while."""
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()
        watchdog.cancel()
        watchdog.join()


@contextmanager
def started(*arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A command that serves."""
    with (
        subprocess.Popen(
            [*COMMAND, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(**more),
        ) as process,
        ended(process),
    ):
        yield process


class Served(NamedTuple):
    """A running emulator with its ready line."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.ready["url"].rpartition(":")[2])

    def accepts(self) -> bool:
        """Whether a new connection is taken."""
        with suppress(OSError), socket.create_connection(self.address, timeout=10):
            return True
        return False

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.ready["base_url"] + path, headers=KEY, timeout=10, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return requests.post(self.ready["base_url"] + path, headers=KEY, timeout=10, **options)

    def control(self, path: str, method: str = "GET", **headers: str) -> requests.Response:
        answer = requests.request(method, self.ready["control_url"] + path, headers=headers, timeout=10)
        check_control(method, path, answer)
        return answer

    def execute(self, content: str = "What a day", session_id: str = "session_abc123") -> requests.Response:
        return self.post(f"/runtime/{session_id}/execute/", json={"content": content})


@contextmanager
def serving(*arguments: str, **more: str) -> Iterator[Served]:
    """A running emulator on a free port."""
    with started("--port", "0", "--json", *arguments, **more) as process:
        yield Served(process, ready_line(process))


def ready_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    assert line, process.stderr.read()
    ready: dict[str, Any] = json.loads(line)
    return ready


def greeting(process: subprocess.Popen[str]) -> list[str]:
    """The lines for people, up to the last of them."""
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith("  stop"):
        line = process.stdout.readline()
        assert line, lines
        lines.append(line.rstrip("\n"))
    return lines


def seed_file(folder: Path, text: str, name: str = "seed.yaml") -> str:
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return str(path)
