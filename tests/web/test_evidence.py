"""The evidence ledger has every statement, counts right, and reads the same from the command line and from outside."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from typing import Any

import pytest

from atthene_emulator.addresses import API
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import FlatError, InternalFault, MethodNotAllowed, Overloaded, RateLimited, TimedOut
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.levels import Evidence
from atthene_emulator.web.errors import ENVELOPE, FLAT
from atthene_emulator.web.ledger import Line, ledger, read_evidence, summary
from atthene_emulator.web.operation import PARTS, Operation
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.web.socket.codes import CLOSES, ERRORS
from atthene_emulator.web.socket.events import EVENTS, SCRIPTED, SERVER_FRAMES
from atthene_emulator.web.socket.frames import FRAMES
from tests.conftest import Api

LEVELS = ("documented", "inferred", "decided")
PAGE = r"[a-z-]+(/[a-z-]+)?@G(0|1|1t|2|3|4)"
SOURCES = rf"{PAGE}(, {PAGE})*"
PAGE = r"[a-z-]+(/[a-z-]+)?@G\dt?"  # with its generation
SOURCES = rf"{PAGE}(, {PAGE})*"
NOWHERE = "there are current, reference, connecting."
REQUESTS = ["configuration", "requests/agent-create", "requests/agent-update", "requests/execute"]
RESPONSES = {
    schema.name for row in OPERATIONS for one in CONTRACTS if (schema := row.response_schema(one)) is not None
} | {"responses/error", "responses/flat-error"}

SENT = sorted(
    {one.schema.name for one in (*SERVER_FRAMES, *EVENTS)} - {SCRIPTED.name, "socket/event"}
)  # whose fields we know
SOCKET = [*(row.body.name for row in FRAMES), *SENT, SCRIPTED.name, "socket/event"]

each_operation = pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)


@pytest.fixture(params=CONTRACTS)
def contract(request: pytest.FixtureRequest) -> ContractName:
    found: ContractName = request.param
    return found


def lines_of(contract: ContractName, row: Operation, kind: str) -> dict[str, Line]:
    """The statements of one kind about an operation, by what they are about."""
    return {line.what: line for line in ledger(contract) if (line.operation, line.kind) == (row.name, kind)}


def fields(node: Any, root: dict[str, Any], seen: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property that a document may have by a schema, by its last name; conditions (`if`) promise nothing."""
    if isinstance(node, list):
        for item in node:
            yield from fields(item, root, seen)
    elif isinstance(node, dict):
        name = node.get("$ref", "").removeprefix("#/")
        if name and name not in seen:
            yield from fields(reduce(getitem, name.split("/"), root), root, (*seen, name))
        for key, value in node.get("properties", {}).items():
            if isinstance(value, dict):
                if set(value) != {"$ref"}:  # else only a condition's word on a property that stands elsewhere
                    yield key, value
                yield from fields(value, root, seen)
        for key in ("items", "oneOf", "anyOf", "allOf", "then", "else", "additionalProperties"):
            yield from fields(node.get(key), root, seen)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "atthene_emulator", "evidence", *arguments], capture_output=True, text=True, timeout=60
    )


@each_operation
def test_the_ledger_has_every_operation(contract: ContractName, row: Operation) -> None:
    line = lines_of(contract, row, "operation")[f"{row.method} {API}{row.path}"]
    assert line == Line(row.name, "operation", line.what, row.evidence, row.summary)


@each_operation
def test_the_ledger_has_every_status_and_nothing_more(contract: ContractName, row: Operation) -> None:
    errors = {*row.errors, MethodNotAllowed, RateLimited, InternalFault, Overloaded, TimedOut}
    expected = [(f"{error.status} {error.type}", error.evidence) for error in errors]
    lines = [line for line in ledger(contract) if (line.operation, line.kind) == (row.name, "status")]
    found = [(line.what, line.evidence) for line in lines]
    parts = [("206", PARTS), ("304", PARTS)] if row.parts else []
    assert sorted(found) == sorted([*expected, *parts, (str(row.status), row.status_evidence)])


