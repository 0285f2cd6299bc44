"""Requests that cannot be answered as they are, since what keeps the state does not say what it is. This module is how that is told."""

from starlette.types import Scope

from atthene_emulator.errors import EmulatorRefusal

_WHY = "atthene.refused"


def refuse(scope: Scope, error: EmulatorRefusal) -> None:
    """Have a request answered with this, wherever it comes."""
    scope[_WHY] = error


def refusal_of(scope: Scope) -> EmulatorRefusal | None:
    """What a request is answered with, whatever it asks for."""
    found: EmulatorRefusal | None = scope.get(_WHY)
    return found
