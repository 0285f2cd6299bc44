"""The AsyncAPI document says what the tables of the socket say, and is a document by the specification's own schema."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from jsonschema import Draft7Validator

from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.asyncapi import asyncapi, served_at
from atthene_emulator.web.socket.codes import CLOSES, ERRORS
from atthene_emulator.web.socket.events import EVENTS
from atthene_emulator.web.socket.frames import FRAMES, Frame
from tests.cli.running import invoke
from tests.conftest import Api

Json = dict[str, Any]

SPECIFICATION = Path(__file__).with_name("asyncapi-3.0.0.schema.json.gz")
EVIDENCE = re.compile(r"(documented|inferred|decided): (\S.*)")
OURS = "the emulator's own"

each_frame = pytest.mark.parametrize("row", FRAMES, ids=lambda row: row.type)


@pytest.fixture(scope="module")
def document() -> Json:
    """The document as it is printed."""
    whole: Json = json.loads(json.dumps(asyncapi()))
    return whole


@pytest.fixture(scope="module")
def specification() -> Draft7Validator:
    return Draft7Validator(json.loads(gzip.decompress(SPECIFICATION.read_bytes())))


def nodes(node: Any) -> Iterator[Json]:
    """Every mapping of a document."""
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)


def at(document: Json, reference: str) -> Any:
    """What a reference leads to."""
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def taken_by(document: Json, frame: Json) -> list[str]:
    """The messages whose schema takes a frame."""
    return [
        name
        for name, message in document["components"]["messages"].items()
        if Draft7Validator({**message["payload"], "components": document["components"]}).is_valid(frame)
    ]


def event(payload: Json) -> Json:
    """An event with this payload."""
    return {
        "type": "event",
        "client_type": "backend",
        "message_id": "1736937000000-1",
        "prev_message_id": "1736937000000-0",
        "payload": {"timestamp": "2025-01-15T10:30:00.000000+00:00", **payload},
    }


def test_it_is_a_document_by_the_specification(document: Json, specification: Draft7Validator) -> None:
    assert [error.message for error in specification.iter_errors(document)] == []


def test_another_document_would_be_noticed(document: Json, specification: Draft7Validator) -> None:
    assert not specification.is_valid({**document, "channels": {"socket": {"adress": "/ws/amas/"}}})


def test_every_reference_leads_somewhere(document: Json) -> None:
    assert all(at(document, node["$ref"]) for node in nodes(document) if isinstance(node.get("$ref"), str))


def test_every_schema_is_one_of_draft_7(document: Json) -> None:
    for schema in document["components"]["schemas"].values():
        Draft7Validator.check_schema(schema)
        assert "$defs" not in json.dumps(schema)


@each_frame
def test_every_frame_of_a_client_is_received(document: Json, row: Frame) -> None:
    operation = document["operations"][row.type]
    assert (operation["action"], operation["summary"]) == ("receive", row.summary)
    assert operation["messages"] == [{"$ref": f"#/channels/socket/messages/{row.type}"}]
    assert set(operation["x-error-codes"]) > set(row.errors)
    assert taken_by(document, dict(row.example)) == [row.type]


def test_every_event_is_sent(document: Json) -> None:
    sent = document["operations"]["event"]
    names = [one["$ref"].rpartition("/")[2] for one in sent["messages"]]
    assert names == [*(one.type for one in EVENTS if one.sent == "always"), "Scripted"]
    assert {name for name, one in document["operations"].items() if one["action"] == "send"} == {
        "event", "error", "execution_result",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        pytest.param(event({"type": "RunStarted", "run_id": "run_1", "agent_name": "main"}), ["RunStarted"], id="sent"),
        pytest.param(event({"type": "RunStarted", "runId": "run_1", "agent_name": "main"}), [], id="field name"),
        pytest.param(event({"type": "StepStarted", "step": 1}), ["Scripted"], id="scripted"),
        pytest.param({"type": "error", "client_type": "backend", "message": "No.", "error_code": "empty_content"}, ["error"], id="error"),
        pytest.param({"type": "error", "client_type": "backend", "message": "No.", "error_code": "other"}, [], id="code"),
    ],
)  # fmt: skip
def test_a_frame_is_one_message(document: Json, frame: Json, message: list[str]) -> None:
    assert taken_by(document, frame) == message


def test_every_code_is_told_with_its_case(document: Json) -> None:
    told = document["operations"]["error"]["x-error-codes"]
    assert [(one["code"], one["when"]) for one in told] == [(one.code, one.when) for one in ERRORS]
    assert {one["code"]: one["message"] for one in told if "message" in one} == {
        "invalid_session": "Session {session_id} not found or access denied",
        "hitl_session_busy": "This session is waiting for a human-in-the-loop response.",
        "execution_cancel_failed": "No active execution found to cancel",
    }
    channel = document["channels"]["socket"]
    assert [one["code"] for one in channel["x-close-codes"]] == [one.code for one in CLOSES]
    assert all(f"`{one.code}`" in channel["description"] for one in CLOSES)


def test_the_upgrade_takes_credentials_in_the_query_and_in_headers(document: Json) -> None:
    channel = document["channels"]["socket"]
    assert channel["address"] == "/ws/amas/"
    assert list(channel["bindings"]["ws"]["query"]["properties"]) == [
        "authorization",
        "agent_key",
        "emulator_namespace",
    ]
    assert list(channel["bindings"]["ws"]["headers"]["properties"]) == [
        "x-api-key", "authorization", "x-external-user-token", "x-emulator-namespace",
    ]  # fmt: skip


def test_every_statement_names_a_page_or_a_decision(document: Json) -> None:
    ids = {one.id for one in DECISIONS}
    written = [node["x-evidence"] for node in nodes(document) if "x-evidence" in node]
    assert len(written) > 300
    for one in written:
        found = EVIDENCE.fullmatch(one)
        assert found, one
        assert found[1] != "decided" or found[2] in {*ids, OURS}, one


def test_every_property_of_a_frame_says_what_it_rests_on(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for name in (one.type for one in EVENTS if one.sent == "always"):
        assert [key for key, one in schemas[name]["properties"].items() if "x-evidence" not in one] == [], name


def test_the_command_prints_it(document: Json) -> None:
    assert json.loads(invoke("asyncapi").stdout) == document
    assert yaml.safe_load(invoke("asyncapi", "--yaml").stdout) == document


def test_the_command_writes_it_to_a_file(document: Json, tmp_path: Path) -> None:
    assert invoke("asyncapi", "--output", str(tmp_path / "asyncapi.json")).stdout == ""
    assert json.loads((tmp_path / "asyncapi.json").read_text()) == document
    refused = invoke("asyncapi", "--output", str(tmp_path / "none" / "asyncapi.json"))
    assert refused.returncode == 2
    assert "cannot be written: No such file or directory." in refused.stderr


def test_an_emulator_serves_it_with_its_own_address(api: Api, document: Json) -> None:
    served = api.control("GET", "/asyncapi.json").json()
    assert served["servers"]["emulator"]["host"] == api.server.url.removeprefix("http://")
    assert served["servers"]["emulator"]["protocol"] == "ws"
    assert {**served, "servers": document["servers"]} == document


def test_a_public_address_may_be_secure_and_have_a_path() -> None:
    with EmulatorServer(public_url="https://emulator.example/atthene") as server:
        shown = requests.get(f"{server.control_url}/asyncapi.json", timeout=10).json()
    here = {key: shown["servers"]["emulator"][key] for key in ("host", "pathname", "protocol")}
    assert here == {"host": "emulator.example", "pathname": "/atthene", "protocol": "wss"}


def test_the_shared_document_stays_as_it_was() -> None:
    served_at("http://localhost:1", asyncapi())
    assert asyncapi()["servers"]["emulator"]["host"] == "127.0.0.1:8484"
