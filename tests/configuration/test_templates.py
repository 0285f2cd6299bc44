"""Templates: which references a text holds, and what they mean."""

import pytest

from atthene_emulator.configuration.templates import Kind, Reference, references


def reference(text: str) -> Reference:
    """The only reference of a text."""
    (one,) = references(text)
    return one


MEANINGS: dict[str, tuple[Kind, str, tuple[str, ...], int | None]] = {
    "{{ user_input }}": ("user_input", "", (), None),
    "{{user_input}}": ("user_input", "", (), None),
    "{{\n  user_input\n}}": ("user_input", "", (), None),
    "{{ history }}": ("history", "", (), None),
    "{{ history[5] }}": ("history", "", (), 5),
    "{{ history[0] }}": ("history", "", (), 0),
    "{{ history[999999] }}": ("history", "", (), 999999),
    "{{ full_history }}": ("full_history", "", (), None),
    "{{full_history[2]}}": ("full_history", "", (), 2),
    "{{ variables.name }}": ("variables", "name", (), None),
    "{{ variables.user-name }}": ("variables", "user-name", (), None),
    "{{ variables.a.b }}": ("variables", "a", ("b",), None),
    "{{ prompts.tone }}": ("prompts", "tone", (), None),
    "{{ prompts.tone.2 }}": ("prompts", "tone", ("2",), None),
    "{{ prompts.tone.newest }}": ("unknown", "tone", ("newest",), None),
    "{{ prompts.tone.2.1 }}": ("unknown", "tone", ("2", "1"), None),
    "{{ prompts.tone.² }}": ("unknown", "tone", ("²",), None),
    "{{ writer.output }}": ("output", "writer", (), None),
    "{{writer.output.good}}": ("output", "writer", ("good",), None),
    "{{ writer.output.scores.maths.0 }}": ("output", "writer", ("scores", "maths", "0"), None),
    "{{ my-agent_2.output.x }}": ("output", "my-agent_2", ("x",), None),
    "{{ }}": ("unknown", "", (), None),
    "{{}}": ("unknown", "", (), None),
    "{{ writer }}": ("unknown", "", (), None),
    "{{ variables }}": ("unknown", "", (), None),
    "{{ prompts }}": ("unknown", "", (), None),
    "{{ writer.good }}": ("unknown", "writer", ("good",), None),
    "{{ history[-1] }}": ("unknown", "", (), None),
    "{{ history[] }}": ("unknown", "", (), None),
    "{{ history[1000000] }}": ("unknown", "", (), None),
    "{{ history [ 5 ] }}": ("history", "", (), 5),
    "{{ full_history[\n2] }}": ("full_history", "", (), 2),
    "{{ history[1 2] }}": ("unknown", "", (), None),
    "{{ variables. x }}": ("variables", "x", (), None),
    "{{ prompts . tone . 2 }}": ("prompts", "tone", ("2",), None),
    "{{ History }}": ("unknown", "", (), None),
    "{{ user_input | upper }}": ("unknown", "", (), None),
    "{{ user_input.name }}": ("unknown", "user_input", ("name",), None),
    "{{ 1 + 1 }}": ("unknown", "", (), None),
    "{{ the writer.output }}": ("unknown", "", (), None),
    "{{ 1st.output }}": ("unknown", "", (), None),
    "{{ writer. output .good }}": ("output", "writer", ("good",), None),
    "{{ writer. out put }}": ("unknown", "", (), None),
    "{{ writer..output }}": ("unknown", "", (), None),
    "{{ writer.output. }}": ("unknown", "", (), None),
    "{{ { } }}": ("unknown", "", (), None),
}


@pytest.mark.parametrize(("text", "expected"), MEANINGS.items(), ids=[repr(text) for text in MEANINGS])
def test_a_reference_means(text: str, expected: tuple[Kind, str, tuple[str, ...], int | None]) -> None:
    one = reference(text)
    assert (one.kind, one.name, one.path, one.last) == expected
    assert (one.closed, text[one.start : one.end]) == (True, text)
    assert one.source == text[2:-2].strip()


@pytest.mark.parametrize(
    "text",
    ["", "Write.", "{ user_input }", "}}", "{", "{ {user_input}}", "user_input }} {", "{% if x %}", "${x}", "{x}"],
    ids=repr,
)
def test_a_text_without_double_braces_has_no_reference(text: str) -> None:
    assert [*references(text)] == []


PLACES = {
    "a {{ history }} b": [("history", "history", 2, 15, True)],
    "{{ history }}{{ user_input }}": [("history", "history", 0, 13, True), ("user_input", "user_input", 13, 29, True)],
    "é😀 {{ history }}": [("history", "history", 3, 16, True)],
    "{{ a.output }} and {{ b.output }}": [("output", "a.output", 0, 14, True), ("output", "b.output", 19, 33, True)],
    "Help {{ user_input": [("unknown", "user_input", 5, 18, False)],
    "{{": [("unknown", "", 0, 2, False)],
    "{{ a {{ history }}": [("unknown", "a", 0, 5, False), ("history", "history", 5, 18, True)],
    "{{ user_input }": [("unknown", "user_input }", 0, 15, False)],
    "{{ history }} }}": [("history", "history", 0, 13, True)],
    "{{{ history }}}": [("unknown", "{ history", 0, 14, True)],
}


@pytest.mark.parametrize(("text", "expected"), PLACES.items(), ids=[repr(text) for text in PLACES])
def test_references_come_in_order_with_their_places(text: str, expected: list[tuple[str, str, int, int, bool]]) -> None:
    assert [(one.kind, one.source, one.start, one.end, one.closed) for one in references(text)] == expected


@pytest.mark.parametrize("count", [1, 1000, 20_000])
def test_each_of_many_openings_is_one_reference(count: int) -> None:
    found = [*references("{{" * count)]
    assert len(found) == count
    assert not any(one.closed for one in found)
