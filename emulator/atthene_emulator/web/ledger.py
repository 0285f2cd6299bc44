"""The evidence ledger: what each operation, status and field rests on. This module makes it from the same rows and schemas.

So it cannot lag behind what is answered: a field that is not in a response schema is never sent.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from atthene_emulator.addresses import API
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import ContractName
from atthene_emulator.errors import (
    ApiError,
    FlatError,
    InternalFault,
    MethodNotAllowed,
    Overloaded,
    RateLimited,
    TimedOut,
)
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.levels import Evidence
from atthene_emulator.web.errors import ENVELOPE, FLAT
from atthene_emulator.web.operation import PARTS, Operation
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.web.socket import frames
from atthene_emulator.web.socket.codes import CLOSES, ERRORS
from atthene_emulator.web.socket.events import EVENTS, SERVER_FRAMES
from atthene_emulator.web.socket.frames import FRAMES

ANYWHERE: tuple[type[ApiError], ...] = (MethodNotAllowed, RateLimited, InternalFault, Overloaded, TimedOut)


class Line(NamedTuple):
    """One statement.

    Attributes:
        operation: name of the operation, or of a frame of the socket.
        kind: operation, status, parameter, request (a field of the body), response (a field of a success), error (a field of
            an error); of the socket, close and code (with which it is closed, and which errors have) and event.
        what: the status, the parameter, the field, the code or the event; lists are written `items[]`.
        note: what it means.
    """

    operation: str
    kind: str
    what: str
    evidence: Evidence
    note: str


@lru_cache(8)
def ledger(contract: ContractName) -> tuple[Line, ...]:
    """Every statement about a contract, operation by operation, and about the socket, which is the same in all."""
    first = {row.name: row for row in reversed(OPERATIONS)}  # an operation of two paths is told of once
    return (
        *(
            line
            for row in OPERATIONS
            for line in (_path(row), *(_lines(row, contract) if row is first[row.name] else ()))
        ),
        *_upgrade(),
        *_received(),
        *_sent(),
    )


def _path(row: Operation) -> Line:
    return Line(row.name, "operation", f"{row.method} {API}{row.path}", row.evidence, row.summary)


def _lines(row: Operation, contract: ContractName) -> Iterator[Line]:
    yield Line(row.name, "status", str(row.status), row.status_evidence, "Success.")
    if row.parts:
        yield Line(row.name, "status", "206", PARTS, "A part of it.")
        yield Line(row.name, "status", "304", PARTS, "The client has it.")
    for kind in dict.fromkeys((*row.errors, *ANYWHERE)):
        note = (kind.__doc__ or "").splitlines()[0]
        yield Line(row.name, "status", f"{kind.status} {kind.type}", kind.evidence, note)
    for one in row.query:
        yield Line(row.name, "parameter", one.name, one.evidence, one.description)
    if row.body is not None:
        yield from _fields(row.name, "request", row.body)
    response = row.response_schema(contract)
    if response is not None:
        yield from _fields(row.name, "response", response)
    yield from _fields(row.name, "error", ENVELOPE)
    if any(issubclass(kind, FlatError) for kind in row.errors):
        yield from _fields(row.name, "error", FLAT)


def _upgrade() -> Iterator[Line]:
    """Joining the socket, and being put out of it."""
    yield Line(frames.OPEN, "operation", f"GET {frames.PATH}", frames.OPEN_EVIDENCE, "Open the live socket")
    yield Line(frames.OPEN, "status", "426", frames.UPGRADE_REQUIRED, "The request asks for no upgrade.")
    for one in frames.CREDENTIALS:
        yield Line(frames.OPEN, "parameter", one.name, one.evidence, one.description)
    for close in CLOSES:
        yield Line(frames.OPEN, "close", str(close.code), close.evidence, close.when)


def _received() -> Iterator[Line]:
    """Frames of clients, field by field."""
    for row in FRAMES:
        yield Line(row.name, "operation", row.type, row.evidence, row.summary)
        yield from _fields(row.name, "request", row.body)


def _sent() -> Iterator[Line]:
    """Frames of the server: every event, every code, and the fields of both."""
    for one in SERVER_FRAMES:
        name = f"{frames.GROUP}.{one.type}"
        yield Line(name, "operation", one.type, one.evidence, one.summary)
        yield from _fields(name, "response", one.schema)
        if one.type == "event":
            yield from _events(name)
        elif one.type == "error":
            for error in ERRORS:
                yield Line(name, "code", error.code, error.evidence, error.when)


def _events(operation: str) -> Iterator[Line]:
    for one in EVENTS:
        yield Line(operation, "event", one.type, one.evidence, one.summary)
        if one.sent == "always":
            for line in _fields(operation, "response", one.schema):
                yield line._replace(what=f"{one.type}.{line.what}")


def _fields(operation: str, kind: str, schema: Schema) -> Iterator[Line]:
    seen: dict[str, Line] = {}
    for what, node in _properties(schema.inlined, ()):
        if "x-evidence" in node:
            line = Line(operation, kind, what, read_evidence(node["x-evidence"]), node.get("description", ""))
            seen.setdefault(what, line)
    yield from seen.values()


def _properties(node: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property below a schema, with its dotted name."""
    if not isinstance(node, dict):
        return
    for name, value in node.get("properties", {}).items():
        if isinstance(value, dict):
            yield ".".join((*_shown(path), name)), value
            yield from _properties(value, (*path, f".{name}"))
    if "items" in node:
        yield from _properties(node["items"], (*path, "[]"))
    for key in ("oneOf", "anyOf", "allOf"):
        for option in node.get(key, ()):
            yield from _properties(option, path)
    for key in ("then", "else", "additionalProperties"):
        yield from _properties(node.get(key), path)


def _shown(path: tuple[str, ...]) -> list[str]:
    """The steps that have a name in the document: `.agents`, `[]` become `agents[]`."""
    steps: list[str] = []
    for step in path:
        if step.startswith("."):
            steps.append(step[1:])
        elif step == "[]" and steps:
            steps[-1] += "[]"
        elif step == "[]":
            steps.append("[]")
    return steps


def read_evidence(text: str) -> Evidence:
    """What `x-evidence` of a schema says, `level: source`."""
    level, _, source = text.partition(": ")
    return Evidence(level, source)  # type: ignore[arg-type]  # a test checks every schema


def summary(lines: tuple[Line, ...]) -> dict[str, dict[str, int]]:
    """How many statements of each kind are documented, inferred and decided."""
    counts = Counter((line.kind, line.evidence.level) for line in lines)
    kinds = dict.fromkeys(line.kind for line in lines)
    return {kind: {level: counts[kind, level] for level in ("documented", "inferred", "decided")} for kind in kinds}


def shown_ledger(contract: ContractName, lines: tuple[Line, ...]) -> dict[str, Any]:
    """Lines of the ledger of a contract as JSON, with their summary and all decisions."""
    return {
        "contract": contract,
        "summary": summary(lines),
        "statements": [
            {
                "operation": line.operation,
                "kind": line.kind,
                "what": line.what,
                "level": line.evidence.level,
                "source": line.evidence.source,
                "note": line.note,
            }
            for line in lines
        ],
        "decisions": [one._asdict() for one in DECISIONS],
    }
