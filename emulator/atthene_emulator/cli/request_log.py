"""What was answered, a line each: for people, or JSON for programs. This module is that log."""

import json
from contextlib import suppress
from typing import Any

import click

from atthene_emulator.addresses import API
from atthene_emulator.cli.printer import Printer
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.redaction import shown_line
from atthene_emulator.errors import NoSuchPath, NotAdmitted
from atthene_emulator.secrecy import redact_sentence
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.web.socket.frames import CLOSE, GROUP, OPEN
from atthene_emulator.wording import near_name, printable

_COLOURS = {1: "green", 2: "green", 3: "cyan", 4: "yellow", 5: "red", 10: "cyan"}  # by hundreds; 10 of closed sockets
_SOCKET, _REFUSED = "WS", 400
_WIDTH = 49  # of what was asked for and its status
_MOST = 100  # characters of an id that a client may make up


class RequestLog:
    """A line for each request of the imitated API and for each frame of a socket's client; an emulator's listener.

    Args:
        printer: where they go.
        colourful: the status has a colour.
        secrets: what is never shown, besides what looks like a secret.
    """

    def __init__(self, printer: Printer, *, colourful: bool, secrets: tuple[str, ...] = ()) -> None:
        self._printer = printer
        self._secrets = secrets
        self._colourful = colourful

    def __call__(self, namespace: str, entry: Entry, seconds: float) -> None:
        """Print the line of one request."""
        if self._printer.as_json:
            self._printer.print(json.dumps(self._request(namespace, entry, seconds)))
        else:
            self._printer.print(self._line(namespace, entry, seconds))

    def _line(self, namespace: str, entry: Entry, seconds: float) -> str:
        path, unread, session_id = shown_line(entry, self._secrets)
        went_well = entry.outcome == "ok" or (entry.outcome == "fault" and entry.fault)
        parts = [
            "" if went_well else _refusal(entry) or _error_code(entry) or entry.outcome,
            _near_path(entry, path),
            f"script {', '.join(entry.scripts)}" if entry.scripts else "",
            f"namespace {namespace}" if namespace != "default" else "",
            f"fault {entry.fault}{', hidden from pages' if entry.hidden else ''}" if entry.fault else "",
            *unread,
            _answered(entry, "reason") if entry.operation == CLOSE else "",
        ]
        told = printable("  ".join(part for part in parts if part))
        method, what = (_SOCKET, _frame(entry, session_id or path)) if _is_of_socket(entry) else (entry.method, path)
        status = f"{entry.status or '-':>3}"
        asked = f"{printable(method):<6} {printable(what):<{_WIDTH - len(status)}}"
        return f"{asked} {self._coloured(status, entry.status)} {seconds * 1000:8.1f} ms  {told}".rstrip()

    def _coloured(self, shown: str, status: int) -> str:
        return click.style(shown, fg=_COLOURS.get(status // 100, "red")) if self._colourful else shown

    def _request(self, namespace: str, entry: Entry, seconds: float) -> dict[str, Any]:
        path, unread, session_id = shown_line(entry, self._secrets)
        return {
            "event": "request",
            "id": entry.id or None,
            "namespace": namespace,
            "method": entry.method,
            "path": path,
            "status": entry.status,
            "ms": round(seconds * 1000, 3),
            "outcome": entry.outcome,
            "error_code": _error_code(entry) or None,
            "refusal": _refusal(entry) or None,
            "operation": entry.operation,
            "session_id": session_id,
            "script": ", ".join(entry.scripts) or None,
            "unread": list(unread),
            "fault": entry.fault,
        }


def _is_of_socket(entry: Entry) -> bool:
    return entry.method == _SOCKET or entry.operation == OPEN


def _frame(entry: Entry, place: str) -> str:
    """What a line calls a frame: its type, and the session that it is about, else the path of its socket."""
    kind = (entry.operation or "-").removeprefix(f"{GROUP}.")
    return kind if entry.operation == CLOSE else f"{kind:<16} {place[:_MOST]}"


def _error_code(entry: Entry) -> str:
    """The code of the error that answered a frame."""
    return _answered(entry, "error_code") if entry.method == _SOCKET and entry.status == _REFUSED else ""


def _refusal(entry: Entry) -> str:
    """Why a web page was refused, and what permits it: its browser tells nobody."""
    if entry.status != NotAdmitted.status:
        return ""
    with suppress(ValueError, LookupError, TypeError):  # as below
        error = json.loads(entry.response)["error"]
        return redact_sentence(str(error["message"])) if error["type"] == NotAdmitted.type else ""
    return ""


def _near_path(entry: Entry, path: str) -> str:
    """The path of the API that may have been meant, where there is nothing; the service's own words do not say."""
    if entry.operation is not None or entry.status != NoSuchPath.status or not path.startswith(API):
        return ""
    near = near_name(path.removeprefix(API), tuple({row.path: None for row in OPERATIONS}), 0.6)
    return f"did you mean {API}{near}?" if near else ""


def _answered(entry: Entry, name: str) -> str:
    """A text of what answered a frame."""
    with suppress(ValueError):  # a request may have any method, `WS` too, and any answer
        answer = json.loads(entry.response)
        return str(answer.get(name, "")) if isinstance(answer, dict) else ""
    return ""
