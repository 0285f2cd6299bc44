"""Handlers of the control plane: snapshots."""

import re
from typing import Any

from starlette.responses import Response

from atthene_emulator.domain import snapshots
from atthene_emulator.domain.snapshot import Snapshot
from atthene_emulator.errors import Misuse
from atthene_emulator.limits import ON_LOOP
from atthene_emulator.timestamps import format_time
from atthene_emulator.web import wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.journal import flag_of
from atthene_emulator.web.exchange import Exchange


def list_snapshots(exchange: Exchange) -> Any:
    """Every snapshot, oldest first."""
    return [_snapshot(one) for one in exchange.namespace.snapshots]


def _snapshot(one: Snapshot) -> dict[str, Any]:
    return {
        "name": one.name,
        "taken_at": format_time(one.taken_at),
        "agents": one.agents,
        "sessions": one.sessions,
    }


def take_snapshot(exchange: Exchange) -> Any:
    """Keep what the namespace is now."""
    return _snapshot(snapshots.take_snapshot(exchange.namespace, exchange.body.get("name")))


async def export_snapshot(exchange: Exchange) -> Response:
    """One JSON document, without secrets unless they are wanted."""
    from atthene_emulator.seeds.snapshot_document import exported, without_secrets  # noqa: PLC0415  # the start is quicker without

    with_secrets = flag_of(exchange, "secrets")
    snapshot, namespace = exchange.namespace.snapshots.get(exchange.path["name"]), exchange.namespace

    def written() -> bytes:
        document = exported(snapshot, namespace)
        return wire.encode(document if with_secrets else without_secrets(document, exchange.secrets))

    return Response(await aside(snapshot.whole_weight, written), media_type="application/json")


async def import_snapshot(exchange: Exchange) -> Any:
    """Keep a snapshot that was exported."""
    name = exchange.path["name"]
    if not _is_name(name):
        raise Misuse("A name has up to 64 letters, digits, -, _ and ., and does not begin with .")
    from atthene_emulator.seeds.snapshot_document import imported  # noqa: PLC0415  # the same

    size = int(exchange.headers.get(b"content-length", ON_LOOP.most + 1))
    snapshot = await aside(size, imported, exchange.body, name, exchange.namespace)
    exchange.namespace.snapshots.put(snapshot)
    return _snapshot(snapshot)


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}", name) is not None


def drop_snapshot(exchange: Exchange) -> Any:
    """Forget a snapshot."""
    exchange.namespace.snapshots.drop(exchange.path["name"])


def restore_snapshot(exchange: Exchange) -> Any:
    """Go back to a snapshot."""
    return _snapshot(snapshots.restore_snapshot(exchange.namespace, exchange.path["name"]))
