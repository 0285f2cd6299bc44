"""One real server for the whole run, put back to its seed before each test, and a client that checks every answer."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, settings

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import ContractName
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web import errors
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.ledger import ledger
from atthene_emulator.web.openapi import control_openapi
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS

# How long something takes is no finding: other tests run beside it.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

pytest_plugins = ["pytester", "tests.stores"]  # which only the conftest on top may name

STATUSES = {(line.operation, int(line.what[:3])) for line in ledger("current") if line.kind == "status"}
REFUSAL = Schema("control/refusal")
OF_NO_OPERATION = (405, 413)  # another method, and a large body where none is taken
OF_CONTROL = {
    one["operationId"]: one["responses"]
    for methods in control_openapi(CONTROL)["paths"].values()
    for one in methods.values()
}
FLAT = {
    "name": "Support Session",
    "agent_type": "llm_agent",
    "system_prompt": "You are a helpful customer support agent.",
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}


def operation_of(method: str, path: str, table: Iterable[Operation] = OPERATIONS) -> Operation | None:
    """The row that a path below the prefix of its plane belongs to."""
    parts = path.split("?", maxsplit=1)[0][1:].removesuffix("/").split("/")
    rows = sorted(table, key=lambda row: row.path.count("{"))
    for row in rows:
        pattern = row.path.strip("/").split("/")
        same = len(pattern) == len(parts) and all(
            a == b or (a.startswith("{") and b) for a, b in zip(pattern, parts, strict=True)
        )
        if same and row.method == ("GET" if method == "HEAD" else method):
            return row
    return None


def is_error(value: Any) -> bool:
    """Whether an answer is an error of the service, in the envelope or flat."""
    return not errors.ENVELOPE.check(value) or not errors.FLAT.check(value)


def check_control(method: str, path: str, response: requests.Response) -> None:
    """Hold an answer of the control plane against the row and the schema that promise it."""
    if method in ("HEAD", "OPTIONS"):
        return
    operation = operation_of(method, path, CONTROL)
    if response.status_code >= 400:
        assert REFUSAL.check(response.json()) == (), response.text
        is_promised = operation is None or str(response.status_code) in OF_CONTROL[operation.operation_id]
        assert is_promised or response.status_code in OF_NO_OPERATION, response.text
        return
    assert operation is not None
    assert response.status_code == operation.status
    schema = operation.response_schema("current")
    if schema is not None:
        if response.headers["Content-Type"] == "application/json":  # a graph may be asked for as a text
            assert schema.check(response.json()) == (), response.text
    elif operation.status == 204:
        assert response.content == b""


class Api:
    """A client of one server; every answer is held against the schema that promises it."""

    def __init__(
        self, server: EmulatorServer, key: str | None = "test-key", contract: ContractName = "current"
    ) -> None:
        self.server = server
        self.key = key
        self.contract = contract
        self.http = requests.Session()

    def request(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> requests.Response:
        """Send a request to a path below `/api/v1`; the key and the contract are added."""
        all_headers: dict[str, Any] = {"X-Emulator-Contract": self.contract}
        if self.key is not None:
            all_headers["x-api-key"] = self.key
        all_headers.update(headers or {})
        response = self.http.request(method, self.server.base_url + path, headers=all_headers, timeout=10, **options)
        self._check(method, path, response)
        return response

    def _check(self, method: str, path: str, response: requests.Response) -> None:
        assert response.headers["X-Request-Id"].startswith("req_") or method == "OPTIONS"
        operation = operation_of(method, path)
        level = response.headers.get("X-Emulator-Evidence")
        if level is None:  # evidence of nothing: a fault, or something that the service knows nothing of
            ours = method == "HEAD" or b'"emulator_error"' in response.content
            assert ours or "X-Emulator-Fault" in response.headers, response.text
        else:
            assert level in ("documented", "inferred", "decided")
            strict = "X-Emulator-Strict" in response.request.headers  # which refuses what no page says is refused
            assert operation is None or strict or (operation.name, response.status_code) in STATUSES
        if method == "HEAD" or response.status_code == 204:
            assert response.content == b""
            return
        if response.status_code >= 400:
            assert is_error(response.json()), response.text
        elif operation is not None and (schema := operation.response_schema(self.contract)) is not None:
            assert schema.check(response.json()) == (), response.text
            assert response.status_code == operation.status

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.request("POST", path, **options)

    def patch(self, path: str, **options: Any) -> requests.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.request("DELETE", path, **options)

    def create_session(self, configuration: dict[str, Any] | None = None) -> str:
        """A new session's id."""
        response = self.post("/sessions/", json=configuration or FLAT)
        assert response.status_code == 201, response.text
        created: str = response.json()["session_id"]
        return created

    def execute(self, session_id: str, content: Any = "Good morning", **more: Any) -> requests.Response:
        """Give a session a message."""
        return self.post(f"/runtime/{session_id}/execute/", json={"content": content, **more})

    def as_account(self, key: str | None) -> "Api":
        """The same server with another key."""
        return Api(self.server, key, self.contract)

    def with_contract(self, contract: ContractName) -> "Api":
        """The same server and key with another contract."""
        return Api(self.server, self.key, contract)

    def control(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request to the control plane; of events, which never end, the body is left to be read."""
        url = self.server.control_url + path
        response = self.http.request(method, url, timeout=10, stream=path.startswith("/events"), **options)
        check_control(method, path, response)
        return response


@pytest.fixture(scope="session")
def server() -> Iterator[EmulatorServer]:
    """An emulator with the default seed, on a free port."""
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def api(server: EmulatorServer) -> Api:
    """A client of the emulator as its seed left it."""
    client = Api(server)
    assert client.control("POST", "/reset").status_code == 200
    return client
