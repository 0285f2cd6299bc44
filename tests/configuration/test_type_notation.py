"""The type notation: what it accepts, what it means, and where a mistake stands."""

from typing import Any

import pytest

from atthene_emulator.configuration.type_notation import Type, TypeNotationError, parse_type

STR, INT, FLOAT, BOOL, NONE, ANY = map(Type, ("str", "int", "float", "bool", "None", "any"))

ACCEPTED = {
    "str": (STR, "str"),
    "int": (INT, "int"),
    "float": (FLOAT, "float"),
    "bool": (BOOL, "bool"),
    "any": (ANY, "any"),
    "None": (NONE, "None"),
    "list": (Type("list"), "list"),
    "dict": (Type("dict"), "dict"),
    "list[str]": (Type("list", (STR,)), "list[str]"),
    "list[list[int]]": (Type("list", (Type("list", (INT,)),)), "list[list[int]]"),
    "list[str | None]": (Type("list", (Type("|", (STR, NONE)),)), "list[str | None]"),
    "dict[str, str]": (Type("dict", (STR,)), "dict[str, str]"),
    "dict[str, float]": (Type("dict", (FLOAT,)), "dict[str, float]"),
    "dict[str,int]": (Type("dict", (INT,)), "dict[str, int]"),
    "dict[str, list[dict[str, any]]]": (
        Type("dict", (Type("list", (Type("dict", (ANY,)),)),)),
        "dict[str, list[dict[str, any]]]",
    ),
    "str | None": (Type("|", (STR, NONE)), "str | None"),
    "str|None": (Type("|", (STR, NONE)), "str | None"),
    "str | int | bool": (Type("|", (STR, INT, BOOL)), "str | int | bool"),
    "Optional[str]": (Type("|", (STR, NONE)), "str | None"),
    "Optional[list[int]]": (Type("|", (Type("list", (INT,)), NONE)), "list[int] | None"),
    "  list [ str ]  ": (Type("list", (STR,)), "list[str]"),
    "\tdict [ str , int ]\n": (Type("dict", (INT,)), "dict[str, int]"),
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items(), ids=[repr(text) for text in ACCEPTED])
def test_a_type_is_read_and_written_in_its_usual_spelling(text: str, expected: tuple[Type, str]) -> None:
    found = parse_type(text)
    assert (found, str(found)) == expected


@pytest.mark.parametrize("text", ACCEPTED, ids=repr)
def test_the_usual_spelling_means_the_same(text: str) -> None:
    found = parse_type(text)
    assert parse_type(str(found)) == found


