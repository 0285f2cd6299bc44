"""Event loops of the tested program. This module is what the client knows of them.

What is to be awaited there is a method of what is for threads, run in one. Giving up a call ends what its thread waits for.
"""

import sys
from collections.abc import Callable, Coroutine
from functools import partial, wraps
from threading import get_ident
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Blocking(Protocol):
    """What waits in threads."""

    def interrupt(self, thread: int) -> None:
        """End the call that a thread waits in."""


class Awaited(Protocol):
    """What is to be awaited, and is `blocking` below."""

    blocking: Any


async def in_thread(client: Blocking, call: Callable[[], R]) -> R:
    """What a call returns, made in a thread."""
    import anyio  # noqa: PLC0415  # only who awaits pays

    threads: list[int] = []

    def run() -> R:
        threads.append(get_ident())
        return call()

    try:
        return await anyio.to_thread.run_sync(run, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))
    except anyio.get_cancelled_exc_class():
        if threads:
            client.interrupt(threads[0])
        raise


def awaited(method: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Awaited, P], Coroutine[Any, Any, R]]:
    """A method of what is for threads, to be awaited."""

    @wraps(method)
    async def call(self: Awaited, /, *args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        return await in_thread(self.blocking, partial(method, self.blocking, *args, **kwargs))

    return call


def blocked(call: str) -> str:
    """What to add to the failure of a call that waited in vain; nothing where no event loop runs in this thread."""
    if not _runs():
        return ""
    return (
        f"\n{call} has blocked the event loop of this thread, so nothing that runs in it could come; "
        "await it of AsyncEmulatorClient (in pytest the fixture atthene_async), or in asyncio.to_thread"
    )


def _runs() -> bool:
    """Whether this thread is within an event loop."""
    for library, running in (("asyncio", "get_running_loop"), ("trio", "lowlevel.current_task")):
        if library in sys.modules:
            found = sys.modules[library]
            for name in running.split("."):
                found = getattr(found, name)
            try:
                found()  # type: ignore[operator]
            except RuntimeError:
                continue
            return True
    return False
