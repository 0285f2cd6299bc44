"""The control plane's document says what CONTROL says, and what it says is true of the running emulator."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from atthene_emulator.client import EmulatorClient, EmulatorNamespace
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.openapi import control_openapi, served_at
from atthene_emulator.web.openapi.control_operations import EVENTS
from atthene_emulator.web.operation import Operation
from tests.cli.running import invoke
from tests.conftest import Api

Json = dict[str, Any]

DOCUMENT: Json = control_openapi(CONTROL)
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
IN_TURN = tuple(
    row for row in CONTROL if row.name not in ("events.follow", "journal.wait")
)  # the others never end by themselves
UNMET = {"configurations.get": 404, "gates.answer": 404}  # nothing has that hash, and nobody waits


def shown(row: Operation) -> Json:
    """What the document says of an operation."""
    found: Json = DOCUMENT["paths"][row.path][row.method.lower()]
    return found


def validator(schema: Json) -> Draft202012Validator:
    """A validator of a schema that refers to the components; independent of the emulator's own."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def parts(node: Any, place: str = "") -> Iterator[tuple[str, Json]]:
    """Every schema with fields below a component, by its place."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from parts(item, f"{place}/{number}")
    elif isinstance(node, dict):
        if "type" in node and isinstance(node.get("properties"), dict):
            yield place, node
        for key, value in node.items():
            yield from parts(value, f"{place}/{key}")


each_operation = pytest.mark.parametrize("row", CONTROL, ids=lambda row: row.name)


def test_an_independent_validator_accepts_it() -> None:
    validate(json.loads(json.dumps(DOCUMENT)), cls=OpenAPIV31SpecValidator)


def test_it_is_made_once() -> None:
    assert control_openapi(CONTROL) is DOCUMENT


def test_it_says_whose_it_is_and_where() -> None:
    assert DOCUMENT["x-plane"] == "control"
    assert [one["url"] for one in DOCUMENT["servers"]] == ["http://localhost:8484/__emulator"]


def test_it_has_the_operations_and_nothing_more() -> None:
    found = {
        (one["operationId"], one["x-operation"], method.upper(), path, one["summary"])
        for path, methods in DOCUMENT["paths"].items()
        for method, one in methods.items()
    }
    assert found == {(row.operation_id, row.name, row.method, row.path, row.summary) for row in CONTROL}


def test_what_it_calls_operations_are_names_of_methods() -> None:
    ids = [row.operation_id for row in CONTROL]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", one)] == []


def test_every_object_with_fields_has_a_name() -> None:
    inside = [f"{name}{place}" for name, whole in SCHEMAS.items() for place, _ in parts(whole) if place]
    assert inside == []


def test_no_component_is_left_over() -> None:
    text = json.dumps([DOCUMENT["paths"], SCHEMAS])
    named = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert [name for name in SCHEMAS if name not in named] == []


@each_operation
def test_every_answer_has_a_schema(row: Operation) -> None:
    for status, response in shown(row)["responses"].items():
        assert ("content" in response) == (status != "204")
        for media in response.get("content", {}).values():
            assert media["schema"]


@each_operation
def test_every_refusal_is_of_the_emulator(row: Operation) -> None:
    for status, response in shown(row)["responses"].items():
        if status >= "400":
            schema = response["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/EmulatorError"}


@pytest.mark.parametrize("row", [row for row in CONTROL if row.access == "anybody"], ids=lambda row: row.path)
def test_a_namespace_that_is_not_there_is_told_to_whoever_may_ask(row: Operation, api: Api) -> None:
    answer = api.control(row.method, row.path, headers={"X-Emulator-Namespace": "nowhere"})
    assert answer.status_code == 404
    assert "404" in shown(row)["responses"]


@each_operation
def test_what_anybody_may_ask_needs_no_token_and_has_no_namespace(row: Operation) -> None:
    one = shown(row)
    assert ("security" in one) == (row.access == "anybody")
    assert ("401" in one["responses"]) == (row.access != "anybody")
    is_of_one = any(parameter.get("$ref", "").endswith("/Namespace") for parameter in one["parameters"])
    assert is_of_one == (row.access == "namespace" and row.group != "namespaces")


def filled(row: Operation) -> str:
    """The path of an operation with the examples of its parameters."""
    path, query = row.path, []
    for one in shown(row)["parameters"]:
        if one.get("in") == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"]))
        elif one.get("in") == "query" and one["name"] != "turn":  # nothing was executed
            query.append((one["name"], json.dumps(one["example"]) if one["example"] is True else one["example"]))
    if row.name == "service.openapi":
        query = [("api", "control")]
    return f"{path}?{urlencode(query)}" if query else path


@pytest.fixture
def world(api: Api) -> Iterator[EmulatorNamespace]:
    """A namespace with everything that examples name, and one more of the name that they have."""
    client = EmulatorClient(api.server.control_url.removesuffix("/__emulator"))
    with client.create_namespace() as made, client.create_namespace("forgotten"):
        made.snapshot("before-lunch")
        made.add_scripts([example_of("scripts.add")])
        made.add_faults([example_of("faults.add")])
        made.http.get(f"{made.base_url}/agent/", timeout=10)
        yield made


def example_of(name: str) -> Any:
    """The example of the body of an operation."""
    return next(row.example for row in CONTROL if row.name == name)


@pytest.mark.parametrize("row", IN_TURN, ids=lambda row: row.name)
def test_every_example_works(api: Api, world: EmulatorNamespace, row: Operation) -> None:
    if row.name == "faults.add":
        world.drop_faults()  # one has that id
    body = world.export_snapshot("before-lunch") if row.name == "snapshots.import" else row.example
    path = filled(row).replace("/namespaces/checkout", "/namespaces/forgotten")
    options = {} if row.body is None else {"json": body}
    answer = api.control(row.method, path, headers={"X-Emulator-Namespace": world.namespace}, **options)
    assert answer.status_code == UNMET.get(row.name, row.status), answer.text
    response = shown(row)["responses"][str(answer.status_code)]
    if answer.content:
        validator(response["content"]["application/json"]["schema"]).validate(answer.json())
    for name in response.get("headers", {}):
        assert name in answer.headers
    api.http.delete(f"{api.server.control_url}/namespaces/checkout", timeout=10)  # which one of the examples makes


@pytest.mark.parametrize("row", [row for row in CONTROL if row.body is not None], ids=lambda row: row.name)
def test_every_body_has_an_example_that_fits_its_schema(row: Operation) -> None:
    for media in shown(row)["requestBody"]["content"].values():
        if row.name != "snapshots.import":  # what was exported
            validator(media["schema"]).validate(media["example"])


def test_events_are_what_it_says(api: Api) -> None:
    client = EmulatorClient(api.server.control_url.removesuffix("/__emulator"))
    with client.create_namespace() as world, closing(world.events(after=10**6)) as events:
        world.reset()
        seen = {event.kind: event.data for event in (next(events), next(events))}
    assert seen.keys() == {"gap", "control"}
    for kind, data in seen.items():
        assert EVENTS[kind].check(data) == ()


def test_the_stream_of_events_says_what_its_data_looks_like() -> None:
    success = DOCUMENT["paths"]["/events"]["get"]["responses"]["200"]
    assert list(success["content"]) == ["text/event-stream"]
    assert success["x-events"]["request"] == {"$ref": "#/components/schemas/JournalEntry"}
    assert success["x-events"].keys() == EVENTS.keys()


def test_the_control_plane_and_the_command_line_give_the_same_document(api: Api) -> None:
    served = api.control("GET", "/openapi.json?api=control").json()
    printed = invoke("openapi", "--control")
    as_yaml = invoke("openapi", "--control", "--yaml")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert json.loads(printed.stdout) == yaml.safe_load(as_yaml.stdout) == json.loads(json.dumps(DOCUMENT))
    assert served == served_at(api.server.url, json.loads(printed.stdout))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("api=contrl", "There is no API contrl; did you mean control?"),
        ("api=xyz", "There is no API xyz; there are service or control."),
        ("api=control&contract=current", "The control plane has no contract; leave contract out, or api=control"),
    ],
)
def test_another_document_is_refused_with_the_near_one(api: Api, query: str, message: str) -> None:
    refused = api.control("GET", f"/openapi.json?{query}")
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, message)


def test_the_command_refuses_a_contract_of_the_control_plane() -> None:
    done = invoke("openapi", "--control", "--contract", "current")
    assert (done.returncode, done.stdout) == (2, "")
    assert "leave --contract out" in done.stderr
