"""The name of a file, as it is kept and shown: never a path, and nothing in it that deceives who reads it."""

import re
from unicodedata import category

_MOST = 255  # characters
_MOST_OF_EXTENSION = 32
_SEPARATORS = r"[/\\]"
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # the way of writing
_HIDDEN = ("Cc", "Cs", "Zl", "Zp")  # controls, halves of characters, ends of lines and paragraphs


def file_name(given: str) -> str:
    """The last component of a path, without controls and marks that turn the way of writing; empty if no name is left (D113).

    It has at most 255 characters; of a longer one the middle goes, not the extension.
    """
    seen = "".join(one for one in given if one not in _TURNING and category(one) not in _HIDDEN)
    name = re.split(_SEPARATORS, seen)[-1].strip()
    if name in (".", ".."):
        return ""
    if len(name) <= _MOST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > _MOST_OF_EXTENSION:
        return name[:_MOST]
    ending = dot + extension
    return stem[: _MOST - len(ending)] + ending
