"""The OpenAPI document says what OPERATIONS say, and everything that it says is true of the running emulator."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
import requests
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from atthene_emulator.addresses import API
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import ApiError, FlatError, InternalFault, Overloaded, RateLimited, TimedOut
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.openapi import openapi, served_at
from atthene_emulator.web.openapi.components import Components
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS
from tests.cli.running import invoke
from tests.conftest import Api
from tests.rows import UNMET, form_of

Json = dict[str, Any]

EVIDENCE = re.compile(r"(documented|inferred|decided): \S.*")
IDS = {one.id for one in DECISIONS}
SUCCESSES = ("200", "201", "204")
AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
SESSION_ID = "session_abc123"
NO_SYSTEM = {"name": "Nobody", "agents": [{"name": "one", "agent_type": "llm_agent"}]}

each_operation = pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)


@pytest.fixture(params=CONTRACTS)
def contract(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def document(contract: str) -> Json:
    return openapi(contract)  # type: ignore[arg-type]  # one of CONTRACTS


def shown(document: Json, row: Operation) -> Json:
    """What the document says of an operation."""
    found: Json = document["paths"][row.path][row.method.lower()]
    return found


def answers(document: Json, operation: Json) -> Iterator[tuple[str, Json]]:
    """Every answer of an operation by its status, also those that operations have in common."""
    common = document["components"]["responses"]
    for status, answer in operation["responses"].items():
        yield status, common[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer


def by_id(document: Json, operation_id: str) -> tuple[str, str, Json]:
    """Method, path and operation of an id."""
    return next(
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation["operationId"] == operation_id
    )


def validator(document: Json, schema: Json) -> Draft202012Validator:
    """A validator of a schema that refers to the components of the document; independent of the emulator's own."""
    return Draft202012Validator({**schema, "components": document["components"]})


def properties(node: Any) -> Iterator[tuple[str, Json]]:
    """Every property of every schema below a node, by name."""
    if isinstance(node, list):
        for item in node:
            yield from properties(item)
    elif isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            yield name, value
        for value in node.values():
            yield from properties(value)


def at(value: Any, pointer: str) -> str:
    """The text that a JSON pointer leads to."""
    for step in pointer.strip("/").split("/"):
        value = value[step]
    return str(value)


def test_an_independent_validator_accepts_it(document: Json) -> None:
    validate(json.loads(json.dumps(document)), cls=OpenAPIV31SpecValidator)


