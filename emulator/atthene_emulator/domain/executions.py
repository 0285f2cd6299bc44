"""Executions that are kept to be looked at: the newest of a namespace. This module is that part."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.histories import EXECUTIONS as TABLE
from atthene_emulator.domain.histories import HISTORIES, Histories, Piece, history_of
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.rows import Emptied, Kept, Notes, Row, RowChange
from atthene_emulator.domain.seed import Seed
from atthene_emulator.limits import EXECUTION_BYTES, EXECUTIONS

if TYPE_CHECKING:
    from atthene_emulator.domain.execution import Execution
    from atthene_emulator.domain.stream import Events

_HAPPENING = 120  # bytes, without its texts


class Executions(SavedPart):
    """The newest executions of all sessions, oldest first, bounded by their number and by bytes.

    The executions of a session share its messages: what came before is weighed with the oldest that is kept.

    Attributes:
        weight: how many bytes they take.
        dropped: how many had to leave for others.
    """

    tables = (TABLE, HISTORIES)

    def __init__(self, most: int = EXECUTIONS.most, max_bytes: int = EXECUTION_BYTES.most) -> None:
        self._most = most
        self._max_bytes = max_bytes
        self._notes: Notes[tuple[int, Events]] = Notes()
        self._pieces = Notes[Piece]()
        self.clear()

    def __iter__(self) -> "Iterator[Execution]":
        return (events.result for events, _ in self._kept)

    def add(self, events: "Events") -> None:
        """Keep one that has ended, with its events; the oldest leave when there is no room for both."""
        self._append(events)
        if self._histories is not None:
            place = self.dropped + len(self._kept) - 1
            piece = _follow(self._histories, place, events.result)
            self._notes.put(events.execution_id, (place, events))
            if piece is not None:
                self._pieces.put(piece.key, piece)
        while len(self._kept) > self._most or (self.weight > self._max_bytes and len(self._kept) > 1):
            self._drop_oldest()

    def _append(self, events: "Events") -> None:
        execution: Execution = events.result
        own = execution.weight + _HAPPENING * len(events.happened)
        self._kept.append((events, own))
        self.weight += own
        of_session = self._of_sessions.get(events.session_id)
        if of_session is None:
            of_session = self._of_sessions[events.session_id] = deque()
            self.weight += execution.history
        of_session.append(events)

    def _drop_oldest(self) -> None:
        events, own = self._kept.popleft()
        execution: Execution = events.result
        of_session = self._of_sessions[events.session_id]
        of_session.popleft()
        self.weight -= own + execution.history
        if of_session:
            self.weight += of_session[0].result.history
        else:
            del self._of_sessions[events.session_id]
        self.dropped += 1
        if self._histories is not None:
            self._notes.drop(events.execution_id)
            for piece in self._histories.drop(events.session_id):
                self._pieces.drop(piece.key)

    def of_session(self, session_id: str) -> "Sequence[Execution]":
        """Those of a session, oldest first."""
        return tuple(events.result for events in self.events_of(session_id))

    def events_of(self, session_id: str) -> "Sequence[Events]":
        """The same with their events."""
        return tuple(self._of_sessions.get(session_id, ()))

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed has executed nothing
        """Forget all."""
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._kept: deque[tuple[Events, int]] = deque()
        self._of_sessions: dict[str, deque[Events]] = {}
        self.weight = self.dropped = 0
        self._histories = Histories() if self._notes.wanted else None
        self._notes.empty()
        self._pieces.empty()

    def save(self) -> Json:
        """Nothing: what is kept to be looked at is not carried elsewhere."""
        return {}

    def load(self, saved: Saved) -> None:  # noqa: ARG002  # none are saved
        """Forget all."""
        self.clear()

    def copy(self) -> "tuple[Events, ...]":
        """All of them."""
        return tuple(events for events, _ in self._kept)

    def restore(self, copied: "tuple[Events, ...]") -> None:
        """Have those that were copied."""
        self.clear()
        for events in copied:
            self.add(events)

    # Rows: an execution's place is how many were kept before it, so that the oldest one's tells how many have left.

    def note_changes(self) -> None:
        """As `Part`."""
        self._histories = self._histories or self._all_histories()
        for notes in (self._notes, self._pieces):
            notes.wanted = True
            notes.take()

    def _all_histories(self) -> Histories:
        histories = Histories()
        for place, (events, _) in enumerate(self._kept, self.dropped):
            _follow(histories, place, events.result)
        return histories

    def rows(self) -> Iterator[Row | Configuration]:
        """One for each execution, and one for each piece of their histories."""
        from atthene_emulator.domain.execution_rows import execution_row  # noqa: PLC0415  # only where executions are kept

        for place, (events, _) in enumerate(self._kept, self.dropped):
            yield events.result.configuration
            yield execution_row(place, events)
        for piece in self._histories or self._all_histories():
            yield piece.row

    def changes(self) -> Iterator[RowChange]:
        """The same of what has come, and those that have left."""
        from atthene_emulator.domain.execution_rows import execution_row  # noqa: PLC0415  # the same

        emptied, changed = self._notes.take()
        if emptied:
            yield from map(Emptied, self.tables)
        for key, kept in changed.items():
            if kept is None:
                yield Row(TABLE, key, 0, None)
            else:
                yield kept[1].result.configuration
                yield execution_row(*kept)
        for key, piece in self._pieces.take()[1].items():
            yield Row(HISTORIES, key, 0, None) if piece is None else piece.row

    def configurations(self) -> Iterable[Configuration]:
        """Those that were executed."""
        return (execution.configuration for execution in self)

    def take_up(self, kept: Kept) -> None:
        """As `Part`."""
        from atthene_emulator.domain.execution_rows import read_execution  # noqa: PLC0415  # the same

        histories, pieces = Histories(), deque(kept.rows.get(HISTORIES, ()))
        found: list[Events] = []
        rows = kept.rows.get(TABLE, ())
        for place, row in enumerate(rows, rows[0].place if rows else 0):
            if row.place != place or place < 0:
                raise ValueError(f"there is no execution at place {place}")
            while pieces and pieces[0].place <= place:
                histories.take_up(pieces.popleft())
            found.append(read_execution(row, kept.configurations, histories))
        histories.check()
        if pieces:
            raise ValueError("there are messages of no execution")
        self.clear()
        for events in found:
            self._append(events)
        self.dropped = rows[0].place if rows else 0
        self._histories = histories


def _follow(histories: Histories, place: int, execution: "Execution") -> Piece | None:
    return histories.add(place, execution.session_id, history_of(execution))
