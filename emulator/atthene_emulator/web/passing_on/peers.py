"""Connections to other emulators, kept for other requests. This module is those that are kept."""

import asyncio
import socket
from asyncio import TimerHandle
from urllib.parse import urlsplit

from atthene_emulator.limits import PEER_IDLE_SECONDS, PEER_SECONDS, PEERS_KEPT
from atthene_emulator.web.passing_on.peer import Peer

_LIFE = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000}  # a machine that is gone


class Peers:
    """Connections to other emulators by their addresses; those that wait for another request are few, and not kept for long."""

    def __init__(self) -> None:
        self._idle: dict[str, list[Peer]] = {}
        self._timer: TimerHandle | None = None

    async def take(self, address: str) -> Peer:
        """A connection to `http://host:port`, one that was kept or a new one.

        Raises:
            OSError: nobody listens there, or not in time.
        """
        kept = self._idle.get(address)
        while kept:
            peer = kept.pop()
            if peer.is_open:
                return peer
        return await self.open(address)

    async def open(self, address: str) -> Peer:
        """A new connection.

        Raises:
            OSError: nobody listens there, or not in time.
        """
        place = urlsplit(address)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PEER_SECONDS.most):
            transport, peer = await loop.create_connection(Peer, place.hostname or "", place.port or 80)
        _watch_over(transport.get_extra_info("socket"))
        return peer

    def give_back(self, address: str, peer: Peer) -> None:
        """Keep a connection whose answer was read to its end."""
        kept = self._idle.setdefault(address, [])
        if len(kept) >= PEERS_KEPT.most:
            peer.abort()
            return
        loop = asyncio.get_running_loop()
        peer.since = loop.time()
        kept.append(peer)
        if self._timer is None:
            self._timer = loop.call_later(PEER_IDLE_SECONDS.most, self._close_idle)

    def _close_idle(self) -> None:
        loop = asyncio.get_running_loop()
        early = loop.time() - PEER_IDLE_SECONDS.most
        for address, kept in list(self._idle.items()):
            for one in kept:
                if one.since <= early:
                    one.abort()
            self._idle[address] = [one for one in kept if one.is_open]
            if not self._idle[address]:
                del self._idle[address]
        self._timer = loop.call_later(PEER_IDLE_SECONDS.most / 2, self._close_idle) if self._idle else None

    def close(self) -> None:
        """Close what is kept."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for kept in self._idle.values():
            for one in kept:
                one.abort()
        self._idle.clear()


def _watch_over(sock: socket.socket) -> None:
    """Have the system notice that the other machine is gone: an answer itself may take as long as it likes."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _LIFE.items():
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
