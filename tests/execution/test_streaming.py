"""The pieces of a text: what they are, that they are the text, and how many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.execution.happenings import TextWritten
from atthene_emulator.execution.streaming import AS_WORDS, Streaming, count_pieces, pieces
from atthene_emulator.execution.walk import Walk
from tests.execution.walking import situation

CHUNKS = st.one_of(st.sampled_from(["word", "character", "all"]), st.integers(1, 40))
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(" \t\n\r\x0b\x0c\x1c\x85\xa0\u2028\u3000a")))


@pytest.mark.parametrize(
    ("text", "chunk", "expected"),
    [
        ("Hello there.", "word", ["Hello", " there."]),
        ("  Hello \n\n there. \n", "word", ["  Hello", " \n\n there. \n"]),
        ("one", "word", ["one"]),
        (" \n", "word", [" \n"]),
        ("a\u3000b\xa0c", "word", ["a", "\u3000b", "\xa0c"]),
        ("", "word", []),
        ("a b", "character", ["a", " ", "b"]),
        ("", "character", []),
        ("Hello there.", "all", ["Hello there."]),
        (" ", "all", [" "]),
        ("", "all", []),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("abc", 3, ["abc"]),
        ("abc", 100, ["abc"]),
        ("", 3, []),
    ],
)
def test_a_text_has_these_pieces(text: str, chunk: object, expected: list[str]) -> None:
    assert list(pieces(text, Streaming(chunk))) == expected  # type: ignore[arg-type]


def test_a_text_comes_in_words_unless_more_is_said() -> None:
    assert AS_WORDS == ("word", 0.0, None, 0)


@given(TEXTS, CHUNKS)
def test_together_the_pieces_are_the_text(text: str, chunk: object) -> None:
    streaming = Streaming(chunk)  # type: ignore[arg-type]
    said = list(pieces(text, streaming))
    assert "".join(said) == text
    assert all(said)
    assert count_pieces(text, streaming) == len(said)


@given(TEXTS, CHUNKS, st.integers(0, 12))
def test_behind_some_pieces_come_the_others_and_a_text_that_is_cut_there_has_them_too(
    text: str, chunk: object, number: int
) -> None:
    streaming = Streaming(chunk)  # type: ignore[arg-type]
    said = list(pieces(text, streaming))
    assert list(pieces(text, streaming, number)) == said[number:]
    before, after = "".join(said[:number]), "".join(said[number:])
    assert [*pieces(before, streaming), *pieces(after, streaming)] == said


@given(TEXTS)
def test_no_word_is_blank_unless_the_text_is(text: str) -> None:
    if text.strip():
        assert not any(word.isspace() for word in pieces(text, AS_WORDS))


@pytest.mark.parametrize(
    ("text", "count"),
    [(" " * 1_000_000, 1), ("a " * 500_000, 500_000), ("a" + " " * 1_000_000, 1), ("a" * 1_000_000, 1)],
    ids=["blank", "words", "blank at the end", "one word"],
)
def test_a_long_text_takes_no_longer_than_its_length(text: str, count: int) -> None:
    assert sum(map(len, pieces(text, AS_WORDS))) == len(text)
    assert count_pieces(text, AS_WORDS) == count


@pytest.mark.parametrize(("after", "parts"), [(0, ["abcdef"]), (2, ["ab", "cdef"]), (6, ["abcdef"]), (9, ["abcdef"])])
def test_what_comes_at_once_around_a_gate_is_one_part_however_many_pieces_it_has(after: int, parts: list[str]) -> None:
    script = f"[{{then: {{reply: abcdef, stream: {{chunk: character, gate: door, after: {after}}}}}}}]"
    one = Walk(situation("{name: A, agent_type: llm_agent}", scripts=script))
    assert [wait.gate for wait in one.run()] == ["door"]
    assert [what.text for what in one.record.happened if isinstance(what, TextWritten)] == parts
