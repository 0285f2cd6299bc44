"""Coercion of variables: what becomes of a value, and what stays as it is."""

from typing import Any

import pytest

from atthene_emulator.configuration.coercion import coerce, python_name
from atthene_emulator.configuration.type_notation import parse_type

CONVERTED: list[tuple[str, Any, Any]] = [
    ("int", "42", 42),
    ("int", " -7 ", -7),
    ("int", 3.9, 3),
    ("int", True, 1),
    ("float", "1.5", 1.5),
    ("float", "2", 2.0),
    ("float", 3, 3.0),
    ("bool", "true", True),
    ("bool", " TRUE ", True),
    ("bool", "1", True),
    ("bool", "False", False),
    ("bool", "0", False),
    ("bool", "no", True),
    ("bool", "", False),
    ("bool", 0, False),
    ("bool", 2, True),
    ("bool", [], False),
    ("str", 5, "5"),
    ("str", True, "True"),
    ("str", {"a": 1}, "{'a': 1}"),
    ("list", "[1, 2]", [1, 2]),
    ("list[int]", '["1"]', ["1"]),
    ("dict", '{"a": 1}', {"a": 1}),
    ("dict[str, int]", "[1]", [1]),
    ("int | None", "42", 42),
    ("Optional[bool]", "false", False),
]


@pytest.mark.parametrize(("wanted", "value", "expected"), CONVERTED)
def test_a_value_is_made_to_fit(wanted: str, value: Any, expected: Any) -> None:
    result = coerce(parse_type(wanted), value)
    assert (result, type(result)) == (expected, type(expected))


KEPT: list[tuple[str, Any]] = [
    ("int", "3.14"),
    ("int", "many"),
    ("int", [1]),
    ("int", 1e300),
    ("int", "9" * 5000),
    ("float", "many"),
    ("float", "nan"),
    ("float", "inf"),
    ("float", {}),
    ("list", "[1"),
    ("list", {"a": 1}),
    ("list", "[" * 100_000),
    ("dict", "{'a': 1}"),
    ("dict", '{"a": NaN}'),
    ("dict", '{"a": 1e999}'),
    ("dict", [1]),
    ("Any", "42"),
    ("str | int", "42"),
    ("str | int | None", 42),
    ("int", None),
    ("str", None),
    ("bool", None),
    ("int | None", None),
]


@pytest.mark.parametrize(("wanted", "value"), KEPT, ids=[f"{wanted}-{value!r}"[:40] for wanted, value in KEPT])
def test_what_cannot_be_converted_stays_as_it_is(wanted: str, value: Any) -> None:
    assert coerce(parse_type(wanted), value) is value


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "NoneType"), ("a", "str"), (1, "int"), (1.5, "float"), (True, "bool"), ([], "list"), ({}, "dict")],
)
def test_messages_call_a_type_by_its_name_in_python(value: Any, expected: str) -> None:
    assert python_name(value) == expected
