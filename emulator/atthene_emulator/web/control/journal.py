"""Handlers of the control plane: the journal, and waiting for requests."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from heapq import merge
from operator import attrgetter
from typing import Any, NamedTuple, get_args

from atthene_emulator.domain.journal import Entry, Journal, Outcome
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.redaction import Verbatim, shown, shown_line
from atthene_emulator.domain.room import Room
from atthene_emulator.errors import Misuse, NothingCame, Problem, SentAway, Unknown
from atthene_emulator.limits import ANSWER, LOOKED_THROUGH
from atthene_emulator.secrecy import redact_text
from atthene_emulator.timestamps import format_time
from atthene_emulator.web import wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.everywhere import is_everywhere
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.wording import did_you_mean

FILTERS = ("operation", "status", "outcome", "session_id", "method", "path")
_NEAREST = 5
_LOOKED_AT = 50  # bytes that looking at an entry is worth


async def list_entries(exchange: Exchange) -> Any:
    """Entries, newest last, that match the filters."""
    wanted = _wanted(exchange)
    limit, offset = count_of(exchange, "limit", 1000), count_of(exchange, "offset", 0)
    tail = count_of(exchange, "tail", 0)
    newest = tail if tail and not wanted else None  # no others need be looked at
    namespaces: Sequence[Namespace] = (exchange.namespace,)
    if is_everywhere(exchange):
        async with exchange.emulator.all_in_view():
            namespaces = exchange.emulator.namespaces
    kept = [[_Kept(at, entry, one) for at, entry in one.journal.timed(newest)] for one in namespaces]
    found = await aside(sum(map(len, kept)) * _LOOKED_AT, _found, kept, wanted)
    total = len(found) if newest is None else sum(len(one.journal) for one in namespaces)
    page = found[-tail:] if tail else found[offset : offset + limit]
    shown = await _shown(page, exchange)
    dropped = sum(one.journal.dropped for one in namespaces) + len(page) - len(shown)
    counts = {b"x-total-count": total, b"x-emulator-dropped": dropped}
    exchange.notes += [(name, str(count).encode()) for name, count in counts.items()]
    return shown


async def get_entry(exchange: Exchange) -> Any:
    """One entry, by its id."""
    wanted, kept, namespace = exchange.path["id"], exchange.namespace.journal, exchange.namespace
    for entry in reversed(kept):
        if entry.id == wanted:
            return (await _shown([_Kept(0.0, entry, namespace)], exchange))[0]
    known = [entry.id for entry in reversed(kept)]
    near = did_you_mean(wanted[:60], known[:500], "; GET /__emulator/journal lists those that are kept")
    raise Unknown(f"The journal of {namespace.name} has no entry {wanted[:60]!r}{near}")


class _Kept(NamedTuple):
    """An entry, when it was added, by the machine's steady clock, and where."""

    at: float
    entry: Entry
    namespace: Namespace


def _found(kept: Sequence[Sequence[_Kept]], wanted: Mapping[str, str]) -> list[_Kept]:
    """Those of several journals that pass the filters, in the order in which they were added."""
    return [one for one in merge(*kept, key=attrgetter("at")) if not _differences(one.entry, wanted)]


def _wanted(exchange: Exchange) -> dict[str, str]:
    """The filters of a request.

    Raises:
        Misuse: a filter could never match anything.
    """
    from atthene_emulator.web.socket import frames  # noqa: PLC0415  # starting is quicker without

    names = dict.fromkeys((*(row.name for row in OPERATIONS), *frames.NAMES, frames.RESULT))
    operations = (*names, *dict.fromkeys(f"{name.partition('.')[0]}.*" for name in names))
    possible = {"outcome": get_args(Outcome), "operation": operations}
    for name, values in possible.items():
        value = exchange.query.get(name)
        if value is not None and value not in values:
            near = did_you_mean(value, values, f"; there are {', '.join(values)}.")
            raise Misuse(f"No request has the {name} {value[:60]}{near}")
    status = exchange.query.get("status", "0")
    if not (status.isascii() and status.isdigit()):
        raise Misuse(f"status must be a number, not {status[:60]!r}")
    return {name: exchange.query[name] for name in FILTERS if name in exchange.query}


def count_of(exchange: Exchange, name: str, default: int) -> int:
    """The whole number that a query parameter has.

    Raises:
        Misuse: it is none.
    """
    text = exchange.query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        raise Misuse(f"{name} must be a whole number, not {text!r}")
    return int(text)


def flag_of(exchange: Exchange, name: str) -> bool:
    """Whether a query parameter is true; without it, it is not.

    Raises:
        Misuse: it is neither true nor false.
    """
    wanted: str = exchange.query.get(name, "false")
    if wanted not in ("true", "false"):
        raise Misuse(f"{name} must be true or false, not {wanted[:60]!r}")
    return wanted == "true"


def _differences(entry: Entry, wanted: Mapping[str, str]) -> list[str]:
    """The filters that the entry does not pass."""
    return [name for name, value in wanted.items() if not _passes(name, str(getattr(entry, name)), value)]


