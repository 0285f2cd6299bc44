"""Handlers of the control plane: faults."""

from typing import Any

from atthene_emulator.domain.fault import Fault
from atthene_emulator.domain.faults import Tally
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.seeds.faults import read_faults
from atthene_emulator.web.exchange import Exchange


def list_faults(exchange: Exchange) -> Any:
    """The faults in the order in which they are tried, with what they counted."""
    return [_fault(*one) for one in exchange.namespace.faults.counted()]


def _fault(fault: Fault, tally: Tally) -> dict[str, Any]:
    entry = {"id": fault.id, "kind": fault.kind, "operation": fault.operation, **fault.entry}
    return {**redact_value(entry), "matched": tally.matched, "fired": tally.fired}


def add_faults(exchange: Exchange) -> Any:
    """Put a fault, a list of them, or what a seed has below `faults`, in front of all others."""
    whole = (
        exchange.body["faults"]
        if isinstance(exchange.body, dict) and exchange.body.keys() == {"faults"}
        else exchange.body
    )
    faults = exchange.namespace.faults
    read = read_faults(whole if isinstance(whole, list) else [whole], faults.next_number, [one.id for one in faults])
    return [_fault(one, Tally()) for one in faults.add(read)]


def drop_faults(exchange: Exchange) -> Any:
    """Forget every fault; what hangs goes on."""
    exchange.namespace.faults.drop_all()


def drop_fault(exchange: Exchange) -> Any:
    """Forget one fault; what hangs by it goes on."""
    exchange.namespace.faults.drop(exchange.path["id"])
