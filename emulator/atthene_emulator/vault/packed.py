"""Changes as bytes, for a vault that writes them down one after another. This module is both ways."""

from collections.abc import Iterator
from struct import Struct
from struct import error as StructError  # noqa: N812  # its own name says nothing
from typing import Any

from atthene_emulator.domain.rows import Changes, Row

_ROW = Struct("<BIqI")  # lengths of table and key, the place, and the length of the value
_GONE, _EMPTIED = 0xFFFFFFFF, 0xFFFFFFFE  # in place of that length


def packed(changes: Changes) -> bytes:
    """Changes as one piece."""
    pieces: list[bytes] = []
    for table in changes.emptied:
        name = table.encode()
        pieces += (_ROW.pack(len(name), 0, 0, _EMPTIED), name)
    for row in changes.rows:
        table, key, place, value = row
        name, of_row = table.encode(), key.encode()
        pieces += (_ROW.pack(len(name), len(of_row), place, _GONE if value is None else len(value)), name, of_row)
        if value is not None:
            pieces.append(value)
    return b"".join(pieces)


def unpacked(data: bytes) -> Changes:
    """The changes of a piece.

    Raises:
        ValueError: it is none.
    """
    emptied: list[str] = []
    rows: list[Row] = []
    try:
        for table, key, place, size, value in _rows(data):
            if size == _EMPTIED:
                emptied.append(table)
            else:
                rows.append(Row(table, key, place, value))
    except StructError as error:
        raise ValueError(f"the changes are cut off: {error}") from None
    return Changes(tuple(emptied), tuple(rows))


def _rows(data: bytes) -> Iterator[tuple[Any, ...]]:
    at = 0
    while at < len(data):
        of_table, of_key, place, size = _ROW.unpack_from(data, at)
        at += _ROW.size
        table = data[at : at + of_table].decode()
        at += of_table
        key = data[at : at + of_key].decode()
        at += of_key
        value = None if size >= _EMPTIED else data[at : at + size]
        at += 0 if value is None else size
        if at > len(data):
            raise ValueError("the changes are cut off")
        yield table, key, place, size, value
