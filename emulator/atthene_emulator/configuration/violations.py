"""What is wrong by a schema, in plain words: the errors of `jsonschema-rs` as findings. This module is these words."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.document import Path, dotted
from atthene_emulator.configuration.findings import Finding, is_below_secret, shown_at
from atthene_emulator.wording import did_you_mean, either, near_name, shown

_MOST_KEYS = 30  # that a message names
_NOUNS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_CODES = {
    "required": "F101",
    "type": "F102",
    "enum": "F103",
    "const": "F103",
    "minimum": "F104",
    "exclusiveMinimum": "F104",
    "maximum": "F104",
    "pattern": "F105",
    "format": "F105",
    "minLength": "F106",
    "minItems": "F106",
    "minProperties": "F106",
    "maxItems": "F107",
    "maxLength": "F107",
    "falseSchema": "F108",
    "additionalProperties": "F109",
    "unevaluatedProperties": "F109",
}
_PATTERNS = {
    "^[A-Za-z0-9_-]+$": "letters, digits, - and _ only",
    "^[0-9]{1,3}$": "a number",
    "^[A-Za-z0-9_.-]+$": "letters, digits, -, _ and . only",
    r"^(?!\.{1,2}$)[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$": (
        "one line without spaces at its ends, and not . or .."
    ),
    r"^(?!\.{1,2}$)[^/\\\x00-\x1f\x7f]+$": "the name of a file, without folders",
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$": "base64",
    "^[A-Za-z0-9_-][A-Za-z0-9_.-]*$": "letters, digits, -, _ and . only, and not begin with .",
}


def findings_of(violation: Any, document: Any, schema: Mapping[str, Any], needed: Collection[str]) -> Iterator[Finding]:
    """The findings that a violation stands for.

    Args:
        violation: an error of `jsonschema-rs`.
        document: in which it is.
        schema: by which it is one, in one document.
        needed: keys that the schema requires somewhere.
    """
    keyword: str = violation.kind.name
    path = _whole(document, violation.instance_path)
    value = part_of(document, path)
    code = _CODES.get(keyword, "F110")
    chosen = _chosen(violation) if keyword == "oneOf" else ()
    if chosen:
        for one in chosen:
            yield from findings_of(one, document, schema, needed)
        return
    match keyword:
        case "required":
            missing: str = violation.kind.property
            yield Finding(code, (*path, missing), _missing(missing, value, schema))
        case "additionalProperties" | "unevaluatedProperties":
            node = part_of(schema, violation.schema_path[:-1])
            known, former = tuple(node.get("properties", ())), node.get("x-former", {})
            some = f"; there are {', '.join(known)}." if 0 < len(known) <= _MOST_KEYS else "."
            for key in violation.kind.unexpected:
                near = did_you_mean(key, known, some)
                now = f"; it is called {former[key]} now." if key in former else near
                yield Finding(code, (*path, key), f"{key} is not known here{now}", at_key=True)
        case "type":
            types, node = violation.kind.types, part_of(schema, violation.schema_path[:-1])
            remedy = _remedy(path, value, types, node, needed)
            given = f"{'the text ' if _is_quoted(value, types) else ''}{shown_at(path, value)}"
            yield Finding(
                code,
                path,
                f"{_name(path)} must be {_types(types, _texts(node))}, not {given}{f'; {remedy}' if remedy else ''}.",
            )
        case "enum":
            options = [str(option) for option in violation.kind.options]
            near = did_you_mean(value, options) if isinstance(value, str) else "."
            is_long = len(options) > _MOST_KEYS and near != "."
            wanted = f"one of {len(options)} names" if is_long else either((*options, *_besides(violation, schema)))
            yield Finding(code, path, f"{_name(path)} must be {wanted}, not {shown_at(path, value)}{near}")
        case "oneOf" if "discriminator" in part_of(schema, violation.schema_path[:-1]):
            return  # beside it stands what the options are told apart by, and that is missing or wrong
        case "oneOf" | "anyOf":
            options = [name for option in part_of(schema, violation.schema_path) for name in option.get("required", ())]
            wanted = f"must have exactly one of {either(options)}" if options else "has none of the allowed shapes"
            yield Finding(code, path, f"{_name(path)} {wanted}.")
        case _:
            yield Finding(code, path, _sentence(keyword, path, value, violation))


def _besides(violation: Any, schema: Mapping[str, Any]) -> Sequence[str]:
    """What a value may be beside the texts of an `enum` that holds for texts alone."""
    *place, condition, _ = violation.schema_path
    types = part_of(schema, place).get("type") if condition == "then" else None
    return [_NOUNS[name] for name in types if name != "string"] if isinstance(types, list) else []


def _chosen(violation: Any) -> Sequence[Any]:
    """What is wrong by the one option whose constants fit; nothing where constants do not tell the options apart."""
    options = violation.kind.context
    fitting = [option for option in options if all(one.kind.name != "const" for one in option)]
    return fitting[0] if len(fitting) == 1 < len(options) else ()


def _sentence(keyword: str, path: Path, value: Any, violation: Any) -> str:  # noqa: C901, PLR0911, PLR0912  # a table
    name = _name(path)
    match keyword:
        case "minimum":
            return f"{name} must be at least {violation.kind.limit}, not {shown_at(path, value)}."
        case "maximum":
            return f"{name} must be at most {violation.kind.limit}, not {shown_at(path, value)}."
        case "exclusiveMinimum":
            return f"{name} must be more than {violation.kind.limit:g}, not {shown_at(path, value)}."
        case "pattern":
            wanted = _PATTERNS.get(violation.kind.pattern, f"text like {violation.kind.pattern}")
            return f"{name} must be {wanted}, not {shown_at(path, value)}."
        case "minLength" | "minItems" | "minProperties":
            return f"{name} must not be empty."
        case "maxItems":
            return f"{name} has {len(value):,} entries; at most {violation.kind.limit:,} are accepted."
        case "maxLength":
            return f"{name} has {len(value):,} characters; at most {violation.kind.limit:,} are accepted."
        case "propertyNames":
            key = str(violation.kind.error.instance)
            return (
                f"{shown(key)} is no name; one has up to 64 letters, digits, -, _ and ., and does not begin with a dot."
            )
        case "const":
            return f"{name} must be {shown(violation.kind.expected_value)}, not {shown_at(path, value)}."
        case "falseSchema":
            return f"{name} does not belong here; take it out."
        case "not" if len(both := violation.kind.schema.get("required", ())) > 1:
            return f"{name} has {' and '.join(both)}, of which only one may be there; take one out."
        case _ if is_below_secret(path):  # what the library says quotes the value
            return f"{name} is not accepted."
        case _:
            return f"{name}: {violation.message}."


def _missing(missing: str, value: Any, schema: Mapping[str, Any]) -> str:
    near = misspelt(missing, value, schema)
    return f"{missing} is required{f'; is {near} a misspelling of it?' if near else '.'}"


def misspelt(missing: str, value: Any, schema: Mapping[str, Any]) -> str | None:
    """The key that a missing one may have been misspelt as: one that the schema knows nowhere."""
    if not isinstance(value, dict):
        return None
    nodes = (schema, *schema.get("$defs", {}).values())
    parts = (part for node in nodes for part in (node, *node.get("allOf", ())))
    known = {key for part in parts for key in part.get("properties", ())}
    return near_name(missing, [str(key) for key in value if key not in known], 0.75)


def _whole(document: Any, path: Sequence[str | int]) -> Path:
    """The place in a document that the validator means."""
    return next(_places(document, path))


def _places(document: Any, path: Sequence[str | int]) -> Iterator[Path]:
    """Places that a path of the validator may lead to: it leaves out empty names, and tells a name such as 007 as a number."""
    if not path:
        yield ()
        return
    for name in _names(document, path[0]):
        yield from ((name, *rest) for rest in _places(document[name], path[1:]))
    if isinstance(document, dict) and "" in document:
        yield from (("", *rest) for rest in _places(document[""], path))


def _names(document: Any, step: str | int) -> Sequence[str | int]:
    if isinstance(document, list):
        return [step] if isinstance(step, int) and step < len(document) else []
    if not isinstance(document, dict) or step in document:
        return [step] if isinstance(document, dict) else []
    return [name for name in document if re.fullmatch(rf"\+?0*{step}", str(name))] if isinstance(step, int) else []


def part_of(schema: Any, path: Sequence[str | int]) -> Any:
    """What stands at a place of a document."""
    for step in path:
        schema = schema[step]
    return schema


def _remedy(path: Path, value: Any, types: Sequence[str], node: Mapping[str, Any], needed: Collection[str]) -> str:
    """What to do about a value of a wrong type; nothing if that is plain."""
    may_be_text = "string" in types
    if isinstance(value, bool | int | float) and may_be_text:
        if _texts(node):
            return ""
        return "quote it to mean the text"
    if "x-remedy" in node and (isinstance(value, dict | list) or not may_be_text):
        return str(node["x-remedy"])
    if value is None:
        return _fill(path, types, node, needed)
    return "take the quotes away" if _is_quoted(value, types) else ""


def _is_quoted(value: Any, types: Sequence[str]) -> bool:
    """Whether a value is a text that would be none without its quotes."""
    if not isinstance(value, str) or not value or "string" in types:
        return False
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


def _fill(path: Path, types: Sequence[str], node: Mapping[str, Any], needed: Collection[str]) -> str:
    """What to write for a key that was left empty, which is null; one that may be needed is not to be taken out."""
    if not path or isinstance(path[-1], int):
        return ""
    may_be_empty = not (node.get("minItems") or node.get("minProperties") or node.get("required"))
    empty = next((text for name, text in (("array", "[]"), ("object", "{}")) if name in types and may_be_empty), None)
    filled = f"write {empty} for an empty one" if empty else "give it a value"
    return filled if path[-1] in needed else f"{filled}, or take {path[-1]} out"


def _name(path: Path) -> str:
    if not path:
        return "The document"
    if isinstance(path[-1], int):
        return f"{dotted(path[-2:])}"
    return path[-1]


def _texts(node: Mapping[str, Any]) -> Sequence[str]:
    """The texts that a value may be, where those of other types are not bound; nothing where any text will do."""
    texts: Sequence[str] = node.get("then", {}).get("enum", ()) if node.get("if") == {"type": "string"} else ()
    return texts


def _types(types: Sequence[str], texts: Sequence[str]) -> str:
    return either([word for name in types for word in (texts if texts and name == "string" else [_NOUNS[name]])])
