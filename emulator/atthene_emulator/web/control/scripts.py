"""Handlers of the control plane: scripts."""

from typing import Any

from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.room import Room
from atthene_emulator.domain.weight import weight
from atthene_emulator.execution.scripts import Script
from atthene_emulator.limits import ANSWER
from atthene_emulator.seeds.scripts import read_scripts
from atthene_emulator.seeds.unmatched_scripts import unmatched_now
from atthene_emulator.web.aside import aside
from atthene_emulator.web.exchange import Exchange


async def list_scripts(exchange: Exchange) -> Any:
    """The scripts in the order in which they are tried, how often each has answered, and as they were written; without secrets."""
    scripts, room = exchange.namespace.scripts, Room(ANSWER.most)
    layered = tuple(scripts.layered())
    rows = [
        {"name": one.name, "from": layer, "hits": scripts.hits[one.key], "times": one.times} for layer, one in layered
    ]
    sizes = [weight(one.entry) for _, one in layered]
    written = [_written(one if room.take(size) else None) for (_, one), size in zip(layered, sizes, strict=True)]
    exchange.notes.append((b"x-total-count", str(len(rows)).encode()))
    redacted = await aside(sum(sizes), redact_value, written, exchange.secrets)
    return [{**row, **entry} for row, entry in zip(rows, redacted, strict=True)]


def _written(script: Script | None) -> dict[str, Any]:
    """What a script says; null of one for which there is no room."""
    if script is None:
        return {"when": None, "then": None}
    return {"when": script.entry.get("when", {}), "then": script.entry["then"]}


def add_scripts(exchange: Exchange) -> Any:
    """Put a script, a list of them, or what a seed has below `scripts`, in front of all others."""
    whole = (
        exchange.body["scripts"]
        if isinstance(exchange.body, dict) and exchange.body.keys() == {"scripts"}
        else exchange.body
    )
    entries = whole if isinstance(whole, list) else [whole]
    scripts = exchange.namespace.scripts
    read = read_scripts(entries, scripts.next_number, [one.name for one in scripts])
    scripts.add(read)
    hints = {finding.path[1]: finding.message for finding in unmatched_now(entries, exchange.namespace)}
    return [{"name": one.name, **({"hint": hints[n]} if n in hints else {})} for n, one in enumerate(read)]


def drop_scripts(exchange: Exchange) -> Any:
    """Forget the scripts that were added; those of the seed stay."""
    exchange.namespace.scripts.drop_added()


def drop_script(exchange: Exchange) -> Any:
    """Forget one script that was added."""
    exchange.namespace.scripts.drop(exchange.path["name"])
