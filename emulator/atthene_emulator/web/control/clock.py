"""Handlers of the control plane: the clock."""

from typing import Any

from atthene_emulator.domain.clock import Clock
from atthene_emulator.errors import Misuse
from atthene_emulator.timestamps import format_time, parse_time
from atthene_emulator.web.exchange import Exchange


def get_clock(exchange: Exchange) -> Any:
    """What it shows, and whether it runs."""
    return _clock(exchange.namespace.clock)


def _clock(clock: Clock) -> dict[str, Any]:
    return {"mode": clock.mode, "now": format_time(clock.now())}


def set_clock(exchange: Exchange) -> Any:
    """Freeze it or let it run, at a time or at the one that it shows."""
    clock, at = exchange.namespace.clock, None
    if "now" in exchange.body:
        try:
            at = parse_time(exchange.body["now"])
        except ValueError:
            wrong = f"{exchange.body['now'][:60]!r} is not a time; write it like 2025-01-15T10:30:00Z"
            raise Misuse(wrong) from None
    if exchange.body["mode"] == "frozen":
        clock.freeze(at)
    else:
        clock.run(at)
    return _clock(clock)


def advance_clock(exchange: Exchange) -> Any:
    """Move it forward; what waits for it goes on."""
    try:
        exchange.namespace.clock.advance(exchange.body["seconds"])
    except ValueError as error:
        raise Misuse(f"The clock cannot be moved: {error}") from None
    return _clock(exchange.namespace.clock)
