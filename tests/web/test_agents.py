"""Agents: keys from names, versions, deep merges, and validation that keeps nothing."""

import re
import uuid
from typing import Any

import pytest
import yaml

from atthene_emulator.contracts import CONTRACTS
from tests.conftest import FLAT, Api

AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
RESEARCH_ID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
AGENT = {
    "name": "Customer Support Agent",
    "agent_type": "llm_agent",
    "prompt_config": {"system_prompt": "You are a friendly and patient customer support agent."},
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}


def create(api: Api, **configuration: Any) -> dict[str, Any]:
    """A new agent."""
    answer = api.post("/agent/", json={"system_config": {**FLAT, **configuration}})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def patch(api: Api, part: dict[str, Any], name: str = AGENT_ID) -> dict[str, Any]:
    """The agent after a PATCH."""
    answer = api.patch(f"/agent/{name}/", json={"system_config": part})
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sales Agent", "sales_agent"),
        ("  Sales   Agent  ", "sales_agent"),
        ("Sales-Agent (v2.1)!", "sales_agent_v2_1"),
        ("__sales__agent__", "sales_agent"),
        ("Café Größe", "cafe_groe"),
        ("ﬁne №5", "fine_no5"),
        ("ÅNGSTRÖM", "angstrom"),
        ("42", "42"),
        ("a" * 300, "a" * 300),
    ],
    ids=ascii,
)
def test_the_key_is_derived_from_the_name(api: Api, name: str, key: str) -> None:
    agent = create(api, name=name)
    assert agent["agent_key"] == key
    assert agent["name"] == name


def test_names_without_latin_letters_get_keys_that_differ(api: Api) -> None:
    first, second = create(api, name="客服"), create(api, name="研究")
    assert first["agent_key"] != second["agent_key"]
    assert re.fullmatch(r"[a-z0-9_]+", first["agent_key"])


@pytest.mark.parametrize("name", ["Customer Support Agent", "customer_support_agent", "CUSTOMER: support, agent?"])
def test_a_taken_key_is_refused(api: Api, name: str) -> None:
    before = api.get("/agent/").json()
    answer = api.post("/agent/", json={"system_config": {**FLAT, "name": name}})
    assert answer.status_code == 400
    assert answer.json() == {"error": {"type": "validation_error", "message": "Agent with this key already exists"}}
    assert api.get("/agent/").json() == before


def test_the_same_key_is_free_in_another_account(api: Api) -> None:
    agent = create(api.as_account("other-key"), name="Customer Support Agent")
    assert agent["agent_key"] == "customer_support_agent"
    assert agent["owner"] == "user_789"
    assert agent["company"] == "company_999"


def test_a_deleted_agents_key_is_free_again(api: Api) -> None:
    assert api.delete(f"/agent/{AGENT_ID}/").status_code == 204
    assert create(api, name="Customer Support Agent")["id"] != AGENT_ID


def test_a_flat_configuration_shows_its_type_and_main(api: Api) -> None:
    agent = create(api, name="Flat", agent_type="react_agent")
    assert (agent["architecture"], agent["entry_point"]) == ("react_agent", "main")


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        pytest.param({}, ("workflow", "one"), id="default architecture"),
        pytest.param({"architecture": "workflow"}, ("workflow", "one"), id="stated architecture"),
    ],
)
def test_a_system_configuration_shows_its_architecture_and_entry_point(
    api: Api, more: dict[str, str], shown: tuple[str, str]
) -> None:
    configuration = {
        "name": "System",
        "agents": [{"name": "one", "agent_type": "llm_agent"}],
        "edges": [{"from": "one", "to": "END"}],
        "entry_point": "one",
        **more,
    }
    answer = api.post("/agent/", json={"system_config": configuration})
    assert answer.status_code == 201
    assert (answer.json()["architecture"], answer.json()["entry_point"]) == shown
    assert answer.json()["system_config"] == configuration


def test_agents_are_listed_oldest_first(api: Api) -> None:
    create(api, name="Third")
    create(api, name="Fourth")
    keys = [agent["agent_key"] for agent in api.get("/agent/").json()]
    assert keys == ["customer_support_agent", "research_assistant", "third", "fourth"]


