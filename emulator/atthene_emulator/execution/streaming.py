"""How a text is said: in which pieces, with what between them. This module is that record, and the pieces (D92)."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal, NamedTuple

_WORD = re.compile(r"\s*\S+(?:\s+\Z)?")


class Streaming(NamedTuple):
    """How a text is said.

    Attributes:
        chunk: what a piece is: a word with the white space before it, a character, so many characters, or the whole text.
        delay: seconds between two pieces.
        gate: where the text waits once; None where it does not.
        after: how many pieces come before that gate.
    """

    chunk: Literal["word", "character", "all"] | int = "word"
    delay: float = 0.0
    gate: str | None = None
    after: int = 0


AS_WORDS = Streaming()
WHOLE = Streaming("all")


def pieces(text: str, streaming: Streaming, skipped: int = 0) -> Iterator[str]:
    """The pieces of a text, which together are the text, less so many that come first; an empty one has none (D92).

    White space at the end belongs to the last word; a text of white space alone is one piece.
    """
    if streaming.chunk == "word" and not text.isspace():
        return (word[0] for word in islice(_WORD.finditer(text), skipped, None))
    if streaming.chunk in ("all", "word"):
        return iter((text,) if text and not skipped else ())
    size = 1 if streaming.chunk == "character" else int(streaming.chunk)
    return (text[start : start + size] for start in range(skipped * size, len(text), size))


def count_pieces(text: str, streaming: Streaming) -> int:
    """How many pieces a text has, without making them."""
    chunk = streaming.chunk
    if not text:
        return 0
    if chunk == "all":
        return 1
    if chunk == "character":
        return len(text)
    if chunk == "word":
        return len(text.split()) or 1
    return -(-len(text) // chunk)
