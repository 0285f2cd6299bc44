"""The port that is served. This module is what its connections share."""

import logging
from contextlib import suppress

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import ApiError
from atthene_emulator.limits import CONNECTIONS
from atthene_emulator.protocol.refusals import refuse

_log = logging.getLogger("atthene_emulator")


class Port:
    """What the connections of one server share.

    Args:
        emulator: who is told of what is refused.

    Attributes:
        most: how many connections may be open.
        stopping: what comes is the last request of its connection.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.most = most_connections()
        self.stopping = False
        self._emulator = emulator
        self._said: set[str] = set()

    def refuse(self, error: ApiError, head: bytes) -> bytes:
        """The answer to what never becomes a request; it is written down."""
        self.say_once("A request was refused before it was one; the journal of default has it, and those that follow")
        return refuse(self._emulator, error, head)

    def say_once(self, sentence: str) -> None:
        """Put a sentence into the log, unless it is there: who sends noise sends a lot."""
        if sentence not in self._said:
            self._said.add(sentence)
            _log.warning("%s.", sentence)


def most_connections() -> int:
    """How many connections may be open: the files of this process are needed for other things, too."""
    files = _open_files()
    return CONNECTIONS.most if files is None else min(CONNECTIONS.most, files // 2)


def allow_open_files() -> None:
    """Let this process have as many files open as all connections need, as far as the system permits that."""
    wanted, files = 2 * CONNECTIONS.most, _open_files()
    if files is None or files >= wanted:
        return
    import resource  # noqa: PLC0415  # as it is there

    _, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, highest))


def _open_files() -> int | None:
    """How many files this process may have open; None for any number."""
    try:
        import resource  # noqa: PLC0415  # not everywhere
    except ImportError:
        return None
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if files == resource.RLIM_INFINITY else files