@each_operation
def test_the_ledger_has_every_parameter_of_a_query(contract: ContractName, row: Operation) -> None:
    found = {what: line.evidence for what, line in lines_of(contract, row, "parameter").items()}
    assert found == {one.name: one.evidence for one in row.query}


@each_operation
@pytest.mark.parametrize("kind", ["request", "response", "error"])
def test_the_ledger_has_every_field_and_nothing_more(contract: ContractName, row: Operation, kind: str) -> None:
    schemas = {
        "request": row.body,
        "response": row.response_schema(contract),
        "error": ENVELOPE,
    }
    schema = schemas[kind]
    found = {what.rpartition(".")[2].removesuffix("[]") for what in lines_of(contract, row, kind)}
    expected = set() if schema is None else {name for name, _ in fields(schema.document, schema.document)}
    if kind == "error" and any(issubclass(error, FlatError) for error in row.errors):
        expected |= set(FLAT.document["properties"])
    assert found == expected


@pytest.mark.parametrize(
    ("name", "kind", "what", "level", "source"),
    [
        pytest.param("runtime.execute", "response", "messages[].tool_calls[].result", "decided", "D31", id="in lists"),
        pytest.param("runtime.execute", "request", "content[].image_url.url", "documented", "runtime/execute@G4", id="block"),
        pytest.param("agents.list", "response", "[].agent_key", "documented", "agents/overview@G4", id="in a bare array"),
        pytest.param("sessions.create", "request", "edges[].routing.yes", "documented",
                     "conditional-edges@G3", id="configuration"),
        pytest.param("sessions.get", "error", "error.details.errors[].field", "documented", "agents/validate@G1", id="error"),
    ],
)  # fmt: skip
def test_fields_have_dotted_names(name: str, kind: str, what: str, level: str, source: str) -> None:
    row = next(row for row in OPERATIONS if row.name == name)
    assert lines_of("current", row, kind)[what].evidence == (level, source)


def test_the_ledger_has_the_socket(contract: ContractName) -> None:
    def told(operation: str, kind: str) -> dict[str, Evidence]:
        return {one.what: one.evidence for one in ledger(contract) if (one.operation, one.kind) == (operation, kind)}

    assert told("socket.open", "close") == {str(one.code): one.evidence for one in CLOSES}
    assert told("socket.error", "code") == {one.code: one.evidence for one in ERRORS}
    assert told("socket.event", "event") == {one.type: one.evidence for one in EVENTS}
    assert told("socket.event", "response")["TextMessageContent.delta"] == ("documented", "websocket-api@G4")
    assert told("socket.event", "response")["HitlRequired.payload.tool_args"] == ("decided", "D94")
    assert told("socket.hitl_response", "request")["data.feedback"] == ("documented", "websocket-api@G4")
    for row in FRAMES:
        assert told(row.name, "operation") == {row.type: row.evidence}
        assert {what.partition(".")[0].partition("[")[0] for what in told(row.name, "request")} == set(
            row.body.source["properties"]
        )


@pytest.mark.parametrize("name", [*sorted(RESPONSES), *REQUESTS])
def test_every_field_of_a_schema_says_what_it_rests_on(name: str) -> None:
    schema = Schema(name).document
    found = fields(schema, schema)
    silent = [field for field, value in found if not read_evidence(value.get("x-evidence", "")).source]
    assert silent == []


@pytest.mark.parametrize("name", SOCKET)
def test_every_field_of_a_frame_says_what_it_rests_on(name: str) -> None:
    found = list(fields(Schema(name).inlined, {}))
    assert len(found) >= 2
    assert [field for field, value in found if not read_evidence(value.get("x-evidence", "")).source] == []


@pytest.mark.parametrize("name", sorted({*RESPONSES, *SENT}))
def test_no_field_can_be_answered_that_its_schema_does_not_have(name: str) -> None:
    def open_objects(node: Any) -> Iterator[Any]:
        if isinstance(node, list):
            for item in node:
                yield from open_objects(item)
        elif isinstance(node, dict):
            if "properties" in node and node.get("additionalProperties") is not False:
                yield node.get("title")
            for value in node.values():
                yield from open_objects(value)

    assert list(open_objects(Schema(name).document)) == []


