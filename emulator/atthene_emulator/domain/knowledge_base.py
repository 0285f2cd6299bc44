"""A knowledge base as it is kept: files that are cut into chunks. This module is the record, how it is found, and how it is saved.

Times are unix seconds. What was read of the files is kept beside the record while the process lives, and read again when it is
missing.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from atthene_emulator.domain.collection import Collection
from atthene_emulator.domain.parts import Json, Saved
from atthene_emulator.domain.process import Process, load_process, save_process
from atthene_emulator.domain.record_set import Kind
from atthene_emulator.domain.standing import Standing
from atthene_emulator.domain.weight import weight
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.knowledge.strategy import DEFAULT

if TYPE_CHECKING:
    from atthene_emulator.knowledge.index import Index

_BASE, _SOURCE = 1500, 400  # bytes, without what its owner says of it

ENGINE = "milvus"  # documented: knowledge-bases/create@G2
EMBEDDING: Mapping[str, Any] = MappingProxyType(  # documented: knowledge-bases/create@G2
    {"provider": "mistral", "model": "mistral-embed", "dimensions": 1024}
)
INGESTION_SECONDS = 11.0  # D73: it waits for one, and works for ten
_STEPS, _WAITING = 110, 10  # of the whole, and of those the ones before it runs


class KnowledgeSource(NamedTuple):
    """A file of a knowledge base.

    Attributes:
        id: of the file.
        collections: ids of those through which it came.
        member: of its being in the first of them; empty for none.
        is_direct: whether it was chosen by itself.
        error: why it is not ingested; None if it is.
    """

    id: str
    collections: tuple[str, ...] = ()
    member: str = ""
    is_direct: bool = True
    error: str | None = None

    def without(self, collection_id: str) -> "KnowledgeSource":
        """The same, which does not come through that collection."""
        return self._replace(collections=tuple(one for one in self.collections if one != collection_id))


def sources_of(collections: Sequence[Collection], file_ids: Sequence[str]) -> Sequence[KnowledgeSource]:
    """The files of collections, and those that were chosen by themselves, each once."""
    found: dict[str, KnowledgeSource] = {}
    for collection in collections:
        for member in collection.members:
            source = found.get(member.file_id, KnowledgeSource(member.file_id, (), member.id, is_direct=False))
            through = tuple(dict.fromkeys((*source.collections, collection.id)))
            found[member.file_id] = source._replace(collections=through)
    for file_id in file_ids:
        found[file_id] = found.get(file_id, KnowledgeSource(file_id))._replace(is_direct=True)
    return [*found.values()]


class Corpus(NamedTuple):
    """What was read of a knowledge base's files.

    Attributes:
        chunks: those that can be found.
        total: how many there are, with those that are only estimated.
        weight: bytes, roughly.
    """

    chunks: "Index"
    total: int
    weight: int


class KnowledgeBase(NamedTuple):
    """A knowledge base of an account, whose name no other one of the company has.

    Attributes:
        changed_at: when somebody changed it last.
        process: of its ingestion.
        collections: ids of those that were chosen.
        sources: its files, in the order in which they were chosen.
        chunking, embedding, llm: as they were given.
        written: what was said of its ingestion, which stands in place of what it came to (D120).
        checked: how it was when its status was checked last.
        corpus: what was read; None until then, and after a change of it.
    """

    id: str
    owner: str
    company: str
    name: str
    created_at: float
    changed_at: float
    process: Process
    description: str = ""
    engine: str = ENGINE
    collections: tuple[str, ...] = ()
    sources: tuple[KnowledgeSource, ...] = ()
    chunking: Mapping[str, Any] = DEFAULT
    embedding: Mapping[str, Any] = EMBEDDING
    llm: Mapping[str, Any] = NOTHING
    written: Mapping[str, Any] = NOTHING
    checked: Standing = Standing("pending", 0)
    corpus: Corpus | None = None

    def standing(self, now: float) -> Standing:
        """How it is at a moment (D73); what was written counts."""
        reached = self._reached(now)
        return Standing(self.written.get("status", reached.status), int(self.written.get("progress", reached.progress)))

    def _reached(self, now: float) -> Standing:
        if self.process.is_over(now):
            errors = [source.error for source in self.sources]
            return Standing("failed", 0) if errors and None not in errors else Standing("completed", 100)
        steps = self.process.steps(now, _STEPS)
        return Standing("pending", 0) if steps < _WAITING else Standing("running", min(99, steps - _WAITING))

    def running(self, progress: int) -> "KnowledgeBase":
        """The same, whose ingestion has come so far, in percent."""
        return self._replace(process=self.process.so_far((progress + _WAITING) / _STEPS))

    def updated_at(self, now: float) -> float:
        """When it was changed last, by somebody or by its ingestion."""
        return max(self.changed_at, self.process.changed_at(now))

    def with_sources(self, sources: tuple[KnowledgeSource, ...], now: float) -> "KnowledgeBase":
        """The same with other files, of which nothing was read yet; what was completed stays so, whichever are left."""
        changed = self._replace(sources=sources, changed_at=now, corpus=None)
        if self.standing(now).status == "completed" and changed.standing(now).status == "failed":
            changed = changed._replace(written={**self.written, "status": "completed", "progress": 100})
        return changed


def name_in_company(company: str, owner: str, name: str) -> tuple[str, str, str]:
    """What only one knowledge base has; an account without a company is one by itself."""
    return company, "" if company else owner, name


def _save(base: KnowledgeBase) -> Json:
    fields = base._asdict()
    del fields["company"], fields["corpus"]
    return {
        **fields,
        "process": save_process(base.process),
        "collections": list(base.collections),
        "sources": [{**one._asdict(), "collections": list(one.collections)} for one in base.sources],
        **{name: dict(fields[name]) for name in ("chunking", "embedding", "llm", "written")},
        "checked": base.checked._asdict(),
    }


def _load(entry: Mapping[str, Any], saved: Saved) -> KnowledgeBase:
    sources = (KnowledgeSource(**{**one, "collections": tuple(one["collections"])}) for one in entry["sources"])
    known: Json = {
        "company": saved.companies[entry["owner"]],
        "process": load_process(entry["process"]),
        "collections": tuple(entry["collections"]),
        "sources": tuple(sources),
        "checked": Standing(entry["checked"]["status"], int(entry["checked"]["progress"])),
    }
    return KnowledgeBase(**{**entry, **known})


def _weight(base: KnowledgeBase) -> int:
    said = weight((base.name, base.description, base.chunking, base.embedding, base.llm, base.written))
    return _BASE + _SOURCE * len(base.sources) + said + (base.corpus.weight if base.corpus else 0)


KNOWLEDGE_BASES: Kind[KnowledgeBase] = Kind(
    "knowledge_bases",
    _save,
    _load,
    weight=_weight,
    indexes={
        "owner": lambda base: base.owner,
        "own_name": lambda base: (base.owner, base.name),
        "name": lambda base: name_in_company(base.company, base.owner, base.name),
    },
    unique=frozenset({"name"}),
    bare=lambda base: base._replace(corpus=None),
)
