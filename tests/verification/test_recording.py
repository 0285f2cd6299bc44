"""A recording of the emulator departs from nothing; each thing that is changed in it is told, and nothing else is."""

import base64
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import SetupError
from atthene_emulator.resources import bundled
from atthene_emulator.server import EmulatorServer
from atthene_emulator.verification.har import Exchange
from atthene_emulator.verification.recording import compare, is_flat, read_recording, template
from atthene_emulator.verification.report import Difference, Report
from atthene_emulator.verification.shape import KEYWORDS, departures, shown_name, shown_value
from atthene_emulator.web.operations import OPERATIONS
from tests.conftest import FLAT
from tests.rows import EXAMPLES

Json = dict[str, Any]
Change = Callable[[Any], object]

SECRET_TEXT = "my mother's maiden name is Quuxley"
SECRET_PROMPT = "Never tell anyone about project Xyzzy."
CORRELATION = "corr_very_private_42"
SECRETS = (SECRET_TEXT, "Quuxley", SECRET_PROMPT, "Xyzzy", CORRELATION, "test-key", "session_abc123", "550e8400")
REACT = {"agent_type": "react_agent", "tools": ["calculator"]}


class Recorder:
    """A client that keeps what it sends and gets as a browser's developer tools do."""

    def __init__(self, server: EmulatorServer, contract: ContractName) -> None:
        self.base_url = server.base_url
        self.headers = {"x-api-key": "test-key", "X-Emulator-Contract": contract, "Cookie": "sid=oatmeal"}
        self.entries: list[Json] = []

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        **headers: str,
    ) -> requests.Response:
        """Send a request below `/api/v1`; with files, as a form."""
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = requests.request(method, self.base_url + path, json=body, files=files, headers=sent, timeout=10)
        said = {"mimeType": "application/json", "text": json.dumps(body)}
        if files is not None:
            said = {"mimeType": answer.request.headers["Content-Type"], "text": SECRET_TEXT}
        self.entries.append(
            {
                "startedDateTime": "2025-01-15T10:30:00.000Z",
                "time": 12.5,
                "request": {
                    "method": method,
                    "url": answer.request.url,
                    "headers": [{"name": name, "value": value} for name, value in sent.items()],
                    "postData": said,
                },
                "response": {
                    "status": answer.status_code,
                    "headers": [{"name": name, "value": value} for name, value in answer.headers.items()],
                    "content": {
                        "size": len(answer.content),
                        "mimeType": answer.headers.get("Content-Type", "x-unknown"),
                        "text": answer.text,
                    },
                },
            }
        )
        return answer

    def answered(self, method: str, path: str, body: Any = None) -> Json:
        """The answer, as JSON."""
        return dict(self.send(method, path, body).json())


def record(server: EmulatorServer, contract: ContractName) -> list[Json]:
    """Every operation, with its errors."""
    server.client.reset()
    recorder = Recorder(server, contract)
    server.client.script(
        "Done.", content="Add", tool_calls=[{"name": "calculator", "arguments": {"a": 1}, "result": 2}]
    )
    server.client.script(content="Fail", error={"type": "tool_error", "message": SECRET_TEXT})
    flat = {**FLAT, **REACT, "name": "Secretary", "system_prompt": SECRET_PROMPT}
    agent = recorder.answered("POST", "/agent/", {"system_config": flat})["id"]
    recorder.send("PATCH", f"/agent/{agent}/", {"system_config": {"description": "Knows much."}})
    recorder.send("PUT", f"/agent/{agent}/", {"system_config": flat})
    recorder.send("POST", f"/agent/{agent}/import_yaml/", {"yaml_content": "description: Knows more."})
    recorder.send("GET", f"/agent/{agent}/export_yaml/")
    recorder.send("GET", f"/agent/{agent}/versions/current/")
    recorder.send("GET", f"/agent/{agent}")
    recorder.send("GET", "/agent/")
    recorder.send("POST", "/agent/validate/", flat)
    recorder.send("POST", "/agent/validate/", {"name": "Half"})
    recorder.send("GET", "/sessions/from-agent/?agent_key=secretary")
    recorder.send("GET", "/sessions/default-agent/")
    recorder.send("POST", f"/sessions/from-agent/{agent}/")
    session = recorder.answered("POST", "/sessions/", flat)["session_id"]
    for content in (SECRET_TEXT, [{"type": "text", "text": SECRET_TEXT}], "Add", "Fail"):
        body = {"content": content, "correlation_id": CORRELATION}
        recorder.send("POST", f"/runtime/{session}/execute/", body)
    recorder.send("GET", f"/runtime/{session}/messages/?limit=1")
    recorder.send("GET", "/runtime/session_abc123/messages/")
    message = recorder.answered("GET", f"/runtime/{session}/messages/")["messages"][0]["id"]
    recorder.send("POST", f"/runtime/{session}/cancel/")  # 400: nothing runs
    recorder.send("POST", "/sessions/feedback/", {"message": message, "rating": 1})
    for row in OPERATIONS:
        if row.method == "GET" and "{session_id}" in row.path:
            recorder.send("GET", row.path.replace("{session_id}", session))
    record_files(recorder, session)
    record_collections(recorder)
    record_knowledge_bases(recorder)
    recorder.send("GET", "/sessions/")
    recorder.send("HEAD", "/sessions/")
    recorder.send("DELETE", f"/sessions/{session}/")
    recorder.send("DELETE", "/sessions/from-agent/?agent_key=secretary")
    recorder.send("DELETE", f"/agent/{agent}/")
    recorder.send("DELETE", "/sessions/delete-all/")
    recorder.send("GET", f"/sessions/{session}/")  # 404
    recorder.send("PUT", "/sessions/")  # 405
    recorder.send("GET", "/nowhere/")  # 404 for the route
    recorder.send("GET", "/sessions/", x_api_key="expired-key")
    recorder.send("GET", "/sessions/", x_api_key="forbidden-key")
    recorder.send("POST", "/sessions/", {"name": "Half"})
    recorder.send("GET", "/sessions/", X_Emulator_Fault="429")
    recorder.send("GET", "/sessions/", X_Emulator_Fault="503")
    return recorder.entries


