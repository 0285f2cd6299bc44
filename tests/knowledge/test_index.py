import gc
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.errors import NoTextSearch
from atthene_emulator.knowledge import index as module
from atthene_emulator.knowledge.index import Index, Source
from atthene_emulator.knowledge.strategy import read_strategy
from atthene_emulator.limits import Limit

SENTENCES = (
    "Refunds take 14 days.",
    "Shoes can be returned.",
    "Café opens at noon.",
    "A shoe is a shoe.",
    "Refunds of shoes.",
)
SMALL = read_strategy({"strategy": "fixed", "chunk_size": 4, "chunk_overlap": 0})


def made(*texts: str) -> Index:
    return Index([Source(f"file_{number}", f"{number}.txt", text) for number, text in enumerate(texts)], SMALL)


def test_a_hit_says_where_it_is_from() -> None:
    [hit] = made("Nothing here.", "One two three four refunds take 14 days").find("Refunds?", knowledge_base="manuals")
    assert hit._asdict() == {
        "text": "refunds take 14 days",
        "source_id": "file_1",
        "source_name": "1.txt",
        "chunk": 1,
        "score": 1.0,
        "knowledge_base": "manuals",
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("How long do refunds take?", [0, 4]),
        ("CAFE", [2]),
        ("shoe", [3, 4, 1, 3]),
        ("shoes", [3, 4, 1, 3]),
        ("refunds shoes", [4, 0, 3, 1, 3]),
        ("nothing of this", [4]),
        ("", []),
        (" - ", []),
    ],
)
def test_the_best_come_first(query: str, expected: list[int]) -> None:
    assert [int(hit.source_name[0]) for hit in made(*SENTENCES).find(query)] == expected


def test_equally_good_ones_come_in_order() -> None:
    hits = made(*["Refunds take days."] * 30).find("refunds", top_k=5, offset=3)
    assert [(hit.source_name, hit.score) for hit in hits] == [(f"{number}.txt", 1.0) for number in range(3, 8)]


def test_scores_are_shares_of_the_best_one() -> None:
    index = made(*SENTENCES)
    all_of_them = index.find("refunds shoes days")
    scores = [hit.score for hit in all_of_them]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    assert all(score == round(score, 4) and 0 < score <= 1 for score in scores)
    assert index.find("refunds shoes days", least=scores[1]) == all_of_them[:2]
    assert index.find("refunds shoes days", top_k=1, offset=1) == all_of_them[1:2]
    assert index.find("refunds", offset=100) == ()


@pytest.mark.parametrize(
    "query",
    ['"', "refunds AND", "NEAR(refunds", "text: refunds", "refunds*", "-refunds", "^refunds", "_ refunds", "\0refunds"],
)
def test_no_text_is_a_language_of_queries(query: str) -> None:
    assert [hit.source_name for hit in made(*SENTENCES).find(query)][:2] in ([], ["0.txt", "4.txt"], ["4.txt", "0.txt"])


@given(st.text(max_size=50))
def test_any_text_can_be_looked_up_and_indexed(text: str) -> None:
    index = made(text, f"\ud800 {text}")
    for query in (text, f"{text} \udfff", *text.split()):
        assert all(hit.score <= 1 for hit in index.find(query))


def test_a_word_is_found_however_many_there_are() -> None:
    words = " ".join(f"word{number}" for number in range(module.QUERY_WORDS.most))
    index = made(*SENTENCES)
    assert index.find(f"{words} refunds") == ()
    assert len(index.find(f"{words[:20]} refunds")) == 2
    assert index.find("x" * 200_000) == ()


MANY = [f"{'every time' if number % 3 else 'time'} word{number}" for number in range(1200)]


@pytest.mark.parametrize(
    ("query", "found", "best"),
    [
        pytest.param("every time word7 word8", 2, "word7", id="rare words alone"),
        pytest.param("times none", 1000, "word0", id="else the first one"),
        pytest.param(" ".join(f"word{number}" for number in range(20)), 12, "word0", id="a few words"),
        pytest.param("---", 0, "", id="none"),
    ],
)
def test_among_many_chunks_words_of_most_do_not_count(query: str, found: int, best: str) -> None:
    hits = made(*MANY).find(query, top_k=1000)
    assert len(hits) == found
    assert best in (hits[0].text if hits else "")


def test_the_same_words_are_looked_up_at_most_twice() -> None:
    index, asked = made(*["Refunds take days."] * 30), list[str]()
    index._connection.set_trace_callback(asked.append)  # noqa: SLF001  # nobody else can tell
    for top_k in (3, 1, 5, 30, 12, 1000):
        assert len(index.find("refunds", top_k=top_k)) == min(top_k, 30)
    assert len([one for one in asked if "MATCH" in one]) == 2


def test_long_messages_are_looked_up_in_many_chunks_at_once() -> None:
    words = " ".join(f"word{number}" for number in range(64))
    index = Index(
        [Source("file_1", "a.txt", f"{words} end " * 15_000)],
        read_strategy({"strategy": "fixed", "chunk_size": 65, "chunk_overlap": 0}),
    )
    began = process_time()
    assert len(index.find(words)) == 10
    assert process_time() - began < 0.15  # a fortieth of a second alone, half a second by all words


def test_it_is_made_in_a_thread_and_asked_from_another_one() -> None:
    with ThreadPoolExecutor(1) as pool:
        index = pool.submit(made, *SENTENCES).result()
    assert len(index.find("refunds")) == 2


def test_it_leaves_nothing_open() -> None:
    index = made(*SENTENCES)
    connection = index._connection  # noqa: SLF001  # nobody else can tell
    del index
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


@pytest.mark.parametrize(("name", "most", "kept"), [("CHUNKS", 3, 3), ("CHUNK_BYTES", 17, 1)])
def test_what_is_beyond_the_bounds_is_counted(monkeypatch: pytest.MonkeyPatch, name: str, most: int, kept: int) -> None:
    monkeypatch.setattr(module, name, Limit("things", most, "gone"))
    index = made("abcd efg " * 8, "abcd efg " * 8, "abcd")
    assert (len(index), len([*index])) == (kept, kept)
    assert index.left_out >= 5 - kept


def test_a_python_without_full_text_search_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TABLE", "CREATE VIRTUAL TABLE chunks USING fts99(text)")
    with pytest.raises(
        NoTextSearch, match=r"no SQLite with FTS5; run it with another one, or let scripts say the hits"
    ):
        made("text").find("text")
