"""Requests to the control plane that are about all namespaces together. This module is how one says so."""

from atthene_emulator.errors import Misuse
from atthene_emulator.web.exchange import Exchange


def is_everywhere(exchange: Exchange) -> bool:
    """Whether a request is about all namespaces, by `?namespaces=all`.

    Raises:
        Misuse: `namespaces` is something else.
        NotAdmitted: it is, and the caller may be about one alone.
    """
    namespaces = exchange.query.get("namespaces")
    if namespaces not in (None, "all"):
        raise Misuse(
            f"namespaces is all, or left out, not {namespaces[:60]!r}; one alone is meant by X-Emulator-Namespace"
        )
    if namespaces is None:
        return False
    exchange.caller.check_access("emulator")
    return True