def record_files(recorder: Recorder, session: str) -> None:
    """Every operation of files, images and artifacts, with those of the seed."""
    file = recorder.send("POST", "/files/", files={"file": (f"{SECRET_TEXT}.txt", SECRET_TEXT.encode())}).json()["id"]
    recorder.send("POST", "/files/", files={"file": ("again.txt", SECRET_TEXT.encode())})  # 400: it is there
    recorder.send("GET", f"/files/?search={SECRET_TEXT}")
    recorder.send("GET", f"/files/{file}/")
    recorder.send("POST", "/files/bulk/", {"operation": "delete", "file_ids": [file, "file_0"]})
    recorder.send("POST", "/files/bulk_action/", {"action": "make_public", "file_ids": ["file_456", "file_0"]})
    recorder.send("DELETE", f"/files/{file}/")  # 404
    recorder.send("POST", "/images/upload/", files={"image": ("dot.gif", b"GIF89a")})
    of_session = f"/sessions/{session}/artifacts/"
    table = recorder.send("POST", of_session, files={"file": ("table.csv", b"a,b\n1,2\n")}).json()["artifact_id"]
    for path in ("url/", "status/", "download/", "preview/"):
        recorder.send("GET", f"{of_session}{table}/{path}")
    recorder.send("GET", f"{of_session}download-all/")
    recorder.send("GET", f"/artifacts/{table}/")
    recorder.send("POST", f"{of_session}{table}/copy-to-platform/")  # 400: a person has uploaded it
    made = f"/sessions/session_abc123/artifacts/{EXAMPLES['artifact_id']}"
    recorder.send("POST", f"{made}/copy-to-platform/")
    recorder.send("POST", f"{made}/remove-from-platform/")
    upload = recorder.send("POST", "/files/", files={"file": ("more.txt", b"More")}).json()["id"]
    recorder.send("DELETE", f"/files/{upload}/")


def record_collections(recorder: Recorder) -> None:
    """Every operation of collections, with the files of the seed."""
    made = recorder.answered("POST", "/collections/", {"name": SECRET_TEXT, "description": SECRET_PROMPT})["id"]
    recorder.send("POST", f"/collections/{made}/files/", {"file_ids": ["file_123", "file_0"]})
    recorder.send("POST", f"/collections/{made}/add_data_source/", {"data_source_id": "file_456"})
    recorder.send("GET", f"/collections/{made}/")
    recorder.send("GET", "/collections/?search=documentation")
    recorder.send("PATCH", f"/collections/{made}/", {"description": "New"})
    recorder.send("PUT", f"/collections/{made}/", {"name": "New"})
    recorder.send("POST", f"/collections/{made}/remove_data_source/", {"data_source_id": "file_456"})
    recorder.send("DELETE", f"/collections/{made}/files/file_123/")
    recorder.send("POST", f"/collections/{made}/bulk/", {"operation": "add_files", "file_ids": ["file_123", "file_0"]})
    recorder.send("POST", "/collections/bulk_action/", {"action": "retry", "collection_ids": [made, "coll_0"]})
    recorder.send("DELETE", f"/collections/{made}/")
    recorder.send("GET", f"/collections/{made}/")  # 404


def record_knowledge_bases(recorder: Recorder) -> None:
    """Every operation of knowledge bases, with those of the seed."""
    body = {"name": SECRET_TEXT, "processing_engine": "milvus", "collections": ["coll_123"]}
    recorder.send("POST", "/knowledge-bases/", body)
    recorder.send("POST", "/knowledge-bases/", body)  # 400: the name is taken
    for path in ("", "available-collections/", "kb_123/", "kb_123/check_status/", "kb_123/status/", "kb_0/"):
        recorder.send("GET", f"/knowledge-bases/{path}")
    recorder.send("PATCH", "/knowledge-bases/kb_123/", {"description": SECRET_PROMPT})
    recorder.send("PUT", "/knowledge-bases/kb_123/", {"name": "New"})
    recorder.send("DELETE", "/knowledge-bases/kb_123/")


