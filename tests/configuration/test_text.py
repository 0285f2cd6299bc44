"""Reading JSON and YAML: what each text means, what is refused, and where everything stands."""

import json
from time import thread_time
from typing import Any

import pytest

from atthene_emulator.configuration.accepted import Acceptance, examine, read
from atthene_emulator.configuration.document import Mark, Media, Path, Unreadable
from atthene_emulator.configuration.findings import errors
from atthene_emulator.configuration.hashing import canonical, digest
from atthene_emulator.configuration.json_text import read_json
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.yaml_text import read_yaml

HEAD = "name: A\nagent_type: llm_agent\nprompt_config: {system_prompt: B}\n"


def refusal(data: str | bytes, media: Media) -> Unreadable:
    """How a text is refused."""
    with pytest.raises(Unreadable) as caught:
        read(data.encode() if isinstance(data, str) else data, media)
    return caught.value


def yaml_value(text: str) -> Any:
    return read_yaml(text.encode()).value


def json_value(text: str) -> Any:
    return read_json(text.encode()).value


def marks(text: str, media: Media) -> list[tuple[str, str, tuple[int, int]]]:
    """Code, field, line and column of each finding."""
    found = []
    for finding in examine(text.encode(), media, Language()):
        assert finding.mark is not None
        found.append((finding.code, finding.field, (finding.mark.line, finding.mark.column)))
    return found


YAML_PLACES = """\
# a comment
name: Support
description: Answers
recursion_limit: 100
agents:
  - name: writer
    agent_type: llm_agent
    system_prompt: >
      Write
      well.
    llm_config:
      model: gpt-5
      "temprature": 0.7
  - {name: checker, agent_type: llm_agnt}
edges:
  - from: writer
    condition: Good?
    condition_type: boolean
    routing:
      yes: END
  - {from: checker, to: END}
entry_point:
  writer
"""
JSON_PLACES = """\
{
  "name": "Support",
  "description": "An, {escaped} \\"text\\": [",
  "recursion_limit": 100,
  "agents": [
    {"name": "writer", "agent_type": "llm_agent", "system_prompt": "x",
     "llm_config": {"model": "gpt-5",
        "temprature": 0.7}},
    { "name": "checker", "agent_type": "llm_agnt" }
  ],
  "edges": [
    {"from": "writer", "condition": "Good?", "condition_type": "boolean",
     "routing": {"yes": "END"}},
    {"from": "checker", "to": "END"}
  ],
  "entry_point":
    "writer"
}
"""


class TestPlaces:
    def test_findings_of_yaml_stand_at_values_keys_and_holders(self) -> None:
        errors = [one for one in marks(YAML_PLACES, "yaml") if one[0] != "G107"]
        assert errors == [
            ("F104", "recursion_limit", (4, 18)),
            ("M101", "agents.0.llm_config.model", (12, 14)),
            ("F103", "agents.1.agent_type", (14, 33)),
            ("F101", "edges.0.routing.no", (19, 5)),
            ("F118", "agents.0.system_prompt", (8, 5)),
            ("F112", "agents.0.llm_config.temprature", (13, 7)),
            ("G115", "edges.0.routing.yes", (20, 7)),
        ]

    def test_findings_of_json_stand_at_values_keys_and_holders(self) -> None:
        errors = [one for one in marks(JSON_PLACES, "json") if one[0] != "G107"]
        assert errors == [
            ("F104", "recursion_limit", (4, 22)),
            ("M101", "agents.0.llm_config.model", (7, 30)),
            ("F103", "agents.1.agent_type", (9, 40)),
            ("F101", "edges.0.routing.no", (13, 6)),
            ("F118", "agents.0.system_prompt", (6, 51)),
            ("F112", "agents.0.llm_config.temprature", (8, 9)),
        ]

    def test_a_value_stands_where_it_begins_and_its_key_too(self) -> None:
        document = read_yaml(YAML_PLACES.encode())
        paths: list[Path] = [
            (),
            ("name",),
            ("agents", 0, "system_prompt"),
            ("agents", 1),
            ("edges", 0, "routing", "yes"),
        ]
        places = document.locate([*paths, ("nothing",), ("agents", 9)])
        assert {path: (place.value, place.key) for path, place in places.items()} == {
            (): (Mark(2, 1), None),
            ("name",): (Mark(2, 7), Mark(2, 1)),
            ("agents", 0, "system_prompt"): (Mark(8, 20), Mark(8, 5)),
            ("agents", 1): (Mark(14, 5), None),
            ("edges", 0, "routing", "yes"): (Mark(20, 12), Mark(20, 7)),
        }

    def test_places_of_json_are_those_of_its_tokens(self) -> None:
        document = read_json(JSON_PLACES.encode())
        paths: list[Path] = [
            (),
            ("description",),
            ("agents", 0, "llm_config"),
            ("agents", 1),
            ("edges", 1, "to"),
            ("entry_point",),
        ]
        places = document.locate([*paths, ("nothing",), ("agents", 9), ("name", "deeper")])
        assert {path: (place.value, place.key) for path, place in places.items() if path != ("name",)} == {
            (): (Mark(1, 1), None),
            ("description",): (Mark(3, 18), Mark(3, 3)),
            ("agents",): (Mark(5, 13), Mark(5, 3)),
            ("agents", 0): (Mark(6, 5), None),
            ("agents", 0, "llm_config"): (Mark(7, 20), Mark(7, 6)),
            ("agents", 1): (Mark(9, 5), None),
            ("edges",): (Mark(11, 12), Mark(11, 3)),
            ("edges", 1): (Mark(14, 5), None),
            ("edges", 1, "to"): (Mark(14, 31), Mark(14, 25)),
            ("entry_point",): (Mark(17, 5), Mark(16, 3)),
        }

    def test_what_is_missing_at_the_top_stands_at_the_beginning(self) -> None:
        assert marks("agent_type: llm_agent\nprompt_config: {system_prompt: A}\n", "yaml") == [("F101", "name", (1, 1))]
        assert marks('\n {"agent_type": "llm_agent", "prompt_config": {"system_prompt": "A"}}', "json") == [
            ("F101", "name", (2, 2))
        ]

    def test_what_is_missing_stands_at_the_key_that_should_hold_it(self) -> None:
        text = HEAD + "variables:\n  age:\n    default: 1\n"
        assert marks(text, "yaml") == [("F101", "variables.age.type", (5, 3))]

    def test_what_is_missing_in_a_list_stands_at_its_entry(self) -> None:
        text = HEAD + "knowledge_bases:\n  - knowledge_base_type: milvus\n    id: kb_1\n"
        assert marks(text, "yaml") == [("F101", "knowledge_bases.0.name", (5, 5))]

    @pytest.mark.parametrize(
        ("text", "media"),
        [
            ('name: "😀é"\n"x😀": {agent_type: 1}\nagent_type: llm_agnt\n', "yaml"),
            ('{"name": "😀é",\n"x😀": {"a": 1},\n            "agent_type": "llm_agnt"}', "json"),
        ],
        ids=["yaml", "json"],
    )
    def test_columns_count_characters(self, text: str, media: Media) -> None:
        wide = {"yaml": '{name: "😀é", agent_type: llm_agnt}', "json": '{"name": "😀é", "agent_type": "llm_agnt"}'}
        assert marks(wide[media], media) == [("F103", "agent_type", (1, 26 if media == "yaml" else 30))]
        assert marks(text, media)[0] == ("F103", "agent_type", (3, 13 if media == "yaml" else 27))

    @pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
    @pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
    def test_line_ends_and_byte_order_marks_do_not_move_places(self, newline: str, bom: str) -> None:
        yaml = bom + HEAD.replace("llm_agent", "llm_agnt").replace("\n", newline)
        assert marks(yaml, "yaml") == [("F103", "agent_type", (2, 13))]
        first = bom + '{"nme": "A",\n "agent_type": "llm_agent", "prompt_config": {"system_prompt": "B"}}'.replace(
            "\n", newline
        )
        assert marks(first, "json") == [("F101", "name", (1, 1))]
        second = bom + '{"name": "A",\n "agent_type": "llm_agnt"}'.replace("\n", newline)
        assert marks(second, "json") == [("F103", "agent_type", (2, 16))]

    def test_a_repeated_value_stands_at_its_alias(self) -> None:
        text = (
            "name: A\nagent_type: react_agent\nprompt_config: {system_prompt: B, few_shot_examples: [{a: &one {temperature: 3}}]}\n"
            "streaming_config: *one\nllm_config: *one\n"
        )
        codes = [(code, mark) for code, _, mark in marks(text, "yaml")]
        assert codes == [("F130", (3, 55)), ("F104", (5, 1)), ("F112", (3, 56)), ("F112", (4, 1))]


