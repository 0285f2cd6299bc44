r"""Recorded traffic held against what we promise. This module is the comparison.

    report = compare(read_recording(Path("exchanges.har").read_bytes()), None)
    print("\n".join(report.lines()))

Neither paths nor answers reach the report, but for names of fields and for single words; see `shape`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import FlatError, InternalFault, InvalidRequest, MethodNotAllowed, NotFound, kinds
from atthene_emulator.evidence.levels import Evidence, decided, inferred, weakest
from atthene_emulator.verification.har import Exchange, read_har
from atthene_emulator.verification.report import Difference, Report
from atthene_emulator.verification.shape import HIDDEN, KINDS, Departure, departures, either, shown_value
from atthene_emulator.web.errors import ENVELOPE, FLAT
from atthene_emulator.web.ledger import ANYWHERE
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS

_KINDS_OF_ERROR = tuple(kind for kind in kinds() if not issubclass(kind, FlatError))
_JSON = "application/json"
_SEGMENT = re.compile(r"[a-z]{1,20}(?:[_-][a-z]{1,20}){0,2}")
_PARTS = {row.path: tuple(row.path.strip("/").split("/")) for row in OPERATIONS}
_ROWS = {(row.method, row.path): row for row in OPERATIONS}
_ORDER = {row.name: number for number, row in enumerate(OPERATIONS)}
_ANY_ERROR = decided("D02")
_NO_PAGE = inferred("no page shows it")
_SLASH = decided("D09")
_PARTIAL = (206, 304)  # of an answer, or nothing of it that is new
_REDIRECTION, _FAILURE, _SERVER_FAILURE = 300, 400, 500
_NO_CONTENT, _UNPROCESSABLE = 204, 422
_MOST_PARTS = 8


def read_recording(data: bytes) -> tuple[Exchange, ...]:
    """Every entry of a HAR file; those that are not to be compared say why.

    A browser meets other hosts that have a `/api/v1/`, too: once a host shows an operation of ours, others are passed over.

    Raises:
        SetupError: it is no HAR file, or too large.
    """
    exchanges = read_har(data)
    bases = {one.base for one in exchanges if one.passed_over is None and _row(one.method, template(one.path))}
    if not bases:
        return exchanges
    return tuple(
        one if one.passed_over is not None or one.base in bases else Exchange("elsewhere") for one in exchanges
    )


def compare(exchanges: Iterable[Exchange], contract: ContractName | None) -> Report:
    """Hold exchanges against a contract; without one, against that which they depart from least."""
    exchanges = tuple(exchanges)
    if contract is not None:
        return _compared(exchanges, contract)
    reports = [_compared(exchanges, one) for one in CONTRACTS]
    fits = {one.contract: len(one.differences) for one in reports}
    return replace(min(reports, key=lambda one: len(one.differences)), fits=fits)


class _Found(NamedTuple):
    """A departure of one operation's success, or of its errors."""

    operation: str
    request: str
    failed: bool
    departure: Departure


def _compared(exchanges: Sequence[Exchange], contract: ContractName) -> Report:
    found: dict[_Found, Counter[int]] = {}
    seen = Counter({row.name: 0 for row in OPERATIONS})
    passed_over: Counter[str] = Counter(one.passed_over for one in exchanges if one.passed_over is not None)
    compared = [one for one in exchanges if one.passed_over is None]
    for exchange in compared:
        path = template(exchange.path)
        row = _row(exchange.method, path)
        request = f"{row.method if row else exchange.method} {path}"
        operation = row.name if row else request
        seen[operation] += 1
        for departure in dict.fromkeys(_departures(exchange, row, path, contract)):
            key = _Found(operation, request, exchange.status >= _FAILURE, departure)
            found.setdefault(key, Counter())[exchange.status] += 1
    without_body = sum(one.body.form == "unknown" and _has_body(one) for one in compared)
    return Report(contract, _merged(found), dict(seen), dict(passed_over), without_body, {})


def _has_body(exchange: Exchange) -> bool:
    """Whether a body is to be expected at all."""
    redirected = _REDIRECTION <= exchange.status < _FAILURE
    return exchange.method != "HEAD" and exchange.status != _NO_CONTENT and not redirected


def _merged(found: dict[_Found, Counter[int]]) -> tuple[Difference, ...]:
    def order(key: _Found) -> tuple[int, str, bool, int, str]:
        number = _ORDER.get(key.operation, len(_ORDER))
        return number, key.operation, key.failed, KINDS.index(key.departure.kind), key.departure.place

    return tuple(
        Difference(
            operation=key.operation,
            request=key.request,
            times=found[key].total(),
            statuses=tuple(sorted(found[key])),
            **key.departure._asdict(),
        )
        for key in sorted(found, key=order)
    )


