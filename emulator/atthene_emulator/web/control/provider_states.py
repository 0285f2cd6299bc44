"""Handlers of the control plane: the states that a Pact names."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain import provider_states
from atthene_emulator.errors import Misuse
from atthene_emulator.web.exchange import Exchange

_STATE = Schema("control/provider-state")


def go_to_state(exchange: Exchange) -> Any:
    """Set up a state that a Pact names, or go back to the seed; the answer is what Pact may fill into its request."""
    asked = _asked(exchange)
    text, action = asked.get("state") or "", asked.get("action", "setup")
    if action == "teardown":
        provider_states.tear_down(exchange.namespace)
        return {"state": text, "action": action}
    values = provider_states.set_up(exchange.namespace, text, asked.get("params") or {}, exchange.emulator.library)
    return {"state": text, "action": action, **values}


def _asked(exchange: Exchange) -> Mapping[str, Any]:
    """What is asked for, in the body or, as some verifiers do, in the query, where each parameter has a name of its own.

    Raises:
        Misuse: it is in both, or the query is wrong; or a body names states as verifiers did before there was `state`.
    """
    params = {name: value for name, value in exchange.query.items() if name != "namespace"}
    body: Mapping[str, Any] = exchange.body
    if not params:
        if body.get("states") and not body.get("state"):
            raise Misuse("The body has states, but no state; send each of them as state, in a request of its own")
        return body
    if body:
        raise Misuse(
            f"Send the state in the body or in the query, not in both; the query has {next(iter(params))[:60]}"
        )
    if "state" not in params:
        raise Misuse(f"The query has {next(iter(params))[:60]}, but no state; add state=, which is empty for none")
    named: dict[str, Any] = {name: params.pop(name) for name in ("state", "action") if name in params}
    findings = _STATE.check(named)
    if findings:
        raise Misuse("The query is not what this takes", [finding.problem() for finding in findings])
    return {**named, "params": params}