def test_every_line_has_a_level_and_a_source_and_every_decision_is_known(contract: ContractName) -> None:
    ids = {one.id for one in DECISIONS}
    for line in ledger(contract):
        assert line.evidence.level in LEVELS, line
        assert line.evidence.source, line
        if line.evidence.level == "documented":
            assert re.fullmatch(SOURCES, line.evidence.source), line
        assert line.note, line
        assert line.evidence.level != "decided" or line.evidence.source in ids, line


def test_the_summary_counts_every_line_once(contract: ContractName) -> None:
    lines = ledger(contract)
    counts = summary(lines)
    assert list(counts) == [
        "operation", "status", "response", "error", "request", "parameter", "close", "event", "code",
    ]  # fmt: skip
    for kind, levels in counts.items():
        for level, number in levels.items():
            assert number == len([line for line in lines if (line.kind, line.evidence.level) == (kind, level)])
    assert sum(number for levels in counts.values() for number in levels.values()) == len(lines)
    rows = (*OPERATIONS, *FRAMES, *SERVER_FRAMES)
    assert Counter(["documented", *(row.evidence.level for row in rows)]) == Counter(
        counts["operation"]
    )  # the first opens


def test_the_command_line_and_the_control_plane_agree(api: Api, contract: ContractName) -> None:
    served = api.control("GET", f"/evidence?contract={contract}").json()
    printed = run("--contract", contract, "--json")
    assert printed.returncode == 0
    assert json.loads(printed.stdout) == served
    assert served["contract"] == contract
    assert served["summary"] == summary(ledger(contract))
    assert len(served["statements"]) == len(ledger(contract))
    assert served["statements"][0] == {
        "operation": "agents.list",
        "kind": "operation",
        "what": "GET /api/v1/agent/",
        "level": "documented",
        "source": "agents/list@G1",
        "note": "List the agents that the account has access to, oldest first",
    }
    assert [one["id"] for one in served["decisions"]] == [one.id for one in DECISIONS]


def test_the_text_of_the_command_line_has_the_counts(contract: ContractName) -> None:
    printed = run("--contract", contract)
    assert printed.returncode == 0
    first, _, heading, *rest = printed.stdout.splitlines()
    assert first == f"Contract {contract}: statements by what they rest on"
    assert heading.split() == ["documented", "inferred", "decided"]
    found = {line.split()[0]: [int(number) for number in line.split()[1:]] for line in rest[: rest.index("")]}
    assert found == {kind: list(levels.values()) for kind, levels in summary(ledger(contract)).items()}


def test_the_command_line_shows_one_operation() -> None:
    printed = run("--operation", "runtime.status")
    assert printed.returncode == 0
    assert printed.stdout.splitlines()[0].split() == [
        "operation", "GET", "/api/v1/runtime/{session_id}/status/", "documented:", "runtime/status@G1",
    ]  # fmt: skip
    assert len(printed.stdout.splitlines()) == len(
        [line for line in ledger("current") if line.operation == "runtime.status"]
    )


def test_the_command_line_shows_one_operation_as_json() -> None:
    shown = json.loads(run("--operation", "runtime.status", "--json").stdout)
    assert {one["operation"] for one in shown["statements"]} == {"runtime.status"}
    assert shown["summary"]["operation"] == {"documented": 1, "inferred": 0, "decided": 0}


def test_an_unknown_operation_is_refused_with_the_near_one() -> None:
    printed = run("--operation", "runtime.exceute")
    assert (printed.returncode, printed.stdout) == (2, "")
    assert "there is no operation runtime.exceute; did you mean runtime.execute?" in printed.stderr


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        pytest.param("curent", "did you mean current?", id="near"),
        pytest.param("v2", NOWHERE, id="far from all"),
    ],
)
def test_an_unknown_contract_is_refused(api: Api, wanted: str, near: str) -> None:
    refused = api.control("GET", f"/evidence?contract={wanted}")
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == f"There is no contract {wanted}; {near}"
    printed = run("--contract", wanted)
    assert printed.returncode == 2
    assert f"'{wanted}' is not one of 'current', 'reference', 'connecting'" in printed.stderr
