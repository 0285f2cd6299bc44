"""The in-memory store keeps what the `Store` protocol promises."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from atthene_emulator.store import Collection, DuplicateError, Kind, StaleError
from atthene_emulator.store.memory import MemoryStore


class Book(NamedTuple):
    """What is kept in these tests."""

    id: str
    shelf: str = "A"
    title: str | None = None
    lent: bool = False


class Reader(NamedTuple):
    """Another kind."""

    id: str


BOOKS: Kind[Book] = Kind(
    "books",
    {"shelf": lambda book: book.shelf, "title": lambda book: (book.shelf, book.title) if book.title else None},
    unique=frozenset({"title"}),
)
READERS: Kind[Reader] = Kind("readers")

ONE, TWO, THREE, OTHER = Book("1"), Book("2"), Book("3"), Book("4", "B")


def with_books(check: Callable[[Collection[Book]], Awaitable[Any]], *books: Book) -> Any:
    """What `check` returns for a collection of these books."""

    async def run() -> Any:
        collection = MemoryStore().collection(BOOKS)
        for book in books:
            await collection.add(book)
        return await check(collection)

    return asyncio.run(run())


async def all_ids(books: Collection[Book]) -> list[str]:
    return [book.id for book in await books.all()]


class TestAdd:
    def test_a_record_is_found_by_its_id(self) -> None:
        assert with_books(lambda books: books.get("2"), ONE, TWO) is TWO

    def test_an_unknown_id_finds_nothing(self) -> None:
        assert with_books(lambda books: books.get("9"), ONE) is None

    def test_records_come_in_the_order_they_were_added(self) -> None:
        assert with_books(all_ids, THREE, ONE, TWO) == ["3", "1", "2"]

    def test_a_taken_id_is_refused(self) -> None:
        async def check(books: Collection[Book]) -> list[Book]:
            with pytest.raises(DuplicateError):
                await books.add(Book("1", "B"))
            return list(await books.all())

        assert with_books(check, ONE) == [ONE]

    def test_a_taken_unique_value_is_refused_and_leaves_no_trace(self) -> None:
        async def check(books: Collection[Book]) -> tuple[Book | None, int, list[str]]:
            with pytest.raises(DuplicateError):
                await books.add(Book("2", "A", "Emma"))
            return await books.get("2"), await books.count("shelf", "A"), await all_ids(books)

        assert with_books(check, Book("1", "A", "Emma")) == (None, 1, ["1"])

    def test_a_unique_value_counts_within_its_whole_value(self) -> None:
        assert with_books(all_ids, Book("1", "A", "Emma"), Book("2", "B", "Emma")) == ["1", "2"]

    def test_records_without_a_unique_value_do_not_clash(self) -> None:
        assert with_books(all_ids, Book("1", title=None), Book("2", title=None)) == ["1", "2"]

    def test_a_unique_value_is_free_again_when_its_record_is_gone(self) -> None:
        async def check(books: Collection[Book]) -> list[str]:
            await books.remove(Book("1", "A", "Emma"))
            await books.add(Book("2", "A", "Emma"))
            return await all_ids(books)

        assert with_books(check, Book("1", "A", "Emma")) == ["2"]


class TestReplace:
    def test_the_new_record_takes_the_place_of_the_old(self) -> None:
        lent = ONE._replace(lent=True)

        async def check(books: Collection[Book]) -> list[Book]:
            await books.replace(ONE, lent)
            return [*await books.all(), *await books.page("shelf", "A")]

        assert with_books(check, ONE, TWO) == [lent, TWO, lent, TWO]

    def test_a_record_that_was_changed_meanwhile_is_stale(self) -> None:
        lent = ONE._replace(lent=True)

        async def check(books: Collection[Book]) -> Book | None:
            await books.replace(ONE, lent)
            with pytest.raises(StaleError):
                await books.replace(ONE, ONE._replace(lent=False))
            return await books.get("1")

        assert with_books(check, ONE) is lent

    def test_an_equal_record_that_is_not_the_one_that_is_kept_is_stale(self) -> None:
        twin = Book("1")

        async def check(books: Collection[Book]) -> None:
            with pytest.raises(StaleError):
                await books.replace(twin, ONE._replace(lent=True))

        assert twin == ONE
        with_books(check, ONE)

    def test_a_record_that_is_gone_is_stale_and_stays_gone(self) -> None:
        async def check(books: Collection[Book]) -> list[str]:
            await books.remove(ONE)
            with pytest.raises(StaleError):
                await books.replace(ONE, ONE._replace(lent=True))
            return await all_ids(books)

        assert with_books(check, ONE, TWO) == ["2"]


class TestIndexes:
    def test_find_gives_the_first_of_a_group(self) -> None:
        assert with_books(lambda books: books.find("shelf", "A"), OTHER, TWO, ONE) is TWO

    @pytest.mark.parametrize(("index", "value"), [("shelf", "Z"), ("title", ("A", "Emma")), ("title", None)])
    def test_an_empty_group_has_nothing(self, index: str, value: Any) -> None:
        async def check(books: Collection[Book]) -> tuple[Any, int, list[Book]]:
            return (
                await books.find(index, value),
                await books.count(index, value),
                list(await books.page(index, value)),
            )

        assert with_books(check, ONE) == (None, 0, [])

    def test_count_counts_one_group(self) -> None:
        assert with_books(lambda books: books.count("shelf", "A"), ONE, OTHER, TWO) == 2

    def test_a_removed_record_leaves_its_groups(self) -> None:
        async def check(books: Collection[Book]) -> tuple[Any, int]:
            await books.remove(ONE)
            return await books.find("shelf", "A"), await books.count("shelf", "A")

        assert with_books(check, ONE, TWO) == (TWO, 1)
        assert with_books(check, ONE) == (None, 0)


class TestPage:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({}, "12356"),
            ({"newest_first": True}, "65321"),
            ({"limit": 2}, "12"),
            ({"limit": 2, "offset": 1}, "23"),
            ({"limit": 2, "newest_first": True}, "65"),
            ({"limit": 2, "offset": 3, "newest_first": True}, "21"),
            ({"offset": 4}, "6"),
            ({"offset": 5}, ""),
            ({"offset": 99, "limit": 5}, ""),
            ({"limit": 0}, ""),
            ({"limit": 99}, "12356"),
        ],
        ids=str,
    )
    def test_a_page_is_a_part_of_a_group(self, options: dict[str, Any], expected: str) -> None:
        books = [*(Book(number) for number in "123"), OTHER, *(Book(number) for number in "56")]
        found = with_books(lambda collection: collection.page("shelf", "A", **options), *books)
        assert "".join(book.id for book in found) == expected

    def test_a_page_does_not_change_afterwards(self) -> None:
        async def check(books: Collection[Book]) -> list[str]:
            page = await books.page("shelf", "A")
            await books.add(TWO)
            await books.remove(ONE)
            return [book.id for book in page]

        assert with_books(check, ONE) == ["1"]


class TestRemove:
    def test_a_record_is_forgotten(self) -> None:
        async def check(books: Collection[Book]) -> tuple[Any, list[str]]:
            await books.remove(ONE)
            return await books.get("1"), await all_ids(books)

        assert with_books(check, ONE, TWO) == (None, ["2"])

    def test_removing_what_is_gone_is_no_error(self) -> None:
        async def check(books: Collection[Book]) -> list[str]:
            await books.remove(ONE)
            await books.remove(ONE)
            return await all_ids(books)

        assert with_books(check, ONE, TWO) == ["2"]

    def test_a_record_that_changed_meanwhile_is_removed_all_the_same(self) -> None:
        async def check(books: Collection[Book]) -> list[str]:
            await books.replace(ONE, ONE._replace(lent=True))
            await books.remove(ONE)
            return await all_ids(books)

        assert with_books(check, ONE) == []


class TestStore:
    def test_kinds_are_kept_apart(self) -> None:
        async def check() -> tuple[int, int]:
            store = MemoryStore()
            await store.collection(BOOKS).add(Book("1"))
            await store.collection(READERS).add(Reader("1"))
            await store.collection(READERS).add(Reader("2"))
            return len(await store.collection(BOOKS).all()), len(await store.collection(READERS).all())

        assert asyncio.run(check()) == (1, 2)

    def test_a_collection_is_the_same_wherever_it_is_asked_for(self) -> None:
        async def check() -> Any:
            store = MemoryStore()
            await store.collection(BOOKS).add(ONE)
            return await store.collection(BOOKS).get("1")

        assert asyncio.run(check()) is ONE

    def test_two_stores_share_nothing(self) -> None:
        async def check() -> Any:
            await MemoryStore().collection(BOOKS).add(ONE)
            return await MemoryStore().collection(BOOKS).get("1")

        assert asyncio.run(check()) is None

    def test_clearing_forgets_everything(self) -> None:
        async def check() -> tuple[Any, int, int]:
            store = MemoryStore()
            books = store.collection(BOOKS)
            await books.add(Book("1", "A", "Emma"))
            await store.collection(READERS).add(Reader("1"))
            await store.clear()
            await books.add(Book("2", "A", "Emma"))
            return await all_ids(books), await books.count("shelf", "A"), len(await store.collection(READERS).all())

        assert asyncio.run(check()) == (["2"], 1, 0)


class TestSnapshot:
    def test_restoring_undoes_what_was_added_changed_and_removed(self) -> None:
        async def check() -> tuple[list[Book], list[str], Any]:
            store = MemoryStore()
            books = store.collection(BOOKS)
            for book in (ONE, TWO, THREE):
                await books.add(book)
            snapshot = await store.snapshot()
            await books.add(OTHER)
            await books.replace(ONE, ONE._replace(lent=True))
            await books.remove(TWO)
            await store.restore(snapshot)
            return list(await books.all()), [one.id for one in await books.page("shelf", "A")], await books.get("4")

        assert asyncio.run(check()) == ([ONE, TWO, THREE], ["1", "2", "3"], None)

    def test_a_snapshot_can_be_restored_again_and_again(self) -> None:
        async def check() -> list[list[str]]:
            store = MemoryStore()
            books = store.collection(BOOKS)
            await books.add(ONE)
            snapshot = await store.snapshot()
            found = []
            for book in (TWO, THREE):
                await store.restore(snapshot)
                await books.add(book)
                await books.remove(ONE)
                found.append(await all_ids(books))
            await store.restore(snapshot)
            return [*found, await all_ids(books), [book.id for book in await books.page("shelf", "A")]]

        assert asyncio.run(check()) == [["2"], ["3"], ["1"], ["1"]]

    def test_a_snapshot_keeps_the_records_themselves(self) -> None:
        async def check() -> Any:
            store = MemoryStore()
            books = store.collection(BOOKS)
            await books.add(ONE)
            snapshot = await store.snapshot()
            await store.clear()
            await store.restore(snapshot)
            await books.replace(ONE, ONE._replace(lent=True))
            return await books.get("1")

        assert asyncio.run(check()) == Book("1", lent=True)

    def test_a_kind_that_came_later_is_empty_again(self) -> None:
        async def check() -> int:
            store = MemoryStore()
            snapshot = await store.snapshot()
            await store.collection(READERS).add(Reader("1"))
            await store.restore(snapshot)
            return len(await store.collection(READERS).all())

        assert asyncio.run(check()) == 0

    def test_the_order_of_groups_comes_back(self) -> None:
        async def check() -> list[str]:
            store = MemoryStore()
            books = store.collection(BOOKS)
            for book in (THREE, ONE, TWO):
                await books.add(book)
            snapshot = await store.snapshot()
            await books.remove(THREE)
            await books.add(THREE)
            await store.restore(snapshot)
            return [book.id for book in await books.page("shelf", "A", newest_first=True)]

        assert asyncio.run(check()) == ["2", "1", "3"]
