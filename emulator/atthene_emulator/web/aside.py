"""Work that takes long is done beside the loop, so that others are answered meanwhile. This module is that place.

Only what needs nobody's state goes there: reading, checking, writing out what never changes. A namespace has one owner, the
loop, which is asked before and told afterwards.
"""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from atthene_emulator.limits import ON_LOOP

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def aside(size: int, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What comes of work on so many bytes; of few it is done at once."""
    if size <= ON_LOOP.most:
        return work(*given, **named)
    return await asyncio.to_thread(work, *given, **named)
