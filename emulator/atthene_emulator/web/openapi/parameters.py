"""Parameters of an operation, as a document has them. This module is how they are written there."""

from typing import Any

from atthene_emulator.web.query import Parameter

Json = dict[str, Any]


PART: Json = {"type": "string", "minLength": 1, "pattern": "^[^/?#%]+$"}  # of a path
TEXT: Json = {"type": "string", "minLength": 1}


def path_parameter(name: str, description: str, example: str, schema: Json) -> Json:
    """A parameter of the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def query_parameter(one: Parameter, text: Json) -> Json:
    """A parameter of the query; `text` is the schema of one that may say anything."""
    schema: Json = {"type": one.type}
    if one.type == "strings":
        schema = {"type": "array", "items": TEXT}
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
        schema = text
    return {
        "name": one.name,
        "in": "query",
        "required": one.required,
        "description": one.description,
        "schema": schema,
        "example": one.example,
    }
