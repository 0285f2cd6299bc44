"""What nobody reads of a request is told, with the near name, and refused in strict mode."""

from typing import Any

import pytest
import requests

from atthene_emulator.configuration.catalogue import CATALOGUE, Explanation
from atthene_emulator.configuration.schema import Schema
from tests.conftest import FLAT, Api

AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
EXECUTE = "/runtime/session_abc123/execute/"
REQUESTS = [pytest.param(entry, id=code) for code, entry in CATALOGUE.items() if entry.media == "http"]
FIELDS = ", ".join(sorted(Schema("requests/execute").source["properties"]))
STRICT = {"X-Emulator-Strict": "1"}
HELLO = {"content": "I forgot my password"}
CASES = [
    pytest.param("POST", EXECUTE, {**HELLO, "corelation_id": "c"},
                 ["R101 corelation_id is no field of this request; did you mean correlation_id?"], id="execute"),
    pytest.param("POST", "/agent/", {"system_config": {**FLAT, "name": "New"}, "is_public": True},
                 ["R101 is_public is no field of this request; there is only system_config."], id="create an agent"),
    pytest.param("PATCH", f"/agent/{AGENT_ID}/", {"system_config": {}, "system-config": {}},
                 ["R101 system-config is no field of this request; did you mean system_config?"], id="update"),
    pytest.param("PUT", f"/agent/{AGENT_ID}/", {"systemConfig": {}, "system_config": FLAT},
                 ["R101 systemConfig is no field of this request; did you mean system_config?"], id="replace"),
    pytest.param("POST", f"/agent/{AGENT_ID}/import_yaml/", {"yaml_content": "name: x", "yaml": ""},
                 ["R101 yaml is no field of this request; there is only yaml_content."], id="import"),
    pytest.param("POST", "/sessions/feedback/", {"message": "msg_4e15290bf496", "ratng": 1},
                 ["R101 ratng is no field of this request; did you mean rating?"], id="feedback"),
    pytest.param("GET", "/sessions/?limt=1", None,
                 ["R102 limt is no parameter of this request; did you mean limit?"], id="query"),
    pytest.param("GET", "/agent/?page=2", None,
                 ["R102 page is no parameter of this request; it takes none."], id="a query where there is none"),
    pytest.param("GET", "/sessions/from-agent/?agent_key=customer_support_agent&pinned=1", None,
                 ["R102 pinned is no parameter of this request; it takes agent_key or version."], id="a start"),
    pytest.param("POST", f"{EXECUTE}?a=1&b=2&a=3", {**HELLO, "z": 1, "y": 2},
                 [f"R101 z is no field of this request; there are {FIELDS}.",
                  f"R101 y is no field of this request; there are {FIELDS}.",
                  "R102 a is no parameter of this request; it takes none.",
                  "R102 b is no parameter of this request; it takes none."], id="several, in order"),
    pytest.param("POST", f"/sessions/from-agent/{AGENT_ID}/", {"version": "1.0.0"},
                 ["R101 version is no field of this request; there are none."], id="a body where none is read"),
    pytest.param("POST", EXECUTE, {"content": [{"type": "text", "text": "Hi", "txt": 1}]},
                 ["R101 txt is no member of a block here; did you mean text?"], id="a block"),
    pytest.param("POST", EXECUTE, {"content": [{"type": "image_url", "image_url": {"url": "x", "detail": "low"}}]},
                 ["R101 detail is no member of a block here; there is only url."], id="inside of a block"),
    pytest.param("POST", EXECUTE, {**HELLO, "inputs": {"user_nam": "Ada"}},
                 ["R101 user_nam is no variable of this configuration; there are none."], id="inputs"),
    pytest.param("POST", EXECUTE, {"message": "Hi", **HELLO},
                 ["R103 message is not read beside content."], id="message beside content"),
]  # fmt: skip


