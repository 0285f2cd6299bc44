"""Agents that a company shares are read by all of it and changed by their owner alone; public ones are started by pages."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api

PAGE = "https://shop.example.com"
SEED = {
    "accounts": [
        {"id": "owner", "company": "acme", "api_keys": ["owner-key"]},
        {"id": "colleague", "company": "acme", "api_keys": ["colleague-key"]},
        {"id": "stranger", "company": "other", "api_keys": ["stranger-key"]},
        {"id": "nobody", "api_keys": ["nobody-key"]},
        {"id": "alone", "api_keys": ["alone-key"]},
    ],
    "agents": [
        {
            "id": "shared", "owner": "owner", "is_shared": True, "created_at": "2025-01-02T00:00:00Z",
            "system_config": {**FLAT, "name": "Shared"},
        },
        {"id": "private", "owner": "owner", "system_config": {**FLAT, "name": "Private"}},
        {"id": "public", "owner": "owner", "is_public": True, "origin_url": PAGE, "system_config": {**FLAT, "name": "Public"}},
        {"id": "hidden", "owner": "owner", "origin_url": PAGE, "system_config": {**FLAT, "name": "Hidden"}},
        {"id": "nowhere", "owner": "owner", "is_public": True, "system_config": {**FLAT, "name": "Nowhere"}},
        {"id": "own", "owner": "colleague", "created_at": "2025-01-01T00:00:00Z", "system_config": {**FLAT, "name": "Own"}},
        {"id": "homeless", "owner": "nobody", "is_shared": True, "system_config": {**FLAT, "name": "Homeless"}},
        {
            "id": "grown", "owner": "owner", "version_number": "2.0.0", "system_config": {**FLAT, "name": "Grown Up"},
            "earlier_versions": [
                {"system_config": {**FLAT, "name": "Young"}, "created_at": "2025-01-01T00:00:00Z"},
                {"system_config": {**FLAT, "name": "Grown"}},
            ],
        },
    ],
}  # fmt: skip
CHANGES = [
    pytest.param("PATCH", "/agent/shared/", {"system_config": {"description": "Mine."}}, id="PATCH"),
    pytest.param("PUT", "/agent/shared/", {"system_config": {**FLAT, "name": "Mine"}}, id="PUT"),
    pytest.param("POST", "/agent/shared/import_yaml/", {"yaml_content": "name: Mine"}, id="import"),
    pytest.param("DELETE", "/agent/shared/", None, id="DELETE"),
]
READS = ["/agent/shared/", "/agent/shared/versions/current/", "/agent/shared/export_yaml/"]


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer(seeds=("empty",)) as running:
        running.client.create_namespace("sharing", seed=SEED)
        yield running


@pytest.fixture
def api(server: EmulatorServer) -> Api:
    client = Api(server, "owner-key")
    assert client.control("POST", "/reset?namespace=sharing").status_code == 200
    return client


def start(api: Api, agent_key: str, **headers: str) -> requests.Response:
    """Ask for a session without a key."""
    return api.as_account(None).get(
        f"/sessions/from-agent/?agent_key={agent_key}", headers={"X-Emulator-Namespace": "sharing", **headers}
    )


def test_a_page_of_another_origin_may_not_start_a_public_agent(api: Api) -> None:
    answer = start(api, "public", Origin="https://evil.example")
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "permission_error"
    assert start(api, "hidden", Origin="https://evil.example").status_code == 401


def test_the_older_name_of_the_key_is_read(api: Api) -> None:
    path, headers = "/sessions/from-agent/?connection_key=public", {"X-Emulator-Namespace": "sharing"}
    assert api.as_account(None).get(path, headers={**headers, "Origin": PAGE}).status_code == 200
    answer = api.get(path, headers=headers)
    assert (answer.status_code, answer.headers.get("X-Emulator-Diagnostics")) == (200, None)


def test_an_agent_shows_how_it_is_shared(api: Api) -> None:
    shown = {one["id"]: (one["is_public"], one["is_shared"], one["origin_url"]) for one in api.get("/agent/").json()}
    assert shown["shared"] == (False, True, None)
    assert shown["private"] == (False, False, None)
    assert shown["public"] == (True, False, PAGE)


def test_the_company_lists_what_it_shares_among_its_own_by_age(api: Api) -> None:
    listed = api.as_account("colleague-key").get("/agent/").json()
    assert [agent["id"] for agent in listed] == ["own", "shared"]
    assert [agent["id"] for agent in api.as_account("stranger-key").get("/agent/").json()] == []


@pytest.mark.parametrize("path", READS)
def test_the_company_reads_what_is_shared_and_nothing_else(api: Api, path: str) -> None:
    colleague = api.as_account("colleague-key")
    assert colleague.get(path).content == api.get(path).content
    assert colleague.get(path.replace("shared", "private")).status_code == 404
    assert api.as_account("stranger-key").get(path).status_code == 404


@pytest.mark.parametrize("name", ["shared", "own"])
def test_a_colleague_finds_agents_by_key(api: Api, name: str) -> None:
    assert api.as_account("colleague-key").get(f"/agent/{name}/").json()["id"] == name


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_only_the_owner_changes_what_is_shared(api: Api, method: str, path: str, body: Any) -> None:
    before = api.get("/agent/shared/").json()
    answer = api.as_account("colleague-key").request(method, path, json=body)
    assert answer.status_code == 403
    assert answer.json() == {
        "error": {"type": "permission_error", "message": "You do not have permission to access this resource"}
    }
    assert api.get("/agent/shared/").json() == before
    assert api.as_account("stranger-key").request(method, path, json=body).status_code == 404
    assert api.request(method, path, json=body).status_code in (200, 204)


def test_a_session_of_a_shared_agent_belongs_to_who_starts_it(api: Api) -> None:
    colleague = api.as_account("colleague-key")
    for answer in (
        colleague.post("/sessions/from-agent/shared/"),
        colleague.get("/sessions/from-agent/?agent_key=shared"),
    ):
        session_id = answer.json()["session_id"]
        assert colleague.get(f"/sessions/{session_id}/").status_code == 200
        assert api.get(f"/sessions/{session_id}/").status_code == 404
    assert colleague.delete("/sessions/from-agent/?agent_key=shared").json() == {"deleted": 2}
    assert colleague.delete("/sessions/from-agent/?agent_key=shared").json() == {"deleted": 0}


def test_an_account_without_a_company_shares_with_nobody(api: Api) -> None:
    assert api.as_account("alone-key").get("/agent/homeless/").status_code == 404
    assert api.as_account("alone-key").get("/agent/").json() == []


def test_a_page_of_the_agents_origin_starts_a_session_without_a_key(api: Api) -> None:
    answer = start(api, "public", Origin=PAGE)
    assert answer.status_code == 200
    assert answer.json()["agent_id"] == "public"
    assert api.get(f"/sessions/{answer.json()['session_id']}/").status_code == 200


@pytest.mark.parametrize(
    ("agent_key", "headers", "kind"),
    [
        pytest.param("public", {}, "authentication_error", id="no origin"),
        pytest.param("public", {"Origin": "https://other.example.com"}, "permission_error", id="another origin"),
        pytest.param("public", {"Origin": f"{PAGE}/"}, "permission_error", id="no origin at all"),
        pytest.param("hidden", {"Origin": PAGE}, "authentication_error", id="not public"),
        pytest.param("nowhere", {"Origin": "null"}, "permission_error", id="no origin of its own"),
        pytest.param("no_such", {"Origin": PAGE}, "authentication_error", id="unknown"),
        pytest.param("", {"Origin": PAGE}, "authentication_error", id="no agent_key"),
        pytest.param("public", {"Origin": PAGE, "x-api-key": "wrong"}, "authentication_error", id="a wrong key"),
    ],
)
def test_every_other_request_without_a_key_is_refused(
    api: Api, agent_key: str, headers: dict[str, str], kind: str
) -> None:
    answer = start(api, agent_key, **headers)
    assert answer.json()["error"]["type"] == kind
    assert answer.status_code == (401 if kind == "authentication_error" else 403)
    assert api.get("/sessions/").json() == []


def test_a_browser_lets_such_a_page_read_the_answer(api: Api) -> None:
    answer = start(api, "public", Origin=PAGE)
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    other = start(api, "public", Origin="https://other.example.com")
    assert "Access-Control-Allow-Origin" not in other.headers


@pytest.mark.parametrize("path", ["/sessions/", "/sessions/default-agent/", "/agent/public/"])
def test_a_page_may_do_nothing_else_without_a_key(api: Api, path: str) -> None:
    headers = {"X-Emulator-Namespace": "sharing", "Origin": PAGE}
    assert api.as_account(None).get(path, headers=headers).status_code == 401


def test_a_seed_may_have_earlier_versions(api: Api) -> None:
    agent = api.get("/agent/grown/").json()
    assert (agent["agent_key"], agent["name"], agent["version_number"]) == ("young", "Grown Up", "2.0.0")
    for version, name in (("1.0.0", "Young"), ("1.0.1", "Grown"), ("2.0.0", "Grown Up")):
        started = api.get(f"/sessions/from-agent/?agent_key=young&version={version}").json()
        assert api.get(f"/sessions/{started['session_id']}/").json()["agent_config"]["name"] == name
    changed = api.patch("/agent/grown/", json={"system_config": {"name": "Old"}}).json()
    assert changed["version_number"] == "2.0.1"


def test_versions_and_sharing_survive_export_and_import(api: Api) -> None:
    before = api.get("/agent/").json()
    api.control("POST", "/snapshots?namespace=sharing", json={"name": "here"})
    document = api.control("GET", "/snapshots/here?namespace=sharing").json()
    api.patch("/agent/grown/", json={"system_config": {"name": "Old"}})
    assert api.control("PUT", "/snapshots/there?namespace=sharing", json=document).status_code == 201
    assert api.control("POST", "/snapshots/there/restore?namespace=sharing").status_code == 200
    assert api.get("/agent/").json() == before
    assert api.get("/sessions/from-agent/?agent_key=young&version=1.0.1").status_code == 200
    assert start(api, "public", Origin=PAGE).status_code == 200


def test_a_snapshot_of_emulator_0_1_has_one_version_of_each_agent(api: Api) -> None:
    api.control("POST", "/snapshots?namespace=sharing", json={"name": "here"})
    document = api.control("GET", "/snapshots/here?namespace=sharing").json()
    del document["feedback"]
    for agent in document["agents"]:
        version = agent.pop("versions")[-1]
        for name in ("is_public", "is_shared", "origin_url"):
            del agent[name]
        agent |= {
            "configuration": version["configuration"], "version": version["number"], "updated_at": version["created_at"],
        }  # fmt: skip
    assert api.control("PUT", "/snapshots/old?namespace=sharing", json=document).status_code == 201
    assert api.control("POST", "/snapshots/old/restore?namespace=sharing").status_code == 200
    agent = api.get("/agent/grown/").json()
    assert (agent["name"], agent["version_number"], agent["is_shared"]) == ("Grown Up", "2.0.0", False)
    assert api.get("/sessions/from-agent/?agent_key=young&version=1.0.0").status_code == 404


@pytest.mark.parametrize(
    ("agent", "field", "said"),
    [
        ({"is_public": "yes"}, "is_public", "true or false"),
        ({"origin_url": 5}, "origin_url", "text"),
        ({"version_number": "1.0"}, "version_number", "text like"),
        ({"version_number": "1.0.0", "earlier_versions": [{"system_config": FLAT}]}, "version_number", "later than 1.0.0"),
        ({"earlier_versions": [{"system_config": {"name": "x", "agent_type": "robot"}}]},
         "earlier_versions.0.system_config.agent_type", "robot"),
        ({"earlier_versions": [{"version_number": "1.0.0"}]}, "earlier_versions.0", "system_config"),
    ],
)  # fmt: skip
def test_a_wrong_agent_of_a_seed_is_named(api: Api, agent: dict[str, Any], field: str, said: str) -> None:
    seed = {"accounts": [{"id": "a"}], "agents": [{"system_config": FLAT, **agent}]}
    answer = api.control("POST", "/namespaces", json={"seed": seed})
    assert answer.status_code == 400
    (problem,) = answer.json()["error"]["details"]["errors"]
    assert problem["field"] == f"seed.agents.0.{field}"
    assert said in problem["message"]
