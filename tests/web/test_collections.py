"""Collections: files that belong together, processed on the clock of the namespace."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator.limits import COLLECTION_FILES
from atthene_emulator.server import EmulatorServer
from tests.web.library import AT_ONCE, Library, library, picked, problems


@pytest.fixture
def shelf(server: EmulatorServer) -> Iterator[Library]:
    with library(server) as made:
        yield made


def standing(shelf: Library, collection_id: str) -> tuple[Any, ...]:
    return picked(shelf.collection(collection_id), "status", "progress")


def walked(shelf: Library, collection_id: str, seconds: int) -> list[tuple[Any, ...]]:
    """How it is now, and after each of so many seconds."""
    seen = [standing(shelf, collection_id)]
    for _ in range(seconds):
        shelf.namespace.advance(1)
        seen.append(standing(shelf, collection_id))
    return seen


def test_a_new_collection_is_pending_and_empty(shelf: Library) -> None:
    made = shelf.post("/collections/", json={"name": "Manuals", "description": "Of products"}).json()
    assert made["id"].startswith("coll_")
    assert {name: value for name, value in made.items() if name != "id"} == {
        "name": "Manuals",
        "description": "Of products",
        "status": "pending",
        "progress": 0,
        "data_source_count": 0,
        "total_size": 0,
        "created_at": "2025-01-15T10:30:00Z",
        "updated_at": "2025-01-15T10:30:00Z",
    }
    assert shelf.collection(made["id"]) == {**made, "datasources": []}


def test_it_runs_a_second_for_each_file_and_is_completed_then(shelf: Library) -> None:
    manuals = shelf.collect("Manuals", shelf.upload("a.txt"), shelf.upload("b.txt"), shelf.upload("c.txt"))
    assert walked(shelf, manuals, 4) == [
        ("running", 0), ("running", 33), ("running", 66), ("completed", 100), ("completed", 100),
    ]  # fmt: skip
    assert shelf.collection(manuals)["updated_at"] == "2025-01-15T10:30:03Z"


def test_files_that_come_later_are_processed_after_those_that_are_there(shelf: Library) -> None:
    manuals = shelf.collect("Manuals", shelf.upload("a.txt"), shelf.upload("b.txt"))
    shelf.namespace.advance(1)
    shelf.post(f"/collections/{manuals}/files/", json={"file_ids": [shelf.upload("c.txt"), shelf.upload("d.txt")]})
    assert walked(shelf, manuals, 3) == [("running", 25), ("running", 50), ("running", 75), ("completed", 100)]


def test_it_waits_for_files_that_are_still_uploaded(server: EmulatorServer) -> None:
    with library(server, transitions={"files": {"after_seconds": 5}, "collections": "immediate"}) as shelf:
        manuals = shelf.collect("Manuals", shelf.upload())
        assert standing(shelf, manuals) == ("running", 99)
        shelf.namespace.advance(5)
        assert standing(shelf, manuals) == ("completed", 100)


def test_it_can_be_processed_by_being_asked_about(server: EmulatorServer) -> None:
    with library(server, transitions={"files": {"after_polls": 2}, "collections": {"after_polls": 3}}) as shelf:
        manuals = shelf.collect("Manuals", shelf.upload("a.txt"), shelf.upload("b.txt"), shelf.upload("c.txt"))
        assert [standing(shelf, manuals) for _ in range(3)] == [
            ("running", 33), ("running", 66), ("completed", 100),
        ]  # fmt: skip


def test_it_can_be_processed_at_once(server: EmulatorServer) -> None:
    with library(server, transitions=AT_ONCE) as shelf:
        assert standing(shelf, shelf.collect("Manuals", shelf.upload())) == ("completed", 100)


def test_a_file_that_fails_has_it_fail_until_it_is_tried_again(server: EmulatorServer) -> None:
    failing = {"file": "*.pdf", "in": ["collections"], "times": 1}
    with library(server, transitions={"failures": [failing]}) as shelf:
        manuals = shelf.collect("Manuals", shelf.upload("a.txt"), shelf.upload("b.pdf"))
        assert walked(shelf, manuals, 2)[-1] == ("failed", 50)
        answer = shelf.post("/collections/bulk_action/", json={"action": "retry", "collection_ids": [manuals]})
        assert answer.json() == {
            "success": True,
            "updated_count": 1,
            "errors": [],
            "message": "Bulk action 'retry' completed on 1 collections",
        }
        assert walked(shelf, manuals, 2) == [("running", 0), ("running", 50), ("completed", 100)]


def test_a_file_in_error_has_it_fail_until_it_is_forced_or_the_file_leaves(server: EmulatorServer) -> None:
    with library(server, transitions={"failures": [{"file": "bad.*", "in": ["files"]}]}) as shelf:
        good, bad = shelf.upload("good.txt"), shelf.upload("bad.txt")
        forced, other = shelf.collect("Forced", good, bad), shelf.collect("Other", good, bad)
        shelf.namespace.advance(2)
        assert standing(shelf, forced) == standing(shelf, other) == ("failed", 50)
        shelf.post("/collections/bulk_action/", json={"action": "complete", "collection_ids": [forced]})
        assert standing(shelf, forced) == ("completed", 100)
        assert shelf.delete(f"/collections/{other}/files/{bad}/").status_code == 204
        assert standing(shelf, other) == ("completed", 100)


def test_a_collection_tells_its_files(shelf: Library) -> None:
    first, second = shelf.upload("manual.pdf", b"%PDF" * 10), shelf.upload("prices.csv", "a,b\n1,2\n")
    shown = shelf.collection(shelf.collect("Manuals", first, second))
    assert picked(shown, "data_source_count", "total_size") == (2, 48)
    assert [one["id"].startswith("cds_") for one in shown["datasources"]] == [True, True]
    assert [{name: one[name] for name in one if name != "id"} for one in shown["datasources"]] == [
        {
            "data_source": first,
            "data_source_name": "manual.pdf",
            "data_source_type": "document",
            "data_source_size": 40,
            "created_at": "2025-01-15T10:30:00Z",
        },
        {
            "data_source": second,
            "data_source_name": "prices.csv",
            "data_source_type": "data",
            "data_source_size": 8,
            "created_at": "2025-01-15T10:30:00Z",
        },
    ]


def test_what_cannot_be_added_is_told_beside_what_was(shelf: Library) -> None:
    mine, foreign = shelf.upload("a.txt"), shelf.as_account("other-key").upload("b.txt")
    gone = shelf.upload("c.txt")
    shelf.delete(f"/files/{gone}/")
    manuals = shelf.collect("Manuals")
    asked = [mine, mine, foreign, gone, "nobody"]
    answer = shelf.post(f"/collections/{manuals}/files/", json={"file_ids": asked}).json()
    assert picked(answer, "success", "added", "failed") == (True, 1, 4)
    assert answer["results"] == [
        {"file_id": mine, "status": "added"},
        {"file_id": mine, "status": "error", "error": "File is already in this collection"},
        {"file_id": foreign, "status": "error", "error": "You do not have permission to access this file"},
        {"file_id": gone, "status": "error", "error": "File not found"},
        {"file_id": "nobody", "status": "error", "error": "File not found"},
    ]
    again = shelf.post(f"/collections/{manuals}/files/", json={"file_ids": [mine]}).json()
    assert picked(again, "success", "added", "failed") == (False, 0, 1)
    assert shelf.collection(manuals)["data_source_count"] == 1


def test_many_files_are_added_and_removed_by_bulk(shelf: Library) -> None:
    first, second = shelf.upload("a.txt"), shelf.upload("b.txt")
    manuals = shelf.collect("Manuals", first)
    added = shelf.post(
        f"/collections/{manuals}/bulk/", json={"operation": "add_files", "file_ids": [first, second]}
    ).json()
    assert picked(added, "success", "processed", "failed") == (True, 1, 1)
    removed = shelf.post(
        f"/collections/{manuals}/bulk/", json={"operation": "remove_files", "file_ids": [first, second, "nobody"]}
    ).json()
    assert removed == {
        "success": True,
        "processed": 2,
        "failed": 1,
        "results": [
            {"file_id": first, "status": "success"},
            {"file_id": second, "status": "success"},
            {"file_id": "nobody", "status": "error", "error": "File not found"},
        ],
    }
    assert standing(shelf, manuals) == ("pending", 0)


def test_a_file_comes_and_goes_as_the_first_reference_has_it(shelf: Library) -> None:
    manuals, file = shelf.collect("Manuals"), shelf.upload("document.pdf")
    added = shelf.post(f"/collections/{manuals}/add_data_source/", json={"data_source_id": file})
    assert picked(added.json(), "success", "message") == (True, "Data source 'document.pdf' added to collection")
    assert [one["data_source"] for one in added.json()["collection"]["datasources"]] == [file]
    assert shelf.post(f"/collections/{manuals}/add_data_source/", json={"data_source_id": file}).status_code == 400
    removed = shelf.post(f"/collections/{manuals}/remove_data_source/", json={"data_source_id": file})
    assert removed.json()["message"] == "Data source 'document.pdf' removed from collection"
    assert removed.json()["collection"]["datasources"] == []
    again = shelf.post(f"/collections/{manuals}/remove_data_source/", json={"data_source_id": file})
    assert (again.status_code, again.json()["error"]["message"]) == (404, "File not found")


def test_a_deleted_file_leaves_its_collections_while_they_are_processed(shelf: Library) -> None:
    first, second, third = (shelf.upload(f"{name}.txt") for name in "abc")
    manuals, guides = shelf.collect("Manuals", first, second), shelf.collect("Guides", second, third)
    shelf.namespace.advance(1)
    assert shelf.delete(f"/files/{second}/").status_code == 204
    assert [one["data_source"] for one in shelf.collection(manuals)["datasources"]] == [first]
    assert standing(shelf, manuals) == ("completed", 100)
    assert walked(shelf, guides, 1) == [("running", 0), ("completed", 100)]


def test_a_file_that_leaves_stays_itself(shelf: Library) -> None:
    file = shelf.upload()
    manuals = shelf.collect("Manuals", file)
    assert shelf.delete(f"/collections/{manuals}/files/{file}/").status_code == 204
    assert shelf.delete(f"/collections/{manuals}/files/{file}/").status_code == 404
    assert shelf.get(f"/files/{file}/").status_code == 200
    assert shelf.delete(f"/collections/{manuals}/").status_code == 204
    assert shelf.get(f"/collections/{manuals}/").json()["error"] == {
        "type": "not_found",
        "message": "Collection not found",
    }


def test_patch_changes_what_is_given_and_put_all(shelf: Library) -> None:
    manuals = shelf.post("/collections/", json={"name": "Manuals", "description": "Of products"}).json()["id"]
    shelf.namespace.advance(5)
    changed = shelf.patch(f"/collections/{manuals}/", json={"name": "Guides"}).json()
    assert picked(changed, "name", "description", "updated_at") == ("Guides", "Of products", "2025-01-15T10:30:05Z")
    assert picked(shelf.put(f"/collections/{manuals}/", json={"name": "Books"}).json(), "name", "description") == (
        "Books", "",
    )  # fmt: skip


def test_a_name_is_unique_in_its_account(shelf: Library) -> None:
    manuals, guides = shelf.collect("Manuals"), shelf.collect("Guides")
    error = {"type": "validation_error", "message": "Collection with this name already exists"}
    for answer in (
        shelf.post("/collections/", json={"name": "Manuals"}),
        shelf.patch(f"/collections/{guides}/", json={"name": "Manuals"}),
        shelf.put(f"/collections/{guides}/", json={"name": "Manuals"}),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert shelf.patch(f"/collections/{manuals}/", json={"name": "Manuals"}).status_code == 200
    shelf.as_account("colleague-key").collect("Manuals")
    shelf.patch(f"/collections/{manuals}/", json={"name": "Books"})
    shelf.collect("Manuals")


def test_collections_are_listed_newest_first_and_as_is_asked(shelf: Library) -> None:
    shelf.collect("Manuals", shelf.upload())
    shelf.post("/collections/", json={"name": "Guides", "description": "More MANUALS"})
    shelf.collect("Books")
    shelf.namespace.advance(1)

    def names(query: str = "") -> list[str]:
        return [one["name"] for one in shelf.get(f"/collections/{query}").json()]

    assert names() == ["Books", "Guides", "Manuals"]
    assert names("?status=completed") == ["Manuals"]
    assert names("?status=pending&search=manual") == ["Guides"]
    assert names("?search=manual") == ["Guides", "Manuals"]
    assert names("?limit=1&offset=1") == ["Guides"]
    assert names("?search=u&limit=1&offset=1") == ["Manuals"]
    assert shelf.as_account("other-key").get("/collections/").json() == []
    assert "status" in problems(shelf.get("/collections/?status=ready"))


OF_ONE = [
    ("GET", "", None),
    ("PATCH", "", {"name": "x"}),
    ("PUT", "", {"name": "x"}),
    ("DELETE", "", None),
    ("POST", "files/", {"file_ids": ["file_1"]}),
    ("DELETE", "files/file_1/", None),
    ("POST", "bulk/", {"operation": "add_files", "file_ids": ["file_1"]}),
    ("POST", "bulk/", {"operation": "remove_files", "file_ids": ["file_1"]}),
    ("POST", "add_data_source/", {"data_source_id": "file_1"}),
    ("POST", "remove_data_source/", {"data_source_id": "file_1"}),
]


@pytest.mark.parametrize(("method", "path", "body"), OF_ONE)
def test_another_accounts_collection_is_refused_and_an_unknown_one_not_found(
    shelf: Library, method: str, path: str, body: Any
) -> None:
    manuals = shelf.collect("Manuals", shelf.upload())
    before = shelf.collection(manuals)
    message = "Only the collection creator can update it"
    if method == "GET":
        message = "You do not have permission to access this resource"
    for key in ("other-key", "colleague-key"):
        answer = shelf.as_account(key).request(method, f"/collections/{manuals}/{path}", json=body)
        assert (answer.status_code, answer.json()["error"]) == (403, {"type": "permission_error", "message": message})
    unknown = shelf.request(method, f"/collections/coll_0/{path}", json=body)
    assert (unknown.status_code, unknown.json()["error"]["message"]) == (404, "Collection not found")
    assert shelf.collection(manuals) == before


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        pytest.param("POST", "/collections/", {}, {"name"}, id="no name"),
        pytest.param("POST", "/collections/", {"name": " "}, {"name"}, id="blank name"),
        pytest.param("POST", "/collections/", {"name": 1, "description": None}, {"name", "description"}, id="types"),
        pytest.param("POST", "/collections/", {"name": "x" * 256}, {"name"}, id="long name"),
        pytest.param("PATCH", "/collections/ID/", {"name": None}, {"name"}, id="null name"),
        pytest.param("PUT", "/collections/ID/", {"description": "x"}, {"name"}, id="put without name"),
        pytest.param("POST", "/collections/ID/files/", {}, {"file_ids"}, id="no files"),
        pytest.param("POST", "/collections/ID/files/", {"file_ids": []}, {"file_ids"}, id="none of files"),
        pytest.param("POST", "/collections/ID/files/", {"file_ids": [1, "a"]}, {"file_ids.0"}, id="number as id"),
        pytest.param("POST", "/collections/ID/bulk/", {"operation": "burn", "file_ids": ["a"]}, {"operation"}, id="bulk"),
        pytest.param("POST", "/collections/ID/add_data_source/", {}, {"data_source_id"}, id="no data source"),
        pytest.param(
            "POST", "/collections/bulk_action/", {"action": "burn", "collection_ids": "a"}, {"action", "collection_ids"},
            id="bulk action",
        ),
    ],
)  # fmt: skip
def test_a_body_that_does_not_fit_changes_nothing(
    shelf: Library, method: str, path: str, body: Any, fields: set[str]
) -> None:
    manuals = shelf.collect("Manuals", shelf.upload())
    before = shelf.get("/collections/").json()
    assert set(problems(shelf.request(method, path.replace("ID", manuals), json=body))) == fields
    assert shelf.get("/collections/").json() == before


def test_bulk_actions_tell_which_failed_and_why(shelf: Library) -> None:
    mine, foreign = shelf.collect("Manuals"), shelf.as_account("other-key").collect("Guides")
    answer = shelf.post(
        "/collections/bulk_action/", json={"action": "delete", "collection_ids": [mine, foreign, "coll_0"]}
    ).json()
    assert answer == {
        "success": True,
        "updated_count": 1,
        "errors": [f"{foreign}: Only the collection creator can update it", "coll_0: Collection not found"],
        "message": "Bulk action 'delete' completed on 1 collections",
    }
    assert shelf.get("/collections/").json() == []


def test_literal_paths_win_over_ids(shelf: Library) -> None:
    assert shelf.get("/collections/bulk_action/").status_code == 405


def test_a_collection_has_so_many_files_and_no_more(server: EmulatorServer) -> None:
    with library(server, transitions=AT_ONCE) as shelf:
        files = [shelf.upload("a.txt"), shelf.upload("b.txt")]
        manuals = shelf.collect("Manuals")
        document = shelf.namespace.export_snapshot(shelf.namespace.snapshot("before").name, secrets=True)
        (file, *_), (collection,) = document["files"], document["collections"]
        many = [{**file, "id": f"file_{number}", "digest": f"{number:064x}"} for number in range(COLLECTION_FILES.most)]
        collection["members"] = [
            {"id": f"cds_{number}", "file_id": one["id"], "created_at": file["created_at"], "error": None}
            for number, one in enumerate(many[:-1])
        ]
        document["files"] += many
        shelf.namespace.import_snapshot("full", document)
        shelf.namespace.restore("full")
        told = problems(shelf.post(f"/collections/{manuals}/files/", json={"file_ids": files}))
        assert told == {"file_ids": "A collection has at most 1,000 files, and has 999 already."}
        assert shelf.collection(manuals)["data_source_count"] == 999
        shelf.post(f"/collections/{manuals}/files/", json={"file_ids": files[:1]})
        assert "data_source_id" in problems(
            shelf.post(f"/collections/{manuals}/add_data_source/", json={"data_source_id": files[1]})
        )


def test_snapshots_and_forks_have_collections_as_they_were(shelf: Library) -> None:
    manuals = shelf.collect("Manuals", shelf.upload("a.txt"), shelf.upload("b.txt"))
    shelf.namespace.advance(1)
    before = shelf.collection(manuals)
    shelf.namespace.snapshot("before")
    with shelf.server.client.create_namespace(fork_of=shelf.namespace.namespace) as fork:
        other = Library(shelf.server, fork)
        other.delete(f"/collections/{manuals}/")
        assert other.get("/collections/").json() == []
    shelf.namespace.advance(1)
    assert standing(shelf, manuals) == ("completed", 100)
    document = shelf.namespace.export_snapshot("before", secrets=True)
    shelf.namespace.import_snapshot("again", json.loads(json.dumps(document)))
    for name in ("before", "again"):
        shelf.namespace.restore(name)
        assert shelf.collection(manuals) == before
    shelf.namespace.reset()
    assert shelf.get("/collections/").json() == []


@pytest.mark.parametrize("status", [404, 500])
def test_faults_have_the_words_of_collections(shelf: Library, status: int) -> None:
    answer = shelf.get("/collections/coll_1/", headers={"X-Emulator-Fault": str(status)})
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        status, "Collection not found" if status == 404 else "Internal server error",
    )  # fmt: skip


# Of a seed

FILES = [{"id": "file_1", "name": "a.txt", "text": "Tea"}, {"id": "file_2", "name": "b.pdf", "size_bytes": 100}]


@pytest.mark.parametrize(
    ("entry", "seen"),
    [
        pytest.param({}, [("pending", 0)], id="empty"),
        pytest.param({"files": ["file_1", "file_2"]}, [("completed", 100)], id="completed"),
        pytest.param({"files": ["file_1", "file_2"], "status": "failed"}, [("failed", 0)], id="failed"),
        pytest.param({"files": ["file_1", "file_2"], "status": "failed", "errors": {"file_1": "Torn"}}, [("failed", 50)],
                     id="one failed"),
        pytest.param({"files": ["file_1", "file_2"], "errors": {"file_1": "Torn"}, "status": "running"},
                     [("running", 0), ("running", 50), ("failed", 50)], id="running, will fail"),
        pytest.param({"files": ["file_1", "file_2"], "errors": {"file_1": "Torn"}, "status": "completed"},
                     [("completed", 100)], id="forced"),
        pytest.param({"status": "completed"}, [("completed", 100)], id="forced without files"),
    ],
)  # fmt: skip
def test_a_seed_has_collections_in_any_state(server: EmulatorServer, entry: Any, seen: list[Any]) -> None:
    collection = {"id": "coll_1", "name": "Manuals", "owner": "user_123", **entry}
    files = [{**one, "owner": "user_123"} for one in FILES]
    with library(server, files=files, collections=[collection]) as shelf:
        assert walked(shelf, "coll_1", len(seen) - 1) == seen
