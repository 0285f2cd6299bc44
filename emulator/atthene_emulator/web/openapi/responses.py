"""Answers of an operation, as a document has them. This module is how they are written there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from atthene_emulator.errors import ApiError, FlatError, InternalFault, Overloaded, RateLimited, TimedOut
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.web.errors import ENVELOPE, FLAT
from atthene_emulator.web.openapi.components import Components
from atthene_emulator.web.openapi.evidence import evidence
from atthene_emulator.web.openapi.examples import answers_of, error_of
from atthene_emulator.web.operation import PARTS, Operation
from atthene_emulator.web.operations import OPERATIONS

Json = dict[str, Any]

_OURS = Rulings()
_ANYWHERE: tuple[type[ApiError], ...] = (RateLimited, InternalFault, Overloaded, TimedOut)  # 405 has no operation
_REASONS = {
    200: "Success",
    201: "Created",
    204: "Deleted",
    500: "Only as an injected fault, or a defect of the emulator.",
    503: "Only as an injected fault.",
    504: "Only as an injected fault.",
}
_OBJECT = {"type": "object", "additionalProperties": True}
_BYTES = {"type": "string", "format": "binary"}
_HEADERS = {
    "X-Request-Id": "Id of the request's entry in the journal of the emulator.",
    "X-Emulator-Evidence": "How sure the emulator is of this answer: documented, inferred or decided.",
}


def responses(row: Operation, schemas: Components) -> Iterator[tuple[str, Json]]:
    """Every answer of an operation by its status."""
    success: Json = {
        "description": _REASONS[row.status],
        "headers": headers(_HEADERS),
        **evidence(row.status_evidence),
    }
    shown = schemas.response(row)
    if shown is not None:
        success["content"] = {"application/json": {"schema": shown, "examples": answers_of(row, schemas.contract)}}
    elif row.status != 204:  # noqa: PLR2004  # what the user has sent
        success["content"] = {row.media: {"schema": _OBJECT if row.media.endswith("yaml") else _BYTES}}
    if row.gives is not None:
        success["links"] = _links(row, *row.gives)
    yield str(schemas.rulings.success(row.status)), success
    if row.parts:
        yield "206", {**success, "description": "A part of it, as Range wants it.", **evidence(PARTS)}
        yield "304", {"description": "The client has it.", "headers": headers(_HEADERS), **evidence(PARTS)}
    if row.name == "agents.validate" and schemas.rulings["D05b"] != row.status:
        yield str(schemas.rulings["D05b"]), {**success, "description": "The configuration has mistakes."}
    for status, kinds in sorted(errors_by_status((*row.errors, *_ANYWHERE), schemas.rulings).items()):
        yield str(status), _error(status, kinds, schemas)


def errors_by_status(kinds: Iterable[type[ApiError]], rulings: Rulings = _OURS) -> Mapping[int, list[type[ApiError]]]:
    """Errors by the status that they have under rulings, each once."""
    found: dict[int, list[type[ApiError]]] = {}
    for kind in dict.fromkeys(kinds):
        found.setdefault(rulings[kind.rule] if kind.rule else kind.status, []).append(kind)
    return found


def _error(status: int, kinds: list[type[ApiError]], schemas: Components) -> Json:
    """A reference to what is answered to mistakes of these kinds, which operations have in common."""
    told = {**_HEADERS, **({"Retry-After": "Seconds to wait."} if RateLimited in kinds else {})}
    examples = {kind.__name__: schemas.example(kind.__name__, error_of(kind, status)) for kind in kinds}
    answer = {
        "description": _REASONS.get(status, (kinds[0].__doc__ or "").splitlines()[0]),
        "headers": headers(told),
        "content": {"application/json": {"schema": _shape(kinds, schemas), "examples": examples}},
        "x-error-types": list(dict.fromkeys(kind.type for kind in kinds)),
        **evidence(kinds[0].evidence),
    }
    return schemas.answer("Or".join(kind.__name__ for kind in kinds), answer)


def _shape(kinds: list[type[ApiError]], schemas: Components) -> Json:
    """What errors of one status look like: the envelope, or flat, or one of the two."""
    shapes = dict.fromkeys(FLAT if issubclass(kind, FlatError) else ENVELOPE for kind in kinds)
    first, *others = map(schemas.reference, shapes)
    return {"anyOf": [first, *others]} if others else first


def headers(descriptions: Mapping[str, str]) -> Json:
    """Headers of an answer."""
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in descriptions.items()}


def _links(row: Operation, parameter: str, expression: str) -> Json:
    """Links to all other operations whose path takes what this one gives, and nothing more than is known here."""
    known = {name: f"$request.path.{name}" for name in row.path_parameters} | {parameter: expression}
    links: Json = {}
    for one in OPERATIONS:
        names = one.path_parameters
        if one.name != row.name and parameter in names and names <= known.keys():
            parameters = {each: known[each] for each in sorted(names)}
            links[one.operation_id] = {"operationId": one.operation_id, "parameters": parameters}
    return links
