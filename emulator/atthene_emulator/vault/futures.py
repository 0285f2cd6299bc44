"""What goes on while nobody waits for it. This module is what is done about its failure."""

import asyncio
from typing import Any


def unawaited(future: "asyncio.Future[Any]") -> None:
    """Let nobody wait for it who need not: what failed is not reported as forgotten then."""
    future.add_done_callback(_notice)


def _notice(done: "asyncio.Future[Any]") -> None:
    if not done.cancelled():
        done.exception()
