"""Collections of a seed. This module reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.pace import NOT_PROCESSED
from atthene_emulator.domain.seed import CollectionSeed
from atthene_emulator.limits import COLLECTION_FILES
from atthene_emulator.seeds.accounts import named_of_owner, owner_of
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.wording import did_you_mean


def read_collections(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[CollectionSeed, ...]:
    """Those of these collections that have an owner; they may be named from now on."""
    read = (_collection(entry, ("collections", index), so_far) for index, entry in enumerate(entries))
    return tuple(one for one in read if one is not None)


def _collection(entry: Mapping[str, Any], path: Path, so_far: Collected) -> CollectionSeed | None:
    owner, given = owner_of(entry, path, so_far), so_far.new_id(entry, path)
    created_at, updated_at = so_far.time(entry, "created_at", path), so_far.time(entry, "updated_at", path)
    if owner is None:
        return None
    so_far.new_name(("collections", owner.id, entry["name"]), path)
    files = files_named(entry, path, owner, so_far)
    if len(files) > COLLECTION_FILES.most:
        so_far.wrong((*path, "files"), f"A collection has at most {COLLECTION_FILES.shown} files, not {len(files):,}.")
    status = entry.get("status", "completed" if files else "pending")
    if status not in (("running", "completed", "failed") if files else ("pending", "completed")):
        so_far.wrong(
            (*path, "status"), "A collection without files is pending or completed, one with files is not pending."
        )
    read = CollectionSeed(
        id=given,
        owner=owner,
        name=entry["name"],
        description=entry.get("description", ""),
        files=files,
        status=status,
        errors=errors_named(entry, path, files, so_far),
        created_at=created_at,
        updated_at=updated_at,
    )
    if given is not None:
        so_far.collections[given] = read
    return read


def files_named(entry: Mapping[str, Any], path: Path, owner: Account, so_far: Collected) -> tuple[str, ...]:
    """The files that an entry names, each once; they must be its owner's."""
    files = so_far.files.items()
    known = dict.fromkeys(name for name, file in files if file.owner == owner and file.status != "deleted")
    return named_of_owner(entry.get("files", ()), (*path, "files"), owner, known, so_far)


def errors_named(entry: Mapping[str, Any], path: Path, files: Sequence[str], so_far: Collected) -> Mapping[str, str]:
    """Why files fail, by their ids; of what has failed and says nothing, all do."""
    errors: Mapping[str, str] = entry.get("errors", {})
    for name in errors:
        if name not in files:
            so_far.wrong(
                (*path, "errors", name), f"{name} is not one of its files{did_you_mean(name, tuple(files), '.')}"
            )
    if entry.get("status") == "failed" and not errors:
        return dict.fromkeys(files, NOT_PROCESSED)
    return errors
