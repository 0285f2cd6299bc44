"""A whole emulator as one JSON document, to be looked at elsewhere; see `schemas/emulator.schema.json`. This module is both ways (D121).

It has every namespace as its rows, those as well that were deleted and can still be looked at, and needs no file of where it was
written: seed files are in it. What runs has not happened yet.
"""

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from atthene_emulator import __version__
from atthene_emulator.configuration.document import dotted
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.domain.content_store import ContentStore
from atthene_emulator.domain.deleted import Deleted
from atthene_emulator.domain.described import describe
from atthene_emulator.domain.emulator import DEFAULT, Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.parts import Part
from atthene_emulator.domain.records import KINDS
from atthene_emulator.domain.rows import CONFIGURATIONS, Kept, Row, as_bytes, configuration_row, read_configuration
from atthene_emulator.domain.seed import Seed, SeedSource
from atthene_emulator.domain.snapshot import Snapshots
from atthene_emulator.errors import ApiError, Damaged, EmulatorError, NoRoom, SetupError
from atthene_emulator.limits import DOCUMENT
from atthene_emulator.seeds.files import BundledSeeds, is_path
from atthene_emulator.seeds.portable import portable
from atthene_emulator.seeds.reader import read_redacted_seed
from atthene_emulator.seeds.snapshot_document import FORMAT as SNAPSHOT
from atthene_emulator.settings import Settings
from atthene_emulator.timestamps import format_time
from atthene_emulator.wording import printable

FORMAT, VERSION = "atthene-emulator/state", 1

_SCHEMA = Schema("emulator")
_CONTENTS = ContentStore.tables[0]  # whose rows are bytes
SNAPSHOTS = Snapshots.tables[0]
_DAMAGES = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, EmulatorError)
_Json = dict[str, Any]


class Taken(NamedTuple):
    """What an emulator was at one moment, which does not change any more.

    Attributes:
        sources: of what it was started with.
        at: when that was, in unix seconds.
        namespaces: how each is described, and its rows; those that were deleted last.
        exercised: what was exercised in those that are gone.
        token: of its control plane; with one, keys of namespaces are secrets.
    """

    sources: Sequence[SeedSource]
    at: float
    namespaces: Sequence[tuple[_Json, Sequence[Row]]]
    exercised: Sequence[Row]
    token: str | None


def taken(emulator: Emulator) -> Taken:
    """What an emulator is now.

    Raises:
        NoRoom: it would be too large a document.
    """
    sources = emulator.default.origin.sources
    by_name = {
        one.name: one for one in emulator.namespaces
    }  # a copy of what another emulator has stands in place of ours
    there = [(_described(one, sources), one.rows()) for one in by_name.values()]
    there += [(_described(one.namespace, sources, one), one.namespace.rows()) for one in reversed((*emulator.deleted,))]
    _check_size(sum(len(row.value or b"") for _, rows in there for row in rows))
    exercised = tuple(_rows_of(emulator.exercised))
    return Taken(sources, emulator.machine_time(), there, exercised, emulator.settings.control_token)


def _described(namespace: Namespace, own_sources: Sequence[SeedSource], deleted: Deleted | None = None) -> _Json:
    gone = {"deleted_at": deleted.at, "unused_seconds": deleted.unused} if deleted else {}
    return {"name": namespace.name, "entry": describe(namespace, own_sources), **gone}


def _rows_of(part: Part) -> Iterator[Row]:
    """The rows of a part alone, with the configurations that they name."""
    named = set[str]()
    for one in part.rows():
        if isinstance(one, Row):
            yield one
        elif one.digest not in named:
            named.add(one.digest)
            yield configuration_row(one)


def _check_size(size: int) -> None:
    if size > DOCUMENT.most:
        raise NoRoom(
            f"The emulator would be a document of {size:,} bytes, and {DOCUMENT.shown} are written; delete namespaces that nobody "
            "looks at, or reset them"
        )


def exported(one: Taken, *, secrets: bool) -> bytes:
    """The document, as compact JSON.

    Args:
        one: what is written.
        secrets: keep them.

    Raises:
        SetupError: a seed file cannot be read any more.
        NoRoom: it is too large.
    """
    own = list(one.sources)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "emulator": __version__,
        "exported_at": format_time(one.at),
        "sources": [portable(Path(name)) if isinstance(name, str) and is_path(name) else name for name in own],
        "namespaces": [{**described, "tables": _tables(rows, own)} for described, rows in one.namespaces],
        "exercised": _tables(one.exercised, own),
    }
    if not secrets:
        from atthene_emulator.seeds.state_redaction import without_secrets  # noqa: PLC0415  # only here

        document = without_secrets(document, one.token)
    data = as_bytes(document)
    _check_size(len(data))
    return data


def _tables(rows: Sequence[Row], own_sources: Sequence[SeedSource]) -> dict[str, list[Any]]:
    tables: dict[str, list[Any]] = {}
    for row in rows:
        value: Any = b64encode(row.value or b"").decode() if row.table == _CONTENTS else row.read()
        if row.table == SNAPSHOTS and value["sources"] == own_sources:
            value["sources"] = None  # as of entries: the document's
        tables.setdefault(row.table, []).append([row.key, row.place, value])
    return tables


