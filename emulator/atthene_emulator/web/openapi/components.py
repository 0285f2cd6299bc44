"""The schemas of a document, by names that generators make good classes of. This module is those components."""

import re
from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import ContractName
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.web.operation import Operation

Json = dict[str, Any]

# Generators call the status of a KnowledgeBase KnowledgeBaseStatus, and have classes Configuration, Error and File of their own.
_NAMES = {
    "knowledge-base-status": "KnowledgeBaseProgress",
    "configuration": "AgentConfiguration",
    "error": "ErrorAnswer",
    "file": "StoredFile",
}
_PARTS = "/$defs/"
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
        self.answers: Json = {}
        self.examples: Json = {}

    def reference(self, schema: Schema, place: str = "") -> Json:
        """A reference to a schema of ours, or to a part of it, such as `/$defs/agent`."""
        whole, owner = self.names(schema)
        part = place.removeprefix(_PARTS)
        name = self.part_name(owner, part) if part else whole
        if name not in self.all:
            self.all[name] = {}  # it stands before those that it refers to
            self._put(name, self._content(schema.source["$defs"][part] if part else _root(schema), schema, owner))
            if not part:
                self._name_options(schema, name, owner)
        return {"$ref": f"#/components/schemas/{name}"}

    def names(self, schema: Schema) -> tuple[str, str]:
        """What a schema is called here, and what the names of its parts begin with."""
        file = schema.name.rpartition("/")[2].partition(".")[0]
        return _NAMES.get(file, camel(file)), camel(file)

    def part_name(self, owner: str, part: str) -> str:
        """What a part of a schema is called: in capitals it has a name of its own, which others may have in common."""
        return part if part[0].isupper() else owner + camel(part)

    def inner(self, owner: str, title: str | None, part: Json) -> Json:  # noqa: ARG002  # for those who name them by their titles
        """A part that stands inside another: as it is."""
        return part

    def _name_options(self, schema: Schema, name: str, owner: str) -> None:
        """Give each option of a whole schema a name of its own, as generators want it."""
        if "oneOf" in schema.source:
            options = zip(schema.source["oneOf"], self.all[name]["oneOf"], strict=True)
            self.all[name]["oneOf"] = [
                self.named(owner + camel(option["title"]), moved)
                if "title" in option and "$ref" not in moved
                else moved
                for option, moved in options
            ]
        if "flat" in schema.source.get("$defs", ()):
            self.all[name] = _either_form(self.all[name], self.all[f"{owner}Flat"], owner)

    def _put(self, name: str, part: Json) -> None:
        """Put a schema there; where it may also be a mapping, the mapping has a name of its own."""
        self.all[name] = part
        if "anyOf" in part:
            part["anyOf"] = [
                self.named(f"{name}Entry", one) if one.get("type") == "object" else one for one in part["anyOf"]
            ]

    def named(self, name: str, part: Json) -> Json:
        """A reference to a part that is put there by a name of its own."""
        self.all[name] = part
        return {"$ref": f"#/components/schemas/{name}"}

    def _moved(self, node: Any, home: Schema, owner: str) -> Any:
        """A part of a file that stands inside another."""
        if isinstance(node, list):
            return [self._moved(item, home, owner) for item in node]
        if not isinstance(node, dict):
            return node
        title = node.get("title")
        return self.inner(owner, title if isinstance(title, str) else None, self._content(node, home, owner))

    def _content(self, node: Json, home: Schema, owner: str) -> Json:
        """A part of a file whose references lead to where the components are."""
        moved: Json = {key: self._moved(value, home, owner) for key, value in node.items()}
        if "$ref" in node:
            other, place = home.target(node["$ref"])
            if place and not place.startswith(_PARTS):
                beside = {key: value for key, value in moved.items() if key not in ("$ref", "title")}
                return {**self._moved(_at(other.source, place), other, self.names(other)[1]), **beside}
            moved |= self.reference(other, place)
        if isinstance(moved.get("title"), str):  # generators name classes by titles, which are not unique
            del moved["title"]
        if "object" in (moved.get("type") or ()) and _SAID.isdisjoint(moved):  # else generators take it for empty
            moved["additionalProperties"] = True
        if [set(one) for one in moved.get("allOf", ())] == [
            {"$ref"},
            {"required"},
        ]:  # which generators take for no object
            moved |= {key: value for one in moved.pop("allOf") for key, value in one.items()}
        if "x-refused" in moved:  # what a rule refuses with a better sentence than a schema gives
            moved["not"] = moved.pop("x-refused")
        if "discriminator" in moved:  # what stands beside the options, each of them says, too
            moved = _choice(moved, home)
        if moved.get("type") == "boolean" and "const" in moved:  # of which generators make a list of texts
            moved["not"] = {"const": not moved.pop("const")}
        whole = moved.pop("x-document", None)
        shown = _by_type(_without(moved))
        return shown if whole is None else _as_document(shown, self.reference(Schema(whole)))

    def answer(self, name: str, answer: Json) -> Json:
        """A reference to an answer that stands among those that operations have in common."""
        self.answers[name] = answer
        return {"$ref": f"#/components/responses/{name}"}

    def example(self, name: str, example: Json) -> Json:
        """A reference to an example that stands among those that several have in common."""
        self.examples[name] = example
        return {"$ref": f"#/components/examples/{name}"}

    def form(self, schema: Schema) -> Json:
        """A reference to a form. A field that may be sent several times is a list in it, since generators cannot send a choice."""
        reference = self.reference(schema)
        for field in self.all[reference["$ref"].rpartition("/")[2]]["properties"].values():
            if "anyOf" in field:
                field.update(next(one for one in field.pop("anyOf") if one["type"] == "array"))
        return reference

    def response(self, row: Operation) -> Json | None:
        """A reference to what a success looks like in this contract; None where it has no body."""
        schema = row.response_schema(self.contract)
        return None if schema is None else self.reference(schema)


