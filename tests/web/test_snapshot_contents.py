"""Snapshots as documents carry the bytes of files, however many there are, and only what fits them is taken."""

from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator.limits import CONTENT, MIB, ON_LOOP
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.control import snapshots as handlers
from tests.web.library import Library, library

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


def exported(api: Library) -> Any:
    """What the namespace is now, as a document."""
    of = {"namespace": api.namespace.namespace}
    api.control("POST", "/snapshots", params=of, json={"name": "x"})
    return api.control("GET", "/snapshots/x", params={**of, "secrets": "true"}).json()


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
