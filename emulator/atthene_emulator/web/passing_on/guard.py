"""Who may reach an emulator at the port for other emulators: those who know the secret. This module is that guard."""

from starlette.types import ASGIApp, Receive, Scope, Send

from atthene_emulator.errors import Misuse, NotAdmitted
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.passing_on.sender import received

_REFUSAL = NotAdmitted("Here other emulators pass requests on; clients find the emulator at its own port")


class PeerGuard:
    """Gives an application the requests that were passed on; others get 403.

    Args:
        app: of the emulator.
        secret: that those who share a store know.
    """

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, or refuse it."""
        try:
            came = received(scope, self._secret)
        except Misuse:
            came = None
        if came is not None:
            await self._app(scope, receive, send)
        else:
            await error_response(_REFUSAL)(scope, receive, send)