@pytest.fixture(scope="module")
def recordings(server: EmulatorServer) -> dict[ContractName, list[Json]]:
    """The entries of a recording for each contract; not to be changed."""
    made = {contract: record(server, contract) for contract in CONTRACTS}
    server.client.reset()
    return made


every_contract = pytest.mark.parametrize("contract", CONTRACTS)


def har(entries: list[Any]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "test"}, "entries": entries}}).encode()


def report_of(entries: list[Any], contract: ContractName | None = "current") -> Report:
    return compare(read_recording(har(entries)), contract)


def text_of(report: Report) -> str:
    return "\n".join(report.lines()) + json.dumps(report.as_json(), ensure_ascii=False)


def path_of(entry: Json) -> str:
    return template(urlsplit(entry["request"]["url"]).path.removeprefix("/api/v1"))


def find(entries: list[Json], method: str, path: str, status: int) -> Json:
    """The first entry of a method, the template of a path, and a status."""
    return next(
        one
        for one in entries
        if (one["request"]["method"], path_of(one), one["response"]["status"]) == (method, path, status)
    )


def changed(entry: Json, change: Change) -> Json:
    """An entry whose answer, as JSON, was changed."""
    entry = copy.deepcopy(entry)
    content = entry["response"]["content"]
    value = json.loads(content["text"])
    change(value)
    content["text"] = json.dumps(value)
    return entry


def shown(one: Difference) -> tuple[str, str, str, str, str]:
    return one.operation, one.kind, one.place, one.ours, one.theirs


@every_contract
def test_a_recording_of_every_operation_departs_from_nothing(
    recordings: dict[ContractName, list[Json]], contract: ContractName
) -> None:
    report = report_of(recordings[contract], contract)
    assert report.differences == ()
    assert {row.name for row in OPERATIONS} == {name for name, count in report.seen.items() if count} - {
        "PUT /sessions/",
        "GET /nowhere/",
    }
    assert (report.checked, report.without_body) == (len(recordings[contract]), 0)


@every_contract
def test_the_contract_of_a_recording_is_found(
    recordings: dict[ContractName, list[Json]], contract: ContractName
) -> None:
    report = report_of(recordings[contract], None)
    assert (report.contract, report.fits[contract], report.differences) == (contract, 0, ())
    assert all(report.fits[other] > 0 for other in CONTRACTS if other != contract)
    assert f"Compared with contract {contract}, which fits best" in "\n".join(report.lines())


def test_a_recording_without_an_execution_fits_all_contracts(recordings: dict[ContractName, list[Json]]) -> None:
    report = report_of([find(recordings["current"], "GET", "/sessions/", 200)], None)
    assert report.fits == {"current": 0, "reference": 0, "connecting": 0}
    said = "\n".join(report.lines())
    assert "Compared with contract current; current and reference and connecting fit alike" in said


def test_a_given_contract_is_kept_though_another_fits_better(recordings: dict[ContractName, list[Json]]) -> None:
    report = report_of(recordings["reference"], "connecting")
    assert (report.contract, report.fits) == ("connecting", {})
    assert {one.operation for one in report.differences} == {
        "sessions.create",
        "sessions.start_default",
        "sessions.start_by_key",
        "sessions.start",
        "runtime.execute",
        *(row.name for row in OPERATIONS if "{knowledge_bases}" in (row.response or "")),
    }
    assert ("runtime.execute", "field removed", "status", "string", "absent") in map(shown, report.differences)


