"""The control plane shows configurations, and checks others without keeping anything of them."""

import json
from typing import Any

import pytest
import yaml

from atthene_emulator.limits import CONTROL_BODY
from tests.conftest import FLAT, Api
from tests.graph.documents import KINDS

BRANCH = KINDS["boolean"]
YAML = {"Content-Type": "application/yaml"}


@pytest.fixture
def api(api: Api) -> Api:
    """A client of an emulator that has executed nothing."""
    assert api.control("POST", "/reset?scope=coverage").status_code == 200
    return api


def listed(api: Api) -> dict[str, Any]:
    answer = api.control("GET", "/configurations")
    assert answer.status_code == 200
    return {one["name"]: one for one in answer.json()}


def shown(api: Api, name: str) -> Any:
    answer = api.control("GET", f"/configurations/{listed(api)[name]['config_hash']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def check(api: Api, text: str, media: str = "application/yaml") -> Any:
    answer = api.control("POST", "/configurations/check", data=text.encode(), headers={"Content-Type": media})
    assert answer.status_code == 200, answer.text
    return answer.json()


def counts(graph: Any) -> dict[str, int | None]:
    return {f"{edge['from']} -{edge['arm'] or ''}-> {edge['to']}": edge["count"] for edge in graph["edges"]}


# Those that are used


def test_one_of_an_agent_and_of_its_sessions_is_listed_once(api: Api) -> None:
    agent = api.post("/agent/", json={"system_config": BRANCH}).json()
    for _ in range(2):
        api.create_session(BRANCH)
    assert listed(api)["Branch"] == {
        "config_hash": agent["config_hash"],
        "name": "Branch",
        "agents": [{"id": agent["id"], "agent_key": agent["agent_key"]}],
        "sessions": 2,
        "executions": 0,
        "covered": 0,
        "total": 7,
    }


def test_one_of_a_session_alone_is_listed(api: Api) -> None:
    api.execute(api.create_session(BRANCH))
    one = listed(api)["Branch"]
    assert (one["agents"], one["sessions"], one["executions"], one["covered"]) == ([], 1, 1, 4)


def test_one_that_was_executed_stays_when_nobody_has_it_any_longer(api: Api) -> None:
    session = api.create_session(BRANCH)
    api.execute(session)
    api.delete(f"/sessions/{session}/")
    assert (listed(api)["Branch"]["sessions"], listed(api)["Branch"]["executions"]) == (0, 1)
    assert shown(api, "Branch")["document"] == BRANCH


def test_its_graph_has_what_was_exercised(api: Api) -> None:
    session = api.create_session(BRANCH)
    for _ in range(3):
        api.execute(session)
    graph = shown(api, "Branch")["graph"]
    assert counts(graph) == {
        "__start__ --> check": 3,
        "check -yes-> good_news": 3,
        "check -no-> bad": 0,
        "good_news --> __end__": 3,
        "bad --> __end__": 0,
    }
    assert {node["id"]: node["visits"] for node in graph["nodes"]} == {
        "__start__": 3, "check": 3, "good_news": 3, "bad": 0, "__end__": 3,
    }  # fmt: skip


def test_what_coverage_does_not_count_is_null(api: Api) -> None:
    api.execute(api.create_session(KINDS["nested"]))
    found = counts(shown(api, "Nested")["graph"])
    assert found.pop("__start__ --> top") == 1
    assert set(found.values()) == {None}


def test_its_secrets_are_not_shown(api: Api) -> None:
    secret = "s3cr3t-Dr1ve-Key"
    variables = {"drive_api_key": {"type": "str", "default": secret}}
    document = {**FLAT, "name": "Keys", "variables": variables}
    api.create_session(document)
    one = shown(api, "Keys")
    assert one["variables"] == [
        {
            "name": "drive_api_key",
            "type": "str",
            "required": True,
            "default": "[redacted]",
            "mode": "replace",
            "require_every_execution": False,
            "filled_by_agents": False,
        }
    ]
    assert secret not in json.dumps(one)
    assert secret not in json.dumps(check(api, json.dumps(document)))


def test_its_findings_are_shown(api: Api) -> None:
    api.create_session({**FLAT, "name": "Odd", "temperatur": 1})
    found = [(one["code"], one["severity"], one["line"]) for one in shown(api, "Odd")["findings"]]
    assert ("F112", "warning", None) in found


def test_another_hash_is_unknown(api: Api) -> None:
    api.create_session(BRANCH)
    known = listed(api)["Branch"]["config_hash"]
    near = known[:-1] + ("0" if known[-1] != "0" else "1")
    for asked, end in ((near, f"; did you mean {known}?"), ("x", "; GET /__emulator/configurations lists them")):
        answer = api.control("GET", f"/configurations/{asked}")
        assert answer.status_code == 404
        assert answer.json()["error"]["message"] == f"There is no configuration {asked}{end}"


# Those that are checked


@pytest.mark.parametrize(("media", "write"), [("application/yaml", yaml.safe_dump), ("application/json", json.dumps)])
def test_a_valid_one_has_its_graph(api: Api, media: str, write: Any) -> None:
    one = check(api, write(BRANCH), media)
    session = api.create_session(BRANCH)
    assert one["valid"]
    assert one["name"] == "Branch"
    assert one["findings"] == []
    assert one["config_hash"] == listed(api)["Branch"]["config_hash"]
    assert one["graph"] == api.control("GET", f"/sessions/{session}/graph").json()["graph"]


def test_an_invalid_one_has_findings_with_their_places(api: Api) -> None:
    one = check(api, "name: X\nagents:\n  - {name: a, agent_type: llm_agnt}\n")
    assert not one["valid"]
    assert (one["graph"], one["config_hash"], one["name"], one["variables"]) == (None, None, None, [])
    found = one["findings"][0]
    assert (found["severity"], found["field"], found["line"], found["column"]) == (
        "error",
        "agents.0.agent_type",
        3,
        27,
    )
    assert "llm_agent" in found["message"]


@pytest.mark.parametrize(
    ("text", "media", "code"),
    [
        ("a: [", "application/yaml", "Y"),
        ("{", "application/json", "Y"),
        ("", "application/json", "Y"),
        ("[]", "application/json", "F"),
        ("null", "application/yaml", "F"),
    ],
)
def test_what_is_no_document_has_a_finding(api: Api, text: str, media: str, code: str) -> None:
    one = check(api, text, media)
    assert not one["valid"]
    assert one["findings"][0]["code"].startswith(code)


def test_nothing_is_kept_of_it(api: Api) -> None:
    before = api.control("GET", "/state").json()["counts"]
    check(api, yaml.safe_dump(BRANCH))
    assert "Branch" not in listed(api)
    assert api.control("GET", "/state").json()["counts"] == before


def test_it_is_checked_in_the_language_of_the_namespace(api: Api) -> None:
    text = yaml.safe_dump({**FLAT, "llm_config": {"model": "house-model"}})
    assert not check(api, text)["valid"]
    with api.server.client.create_namespace(seed={"models": ["house-model"]}) as world:
        assert world.check_configuration(text)["valid"]


@pytest.mark.parametrize(
    ("headers", "size", "status"),
    [({}, 10, 415), ({"Content-Type": "text/html"}, 10, 415), (YAML, CONTROL_BODY.most + 1, 413)],
    ids=["no type", "a page", "too large"],
)
def test_what_is_no_text_of_a_configuration_is_refused(api: Api, headers: Any, size: int, status: int) -> None:
    answer = api.control("POST", "/configurations/check", data=b"#" * size, headers=headers)
    assert answer.status_code == status
