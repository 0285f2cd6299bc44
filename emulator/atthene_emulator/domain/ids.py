"""A namespace's only source of ids: counted per kind and scrambled with the seed. This module is that source.

The same requests on the same seed therefore give the same ids, in any process. Ids that somebody else has given are passed
over.
"""

import re
import secrets
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from atthene_emulator.contracts import SessionStyle
from atthene_emulator.domain.parts import Json, Saved, SavedPart, whole
from atthene_emulator.domain.rows import Kept
from atthene_emulator.domain.seed import Seed

_BYTES = 6
_BITS = 8 * _BYTES
_MASK = (1 << _BITS) - 1
_FACTOR, _OTHER_FACTOR = 0x5851F42D4C95, 0x14057B7EF767  # odd, so that multiplying loses nothing
_BACK, _BACK_OTHER = pow(_FACTOR, -1, 1 << _BITS), pow(_OTHER_FACTOR, -1, 1 << _BITS)
_VARIANTS = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))  # two bits of a digit are given
_DIGITS = "[0-9a-f]{12}"


def unguessable() -> str:
    """A new name of 32 hexadecimal digits that nobody guesses, and nobody has had; no part of a namespace."""
    return secrets.token_hex(16)


def _key(seed: int | str | None) -> bytes:
    return (unguessable() if seed is None else str(seed)).encode()[:64]


class Ids(SavedPart):
    """Ids of one namespace.

    Args:
        seed: any number or text; None takes a random one.
    """

    tables = ("ids",)

    def __init__(self, seed: int | str | None = 1) -> None:
        self._seeded: frozenset[str] = frozenset()
        self._start(_key(seed), {}, frozenset())

    def _start(self, key: bytes, counts: dict[str, int], given: frozenset[str]) -> None:
        self._key = key
        self._counts = counts
        self._given = given
        self._offsets: dict[str, int] = {}

    def reset(self, seed: Seed) -> None:
        """Count anew, and pass over what the seed and its scenarios have named."""
        self._seeded = seed.given_ids
        self._start(_key(seed.ids), {}, self._seeded)

    def save(self) -> Json:
        """The key, and how many ids of each kind were given."""
        return {"ids": {"key": self._key.hex(), "counts": dict(self._counts)}}

    def written(self) -> Json:
        """What was saved, and which ids are passed over besides those of the seed."""
        return {**self.save(), "given": sorted(self._given - self._seeded)}

    def stamp(self) -> Any:
        """The same, without going through what is passed over."""
        return self._key, dict(self._counts), self._given

    def take_up(self, kept: Kept) -> None:
        """Go on from what was kept."""
        self.reset(kept.seed)
        for row in kept.rows.get("ids", ()):
            self.read(row.read())

    def read(self, entry: Mapping[str, Any]) -> None:
        """Go on from what was written."""
        ids = entry["ids"]
        self._start(bytes.fromhex(ids["key"]), whole(ids["counts"]), self._seeded.union(entry["given"]))

    def load(self, saved: Saved) -> None:
        """Go on from what was saved, and pass over the ids of the records that were saved as well."""
        ids = saved.document["ids"]
        lists = (entries for entries in saved.document.values() if isinstance(entries, list))
        saved_ids = (record["id"] for entries in lists for record in entries if "id" in record)
        self._start(bytes.fromhex(ids["key"]), whole(ids["counts"]), self._given.union(saved_ids))

    def copy(self) -> tuple[bytes, dict[str, int], frozenset[str]]:
        """The key, how many ids of each kind were given, and what is passed over."""
        return self._key, dict(self._counts), self._given

    def restore(self, copied: tuple[bytes, dict[str, int], frozenset[str]]) -> None:
        """Go on from what was copied."""
        key, counts, given = copied
        self._start(key, dict(counts), given)

    def _count(self, kind: str) -> int:
        count = self._counts.get(kind, 0) + 1
        self._counts[kind] = count
        return count

    def _digest(self, kind: str, number: int) -> bytes:
        return blake2b(f"{kind}:{number}".encode(), key=self._key, digest_size=16).digest()

    def uuid(self, kind: str) -> str:
        """A version 4 UUID."""
        while True:
            digits = self._digest(kind, self._count(kind)).hex()
            variant = _VARIANTS[digits[16]]
            made = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
            if made not in self._given:
                return made

    def prefixed(self, prefix: str) -> str:
        """The prefix and twelve hexadecimal digits: `msg_…`, `exec_…`; never the same twice."""
        offset, count = self._offsets.get(prefix) or self._offset(prefix), self._counts.get(prefix, 0)
        while True:
            self._counts[prefix] = count = count + 1
            # Each step is reversible on 48 bits, so different counts give different ids.
            scrambled = (offset + count) & _MASK
            scrambled = (scrambled ^ (scrambled >> 25)) * _FACTOR & _MASK
            scrambled = (scrambled ^ (scrambled >> 25)) * _OTHER_FACTOR & _MASK
            made = prefix + (scrambled ^ (scrambled >> 27)).to_bytes(_BYTES).hex()
            if made not in self._given:
                return made

    def _offset(self, prefix: str) -> int:
        offset = self._offsets.get(prefix)
        if offset is None:
            offset = self._offsets[prefix] = int.from_bytes(self._digest(prefix, 0)[:_BYTES])
        return offset

    def has_given(self, prefix: str, given: str) -> bool:
        """Whether `prefixed` has given this: its steps are taken back to the count that it was made of."""
        digits = given.removeprefix(prefix)
        if given == digits or not re.fullmatch(_DIGITS, digits) or prefix not in self._counts:
            return False
        scrambled = int(digits, 16)
        scrambled = (scrambled ^ (scrambled >> 27)) * _BACK_OTHER & _MASK
        scrambled = (scrambled ^ (scrambled >> 25)) * _BACK & _MASK
        count = (scrambled ^ (scrambled >> 25)) - self._offset(prefix) & _MASK
        return 0 < count <= self._counts[prefix]

    def seal(self, text: str) -> str:
        """32 hexadecimal digits for a text, which nobody can tell who does not know the seed."""
        return blake2b(text.encode(), key=self._key, digest_size=16).hexdigest()

    def chance(self, kind: str, number: int) -> float:
        """A number from 0 to 1, the same for the same seed, kind and number."""
        return int.from_bytes(self._digest(kind, number)[:_BYTES]) / (1 << _BITS)

    def session(self, style: SessionStyle) -> str:
        """A session id in the style of a contract."""
        return self.uuid("session") if style == "uuid" else self.prefixed(style)