CHANGES: list[tuple[str, tuple[str, str, int], Change, tuple[str, ...]]] = [
    (
        "field-added",
        ("GET", "/sessions/{session_id}/", 200),
        lambda it: it.update(region={"secret": 1}),
        ("sessions.get", "field added", "region", "absent", "object"),
    ),
    (
        "field-added-in-a-list",
        ("GET", "/runtime/{session_id}/messages/", 200),
        lambda it: it["messages"][0].update(tokenCount=1),
        ("runtime.messages", "field added", "messages[].tokenCount", "absent", "integer"),
    ),
    (
        "field-that-is-an-id-added",
        ("GET", "/sessions/{session_id}/", 200),
        lambda it: it.update(session_abc123="x"),
        ("sessions.get", "field added", "{…}", "absent", "string"),
    ),
    (
        "field-removed",
        ("GET", "/runtime/{session_id}/status/", 200),
        lambda it: it.pop("last_activity"),
        ("runtime.status", "field removed", "last_activity", "string", "absent"),
    ),
    (
        "field-removed-in-a-list-of-answers",
        ("GET", "/sessions/", 200),
        lambda it: [one.pop("status") for one in it],
        ("sessions.list", "field removed", "[].status", "string", "absent"),
    ),
    (
        "field-removed-of-one-of-several-shapes",
        ("POST", "/agent/validate/", 200),
        lambda it: it.pop("message"),
        ("agents.validate", "field removed", "message", "string", "absent"),
    ),
    (
        "type-changed",
        ("POST", "/runtime/{session_id}/execute/", 200),
        lambda it: it.update(execution_time=1.25),
        ("runtime.execute", "type changed", "execution_time", "integer", "number"),
    ),
    (
        "type-changed-to-null",
        ("GET", "/sessions/{session_id}/", 200),
        lambda it: it.update(config_hash=None),
        ("sessions.get", "type changed", "config_hash", "string", "null"),
    ),
    (
        "type-of-one-of-two-changed",
        ("POST", "/runtime/{session_id}/execute/", 200),
        lambda it: it["metadata"].update(correlation_id=7),
        ("runtime.execute", "type changed", "metadata.correlation_id", "string or null", "integer"),
    ),
    (
        "value-of-an-enum-new",
        ("GET", "/sessions/{session_id}/", 200),
        lambda it: it.update(status="hibernating"),
        ("sessions.get", "value new", "status", "active or processing or idle or error", "hibernating"),
    ),
    (
        "value-of-an-enum-that-may-be-a-key",
        ("GET", "/sessions/{session_id}/", 200),
        lambda it: it.update(status="sk_live_abc"),
        ("sessions.get", "value new", "status", "active or processing or idle or error", "string"),
    ),
    (
        "value-of-a-constant-new",
        ("POST", "/runtime/{session_id}/execute/", 200),
        lambda it: it.update(object="session"),
        ("runtime.execute", "value new", "object", "agent.session", "session"),
    ),
    (
        "sentence-new",
        ("POST", "/agent/validate/", 200),
        lambda it: it.update(message="fine"),
        ("agents.validate", "value new", "message", "Configuration is valid", "string"),
    ),
    (
        "true-is-no-1",
        ("GET", "/sessions/from-agent/", 200),
        lambda it: it.update(success=False),
        ("sessions.start_by_key", "value new", "success", "true", "false"),
    ),
    (
        "form-of-a-time-new",
        ("GET", "/sessions/{session_id}/", 200),
        lambda it: it.update(created_at="2025-01-15T10:30:00.123456+00:00"),
        (
            "sessions.get",
            "value new",
            "created_at",
            r"like ^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
            "string, date and time with a fraction",
        ),
    ),
    (
        "number-below-the-least",
        ("GET", "/runtime/{session_id}/messages/", 200),
        lambda it: it.update(total=-1),
        ("runtime.messages", "value new", "total", "at least 0", "less"),
    ),
    (
        "object-no-longer-empty",
        ("POST", "/runtime/{session_id}/execute/", 200),
        lambda it: it.update(config={"name": "Secretary"}),
        ("runtime.execute", "value new", "config", "at most 0 in the object", "more"),
    ),
    (
        "list-empty",
        ("POST", "/sessions/", 400),
        lambda it: it["error"]["details"].update(errors=[]),
        ("sessions.create", "value new", "error.details.errors", "at least 1 in the list", "fewer"),
    ),
    (
        "type-of-an-error-new",
        ("GET", "/sessions/", 401),
        lambda it: it["error"].update(type="unauthorized"),
        ("sessions.list", "value new", "error.type", "authentication_error", "unauthorized"),
    ),
    (
        "code-of-an-error-added",
        ("GET", "/sessions/{session_id}/", 404),
        lambda it: it["error"].update(code=4041),
        ("sessions.get", "field added", "error.code", "absent", "integer"),
    ),
]


