"""Opening sockets to sessions. This module is that part of the client."""

from collections.abc import Sequence

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.socket import Socket


class Sockets(NamespaceControl):
    """Talking to sessions over the live socket.

    Attributes:
        sockets: all that were opened here.
    """

    sockets: list[Socket]

    def socket(
        self,
        session_id: str,
        *,
        key: str | None = None,
        agent_key: str | None = None,
        origin: str | None = None,
        user_token: str | None = None,
        event_types: Sequence[str] | None = None,
        fault: str | None = None,
        timeout: float = 5.0,
    ) -> Socket:
        """The live socket, opened, and joined to a session.

        Args:
            session_id: of the session.
            key: an API key; None is the namespace's own, unless there is an agent's key.
            agent_key: of a public agent.
            origin: the one that a page would send.
            user_token: JWT of the end user; it is sent with every message, too.
            event_types: of the events that are wanted; None is all.
            fault: strikes this upgrade, such as `drop` or `close=4003`.
            timeout: real seconds that each waiting may take.

        Raises:
            SocketClosed: it was closed at once.
        """
        __tracebackhide__ = True
        given = {
            **(self._control.headers if key is not None else {}),  # which let other keys be used in a namespace
            "x-api-key": self._own_key() if key is None and agent_key is None else key,
            "X-Emulator-Namespace": self.namespace,
            "Origin": origin,
            "X-External-User-Token": user_token,
        }
        made = Socket(
            self._control,
            session_id,
            headers={name: value for name, value in given.items() if value is not None},
            query={} if agent_key is None else {"agent_key": agent_key},
            event_types=event_types,
            user_token=user_token,
            fault=fault,
            timeout=timeout,
        )
        self.sockets.append(made)
        return made
