"""Who may use the control plane: anybody what tells nothing, a namespace's own key what is about it, the token all the rest."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from atthene_emulator import EmulatorClient, EmulatorNamespace
from atthene_emulator.errors import EmulatorRefused, SocketClosed
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operation import Operation
from tests.conftest import Api

TOKEN = "open sesame"
SECONDS = 10
STRANGERS: dict[str, Mapping[str, str]] = {
    "address of a pod": {"Host": "10.42.0.17:8484"},
    "name of a service": {"Host": "emulator.testing.svc.cluster.local"},
    "foreign page": {"Origin": "https://evil.example"},
    "wrong token": {"Authorization": "Bearer wrong"},
    "no such namespace": {"Host": "10.42.0.17:8484", "X-Emulator-Namespace": "nobody"},
}
QUICKLY: dict[str, Any] = {"/journal/wait": {"json": {"timeout_seconds": 0.01}}}


def rows(*access: str) -> pytest.MarkDecorator:
    chosen = [row for row in CONTROL if row.access in access]
    return pytest.mark.parametrize("row", chosen, ids=lambda row: f"{row.method} {row.path}")


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server that wants a token."""
    with EmulatorServer(control_token=TOKEN) as running:
        yield running


@pytest.fixture
def api(server: EmulatorServer) -> Api:
    return Api(server)


@pytest.fixture
def world(server: EmulatorServer) -> Iterator[EmulatorNamespace]:
    with server.client.create_namespace() as made:
        yield made


@pytest.fixture
def other(server: EmulatorServer) -> Iterator[EmulatorNamespace]:
    with server.client.create_namespace() as made:
        yield made


@pytest.mark.parametrize("key", ["of a namespace", "token"])
def test_what_all_namespaces_have_exercised_is_for_the_token(api: Api, world: EmulatorNamespace, key: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN if key == 'token' else world.api_key}"}
    assert api.control("GET", "/coverage", headers=headers).status_code == 200
    status = 200 if key == "token" else 403
    assert api.control("GET", "/coverage?namespaces=all", headers=headers).status_code == status


def ask(api: Api, row: Operation, headers: Mapping[str, str], name: str = "gate") -> requests.Response:
    path = row.path.format(name=name, id="id", session_id="session_abc123", config_hash="0" * 12)
    return api.control(row.method, path, headers=dict(headers), **QUICKLY.get(row.path, {}))


# Anybody


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/ready", "/ready/", "/health"])
@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS)
def test_whether_it_is_ready_anybody_may_ask(api: Api, method: str, path: str, headers: Mapping[str, str]) -> None:
    answer = api.control(method, path, headers=dict(headers))
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    if method == "GET":
        assert answer.json() in ({"status": "ready"}, {"status": "ok"})


def test_health_says_more_to_whoever_may_know(api: Api, world: EmulatorNamespace) -> None:
    for key, is_told_all in ((TOKEN, True), (world.api_key, False)):
        told = api.control("GET", "/health", headers={"Authorization": f"Bearer {key}"}).json()
        assert told["version"]
        assert ("store" in told) is is_told_all


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_nothing_but_reading_is_for_anybody(api: Api, method: str) -> None:
    assert api.control(method, "/ready").status_code == 401


def test_only_what_tells_nothing_is_for_anybody() -> None:
    told = {row.name for row in CONTROL if row.access == "anybody"}
    assert told == {"service.health", "service.ready", *DOCUMENTS.values()}


# Documents, which everybody has who has the package, follow the imitated API's rule for pages

DOCUMENTS = {"/openapi.json": "service.openapi", "/asyncapi.json": "service.asyncapi"}
documents = pytest.mark.parametrize("path", DOCUMENTS)


def test_the_index_points_to_what_needs_no_token(server: EmulatorServer) -> None:
    index = requests.get(server.url, timeout=SECONDS).json()
    assert index["openapi"] in index["documentation"]
    assert requests.get(index["openapi"], timeout=SECONDS).status_code == 200


@documents
@pytest.mark.parametrize("authorization", ["", "Bearer wrong", f"Bearer {TOKEN}"])
def test_a_local_page_reads_a_document(api: Api, path: str, authorization: str) -> None:
    headers = {"Origin": "http://localhost:3000", **({"Authorization": authorization} if authorization else {})}
    answer = api.control("GET", path, headers={**headers, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, headers["Origin"])
    assert {"openapi", "asyncapi"} & answer.json().keys()
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    assert api.control("OPTIONS", path, headers={**headers, **asked}).status_code == 200


@documents
def test_a_page_that_may_control_reads_a_document(path: str) -> None:
    origin = {"Origin": "https://tools.example"}
    with EmulatorServer(control_cors_origins=(origin["Origin"],)) as server:
        answer = requests.get(server.control_url + path, headers=origin, timeout=SECONDS)
        asked = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        assert requests.options(server.control_url + path, headers=asked, timeout=SECONDS).status_code == 200
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin["Origin"])