def test_a_new_agent_is_the_same_in_every_answer(api: Api) -> None:
    made = create(api, name="Third")
    assert api.get(f"/agent/{made['id']}/").json() == made
    assert api.get("/agent/third/").json() == made
    assert api.get("/agent/").json()[-1] == made


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_the_key_stands_for_the_id(api: Api, method: str) -> None:
    body = {"system_config": {"description": "by key"}} if method == "PATCH" else None
    answer = api.request(method, "/agent/customer_support_agent/", json=body)
    if method == "DELETE":
        assert answer.status_code == 204
        assert api.get(f"/agent/{AGENT_ID}/").status_code == 404
    else:
        assert answer.json()["id"] == AGENT_ID


@pytest.mark.parametrize(
    ("part", "result"),
    [
        pytest.param(
            {"llm_config": {"temperature": 0.1}}, {"llm_config": {"model": "gpt-4o", "temperature": 0.1}}, id="deep"
        ),
        pytest.param(
            {"llm_config": {"max_tokens": 9}},
            {"llm_config": {**AGENT["llm_config"], "max_tokens": 9}},
            id="deep and new",
        ),
        pytest.param({"description": "New"}, {"description": "New"}, id="new key"),
        pytest.param({"system_prompt": ""}, {"system_prompt": ""}, id="empty text"),
        pytest.param({"tools": ["calculator"]}, {"tools": ["calculator"]}, id="list"),
        pytest.param(
            {"memory_config": {"modules": [{"scope": "user"}]}},
            {"memory_config": {"modules": [{"scope": "user"}]}},
            id="new branch",
        ),
        pytest.param({"description": None}, {}, id="null of a missing key"),
        pytest.param({"llm_config": {"model": None}}, {"llm_config": {"temperature": 0.7}}, id="deep null"),
    ],
)
def test_patch_merges_deeply(api: Api, part: dict[str, Any], result: dict[str, Any]) -> None:
    changed = patch(api, part)
    assert changed["system_config"] == {**AGENT, **result}
    assert api.get(f"/agent/{AGENT_ID}/").json() == changed


def test_null_removes_a_key(api: Api) -> None:
    changed = patch(api, {"prompt_config": None, "llm_config": None})
    assert changed["system_config"] == {"name": "Customer Support Agent", "agent_type": "llm_agent"}


def test_patch_replaces_lists(api: Api) -> None:
    patch(api, {"tools": ["calculator", "wikipedia_search"]})
    assert patch(api, {"tools": ["arxiv_search"]})["system_config"]["tools"] == ["arxiv_search"]


def test_patch_takes_yaml(api: Api) -> None:
    answer = api.patch(
        f"/agent/{AGENT_ID}/",
        data=b"system_config:\n  llm_config:\n    temperature: 0.2\n",
        headers={"Content-Type": "application/yaml"},
    )
    assert answer.json()["system_config"]["llm_config"] == {"model": "gpt-4o", "temperature": 0.2}


def test_each_change_raises_the_last_part_of_the_version(api: Api) -> None:
    versions = [patch(api, {"description": f"Number {number}"})["version_number"] for number in range(11)]
    assert versions[:2] == ["1.0.1", "1.0.2"]
    assert versions[-1] == "1.0.11"


def test_a_change_gives_a_new_hash_and_a_new_time(api: Api) -> None:
    before, after = api.get(f"/agent/{AGENT_ID}/").json(), patch(api, {"description": "New"})
    assert after["config_hash"] != before["config_hash"]
    assert after["created_at"] == before["created_at"] == "2025-01-15T10:30:00Z"
    assert after["updated_at"] > before["updated_at"]


@pytest.mark.parametrize(
    "part",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"prompt_config": AGENT["prompt_config"]}, id="the same value"),
        pytest.param({"description": None}, id="removal of nothing"),
    ],
)
def test_a_patch_that_changes_nothing_leaves_the_version(api: Api, part: dict[str, Any]) -> None:
    before = api.get(f"/agent/{AGENT_ID}/").json()
    assert patch(api, part) == before


def test_going_back_gives_the_old_hash_but_not_the_old_version(api: Api) -> None:
    before = api.get(f"/agent/{AGENT_ID}/").json()
    patch(api, {"description": "New"})
    after = patch(api, {"description": None})
    assert after["config_hash"] == before["config_hash"]
    assert after["version_number"] == "1.0.2"


