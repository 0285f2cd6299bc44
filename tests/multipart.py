"""Forms made by hand, so that what a client would not send can be sent, too."""

from collections.abc import Iterable
from typing import NamedTuple

BOUNDARY = "----the-boundary-of-the-tests"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


class Part(NamedTuple):
    """A part as it goes over the wire."""

    disposition: str
    data: bytes = b""
    headers: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        head = "".join(f"{line}\r\n" for line in (f"Content-Disposition: {self.disposition}", *self.headers))
        return head.encode() + b"\r\n" + self.data


def file(data: bytes = b"Hello", filename: str = "hello.txt", name: str = "file", media: str = "text/plain") -> Part:
    """A file, as clients send it."""
    return Part(f'form-data; name="{name}"; filename="{filename}"', data, (f"Content-Type: {media}",))


def field(name: str, value: str) -> Part:
    """A field that is no file."""
    return Part(f'form-data; name="{name}"', value.encode())


def multipart(*parts: Part, boundary: str = BOUNDARY) -> bytes:
    """A whole body; its Content-Type is `CONTENT_TYPE`."""
    return with_boundaries((part.encoded() for part in parts), boundary)


def with_boundaries(parts: Iterable[bytes], boundary: str = BOUNDARY) -> bytes:
    """Parts, headers and all, between boundaries."""
    separator = f"--{boundary}".encode()
    return b"".join(separator + b"\r\n" + part + b"\r\n" for part in parts) + separator + b"--\r\n"
