"""Use cases of knowledge bases: create, list, get, change, check, delete.

A knowledge base is its own account's, and no other one knows of it (D07); its name is known in the whole company. What there is
to be seen of one is `ShownBase`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.collections import ShownCollection, create_collection, list_collections
from atthene_emulator.domain.collections import Wanted as WantedCollections
from atthene_emulator.domain.file import File
from atthene_emulator.domain.ingestion import failure_of
from atthene_emulator.domain.knowledge_base import (
    EMBEDDING,
    INGESTION_SECONDS,
    KnowledgeBase,
    KnowledgeSource,
    name_in_company,
)
from atthene_emulator.domain.knowledge_base_draft import Draft, chosen_by, chunking_problems
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.ownership import owned
from atthene_emulator.domain.process import polled
from atthene_emulator.domain.record_set import DuplicateError
from atthene_emulator.domain.standing import Standing, Status
from atthene_emulator.errors import InvalidRequest, KnowledgeBaseExists, NotFound, Problem
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.knowledge.index import check_text_search
from atthene_emulator.knowledge.strategy import DEFAULT

_Items = Sequence[tuple[KnowledgeSource, File]]

_CHUNKED_TO = 20  # percent; then chunks are embedded [documented: knowledge-bases/check-status@G2]


class ShownBase(NamedTuple):
    """A knowledge base as it is at a moment.

    Attributes:
        items: its sources with their files.
        now: the moment, in unix seconds.
    """

    base: KnowledgeBase
    items: _Items
    now: float

    @property
    def standing(self) -> Standing:
        """Status and progress."""
        return self.base.standing(self.now)

    @property
    def is_embedding(self) -> bool:
        """Whether its chunks are embedded."""
        status, progress = self.standing
        return status == "running" and progress >= _CHUNKED_TO

    @property
    def chunks(self) -> int | None:
        """How many there are, while they are embedded and it is known; None else."""
        return self.base.corpus.total if self.is_embedding and self.base.corpus is not None else None

    @property
    def updated_at(self) -> float:
        """Unix seconds."""
        return self.base.updated_at(self.now)

    @property
    def ingested(self) -> _Items:
        """Those that were, once all is over."""
        return [item for item in self._over if item[0].error is None]

    @property
    def failed(self) -> _Items:
        """Those that were not, once all is over."""
        return [item for item in self._over if item[0].error is not None]

    @property
    def _over(self) -> _Items:
        return self.items if self.base.process.is_over(self.now) else ()


def show_base(namespace: Namespace, base: KnowledgeBase) -> ShownBase:
    """A knowledge base as it is now."""
    now, files = namespace.clock.now(), namespace.records.files
    found = ((source, files.get(source.id)) for source in base.sources)
    items = [(source, file) for source, file in found if file is not None]
    return ShownBase(base, items, now)


def create_knowledge_base(namespace: Namespace, account: Account, draft: Draft) -> KnowledgeBase:
    """Keep a new knowledge base, whose ingestion begins.

    Raises:
        InvalidRequest: with every mistake; nothing is kept.
        KnowledgeBaseExists: the company has one of this name.
        NoRoom: so much is kept that no more is.
        NoTextSearch: the Python at hand cannot look anything up; nothing is kept.
    """
    check_text_search()
    namespace.check_room()
    if namespace.records.knowledge_bases.find("name", name_in_company(account.company, account.id, draft.name)):
        raise _taken()
    chosen, now = chosen_by(namespace, account, draft), namespace.clock.now()
    if draft.save_as is not None:
        name, description = draft.save_as
        create_collection(namespace, account, name or "", description, [file for _, file in chosen])
    base = KnowledgeBase(
        id=namespace.ids.prefixed("kb_"),
        owner=account.id,
        company=account.company,
        name=draft.name,
        created_at=now,
        changed_at=now,
        process=namespace.transitions.begin("knowledge_bases", now, INGESTION_SECONDS),
        description=draft.description,
        collections=tuple(dict.fromkeys(draft.collections)),
        sources=tuple(source._replace(error=failure_of(namespace, file)) for source, file in chosen),
        chunking=draft.chunking,
        embedding=draft.embedding,
    )
    namespace.records.knowledge_bases.add(base)
    return base


def _taken() -> KnowledgeBaseExists:
    return KnowledgeBaseExists(None, [Problem("name", "The company has a knowledge base of this name.")])


class Wanted(NamedTuple):
    """Which knowledge bases are listed: those that fit all that is said."""

    status: Status | None = None
    processing_engine: str | None = None

    def is_met(self, base: KnowledgeBase, now: float) -> bool:
        """Whether a knowledge base is wanted."""
        return self.status in (None, base.standing(now).status) and self.processing_engine in (None, base.engine)


def list_knowledge_bases(
    namespace: Namespace, account: Account, wanted: Wanted, *, limit: int | None = None, offset: int = 0
) -> Sequence[ShownBase]:
    """The account's knowledge bases, newest first (D106)."""
    now = namespace.clock.now()
    where = None if wanted == Wanted() else lambda one: wanted.is_met(one, now)
    page = namespace.records.knowledge_bases.page(
        "owner", account.id, newest_first=True, limit=limit, offset=offset, where=where
    )
    return [_asked(namespace, one) for one in page]


