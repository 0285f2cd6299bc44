"""Handlers of the control plane: scripts."""

from typing import Any

from atthene_emulator.seeds.scripts import read_scripts
from atthene_emulator.seeds.unmatched_scripts import unmatched_now
from atthene_emulator.web.exchange import Exchange


def list_scripts(exchange: Exchange) -> Any:
    """The scripts in the order in which they are tried, and how often each has answered."""
    scripts = exchange.namespace.scripts
    return [
        {"name": one.name, "from": layer, "hits": scripts.hits[one.key], "times": one.times}
        for layer, one in scripts.layered()
    ]


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
