"""The two servers that are compared, each a process of its own with the same server options."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_BIN = Path(sys.executable).parent
_FLAGS = ("--no-access-log", "--no-server-header", "--no-proxy-headers", "--log-level", "warning")


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def bare_command(port: int, sockets: str = "none") -> list[str]:
    """The bare application; `sockets` is what uvicorn has for them, which takes longer to start."""
    return [str(_BIN / "uvicorn"), "tests.bench.bare:app", "--port", str(port), *_FLAGS, "--ws", sockets]


def emulator_command(port: int) -> list[str]:
    return [str(_BIN / "atthene-emulator"), "serve", "--port", str(port)]


def first_answer(port: int, path: str) -> None:
    """Return when the path answers 200."""
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path, headers={"x-api-key": "test-key"})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except ConnectionError:
            time.sleep(0.001)
        finally:
            connection.close()


@contextmanager
def running(command: Sequence[str], port: int, path: str) -> Iterator[int]:
    """The process id of a server that answers."""
    # As installed: with byte code, which some development environments switch off.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    try:
        first_answer(port, path)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def cold_start(make: Sequence[tuple[str, str]], rounds: int) -> dict[str, float]:
    """Milliseconds from process start to the first good answer, the median of `rounds`, servers in turn."""
    commands = {"bare": bare_command, "emulator": emulator_command}
    taken: dict[str, list[float]] = {name: [] for name, _ in make}
    for _ in range(rounds):
        for name, path in make:
            port = free_port()
            started = time.perf_counter()
            with running(commands[name](port), port, path):
                taken[name].append((time.perf_counter() - started) * 1000)
    return {name: statistics.median(values) for name, values in taken.items()}


def memory(pid: int) -> float:
    """Resident memory of a process in MB; 0 where the system does not tell."""
    return _status(pid, "VmRSS")


def forget_peak(pid: int) -> None:
    """Begin anew with what `peak_memory` tells, where the system can."""
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_memory(pid: int) -> float:
    """The most resident memory that a process has had, in MB; 0 where the system does not tell."""
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(name))


def used(pid: int) -> float:
    """Seconds of processor time that a process has used, where the system tells."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cores() -> int:
    return os.cpu_count() or 1
