"""That a store fails, and that it is back, said once each in the server's log. This module is that memory."""

import logging

from atthene_emulator.errors import Damaged, NotKept, Overtaken
from atthene_emulator.secrecy import redact_sentence

_MOST = 100  # sentences that are remembered

_log = logging.getLogger("atthene_emulator")


class Outage:
    """What was said of a store that fails."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._damaged: set[str] = set()

    def note(self, error: NotKept) -> None:
        """Something was not kept, or not found: say it, unless that was said."""
        if isinstance(error, Overtaken):
            return
        said = self._damaged if isinstance(error, Damaged) else self._said
        if error.message not in said and len(said) < _MOST:
            said.add(error.message)
            _log.error("%s.", redact_sentence(error.message))

    def end(self) -> None:
        """Something was kept."""
        if self._said:
            self._said.clear()
            _log.warning("The store works again.")
