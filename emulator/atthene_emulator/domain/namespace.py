"""One little world: accounts, agents, sessions, scripts, faults, clock, ids, journal. This module is the namespace itself.

It is its parts and what goes through all of them. Use cases are functions over it, in `agents`, `sessions`, `runtime`,
`scenarios` and `snapshots`. Nothing in here knows of HTTP, and one owner alone changes it: nothing waits but executions and
faults that are told to.
"""

import asyncio
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from atthene_emulator.configuration.accepted import Acceptance, Configuration
from atthene_emulator.configuration.language import Language
from atthene_emulator.contracts import CONTRACTS, USUAL, ContractName
from atthene_emulator.domain.accounts import Account, ApiKey
from atthene_emulator.domain.clock import Clock
from atthene_emulator.domain.content_store import ContentStore
from atthene_emulator.domain.coverage import Coverage
from atthene_emulator.domain.executions import Executions
from atthene_emulator.domain.fault import Range
from atthene_emulator.domain.faults import Faults
from atthene_emulator.domain.feed import EventSource, Feed
from atthene_emulator.domain.followers import Followers
from atthene_emulator.domain.gates import Gates
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.journal import Journal
from atthene_emulator.domain.knowledge_base import Corpus
from atthene_emulator.domain.latency import Latency
from atthene_emulator.domain.lifetime import Lifetime
from atthene_emulator.domain.limiter import Limiter
from atthene_emulator.domain.on_disconnect import OnDisconnect
from atthene_emulator.domain.parts import Json, Part, Saved, SavedPart
from atthene_emulator.domain.records import Records
from atthene_emulator.domain.rows import (
    CONFIGURATIONS,
    Changes,
    Emptied,
    Kept,
    ReadSources,
    Row,
    RowChange,
    as_bytes,
    configuration_row,
    read_configuration,
)
from atthene_emulator.domain.scenario import ActiveScenario
from atthene_emulator.domain.scripts import Scripts
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.snapshot import Snapshots, State
from atthene_emulator.domain.transitions import Transitions
from atthene_emulator.errors import NoRoom, NotAuthenticated, NotFound, NotPermitted, SentAway, TooManyWaiting
from atthene_emulator.limits import CONTENT, JOURNAL_ENTRIES, STORED, WAITERS
from atthene_emulator.steady_clock import steady
from atthene_emulator.timestamps import LAST

if TYPE_CHECKING:
    from atthene_emulator.domain.run import Run

STATE = ("state", "scripts", "faults", "rate_limit", "latency", "on_disconnect", "transitions", "clock")
LOGS = ("journal", "snapshots", "coverage")
SCOPES = (*STATE, *LOGS)

STARTED = "started"  # the table of what it started from
_UNUSED = 64  # configurations that nothing names may be kept, at least, before they are looked for
GOING_AWAY, RESTARTED = 1001, 1012  # codes with which sockets are closed (D116)


class Options(NamedTuple):
    """What the user chose for a namespace.

    Attributes:
        contract: overrides the seed's.
        strict: unknown keys are errors, default answers are refused.
        journal_entries: bound of the journal.
        max_stored: bytes of agents and sessions, and of snapshots together.
        max_content: bytes of files, artifacts and images.
        latency: overrides the seed's.
    """

    contract: ContractName | None = None
    strict: bool = False
    journal_entries: int = JOURNAL_ENTRIES.most
    max_stored: int = STORED.most
    max_content: int = CONTENT.most
    latency: Range | None = None


class Prepared(NamedTuple):
    """What provider states of a Pact have made of a namespace for the next request.

    Attributes:
        epoch: of the namespace since then.
        requests: that had come by then.
        states: each text with its parameters.
        seed: what it started from, with what the states have added; scripts and faults are those of the states alone.
    """

    epoch: int
    requests: int
    states: tuple[tuple[str, Mapping[str, Any]], ...]
    seed: Seed


