"""The live socket for programs with an event loop. This module is the same words, to be awaited."""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from atthene_emulator.client.event_loops import awaited, in_thread
from atthene_emulator.client.socket import Socket
from atthene_emulator.client.socket_frames import SocketEvent, SocketPause


class AsyncSocket:
    """`Socket` for programs with an event loop; see there for what each method does.

        async with atthene.socket("session_abc123") as socket:
            await socket.send("How is the weather?")
            async for event in socket:
                ...
            assert (await socket.result()).status == "completed"

    Giving up a call reads nothing, and leaves the socket open.

    Args:
        blocking: the socket whose methods these are.
    """

    blocking: Socket

    def __init__(self, blocking: Socket) -> None:
        self.blocking = blocking

    @property
    def events(self) -> tuple[SocketEvent, ...]:
        """Every event that has come so far, read or not; nothing is waited for."""
        return self.blocking.events

    @property
    def pause(self) -> SocketPause | None:
        """What a person is asked for; None when nobody is, as far as has come, or when it was decided here."""
        return self.blocking.pause

    send = awaited(Socket.send)
    send_frame = awaited(Socket.send_frame)
    approve = awaited(Socket.approve)
    decline = awaited(Socket.decline)
    answer = awaited(Socket.answer)
    cancel = awaited(Socket.cancel)
    disconnect = awaited(Socket.disconnect)
    reconnect = awaited(Socket.reconnect)
    next_frame = awaited(Socket.next_frame)
    next_event = awaited(Socket.next_event)
    until = awaited(Socket.until)
    result = awaited(Socket.result)
    text = awaited(Socket.text)
    conversation = awaited(Socket.conversation)
    drop = awaited(Socket.drop)
    close = awaited(Socket.close)
    leave = awaited(Socket.leave)

    async def __aiter__(self) -> AsyncIterator[SocketEvent]:
        """The events of a turn as they come, to its end, which `result` has without waiting."""
        self.blocking.skip_result()
        while (event := await in_thread(self.blocking, self.blocking.next_of_turn)) is not None:
            yield event

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        if kind is None:
            await self.leave()
        else:
            await self.close()

    def __repr__(self) -> str:
        return f"Async{self.blocking!r}"
