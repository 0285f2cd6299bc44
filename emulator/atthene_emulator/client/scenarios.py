"""What a namespace can be switched to: scenarios, and the states that a Pact names. This module is that part of the client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.reading import read


@dataclass(frozen=True, slots=True)
class Scenario:
    """What can be switched to: its `name`, its `description`, and whether it is `active`."""

    name: str
    description: str
    active: bool


class Scenarios(NamespaceControl):
    """Making a namespace what it should be."""

    def scenarios(self) -> tuple[Scenario, ...]:
        """Every scenario, those of the seed first."""
        return tuple(read(Scenario, one) for one in self._ask("GET", "/scenarios"))

    def use_scenario(self, name: str) -> Scenario:
        """Switch to a scenario: its scripts and its faults in place of those of the last one."""
        return read(Scenario, self._ask("POST", f"/scenarios/{quoted(name)}"))

    def provider_state(
        self, state: str, params: Mapping[str, Any] | None = None, *, action: str = "setup"
    ) -> Mapping[str, Any]:
        """Have what a Pact calls by this text, besides other states since the last request; `teardown` goes back to the seed.

        Returns:
            What Pact may fill into its request: ids of what was made, and the values of the seed.
        """
        answer = self._ask("POST", "/provider-states", {"state": state, "params": params, "action": action})
        return {name: value for name, value in answer.items() if name not in ("state", "action")}
