"""What happens, as it happens. This module is that part of the client."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.reading import Json

if TYPE_CHECKING:
    import requests

_QUIET = 60.0  # seconds; the feed of events says something every 15


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: `kind` is request (`data` is an entry of the journal), control, session or gap."""

    id: int
    kind: str
    data: Json


class Events(NamespaceControl):
    """Following what happens in a namespace."""

    def events(self, after: int | None = None) -> Iterator[Event]:
        """What happens from now on, or since the event of that id; without end."""
        query = {} if after is None else {"last_event_id": after}
        answer = self._control.send("GET", "/events", self.namespace, query=query, extra_seconds=_QUIET, stream=True)
        return _events(answer)


def _events(answer: "requests.Response") -> Iterator[Event]:
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
