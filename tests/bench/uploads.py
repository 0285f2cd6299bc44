"""What uploads cost: a file of 50 MB as a form, beside Starlette's own reading of it, and the memory besides the file.

Each upload has other bytes, since equal ones are refused. The client sends what was made beforehand. This module is that
client; run alone, `python -m tests.bench.uploads`, it measures what `make bench` measures.
"""

import argparse
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count

from tests.bench.servers import bare_command, emulator_command, forget_peak, free_port, memory, peak_memory, running
from tests.multipart import CONTENT_TYPE, field, file, multipart

_FILES = "/api/v1/files/"
_SIZE = 50 * 1024 * 1024
_MB = 1e6
_MARK = b"number "
_DIGITS = 12
_CREATED = b"HTTP/1.1 201"


class Upload:
    """A form with one file, which is another one whenever it is sent."""

    def __init__(self, size: int = _SIZE) -> None:
        data = _MARK + b"0" * _DIGITS + bytes(range(256)) * (size // 256)
        body = multipart(file(data[:size], "large.bin"), field("tags", "large"))
        head = f"POST {_FILES} HTTP/1.1\r\nhost: localhost\r\nx-api-key: test-key\r\ncontent-type: {CONTENT_TYPE}\r\n"
        self._raw = bytearray(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        self._at = self._raw.index(_MARK) + len(_MARK)
        self._numbers: Iterator[int] = count()

    def send(self, port: int) -> float:
        """Seconds until it is answered.

        Raises:
            RuntimeError: it is not taken.
        """
        self._raw[self._at : self._at + _DIGITS] = f"{next(self._numbers):0{_DIGITS}}".encode()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            started = time.perf_counter()
            connection.sendall(self._raw)
            answer = connection.recv(65536)
            taken = time.perf_counter() - started
        if not answer.startswith(_CREATED):
            raise RuntimeError(answer.decode())
        return taken


def measure_uploads(rounds: int, report: Callable[..., None]) -> None:
    """Report megabytes per second of both, and the emulator's memory during its first upload."""
    bare_port, port = free_port(), free_port()
    upload, small = Upload(), Upload(1024)
    with (
        running(bare_command(bare_port), bare_port, "/api/v1/sessions/x/"),
        running(emulator_command(port), port, "/api/v1/sessions/") as pid,
    ):
        small.send(port)  # what is loaded for the first form is loaded
        before = memory(pid)
        forget_peak(pid)
        upload.send(port)
        beside = peak_memory(pid) - before - _SIZE / 1024 / 1024
        times: dict[int, list[float]] = {bare_port: [], port: []}
        for _ in range(rounds):
            for one, taken in times.items():
                taken.append(upload.send(one))
    bare, emulator = (_SIZE / _MB / statistics.median(taken) for taken in times.values())
    report("upload of 50 MB as a form, MB/s", bare, emulator)
    report("memory during it, beside the file, MB", None, beside)


def main() -> None:
    """Measure uploads alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)

    def show(what: str, bare: float | None, emulator: float) -> None:
        besides = f", bare {bare:.1f}, ratio {emulator / bare:.2f}" if bare else ""
        print(f"{what}: {emulator:.1f}{besides}")

    measure_uploads(parser.parse_args().rounds, show)


if __name__ == "__main__":
    main()
