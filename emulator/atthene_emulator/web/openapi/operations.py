"""Operations, as a document has them. This module is how they are written there."""

from collections.abc import Iterator
from typing import Any

from atthene_emulator.web.openapi.components import Components
from atthene_emulator.web.openapi.evidence import evidence
from atthene_emulator.web.openapi.examples import requests_of
from atthene_emulator.web.openapi.parameters import PART, TEXT, path_parameter, query_parameter
from atthene_emulator.web.openapi.responses import responses
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import PATH_PARAMETERS

Json = dict[str, Any]

_MEDIA, _FORM = ("application/json", "application/yaml"), "multipart/form-data"
_CONFIGURATION_OR_PART = {
    "type": "object",
    "description": "A configuration, or a part of one, which is merged into the agent's (D61).",
    "additionalProperties": True,
}


def tag(row: Operation) -> str:
    """What the document calls the group of an operation, and generated clients their class."""
    return row.group.replace("_", " ").capitalize()


def operation(row: Operation, schemas: Components) -> Json:
    """An operation with what it takes and answers; `x-operation` is what faults and the journal call it."""
    shown: Json = {
        "operationId": row.operation_id,
        "x-operation": row.name,
        "summary": row.summary,
        "tags": [tag(row)],
        "parameters": [*_parameters(row)],
        "responses": dict(responses(row, schemas)),
        **evidence(row.evidence),
    }
    if row.body is not None:
        schema = schemas.form(row.body) if row.files else schemas.reference(row.body)
        media = {"schema": schema, "examples": requests_of(row, schemas.contract)}
        content = dict.fromkeys((_FORM,) if row.files else _MEDIA, media)
        if row.yaml_body is not None:
            content["application/yaml"] = {
                "schema": _CONFIGURATION_OR_PART,
                "examples": {"default": {"value": row.yaml_example}},
            }
        shown["requestBody"] = {"required": True, "content": content}
    return shown


def _parameters(row: Operation) -> Iterator[Json]:
    """What stands in the path of an operation, and what its query takes."""
    for name, (description, example) in PATH_PARAMETERS.items():
        if f"{{{name}}}" in row.path:
            yield path_parameter(name, description, example, PART)
    yield from ({**query_parameter(one, TEXT), **evidence(one.evidence)} for one in row.query)
