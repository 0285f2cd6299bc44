"""What the control plane shows, as records. This module is how JSON is read into them."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from atthene_emulator.wording import printable

Json = dict[str, Any]
Record = TypeVar("Record")

_RENAMED = {"source": "from", "target": "to"}  # `from` is no name in Python
_SHORT = 240  # characters of a body in a message
_LONG = 10_000  # characters of what is said in a body


def read(kind: type[Record], shown: Mapping[str, Any], **more: Any) -> Record:
    """A record of what is shown; what a newer emulator shows besides is passed over."""
    names = [field.name for field in fields(kind) if field.name not in more]  # type: ignore[arg-type]
    return kind(**{name: shown[_RENAMED.get(name, name)] for name in names}, **more)


def shortened(body: Any) -> str:
    """A body in one line of bounded length."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    text = printable(" ".join(text.split()))
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def quoted_text(text: str) -> str:
    """A text in quotes and in one line: all of it, but for the end of a very long one."""
    rest = len(text) - _LONG
    shown = printable(json.dumps(text[:_LONG], ensure_ascii=False))
    return f"{shown} … {rest:,} characters more" if rest > 0 else shown
