"""What every vault promises, whatever keeps it."""

import asyncio
from collections.abc import Callable

import pytest

from atthene_emulator.domain.rows import Changes
from atthene_emulator.errors import Conflict, NotKept, SetupError
from atthene_emulator.vault.vault import EMULATOR, About, Stamp, Vault
from tests.vault.emulators import STAMP, Emulator, row

Make = Callable[[], Vault]
Start = Callable[[Vault], Emulator]
VALUES = {
    "json": b'{"a":1}',
    "nothing": b"",
    "all bytes": bytes(range(256)) * 3,
    "lines": b"\r\n$3\r\n*1\r\n",
    "digits": b"12 34 ",
    "large": b"x" * 3_000_000,
}
ODD = ["é ü 漢字 🦆", "a:b", "{curly}", 'it\'s "quoted"', "50%", "a b", "\u0000"]


@pytest.fixture
def one(make: Make, emulator: Start) -> Emulator:
    """An emulator that owns the namespace `a`, of which nothing is kept yet."""
    started = emulator(make())
    assert started.claim("a") is None
    return started


def test_at_first_nothing_is_there(one: Emulator) -> None:
    assert one.run(one.vault.all()) == []
    assert one.run(one.vault.find("a")) is None
    assert one.run(one.vault.holder("key")) is None
    assert one.load("a") == {}
    assert one.load(EMULATOR) == {}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_values_come_back_byte_by_byte(one: Emulator, value: bytes) -> None:
    one.save("a", row("k", value, table="contents"))
    assert one.load("a") == {"contents": [row("k", value, table="contents")]}


@pytest.mark.parametrize("text", ODD)
def test_any_text_may_be_a_name_and_a_key(one: Emulator, text: str) -> None:
    one.add(text, row(text), keys=[text])
    assert one.claim(text) is None
    one.save(text, row("more"))
    assert sorted(one.load(text)["sessions"]) == sorted([row(text), row("more")])
    assert one.run(one.vault.holder(text)) == text


def test_rows_come_in_the_order_of_their_places(one: Emulator) -> None:
    places = {"x": 3, "y": 20, "z": 1, "v": -5, "w": 10**12}
    one.save("a", *(row(key, place=place) for key, place in places.items()))
    assert [found.key for found in one.load("a")["sessions"]] == ["v", "z", "x", "y", "w"]


def test_a_row_takes_the_place_of_the_one_before(one: Emulator) -> None:
    one.save("a", row("k", b"1", 7))
    one.save("a", row("k", b"2", 9))
    assert one.load("a") == {"sessions": [row("k", b"2", 9)]}


def test_a_row_without_a_value_is_gone(one: Emulator) -> None:
    one.save("a", row("k"), row("l", place=1))
    one.save("a", row("k", None), row("never", None))
    assert one.load("a") == {"sessions": [row("l", place=1)]}


def test_a_table_is_emptied_before_its_new_rows_come(one: Emulator) -> None:
    one.save("a", row("old"), row("k", table="journal"), row("b", place=4, table="other"))
    one.save("a", row("new"), emptied=["unheard", "sessions", "journal"])
    assert one.load("a") == {"sessions": [row("new")], "other": [row("b", place=4, table="other")]}


def test_many_rows_are_one_save(one: Emulator) -> None:
    many = [row(str(number), b"x" * 20, number) for number in range(20_000)]
    one.save("a", *many)
    assert one.load("a") == {"sessions": many}


def test_what_is_saved_at_once_is_kept_in_the_order_in_which_it_was_called(one: Emulator) -> None:
    one.save_at_once("a", [row("k", b"%d" % number, number) for number in range(300)])
    assert one.load("a") == {"sessions": [row("k", b"299", 299)]}


def test_namespaces_do_not_know_each_other(one: Emulator) -> None:
    one.claim("a:b")
    one.claim(EMULATOR)
    one.save("a", row("k", b"1"))
    one.save("a:b", row("k", b"2"))
    one.save(EMULATOR, row("k", b"3"))
    assert [one.load(name)["sessions"][0].value for name in ("a", "a:b", EMULATOR)] == [b"1", b"2", b"3"]


