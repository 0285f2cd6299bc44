"""Namespaces in one file on this machine, by SQLite. This module is that vault.

The file belongs to one emulator at a time. A write is in the file when `save` returns: it outlives the process, however that
ends; a machine that loses power may lose the last moments, never half of a write (WAL, `synchronous=NORMAL`).

Changes are written one after another into a log, which touches the fewest pages; where rows stand by their keys, they are put
later, when there is time (`tidy`).
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from atthene_emulator.domain.rows import Changes, Row
from atthene_emulator.errors import Conflict, Damaged, NotKept, Overtaken, SetupError
from atthene_emulator.limits import LOG
from atthene_emulator.vault.packed import packed, unpacked
from atthene_emulator.vault.vault import About, Elsewhere, Stamp
from atthene_emulator.wording import shown

_APPLICATION = 0x41746865  # what tells our files from those of others
_TABLES = """
CREATE TABLE stamp (seeds TEXT NOT NULL);
CREATE TABLE namespaces (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, entry TEXT NOT NULL);
CREATE TABLE keys (key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (key, name)) WITHOUT ROWID;
CREATE TABLE rows (
    namespace TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, place INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (namespace, kind, key)
) WITHOUT ROWID;
CREATE TABLE log (number INTEGER PRIMARY KEY, namespace TEXT NOT NULL, changes BLOB NOT NULL);
"""
_COLUMNS = (("namespaces", "name"), ("keys", "name"), ("rows", "namespace"), ("log", "namespace"))
_OTHERS_END = 1.0  # seconds that an emulator before this one may take to end
_AT_ONCE = 64  # entries of the log that are put where they belong in one step


class SqliteVault:
    """A file with everything.

    Args:
        path: of the file; it is made if it is not there.

    Attributes:
        at_once: nothing else runs while one of its methods does.
    """

    at_once = True
    secret = ""

    def __init__(self, path: str) -> None:
        self._path = path
        self._claimed: set[str] = set()
        self._file: tuple[int, int] | None = None
        self._size = 0  # that the file had at least
        self._logged = 0  # bytes of the log
        self._unreadable: set[str] = set()  # namespaces whose log stays as it is
        self._base: sqlite3.Connection | None = None

    async def open(self, stamp: Stamp) -> None:
        """As `Vault`; a version that has the same format may go on with what another has kept."""
        try:
            self._base = self._connect()
            self._begin(self._base, stamp)
        except sqlite3.Error as error:
            await self.close()
            raise SetupError(f"{self._why(error)}.") from None
        except SetupError:
            await self.close()
            raise
        self._file = self._identity()

    def _connect(self) -> sqlite3.Connection:
        path, folder = Path(self._path), Path(self._path).absolute().parent
        if path.is_dir():
            raise SetupError(f"The store {path} is a folder; name a file in it, as in sqlite:{path / 'emulator.db'}.")
        if not folder.is_dir():
            raise SetupError(
                f"The store {path} needs the folder {folder}, which is not there; make it, or name another."
            )
        return sqlite3.connect(path, timeout=_OTHERS_END, isolation_level=None, check_same_thread=False)

    def _begin(self, base: sqlite3.Connection, stamp: Stamp) -> None:
        ((application,),) = base.execute("PRAGMA application_id")  # before anything of the file changes
        ((count,),) = base.execute("SELECT count(*) FROM sqlite_master")
        if count and application != _APPLICATION:
            raise SetupError(f"The file {self._path} is a database of something else; name another one for the store.")
        base.execute("PRAGMA locking_mode=EXCLUSIVE")
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=NORMAL")
        base.execute("BEGIN IMMEDIATE")  # the lock is ours from now on
        ((count,),) = base.execute("SELECT count(*) FROM sqlite_master")
        if not count:
            for statement in _TABLES.strip().split(";\n"):
                base.execute(statement)
            base.execute("INSERT INTO stamp VALUES (?)", (stamp.seeds,))
            base.execute(f"PRAGMA application_id={_APPLICATION}")
            base.execute(f"PRAGMA user_version={stamp.format}")
        ((found,),) = base.execute("PRAGMA user_version")
        if found != stamp.format:
            raise SetupError(
                f"The store {self._path} has the format {found}, and this version reads {stamp.format}: go on with the "
                "version that wrote it, or name another file."
            )
        ((seeds,),) = base.execute("SELECT seeds FROM stamp")
        if seeds != stamp.seeds:
            raise SetupError(
                f"The store {self._path} was begun with other seeds, or these say something else now: start with the same "
                "ones, name another file, or remove this one to begin again."
            )
        base.execute("COMMIT")
        ((self._logged,),) = base.execute("SELECT coalesce(sum(length(changes)), 0) FROM log")

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116  # quicker, and asked for with each write
        except OSError:
            return None
        if found.st_size < self._size:
            return None
        self._size = found.st_size
        return found.st_dev, found.st_ino

    def _why(self, error: sqlite3.Error) -> str:
        """What is wrong with the file, and what to do."""
        name = getattr(error, "sqlite_errorname", "")
        known = {
            "SQLITE_BUSY": f"is used by another emulator or program{self._user()}; stop that one, or name another file",
            "SQLITE_FULL": "has no room: its disk is full, or it has reached the size that it may have; make room",
            "SQLITE_READONLY": "cannot be written; change its permissions or those of its folder, or name another file",
            "SQLITE_CANTOPEN": "cannot be opened; look at the permissions of the file and its folder, or name another one",
            "SQLITE_NOTADB": "is no database; name another file for the store",
            "SQLITE_CORRUPT": "is damaged; restore it from a copy, or name another file",
            "SQLITE_PERM": "cannot be opened; look at its permissions, or name another file",
        }
        told = next((text for code, text in known.items() if name.startswith(code)), f"does not work: {error}")
        return f"The store {self._path} {told}"

    def _user(self) -> str:
        """Which process has the lock, where the system says so; to open the file for that would give up locks of our own."""
        try:
            file = f":{os.stat(self._path).st_ino} "  # noqa: PTH116  # as above
            locks = Path("/proc/locks").read_text(encoding="ascii").splitlines()
        except (OSError, ValueError):
            return ""
        pids = sorted({words[4] for line in locks if file in line and (words := line.split())[4].isdigit()} - {"0"})
        return f" (process {pids[0]})" if len(pids) == 1 else ""

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """The database.

        Raises:
            NotKept: it does not work now.
        """
        if self._base is None:
            raise NotKept(f"The store {self._path} is not open")
        try:
            yield self._base
        except sqlite3.Error as error:
            raise NotKept(self._why(error)) from None

    @contextmanager
    def _there(self) -> Iterator[sqlite3.Connection]:
        """The same, if its file is still the one that others would open: one statement may be written."""
        if self._identity() != self._file:
            raise NotKept(f"The store {self._path} was removed, replaced or cut off; put it back, or start again")
        with self._reading() as base:
            yield base

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The same in one transaction: all of it happens, or nothing."""
        with self._there() as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
                base.execute("COMMIT")
            except BaseException:
                if base.in_transaction:
                    base.execute("ROLLBACK")
                raise

    async def close(self) -> None:
        """Close the file, with all that was written in it."""
        if self._base is not None:
            self._base.close()
            self._base = None

    async def all(self) -> Sequence[About]:
        """As `Vault`."""
        with self._reading() as base:
            found = base.execute("SELECT number, name, entry FROM namespaces ORDER BY number").fetchall()
        return [_about(*one) for one in found]

    async def find(self, name: str) -> About | None:
        """As `Vault`."""
        with self._reading() as base:
            found = base.execute("SELECT number, name, entry FROM namespaces WHERE name=?", (name,)).fetchone()
        return None if found is None else _about(*found)

    async def holder(self, key: str) -> str | None:
        """As `Vault`."""
        with self._reading() as base:
            found = base.execute(
                "SELECT name FROM keys JOIN namespaces USING (name) WHERE key=? ORDER BY number LIMIT 1", (key,)
            ).fetchone()
        return None if found is None else str(found[0])

    def owns(self, name: str) -> bool:
        """Whether it was claimed: all of the file is ours."""
        return name in self._claimed

    async def claim(self, name: str) -> Elsewhere | None:
        """Own a namespace from now on: nobody else can."""
        self._claimed.add(name)
        return None

    async def release(self, name: str) -> None:
        """As `Vault`."""
        self._claimed.discard(name)

    def _check(self, name: str) -> None:
        if name not in self._claimed:
            raise Overtaken(
                f"The namespace {shown(name)} of the store {self._path} is not owned; send the request again"
            )

    async def load(self, name: str) -> Mapping[str, Sequence[Row]]:
        """As `Vault`."""
        with self._reading() as base:
            found = base.execute("SELECT kind, key, place, value FROM rows WHERE namespace=?", (name,))
            rows: Iterable[Row] = map(Row._make, found.fetchall())
            logged = base.execute("SELECT changes FROM log WHERE namespace=? ORDER BY number", (name,)).fetchall()
        try:
            if logged:
                rows = _together(rows, (unpacked(changes) for (changes,) in logged))
        except ValueError as error:
            raise Damaged(name, str(error)) from None
        tables: dict[str, list[Row]] = {}
        for row in rows:
            tables.setdefault(row.table, []).append(row)
        for of_table in tables.values():
            of_table.sort(key=itemgetter(2))
        return tables

    async def save(self, name: str, changes: Changes) -> None:
        """As `Vault`."""
        self._check(name)
        with self._there() as base:
            self._log(base, name, changes)
        if self._logged > LOG.most:
            self.tidy()

    def _log(self, base: sqlite3.Connection, name: str, changes: Changes) -> None:
        data = packed(changes)
        base.execute("INSERT INTO log (namespace, changes) VALUES (?, ?)", (name, data))
        self._logged += len(data)

    def tidy(self) -> bool:
        """Put the oldest rows of the log where they stand by their keys; whether there is more to do.

        Raises:
            NotKept: as all others.
        """
        passed_over = ",".join("?" * len(self._unreadable))
        with self._writing() as base:
            oldest = base.execute(
                f"SELECT number, namespace, changes FROM log WHERE namespace NOT IN ({passed_over}) ORDER BY number LIMIT ?",  # noqa: S608  # question marks
                (*self._unreadable, _AT_ONCE),
            ).fetchall()
            for namespace, entries in groupby(oldest, itemgetter(1)):
                try:
                    merged = _merged(unpacked(changes) for _, _, changes in entries)
                except ValueError:
                    self._unreadable.add(namespace)
                    oldest = [one for one in oldest if one[1] != namespace]
                else:
                    _write(base, namespace, merged)
            base.executemany("DELETE FROM log WHERE number=?", [one[:1] for one in oldest])
        is_done = len(oldest) < _AT_ONCE
        left = self._logged - sum(len(changes) for _, _, changes in oldest)
        self._logged = 0 if is_done and not self._unreadable else max(0, left)  # of removed namespaces nothing is there
        return not is_done

    async def add(self, about: About, changes: Changes) -> None:
        """As `Vault`."""
        entry = json.dumps({"keys": about.keys, "entry": about.entry})
        with self._writing() as base:
            try:
                base.execute("INSERT INTO namespaces (name, entry) VALUES (?, ?)", (about.name, entry))
            except sqlite3.IntegrityError:
                raise Conflict(f"There is a namespace {shown(about.name)} already") from None
            base.executemany("INSERT INTO keys VALUES (?, ?)", [(key, about.name) for key in dict.fromkeys(about.keys)])
            _write(base, about.name, changes)

    async def remove(self, name: str) -> None:
        """As `Vault`."""
        self._check(name)
        with self._writing() as base:
            for table, column in _COLUMNS:
                base.execute(f"DELETE FROM {table} WHERE {column}=?", (name,))  # noqa: S608  # names of ours
        self._claimed.discard(name)
        self._unreadable.discard(name)


