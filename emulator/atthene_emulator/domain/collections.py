"""Use cases of collections: create, list, get, change, add and remove files, process again, delete.

A collection is its own account's; another's is refused (D07). What there is to be seen of one is `ShownCollection`.
"""

from collections.abc import Collection as Some
from collections.abc import Sequence
from typing import Any, NamedTuple

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.bulk import Done, each
from atthene_emulator.domain.collection import Collection, Member
from atthene_emulator.domain.file import File
from atthene_emulator.domain.files import get_file
from atthene_emulator.domain.membership import leave_knowledge_bases, take_out, with_members
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.ownership import owned
from atthene_emulator.domain.process import Process, polled
from atthene_emulator.domain.record_set import DuplicateError
from atthene_emulator.domain.standing import Standing, Status
from atthene_emulator.errors import CollectionExists, InvalidRequest, NotFound, NotPermitted, Problem
from atthene_emulator.limits import COLLECTION_FILES


class ShownCollection(NamedTuple):
    """A collection as it is at a moment.

    Attributes:
        items: its members with their files, in the order in which they came.
        updated_at: unix seconds.
    """

    collection: Collection
    items: tuple[tuple[Member, File], ...]
    standing: Standing
    updated_at: float

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(file.size for _, file in self.items)


def show_collection(namespace: Namespace, collection: Collection) -> ShownCollection:
    """A collection as it is now."""
    now, files = namespace.clock.now(), namespace.records.files
    found = ((member, files.get(member.file_id)) for member in collection.members)
    items = tuple((member, file) for member, file in found if file is not None)
    there = collection._replace(members=tuple(member for member, _ in items))
    standing = there.standing([file.status(now) for _, file in items], now)
    return ShownCollection(collection, items, standing, collection.updated_at(now))


def create_collection(
    namespace: Namespace, account: Account, name: str, description: str = "", files: Sequence[File] = ()
) -> Collection:
    """Keep a new collection, and process the files in it, which are not too many.

    Raises:
        CollectionExists: the account has one of this name.
        NoRoom: so much is kept that no more is.
    """
    namespace.check_room()
    now = namespace.clock.now()
    if namespace.records.collections.find("name", (account.id, name)) is not None:
        raise CollectionExists
    collection = Collection(
        id=namespace.ids.prefixed("coll_"),
        owner=account.id,
        name=name,
        created_at=now,
        changed_at=now,
        process=Process(now),
        description=description,
    )
    namespace.records.collections.add(collection)
    _join(namespace, collection, files, "file_ids")
    return collection


class Wanted(NamedTuple):
    """Which collections are listed: those that fit all that is said."""

    status: Status | None = None
    search: str | None = None

    def is_met(self, one: ShownCollection) -> bool:
        """Whether a collection is wanted."""
        sought, text = (self.search or "").lower(), f"{one.collection.name}\n{one.collection.description}".lower()
        return self.status in (None, one.standing.status) and sought in text


def list_collections(
    namespace: Namespace, account: Account, wanted: Wanted, *, limit: int | None = None, offset: int = 0
) -> Sequence[ShownCollection]:
    """The account's collections, newest first (D106)."""
    where = None if wanted == Wanted() else lambda one: wanted.is_met(show_collection(namespace, one))
    page = namespace.records.collections.page(
        "owner", account.id, newest_first=True, limit=limit, offset=offset, where=where
    )
    return [_asked(namespace, one) for one in page]


def get_collection(namespace: Namespace, account: Account, collection_id: str) -> Collection:
    """A collection.

    Raises:
        NotFound: there is none.
        NotPermitted: it is another's.
    """
    return owned(
        namespace.records.collections, account, collection_id, NotFound("Collection not found"), NotPermitted()
    )


def look_at_collection(namespace: Namespace, account: Account, collection_id: str) -> ShownCollection:
    """A collection, asked about.

    Raises:
        NotFound, NotPermitted: as `get_collection`.
    """
    return _asked(namespace, get_collection(namespace, account, collection_id))


def _asked(namespace: Namespace, collection: Collection) -> ShownCollection:
    """A collection that somebody asks about, and thereby about what it waits for."""
    now, files = namespace.clock.now(), namespace.records.files
    for member in collection.members:
        file = files.get(member.file_id)
        if file is not None:
            polled(files, file, now)
    return show_collection(namespace, polled(namespace.records.collections, collection, now))


def own_collection(namespace: Namespace, account: Account, collection_id: str) -> Collection:
    """A collection that the account may change.

    Raises:
        NotFound: there is none.
        NotPermitted: it is another's [documented: collections@G0].
    """
    foreign = NotPermitted("Only the collection creator can update it")
    return owned(namespace.records.collections, account, collection_id, NotFound("Collection not found"), foreign)


def change_collection(namespace: Namespace, account: Account, collection_id: str, **changes: Any) -> ShownCollection:
    """Change the name or the description of a collection.

    Raises:
        NotFound, NotPermitted: as `own_collection`.
        CollectionExists: the account has another one of this name.
    """
    collection = own_collection(namespace, account, collection_id)
    changed = collection._replace(changed_at=namespace.clock.now(), **changes)
    try:
        namespace.records.collections.change(changed)
    except DuplicateError:
        raise CollectionExists from None
    return show_collection(namespace, changed)