@pytest.mark.parametrize(("which", "change", "told"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_changed_answer_is_told_and_nothing_else(
    recordings: dict[ContractName, list[Json]], which: tuple[str, str, int], change: Change, told: tuple[str, ...]
) -> None:
    entry = changed(find(recordings["current"], *which), change)
    report = report_of([entry, *recordings["current"], entry])
    assert [shown(one) for one in report.differences] == [told]
    assert (report.differences[0].times, report.differences[0].statuses) == (2, (which[2],))


@pytest.mark.parametrize(("seconds", "told"), [(3.0, []), (3.5, ["number"]), (1e400, ["number"])])
def test_a_number_without_a_fraction_is_an_integer(
    recordings: dict[ContractName, list[Json]], seconds: float, told: list[str]
) -> None:
    entry = find(recordings["current"], "POST", "/runtime/{session_id}/execute/", 200)
    report = report_of([changed(entry, lambda it: it.update(execution_time=seconds))])
    assert [one.theirs for one in report.differences] == told


def test_an_answer_of_several_shapes_that_is_no_object_is_told_once(recordings: dict[ContractName, list[Json]]) -> None:
    entry = copy.deepcopy(find(recordings["current"], "POST", "/agent/validate/", 200))
    with_body("[]", JSON)(entry)
    assert [shown(one) for one in report_of([entry]).differences] == [
        ("agents.validate", "type changed", "", "object", "array")
    ]


def with_status(status: int) -> Change:
    return lambda entry: entry["response"].update(status=status)


def with_body(text: str, media_type: str) -> Change:
    return lambda entry: entry["response"]["content"].update(text=text, mimeType=media_type, size=len(text))


def with_path(path: str) -> Change:
    def change(entry: Json) -> None:
        base, prefix, _ = entry["request"]["url"].partition("/api/v1")
        entry["request"]["url"] = base + prefix + path

    return change


HTML = with_body("<html>Quuxley</html>", "text/html; charset=utf-8")
JSON = "application/json"
EXCHANGES: list[tuple[str, tuple[str, str, int], Change, tuple[str, ...]]] = [
    (
        "success",
        ("POST", "/sessions/", 201),
        with_status(200),
        ("sessions.create", "status new", "", "201", "200", "decided: D01"),
    ),
    (
        "redirect",
        ("POST", "/sessions/", 201),
        with_status(307),
        ("sessions.create", "status new", "", "201", "307", "decided: D09"),
    ),
    (
        "failure",
        ("POST", "/sessions/", 400),
        with_status(422),
        ("sessions.create", "status new", "", "400, 401, 403, 413, 415, 429, 500, 503, 504", "422", "decided: D03"),
    ),
    (
        "teapot",
        ("GET", "/sessions/{session_id}/", 404),
        with_status(418),
        ("sessions.get", "status new", "", "401, 403, 404, 429, 500, 503, 504", "418", "decided: D02"),
    ),
    (
        "not-allowed",
        ("GET", "/sessions/{session_id}/", 404),
        lambda entry: (
            with_status(405)(entry),
            with_body('{"error": {"type": "method_not_allowed_error", "message": ""}}', JSON)(entry),
        ),
        ("sessions.get", "status new", "", "401, 403, 404, 429, 500, 503, 504", "405", "decided: D09"),
    ),
    (
        "html",
        ("GET", "/sessions/", 200),
        HTML,
        ("sessions.list", "content type", "", JSON, "text/html", "documented: sessions/list@G1"),
    ),
    (
        "html-of-an-error",
        ("GET", "/sessions/", 503),
        HTML,
        ("sessions.list", "content type", "", JSON, "text/html", "decided: D10"),
    ),
    (
        "strange-media-type",
        ("GET", "/sessions/", 503),
        with_body("Quuxley", "text/quuxley8"),
        ("sessions.list", "content type", "", JSON, "another", "decided: D10"),
    ),
    (
        "text-that-is-no-json",
        ("GET", "/sessions/", 200),
        with_body("Quuxley", JSON),
        ("sessions.list", "content type", "", JSON, "not JSON", "documented: sessions/list@G1"),
    ),
    (
        "empty",
        ("GET", "/sessions/", 200),
        with_body("", "x-unknown"),
        ("sessions.list", "content type", "", JSON, "no body", "documented: sessions/list@G1"),
    ),
    (
        "operation",
        ("GET", "/sessions/", 200),
        with_path("/runtime/session_abc123/stream/msg_17?key=test-key"),
        ("GET /runtime/{session_id}/stream/{…}/", "operation new", "", "404", "200", "inferred: no page shows it"),
    ),
    (
        "method",
        ("GET", "/sessions/", 200),
        lambda entry: entry["request"].update(method="PATCH"),
        ("PATCH /sessions/", "operation new", "", "405", "200", "inferred: no page shows it"),
    ),
]


@pytest.mark.parametrize(("which", "change", "told"), [row[1:] for row in EXCHANGES], ids=[row[0] for row in EXCHANGES])
def test_another_exchange_is_told_and_nothing_else(
    recordings: dict[ContractName, list[Json]], which: tuple[str, str, int], change: Change, told: tuple[str, ...]
) -> None:
    entry = copy.deepcopy(find(recordings["current"], *which))
    change(entry)
    report = report_of([*recordings["current"], entry])
    found = [(*shown(one), f"{one.evidence.level}: {one.evidence.source}") for one in report.differences]
    assert [one for one in found if one[1] != "value new"] == [told]  # an error's type belongs to its status
    assert all(secret not in text_of(report) for secret in SECRETS)


def test_a_body_where_none_is_promised_is_told(recordings: dict[ContractName, list[Json]]) -> None:
    entry = copy.deepcopy(find(recordings["current"], "DELETE", "/sessions/{session_id}/", 204))
    with_status(200)(entry)
    with_body('{"success": true}', JSON)(entry)
    assert [shown(one) for one in report_of([entry]).differences] == [
        ("sessions.delete", "status new", "", "204", "200"),
        ("sessions.delete", "content type", "", "no body", "application/json"),
    ]


def test_another_envelope_of_errors_rests_on_a_page_where_one_shows_it(
    recordings: dict[ContractName, list[Json]],
) -> None:
    def django(value: Json) -> None:
        value.clear()
        value["detail"] = SECRET_TEXT

    entries = recordings["current"]
    unknown = changed(find(entries, "GET", "/sessions/{session_id}/", 404), django)
    refused = changed(find(entries, "GET", "/sessions/", 401), django)
    report = report_of([unknown, refused])
    assert [(one.operation, one.kind, one.place, *one.evidence) for one in report.differences] == [
        ("sessions.list", "field removed", "error", "documented", "authentication@G4"),
        ("sessions.list", "field added", "detail", "documented", "authentication@G4"),
        ("sessions.get", "field removed", "error", "documented", "authentication@G4"),
        ("sessions.get", "field added", "detail", "documented", "agents@G0, sessions@G0, runtime@G0"),
    ]
    assert "Quuxley" not in text_of(report)


FREE = (
    *("system_config", "agent_config", "arguments", "result", "config", "content", "processing_metadata"),
    *("chunking_strategy", "embedding_config", "llm_config", "datasource_errors", "datasource_snapshots"),
)
ROWS = {(row.method, row.path): row for row in OPERATIONS}


def answer_of(entry: Json) -> Any:
    content = entry["response"]["content"]
    return json.loads(content["text"]) if content["mimeType"] == "application/json" and content["text"] else None


def schema_of(entry: Json, contract: ContractName) -> Schema:
    """The schema that promises an answer."""
    row = ROWS.get((entry["request"]["method"], path_of(entry)))
    failed = entry["response"]["status"] >= 400
    promised = None if failed or row is None else row.response_schema(contract)
    return promised or Schema("responses/flat-error" if is_flat(answer_of(entry)) else "responses/error")


def fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field of an answer but those inside what users write."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*path, name)
            if name not in FREE:
                yield from fields(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from fields(item, (*path, number))


def without(value: Any, path: tuple[Any, ...]) -> None:
    for step in path[:-1]:
        value = value[step]
    del value[path[-1]]


@given(data=st.data(), contract=st.sampled_from(tuple(CONTRACTS)))
@settings(deadline=None, max_examples=200)
def test_any_required_field_that_is_taken_out_is_told(
    recordings: dict[ContractName, list[Json]], data: st.DataObject, contract: ContractName
) -> None:
    candidates = [(entry, path) for entry in recordings[contract] for path in fields(answer_of(entry))]
    entry, path = data.draw(st.sampled_from(candidates))
    less = changed(entry, lambda value: without(value, path))
    place = ".".join("[]" if isinstance(step, int) else step for step in path).replace(".[]", "[]")
    told = [("field removed", place, "absent")] if schema_of(entry, contract).check(answer_of(less)) else []
    assert [(one.kind, one.place, one.theirs) for one in report_of([less], contract).differences] == told


SCHEMAS = sorted(path.name.removesuffix(".schema.json") for path in bundled("schemas/responses").glob("*.json"))
VALUES = st.sampled_from([None, True, 0, -1, 1.5, "", "active", "2025-01-15T10:30:00Z", [], {}, ["x"], {"x": 1}])


@given(data=st.data(), contract=st.sampled_from(tuple(CONTRACTS)))
@settings(deadline=None, max_examples=200)
def test_an_answer_departs_if_and_only_if_its_schema_refuses_it(
    recordings: dict[ContractName, list[Json]], data: st.DataObject, contract: ContractName
) -> None:
    entry = data.draw(st.sampled_from([one for one in recordings[contract] if answer_of(one)]))
    value, schema = answer_of(entry), schema_of(entry, contract)
    path = data.draw(st.sampled_from([*fields(value)]))
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = data.draw(VALUES)
    found = list(departures(value, schema.inlined, OPERATIONS[0].evidence))
    assert bool(found) == bool(schema.check(value)), found


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_response_schema_uses_no_other_keywords_than_are_compared(name: str) -> None:
    annotations = {"$schema", "$id", "$comment", "title", "description", "examples", "x-document", "x-evidence"}

    def keywords(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from node
            for one in (*node.get("properties", {}).values(), *node.get("oneOf", ()), node.get("items")):
                yield from keywords(one)

    assert set(keywords(Schema(f"responses/{name}").inlined)) <= KEYWORDS | annotations


def scrambled(entry: Json) -> Json:
    """An entry in which every statement of ours is wrong, with all its texts kept."""
    entry = copy.deepcopy(entry)
    content = entry["response"]["content"]
    if answer_of(entry) is not None:
        value = json.loads(content["text"])
        content["text"] = json.dumps(twisted(value))
    entry["response"]["status"] += 7
    return entry


def twisted(value: Any) -> Any:
    """Texts become keys, numbers become texts, and lists stand in lists."""
    if isinstance(value, dict):
        texts = {item: 1 for item in value.values() if isinstance(item, str)}
        return {**{name: twisted(item) for name, item in value.items()}, **texts}
    if isinstance(value, list):
        return [twisted(item) for item in value] + [SECRET_TEXT]
    return [value] if isinstance(value, str) and value.startswith("2") else value if value is None else str(value)


@every_contract
@pytest.mark.parametrize("held_against", CONTRACTS)
def test_no_secret_reaches_a_report(
    recordings: dict[ContractName, list[Json]], contract: ContractName, held_against: ContractName
) -> None:
    entries = recordings[contract]
    ids = {text for one in entries for text in texts(one) if any(sign in text for sign in "0123456789 ")}
    report = report_of([*entries, *map(scrambled, entries)], held_against)
    assert len(report.differences) > 50
    said = text_of(report)
    assert [one for one in (*SECRETS, *ids - {"Configuration is valid"}) if len(one) > 3 and one in said] == []
    assert [one for one in SECRETS if one in repr(read_recording(har(entries)))] == []


def texts(entry: Json) -> Iterator[str]:
    """Every text of an answer, and every part of its path."""
    yield from urlsplit(entry["request"]["url"]).path.removeprefix("/api/v1").split("/")
    waiting = [answer_of(entry)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


@given(st.text())
def test_any_key_that_is_no_plain_name_is_hidden(name: str) -> None:
    shown = shown_name(name)
    assert shown in (name, "{…}")
    assert shown == "{…}" or (shown.isascii() and len(shown) <= 30 and not any(map(str.isdigit, shown)))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("paused", "paused"),
        ("rate_limited", "rate_limited"),
        ("invalid_request_error", "string"),
        ("Paused", "string"),
        ("two words", "string"),
        ("a1b2c3", "string"),
        ("session_abcdef", "string"),
        ("key_abc", "string"),
        (True, "true"),
        (12345, "integer"),
        (None, "null"),
        (["paused"], "array"),
    ],
)
def test_only_short_words_are_shown_of_values(value: Any, told: str) -> None:
    assert shown_value(value, ("active", "idle")) == told


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/sessions", "/sessions/"),
        ("/sessions/from-agent", "/sessions/from-agent/"),
        ("/sessions/abc/", "/sessions/{session_id}/"),
        ("/sessions/from-agent/abc", "/sessions/from-agent/{agent_id}/"),
        ("/agent/validate/", "/agent/validate/"),
        ("/agent/validate/alice/", "/agent/validate/{…}/"),
        ("/agent/alice/versions/bob/", "/agent/{agent_id}/versions/{…}/"),
        ("/runtime/abc/", "/runtime/{session_id}/"),
        ("/users/alice/keys/", "/users/{…}/keys/"),
        ("/Secret1/", "/{…}/"),
        ("//", "/{…}/"),
        ("/" + "a/" * 50, "/a/{…}/a/{…}/a/{…}/a/{…}/"),
    ],
)
def test_a_path_is_shown_without_what_may_be_an_id(path: str, told: str) -> None:
    assert template(path) == told


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The recording is empty."),
        (b"<html>", "The recording is no HAR file: it stops being JSON at line 1, column 1."),
        (b'{"log":\n {"entries": [', "The recording is no HAR file: it stops being JSON at line 2, column 15."),
        (b"\xff\xfe\xfd", "The recording is no HAR file: it is not JSON in UTF-8."),
        (b"[" * 100_000, "The recording is no HAR file: it is not JSON in UTF-8."),
        (b"[]", "The recording is JSON, but no HAR file: it has no list log.entries."),
        (b'{"log": {"entries": {}}}', "The recording is JSON, but no HAR file: it has no list log.entries."),
        (b'{"log": []}', "The recording is JSON, but no HAR file: it has no list log.entries."),
    ],
    ids=["empty", "html", "cut", "binary", "deep", "list", "entries", "log"],
)
def test_what_is_no_har_file_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(SetupError) as refused:
        read_recording(data)
    assert str(refused.value).startswith(said)
    assert "Save one with the developer tools of a browser" in str(refused.value)


