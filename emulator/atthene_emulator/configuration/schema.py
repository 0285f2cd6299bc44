"""JSON Schema to findings in plain words.

`jsonschema-rs` does the checking: on an 8 KB configuration it takes microseconds where the pure Python library takes
milliseconds, and it loads faster. This module is the one place that knows it, but for what seeds bring: `patterns` and
`tool_schema`.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from posixpath import dirname, join, normpath
from typing import Any

from atthene_emulator.configuration.document import Path, dotted
from atthene_emulator.configuration.findings import Finding, is_below_secret, shown_at
from atthene_emulator.limits import CHECKED, FINDINGS
from atthene_emulator.resources import bundled
from atthene_emulator.wording import did_you_mean, either, near_name, shown

_ENDING = ".schema.json"
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


class Schema:
    """One schema file, compiled on first use.

    Args:
        name: its name below `schemas/`, without `.schema.json`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def source(self) -> dict[str, Any]:
        """The file as it is written; what it shares with others, it refers to by their relative path."""
        loaded: dict[str, Any] = json.loads(bundled(f"schemas/{self.name}{_ENDING}").read_bytes())
        return loaded

    @cached_property
    def document(self) -> dict[str, Any]:
        """The schema by itself: what it refers to in other files stands among its `$defs`."""
        shared: dict[str, Any] = {}
        whole: dict[str, Any] = _with_local_references(self.source, self, "#", shared)
        return {**whole, "$defs": {**whole.get("$defs", {}), **shared}} if shared else whole

    @cached_property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """Its `$defs`; what `allOf` adds to the properties of one stands among them."""
        return {name: self._whole(node) for name, node in self.document.get("$defs", {}).items()}

    def _whole(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" in node:
            node = _at(self.document, node["$ref"].split("/")[1:])
        properties = dict(node.get("properties", {}))
        for part in node.get("allOf", ()):
            properties |= self._whole(part).get("properties", {})
        return {**node, "properties": properties} if properties else node

    @cached_property
    def inlined(self) -> dict[str, Any]:
        """The schema without references, for those who walk it; what holds itself may be anything inside itself."""
        whole: dict[str, Any] = _without_references(self.document, self.document, ())
        return whole

    def target(self, reference: str) -> tuple["Schema", str]:
        """The file that a `$ref` in this one leads to, and the place in it, such as `/$defs/agent`."""
        path, _, place = reference.partition("#")
        if not path:
            return self, place
        return Schema(normpath(join(dirname(self.name), path.removesuffix(_ENDING)))), place

    @cached_property
    def _validator(self) -> Any:
        import jsonschema_rs  # noqa: PLC0415  # loaded with the first check, not with the package

        return jsonschema_rs.Draft202012Validator(self.document)

    def check(self, value: Any) -> tuple[Finding, ...]:
        """Findings of `value`, at most a hundred, in the order of the document; one for each place.

        Of a very large document, its beginning is looked at, and of what comes later the first mistake.
        """
        if self._validator.is_valid(value):
            return ()
        findings: dict[tuple[Path, bool], Finding] = {}
        for violation in self._violations(value):
            for finding in _findings(violation, value, self.document, self._needed):
                findings.setdefault((finding.path, finding.code == "F109"), finding)
                if len(findings) >= FINDINGS.most:
                    return tuple(findings.values())
        return tuple(findings.values())

    def _violations(self, value: Any) -> Iterator[Any]:
        """What the validator finds; it makes all that it finds at once, so it is given no more than a beginning."""
        found = islice(self._validator.iter_errors(_Beginning(self._names).of(value)), FINDINGS.most * 2)
        first = next(found, None)
        if first is None:
            import jsonschema_rs  # noqa: PLC0415  # loaded by now

            try:
                self._validator.validate(value)
            except jsonschema_rs.ValidationError as error:
                first = error
        yield first
        yield from found

    @cached_property
    def _names(self) -> frozenset[str]:
        """Every key that the schema names somewhere."""
        return frozenset(_named(self.document))

    @cached_property
    def _needed(self) -> frozenset[str]:
        """Every key that is required somewhere."""
        return frozenset(_required(self.document))


class _Beginning:
    """The beginning of a document: so many values that a schema can be held against each; keys with a meaning are all there.

    Args:
        names: keys that have a meaning.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._room = CHECKED.most

    def of(self, value: Any) -> Any:
        """The value, as far as there is room."""
        self._room -= 1
        if isinstance(value, list):
            return [self.of(item) for item in value if self._room > 0]
        if isinstance(value, dict):
            return {key: self.of(item) for key, item in value.items() if self._room > 0 or key in self._names}
        return value


def _named(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", ())
        yield from node.get("required", ())
    if isinstance(node, dict | list):
        for below in node.values() if isinstance(node, dict) else node:
            yield from _named(below)


def _required(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        keys = node.get("required", ())
        yield from keys if isinstance(keys, list) else ()
    if isinstance(node, dict | list):
        for below in node.values() if isinstance(node, dict) else node:
            yield from _required(below)


def _with_local_references(node: Any, home: Schema, root: str, shared: dict[str, Any]) -> Any:
    """A part of a file whose references stay in one document, in which the file stands at `root`.

    The files that it refers to, and those that they refer to, are put into `shared`.
    """
    if isinstance(node, list):
        return [_with_local_references(one, home, root, shared) for one in node]
    if not isinstance(node, dict):
        return node
    local = {key: _with_local_references(one, home, root, shared) for key, one in node.items()}
    if "$ref" in node:
        other, place = home.target(node["$ref"])
        local["$ref"] = f"{root if other is home else _embedded(other, shared)}{place}"
    return local


def _embedded(schema: Schema, shared: dict[str, Any]) -> str:
    """Where a file stands in the document of another."""
    name = schema.name.removeprefix("definitions/").replace("/", ".")
    root = f"#/$defs/{name}"
    if name not in shared:
        shared[name] = {}  # it may refer to itself
        own = {key: one for key, one in schema.source.items() if key not in ("$schema", "$id")}
        shared[name] = _with_local_references(own, schema, root, shared)
    return root


def _without_references(node: Any, document: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """A part of the document without references; `inside` are those that led to it."""
    if isinstance(node, list):
        return [_without_references(one, document, inside) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:  # what stands beside it says what it is here
        reference: str = node["$ref"]
        notes = {key: node[key] for key in node if key != "$ref"}
        if reference in inside:
            return notes
        node = {**_at(document, reference.split("/")[1:]), **notes}
        return _without_references(node, document, (*inside, reference))
    return {key: _without_references(one, document, inside) for key, one in node.items() if key != "$defs"}


def _findings(violation: Any, document: Any, schema: Mapping[str, Any], needed: Collection[str]) -> Iterator[Finding]:
    keyword: str = violation.kind.name
    path = _whole(document, violation.instance_path)
    value = _at(document, path)
    code = _CODES.get(keyword, "F110")
    chosen = _chosen(violation) if keyword == "oneOf" else ()
    if chosen:
        for one in chosen:
            yield from _findings(one, document, schema, needed)
        return
    match keyword:
        case "required":
            missing: str = violation.kind.property
            yield Finding(code, (*path, missing), _missing(missing, value, schema))
        case "additionalProperties" | "unevaluatedProperties":
            node = _at(schema, violation.schema_path[:-1])
            known, former = tuple(node.get("properties", ())), node.get("x-former", {})
            some = f"; there are {', '.join(known)}." if 0 < len(known) <= _MOST_KEYS else "."
            for key in violation.kind.unexpected:
                near = did_you_mean(key, known, some)
                now = f"; it is called {former[key]} now." if key in former else near
                yield Finding(code, (*path, key), f"{key} is not known here{now}", at_key=True)
        case "type":
            types, node = violation.kind.types, _at(schema, violation.schema_path[:-1])
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
        case "oneOf" if "discriminator" in _at(schema, violation.schema_path[:-1]):
            return  # beside it stands what the options are told apart by, and that is missing or wrong
        case "oneOf" | "anyOf":
            options = [name for option in _at(schema, violation.schema_path) for name in option.get("required", ())]
            wanted = f"must have exactly one of {either(options)}" if options else "has none of the allowed shapes"
            yield Finding(code, path, f"{_name(path)} {wanted}.")
        case _:
            yield Finding(code, path, _sentence(keyword, path, value, violation))


def _besides(violation: Any, schema: Mapping[str, Any]) -> Sequence[str]:
    """What a value may be beside the texts of an `enum` that holds for texts alone."""
    *place, condition, _ = violation.schema_path
    types = _at(schema, place).get("type") if condition == "then" else None
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


def _at(schema: Any, path: Sequence[str | int]) -> Any:
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
