"""Handlers of the control plane that are about the service: whether it runs, and what it imitates."""

from atthene_emulator import __version__
from atthene_emulator.addresses import API
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.settings import CONTRACTS, Contract
from atthene_emulator.web.control.road import ControlCall, ControlReply
from atthene_emulator.web.operations import served
from atthene_emulator.wording import did_you_mean


async def health(call: ControlCall) -> ControlReply:
    """Alive, and as what."""
    shown = {
        "status": "ok",
        "version": __version__,
        "contract": call.emulator.default.contract,
        "uptime_seconds": int(call.emulator.uptime()),
        "namespaces": len(call.emulator.namespaces),
        "rulings": call.emulator.settings.rulings.chosen,
    }
    return ControlReply(200, shown)


async def ready(call: ControlCall) -> ControlReply:
    """200 once the seeds are loaded, 503 before."""
    if not call.emulator.ready:
        raise EmulatorRefusal(503, "The seeds are being loaded; ask again")
    return ControlReply(200, {"status": "ready"})


async def operations(call: ControlCall) -> ControlReply:
    """The rows of the imitated API."""
    rulings = call.emulator.settings.rulings
    shown = [
        {
            "name": row.name,
            "method": row.method,
            "path": API + row.path,
            "summary": row.summary,
            "status": rulings.success(row.status),
            "evidence": {"level": row.evidence.level, "source": row.evidence.source},
            "status_evidence": {"level": row.status_evidence.level, "source": row.status_evidence.source},
            "errors": sorted({rulings[error.rule] if error.rule else error.status for error in row.errors}),
        }
        for row in served(rulings)
    ]
    return ControlReply(200, shown)


async def evidence(call: ControlCall) -> ControlReply:
    """The evidence ledger."""
    from atthene_emulator.web.ledger import ledger, shown_ledger  # noqa: PLC0415  # made on request; the start is quicker without

    contract = _contract(call)
    return ControlReply(200, shown_ledger(contract, ledger(contract)))


async def openapi_document(call: ControlCall) -> ControlReply:
    """OpenAPI 3.1 of the imitated API."""
    from atthene_emulator.web.openapi import openapi  # noqa: PLC0415  # the same

    return ControlReply(200, openapi(_contract(call), call.emulator.settings.rulings))


def _contract(call: ControlCall) -> Contract:
    """The contract that the query names, else the namespace's."""
    wanted = call.query.get("contract", call.namespace.contract)
    for contract in CONTRACTS:
        if wanted == contract:
            return contract
    near = did_you_mean(wanted[:60], CONTRACTS, f"; there are {', '.join(CONTRACTS)}.")
    raise EmulatorRefusal(400, f"There is no contract {wanted[:60]}{near}")
