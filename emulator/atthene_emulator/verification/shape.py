"""Where an answer departs from a response schema, told without what the answer says. This module is that comparison.

It names fields of ours and types of theirs. What it takes from an answer itself passes `shown_name` or `shown_value`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from atthene_emulator.evidence.levels import Evidence
from atthene_emulator.web.ledger import read_evidence

Kind = Literal[
    "operation new",
    "status new",
    "content type",
    "field removed",
    "field added",
    "type changed",
    "value new",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
KEYWORDS = frozenset(
    (
        "type",
        "enum",
        "const",
        "pattern",
        "minimum",
        "minItems",
        "maxItems",
        "maxProperties",
        "required",
        "properties",
        "oneOf",
    )
).union(("additionalProperties", "items"))
ABSENT, HIDDEN = "absent", "{…}"

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
_WORD = re.compile(r"[a-z_]{1,20}")
_OUR_WORD = re.compile(r"[a-z._]+")
_NAME = re.compile(r"_{0,2}[a-z]+(?:[A-Z][a-z]+|[_-][a-z]+)*")
_LONGEST_NAME = 30
_LIKE_AN_ID = re.compile(
    r"(?:sk|pk|ak|key|token|secret|bearer|sess|session|msg|message|exec|execution|corr|call|req|agent|user|company|file|coll|cds|kb|ds|temp)_"
)
_FORMS = {
    "date and time with a fraction": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:?\d\d)?",
    "date and time with an offset": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d",
    "date and time without a zone": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "UUID": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "64 hexadecimal digits": r"[0-9a-f]{64}",
    "digits": r"\d+",
    "empty": "",
}


class Departure(NamedTuple):
    """One difference between an answer and what we promise.

    Attributes:
        place: dotted path in the answer, `[]` for the items of a list; empty for the answer as a whole.
        ours, theirs: types, and values only where they are words that we compare.
        evidence: what our statement rests on.
    """

    kind: Kind
    place: str
    ours: str
    theirs: str
    evidence: Evidence


def type_of(value: Any) -> str:
    """The JSON type of a value; a number without a fraction is an integer."""
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return _TYPES.get(type(value), "null")


def shown_name(name: str) -> str:
    """A key of an answer, if it is a plain name: keys can be ids and texts, too."""
    plain = len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None
    return name if plain else HIDDEN


def shown_value(value: Any, ours: Sequence[Any] = ()) -> str:
    """A value that is compared with words of ours, if it is one of them or a short word itself; else its type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and all(isinstance(one, str) and _OUR_WORD.fullmatch(one) for one in ours):
        plain = _WORD.fullmatch(value) is not None and _LIKE_AN_ID.match(value) is None
        return value if plain or value in ours else "string"
    return type_of(value)


def departures(value: Any, schema: Mapping[str, Any], evidence: Evidence) -> Iterator[Departure]:
    """Everything in which a value is not what a schema promises.

    Args:
        value: JSON.
        schema: with `KEYWORDS` only.
        evidence: of what has none in the schema.
    """
    return _walk(value, schema, _Place((), evidence))


class _Place(NamedTuple):
    """Where the walk is, and what the statements there rest on."""

    steps: tuple[str, ...]
    evidence: Evidence

    def __str__(self) -> str:
        return ".".join(self.steps).replace(".[]", "[]")

    def below(self, step: str, schema: Any = None) -> "_Place":
        """The place of a part, which may say itself what it rests on."""
        own = schema.get("x-evidence") if isinstance(schema, dict) else None
        return _Place((*self.steps, step), self.evidence if own is None else read_evidence(own))

    def departs(self, kind: Kind, ours: str, theirs: str) -> Departure:
        return Departure(kind, str(self), ours, theirs, self.evidence)


def _walk(value: Any, schema: Mapping[str, Any], place: _Place) -> Iterator[Departure]:
    if "oneOf" in schema:
        yield from _nearest(value, schema["oneOf"], place)
        return
    types = _types(schema)
    found = type_of(value)
    if types and found not in types and not (found == "integer" and "number" in types):
        yield place.departs("type changed", " or ".join(types), found)
        return
    yield from _value(value, schema, place)
    if isinstance(value, dict):
        yield from _fields(value, schema, place)
    elif isinstance(value, list) and "items" in schema:
        below = place.below("[]", schema["items"])
        for item in value:
            yield from _walk(item, schema["items"], below)


def _types(schema: Any) -> Sequence[str]:
    types = schema.get("type", ()) if isinstance(schema, dict) else ()
    return (types,) if isinstance(types, str) else tuple(types)


def _nearest(value: Any, options: Sequence[Mapping[str, Any]], place: _Place) -> list[Departure]:
    """The departures from the option that is meant: the one whose constants agree, or that is least departed from."""
    meant = [option for option in options if _agrees(value, option)] or options
    return min((list(_walk(value, option, place)) for option in meant), key=len)


def _agrees(value: Any, option: Mapping[str, Any]) -> bool:
    if not isinstance(value, dict):
        return True
    constants = {name: one["const"] for name, one in option["properties"].items() if "const" in one}
    return all(value.get(name, constant) == constant for name, constant in constants.items())


def _value(value: Any, schema: Mapping[str, Any], place: _Place) -> Iterator[Departure]:
    """What is wrong with a value whose type is right."""
    options = (schema["const"],) if "const" in schema else tuple(schema.get("enum", ()))
    if options and not any(value == one and type(value) is type(one) for one in options):
        yield place.departs("value new", either(options), shown_value(value, options))
    if isinstance(value, str) and "pattern" in schema and re.search(schema["pattern"], value) is None:
        yield place.departs("value new", f"like {schema['pattern']}", _form(value))
    if isinstance(value, int | float) and value < schema.get("minimum", value):
        yield place.departs("value new", f"at least {schema['minimum']}", "less")
    if isinstance(value, list) and len(value) < schema.get("minItems", 0):
        yield place.departs("value new", f"at least {schema['minItems']} in the list", "fewer")
    if isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
        yield place.departs("value new", f"at most {schema['maxItems']} in the list", "more")
    if isinstance(value, dict) and len(value) > schema.get("maxProperties", len(value)):
        yield place.departs("value new", f"at most {schema['maxProperties']} in the object", "more")


def either(options: Sequence[Any]) -> str:
    """Values of ours, for a report."""
    return " or ".join(one if isinstance(one, str) else shown_value(one) for one in options)


def _form(value: str) -> str:
    """What a text looks like, in words of ours."""
    form = next((name for name, pattern in _FORMS.items() if re.fullmatch(pattern, value)), None)
    return "string" if form is None else f"string, {form}"


def _fields(value: Mapping[str, Any], schema: Mapping[str, Any], place: _Place) -> Iterator[Departure]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            one = place.below(name, known.get(name))
            yield one.departs("field removed", " or ".join(_types(known.get(name))) or "any value", ABSENT)
    for name, item in value.items():
        if name in known:
            yield from _walk(item, known[name], place.below(name, known[name]))
        elif schema.get("additionalProperties") is False:
            yield place.below(shown_name(name)).departs("field added", ABSENT, type_of(item))
        elif isinstance(others := schema.get("additionalProperties"), dict):
            yield from _walk(item, others, place.below(shown_name(name), others))