class TestSwallowed:
    """What an author sees as a value, and YAML does not."""

    @pytest.mark.parametrize(
        ("value", "note"),
        [
            ("#1 rule", "what begins with # is a comment; quote it to mean the text"),
            ("&friendly", "what begins with & is an anchor; quote it to mean the text"),
            ("# later", ""),
            ("", ""),
            ("~", ""),
            ("&a {b: 1}", ""),
        ],
    )
    def test_it_is_said_why_there_is_none(self, value: str, note: str) -> None:
        (wrong,) = errors(examine(f"{HEAD}description: {value}\n".encode(), "yaml", Language()))
        assert (wrong.code, wrong.field, wrong.note) == ("F102", "description", note)


SCALARS: dict[str, Any] = {
    # Booleans as values, as loaders of YAML 1.1 have them (K25)
    "yes": True, "Yes": True, "YES": True, "on": True, "On": True, "true": True, "True": True, "TRUE": True,
    "no": False, "No": False, "NO": False, "off": False, "OFF": False, "false": False, "False": False,
    "y": "y", "n": "n", "Y": "Y", "yES": "yES", '"yes"': "yes", "'no'": "no",
    # Null
    "": None, "~": None, "null": None, "Null": None, "NULL": None, '""': "", "none": "none", "nil": "nil",
    # Numbers as YAML 1.2 has them
    "0": 0, "-0": 0, "12": 12, "+12": 12, "-12": -12, "012": 12, "0o17": 15, "0xfF": 255, "1_000": "1_000",
    "1:30": "1:30", "0b11": "0b11", "9223372036854775807": 2**63 - 1, "-9223372036854775808": -(2**63),
    "18446744073709551615": 2**64 - 1,
    "1.0": 1.0, "1.": 1.0, ".5": 0.5, "-.5": -0.5, "+1.5": 1.5, "1e3": 1000.0, "1E-2": 0.01, "1.5e+3": 1500.0,
    "1e400x": "1e400x", ".": ".", "-": [None], "1.2.3": "1.2.3", "1e": "1e", "e5": "e5", '"1"': "1", "'1.5'": "1.5",
    # Text
    "2025-01-15": "2025-01-15", "12:00:00": "12:00:00", "a b": "a b", "a#b": "a#b", "a #b": "a", "<<": "<<", "=": "=",
    "inf": "inf", "nan": "nan", "|-\n  a\n  b": "a\nb", ">-\n  a\n  b": "a b",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=[repr(text) for text in SCALARS])
def test_a_scalar_of_yaml_means(text: str, value: Any) -> None:
    result = yaml_value(f"key: {text}\n" if text != "-" else "key:\n  -\n")["key"]
    assert result == value
    assert type(result) is type(value)


KEYS = ("yes", "no", "on", "off", "true", "null", "~", "1", "1.5", "0x10", "2025-01-15", ".inf")


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_yaml_is_its_text(key: str) -> None:
    assert yaml_value(f"{key}: a\n") == {key: "a"}


