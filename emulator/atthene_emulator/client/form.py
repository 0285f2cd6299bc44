"""A form with a file, as it goes over the wire. This module makes it of a path without reading the file into memory."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Self

from atthene_emulator.errors import SetupError

_PIECE = 64 * 1024  # bytes that are read at once
_ESCAPED = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})  # as browsers write names


class Form:
    """A body of multipart/form-data; iterating over it gives its bytes, and reads the file anew each time.

    Args:
        name: of the file.
        source: its bytes, or where they are.
        size: how many they are.
        fields: texts that go along, before the file.

    Attributes:
        name: of the file.
        media: its Content-Type.
        size: bytes of the whole.
    """

    def __init__(self, name: str, source: bytes | Path, size: int, fields: Mapping[str, str]) -> None:
        # Nothing here is left to chance; only who reads this could write a file that has the boundary in it.
        boundary = f"----atthene-emulator-{sha256(f'{size} {name}'.encode(errors='replace')).hexdigest()[:32]}"
        texts = "".join(f"--{boundary}\r\n{_disposition(field)}\r\n\r\n{value}\r\n" for field, value in fields.items())
        file = f"--{boundary}\r\n{_disposition('file', name)}\r\nContent-Type: application/octet-stream\r\n\r\n"
        self.name = name
        self.media = f"multipart/form-data; boundary={boundary}"
        self._source, self._size = source, size
        self._head, self._tail = (texts + file).encode(errors="replace"), f"\r\n--{boundary}--\r\n".encode()
        self.size = len(self._head) + size + len(self._tail)

    @classmethod
    def of_file(cls, path: str | PathLike[str], tags: Sequence[str] = ()) -> Self:
        """The form of a file on this machine.

        Raises:
            SetupError: it is no file, or cannot be read.
        """
        found = Path(path)
        try:
            if not found.is_file():
                raise SetupError(f"{found} {'is no file' if found.exists() else 'does not exist'}.")
            return cls(found.name, found, found.stat().st_size, _fields(tags))
        except (OSError, ValueError) as error:
            raise _unreadable(found, error) from None

    @classmethod
    def of_bytes(cls, name: str, data: bytes, tags: Sequence[str] = ()) -> Self:
        """The form of bytes that are there already."""
        return cls(name, data, len(data), _fields(tags))

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, piece by piece.

        Raises:
            SetupError: the file cannot be read any longer, or has changed meanwhile.
        """
        yield self._head
        if isinstance(self._source, bytes):
            yield self._source
        else:
            yield from self._read(self._source)
        yield self._tail

    def _read(self, path: Path) -> Iterator[bytes]:
        left = self._size
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    left -= len(piece)
                    if left < 0:
                        break
                    yield piece
        except OSError as error:
            raise _unreadable(path, error) from None
        if left:
            raise SetupError(f"{path} has changed while it was sent; send it again.")


def _unreadable(path: Path, error: OSError | ValueError) -> SetupError:
    return SetupError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.")


def _fields(tags: Sequence[str]) -> Mapping[str, str]:
    return {"tags": json.dumps([*tags], ensure_ascii=False)} if tags else {}  # a JSON array, since tags may have commas


def _disposition(name: str, filename: str | None = None) -> str:
    of_file = "" if filename is None else f'; filename="{filename.translate(_ESCAPED)}"'
    return f'Content-Disposition: form-data; name="{name}"{of_file}'
