"""How a text is said: in which pieces, with what between them. This module is that record, and the pieces (D92)."""

import re
from collections.abc import Iterator
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


def pieces(text: str, streaming: Streaming) -> Iterator[str]:
    """The pieces of a text, which together are the text; an empty one has none (D92).

    White space at the end belongs to the last word; a text of white space alone is one piece.
    """
    if streaming.chunk == "all":
        return iter((text,) if text else ())
    if streaming.chunk == "character":
        return iter(text)
    if streaming.chunk == "word":
        return iter((text,)) if text.isspace() else (word[0] for word in _WORD.finditer(text))
    size = streaming.chunk
    return (text[start : start + size] for start in range(0, len(text), size))


def count_pieces(text: str, streaming: Streaming) -> int:
    """How many pieces a text has, without making them."""
    if not text:
        return 0
    if streaming.chunk == "all":
        return 1
    if streaming.chunk == "character":
        return len(text)
    if streaming.chunk == "word":
        return len(text.split()) or 1
    return -(-len(text) // streaming.chunk)
