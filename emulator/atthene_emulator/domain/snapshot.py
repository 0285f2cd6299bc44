"""What a namespace was, kept by name to go back to. This module is the snapshots of one namespace."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from atthene_emulator.domain.content import Content
from atthene_emulator.domain.parts import Part
from atthene_emulator.domain.seed import Seed
from atthene_emulator.errors import Conflict, NoRoom, Unknown
from atthene_emulator.limits import SNAPSHOTS, STORED
from atthene_emulator.wording import did_you_mean


class State(NamedTuple):
    """All that a namespace is at one moment: the seed that it started from last, and a copy of each part."""

    seed: Seed
    parts: tuple[Any, ...]


class Snapshot(NamedTuple):
    """A state with its name, when it was taken, in unix seconds of its clock, and how much it holds.

    `weight` is how many bytes it may take by itself: records are shared with the namespace until they change. `contents` are
    the bytes of its files, which other snapshots may share.
    """

    name: str
    taken_at: float
    state: State
    agents: int
    sessions: int
    weight: int
    contents: Mapping[str, Content]

    @property
    def whole_weight(self) -> int:
        """How many bytes it may take with those of its files."""
        return self.weight + sum(content.size for content in self.contents.values())


def _weight(snapshots: Iterable[Snapshot]) -> int:
    """How many bytes snapshots may take; what several share of files is weighed once."""
    own, contents = 0, dict[str, int]()
    for one in snapshots:
        own += one.weight
        contents |= {digest: content.size for digest, content in one.contents.items()}
    return own + sum(contents.values())


class Snapshots(Part):
    """Snapshots by name; one of a name that is there replaces it."""

    scope = "snapshots"

    def __init__(self, max_bytes: int = STORED.most) -> None:
        self._max_bytes = max_bytes
        self._snapshots: dict[str, Snapshot] = {}
        self._count = 0

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self._snapshots.values())

    def __len__(self) -> int:
        return len(self._snapshots)

    def __contains__(self, name: str) -> bool:
        return name in self._snapshots

    @property
    def weight(self) -> int:
        """How many bytes they may take, if nothing is shared any longer."""
        return _weight(self)

    def get(self, name: str) -> Snapshot:
        """A snapshot.

        Raises:
            Unknown: there is none.
        """
        found = self._snapshots.get(name)
        if found is None:
            known = tuple(self._snapshots)
            there = f"; there are {', '.join(known[:10])}" if known else "; there are none, take one first"
            raise Unknown(f"There is no snapshot {name!r}{did_you_mean(name, known, there)}")
        return found

    def free_name(self) -> str:
        """A name that no snapshot has."""
        while True:
            self._count += 1
            if (name := f"snapshot-{self._count}") not in self._snapshots:
                return name

    def put(self, snapshot: Snapshot) -> None:
        """Keep a snapshot.

        Raises:
            Conflict: there are too many.
            NoRoom: they are too large together.
        """
        if len(self._snapshots) >= SNAPSHOTS.most and snapshot.name not in self._snapshots:
            raise Conflict(f"There are {SNAPSHOTS.most} snapshots already; drop one first")
        total = _weight([snapshot, *(one for one in self if one.name != snapshot.name)])
        if total > self._max_bytes:
            raise NoRoom(
                f"The snapshots would have {total:,} bytes, and {self._max_bytes:,} are kept; drop one "
                f"first, or start with a larger {STORED.option}"
            )
        self._snapshots.pop(snapshot.name, None)  # so that the newest stands last
        self._snapshots[snapshot.name] = snapshot

    def drop(self, name: str) -> None:
        """Forget a snapshot.

        Raises:
            Unknown: there is none.
        """
        self.get(name)
        del self._snapshots[name]

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed has none
        """Forget all."""
        self._snapshots.clear()
