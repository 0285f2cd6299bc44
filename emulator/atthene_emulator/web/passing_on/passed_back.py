"""A request that was passed on in vain. This module is those events."""

from starlette.types import Receive

from atthene_emulator.web.passing_on.replay import Replay


class PassedBack(Exception):  # an event, not an error
    """A request was passed on in vain, and nothing was answered.

    Attributes:
        receive: of the request, from its beginning.
    """

    def __init__(self, replay: Replay) -> None:
        super().__init__()
        self.receive: Receive = replay.from_its_beginning()


class NotOwner(PassedBack):
    """The other emulator does not own the namespace any longer."""


class OwnerUnreachable(PassedBack):
    """The other emulator cannot be reached; it has not begun with the request, or beginning twice does no harm."""