@pytest.mark.parametrize(
    ("part", "field"),
    [
        pytest.param({"llm_config": {"model": "no-such-model"}}, "llm_config.model", id="unknown model"),
        pytest.param({"llm_config": {"temperature": 3}}, "llm_config.temperature", id="out of bounds"),
        pytest.param({"agent_type": "robot"}, "agent_type", id="unknown type"),
        pytest.param({"name": ""}, "name", id="empty name"),
        pytest.param({"name": None}, "name", id="name removed"),
        pytest.param({"tools": "calculator"}, "tools", id="text for a list"),
        pytest.param({"llm_config": []}, "llm_config", id="list for an object"),
    ],
)
def test_an_invalid_patch_changes_nothing(api: Api, part: dict[str, Any], field: str) -> None:
    before = api.get("/agent/").json()
    answer = api.patch(f"/agent/{AGENT_ID}/", json={"system_config": {"description": "New", **part}})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "validation_error"
    assert [error["field"] for error in answer.json()["error"]["details"]["errors"]] == [f"system_config.{field}"]
    assert api.get("/agent/").json() == before


def test_a_new_name_keeps_the_key(api: Api) -> None:
    changed = patch(api, {"name": "Helpdesk"})
    assert changed["name"] == "Helpdesk"
    assert changed["agent_key"] == "customer_support_agent"
    assert api.get("/agent/customer_support_agent/").json()["id"] == AGENT_ID
    assert api.get("/agent/helpdesk/").status_code == 404


def test_the_name_of_a_renamed_agent_is_free_but_its_old_key_is_not(api: Api) -> None:
    patch(api, {"name": "Helpdesk"})
    assert create(api, name="Helpdesk")["agent_key"] == "helpdesk"
    assert api.post("/agent/", json={"system_config": AGENT}).status_code == 400


def test_a_deleted_agent_is_gone(api: Api) -> None:
    answer = api.delete(f"/agent/{AGENT_ID}/")
    assert answer.status_code == 204
    assert [agent["id"] for agent in api.get("/agent/").json()] == [RESEARCH_ID]
    assert api.get(f"/agent/{AGENT_ID}/").status_code == 404
    assert api.patch(f"/agent/{AGENT_ID}/", json={"system_config": {}}).status_code == 404
    assert api.delete(f"/agent/{AGENT_ID}/").status_code == 404


def test_validate_keeps_nothing(api: Api) -> None:
    before = api.control("GET", "/state").json()
    assert api.post("/agent/validate/", json=FLAT).json() == {"valid": True, "message": "Configuration is valid"}
    after = api.control("GET", "/state").json()
    assert (after["agents"], after["sessions"]) == (before["agents"], before["sessions"])


def test_validate_does_not_mind_a_taken_name(api: Api) -> None:
    assert api.post("/agent/validate/", json=AGENT).json()["valid"] is True


@pytest.mark.parametrize(
    ("configuration", "fields"),
    [
        pytest.param({}, {"agents"}, id="nothing"),
        pytest.param({"agent_type": "llm_agent"}, {"name"}, id="no name"),
        pytest.param({**FLAT, "llm_config": {"model": 5}}, {"llm_config.model"}, id="wrong type"),
        pytest.param(
            {**FLAT, "llm_config": {"model": "x", "temperature": 9}}, {"llm_config.temperature"}, id="out of bounds"
        ),
        pytest.param(
            {
                "name": "System",
                "entry_point": "one",
                "agents": [
                    {"name": "one", "agent_type": "llm_agent"},
                    {"name": "two", "agent_type": "llm_agent", "llm_config": {"model": "no-such-model"}},
                ],
                "edges": [{"from": "one", "to": "two"}, {"from": "two", "to": "END"}],
            },
            {"agents.1.llm_config.model"},
            id="in a list",
        ),
    ],
)
def test_validate_names_the_fields(api: Api, configuration: dict[str, Any], fields: set[str]) -> None:
    answer = api.post("/agent/validate/", json=configuration)
    assert answer.status_code == 200
    assert answer.json()["valid"] is False
    assert fields <= {error["field"] for error in answer.json()["errors"]}


VALID_TYPES = "Valid types: ['str', 'int', 'float', 'bool', 'list', 'dict', 'any', 'Any', 'Optional', 'Union']"


