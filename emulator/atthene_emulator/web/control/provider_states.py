"""Handlers of the control plane: the states that a Pact names."""

from typing import Any

from atthene_emulator.domain import provider_states
from atthene_emulator.web.exchange import Exchange


def go_to_state(exchange: Exchange) -> Any:
    """Set up a state that a Pact names, or go back to the seed; the answer is what Pact may fill into its request."""
    body = exchange.body
    text, action = body.get("state") or "", body.get("action", "setup")
    if action == "teardown":
        provider_states.tear_down(exchange.namespace)
        return {"state": text, "action": action}
    values = provider_states.set_up(exchange.namespace, text, body.get("params") or {}, exchange.emulator.library)
    return {"state": text, "action": action, **values}
