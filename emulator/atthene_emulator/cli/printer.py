"""Lines on a stream that nobody has to read. This module is who prints them, and what a stream is good for."""

import json
import logging
import os
import select
from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TextIO

from atthene_emulator.wording import printable_lines

_ROOM = 10_000  # lines that wait for a slow reader
_BATCH = 1_000
_FAREWELL = 0.5  # seconds that a slow reader has at the end


class Printer:
    """Lines on a stream. Who writes them never waits, and never fails: a thread brings them there.

    A reader that does not read makes lines wait, and then be left out and counted; one that is gone ends the printing.

    Args:
        stream: where they go; None for a process that has no standard output.
        as_json: events are printed as JSON rather than in words.
    """

    def __init__(self, stream: TextIO | None, *, as_json: bool) -> None:
        self.as_json = as_json
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._left_out = 0
        self._descriptor = _descriptor(stream)
        self._encoding = stream.encoding if stream else "utf-8"
        self._thread = Thread(target=self._run, name="atthene-printer", daemon=True)
        self._thread.start()

    def say(self, text: str, event: str, data: Mapping[str, Any]) -> None:
        """Print an event in the form that was chosen."""
        self.print(json.dumps({"event": event, **data}) if self.as_json else printable_lines(text))

    def print(self, line: str) -> None:
        """Print a line, or several."""
        if self._descriptor is None:
            return
        if self._queue.qsize() >= _ROOM:
            self._left_out += 1
            return
        if self._left_out:
            left_out, self._left_out = self._left_out, 0
            self.say(f"({left_out} lines are left out)", "left_out", {"lines": left_out})
        self._queue.put(f"{line}\n")

    def close(self) -> None:
        """Print what waits, as far as it is read at once."""
        self._queue.put(None)
        self._thread.join(_FAREWELL)

    def _run(self) -> None:
        batch: list[str | None] = []
        while None not in batch:
            batch = [self._queue.get()]
            with suppress(Empty):
                while len(batch) < _BATCH:
                    batch.append(self._queue.get_nowait())
            text = "".join(line for line in batch if line is not None)
            try:
                self._write(text.encode(self._encoding, "backslashreplace"))
            except OSError:  # nobody reads it any more
                self._descriptor = None

    def _write(self, data: bytes) -> None:
        """Write to the descriptor itself: a stream that is being written to could not be closed when Python ends."""
        while data and self._descriptor is not None:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select((), (self._descriptor,), ())


class _Log(logging.Handler):
    """Records of the log, as lines."""

    def __init__(self, printer: Printer) -> None:
        super().__init__()
        self._printer = printer

    def emit(self, record: logging.LogRecord) -> None:
        self._printer.print(self.format(record))


def print_log(printer: Printer, level: str) -> None:
    """Have the log printed from now on: whoever writes into it never waits for a reader."""
    form = "%(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level.upper(), format=form, handlers=[_Log(printer)])


def _descriptor(stream: TextIO | None) -> int | None:
    if stream is not None:
        with suppress(OSError, ValueError):
            return stream.fileno()
    return None


def is_colourful(stream: TextIO | None) -> bool:
    """Whether colours are welcome: on a terminal that has them, unless NO_COLOR is set."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or os.name == "nt"
    return is_terminal(stream) and not plain


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at it."""
    return stream is not None and stream.isatty()
