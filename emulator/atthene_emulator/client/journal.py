"""What came, and what was done with it: journal, events, executions, coverage. This module is that part of the client."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Unpack

from atthene_emulator.client.connection import Asking, quoted
from atthene_emulator.client.language import Filters
from atthene_emulator.client.records import Event, Execution, JournalEntry, Json, read_entries, read_execution

if TYPE_CHECKING:
    import requests

_QUIET = 60.0  # seconds; the feed of events says something every 15


class Watching(Asking):
    """Reading and awaiting what happens in a namespace."""

    def journal(self, *, limit: int = 1000, offset: int = 0, **filters: Unpack[Filters]) -> tuple[JournalEntry, ...]:
        """What was asked and answered, newest last."""
        return read_entries(self._ask("GET", "/journal", query={"limit": limit, "offset": offset, **filters}))

    def wait(
        self, count: int = 1, timeout: float = 5.0, after: str | None = None, **filters: Unpack[Filters]
    ) -> tuple[JournalEntry, ...]:
        """Return when `count` requests have come that match; those that the journal has already count.

        Args:
            count: how many.
            timeout: real seconds.
            after: id of an entry; only later ones count.
            filters: as for `journal`.

        Raises:
            EmulatorRefused: 408, they have not come; the message says what came instead.
        """
        body: Json = {"match": filters, "count": count, "timeout_seconds": timeout}
        if after is not None:
            body["after"] = after
        return read_entries(self._control.ask("POST", "/journal/wait", self.namespace, body=body, patience=timeout))

    def clear_journal(self) -> None:
        """Forget what was asked."""
        self._ask("DELETE", "/journal")

    def events(self, after: int | None = None) -> Iterator[Event]:
        """What happens from now on, or since the event of that id; without end."""
        query = {} if after is None else {"last_event_id": after}
        answer = self._control.send("GET", "/events", self.namespace, query=query, patience=_QUIET, stream=True)
        return read_events(answer)

    def executions(self, session_id: str) -> tuple[Execution, ...]:
        """What happened in a session, oldest first; the newest 200 of the namespace are kept."""
        shown = self._ask("GET", f"/sessions/{quoted(session_id)}/executions")
        return tuple(read_execution(one) for one in shown["executions"])

    def coverage(self) -> list[Json]:
        """Agents, edges, arms and outputs with how often they were exercised, by configuration."""
        shown: list[Json] = self._ask("GET", "/coverage")
        return shown


def read_events(answer: "requests.Response") -> Iterator[Event]:
    """The events of a stream, until it ends or the iterator is closed."""
    with answer:
        kind, number = "", 0
        for line in answer.iter_lines():
            name, _, value = line.partition(b": ")
            if name == b"event":
                kind = value.decode()
            elif name == b"id":
                number = int(value)
            elif name == b"data":
                yield Event(number, kind, json.loads(value))
