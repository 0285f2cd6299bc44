"""Documents that commands are given as files, or on standard input. This module is how they are found and read."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from atthene_emulator.errors import SetupError

if TYPE_CHECKING:
    from atthene_emulator.configuration.document import Media

STDIN = "-"
_JSON = re.compile(rb"\s*[{\[]\s*[\"\]}{\[]")


def data_of(name: str) -> bytes:
    """What a file holds; - is standard input.

    Raises:
        SetupError: it cannot be read.
    """
    if name == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise SetupError(f"{name}: cannot be read: {error.strerror}.") from None


def media_of(name: str, data: bytes) -> "Media":
    """JSON or YAML: by the end of the name, on standard input by how it begins."""
    is_json = name.endswith(".json") or (name == STDIN and _JSON.match(data) is not None)
    return "json" if is_json else "yaml"


def shown_name(name: str) -> str:
    """What a file is called in what is printed."""
    return "<stdin>" if name == STDIN else name