@documents
def test_a_foreign_page_does_not(api: Api, path: str) -> None:
    origin = {"Origin": "https://evil.example"}
    assert "Access-Control-Allow-Origin" not in api.control("GET", path, headers=origin).headers
    refused = api.control("OPTIONS", path, headers={**origin, "Access-Control-Request-Method": "GET"})
    assert (refused.status_code, "--cors-origin https://evil.example" in refused.text) == (403, True)
    rebound = {"Host": "evil.example:8484", "Sec-Fetch-Site": "same-origin"}
    assert api.control("GET", path, headers=rebound).status_code == 403


@documents
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_document_is_for_reading(api: Api, path: str, method: str) -> None:
    assert api.control(method, path, headers={"Origin": "http://localhost:3000"}).status_code == 405


@documents
@pytest.mark.parametrize(
    "other", ["/state", "/operations", "/openapi.json/state", "/openapi.jsonx", "/openapi.json/../state"]
)
def test_what_only_looks_like_a_document_is_not_shown_to_pages(api: Api, path: str, other: str) -> None:
    other = other.replace("/openapi.json", path)
    prepared = requests.Request("GET", api.server.control_url, headers={"Origin": "http://localhost:3000"}).prepare()
    prepared.url = api.server.control_url + other
    with requests.Session() as session:
        answer = session.send(prepared, timeout=SECONDS)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_document_is_of_the_namespace_whose_key_it_is_asked_with(api: Api, server: EmulatorServer) -> None:
    with server.client.create_namespace(contract="connecting") as one, server.client.create_namespace() as two:
        for named, shown in ((None, one), (one.namespace, one), (two.namespace, None), ("nobody", None)):
            headers = {"Authorization": f"Bearer {one.api_key}", **({"X-Emulator-Namespace": named} if named else {})}
            paths = api.control("GET", "/openapi.json", headers=headers).json()["paths"]
            contract = "connecting" if shown else "current"
            wanted = api.control("GET", f"/openapi.json?contract={contract}").json()["paths"]
            assert paths == wanted


# The key of a namespace


@rows("namespace")
@pytest.mark.parametrize("named", [True, False], ids=["named", "by the key alone"])
@pytest.mark.parametrize("header", ["Authorization", "x-api-key"])
def test_its_own_key_suffices_for_a_namespace(
    api: Api, world: EmulatorNamespace, row: Operation, header: str, *, named: bool
) -> None:
    headers = {header: world.api_key if header == "x-api-key" else f"Bearer {world.api_key}"}
    if named:
        headers["X-Emulator-Namespace"] = world.namespace
    name = world.namespace if row.path.startswith("/namespaces") else "gate"
    with ask(api, row, headers, name) as answer:
        assert answer.status_code not in (401, 403)


@rows("namespace")
def test_it_does_not_for_another(api: Api, world: EmulatorNamespace, other: EmulatorNamespace, row: Operation) -> None:
    for name in (other.namespace, "default", "nobody"):
        headers = {"Authorization": f"Bearer {world.api_key}", "X-Emulator-Namespace": name}
        assert ask(api, row, headers).status_code == 403


