"""All records of a namespace, loaded from a seed. This module is that part."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.agent import AGENTS, Agent
from atthene_emulator.domain.artifact import ARTIFACTS, Artifact
from atthene_emulator.domain.clock import Clock
from atthene_emulator.domain.collection import COLLECTIONS, Collection
from atthene_emulator.domain.content_store import ContentStore
from atthene_emulator.domain.feedback import FEEDBACK, Feedback
from atthene_emulator.domain.file import FILES, File
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.image import IMAGES, Image
from atthene_emulator.domain.knowledge_base import KNOWLEDGE_BASES, KnowledgeBase, name_in_company
from atthene_emulator.domain.loading import Loading
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.record_set import Kind, R, RecordSet
from atthene_emulator.domain.record_tables import MESSAGES, RecordTable, SessionTable
from atthene_emulator.domain.rows import Kept, Row, RowChange
from atthene_emulator.domain.seed import RECORDS, Scenario, Seed, SessionSeed
from atthene_emulator.domain.session import SESSIONS, Session
from atthene_emulator.domain.transitions import Transitions
from atthene_emulator.errors import Conflict

if TYPE_CHECKING:
    from atthene_emulator.domain.run import Run

KINDS: tuple[Kind[Any], ...] = (AGENTS, SESSIONS, FEEDBACK, FILES, COLLECTIONS, KNOWLEDGE_BASES, ARTIFACTS, IMAGES)

_CALLED = {
    "agents": "an agent",
    "sessions": "a session",
    "files": "a file",
    "collections": "a collection",
    "knowledge_bases": "a knowledge base",
}


class AnySeed(Protocol):
    """What a seed says of one record."""

    @property
    def created_at(self) -> float | None:
        """Unix seconds; None for when it is loaded."""
        ...


S = TypeVar("S", bound=AnySeed)


class LoadedIds(NamedTuple):
    """Ids of records that were loaded together, by their kinds."""

    agents: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    knowledge_bases: tuple[str, ...] = ()

    def with_others(self, others: "LoadedIds") -> "LoadedIds":
        """These and others."""
        return LoadedIds(*(mine + more for mine, more in zip(self, others, strict=True)))


class Records(SavedPart):
    """A set for each kind of records.

    Args:
        ids, clock, contents, transitions, running: of the namespace.
    """

    tables = (*(kind.name for kind in KINDS), MESSAGES)

    def __init__(
        self, ids: Ids, clock: Clock, contents: ContentStore, transitions: Transitions, running: "Mapping[str, Run]"
    ) -> None:
        self._ids = ids
        self._clock = clock
        self._contents = contents
        self._transitions = transitions
        self._all = {kind.name: RecordSet(kind) for kind in KINDS}
        self.agents: RecordSet[Agent] = self._all[AGENTS.name]
        self.sessions: RecordSet[Session] = self._all[SESSIONS.name]
        self.feedback: RecordSet[Feedback] = self._all[FEEDBACK.name]
        self.files: RecordSet[File] = self._all[FILES.name]
        self.collections: RecordSet[Collection] = self._all[COLLECTIONS.name]
        self.knowledge_bases: RecordSet[KnowledgeBase] = self._all[KNOWLEDGE_BASES.name]
        self.artifacts: RecordSet[Artifact] = self._all[ARTIFACTS.name]
        self.images: RecordSet[Image] = self._all[IMAGES.name]
        self._session_table = SessionTable(self.sessions, running)
        self._tables: tuple[RecordTable[Any], ...] = tuple(
            self._session_table if each is self.sessions else RecordTable(each) for each in self._all.values()
        )
        self._noted = tuple(zip((each.notes for each in self._all.values()), self._tables, strict=True))
        # Those that name bytes, in their index `content`.
        self.with_content: tuple[RecordSet[Any], ...] = (self.files, self.artifacts, self.images)

    def reset(self, seed: Seed) -> None:
        """Keep just what the seed has."""
        self.clear()
        self.load_seeds(seed, seed)

    def clear(self) -> None:
        """Keep nothing."""
        for each in self._all.values():
            each.clear()

    def save(self) -> Json:
        """Lists of records, and the configurations that they name by digest."""
        named = {
            configuration.digest: configuration
            for each in self._all.values()
            for record in each
            for configuration in each.kind.configurations_of(record)
        }
        return {
            "configurations": {digest: configuration.value for digest, configuration in named.items()},
            **{name: list(map(each.kind.save, each)) for name, each in self._all.items()},
        }

    def load(self, saved: Saved) -> None:
        """Keep just what was saved."""
        self.clear()
        for name, each in self._all.items():
            for entry in saved.document.get(name, ()):
                each.add(each.kind.load(entry, saved))

    def copy(self) -> Any:
        """References to all records."""
        return [each.copy() for each in self._all.values()]

    def restore(self, copied: Any) -> None:
        """Keep just what was copied."""
        for each, one in zip(self._all.values(), copied, strict=True):
            each.restore(one)

    def note_changes(self) -> None:
        """As `Part`."""
        for each in self._all.values():
            each.note_changes()

    def rows(self) -> Iterator[Row | Configuration]:
        """As `Part`."""
        yield from self.configurations()
        for table in self._tables:
            yield from table.rows()

    def changes(self) -> Iterator[RowChange]:
        """As `Part`."""
        for notes, table in self._noted:
            if notes.changed or notes.emptied:
                yield from table.changes()

    def configurations(self) -> Iterable[Configuration]:
        """As `Part`."""
        return (one for each in self._all.values() for one in each.configurations)

    def take_up(self, kept: Kept) -> None:
        """Keep just what was kept as rows, of which each is read when somebody asks for the record.

        Raises:
            ValueError, TypeError, KeyError: the rows are damaged; a record of which only the rest is damaged raises them later.
        """
        for table in self._tables:
            table.take_up(kept)

    def catch_up(self) -> None:
        """Go on with what was taken up: nothing that was seen of a session's stream is numbered again."""
        self._session_table.catch_up()

    @property
    def weight(self) -> int:
        """How many bytes all records take, roughly."""
        total = 0
        for each in self._all.values():  # asked for by whatever keeps something; `sum` takes several times as long
            total += each.weight
        return total

    def load_seeds(self, added: Seed | Scenario, seed: Seed) -> LoadedIds:
        """Add what a seed or a scenario has, in the order of their age (D17, D20, D106); `seed` tells what counts for all."""
        now = self._clock.now()
        loading = Loading(seed, now, self._ids, self._contents, self._transitions)
        return LoadedIds(
            self._add(self.agents, added.agents, now, loading.agent),
            self._add(self.sessions, added.sessions, now, lambda one: self._session(one, loading)),
            self._add(self.files, added.files, now, loading.file),
            self._add(self.collections, added.collections, now, loading.collection),
            self._add(
                self.knowledge_bases,
                added.knowledge_bases,
                now,
                lambda one: loading.knowledge_base(one, self.collections),
            ),
        )

    def _add(self, records: RecordSet[R], seeds: Sequence[S], now: float, made: Callable[[S], R]) -> tuple[str, ...]:
        """Add records, oldest first; their ids."""
        oldest_first = sorted(seeds, key=lambda one: now if one.created_at is None else one.created_at)
        ids = []
        for record in map(made, oldest_first):
            records.add(record)
            ids.append(record.id)
        return tuple(ids)

    def _session(self, seed: SessionSeed, loading: Loading) -> Session:
        session = loading.session(seed, self._agent_of(seed))
        for one in seed.artifacts:
            self.artifacts.add(loading.artifact(one, session))
        return session

    def _agent_of(self, session: SessionSeed) -> str | None:
        found = self.agents.find("owner_key", (session.owner.id, session.agent.key)) if session.agent else None
        return found.id if found else None

    def check_room(self, added: Scenario, leaving: LoadedIds) -> None:
        """Refuse what is there already, but for what is leaving.

        Raises:
            Conflict: one of its records is there.
        """
        for agent in added.agents:
            there = self.agents.find("owner_key", (agent.owner.id, agent.key)) or self.agents.get(agent.id)
            if there and there.id not in leaving.agents:
                raise _there_already("an agent", agent.key)
        self._check_names(added, leaving)
        for name in RECORDS:
            for one in getattr(added, name):
                if one.id not in getattr(leaving, name) and self._all[name].get(one.id):
                    raise _there_already(_CALLED[name], one.id or "")
        for artifact in (one for session in added.sessions for one in session.artifacts):
            found = self.artifacts.get(artifact.id)
            if found and found.session not in leaving.sessions:
                raise _there_already("an artifact", found.id)

    def _check_names(self, added: Scenario, leaving: LoadedIds) -> None:
        for new in added.files:
            same = self.files.find("bytes", (new.owner.id, new.digest))
            if same and same.id not in leaving.files:
                raise _there_already("a file with the bytes of", f"{new.name} ({same.id})")
        for one in added.collections:
            collection = self.collections.find("name", (one.owner.id, one.name))
            if collection and collection.id not in leaving.collections:
                raise _there_already("a collection", one.name)
        for other in added.knowledge_bases:
            name = name_in_company(other.owner.company, other.owner.id, other.name)
            base = self.knowledge_bases.find("name", name)
            if base and base.id not in leaving.knowledge_bases:
                raise _there_already("a knowledge base", other.name)

    def unload(self, loaded: LoadedIds) -> None:
        """Forget what was loaded, where it is still there."""
        for name, ids in loaded._asdict().items():
            for record_id in ids:
                self.forget(self._all[name], record_id)

    def forget(self, records: RecordSet[Any], record_id: str) -> None:
        """Forget a record, with its bytes if nothing else has the same; one that is gone already is no error."""
        record = records.get(record_id)
        records.remove(record_id)
        if record is not None and records in self.with_content:
            self.release(record.digest)

    def release(self, digest: str) -> None:
        """Forget bytes that no record has any longer."""
        if not any(records.find("content", digest) for records in self.with_content):
            self._contents.drop(digest)


def _there_already(kind: str, name: str) -> Conflict:
    return Conflict(f"There is {kind} {name} already; delete it, or reset the namespace first")
