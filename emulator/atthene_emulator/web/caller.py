"""Who asks the control plane. This module is that record, which the guard makes and the endpoints read."""

from typing import NamedTuple

from starlette.types import Scope

from atthene_emulator.errors import NotAdmitted
from atthene_emulator.web.operation import Access

_KEY = "atthene.caller"


class Caller(NamedTuple):
    """A caller of the control plane.

    Attributes:
        access: what he may ask for: all of the emulator, one namespace, or what anybody may.
        namespace: the one whose own key he has; it is meant if he names none.
    """

    access: Access
    namespace: str | None = None

    def check(self, name: str) -> None:
        """Refuse a namespace that is not the caller's.

        Raises:
            NotAdmitted: he has the key of another one.
        """
        if self.access == "namespace" and name != self.namespace:
            raise NotAdmitted(f"This is the key of the namespace {self.namespace}; others want the control token")

    def check_access(self, wanted: Access) -> None:
        """Refuse what is about all namespaces to whoever may be about one.

        Raises:
            NotAdmitted: the control token is wanted.
        """
        if self.access == "namespace" and wanted == "emulator":
            raise NotAdmitted(
                f"This is about all namespaces and wants the control token; the key of {self.namespace} is for that one alone"
            )


ANYBODY = Caller("anybody")


def caller_of(scope: Scope) -> Caller:
    """Who the guard has found to send a request; anybody, where there was no guard."""
    found: Caller = scope.get(_KEY, ANYBODY)
    return found


def introduce(scope: Scope, caller: Caller) -> None:
    """Note who sends a request."""
    scope[_KEY] = caller
