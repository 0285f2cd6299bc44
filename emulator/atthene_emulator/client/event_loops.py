"""Event loops of the tested program. This module is what the client knows of them."""

import sys


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