@pytest.mark.parametrize(
    ("part", "field", "message"),
    [
        ({"llm_config": {"model": "gpt-x"}}, "llm_config.model", "Invalid model specified"),
        (
            {"variables": {"room": {"type": "int", "required": False}}},
            "variables.room",
            "Variable must either be required=True or have a default value set",
        ),
        (
            {"variables": {"age": {"type": "integer"}}},
            "variables.age.type",
            (
                "Variable 'age' has invalid BAML type 'integer'\n   💡 Common types: str, int, float, bool, str[], int[], dict\n"
                f"   Error: Unknown type 'integer'. {VALID_TYPES}"
            ),
        ),
        (
            {"structured_output": {"schema": {"__root__": {"type": "str"}, "summary": {"type": "str"}}}},
            "structured_output.schema",
            (
                "'__root__' must be the only key in the schema (got ['__root__', 'summary'])\n"
                " - a root schema has no named fields alongside it"
            ),
        ),
        (
            {"tools": ["mail_send_email"], "persistent_state": False},
            "persistent_state",
            (
                "Human-in-the-loop is enabled for the following tool(s) but `persistent_state=False`.\nHITL needs checkpointing "
                "to suspend & resume the run; please set `persistent_state: true`\non the system config or remove HITL from "
                "these tools."
            ),
        ),
        (
            {"prompt_config": {"few_shot_examples": [{"input": "Hi"}]}},
            "prompt_config.few_shot_examples.0",
            "Example missing 'input' or 'output' field",
        ),
        (
            {"variables": {"tries": {"type": "int"}}, "variable_assignments": {"tries": "many"}},
            "variable_assignments.tries",
            "'tries' expected int, got str",
        ),
    ],
    ids=["model", "default", "type", "root", "approval", "example", "constant"],
)
def test_documented_messages_stand_alone(api: Api, part: dict[str, Any], field: str, message: str) -> None:
    errors = api.post("/agent/validate/", json={**FLAT, **part}).json()["errors"]
    assert errors == [{"field": field, "message": message}]


@pytest.mark.parametrize(("key", "codes"), [("yes", "G115"), ("'yes'", None)])
def test_unquoted_keys_are_told_of_a_document_in_yaml(api: Api, key: str, codes: str | None) -> None:
    text = (
        "name: Gate\ndescription: A gate.\nentry_point: keeper\n"
        "agents: [{name: keeper, agent_type: llm_agent, prompt_config: {system_prompt: Ask.}}]\n"
        f"edges: [{{from: keeper, condition: Open?, condition_type: boolean, routing: {{{key}: END, 'no': keeper}}}}]\n"
    )
    for path in ("/agent/validate/", "/sessions/"):
        answer = api.post(path, data=text, headers={"Content-Type": "application/yaml"})
        assert answer.headers.get("X-Emulator-Diagnostics") == codes


def test_validate_and_create_find_the_same(api: Api) -> None:
    configuration = {**FLAT, "llm_config": {"model": "no-such-model"}, "variables": {"x": {"type": "strr"}}}
    found = api.post("/agent/validate/", json=configuration).json()["errors"]
    assert api.post("/sessions/", json=configuration).json()["error"]["details"]["errors"] == found
    assert {error["field"] for error in found} == {"llm_config.model", "variables.x.type"}


def test_an_agent_shows_the_same_short_hash_in_every_contract(api: Api) -> None:
    shown = [api.with_contract(one).get(f"/agent/{AGENT_ID}/").json() for one in CONTRACTS]
    assert shown[0] == shown[1] == shown[2]
    assert re.fullmatch("[0-9a-f]{12}", shown[0]["config_hash"])
    session = api.with_contract("reference").post(f"/sessions/from-agent/{AGENT_ID}/").json()
    assert session["config_hash"] == shown[0]["config_hash"]


# Versions


def current(api: Api, agent_id: str = AGENT_ID) -> dict[str, Any]:
    answer = api.get(f"/agent/{agent_id}/versions/current/")
    assert answer.status_code == 200
    version: dict[str, Any] = answer.json()
    return version