def test_a_recording_that_is_too_large_is_refused() -> None:
    with pytest.raises(SetupError, match=r"^The recording has 65 MiB; at most 64 MiB are read\. Record less"):
        read_recording(bytes(65 * 1024 * 1024))


def test_a_byte_order_mark_is_read_over(recordings: dict[ContractName, list[Json]]) -> None:
    data = b"\xef\xbb\xbf" + har(recordings["current"])
    assert compare(read_recording(data), "current").differences == ()


PASSED_OVER: list[tuple[str, Any]] = [
    ("unreadable", None),
    ("unreadable", {}),
    ("unreadable", {"request": {"method": "GET"}, "response": {"status": 200}}),
    ("unreadable", {"request": {"method": "G T", "url": "http://x/api/v1/agent/"}, "response": {"status": 200}}),
    ("elsewhere", {"request": {"method": "GET", "url": "http://x/style.css"}, "response": {"status": 200}}),
    ("elsewhere", {"request": {"method": "GET", "url": "http://x/api/v1/"}, "response": {"status": 200}}),
    ("elsewhere", {"request": {"method": "GET", "url": "http://[/api/v1/agent/"}, "response": {"status": 200}}),
    (
        "elsewhere",
        {"request": {"method": "POST", "url": "https://t.example/api/v1/track"}, "response": {"status": 200}},
    ),
    ("preflight", {"request": {"method": "OPTIONS", "url": "http://x/api/v1/agent/"}, "response": {"status": 204}}),
    ("without an answer", {"request": {"method": "GET", "url": "http://x/api/v1/agent/"}}),
    ("without an answer", {"request": {"method": "GET", "url": "http://x/api/v1/agent/"}, "response": {"status": 0}}),
    ("without an answer", {"request": {"method": "GET", "url": "http://x/api/v1/agent/"}, "response": {"status": -1}}),
    (
        "without an answer",
        {"request": {"method": "GET", "url": "http://x/api/v1/agent/"}, "response": {"status": "200"}},
    ),
    ("from the cache", {"request": {"method": "GET", "url": "http://x/api/v1/agent/"}, "response": {"status": 304}}),
]


