"""Use cases of knowledge bases: create, list, get, change, check, delete.

A knowledge base is its own account's, and no other one knows of it (D07); its name is known in the whole company. What there is
to be seen of one is `ShownBase`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.collection import Standing, Status
from atthene_emulator.domain.collections import (
    ShownCollection,
    create_collection,
    get_collection,
    list_collections,
    show_collection,
)
from atthene_emulator.domain.collections import Wanted as WantedCollections
from atthene_emulator.domain.file import File
from atthene_emulator.domain.files import get_file
from atthene_emulator.domain.ingestion import failure_of
from atthene_emulator.domain.knowledge_base import (
    EMBEDDING,
    INGESTION_SECONDS,
    KnowledgeBase,
    Source,
    name_in_company,
    sources_of,
)
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.ownership import owned
from atthene_emulator.domain.process import polled
from atthene_emulator.domain.record_set import DuplicateError
from atthene_emulator.errors import ApiError, CollectionExists, InvalidRequest, KnowledgeBaseExists, NotFound, Problem
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.knowledge.index import check_text_search
from atthene_emulator.knowledge.strategy import DEFAULT, overlap_problem, read_strategy
from atthene_emulator.limits import COLLECTION_FILES, KNOWLEDGE_FILES

R = TypeVar("R")
_Chosen = Sequence[tuple[Source, File]]

_CHUNKED_TO = 20  # percent; then chunks are embedded [documented: knowledge-bases/check-status@G2]


class ShownBase(NamedTuple):
    """A knowledge base as it is at a moment.

    Attributes:
        items: its sources with their files.
        now: the moment, in unix seconds.
    """

    base: KnowledgeBase
    items: Sequence[tuple[Source, File]]
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
    def ingested(self) -> Sequence[tuple[Source, File]]:
        """Those that were, once all is over."""
        return [item for item in self._over if item[0].error is None]

    @property
    def failed(self) -> Sequence[tuple[Source, File]]:
        """Those that were not, once all is over."""
        return [item for item in self._over if item[0].error is not None]

    @property
    def _over(self) -> Sequence[tuple[Source, File]]:
        return self.items if self.base.process.is_over(self.now) else ()


def show_base(namespace: Namespace, base: KnowledgeBase) -> ShownBase:
    """A knowledge base as it is now."""
    now, files = namespace.clock.now(), namespace.records.files
    found = ((source, files.get(source.id)) for source in base.sources)
    items = [(source, file) for source, file in found if file is not None]
    return ShownBase(base, items, now)


class Draft(NamedTuple):
    """A knowledge base to be created.

    Attributes:
        collections: ids.
        collections_field: what the body calls them.
        files: ids of those that were chosen by themselves.
        save_as: name and description of a new collection with all the files, the name None where it is missing; None for
            no collection.
    """

    name: str
    description: str = ""
    collections: Sequence[str] = ()
    collections_field: str = "selected_collections"
    files: Sequence[str] = ()
    chunking: Mapping[str, Any] = DEFAULT
    embedding: Mapping[str, Any] = EMBEDDING
    save_as: tuple[str | None, str] | None = None


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
    chosen, now = _choose(namespace, account, draft), namespace.clock.now()
    if draft.save_as is not None:
        name, description = draft.save_as
        create_collection(namespace, account, name or "", description, [file for _, file in chosen])
    base = KnowledgeBase(
        namespace.ids.prefixed("kb_"),
        account.id,
        account.company,
        draft.name,
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


def _choose(namespace: Namespace, account: Account, draft: Draft) -> _Chosen:
    """The files that a draft chooses, each once.

    Raises:
        InvalidRequest: with every mistake of the draft.
    """
    problems = [*chunking_problems(draft.chunking)]
    collections = _looked_up(
        draft.collections,
        draft.collections_field,
        lambda one: _completed(show_collection(namespace, get_collection(namespace, account, one))),
        problems,
    )
    files = _looked_up(draft.files, "selected_datasources", lambda one: get_file(namespace, account, one), problems)
    kept = namespace.records.files
    sources = sources_of([shown.collection for shown in collections], [file.id for file in files])
    chosen = [(source, file) for source in sources if (file := kept.get(source.id)) is not None]
    problems += _choice_problems(draft, len(chosen))
    if draft.save_as is not None:
        problems += _saving_problems(namespace, account, draft.save_as[0], len(chosen))
    if problems:
        raise InvalidRequest(None, problems)
    return chosen


def _looked_up(ids: Sequence[str], field: str, look_up: Callable[[str], R], problems: list[Problem]) -> Sequence[R]:
    """What there is of those ids; what is wrong with the others is noted."""
    found = []
    for index, one in enumerate(ids):
        try:
            found.append(look_up(one))
        except ApiError as error:
            problems.append(Problem(f"{field}.{index}", f"{error.message}."))
    return found


def _completed(shown: ShownCollection) -> ShownCollection:
    """A collection that can be ingested.

    Raises:
        InvalidRequest: it is not completed (D73).
    """
    status = shown.standing.status
    if status != "completed":
        raise InvalidRequest(f"The collection {shown.collection.name} is {status}; it must be completed before")
    return shown


def _choice_problems(draft: Draft, chosen: int) -> Iterator[Problem]:
    if not draft.collections and not draft.files:
        field = draft.collections_field
        yield Problem(field, f"Name at least one collection in {field}, or a file in selected_datasources.")
    if chosen > KNOWLEDGE_FILES.most:
        message = f"A knowledge base has at most {KNOWLEDGE_FILES.shown} files, and {chosen:,} are chosen."
        yield Problem(draft.collections_field, message)


def chunking_problems(chunking: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a chunking strategy that fits its schema [documented: knowledge-base-setup@G3]."""
    inside = "chunking_strategy.document_config" if "document_config" in chunking else "chunking_strategy"
    inner = chunking.get("document_config", chunking)
    sizes = [*inner.get("hierarchical_block_sizes", ())]
    if sizes != sorted(set(sizes), reverse=True):
        yield Problem(
            f"{inside}.hierarchical_block_sizes", "Block sizes must descend: each smaller than the one before."
        )
    kind = inner.get("strategy", "recursive")
    if kind != "recursive" and inner.get("split_by") == "char":
        yield Problem(f"{inside}.split_by", f"Only recursive splits by char; {kind} splits by word.")
    overlap = overlap_problem(read_strategy(chunking))
    if overlap is not None:
        yield Problem(f"{inside}.chunk_overlap", f"{overlap}.")


