"""Something has happened: those who wait for it look again. This module is that signal, and waiting for either of two."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress


class Signal:
    """Wakes everyone who waits; who comes later waits for the next time.

    Attributes:
        waiting: those who wait.
        ended: nothing will happen any more, and nobody waits.
    """

    def __init__(self) -> None:
        self.waiting: set[asyncio.Future[None]] = set()
        self.ended = False

    async def wait(self, seconds: float | None = None) -> None:
        """Return when it is given, after so many real seconds, or when it has ended."""
        if self.ended:
            return
        given = asyncio.get_running_loop().create_future()
        self.waiting.add(given)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):  # `wait_for` of Python 3.11 may lose that its caller is cancelled
                    await given
        finally:
            self.waiting.discard(given)

    def give(self) -> None:
        """Wake everyone."""
        for given in self.waiting:
            if not given.done():
                given.set_result(None)

    def end(self) -> None:
        """Wake everyone for the last time."""
        self.ended = True
        self.give()


async def either(one: Awaitable[None], other: Awaitable[None]) -> None:
    """Return when one of them has, and give the other up; raises what the one raises."""
    both = [asyncio.ensure_future(one), asyncio.ensure_future(other)]
    try:
        done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    finally:
        for each in both:
            each.cancel()
        await asyncio.gather(*both, return_exceptions=True)
