"""What the journal and the request log tell of a socket: that it was opened, its client's frames, the ends of its turns.

This module is how they are written down (D115): an entry has the method `WS`, and in place of a status of HTTP 101 where a
frame was followed, 400 where it was answered with an error. Events are not among the entries; the stream has them. Neither are
closes, which come when they come, and would give other entries other ids; the request log has a line for them.
"""

from collections.abc import Mapping
from time import perf_counter
from urllib.parse import unquote_plus

from starlette.types import Scope

from atthene_emulator.configuration.findings import codes
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.execution import Execution
from atthene_emulator.domain.fault import Fault
from atthene_emulator.domain.journal import Entry, Outcome
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.errors import SocketRefused
from atthene_emulator.evidence.levels import decided
from atthene_emulator.execution.scripts import MARKER
from atthene_emulator.execution.walk import Status
from atthene_emulator.secrecy import REDACTED
from atthene_emulator.web import wire
from atthene_emulator.web.socket import payloads
from atthene_emulator.web.socket.frames import CLOSE, OPEN, RESULT
from atthene_emulator.web.socket.reading import Taken

_METHOD = "WS"
_FOLLOWED, _REFUSED, _CLOSED = 101, 400, 403
_WENT: Mapping[Status, Outcome] = {"completed": "ok", "error": "failed", "timeout": "timeout", "cancelled": "cancelled"}


class Log:
    """What is written down of one socket.

    Args:
        emulator: whose listener is told, too.
        namespace: whose journal it is.
        scope: of the upgrade.
    """

    def __init__(self, emulator: Emulator, namespace: Namespace, scope: Scope) -> None:
        self._emulator = emulator
        self._namespace = namespace
        self._path = scope["raw_path"].decode("latin-1")
        self._query = scope["query_string"].decode("latin-1")
        self._headers = b"\n".join(b": ".join(header) for header in scope["headers"])
        self._ended: list[Execution] | None = None  # turns, while a frame is followed

    def opened(self, refusal: SocketRefused | None, fault: Fault | None) -> None:
        """Write down an upgrade, and why the socket was closed at once, if it was."""
        told = b"" if refusal is None else wire.encode({"code": refusal.code, "reason": refusal.message})
        outcome: Outcome = "ok" if refusal is None else "auth_error"
        entry = self._entry(OPEN, b"", told, "fault" if fault else outcome, _CLOSED if refusal else _FOLLOWED)
        evidence = decided("D81").level
        entry = entry._replace(method="GET", query=self._shown_query(), headers=self._headers, evidence=evidence)
        self._add(_struck(entry, fault))
        if refusal is not None:
            self.closed(refusal.code, refusal.message)

    def _shown_query(self) -> str:
        """The query without API keys where an agent's key belongs: by its name alone that is no secret."""
        parts = [part.partition("=") for part in self._query.split("&")]
        keys = self._namespace.keys
        return "&".join(
            f"{name}{equals}{REDACTED if unquote_plus(value) in keys else value}" for name, equals, value in parts
        )

    def closed(self, code: int, reason: str) -> None:
        """Tell the listener that the socket was closed; the code stands in place of a status."""
        entry = self._entry(CLOSE, b"", wire.encode({"reason": reason}), "ok", code)
        self._tell(entry)

    def follow(self) -> None:
        """A client's frame is followed: turns that end meanwhile are written down behind it."""
        self._ended = []

    def frame(self, taken: Taken, answer: bytes) -> None:
        """Write down a client's frame, and the error frame that answered it; empty for none."""
        self._frame(taken, answer)
        ended, self._ended = self._ended, None
        for execution in ended or ():
            self._turn(execution)

    def ended(self, execution: Execution) -> None:
        """Write down the end of a turn, behind the frame that is followed just then."""
        if self._ended is None:
            self._turn(execution)
        else:
            self._ended.append(execution)

    def _frame(self, taken: Taken, answer: bytes) -> None:
        outcome: Outcome = "client_error" if answer else "ok"
        if taken.fault is not None and taken.fault.kind != "delay":
            outcome = "fault"
        entry = self._entry(taken.operation, taken.data, answer, outcome, _REFUSED if answer else _FOLLOWED)
        told = entry._replace(
            session_id=taken.session_id,
            evidence="" if taken.fault else taken.evidence,
            findings=codes(taken.unread),
            unread=tuple(f"{one.code} {one.message}" for one in taken.unread),
        )
        self._add(_struck(told, taken.fault), perf_counter() - taken.began)

    def _turn(self, execution: Execution) -> None:
        """Write down the end of a turn, with the message that it began with."""
        said = wire.encode({"type": "user_message", "session_id": execution.session_id, "content": execution.content})
        scripts, went = execution.outcome.answered_by, _WENT[execution.outcome.status]
        outcome: Outcome = "default_answer" if went == "ok" and MARKER in scripts else went
        entry = self._entry(RESULT, said, wire.encode(payloads.result_frame(execution)), outcome, _FOLLOWED)
        duration = execution.completed_at - execution.started_at
        told = entry._replace(session_id=execution.session_id, scripts=scripts, duration=duration)
        self._add(told, duration)

    def _entry(self, operation: str | None, body: bytes, response: bytes, outcome: Outcome, status: int) -> Entry:
        return Entry(
            id="", at=self._namespace.clock.now(), operation=operation, method=_METHOD,
            path=self._path, query="", headers=b"", body=body, status=status, response=response, duration=0.0,
            outcome=outcome, session_id=None, scripts=(), evidence="", findings=(), delivered=True,
        )  # fmt: skip

    def _add(self, entry: Entry, seconds: float = 0.0) -> None:
        entry = entry._replace(id=self._namespace.journal.next_id())
        self._namespace.journal.add(entry)
        self._emulator.touch(self._namespace)
        self._tell(entry, seconds)

    def _tell(self, entry: Entry, seconds: float = 0.0) -> None:
        if self._emulator.listener is not None:
            self._emulator.listener(self._namespace.name, entry, seconds)


def _struck(entry: Entry, fault: Fault | None) -> Entry:
    """The entry with the fault that struck what it is about, if one did."""
    return entry if fault is None else entry._replace(fault=fault.label)