def test_the_current_version_has_the_documented_fields(api: Api) -> None:
    version, agent = current(api), api.get(f"/agent/{AGENT_ID}/").json()
    assert version == {
        "id": version["id"],
        "version_number": "1.0.0",
        "system_config": agent["system_config"],
        "metadata": {},
        "agent": AGENT_ID,
    }
    assert uuid.UUID(version["id"]).version == 4
    assert version["id"] != AGENT_ID
    assert current(api) == version


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("PATCH", "", {"system_config": {"description": "New."}}, id="PATCH"),
        pytest.param("PUT", "", {"system_config": {**FLAT, "description": "New."}}, id="PUT"),
        pytest.param("POST", "import_yaml/", {"yaml_content": "description: New."}, id="import"),
    ],
)
def test_each_change_is_a_new_current_version(api: Api, method: str, path: str, body: dict[str, Any]) -> None:
    before = current(api)
    answer = api.request(method, f"/agent/{AGENT_ID}/{path}", json=body)
    assert answer.status_code == 200
    after = current(api)
    assert answer.json()["version_number"] == after["version_number"] == "1.0.1"
    assert answer.json()["system_config"] == after["system_config"]
    assert after["system_config"]["description"] == "New."
    assert after["id"] != before["id"]
    assert api.request(method, f"/agent/{AGENT_ID}/{path}", json=body).json()["version_number"] == "1.0.1"


def test_a_version_can_be_pinned_for_a_session(api: Api) -> None:
    old = api.get(f"/agent/{AGENT_ID}/").json()["system_config"]
    patch(api, {"description": "New.", "name": "Helpdesk"})
    path = "/sessions/from-agent/?agent_key=customer_support_agent"
    for query, description, number in [("", "New.", None), ("&version=1.0.0", None, 1), ("&version=1.0.1", "New.", 1)]:
        started = api.get(path + query).json()
        kept = api.get(f"/sessions/{started['session_id']}/").json()["agent_config"]
        assert kept.get("description") == description, number
        assert started["agent_name"] == "Helpdesk"
    pinned = api.get(f"{path}&version=1.0.0").json()["session_id"]
    assert api.get(f"/sessions/{pinned}/").json()["agent_config"] == old


@pytest.mark.parametrize("version", ["1.0.1", "1.0", "v1.0.0", "latest", "1.0.0.0"])
def test_an_unknown_version_is_not_found(api: Api, version: str) -> None:
    before = api.get("/sessions/").json()
    answer = api.get(f"/sessions/from-agent/?agent_key=customer_support_agent&version={version}")
    assert answer.status_code == 404
    assert answer.json() == {"error": {"type": "not_found", "message": "Agent version not found"}}
    assert api.get("/sessions/").json() == before


# Changing it wholly, and as YAML


