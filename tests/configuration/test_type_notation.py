"""The type notation: what it accepts, what it means, and what is said of the rest."""

import ast
from typing import Any

import pytest

from atthene_emulator.configuration.type_notation import Type, TypeNotationError, parse_type

STR, INT, FLOAT, BOOL, NONE, ANY = map(Type, ("str", "int", "float", "bool", "None", "Any"))

ACCEPTED = {
    "str": (STR, "str"),
    "int": (INT, "int"),
    "float": (FLOAT, "float"),
    "bool": (BOOL, "bool"),
    "any": (ANY, "Any"),
    "Any": (ANY, "Any"),
    "list": (Type("list"), "list"),
    "dict": (Type("dict"), "dict"),
    "(str)": (STR, "str"),
    "list[str]": (Type("list", (STR,)), "list[str]"),
    "list[list[int]]": (Type("list", (Type("list", (INT,)),)), "list[list[int]]"),
    "list[str | None]": (Type("list", (Type("|", (STR, NONE)),)), "list[str | None]"),
    "dict[str, float]": (Type("dict", (STR, FLOAT)), "dict[str, float]"),
    "dict[int,str]": (Type("dict", (INT, STR)), "dict[int, str]"),
    "dict[str | int, any]": (Type("dict", (Type("|", (STR, INT)), ANY)), "dict[str | int, Any]"),
    "dict[str, list[dict[str, any]]]": (
        Type("dict", (STR, Type("list", (Type("dict", (STR, ANY)),)))),
        "dict[str, list[dict[str, Any]]]",
    ),
    "str | None": (Type("|", (STR, NONE)), "str | None"),
    "None|str": (Type("|", (NONE, STR)), "None | str"),
    "str | int | bool": (Type("|", (STR, INT, BOOL)), "str | int | bool"),
    "str | str": (STR, "str"),
    "Optional[str]": (Type("|", (STR, NONE)), "str | None"),
    "Optional[str | int]": (Type("|", (STR, INT, NONE)), "str | int | None"),
    "Union[str, int, None]": (Type("|", (STR, INT, NONE)), "str | int | None"),
    "Union[str, Optional[int]] | bool": (Type("|", (STR, INT, NONE, BOOL)), "str | int | None | bool"),
    "Union[str]": (STR, "str"),
    "  list [ str ]  ": (Type("list", (STR,)), "list[str]"),
    "\tdict [ str , int ]\n": (Type("dict", (STR, INT)), "dict[str, int]"),
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items(), ids=[repr(text) for text in ACCEPTED])
def test_a_type_is_read_and_written_in_its_usual_spelling(text: str, expected: tuple[Type, str]) -> None:
    found = parse_type(text)
    assert (found, str(found)) == expected


@pytest.mark.parametrize("text", ACCEPTED, ids=repr)
def test_the_usual_spelling_means_the_same(text: str) -> None:
    found = parse_type(text)
    assert parse_type(str(found)) == found


VALID = "Valid types: ['str', 'int', 'float', 'bool', 'list', 'dict', 'any', 'Any', 'Optional', 'Union']"
UNKNOWN = {
    "string": ("string", "Did you mean 'str'?"),
    "integer": ("integer", "Did you mean 'int'?"),
    "number": ("number", "Did you mean 'float'?"),
    "array": ("array", "Did you mean 'list'?"),
    "object": ("object", "Did you mean 'dict'?"),
    "List[str]": ("List", "Did you mean 'list'?"),
    "Dict[str, int]": ("Dict", "Did you mean 'dict'?"),
    "optional[str]": ("optional", "Did you mean 'Optional'?"),
    "union[str, int]": ("union", "Did you mean 'Union'?"),
    "none": ("none", "Did you mean 'None'?"),
    "xyzzy": ("xyzzy", ""),
    "list[strr]": ("strr", "Did you mean 'str'?"),
    "dict[strr, int]": ("strr", "Did you mean 'str'?"),
    "str | bol": ("bol", "Did you mean 'bool'?"),
    "enum[a, b]": ("enum", "Use 'str', and name the allowed values in the description."),
    "Literal['a']": ("Literal", "Use 'str', and name the allowed values in the description."),
}


@pytest.mark.parametrize(("text", "expected"), UNKNOWN.items(), ids=UNKNOWN.keys())
def test_an_unknown_name_is_refused_to_the_letter(text: str, expected: tuple[str, str]) -> None:
    with pytest.raises(TypeNotationError) as caught:
        parse_type(text)
    assert (caught.value.message, caught.value.hint) == (f"Unknown type '{expected[0]}'. {VALID}", expected[1])


@pytest.mark.parametrize(
    "text",
    ["", "   ", "str[]", "list[", "list[]", "list[str", "list[str]]", "str?", "str str", "str |", "| str", "a\n|b"],
)
def test_what_python_cannot_parse_is_refused_with_its_words(text: str) -> None:
    with pytest.raises(SyntaxError) as python:
        ast.parse(text.strip(), mode="eval")
    with pytest.raises(TypeNotationError) as caught:
        parse_type(text)
    assert caught.value.message == (
        f"Cannot parse type string '{text}': {python.value}. Valid examples: 'str', 'list[str]', 'dict[str, int]'"
    )