def delete_collection(namespace: Namespace, account: Account, collection_id: str) -> None:
    """Forget a collection, which leaves all knowledge bases; its files stay.

    Raises:
        NotFound, NotPermitted: as `own_collection`.
    """
    collection = own_collection(namespace, account, collection_id)
    leave_knowledge_bases(namespace, collection)
    namespace.records.collections.remove(collection.id)


def add_files(namespace: Namespace, account: Account, collection_id: str, file_ids: Sequence[str]) -> Sequence[Done]:
    """Add the account's files to a collection, and process them; what came of each.

    One that is there already fails by itself, as one that cannot be found does (D118).

    Raises:
        NotFound, NotPermitted: as `own_collection`.
        InvalidRequest: it would have too many files; none is added.
        NoRoom: so much is kept that no more is.
    """
    collection = own_collection(namespace, account, collection_id)
    namespace.check_room()
    there = {member.file_id for member in collection.members}
    added: list[File] = []

    def add(file_id: str) -> None:
        file = get_file(namespace, account, file_id)
        _check_absence(file_id, there)
        there.add(file_id)
        added.append(file)

    done = each(file_ids, add)
    _join(namespace, collection, added, "file_ids")
    return done


def add_file(namespace: Namespace, account: Account, collection_id: str, file_id: str) -> File:
    """Add one file.

    Raises:
        NotFound, NotPermitted: as `own_collection` and `get_file`.
        InvalidRequest: it is there already, or there are too many files.
        NoRoom: so much is kept that no more is.
    """
    collection = own_collection(namespace, account, collection_id)
    namespace.check_room()
    file = get_file(namespace, account, file_id)
    _check_absence(file_id, {member.file_id for member in collection.members})
    _join(namespace, collection, [file], "data_source_id")
    return file


def _check_absence(file_id: str, there: Some[str]) -> None:
    if file_id in there:
        raise InvalidRequest("File is already in this collection")


def _join(namespace: Namespace, collection: Collection, files: Sequence[File], field: str) -> None:
    """Add files that are not there, and that a field of the body has named."""
    if not files:
        return
    if len(collection.members) + len(files) > COLLECTION_FILES.most:
        message = (
            f"A collection has at most {COLLECTION_FILES.shown} files, and has {len(collection.members):,} already."
        )
        raise InvalidRequest(None, [Problem(field, message)])
    now, fails = namespace.clock.now(), namespace.transitions.failure_of
    joining = [Member(namespace.ids.prefixed("cds_"), file.id, now, fails("collections", file.name)) for file in files]
    settled = len(collection.members) if collection.is_forced else collection.processed(now)
    changed = with_members(namespace, collection, [*collection.members, *joining], settled)
    namespace.records.collections.replace(changed)


def remove_files(namespace: Namespace, account: Account, collection_id: str, file_ids: Sequence[str]) -> Sequence[Done]:
    """Let files leave a collection; what came of each.

    Raises:
        NotFound, NotPermitted: as `own_collection`.
    """
    collection = own_collection(namespace, account, collection_id)
    there, leaving = {member.file_id for member in collection.members}, set[str]()

    def remove(file_id: str) -> None:
        _check_presence(file_id, there)
        there.remove(file_id)
        leaving.add(file_id)

    done = each(file_ids, remove)
    if leaving:
        take_out(namespace, collection, leaving)
    return done


def remove_file(namespace: Namespace, account: Account, collection_id: str, file_id: str) -> File:
    """Let one file leave a collection.

    Raises:
        NotFound: there is no such collection, or the file is not in it.
        NotPermitted: as `own_collection`.
    """
    collection = own_collection(namespace, account, collection_id)
    _check_presence(file_id, {member.file_id for member in collection.members})
    take_out(namespace, collection, {file_id})
    return get_file(namespace, account, file_id)


def _check_presence(file_id: str, there: Some[str]) -> None:
    if file_id not in there:
        raise NotFound("File not found")


def retry(namespace: Namespace, account: Account, collection_id: str) -> None:
    """Process a collection again; what failed may go well this time (D72).

    Raises:
        NotFound, NotPermitted: as `own_collection`.
    """
    collection = own_collection(namespace, account, collection_id)
    members = [_again(namespace, member) for member in collection.members]
    namespace.records.collections.replace(with_members(namespace, collection, members, 0))


def _again(namespace: Namespace, member: Member) -> Member:
    file = namespace.records.files.get(member.file_id)
    if member.error is None or file is None:
        return member
    return member._replace(error=namespace.transitions.failure_of("collections", file.name))


def complete(namespace: Namespace, account: Account, collection_id: str) -> None:
    """Have a collection count as completed, whatever its files are (D72).

    Raises:
        NotFound, NotPermitted: as `own_collection`.
    """
    collection = own_collection(namespace, account, collection_id)
    members = [member._replace(error=None) for member in collection.members]
    changed = with_members(namespace, collection, members, len(members), is_forced=True)
    namespace.records.collections.replace(changed)
