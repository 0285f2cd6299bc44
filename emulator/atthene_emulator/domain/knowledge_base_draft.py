"""A knowledge base to be created: what is chosen for it, and what is wrong with that. This module is the `Draft`, and its checks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.collections import ShownCollection, get_collection, show_collection
from atthene_emulator.domain.file import File
from atthene_emulator.domain.files import get_file
from atthene_emulator.domain.knowledge_base import EMBEDDING, KnowledgeSource, sources_of
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.errors import ApiError, CollectionExists, InvalidRequest, Problem
from atthene_emulator.knowledge.strategy import DEFAULT, overlap_problem, read_strategy
from atthene_emulator.limits import COLLECTION_FILES, KNOWLEDGE_FILES

R = TypeVar("R")


class NewCollection(NamedTuple):
    """A collection that is made of all files of a new knowledge base; its name is None where the body lacks it."""

    name: str | None
    description: str = ""


class Draft(NamedTuple):
    """A knowledge base to be created.

    Attributes:
        collections: ids.
        collections_field: what the body calls them.
        files: ids of those that were chosen by themselves.
        save_as: the collection that it is saved as besides; None for none.
    """

    name: str
    description: str = ""
    collections: Sequence[str] = ()
    collections_field: str = "selected_collections"
    files: Sequence[str] = ()
    chunking: Mapping[str, Any] = DEFAULT
    embedding: Mapping[str, Any] = EMBEDDING
    save_as: NewCollection | None = None


def chosen_by(namespace: Namespace, account: Account, draft: Draft) -> Sequence[tuple[KnowledgeSource, File]]:
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
        problems += _saving_problems(namespace, account, draft.save_as.name, len(chosen))
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