def test_put_replaces_the_whole_configuration(api: Api) -> None:
    whole = {"name": "Another", "agent_type": "react_agent", "tools": ["calculator"]}
    answer = api.request("PUT", f"/agent/{AGENT_ID}/", json={"system_config": whole}).json()
    assert answer["system_config"] == whole
    assert (answer["name"], answer["agent_key"]) == ("Another", "customer_support_agent")
    assert answer["architecture"] == "react_agent"


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "", {"system_config": {"name": "x", "agent_type": "robot"}}, "system_config.agent_type"),
        ("PUT", "", {"system_config": {"description": "a part"}}, "system_config.agents"),
        ("POST", "import_yaml/", {"yaml_content": "name: x\nagent_type: robot"}, "yaml_content.agent_type"),
        ("POST", "import_yaml/", {"yaml_content": "name: [x"}, "yaml_content"),
        ("POST", "import_yaml/", {"yaml_content": "just words"}, "yaml_content"),
        ("POST", "import_yaml/", {"yaml_content": ""}, "yaml_content"),
        ("POST", "import_yaml/", {"yaml_content": 5}, "yaml_content"),
        ("POST", "import_yaml/", FLAT, "yaml_content"),
    ],
)
def test_what_is_invalid_changes_nothing(api: Api, method: str, path: str, body: dict[str, Any], field: str) -> None:
    before = api.get(f"/agent/{AGENT_ID}/").json()
    answer = api.request(method, f"/agent/{AGENT_ID}/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Invalid agent configuration"
    assert [one["field"] for one in answer.json()["error"]["details"]["errors"]] == [field]
    assert api.get(f"/agent/{AGENT_ID}/").json() == before


def test_a_yaml_text_that_cannot_be_read_is_told_with_its_place(api: Api) -> None:
    answer = api.post(f"/agent/{AGENT_ID}/import_yaml/", json={"yaml_content": "name: x\nname: y"})
    (problem,) = answer.json()["error"]["details"]["errors"]
    assert "(line 2, column 1)" in problem["message"]


@pytest.mark.parametrize("as_json", [True, False], ids=["yaml_content", "YAML as the body"])
def test_an_imported_text_replaces_the_configuration(api: Api, *, as_json: bool) -> None:
    text = "name: Updated Agent\nagent_type: llm_agent\nllm_config:\n  temperature: 0.8\n"
    path = f"/agent/{AGENT_ID}/import_yaml/"
    if as_json:
        answer = api.post(path, json={"yaml_content": text})
    else:
        answer = api.post(path, data=text.encode(), headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 200
    assert answer.json()["system_config"] == {
        "name": "Updated Agent", "agent_type": "llm_agent", "llm_config": {"temperature": 0.8},
    }  # fmt: skip
    assert answer.json()["version_number"] == "1.0.1"


def test_the_wrapper_may_be_yaml_itself(api: Api) -> None:
    text = 'yaml_content: "name: Wrapped\\nagent_type: llm_agent"'
    headers = {"Content-Type": "application/yaml"}
    answer = api.post("/agent/customer_support_agent/import_yaml/", data=text, headers=headers)
    assert answer.json()["system_config"] == {"name": "Wrapped", "agent_type": "llm_agent"}


def test_the_pages_own_import_is_merged(api: Api) -> None:
    before = api.get(f"/agent/{AGENT_ID}/").json()["system_config"]
    body = {"yaml_content": "name: My Updated Agent\narchitecture: llm_agent"}
    answer = api.post(f"/agent/{AGENT_ID}/import_yaml/", json=body)
    assert answer.status_code == 200
    assert answer.json()["system_config"] == {**before, "name": "My Updated Agent", "agent_type": "llm_agent"}


def test_a_part_that_is_imported_into_a_system_keeps_its_architecture(api: Api) -> None:
    before = api.get(f"/agent/{RESEARCH_ID}/").json()["system_config"]
    answer = api.post(f"/agent/{RESEARCH_ID}/import_yaml/", json={"yaml_content": "architecture: workflow\nname: R"})
    assert answer.json()["system_config"] == {**before, "name": "R", "architecture": "workflow"}


@pytest.mark.parametrize("agent_id", [AGENT_ID, RESEARCH_ID])
def test_what_is_exported_is_yaml_that_can_be_imported(api: Api, agent_id: str) -> None:
    before = api.get(f"/agent/{agent_id}/").json()
    answer = api.get(f"/agent/{agent_id}/export_yaml/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == "application/yaml"
    assert list(yaml.safe_load(answer.text).items()) == list(before["system_config"].items())
    again = api.post(
        f"/agent/{agent_id}/import_yaml/", data=answer.content, headers={"Content-Type": "application/yaml"}
    )
    assert again.json() == before


@pytest.mark.parametrize(
    "text",
    [
        "yes", "no", "on", "null", "~", "", "1", "1.0", "0o17", "0x1F", "1e3", ".5", "1_000", ".inf", "2025-01-15",
        "12:30", "- item", "a: b", "# no comment", "{{ user_input }}", "two\nlines", "two\nlines\n", "\n", " indented",
        "tab\tin it", "Grüße 🙂", "'quoted'", '"quoted"', "back\\slash", "line\r\nends", "&a", "*a", "!x", "%", "@", "`",
        "trailing \nspace ", "=", "x" * 300,
    ],
)  # fmt: skip
def test_every_text_survives_an_export(api: Api, text: str) -> None:
    patch(api, {"description": f"{text}.", "knowledge_bases": [], "note": {text: [text, {text: text}]}})
    before = api.get(f"/agent/{AGENT_ID}/").json()
    exported = api.get(f"/agent/{AGENT_ID}/export_yaml/").content
    path, headers = f"/agent/{AGENT_ID}/import_yaml/", {"Content-Type": "application/yaml"}
    assert api.post(path, data=exported, headers=headers).json() == before


def test_patches_do_not_add_up_to_more_than_a_document_may_hold(api: Api) -> None:
    def part(number: int) -> dict[str, Any]:
        return {
            "system_config": {"variables": {f"v{number}_{one}": {"type": "str", "default": ""} for one in range(8000)}}
        }

    answers = [api.patch(f"/agent/{AGENT_ID}/", json=part(number)).status_code for number in range(3)]
    assert answers == [200, 200, 400]
    assert len(api.get(f"/agent/{AGENT_ID}/").json()["system_config"]["variables"]) == 16_000