@pytest.mark.parametrize("path", ["/ready", "/health"])
def test_whether_it_is_ready_it_may_ask_whatever_it_names(
    api: Api, world: EmulatorNamespace, other: EmulatorNamespace, path: str
) -> None:
    for name in (world.namespace, other.namespace, "nobody"):
        headers = {"Authorization": f"Bearer {world.api_key}", "X-Emulator-Namespace": name}
        assert api.control("GET", path, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/coverage", "/journal", "/events"])
def test_it_does_not_for_what_came_in_all(api: Api, world: EmulatorNamespace, path: str) -> None:
    for key, status in ((world.api_key, 403), (TOKEN, 200)):
        answer = api.control("GET", f"{path}?namespaces=all", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status
        answer.close()


@rows("emulator")
def test_it_does_not_for_all(api: Api, world: EmulatorNamespace, row: Operation) -> None:
    answer = ask(api, row, {"Authorization": f"Bearer {world.api_key}"})
    assert answer.status_code == 403
    assert "control token" in answer.json()["error"]["message"]


def test_what_all_have_exercised_is_not_told(api: Api, world: EmulatorNamespace) -> None:
    answers = [
        api.control("GET", "/coverage", params={"namespaces": "all"}, headers={"Authorization": f"Bearer {key}"})
        for key in (world.api_key, TOKEN)
    ]
    assert [answer.status_code for answer in answers] == [403, 200]


@rows("namespace", "emulator")
@pytest.mark.parametrize("key", ["test-key", "expired-key", "key_000000000000", ""])
def test_keys_that_everybody_knows_open_nothing(api: Api, row: Operation, key: str) -> None:
    for headers in ({"Authorization": f"Bearer {key}"}, {"x-api-key": key}):
        assert ask(api, row, headers).status_code == 401


def test_a_key_resets_its_own_world_and_deletes_it_but_no_other(
    server: EmulatorServer, world: EmulatorNamespace, other: EmulatorNamespace
) -> None:
    mine = EmulatorNamespace(server.url, world.namespace, world.api_key)
    with mine:
        mine.reset()
        assert mine.state()["namespace"] == world.namespace
        assert mine.health().status == "ok"
        with pytest.raises(EmulatorRefused, match="control token"):
            mine.delete_namespace(other.namespace)
        with pytest.raises(EmulatorRefused, match="control token"):
            mine.namespaces()
    assert world.namespace not in [one.name for one in server.client.namespaces()]
    with EmulatorClient(server.url, world.api_key) as gone, pytest.raises(EmulatorRefused) as refused:
        gone.state()
    assert refused.value.status == 401


def test_where_no_token_is_set_a_key_chooses_and_a_name_wins() -> None:
    with EmulatorServer() as server, server.client.create_namespace() as world:
        url, key = f"{server.control_url}/state", {"x-api-key": world.api_key}
        by_key = requests.get(url, headers=key, timeout=SECONDS).json()["namespace"]
        by_name = requests.get(url, headers={**key, "X-Emulator-Namespace": "default"}, timeout=SECONDS)
        of_seed = requests.get(url, headers={"x-api-key": "test-key"}, timeout=SECONDS).json()["namespace"]
        assert (by_key, by_name.json()["namespace"], of_seed) == (world.namespace, "default", "default")


# The imitated API by a namespace's name


def sessions_of(server: EmulatorServer, name: str, headers: Mapping[str, str]) -> requests.Response:
    sent = {"X-Emulator-Namespace": name, **headers}
    return requests.get(f"{server.url}/api/v1/sessions/", headers=sent, timeout=SECONDS)


@pytest.mark.parametrize("headers", [{"x-api-key": "test-key"}, {"Authorization": "Bearer wrong"}], ids=str)
def test_keys_that_everybody_knows_open_no_namespace_by_its_name(
    server: EmulatorServer, world: EmulatorNamespace, headers: Mapping[str, str]
) -> None:
    refused = [sessions_of(server, name, headers) for name in (world.namespace, "nobody")]
    assert [one.status_code for one in refused] == [401, 401]
    assert refused[0].json() == refused[1].json()  # whether there is one is not told
    assert "control token" in refused[0].text
    assert sessions_of(server, "default", {"x-api-key": "test-key"}).status_code == 200


def test_no_names_are_told_to_whoever_has_no_key(server: EmulatorServer, world: EmulatorNamespace) -> None:
    refused = sessions_of(server, "nobody", {})
    assert (refused.status_code, world.namespace in refused.text) == (401, False)
    assert sessions_of(server, world.namespace, {}).status_code == 401


def test_its_own_key_or_the_token_opens_a_namespace_by_its_name(
    server: EmulatorServer, world: EmulatorNamespace, other: EmulatorNamespace
) -> None:
    def status(key: str, **bearer: str) -> int:
        return sessions_of(server, world.namespace, {"x-api-key": key, **bearer}).status_code

    assert status(world.api_key) == 200
    assert status(other.api_key) == 401
    for shown in (world.api_key, TOKEN):
        assert status("test-key", Authorization=f"Bearer {shown}") == 200
        assert status("wrong-key", Authorization=f"Bearer {shown}") == 401
    assert "There is no namespace" in sessions_of(server, "nobody", {"Authorization": f"Bearer {TOKEN}"}).text


def test_a_socket_is_opened_by_a_name_as_a_request_is(server: EmulatorServer, world: EmulatorNamespace) -> None:
    mine = EmulatorNamespace(server.url, world.namespace, world.api_key)
    session = requests.get(
        f"{server.url}/api/v1/sessions/from-agent/",
        params={"agent_key": "customer_support_agent"},
        headers={"x-api-key": world.api_key},
        timeout=SECONDS,
    ).json()["session_id"]
    with mine, mine.socket(session), mine.socket(session, key="test-key"):
        pass
    for name in (world.namespace, "nobody"):
        with pytest.raises(SocketClosed, match="control token") as closed:
            EmulatorNamespace(server.url, name, "test-key").socket(session)
        assert closed.value.code == 1008


# Bodies that say nothing


@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded", None], ids=str)
@pytest.mark.parametrize(
    "row", [row for row in CONTROL if row.body is None], ids=lambda row: f"{row.method} {row.path}"
)
def test_where_there_is_nothing_to_say_the_empty_object_is_taken(row: Operation, api: Api, media: str | None) -> None:
    path = row.path.format(name="gate", id="id", session_id="session_abc123", config_hash="0" * 12)
    headers = {"Authorization": f"Bearer {TOKEN}", **({"Content-Type": media} if media else {})}
    with api.control(row.method, path, data=b" {}\n", headers=headers) as answer:
        assert answer.status_code != 400
    body = b'{"name": "x"}'
    refused = api.control(row.method, path, data=body, headers=headers)
    assert (refused.status_code, "takes no body" in refused.text) == (400, True)
