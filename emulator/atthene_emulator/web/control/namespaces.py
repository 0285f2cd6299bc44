"""Handlers of the control plane: namespaces."""

from typing import Any

from atthene_emulator.addresses import API
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.limits import ON_LOOP
from atthene_emulator.seeds.reader import read_inline_seed
from atthene_emulator.web.aside import aside
from atthene_emulator.web.exchange import Exchange


def list_namespaces(exchange: Exchange) -> Any:
    """Every namespace with a key of it."""
    return [_namespace(one, exchange) for one in exchange.emulator.namespaces]


def _namespace(one: Namespace, exchange: Exchange) -> dict[str, Any]:
    return {"name": one.name, "api_key": one.working_key or None, "base_url": f"http://{exchange.host}{API}"}


async def create_namespace(exchange: Exchange) -> Any:
    """A new namespace, from a seed or as a fork of another."""
    name, source, given = exchange.body.get("name"), exchange.body.get("from"), exchange.body.get("seed")
    if source is not None:
        made = exchange.emulator.fork(name, exchange.emulator.namespace(source), exchange.body.get("snapshot"))
    elif isinstance(given, dict):
        seed = await aside(int(exchange.headers.get(b"content-length", ON_LOOP.most + 1)), read_inline_seed, given)
        made = exchange.emulator.create(name, seed, seed.contract)
    else:
        made = exchange.emulator.create(name, None if given is None else exchange.emulator.seed(given))
    return _namespace(made, exchange)


def delete_namespace(exchange: Exchange) -> Any:
    """Forget a namespace."""
    exchange.emulator.delete(exchange.path["name"])
