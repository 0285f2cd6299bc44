"""Handlers of the control plane: the rate limit."""

from typing import Any

from atthene_emulator.domain.rate_limit import read_rate_limit
from atthene_emulator.web.exchange import Exchange


def get_rate_limit(exchange: Exchange) -> Any:
    """The limit, or null."""
    limit = exchange.namespace.limiter.limit
    return limit._asdict() if limit else {"requests": None}


def set_rate_limit(exchange: Exchange) -> Any:
    """Count requests anew from now on."""
    exchange.namespace.limiter.set(read_rate_limit(exchange.body))
    return get_rate_limit(exchange)


def drop_rate_limit(exchange: Exchange) -> Any:
    """Count no longer."""
    exchange.namespace.limiter.set(None)
