from itertools import pairwise
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.knowledge import chunking as module
from atthene_emulator.knowledge import rows as rows_module
from atthene_emulator.knowledge.chunking import chunks, cut
from atthene_emulator.knowledge.strategy import estimated_chunks, overlap_problem, read_strategy
from atthene_emulator.limits import Limit

TEXT = "One two three. Four five.\n\nSix seven eight nine ten eleven twelve."


def of_text(text: str, **entry: Any) -> list[str]:
    return [*chunks("a.txt", text, read_strategy(entry))]


def of_table(name: str, text: str, **rows: Any) -> list[str]:
    return [*chunks(name, text, read_strategy({"document_config": {}, "structured_config": rows}))]


def test_without_a_strategy_texts_are_cut_into_500_words_of_which_50_are_repeated() -> None:
    words = [str(number) for number in range(1200)]
    assert [chunk.split() for chunk in of_text(" ".join(words))] == [words[0:500], words[450:950], words[900:1200]]


def test_fixed_counts_alone() -> None:
    assert of_text(TEXT, strategy="fixed", chunk_size=5, chunk_overlap=1) == [
        "One two three. Four five.",
        "five.\n\nSix seven eight nine",
        "nine ten eleven twelve.",
    ]


def test_recursive_prefers_the_strongest_separator() -> None:
    assert of_text(TEXT, chunk_size=6, chunk_overlap=0) == [
        "One two three. Four five.",
        "Six seven eight nine ten eleven",
        "twelve.",
    ]
    assert of_text(TEXT, chunk_size=4, chunk_overlap=0) == [
        "One two three.",
        "Four five.",
        "Six seven eight nine",
        "ten eleven twelve.",
    ]


def test_recursive_takes_the_separators_that_it_is_given() -> None:
    assert of_text("a b | c d e", chunk_size=4, chunk_overlap=0, recursive_separators=["| "]) == ["a b |", "c d e"]
    assert of_text("ab|cde", split_by="char", chunk_size=5, chunk_overlap=0, recursive_separators=["|"]) == [
        "ab|",
        "cde",
    ]


def test_characters_are_counted_where_that_is_wanted() -> None:
    assert of_text("abcdefgh", split_by="char", chunk_size=4, chunk_overlap=2) == ["abcd", "cdef", "efgh"]


def test_hierarchical_cuts_small_chunks_inside_of_larger_blocks() -> None:
    text = " ".join(map(str, range(12)))
    assert of_text(text, strategy="hierarchical", hierarchical_block_sizes=[8, 5, 3], chunk_overlap=1) == [
        "0 1 2", "2 3 4", "5 6 7", "8 9 10", "10 11",
    ]  # fmt: skip


GREEDY = {"split_by": "char", "chunk_size": 100_000, "chunk_overlap": 99_999, "recursive_separators": ["zz"]}


@pytest.mark.parametrize(
    ("text", "entry", "expected"),
    [
        pytest.param(" " * 16_000_000, GREEDY, [], id="blank"),
        pytest.param(f"a{' ' * 8_000_000}b{' ' * 8_000_000}", GREEDY, ["a", "b"], id="gaps"),
        pytest.param("a" * 4_000_000, {**GREEDY, "chunk_overlap": 0, "recursive_separators": ["a"] * 20},
                     ["a" * 100_000] * 40, id="a separator many times"),
    ],
)  # fmt: skip
def test_it_takes_time_as_the_text_is_long(text: str, entry: dict[str, Any], expected: list[str]) -> None:
    began = process_time()
    assert of_text(text, **entry) == expected
    assert process_time() - began < 5  # a second where it is linear, hours where it is not


def test_recursive_looks_for_so_many_places_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MARKS", Limit("places", 3, "no others"))
    entry = {"chunk_size": 4, "chunk_overlap": 0, "recursive_separators": [". ", "\n"]}
    assert of_text("a b. c\nd e. f\ng h. i\nj k\nl m", **entry) == ["a b.", "c\nd e.", "f\ng h.", "i\nj k\nl", "m"]


def test_blocks_in_blocks_are_only_so_many() -> None:
    sizes = [*range(3000, 0, -1)]
    assert of_text("a b c", strategy="hierarchical", hierarchical_block_sizes=sizes, chunk_overlap=0) == ["a", "b", "c"]


