"""What a frame says and nobody reads: unknown fields, events that there are not, inputs that no variable is named after.

It is told and passes, as over REST; a strict socket refuses it. This module is where it is found.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from atthene_emulator.configuration.document import brief
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.limits import UNREAD
from atthene_emulator.web.socket.events import BY_TYPE
from atthene_emulator.web.socket.frames import Frame
from atthene_emulator.web.socket.visit import EVERYTHING
from atthene_emulator.web.unread import undeclared, unread_in_frame
from atthene_emulator.wording import did_you_mean

_SHOWN = 60  # characters of a name


def unread(row: Frame, frame: Mapping[str, Any], variables: Collection[str]) -> tuple[Finding, ...]:
    """What nobody reads of a frame.

    Args:
        row: of its type.
        frame: as it was sent; it fits its schema.
        variables: of the session's configuration.
    """
    types = islice(_of_types(frame.get("event_types", ())), UNREAD.most)
    inputs = undeclared(frame.get("inputs") or (), variables)
    return (*unread_in_frame(row.body, frame), *types, *inputs)[: UNREAD.most]


def _of_types(types: Collection[str]) -> Iterator[Finding]:
    for index, name in enumerate(types):
        if name not in BY_TYPE and name != EVERYTHING:
            near = did_you_mean(name[:_SHOWN], tuple(BY_TYPE), "; none of that type is sent.")
            yield Finding(
                "R101", ("event_types", index), f"{brief(name, _SHOWN)} is no documented event{near}", "warning"
            )
