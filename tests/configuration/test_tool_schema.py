"""Schemas that seeds bring for their tools: which can be used, and which arguments fit them."""

from typing import Any

import pytest

from atthene_emulator.configuration.tool_schema import misfit, mistake_of

SCHEMA = {
    "type": "object",
    "required": ["to"],
    "properties": {"to": {"$ref": "#/$defs/person"}, "copies": {"type": "integer"}},
    "additionalProperties": False,
    "$defs": {"person": {"type": "string", "pattern": "^(?!root)[a-z]+$"}},
}


@pytest.mark.parametrize(
    "schema",
    [{}, SCHEMA, {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}, {"properties": {"a": {"$ref": "#"}}}],
    ids=["empty", "with definitions", "older draft", "holds itself"],
)  # fmt: skip
def test_a_schema_can_be_used(schema: dict[str, Any]) -> None:
    assert mistake_of(schema) is None


@pytest.mark.parametrize(
    ("schema", "part"),
    [
        ({"type": "strin"}, '"strin"'),
        ({"pattern": "("}, '"(" is not a "regex"'),
        ({"$ref": "#/$defs/none"}, "'/$defs/none' does not exist"),
        ({"$ref": "https://example.com/person.json"}, "https://example.com/person.json is outside"),
        ({"$ref": "file:///etc/hostname"}, "file:///etc/hostname is outside"),
        ({"$schema": "urn:none"}, "urn:none"),
    ],
)
def test_a_schema_that_cannot_be_used_says_why(schema: dict[str, Any], part: str) -> None:
    assert part in (mistake_of(schema) or "")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"to": "ada"}, None),
        ({"to": "ada", "copies": 2}, None),
        ({}, '"to" is a required property'),
        ({"to": "ada", "copies": "two"}, '"two" is not of type "integer"'),
        ({"to": "root"}, '"root" does not match "^(?!root)[a-z]+$"'),
        ({"to": "ada", "bcc": "bob"}, "Additional properties are not allowed ('bcc' was unexpected)"),
    ],
)
def test_arguments_fit_or_hear_why_not(arguments: dict[str, Any], expected: str | None) -> None:
    assert misfit(arguments, SCHEMA) == expected


def test_an_expression_that_would_take_for_ever_is_given_up() -> None:
    assert misfit({"a": "a" * 60 + "!"}, {"properties": {"a": {"pattern": "^(?=a)(a|aa)+\\1$"}}}) is not None
