"""What an app does with documents, from the first upload to the last deletion: in real time at once, and step by step."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.web.library import AT_ONCE, SEED, Library, library

MANUALS = {
    "lamp.md": "# Lamp\n\nHold the foot of the lamp for ten seconds to reset it.",
    "kettle.txt": "Fill the kettle up to the line, and close its lid.",
    "prices.csv": "article,euros\nlamp,49\nkettle,29\n",
}
REPORT = b"switch,20\ncable,15\nfoot,35\n"
TELLING = {"name": "telling", "then": {"reply": "The manual says: {{ knowledge[0].text }}"}}
PATIENCE = 100  # looks
QUESTION = "How do I reset the lamp?"
STATES: dict[str, tuple[str, ...]] = {
    "files": ("uploading", "active"),
    "collections": ("pending", "running", "completed"),
    "knowledge-bases": ("pending", "running", "completed"),
    "artifacts": ("pending", "ready"),
}


class Journey(Library):
    """An app that polls until things are ready, and remembers what it has seen; where the clock stands, a second at a time."""

    def until(self, what: str, first: str, look: Callable[[], Any], field: str = "status") -> Any:
        """What `look` answers once it is ready, having passed every state on a clock that stands, and none between else.

        Args:
            what: the resource.
            first: the state in which it was made.
            look: asks about it.
            field: where its state is.
        """
        is_frozen = self.namespace.clock().mode == "frozen"
        seen, shown = [first], look()
        while shown[field] != STATES[what][-1]:
            assert len(seen) < PATIENCE, seen
            seen.append(shown[field])
            self.namespace.advance(1)
            shown = look()
        passed = tuple(dict.fromkeys(seen))
        assert passed == STATES[what][:-1] if is_frozen else passed == (first,)
        return shown

    def uploaded(self, name: str, text: str) -> str:
        """The id of a file that is active."""
        answer = self.post("/files/", files={"file": (name, text.encode())}, data={"tags": ["manual", name]})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        shown = self.until("files", made["status"], lambda: self.get(f"/files/{made['id']}/").json())
        assert (shown["tags"], shown["size_bytes"]) == (["manual", name], len(text))
        return str(made["id"])

    def collected(self, file_ids: Sequence[str]) -> str:
        """The id of a collection that is completed."""
        made = self.post("/collections/", json={"name": "Manuals", "description": "All of them"}).json()
        path = f"/collections/{made['id']}/"
        added = self.post(f"{path}files/", json={"file_ids": file_ids}).json()
        assert (added["added"], added["failed"]) == (3, 0)
        shown = self.until("collections", made["status"], lambda: self.get(path).json())
        assert [one["data_source"] for one in shown["datasources"]] == list(file_ids)
        return str(made["id"])

    def learned(self, collection_id: str) -> str:
        """The id of a knowledge base that is completed."""
        available = self.get("/knowledge-bases/available-collections/").json()
        assert [one["id"] for one in available["collections"]] == [collection_id]
        chunking = {"strategy": "fixed", "chunk_size": 20, "chunk_overlap": 0, "split_by": "word"}
        body = {"name": "Help", "processing_engine": "milvus", "selected_collections": [collection_id]}
        made = self.post("/knowledge-bases/", json={**body, "chunking_strategy": chunking}).json()["knowledge_base"]
        path = f"/knowledge-bases/{made['id']}/check_status/"
        shown = self.until("knowledge-bases", made["status"], lambda: self.get(path).json()["knowledge_base"])
        assert (shown["progress"], shown["success_rate"], len(shown["ingested_datasources"])) == (100, 100, 3)
        return str(made["id"])

    def started(self, base_id: str) -> str:
        """The id of a session whose agent has the knowledge base."""
        base = {"name": "help", "knowledge_base_type": "milvus", "id": base_id, "config": {"top_k": 1}}
        return self.create_session(
            {"name": "Helper", "agent_type": "llm_agent", "system_prompt": "You help.", "knowledge_bases": [base]}
        )

    def attached(self, session_id: str) -> Any:
        """An artifact of a session that is ready."""
        files = {"file": ("repairs.csv", REPORT, "text/csv")}
        answer = self.post(f"/sessions/{session_id}/artifacts/", files=files, data={"title": "Repairs"})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        path = f"/sessions/{session_id}/artifacts/{made['artifact_id']}/status/"
        self.until("artifacts", made["processing_status"], lambda: self.get(path).json(), "processing_status")
        return made


@pytest.fixture(params=["at once", "step by step"])
def app(request: pytest.FixtureRequest, server: EmulatorServer) -> Iterator[Journey]:
    """Somebody's app: on a clock that runs where nothing takes time, or on one that stands."""
    at_once = {"clock": {"mode": "running"}, "transitions": {**AT_ONCE, "artifacts": "immediate"}}
    seed = at_once if request.param == "at once" else {"clock": SEED["clock"]}
    with library(server, scripts=[TELLING], **seed) as made:
        yield Journey(server, made.namespace)