def newest(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.control("GET", "/journal?tail=1").json()[0]
    return found


def state(api: Api) -> Any:
    shown = api.control("GET", "/state").json()
    return shown["agents"], shown["sessions"]


def codes(told: list[str]) -> list[str]:
    return list(dict.fromkeys(one[:4] for one in told))


@pytest.mark.parametrize(("method", "path", "body", "told"), CASES)
def test_what_nobody_reads_passes_and_is_told(api: Api, method: str, path: str, body: Any, told: list[str]) -> None:
    answer = api.request(method, path, json=body)
    assert answer.status_code in (200, 201)
    assert answer.headers["X-Emulator-Diagnostics"].split(", ")[: len(codes(told))] == codes(told)
    entry = newest(api)
    assert entry["findings"][: len(codes(told))] == codes(told)
    assert entry["unread"] == told


@pytest.mark.parametrize(("method", "path", "body", "told"), CASES)
def test_in_strict_mode_it_is_refused_and_nothing_happens(
    api: Api, method: str, path: str, body: Any, told: list[str]
) -> None:
    before = state(api)
    answer = api.request(method, path, json=body, headers=STRICT)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "validation_error"
    assert [one["message"] for one in answer.json()["error"]["details"]["errors"]] == [one[5:] for one in told]
    assert answer.headers["X-Emulator-Diagnostics"] == ", ".join(codes(told))
    assert newest(api)["unread"] == told
    assert state(api) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", EXECUTE, {**HELLO, "correlation_id": None, "inputs": {}}),
        ("POST", "/agent/", {"system_config": {**FLAT, "name": "New"}}),
        ("GET", "/sessions/?limit=1&offset=1&agent_key=customer_support_agent", None),
        ("GET", "/sessions/?emulator_fault=delay%3D1", None),
        ("POST", "/sessions/", FLAT),
    ],
)
def test_what_is_read_is_not_told(api: Api, method: str, path: str, body: Any) -> None:
    answer = api.request(method, path, json=body)
    assert answer.status_code in (200, 201)
    assert "R1" not in answer.headers.get("X-Emulator-Diagnostics", "")
    assert newest(api)["unread"] == []


def test_it_is_told_beside_what_a_configuration_says(api: Api) -> None:
    body = {"system_config": {**FLAT, "name": "New", "temprature": 1}, "note": "x"}
    first, *others = api.post("/agent/", json=body).headers["X-Emulator-Diagnostics"].split(", ")
    assert first == "R101"
    assert "F112" in others
    assert (
        newest(api)["unread"][1] == "F112 The key temprature is not known here; did you mean temperature in llm_config?"
    )


@pytest.mark.parametrize("path", ["/sessions/", "/sessions/ again"])
def test_an_unknown_key_of_a_configuration_is_told_in_words(api: Api, path: str) -> None:
    """Also the second time, when the same text was accepted before."""
    for _ in path.split():
        assert api.post("/sessions/", json={**FLAT, "promt_config": {}}).status_code == 201
    assert newest(api)["unread"] == ["F112 The key promt_config is not known here; did you mean prompt_config?"]


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", EXECUTE, {"contnt": "Hi"}, "did you mean content?"),
        ("GET", "/sessions/from-agent/?agentkey=customer_support_agent", None, "did you mean agent_key?"),
        ("POST", "/agent/", {"system_confg": FLAT}, "did you mean system_config?"),
    ],
)
def test_the_near_name_is_told_where_the_right_one_is_missing(
    api: Api, method: str, path: str, body: Any, told: str
) -> None:
    assert api.request(method, path, json=body).status_code == 400
    assert newest(api)["unread"][0].endswith(told)


@pytest.mark.parametrize("body", ["{}", "null", "", "[1]", "{", '"x"'])
def test_a_body_that_nobody_reads_may_be_anything(api: Api, body: str) -> None:
    answer = api.post(f"/sessions/from-agent/{AGENT_ID}/", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201
    assert newest(api)["unread"] == []


def test_it_is_told_of_a_request_that_fails_later(api: Api) -> None:
    answer = api.post("/runtime/no-such/execute/", json={**HELLO, "note": "x"})
    assert (answer.status_code, answer.headers["X-Emulator-Diagnostics"]) == (404, "R101")


def test_a_code_is_told_once(api: Api) -> None:
    answer = api.post(EXECUTE, json={**HELLO, "note": "x", "inputs": {"user_nam": "Ada"}})
    assert answer.headers["X-Emulator-Diagnostics"] == "R101"
    assert len(newest(api)["unread"]) == 2


def test_of_very_many_fields_some_are_told(api: Api) -> None:
    answer = api.post(EXECUTE, json={**HELLO, **{f"{'x' * 500}{number}": 1 for number in range(1000)}})
    assert answer.status_code == 200
    assert len(newest(api)["unread"]) == 20
    assert all(len(one) < 200 for one in newest(api)["unread"])


def sent(api: Api, text: str) -> requests.Response:
    """The answer to a request as `explain` shows it."""
    line, _, body = text.partition("\n\n")
    method, path = line.split()
    return api.request(method, path.removeprefix("/api/v1"), data=body)


@pytest.mark.parametrize("entry", REQUESTS)
def test_the_catalogues_example_gives_the_finding_and_the_mended_one_does_not(api: Api, entry: Explanation) -> None:
    assert sent(api, entry.example).headers["X-Emulator-Diagnostics"] == entry.code
    assert "X-Emulator-Diagnostics" not in sent(api, entry.mended).headers
