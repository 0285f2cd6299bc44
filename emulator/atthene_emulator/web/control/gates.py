"""Handlers of the control plane: gates."""

from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.answers import answer
from atthene_emulator.domain.gates import Gates
from atthene_emulator.errors import Misuse
from atthene_emulator.execution.scripts import read_step
from atthene_emulator.web.exchange import Exchange

_NAME = Schema("definitions/path-part")


def list_gates(exchange: Exchange) -> Any:
    """Gates that are open or waited at."""
    return [
        {
            "name": name,
            "open": gate.is_open,
            "waiting": len(gate.waiting),
            "sessions": [run.start.session.id for run in gate.waiting],
        }
        for name, gate in exchange.namespace.gates.list().items()
    ]


def open_gate(exchange: Exchange) -> Any:
    """Let executions through."""
    name, gates = _named(exchange), exchange.namespace.gates
    waiting = _waiting(gates)
    gates.open(name)
    return {"name": name, "open": True, "released": waiting.pop(name, 0), "still_waiting": waiting}


def close_gate(exchange: Exchange) -> Any:
    """Hold executions from now on."""
    name = _named(exchange)
    exchange.namespace.gates.close(name)
    return {"name": name, "open": False}


def answer_by_hand(exchange: Exchange) -> Any:
    """Let the execution that has waited longest go on with a step in place of its script's."""
    name, namespace = _named(exchange), exchange.namespace
    start = answer(namespace, name, read_step(exchange.body)).start
    answered = {"session_id": start.session.id, "turn": start.situation.turn}
    return {"name": name, "answered": answered, "still_waiting": _waiting(namespace.gates)}


def _named(exchange: Exchange) -> str:
    """The gate that the path names.

    Raises:
        Misuse: no script can name one so.
    """
    name = exchange.path["name"]
    if _NAME.check(name):
        raise Misuse(f"{name[:60]!r} is no name of a gate: one line, 200 characters at most, no spaces at its ends")
    return name


def _waiting(gates: Gates) -> dict[str, int]:
    """How many executions wait, by gate."""
    return {name: len(gate.waiting) for name, gate in gates.list().items() if gate.waiting}