def get_knowledge_base(namespace: Namespace, account: Account, base_id: str) -> KnowledgeBase:
    """A knowledge base.

    Raises:
        NotFound: there is none, or it is another's (D07).
    """
    return owned(namespace.records.knowledge_bases, account, base_id, NotFound("Knowledge base not found"))


def look_at_knowledge_base(namespace: Namespace, account: Account, base_id: str) -> ShownBase:
    """A knowledge base, asked about.

    Raises:
        NotFound: as `get_knowledge_base`.
    """
    return _asked(namespace, get_knowledge_base(namespace, account, base_id))


def _asked(namespace: Namespace, base: KnowledgeBase) -> ShownBase:
    return show_base(namespace, polled(namespace.records.knowledge_bases, base, namespace.clock.now()))


class Checked(NamedTuple):
    """A knowledge base whose status was checked, and whether that was another one before."""

    shown: ShownBase
    is_updated: bool


def check_knowledge_base(namespace: Namespace, account: Account, base_id: str) -> Checked:
    """A knowledge base, asked about, and whether its status or progress is another one than when this was called last.

    Raises:
        NotFound: as `get_knowledge_base`.
    """
    shown = look_at_knowledge_base(namespace, account, base_id)
    kept = get_knowledge_base(namespace, account, base_id)
    if shown.standing == kept.checked:
        return Checked(shown, is_updated=False)
    namespace.records.knowledge_bases.replace(kept._replace(checked=shown.standing))
    return Checked(shown, is_updated=True)


_FIELDS = {  # of a body, and of the record
    "name": "name",
    "description": "description",
    "chunking_strategy": "chunking",
    "embedding_config": "embedding",
    "llm_config": "llm",
}
_WRITTEN = ("status", "progress", "datasources", "ingested_datasources", "failed_datasources", "processing_metadata")
_UNSAID: Mapping[str, Any] = {"description": "", "chunking": DEFAULT, "embedding": EMBEDDING, "llm": NOTHING}


def update_knowledge_base(
    namespace: Namespace, account: Account, base_id: str, said: Mapping[str, Any]
) -> KnowledgeBase:
    """Change the fields of a body that it names; those of the ingestion stand in place of what it came to (D120).

    Raises:
        NotFound: as `get_knowledge_base`.
        InvalidRequest: a field cannot be so.
        KnowledgeBaseExists: the company has another one of this name.
        NoRoom: so much is kept that no more is.
    """
    base = get_knowledge_base(namespace, account, base_id)
    return _change(namespace, base, _of_record(said), {**base.written, **_written(said)})


def replace_knowledge_base(
    namespace: Namespace, account: Account, base_id: str, said: Mapping[str, Any]
) -> KnowledgeBase:
    """The same, where fields that it does not name become as they are of a new one (D120).

    Raises:
        NotFound, InvalidRequest, KnowledgeBaseExists, NoRoom: as `update_knowledge_base`.
    """
    base = get_knowledge_base(namespace, account, base_id)
    return _change(namespace, base, {**_UNSAID, **_of_record(said)}, _written(said))


def _of_record(said: Mapping[str, Any]) -> dict[str, Any]:
    return {field: said[name] for name, field in _FIELDS.items() if name in said}


def _written(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in _WRITTEN if name in said}


def _change(
    namespace: Namespace, base: KnowledgeBase, fields: Mapping[str, Any], written: Mapping[str, Any]
) -> KnowledgeBase:
    namespace.check_room()
    changed = base._replace(changed_at=namespace.clock.now(), written=written, **fields)
    problems = [*chunking_problems(changed.chunking)]
    if problems:
        raise InvalidRequest(None, problems)
    if changed.chunking != base.chunking:
        changed = changed._replace(corpus=None)
    try:
        namespace.records.knowledge_bases.change(changed)
    except DuplicateError:
        raise _taken() from None
    return changed


def delete_knowledge_base(namespace: Namespace, account: Account, base_id: str) -> None:
    """Forget a knowledge base; its collections and files stay.

    Raises:
        NotFound: as `get_knowledge_base`.
    """
    namespace.records.knowledge_bases.remove(get_knowledge_base(namespace, account, base_id).id)


def available_collections(namespace: Namespace, account: Account) -> Sequence[ShownCollection]:
    """The account's completed collections, oldest first [inferred: knowledge-bases/available-collections@G2]."""
    return [*reversed(list_collections(namespace, account, WantedCollections("completed")))]
