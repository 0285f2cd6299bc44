"""Templates being filled in: every documented form, what names nothing, and ten rounds at most."""

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from atthene_emulator.execution.templates import NEWEST, Scope, fill

LINES = ("user: One", "assistant: Two", "user: Three")
ALL = ("user: One", 'tool: search(query="cats")', "tool_result: None", "assistant: Two")
OUTPUTS = {
    "reader": {"title": "Cats", "pages": [1, 2], "by": {"first": "Zoë"}, "none": None},
    "writer": "All about cats.",
    "counter": 3,
}


def last(lines: tuple[str, ...], count: int | None) -> str:
    """The last lines; None gives all."""
    return "\n".join(lines if count is None else lines[len(lines) - min(count, len(lines)) :])


def scope(**more: Any) -> Scope:
    """A conversation with one variable of each kind and one agent that has run."""
    variables: Mapping[str, Any] = {
        "name": "Ada",
        "empty": "",
        "nothing": None,
        "count": 3,
        "share": 0.5,
        "sure": True,
        "tags": ["a", "é"],
        "address": {"city": "Bern", "zip": {"code": 3000}},
    }
    defaults: dict[str, Any] = {
        "user_input": "Hello",
        "history": lambda count: last(LINES, count),
        "full_history": lambda count: last(ALL, count),
        "variables": variables,
        "output_of": OUTPUTS.get,
        "prompts": {
            "tone": {NEWEST: "Be kind.", "1": "Be stern.", "2": "Be kind."},
            "deep": {NEWEST: "{{ prompts.tone }} {{ user_input }}"},
        },
    }
    return Scope(**{**defaults, **more})


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("plain", "plain", id="no template"),
        pytest.param("{{ user_input }}", "Hello", id="user input"),
        pytest.param("{{user_input}}", "Hello", id="without spaces"),
        pytest.param("{{\n  user_input\t}}", "Hello", id="with other spaces"),
        pytest.param("a{{ user_input }}b{{user_input}}c", "aHellobHelloc", id="twice"),
        pytest.param("{{ history }}", "user: One\nassistant: Two\nuser: Three", id="history"),
        pytest.param("{{ history[2] }}", "assistant: Two\nuser: Three", id="last two messages"),
        pytest.param("{{ history[9] }}", "user: One\nassistant: Two\nuser: Three", id="more than there are"),
        pytest.param("[{{ history[0] }}]", "[]", id="no message"),
        pytest.param("{{ variables.name }}", "Ada", id="text"),
        pytest.param("[{{ variables.empty }}]", "[]", id="empty text"),
        pytest.param("[{{ variables.nothing }}]", "[]", id="null"),
        pytest.param("{{ variables.count }}", "3", id="whole number"),
        pytest.param("{{ variables.share }}", "0.5", id="fraction"),
        pytest.param("{{ variables.sure }}", "true", id="boolean"),
        pytest.param("{{ variables.tags }}", '["a", "é"]', id="list"),
        pytest.param("{{ variables.address }}", '{"city": "Bern", "zip": {"code": 3000}}', id="dict"),
        pytest.param("{{ variables.address.zip.code }}", "3000", id="inside a variable"),
        pytest.param("{{ reader.output.title }}", "Cats", id="output field"),
        pytest.param("{{reader.output.pages}}", "[1, 2]", id="output list"),
        pytest.param("{{ reader.output.by.first }}", "Zoë", id="inside an output field"),
        pytest.param(
            "{{ reader.output }}",
            '{"title": "Cats", "pages": [1, 2], "by": {"first": "Zoë"}, "none": null}',
            id="whole output",
        ),
        pytest.param("[{{ reader.output.none }}]", "[]", id="output that is null"),
        pytest.param("{{ writer.output }}", "All about cats.", id="text of an agent without structured output"),
        pytest.param("{{ counter.output }}", "3", id="bare root value"),
        pytest.param("{{ full_history[2] }}", "tool_result: None\nassistant: Two", id="full history, last two"),
        pytest.param("{{ full_history }}", "\n".join(ALL), id="full history"),
        pytest.param("{{ prompts.tone.1 }}", "Be stern.", id="version of a stored prompt"),
        pytest.param("{{ prompts.tone }}", "Be kind.", id="stored prompt"),
        pytest.param("{{ prompts.deep }}!", "Be kind. Hello!", id="stored prompt with templates"),
    ],
)
def test_a_template_is_filled_in(text: str, filled: str) -> None:
    assert fill(text, scope()) == filled


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{{ variables.unknown }}", id="unknown variable"),
        pytest.param("{{ variables.name.first }}", id="below a text"),
        pytest.param("{{ prompts.unknown }}", id="unknown prompt"),
        pytest.param("{{ prompts.tone.3 }}", id="unknown version"),
        pytest.param("{{ nobody.output.title }}", id="unknown agent, or one that has not run"),
        pytest.param("{{ writer.output.title }}", id="field of a text"),
        pytest.param("{{ reader.output.subtitle }}", id="unknown field"),
        pytest.param("{{ reader.title }}", id="field without output"),
        pytest.param("{{ history[-1] }}", id="negative number of messages"),
        pytest.param("{{ history[x] }}", id="no number of messages"),
        pytest.param("{{ name }}", id="variable without variables"),
        pytest.param("{{ 1 + 1 }}", id="expression"),
        pytest.param("{{ variables.name | upper }}", id="filter"),
        pytest.param("{{ variables.__class__ }}", id="attribute"),
        pytest.param("{{}}", id="empty braces"),
    ],
)
def test_what_names_nothing_becomes_empty(text: str) -> None:
    assert fill(f"<{text}>", scope()) == "<>"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{% if true %}x{% endif %}", id="control structure"),
        pytest.param("{{ user_input", id="not closed"),
        pytest.param("{ user_input }", id="single braces"),
        pytest.param("}} {{", id="the wrong way round"),
    ],
)
def test_what_is_no_template_stays_as_it_stands(text: str) -> None:
    assert fill(text, scope()) == text


