"""How a namespace answers: scripts, faults, the rate limit. This module is that part of the client."""

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from atthene_emulator.client.connection import Asking, quoted
from atthene_emulator.client.language import FaultParts, ScriptParts, whole_fault, whole_script
from atthene_emulator.client.records import Fault, RateLimit, Script, record


class Behaviour(Asking):
    """Saying what agents answer, and what goes wrong."""

    def scripts(self) -> tuple[Script, ...]:
        """The scripts in the order in which they are tried."""
        return tuple(record(Script, one) for one in self._ask("GET", "/scripts"))

    def script(
        self,
        reply: str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]] | None = None,
        **parts: Unpack[ScriptParts],
    ) -> str:
        """Put a script in front of all others; its name.

        Args:
            reply: the answer; or a step (`{"reply": …, "delay_ms": …}`); or a list of either, one for each match, the
                last repeats; or a whole script (`{"when": …, "then": …}`). None leaves the reply out.
            parts: when it answers (`content`, `agent`, `turn`, …), what else it does in every step (`tool_calls`,
                `route`, `gate`, `error`, …), its `name`, and how many `times`.

        Raises:
            TypeError: there is no such part.
        """
        return self.add_scripts([whole_script(reply, parts)])[0]

    def add_scripts(self, scripts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """Put scripts, as a seed file has them, in front of all others; their names."""
        return tuple(one["name"] for one in self._ask("POST", "/scripts", scripts))

    def drop_scripts(self) -> None:
        """Forget the scripts that were added; those of the seed and of the scenario stay."""
        self._ask("DELETE", "/scripts")

    def faults(self) -> tuple[Fault, ...]:
        """The faults in the order in which they are tried."""
        return tuple(record(Fault, one, entry=one) for one in self._ask("GET", "/faults"))

    def fault(self, what: int | str | Mapping[str, Any] | None = None, **parts: Unpack[FaultParts]) -> Fault:
        """Put a fault in front of all others.

        Args:
            what: a status (429), a kind (`"drop"`), or a whole fault; None leaves it to the parts.
            parts: which requests it strikes (`operation`, `session`, `first`, `after`, …) and how (`retry_after`,
                `message`, `delay_ms`, …).
        """
        return self.add_faults([whole_fault(what, parts)])[0]

    def add_faults(self, faults: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
        """Put faults, as a seed file has them, in front of all others."""
        return tuple(record(Fault, one, entry=one) for one in self._ask("POST", "/faults", faults))

    def drop_faults(self) -> None:
        """Forget every fault; what hangs goes on."""
        self._ask("DELETE", "/faults")

    def drop_fault(self, fault_id: str) -> None:
        """Forget one fault; what hangs by it goes on."""
        self._ask("DELETE", f"/faults/{quoted(fault_id)}")

    def rate_limit(
        self, requests: int | None = None, *, per_seconds: float = 60.0, scope: str = "key"
    ) -> RateLimit | None:
        """The limit, None if there is none; with `requests`, first set it to so many `per_seconds`.

        Args:
            requests: how many may come in that time.
            per_seconds: in the namespace's time.
            scope: what is counted for itself, key or session.
        """
        if requests is None:
            shown = self._ask("GET", "/rate-limit")
        else:
            limit = {"requests": requests, "per_seconds": per_seconds, "scope": scope}
            shown = self._ask("PUT", "/rate-limit", limit)
        return None if shown["requests"] is None else record(RateLimit, shown)

    def drop_rate_limit(self) -> None:
        """Count no longer."""
        self._ask("DELETE", "/rate-limit")
