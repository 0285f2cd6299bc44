"""Hostile documents: each is refused, or answered with at most a hundred findings."""

import json
from collections.abc import Iterator
from contextlib import suppress
from time import thread_time
from typing import Any

import pytest

from atthene_emulator.configuration.accepted import Acceptance, examine, read
from atthene_emulator.configuration.catalogue import CATALOGUE
from atthene_emulator.configuration.document import Media, Unreadable
from atthene_emulator.configuration.draft import Draft
from atthene_emulator.configuration.findings import Finding, codes, errors
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.rules import HINTS
from atthene_emulator.configuration.system import read_system
from atthene_emulator.configuration.validation import validate
from tests.configuration.documents import FLAT, Found, agent, edge, findings, system
from tests.configuration.test_cases import CASES

MEBIBYTE = 1024 * 1024


def found_in(text: str, media: Media) -> tuple[Finding, ...]:
    """The findings of a text that fits into a request."""
    data = text.encode()
    assert len(data) <= MEBIBYTE
    return examine(data, media, Language())


def bomb(width: int, height: int) -> str:
    """Aliases that multiply."""
    lines = ["a0: &a0 [" + ",".join("x" * width) + "]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * width)}]" for n in range(1, height)]
    return "\n".join(lines)


REFUSED: dict[str, tuple[str, Media, str]] = {
    "deep lists in json": ("[" * 500_000 + "]" * 500_000, "json", "Y108"),
    "deep lists in yaml": ("[" * 500_000 + "]" * 500_000, "yaml", "Y108"),
    "deep objects": ('{"a":' * 100_000 + "1" + "}" * 100_000, "json", "Y108"),
    "deep flow mappings": ("{a: " * 100_000 + "1" + "}" * 100_000, "yaml", "Y108"),
    "deep blocks": ("\n".join(" " * n + "a:" for n in range(1000)), "yaml", "Y108"),
    "deep dashes": ("- " * 100_000 + "a", "yaml", "Y108"),
    "deep and open": ("[" * MEBIBYTE, "yaml", "Y108"),
    "many values in json": ("[" + "1," * 500_000 + "1]", "json", "Y109"),
    "many values in yaml": ("[" + "1," * 100_000 + "1]", "yaml", "Y109"),
    "many keys": ("{" + ",".join(f'"k{n}":1' for n in range(60_000)) + "}", "json", "Y109"),
    "many empty lists": ("[" + "[]," * 300_000 + "[]]", "json", "Y109"),
    "narrow bomb": (bomb(2, 64), "yaml", "Y109"),
    "wide bomb": (bomb(100, 10), "yaml", "Y109"),
    "bomb of text": ("a: &a " + "x" * 500_000 + "\nb: [*a, *a, *a]\n", "yaml", "Y109"),
    "list in itself": ("a: &a [*a]\n", "yaml", "Y103"),
    "mapping in itself": ("a: &a {b: *a}\n", "yaml", "Y103"),
    "two in each other": ("a: &a [*b]\nb: &b [*a]\n", "yaml", "Y103"),
    "merge of itself": ("a: &a {<<: *a}\n", "yaml", "Y103"),
    "one open quote": ('"' + "a" * (MEBIBYTE - 1), "json", "Y103"),
    "one open quote in yaml": ("a: '" + "b" * (MEBIBYTE - 4), "yaml", "Y103"),
    "thousands of keys twice": ("{" + ",".join('"a":1' for _ in range(100_000)) + "}", "json", "Y104"),
    "thousands of digits": ("[" + "9" * (MEBIBYTE - 2) + "]", "json", "Y106"),
    "thousands of digits in yaml": ("a: " + "9" * (MEBIBYTE - 3), "yaml", "Y106"),
    "many halves of characters": ('["' + "\\ud800" * 150_000 + '"]', "json", "Y107"),
    "nothing but blanks": (" " * MEBIBYTE, "json", "Y102"),
    "nothing but comments": ("# a\n" * (MEBIBYTE // 4), "yaml", "Y102"),
    "many documents": ("---\na\n" * 100_000, "yaml", "Y103"),
    "nothing but commas": ("[" + "," * (MEBIBYTE - 2) + "]", "json", "Y103"),
}


@pytest.mark.parametrize(("text", "media", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_made_to_exhaust_is_refused_with_one_finding(text: str, media: Media, code: str) -> None:
    (finding,) = found_in(text, media)
    assert (finding.code, finding.severity) == (code, "error")
    assert len(finding.message) < 500


def names(count: int, length: int = 30) -> list[str]:
    """Names that are nearly alike."""
    return [f"{'n' * length}_{number}" for number in range(count)]


def prompted(text: str, **more: Any) -> dict[str, Any]:
    """A flat document with this prompt."""
    return {**FLAT, "prompt_config": {"system_prompt": text}, **more}


UNKNOWN_KEYS = {f"{key}_{number}": number for number in range(10_000) for key in ("name", "agents")}
MANY: dict[str, tuple[dict[str, Any], str]] = {
    "unknown keys": ({**FLAT, **UNKNOWN_KEYS}, "F112"),
    "unknown keys that begin alike": ({**FLAT, **dict.fromkeys(names(20_000), 1)}, "F112"),
    "unknown keys in each agent": (
        system(
            [agent(f"a{n}", **dict.fromkeys(names(100), 1)) for n in range(50)],
            [edge(f"a{n}", f"a{n + 1}") for n in range(49)],
        ),
        "F112",
    ),
    "edges to nowhere": (system([agent(name) for name in names(50)], [edge("x" * 30, "y" * 30)] * 100), "G104"),
    "edges to names nearly right": (
        system([agent(name) for name in names(50)], [edge(f"{'n' * 30}_{n}_", f"{'n' * 30}_{n}-") for n in range(100)]),
        "G104",
    ),
    "agents with one name": (system([agent("a")] * 50, []), "F115"),
    "agents with no name at all": (system([agent("a"), *[{}] * 49], []), "F101"),
    "agents of no kind": (system([agent(f"a{n}", kind=f"kind_{n}") for n in range(50)], []), "F103"),
    "templates of unknown variables": (
        prompted("{{ variables.x }}" * 20_000, variables={name: {"type": "str"} for name in names(5000)}),
        "V110",
    ),
    "agents that nothing reaches": (system([agent(name) for name in names(50)], []), "G107"),
    "openings of templates": (prompted("{{" * 200_000), "V113"),
    "openings and ends of templates": (prompted("{{}}" * 200_000), "V114"),
    "openings and blanks": (prompted("{{ " * 200_000), "V113"),
    "a long dotted name": (prompted("{{ a" + ".a" * 300_000 + " }}"), "V114"),
    "a long name without an end": (prompted("{{ " + "a" * 900_000 + "! }}"), "V114"),
    "wrong types": ({**FLAT, "variables": {f"v{n}": {"type": "x" * 400} for n in range(2000)}}, "T101"),
    "long unions": ({**FLAT, "variables": {f"v{n}": {"type": "str | " * 80 + "x"} for n in range(1500)}}, "T101"),
    "deep types": ({**FLAT, "variables": {f"v{n}": {"type": "list[" * 90} for n in range(1500)}}, "T101"),
    "variables without types": ({**FLAT, "variables": {name: {} for name in names(10_000)}}, "F101"),
    "outputs that are named twice": (
        system(
            [agent("a")],
            [{"from": "a", "condition": "?", "condition_type": "literal", "possible_outputs": ["a"] * 40_000}],
        ),
        "G113",
    ),
    "supervised agents that are not there": (
        system([agent("a", "supervisor", supervised_agents=names(20_000))], [], architecture="supervisor"),
        "S102",
    ),
    "tools that nobody knows": ({**FLAT, "agent_type": "react_agent", "tools": names(20_000)}, "F121"),
    "knowledge bases with one name": (
        {**FLAT, "knowledge_bases": [{"name": "a", "knowledge_base_type": "milvus", "id": "b"}] * 10_000},
        "B101",
    ),
    "memory modules with one name": (
        {**FLAT, "memory_config": {"modules": [{"name": "a", "scope": "user"}] * 10_000}},
        "F125",
    ),
    "assignments to nowhere": ({**FLAT, "variable_assignments": dict.fromkeys(names(20_000), "output.x")}, "V105"),
    "many unknown models": (
        system([agent(f"a{n}", llm_config={"model": f"gpt-4{n}"}) for n in range(50)], []),
        "M101",
    ),
}


@pytest.mark.parametrize(("document", "code"), MANY.values(), ids=MANY.keys())
def test_thousands_of_mistakes_are_at_most_a_hundred_findings(document: dict[str, Any], code: str) -> None:
    assert len(json.dumps(document)) <= MEBIBYTE
    found = findings(document)
    assert code in codes(found)
    assert 1 <= len(found) <= 100
    assert [one.severity for one in found] == sorted(one.severity for one in found)


HIDDEN: dict[str, tuple[dict[str, Any], Found]] = {
    "an assignment after paths to nothing": (
        {
            **FLAT,
            "variables": {f"v{n}": {"type": "str"} for n in range(101)},
            "structured_output": {"schema": {"good": {"type": "bool"}}},
            "variable_assignments": {**{f"v{n}": f"main.output.god{n}" for n in range(101)}, "w": "main.output.good"},
        },
        Found("V105", "variable_assignments.w"),
    ),
    "a constant after paths to nothing in many fields": (
        {
            **FLAT,
            "variables": {**{f"v{n}": {"type": "str"} for n in range(3000)}, "w": {"type": "int"}},
            "structured_output": {"schema": {name: {"type": "str"} for name in names(3000)}},
            "variable_assignments": {**{f"v{n}": f"main.output.{'n' * 30}_{n}_" for n in range(3000)}, "w": "many"},
        },
        Found("V108", "variable_assignments.w"),
    ),
    "a variable after names of no use": (
        {
            **FLAT,
            "variables": {**{f"v {n}": {"type": "str"} for n in range(101)}, "w": {"type": "int", "default": "a"}},
        },
        Found("V102", "variables.w.default"),
    ),
    "a tool after unknown ones": (
        system([agent("a")], [edge("a", "END")], tools=[*[{"name": f"a{n}"} for n in range(101)], {"enabled": True}]),
        Found("F101", "tools.101.name"),
    ),
    "a knowledge base after some without an id": (
        {
            **FLAT,
            "knowledge_bases": [{"name": f"b{n}", "knowledge_base_type": "milvus"} for n in (*range(101), 0)],
        },
        Found("B101", "knowledge_bases.101.name"),
    ),
}


@pytest.mark.parametrize(("document", "error"), HIDDEN.values(), ids=HIDDEN.keys())
def test_an_error_is_found_behind_more_warnings_than_are_shown(document: dict[str, Any], error: Found) -> None:
    found = findings(document)
    assert len(found) == 100
    assert [Found(one.code, one.field, one.severity) for one in errors(found)] == [error]


def test_an_unknown_key_is_found_behind_older_keys_where_it_is_an_error() -> None:
    base = {"knowledge_base_type": "milvus", "knowledge_base_id": "kb"}
    document = {**FLAT, "knowledge_bases": [{"name": f"b{n}", **base} for n in range(101)], "quux": 1}
    assert [one.field for one in errors(findings(document, strict=True))] == ["quux"]


@pytest.mark.parametrize("document", [entry.example for entry in CATALOGUE.values() if entry.media == "yaml"])
def test_hints_only_warn(document: str) -> None:
    with suppress(Unreadable):
        value = read(document.encode(errors="surrogateescape"), "yaml").value
        found = [one for hint in HINTS for one in hint(Draft(value), Language())] if isinstance(value, dict) else []
        assert {CATALOGUE[one.code].severity for one in found} <= {"warning"}


class TestLongTexts:
    @pytest.mark.parametrize("media", ["json", "yaml"])
    def test_a_mebibyte_in_one_line_is_read(self, media: Media) -> None:
        text = json.dumps(prompted("x" * (MEBIBYTE - 100)))
        assert found_in(text, media) == ()

    def test_the_place_at_the_end_of_a_long_line_is_right(self) -> None:
        text = json.dumps(prompted("x" * 900_000, recursion_limit=4))
        (one,) = found_in(text, "json")
        assert one.mark == (1, len(text) - 1)

    @pytest.mark.parametrize(
        "document",
        [
            {**FLAT, "agent_type": "x" * 900_000},
            {**FLAT, "llm_config": {"model": "x" * 900_000}},
            {**FLAT, "tools": ["x" * 900_000]},
            {**FLAT, "variables": {"a": {"type": "x" * 900_000}}},
            prompted("{{" + "x" * 900_000),
            {**FLAT, "x" * 900_000: 1},
            system([agent("x" * 300_000 + " ")], [edge("y" * 300_000, "END")]),
            {**FLAT, "variables": {"x" * 900_000 + " ": {"type": "str"}}},
            {**FLAT, "variables": {"a": {"type": "int"}}, "variable_assignments": {"a": "output." + "x" * 900_000}},
            {**FLAT, "persistent_state": False, "tools": [{"name": "x" * 900_000, "tool_type": "mail_send_email"}]},
        ],
        ids=["choice", "model", "tool", "type", "template", "key", "agent", "variable", "constant", "gate"],
    )
    def test_a_message_about_a_long_text_is_short(self, document: dict[str, Any]) -> None:
        found = findings(document)
        assert found != ()
        assert [one.code for one in found if len(one.message) > 1000] == []
        assert [one.code for one in found if len(one.note) > 1000] == []


class TestDepthOfAliases:
    def test_every_document_that_is_accepted_can_be_written_and_read_again(self) -> None:
        lines = ["name: A", "agent_type: llm_agent", "system_prompt: B", "x0: &a0 " + "[" * 60 + "]" * 60]
        lines += [f"x{n}: &a{n} {'[' * 60}*a{n - 1}{']' * 60}" for n in range(1, 38)]
        text = "\n".join(lines)
        if not errors(found_in(text, "yaml")):
            assert Acceptance().accept_text(text.encode(), "yaml", Language()).value["name"] == "A"

    def test_depth_that_aliases_add_up_inside_a_known_key_is_refused(self) -> None:
        lines = ["x0: &a0 " + "[" * 60 + "]" * 60]
        lines += [f"x{n}: &a{n} {'[' * 60}*a{n - 1}{']' * 60}" for n in range(1, 38)]
        lines += [
            "name: A",
            "agent_type: llm_agent",
            "prompt_config: {system_prompt: B, few_shot_examples: [{a: *a37}]}",
        ]
        assert [one.code for one in errors(found_in("\n".join(lines), "yaml"))] == ["Y108"]


def test_the_largest_system_is_accepted() -> None:
    agents = [agent(name, tools=[], knowledge_bases=[]) for name in names(50)]
    pairs = [(one, other) for one in names(50) for other in names(50)][:99]
    edges = [edge(one, other) for one, other in pairs]
    document = system(agents, [*edges, edge(names(50)[0], "END")])
    assert errors(findings(document)) == ()


ANYTHING = ([], [[1]], {"a": [1]}, None, -1.5, True, "{{")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a document, but of itself."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield (*path, step)
        yield from places(item, (*path, step))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_anything_put_anywhere_gives_findings_or_a_system(case: dict[str, Any]) -> None:
    with suppress(Unreadable):
        text = json.dumps(read(case["document"].encode(), case.get("media", "yaml")).value)
        for path in places(json.loads(text)):
            for anything in ANYTHING:
                document = json.loads(text)
                holder = document
                for step in path[:-1]:
                    holder = holder[step]
                holder[path[-1]] = anything
                if not errors(validate(document, Language())):
                    assert read_system(document).agents


@pytest.mark.parametrize(
    "text", ['[1e999x,"' + '\\"' * 200_000, '{"a":1,"a":2,"b":"' + '\\"' * 200_000, '[1,"' + "\\" * 400_001]
)
def test_the_place_of_a_mistake_is_found_in_linear_time(text: str) -> None:
    began = thread_time()
    assert found_in(text, "json")
    assert thread_time() - began < 1