def _passes(name: str, value: str, wanted: str) -> bool:
    if name == "operation" and wanted.endswith(".*"):
        return value.startswith(wanted[:-1])
    if name == "method":
        return value == wanted.upper()
    if name == "path":  # as it is answered, with and without the closing slash (D09)
        return value.rstrip("/") == wanted.rstrip("/")
    return value == wanted


def drop_journal(exchange: Exchange) -> Any:
    """Forget all entries."""
    exchange.namespace.journal.reset(exchange.namespace.seed)


async def wait_for_entries(exchange: Exchange) -> Any:
    """Answer when enough requests have come that match; those that the journal has already count."""
    kept = exchange.namespace.journal
    if _number(exchange.body.get("after", "req_0")) > kept.last:
        raise Misuse(f"There is no entry {exchange.body['after']} yet; the newest request is req_{kept.last:06d}")
    wanted = {name: str(value) for name, value in exchange.body.get("match", {}).items()}
    after, count, seconds = (
        exchange.body.get("after", ""),
        exchange.body.get("count", 1),
        exchange.body.get("timeout_seconds", 5),
    )

    async def come() -> None:
        while len(_matching(kept, wanted, after)) < count and not kept.signal.ended:
            await kept.signal.wait()

    try:
        if len(_matching(kept, wanted, after)) < count:
            async with asyncio.timeout(seconds):
                await exchange.waiter(come())
    except TimeoutError:
        raise _nothing_came(kept, wanted, after, count, seconds) from None
    if kept.signal.ended:
        raise SentAway("The namespace was deleted, or the emulator stops")
    found = _matching(kept, wanted, after)
    return await _shown([_Kept(0.0, entry, exchange.namespace) for entry in found], exchange)


async def _shown(kept: Sequence[_Kept], exchange: Exchange) -> list[dict[str, Any]]:
    """Entries as JSON, as many of the newest as an answer has room for; one is always there."""
    size = sum(one.entry.size for one in kept)

    def newest() -> list[dict[str, Any]]:
        answer, looked_through, found = Room(ANSWER.most), Room(LOOKED_THROUGH.most), list[dict[str, Any]]()
        for _, entry, namespace in reversed(kept):
            if not answer.take(entry.size) and found:
                break
            found.append(shown_entry(entry, namespace.name, exchange.secrets_in(namespace), looked_through))
        return found[::-1]

    return await aside(size, newest)


def _matching(kept: Journal, wanted: Mapping[str, str], after: str) -> list[Entry]:
    return [entry for entry in kept if _is_later(entry, after) and not _differences(entry, wanted)]


def _is_later(entry: Entry, after: str) -> bool:
    return not after or _number(entry.id) > _number(after)


def _number(entry_id: str) -> int:
    return int(entry_id.rpartition("_")[2])


def _nothing_came(kept: Journal, wanted: Mapping[str, str], after: str, count: int, seconds: float) -> NothingCame:
    """The refusal that says what came instead: the nearest entries, and in what they differ."""
    others = [(entry, _differences(entry, wanted)) for entry in kept if _is_later(entry, after)]
    came = sum(not differences for _, differences in others)
    nearest = sorted(((entry, names) for entry, names in reversed(others) if names), key=lambda one: len(one[1]))
    problems = [
        Problem(
            entry.id,
            f"{entry.method} {shown_line(entry).path} answered {entry.status or 'nothing'}; "
            + ", ".join(f"{name} is {redact_text(str(getattr(entry, name)))}, not {wanted[name]}" for name in names),
        )
        for entry, names in nearest[:_NEAREST]
    ]
    shown = ", ".join(f"{name} {value}" for name, value in wanted.items())
    instead = f"; {len(others) - came} others came" if others else "; nothing came at all"
    message = f"{came} of {count} requests{shown and f' with {shown}'} came within {seconds:g} s{instead}"
    return NothingCame(message, problems)


def shown_entry(entry: Entry, namespace: str, known: Iterable[str] = (), room: Room | None = None) -> dict[str, Any]:
    """An entry of a namespace as JSON, without secrets; `known` and `room` are as of `redaction.shown`."""
    kept = shown(entry, known, room)
    return {
        "id": entry.id,
        "namespace": namespace,
        "at": format_time(entry.at),
        "operation": entry.operation,
        "method": entry.method,
        "path": kept.path,
        "query": kept.query,
        "headers": kept.headers,
        "body": _readable(kept.body),
        "status": entry.status,
        "response": _readable(kept.response),
        "duration_ms": round(entry.duration * 1000, 3),
        "outcome": entry.outcome,
        "fault": entry.fault,
        "session_id": kept.session_id,
        "script": list(entry.scripts),
        "evidence": entry.evidence,
        "findings": list(entry.findings),
        "unread": kept.unread,
        "delivered": entry.delivered,
    }


def _readable(body: Any) -> Any:
    """A body as JSON where it is JSON, else as text."""
    if not isinstance(body, Verbatim):
        return body
    try:
        return wire.embedded(body.data)
    except ValueError:
        return body.data.decode(errors="replace")