ALL = "str, int, float, bool, any, list, dict, None, Optional"
REFUSED = {
    "": (0, "a type is expected instead of the end"),
    "   ": (3, "a type is expected instead of the end"),
    "string": (0, "'string' is not a type; did you mean 'str'?"),
    "String": (0, "'String' is not a type; did you mean 'str'?"),
    "integer": (0, "'integer' is not a type; did you mean 'int'?"),
    "number": (0, "'number' is not a type; did you mean 'float'?"),
    "boolean": (0, "'boolean' is not a type; did you mean 'bool'?"),
    "array": (0, "'array' is not a type; did you mean 'list'?"),
    "object": (0, "'object' is not a type; did you mean 'dict'?"),
    "null": (0, "'null' is not a type; did you mean 'None'?"),
    "Any": (0, "'Any' is not a type; did you mean 'any'?"),
    "List[str]": (0, "'List' is not a type; did you mean 'list'?"),
    "xyzzy": (0, f"'xyzzy' is not a type; the types are {ALL}"),
    "5": (0, f"'5' is not a type; the types are {ALL}"),
    "[str]": (0, f"'[' is not a type; the types are {ALL}"),
    "str?": (3, "'?' is not expected here"),
    "str[]": (3, "'[' is not expected here"),
    "str str": (4, "'str' is not expected here"),
    "str |": (5, "a type is expected instead of the end"),
    "| str": (0, f"'|' is not a type; the types are {ALL}"),
    "str || int": (5, f"'|' is not a type; the types are {ALL}"),
    "str, int": (3, "',' is not expected here"),
    "list[": (5, "a type is expected instead of the end"),
    "list[]": (5, f"']' is not a type; the types are {ALL}"),
    "list[str": (8, "']' is expected instead of the end"),
    "list[str, int]": (8, "']' is expected instead of ','"),
    "list[str]]": (9, "']' is not expected here"),
    "list[strr]": (5, "'strr' is not a type; did you mean 'str'?"),
    "list<str>": (4, "'<' is not expected here"),
    "dict[str]": (8, "',' is expected instead of ']'"),
    "dict[int, str]": (5, "the keys of a dict are 'str', not 'int'"),
    "dict[": (5, "the keys of a dict are 'str', not the end"),
    "dict[str, ": (10, "a type is expected instead of the end"),
    "dict[str, int, int]": (13, "']' is expected instead of ','"),
    "dict[str | int, int]": (9, "',' is expected instead of '|'"),
    "Optional": (8, "'[' is expected instead of the end"),
    "Optional str": (9, "'[' is expected instead of 'str'"),
    "Optional[]": (9, f"']' is not a type; the types are {ALL}"),
    "enum[a, b]": (0, "enum types are not supported; use 'str' and name the allowed values in the description"),
    "Enum": (0, "Enum types are not supported; use 'str' and name the allowed values in the description"),
    "Literal['a']": (0, "Literal types are not supported; use 'str' and name the allowed values in the description"),
    "list[Literal[1]]": (
        5,
        "Literal types are not supported; use 'str' and name the allowed values in the description",
    ),
    "list[" * 17 + "str" + "]" * 17: (85, "the type is nested more than 16 levels deep"),
    "str | " * 84 + "str": (500, "the type is longer than 500 characters"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=[repr(text)[:40] for text in REFUSED])
def test_anything_else_is_refused_with_its_position(text: str, expected: tuple[int, str]) -> None:
    with pytest.raises(TypeNotationError) as caught:
        parse_type(text)
    assert (caught.value.offset, caught.value.message) == expected


def test_sixteen_levels_and_five_hundred_characters_are_accepted() -> None:
    assert str(parse_type("list[" * 16 + "str" + "]" * 16)).count("list") == 16
    assert parse_type(" " * 497 + "str") == STR


FITS: list[tuple[str, list[Any], list[Any]]] = [
    ("str", ["", "a"], [None, 1, 1.5, True, [], {}]),
    ("int", [0, -1, 2**63], [None, "1", 1.5, True, False, []]),
    ("float", [0, 1, 1.5, -0.0], [None, "1.5", True, False, []]),
    ("bool", [True, False], [None, 0, 1, "true", []]),
    ("None", [None], [0, "", False, [], {}]),
    ("any", [None, 0, "", [], {}, True, {"a": [1]}], []),
    ("list", [[], [1, "a", None]], [None, "", {}, 1]),
    ("list[int]", [[], [1, 2]], [[1, "2"], [None], [True], [1.5], {}, None]),
    ("list[list[str]]", [[], [[]], [["a"], []]], [["a"], [[1]]]),
    ("dict", [{}, {"a": 1, "b": []}], [None, [], "", 1]),
    ("dict[str, float]", [{}, {"a": 1, "b": 1.5}], [{"a": "1"}, {"a": None}, []]),
    ("str | None", ["", "a", None], [1, [], False]),
    ("Optional[int]", [1, None], ["1", True]),
    ("list[int | None]", [[], [1, None]], [["a"], None]),
    ("list[int] | str", [[], [1], "a"], [["a"], 1, None]),
    ("dict[str, list[bool]]", [{}, {"a": [True]}], [{"a": [1]}, {"a": True}]),
]


@pytest.mark.parametrize(("text", "fitting", "others"), FITS, ids=[text for text, _, _ in FITS])
def test_values_fit_their_type_and_no_other(text: str, fitting: list[Any], others: list[Any]) -> None:
    wanted = parse_type(text)
    assert [value for value in fitting if not wanted.fits(value)] == []
    assert [value for value in others if wanted.fits(value)] == []
