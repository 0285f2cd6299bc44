"""A namespace's only source of ids: counted per kind and hashed with the seed. This module is that source.

The same requests on the same seed therefore give the same ids, in any process.
"""

import secrets
import uuid
from collections import Counter
from hashlib import blake2b
from typing import Literal

SessionStyle = Literal["uuid", "session_", "sess_"]


class Ids:
    """Ids of one namespace.

    Args:
        seed: any number or text; None takes a random one.
    """

    def __init__(self, seed: int | str | None = 1) -> None:
        self._key = (secrets.token_hex(16) if seed is None else str(seed)).encode()[:64]
        self._counts: Counter[str] = Counter()

    def _next(self, kind: str) -> bytes:
        self._counts[kind] += 1
        return blake2b(f"{kind}:{self._counts[kind]}".encode(), key=self._key, digest_size=16).digest()

    def uuid(self, kind: str) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(bytes=self._next(kind), version=4))

    def prefixed(self, prefix: str) -> str:
        """The prefix and twelve hexadecimal digits: `msg_…`, `exec_…`."""
        return prefix + self._next(prefix).hex()[:12]

    def session(self, style: SessionStyle) -> str:
        """A session id in the style of a contract; contracts share one count, so switching never repeats an id."""
        raw = self._next("session")
        return str(uuid.UUID(bytes=raw, version=4)) if style == "uuid" else style + raw.hex()[:12]