class Namespace:
    """A world of its own.

    Args:
        name: unique in the emulator.
        seed: what it starts from, and goes back to.
        acceptance: remembers accepted configurations; may be shared.
        options: what the user chose.
        minted: a key besides those of the seed.
        state: what it goes on from in place of the seed.
        rows: what was kept of it, by table, which it goes on from.
        current: with rows, what it started from last, if that is another seed.
        read_sources: with rows, gives seeds that its snapshots were taken of.

    Attributes:
        origin: the seed that `reset` goes back to.
        seed: what it started from last, with the contract and the latency that it has here.
        epoch: counts up whenever it becomes something else, so that what has waited knows.
        minted: a key of its own, if it has one.
        running: executions that wait for something, by session.
        readings: what is being read for knowledge bases, by what that is.
        followers: who follows the streams of its sessions.
        prepared: what provider states have made of it, if that is what came last.
        waiting: how many requests wait for something.
        max_stored: bytes that agents and sessions may have, and snapshots together.
    """

    def __init__(
        self,
        name: str,
        seed: Seed,
        acceptance: Acceptance,
        options: Options,
        *,
        minted: ApiKey | None = None,
        state: State | None = None,
        rows: Mapping[str, Sequence[Row]] | None = None,
        current: Seed | None = None,
        read_sources: ReadSources | None = None,
    ) -> None:
        self.name = name
        self.lifetime = Lifetime(0.0, None, 0.0)
        self.acceptance = acceptance
        self.strict = options.strict
        self.max_stored = options.max_stored
        self.minted = minted
        self._latency = options.latency
        self.epoch = 0
        self.running: dict[str, Run] = {}
        self.readings: dict[Hashable, asyncio.Future[Corpus]] = {}
        self.followers = Followers()
        self.prepared: Prepared | None = None
        self.waiting = 0
        self._named: set[str] = set()  # configurations that were kept, by their digests
        self._started_from: tuple[Any, ...] = ()
        self._seed_of_languages: Seed | None = None
        self._languages: Mapping[bool, Language] = {}
        self._many = 0  # so many of them that some may not be used any longer
        self.clock = Clock()
        self.ids = Ids()
        self.gates = Gates()
        self.scripts = Scripts()
        self.faults = Faults(self.ids.chance)
        self.limiter = Limiter()
        self.latency = Latency(self.ids.chance)
        self.on_disconnect = OnDisconnect()
        self.transitions = Transitions()
        self.executions = Executions()
        self.contents = ContentStore(options.max_content)
        self.records = Records(self.ids, self.clock, self.contents, self.transitions, self.running)
        self.records.sessions.on_remove = self._forget_with
        self.scenario = ActiveScenario(self.records, self.scripts, self.faults, self.transitions)
        self.journal = Journal(options.journal_entries)
        self.feed = Feed(self.journal, EventSource(name, minted.key if minted else None))
        beside = partial(Namespace, name, acceptance=acceptance, options=options, minted=minted)
        self.snapshots = Snapshots(beside, options.max_stored)
        self.coverage = Coverage()
        # In the order in which they go back: what a scenario has brought leaves first, and records need clock and ids.
        self._saved: tuple[SavedPart, ...] = (
            self.scenario, self.clock, self.ids, self.gates, self.scripts, self.faults, self.limiter, self.latency,
            self.on_disconnect, self.transitions, self.executions, self.contents, self.records,
        )  # fmt: skip
        self._parts: tuple[Part, ...] = (*self._saved, self.journal, self.feed, self.snapshots, self.coverage)
        self._start_from(seed, options.contract)
        if state is not None:
            self.restore(state)
        elif rows is not None:
            self.take_up(rows, current, read_sources)
        else:
            self.reset()

    def _start_from(self, seed: Seed, contract: ContractName | None) -> None:
        self.contract = CONTRACTS[contract or seed.contract or USUAL.name]
        self.origin = seed
        self._use(seed)

    def _use(self, seed: Seed) -> None:
        self.seed = seed._replace(contract=self.contract.name, latency=self._latency or seed.latency)
        keys = {key.key: key for key in seed.keys}
        self.keys = {**keys, self.minted.key: self.minted} if self.minted else keys

    @property
    def own_keys(self) -> tuple[str, ...]:
        """The keys that it has for its whole life: those of its origin, and its own."""
        minted = (self.minted.key,) if self.minted else ()
        return (*dict.fromkeys(key.key for key in self.origin.keys), *minted)

    @property
    def page_origins(self) -> tuple[str, ...]:
        """Whose pages may start a public agent of its origin (D66)."""
        public = (agent.origin_url for agent in self.origin.agents if agent.is_public)
        return tuple(dict.fromkeys(filter(None, public)))

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Who may call, in the order of the seed."""
        minted = (self.minted.account,) if self.minted else ()
        return tuple(dict.fromkeys((*self.seed.accounts, *minted)))

    @property
    def working_key(self) -> str:
        """The key made for it alone, else its first that never expires and may do everything; empty for none."""
        if self.minted:
            return self.minted.key
        return next((one.key for one in self.keys.values() if one.expires_at is None and one.permissions is None), "")

    @property
    def is_busy(self) -> bool:
        """Whether an execution or a reader waits here, so that somebody uses it all the time."""
        return (
            self.feed.readers > 0
            or bool(self.followers.sockets)
            or any(not run.is_paused for run in self.running.values())
        )

    def check_room(self, configuration: Configuration | None = None) -> None:
        """Refuse what would keep more when there is no room for it; an execution is let through if there is any.

        Args:
            configuration: what is to be kept; None if that is not known before.

        Raises:
            NoRoom: nothing more is kept.
        """
        more = 0 if configuration is None else configuration.weight
        if self.records.weight + more >= self.max_stored:
            raise NoRoom(
                f"The agents, sessions and records of files of the namespace {self.name} have {self.records.weight:,} bytes, and "
                f"{self.max_stored:,} are kept; delete some, reset it, or start with a larger {STORED.option}"
            )

    @contextmanager
    def one_more_waits(self) -> Iterator[None]:
        """Count a request that waits for something.

        Raises:
            TooManyWaiting: so many wait that this one may not.
        """
        if self.waiting >= WAITERS.most:
            raise TooManyWaiting(
                f"{WAITERS.shown} requests of the namespace {self.name} wait already; open their gates, or reset it"
            )
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    @property
    def weight(self) -> int:
        """How many bytes a copy of it may take, if nothing is shared any longer."""
        return self.records.weight + self.executions.weight

    @property
    def whole_weight(self) -> int:
        """How many bytes all of it takes, roughly, with what is logged and what it can go back to."""
        parts = (self.journal, self.snapshots, self.scripts, self.faults, self.contents)
        return self.weight + sum(part.weight for part in parts)

    def language(self, *, strict: bool = False) -> Language:
        """What counts as a valid configuration here."""
        if self._seed_of_languages is not self.seed:  # whoever sends a configuration asks for one
            self._seed_of_languages, tools = self.seed, frozenset(self.seed.requirements.items())
            self._languages = {one: Language(self.seed.models, one or self.strict, tools) for one in (False, True)}
        return self._languages[strict]

    def seal(self, text: str) -> str:
        """32 hexadecimal digits for a text, which who knows no key of the namespace cannot tell, if its keys are secret (D107)."""
        return self.ids.seal(f"{' '.join(self.own_keys)} {text}")

    def authenticate(self, key: str | None, group: str | None = None) -> ApiKey:
        """The key, if it opens this group of operations now; None asks for no group.

        Raises:
            NotAuthenticated: missing, unknown or expired.
            NotPermitted: its permissions leave the group out (D42).
        """
        found = self.keys.get(key) if key else None
        if found is None:
            raise NotAuthenticated
        if found.expires_at is not None and found.expires_at <= self.clock.now():
            raise NotAuthenticated("API key has expired")
        if group is not None and found.permissions is not None and group not in found.permissions:
            raise NotPermitted
        return found

    def reset(self, scopes: Collection[str] = STATE, seed: Seed | None = None) -> None:
        """Go back to the seed, or to another one, in the chosen `SCOPES`. Requests that wait are sent away with the state."""
        if "state" in scopes:
            self._send_away("its namespace was reset")
            self._use(seed or self.origin)
        if "scripts" in scopes:
            self.scenario.reset(self.seed)
            if "state" in scopes:  # no session is left that knows how far it is in a script
                self.scripts.clear()
        for part in self._parts:
            if part.scope in scopes:
                part.reset(self.seed)

    def restart(self, origin: Seed, contract: ContractName | None = None) -> None:
        """Start from another seed, which is from now on the one to go back to; `LOGS` stay.

        Args:
            origin: the seed.
            contract: wins over the seed's.
        """
        self._start_from(origin, contract)
        self.reset()

    def clear(self) -> None:
        """Be empty: no agents, sessions and scripts; accounts, keys and all else stay."""
        self._send_away("its namespace was cleared")
        self.scenario.reset(self.seed)
        self.scripts.clear()
        self.executions.clear()
        self.contents.clear()
        self.records.clear()

    def copy(self) -> State:
        """All that it is now, less accounts, keys and logs. Records are shared; what runs has not happened yet."""
        return State(self.seed, tuple(part.copy() for part in self._saved))

    def restore(self, state: State) -> None:
        """Be what a namespace was; executions that run have not happened, and requests that wait are sent away."""
        self._send_away("its namespace went back to a snapshot")
        self._use(state.seed)
        for part, copied in zip(self._saved, state.parts, strict=True):
            part.restore(copied)

    def save(self) -> Json:
        """What `copy` has as plain JSON, less the seed."""
        return {key: value for part in self._saved for key, value in part.save().items()}

    def load(self, document: Mapping[str, Any]) -> None:
        """Be what was saved, from a document that was checked.

        Raises:
            InvalidConfiguration: a configuration has errors.
        """
        language = self.language()
        accepted = {key: self.acceptance.accept(one, language) for key, one in document["configurations"].items()}
        saved = Saved(document, accepted, {account.id: account.company for account in self.accounts})
        self._send_away("its namespace was loaded")
        for part in self._saved:
            part.load(saved)

    def note_changes(self) -> None:
        """From now on somebody asks for `changes`; what is there now has been kept."""
        self._started_from = self.seed.sources
        self._named = self._used()
        self._many = 2 * len(self._named) + _UNUSED
        for part in self._parts:
            part.note_changes()

    def rows(self) -> tuple[Row, ...]:
        """All that it is, with what is logged; less accounts and keys, which are its seed's. What runs has not happened yet."""
        told = self._split(chain.from_iterable(part.rows() for part in self._parts), set())
        return (self._started(), *told.rows)

    def state_rows(self) -> tuple[Row, ...]:
        """What `copy` has as rows, less the seed, and with the configurations that they name."""
        return self._split((one for part in self._saved for one in part.rows()), set()).rows

    def changes(self) -> Changes:
        """What has changed since it was asked for last, or since `note_changes`."""
        changes = self._split(chain.from_iterable(part.changes() for part in self._parts), self._named)
        if self.seed.sources != self._started_from:
            self._started_from = self.seed.sources
            changes = changes._replace(rows=(self._started(), *changes.rows))
        return changes if len(self._named) <= self._many else changes._replace(rows=(*changes.rows, *self._sweep()))

    def _started(self) -> Row:
        """What it started from last, where that is not its origin."""
        sources = None if self.seed.sources == self.origin.sources else self.seed.sources
        return Row(STARTED, "", 0, as_bytes({"sources": sources}))

    def _sweep(self) -> Sequence[Row]:
        """Configurations that no row names any longer, as rows that are gone."""
        used = self._used()
        gone, self._named, self._many = self._named - used, used, 2 * len(used) + _UNUSED
        return [Row(CONFIGURATIONS, digest, 0, None) for digest in gone]

    def _used(self) -> set[str]:
        return {one.digest for part in self._parts for one in part.configurations()}

    def _split(self, told: Iterable[RowChange], named: set[str]) -> Changes:
        """Emptied tables and rows, with those of configurations that were not named before."""
        emptied, rows = list[str](), list[Row]()
        for one in told:
            if isinstance(one, Row):
                rows.append(one)
            elif isinstance(one, Emptied):
                emptied.append(one.table)
            elif one.digest not in named:
                named.add(one.digest)
                rows.append(configuration_row(one))
        return Changes(tuple(emptied), tuple(rows))

    def take_up(
        self,
        rows: Mapping[str, Sequence[Row]],
        seed: Seed | None = None,
        read_sources: ReadSources | None = None,
    ) -> None:
        """Be what was kept.

        Args:
            rows: by table, in the order of their places.
            seed: what it started from last, if that is not its origin.
            read_sources: gives other seeds that its snapshots were taken of.

        Raises:
            ValueError, TypeError, KeyError: the rows are damaged.
            SetupError: a snapshot was taken of a seed that can no longer be read.
        """
        self._use(seed or self.origin)
        configurations = {row.key: read_configuration(row) for row in rows.get(CONFIGURATIONS, ())}
        companies = {account.id: account.company for account in self.accounts}
        kept = Kept(rows, configurations, companies, self.seed, read_sources, self.name)
        self._send_away("its namespace was loaded")
        for part in self._parts:
            part.take_up(kept)

    def catch_up(self) -> None:
        """Go on with what was taken up: what was seen of streams is not numbered again, and a clock that runs does not go back.

        It would if this machine's is behind that of the one which had the namespace before.
        """
        self.records.catch_up()
        if self.clock.mode == "running" and (newest := self.journal.timed(1)):
            added, entry = newest[0]
            behind = min(added - steady(), entry.at - self.clock.now())
            if behind > 0:
                self.clock.advance(min(behind, LAST - self.clock.now()))

    def _send_away(self, why: str, code: int = RESTARTED) -> None:
        self.epoch += 1
        for run in tuple(self.running.values()):
            self.give_up(run, SentAway(f"The request was ended while it waited: {why}"))
        self.faults.dismiss_all(why)
        self.followers.dismiss_all(code, why)

    def give_up(self, run: "Run", why: BaseException) -> None:
        """End an execution that waits, as if it had not happened; whoever waits with it or follows it is told."""
        session = run.start.session
        del self.running[session.id]
        self.scripts.give_back(run.start.situation.matched)
        run.give_up(why, self.clock.now())
        if self.records.sessions.get(session.id) is session:  # what was seen of its stream is not numbered again
            self.records.sessions.replace(session._replace(stream=run.start.events.end))
        self.followers.tell(session.id)

    def _forget_with(self, session: Session) -> None:
        """With a session go its artifacts, and an execution that nobody but a person could let go on."""
        for artifact in self.records.artifacts.page("session", session.id):
            self.records.forget(self.records.artifacts, artifact.id)
        run = self.running.get(session.id)
        if run is not None and run.is_paused:
            self.give_up(run, NotFound("Session not found"))

    def leave(self, why: str) -> None:
        """Send everyone away who waits for anything, and go on from what is kept elsewhere."""
        self._send_away(why)
        self.feed.signal.give()  # whoever follows finds at once that it is elsewhere

    def end(self, why: str) -> None:
        """Send everyone away who waits for anything, for good."""
        self._send_away(why, GOING_AWAY)
        self.clock.end()
        self.feed.signal.end()
        self.records.sessions.on_remove = None  # nothing refers to itself any more, so all of it goes at once

    def rest(self) -> None:
        """Having ended, stay as it is: time stands still, no key opens it, and what it could have become is forgotten."""
        self.clock.freeze()
        self.keys = {}
        self.seed = self.origin = self.seed._replace(
            scenarios={}, provider_states={}, agents=(), sessions=(), scripts=()
        )