def test_yes_and_no_of_a_routing_need_no_quotes_but_it_is_seen_whether_they_have_them() -> None:
    quoted = "routing:\n  'yes': a\n  \"no\": b\n"
    assert yaml_value("routing:\n  yes: a\n  no: b\n") == yaml_value(quoted) == {"routing": {"yes": "a", "no": "b"}}
    assert read_yaml(b"routing:\n  yes: a\n  'no': b\n").unquoted == {("routing", "yes")}


class TestMergeKeys:
    def test_what_a_mapping_says_itself_wins_before_and_after(self) -> None:
        text = "base: &base {a: 1, b: 2}\none: {<<: *base, b: 3}\ntwo: {b: 3, <<: *base}\n"
        value = yaml_value(text)
        assert value["one"] == value["two"] == {"a": 1, "b": 3}

    def test_the_earlier_of_several_wins(self) -> None:
        text = "x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y]}\n"
        assert yaml_value(text)["z"] == {"a": 1, "b": 2}

    def test_the_merged_mapping_stays_as_it_is(self) -> None:
        text = "x: &x {a: 1}\ny: {<<: *x, b: 2}\nz: *x\n"
        assert yaml_value(text) == {"x": {"a": 1}, "y": {"a": 1, "b": 2}, "z": {"a": 1}}

    def test_agents_may_share_settings(self) -> None:
        text = (
            "name: A\ndescription: B\nentry_point: a\nagents:\n"
            "  - &a {name: a, agent_type: llm_agent, prompt_config: {system_prompt: C}, llm_config: {temperature: 0.5}}\n"
            "  - {<<: *a, name: b}\n"
            "edges: [{from: a, to: b}, {from: b, to: END}]\n"
        )
        assert marks(text, "yaml") == []

    @pytest.mark.parametrize("value", ["5", "text", "[1]", "[{a: 1}, 5]", "null"])
    def test_anything_else_than_mappings_is_refused(self, value: str) -> None:
        error = refusal(f"a: 1\n<<: {value}\n", "yaml")
        assert (error.code, error.mark, error.message) == ("Y103", (2, 5), "<< takes a mapping or a list of mappings.")

    def test_a_mistake_in_what_is_merged_stands_at_what_merges(self) -> None:
        text = "x: &x {temperature: 3}\n" + HEAD + "llm_config: {<<: *x}\n"
        assert ("F104", "llm_config.temperature", (5, 1)) in marks(text, "yaml")


