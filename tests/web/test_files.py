"""Files over HTTP: uploaded, listed, changed and deleted, with their bytes or without."""

from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.multipart import CONTENT_TYPE, field, file, multipart
from tests.web.library import AT_ONCE, NOON, Library, library, problems

FORM = {"Content-Type": CONTENT_TYPE}
LATER = "2025-01-15T10:30:01Z"


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer(max_stored=100_000) as running:
        yield running


@pytest.fixture
def api(server: EmulatorServer) -> Iterator[Library]:
    with library(server) as made:
        yield made


def names(api: Library, query: str = "") -> list[str]:
    return [one["original_filename"] for one in api.get(f"/files/{query}").json()]


# Uploading


def test_an_upload_is_answered_while_it_goes_on(api: Library) -> None:
    answer = api.post("/files/", files={"file": ("manual.pdf", b"%PDF")}, data={"tags": "manual,product"})
    assert answer.json() == {
        "id": answer.json()["id"],
        "original_filename": "manual.pdf",
        "file_type": "document",
        "size_bytes": 4,
        "status": "uploading",
        "tags": ["manual", "product"],
        "created_at": NOON,
    }


def test_a_second_later_it_is_active(api: Library) -> None:
    made = api.upload()
    assert api.get(f"/files/{made}/").json()["status"] == "uploading"
    api.namespace.advance(1)
    shown = api.get(f"/files/{made}/").json()
    assert (shown["status"], shown["updated_at"]) == ("active", LATER)


@pytest.mark.parametrize("fraction", [0.0, 0.1, 1 / 3, 0.700_000_1, 0.999])
def test_a_clock_that_stands_at_any_fraction_of_a_second_does_as_well(api: Library, fraction: float) -> None:
    api.namespace.advance(fraction)
    made = api.upload()
    api.namespace.advance(1)
    assert api.get(f"/files/{made}/").json()["status"] == "active"


@pytest.mark.parametrize(
    ("parts", "tags"),
    [
        ([field("tags", "a,b")], ["a", "b"]),
        ([field("tags", "a"), field("tags", "b")], ["a", "b"]),
        ([field("tags", '["a", "b"]')], ["a", "b"]),
        ([field("tags", " a , ,a, b c ")], ["a", "b c"]),
        ([field("tags", "")], []),
        ([field("tags", "[]")], []),
        ([field("tags", "[draft]")], ["[draft]"]),
        ([field("tags", '["\\ud800"]')], ['["\\ud800"]']),
        ([], []),
    ],
)
def test_tags_come_in_each_form_that_pages_show(api: Library, parts: Any, tags: list[str]) -> None:
    answer = api.post("/files/", data=multipart(file(), *parts), headers=FORM)
    assert answer.json()["tags"] == tags


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.PDF", "document"), ("a.webp", "image"), ("a.xls", "data"), ("a.py", "code"), ("a.mov", "video"),
     ("a.wav", "audio"), ("a.tar", "archive"), ("a.exe", "other"), ("pdf", "other")],
)  # fmt: skip
def test_the_type_is_that_of_the_extension_in_any_case(api: Library, name: str, kind: str) -> None:
    assert api.post("/files/", files={"file": (name, b"x")}).json()["file_type"] == kind


def test_the_same_bytes_again_are_refused_and_say_which_file_has_them(api: Library) -> None:
    made = api.upload("a.txt", "Hello")
    answer = api.post("/files/", files={"file": ("b.txt", "Hello")})
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "type": "validation_error",
        "message": "File already exists (duplicate detected)",
        "details": {"existing_file_id": made},
    }
    assert names(api) == ["a.txt"]


