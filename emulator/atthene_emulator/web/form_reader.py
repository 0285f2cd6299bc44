"""Reading a form: `multipart/form-data` as it comes in, files into contents. This module is that step of the order.

Nothing of a form is kept anywhere before all of it was read and found right.
"""

import logging
import re
from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from atthene_emulator.domain.content import ContentWriter
from atthene_emulator.domain.file_name import file_name
from atthene_emulator.errors import FileTooLarge, InvalidRequest, Problem, UnsupportedMediaType
from atthene_emulator.limits import FORM_FIELDS, FORM_PARTS, PART_HEAD, UPLOAD
from atthene_emulator.web.body import receive_more
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.form import FilePart, Form

_MEDIA = "multipart/form-data"
_PLAIN = ("7bit", "8bit", "binary")  # transfer encodings that change nothing
_BOUNDARY = re.compile(r"[!-~](?:[ -~]{0,68}[!-~])?")  # RFC 2046 has 1 to 70 characters, and no space at the end
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:\\.|[^"\\])*"|[^\s;"]*)\s*')
_ESCAPED = re.compile(r'\\(["\\])')
_EXTENDED = re.compile(r"(utf-8|iso-8859-1)'[^']*'([!-~]*)", re.IGNORECASE)  # RFC 8187
_SILENT = logging.Logger("atthene_emulator.form", logging.CRITICAL + 1)  # noqa: LOG001  # what is wrong is answered
_OVERHEAD = FORM_FIELDS.most + FORM_PARTS.most * PART_HEAD.most  # bytes of a body beside its files


async def read_form(exchange: Exchange, files: Collection[str] = ("file",), max_file: int = UPLOAD.most) -> Form:
    """The body as a form.

    Args:
        exchange: whose body it is.
        files: names of the parts that must be files.
        max_file: bytes that a file may have.

    Raises:
        FileTooLarge: a file has more, or all of them together with the rest.
        TooManyUploads: forms of all requests together have more than is held.
        UnsupportedMediaType: it says that it is something else, or compressed.
        InvalidRequest: it is malformed, breaks off, or is no such form; `body` or the part's name is the field.
        ApiError, ClientGone: as of any body.
    """
    headers = exchange.headers
    reader = _FormReader(_boundary(headers), files, max_file)
    most = max_file + _OVERHEAD
    if int(headers.get(b"content-length", b"0")) > most:
        raise FileTooLarge
    size, more = 0, True
    try:
        while more:
            data, more = await receive_more(exchange)
            size += len(data)
            if size > most:
                raise FileTooLarge
            exchange.count_upload(len(data))
            reader.feed(data)
        return reader.finish()
    finally:
        reader.close()


def _wrong(field: str, message: str) -> InvalidRequest:
    return InvalidRequest(None, [Problem(field, message)])


def _boundary(headers: Mapping[bytes, bytes]) -> str:
    """What separates the parts.

    Raises:
        UnsupportedMediaType, InvalidRequest: the headers name no form, or no boundary.
    """
    encoding = headers.get(b"content-encoding", b"identity").decode("latin-1").lower()
    if encoding != "identity":
        raise UnsupportedMediaType(f"A body with Content-Encoding {encoding} is not accepted; send it as it is")
    given = headers.get(b"content-type", b"").decode("latin-1")
    kind, parameters = _options(given)
    if kind != _MEDIA:
        raise UnsupportedMediaType(f"Content-Type {given or 'empty'} is not accepted here; send {_MEDIA}")
    boundary = (parameters or {}).get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        told = "has no boundary of 1 to 70 characters; leave the header to your HTTP client, which adds one."
        raise _wrong("body", f"Content-Type {_MEDIA} {told}")
    return boundary


def _options(header: str) -> tuple[str, dict[str, str] | None]:
    """The value of a header in lower case, and its parameters; None for those if they are malformed."""
    kind, semicolon, rest = header.partition(";")
    parameters: dict[str, str] = {}
    rest, at = semicolon + rest, 0
    while at < len(rest):
        match = _PARAMETER.match(rest, at)
        if match is None:
            break
        name, value = match.groups()
        parameters[name.lower()] = _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value
        at = match.end()
    return kind.strip().lower(), parameters if rest[at:].strip(" \t;") == "" else None


class _PartHead(NamedTuple):
    """What the headers of a part say; `filename` is None for a field."""

    name: str
    filename: str | None
    content_type: str


def _part_head(headers: Mapping[bytes, bytes]) -> _PartHead:
    """The headers of a part, understood.

    Raises:
        InvalidRequest: they say no name, or too little of the file.
    """
    try:
        text = {name: value.decode() for name, value in headers.items()}
    except UnicodeDecodeError:
        raise _wrong("body", "The headers of a part are not UTF-8; encode names in UTF-8.") from None
    kind, parameters = _options(text.get(b"content-disposition", ""))
    if parameters is None:
        raise _wrong("body", "The Content-Disposition of a part is malformed; leave it to your HTTP client.")
    name = parameters.get("name", "")
    if kind != "form-data" or not name:
        raise _wrong("body", 'A part has no name; each begins with Content-Disposition: form-data; name="…".')
    encoding = text.get(b"content-transfer-encoding", "binary").lower()
    if encoding not in _PLAIN:
        raise _wrong(name, f"A part with Content-Transfer-Encoding {encoding} is not accepted; send it as it is.")
    filename = _given_name(name, parameters)
    return _PartHead(name, filename, text.get(b"content-type") or "application/octet-stream")


def _given_name(field: str, parameters: Mapping[str, str]) -> str | None:
    """The name of a file; None if there is no word of it. `filename*` is what clients with foreign letters mean."""
    given = parameters.get("filename")
    if "filename*" in parameters:
        match = _EXTENDED.fullmatch(parameters["filename*"])
        try:
            given = unquote(match[2], match[1], "strict") if match else given or ""
        except UnicodeDecodeError:
            raise _wrong(field, "The filename* of the file is not UTF-8; encode it in UTF-8.") from None
    if given is None:
        return None
    name = file_name(given)
    if not name:
        raise _wrong(field, "The file has no name; send a filename that is more than a path, dots and controls.")
    return name


class _FormReader:
    """Takes a form as it comes.

    Args:
        boundary: between its parts.
        files: names of the parts that must be files.
        max_file: bytes that a file may have.
    """

    def __init__(self, boundary: str, files: Collection[str], max_file: int) -> None:
        self._wanted = files
        self._max_file = max_file
        self._files: list[FilePart] = []
        self._fields: list[tuple[str, str]] = []
        self._writer, self._text = ContentWriter(), bytearray()
        self._parts = self._size_of_fields = self._fed = 0
        self._is_complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._take_header_name,
                "on_header_value": self._take_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_head,
                "on_part_data": self._take_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
            max_header_count=PART_HEAD.most,
            max_header_size=PART_HEAD.most,
        )
        self._parser.logger = _SILENT

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            FileTooLarge, InvalidRequest: they cannot be taken.
        """
        try:
            self._parser.write(data)
        except MultipartParseError as error:
            at = self._fed + max(error.offset, 0)
            told = "leave boundary and headers of parts to your HTTP client."
            raise _wrong("body", f"The form is malformed at byte {at:,}; {told}") from None
        self._fed += len(data)

    def finish(self) -> Form:
        """The whole form.

        Raises:
            InvalidRequest: it is not whole.
        """
        if not self._is_complete:
            raise _wrong("body", "The form breaks off: the boundary that closes it is missing.")
        return Form(tuple(self._files), tuple(self._fields))

    def close(self) -> None:
        """Let go of what was read, at once: it and its parser refer to each other, and would stay until they are searched for."""
        self._parser.callbacks = {}
        self._files.clear()
        self._writer, self._text = ContentWriter(), bytearray()

    # What the parser calls, in the order in which it does.

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > FORM_PARTS.most:
            raise _wrong("body", f"The form has more than {FORM_PARTS.most} parts; send fewer.")
        self._headers: dict[bytes, bytes] = {}
        self._header_name = self._header_value = b""
        self._size_of_head = 0

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._count_head(end - start)
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._count_head(end - start)
        self._header_value += data[start:end]

    def _count_head(self, size: int) -> None:
        self._size_of_head += size
        if self._size_of_head > PART_HEAD.most:
            raise _wrong("body", f"The headers of a part have more than {PART_HEAD.most:,} bytes; send shorter ones.")

    def _end_header(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value.strip()
        self._header_name = self._header_value = b""

    def _end_head(self) -> None:
        self._head = head = _part_head(self._headers)
        if head.filename is None and head.name in self._wanted:
            raise _wrong(head.name, f"{head.name} is sent as text; send it as a file, with a filename.")
        if head.filename is not None and any(one.field == head.name for one in self._files):
            raise _wrong(head.name, f"Two files are sent as {head.name}; send one in a request.")
        self._writer, self._text = ContentWriter(), bytearray()

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._head.filename is not None:
            self._writer.write(memoryview(data)[start:end])
            if self._writer.size > self._max_file:
                raise FileTooLarge
            return
        self._size_of_fields += end - start
        if self._size_of_fields > FORM_FIELDS.most:
            told = f"The fields that are no files have more than {FORM_FIELDS.most:,} bytes together; send less."
            raise _wrong(self._head.name, told)
        self._text += data[start:end]

    def _end_part(self) -> None:
        name, filename, content_type = self._head
        if filename is not None:
            self._files.append(FilePart(name, filename, content_type, self._writer.finish()))
            return
        try:
            self._fields.append((name, self._text.decode()))
        except UnicodeDecodeError:
            raise _wrong(name, f"{name} is not UTF-8; send text in UTF-8.") from None

    def _end(self) -> None:
        self._is_complete = True
