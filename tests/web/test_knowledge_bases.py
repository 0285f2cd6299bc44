"""Knowledge bases: made of collections and files, ingested on the clock, and looked up in by agents."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from atthene_emulator.domain import ingestion
from atthene_emulator.domain.knowledge_base import Corpus
from atthene_emulator.knowledge import index
from atthene_emulator.server import EmulatorServer
from tests.web.library import AT_ONCE, Library, library, picked, problems

WORDS = " ".join(f"word{number}" for number in range(1000))
FIXED = {"strategy": "fixed", "chunk_size": 100, "chunk_overlap": 0, "split_by": "word"}


@pytest.fixture
def desk(server: EmulatorServer) -> Iterator[Library]:
    with library(server) as made:
        yield made


@pytest.fixture
def quick(server: EmulatorServer) -> Iterator[Library]:
    """A namespace in which nothing takes time."""
    with library(server, transitions=AT_ONCE) as made:
        yield made


def collected(desk: Library, name: str, *file_ids: str) -> str:
    """A completed collection."""
    made = desk.collect(name, *file_ids)
    desk.namespace.advance(len(file_ids))
    return made


def checked(desk: Library, base_id: str) -> Any:
    return desk.get(f"/knowledge-bases/{base_id}/check_status/").json()


# What is made


def test_a_new_one_is_pending_and_as_the_page_has_it(desk: Library) -> None:
    manuals = collected(desk, "Manuals", desk.upload("a.txt"), desk.upload("b.txt"))
    body = {"name": "Product Knowledge Base", "processing_engine": "milvus", "selected_collections": [manuals]}
    answer = desk.post("/knowledge-bases/", json=body).json()
    made = answer.pop("knowledge_base")
    assert answer == {"success": True, "message": "Knowledge base 'Product Knowledge Base' created successfully"}
    assert made.pop("id").startswith("kb_")
    assert made == {
        "name": "Product Knowledge Base",
        "description": "",
        "processing_engine": "milvus",
        "dataset_name": "",
        "normalized_dataset_name": "product_knowledge_base",
        "status": "pending",
        "progress": 0,
        "datasources": [],
        "datasource_count": 2,
        "total_datasources": 2,
        "ingested_datasources": [],
        "failed_datasources": [],
        "datasource_errors": {},
        "datasource_snapshots": {},
        "success_rate": 0,
        "chunking_strategy": {
            "strategy": "recursive",
            "chunk_size": 500,
            "chunk_overlap": 50,
            "split_by": "word",
            "recursive_separators": ["\n\n", "\n", ". ", " "],
        },
        "embedding_config": {"provider": "mistral", "model": "mistral-embed", "dimensions": 1024},
        "llm_config": {},
        "processing_metadata": {},
        "created_by_name": "user_123",
        "company_name": "company_456",
        "created_at": "2025-01-15T10:30:02Z",
        "updated_at": "2025-01-15T10:30:02Z",
    }


def test_files_count_once_however_they_were_chosen(quick: Library) -> None:
    first, second, third = (quick.upload(f"{name}.txt") for name in "abc")
    manuals, guides = quick.collect("Manuals", first, second), quick.collect("Guides", second)
    made = quick.base(
        quick.learn(selected_collections=[manuals, guides], selected_datasources=[third, first, third])["id"]
    )
    assert picked(made, "datasource_count", "total_datasources", "success_rate") == (3, 3, 100)
    assert [one["id"] for one in made["datasources"]] == [first, third]
    assert made["ingested_datasources"] == [
        {"id": one, "name": f"{name}.txt", "type": "file-upload", "status": "active"}
        for one, name in ((first, "a"), (second, "b"), (third, "c"))
    ]
    assert made["datasource_snapshots"][second] == {
        "id": second,
        "name": "b.txt",
        "type": "file-upload",
        "ingestion_status": "ingested",
    }


def test_list_items_lack_what_is_in_the_detail(quick: Library) -> None:
    made = quick.base(quick.learn(selected_datasources=[quick.upload()])["id"])
    (listed,) = quick.get("/knowledge-bases/").json()
    assert listed.items() <= made.items()
    assert made.keys() - listed.keys() == {
        "dataset_name", "normalized_dataset_name", "total_datasources", "chunking_strategy", "embedding_config",
        "llm_config", "company_name",
    }  # fmt: skip


def test_the_files_can_be_saved_as_a_collection(desk: Library) -> None:
    file, other = desk.upload("a.txt"), desk.upload("b.txt")
    manuals = collected(desk, "Manuals", other)
    desk.learn(
        selected_collections=[manuals], selected_datasources=[file], save_as_collection=True,
        new_collection_name="Saved", new_collection_description="Of a knowledge base",
    )  # fmt: skip
    saved, _ = desk.get("/collections/").json()
    assert picked(saved, "name", "description", "status", "data_source_count") == (
        "Saved", "Of a knowledge base", "running", 2,
    )  # fmt: skip


# How it is ingested


def test_the_clock_walks_through_every_state(desk: Library) -> None:
    base = desk.learn(selected_datasources=[desk.upload("words.txt", WORDS)], chunking_strategy=FIXED)["id"]
    seen = []
    for _ in range(12):
        seen.append(picked(desk.base(base), "status", "progress", "success_rate"))
        desk.namespace.advance(1)
    assert seen == [
        ("pending", 0, 0),
        *(("running", progress, 0) for progress in range(0, 100, 10)),
        ("completed", 100, 100),
    ]
    assert desk.base(base)["updated_at"] == "2025-01-15T10:30:11Z"


def test_while_it_runs_it_tells_what_is_done(desk: Library) -> None:
    base = desk.learn(selected_datasources=[desk.upload("words.txt", WORDS)], chunking_strategy=FIXED)["id"]
    desk.namespace.advance(2.9)
    assert desk.base(base)["processing_metadata"] == {"phase": "chunking", "message": "Chunking Documents"}
    desk.namespace.advance(2.6)
    shown = desk.base(base)
    assert picked(shown, "progress", "ingested_datasources", "success_rate") == (45, [], 0)
    assert shown["processing_metadata"] == {
        "phase": "batch_embedding",
        "total_chunks": 10,
        "processed_chunks": 4,
        "message": "Generating Embeddings: 4/10 chunks",
    }
    (listed,) = desk.get("/knowledge-bases/").json()
    assert listed["processing_metadata"] == shown["processing_metadata"]
    desk.namespace.advance(6)
    assert desk.base(base)["processing_metadata"] == {}


def test_files_without_text_are_counted_by_their_size(desk: Library) -> None:
    base = desk.learn(selected_datasources=[desk.upload("manual.pdf", b"%PDF" * 150_000)], chunking_strategy=FIXED)[
        "id"
    ]
    desk.namespace.advance(6)
    metadata = desk.base(base)["processing_metadata"]
    assert metadata["total_chunks"] == 1000
    assert metadata["message"] == "Generating Embeddings: 500/1,000 chunks"


def test_it_can_be_ingested_by_being_asked_about(server: EmulatorServer) -> None:
    with library(server, transitions={"knowledge_bases": {"after_polls": 2}}) as desk:
        base = desk.learn(selected_datasources=[desk.upload()])["id"]
        assert picked(desk.base(base), "status", "progress") == ("running", 45)
        assert picked(checked(desk, base)["knowledge_base"], "status", "progress") == ("completed", 100)


def test_it_can_be_ingested_at_once(quick: Library) -> None:
    assert quick.learn(selected_datasources=[quick.upload()])["status"] == "completed"


def test_check_status_tells_whether_there_is_news(desk: Library) -> None:
    base = desk.learn(selected_datasources=[desk.upload()])["id"]
    news = []
    for seconds in (0, 0.5, 0.5, 1, 0, 20, 0):
        desk.namespace.advance(seconds)
        news.append(checked(desk, base)["status_updated"])
    assert news == [False, False, True, True, False, True, False]
    answer = checked(desk, base)
    assert picked(answer, "success", "message") == (True, "Status checked for knowledge base 'Help'")
    assert set(answer["knowledge_base"]) == {
        "id", "name", "status", "progress", "processing_engine", "datasource_count", "total_datasources", "success_rate",
        "ingested_datasources", "failed_datasources", "processing_metadata", "updated_at",
    }  # fmt: skip


@pytest.mark.parametrize("contract", ["current", "reference", "connecting"])
def test_the_older_status_is_there_in_every_contract(quick: Library, contract: Any) -> None:
    base = quick.learn(selected_datasources=[quick.upload("a.txt"), quick.upload("b.mp4")])["id"]
    assert quick.with_contract(contract).get(f"/knowledge-bases/{base}/status/").json() == {
        "id": base,
        "status": "completed",
        "progress": 100,
        "processing_engine": "milvus",
        "collection_count": 0,
        "total_datasources": 2,
        "processed_datasources": 2,
        "failed_datasources": 1,
        "success_rate": 50,
        "estimated_completion": None,
        "last_updated": "2025-01-15T10:30:00Z",
    }


# What fails


def test_files_that_cannot_be_ingested_fail_each_with_its_reason(server: EmulatorServer) -> None:
    failures = [{"file": "broken.*", "message": "Page 3 cannot be read"}]
    with library(server, transitions={**AT_ONCE, "failures": failures}) as desk:
        good, film, broken = desk.upload("good.html"), desk.upload("film.mp4"), desk.upload("broken.pdf")
        base = desk.base(desk.learn(selected_datasources=[good, film, broken])["id"])
    assert picked(base, "status", "progress", "success_rate") == ("completed", 100, 33.33)
    assert [one["id"] for one in base["ingested_datasources"]] == [good]
    assert [one["id"] for one in base["failed_datasources"]] == [film, broken]
    assert base["datasource_errors"] == {
        film: "Files of the type video are not supported: film.mp4",
        broken: "Page 3 cannot be read",
    }
    assert {key: one["ingestion_status"] for key, one in base["datasource_snapshots"].items()} == {
        good: "ingested", film: "failed", broken: "failed",
    }  # fmt: skip


def test_it_fails_if_no_file_is_ingested(server: EmulatorServer) -> None:
    with library(server, transitions={"failures": [{"file": "*.pdf"}]}) as desk:
        base = desk.learn(selected_datasources=[desk.upload("a.pdf"), desk.upload("b.pdf")])["id"]
        desk.namespace.advance(10)
        assert desk.base(base)["status"] == "running"
        desk.namespace.advance(1)
        shown = desk.base(base)
        assert picked(shown, "status", "progress", "success_rate") == ("failed", 0, 0)
        assert set(shown["datasource_errors"].values()) == {"Failed to process documents"}


def test_a_deleted_file_leaves_while_it_is_ingested(desk: Library) -> None:
    first, second = desk.upload("a.txt", WORDS), desk.upload("b.txt", WORDS.upper())
    base = desk.learn(selected_datasources=[first, second], chunking_strategy=FIXED)["id"]
    desk.namespace.advance(5)
    assert desk.base(base)["processing_metadata"]["total_chunks"] == 20
    desk.delete(f"/files/{first}/")
    shown = desk.base(base)
    assert picked(shown, "datasource_count", "status") == (1, "running")
    assert [one["id"] for one in shown["datasources"]] == [second]
    assert shown["processing_metadata"]["total_chunks"] == 10


def test_a_deleted_collection_leaves_with_the_files_that_came_through_it_alone(quick: Library) -> None:
    first, second, third = (quick.upload(f"{name}.txt") for name in "abc")
    manuals, guides = quick.collect("Manuals", first, second, third), quick.collect("Guides", second)
    base = quick.learn(selected_collections=[manuals, guides], selected_datasources=[third])["id"]
    quick.delete(f"/collections/{manuals}/")
    assert [one["id"] for one in quick.base(base)["ingested_datasources"]] == [second, third]
    assert quick.get(f"/knowledge-bases/{base}/status/").json()["collection_count"] == 1
    assert quick.get(f"/files/{first}/").status_code == 200


def test_what_is_deleted_leaves_its_collections_and_files(quick: Library) -> None:
    file = quick.upload()
    manuals = quick.collect("Manuals", file)
    base = quick.learn(selected_collections=[manuals])["id"]
    assert quick.delete(f"/knowledge-bases/{base}/").status_code == 204
    assert quick.get(f"/knowledge-bases/{base}/").json()["error"] == {
        "type": "not_found",
        "message": "Knowledge base not found",
    }
    assert quick.collection(manuals)["datasources"][0]["data_source"] == file
    quick.learn(selected_collections=[manuals])


# The older generation


def test_the_reference_answers_its_own_shapes(quick: Library) -> None:
    older = quick.with_contract("reference")
    file = quick.upload("manual.pdf")
    manuals = quick.collect("Manuals", file, quick.upload("film.mp4"))
    member, other = quick.collection(manuals)["datasources"]
    made = older.learn(collections=[manuals])
    base = made["id"]
    assert made == {
        "id": base,
        "name": "Help",
        "description": "",
        "processing_engine": "milvus",
        "status": "completed",
        "progress": 100,
        "collection_count": 1,
        "success_rate": 50,
        "created_by_name": "user_123",
        "created_at": "2025-01-15T10:30:00Z",
        "updated_at": "2025-01-15T10:30:00Z",
    }
    assert older.get("/knowledge-bases/").json() == [made]
    assert older.base(base) == {
        **made,
        "ingested_datasources": [
            {"id": member["id"], "data_source": file, "data_source_name": "manual.pdf", "status": "completed"}
        ],
        "failed_datasources": [
            {"id": other["id"], "data_source": other["data_source"], "data_source_name": "film.mp4", "status": "failed"}
        ],
    }
    assert older.patch(f"/knowledge-bases/{base}/", json={"description": "All"}).json() == {
        **made,
        "description": "All",
    }
    assert problems(older.post("/knowledge-bases/", json={"name": "x", "processing_engine": "milvus"})).keys() == {
        "collections"
    }


@pytest.mark.parametrize("path", ["available-collections", "available_collections"])
def test_completed_collections_are_available(desk: Library, path: str) -> None:
    first = collected(desk, "Manuals", desk.upload("a.txt"))
    second = collected(desk, "Guides", desk.upload("b.txt"), desk.upload("c.txt"))
    desk.collect("Empty")
    desk.as_account("colleague-key").collect("Of a colleague")
    answer = desk.get(f"/knowledge-bases/{path}/").json()
    assert picked(answer, "success", "count") == (True, 2)
    assert answer["collections"] == [
        {
            "id": first, "name": "Manuals", "description": "", "created_at": "2025-01-15T10:30:00Z",
            "datasource_count": 1,
        },
        {
            "id": second, "name": "Guides", "description": "", "created_at": "2025-01-15T10:30:01Z",
            "datasource_count": 2,
        },
    ]  # fmt: skip
    older = desk.with_contract("reference").get(f"/knowledge-bases/{path}/").json()
    assert [picked(one, "id", "status", "data_source_count", "total_size") for one in older] == [
        (first, "completed", 1, 5), (second, "completed", 2, 10),
    ]  # fmt: skip


# What is changed


def test_patch_changes_what_is_given_and_put_the_rest_as_well(quick: Library) -> None:
    base = quick.learn(description="Old", selected_datasources=[quick.upload()], chunking_strategy=FIXED)["id"]
    said = {"name": "New Help", "llm_config": {"model": "gpt-4o"}}
    changed = quick.patch(f"/knowledge-bases/{base}/", json=said).json()
    assert picked(changed, "name", "normalized_dataset_name", "description", "chunking_strategy", "llm_config") == (
        "New Help", "new_help", "Old", FIXED, {"model": "gpt-4o"},
    )  # fmt: skip
    replaced = quick.put(f"/knowledge-bases/{base}/", json={"name": "Help", "status": "failed"}).json()
    assert picked(replaced, "name", "description", "llm_config", "status") == ("Help", "", {}, "failed")
    assert replaced["chunking_strategy"]["strategy"] == "recursive"
    assert quick.put(f"/knowledge-bases/{base}/", json={"name": "Help"}).json()["status"] == "completed"


def test_what_is_written_of_the_ingestion_stands(desk: Library) -> None:
    base = desk.learn(selected_datasources=[desk.upload()])["id"]
    written = {
        "status": "running",
        "progress": 77,
        "failed_datasources": [{"id": "ds_1", "name": "x.pdf", "type": "file-upload", "status": "error"}],
        "processing_metadata": {"phase": "chunking", "message": "Nearly"},
    }
    assert written.items() <= desk.patch(f"/knowledge-bases/{base}/", json=written).json().items()
    desk.namespace.advance(60)
    assert written.items() <= desk.base(base).items()
    assert [one["id"] for one in desk.get("/knowledge-bases/?status=running").json()] == [base]


def test_another_chunking_strategy_counts_at_once(desk: Library) -> None:
    base = desk.learn(selected_datasources=[desk.upload("words.txt", WORDS)], chunking_strategy=FIXED)["id"]
    desk.namespace.advance(6)
    changed = desk.patch(f"/knowledge-bases/{base}/", json={"chunking_strategy": {**FIXED, "chunk_size": 50}}).json()
    assert changed["processing_metadata"]["total_chunks"] == 20


def test_they_are_listed_newest_first_and_as_is_asked(desk: Library) -> None:
    file = desk.upload()
    desk.learn("First", selected_datasources=[file])
    desk.namespace.advance(60)
    desk.learn("Second", selected_datasources=[file])

    def names(query: str = "") -> list[str]:
        return [one["name"] for one in desk.get(f"/knowledge-bases/{query}").json()]

    assert names() == ["Second", "First"]
    assert names("?status=completed") == ["First"]
    assert names("?processing_engine=milvus&limit=1&offset=1") == ["First"]
    assert names("?processing_engine=other") == []
    assert names("?limit=1") == ["Second"]
    assert desk.as_account("colleague-key").get("/knowledge-bases/").json() == []
    assert "status" in problems(desk.get("/knowledge-bases/?status=ready"))


# What is refused


def test_a_name_is_unique_in_the_company(quick: Library) -> None:
    file = quick.upload()
    quick.learn("Help", selected_datasources=[file])
    other = quick.learn("Other", selected_datasources=[file])["id"]
    colleague, stranger = quick.as_account("colleague-key"), quick.as_account("other-key")
    body = {"name": "Help", "processing_engine": "milvus"}
    for answer in (
        quick.post("/knowledge-bases/", json={**body, "selected_datasources": [file]}),
        quick.patch(f"/knowledge-bases/{other}/", json={"name": "Help"}),
        quick.put(f"/knowledge-bases/{other}/", json={"name": "Help"}),
        colleague.post("/knowledge-bases/", json={**body, "selected_datasources": [colleague.upload()]}),
    ):
        assert problems(answer).keys() == {"name"}
        assert answer.json()["error"]["message"] == "Knowledge base with this name already exists"
    stranger.learn("Help", selected_datasources=[stranger.upload()])


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PATCH", ""), ("PUT", ""), ("DELETE", ""), ("GET", "check_status/"), ("GET", "status/")],
)
def test_another_accounts_knowledge_base_is_not_there(quick: Library, method: str, path: str) -> None:
    base = quick.learn(selected_datasources=[quick.upload()])["id"]
    before = quick.base(base)
    for client, name in (
        (quick.as_account("colleague-key"), base),
        (quick.as_account("other-key"), base),
        (quick, "kb_0"),
    ):
        answer = client.request(method, f"/knowledge-bases/{name}/{path}", json={"name": "x"})
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Knowledge base not found")
    assert quick.base(base) == before


STRATEGY = {"strategy": "recursive", "chunk_size": 50, "chunk_overlap": 10}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param({"name": None}, {"name"}, id="null name"),
        pytest.param({"name": " "}, {"name"}, id="blank name"),
        pytest.param({"processing_engine": "faiss"}, {"processing_engine"}, id="another engine"),
        pytest.param({"selected_datasources": []}, {"selected_collections"}, id="no source"),
        pytest.param({"collections": [], "selected_datasources": []}, {"collections"}, id="no collection"),
        pytest.param({"selected_collections": ["DONE", "coll_0"]}, {"selected_collections.1"}, id="unknown collection"),
        pytest.param({"collections": ["coll_0"]}, {"collections.0"}, id="unknown collection by the older name"),
        pytest.param({"selected_collections": ["FOREIGN"]}, {"selected_collections.0"}, id="foreign collection"),
        pytest.param({"selected_collections": ["RUNNING"]}, {"selected_collections.0"}, id="unfinished collection"),
        pytest.param({"selected_datasources": ["FILE", "FOREIGN_FILE", "file_0"]},
                     {"selected_datasources.1", "selected_datasources.2"}, id="foreign and unknown file"),
        pytest.param({"selected_datasources": [1]}, {"selected_datasources.0"}, id="number as id"),
        pytest.param({"save_as_collection": True}, {"new_collection_name"}, id="a collection without name"),
        pytest.param({"save_as_collection": True, "new_collection_name": "Done"}, {"new_collection_name"}, id="taken name"),
        pytest.param({"embedding_config": {"provider": "mistral"}},
                     {"embedding_config.model", "embedding_config.dimensions"}, id="a part of an embedding"),
        pytest.param({"chunking_strategy": {**STRATEGY, "chunk_overlap": 50}}, {"chunking_strategy.chunk_overlap"},
                     id="overlap"),
        pytest.param({"chunking_strategy": {"document_config": {**STRATEGY, "chunk_overlap": 50}}},
                     {"chunking_strategy.document_config.chunk_overlap"}, id="overlap of documents"),
        pytest.param({"chunking_strategy": {"strategy": "hierarchical", "chunk_overlap": 50,
                                            "hierarchical_block_sizes": [100, 50]}},
                     {"chunking_strategy.chunk_overlap"}, id="overlap of blocks"),
        pytest.param({"chunking_strategy": {"strategy": "hierarchical", "hierarchical_block_sizes": [100, 200]}},
                     {"chunking_strategy.hierarchical_block_sizes"}, id="blocks that ascend"),
        *(pytest.param({"chunking_strategy": {"strategy": kind, "split_by": "char"}}, {"chunking_strategy.split_by"},
                       id=f"{kind} by char") for kind in ("fixed", "hierarchical")),
        pytest.param({"chunking_strategy": {"document_config": {"strategy": "fixed", "split_by": "char"}}},
                     {"chunking_strategy.document_config.split_by"}, id="documents by char"),
        pytest.param({"chunking_strategy": {"strategy": "semantic", "chunk_size": 0}},
                     {"chunking_strategy.strategy", "chunking_strategy.chunk_size"}, id="another strategy"),
        pytest.param({"chunking_strategy": {"structured_config": {"rows_per_batch": 21}}},
                     {"chunking_strategy.structured_config.rows_per_batch"}, id="too many rows"),
        pytest.param({"selected_datasources": ["file_0"], "chunking_strategy": {**STRATEGY, "chunk_overlap": 50}},
                     {"selected_datasources.0", "chunking_strategy.chunk_overlap"}, id="several"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_field_by_field(desk: Library, body: Any, fields: set[str]) -> None:
    stranger = desk.as_account("other-key")
    foreign_file = stranger.upload()
    ids = {
        "FILE": (file := desk.upload()),
        "FOREIGN_FILE": foreign_file,
        "FOREIGN": collected(stranger, "Foreign", foreign_file),
        "DONE": collected(desk, "Done", file),
        "RUNNING": desk.collect("Running", file),
    }
    whole = {"name": "Help", "processing_engine": "milvus", "selected_datasources": ["FILE"], **body}
    text = json.dumps(whole)
    for name in sorted(ids, key=len, reverse=True):
        text = text.replace(f'"{name}"', f'"{ids[name]}"')
    before = desk.get("/collections/").json()
    assert problems(desk.post("/knowledge-bases/", json=json.loads(text))).keys() == fields
    assert desk.get("/knowledge-bases/").json() == []
    assert desk.get("/collections/").json() == before


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param({"name": None, "description": None}, {"name", "description"}, id="nulls"),
        pytest.param({"status": "ready", "progress": 101}, {"status", "progress"}, id="status and progress"),
        pytest.param({"datasources": [{"name": "x"}]}, {"datasources.0.id"}, id="a data source without id"),
        pytest.param({"ingested_datasources": ["x"]}, {"ingested_datasources.0"}, id="an id in place of a data source"),
        pytest.param({"processing_metadata": {"step": 1}}, {"processing_metadata.step"}, id="metadata"),
        pytest.param({"llm_config": []}, {"llm_config"}, id="llm_config"),
        pytest.param({"embedding_config": {"provider": "x"}},
                     {"embedding_config.model", "embedding_config.dimensions"}, id="embedding"),
        pytest.param({"chunking_strategy": {**STRATEGY, "chunk_overlap": 50}}, {"chunking_strategy.chunk_overlap"},
                     id="overlap"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_that_does_not_fit_changes_nothing(quick: Library, method: str, body: Any, fields: set[str]) -> None:
    base = quick.learn(selected_datasources=[quick.upload()])["id"]
    before = quick.base(base)
    answer = quick.request(method, f"/knowledge-bases/{base}/", json={"name": "Help", **body})
    assert problems(answer).keys() == fields
    assert quick.base(base) == before


def test_the_older_name_is_not_read_beside_the_newer_one(quick: Library) -> None:
    manuals = quick.collect("Manuals", quick.upload())
    body = {"name": "Help", "processing_engine": "milvus", "selected_collections": [manuals], "collections": ["coll_0"]}
    answer = quick.post("/knowledge-bases/", json=body)
    assert (answer.status_code, answer.headers["X-Emulator-Diagnostics"]) == (201, "R103")
    strict = quick.post("/knowledge-bases/", json={**body, "name": "New"}, headers={"X-Emulator-Strict": "true"})
    assert problems(strict).keys() == {"collections"}


def test_the_older_name_is_read_beside_an_empty_newer_one(quick: Library) -> None:
    manuals = quick.collect("Manuals", quick.upload())
    body = {"name": "Help", "processing_engine": "milvus", "selected_collections": [], "collections": [manuals]}
    answer = quick.post("/knowledge-bases/", json=body, headers={"X-Emulator-Strict": "true"})
    assert (answer.status_code, answer.json()["knowledge_base"]["datasource_count"]) == (201, 1)


def test_an_injected_500_of_create_has_its_documented_body(quick: Library) -> None:
    answer = quick.post(
        "/knowledge-bases/", json={"name": "x", "processing_engine": "milvus"}, headers={"X-Emulator-Fault": "500"}
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["message"]) == (
        500, "ingestion_error", "Failed to process documents",
    )  # fmt: skip
    assert picked(error["details"], "failed_documents") == (5,)
    assert quick.get("/knowledge-bases/kb_0/", headers={"X-Emulator-Fault": "404"}).json()["error"]["message"] == (
        "Knowledge base not found"
    )


# Of a seed

FILES = [{"id": "file_1", "name": "a.txt", "text": WORDS}, {"id": "file_2", "name": "b.pdf", "size_bytes": 60_000}]


@pytest.mark.parametrize(
    ("entry", "seen"),
    [
        pytest.param({}, [("completed", 100, 100)], id="completed"),
        pytest.param({"status": "failed"}, [("failed", 0, 0)], id="failed"),
        pytest.param({"errors": {"file_2": "Torn"}}, [("completed", 100, 50)], id="one failed"),
        pytest.param({"status": "pending"}, [("pending", 0, 0), ("running", 0, 0)], id="pending"),
        pytest.param({"status": "running", "progress": 90, "errors": {"file_2": "Torn"}},
                     [("running", 90, 0), ("completed", 100, 50)], id="running"),
    ],
)  # fmt: skip
def test_a_seed_has_knowledge_bases_in_any_state(server: EmulatorServer, entry: Any, seen: list[Any]) -> None:
    owner = {"owner": "user_123"}
    base = {"id": "kb_1", "name": "Help", "collections": ["coll_1"], "files": ["file_1"], **owner, **entry}
    collection = {"id": "coll_1", "name": "Manuals", "files": ["file_1", "file_2"], **owner}
    files = [{**one, **owner} for one in FILES]
    with library(server, files=files, collections=[collection], knowledge_bases=[base]) as desk:
        for expected in seen:
            shown = desk.base("kb_1")
            assert picked(shown, "status", "progress", "success_rate") == expected
            assert picked(shown, "datasource_count") == (2,)
            desk.namespace.advance(1)


def test_files_of_a_seed_without_bytes_are_counted_by_their_size(server: EmulatorServer) -> None:
    owner = {"owner": "user_123"}
    base = {"id": "kb_1", "name": "Help", "files": ["file_1", "file_2"], "chunking_strategy": FIXED, **owner}
    running = {**base, "status": "running", "progress": 50}
    with library(server, files=[{**one, **owner} for one in FILES], knowledge_bases=[running]) as desk:
        assert desk.base("kb_1")["processing_metadata"]["total_chunks"] == 10 + 100


# Snapshots, and what is looked up

AGENT = {
    "name": "Helper",
    "agent_type": "llm_agent",
    "system_prompt": "You help.",
    "llm_config": {"model": "gpt-4o"},
    "knowledge_bases": [{"name": "help", "knowledge_base_type": "milvus", "knowledge_base_id": "Help"}],
}
TELLING = {"name": "telling", "then": {"reply": "Found: {{ knowledge[0].text }}"}}
ANSWER = "To reset a password, open the settings."


def asked(desk: Library, text: str) -> str:
    """What an agent with the knowledge base answers."""
    session = desk.create_session(AGENT)
    answer = desk.execute(session, text)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["messages"][-1]["content"]).removeprefix("Found: ")


def test_agents_find_what_is_completed(desk: Library) -> None:
    desk.namespace.add_scripts([TELLING])
    desk.learn(selected_datasources=[desk.upload("faq.md", ANSWER)])
    assert asked(desk, "How do I reset my password?") != ANSWER
    desk.namespace.advance(11)
    assert asked(desk, "How do I reset my password?") == ANSWER


def test_what_leaves_is_not_found_any_longer(quick: Library) -> None:
    quick.namespace.add_scripts([TELLING])
    file, other = quick.upload("faq.md", ANSWER), quick.upload("other.md", "A password has ten letters.")
    quick.learn(selected_datasources=[file, other])
    assert asked(quick, "reset password settings") == ANSWER
    quick.delete(f"/files/{file}/")
    assert asked(quick, "reset password settings") == "A password has ten letters."


def test_snapshots_and_forks_find_the_same(quick: Library) -> None:
    quick.namespace.add_scripts([TELLING])
    base = quick.learn(selected_datasources=[quick.upload("faq.md", ANSWER)])["id"]
    before = quick.base(base)
    quick.namespace.snapshot("before")
    with quick.server.client.create_namespace(fork_of=quick.namespace.namespace) as fork:
        other = Library(quick.server, fork)
        assert asked(other, "password") == ANSWER
        other.delete(f"/knowledge-bases/{base}/")
    document = quick.namespace.export_snapshot("before", secrets=True)
    quick.namespace.import_snapshot("again", json.loads(json.dumps(document)))
    for name in ("before", "again"):
        quick.namespace.restore(name)
        assert quick.base(base) == before
        assert asked(quick, "password") == ANSWER
    quick.namespace.reset()
    assert quick.get("/knowledge-bases/").json() == []


def test_a_snapshot_with_the_same_name_twice_is_refused(quick: Library) -> None:
    quick.learn(selected_datasources=[quick.upload()])
    document = quick.namespace.export_snapshot(quick.namespace.snapshot("x").name, secrets=True)
    document["knowledge_bases"].append({**document["knowledge_bases"][0], "id": "kb_other"})
    answer = quick.control("PUT", "/snapshots/twice", json=document)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "emulator_error")


def test_a_completed_one_stays_so_when_the_last_file_that_was_read_is_deleted(server: EmulatorServer) -> None:
    failures = {"failures": [{"file": "*.pdf"}]}
    with library(server, transitions={**AT_ONCE, **failures}) as api:
        text, scan = api.upload("a.txt"), api.upload("b.pdf")
        base = api.learn(selected_datasources=[text, scan])["id"]
        api.delete(f"/files/{text}/")
        assert (api.base(base)["status"], api.base(base)["progress"]) == ("completed", 100)


def test_an_execution_notes_a_knowledge_base_that_is_not_there(server: EmulatorServer) -> None:
    base = {"name": "docs", "knowledge_base_type": "milvus", "id": "kb_0"}
    with library(server) as api:
        session = api.create_session({"name": "A", "agent_type": "llm_agent", "knowledge_bases": [base]})
        api.execute(session, "Hello")
        (execution,) = api.namespace.executions(session)
        assert execution.notes == ("main finds nothing in kb_0: no completed knowledge base is called so",)


def test_words_are_found_by_their_english_stems(server: EmulatorServer) -> None:
    with library(server, transitions=AT_ONCE) as api:
        base = api.learn(selected_datasources=[api.upload("a.txt", "The price is ten.")])["id"]
        used = {"name": "docs", "knowledge_base_type": "milvus", "id": base}
        session = api.create_session({"name": "A", "agent_type": "llm_agent", "knowledge_bases": [used]})
        api.execute(session, "What are the prices?")
        (execution,) = api.namespace.executions(session)
        assert [hit["text"] for hit in execution.knowledge] == ["The price is ten."]


# What is read beside the loop

LARGE = ANSWER + " And so on." * 10_000


class Readings:
    """Tells of each reading whether it was on the loop, and lets it wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.on_loop: list[bool] = []
        self.may_go_on, self.has_begun = Event(), Event()
        self.may_go_on.set()
        self._read = ingestion.read
        monkeypatch.setattr(ingestion, "read", self.read)

    def read(self, given: ingestion.Unread) -> Corpus:
        self.on_loop.append(asyncio._get_running_loop() is not None)  # noqa: SLF001  # None in place of an error
        self.has_begun.set()
        assert self.may_go_on.wait(20)
        return self._read(given)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    return Readings(monkeypatch)