def test_unknown_and_known_names_stand_side_by_side() -> None:
    assert fill("{{ x.y }}{{ user_input }}{{ z }}{{ open", scope()) == "Hello{{ open"


def test_templates_that_were_filled_in_are_filled_in_again() -> None:
    values = {"a": "<{{ variables.b }}>", "b": "{{ user_input }}"}
    assert fill("{{ variables.a }}", scope(variables=values)) == "<Hello>"


@pytest.mark.parametrize(
    ("length", "filled"),
    [pytest.param(10, "end", id="ten rounds"), pytest.param(11, "{{ variables.v10 }}", id="eleven rounds")],
)
def test_a_chain_is_followed_for_ten_rounds(length: int, filled: str) -> None:
    chain = {f"v{number}": f"{{{{ variables.v{number + 1} }}}}" for number in range(length - 1)}
    chain[f"v{length - 1}"] = "end"
    assert fill("{{ variables.v0 }}", scope(variables=chain)) == filled


def test_a_template_that_names_itself_ends() -> None:
    assert fill("{{ variables.a }}", scope(variables={"a": "x{{ variables.a }}"})) == "x" * 10 + "{{ variables.a }}"


def test_a_template_that_doubles_stays_below_a_megabyte() -> None:
    text = fill("{{ user_input }}", scope(user_input="{{ user_input }}" * 8))
    assert 0 < len(text) <= 1024 * 1024


@pytest.mark.parametrize("name", ["user_input", "variables.long", "history"])
def test_text_that_grows_beyond_a_megabyte_is_left_before_it_is_built(name: str) -> None:
    """Each round would multiply the text by its length; the tenth would not fit into any memory."""
    text = f"{{{{ {name} }}}}" * 10_000
    long = scope(user_input=text, variables={"long": text}, history=lambda _: text)
    tracemalloc.start()
    filled = fill(text, long)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(filled) <= 1024 * 1024
    assert most < 10 * 1024 * 1024
