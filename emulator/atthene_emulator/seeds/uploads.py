"""Files of a seed, with their bytes where it has them. This module reads them."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.pace import NOT_PROCESSED
from atthene_emulator.domain.seed import ArtifactSeed, FileSeed
from atthene_emulator.limits import MIB, UPLOAD
from atthene_emulator.seeds.accounts import owner_of
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.configurations import read_bytes_below


def read_files(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[FileSeed, ...]:
    """Those of these files that have an owner and bytes; they may be named from now on."""
    read = (_file(entry, ("files", index), so_far) for index, entry in enumerate(entries))
    files = tuple(file for file in read if file is not None)
    so_far.files.update((file.id, file) for file in files if file.id is not None)
    return files


def _check_bytes(file: FileSeed, path: Path, so_far: Collected) -> None:
    """Refuse bytes that another file of the same owner has, as an upload of them would be refused."""
    if file.status == "deleted":
        return
    key = file.owner.id, file.digest
    if key in so_far.bytes:
        so_far.wrong(
            path, f"The file {so_far.bytes[key]} of {file.owner.id} has the same bytes; one of the two is enough."
        )
    so_far.bytes.setdefault(key, file.id or file.name)


def _file(entry: Mapping[str, Any], path: Path, so_far: Collected) -> FileSeed | None:
    owner, given = owner_of(entry, path, so_far), so_far.new_id(entry, path)
    name = _name(entry, path, so_far)
    created_at, updated_at = so_far.time(entry, "created_at", path), so_far.time(entry, "updated_at", path)
    size, content = entry.get("size_bytes"), None if "size_bytes" in entry else read_content(entry, path, so_far)
    if owner is None or not name or (size is None and content is None):
        return None
    status = entry.get("status", "active")
    file = FileSeed(
        id=given,
        owner=owner,
        name=name,
        content=content,
        digest=content.digest if content else sha256(f"{owner.id} {given} {path} {name}".encode()).hexdigest(),
        size=content.size if content else int(size or 0),
        tags=tuple(dict.fromkeys(entry.get("tags", ()))),
        description=entry.get("description", ""),
        is_public=entry.get("is_public", False),
        status=status,
        error=entry.get("error", NOT_PROCESSED) if status == "error" else entry.get("error"),
        created_at=created_at,
        updated_at=updated_at,
    )
    _check_bytes(file, path, so_far)
    return file


def read_artifacts(entries: Sequence[Mapping[str, Any]], path: Path, so_far: Collected) -> tuple[ArtifactSeed, ...]:
    """Those of these artifacts of a session that have bytes."""
    read = (_artifact(entry, (*path, index), so_far) for index, entry in enumerate(entries))
    return tuple(artifact for artifact in read if artifact is not None)


def _artifact(entry: Mapping[str, Any], path: Path, so_far: Collected) -> ArtifactSeed | None:
    given, content, status = so_far.new_id(entry, path), read_content(entry, path, so_far), entry.get("status", "ready")
    created_at, name = so_far.time(entry, "created_at", path), _name(entry, path, so_far)
    if content is None or not name:
        return None
    return ArtifactSeed(
        id=given,
        name=name,
        content=content,
        title=entry.get("title", ""),
        origin=entry.get("origin", "ai_generated"),
        is_extracted=not entry.get("skip_extraction", False),
        status=status,
        error=entry.get("error", NOT_PROCESSED) if status == "failed" else entry.get("error"),
        created_at=created_at,
    )


def _name(entry: Mapping[str, Any], path: Path, so_far: Collected) -> str:
    """That of a file: its own, or that of the file whose bytes it has; empty for none."""
    name: str = entry.get("name") or PurePath(entry.get("path", "")).name
    if not name:
        so_far.wrong((*path, "name"), "name is required where there is no path.")
    return name


def with_bytes(entry: Mapping[str, Any], data: bytes) -> Mapping[str, Any]:
    """An entry with the bytes themselves where it names their file by `path`."""
    rest = {key: value for key, value in entry.items() if key != "path"}
    return {"name": PurePath(entry["path"]).name, **rest, "base64": b64encode(data).decode()}


def read_content(entry: Mapping[str, Any], path: Path, so_far: Collected) -> Content | None:
    """The bytes of an entry: its text, what is in base64, or what is in a file beside the seed."""
    data: bytes | None
    if "text" in entry:
        data = entry["text"].encode()
    elif "base64" in entry:
        try:
            data = b64decode(entry["base64"], validate=True)
        except (Error, ValueError):
            so_far.wrong((*path, "base64"), "This is no base64.")
            return None
    elif "path" in entry:
        data = read_bytes_below(entry["path"], (*path, "path"), so_far)
    else:
        so_far.wrong(path, "text, path, base64 or size_bytes is required.")
        return None
    if data is not None and len(data) > UPLOAD.most:
        so_far.wrong(path, f"A file has {UPLOAD.most // MIB} MB at most, not {len(data):,} bytes.")
        return None
    return None if data is None else Content.of(data)
