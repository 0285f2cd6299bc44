"""What a namespace is, cut into rows, so that what has changed can be kept without the rest. This module is the row, and who notes changes.

A part has tables; a row stands in one of them by its key. Rows are what a vault keeps, and what a document of a whole emulator holds.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import orjson

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.domain.seed import Seed, SeedSource

T = TypeVar("T")

CONFIGURATIONS = "configurations"


class Row(NamedTuple):
    """A row of a part.

    Attributes:
        table: of which namespace's part it is, and of which kind; unique in the namespace.
        key: unique in the table.
        place: rows of a table are taken up in the order of their places.
        value: JSON in UTF-8, but for the table `contents`, where it is the bytes themselves; None when the row is gone.
    """

    table: str
    key: str
    place: int
    value: bytes | None

    def read(self) -> Any:
        """The JSON of a row that is there.

        Raises:
            ValueError: it is none.
        """
        try:
            return json.loads(self.value or b"")
        except RecursionError:
            raise ValueError("it is nested too deeply") from None


class Emptied(NamedTuple):
    """Nothing is left of the rows that a table had until then."""

    table: str


RowChange = Row | Emptied | Configuration  # a configuration is one that rows name by its digest


class Changes(NamedTuple):
    """What has changed: first nothing is left of the tables that were emptied, then come the rows, in any order."""

    emptied: tuple[str, ...]
    rows: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.emptied or self.rows)


ReadSources = Callable[[Sequence[SeedSource]], Seed]


class Kept(NamedTuple):
    """What was kept of a namespace, with what its rows share.

    Attributes:
        rows: by table, in the order of their places.
        configurations: by their digests.
        companies: of the accounts that records name.
        seed: what the namespace started from last.
        read_sources: gives other seeds by their `sources`, and raises SetupError where they are none; None for no others.
        namespace: its name.
    """

    rows: Mapping[str, Sequence[Row]]
    configurations: Mapping[str, Configuration]
    companies: Mapping[str, str]
    seed: Seed
    read_sources: ReadSources | None = None
    namespace: str = ""


def as_bytes(value: Any) -> bytes:
    """A value as compact JSON, for a row: records as arrays, and bytes in base64."""
    try:
        return orjson.dumps(value, _plain)
    except TypeError:  # it has whole numbers that it does not know, of more than 64 bits
        return _encode(value).encode()


def _plain(value: Any) -> Any:
    """What JSON does not know."""
    if isinstance(value, tuple):
        return tuple(value)
    return {"base64": b64encode(value).decode()} if isinstance(value, bytes) else dict(value)


_encode = json.JSONEncoder(check_circular=False, separators=(",", ":"), default=_plain).encode


def configuration_row(configuration: Configuration) -> Row:
    """A configuration, for rows that name it by its digest."""
    unknown = [[list(one.path), one.message, one.code] for one in configuration.unknown]
    entry = {"value": configuration.value, "warnings": configuration.warnings, "unknown": unknown}
    return Row(CONFIGURATIONS, configuration.digest, 0, as_bytes(entry))


def read_configuration(row: Row) -> Configuration:
    """The configuration of a row; it was accepted once, so it is not examined again.

    Raises:
        ValueError, TypeError, KeyError: the row is damaged.
    """
    entry = row.read()
    unknown = tuple(
        Finding(code, tuple(path), message, "warning", at_key=True) for path, message, code in entry["unknown"]
    )
    configuration = Configuration(entry["value"], tuple(entry["warnings"]), unknown)
    if configuration.digest != row.key:
        raise ValueError("the content does not belong to its digest")
    return configuration


class Notes(Generic[T]):
    """Notes what changes in a table; nothing is noted, and nothing costs anything, until somebody wants it.

    Attributes:
        wanted: somebody does.
        emptied, changed: what there is to take.
    """

    __slots__ = ("changed", "emptied", "wanted")

    def __init__(self) -> None:
        self.wanted = False
        self.emptied = False
        self.changed: dict[str, T | None] = {}

    def put(self, key: str, what: T) -> None:
        """A row is new, or another."""
        if self.wanted:
            self.changed[key] = what

    def was(self, key: str, what: T | None) -> None:
        """A row changes that was this, None for a new one; noted is what it was at first, in place of what it becomes."""
        if self.wanted:
            self.changed.setdefault(key, what)

    def drop(self, key: str) -> None:
        """A row is gone."""
        if self.wanted:
            self.changed[key] = None

    def empty(self) -> None:
        """All rows are gone."""
        if self.wanted:
            self.changed, self.emptied = {}, True

    def take(self) -> tuple[bool, Mapping[str, T | None]]:
        """Whether the table was emptied, and what has changed since by key, None for what is gone; it is noted no longer."""
        if not self.changed and not self.emptied:
            return False, self.changed
        taken = self.emptied, self.changed
        self.emptied, self.changed = False, {}
        return taken
