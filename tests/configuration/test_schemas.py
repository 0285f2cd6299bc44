"""The schema files: they share what they have in common, lead somewhere, and say what everything is."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.resources import bundled

FILES = sorted(
    path.relative_to(bundled("schemas")).as_posix().removesuffix(".schema.json")
    for path in bundled("schemas").rglob("*.schema.json")
)
NOTES = {"title", "description", "deprecated", "x-evidence", "x-instead", "x-refused"}
LONGEST_COPY = 300

each_file = pytest.mark.parametrize("name", FILES)


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of a document."""
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)


@each_file
def test_its_id_is_its_place(name: str) -> None:
    assert Schema(name).source["$id"] == f"https://atthene-emulator.example/schemas/{name}.schema.json"


@each_file
def test_by_itself_it_refers_to_nothing_outside_and_is_a_schema(name: str) -> None:
    document = Schema(name).document
    Draft202012Validator.check_schema(document)
    assert all(node["$ref"].startswith("#/$defs/") for node in nodes(document) if "$ref" in node)
    assert all("$ref" not in node for node in nodes(Schema(name).inlined))


@each_file
def test_what_stands_beside_a_reference_only_says_what_it_is(name: str) -> None:
    for node in nodes(Schema(name).source):
        if "$ref" in node:
            assert set(node) <= NOTES | {"$ref"}


@each_file
def test_no_definition_of_its_own_has_the_name_of_a_shared_one(name: str) -> None:
    own = Schema(name).source.get("$defs", {})
    assert not own.keys() & {one.rpartition("/")[2] for one in FILES if one.startswith("definitions/")}


def test_no_definition_stands_twice() -> None:
    copies = Counter(
        text
        for name in FILES
        for node in nodes(Schema(name).source)
        if "properties" in node and len(text := without_notes(node)) > LONGEST_COPY
    )
    assert [text for text, count in copies.items() if count > 1] == []


def without_notes(node: dict[str, Any]) -> str:
    """A schema as text, but for what it says about itself."""
    return json.dumps({key: value for key, value in node.items() if key not in NOTES}, sort_keys=True)


def test_every_fact_of_the_configuration_names_a_page_with_its_generation_or_a_decision() -> None:
    written = [node["x-evidence"] for node in nodes(Schema("configuration").source) if "x-evidence" in node]
    assert [one for one in written if not re.fullmatch(r"documented: [\w/-]+@G[0-4]t?|decided: K\d\d", one)] == []


def test_findings_name_what_a_shared_definition_knows() -> None:
    seed = {
        "accounts": [{"id": "a"}],
        "scripts": [{"then": {"replay": "Hi"}}],
        "faults": [{"status": 429, "opration": "*"}],
    }
    assert [finding.message for finding in Schema("seed").check(seed)] == [
        "replay is not known here; did you mean reply?",
        "opration is not known here; did you mean operation?",
    ]


def test_what_a_seed_may_count_can_be_exported_and_imported_again() -> None:
    far = 2**53
    seed = {
        "accounts": [{"id": "a"}],
        "scripts": [{"then": {"usage": {"input_tokens": far, "output_tokens": 0}}}],
        "faults": [{"status": 429, "after": far}],
    }
    assert [finding.message for finding in Schema("seed").check(seed)] == [
        "input_tokens must be at most 9007199254740991, not 9007199254740992.",
        "after must be at most 9007199254740991, not 9007199254740992.",
    ]


@pytest.mark.parametrize("name", ["0", "00", "007", "+1", "12", "-1", "1e3"])
def test_a_name_that_looks_like_a_number_is_one(name: str) -> None:
    variables = {"a": {"type": "str"}, name: {"": {"x": 1}, "type": "str", "description": False}}
    (finding,) = Schema("configuration").check({"name": "A", "agent_type": "llm_agent", "variables": variables})
    assert finding.path == ("variables", name, "description")


def test_names_that_are_the_same_number_are_told_apart_where_one_of_them_has_the_place() -> None:
    variables = {"0": {"type": "str"}, "00": {"type": "str", "description": False}}
    (finding,) = Schema("configuration").check({"name": "A", "agent_type": "llm_agent", "variables": variables})
    assert finding.path == ("variables", "00", "description")


def test_an_empty_name_keeps_its_place() -> None:
    document = {"name": "A", "agent_type": "llm_agent", "variables": {"": {"type": "str", "description": False}}}
    (finding,) = Schema("configuration").check(document)
    assert finding.path == ("variables", "", "description")