def _about(number: int, name: str, text: str) -> About:
    try:
        told = json.loads(text)
        return About(name, tuple(told["keys"]), told["entry"], number)
    except (ValueError, TypeError, LookupError) as error:
        raise Damaged(name, repr(error)) from None


def _together(rows: Iterable[Row], logged: Iterable[Changes]) -> Iterable[Row]:
    """Rows with what has changed since."""
    kept = {row[:2]: row for row in rows}
    for changes in logged:
        for table in changes.emptied:
            for key in [key for key in kept if key[0] == table]:
                del kept[key]
        for row in changes.rows:
            if row.value is None:
                kept.pop(row[:2], None)
            else:
                kept[row[:2]] = row
    return kept.values()


def _merged(logged: Iterable[Changes]) -> Changes:
    """Changes that followed one another as one."""
    emptied: dict[str, None] = {}
    rows: dict[tuple[str, str], Row] = {}
    for changes in logged:
        for table in changes.emptied:
            emptied[table] = None
            rows = {key: row for key, row in rows.items() if key[0] != table}
        rows.update((row[:2], row) for row in changes.rows)
    return Changes(tuple(emptied), tuple(rows.values()))


def _write(base: sqlite3.Connection, name: str, changes: Changes) -> None:
    for table in changes.emptied:
        base.execute("DELETE FROM rows WHERE namespace=? AND kind=?", (name, table))
    gone = [(name, row.table, row.key) for row in changes.rows if row.value is None]
    if gone:
        base.executemany("DELETE FROM rows WHERE namespace=? AND kind=? AND key=?", gone)
    there = [(name, *row) for row in changes.rows if row.value is not None]
    if there:
        base.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)", there)
