"""A request that goes on to another emulator, and its answer that comes back. This module is what is in between.

Both sides of the relay are servers of ours, so a head is passed on as it came: what its headers ask of one connection, they ask of
both.
"""

import asyncio
from asyncio import Task, TimerHandle
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from atthene_emulator.errors import Misuse, NotKept, TooSlow
from atthene_emulator.limits import PASSED_BODY
from atthene_emulator.web import connection
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.passing_on.passed_back import NotOwner, OwnerUnreachable
from atthene_emulator.web.passing_on.peer import Broken, Head, Peer
from atthene_emulator.web.passing_on.peers import Peers
from atthene_emulator.web.passing_on.replay import Replay
from atthene_emulator.web.passing_on.sender import telling

if TYPE_CHECKING:
    from atthene_emulator.web.passing_on.sockets import SocketPassage

_SAFE = ("GET", "HEAD", "OPTIONS")  # asking twice is like asking once
_EXPECT = (b"expect", b"100-continue")
_CONTINUE = 100
_SOON = 0.01  # seconds
_NO_SIZE = b"\xff\r\n"  # what no chunk begins with


class Relay:
    """Passes requests and sockets on to other emulators.

    Args:
        secret: that those who share a store know; letters, digits and signs.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._peers = Peers()

    async def pass_on(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request or a socket on, and send what is answered, as it comes and as it ends.

        How long an answer takes is the owner's business: requests wait there. That its machine is gone, the system notices.

        Args:
            address: `http://host:port` of the owner.
            scope: of ASGI.
            receive: of ASGI; of a `PassedBack` when it is tried again.
            send: of ASGI.

        Raises:
            PassedBack: it is a NotOwner or an OwnerUnreachable; nothing was sent.
        """
        replay = Replay.of(receive)
        size = _size(scope)
        asks = any(name == b"expect" for name, _ in scope["headers"])
        adds = not asks and (size is None or size > PASSED_BODY.most)  # so that nothing is read for one who is no owner
        try:
            told = telling(scope, self._secret, expects=adds)
        except Misuse as refusal:
            await error_response(refusal)(scope, receive, send)
            return
        try:
            peer = await self._peers.take(address)
        except OSError:
            raise OwnerUnreachable(replay) from None
        peer.write(_request(scope, [told, _EXPECT] if adds else [told]))
        waits = asks or adds
        passage = (
            _socket(peer, scope, replay, send)
            if scope["type"] == "websocket"
            else _Passage(peer, size, scope, replay, send, waits=waits)
        )
        try:
            await passage.run()
        except Broken as broken:
            await self._break(address, broken, passage)
        finally:
            if passage.is_over:
                self._peers.give_back(address, peer)
            else:
                peer.abort()

    async def _break(self, address: str, broken: Broken, passage: "_Passage | SocketPassage") -> None:
        """End the client's connection as the owner has ended ours; but an owner that is no longer there has not meant that.

        Raises:
            OwnerUnreachable: it is not there, and the request may be tried again.
        """
        receive = passage.replay.receive
        if passage.is_left:
            return
        if not passage.has_begun and not broken.came and passage.scope.get("method", "GET") in _SAFE:
            try:
                (await self._peers.open(address)).abort()
            except OSError:
                raise OwnerUnreachable(passage.replay) from None
        if broken.is_reset:
            await connection.reset(receive)
        elif broken.came:
            await connection.send_raw(receive, broken.came)
        else:
            await connection.close(receive)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._peers.close()


def _socket(peer: Peer, scope: Scope, replay: Replay, send: Send) -> "SocketPassage":
    from atthene_emulator.web.passing_on.sockets import SocketPassage  # noqa: PLC0415  # 50 ms, if it is used

    return SocketPassage(peer, scope, replay, send)


