"""A file as it is kept, without its bytes. This module is the record, how it is found, and how it is saved.

Times are unix seconds. Nothing here knows how it looks on the wire.
"""

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from atthene_emulator.domain.file_types import FileStatus, FileType, type_of
from atthene_emulator.domain.parts import Json, Saved
from atthene_emulator.domain.process import Process, load_process, save_process
from atthene_emulator.domain.record_set import Kind
from atthene_emulator.domain.weight import weight

UPLOAD_SECONDS = 1.0  # D70
_FILE = 1100  # bytes, without what its owner says of it


class File(NamedTuple):
    """A file of an account.

    Attributes:
        digest, size: of its bytes.
        process: of its upload.
        chosen: a status that it was given; None for that of its upload.
        changed_at: when it was changed last.
    """

    id: str
    owner: str
    name: str
    digest: str
    size: int
    created_at: float
    changed_at: float
    process: Process
    tags: tuple[str, ...] = ()
    description: str = ""
    is_public: bool = False
    chosen: FileStatus | None = None

    @property
    def type(self) -> FileType:
        """What kind of file it is."""
        return type_of(self.name)

    @property
    def is_deleted(self) -> bool:
        """Whether it is hidden (D70)."""
        return self.chosen == "deleted"

    def status(self, now: float) -> FileStatus:
        """How it is at a moment."""
        if self.chosen is not None:
            return self.chosen
        if not self.process.is_over(now):
            return "uploading"
        return "active" if self.process.failure is None else "error"

    def updated_at(self, now: float) -> float:
        """When it was changed last, by somebody or by its upload."""
        return max(self.changed_at, self.process.changed_at(now))


def _save(file: File) -> Json:
    return {**file._asdict(), "process": save_process(file.process), "tags": list(file.tags)}


def _load(entry: Mapping[str, Any], _: Saved) -> File:
    process, tags, size = load_process(entry["process"]), tuple(entry["tags"]), int(entry["size"])
    return File(**{**entry, "process": process, "tags": tags, "size": size})


def _shown_of(file: File) -> Hashable | None:
    return None if file.is_deleted else file.owner


FILES: Kind[File] = Kind(
    "files",
    _save,
    _load,
    weight=lambda file: _FILE + weight((file.name, file.description, file.tags)),
    indexes={
        "owner": lambda file: file.owner,
        "shown": _shown_of,
        "bytes": lambda file: None if file.is_deleted else (file.owner, file.digest),
        "content": lambda file: None if file.is_deleted else file.digest,
    },
    unique=frozenset({"bytes"}),
)