def test_another_account_may_have_the_same_bytes_and_so_may_one_that_deleted_them(api: Library) -> None:
    made = api.upload("a.txt", "Hello")
    api.as_account("other-key").upload("a.txt", "Hello")
    api.delete(f"/files/{made}/")
    assert api.upload("a.txt", "Hello") != made


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ([], {"file"}),
        ([field("file", "text")], {"file"}),
        ([file(), file()], {"file"}),
        ([file(filename="../..")], {"file"}),
        ([file(), field("is_public", "perhaps")], {"is_public"}),
        ([file(), field("description", "x" * 10_001)], {"description"}),
    ],
)
def test_what_is_no_upload_is_refused_with_the_field_and_keeps_nothing(
    api: Library, parts: Any, wrong: set[str]
) -> None:
    assert set(problems(api.post("/files/", data=multipart(*parts), headers=FORM))) == wrong
    assert names(api, "?include_deleted=true") == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("../../etc/passwd.txt", "passwd.txt"), ("C:\\\\Users\\\\me\\\\plan.txt", "plan.txt"), ("a\tb.txt", "ab.txt")],
)
def test_names_are_without_folders_and_control_characters(api: Library, sent: str, kept: str) -> None:
    answer = api.post("/files/", data=multipart(file(filename=sent)), headers=FORM)
    assert answer.json()["original_filename"] == kept


def test_json_is_no_upload(api: Library) -> None:
    assert api.post("/files/", json={"file": "x"}).status_code == 415


# Listing


def test_the_newest_comes_first_and_a_page_is_what_is_asked_for(api: Library) -> None:
    for number in range(5):
        api.upload(f"{number}.txt")
    assert names(api) == ["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"]
    assert names(api, "?limit=2&offset=1") == ["3.txt", "2.txt"]
    assert names(api, "?search=.TXT&limit=2&offset=4") == ["0.txt"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?file_type=data", ["table.csv"]),
        ("?status=active", []),
        ("?status=uploading&search=MAN", ["manual.txt"]),
        ("?tags=new", ["table.csv", "manual.txt"]),
        ("?tags=new&tags=table", ["table.csv"]),
        ("?tags=new,table", ["table.csv"]),
        ("?tags=none", []),
    ],
)
def test_filters_all_count(api: Library, query: str, found: list[str]) -> None:
    api.post("/files/", files={"file": ("manual.txt", "M")}, data={"tags": "new"})
    api.post("/files/", files={"file": ("table.csv", "T")}, data={"tags": "new,table"})
    assert names(api, query) == found


@pytest.mark.parametrize(
    ("query", "wrong"),
    [("?status=ready", "status"), ("?file_type=pdf", "file_type"), ("?include_deleted=maybe", "include_deleted"),
     ("?limit=0", "limit"), ("?offset=-1", "offset")],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused(api: Library, query: str, wrong: str) -> None:
    assert list(problems(api.get(f"/files/{query}"))) == [wrong]


# One file


def test_what_was_found_in_a_text_is_as_long_as_it_is(api: Library) -> None:
    api.namespace.transitions(**AT_ONCE)
    made = api.upload("manual.md", "Unplug it first.")
    assert api.get(f"/files/{made}/").json()["processing_info"] == {"pages_extracted": 1, "text_length": 16}


def test_a_failed_upload_says_why(api: Library) -> None:
    api.namespace.transitions("immediate", failures=[{"file": "*.pdf", "in": ["files"], "message": "This is no PDF"}])
    shown = api.get(f"/files/{api.upload('a.pdf')}/").json()
    assert (shown["status"], shown["processing_info"]["error"]) == ("error", "This is no PDF")


def test_anothers_is_forbidden_and_an_unknown_one_is_not_found(api: Library) -> None:
    made, other = api.upload(), api.as_account("other-key")
    for answer in (other.get(f"/files/{made}/"), other.delete(f"/files/{made}/")):
        assert (answer.status_code, answer.json()["error"]["message"]) == (
            403,
            "You do not have permission to access this file",
        )
    assert api.get("/files/file_0/").json()["error"]["message"] == "File not found"
    assert names(other) == []


def test_a_deleted_one_is_hidden_but_listed_to_who_asks(api: Library) -> None:
    made = api.upload("a.txt")
    assert api.delete(f"/files/{made}/").status_code == 204
    assert (names(api), api.get(f"/files/{made}/").status_code) == ([], 404)
    (shown,) = api.get("/files/?include_deleted=true").json()
    assert (shown["id"], shown["status"]) == (made, "deleted")
    assert api.delete(f"/files/{made}/").status_code == 404


# Many at once


def test_bulk_does_what_can_be_done(api: Library) -> None:
    made, other = api.upload(), api.as_account("other-key").upload("b.txt")
    body = {"operation": "update_tags", "file_ids": [made, other, "file_0"], "parameters": {"tags": ["a", "a"]}}
    assert api.post("/files/bulk/", json=body).json() == {
        "success": True,
        "processed": 1,
        "failed": 2,
        "results": [
            {"file_id": made, "status": "success"},
            {"file_id": other, "status": "error", "error": "You do not have permission to access this file"},
            {"file_id": "file_0", "status": "error", "error": "File not found"},
        ],
    }
    assert api.get(f"/files/{made}/").json()["tags"] == ["a"]


def test_bulk_that_fails_for_all_says_so(api: Library) -> None:
    answer = api.post("/files/bulk/", json={"operation": "delete", "file_ids": ["file_0"]})
    assert (answer.status_code, answer.json()["success"]) == (200, False)


@pytest.mark.parametrize("status", ["archived", "active", "error", "deleted"])
def test_bulk_gives_a_status(api: Library, status: str) -> None:
    body = {"operation": "change_status", "file_ids": [api.upload()], "parameters": {"status": status}}
    api.post("/files/bulk/", json=body)
    assert [one["status"] for one in api.get("/files/?include_deleted=true").json()] == [status]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"operation": "burn", "file_ids": ["a"]}, "operation"),
        ({"operation": "delete"}, "file_ids"),
        ({"operation": "delete", "file_ids": []}, "file_ids"),
        ({"operation": "delete", "file_ids": "a"}, "file_ids"),
        ({"operation": "update_tags", "file_ids": ["a"]}, "parameters.tags"),
        ({"operation": "change_status", "file_ids": ["a"], "parameters": {}}, "parameters.status"),
        ({"operation": "change_status", "file_ids": ["a"], "parameters": {"status": "new"}}, "parameters.status"),
    ],
)
def test_bulk_that_means_nothing_is_refused(api: Library, body: Any, wrong: str) -> None:
    assert list(problems(api.post("/files/bulk/", json=body))) == [wrong]


