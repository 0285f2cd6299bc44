"""OpenAPI 3.1 of the imitated API, made from the table of operations and the schemas. This module is that document.

`x-evidence` says of operations, statuses and properties what they rest on, as `level: page or decision`; `x-decisions` what each
decision says. `x-contract` is the contract, one of `x-contracts`.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from atthene_emulator import __version__
from atthene_emulator.addresses import API, LOCAL
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import ApiError, FlatError, InternalFault, Overloaded, RateLimited, TimedOut
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.levels import Evidence, decided, documented
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.web.errors import ENVELOPE, FLAT
from atthene_emulator.web.operation import PARTS, Operation
from atthene_emulator.web.operations import OPERATIONS, PATH_PARAMETERS
from atthene_emulator.web.query import Parameter

Json = dict[str, Any]

_OURS = Rulings()

_ANYWHERE: tuple[type[ApiError], ...] = (RateLimited, InternalFault, Overloaded, TimedOut)  # 405 has no operation
_SERVICE = "https://api.artaios.ai"
_MEDIA, _FORM = ("application/json", "application/yaml"), "multipart/form-data"
_REASONS = {
    200: "Success",
    201: "Created",
    204: "Deleted",
    500: "Only as an injected fault, or a defect of the emulator.",
    503: "Only as an injected fault.",
    504: "Only as an injected fault.",
}
# Generators call the status of a Session SessionStatus, of a KnowledgeBase KnowledgeBaseStatus, and have classes Configuration, Error and File of their own.
_NAMES = {
    "session-status": "RuntimeStatus",
    "knowledge-base-status": "KnowledgeBaseProgress",
    "configuration": "AgentConfiguration",
    "error": "ErrorAnswer",
    "file": "StoredFile",
}
_SAID = {"properties", "additionalProperties", "maxProperties", "x-document", "if"}
_KEYWORDS = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "integer": ("minimum", "maximum"),
    "array": ("items", "minItems", "maxItems", "uniqueItems"),
    "object": (
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "allOf",
    ),
}
_OBJECT = {"type": "object", "additionalProperties": True}
_BYTES = {"type": "string", "format": "binary"}
_CONFIGURATION_OR_PART = {
    "type": "object",
    "description": "A configuration, or a part of one, which is merged into the agent's (D61).",
    "additionalProperties": True,
}
_HEADERS = {
    "X-Request-Id": "Id of the request's entry in the journal of the emulator.",
    "X-Emulator-Evidence": "How sure the emulator is of this answer: documented, inferred or decided.",
}


@lru_cache(8)
def openapi(contract: ContractName, rulings: Rulings = _OURS) -> Json:
    """The document of a contract, under rulings; it is shared, so do not change it."""
    schemas = _Components(contract, rulings)
    paths: Json = {}
    for row in OPERATIONS:
        paths.setdefault(API + row.path, {})[row.method.lower()] = _operation(row, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Atthene Sessions API, contract {contract}",
            "version": __version__,
            "description": "What the Atthene emulator imitates. The service has no public specification: x-evidence says what "
            "a page documents, what is inferred from pages, and what was decided because they are silent.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {"url": LOCAL, "description": "This emulator."},
            {
                "url": _SERVICE,
                "description": "The service, https://api.artaios.ai/api/v1, formerly https://api-be.atthene.com/api/v1: "
                "Atthene is called Artaios since autumn 2026.",
                **_evidence(documented("introduction@G4")),
            },
        ],
        "tags": [{"name": name} for name in dict.fromkeys(row.group for row in OPERATIONS)],
        "security": [{"apiKey": []}, {"bearer": []}],
        "x-contract": contract,
        "x-contracts": list(CONTRACTS),
        "x-decisions": {one.id: one.what for one in DECISIONS},
        "paths": paths,
        "components": {
            "schemas": schemas.all,
            "securitySchemes": {
                "apiKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "x-api-key",
                    **_evidence(documented("authentication@G4")),
                },
                "bearer": {"type": "http", "scheme": "bearer", **_evidence(decided("D12"))},
            },
        },
    }


def served_at(url: str, document: Json) -> Json:
    """The document of an emulator at this address; generators want a whole one."""
    first, *others = document["servers"]
    return {**document, "servers": [{**first, "url": url}, *others]}


def _evidence(one: Evidence) -> Json:
    return {"x-evidence": f"{one.level}: {one.source}"}


class _Components:
    """Schemas by their names in the document, put there when they are first referred to."""

    def __init__(self, contract: ContractName, rulings: Rulings) -> None:
        self._contract = contract
        self.rulings = rulings
        self.all: Json = {}

    def reference(self, schema: Schema) -> Json:
        """A reference to a schema of ours."""
        file = schema.name.rpartition("/")[2].partition(".")[0]
        name, owner = _NAMES.get(file, _camel(file)), _camel(file)
        if name not in self.all:
            document = {key: value for key, value in schema.source.items() if key not in ("$schema", "$id")}
            parts = document.pop("$defs", {})
            self.all[name] = {}  # it stands before those that it refers to
            self.all[name] = self._moved(document, schema, owner)
            if "oneOf" in document:  # each of them by a name of its own, as generators want it
                options = zip(document["oneOf"], self.all[name]["oneOf"], strict=True)
                self.all[name]["oneOf"] = [
                    moved if "$ref" in moved else self._named(owner + _camel(option["title"].replace(" ", "-")), moved)
                    for option, moved in options
                ]
            for part, content in parts.items():
                self._put(owner + _camel(part), self._moved(content, schema, owner))
            if "if" in document:
                self.all[name] = _either_form(self.all[name], self.all[f"{owner}Flat"], owner)
            for one in self.all[name].get("properties", {}).values():
                if "x-document" in one:  # a whole document of another schema
                    one.pop("type", None)
                    one.update(self.reference(Schema(one.pop("x-document"))))
        return {"$ref": f"#/components/schemas/{name}"}

    def _put(self, name: str, part: Json) -> None:
        """Put a part there; where it may also be a mapping, the mapping has a name of its own, as generators want it."""
        self.all[name] = part
        if "anyOf" in part:
            part["anyOf"] = [
                self._named(f"{name}Entry", one) if one.get("type") == "object" else one for one in part["anyOf"]
            ]

    def _named(self, name: str, part: Json) -> Json:
        """A reference to a part that is put there by a name of its own."""
        self.all[name] = part
        return {"$ref": f"#/components/schemas/{name}"}

    def _moved(self, node: Any, home: Schema, owner: str) -> Any:
        """A part of a file whose references lead to where the components are."""
        if isinstance(node, list):
            return [self._moved(item, home, owner) for item in node]
        if not isinstance(node, dict):
            return node
        moved: Json = {key: self._moved(value, home, owner) for key, value in node.items()}
        if "$ref" in node:
            other, place = home.target(node["$ref"])
            if other is home:
                moved["$ref"] = f"#/components/schemas/{owner}{_camel(place.removeprefix('/$defs/'))}"
            else:
                moved |= self.reference(other)
        if isinstance(moved.get("title"), str):  # generators name classes by titles, which are not unique
            del moved["title"]
        if "object" in moved.get("type", ()) and _SAID.isdisjoint(moved):  # else generators take it for empty
            moved["additionalProperties"] = True
        if "x-refused" in moved:  # what a rule refuses with a better sentence than a schema gives
            moved["not"] = moved.pop("x-refused")
        if moved.get("type") == "boolean" and "const" in moved:  # of which generators make a list of texts
            moved["not"] = {"const": not moved.pop("const")}
        return _by_type(_without(moved))

    def response(self, row: Operation) -> Json | None:
        """A reference to what a success looks like in this contract; None where it has no body."""
        schema = row.response_schema(self._contract)
        return None if schema is None else self.reference(schema)


def _without(node: Json, *names: str) -> Json:
    """A part whose keys that may not be there are said by `not`: as properties, generators would send null for them."""
    properties = node.get("properties")
    if not isinstance(properties, dict):
        return node
    refused = [*(name for name, value in properties.items() if value is False), *names]
    if not refused:
        return node
    kept = {name: value for name, value in properties.items() if name not in refused}
    either: list[Json] = [{"required": [name]} for name in refused]
    either += [node["not"]] if "not" in node else []
    return {**node, "properties": kept, "not": either[0] if len(either) == 1 else {"anyOf": either}}


def _by_type(node: Json) -> Json:
    """A part that may have several types as a choice among them: generators want `anyOf`."""
    types = node.get("type")
    if not isinstance(types, list) or len(types) - ("null" in types) < 2:  # noqa: PLR2004  # null alone they understand
        return node
    said = {keyword for one in types for keyword in _KEYWORDS.get(one, ())}
    options = [
        {"type": one, **{keyword: node[keyword] for keyword in _KEYWORDS.get(one, ()) if keyword in node}}
        for one in types
    ]
    return {**{key: value for key, value in node.items() if key != "type" and key not in said}, "anyOf": options}


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _either_form(whole: Json, flat: Json, name: str) -> Json:
    """A configuration as a choice of its two forms: generators make nothing of `if`, `then` and `else`."""
    flat |= _without(flat, "agents")  # these make it the other form (K02)
    forms = [{"$ref": f"#/components/schemas/{name}{form}"} for form in ("System", "Flat")]
    return {**{key: value for key, value in whole.items() if key not in ("if", "then", "else", "type")}, "oneOf": forms}


def operation_id(row: Operation) -> str:
    """What the document calls an operation. Unique: the second path of an operation tells where it is."""
    name = row.name.replace(".", "_")
    first = next(one for one in OPERATIONS if one.name == row.name)
    return name if row is first else f"{name}_at_{row.path.split('/')[1]}"


def _operation(row: Operation, schemas: _Components) -> Json:
    shown: Json = {
        "operationId": operation_id(row),
        "summary": row.summary,
        "tags": [row.group],
        "parameters": [*_path_parameters(row), *map(_query_parameter, row.query)],
        "responses": dict(_responses(row, schemas)),
        **_evidence(row.evidence),
    }
    if row.body is not None:
        media = {"schema": schemas.reference(row.body), "example": row.example}
        content = dict.fromkeys((_FORM,) if row.files else _MEDIA, media)
        if row.yaml_body is not None:
            content["application/yaml"] = {"schema": _CONFIGURATION_OR_PART, "example": row.yaml_example}
        shown["requestBody"] = {"required": True, "content": content}
    return shown


def _path_parameters(row: Operation) -> Iterator[Json]:
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


def _query_parameter(one: Parameter) -> Json:
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
    else:
        schema["minLength"] = 1
    return {
        "name": one.name,
        "in": "query",
        "required": one.required,
        "description": one.description,
        "schema": schema,
        "example": one.example,
        **_evidence(one.evidence),
    }


def _responses(row: Operation, schemas: _Components) -> Iterator[tuple[str, Json]]:
    success: Json = {
        "description": _REASONS[row.status],
        "headers": _headers(_HEADERS),
        **_evidence(row.status_evidence),
    }
    shown = schemas.response(row)
    if shown is not None:
        success["content"] = {"application/json": {"schema": shown}}
    elif row.status != 204:  # noqa: PLR2004  # what the user has sent
        success["content"] = {row.media: {"schema": _OBJECT if row.media.endswith("yaml") else _BYTES}}
    if row.gives is not None:
        success["links"] = _links(row, *row.gives)
    yield str(schemas.rulings.success(row.status)), success
    if row.parts:
        yield "206", {**success, "description": "A part of it, as Range wants it.", **_evidence(PARTS)}
        yield "304", {"description": "The client has it.", "headers": _headers(_HEADERS), **_evidence(PARTS)}
    if row.name == "agents.validate" and schemas.rulings["D05b"] != row.status:
        yield str(schemas.rulings["D05b"]), {**success, "description": "The configuration has mistakes."}
    for status, kinds in sorted(_errors(row, schemas.rulings).items()):
        yield str(status), _error(status, kinds, schemas)


def _errors(row: Operation, rulings: Rulings) -> Mapping[int, list[type[ApiError]]]:
    """The errors of an operation by status."""
    found: dict[int, list[type[ApiError]]] = {}
    for kind in dict.fromkeys((*row.errors, *_ANYWHERE)):
        found.setdefault(rulings[kind.rule] if kind.rule else kind.status, []).append(kind)
    return found


def _error(status: int, kinds: list[type[ApiError]], schemas: _Components) -> Json:
    headers = {**_HEADERS, **({"Retry-After": "Seconds to wait."} if RateLimited in kinds else {})}
    return {
        "description": _REASONS.get(status, (kinds[0].__doc__ or "").splitlines()[0]),
        "headers": _headers(headers),
        "content": {"application/json": {"schema": _shape(kinds, schemas)}},
        "x-error-types": list(dict.fromkeys(kind.type for kind in kinds)),
        **_evidence(kinds[0].evidence),
    }


def _shape(kinds: list[type[ApiError]], schemas: _Components) -> Json:
    """What errors of one status look like: the envelope, or flat, or one of the two."""
    shapes = dict.fromkeys(FLAT if issubclass(kind, FlatError) else ENVELOPE for kind in kinds)
    first, *others = map(schemas.reference, shapes)
    return {"anyOf": [first, *others]} if others else first


def _headers(descriptions: Mapping[str, str]) -> Json:
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in descriptions.items()}


def _links(row: Operation, parameter: str, expression: str) -> Json:
    """Links to all other operations whose path takes what this one gives, and nothing more than is known here."""
    known = {name: f"$request.path.{name}" for name in row.path_parameters} | {parameter: expression}
    links: Json = {}
    for one in OPERATIONS:
        names = one.path_parameters
        if one.name != row.name and parameter in names and names <= known.keys():
            name = one.name.replace(".", "_")
            links[name] = {"operationId": name, "parameters": {each: known[each] for each in sorted(names)}}
    return links
