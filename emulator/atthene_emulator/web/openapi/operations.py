"""Operations, as a document has them. This module is how they are written there."""

from typing import Any

from atthene_emulator.web.openapi.components import Components
from atthene_emulator.web.openapi.evidence import evidence
from atthene_emulator.web.openapi.parameters import path_parameters, query_parameter
from atthene_emulator.web.openapi.responses import responses
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS

Json = dict[str, Any]

_MEDIA, _FORM = ("application/json", "application/yaml"), "multipart/form-data"
_CONFIGURATION_OR_PART = {
    "type": "object",
    "description": "A configuration, or a part of one, which is merged into the agent's (D61).",
    "additionalProperties": True,
}


def operation_id(row: Operation) -> str:
    """What the document calls an operation. Unique: the second path of an operation tells where it is."""
    name = row.name.replace(".", "_")
    first = next(one for one in OPERATIONS if one.name == row.name)
    return name if row is first else f"{name}_at_{row.path.split('/')[1]}"


def operation(row: Operation, schemas: Components) -> Json:
    """An operation with what it takes and answers."""
    shown: Json = {
        "operationId": operation_id(row),
        "summary": row.summary,
        "tags": [row.group],
        "parameters": [*path_parameters(row), *map(query_parameter, row.query)],
        "responses": dict(responses(row, schemas)),
        **evidence(row.evidence),
    }
    if row.body is not None:
        media = {"schema": schemas.reference(row.body), "example": row.example}
        content = dict.fromkeys((_FORM,) if row.files else _MEDIA, media)
        if row.yaml_body is not None:
            content["application/yaml"] = {"schema": _CONFIGURATION_OR_PART, "example": row.yaml_example}
        shown["requestBody"] = {"required": True, "content": content}
    return shown
