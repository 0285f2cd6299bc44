"""Doing the same with many records, each by itself. This module is that, and what came of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from atthene_emulator.errors import ApiError


class Done(NamedTuple):
    """What came of one; `error` is the sentence that says why it failed, None if it did not."""

    id: str
    error: str | None = None


def each(ids: Iterable[str], action: Callable[[str], object]) -> Sequence[Done]:
    """Do something with each id, whatever comes of the others (D70)."""
    return [_done(one, action) for one in ids]


def _done(one: str, action: Callable[[str], object]) -> Done:
    try:
        action(one)
    except ApiError as error:
        return Done(one, error.message)
    return Done(one)
