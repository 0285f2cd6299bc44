"""A transcript never changes: what is added is seen by the longer one only."""

from typing import Any

import pytest

from atthene_emulator.domain.transcript import Message, Transcript, text_of

HELLO = Message("msg_1", "user", "Hello", 1.0)
HI = Message("msg_2", "assistant", "Hi!", 2.0, "main")
HOW = Message("msg_3", "user", "How are you?", 3.0)
FINE = Message("msg_4", "assistant", "Fine.", 4.0, "main", ({"name": "calculator"},))
ALL = [HELLO, HI, HOW, FINE]


def test_a_new_transcript_is_empty() -> None:
    transcript = Transcript()
    assert (len(transcript), list(transcript), transcript.characters) == (0, [], 0)
    assert transcript.page(0, 10) == []
    assert transcript.remembered(10) == []


def test_messages_come_back_as_they_were() -> None:
    assert list(Transcript().extended(ALL)) == ALL


def test_extending_leaves_the_shorter_one_as_it_was() -> None:
    short = Transcript().extended([HELLO, HI])
    long = short.extended([HOW])
    assert list(short) == [HELLO, HI]
    assert list(long) == [HELLO, HI, HOW]
    assert (len(short), len(long)) == (2, 3)


def test_two_futures_of_one_transcript_do_not_see_each_other() -> None:
    past = Transcript().extended([HELLO, HI])
    one, other = past.extended([HOW]), past.extended([FINE, HOW])
    assert list(past) == [HELLO, HI]
    assert list(one) == [HELLO, HI, HOW]
    assert list(other) == [HELLO, HI, FINE, HOW]


def test_futures_go_on_independently() -> None:
    past = Transcript().extended([HELLO])
    one, other = past.extended([HI]), past.extended([FINE])
    one, other = one.extended([HOW]), other.extended([HOW, HELLO])
    assert [list(past), list(one), list(other)] == [[HELLO], [HELLO, HI, HOW], [HELLO, FINE, HOW, HELLO]]


def test_two_futures_of_the_empty_transcript_do_not_see_each_other() -> None:
    empty = Transcript()
    one, other = empty.extended([HELLO]), empty.extended([HI])
    assert [list(empty), list(one), list(other)] == [[], [HELLO], [HI]]


def test_adding_nothing_adds_nothing() -> None:
    transcript = Transcript().extended([HELLO]).extended([])
    assert list(transcript) == [HELLO]


def test_no_page_shows_what_another_future_added() -> None:
    short = Transcript().extended([HELLO])
    short.extended([HI, HOW, FINE])
    assert short.page(0, 10) == [HELLO]
    assert short.page(1, 10) == []
    assert short.page(2, 10) == []
    assert short.remembered(10) == [HELLO]


@pytest.mark.parametrize(
    ("offset", "limit", "expected"),
    [
        (0, 4, ALL),
        (0, 100, ALL),
        (0, 2, [HELLO, HI]),
        (1, 2, [HI, HOW]),
        (3, 2, [FINE]),
        (4, 2, []),
        (9, 2, []),
        (1, 0, []),
    ],
    ids=["all", "more than all", "start", "middle", "end", "at the end", "beyond", "none"],
)
def test_a_page_starts_at_its_offset(offset: int, limit: int, expected: list[Message]) -> None:
    assert Transcript().extended(ALL).page(offset, limit) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, []), (1, [FINE]), (3, [HI, HOW, FINE]), (4, ALL), (9, ALL)])
def test_the_last_messages_come_oldest_first(count: int, expected: list[Message]) -> None:
    assert Transcript().extended(ALL).remembered(count) == expected


def test_characters_count_all_texts() -> None:
    short = Transcript().extended([HELLO, HI])
    long = short.extended([HOW])
    assert (short.characters, long.characters) == (8, 20)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hello", "Hello"),
        ("", ""),
        (({"type": "text", "text": "one"}, {"type": "text", "text": "two"}), "one\ntwo"),
        (({"type": "image_url", "image_url": {"url": "https://a.example/b.png"}},), ""),
        (({"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "data:,"}}), "look"),
        ((), ""),
    ],
    ids=["text", "empty", "blocks", "image", "both", "no blocks"],
)
def test_text_of_blocks_is_that_of_the_text_ones(content: str | tuple[Any, ...], text: str) -> None:
    assert text_of(content) == text


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_of_a_limited_transcript_the_oldest_leave(limit: int) -> None:
    every = [Message(f"msg_{number}", "user", "x" * number, float(number)) for number in range(40)]
    transcript = Transcript()
    for number in range(0, 40, 2):
        transcript = transcript.extended(every[number : number + 2], limit)
        kept = every[max(0, number + 2 - limit) : number + 2]
        assert list(transcript) == transcript.page(0, 100) == transcript.remembered(None) == kept
        assert len(transcript) == len(kept)
        assert transcript.characters == sum(len(str(message.content)) for message in kept)


def test_a_limit_leaves_other_futures_alone() -> None:
    past = Transcript().extended(ALL, 4)
    one, other = past.extended([HELLO], 4), past.extended([HI], 2)
    assert [list(past), list(one), list(other)] == [ALL, [HI, HOW, FINE, HELLO], [FINE, HI]]


def test_what_has_left_is_not_kept_for_ever() -> None:
    transcript = Transcript()
    for _ in range(1000):
        transcript = transcript.extended([HELLO, HI], 10)
    assert len(transcript._packed) < 40  # noqa: SLF001  # how much is kept shows nowhere else


def beyond(longer: Transcript, earlier: Transcript) -> list[Message]:
    return [Message(*packed) for packed in longer.beyond(earlier)]


def copied(transcript: Transcript) -> Transcript:
    """The same that shares nothing, as if it was read from somewhere."""
    return Transcript().extended([Message(*one) for one in transcript])


@pytest.mark.parametrize("other", [lambda same: same, copied], ids=["of one list", "of two lists"])
@pytest.mark.parametrize(
    ("earlier", "more", "limit", "gained"),
    [
        ([], ALL, None, ALL),
        ([HELLO, HI], [HOW, FINE], None, [HOW, FINE]),
        ([HELLO, HI], [], None, []),
        ([HELLO, HI, HOW], [FINE], 2, [FINE]),
        ([HELLO, HI], [HOW, FINE], 2, [HOW, FINE]),
        ([HELLO, HI], [HOW, FINE], 1, [FINE]),
    ],
)
def test_what_a_longer_transcript_has_gained(
    other: Any, earlier: list[Message], more: list[Message], limit: int | None, gained: list[Message]
) -> None:
    short = Transcript().extended(earlier)
    assert beyond(short.extended(more, limit), other(short)) == gained


def test_a_transcript_that_does_not_go_on_from_another_has_gained_all() -> None:
    past = Transcript().extended([HELLO, HI])
    one, other = past.extended([HOW]), past.extended([FINE, HOW])
    assert beyond(other, one) == [HELLO, HI, FINE, HOW]
    assert beyond(past, one) == [HELLO, HI]
    assert beyond(past.extended([HOW], 1), Transcript().extended([FINE])) == [HOW]
    assert beyond(Transcript(), one) == []
