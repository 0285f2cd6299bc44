"""Operations of the control plane, as its document has them. This module is how they are written there."""

from collections.abc import Iterator, Sequence
from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import (
    ApiError,
    BodyTooLarge,
    InternalFault,
    Misuse,
    NotAdmitted,
    TokenWanted,
    TooManyConnections,
    TooSlow,
    Unknown,
    UnsupportedMediaType,
)
from atthene_emulator.web.control.parameters import IN_PATH
from atthene_emulator.web.openapi.control_components import ControlComponents
from atthene_emulator.web.openapi.operations import tag
from atthene_emulator.web.openapi.parameters import PART, path_parameter, query_parameter
from atthene_emulator.web.openapi.responses import errors_by_status, headers
from atthene_emulator.web.operation import CONFIGURATION, Operation
from atthene_emulator.web.query import Parameter

Json = dict[str, Any]

NAMESPACE: Json = {  # each operation on a namespace takes it, in one of the two places
    "Namespace": {
        "name": "X-Emulator-Namespace",
        "in": "header",
        "description": "Which namespace; without it that of the key which is sent, or `default`.",
        "schema": {"type": "string", "minLength": 1},
        "example": "default",
    },
    "NamespaceInQuery": {
        "name": "namespace",
        "in": "query",
        "description": "The same, for clients that can set no headers.",
        "schema": {"type": "string", "minLength": 1},
        "example": "default",
    },
}
_SHAPES = {"operation": (Schema("definitions/operation"), "/$defs/filter")}  # of parameters of the query
_REFUSAL = Schema("control/refusal")
_JSON, _YAML = "application/json", "application/yaml"
_SUCCESSES = {200: "Success", 201: "Made", 204: "Done"}
_TEXT = {"type": "string"}
_COUNTS = {
    "X-Total-Count": "How many there are, or match.",
    "X-Emulator-Dropped": "How many are left out, or had to leave.",
}
EVENTS = {  # what the data of each kind of event looks like
    "request": Schema("definitions/journal-entry"),
    **{kind: Schema(f"control/events/{kind}") for kind in ("control", "session", "gap", "namespace")},
}


def control_operation(row: Operation, rows: Sequence[Operation], schemas: ControlComponents) -> Json:
    """An operation with what it takes and answers, and which of all `rows` its answer leads to."""
    shown: Json = {
        "operationId": row.operation_id,
        "x-operation": row.name,
        "summary": row.summary,
        **({"description": f"{row.note[0].upper()}{row.note[1:]}."} if row.note else {}),
        "tags": [tag(row)],
        "parameters": [
            *_path_parameters(row, schemas),
            *(_query_parameter(one, schemas) for one in row.query),
            *_namespace(row),
        ],
        "responses": dict(_responses(row, rows, schemas)),
    }
    if row.access == "anybody":
        shown["security"] = []
    body = row.shown_body or row.body
    if body is not None:
        media = {"schema": schemas.reference(body), **({} if row.example is None else {"example": row.example})}
        required = row.shown_body is not None or body is CONFIGURATION or bool(body.check({}))
        kinds = (_JSON, _YAML) if body is CONFIGURATION else (_JSON,)
        shown["requestBody"] = {"required": required, "content": dict.fromkeys(kinds, media)}
    return shown


def _path_parameters(row: Operation, schemas: ControlComponents) -> Iterator[Json]:
    before, _, rest = row.path.partition("/{")
    if rest:
        description, example, shape = IN_PATH[before]
        schema = PART if shape is None else schemas.reference(shape)
        yield path_parameter(rest.partition("}")[0], description, example, schema)


def _query_parameter(one: Parameter, schemas: ControlComponents) -> Json:
    """A parameter of the query; an empty text is none that is refused."""
    shown = query_parameter(one, _TEXT)
    return {**shown, "schema": schemas.reference(*_SHAPES[one.name])} if one.name in _SHAPES else shown


def _namespace(row: Operation) -> Iterator[Json]:
    if is_of_namespace(row):
        yield from ({"$ref": f"#/components/parameters/{name}"} for name in NAMESPACE)


def is_of_namespace(row: Operation) -> bool:
    """Whether it is about the namespace that a request names beside its path."""
    return row.access == "namespace" and row.group != "namespaces"


def _responses(row: Operation, rows: Sequence[Operation], schemas: ControlComponents) -> Iterator[tuple[str, Json]]:
    success: Json = {"description": _SUCCESSES[row.status]}
    if row.counts:
        success["headers"] = headers({name: _COUNTS[name] for name in row.counts})
    shown = schemas.response(row)
    if shown is not None:
        success["content"] = {row.media: {"schema": shown}, **{one: {"schema": _TEXT} for one in row.texts}}
    elif row.status != 204:  # noqa: PLR2004  # the stream of events
        success["content"] = {row.media: {"schema": _TEXT}}
        success["x-events"] = {kind: schemas.reference(one) for kind, one in EVENTS.items()}
    if row.gives is not None:
        success["links"] = _links(row, rows, *row.gives)
    yield str(row.status), success
    for status, kinds in sorted(errors_by_status(_errors(row)).items()):
        yield str(status), _error(kinds, schemas)


def _links(row: Operation, rows: Sequence[Operation], parameter: str, expression: str) -> Json:
    """Links to the operations on one of what this one has made or lists."""
    return {
        one.operation_id: {"operationId": one.operation_id, "parameters": {parameter: expression}}
        for one in rows
        if one.path.startswith(f"{row.path}/{{{parameter}}}")
    }


def _errors(row: Operation) -> Iterator[type[ApiError]]:
    """What a request can be refused with: the operation's own reasons, and those of all that are like it."""
    yield from row.errors
    yield from (Misuse, Unknown, InternalFault, TooManyConnections)
    if row.access != "anybody":
        yield from (TokenWanted, NotAdmitted)
    if row.body is not None:
        yield from (TooSlow, BodyTooLarge, UnsupportedMediaType)


def _error(kinds: list[type[ApiError]], schemas: ControlComponents) -> Json:
    sentences = ((kind.__doc__ or "").partition("\n")[0] for kind in kinds)
    return {
        "description": " Or: ".join(sentences),
        "content": {_JSON: {"schema": schemas.reference(_REFUSAL)}},
    }
