"""A Redis of one's own, on a free port, that keeps nothing beyond its process unless it is told to."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import pytest

PROGRAM = shutil.which("redis-server") or shutil.which("valkey-server")


class RedisServer:
    """A Redis or Valkey on 127.0.0.1.

    Args:
        options: of its command line, such as `("--requirepass", "secret")`.

    Attributes:
        port: that stays the same when it is started again.
        url: of its database 0, without a password.
        pid: of the process that runs.
        folder: where it keeps its files, if any.
    """

    def __init__(self, *options: str) -> None:
        if PROGRAM is None:
            pytest.skip("there is neither redis-server nor valkey-server on this machine")
        self._program = PROGRAM
        self._options = options
        self._folder = tempfile.TemporaryDirectory(prefix="redis-")
        self.folder = Path(self._folder.name)
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        """The same by a socket of the file system."""
        return f"unix://{self._folder.name}/redis.sock"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Run, and answer."""
        command = [self._program, "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self._folder.name]
        command += [
            "--unixsocket",
            f"{self._folder.name}/redis.sock",
            "--save",
            "",
            "--appendonly",
            "no",
            *self._options,
        ]
        with Path(self._folder.name, "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 20
        while not self._answers():
            assert self._process.poll() is None, Path(self._folder.name, "log").read_text(encoding="utf-8")
            assert time.monotonic() < end, "Redis has not answered in 20 seconds"

    def _answers(self) -> bool:
        try:
            return self.command("PING") is not None
        except OSError:
            return False

    def command(self, *parts: Any) -> bytes:
        """What it answers to a command, as it comes on the wire; only what is short."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            sent = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
            connection.sendall(b"*%d\r\n" % len(sent) + b"".join(b"$%d\r\n%b\r\n" % (len(one), one) for one in sent))
            answer = connection.recv(1 << 16)
            if not answer:
                raise ConnectionError("no answer")
            return answer

    def pause(self) -> None:
        """Do nothing, while connections stay open."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """After `pause`."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End at once, without a word; `start` starts it again."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End, and leave nothing behind."""
        self.kill()
        self._folder.cleanup()