@pytest.mark.parametrize("path", ["", "{}/", "{}/check_status/"])
def test_who_asks_for_one_that_is_being_read_waits_for_the_same_reading(
    server: EmulatorServer, readings: Readings, path: str
) -> None:
    running = {
        "id": "kb_1",
        "name": "Help",
        "files": ["file_1"],
        "owner": "user_123",
        "status": "running",
        "progress": 50,
    }
    file = {"id": "file_1", "name": "a.txt", "text": LARGE, "owner": "user_123"}
    with library(server, files=[file], knowledge_bases=[running]) as desk, ThreadPoolExecutor(3) as pool:
        readings.may_go_on.clear()
        answers = [pool.submit(desk.get, "/knowledge-bases/" + path.format("kb_1")) for _ in range(3)]
        assert readings.has_begun.wait(20)
        assert desk.get("/files/").status_code == 200  # nobody else waits
        assert not any(one.done() for one in answers)
        readings.may_go_on.set()
        assert {one.result().text.count('"total_chunks":67') for one in answers} == {1}
        desk.get("/knowledge-bases/kb_1/")
    assert readings.on_loop == [False]


@pytest.mark.parametrize("way", ["HTTP", "socket"])
def test_what_an_execution_needs_is_read_beside_the_loop(quick: Library, readings: Readings, way: str) -> None:
    quick.namespace.add_scripts([TELLING])
    file = quick.upload("other.txt")
    quick.learn(selected_datasources=[quick.upload("faq.txt", LARGE), file])
    quick.delete(f"/files/{file}/")
    session = quick.create_session(AGENT)
    if way == "socket":
        with quick.namespace.socket(session) as socket:
            socket.send("settings")
            socket.result()
    else:
        quick.execute(session, "settings")
    (execution,) = quick.namespace.executions(session)
    assert [hit["text"][: len(ANSWER)] for hit in execution.knowledge] == [ANSWER]
    assert readings.on_loop == [False, False]