def test_an_app_goes_all_the_way(app: Journey) -> None:
    # Documents become something that can be looked up in.
    file_ids = [app.uploaded(name, text) for name, text in MANUALS.items()]
    assert [one["id"] for one in app.get("/files/", params={"tags": "manual"}).json()] == file_ids[::-1]
    collection_id = app.collected(file_ids)
    base_id = app.learned(collection_id)

    # The agent finds it, the script tells it, the emulator shows it.
    session_id = app.started(base_id)
    answer = app.execute(session_id, QUESTION)
    said = answer.json()["messages"][0]["content"]
    assert said.startswith("The manual says: # Lamp")
    (execution,) = app.namespace.executions(session_id)
    (hit,) = execution.knowledge
    assert (hit["source"], hit["source_id"], hit["chunk"]) == ("lamp.md", file_ids[0], 0)
    assert said.endswith(hit["text"])

    # A file of the session is said in a message, and downloaded whole and in part.
    artifact = app.attached(session_id)
    path = f"/sessions/{session_id}/artifacts/{artifact['artifact_id']}"
    url = app.get(f"{path}/url/").json()["url"]
    source = {"type": "url", "url": url, "media_type": "text/csv", "filename": "repairs.csv"}
    blocks = [{"type": "text", "text": QUESTION}, {"type": "file", "source": source}]
    assert app.execute(session_id, blocks).status_code == 200
    assert requests.get(url, timeout=10).content == REPORT
    whole = app.http.get(f"{app.server.base_url}{path}/download/", headers=app.namespace.headers, timeout=10)
    assert (whole.status_code, whole.content) == (200, REPORT)
    part = {**app.namespace.headers, "x-api-key": "test-key", "Range": "bytes=0-8", "If-Range": whole.headers["ETag"]}
    answer = app.http.get(f"{app.server.base_url}{path}/download/", headers=part, timeout=10)
    assert (answer.status_code, answer.content) == (206, b"switch,20")
    assert answer.headers["Content-Range"] == f"bytes 0-8/{len(REPORT)}"

    # In the end nothing is left.
    assert app.delete(f"/knowledge-bases/{base_id}/").status_code == 204
    assert app.delete(f"/collections/{collection_id}/").status_code == 204
    deleted = app.post("/files/bulk/", json={"operation": "delete", "file_ids": file_ids}).json()
    assert (deleted["processed"], deleted["failed"]) == (3, 0)
    assert app.delete(f"/sessions/{session_id}/").status_code in (200, 204)
    counts = app.namespace.state()["counts"]
    kinds = ("files", "collections", "knowledge_bases", "artifacts", "sessions", "content_bytes")
    assert [counts[name] for name in kinds] == [0] * len(kinds)
    assert requests.get(url, timeout=10).status_code == 404