def test_characters_are_counted_by_recursive_alone() -> None:
    assert of_text("one two three", strategy="fixed", split_by="char", chunk_size=2, chunk_overlap=0) == [
        "one two", "three",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", " \n\t ", "\ufeff"[:0]])
def test_blank_texts_have_no_chunks(text: str) -> None:
    assert of_text(text) == []
    assert of_text(text, split_by="char") == []


KINDS = st.sampled_from(["recursive", "fixed", "hierarchical"])
TEXTS = st.text("ab.|\n \u00a0\U0001f600", max_size=300)


@given(TEXTS, KINDS, st.integers(1, 12), st.integers(0, 11), st.sampled_from(["word", "char"]))
def test_no_text_is_lost_and_no_chunk_is_too_large(text: str, kind: str, size: int, overlap: int, by: str) -> None:
    by = by if kind == "recursive" else "word"
    cutting = read_strategy(
        {"strategy": kind, "chunk_size": size, "chunk_overlap": 0, "split_by": by,
         "hierarchical_block_sizes": [size * 3, size], "recursive_separators": ["\n\n", "\n", ".", "|", " "]}
    ).cutting  # fmt: skip
    plain = [*cut(text, cutting)]
    assert all(0 < len(chunk.split() if by == "word" else chunk) <= size for chunk in plain)
    if by == "word":
        assert [word for chunk in plain for word in chunk.split()] == text.split()
    else:
        assert "".join("".join(plain).split()) == "".join(text.split())
    if by == "word" and kind != "hierarchical" and overlap < size:
        overlapping = [chunk.split() for chunk in cut(text, cutting._replace(overlap=overlap))]
        assert all(len(chunk) <= size for chunk in overlapping)
        assert all(one[len(one) - overlap :] == other[:overlap] for one, other in pairwise(overlapping))
        kept = [word for number, chunk in enumerate(overlapping) for word in chunk[overlap if number else 0 :]]
        assert kept == text.split()


CSV = 'id,text\n1,"Shoes, returned"\n2,Shirts\n\n3,A|B\n'


def test_rows_of_a_table_are_cut_in_batches() -> None:
    assert of_table("a.csv", CSV, rows_per_batch=2) == ["Shoes, returned\nShirts", "A|B"]
    assert of_table("a.csv", CSV, rows_per_batch=2, csv_content_column="body") == [
        'id,text\n1,"Shoes, returned"\n2,Shirts',
        "id,text\n3,A|B",
    ]
    assert of_table("a.csv", CSV, csv_content_column="body", table_format="markdown") == [
        "| id | text |\n| --- | --- |\n| 1 | Shoes, returned |\n| 2 | Shirts |\n| 3 | A\\|B |"
    ]


def test_a_whole_table_is_cut_as_text_where_that_is_wanted() -> None:
    strategy = {
        "document_config": {"strategy": "fixed", "chunk_size": 3, "chunk_overlap": 0},
        "structured_config": {"csv_conversion_mode": "file", "csv_content_column": "", "rows_per_batch": 1},
    }
    assert [*chunks("a.csv", CSV, read_strategy(strategy))] == [
        'id,text\n1,"Shoes, returned"',
        "2,Shirts\n3,A|B",
    ]


def test_a_list_of_objects_is_a_table_too() -> None:
    text = '[{"id": 1, "tags": ["a"]}, {"id": 2, "note": null}]'
    assert of_table("a.json", text) == ['id,tags,note\n1,"[""a""]",\n2,,']
    assert of_table("a.json", '{"id": 1}') == ['{"id": 1}']
    assert of_table("a.txt", text) == [text]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", ""),
        ("a.csv", "\n\n"),
        ("a.csv", "a," * 2000 + "\n" + "x\n" * 2000),
        ("a.csv", '"' + "x" * 200_000),
        ("a.json", "[" * 100_000),
        ("a.json", "[1, 2]"),
        ("a.json", "[]"),
        ("a.json", "[" + ",".join(f'{{"{number}":1}}' for number in range(2000)) + "]"),
    ],
)
def test_what_is_no_table_is_text(name: str, text: str) -> None:
    assert of_table(name, text) == of_text(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "a,b\n" + "1,2\n" * 5),
        ("a.csv", "a" + ",b" * 12),
        ("a.json", '[{"a": [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]}]'),
    ],
)
def test_a_table_with_too_many_values_is_text(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    assert of_table(name, text, table_format="markdown") != of_text(text)
    monkeypatch.setattr(rows_module, "TABLE_VALUES", Limit("values", 10, "text"))
    assert of_table(name, text, table_format="markdown") == of_text(text)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({}, None),
        ({"chunk_size": 50}, "chunk_overlap is 50 and must be below chunk_size, which is 50"),
        ({"document_config": {"chunk_size": 20, "chunk_overlap": 19}}, None),
        (
            {"strategy": "hierarchical", "hierarchical_block_sizes": [700, 350, 150], "chunk_overlap": 200},
            "chunk_overlap is 200 and must be below the smallest of hierarchical_block_sizes, which is 150",
        ),
    ],
)
def test_an_overlap_must_be_below_the_size(entry: dict[str, Any], problem: str | None) -> None:
    assert overlap_problem(read_strategy(entry)) == problem


@pytest.mark.parametrize(
    ("size", "entry", "expected"),
    [
        (0, {}, 0),
        (1, {}, 1),
        (3000, {}, 1),
        (3001, {}, 2),
        (6 * 950, {}, 2),
        (100, {"split_by": "char", "chunk_size": 60}, 5),
    ],
)
def test_chunks_of_other_files_are_estimated_by_size(size: int, entry: dict[str, Any], expected: int) -> None:
    assert estimated_chunks(size, read_strategy(entry)) == expected


@given(st.integers(1, 400), st.integers(1, 50), st.integers(0, 49))
def test_the_estimate_is_exact_for_words_of_six_bytes(words: int, size: int, overlap: int) -> None:
    entry = {"strategy": "fixed", "chunk_size": size, "chunk_overlap": min(overlap, size - 1)}
    text = "words " * words
    assert estimated_chunks(len(text), read_strategy(entry)) == len(of_text(text, **entry))