class TestAliases:
    def test_a_value_may_be_repeated(self) -> None:
        assert yaml_value("a: &x [1, {b: 2}]\nc: *x\nd: *x\n") == {
            "a": [1, {"b": 2}],
            "c": [1, {"b": 2}],
            "d": [1, {"b": 2}],
        }

    def test_an_anchor_may_be_set_anew(self) -> None:
        assert yaml_value("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}

    def test_a_key_may_have_an_anchor(self) -> None:
        assert yaml_value("&k name: A\nagent: *k\n") == {"name": "A", "agent": "name"}

    @pytest.mark.parametrize(
        ("text", "mark"),
        [
            ("a: *x\n", (1, 4)),
            ("a: *x\nb: &x 1\n", (1, 4)),
            ("a: &x [*x]\n", (1, 8)),
            ("a: &x {b: *x}\n", (1, 11)),
            ("a: &x\n  b:\n    c: [1, *x]\n", (3, 12)),
        ],
        ids=["unknown", "later", "list in itself", "mapping in itself", "deep in itself"],
    )
    def test_an_alias_of_nothing_complete_is_refused(self, text: str, mark: tuple[int, int]) -> None:
        error = refusal(text, "yaml")
        assert (error.code, error.mark) == ("Y103", mark)
        assert error.message.startswith("The alias *x names no anchor that is complete above it; ")

    @pytest.mark.parametrize("width", [10, 100])
    def test_values_that_multiply_are_refused(self, width: int) -> None:
        lines = [f"a0: &a0 [{', '.join(['x'] * width)}]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, 10)]
        error = refusal("\n".join(lines), "yaml")
        assert error.code == "Y109"
        assert error.mark is not None
        assert error.mark.line <= 5

    def test_long_texts_that_multiply_are_refused(self) -> None:
        text = f"a: &a {'x' * 10_000}\nb: [{', '.join(['*a'] * 1000)}]\n"
        assert refusal(text, "yaml").code == "Y109"

    def test_keys_that_multiply_by_merging_are_refused(self) -> None:
        lines = ["a0: &a0 {" + ", ".join(f"k{n}: x" for n in range(100)) + "}"]
        lines += [f"b{n}: {{<<: *a0}}" for n in range(1000)]
        assert refusal("\n".join(lines), "yaml").code == "Y109"

    def test_a_depth_that_aliases_add_up_to_is_refused(self) -> None:
        lines = ["a0: &a0 " + "[" * 40 + "]" * 40]
        lines += [f"a{n}: &a{n} " + "[" * 40 + f"*a{n - 1}" + "]" * 40 for n in range(1, 30)]
        assert refusal("\n".join(lines), "yaml").code == "Y108"

    def test_a_document_that_aliases_make_deep_can_be_examined_and_accepted_or_refused(self) -> None:
        lines = [HEAD + "x0: &a0 " + "[" * 60 + "]" * 60]
        lines += [f"x{n}: &a{n} " + "[" * 60 + f"*a{n - 1}" + "]" * 60 for n in range(1, 38)]
        with pytest.raises(Unreadable) as caught:
            Acceptance().accept_text("\n".join(lines).encode(), "yaml", Language())
        assert caught.value.code == "Y108"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("a: !!python/object/apply:os.system [ls]\n", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !!str 5\n", "tag:yaml.org,2002:str"),
        ("a: !mine {b: 1}\n", "!mine"),
        ("a: !!set {b}\n", "tag:yaml.org,2002:set"),
    ],
    ids=["python", "str", "own", "set"],
)
def test_a_tag_is_refused(text: str, tag: str) -> None:
    error = refusal(text, "yaml")
    assert (error.code, error.mark, error.path) == ("Y105", (1, 4), ("a",))
    assert error.message == f"The tag {tag} is not allowed; write the plain value."


@pytest.mark.parametrize(
    "text", ["%TAG !a! b\n---\na: 1\n", "%YAML 1.1\n%TAG ! b\n---\na: 1\n", "a: 1\n...\r%TAG ! b\n"]
)
def test_a_tag_that_is_declared_is_refused(text: str) -> None:
    error = refusal(text, "yaml")
    assert (error.code, error.mark) == ("Y105", (text[: text.index("%TAG")].count("\n") + 1, 1))


def test_many_tags_that_are_declared_are_refused_at_once() -> None:
    text = "".join(f"%TAG !a{number}! b\n" for number in range(100_000))
    began = thread_time()
    assert refusal(f"{text}---\na: 1\n", "yaml").code == "Y105"
    assert thread_time() - began < 1


@pytest.mark.parametrize(
    "text",
    [
        "api_key: !secret s3cret-0\n",
        "password: !s3cret-0 a\n",
        "password: @s3cret-0\n",
        "config: {password: @s3cret-0}\n",
        "password: *s3cret-0\n",
        "password: 's3cret-0's\n",
        "tokens: [!s3cret-0 a]\n",
        "password: 31337313373133731337313373\n",
        "password: 31337e31337\n",
    ],
)
def test_a_secret_that_is_no_yaml_is_not_repeated(text: str) -> None:
    message = refusal(text, "yaml").message
    assert "s3cret" not in message
    assert "31337" not in message


def test_a_text_like_a_tag_gets_quotes() -> None:
    error = refusal("a: !important b\n", "yaml")
    assert error.code == "Y105"
    assert error.message == (
        'The tag !important is not allowed; write the plain value; to mean the text, write a: "!important b".'
    )


def test_a_tag_on_a_key_is_refused() -> None:
    assert refusal("!!str a: 1\n", "yaml").code == "Y105"


class TestDuplicateKeys:
    @pytest.mark.parametrize(
        ("text", "media", "field", "mark", "message"),
        [
            ("a: 1\nb: 2\na: 3\n", "yaml", "a", (3, 1), "The key 'a' stands twice in one mapping, first on line 1, column 1; keep one of them."),
            ("x:\n  - {b: 1, b: 2}\n", "yaml", "x.0.b", (2, 12), "The key 'b' stands twice in one mapping, first on line 2, column 6; keep one of them."),
            ('a: 1\n"a": 2\n', "yaml", "a", (2, 1), "The key 'a' stands twice in one mapping, first on line 1, column 1; keep one of them."),
            ("yes: 1\n'yes': 2\n", "yaml", "yes", (2, 1), "The key 'yes' stands twice in one mapping, first on line 1, column 1; keep one of them."),
            ('{"a": 1,\n "a": 2}', "json", "a", (2, 2), "The key 'a' stands twice in one object, first on line 1, column 2; keep one of them."),
            ('{"x": [{}, {"b": {}, "c": [1], "b": 2}]}', "json", "x.1.b", (1, 32), "The key 'b' stands twice in one object, first on line 1, column 13; keep one of them."),
            ('{"a": ":", "\\u0061": 1}', "json", "a", (1, 12), "The key 'a' stands twice in one object, first on line 1, column 2; keep one of them."),
            ('{"": 1, "": 2}', "json", "", (1, 9), "The key '' stands twice in one object, first on line 1, column 2; keep one of them."),
        ],
        ids=["yaml", "yaml in a list", "yaml quoted", "yaml yes", "json", "json in a list", "json escaped", "json empty"],
    )  # fmt: skip
    def test_they_are_refused_with_both_places(
        self, text: str, media: Media, field: str, mark: tuple[int, int], message: str
    ) -> None:
        error = refusal(text, media)
        assert (error.code, error.mark, error.message) == ("Y104", mark, message)
        if media == "yaml":
            assert ".".join(map(str, error.path)) == field

    def test_the_same_key_in_two_mappings_is_fine(self) -> None:
        assert yaml_value("a: {b: 1}\nc: {b: 1}\n") == json_value('{"a": {"b": 1}, "c": {"b": 1}}')


BROKEN_YAML = {
    "tab": ("name: A\n\tagent_type: llm_agent\n", (2, 1), "A tab stands here; YAML is indented with spaces only."),
    "tab before a dash": ("a:\n\t- b\n", (2, 1), "A tab stands here; YAML is indented with spaces only."),
    "colon": ("name: A: B\n", (1, 8), 'A text with a colon and a space in it must stand in quotes; write name: "A: B".'),
    "lines that curl has joined": (
        "name: Mineagent_type: llm_agentprompt_config:  system_prompt: Be nice.", (1, 21),
        "All of it stands in one line: curl -d takes line breaks away; send it with --data-binary.",
    ),
    "indented too far": ("name: A\n  agent_type: B\n", (2, 13), "A colon starts a mapping where none can be; quote the text or check the indentation."),
    "indented too little": ("a:\n    b: 1\n  c: 2\n", (3, 3), "The indentation does not fit the lines above; line it up with its neighbours."),
    "dash out of line": ("a:\n  - b\n - c\n", (3, 2), "The indentation does not fit the lines above; line it up with its neighbours."),
    "key after dashes": ("- a\nb: 1\n", (2, 1), "The indentation does not fit the list above; line the dashes up."),
    "no colon": ("name: A\nagent_type\nx: 1\n", (2, 1), "This line has no colon; write `key: value`, or indent it if it belongs to the text above."),
    "no colon between two words": ("name: A\ndescription d\nx: 1\n", (2, 1), "This line has no colon; write `key: value`, or indent it if it belongs to the text above."),
    "text that is not indented": ("a:\n  b: >\n  hi\n", (3, 3), "This line has no colon; write `key: value`, or indent it if it belongs to the text above."),
    "no space after the colon": ("name:A\nx: 1\n", (1, 1), "A space is missing after the colon; write name: A."),
    "no space further down": ("name: A\ndescription:d\nx: 1\n", (2, 1), "A space is missing after the colon; write description: d."),
    "no space at the end": ("name: A\nagent_type:b\n", (2, 1), "A space is missing after the colon; write agent_type: b."),
    "no space deeper": ("a:\n  b:c\n  d: e\n", (2, 3), "A space is missing after the colon; write b: c."),
    "no space in a list": ("a:\n  - b:c\n    d: e\n", (2, 5), "A space is missing after the colon; write b: c."),
    "no space in a long line": (f"a:{'b' * 200}\nc: d\n", (1, 1), "A space is missing after the colon; write a: …."),
    "open quote": ('name: "A\nagent_type: B\n', (1, 7), "The quote that opens here is never closed; close it."),
    "open bracket": ("a: [1, 2\n", (2, 1), "A list in [ ] or a mapping in { } ends without its bracket, or lacks a comma here."),
    "second document": ("a: 1\n---\nb: 2\n", (2, 1), "A second document starts here; send one document."),
    "list as key": ("? [a]\n: b\n", (1, 3), "A key must be text, not a list or a mapping."),
    "mapping as key": ("{a: 1}: b\n", (1, 1), "A key must be text, not a list or a mapping."),
    "alias as key": ("a: &x b\n*x : c\n", (2, 1), "A key must be text, not an alias."),
    "at sign": ("name: @support\n", (1, 7), 'A text that begins with @ must stand in quotes; write name: "@support".'),
    "at sign of a key": ("@name: A\n", (1, 1), 'A text that begins with @ must stand in quotes; write "@name".'),
    "at sign of a key in braces": ("a: {@b: c}\n", (1, 5), 'A text that begins with @ must stand in quotes; write "@b".'),
    "at sign before a tab": ("name: @support\t# ours\n", (1, 7), 'A text that begins with @ must stand in quotes; write name: "@support".'),
    "at sign in a list": ("- @support\n", (1, 3), 'A text that begins with @ must stand in quotes; write - "@support".'),
    "at sign in brackets": ("a: [b, @support]\n", (1, 8), 'A text that begins with @ must stand in quotes; write "@support".'),
    "percent": ("name: %s\n", (1, 7), 'A text that begins with % must stand in quotes; write name: "%s".'),
    "backtick": ("name: `A`\n", (1, 7), 'A text that begins with ` must stand in quotes; write name: "`A`".'),
    "template": ("a: {{ user_input }}\n", (1, 5), 'A text that begins with {{ must stand in quotes; write a: "{{ user_input }}".'),
    "template and text": ("a: {{ b }} and {{ c }} # d\n", (1, 5), 'A text that begins with {{ must stand in quotes; write a: "{{ b }} and {{ c }}".'),
    "template and a number": ("a: {{ b }} #1 in c # d\n", (1, 5), 'A text that begins with {{ must stand in quotes; write a: "{{ b }} #1 in c".'),
    "template with quotes": ('a: {{ b }} "c"\n', (1, 5), """A text that begins with {{ must stand in quotes; write a: '{{ b }} "c"'."""),
    "template in brackets": ("a: [{{ b }}]\n", (1, 6), 'A text that begins with {{ must stand in quotes; write "{{ b }}".'),
    "template of a flow": ("a: {b: {{ c }}}\n", (1, 9), 'A text that begins with {{ must stand in quotes; write "{{ c }}".'),
    "long template": (f"a: {{{{ b }}}} {'c' * 200}\n", (1, 5), "A text that begins with {{ must stand in quotes; write it in quotes."),
    "statement": ("a: {% if b %}\n", (1, 5), 'A text that begins with {% must stand in quotes; write a: "{% if b %}".'),
    "list and text": ("a: [b] c\n", (1, 8), 'A text that begins with [ must stand in quotes; write a: "[b] c".'),
    "quotes that end early": ("a: 'it's'\n", (1, 8), 'The quotes end before the text does; write a: "it\'s".'),
    "quotes in quotes": ('a: "say "b""\n', (1, 10), """The quotes end before the text does; write a: 'say "b"'."""),
    "text after a block sign": ("a: > b\n", (1, 6), 'A text that begins with > must stand in quotes; write a: "> b".'),
    "dash": ("a: - b\n", (1, 4), 'A text that begins with - must stand in quotes; write a: "- b".'),
    "asterisk": ("a: *b\n", (1, 4), 'The alias *b names no anchor that is complete above it; define it first; to mean the text, write a: "*b".'),
}  # fmt: skip


@pytest.mark.parametrize(("text", "mark", "message"), BROKEN_YAML.values(), ids=BROKEN_YAML.keys())
def test_broken_yaml_is_refused_with_its_place(text: str, mark: tuple[int, int], message: str) -> None:
    error = refusal(text, "yaml")
    assert (error.code, error.mark, error.message) == ("Y103", mark, message)


@pytest.mark.parametrize(
    "text",
    [
        "api_key: @hunter2x9\n",
        "llm: {api_key: @hunter2x9}\n",
        "- password: 'hunter2x9'!\n",
        "password: *hunter2x9\n",
        "password: !hunter2x9\n",
        "password: !hunter2x9 b\n",
        "password:hunter2x9\na: b\n",
        "a: b\npassword:hunter2x9\nc: d\n",
    ],
)
def test_what_is_to_be_written_repeats_no_secret(text: str) -> None:
    assert "hunter2" not in refusal(text, "yaml").message


@pytest.mark.parametrize(
    "text", ["a: {{ b }}", "a: @b", "- `c`", "a: 'it's'", "a: b: c", "a: [b] c", "a: {% b %}", "a: *b"]
)
def test_what_is_written_in_quotes_is_read(text: str) -> None:
    assert yaml_value(refusal(text, "yaml").message.rpartition("write ")[2].removesuffix("."))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'a: "\ud83d\ude00"', {"a": "\U0001f600"}),
        (r'a: "x\uD83D\uDE00y\ud83d\udE01"', {"a": "x\U0001f600y\U0001f601"}),
        (r'"\ud83d\ude00": 1', {"\U0001f600": 1}),
        (r'["\ud83d\ude00", "\u00fc", "\ue000"]', ["\U0001f600", "\u00fc", "\ue000"]),
        (r"a: '\ud83d\ude00'", {"a": r"\ud83d\ude00"}),
        (r"a: \ud83d\ude00", {"a": r"\ud83d\ude00"}),
        (r'a: "\\ud83d\\ude00"', {"a": r"\ud83d\ude00"}),
        ('a: |\n  \\ud83d\\ude00\nb: "\\ud83d\\ude00" # \\ud83d', {"a": "\\ud83d\\ude00\n", "b": "\U0001f600"}),
        ("# \\ud83d\na: '\\ud83d' # \\ude00\nb: \"\\ud83d\\ude00\\\n  c\"", {"a": r"\ud83d", "b": "\U0001f600c"}),
        ('a: "\ue000 \ue001 \\ud83d\\ude00"', {"a": "\ue000 \ue001 \U0001f600"}),
    ],
)
def test_pairs_of_surrogates_are_read_as_json_means_them(text: str, value: object) -> None:
    assert yaml_value(text) == value


