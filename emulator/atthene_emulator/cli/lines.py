"""What `serve` prints while it runs: lines for people, or JSON for programs. This module is those lines."""

import json
import os
import select
from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TextIO

import click

from atthene_emulator.domain.journal import Entry

if TYPE_CHECKING:
    from atthene_emulator.seeds.watch import Reload

_ROOM = 10_000  # lines that wait for a slow reader
_BATCH = 1_000
_FAREWELL = 0.5  # seconds that a slow reader has at the end
_COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


class Lines:
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
        self._thread = Thread(target=self._run, name="atthene-lines", daemon=True)
        self._thread.start()

    def say(self, text: str, event: str, data: Mapping[str, Any]) -> None:
        """Print an event in the form that was chosen."""
        self.print(json.dumps({"event": event, **data}) if self.as_json else text)

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


class RequestLines:
    """A line for each request of the imitated API; an emulator's listener.

    Args:
        lines: where they go.
        colourful: the status has a colour.
    """

    def __init__(self, lines: Lines, *, colourful: bool) -> None:
        self._lines = lines
        self._colourful = colourful

    def __call__(self, namespace: str, entry: Entry, fault: str | None, seconds: float) -> None:
        """Print the line of one request."""
        if self._lines.as_json:
            self._lines.print(json.dumps(_request(namespace, entry, fault, seconds)))
        else:
            self._lines.print(self._line(namespace, entry, fault, seconds))

    def _line(self, namespace: str, entry: Entry, fault: str | None, seconds: float) -> str:
        parts = [
            "" if entry.outcome == "ok" or (entry.outcome == "fault" and fault) else entry.outcome,
            f"script {', '.join(entry.scripts)}" if entry.scripts else "",
            f"namespace {namespace}" if namespace != "default" else "",
            f"fault {fault}" if fault else "",
        ]
        told = _printable("  ".join(part for part in parts if part))
        asked = f"{_printable(entry.method):<6} {_printable(entry.path):<46}"
        return f"{asked} {self._status(entry.status)} {seconds * 1000:8.1f} ms  {told}".rstrip()

    def _status(self, status: int) -> str:
        shown = f"{status or '-':>3}"
        return click.style(shown, fg=_COLOURS.get(status // 100, "red")) if self._colourful else shown


def _request(namespace: str, entry: Entry, fault: str | None, seconds: float) -> dict[str, Any]:
    return {
        "event": "request",
        "id": entry.id,
        "namespace": namespace,
        "method": entry.method,
        "path": entry.path,
        "status": entry.status,
        "ms": round(seconds * 1000, 3),
        "outcome": entry.outcome,
        "operation": entry.operation,
        "session_id": entry.session_id,
        "script": ", ".join(entry.scripts) or None,
        "fault": fault,
    }


def _printable(text: str) -> str:
    """The text without anything that a terminal would obey."""
    return text if text.isprintable() else "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def reload_data(reload: "Reload") -> tuple[str, dict[str, Any]]:
    """The event of a reload, and its data."""
    if reload.mistakes:
        return "reload_failed", {"files": reload.files, "message": reload.mistakes}
    return "reloaded", {"files": reload.files, "changes": {kind: one._asdict() for kind, one in reload.changes.items()}}
