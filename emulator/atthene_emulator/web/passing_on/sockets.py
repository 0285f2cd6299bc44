"""A socket that goes on to another emulator: messages and ends, both ways. This module is what is in between.

Neither side is read further than the other one takes it. Frames are those of `websockets`, which takes a while to load, so this
module is imported for the first socket.
"""

import asyncio
import logging

from starlette.types import Scope, Send
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Protocol, Side, State

from atthene_emulator.web.passing_on.passed_back import NotOwner
from atthene_emulator.web.passing_on.peer import Broken, Head, Peer
from atthene_emulator.web.passing_on.replay import Replay

_SWITCHING = 101
_OF_HANDSHAKE = (b"upgrade", b"connection", b"sec-websocket-accept")
_PROTOCOL = b"sec-websocket-protocol"
_AS_REQUEST = "websocket.http.response"  # the extension of ASGI by which an upgrade is answered
_PIECE = 64 * 1024  # bytes that are parsed at once
_FAREWELL_SECONDS = 5  # for the other side to answer that the socket is closed

_log_of_frames = logging.getLogger("atthene_emulator.frames")
_log_of_frames.setLevel(logging.ERROR)  # below that, it writes down what is said


class SocketPassage:
    """One socket on its way.

    Attributes:
        has_begun: whether its upgrade was answered.
        is_over: never: its connection is of no use for anything else.
        is_left: whether the client has left, so that we have.
    """

    is_over = False

    def __init__(self, peer: Peer, scope: Scope, replay: Replay, send: Send) -> None:
        self.scope = scope
        self.replay = replay
        self.has_begun = self.is_left = False
        self._peer = peer
        self._send = send
        self._frames = Protocol(Side.CLIENT, state=State.OPEN, max_size=None, logger=_log_of_frames)
        self._is_text = False
        self._message = bytearray()

    async def run(self) -> None:
        """Pass messages on, and the end of either side.

        Raises:
            Broken: the other side has ended without a word.
            NotOwner: the other emulator is not who answers.
        """
        await self.replay.receive()
        head = await self._peer.head("GET")
        if head.is_not_mine:
            raise NotOwner(self.replay)
        self.has_begun = True
        if head.status != _SWITCHING:
            await self._refuse(head)
            return
        await self._send(_accept(head))
        passing = asyncio.ensure_future(self._pass_messages())
        try:
            await self._pass_back_messages()
        finally:
            passing.cancel()
            await asyncio.gather(passing, return_exceptions=True)

    async def _refuse(self, head: Head) -> None:
        if _AS_REQUEST not in self.scope.get("extensions", {}):
            await self._send({"type": "websocket.close", "code": CloseCode.NORMAL_CLOSURE})
            return
        await self._send({"type": f"{_AS_REQUEST}.start", "status": head.status, "headers": head.headers})
        left = head.size or 0  # an emulator says it
        while left:
            piece = await self._peer.piece(left)
            left -= len(piece)
            await self._send({"type": f"{_AS_REQUEST}.body", "body": piece, "more_body": True})
        await self._send({"type": f"{_AS_REQUEST}.body"})

    async def _pass_messages(self) -> None:
        """What the client says, and that it closes the socket."""
        while (message := await self.replay.receive())["type"] != "websocket.disconnect":
            if message.get("bytes") is not None:
                self._frames.send_binary(message["bytes"])
            else:
                self._frames.send_text(message["text"].encode())
            self._flush()
            await self._peer.drain()
        self.is_left = True
        code = message.get("code", CloseCode.NO_STATUS_RCVD)
        if code == CloseCode.ABNORMAL_CLOSURE:
            self._peer.abort()
        elif self._frames.state is State.OPEN:
            self._frames.send_close(*(() if code == CloseCode.NO_STATUS_RCVD else (code, message.get("reason") or "")))
            self._flush()
            asyncio.get_running_loop().call_later(_FAREWELL_SECONDS, self._peer.abort)

    async def _pass_back_messages(self) -> None:
        """What the other side says, and that it closes the socket."""
        while True:
            data = await self._peer.piece(_PIECE)
            self._frames.receive_data(data)
            for frame in self._frames.events_received():
                await self._take(frame)  # type: ignore[arg-type]  # the handshake is behind us
            self._flush()
            end = self._frames.close_rcvd
            if end is not None:
                await self._send({"type": "websocket.close", "code": end.code, "reason": end.reason})
                return
            if self._frames.state is not State.OPEN and not self.is_left:
                raise Broken

    async def _take(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._is_text = frame.opcode is Opcode.TEXT
            self._message = bytearray(frame.data)
        elif frame.opcode is Opcode.CONT:
            self._message += frame.data
        else:
            return
        if frame.fin:
            message, self._message = bytes(self._message), bytearray()
            said = {"text": message.decode()} if self._is_text else {"bytes": message}
            await self._send({"type": "websocket.send", **said})

    def _flush(self) -> None:
        for data in self._frames.data_to_send():
            if data:  # what is empty marks an end
                self._peer.write(data)


def _accept(head: Head) -> dict[str, object]:
    chosen = next((value.decode("latin-1") for name, value in head.headers if name == _PROTOCOL), None)
    more = [one for one in head.headers if one[0] not in (*_OF_HANDSHAKE, _PROTOCOL)]
    return {"type": "websocket.accept", "subprotocol": chosen, "headers": more}
