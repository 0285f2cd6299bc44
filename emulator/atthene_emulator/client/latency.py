"""How late answers are. This module is that part of the client."""

from dataclasses import dataclass

from atthene_emulator.client.connection import NamespaceControl


@dataclass(frozen=True, slots=True)
class Latency:
    """Each answer is late by `least` to `most` whole milliseconds; the two are equal where there is nothing to choose."""

    least: int
    most: int


class Latencies(NamespaceControl):
    """Making answers late."""

    def latency(self, ms: int | tuple[int, int] | None = None) -> Latency | None:
        """How late answers are, None for not at all; with `ms`, first make them so late.

        Args:
            ms: milliseconds in the namespace's time, or the least and the most, of which the seed chooses for each answer.
        """
        if ms is None:
            shown = self._ask("GET", "/latency")["ms"]
        else:
            wanted = {"from": ms[0], "to": ms[1]} if isinstance(ms, tuple) else ms
            shown = self._ask("PUT", "/latency", {"ms": wanted})["ms"]
        if shown is None:
            return None
        return Latency(shown, shown) if isinstance(shown, int) else Latency(shown["from"], shown["to"])

    def drop_latency(self) -> None:
        """Make answers late no longer."""
        self._ask("DELETE", "/latency")