def template(path: str) -> str:
    """A path below `/api/v1` with the names of its parameters in place of their values, closed by a slash.

    Fixed parts win over parameters, as in `PathTable`. Of a path that is not ours, only plain words at the beginning and
    after ids are shown: any other part may be an id or a name.
    """
    shown: list[str] = []
    known = list(_PARTS.values())
    for part in path.removeprefix("/").removesuffix("/").split("/")[:_MOST_PARTS]:
        here = [parts for parts in known if len(parts) > len(shown)]
        fixed = [parts for parts in here if parts[len(shown)] == part]
        known = fixed or [parts for parts in here if parts[len(shown)].startswith("{") and part]
        if known:
            shown.append(known[0][len(shown)])
        else:
            after_id = not shown or shown[-1].startswith("{")
            shown.append(part if after_id and _SEGMENT.fullmatch(part) else HIDDEN)
    return f"/{'/'.join(shown)}/"


def _row(method: str, path: str) -> Operation | None:
    """The row of a method and a template; HEAD stands for GET where it may (D41)."""
    if method != "HEAD":
        return _ROWS.get((method, path))
    row = _ROWS.get(("GET", path))
    return row if row is not None and row.safe else None


def _departures(exchange: Exchange, row: Operation | None, path: str, contract: ContractName) -> Iterator[Departure]:
    """Everything in which one exchange departs from the contract."""
    if row is None:
        ours = MethodNotAllowed if any(path == one.path for one in OPERATIONS) else NotFound
        if exchange.status != ours.status:
            yield Departure("operation new", "", str(ours.status), str(exchange.status), _NO_PAGE)
            return
    else:
        yield from _status(exchange.status, row)
    if not _has_body(exchange):
        return
    if exchange.status >= _FAILURE:
        yield from _failure(exchange)
    elif row is not None:
        yield from _success(exchange, row, contract)


def _status(status: int, row: Operation) -> Iterator[Departure]:
    errors = {kind.status for kind in (*row.errors, *ANYWHERE)} - {MethodNotAllowed.status}
    if status >= _FAILURE and status not in errors:
        yield Departure("status new", "", ", ".join(map(str, sorted(errors))), str(status), _evidence_of(status))
    elif status < _FAILURE and status != row.status and not (row.parts and status in _PARTIAL):
        evidence = _SLASH if status >= _REDIRECTION else row.status_evidence
        yield Departure("status new", "", str(row.status), str(status), evidence)


def _evidence_of(status: int) -> Evidence:
    """What it rests on that a failure is, or is not, told by this status."""
    known = next((kind.evidence for kind in _KINDS_OF_ERROR if kind.status == status), None)
    if known is not None:
        return known
    if status == _UNPROCESSABLE:
        return InvalidRequest.evidence
    return InternalFault.evidence if status >= _SERVER_FAILURE else _ANY_ERROR


def _success(exchange: Exchange, row: Operation, contract: ContractName) -> Iterator[Departure]:
    schema = row.response_schema(contract)
    if schema is None and row.status != _NO_CONTENT:
        return  # a text
    if schema is None:
        if exchange.body.form in ("json", "other"):
            yield Departure("content type", "", "no body", exchange.media_type or "a body", row.status_evidence)
        return
    yield from _content_type(exchange, row.evidence)
    if exchange.body.form == "json":
        yield from departures(exchange.body.value, schema.inlined, row.evidence)


def is_flat(value: Any) -> bool:
    """Whether an error is meant to be one without the envelope."""
    is_mapping = isinstance(value, dict) and not isinstance(value.get("error"), dict)
    return is_mapping and not value.keys().isdisjoint(FLAT.source["properties"])


def _failure(exchange: Exchange) -> Iterator[Departure]:
    """The envelope is documented for some statuses; for the others it is D02."""
    evidence = _evidence_of(exchange.status)
    yield from _content_type(exchange, evidence)
    if exchange.body.form != "json":
        return
    value = exchange.body.value
    for one in departures(value, (FLAT if is_flat(value) else ENVELOPE).inlined, evidence):
        sure = evidence.level == "documented"
        yield one if sure else one._replace(evidence=weakest(one.evidence, _ANY_ERROR))
    ours = list(dict.fromkeys(kind.type for kind in _KINDS_OF_ERROR if kind.status == exchange.status))
    match value:
        case {"error": {"type": str(found)}} if ours and found not in ours:
            theirs = shown_value(found, [kind.type for kind in _KINDS_OF_ERROR])
            yield Departure("value new", "error.type", either(ours), theirs, evidence)


def _content_type(exchange: Exchange, evidence: Evidence) -> Iterator[Departure]:
    """JSON is what we send, and say that we send."""
    form = exchange.body.form
    if form == "none":
        yield Departure("content type", "", _JSON, "no body", evidence)
    elif exchange.media_type not in (_JSON, ""):
        yield Departure("content type", "", _JSON, exchange.media_type, evidence)
    elif form == "other":
        yield Departure("content type", "", _JSON, "not JSON", evidence)