def _as_document(part: Json, reference: Json) -> Json:
    """A part that is, or may be, a whole document of another schema, where it is an object."""
    if "anyOf" not in part:
        return {**{key: value for key, value in part.items() if key != "type"}, **reference}
    return {**part, "anyOf": [reference if one["type"] == "object" else one for one in part["anyOf"]]}


def _root(schema: Schema) -> Json:
    """A schema without its parts, and without what says which file it is."""
    return {key: value for key, value in schema.source.items() if key not in ("$schema", "$id", "$defs")}


def _at(node: Any, place: str) -> Any:
    """What stands at a place of a file."""
    for key in place.strip("/").split("/"):
        node = node[key]
    return node


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
    condition = node.get("if", {})
    of_one = condition.get("type") if condition.keys() <= {"type", "additionalProperties"} else None
    options = [_option(node, one, node.get("then" if one == of_one else "else", {}) if of_one else {}) for one in types]
    left = said | {"type"} | ({"if", "then", "else"} if of_one else set())
    return {**{key: value for key, value in node.items() if key not in left}, "anyOf": options}


def _option(node: Json, one: str, besides: Json) -> Json:
    """What a part is where it has this one of its types."""
    if "$ref" in besides:
        return besides
    said: Json = {keyword: node[keyword] for keyword in _KEYWORDS.get(one, ()) if keyword in node}
    return {"type": one, **({"items": {}} if one == "array" else {}), **said, **besides}


def camel(name: str) -> str:
    """A name of a file or a part as the name of a class."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", name))


def _either_form(whole: Json, flat: Json, name: str) -> Json:
    """A configuration as a choice of its two forms: generators make nothing of `if`, `then` and `else`."""
    flat |= _without(flat, "agents")  # these make it the other form (K02)
    forms = [{"$ref": f"#/components/schemas/{name}{form}"} for form in ("System", "Flat")]
    return {**{key: value for key, value in whole.items() if key not in ("if", "then", "else", "type")}, "oneOf": forms}
