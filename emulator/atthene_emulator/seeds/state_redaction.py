"""Taking secrets out of the document of a whole emulator, which can be opened all the same. This module is that step (D121).

A configuration without its secrets is another one, with a digest of its own: rows that name it follow.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.journal import Journal, entry_row, read_entry
from atthene_emulator.domain.limiter import Limiter
from atthene_emulator.domain.namespace import STARTED
from atthene_emulator.domain.redaction import Verbatim, redact_value, shown
from atthene_emulator.domain.rows import CONFIGURATIONS, Row, as_bytes
from atthene_emulator.domain.snapshot import Snapshots
from atthene_emulator.secrecy import secrets_of

_Json = dict[str, Any]
_KEPT = frozenset(("agents", "contents", "clock", "ids"))  # names, bytes and numbers of the emulator's own
_JOURNAL, _SNAPSHOTS, _BUCKETS = Journal.tables[0], Snapshots.tables[0], Limiter.tables[1]
_APART = frozenset((_JOURNAL, _SNAPSHOTS, STARTED))
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def without_secrets(document: _Json, token: str | None) -> _Json:
    """The document without the secrets of configurations, messages, scripts, faults, requests and seeds; it says `redacted`.

    Keys of seeds stay, since they open it at home, and so do those that were made for namespaces, which anybody can tell from the
    seed; unless there is a token of the control plane, with which they are secrets.
    """
    spared = {**document, "sources": _seeds(document["sources"], ())}
    namespaces = [_namespace(one, token) for one in document["namespaces"]]
    exercised = _tables(document["exercised"], (token,) if token else ())
    return {**spared, "namespaces": namespaces, "exercised": exercised, "redacted": True}


def _namespace(one: _Json, token: str | None) -> _Json:
    entry, minted = one["entry"], one["entry"]["minted"]
    known = (token, minted["key"]) if token and minted else (token,) if token else ()
    if token and minted:
        minted = {**minted, "key": None}
    sources = entry["sources"] and _seeds(entry["sources"], known)
    return {**one, "entry": {**entry, "minted": minted, "sources": sources}, "tables": _tables(one["tables"], known)}


def _seeds(sources: Iterable[Any], known: Iterable[str]) -> list[Any]:
    """Sources of a seed; accounts stay as they are, with their keys."""
    return [one if isinstance(one, str) else {**redact_value(one, known), **_accounts(one)} for one in sources]


def _accounts(seed: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"accounts": seed["accounts"]} if "accounts" in seed else {}


def _tables(tables: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """The tables of a namespace without secrets, where rows name configurations as they are called then."""
    names = [name for name in tables if name not in _KEPT | _APART]
    values = [[value for _, _, value in tables[name]] for name in names]
    known = (*known, *secrets_of(values))
    without: dict[str, Any] = {}
    for name, plain in zip(names, redact_value(values, known), strict=True):
        without[name] = [[key, place, value] for (key, place, _), value in zip(tables[name], plain, strict=True)]
    if _SNAPSHOTS in tables:
        without[_SNAPSHOTS] = [[key, place, _snapshot(value, known)] for key, place, value in tables[_SNAPSHOTS]]
    if STARTED in tables:
        without[STARTED] = [[key, place, _started(value, known)] for key, place, value in tables[STARTED]]
    if _JOURNAL in tables:
        without[_JOURNAL] = [_entry(one, known) for one in tables[_JOURNAL]]
    if _BUCKETS in tables:  # whose keys are those of callers
        without[_BUCKETS] = [row for row in tables[_BUCKETS] if not any(secret in row[0] for secret in known)]
    renamed = {digest: Configuration(value["value"]).digest for digest, _, value in without.get(CONFIGURATIONS, ())}
    return _named({name: without.get(name, rows) for name, rows in tables.items()}, renamed)


def _snapshot(value: _Json, known: Iterable[str]) -> _Json:
    """A row of a snapshot, in which are rows."""
    return {**_started(value, known), "rows": _tables(value["rows"], known)}


def _started(value: _Json, known: Iterable[str]) -> _Json:
    """A row that says what was started from."""
    return {**value, "sources": value["sources"] and _seeds(value["sources"], known)}


def _named(tables: dict[str, Any], digests: Mapping[str, str]) -> dict[str, Any]:
    """Tables whose rows name configurations by other digests; of two that became equal, the first stays."""
    if all(before == after for before, after in digests.items()):
        return tables
    text = _DIGEST.sub(lambda found: digests.get(found[0], found[0]), json.dumps(tables))
    return {name: [*{row[0]: row for row in reversed(rows)}.values()][::-1] for name, rows in json.loads(text).items()}


def _entry(row: Sequence[Any], known: Iterable[str]) -> list[Any]:
    """A row of the journal, as its entry is shown."""
    key, place, value = row
    at, entry = read_entry(Row(_JOURNAL, key, place, as_bytes(value)))
    one = shown(entry, known)
    headers = "\n".join(f"{name}: {text}" for name, text in one.headers.items()).encode("latin-1", "replace")
    without = entry._replace(
        path=one.path,
        query=one.query,
        headers=headers,
        body=_body(one.body),
        response=_body(one.response),
        unread=tuple(one.unread),
        session_id=one.session_id,
    )
    return [key, place, entry_row(place, at, without).read()]


def _body(value: Any) -> bytes:
    """A body that was shown, as bytes again."""
    if value is None:
        return b""
    if isinstance(value, Verbatim):
        return value.data
    return value.encode(errors="replace") if isinstance(value, str) else as_bytes(value)
