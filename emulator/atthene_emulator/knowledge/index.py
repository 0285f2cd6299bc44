"""The chunks of a knowledge base, and how they are looked up: by words, ranked by BM25. This module is that index.

SQLite's FTS5 does both, in memory. A score says how good a chunk is beside the best one for the same words (D111).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from atthene_emulator.errors import NoTextSearch
from atthene_emulator.knowledge.chunking import chunks
from atthene_emulator.knowledge.hit import Hit
from atthene_emulator.knowledge.strategy import Strategy, estimated_chunks
from atthene_emulator.limits import CHUNK_BYTES, CHUNKS, FEW_WORDS, MANY_CHUNKS, QUERY_WORDS

if TYPE_CHECKING:
    import sqlite3

_WORD = re.compile(r"\w+")
_DIGITS = 4
_LEAST = 0.0001  # of a chunk that was found by words which most chunks have
_STEMS = "tokenize='porter unicode61 remove_diacritics 2'"
_TABLE = f"CREATE VIRTUAL TABLE chunks USING fts5(text, content='', {_STEMS})"
_INSERT = "INSERT INTO chunks(rowid, text) VALUES (?, ?)"
_MERGE = "INSERT INTO chunks(chunks) VALUES ('optimize')"  # what was written in parts becomes one index
_COUNTING = (
    "CREATE VIRTUAL TABLE temp.counted USING fts5vocab(main, chunks, 'row')",
    f"CREATE VIRTUAL TABLE temp.words USING fts5(text, {_STEMS})",
    "CREATE VIRTUAL TABLE temp.stems USING fts5vocab(temp, words, 'instance')",
)
_FREQUENT = "SELECT term FROM temp.counted WHERE doc > ?"
_KNOWN = "SELECT 1 FROM temp.counted WHERE term = ?"
_SAY, _FORGET = "INSERT INTO temp.words(rowid, text) VALUES (?, ?)", "DELETE FROM temp.words"
_STEMMED = "SELECT doc, term FROM temp.stems"
_FIND = "SELECT rowid, bm25(chunks) AS cost FROM chunks WHERE chunks MATCH ? ORDER BY cost, rowid LIMIT ?"


class Source(NamedTuple):
    """A file with text."""

    id: str
    name: str
    text: str


class Chunk(NamedTuple):
    """A piece of a source; `number` counts those of the same one, from 0."""

    source_id: str
    source_name: str
    number: int
    text: str


class Index:
    """Chunks of some files, which never change. It may be made in a thread, and asked in another one.

    Args:
        sources: the files, in the order that decides where two chunks are equally good.
        strategy: how they are cut.

    Attributes:
        left_out: about how many more chunks there would be, were there room for them.
    """

    def __init__(self, sources: Iterable[Source], strategy: Strategy) -> None:
        self.left_out = 0
        self._bytes = 0
        self._chunks: list[Chunk] = []
        for source in sources:
            self._add(source, strategy)
        self._found = _Found("", [], 0)
        self._frequent: frozenset[str] | None = None
        with suppress(NoTextSearch):  # chunks are counted all the same
            self._connection = _connection()
            self._write()

    def __len__(self) -> int:
        """How many chunks there are to be found."""
        return len(self._chunks)

    def __iter__(self) -> Iterator[Chunk]:
        return iter(self._chunks)

    def __del__(self) -> None:
        """Close what only this index has opened."""
        if hasattr(self, "_connection"):
            self._connection.close()

    def _write(self) -> None:
        with self._connection as connection:
            connection.executemany(_INSERT, ((number, _encodable(one.text)) for number, one in enumerate(self._chunks)))
            connection.execute(_MERGE)
        if len(self._chunks) > MANY_CHUNKS.most:
            self._frequent = self._stems_of_most()

    def _add(self, source: Source, strategy: Strategy) -> None:
        """Cut a file, as far as there is room; the rest of it is estimated by its size."""
        name, room = source.name, max(0, CHUNK_BYTES.most - self._bytes)
        text = source.text[:room]
        done = 0  # characters of chunks
        for number, chunk in enumerate(chunks(name, text, strategy)):
            size = len(chunk.encode("utf-8", "replace"))
            if len(self._chunks) == CHUNKS.most or self._bytes + size > CHUNK_BYTES.most:
                self.left_out += max(1, estimated_chunks(len(source.text) - done, strategy))
                return
            self._chunks.append(Chunk(source.id, name, number, chunk))
            self._bytes += size
            done += len(chunk)
        self.left_out += estimated_chunks(len(source.text) - len(text), strategy)

    def find(
        self, query: str, *, top_k: int = 10, offset: int = 0, least: float = 0.0, knowledge_base: str = ""
    ) -> tuple[Hit, ...]:
        """The chunks that have words of a text, the best first; of equally good ones those that come first.

        Args:
            query: any text; only its words count, in any case and without diacritics.
            top_k: how many at most.
            offset: how many better ones are left out.
            least: the lowest score.
            knowledge_base: what the hits say.

        Raises:
            NoTextSearch: the Python at hand has no SQLite with FTS5.
        """
        if not hasattr(self, "_connection"):
            raise NoTextSearch
        words = _words(query)
        if not words or not self._chunks:
            return ()
        found = self._ranked(self._telling(words), offset + top_k)
        best = found[0][1] if found else 0.0
        hits = []
        for number, cost in found[offset : offset + top_k]:
            score = max(_LEAST, round(cost / best, _DIGITS))
            if score < least:
                break
            one = self._chunks[number]
            hits.append(Hit(one.text, one.source_id, one.source_name, one.number, score, knowledge_base))
        return tuple(hits)

    def _stems_of_most(self) -> frozenset[str]:
        """The stems that more than half of the chunks have."""
        for table in _COUNTING:
            self._connection.execute(table)
        return frozenset(stem for (stem,) in self._connection.execute(_FREQUENT, (len(self._chunks) // 2,)))

    def _telling(self, words: Sequence[str]) -> Sequence[str]:
        """The words that are looked up: among many chunks only some, and none that most of them have."""
        if self._frequent is None:
            return words
        with self._connection as connection:
            connection.executemany(_SAY, enumerate(words))
            stems = connection.execute(_STEMMED).fetchall()
            connection.execute(_FORGET)
        rare = ((number, stem) for number, stem in sorted(stems) if stem not in self._frequent)
        numbers = dict.fromkeys(number for number, stem in rare if self._has(stem))
        return [words[number] for number in islice(numbers, FEW_WORDS.most)] or words[:1]

    def _has(self, stem: str) -> bool:
        return self._connection.execute(_KNOWN, (stem,)).fetchone() is not None

    def _ranked(self, words: Sequence[str], count: int) -> Sequence[tuple[int, float]]:
        """The best chunks and what they cost, at least so many; those that were asked for last are still known.

        An execution asks the same of each of its agents, so nothing is looked up more than twice for it.
        """
        asked = " OR ".join(f'"{word}"' for word in words)  # quoted, so that nothing in a text is syntax of FTS5
        known = self._found
        if known.asked != asked or known.most < min(count, len(self)):
            wanted = len(self) if known.asked == asked else min(count, len(self))
            rows = self._connection.execute(_FIND, (asked, wanted)).fetchall()
            known = self._found = _Found(asked, rows, wanted)
        return known.rows


class _Found(NamedTuple):
    """What was found for what was asked last: no more than `most`."""

    asked: str
    rows: Sequence[tuple[int, float]]
    most: int


def _words(query: str) -> Sequence[str]:
    words: dict[str, None] = {}
    for word in _WORD.finditer(_encodable(query)):
        words[word[0].lower()] = None
        if len(words) == QUERY_WORDS.most:
            break
    return [*words]


def _encodable(text: str) -> str:
    """The text without halves of surrogate pairs, which SQLite does not take."""
    return text.encode("utf-8", "replace").decode()


def check_text_search() -> None:
    """Find out whether anything can be looked up at all.

    Raises:
        NoTextSearch: the Python at hand has no SQLite with FTS5.
    """
    _connection().close()


def _connection() -> "sqlite3.Connection":
    try:
        import sqlite3  # noqa: PLC0415  # only where something is looked up
    except ImportError:
        raise NoTextSearch from None
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        connection.execute(_TABLE)
    except sqlite3.OperationalError:
        connection.close()
        raise NoTextSearch from None
    return connection
