"""Bytes going out: one file, or several in a ZIP. This module is what HTTP has for that, and what keeps a page of ours safe (D117).

A file was written by somebody else. So it is never a page of our origin: its type is not guessed, what could run a script
is only ever an attachment, and whatever is shown stays in a sandbox.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from struct import Struct
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote
from zlib import crc32

from atthene_emulator.domain.content import Content
from atthene_emulator.domain.file_name import file_name
from atthene_emulator.domain.media_type import media_type_of
from atthene_emulator.errors import NoRoom, RangeNotSatisfiable
from atthene_emulator.limits import ZIPPED
from atthene_emulator.web.streamed import Streamed

_MEDIA = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_SHOWN = re.compile(r"image/(?!svg).*|audio/.*|video/.*|application/(?:pdf|json)|text/(?:plain|csv)")
_POLICY = "Content-Security-Policy"
_SANDBOX = {
    "X-Content-Type-Options": "nosniff",
    _POLICY: "sandbox; default-src 'none'",
    "Cache-Control": "private, no-cache",
}
_PDF, _PDF_POLICY = "application/pdf", "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
_RANGE = re.compile(rb"\s*bytes\s*=\s*([0-9]*)\s*-\s*([0-9]*)\s*", re.IGNORECASE)
_TAG = re.compile(rb'(?:W/)?"([^"]*)"')
_UNSAFE = re.compile(r'[^ -~]|["\\%]')  # in a quoted name, browsers read these each in its own way
_ATTRIBUTE = "!#$&+^`|"  # RFC 8187 leaves these as they are, besides letters, digits and -._~
_DIGITS = 20  # of a place in a file; what has more is behind every end

# A ZIP, as APPNOTE.TXT has it: what heads and directory have in common, what only the directory has, and its end.
_HEAD, _PLACE, _END = Struct("<5H3L2H"), Struct("<3H2L"), Struct("<4H2LH")
_VERSION, _UTF_8, _FIRST_DAY = 20, 1 << 11, 1 << 5 | 1  # of 1980, the first that a ZIP knows
_MADE_BY, _MODE = b"\x14\x03", 0o100644 << 16  # a file that its owner writes and all may read
_MOST = 2**32 - 1  # bytes


class _Part(NamedTuple):
    """Bytes of a file, from `start` up to and without `stop`."""

    start: int
    stop: int


class Download(Streamed):
    """A file, or what a request wants of it: 200, 206 or 304.

    Args:
        content: of the file.
        filename: that it is saved by.
        asked: headers of the request.
        method: of the request.
        inline: whether it is to be shown; what a browser could run is an attachment all the same.
        media_type: of the file, whose parameters are left out; by default, and for what is none, that of its name.

    Raises:
        RangeNotSatisfiable: the request wants bytes that it does not have.
    """

    def __init__(
        self,
        content: Content,
        filename: str,
        asked: Mapping[bytes, bytes],
        method: str = "GET",
        *,
        inline: bool = False,
        media_type: str | None = None,
    ) -> None:
        media_type = _clean(media_type) or media_type_of(filename)
        is_shown = inline and _SHOWN.fullmatch(media_type) is not None
        tag = f'"{content.digest}"'
        headers = {"ETag": tag, "Accept-Ranges": "bytes", **_SANDBOX}
        if _is_known(asked, content.digest):
            super().__init__((), 0, 304, headers)
            return
        part = _wanted(asked, content.size) if method == "GET" and _may_be_part(asked, tag) else None
        status, (start, stop) = (206, part) if part else (200, _Part(0, content.size))
        if part:
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
        headers["Content-Length"] = str(stop - start)
        headers["Content-Type"] = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
        if is_shown and media_type == _PDF:
            headers[_POLICY] = _PDF_POLICY  # in a sandbox, the viewers of browsers show nothing
        headers["Content-Disposition"] = disposition("inline" if is_shown else "attachment", filename)
        super().__init__(content.between(start, stop), stop - start, status, headers)


class ZipDownload(Streamed):
    """Several files in one ZIP, made while it is sent, not compressed; the same files give the same ZIP.

    Args:
        files: names and contents; a name that is there already gets a number.
        filename: that it is saved by.

    Raises:
        NoRoom: they are more than a ZIP has room for.
    """

    def __init__(self, files: Iterable[tuple[str, Content]], filename: str) -> None:
        taken = set[str]()
        named = [(_unique(file_name(name) or "file", taken).encode(), content) for name, content in files]
        size = _size_of_zip(named)
        if len(named) > ZIPPED.most or size > _MOST:
            raise NoRoom("These files are too many, or too large, for one ZIP; download them one by one")
        headers = {
            "Content-Type": "application/zip",
            "Content-Length": str(size),
            "Content-Disposition": disposition("attachment", filename),
            **_SANDBOX,
        }
        super().__init__(_zipped(named), size, 200, headers)


def disposition(kind: str, filename: str) -> str:
    """`Content-Disposition`, with a name that every client reads, and the real one where that is another (RFC 6266).

    A name that was never checked, such as one of a snapshot, may be a path; its last part is told.
    """
    filename = file_name(filename) or "file"
    plain = _UNSAFE.sub("_", normalize("NFKD", filename).encode("ascii", "ignore").decode())
    if plain == filename:
        return f'{kind}; filename="{plain}"'
    if not plain.partition(".")[0]:
        plain = f"file{plain}"  # nothing is left of the letters before the extension
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, _ATTRIBUTE)}"


def _clean(media_type: str | None) -> str:
    """A media type without its parameters, in lower case; empty if it is none."""
    kind = (media_type or "").partition(";")[0].strip().lower()
    return kind if _MEDIA.fullmatch(kind) else ""


def _is_known(asked: Mapping[bytes, bytes], digest: str) -> bool:
    """Whether the client has these bytes: `If-None-Match`, which compares weakly."""
    given = asked.get(b"if-none-match", b"").strip()
    return given == b"*" or digest.encode() in _TAG.findall(given)


def _may_be_part(asked: Mapping[bytes, bytes], tag: str) -> bool:
    """Whether what the client has a part of is this: `If-Range`, which compares strongly; there is no date."""
    return asked.get(b"if-range", tag.encode()).strip() == tag.encode()


def _wanted(asked: Mapping[bytes, bytes], size: int) -> _Part | None:
    """The part that `Range` is about; None for all: without one, and for several or what is none.

    Raises:
        RangeNotSatisfiable: it begins behind the end.
    """
    match = _RANGE.fullmatch(asked.get(b"range", b""))
    if match is None or match[0] == b"" or match[1] == match[2] == b"":
        return None
    first, last = (_place(one) for one in match.groups())
    if first is None:
        if not last:
            raise RangeNotSatisfiable(size)
        return _Part(max(size - last, 0), size) if size else None
    if last is not None and last < first:
        return None
    if first >= size:
        raise RangeNotSatisfiable(size)
    return _Part(first, size if last is None else min(last + 1, size))


def _place(digits: bytes) -> int | None:
    return int(digits.lstrip(b"0")[:_DIGITS] or b"0") if digits else None


def _zipped(files: Sequence[tuple[bytes, Content]]) -> Iterator[bytes]:
    """The bytes of a ZIP: each file as it is behind its head, then all heads again, with their places."""
    at, directory = 0, bytearray()
    for name, content in files:
        checksum = reduce(lambda before, piece: crc32(piece, before), content.pieces, 0)
        told = _HEAD.pack(_VERSION, _UTF_8, 0, 0, _FIRST_DAY, checksum, content.size, content.size, len(name), 0)
        head = b"PK\3\4" + told + name
        yield head
        yield from content.pieces
        directory += b"PK\1\2" + _MADE_BY + told + _PLACE.pack(0, 0, 0, _MODE, at) + name
        at += len(head) + content.size
    yield bytes(directory) + b"PK\5\6" + _END.pack(0, 0, len(files), len(files), len(directory), at, 0)


def _size_of_zip(files: Sequence[tuple[bytes, Content]]) -> int:
    heads = 4 + _HEAD.size + 4 + len(_MADE_BY) + _HEAD.size + _PLACE.size
    return sum(heads + 2 * len(name) + content.size for name, content in files) + 4 + _END.size


def _unique(name: str, taken: set[str]) -> str:
    """The name, or one with a number if it is taken; systems differ in whether case makes another name."""
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{stem} ({number}){dot}{extension}"
    taken.add(free.casefold())
    return free
