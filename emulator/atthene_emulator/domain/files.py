"""Use cases of files: upload, list, get, delete, change.

A file is its own account's; another's is refused (D07). Deleted ones are hidden, and only counted where they are asked for (D70).
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.bulk import Done, each
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.file import UPLOAD_SECONDS, File
from atthene_emulator.domain.file_types import FileStatus, FileType
from atthene_emulator.domain.membership import leave_all
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.ownership import owned
from atthene_emulator.domain.process import polled
from atthene_emulator.errors import DuplicateFile, NotFound, NotPermitted


class Upload(NamedTuple):
    """What comes with a file.

    Attributes:
        name: of the file, checked.
    """

    name: str
    content: Content
    tags: tuple[str, ...] = ()
    description: str = ""
    is_public: bool = False


def create_file(namespace: Namespace, account: Account, upload: Upload) -> File:
    """Keep a file; one whose bytes were dropped has them again.

    Raises:
        DuplicateFile: the account has a file with the same bytes, which are there.
        NoRoom: so much is kept that no more is.
    """
    namespace.check_room()
    there = namespace.records.files.find("bytes", (account.id, upload.content.digest))
    if there is not None:
        return _with_bytes(namespace, there, upload.content)
    now, transitions = namespace.clock.now(), namespace.transitions
    failure = transitions.failure_of("files", upload.name)
    file = File(
        id=namespace.ids.prefixed("file_"),
        owner=account.id,
        name=upload.name,
        digest=upload.content.digest,
        size=upload.content.size,
        created_at=now,
        changed_at=now,
        process=transitions.begin("files", now, UPLOAD_SECONDS, failure),
        tags=upload.tags,
        description=upload.description,
        is_public=upload.is_public,
    )
    namespace.records.files.add(file)
    namespace.contents.add(upload.content)
    return file


def _with_bytes(namespace: Namespace, file: File, content: Content) -> File:
    """The file, with its bytes again if they had to leave for others (D106).

    Raises:
        DuplicateFile: they are still there.
    """
    if namespace.contents.find(file.digest) is not None:
        raise DuplicateFile(file.id)
    namespace.contents.add(content)
    return file


class Wanted(NamedTuple):
    """Which files are listed: those that fit all that is said. `tags` must all be there (D70).

    Attributes:
        include_deleted: whether hidden ones are listed, too.
    """

    file_type: FileType | None = None
    status: FileStatus | None = None
    search: str | None = None
    tags: Collection[str] = ()
    include_deleted: bool = False

    def is_met(self, file: File, now: float) -> bool:
        """Whether a file is wanted."""
        return (
            self.file_type in (None, file.type)
            and self.status in (None, file.status(now))
            and (self.search is None or self.search.lower() in file.name.lower())
            and all(tag in file.tags for tag in self.tags)
        )


def list_files(
    namespace: Namespace, account: Account, wanted: Wanted, *, limit: int | None = None, offset: int = 0
) -> Sequence[File]:
    """The account's files, newest first (D106)."""
    files, now = namespace.records.files, namespace.clock.now()
    index = "owner" if wanted.include_deleted else "shown"
    is_any = wanted == Wanted(include_deleted=wanted.include_deleted)
    where = None if is_any else lambda one: wanted.is_met(one, now)
    page = files.page(index, account.id, newest_first=True, limit=limit, offset=offset, where=where)
    return [polled(files, file, now) for file in page]


def get_file(namespace: Namespace, account: Account, file_id: str) -> File:
    """A file.

    Raises:
        NotFound: there is none, or it is deleted.
        NotPermitted: it is another's.
    """
    file = owned(
        namespace.records.files,
        account,
        file_id,
        NotFound("File not found"),
        NotPermitted("You do not have permission to access this file"),
    )
    if file.is_deleted:
        raise NotFound("File not found")
    return file


def look_at_file(namespace: Namespace, account: Account, file_id: str) -> File:
    """A file, asked about.

    Raises:
        NotFound, NotPermitted: as `get_file`.
    """
    return polled(namespace.records.files, get_file(namespace, account, file_id), namespace.clock.now())


def delete_file(namespace: Namespace, account: Account, file_id: str) -> None:
    """Hide a file, which leaves all collections and knowledge bases; its bytes are forgotten where nothing else has the same.

    Raises:
        NotFound, NotPermitted: as `get_file`.
    """
    _hide(namespace, account, file_id)
    leave_all(namespace, account.id, {file_id})


def delete_files(namespace: Namespace, account: Account, file_ids: Sequence[str]) -> Sequence[Done]:
    """The same of many, whatever comes of the others."""
    done = each(file_ids, lambda one: _hide(namespace, account, one))
    leave_all(namespace, account.id, {one.id for one in done if one.error is None})
    return done


def _hide(namespace: Namespace, account: Account, file_id: str) -> None:
    file = change_file(namespace, account, file_id, chosen="deleted")
    namespace.records.release(file.digest)


def change_file(namespace: Namespace, account: Account, file_id: str, **changes: Any) -> File:
    """Change fields of a file.

    Raises:
        NotFound, NotPermitted: as `get_file`.
    """
    file = get_file(namespace, account, file_id)
    changed = file._replace(changed_at=namespace.clock.now(), **changes)
    namespace.records.files.change(changed)
    return changed
