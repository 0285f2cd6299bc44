"""The schemas of a document, by names that generators make good classes of. This module is those components."""

from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import ContractName
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.web.operation import Operation

Json = dict[str, Any]

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


class Components:
    """Schemas by their names in the document, put there when they are first referred to."""

    def __init__(self, contract: ContractName, rulings: Rulings) -> None:
        self.contract = contract
        self.rulings = rulings
        self.all: Json = {}
        self.examples: Json = {}

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
                self._put(_called(part, owner), self._moved(content, schema, owner))
            if "if" in document:
                self.all[name] = _either_form(self.all[name], self.all[f"{owner}Flat"], owner)
            for one in self.all[name].get("properties", {}).values():
                if "x-document" in one:  # a whole document of another schema
                    one.pop("type", None)
                    one.update(self.reference(Schema(one.pop("x-document"))))
        return {"$ref": f"#/components/schemas/{name}"}

    def _put(self, name: str, part: Json) -> None:
        """Put a part there, unless another file has it, too; where it may also be a mapping, the mapping has a name of its own."""
        if name in self.all:
            return
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
                moved["$ref"] = f"#/components/schemas/{_called(place.removeprefix('/$defs/'), owner)}"
            else:
                moved |= self.reference(other)
        if isinstance(moved.get("title"), str):  # generators name classes by titles, which are not unique
            del moved["title"]
        if "object" in moved.get("type", ()) and _SAID.isdisjoint(moved):  # else generators take it for empty
            moved["additionalProperties"] = True
        if "x-refused" in moved:  # what a rule refuses with a better sentence than a schema gives
            moved["not"] = moved.pop("x-refused")
        if "discriminator" in moved:  # what stands beside the options, each of them says, too
            moved = _choice(moved, home)
        if moved.get("type") == "boolean" and "const" in moved:  # of which generators make a list of texts
            moved["not"] = {"const": not moved.pop("const")}
        return _by_type(_without(moved))

    def example(self, name: str, example: Json) -> Json:
        """A reference to an example that stands among those that several have in common."""
        self.examples[name] = example
        return {"$ref": f"#/components/examples/{name}"}

    def form(self, schema: Schema) -> Json:
        """A reference to a form. A field that may be sent several times is a list in it, since generators cannot send a choice."""
        reference = self.reference(schema)
        for field in self.all[reference["$ref"].rpartition("/")[2]]["properties"].values():
            if "anyOf" in field:
                field |= next(one for one in field.pop("anyOf") if one["type"] == "array")
        return reference

    def response(self, row: Operation) -> Json | None:
        """A reference to what a success looks like in this contract; None where it has no body."""
        schema = row.response_schema(self.contract)
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


def _choice(node: Json, home: Schema) -> Json:
    """A choice among parts of a file that one property tells apart, with what it says of each."""
    name = node["discriminator"]["propertyName"]
    parts = [one["$ref"].rpartition("/")[2] for one in node["oneOf"]]
    said = [home.source["$defs"][part]["properties"][name]["const"] for part in parts]
    mapping = {value: one["$ref"] for value, one in zip(said, node["oneOf"], strict=True)}
    kept = {key: value for key, value in node.items() if key not in ("type", "required", "properties")}
    return {**kept, "discriminator": {"propertyName": name, "mapping": mapping}}


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


def _called(part: str, owner: str) -> str:
    """What a part of a file is called: in capitals it has a name of its own, which others may have in common."""
    return part if part[0].isupper() else owner + _camel(part)


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _either_form(whole: Json, flat: Json, name: str) -> Json:
    """A configuration as a choice of its two forms: generators make nothing of `if`, `then` and `else`."""
    flat |= _without(flat, "agents")  # these make it the other form (K02)
    forms = [{"$ref": f"#/components/schemas/{name}{form}"} for form in ("System", "Flat")]
    return {**{key: value for key, value in whole.items() if key not in ("if", "then", "else", "type")}, "oneOf": forms}