def test_it_has_the_operations_and_nothing_more(document: Json) -> None:
    found = {
        (operation["operationId"], method.upper(), path, operation["summary"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert found == {(row.operation_id, row.method, row.path, row.summary) for row in OPERATIONS}


def test_what_it_calls_operations_are_names_of_methods(document: Json) -> None:
    ids = [row.operation_id for row in OPERATIONS]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", one)] == []
    assert {operation["operationId"]: operation["x-operation"] for operation in operations(document)} == {
        row.operation_id: row.name for row in OPERATIONS
    }


def operations(document: Json) -> Iterator[Json]:
    """Every operation of the document."""
    for methods in document["paths"].values():
        yield from methods.values()


@each_operation
def test_it_has_the_statuses_of_an_operation_and_nothing_more(document: Json, row: Operation) -> None:
    errors = {error.status for error in (*row.errors, RateLimited, InternalFault, Overloaded, TimedOut)}
    parts = {206, 304} if row.parts else set()
    assert set(shown(document, row)["responses"]) == {str(status) for status in {row.status, *errors, *parts}}


@each_operation
def test_it_has_the_errors_of_an_operation_and_nothing_more(document: Json, row: Operation) -> None:
    found = {
        (status, kind)
        for status, response in answers(document, shown(document, row))
        for kind in response.get("x-error-types", ())
    }
    errors = (*row.errors, RateLimited, InternalFault, Overloaded, TimedOut)
    assert found == {(str(error.status), error.type) for error in errors}


@each_operation
def test_it_has_the_parameters_of_an_operation_and_nothing_more(document: Json, row: Operation) -> None:
    found = {(one["in"], one["name"], one["required"]) for one in shown(document, row)["parameters"]}
    in_path = {("path", name, True) for name in re.findall(r"{(\w+)}", row.path)}
    assert found == in_path | {("query", one.name, one.required) for one in row.query}


@each_operation
def test_it_has_the_bounds_and_defaults_of_a_query(document: Json, row: Operation) -> None:
    for one in shown(document, row)["parameters"]:
        if one["in"] == "query":
            declared = next(parameter for parameter in row.query if parameter.name == one["name"])
            whole = {"type": "integer", "minimum": declared.least, "maximum": declared.most}
            default = {} if declared.default is None else {"default": declared.default}
            text = {"type": "string", "minLength": 1}
            expected = {
                "integer": {**whole, **default},
                "string": {"type": "string", "enum": list(declared.options)} if declared.options else text,
                "strings": {"type": "array", "items": text},
                "boolean": {"type": "boolean", **default},
            }
            assert one["schema"] == expected[declared.type]


@each_operation
def test_it_has_a_body_as_json_and_as_yaml_or_a_form_where_an_operation_takes_one(
    document: Json, row: Operation
) -> None:
    body = shown(document, row).get("requestBody")
    if row.body is None:
        assert body is None
    else:
        assert body["required"] is True
        assert list(body["content"]) == (
            ["multipart/form-data"] if row.files else ["application/json", "application/yaml"]
        )


def test_an_error_that_operations_have_in_common_is_said_once(document: Json) -> None:
    mistakes = [
        (status, answer)
        for one in operations(document)
        for status, answer in one["responses"].items()
        if status >= "400"
    ]
    named = {answer["$ref"].rpartition("/")[2] for status, answer in mistakes}
    assert named == set(document["components"]["responses"])
    assert {status for status, answer in mistakes if answer["$ref"].endswith("/NotFound")} == {"404"}


@each_operation
def test_it_has_the_headers_of_every_answer(document: Json, row: Operation) -> None:
    for status, response in answers(document, shown(document, row)):
        waiting = {"Retry-After"} if status == "429" else set()
        assert set(response["headers"]) == {"X-Request-Id", "X-Emulator-Evidence"} | waiting


def test_it_has_both_ways_to_send_a_key(document: Json) -> None:
    assert document["security"] == [{"apiKey": []}, {"bearer": []}]
    schemes = document["components"]["securitySchemes"]
    assert (schemes["apiKey"]["in"], schemes["apiKey"]["name"]) == ("header", "x-api-key")
    assert (schemes["bearer"]["type"], schemes["bearer"]["scheme"]) == ("http", "bearer")


def test_the_control_plane_and_the_command_line_give_the_same_document(api: Api, contract: str, document: Json) -> None:
    served = api.control("GET", f"/openapi.json?contract={contract}")
    printed = invoke("openapi", "--contract", contract)
    as_yaml = invoke("openapi", "--contract", contract, "--yaml")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert json.loads(printed.stdout) == yaml.safe_load(as_yaml.stdout) == json.loads(json.dumps(document))
    assert served.json() == served_at(api.server.url, json.loads(printed.stdout))


def test_the_default_of_both_is_contract_current(api: Api) -> None:
    printed = invoke("openapi")
    assert api.control("GET", "/openapi.json").json() == served_at(api.server.url, json.loads(printed.stdout))
    assert json.loads(printed.stdout)["info"]["title"] == "Atthene Sessions API, contract current"


def test_an_unknown_contract_is_refused_with_the_near_one(api: Api) -> None:
    refused = api.control("GET", "/openapi.json?contract=refrence")
    printed = invoke("openapi", "--contract", "refrence")
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == "There is no contract refrence; did you mean reference?"
    assert printed.returncode == 2
    assert "reference" in printed.stderr


def requests_of(document: Json, row: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path with its query, and the options of `requests`: one for each media type of an operation's examples."""
    operation = shown(document, row)
    path = row.path
    query = []
    for one in operation["parameters"]:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", one["example"])
        else:
            query.append((one["name"], json.dumps(one["example"]) if one["example"] is True else one["example"]))
    where = path + (f"?{urlencode(query, doseq=True)}" if query else "")
    content = operation.get("requestBody", {}).get("content")
    if content is None:
        yield where, {}
        return
    for media_type, media in content.items():
        if media_type == "multipart/form-data":
            yield where, form_of(row)
            continue
        example = media["examples"]["default"]["value"]
        text = json.dumps(example) if media_type == "application/json" else yaml.safe_dump(example)
        yield where, {"data": text.encode(), "headers": {"Content-Type": media_type}}


def conforms(document: Json, row: Operation, answer: requests.Response) -> None:
    """Hold an answer against what the document says of its status."""
    response = dict(answers(document, shown(document, row)))[str(answer.status_code)]
    for name in response["headers"]:
        assert name in answer.headers, name
    if "content" not in response:
        assert answer.content == b""
        return
    ((media_type, media),) = response["content"].items()
    assert media_type in (answer.headers["Content-Type"].partition(";")[0], "*/*")
    if media["schema"].get("format") == "binary":
        return
    body = answer.json() if media_type == "application/json" else yaml.safe_load(answer.text)
    validator(document, media["schema"]).validate(body)


@each_operation
def test_every_example_works_against_the_default_seed(api: Api, contract: str, document: Json, row: Operation) -> None:
    for path, options in requests_of(document, row):
        api.control("POST", "/reset")
        answer = api.with_contract(contract).request(row.method, path, **options)
        assert answer.status_code == UNMET.get(row.name, row.status), answer.text
        conforms(document, row, answer)


def examples(document: Json) -> Iterator[tuple[str, Json, Json]]:
    """Every example of a body, by where it stands, with the schema that it should fit."""
    for one in operations(document):
        bodies = {"request": one.get("requestBody", {}), **dict(answers(document, one))}
        for where, body in bodies.items():
            for media in body.get("content", {}).values():
                for name, example in media.get("examples", {}).items():
                    shared = document["components"]["examples"].get(example.get("$ref", "").rpartition("/")[2], example)
                    yield f"{one['operationId']} {where} {name}", shared, media["schema"]


def test_every_example_fits_its_schema(document: Json) -> None:
    for where, example, schema in examples(document):
        assert validator(document, schema).is_valid(example["value"]), where


def test_every_body_and_every_answer_in_json_has_an_example(document: Json) -> None:
    bodies = [
        media
        for one in operations(document)
        for body in (one.get("requestBody", {}), *dict(answers(document, one)).values())
        for name, media in body.get("content", {}).items()
        if name == "application/json"
    ]
    assert len(bodies) > len(OPERATIONS)
    assert all(media["examples"] for media in bodies)


def test_what_pages_show_says_which_page(document: Json) -> None:
    told = [example["x-evidence"] for _, example, _ in examples(document) if "x-evidence" in example]
    assert "documented: runtime/messages@G1" in told
    assert [one for one in told if not EVIDENCE.fullmatch(one)] == []


@each_operation
def test_an_error_of_each_kind_has_an_example(document: Json, row: Operation) -> None:
    for status, response in answers(document, shown(document, row)):
        if status >= "400":
            ((_, media),) = response["content"].items()
            names = [one["$ref"].rpartition("/")[2] for one in media["examples"].values()]
            values = [document["components"]["examples"][name]["value"] for name in names]
            types = [one["error"]["type"] for one in values if isinstance(one["error"], dict)]
            assert set(types) <= set(response["x-error-types"])
            assert len(values) == len({kind for kind in errors_of(row) if str(kind.status) == status})


def errors_of(row: Operation) -> set[type[ApiError]]:
    """What an operation may answer instead."""
    return {*row.errors, RateLimited, InternalFault, Overloaded, TimedOut}


OF_OTHERS = (
    "copyArtifactToPlatform",
    "removeArtifactFromPlatform",
    "previewArtifact",
)  # not of a text that is uploaded
LINKS = {
    row.operation_id: {
        one.operation_id
        for one in OPERATIONS
        if row.gives[0] in one.path_parameters
        and one.path_parameters <= {*row.path_parameters, row.gives[0]}
        and one.name != row.name
    }
    for row in OPERATIONS
    if row.gives is not None
}


def test_it_has_the_links_of_a_conversation(document: Json) -> None:
    found = {
        operation["operationId"]: {link["operationId"] for link in response["links"].values()}
        for methods in document["paths"].values()
        for operation in methods.values()
        for response in operation["responses"].values()
        if "links" in response
    }
    assert found == LINKS


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param(one, to, id=f"{one} to {to}")
        for one, all_of in LINKS.items()
        for to in sorted(all_of - {"cancelExecution", *OF_OTHERS})  # nothing runs
        if (one, to) != ("createCollection", "removeDataSourceFromCollection")  # nothing is in a new one
    ],
)
def test_every_link_works_when_it_is_followed(
    api: Api, contract: str, document: Json, source: str, target: str
) -> None:
    client = api.with_contract(contract)
    row = next(row for row in OPERATIONS if row.operation_id == source)
    path, options = next(requests_of(document, row))
    answer = client.request(row.method, path, **options)
    link = shown(document, row)["responses"][str(row.status)]["links"][target]
    method, linked_path, _ = by_id(document, link["operationId"])
    for name, expression in link["parameters"].items():
        value = (
            at(answer.json(), expression.removeprefix("$response.body#"))
            if expression.startswith("$response")
            else path.split("/")[2]
        )
        linked_path = linked_path.replace(f"{{{name}}}", value)
    linked = next(row for row in OPERATIONS if row.operation_id == target)
    _, options = next(requests_of(document, linked))
    followed = client.request(method.upper(), linked_path, **options)
    assert followed.status_code == linked.status, followed.text
    conforms(document, linked, followed)


FAILURES = [
    pytest.param("agents.list", "GET", "/agent/", {"key": "no-such-key"}, 401, id="unknown key"),
    pytest.param("agents.list", "GET", "/agent/", {"key": "expired-key"}, 401, id="expired key"),
    pytest.param("agents.list", "GET", "/agent/", {"key": "forbidden-key"}, 403, id="key without permission"),
    pytest.param("agents.create", "POST", "/agent/", {"json": {}}, 400, id="body without a part"),
    pytest.param(
        "agents.create", "POST", "/agent/",
        {"json": {"system_config": {"name": "Customer Support Agent", "agent_type": "llm_agent"}}}, 400,
        id="duplicate agent",
    ),
    pytest.param("agents.validate", "POST", "/agent/validate/", {"json": [1]}, 400, id="list to validate"),
    pytest.param("agents.get", "GET", "/agent/none/", {}, 404, id="unknown agent"),
    pytest.param("agents.update", "PATCH", "/agent/none/", {"json": {"system_config": {}}}, 404, id="update of none"),
    pytest.param("agents.delete", "DELETE", f"/agent/{AGENT_ID}/", {"key": "other-key"}, 404, id="another's agent"),
    pytest.param("sessions.list", "GET", "/sessions/?limit=0", {}, 400, id="limit of zero"),
    pytest.param("sessions.create", "POST", "/sessions/", {"json": NO_SYSTEM | {"edges": 1}}, 400, id="edges as number"),
    pytest.param("sessions.create", "POST", "/sessions/", {"data": b"name: " + b"x" * 2**20}, 413, id="large body"),
    pytest.param("sessions.create", "POST", "/sessions/", {"data": b"x", "type": "text/csv"}, 415, id="media type"),
    pytest.param("sessions.start_by_key", "GET", "/sessions/from-agent/", {}, 400, id="no agent_key"),
    pytest.param(
        "sessions.delete_of_agent", "DELETE", "/sessions/from-agent/?agent_key=none", {}, 404, id="sessions of no agent"
    ),
    pytest.param("sessions.start", "POST", "/sessions/from-agent/none/", {}, 404, id="start of no agent"),
    pytest.param("sessions.get", "GET", f"/sessions/{SESSION_ID}/", {"key": "other-key"}, 404, id="another's session"),
    pytest.param("sessions.delete", "DELETE", "/sessions/none/", {}, 404, id="deletion of none"),
    pytest.param("runtime.execute", "POST", f"/runtime/{SESSION_ID}/execute/", {"json": {}}, 400, id="no content"),
    pytest.param("runtime.messages", "GET", f"/runtime/{SESSION_ID}/messages/?limit=x", {}, 400, id="limit as text"),
    pytest.param("runtime.status", "GET", "/runtime/none/status/", {}, 404, id="status of none"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "method", "path", "given", "status"), FAILURES)
def test_an_error_conforms_to_the_document(  # noqa: PLR0917  # a row of the table
    api: Api, document: Json, name: str, method: str, path: str, given: Json, status: int
) -> None:
    row = next(row for row in OPERATIONS if row.name == name)
    headers = {"Content-Type": given["type"]} if "type" in given else {}
    options = {key: value for key, value in given.items() if key in ("json", "data")}
    answer = api.as_account(given.get("key", "test-key")).request(method, path, headers=headers, **options)
    assert answer.status_code == status, answer.text
    conforms(document, row, answer)
    assert answer.json()["error"]["type"] in dict(answers(document, shown(document, row)))[str(status)]["x-error-types"]


@each_operation
@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_an_injected_error_conforms_to_the_document(api: Api, document: Json, row: Operation, status: int) -> None:
    path, options = next(requests_of(document, row))
    options["headers"] = {**options.get("headers", {}), "X-Emulator-Fault": str(status)}
    answer = api.request(row.method, path, **options)
    assert answer.status_code == status
    response = dict(answers(document, shown(document, row)))[str(status)]
    validator(document, response["content"]["application/json"]["schema"]).validate(answer.json())
    assert answer.json()["error"]["type"] in response["x-error-types"]


def marks(document: Json) -> Iterator[tuple[str, Json]]:
    """Everything that must say what it rests on, with a name for it."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation
            for status, response in answers(document, operation):
                yield f"{method} {path} {status}", response
            for one in operation["parameters"]:
                if one["in"] == "query":
                    yield f"{method} {path} {one['name']}", one
    for name, schema in document["components"]["schemas"].items():
        for what, one in properties(schema):
            if not is_a_case(one):
                yield f"{name} {what}", one
    yield from document["components"]["securitySchemes"].items()


def is_a_case(one: Json) -> bool:
    """Whether this only repeats a property to say when something holds: `if`, `then`."""
    return set(one) in ({"const"}, {"$ref"})


def test_everything_says_what_it_rests_on(document: Json) -> None:
    silent = [name for name, one in marks(document) if not EVIDENCE.fullmatch(one.get("x-evidence", ""))]
    assert silent == []


def test_every_decision_that_it_names_is_one(document: Json) -> None:
    named = {one["x-evidence"] for _, one in marks(document)}
    decided = {text.removeprefix("decided: ") for text in named if text.startswith("decided: ")}
    assert decided <= IDS
    assert decided >= {"D01", "D08", "D12", "D20", "D22"}


def test_it_says_what_each_decision_says_and_which_contract_it_is(document: Json, contract: str) -> None:
    assert document["x-decisions"] == {one.id: one.what for one in DECISIONS}
    assert document["x-contract"] == contract
    assert document["x-contracts"] == list(CONTRACTS)


@pytest.mark.parametrize(
    ("configuration", "valid"),
    [
        pytest.param({"name": "A", "agent_type": "llm_agent"}, True, id="flat"),
        pytest.param(NO_SYSTEM, True, id="system"),
        pytest.param({"name": "A", "agent_type": "llm_agent", "surprise": 1}, True, id="unknown key"),
        pytest.param({"name": "A"}, False, id="neither form"),
        pytest.param({**NO_SYSTEM, "agent_type": "llm_agent"}, False, id="both forms"),
        pytest.param({"agent_type": "llm_agent"}, False, id="flat without a name"),
        pytest.param({"name": "A", "agents": []}, False, id="system without agents"),
        pytest.param({"name": "A", "agent_type": "llm_agent", "tools": "all"}, False, id="flat with a wrong type"),
        pytest.param([], False, id="list"),
    ],
)
def test_its_configuration_is_that_of_the_schema(document: Json, configuration: Any, valid: bool) -> None:  # noqa: FBT001
    by_document = validator(document, {"$ref": "#/components/schemas/AgentConfiguration"})
    wrapped = validator(document, {"$ref": "#/components/schemas/AgentCreate"})
    assert by_document.is_valid(configuration) is valid
    assert wrapped.is_valid({"system_config": configuration}) is valid
    assert (Schema("configuration").check(configuration) == ()) is valid


def nodes(node: Any) -> Iterator[Json]:
    """Every mapping below a node, and itself."""
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)
    elif isinstance(node, dict):
        yield node
        yield from nodes(list(node.values()))


def test_a_choice_of_types_is_said_by_any_of_as_generators_want_it(document: Json) -> None:
    several = [one["type"] for one in nodes(document) if isinstance(one.get("type"), list)]
    assert several
    assert all(len(types) == 2 and "null" in types for types in several)


def test_no_property_is_one_that_may_not_be_there(document: Json) -> None:
    assert [name for name, schema in properties(document) if schema in ({"not": {}}, False)] == []


def test_a_boolean_that_is_always_the_same_is_no_list_of_texts_to_generators(document: Json) -> None:
    assert [one for one in nodes(document) if one.get("type") == "boolean" and "const" in one] == []


def test_no_schema_is_called_like_a_class_of_generated_clients(document: Json) -> None:
    taken = {"ApiClient", "ApiError", "ApiException", "ApiResponse", "Client", "Configuration", "Error", "Exception"}
    taken |= {"Field", "File", "List", "Map", "Model", "Object", "Request", "Response", "Set", "Type"}
    assert taken.isdisjoint(document["components"]["schemas"])


def nameless(node: Any, where: str) -> Iterator[str]:
    """Where below a component an object with fields stands that has no name of its own."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from nameless(item, f"{where}/{number}")
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in OBJECTS and isinstance(value, dict) and value.get("type") == "object" and "properties" in value:
                yield f"{where}/{key}"
            yield from nameless(value, f"{where}/{key}")
            if key == "properties":
                yield from (f"{where}/{name}" for name, one in value.items() if {"properties", "type"} <= one.keys())


OBJECTS = ("items", "additionalProperties", "schema")


def test_every_object_with_fields_has_a_name(document: Json) -> None:
    found = [one for name, schema in document["components"]["schemas"].items() for one in nameless(schema, name)]
    assert found + list(nameless(document["paths"], "paths")) == []


def test_lists_refer_to_what_is_in_them(document: Json) -> None:
    lists = {
        name: schema for name, schema in document["components"]["schemas"].items() if schema.get("type") == "array"
    }
    assert lists.keys() >= {"AgentList", "SessionList", "FileList", "CollectionList", "KnowledgeBaseList"}
    assert all(set(schema["items"]) == {"$ref"} for schema in lists.values())


def test_what_people_speak_of_has_its_name(document: Json, contract: str) -> None:
    names = {
        "Agent",
        "Session",
        "SessionSummary",
        "HistoryMessage",
        "FieldError",
        "ErrorType",
        "ContentBlock",
        "Execute",
    }
    of_execute = {
        "reference": {"ToolCall", "Reply"},
        "current": {"ToolCall", "Message", "Usage"},
        "connecting": {"Message"},
    }
    assert names | of_execute[contract] <= document["components"]["schemas"].keys()


def test_content_blocks_are_told_apart_by_their_type(document: Json) -> None:
    schemas = document["components"]["schemas"]
    block = schemas["ContentBlock"]
    assert block["discriminator"]["propertyName"] == "type"
    assert [one["$ref"] for one in block["oneOf"]] == list(block["discriminator"]["mapping"].values())
    for value, reference in block["discriminator"]["mapping"].items():
        assert schemas[reference.rpartition("/")[2]]["properties"]["type"]["const"] == value


def test_every_error_in_the_envelope_has_one_of_the_types(document: Json) -> None:
    types = {kind.type for row in OPERATIONS for kind in errors_of(row) if not issubclass(kind, FlatError)}
    assert types <= set(document["components"]["schemas"]["ErrorType"]["enum"])


def test_parts_of_schemas_that_have_one_name_are_alike(contract: ContractName) -> None:
    """A part whose name is in capitals is called so in whichever file it stands: `Collection`, alone and in a list."""
    shapes: dict[str, set[str]] = {}
    names = Components(contract, Rulings()).names
    for schema in {row.response_schema(contract) for row in OPERATIONS} - {None}:
        for name, part in {**schema.source.get("$defs", {}), names(schema)[0]: schema.source}.items():
            shapes.setdefault(name, set()).add(json.dumps(without_notes(part), sort_keys=True))
    assert [name for name, found in shapes.items() if len(found) > 1] == []


NOTES = ("title", "description", "x-evidence", "examples", "$id", "$schema", "$defs")


def without_notes(node: Any) -> Any:
    """A schema but for what it says of itself."""
    if isinstance(node, list):
        return [without_notes(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: without_notes(one) for key, one in node.items() if key not in NOTES}


def test_the_first_server_is_the_emulator_that_was_asked(api: Api) -> None:
    by_address = api.control("GET", "/openapi.json").json()
    by_name = api.control("GET", "/openapi.json", headers={"Host": "localhost:1234"}).json()
    assert by_address["servers"][0]["url"] == api.server.base_url
    assert by_name["servers"][0]["url"] == "http://localhost:1234/api/v1"
    assert by_address["servers"][1:] == by_name["servers"][1:] != []


def test_the_first_server_of_a_printed_document_is_where_an_emulator_usually_is() -> None:
    assert json.loads(invoke("openapi").stdout)["servers"][0]["url"] == "http://localhost:8484/api/v1"


def test_the_other_servers_are_the_real_ones_and_paths_are_below_all_of_them(document: Json) -> None:
    assert [one["url"] for one in document["servers"][1:]] == [
        "https://api.artaios.ai/api/v1",
        "https://api-be.atthene.com/api/v1",
    ]
    assert all(EVIDENCE.fullmatch(one["x-evidence"]) for one in document["servers"][1:])
    assert [path for path in document["paths"] if path.startswith(API)] == []


def test_free_form_objects_are_said_to_be_open(document: Json) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["Session"]["properties"]["agent_config"]["additionalProperties"] is True
    assert schemas["AgentUpdate"]["properties"]["system_config"]["additionalProperties"] is True
    assert schemas["Execute"]["properties"]["inputs"]["additionalProperties"] is True


OF_A_CONTRACT = {  # components that not all of them have
    *("Failure", "ToolCall", "TimeLimit", "Message", "Reply", "Usage"),
    *("DataSource", "DataSourceSnapshot", "IngestedDataSource", "KnowledgeBaseChanged"),
}


def without_examples(node: Any) -> Any:
    """A part of a document without what pages show, which is of a contract."""
    if isinstance(node, list):
        return [without_examples(item) for item in node]
    return (
        {key: without_examples(one) for key, one in node.items() if key != "examples"}
        if isinstance(node, dict)
        else node
    )


def test_only_what_a_session_is_made_with_and_execute_differ_between_contracts() -> None:
    current, *others = (json.loads(json.dumps(openapi(contract))) for contract in CONTRACTS)
    for other in others:
        assert without_examples(other["paths"]) == without_examples(current["paths"])
        names, others_names = set(current["components"]["schemas"]), set(other["components"]["schemas"])
        theirs = {name for name in names ^ others_names if not name.startswith("Execution")}
        assert theirs <= OF_A_CONTRACT


def test_a_document_without_a_property_of_an_answer_would_be_noticed(api: Api, document: Json) -> None:
    row = next(row for row in OPERATIONS if row.name == "sessions.get")
    poorer = json.loads(json.dumps(document))
    del poorer["components"]["schemas"]["Session"]["properties"]["agent_config"]
    with pytest.raises(jsonschema.ValidationError, match="agent_config"):
        conforms(poorer, row, api.get(f"/sessions/{SESSION_ID}/"))


@pytest.mark.parametrize(
    ("ruled", "operation", "there", "gone"),
    [
        pytest.param({"D01.create": 200}, "createSession", "200", "201", id="create"),
        pytest.param({"D11": 400}, "createSession", "400", "413", id="body"),
        pytest.param({"D05b": 422}, "validateConfiguration", "422", None, id="validate"),
    ],
)
def test_the_document_follows_what_is_ruled(
    ruled: dict[str, Any], operation: str, there: str, gone: str | None
) -> None:
    with EmulatorServer(rulings=Rulings(ruled)) as ruling:
        shown = requests.get(f"{ruling.control_url}/openapi.json", timeout=10).json()
    validate(shown)
    rows = [row for methods in shown["paths"].values() for row in methods.values()]
    (found,) = (row["responses"] for row in rows if row["operationId"] == operation)
    assert shown["info"]["title"] == "Atthene Sessions API, contract current"
    assert there in found
    assert gone not in found
