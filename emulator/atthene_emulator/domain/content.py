"""The bytes of a file, held once. This module is that record, and what makes it of bytes that come bit by bit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from atthene_emulator.limits import PIECE


@dataclass(frozen=True, slots=True)
class Content:
    """What a file has inside; two of the same bytes are equal.

    Attributes:
        digest: SHA-256 of the bytes, in hexadecimal.
        size: bytes.
        pieces: the bytes, in order; all but the last have the same size.
    """

    digest: str
    size: int = field(compare=False)
    pieces: tuple[bytes, ...] = field(compare=False, repr=False)

    @classmethod
    def of(cls, data: bytes) -> Self:
        """The content of bytes that are there already."""
        return cls(sha256(data).hexdigest(), len(data), (data,) if data else ())

    def read(self) -> bytes:
        """All of it, joined: a copy, unless it is one piece."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)

    def between(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to and without `stop`; whole pieces are not copied."""
        at = 0
        for piece in self.pieces:
            if at >= stop:
                return
            if at + len(piece) > start:
                yield piece[max(start - at, 0) : stop - at]
            at += len(piece)


class ContentWriter:
    """Takes bytes as they come, and holds each of them once.

    Attributes:
        size: bytes that were written.
    """

    def __init__(self) -> None:
        self._hash = sha256()
        self._pieces: list[bytes] = []
        self._rest = bytearray()
        self.size = 0

    def write(self, data: bytes | memoryview) -> None:
        """Append bytes."""
        self.size += len(data)
        view = memoryview(data)
        while view:
            part = view[: PIECE.most - len(self._rest)]
            self._rest += part
            view = view[len(part) :]
            if len(self._rest) == PIECE.most:
                self._close_piece()

    def finish(self) -> Content:
        """What was written, whatever the portions in which it came; nothing is written afterwards."""
        if self._rest:
            self._close_piece()
        return Content(self._hash.hexdigest(), self.size, tuple(self._pieces))

    def _close_piece(self) -> None:
        piece = bytes(self._rest)
        self._rest.clear()
        self._hash.update(piece)
        self._pieces.append(piece)
