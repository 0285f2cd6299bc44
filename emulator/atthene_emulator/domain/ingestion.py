"""What a knowledge base makes of its files: which of them fail, and the chunks of the others. This module is that work.

It takes as long as there is text. So it is parted: `unread` is what it needs of a namespace, and `read` needs nothing else,
wherever it is done.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from atthene_emulator.domain.content import Content
from atthene_emulator.domain.file import File
from atthene_emulator.domain.knowledge_base import Corpus, KnowledgeBase
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.knowledge.documents import extension_of, has_text, text_of
from atthene_emulator.knowledge.index import Index, Source
from atthene_emulator.knowledge.strategy import Strategy, estimated_chunks, read_strategy
from atthene_emulator.limits import CHUNK_BYTES, ON_LOOP

_TYPES = frozenset(("document", "data"))
_BESIDE = frozenset(("html",))  # which is code by its type
_INDEXED = 2  # times the bytes of a chunk are taken by it and by what finds it


def failure_of(namespace: Namespace, file: File) -> str | None:
    """Why a file is not ingested, in a sentence; None if it is (D73)."""
    if file.type not in _TYPES and extension_of(file.name) not in _BESIDE:
        return f"Files of the type {file.type} are not supported: {file.name}"
    if file.status(namespace.clock.now()) == "error":
        return f"The upload of {file.name} has failed"
    if has_text(file.name) and namespace.contents.find(file.digest) is None:
        return f"The bytes of {file.name} are no longer kept; upload it again"
    return namespace.transitions.failure_of("knowledge_bases", file.name)


class Unread(NamedTuple):
    """What is to be read for a knowledge base.

    Attributes:
        files: that are ingested, in the order in which they were chosen; with their bytes, where these are there.
    """

    files: Sequence[tuple[File, Content | None]]
    strategy: Strategy

    @property
    def size(self) -> int:
        """Bytes of the files."""
        return sum(file.size for file, content in self.files if content is not None)

    @property
    def key(self) -> Hashable:
        """What all depends on that is read of them."""
        files = ((file.id, file.name, file.digest, content is None) for file, content in self.files)
        return (*files,), self.strategy


def unread(namespace: Namespace, base: KnowledgeBase) -> Unread:
    """What is to be read for a knowledge base."""
    found = (namespace.records.files.get(source.id) for source in base.sources if source.error is None)
    files = [(file, namespace.contents.find(file.digest)) for file in found if file is not None]
    return Unread(files, read_strategy(base.chunking))


def read(given: Unread) -> Corpus:
    """Cut the files into chunks; those without text are estimated, and those whose bytes are no longer there."""
    estimated = sum(estimated_chunks(_untold(file, content), given.strategy) for file, content in given.files)
    index = Index(_sources(given), given.strategy)
    total = len(index) + index.left_out + estimated
    return Corpus(index, total, _INDEXED * sum(chunk.text.__sizeof__() for chunk in index))


def _sources(given: Unread) -> Iterator[Source]:
    """The texts, of which there is one at a time, and of each no more than can be looked up."""
    for file, content in given.files:
        if content is not None:
            text = text_of(file.name, b"".join(content.between(0, CHUNK_BYTES.most)))
            if text is not None:
                yield Source(file.id, file.name, text)


def _untold(file: File, content: Content | None) -> int:
    """Bytes of a file in which nothing is found."""
    return file.size if content is None or not has_text(file.name) else max(0, content.size - CHUNK_BYTES.most)


def keep(namespace: Namespace, base: KnowledgeBase, given: Unread, corpus: Corpus) -> None:
    """Keep what was read for a knowledge base, unless there is something else to be read for it by now."""
    kept = namespace.records.knowledge_bases.get(base.id)
    if kept is not None and kept.corpus is None and unread(namespace, kept).key == given.key:
        namespace.records.knowledge_bases.replace(kept._replace(corpus=corpus))


def corpus_at_once(namespace: Namespace, base: KnowledgeBase) -> Corpus | None:
    """What was read for a knowledge base, or is read now where that is little; None if somebody else is to read it."""
    given = None if base.corpus is not None else unread(namespace, base)
    if given is None or given.size > ON_LOOP.most:
        return base.corpus
    corpus = read(given)
    keep(namespace, base, given, corpus)
    return corpus
