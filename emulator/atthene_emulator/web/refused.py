"""Requests that cannot be answered as they are, since what keeps the state does not say what it is. This module is how that is told."""

from starlette.types import Scope

from atthene_emulator.errors import NotKept

_WHY = "atthene.refused"


def refuse(scope: Scope, error: NotKept) -> None:
    """Have a request answered with this, wherever it comes."""
    scope[_WHY] = error


def refusal_of(scope: Scope) -> NotKept | None:
    """What a request is answered with, whatever it asks for."""
    found: NotKept | None = scope.get(_WHY)
    return found
