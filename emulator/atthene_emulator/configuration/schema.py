"""A schema file: what it says with all that it refers to, and checking by it.

`jsonschema-rs` does the checking: on an 8 KB configuration it takes microseconds where the pure Python library takes
milliseconds, and it loads faster. This module is the one place that knows it, but for what seeds bring (`patterns` and
`tool_schema`) and the words for what it finds (`violations`).
"""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from itertools import islice
from posixpath import dirname, join, normpath
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.violations import findings_of, part_of
from atthene_emulator.limits import CHECKED, FINDINGS
from atthene_emulator.resources import bundled

_ENDING = ".schema.json"


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
            node = part_of(self.document, node["$ref"].split("/")[1:])
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
            for finding in findings_of(violation, value, self.document, self._needed):
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
        node = {**part_of(document, reference.split("/")[1:]), **notes}
        return _without_references(node, document, (*inside, reference))
    return {key: _without_references(one, document, inside) for key, one in node.items() if key != "$defs"}