@pytest.mark.parametrize(("reason", "entry"), PASSED_OVER)
def test_an_entry_that_says_nothing_is_counted_and_passed_over(
    recordings: dict[ContractName, list[Json]], reason: str, entry: Any
) -> None:
    report = report_of([*recordings["current"], entry])
    assert (report.passed_over, report.differences) == ({reason: 1}, ())
    assert f"1 passed over (1 {reason}): 0 differences from contract current." in [*report.lines()][-1]


def test_a_host_that_shows_no_operation_of_ours_counts_if_it_is_alone() -> None:
    entry = {"request": {"method": "POST", "url": "https://t.example/api/v1/track/"}, "response": {"status": 200}}
    assert [shown(one) for one in report_of([entry]).differences] == [
        ("POST /track/", "operation new", "", "404", "200")
    ]


def test_no_entries_make_an_empty_report() -> None:
    report = report_of([], None)
    assert (report.checked, report.differences, report.contract) == (0, (), "current")
    assert [*report.lines()][-1] == "0 exchanges checked, 0 passed over: 0 differences from contract current."


def without_text(entry: Json) -> None:
    del entry["response"]["content"]["text"]


def without_content(entry: Json) -> None:
    del entry["response"]["content"]


def still_compressed(entry: Json) -> None:
    entry["response"]["content"].update(text=base64.b64encode(b"\x1f\x8b\x08\xff").decode(), encoding="base64")


