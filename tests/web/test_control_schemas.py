"""Every answer of the control plane is promised by a schema that is whole and says what each part means."""

from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.resources import bundled
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operation import Operation

FOLDER = "control/responses"
NAMES = sorted(
    f"{FOLDER}/{file.name.removesuffix('.schema.json')}" for file in bundled(f"schemas/{FOLDER}").glob("*.json")
)
STREAM = "events.follow"

each_schema = pytest.mark.parametrize("name", NAMES)


ELSEWHERE = (  # what is shown or said elsewhere, too
    "snapshot",
    "responses/messages",
    "definitions/journal-entry",
    "definitions/on-disconnect",
    "definitions/transitions",
    "emulator",
)


def parts(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of a value that a schema describes, by its name; conditions (`if`) describe nothing."""
    for name, part in node.get("properties", {}).items():
        yield name, part
        yield from parts(part)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield key, node[key]
            yield from parts(node[key])


@pytest.mark.parametrize("row", CONTROL, ids=lambda row: row.name)
def test_every_answer_has_a_schema_unless_it_has_no_body_or_never_ends(row: Operation) -> None:
    schema = row.response_schema("current")
    assert (schema is None) == (row.status == 204 or row.name == STREAM)
    if schema is not None:
        assert schema.name in {*NAMES, *ELSEWHERE}


def test_no_schema_is_left_over() -> None:
    named = {schema.name for row in CONTROL if (schema := row.response_schema("current")) is not None}
    assert named == {*NAMES, *ELSEWHERE}


@each_schema
def test_a_schema_is_whole_and_knows_its_name(name: str) -> None:
    schema = Schema(name)
    assert schema.check("no answer at all")
    assert schema.document["$id"] == f"https://atthene-emulator.example/schemas/{name}.schema.json"


@each_schema
def test_every_part_says_what_it_means(name: str) -> None:
    schema = Schema(name).document
    found = [("", schema), *parts(schema)]
    assert [part for part, node in found if not (node.get("title") and node.get("description"))] == []


@each_schema
def test_no_field_can_be_answered_that_its_schema_does_not_have(name: str) -> None:
    schema = Schema(name).document
    found = [("", schema), *parts(schema)]
    open_ones = [part for part, node in found if "properties" in node and node["additionalProperties"] is not False]
    of_the_user = (
        f"{FOLDER}/openapi",
        f"{FOLDER}/asyncapi",
        f"{FOLDER}/provider-state",
    )  # the latter has the values of a seed
    assert open_ones == ([""] if name in of_the_user else [])
