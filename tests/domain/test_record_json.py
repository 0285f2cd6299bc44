"""Records as JSON: what is written is read again, and nothing else is made of JSON than what the fields say."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.domain.record_json import Readers, tagged
from atthene_emulator.domain.rows import as_bytes


class Point(NamedTuple):
    x: int
    y: float = 0.5


class Named(NamedTuple):
    name: str


class All(NamedTuple):
    """A field of each type."""

    text: str
    flag: bool
    whole: int
    number: float
    maybe: str | None
    point: Point | None
    several: tuple[Point, ...]
    counts: Mapping[str, int]
    plain: Any
    data: str | bytes
    kind: Literal["a", "b"] | int
    content: str | tuple[Any, ...] | None


class Short(NamedTuple):
    x: int


class Of(NamedTuple):
    one: Point | Named


# What is accepted has finite numbers alone.
WHOLE, NUMBER = st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | NUMBER | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
POINT = st.builds(Point, WHOLE, NUMBER)
ALL = st.builds(
    All, st.text(), st.booleans(), WHOLE, NUMBER, st.none() | st.text(), st.none() | POINT,
    st.lists(POINT, max_size=3).map(tuple), st.dictionaries(st.text(), WHOLE, max_size=3), JSON, st.text() | st.binary(),
    st.sampled_from(["a", "b"]) | WHOLE, st.none() | st.text() | st.lists(JSON, max_size=3).map(tuple),
)  # fmt: skip


def read(kind: Any, value: Any) -> Any:
    return Readers().of(kind)(value)


@given(ALL)
def test_what_is_written_is_read_again(one: All) -> None:
    assert repr(read(All, json.loads(as_bytes(one)))) == repr(one)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Point(1), b"[1,0.5]"),
        ([tagged(Named("ä"))], '[["Named","ä"]]'.encode()),
        (MappingProxyType({"a": MappingProxyType({})}), b'{"a":{}}'),
        (b"\xff", b'{"base64":"/w=="}'),
    ],
)
def test_records_are_arrays_and_what_json_has_not_is_written_with_what_it_has(value: Any, written: bytes) -> None:
    assert as_bytes(value) == written


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Point, [1], Point(1)),
        (Point, [1.0, 3], Point(1, 3.0)),
        (Of, [["Named", "a"]], Of(Named("a"))),
        (Of, [["Point", 1]], Of(Point(1))),
        (Literal["a"] | int, 3.0, 3),
    ],
)
def test_what_can_be_left_out_or_written_otherwise_is_read(kind: Any, value: Any, expected: Any) -> None:
    found = read(kind, value)
    assert (found, type(found)) == (expected, type(expected))


def test_a_record_is_written_in_place_of_another() -> None:
    assert Readers({Point: Short}).of(tuple[Point, ...])([[1], [2]]) == (Short(1), Short(2))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (str, 1), (str, None), (bool, 1), (int, True), (int, 1.5), (int, 2**60), (int, "1"), (float, False), (float, "1"),
        (float, float("inf")), (float, float("nan")), (float, 10**400), (bytes, "aa"), (bytes, {}), (bytes, {"base64": "?"}),
        (bytes, {"base64": 1}), (Literal["a"], "b"), (Literal["a"], ["a"]), (tuple[int, ...], {}), (tuple[int, ...], ["a"]),
        (Mapping[str, int], []), (Mapping[str, int], {"a": "b"}), (Mapping[str, Any], None), (str | None, 1),
        (Point | None, {}), (Point, []), (Point, [1, 2, 3]), (Point, {"x": 1}), (Point, "ab"), (Of, [["Other", 1]]),
        (Of, [["All", 1]]), (Of, [[1]]), (Of, [[]]), (Of, [[["Point"], 1]]), (Of, [None]),
    ],
)  # fmt: skip
def test_what_is_no_such_record_is_refused(kind: Any, value: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        read(kind, value)
