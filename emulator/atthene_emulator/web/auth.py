"""The key that a request carries. This module is the one that knows where."""

from collections.abc import Mapping


def key_of(headers: Mapping[bytes, bytes], *, bearer: bool = True) -> str | None:
    """The key from `x-api-key`, else from `Authorization: Bearer` if that is accepted (D12); None when there is none."""
    given = headers.get(b"x-api-key", None if bearer else b"")
    if given is None:
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        given = token.strip() if scheme.lower() == b"bearer" else b""
    return given.decode("latin-1") or None
