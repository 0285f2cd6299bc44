"""Handlers of the control plane: latency."""

from typing import Any

from atthene_emulator.domain.latency import read_latency, written_latency
from atthene_emulator.errors import Misuse, Problem
from atthene_emulator.web.exchange import Exchange


def get_latency(exchange: Exchange) -> Any:
    """How late answers are; null for not at all."""
    latency = exchange.namespace.latency.range
    return {"ms": None} if latency is None else written_latency(latency)


def set_latency(exchange: Exchange) -> Any:
    """Make answers late from now on."""
    try:
        latency = read_latency(exchange.body)
    except ValueError as error:
        raise Misuse("The body is not what this takes", [Problem("ms", str(error))]) from None
    exchange.namespace.latency.set(latency)
    return get_latency(exchange)


def drop_latency(exchange: Exchange) -> Any:
    """Make answers late no longer; those that are late already stay so."""
    exchange.namespace.latency.set(None)
