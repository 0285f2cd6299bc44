"""Handlers of the control plane: namespaces."""

from typing import Any

from atthene_emulator.addresses import API
from atthene_emulator.domain.deleted import Deleted
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.watcher import Asleep
from atthene_emulator.errors import Misuse, Problem, SetupError
from atthene_emulator.limits import ON_LOOP
from atthene_emulator.seeds.reader import read_inline_seed
from atthene_emulator.timestamps import format_time
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.journal import flag_of
from atthene_emulator.web.exchange import Exchange


async def list_namespaces(exchange: Exchange) -> Any:
    """Every namespace with a key of it, and how long it is kept; those that were deleted as well, if they are wanted."""
    emulator, is_deleted_wanted = exchange.emulator, flag_of(exchange, "deleted")
    if is_deleted_wanted:
        await emulator.recall_deleted()
    shown = [_listed(one, exchange, emulator.unused_seconds(one)) for one in emulator.namespaces]
    shown += [_asleep(name, one, exchange) for name, one in emulator.asleep.items()]
    shown.sort(key=lambda one: emulator.age(one["name"]))
    if is_deleted_wanted:
        shown += [_deleted(one, exchange) for one in emulator.deleted]
    return shown


def _namespace(one: Namespace, exchange: Exchange) -> dict[str, Any]:
    return {"name": one.name, "api_key": one.working_key or None, "base_url": f"{exchange.root}{API}"}


def _listed(one: Namespace, exchange: Exchange, unused: float) -> dict[str, Any]:
    return {
        **_namespace(one, exchange),
        **_lasting(one.lifetime.created_at, one.lifetime.ttl_seconds, unused, exchange),
    }


def _lasting(created_at: float, ttl: float | None, unused: float, exchange: Exchange) -> dict[str, Any]:
    return {
        "created_at": format_time(created_at),
        "last_used": format_time(exchange.emulator.machine_time() - unused),
        "unused_seconds": int(unused),
        "ttl_seconds": ttl,
        "deleted_at": None,
    }


def _asleep(name: str, one: Asleep, exchange: Exchange) -> dict[str, Any]:
    """One that is kept elsewhere, and not loaded."""
    entry, unused = one.entry, exchange.emulator.seconds_since(one.since)
    return {
        "name": name,
        "api_key": entry["minted"] and entry["minted"]["key"],
        "base_url": f"{exchange.root}{API}",
        **_lasting(entry["created_at"], entry["ttl_seconds"], unused, exchange),
    }


def _deleted(one: Deleted, exchange: Exchange) -> dict[str, Any]:
    """One that was deleted: it has no key any more."""
    unused = exchange.emulator.machine_time() - one.at + one.unused
    return {**_listed(one.namespace, exchange, unused), "api_key": None, "deleted_at": format_time(one.at)}


async def create_namespace(exchange: Exchange) -> Any:
    """A new namespace, from a seed or as a fork of another."""
    name, source, given = exchange.body.get("name"), exchange.body.get("from"), exchange.body.get("seed")
    contract, ttl = exchange.body.get("contract"), exchange.body.get("ttl_seconds")
    emulator = exchange.emulator
    if source is not None:
        made = emulator.fork(name, await emulator.find(source), exchange.body.get("snapshot"), ttl)
    elif isinstance(given, str):
        seed = await aside(ON_LOOP.most + 1, emulator.seed, given)  # the first time it is read from its file
        made = emulator.create(name, seed, contract, ttl)
    elif given is None:
        made = emulator.create(name, None, contract, ttl)
    else:
        size = int(exchange.headers.get(b"content-length", ON_LOOP.most + 1))
        seed = await aside(size, _seed, given, emulator)
        plan = emulator.plan(name, seed, contract or seed.contract)
        made = emulator.add(await aside(size, plan.build), ttl)
    return _namespace(made, exchange)


def _seed(given: dict[str, Any] | list[Any], emulator: Emulator) -> Seed:
    """The seed that a request holds, or what several say together."""
    if isinstance(given, dict):
        return read_inline_seed(given)
    seed = Seed()
    for number, one in enumerate(given):
        if isinstance(one, dict):
            seed = read_inline_seed(one, seed, ("seed", number))
        else:
            try:
                seed = emulator.seed(one, seed)
            except SetupError as error:
                raise Misuse(
                    f"The seed {one} does not fit those before it", [Problem(f"seed.{number}", str(error))]
                ) from None
    return seed


def delete_namespace(exchange: Exchange) -> Any:
    """Forget a namespace, wholly or but for looking at it."""
    name = exchange.path["name"]
    exchange.caller.check(name)
    exchange.emulator.delete(name, keep=not flag_of(exchange, "forever"))
