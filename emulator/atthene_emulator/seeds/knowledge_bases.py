"""Knowledge bases of a seed. This module reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.knowledge_base import name_in_company
from atthene_emulator.domain.seed import KnowledgeBaseSeed
from atthene_emulator.seeds.accounts import named_of_owner, owner_of
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.collections import errors_named, files_named


def read_knowledge_bases(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[KnowledgeBaseSeed, ...]:
    """Those of these knowledge bases that have an owner."""
    read = (_knowledge_base(entry, ("knowledge_bases", index), so_far) for index, entry in enumerate(entries))
    return tuple(one for one in read if one is not None)


def _knowledge_base(entry: Mapping[str, Any], path: Path, so_far: Collected) -> KnowledgeBaseSeed | None:
    owner, given = owner_of(entry, path, so_far), so_far.new_id(entry, path)
    created_at, updated_at = so_far.time(entry, "created_at", path), so_far.time(entry, "updated_at", path)
    if owner is None:
        return None
    so_far.new_name(name_in_company(owner.company, owner.id, entry["name"]), path)
    collections, files = _collections_named(entry, path, owner, so_far), files_named(entry, path, owner, so_far)
    if not entry.get("collections") and not entry.get("files"):
        so_far.wrong(path, "A knowledge base is made of collections, of files, or of both; name at least one.")
    if not so_far.checked:
        _check_chunking(entry.get("chunking_strategy", {}), path, so_far)
    through = [file for one in collections for file in so_far.collections[one].files]
    return KnowledgeBaseSeed(
        id=given,
        owner=owner,
        name=entry["name"],
        description=entry.get("description", ""),
        collections=collections,
        files=files,
        chunking=entry.get("chunking_strategy"),
        embedding=entry.get("embedding_config"),
        llm=entry.get("llm_config", {}),
        status=entry.get("status", "completed"),
        progress=int(entry.get("progress", 0)),
        errors=errors_named(entry, path, [*through, *files], so_far),
        created_at=created_at,
        updated_at=updated_at,
    )


def _check_chunking(strategy: Mapping[str, Any], path: Path, so_far: Collected) -> None:
    from atthene_emulator.domain.knowledge_base_draft import chunking_problems  # noqa: PLC0415  # ours have no mistakes

    for problem in chunking_problems(strategy):
        so_far.wrong((*path, *problem.field.split(".")), problem.message)


def _collections_named(entry: Mapping[str, Any], path: Path, owner: Account, so_far: Collected) -> tuple[str, ...]:
    """The collections that an entry names, each once; they must be its owner's."""
    known = dict.fromkeys(name for name, one in so_far.collections.items() if one.owner == owner)
    return named_of_owner(entry.get("collections", ()), (*path, "collections"), owner, known, so_far)