@pytest.mark.parametrize("action", ["delete", "archive", "make_public", "make_private"])
def test_actions_of_the_first_reference_count_what_they_changed(api: Library, action: str) -> None:
    body = {"action": action, "file_ids": [api.upload(), "file_0"]}
    assert api.post("/files/bulk_action/", json=body).json() == {
        "success": True,
        "updated_count": 1,
        "errors": ["file_0: File not found"],
    }


# What is kept


def test_dropped_bytes_come_back_with_the_same_upload(api: Library) -> None:
    made = api.upload("old.txt", "O" * 60_000)
    api.upload("new.txt", "N" * 60_000)
    counts = api.namespace.state()["counts"]
    assert (counts["files"], counts["content_bytes"], counts["content_dropped"]) == (2, 60_000, 1)
    again = api.post("/files/", files={"file": ("old.txt", "O" * 60_000)})
    assert (again.status_code, again.json()["id"]) == (201, made)
    assert api.post("/files/", files={"file": ("old.txt", "O" * 60_000)}).status_code == 400


def test_snapshots_keep_files_with_their_bytes_and_forks_share_them(api: Library) -> None:
    made = api.upload("a.txt", "Hello")
    api.namespace.snapshot("before")
    api.delete(f"/files/{made}/")
    api.upload("b.txt", "Other")
    assert api.namespace.state()["counts"]["content_bytes"] == 5
    api.namespace.restore("before")
    assert (names(api), api.namespace.state()["counts"]["content_bytes"]) == (["a.txt"], 5)
    api.namespace.reset()
    assert (names(api), api.namespace.state()["counts"]["content_bytes"]) == ([], 0)


def test_the_journal_tells_of_a_form_what_was_in_it(api: Library) -> None:
    api.post("/files/", files={"file": ("a.txt", "Hello")}, data={"tags": "new"})
    entry = api.namespace.journal()[-1]
    assert entry.body["tags"] == "new"
    assert (entry.body["file"]["filename"], entry.body["file"]["size"]) == ("a.txt", 5)
