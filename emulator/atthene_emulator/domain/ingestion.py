"""What a knowledge base makes of its files: which of them fail, and the chunks of the others. This module is that work.

It takes as long as there is text. So it is parted: `unread` is what it needs of a namespace, and `read` needs nothing else,
wherever it is done.
"""

from collections.abc import Sequence
from typing import NamedTuple

from atthene_emulator.domain.content import Content
from atthene_emulator.domain.file import File
from atthene_emulator.domain.knowledge_base import Corpus, KnowledgeBase
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.knowledge.documents import extension_of, has_text, text_of
from atthene_emulator.knowledge.index import Index, Source
from atthene_emulator.knowledge.strategy import Strategy, estimated_chunks, read_strategy

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


def unread(namespace: Namespace, base: KnowledgeBase) -> Unread:
    """What is to be read for a knowledge base."""
    found = (namespace.records.files.get(source.id) for source in base.sources if source.error is None)
    files = [(file, namespace.contents.find(file.digest)) for file in found if file is not None]
    return Unread(files, read_strategy(base.chunking))


def read(given: Unread) -> Corpus:
    """Cut the files into chunks; those without text are estimated, and those whose bytes are no longer there.

    Raises:
        NoTextSearch: the Python at hand cannot look anything up.
    """
    sources, estimated = [], 0
    for file, content in given.files:
        text = None if content is None else text_of(file.name, content.read())
        if text is None:
            estimated += estimated_chunks(file.size, given.strategy)
        else:
            sources.append(Source(file.id, file.name, text))
    index = Index(sources, given.strategy)
    total = len(index) + index.left_out + estimated
    return Corpus(index, total, _INDEXED * sum(chunk.text.__sizeof__() for chunk in index))


def keep(namespace: Namespace, base: KnowledgeBase, corpus: Corpus) -> KnowledgeBase:
    """Keep what was read for a knowledge base, unless this has become another one meanwhile."""
    kept = namespace.records.knowledge_bases.get(base.id)
    if kept is None or kept.corpus is not None or (kept.sources, kept.chunking) != (base.sources, base.chunking):
        return kept or base
    changed = kept._replace(corpus=corpus)
    namespace.records.knowledge_bases.replace(changed)
    return changed


def corpus_of(namespace: Namespace, base: KnowledgeBase) -> Corpus:
    """What was read for a knowledge base; it is read now if it was not yet.

    Raises:
        NoTextSearch: as `read`.
    """
    if base.corpus is not None:
        return base.corpus
    corpus = read(unread(namespace, base))
    keep(namespace, base, corpus)
    return corpus
