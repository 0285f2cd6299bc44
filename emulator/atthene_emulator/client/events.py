"""What happens, as it happens. This module is that part of the client."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atthene_emulator.client.connection import ControlPlane, NamespaceControl
from atthene_emulator.client.reading import Json
from atthene_emulator.errors import EmulatorUnreachable

if TYPE_CHECKING:
    from atthene_emulator.client.transport import Connection

_QUIET = 60.0  # seconds; the feed of events says something every 15


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in the namespace that `data` names.

    Attributes:
        id: counts up.
        kind: request (`data` is an entry of the journal), control, session or gap; of all namespaces also namespace, which is
            created or deleted, as `change` in `data` says.
        data: what it is about.
    """

    id: int
    kind: str
    data: Json


class EventStream(Iterator[Event]):
    """What happens, one event after another, until the namespace ends or the stream is closed."""

    def __init__(self, control: ControlPlane, connection: "Connection") -> None:
        self._control = control
        self._connection = connection
        self._closed = False
        self._events = _events(connection.body())

    def __next__(self) -> Event:
        try:
            with self._control.reached(_QUIET):
                return next(self._events)
        except EmulatorUnreachable:
            if self._closed:
                raise StopIteration from None
            raise

    def close(self) -> None:
        """End it; whoever waits for the next event is told that there is none."""
        self._closed = True
        self._connection.close()


class Events(NamespaceControl):
    """Following what happens in a namespace."""

    def events(self, after: int | None = None, *, everywhere: bool = False) -> EventStream:
        """What happens from now on, or since the event of that id; without end.

        Args:
            after: id of an event of an earlier stream of this kind.
            everywhere: in all namespaces, those included that are made later. What happens while nobody follows is not kept.
        """
        query: Json = {"namespaces": "all"} if everywhere else {}
        if after is not None:
            query["last_event_id"] = after
        return EventStream(self._control, self._control.follow("/events", self.namespace, query, _QUIET))


def _events(chunks: Iterator[bytes]) -> Iterator[Event]:
    """The events in the lines of a stream."""
    kind, number, rest = "", 0, b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b": ")
            if name == b"event":
                kind = value.decode()
            elif name == b"id":
                number = int(value)
            elif name == b"data":
                yield Event(number, kind, json.loads(value))
