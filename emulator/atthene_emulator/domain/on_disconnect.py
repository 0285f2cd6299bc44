"""What becomes of an execution over REST whose client leaves. This module is that setting of one namespace (D50, D123)."""

from typing import TYPE_CHECKING

from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed
from atthene_emulator.execution.scripts import DisconnectRule

if TYPE_CHECKING:
    from atthene_emulator.domain.run import Run


class OnDisconnect(SavedPart):
    """Says whether an execution goes on.

    Attributes:
        rule: of executions whose script says nothing; it counts when a client leaves.
    """

    scope = "on_disconnect"
    tables = ("on_disconnect",)

    def __init__(self) -> None:
        self.rule: DisconnectRule = "abandon"

    def lets_finish(self, run: "Run") -> bool:
        """Whether an execution whose client leaves now goes on to its end."""
        return (run.start.walk.record.on_disconnect or self.rule) == "finish"

    def reset(self, seed: Seed) -> None:
        """Do as the seed says."""
        self.rule = seed.on_disconnect

    def save(self) -> Json:
        """The rule."""
        return {"on_disconnect": self.rule}

    def load(self, saved: Saved) -> None:
        """Go on from what was saved."""
        self.rule = saved.document.get("on_disconnect", "abandon")
