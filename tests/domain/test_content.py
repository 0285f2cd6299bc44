"""Bytes of files: held once, told apart by what they are, and given in parts."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.domain.content import Content, ContentWriter
from atthene_emulator.domain.content_store import ContentStore
from atthene_emulator.domain.file_name import file_name
from atthene_emulator.limits import KIB, PIECE


def written(*portions: bytes) -> Content:
    writer = ContentWriter()
    for portion in portions:
        writer.write(portion)
    return writer.finish()


LARGE = bytes(range(256)) * 4 * KIB  # four pieces


def test_what_is_written_is_read() -> None:
    content = written(b"Hello, ", b"", b"world")
    assert (content.read(), content.size) == (b"Hello, world", 12)
    assert content.digest == sha256(b"Hello, world").hexdigest()


def test_equal_bytes_are_equal_however_they_came() -> None:
    one, other = written(LARGE + b"end"), written(*(LARGE[at : at + 1000] for at in range(0, len(LARGE), 1000)), b"end")
    assert one == other == Content.of(LARGE + b"end")
    assert one.pieces == other.pieces
    assert len({one, other, written(b"else")}) == 2


def test_pieces_are_few_and_bounded() -> None:
    content = written(*(bytes([byte]) for byte in LARGE[: 300 * KIB]), LARGE)
    assert {len(piece) for piece in content.pieces[:-1]} == {PIECE.most}
    assert len(content.pieces) == -(-content.size // PIECE.most)


def test_nothing_is_a_content_too() -> None:
    assert written() == written(b"") == Content.of(b"")
    assert (written().read(), written().size, written().pieces) == (b"", 0, ())
    assert list(written().between(0, 10)) == []


@given(st.integers(0, len(LARGE) + 5), st.integers(0, len(LARGE) + 5))
def test_a_part_is_what_stands_between(start: int, stop: int) -> None:
    content = written(LARGE)
    assert b"".join(content.between(start, stop)) == LARGE[start:stop]


def test_whole_pieces_are_given_as_they_are() -> None:
    content = written(LARGE)
    assert [id(piece) for piece in content.between(0, content.size)] == [id(piece) for piece in content.pieces]


def test_what_is_larger_than_all_that_is_kept_is_dropped_alone() -> None:
    store, small = ContentStore(10), Content.of(b"small")
    store.add(small)
    large = store.add(Content.of(b"larger than all"))
    assert (store.find(small.digest), store.find(large.digest)) == (small, None)
    assert (store.weight, store.dropped) == (5, 1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("Übersicht für März.txt", "Übersicht für März.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\notes.md", "notes.md"),
        ("..\\x/y\\z.csv", "z.csv"),
        ("a\x00b\r\nc\x7f.txt", "abc.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("  spaces .txt  ", "spaces .txt"),
        ("x" * 300 + ".tar", "x" * 251 + ".tar"),
        ("x" * 300, "x" * 255),
        ("x." + "y" * 300, "x." + "y" * 253),
        ("." + "y" * 300, "." + "y" * 254),
        (".env", ".env"),
        ("", ""),
        (".", ""),
        ("..", ""),
        ("a/..", ""),
        (".\x00.", ""),
        ("folder/", ""),
    ],
)
def test_a_name_is_no_path_and_deceives_nobody(given: str, kept: str) -> None:
    assert file_name(given) == kept


@given(st.text())
def test_a_name_that_was_kept_is_kept_again(given: str) -> None:
    name = file_name(given)
    assert file_name(name) == name
    assert len(name) <= 255
