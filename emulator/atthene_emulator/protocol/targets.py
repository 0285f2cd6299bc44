"""What a request line asks for. This module takes path and query from it, as clients of a proxy send a whole URL."""

import re

from atthene_emulator.errors import Misuse
from atthene_emulator.protocol.refusals import NOT_READABLE

_BEFORE_PATH = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+")


def path_and_query(target: bytes) -> bytes:
    """A target without scheme and host, and without a fragment.

    Raises:
        Misuse: it is neither a path nor a URL.
    """
    before = _BEFORE_PATH.match(target)
    path = target[before.end() if before else 0 :].partition(b"#")[0]
    if before is not None and not path.startswith(b"/"):
        return b"/" + path
    if not path.startswith(b"/") and path != b"*":
        raise Misuse(NOT_READABLE.format(reason="it asks for neither a path nor a URL"))
    return path
