"""How late answers are. This module is the latency of one namespace (D109)."""

from collections.abc import Callable, Mapping
from typing import Any

from atthene_emulator.domain.fault import Range
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed


def read_latency(entry: Mapping[str, Any]) -> Range:
    """Read an entry that fits the schema.

    Raises:
        ValueError: a range ends before it begins.
    """
    ms = entry["ms"]
    if not isinstance(ms, Mapping):
        return Range(int(ms), int(ms))
    if ms["to"] < ms["from"]:
        raise ValueError(f"from is {ms['from']}, more than to; exchange them.")
    return Range(int(ms["from"]), int(ms["to"]))


def written_latency(latency: Range) -> Json:
    """An entry that is read as this latency."""
    least, most = latency
    return {"ms": most if least == most else {"from": least, "to": most}}


class Latency(SavedPart):
    """Makes answers late, each by a delay of its own: equal requests on an equal seed have equal ones.

    Args:
        chance: a number from 0 to 1 for a kind and the number of the answer.

    Attributes:
        range: of which the delays are; None for no delay.
    """

    scope = "latency"
    tables = ("latency",)

    def __init__(self, chance: Callable[[str, int], float]) -> None:
        self._chance = chance
        self.set(None)

    def set(self, latency: Range | None) -> None:
        """Make answers late by this from now on, or no longer."""
        self.range = latency
        self._answers = 0

    def next_delay(self) -> float:
        """How many seconds the next answer is late."""
        self._answers += 1
        return 0.0 if self.range is None else self.range.at(self._chance("latency", self._answers)) / 1000

    def reset(self, seed: Seed) -> None:
        """Be as late as the seed says."""
        self.set(seed.latency)

    def save(self) -> Json:
        """The latency, and how many answers it has made late, so that those that follow are as late as they would have been."""
        return {"latency": self.range and {**written_latency(self.range), "answers": self._answers}}

    def load(self, saved: Saved) -> None:
        """Go on from what was saved."""
        entry = saved.document.get("latency")
        self.set(read_latency(entry) if entry else None)
        self._answers = int(entry["answers"]) if entry else 0
