"""Handlers of the control plane: namespaces."""

from typing import Any

from atthene_emulator.addresses import API
from atthene_emulator.configuration.document import Document
from atthene_emulator.configuration.findings import errors
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.seed import Seed
from atthene_emulator.errors import Misuse, Unknown
from atthene_emulator.seeds.reader import examine_seed
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.wording import did_you_mean


def list_namespaces(exchange: Exchange) -> Any:
    """Every namespace with a key of it."""
    return [_namespace(one, exchange) for one in exchange.emulator.namespaces]


def _namespace(one: Namespace, exchange: Exchange) -> dict[str, Any]:
    return {"name": one.name, "api_key": one.working_key or None, "base_url": f"http://{exchange.host}{API}"}


def create_namespace(exchange: Exchange) -> Any:
    """A new namespace, from a seed or as a fork of another."""
    name, source, given = exchange.body.get("name"), exchange.body.get("from"), exchange.body.get("seed")
    if source is not None:
        made = exchange.emulator.fork(name, exchange.emulator.namespace(source), exchange.body.get("snapshot"))
    elif isinstance(given, dict):
        seed = _inline_seed(given)
        made = exchange.emulator.create(name, seed, seed.contract)
    else:
        made = exchange.emulator.create(name, None if given is None else _seed(exchange, given))
    return _namespace(made, exchange)


def _seed(exchange: Exchange, name: str) -> Seed:
    known = exchange.emulator.library.seeds
    if name not in known:
        near = did_you_mean(name, known, f"; there are {', '.join(known)}, or send a seed itself.")
        raise Unknown(f"There is no seed {name[:60]}{near}")
    return exchange.emulator.library.seed(name)


def _inline_seed(value: dict[str, Any]) -> Seed:
    seed, findings = examine_seed(Document(value, "", lambda _: {}))
    wrong = errors(findings)
    if wrong or seed is None:
        raise Misuse("The seed has mistakes", [finding.below("seed").problem() for finding in wrong])
    return seed


def delete_namespace(exchange: Exchange) -> Any:
    """Forget a namespace."""
    exchange.emulator.delete(exchange.path["name"])