def test_it_is_all_there_again(one: Emulator, make: Make, emulator: Start) -> None:
    one.add("b", row("k", b"2"), keys=["key-b"])
    one.save("a", row("k", b"1", 5))
    one.close()
    again = emulator(make())
    assert again.load("a") == {"sessions": [row("k", b"1", 5)]}
    assert again.load("b") == {"sessions": [row("k", b"2")]}
    assert again.run(again.vault.find("b")) == About("b", ("key-b",), {"seed": "b"}, 1)
    assert again.claim("b") is None


def test_namespaces_are_listed_as_they_were_made(one: Emulator) -> None:
    for name in ("c", "a", "b"):
        one.add(name)
    assert [(about.name, about.number) for about in one.run(one.vault.all())] == [("c", 1), ("a", 2), ("b", 3)]


def test_a_number_is_not_given_twice(one: Emulator) -> None:
    numbers = []
    for _ in range(3):
        one.add("a")
        numbers += [about.number for about in one.run(one.vault.all())]
        one.claim("a")
        one.run(one.vault.remove("a"))
    assert sorted({*numbers}) == numbers


def test_what_concerns_no_namespace_is_not_listed(one: Emulator) -> None:
    one.claim(EMULATOR)
    one.save(EMULATOR, row("k"))
    assert one.names() == []


def test_a_name_is_not_given_twice(one: Emulator) -> None:
    one.add("b", row("k", b"first"), keys=["k1"])
    with pytest.raises(Conflict, match='"b"'):
        one.add("b", row("k", b"second"), row("l"), keys=["k2"])
    assert one.load("b") == {"sessions": [row("k", b"first")]}
    assert one.run(one.vault.holder("k2")) is None


def test_of_those_that_ask_at_once_one_gets_the_name(one: Emulator) -> None:
    async def add_all() -> list[BaseException | None]:
        adding = (one.vault.add(About("b", (), {"n": number}), Changes((), ())) for number in range(5))
        return await asyncio.gather(*adding, return_exceptions=True)

    came = one.run(add_all())
    assert [type(result) for result in came if result is not None] == [Conflict] * 4
    assert one.names() == ["b"]


def test_the_first_namespace_with_a_key_holds_it(one: Emulator) -> None:
    one.add("z", keys=["shared", "of-z"])
    one.add("b", keys=["shared", "of-b"])
    assert [one.run(one.vault.holder(key)) for key in ("shared", "of-z", "of-b")] == ["z", "z", "b"]
    one.claim("z")
    one.run(one.vault.remove("z"))
    assert [one.run(one.vault.holder(key)) for key in ("shared", "of-z", "of-b")] == ["b", None, "b"]


def test_a_namespace_that_is_removed_leaves_nothing(one: Emulator) -> None:
    one.add("b", row("k"), keys=["key"])
    one.claim("b")
    one.save("b", row("k", table="journal"))
    one.run(one.vault.remove("b"))
    assert (one.names(), one.run(one.vault.find("b")), one.load("b")) == ([], None, {})
    with pytest.raises(NotKept):
        one.save("b", row("k"))
    one.add("b", row("new"))
    assert one.load("b") == {"sessions": [row("new")]}


def test_who_does_not_own_it_changes_nothing(one: Emulator) -> None:
    with pytest.raises(NotKept, match='"b"'):
        one.save("b", row("k"))
    one.add("c")
    with pytest.raises(NotKept, match='"c"'):
        one.run(one.vault.remove("c"))
    assert (one.load("b"), one.names()) == ({}, ["c"])


def test_who_has_released_it_changes_nothing(one: Emulator) -> None:
    one.save("a", row("k"))
    one.run(one.vault.release("a"))
    one.run(one.vault.release("a"))
    with pytest.raises(NotKept, match='"a"'):
        one.save("a", row("k", None))
    assert one.load("a") == {"sessions": [row("k")]}


def test_what_is_owned_may_be_claimed_again(one: Emulator) -> None:
    one.save("a", row("k"))
    assert one.claim("a") is None
    one.save("a", row("l", place=1))
    assert one.load("a") == {"sessions": [row("k"), row("l", place=1)]}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (STAMP._replace(format=99), "format"),
        (STAMP._replace(seeds="others"), "seeds"),
    ],
)
def test_who_has_another_stamp_is_refused(one: Emulator, make: Make, other: Stamp, said: str) -> None:
    one.save("a", row("k"))
    one.close()
    with pytest.raises(SetupError, match=said):
        Emulator(make()).open(other)
    same = Emulator(make()).open()
    assert same.load("a") == {"sessions": [row("k")]}
    same.close()
