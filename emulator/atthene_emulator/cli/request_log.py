"""What was answered, a line each: for people, or JSON for programs. This module is that log."""

import json
from typing import Any

import click

from atthene_emulator.cli.printer import Printer
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.redaction import shown_line
from atthene_emulator.wording import printable

_COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


class RequestLog:
    """A line for each request of the imitated API; an emulator's listener.

    Args:
        printer: where they go.
        colourful: the status has a colour.
        secrets: what is never shown, besides what looks like a secret.
    """

    def __init__(self, printer: Printer, *, colourful: bool, secrets: tuple[str, ...] = ()) -> None:
        self._printer = printer
        self._secrets = secrets
        self._colourful = colourful

    def __call__(self, namespace: str, entry: Entry, fault: str | None, seconds: float) -> None:
        """Print the line of one request."""
        if self._printer.as_json:
            self._printer.print(json.dumps(self._request(namespace, entry, fault, seconds)))
        else:
            self._printer.print(self._line(namespace, entry, fault, seconds))

    def _line(self, namespace: str, entry: Entry, fault: str | None, seconds: float) -> str:
        path, unread, _ = shown_line(entry, self._secrets)
        parts = [
            "" if entry.outcome == "ok" or (entry.outcome == "fault" and fault) else entry.outcome,
            f"script {', '.join(entry.scripts)}" if entry.scripts else "",
            f"namespace {namespace}" if namespace != "default" else "",
            f"fault {fault}" if fault else "",
            *unread,
        ]
        told = printable("  ".join(part for part in parts if part))
        asked = f"{printable(entry.method):<6} {printable(path):<46}"
        return f"{asked} {self._status(entry.status)} {seconds * 1000:8.1f} ms  {told}".rstrip()

    def _status(self, status: int) -> str:
        shown = f"{status or '-':>3}"
        return click.style(shown, fg=_COLOURS.get(status // 100, "red")) if self._colourful else shown

    def _request(self, namespace: str, entry: Entry, fault: str | None, seconds: float) -> dict[str, Any]:
        path, unread, session_id = shown_line(entry, self._secrets)
        return {
            "event": "request",
            "id": entry.id,
            "namespace": namespace,
            "method": entry.method,
            "path": path,
            "status": entry.status,
            "ms": round(seconds * 1000, 3),
            "outcome": entry.outcome,
            "operation": entry.operation,
            "session_id": session_id,
            "script": ", ".join(entry.scripts) or None,
            "unread": list(unread),
            "fault": fault,
        }
