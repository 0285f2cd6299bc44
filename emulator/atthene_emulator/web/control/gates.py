"""Handlers of the control plane: gates."""

from typing import Any

from atthene_emulator.web.exchange import Exchange


def list_gates(exchange: Exchange) -> Any:
    """Gates that are open or waited at."""
    gates = exchange.namespace.gates.list()
    return [{"name": name, "open": is_open, "waiting": n} for name, (is_open, n) in gates.items()]


def open_gate(exchange: Exchange) -> Any:
    """Let executions through."""
    name, gates = exchange.path["name"], exchange.namespace.gates
    waiting = {gate: count for gate, (_, count) in gates.list().items() if count}
    gates.open(name)
    return {"name": name, "open": True, "released": waiting.pop(name, 0), "still_waiting": waiting}


def close_gate(exchange: Exchange) -> Any:
    """Hold executions from now on."""
    exchange.namespace.gates.close(exchange.path["name"])
    return {"name": exchange.path["name"], "open": False}
