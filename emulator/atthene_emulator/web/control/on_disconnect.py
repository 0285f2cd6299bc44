"""Handlers of the control plane: what becomes of an execution whose client leaves."""

from typing import Any

from atthene_emulator.web.exchange import Exchange


def get_on_disconnect(exchange: Exchange) -> Any:
    """The rule of the namespace."""
    return {"on_disconnect": exchange.namespace.on_disconnect.rule}


def set_on_disconnect(exchange: Exchange) -> Any:
    """Follow another rule, for all whose client leaves from now on."""
    exchange.namespace.on_disconnect.rule = exchange.body["on_disconnect"]
    return get_on_disconnect(exchange)
