"""What executions knew of their sessions' messages, cut into pieces, so that each message is written once. This module is those pieces.

The history of an execution is a stretch at the end of its session's messages, and that of the next one is mostly the same with a few
more. A piece is what it has gained; so all that is written with an execution is its piece, and how long its history is. A piece
stays for as long as the history of an execution reaches into it, whether or not its own execution or its session is still there.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from atthene_emulator.domain.record_json import Readers
from atthene_emulator.domain.rows import Row, as_bytes
from atthene_emulator.domain.transcript import Message, Transcript

if TYPE_CHECKING:
    from atthene_emulator.domain.execution import Execution

EXECUTIONS, HISTORIES = "executions", "histories"  # tables


def history_of(execution: "Execution") -> Any:
    """The transcript that its agents had for their history; None where no agent had a turn."""
    turns = execution.outcome.turns
    return turns[0].prompt.history if turns else None


class Piece(NamedTuple):
    """What the history of an execution has beyond that of the one before in its session.

    Attributes:
        place: of the execution.
        messages: packed, oldest first.
        end: how many of the session's messages there were with it, since the first that is known of.
    """

    place: int
    session_id: str
    messages: Sequence[tuple[Any, ...]]
    end: int

    @property
    def key(self) -> str:
        """Of its row."""
        return str(self.place)

    @property
    def row(self) -> Row:
        """Its row."""
        return Row(HISTORIES, self.key, self.place, as_bytes((self.session_id, self.messages)))


class _Written(NamedTuple):
    session_id: str
    messages: tuple[Message, ...]


class _Known:
    """What the executions of a session knew.

    Attributes:
        newest: the history of the newest one.
        end: how many messages there were with it, since the first that is known of.
        starts: for each that is kept, how many of those had left its history.
        pieces: that they reach into.
    """

    __slots__ = ("end", "newest", "pieces", "starts")

    def __init__(self) -> None:
        self.newest = Transcript()
        self.end = 0
        self.starts: deque[int] = deque()
        self.pieces: deque[Piece] = deque()


class Histories:
    """The pieces of all executions that are kept; those of a session come, and leave, the oldest first."""

    def __init__(self) -> None:
        self._of_sessions: dict[str, _Known] = {}

    def __iter__(self) -> Iterator[Piece]:
        """Those of a session oldest first."""
        return (piece for known in self._of_sessions.values() for piece in known.pieces)

    def add(self, place: int, session_id: str, history: Transcript | None) -> Piece | None:
        """Know an execution, which has no history where no agent had a turn; its piece, unless it has gained nothing."""
        known = self._known(session_id)
        gained = () if history is None else history.beyond(known.newest)
        piece = self._append(known, Piece(place, session_id, gained, known.end + len(gained))) if gained else None
        self._end_with(known, history)
        return piece

    def _known(self, session_id: str) -> _Known:
        known = self._of_sessions.get(session_id)
        if known is None:
            known = self._of_sessions[session_id] = _Known()
        return known

    def _append(self, known: _Known, piece: Piece) -> Piece:
        known.pieces.append(piece)
        known.end = piece.end
        return piece

    def _end_with(self, known: _Known, history: Transcript | None) -> None:
        if history is None:
            known.starts.append(known.starts[-1] if known.starts else 0)
        else:
            known.newest = history
            known.starts.append(known.end - len(history))

    def drop(self, session_id: str) -> Sequence[Piece]:
        """Forget the oldest execution of a session; the pieces that nobody reaches into any longer."""
        known = self._of_sessions[session_id]
        known.starts.popleft()
        if not known.starts:
            del self._of_sessions[session_id]
            return known.pieces
        gone = []
        while known.pieces and known.pieces[0].end <= known.starts[0]:
            gone.append(known.pieces.popleft())
        return gone

    def take_up(self, row: Row) -> None:
        """Have a piece again, before the execution of its place and those after it.

        Raises:
            ValueError, TypeError, KeyError: the row is damaged.
        """
        written: _Written = _READERS.of(_Written)(row.read())
        if row.key != str(row.place):
            raise ValueError(f"the messages at place {row.place} have another key")
        known = self._known(written.session_id)
        longer = known.newest.extended(written.messages)
        gained = longer.beyond(known.newest)
        self._append(known, Piece(row.place, written.session_id, gained, known.end + len(gained)))
        known.newest = longer

    def check(self) -> None:
        """Refuse pieces of sessions without executions.

        Raises:
            ValueError: there are some.
        """
        for session_id, known in self._of_sessions.items():
            if not known.starts:
                raise ValueError(f"no execution of the session {session_id} is there, but messages are")

    def history(self, session_id: str, length: int | None) -> Transcript:
        """That of the next execution of a session, as it is taken up.

        Args:
            session_id: of the session.
            length: in messages; None where no agent had a turn.

        Raises:
            ValueError: there are not so many.
        """
        known = self._known(session_id)
        history = known.newest
        if length is not None and length != len(history):
            history = history.extended((), length)
            if len(history) != length:
                raise ValueError(f"messages of the session {session_id} are missing")
        self._end_with(known, None if length is None else history)
        return history


_READERS = Readers()