@pytest.mark.parametrize(
    "text", [r'a: "\ud83d"', r'a: "\ude00\ud83d"', r'"\ud83d": 1', r'["\ud83d", "\ude00"]', r'a: "\ud83dx\ude00"']
)
def test_half_a_pair_is_refused(text: str) -> None:
    error = refusal(text, "yaml")
    assert error.code == "Y107"
    assert "half of a surrogate pair" in error.message


def test_a_text_with_every_private_character_leaves_no_room_for_pairs() -> None:
    private = "".join(map(chr, range(0xE000, 0xF900)))
    assert refusal(f'a: "{private}\\ud83d\\ude00"', "yaml").code == "Y107"


def test_places_after_a_pair_are_right() -> None:
    assert refusal('{"a": "\\ud83d\\ude00", "b": 1, "b": 2}', "yaml").mark == (1, 31)


BROKEN_JSON = {
    "comma in an object": ('{"a": 1,\n}', (1, 8), "A comma stands before the closing }: JSON allows no trailing comma; take it out."),
    "comma in an array": ('{"a": [1,\n  2 , ]}', (2, 5), "A comma stands before the closing ]: JSON allows no trailing comma; take it out."),
    "comma alone": ("[,]", (1, 2), "A comma stands before the closing ]: JSON allows no trailing comma; take it out."),
    "two commas": ("[1,,2]", (1, 4), "This is not JSON: expecting value."),
    "comma in a text": ('{"a": ",}" "b"}', (1, 12), "This is not JSON: expecting ',' delimiter."),
    "no comma": ('{"a": 1\n "b": 2}', (2, 2), "This is not JSON: expecting ',' delimiter."),
    "no colon": ('{"a" 1}', (1, 6), "This is not JSON: expecting ':' delimiter."),
    "single quotes": ("{'a': 1}", (1, 2), "This is not JSON: expecting property name enclosed in double quotes."),
    "bare word": ('{"a": tru}', (1, 7), "This is not JSON: expecting value."),
    "more": ('{"a": 1}\n{}', (2, 1), "The document ends here, but more text follows; send one JSON value."),
    "open": ('{"a": [1', (1, 9), "This is not JSON: expecting ',' delimiter."),
    "open text": ('{"a": "b', (1, 7), "This is not JSON: unterminated string starting at."),
    "comment": ("{\n// a\n}", (2, 1), "This is not JSON: expecting property name enclosed in double quotes."),
    "line end in a text": ('{"a": "b\nc"}', (1, 9), "This is not JSON: invalid control character at."),
    "leading zero": ('{"a": 01}', (1, 8), "This is not JSON: expecting ',' delimiter."),
    "yaml": ("name: A\n", (1, 1), "This is YAML, not JSON; send it with Content-Type: application/yaml, or call the file .yaml."),
    "no yaml": ("nothing\n", (1, 1), "This is not JSON: expecting value."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "mark", "message"), BROKEN_JSON.values(), ids=BROKEN_JSON.keys())
