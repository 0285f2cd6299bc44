"""What becomes of an execution whose client leaves. This module is that part of the client."""

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.scripts import DisconnectRule


class OnDisconnect(NamespaceControl):
    """Saying what becomes of an execution whose client leaves."""

    def on_disconnect(self, rule: DisconnectRule | None = None) -> DisconnectRule:
        """What becomes of an execution over REST whose client leaves while it waits; with `rule`, first follow that one.

        Args:
            rule: `abandon`, as usual, gives it up; `finish` lets it go on to its end. A script may say otherwise of its step.
        """
        if rule is None:
            shown: DisconnectRule = self._ask("GET", "/on-disconnect")["on_disconnect"]
        else:
            shown = self._ask("PUT", "/on-disconnect", {"on_disconnect": rule})["on_disconnect"]
        return shown
