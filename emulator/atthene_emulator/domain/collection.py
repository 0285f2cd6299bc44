"""A collection as it is kept: files that belong together. This module is the record, how it is found, and how it is saved.

Times are unix seconds. What a member is called and how large it is, its file says.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.domain.file_types import FileStatus
from atthene_emulator.domain.parts import Json, Saved
from atthene_emulator.domain.process import Process, load_process, save_process
from atthene_emulator.domain.record_set import Kind
from atthene_emulator.domain.standing import Standing
from atthene_emulator.domain.weight import weight

FILE_SECONDS = 1.0  # that a collection takes for each file, D72
_COLLECTION, _MEMBER = 900, 300  # bytes, without what its owner says of it


class Member(NamedTuple):
    """A file in a collection.

    Attributes:
        id: of its being there, not of the file.
        error: why it is not processed; None if it is.
    """

    id: str
    file_id: str
    created_at: float
    error: str | None = None


class Collection(NamedTuple):
    """A collection of an account, whose name no other one of the account has.

    Attributes:
        changed_at: when somebody changed it last.
        process: of its members, those after the first `settled` ones; these are processed already.
        is_forced: whether it counts as completed, whatever its members are (D72).
    """

    id: str
    owner: str
    name: str
    created_at: float
    changed_at: float
    process: Process
    description: str = ""
    members: tuple[Member, ...] = ()
    settled: int = 0
    is_forced: bool = False

    def processed(self, now: float) -> int:
        """How many of its members are processed."""
        return self.settled + self.process.steps(now, len(self.members) - self.settled)

    def standing(self, statuses: Sequence[FileStatus], now: float) -> Standing:
        """How it is at a moment (D72).

        Args:
            statuses: of the files of its members, in their order.
            now: unix seconds.
        """
        if self.is_forced:
            return Standing("completed", 100)
        if not self.members:
            return Standing("pending", 0)
        total, done = len(self.members), self.processed(now)
        if done < total or "uploading" in statuses:
            return Standing("running", min(99, 100 * done // total))
        both = zip(self.members, statuses, strict=True)
        failed = sum(member.error is not None or status == "error" for member, status in both)
        return Standing("failed" if failed else "completed", 100 * (total - failed) // total)

    def updated_at(self, now: float) -> float:
        """When it was changed last, by somebody or by being processed."""
        return max(self.changed_at, self.process.changed_at(now))


def _save(collection: Collection) -> Json:
    members = [member._asdict() for member in collection.members]
    return {**collection._asdict(), "process": save_process(collection.process), "members": members}


def _load(entry: Mapping[str, Any], _: Saved) -> Collection:
    process, members = load_process(entry["process"]), tuple(Member(**one) for one in entry["members"])
    return Collection(**{**entry, "process": process, "members": members, "settled": int(entry["settled"])})


COLLECTIONS: Kind[Collection] = Kind(
    "collections",
    _save,
    _load,
    weight=lambda one: (
        _COLLECTION
        + weight((one.name, one.description))
        + sum(_MEMBER + weight(member.error or "") for member in one.members)
    ),
    indexes={"owner": lambda one: one.owner, "name": lambda one: (one.owner, one.name)},
    unique=frozenset({"name"}),
)
