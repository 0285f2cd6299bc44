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
from atthene_emulator.errors import ApiError, InternalFault, MethodNotAllowed, Overloaded, RateLimited, TimedOut
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.levels import Evidence
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS

_ERROR = Schema("responses/error")
ANYWHERE: tuple[type[ApiError], ...] = (MethodNotAllowed, RateLimited, InternalFault, Overloaded, TimedOut)


class Line(NamedTuple):
    """One statement.

    Attributes:
        operation: name of the operation.
        kind: operation, status, parameter, request (a field of the body), response (a field of a success) or error (a
            field of an error).
        what: the status, the parameter or the field; lists are written `items[]`.
        note: what it means.
    """

    operation: str
    kind: str
    what: str
    evidence: Evidence
    note: str


@lru_cache(8)
def ledger(contract: ContractName) -> tuple[Line, ...]:
    """Every statement about a contract, operation by operation."""
    first = {row.name: row for row in reversed(OPERATIONS)}  # an operation of two paths is told of once
    return tuple(
        line
        for row in OPERATIONS
        for line in (_path(row), *(_lines(row, contract) if row is first[row.name] else ()))
    )


def _path(row: Operation) -> Line:
    return Line(row.name, "operation", f"{row.method} {API}{row.path}", row.evidence, row.summary)


def _lines(row: Operation, contract: ContractName) -> Iterator[Line]:
    yield Line(row.name, "status", str(row.status), row.status_evidence, "Success.")
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
    yield from _fields(row.name, "error", _ERROR)


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
