"""Requests that cannot be answered as they are, since what keeps the state does not say what it is. This module is how that is told."""

from starlette.types import Scope

from atthene_emulator.domain.emulator import DEFAULT, Emulator
from atthene_emulator.domain.journal import Entry
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.web.headers import NAMESPACE

_WHY, _SECONDS = "atthene.refused", "atthene.refused_after"


def refuse(scope: Scope, error: EmulatorRefusal, seconds: float = 0.0) -> None:
    """Have a request answered with this, wherever it comes.

    Args:
        scope: of the request.
        error: why.
        seconds: that it has taken to find that out.
    """
    scope[_WHY], scope[_SECONDS] = error, seconds


def refusal_of(scope: Scope) -> EmulatorRefusal | None:
    """What a request is answered with, whatever it asks for."""
    found: EmulatorRefusal | None = scope.get(_WHY)
    return found


def tell(emulator: Emulator, scope: Scope, operation: str | None, answer: bytes) -> None:
    """Tell the emulator's listener of a request that was refused before it came to a namespace: no journal has it (D128)."""
    refusal = refusal_of(scope)
    if refusal is None or emulator.listener is None:
        return
    path, query = (scope[name].decode("latin-1") for name in ("raw_path", "query_string"))
    asked, seconds = (operation, scope["method"], path, query, b"", b""), scope[_SECONDS]
    entry = Entry("", 0.0, *asked, refusal.status, answer, seconds, "server_error", None, (), "", (), delivered=True)
    named = dict(scope["headers"]).get(NAMESPACE, DEFAULT.encode())
    emulator.listener(named.decode("latin-1"), entry, seconds)