def damaged(entry: Json) -> None:
    entry["response"]["content"].update(text="!", encoding="base64")


def cut(entry: Json) -> None:
    entry["response"]["content"]["text"] = entry["response"]["content"]["text"][:20]


@pytest.mark.parametrize("change", [without_text, without_content, still_compressed, damaged, cut])
def test_a_body_that_was_not_recorded_is_counted_and_not_judged(
    recordings: dict[ContractName, list[Json]], change: Change
) -> None:
    entry = copy.deepcopy(find(recordings["current"], "GET", "/sessions/", 200))
    change(entry)
    report = report_of([entry])
    assert (report.checked, report.without_body, report.differences) == (1, 1, ())
    assert "1 exchange checked, 1 of them without a recorded body, 0 passed over" in [*report.lines()][-1]


def in_base64(entry: Json) -> None:
    content = entry["response"]["content"]
    content.update(text=base64.b64encode(content["text"].encode()).decode(), encoding="base64")


def with_size(size: int) -> Change:
    return lambda entry: entry["response"]["content"].update(size=size, compression=17)


def without_media_type(entry: Json) -> None:
    del entry["response"]["content"]["mimeType"]


def below_a_prefix(entry: Json) -> None:
    entry["request"]["url"] = entry["request"]["url"].replace("/api/v1/", "/proxy/api/v1/")


@pytest.mark.parametrize(
    "change",
    [in_base64, with_size(3), with_size(10_000), with_size(-1), without_media_type, below_a_prefix],
    ids=["base64", "compressed", "larger-compressed", "unknown-size", "media-type-in-a-header", "prefix"],
)
def test_a_body_is_read_however_a_tool_writes_it(recordings: dict[ContractName, list[Json]], change: Change) -> None:
    entry = changed(find(recordings["current"], "GET", "/sessions/{session_id}/", 200), lambda it: it.pop("status"))
    change(entry)
    told = [("sessions.get", "field removed", "status", "string", "absent")]
    assert [shown(one) for one in report_of([entry]).differences] == told


def test_text_groups_differences_by_operation_and_ends_with_a_summary(
    recordings: dict[ContractName, list[Json]],
) -> None:
    entries = recordings["current"]
    status = changed(find(entries, "GET", "/runtime/{session_id}/status/", 200), lambda it: it.update(health="green"))
    added = changed(status, lambda it: it.update(region="eu"))
    assert [*report_of([status, added, None]).lines()] == [
        "runtime.status  GET /runtime/{session_id}/status/",
        "  field added    region  ours: absent; theirs: string",
        "                         1 time, status 200; ours is documented: runtime/status@G1",
        "  value new      health  ours: healthy or unhealthy; theirs: green",
        "                         2 times, status 200; ours is documented: runtime/status@G1",
        "",
        f"Not in the recording: {', '.join(dict.fromkeys(row.name for row in OPERATIONS if row.name != 'runtime.status'))}.",
        "2 exchanges checked, 1 passed over (1 unreadable): 2 differences from contract current.",
    ]


def test_json_holds_what_the_text_says(recordings: dict[ContractName, list[Json]]) -> None:
    entry = changed(find(recordings["current"], "GET", "/sessions/", 401), lambda it: it["error"].pop("message"))
    assert report_of([entry], "reference").as_json() == {
        "contract": "reference",
        "fits": None,
        "exchanges": {"checked": 1, "without_body": 0, "passed_over": {}},
        "seen": {row.name: int(row.name == "sessions.list") for row in OPERATIONS},
        "differences": [
            {
                "operation": "sessions.list",
                "request": "GET /sessions/",
                "kind": "field removed",
                "place": "error.message",
                "ours": "string",
                "theirs": "absent",
                "times": 1,
                "statuses": [401],
                "evidence": {"level": "documented", "source": "authentication@G4"},
            }
        ],
    }


def test_an_exchange_shows_neither_path_nor_body() -> None:
    exchange = Exchange(None, "https://api.example/api/v1", "GET", "/sessions/session_abc123/", 200)
    assert "session_abc123" not in repr(exchange)
