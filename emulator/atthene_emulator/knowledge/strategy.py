"""How the text of a knowledge base is cut, as its `chunking_strategy` says. This module is that record, and how it is read.

[documented: knowledge-base-setup@G3, api-reference/knowledge-bases/create@G2]
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from atthene_emulator.limits import BLOCK_SIZES, SEPARATORS

Kind = Literal["recursive", "hierarchical", "fixed"]

_BYTES_OF_A_WORD = 6  # with the blank behind it
DEFAULT: Mapping[str, Any] = MappingProxyType({  # documented: api-reference/knowledge-bases/create@G2
    "strategy": "recursive",
    "chunk_size": 500,
    "chunk_overlap": 50,
    "split_by": "word",
    "recursive_separators": ("\n\n", "\n", ". ", " "),
})  # fmt: skip
_BLOCK_SIZES = (700, 350, 150)  # documented as an example
_CONTENT_COLUMN = "text"


class Cutting(NamedTuple):
    """How a text is cut.

    Attributes:
        kind: recursive looks for the strongest separator, hierarchical cuts inside of larger blocks, fixed counts alone.
        sizes: of blocks from large to small, the last one is that of the chunks; in words or characters.
        overlap: what a chunk repeats of the one before it, in the same.
        by_words: whether words are counted, else characters.
        separators: where recursive cuts, the strongest first.
    """

    kind: Kind
    sizes: tuple[int, ...]
    overlap: int
    by_words: bool
    separators: tuple[str, ...]


class Rows(NamedTuple):
    """How tables are cut.

    Attributes:
        batch: rows of a chunk.
        as_markdown: they are written as a table of Markdown, else as CSV.
        content_column: the one that is text, where there is one of this name; the others are left out.
        as_file: all rows are one text, which is cut like others.
    """

    batch: int
    as_markdown: bool
    content_column: str
    as_file: bool


class Strategy(NamedTuple):
    """How texts are cut, and tables; without `rows` these are cut as the texts that they are."""

    cutting: Cutting
    rows: Rows | None = None


def read_strategy(entry: Mapping[str, Any]) -> Strategy:
    """Read a `chunking_strategy` that fits its schema; what it leaves out is as documented."""
    rows = entry.get("structured_config")
    is_both = "document_config" in entry or rows is not None
    return Strategy(
        _cutting(entry.get("document_config", {}) if is_both else entry), None if rows is None else _rows(rows)
    )


def _cutting(entry: Mapping[str, Any]) -> Cutting:
    one = {**DEFAULT, **entry}
    is_hierarchical = one["strategy"] == "hierarchical"
    sizes = one.get("hierarchical_block_sizes", _BLOCK_SIZES) if is_hierarchical else (one["chunk_size"],)
    return Cutting(
        kind=one["strategy"],
        sizes=tuple(sorted(map(int, sizes), reverse=True)[-BLOCK_SIZES.most :]),
        overlap=int(one["chunk_overlap"]),
        by_words=one["strategy"] != "recursive" or one["split_by"] != "char",
        separators=tuple(dict.fromkeys(filter(None, one["recursive_separators"][: SEPARATORS.most]))),
    )


def _rows(entry: Mapping[str, Any]) -> Rows:
    return Rows(
        batch=int(entry.get("rows_per_batch", 10)),
        as_markdown=entry.get("table_format") == "markdown",
        content_column=entry.get("csv_content_column", _CONTENT_COLUMN),
        as_file=entry.get("csv_conversion_mode") == "file",
    )


def overlap_problem(strategy: Strategy) -> str | None:
    """Why an overlap is refused, in a sentence; None if it is not [documented: knowledge-base-setup@G3]."""
    cutting = strategy.cutting
    least = cutting.sizes[-1]
    if cutting.overlap < least:
        return None
    what = "the smallest of hierarchical_block_sizes" if cutting.kind == "hierarchical" else "chunk_size"
    return f"chunk_overlap is {cutting.overlap} and must be below {what}, which is {least}"


def estimated_chunks(size: int, strategy: Strategy) -> int:
    """How many chunks a file of so many bytes may have, whose text cannot be read or is not looked at (D110)."""
    cutting = strategy.cutting
    units = -(-size // _BYTES_OF_A_WORD) if cutting.by_words else size
    if units <= cutting.sizes[-1]:
        return min(units, 1)
    step = max(1, cutting.sizes[-1] - cutting.overlap)
    return -(-(units - cutting.overlap) // step)