def test_broken_json_is_refused_with_its_place(text: str, mark: tuple[int, int], message: str) -> None:
    error = refusal(text, "json")
    assert (error.code, error.mark, error.message) == ("Y103", mark, message)


NO_NUMBERS = {
    "nan": ('{"a":\n  NaN}', "json"),
    "infinity": ('{"a":\n  Infinity}', "json"),
    "minus infinity": ('{"a":\n  -Infinity}', "json"),
    "too large for a float": ('{"a":\n  1e400}', "json"),
    "too large for 64 bits": ('{"a":\n  18446744073709551616}', "json"),
    "too small for 64 bits": ('{"a":\n  -9223372036854775809}', "json"),
    "thousands of digits": ('{"a":\n  ' + "9" * 5000 + "}", "json"),
    "yaml nan": ("a:\n  .nan\n", "yaml"),
    "yaml infinity": ("a:\n  .inf\n", "yaml"),
    "yaml minus infinity": ("a:\n  -.INF\n", "yaml"),
    "yaml too large for a float": ("a:\n  1e400\n", "yaml"),
    "yaml too large for 64 bits": ("a:\n  18446744073709551616\n", "yaml"),
    "yaml too small for 64 bits": ("a:\n  -9223372036854775809\n", "yaml"),
    "yaml thousands of digits": ("a:\n  " + "9" * 5000 + "\n", "yaml"),
    "yaml hexadecimal": ("a:\n  0x" + "f" * 5000 + "\n", "yaml"),
}


