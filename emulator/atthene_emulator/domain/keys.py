"""Keys that are made for namespaces. This module is their source."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.parts import Json

_PREFIX = "key_"
_LENGTH = len(_PREFIX) + 12


class Keys:
    """Makes keys, never the same twice, and knows them again without keeping them.

    Args:
        seed: the same number or text gives the same keys, in any process; None takes a random one.
        secret: whether a key opens what others must not reach. Then nobody can guess it, whatever the seed, and however many
            others he knows.
    """

    def __init__(self, seed: int | str | None, *, secret: bool) -> None:
        self._ids = Ids(None if secret else seed)
        self._is_secret = secret

    def make(self) -> str:
        """Another key."""
        return self._sealed(self._ids.prefixed(_PREFIX))

    def has_made(self, key: str) -> bool:
        """Whether this is one of ours."""
        counted = key[:_LENGTH]
        return self._ids.has_given(_PREFIX, counted) and key == self._sealed(counted)

    def written(self) -> Json:
        """What is needed to go on."""
        return self._ids.written()

    def read(self, entry: Mapping[str, Any]) -> None:
        """Go on from what was written."""
        self._ids.read(entry)

    def _sealed(self, counted: str) -> str:
        return f"{counted}{self._ids.seal(counted)}" if self._is_secret else counted