class _Passage:
    """One request on its way: its body goes, its answer comes.

    Attributes:
        has_begun: whether an answer was begun.
        is_over: whether all of it went and came, so that the connection can be used again.
        is_left: whether the client has left, so that we have.
    """

    def __init__(self, peer: Peer, size: int | None, scope: Scope, replay: Replay, send: Send, *, waits: bool) -> None:
        self.scope = scope
        self.replay = replay
        self.has_begun = self.is_over = self.is_left = False
        self._peer = peer
        self._size = size
        self._send = send
        self._is_sent = size == 0
        self._wanted = asyncio.Event()
        if not waits:
            self._wanted.set()
        self._begin: TimerHandle | None = None
        self._sending: Task[None] | None = None

    async def run(self) -> None:
        """Pass the body on and the answer back.

        Raises:
            Broken: the answer did not come to its end.
            NotOwner: the other emulator is not who answers.
        """
        if self._is_sent:  # most are answered before anybody could leave
            self._begin = asyncio.get_running_loop().call_later(_SOON, self._begin_sending)
        else:
            self._begin_sending()
        try:
            answer = await self._answer()
            if answer.is_not_mine:
                await self._pass_back()
                return
            self.has_begun = True
            await self._send_answer(answer)
            self.is_over = answer.stays and self._is_sent
        finally:
            await self._end_sending()

    def _begin_sending(self) -> None:
        self._sending = asyncio.ensure_future(self._send_body())

    async def _end_sending(self) -> None:
        """Somebody else may receive next."""
        if self._begin is not None:
            self._begin.cancel()
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)

    async def _answer(self) -> Head:
        """The head of the answer."""
        while (answer := await self._peer.head(self.scope["method"])).is_informational:
            if answer.status == _CONTINUE:
                self._wanted.set()
        return answer

    async def _pass_back(self) -> None:
        """Have the request tried elsewhere, unless its body is gone.

        Raises:
            NotOwner: to do so.
        """
        if self.replay.is_whole:
            raise NotOwner(self.replay)
        refusal = NotKept("The namespace has moved to another emulator while its request was being read; send it again")
        await error_response(refusal)(self.scope, self.replay.receive, self._send)

    async def _send_answer(self, answer: Head) -> None:
        send, left = self._send, answer.size
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if left is None:
            async for piece in self._peer.chunks():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        while left:
            piece = await self._peer.piece(left)
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
        if not answer.size:
            await send({"type": "http.response.body"})

    async def _send_body(self) -> None:
        """Send the body when it is wanted; from then on wait for the client to leave, and leave with it."""
        if not self._is_sent:
            await self._wanted.wait()
        while (message := await self.replay.receive())["type"] != "http.disconnect":
            if self._is_sent:
                continue
            more = message.get("more_body", False)
            refusal = connection.refusal(self.replay.receive) if more else None
            if refusal is not None:  # the owner comes to the same end
                self._peer.write(b"" if isinstance(refusal, TooSlow) else _NO_SIZE)
                return
            self._write(message.get("body", b""), more=more)
            self._is_sent = not more
            await self._peer.drain()
        if not self.is_over:
            self.is_left = True
            self._peer.abort()

    def _write(self, data: bytes, *, more: bool) -> None:
        if self._size is not None:
            self._peer.write(data)
            return
        chunk = b"%x\r\n%b\r\n" % (len(data), data) if data else b""
        self._peer.write(chunk if more else chunk + b"0\r\n\r\n")


def _size(scope: Scope) -> int | None:
    """Bytes of the body; None if it comes in chunks."""
    size: int | None = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            size = int(value)
    return size


def _request(scope: Scope, more: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The head of a request as it came, with more headers."""
    query = scope["query_string"]
    target = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
    line = f"{scope.get('method', 'GET')} ".encode() + target + f" HTTP/{scope['http_version']}".encode()
    headers = [b"%b: %b" % one for one in (*scope["headers"], *more)]
    return b"\r\n".join([line, *headers, b"", b""])
