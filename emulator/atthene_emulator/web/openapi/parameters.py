"""Parameters of an operation, as a document has them. This module is how they are written there."""

from collections.abc import Iterator
from typing import Any

from atthene_emulator.web.openapi.evidence import evidence
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import PATH_PARAMETERS
from atthene_emulator.web.query import Parameter

Json = dict[str, Any]


def path_parameters(row: Operation) -> Iterator[Json]:
    """What stands in the path of an operation."""
    for name, (description, example) in PATH_PARAMETERS.items():
        if f"{{{name}}}" in row.path:
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "description": description,
                "schema": {"type": "string", "minLength": 1, "pattern": "^[^/?#%]+$"},
                "example": example,
            }


def query_parameter(one: Parameter) -> Json:
    """A parameter of the query."""
    schema: Json = {"type": one.type}
    if one.type == "strings":
        schema = {"type": "array", "items": {"type": "string", "minLength": 1}}
    elif one.type == "boolean":
        schema["default"] = one.default
    elif one.options:
        schema["enum"] = list(one.options)
    elif one.type == "integer":
        schema |= {"minimum": one.least, "maximum": one.most}
        if one.default is not None:
            schema["default"] = one.default
    elif one.pattern:
        schema["pattern"] = one.pattern
    else:
        schema["minLength"] = 1
    return {
        "name": one.name,
        "in": "query",
        "required": one.required,
        "description": one.description,
        "schema": schema,
        "example": one.example,
        **evidence(one.evidence),
    }