@pytest.mark.parametrize(("text", "media"), NO_NUMBERS.values(), ids=NO_NUMBERS.keys())
class TestNumbers:
    def test_what_is_not_finite_or_does_not_fit_is_refused(self, text: str, media: Media) -> None:
        error = refusal(text, media)
        assert error.code == "Y106"
        assert len(error.message) < 100

    def test_its_place_is_told(self, text: str, media: Media) -> None:
        assert refusal(text, media).mark == (2, 3)


def test_the_largest_numbers_are_read_alike() -> None:
    for number in (2**64 - 1, -(2**63), 1.7976931348623157e308):
        assert json_value(f'{{"a": {number}}}') == yaml_value(f"a: {number}\n") == {"a": number}


class TestCharacters:
    @pytest.mark.parametrize(
        "text", ['{"a": "\\ud83d"}', '{"\\ude00": 1}', '{"a": ["\\ude00\\ud83d"]}'], ids=["high", "key", "swapped"]
    )
    def test_half_a_character_is_refused(self, text: str) -> None:
        assert refusal(text, "json").code == "Y107"

    def test_the_place_of_half_a_character_is_told(self) -> None:
        assert refusal('{"a": 1,\n "b": "\\ud83d"}', "json").mark == (2, 7)

    def test_half_a_character_is_refused_in_yaml_too(self) -> None:
        error = refusal('a: "\\ud83d"\n', "yaml")
        assert (error.code, error.mark) == ("Y107", (1, 4))

    def test_a_whole_pair_is_one_character(self) -> None:
        assert json_value('{"a": "\\ud83d\\ude00"}') == {"a": "😀"}

    def test_an_escape_of_yaml_is_one_character(self) -> None:
        assert yaml_value('a: "\\U0001F600"\n') == {"a": "😀"}

    @pytest.mark.parametrize(
        ("data", "mark", "message"),
        [
            (
                "name: Café\n".encode("latin-1"),
                (1, 10),
                "The text is not UTF-8 (byte 0xe9 at offset 9); save it as UTF-8.",
            ),
            (b"a: 1\nb: \xc3\xa9\xff\n", (2, 5), "The text is not UTF-8 (byte 0xff at offset 10); save it as UTF-8."),
            ("a: 1\n".encode("utf-16"), (1, 1), "The text is not UTF-8 (byte 0xff at offset 0); save it as UTF-8."),
            (b"\xef\xbb\xbfa: \xff\n", (1, 4), "The text is not UTF-8 (byte 0xff at offset 6); save it as UTF-8."),
        ],
        ids=["latin-1", "second line", "utf-16", "after a byte order mark"],
    )
    @pytest.mark.parametrize("media", ["json", "yaml"])
    def test_another_encoding_is_refused_with_the_place(
        self, media: Media, data: bytes, mark: tuple[int, int], message: str
    ) -> None:
        error = refusal(data, media)
        assert (error.code, error.mark, error.message) == ("Y101", mark, message)

    @pytest.mark.parametrize("media", ["json", "yaml"])
    def test_utf_16_without_a_mark_is_refused(self, media: Media) -> None:
        assert refusal("a: 1\n".encode("utf-16-le"), media).code in {"Y101", "Y103"}

    @pytest.mark.parametrize("text", ["a: \x01\n", "a: 1\nb: \x7f\n", "a: \x00\n"], ids=repr)
    def test_a_control_character_is_refused_with_its_place(self, text: str) -> None:
        error = refusal(text, "yaml")
        assert error.code == "Y103"
        assert error.mark == (text.count("\n"), 4)

    @pytest.mark.parametrize("media", ["json", "yaml"])
    def test_a_byte_order_mark_is_left_out(self, media: Media) -> None:
        document = read(b'\xef\xbb\xbf{"a": 1}', media)
        assert (document.value, document.text) == ({"a": 1}, '{"a": 1}')

    def test_line_ends_inside_texts_are_kept_as_each_language_has_them(self) -> None:
        assert yaml_value("a: |\r\n  b\r\n  c\r\n") == {"a": "b\nc\n"}
        assert json_value('{"a": "b\\r\\nc"}') == {"a": "b\r\nc"}


@pytest.mark.parametrize(
    ("text", "media"),
    [("", "json"), (" \r\n\t", "json"), ("", "yaml"), ("\n\n", "yaml"), ("# nothing\n", "yaml"), ("\ufeff", "yaml")],
    ids=["json", "json blanks", "yaml", "yaml lines", "yaml comment", "yaml byte order mark"],
)
def test_nothing_is_refused(text: str, media: Media) -> None:
    assert refusal(text, media).code == "Y102"


class TestDepth:
    @staticmethod
    def nested(depth: int, innermost: str = "") -> str:
        return "[" * depth + innermost + "]" * depth

    @pytest.mark.parametrize("media", ["json", "yaml"])
    @pytest.mark.parametrize("innermost", ["", "1"], ids=["empty", "filled"])
    def test_sixty_four_levels_are_read_and_one_more_is_not(self, media: Media, innermost: str) -> None:
        assert read(self.nested(64, innermost).encode(), media).value != []
        assert refusal(self.nested(65, innermost), media).code == "Y108"

    @pytest.mark.parametrize("media", ["json", "yaml"])
    @pytest.mark.parametrize("depth", [1000, 100_000])
    def test_any_depth_is_refused(self, media: Media, depth: int) -> None:
        assert refusal(self.nested(depth), media).code == "Y108"
        assert refusal('{"a":' * depth + "1" + "}" * depth, media).code == "Y108"

    def test_a_document_that_never_closes_is_refused(self) -> None:
        assert refusal("[" * 500_000, "yaml").code == "Y108"
        assert refusal("[" * 500_000, "json").code in {"Y103", "Y108"}


