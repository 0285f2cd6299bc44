"""Handlers of the control plane that are about the service: whether it runs, and what it imitates."""

from typing import Any

from atthene_emulator import __version__
from atthene_emulator.addresses import API
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import Misuse
from atthene_emulator.web.control.parameters import APIS
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.wording import did_you_mean, either


def get_health(exchange: Exchange) -> Any:
    """Alive, and as what; that alone to whoever may not use the control plane, and where its state is to who may use all of it."""
    access, settings = exchange.caller.access, exchange.emulator.settings
    if access == "anybody":
        return {"status": "ok"}
    return {
        "status": "ok",
        "version": __version__,
        "contract": exchange.emulator.default.contract.name,
        "uptime_seconds": int(exchange.emulator.uptime()),
        "namespaces": exchange.emulator.count,
        "rulings": settings.rulings.chosen,
        **({"store": settings.shown_store} if access == "emulator" else {}),
    }


async def get_ready(exchange: Exchange) -> Any:
    """200: the seeds are loaded before anything is answered; but for where the store that keeps the state does not work."""
    if exchange.emulator.watcher is not None:
        await exchange.emulator.watcher.check()
    return {"status": "ready"}


def list_operations(exchange: Exchange) -> Any:
    """The rows of the imitated API."""
    rulings = exchange.emulator.settings.rulings
    return [
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
        for row in OPERATIONS
    ]


def get_evidence(exchange: Exchange) -> Any:
    """The evidence ledger."""
    from atthene_emulator.web.ledger import ledger, shown_ledger  # noqa: PLC0415  # made on request; the start is quicker without

    contract = _contract(exchange)
    return shown_ledger(contract, ledger(contract))


def get_openapi(exchange: Exchange, control: tuple[Operation, ...]) -> Any:
    """OpenAPI 3.1 of the imitated API, or of the control plane, whose rows are given."""
    from atthene_emulator.web.openapi import control_openapi, openapi, served_at  # noqa: PLC0415  # the same

    if _api(exchange) == "service":
        return served_at(exchange.root, openapi(_contract(exchange), exchange.emulator.settings.rulings))
    if "contract" in exchange.query:
        raise Misuse("The control plane has no contract; leave contract out, or api=control")
    return served_at(exchange.root, control_openapi(control))


def get_asyncapi(exchange: Exchange) -> Any:
    """AsyncAPI 3.0 of the socket."""
    from atthene_emulator.web.asyncapi import asyncapi, served_at  # noqa: PLC0415  # the same

    return served_at(exchange.root, asyncapi())


def _api(exchange: Exchange) -> str:
    """Which of the two is asked about: the imitated one, unless the query says otherwise."""
    wanted: str = exchange.query.get("api", APIS[0])
    if wanted not in APIS:
        raise Misuse(f"There is no API {wanted[:60]}{did_you_mean(wanted[:60], APIS, f'; there are {either(APIS)}.')}")
    return wanted


def _contract(exchange: Exchange) -> ContractName:
    """The contract that the query names, else the namespace's."""
    wanted = exchange.query.get("contract", exchange.namespace.contract.name)
    for contract in CONTRACTS:
        if wanted == contract:
            return contract
    near = did_you_mean(wanted[:60], tuple(CONTRACTS), f"; there are {', '.join(CONTRACTS)}.")
    raise Misuse(f"There is no contract {wanted[:60]}{near}")