def opened(name: str, settings: Settings) -> Emulator:
    """The emulator of a document. Namespaces in it stay until they are deleted, however short they were to be kept.

    Args:
        name: of the file.
        settings: what the user chose.

    Raises:
        SetupError: it cannot be read, is none, or is damaged.
    """
    document = _read(name)
    default, *others = document["namespaces"]
    library = _Redacted() if document.get("redacted") else BundledSeeds()
    try:
        emulator = Emulator(settings, library.read_sources(document["sources"]), library)
        emulator.default.restart(emulator.default.origin, CONTRACTS[default["entry"]["contract"]].name)
    except _DAMAGES as error:
        raise SetupError(f"{name}: what the emulator started from cannot be read: {_said(error)}") from None
    for one in (default, *others):
        for _, _, snapshot in one["tables"].get(SNAPSHOTS, ()):
            if isinstance(snapshot, dict) and snapshot.get("sources", "") is None:
                snapshot["sources"] = document["sources"]
        _wake(emulator, one, name)
    rows = _Followed(document["exercised"])
    try:
        configurations = {row.key: read_configuration(row) for row in rows.get(CONFIGURATIONS, ())}
        emulator.exercised.take_up(Kept(rows, configurations, {}, emulator.default.origin, library.read_sources))
    except _DAMAGES as error:
        raise SetupError(f"{name}: what was exercised cannot be read{rows.place}: {_said(error)}") from None
    return emulator


def _wake(emulator: Emulator, one: _Json, file: str) -> None:
    """Have a namespace of a document, every record of it read: a damaged one would be found out by whoever asks for it."""
    name, rows = one["name"], _Followed(one["tables"])
    entry = {**one["entry"], "ttl_seconds": None}
    try:
        if "deleted_at" in one:
            gone = emulator.built_deleted(name, entry, rows, one["deleted_at"], one["unused_seconds"])
            emulator.have_deleted(gone)
            namespace = gone.namespace
        else:
            namespace = emulator.wake(name, entry, rows)
            namespace.lifetime.created_at = entry["created_at"]
        for kind in KINDS:
            for row in rows.get(kind.name, ()):
                getattr(namespace.records, kind.name).get(row.key)
        namespace.records.catch_up()
    except _DAMAGES as error:
        raise SetupError(f"{file}: the namespace {name} cannot be read{rows.place}: {_said(error)}") from None


class _Redacted(BundledSeeds):
    """Seeds of which some lack their secrets, by which they may have mistakes, such as a variable that is no number any more."""

    def read_sources(self, sources: Sequence[SeedSource]) -> Seed:
        """As `BundledSeeds`."""
        try:
            return super().read_sources(sources)
        except SetupError:
            if any(isinstance(one, str) and one not in self.seeds for one in sources):
                raise
            seed = Seed()
            for one in sources:
                seed = self.seed(one, seed) if isinstance(one, str) else read_redacted_seed(one, seed)
            return seed


class _Followed(dict[str, "_Table"]):
    """Tables of rows, which know what was read last: if something is wrong, that is where."""

    def __init__(self, tables: Mapping[str, Sequence[Any]]) -> None:
        super().__init__({name: _Table(self, name, rows) for name, rows in tables.items()})
        self.last: Row | None = None

    @property
    def place(self) -> str:
        """Where that is, for people."""
        return (
            "" if self.last is None else f", table {printable(self.last.table)}, key {printable(self.last.key[:100])!r}"
        )


class _Table(Sequence[Row]):
    """A table of a document."""

    def __init__(self, tables: _Followed, name: str, rows: Sequence[Any]) -> None:
        self._tables = tables
        self._name = name
        self._rows = sorted(rows, key=itemgetter(1))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        key, place, value = self._rows[index]
        self._tables.last = Row(self._name, key, place, None)
        return Row(
            self._name, key, place, b64decode(value, validate=True) if self._name == _CONTENTS else as_bytes(value)
        )


def _read(name: str) -> _Json:
    """A document that has the frame of one, of this version."""
    try:
        with Path(name).open("rb") as file:
            data = file.read(DOCUMENT.most + 1)
    except OSError as error:
        raise SetupError(f"{name}: cannot be read: {error.strerror}.") from None
    if len(data) > DOCUMENT.most:
        raise SetupError(f"{name}: has more than {DOCUMENT.shown}, which is the most that is opened.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SetupError(f"{name}: is no JSON, or only a part of it: {error}.") from None
    checked: _Json = document
    _check(checked, name)
    return checked


def _check(document: Any, name: str) -> None:
    said = document.get("format") if isinstance(document, dict) else None
    if said == SNAPSHOT:
        raise SetupError(f"{name}: is a snapshot of one namespace; start with it by --seed {name}.")
    if said != FORMAT:
        raise SetupError(f"{name}: is no emulator; write one with `atthene-emulator export FILE`.")
    by, version = document.get("emulator"), document.get("version")
    if (version, by) != (VERSION, __version__):
        raise SetupError(
            f"{name}: was written by version {printable(str(by)[:60])} of the emulator, and this is {__version__}; open it with that one."
        )
    findings = _SCHEMA.check(document)
    if findings:
        raise SetupError("\n".join(f"{name}: {dotted(one.path)}: {one.message}" for one in findings))
    there = Counter(one["name"] for one in document["namespaces"] if "deleted_at" not in one)
    twice = next((called for called, count in there.items() if count > 1), None)
    if twice is not None or document["namespaces"][0]["name"] != DEFAULT or DEFAULT not in there:
        what = f"the namespace {twice} is there twice" if twice else f"its first namespace is not {DEFAULT}"
        raise SetupError(f"{name}: {what}; it is damaged.")


def _said(error: Exception) -> str:
    """What is wrong, in a sentence."""
    if isinstance(error, Damaged) and isinstance(error.__cause__, Exception):  # which speaks of a store
        return _said(error.__cause__)
    if isinstance(error, KeyError):
        return f"{error} is missing."
    problems = error.problems if isinstance(error, ApiError) else ()
    told = "; ".join(f"{problem.field}: {problem.message.rstrip('.')}" for problem in problems)
    return f"{str(error).rstrip('.')}{told and f': {told}'}."