class TestSize:
    @pytest.mark.parametrize("media", ["json", "yaml"])
    def test_fifty_thousand_values_are_the_limit(self, media: Media) -> None:
        assert len(read(("[" + "1," * 49_998 + "1]").encode(), media).value) == 49_999
        assert refusal("[" + "1," * 50_000 + "1]", media).code == "Y109"


SAME = {
    "order of keys": ('{"a": 1, "b": {"c": 2, "d": 3}}', '{"b": {"d": 3, "c": 2}, "a": 1}'),
    "spaces": ('{"a":1}', '{\n  "a" : 1\n}'),
    "whole numbers": ('{"a": 1.0, "b": [2.0]}', '{"a": 1, "b": [2]}'),
    "exponents": ('{"a": 1e2}', '{"a": 100}'),
    "minus zero": ('{"a": -0.0}', '{"a": 0}'),
    "large numbers": ('{"a": 1e22}', '{"a": 1.0E+22}'),
    "escapes": ('{"a": "\\u00e9\\u002f"}', '{"a": "é/"}'),
    "pairs": ('{"a": "\\ud83d\\ude00"}', '{"a": "😀"}'),
}
DIFFERENT = {
    "order of lists": ("[1, 2]", "[2, 1]"),
    "number and text": ('{"a": 1}', '{"a": "1"}'),
    "true and one": ('{"a": true}', '{"a": 1}'),
    "false and zero": ('{"a": false}', '{"a": 0}'),
    "null and missing": ('{"a": null}', "{}"),
    "nothing and empty": ("{}", "[]"),
    "fractions": ('{"a": 0.1}', '{"a": 0.10000000000000002}'),
    "upper case": ('{"a": "B"}', '{"a": "b"}'),
}


class TestHash:
    @pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
    def test_equal_documents_have_equal_hashes(self, one: str, other: str) -> None:
        assert digest(json_value(one)) == digest(json_value(other))

    @pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
    def test_different_documents_have_different_hashes(self, one: str, other: str) -> None:
        assert digest(json_value(one)) != digest(json_value(other))

    def test_json_and_yaml_of_the_same_document_are_equal(self) -> None:
        yaml = "b: yes\na:\n  - 1.50\n  - &x {c: Café, no: ~}\n  - *x\n"
        as_json = '{"a": [1.5, {"c": "Caf\\u00e9", "no": null}, {"no": null, "c": "Café"}], "b": true}'
        assert digest(yaml_value(yaml)) == digest(json_value(as_json))

    def test_it_is_the_sha_256_of_canonical_json(self) -> None:
        value = json_value('{"b": [1.0, true, null], "a": "é"}')
        assert canonical(value) == '{"a":"é","b":[1,true,null]}'.encode()
        assert digest(value) == "170409917e32971e79e71df2c0a04cc84c3c089ef0c7c2a94dbde72cafebd52d"

    def test_the_hash_of_an_empty_mapping_never_changes(self) -> None:
        assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


class TestAcceptance:
    FLAT = b'{"name": "A", "agent_type": "llm_agent", "system_prompt": "B"}'

    def test_the_users_document_is_echoed_with_its_order_of_keys(self) -> None:
        text = '{"system_prompt": "é", "name": "A", "agent_type": "llm_agent"}'
        configuration = Acceptance().accept_text(text.encode(), "json", Language())
        assert configuration.text == text.replace(": ", ":").replace(", ", ",").encode()
        assert list(configuration.value) == ["system_prompt", "name", "agent_type"]

    def test_a_text_accepted_before_is_not_read_again(self) -> None:
        acceptance = Acceptance()
        first = acceptance.accept_text(self.FLAT, "json", Language())
        assert acceptance.accept_text(self.FLAT, "json", Language()) is first
        assert acceptance.accept_text(self.FLAT, "yaml", Language()) is not first
        assert acceptance.accept_text(self.FLAT, "json", Language(strict=True)) is not first

    def test_the_memory_is_bounded(self) -> None:
        acceptance = Acceptance(max_bytes=3_000)
        first = acceptance.accept_text(self.FLAT, "json", Language())
        assert acceptance.accept_text(self.FLAT, "json", Language()) is first
        acceptance.accept_text(self.FLAT + b" ", "json", Language())
        assert acceptance.accept_text(self.FLAT, "json", Language()) is not first

    def test_one_that_is_short_takes_two_kilobytes_all_the_same(self) -> None:
        acceptance = Acceptance(max_bytes=200_000)
        texts = [self.FLAT.replace(b"A", b"%d" % number) for number in range(200)]
        for text in texts:
            acceptance.accept_text(text, "json", Language())
        assert 80 < sum(acceptance.known(text, "json", Language()) is not None for text in texts) < 100

    def test_the_least_recently_used_text_is_forgotten_first(self) -> None:
        acceptance = Acceptance(max_bytes=5_000)
        first = acceptance.accept_text(self.FLAT, "json", Language())
        second = acceptance.accept_text(self.FLAT + b" ", "json", Language())
        acceptance.accept_text(self.FLAT, "json", Language())
        acceptance.accept_text(self.FLAT + b"\n", "json", Language())
        assert acceptance.accept_text(self.FLAT, "json", Language()) is first
        assert acceptance.accept_text(self.FLAT + b" ", "json", Language()) is not second

    def test_warnings_are_remembered_each_once(self) -> None:
        text = json.dumps({"name": "A", "agent_type": "llm_agent", "x": 1, "y": 2}).encode()
        assert Acceptance().accept_text(text, "json", Language()).warnings == ("F112", "F119")
