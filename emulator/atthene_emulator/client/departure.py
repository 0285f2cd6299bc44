"""What becomes of an execution whose client leaves. This module is that part of the client."""

from typing import Literal

from atthene_emulator.client.connection import NamespaceControl

OnDisconnect = Literal["abandon", "finish"]


class Departures(NamespaceControl):
    """Clients that leave."""

    def on_disconnect(self, rule: OnDisconnect | None = None) -> OnDisconnect:
        """What becomes of an execution over REST whose client leaves while it waits; with `rule`, first follow that one.

        Args:
            rule: `abandon`, as usual, gives it up; `finish` lets it go on to its end. A script may say otherwise of its step.
        """
        if rule is None:
            shown: OnDisconnect = self._ask("GET", "/on-disconnect")["on_disconnect"]
        else:
            shown = self._ask("PUT", "/on-disconnect", {"on_disconnect": rule})["on_disconnect"]
        return shown
