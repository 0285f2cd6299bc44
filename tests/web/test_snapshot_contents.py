"""Snapshots as documents carry the bytes of files, however many there are, and only what fits them is taken."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from atthene_emulator.limits import CONTENT, MIB, ON_LOOP
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.control import snapshots as handlers
from tests.web.library import AT_ONCE, Library, library, picked
from tests.web.test_snapshots import put

MOST = CONTENT.most + 20 * MIB
FILE = MOST // 2 - MIB


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server that keeps more of files than is usual."""
    with EmulatorServer(max_stored=MOST) as running:
        yield running


@pytest.fixture
def api(server: EmulatorServer) -> Iterator[Library]:
    with library(server) as made:
        yield made


def exported(api: Library, secrets: str = "true") -> Any:
    """What the namespace is now, as a document."""
    of = {"namespace": api.namespace.namespace}
    api.control("POST", "/snapshots", params=of, json={"name": "x"})
    return api.control("GET", "/snapshots/x", params={**of, "secrets": secrets}).json()


def test_more_than_is_usual_is_carried_whole(api: Library) -> None:
    for number in (1, 2):
        api.upload(f"{number}.bin", bytes([number]) * FILE)
    document = exported(api)
    assert len(document["contents"]) == 2
    of = {"namespace": api.namespace.namespace}
    assert api.control("PUT", "/snapshots/y", params=of, json=document).status_code == 201
    api.control("POST", "/clear", params=of)
    api.control("POST", "/snapshots/y/restore", params=of)
    assert api.control("GET", "/state", params=of).json()["counts"]["content_bytes"] == 2 * FILE


def test_bytes_of_files_are_written_out_beside_the_loop(api: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    async def aside(size: int, work: Any) -> Any:
        asked.append(size)
        return work()

    api.upload(data=b"x" * (ON_LOOP.most + 1))
    monkeypatch.setattr(handlers, "aside", aside)
    exported(api)
    assert asked[0] > ON_LOOP.most


def wrong(api: Library, document: Any) -> set[str]:
    """The fields that are wrong of a document, which is not imported."""
    of = {"namespace": api.namespace.namespace}
    answer = api.control("PUT", "/snapshots/y", params=of, json=document)
    assert answer.status_code == 400, answer.text
    assert [one["name"] for one in api.control("GET", "/snapshots", params=of).json()] == ["x"]
    return {one["field"] for one in answer.json()["error"]["details"]["errors"]}


DIGEST = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969"  # of Hello
FAILURES = [{"file": "*.pdf"}]
OVERLAP = {"strategy": "fixed", "chunk_size": 5, "chunk_overlap": 50}
IN_BASE = ("knowledge_bases", 0)


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        (put("abcde", "contents", DIGEST), f"contents.{DIGEST}"),
        (put("SGVsbG8", "contents", DIGEST), f"contents.{DIGEST}"),
        (put("\u00e4", "contents", DIGEST), f"contents.{DIGEST}"),
        (put("aGFsbG8=", "contents", DIGEST), f"contents.{DIGEST}"),
        (put([1, 2], "transitions", "failed"), "transitions.failed"),
        (put([], "transitions", "failed"), "transitions.failed"),
        (put({"status": "nonsense"}, *IN_BASE, "written"), "knowledge_bases.0.written.status"),
        (put({"progress": "x"}, *IN_BASE, "written"), "knowledge_bases.0.written.progress"),
        (put({"other": 1}, *IN_BASE, "written"), "knowledge_bases.0.written.other"),
        (put(OVERLAP, *IN_BASE, "chunking"), "knowledge_bases.0.chunking.chunk_overlap"),
        (
            put({"document_config": OVERLAP}, *IN_BASE, "chunking"),
            "knowledge_bases.0.chunking.document_config.chunk_overlap",
        ),
        (put("nowhere", "artifacts", 0, "session"), "artifacts.0.session"),
    ],
)
def test_a_document_whose_files_are_damaged_is_refused(
    server: EmulatorServer, damage: Callable[[Any], None], field: str
) -> None:
    with library(server, transitions={**AT_ONCE, "failures": FAILURES}) as api:
        api.learn(selected_datasources=[api.upload(data="Hello")])
        api.post(f"/sessions/{api.create_session()}/artifacts/", files={"file": ("a.txt", b"Hello")})
        document = exported(api)
        damaged = copy.deepcopy(document)
        damage(damaged)
        assert wrong(api, damaged) == {field}
        of = {"namespace": api.namespace.namespace}
        assert api.control("PUT", "/snapshots/y", params=of, json=document).status_code == 201


def test_names_that_are_equal_without_their_secrets_are_numbered(server: EmulatorServer) -> None:
    names = ("token=abcdef123456", "token=abcdef999999", "token=[redacted] (2)", "token=abcdef777777")
    with library(server, transitions=AT_ONCE) as api:
        made = api.upload()
        for name in names:
            api.collect(name)
            api.learn(name, selected_datasources=[made])
        document = exported(api, secrets="false")
        told = ["token=[redacted]", "token=[redacted] (3)", "token=[redacted] (2)", "token=[redacted] (4)"]
        for kind in ("collections", "knowledge_bases"):
            assert [*(picked(one, "name")[0] for one in document[kind])] == told
        of = {"namespace": api.namespace.namespace}
        assert api.control("PUT", "/snapshots/y", params=of, json=document).status_code == 201