def _saving_problems(namespace: Namespace, account: Account, name: str | None, chosen: int) -> Iterator[Problem]:
    if name is None:
        yield Problem("new_collection_name", "new_collection_name is required with save_as_collection.")
    if namespace.records.collections.find("name", (account.id, name)) is not None:
        yield Problem("new_collection_name", f"{CollectionExists.usual}.")
    if chosen > COLLECTION_FILES.most:
        message = f"A collection has at most {COLLECTION_FILES.shown} files, and {chosen:,} are chosen."
        yield Problem("save_as_collection", message)


class Wanted(NamedTuple):
    """Which knowledge bases are listed: those that fit all that is said."""

    status: Status | None = None
    processing_engine: str | None = None


def list_knowledge_bases(
    namespace: Namespace, account: Account, wanted: Wanted, *, limit: int | None = None, offset: int = 0
) -> Sequence[ShownBase]:
    """The account's knowledge bases, newest first (D106)."""
    now, page = namespace.clock.now(), namespace.records.knowledge_bases.page
    if wanted == Wanted():
        met = page("owner", account.id, newest_first=True, limit=limit, offset=offset)
    else:
        all_of_them = page("owner", account.id, newest_first=True)
        fitting = (
            one
            for one in all_of_them
            if wanted.status in (None, one.standing(now).status) and wanted.processing_engine in (None, one.engine)
        )
        met = [*islice(fitting, offset, None if limit is None else offset + limit)]
    return [_asked(namespace, one) for one in met]


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