def test_a_list_in_the_style_of_other_languages_gets_a_hint() -> None:
    with pytest.raises(TypeNotationError) as caught:
        parse_type("str[]")
    assert caught.value.hint == "A list is written 'list[str]'."


NESTED = "list[" * 65 + "str" + "]" * 65
LONG = "str" + " " * 9_998
INVALID = {
    "dict[str]": "dict needs a key and a value, as in 'dict[str, int]'",
    "dict[str, int, int]": "dict needs a key and a value, as in 'dict[str, int]'",
    "list[str, int]": "list needs one type, as in 'list[str]'",
    "Optional[str, int]": "Optional needs one type, as in 'Optional[str]'",
    "Optional": "Optional needs types, as in 'Optional[str]'",
    "Union": "Union needs types, as in 'Union[str, None]'",
    "str[int]": "str holds no other type",
    "None": "None stands beside another type only, as in 'str | None'",
    "None | None": "None stands beside another type only, as in 'str | None'",
    "Union[None]": "None stands beside another type only, as in 'str | None'",
    "Optional[None]": "None stands beside another type only, as in 'str | None'",
    "list[None]": "None stands beside another type only, as in 'str | None'",
    "'str'": "types are made of names, [ ] and | only",
    "5": "types are made of names, [ ] and | only",
    "[str]": "types are made of names, [ ] and | only",
    "str, int": "types are made of names, [ ] and | only",
    "typing.List[str]": "types are made of names, [ ] and | only",
    "str & int": "types are made of names, [ ] and | only",
    "Union[()]": "Union needs types, as in 'Union[str, None]'",
    "list[()]": "list needs one type, as in 'list[str]'",
    "list[str,]": "a comma stands between two types",
    "dict[str, int, ]": "a comma stands between two types",
    "Union[str, int,]": "a comma stands between two types",
    "Optional[list[str,]]": "a comma stands between two types",
    NESTED: "it is nested more than 64 levels deep",
    "[" * 201: "it has too many brackets",
    "str | " * 200 + "str": "it has more than 200 names",
}


@pytest.mark.parametrize(("text", "expected"), INVALID.items(), ids=[text[:30] for text in INVALID])
def test_other_expressions_are_no_types(text: str, expected: str) -> None:
    with pytest.raises(TypeNotationError) as caught:
        parse_type(text)
    assert caught.value.message == f"Invalid type '{text}': {expected}"


def test_a_long_text_is_not_looked_at() -> None:
    with pytest.raises(TypeNotationError, match=r"^Invalid type 'str +…': it is longer than 10000 characters$"):
        parse_type(LONG)


def test_the_depth_of_documents_and_long_texts_are_accepted() -> None:
    assert str(parse_type("list[" * 64 + "str" + "]" * 64)).count("list") == 64
    assert str(parse_type("dict[str, " * 64 + "str" + "]" * 64)).count("dict") == 64
    assert parse_type(" " * 9_997 + "str") == STR
    assert parse_type("str | " * 199 + "str") == STR


@pytest.mark.parametrize(
    ("text", "expected"),
    [("str | None", True), ("None | str", True), ("Optional[int]", True), ("Union[str, None]", True), ("Any", False),
     ("Any | None", True), ("Union[str, Optional[int]]", True), ("list[str] | dict | None", True), ("any", False),
     ("str", False), ("str | int", False), ("list[str | None]", False), ("dict", False)],
)  # fmt: skip
def test_a_type_says_whether_it_is_nullable(text: str, expected: bool) -> None:  # noqa: FBT001
    assert parse_type(text).nullable is expected


FITS: list[tuple[str, list[Any], list[Any]]] = [
    ("str", ["", "a"], [None, 1, 1.5, True, [], {}]),
    ("int", [0, -1, 2**63], [None, "1", 1.5, True, False, []]),
    ("float", [0, 1, 1.5, -0.0], [None, "1.5", True, False, []]),
    ("bool", [True, False], [None, 0, 1, "true", []]),
    ("Any", [None, 0, "", [], {}, True, {"a": [1]}], []),
    ("list", [[], [1, "a", None]], [None, "", {}, 1]),
    ("list[int]", [[], [1, 2]], [[1, "2"], [None], [True], [1.5], {}, None]),
    ("list[list[str]]", [[], [[]], [["a"], []]], [["a"], [[1]]]),
    ("dict", [{}, {"a": 1, "b": []}], [None, [], "", 1]),
    ("dict[str, float]", [{}, {"a": 1, "b": 1.5}], [{"a": "1"}, {"a": None}, []]),
    ("dict[int, str]", [{}, {"1": "a", "-2": "b"}], [{"a": "b"}, {"1.5": "b"}, {"1": 2}]),
    ("dict[float, Any]", [{"1.5": None}, {"1": 1}], [{"a": 1}]),
    ("dict[bool, int]", [{}], [{"true": 1}]),
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
