"""A namespace with files in it, on a frozen clock: what tests of files, collections and knowledge bases ask."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.contracts import ContractName
from atthene_emulator.server import EmulatorServer
from tests.conftest import Api

NOON = "2025-01-15T10:30:00Z"
SEED = {
    "clock": {"mode": "frozen", "now": NOON},
    "accounts": [
        {"id": "user_123", "company": "company_456", "api_keys": ["test-key"]},
        {"id": "user_124", "company": "company_456", "api_keys": ["colleague-key"]},
        {"id": "user_789", "company": "company_999", "api_keys": ["other-key"]},
    ],
}
AT_ONCE = {"files": "immediate", "collections": "immediate", "knowledge_bases": "immediate"}


class Library(Api):
    """A client of one namespace; `namespace` is its control plane."""

    def __init__(
        self,
        server: EmulatorServer,
        namespace: EmulatorNamespace,
        key: str = "test-key",
        contract: ContractName = "current",
    ) -> None:
        super().__init__(server, key, contract)
        self.namespace = namespace

    def request(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> requests.Response:
        named = {"X-Emulator-Namespace": self.namespace.namespace, **(headers or {})}
        return super().request(method, path, headers=named, **options)

    def as_account(self, key: str | None) -> "Library":
        return Library(self.server, self.namespace, key or "", self.contract)

    def with_contract(self, contract: ContractName) -> "Library":
        return Library(self.server, self.namespace, self.key or "", contract)

    def put(self, path: str, **options: Any) -> requests.Response:
        return self.request("PUT", path, **options)

    def upload(self, name: str = "manual.txt", data: bytes | str | None = None) -> str:
        """The id of a new file; its bytes are its name where nothing else is said."""
        content = name if data is None else data
        answer = self.post("/files/", files={"file": (name, content)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def collect(self, name: str, *file_ids: str) -> str:
        """The id of a new collection with these files."""
        answer = self.post("/collections/", json={"name": name})
        assert answer.status_code == 201, answer.text
        collection_id = str(answer.json()["id"])
        if file_ids:
            self.post(f"/collections/{collection_id}/files/", json={"file_ids": file_ids})
        return collection_id

    def collection(self, collection_id: str) -> Any:
        """A collection as it is."""
        return self.get(f"/collections/{collection_id}/").json()

    def learn(self, name: str = "Help", **body: Any) -> Any:
        """A new knowledge base."""
        body = {"name": name, "processing_engine": "milvus", **body}
        answer = self.post("/knowledge-bases/", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return made.get("knowledge_base", made)

    def base(self, base_id: str) -> Any:
        """A knowledge base as it is."""
        return self.get(f"/knowledge-bases/{base_id}/").json()


@contextmanager
def library(server: EmulatorServer, **seed: Any) -> Iterator[Library]:
    """A namespace of its own, with more in its seed."""
    with server.client.create_namespace(seed={**SEED, **seed}) as namespace:
        yield Library(server, namespace)


def picked(value: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    """Some fields of an answer."""
    return tuple(value[name] for name in names)


def problems(answer: requests.Response) -> dict[str, str]:
    """What is said of each field that is wrong."""
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["type"] == "validation_error"
    return {one["field"]: one["message"] for one in error.get("details", {}).get("errors", ())}