def test_a_namespace_that_was_reset_keeps_nothing_of_what_was_read_before(quick: Library, readings: Readings) -> None:
    file = quick.upload("faq.txt", LARGE)
    readings.may_go_on.clear()
    body = {"name": "Help", "processing_engine": "milvus", "selected_datasources": [file]}
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(quick.post, "/knowledge-bases/", json=body)
        assert readings.has_begun.wait(20)
        quick.namespace.reset()
        readings.may_go_on.set()
        assert answer.result().status_code == 503
    assert quick.get("/knowledge-bases/").json() == []


def test_nothing_is_kept_where_nothing_can_be_looked_up(desk: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.learn(selected_datasources=[file := desk.upload()])["id"]
    monkeypatch.setattr(index, "_TABLE", "CREATE VIRTUAL TABLE chunks USING fts99(text)")
    body = {
        "name": "New", "processing_engine": "milvus", "selected_datasources": [file],
        "save_as_collection": True, "new_collection_name": "Saved",
    }  # fmt: skip
    assert desk.post("/knowledge-bases/", json=body).status_code == 501
    assert desk.get("/collections/").json() == []
    changed = desk.patch(f"/knowledge-bases/{before}/", json={"chunking_strategy": FIXED})
    desk.namespace.advance(5)
    (listed,) = desk.get("/knowledge-bases/").json()
    assert (changed.status_code, listed["id"], listed["processing_metadata"]["total_chunks"]) == (200, before, 1)
