"""What a namespace was, kept by name to go back to. This module is the snapshots of one namespace."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol

from atthene_emulator.domain.content import Content
from atthene_emulator.domain.content_store import CONTENTS, ContentStore
from atthene_emulator.domain.parts import Part
from atthene_emulator.domain.rows import Emptied, Kept, Row, as_bytes
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.table import Counts, Table
from atthene_emulator.errors import Conflict, NoRoom, Unknown
from atthene_emulator.limits import SNAPSHOTS, STORED
from atthene_emulator.wording import did_you_mean

_CONTENTS = "snapshot_contents"
_PLAIN = ("taken_at", "agents", "sessions", "weight")


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


class World(Protocol):
    """A namespace, as far as snapshots know one."""

    @property
    def contents(self) -> ContentStore:
        """Its bytes of files."""
        ...

    def copy(self) -> State:
        """All that it is."""
        ...

    def state_rows(self) -> Iterable[Row]:
        """The same as rows."""
        ...


class Snapshots(Part):
    """Snapshots by name; one of a name that is there replaces it.

    Args:
        beside: makes another namespace like the one that has the snapshots, of a `seed`, and a `state` or `rows` to go on from.
        max_bytes: that they may have together.
    """

    scope = "snapshots"
    tables = ("snapshots", "snapshot_contents", "snapshot_counts")

    def __init__(self, beside: Callable[..., World], max_bytes: int = STORED.most) -> None:
        self._beside = beside
        self._max_bytes = max_bytes
        self._table: Table[Snapshot] = Table("snapshots", partial(_written, beside))
        self._snapshots = self._table.things
        self._digests: frozenset[str] = frozenset()  # of contents that were kept
        self._counts = Counts("snapshot_counts", 0)
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
        self._table.put(snapshot.name, snapshot)

    def drop(self, name: str) -> None:
        """Forget a snapshot.

        Raises:
            Unknown: there is none.
        """
        self.get(name)
        self._table.drop(name)

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed has none
        """Forget all."""
        self._table.clear()

    def note_changes(self) -> None:
        """As `Part`."""
        self._table.note_changes()
        self._digests = frozenset(self._contents())
        self._counts.note(self._count)

    def rows(self) -> Iterator[Row]:
        """One for each snapshot, one for each content that any of them has, and how many names were chosen."""
        yield from self._table.rows()
        yield from map(_content_row, self._contents().values())
        yield from self._counts.rows(self._count)

    def changes(self) -> Iterator[Emptied | Row]:
        """As `Part`."""
        changed = tuple(self._table.changes())
        if changed:
            yield from changed
            yield from self._changed_contents()
        yield from self._counts.changes(self._count)

    def _changed_contents(self) -> Iterator[Row]:
        before, contents = self._digests, self._contents()
        self._digests = frozenset(contents)
        yield from (Row(_CONTENTS, digest, 0, None) for digest in before - self._digests)
        yield from (_content_row(contents[digest]) for digest in self._digests - before)

    def _contents(self) -> dict[str, Content]:
        """What they have of files, by its digest."""
        return {digest: content for one in self for digest, content in one.contents.items()}

    def take_up(self, kept: Kept) -> None:
        """As `Part`.

        Raises:
            SetupError: one was taken of a seed that can no longer be read.
        """
        contents = {row.key: b64decode(row.read(), validate=True) for row in kept.rows.get(_CONTENTS, ())}
        seeds = {as_bytes(kept.seed.sources): kept.seed}

        def read(row: Row) -> Snapshot:
            entry = row.read()
            sources = as_bytes(entry["sources"])
            if sources not in seeds:
                if kept.read_sources is None:
                    raise ValueError(f"the snapshot {row.key} was taken of another seed")
                seeds[sources] = kept.read_sources(entry["sources"])
            return _read(row.key, entry, contents, partial(self._beside, seed=seeds[sources]))

        self._table.take_up(kept, read)
        (self._count,) = self._counts.read(kept)


def _content_row(content: Content) -> Row:
    return Row(_CONTENTS, content.digest, 0, as_bytes(b64encode(content.read()).decode()))


def _written(beside: Callable[..., World], snapshot: Snapshot) -> bytes:
    """A snapshot with the rows of its state by table; of contents, the digests."""
    seed, rows = snapshot.state.seed, dict[str, list[tuple[str, int, Any]]]()
    for row in beside(seed=seed, state=snapshot.state).state_rows():
        if row.table != CONTENTS:
            rows.setdefault(row.table, []).append((row.key, row.place, row.read()))
    entry = {name: getattr(snapshot, name) for name in _PLAIN}
    return as_bytes({**entry, "sources": seed.sources, "contents": list(snapshot.contents), "rows": rows})


def _read(name: str, entry: Mapping[str, Any], contents: Mapping[str, bytes], beside: Callable[..., World]) -> Snapshot:
    rows = {
        table: [Row(table, key, place, as_bytes(value)) for key, place, value in entries]
        for table, entries in dict(entry["rows"]).items()
    }
    rows[CONTENTS] = [Row(CONTENTS, one, place, contents[one]) for place, one in enumerate(entry["contents"])]
    world = beside(rows=rows)
    plain = {one: entry[one] for one in _PLAIN}
    return Snapshot(name, state=world.copy(), contents=world.contents.copy(), **plain)
