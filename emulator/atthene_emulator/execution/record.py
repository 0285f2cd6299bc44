"""What is written down of an execution while its agents take their turns. This module is that record."""

from collections.abc import Generator

from atthene_emulator.errors import NoRoom
from atthene_emulator.execution.happenings import ExecutionStarted, Happening
from atthene_emulator.execution.scripts import DisconnectRule
from atthene_emulator.execution.situation import Situation
from atthene_emulator.execution.turn import AgentTurn
from atthene_emulator.execution.waits import Answer, Wait
from atthene_emulator.limits import EXECUTION


class Record:
    """What agents have done, and what users see of it.

    Attributes:
        at: the time, in unix seconds: that of the last wait, or of the beginning; nothing else takes time.
        taken: the turns in their order, a failed one at the end.
        happened: what happened, in the order of time; it has begun.
        notes: what is worth knowing besides, each sentence once.
        positions: those of the situation, moved on.
        allowed: tools that are called without asking, sorted.
        on_disconnect: what the step of the current turn says of a client that leaves, if it says anything.
    """

    __slots__ = (
        "_answers", "_bytes", "_now", "allowed", "at", "happened", "notes", "on_disconnect", "positions", "taken",
    )  # fmt: skip

    def __init__(self, situation: Situation) -> None:
        self.taken: list[AgentTurn] = []
        self.notes: list[str] = []
        self.positions = dict(situation.positions) if situation.positions else {}
        self.allowed = situation.allowed
        self.on_disconnect: DisconnectRule | None = None
        self._now = situation.now
        self.at = situation.now()
        self.happened: list[Happening] = [ExecutionStarted(self.at)]
        self._answers: dict[str, int] = {}
        self._bytes = 0

    def note(self, sentence: str) -> None:
        """Note a sentence, unless it was noted already."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def wait(self, wait: Wait) -> Generator[Wait, Answer, Answer]:
        """Wait for something; it is later then."""
        try:
            return (yield wait)
        finally:
            self.at = self._now()

    def allow(self, tool: str) -> None:
        """Have a tool called without asking."""
        self.allowed = tuple(sorted({*self.allowed, tool}))

    def hold(self, text: str) -> None:
        """Add the bytes of a text to those that the execution holds.

        Raises:
            NoRoom: they are more than one execution may hold.
        """
        self._bytes += text.__sizeof__()
        if self._bytes > EXECUTION.most:
            raise NoRoom(
                f"Prompts and answers of this execution have more than {EXECUTION.shown}; send a shorter message, or let "
                "fewer agents repeat it"
            )

    def answers(self, agent: str) -> int:
        """How often an agent has answered."""
        return self._answers.get(agent, 0)

    def answered(self, turn: AgentTurn) -> None:
        """Keep a turn that has come to its end."""
        self.taken.append(turn)
        self._answers[turn.agent] = self._answers.get(turn.agent, 0) + 1
