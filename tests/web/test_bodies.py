"""Bodies that no operation may accept, and those that look odd but are fine."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS
from tests.conftest import FLAT, Api
from tests.rows import filled

AGENT_ID = "550e8400-e29b-41d4-a716-446655440000"
SESSION_ID = "session_abc123"
MIB = 1024 * 1024

WITH_BODY = [row for row in OPERATIONS if row.body is not None and not row.files]
every_operation = pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.name)

JSON = {
    "agents.create": '{"system_config": {"name": "Bodies", "agent_type": "llm_agent", "description": HOLE}}',
    "agents.update": '{"system_config": {"description": HOLE}}',
    "agents.replace": '{"system_config": {"name": "Bodies", "agent_type": "llm_agent", "description": HOLE}}',
    "agents.import_yaml": '{"yaml_content": "{name: Bodies, agent_type: llm_agent}", "note": HOLE}',
    "agents.validate": '{"name": "Bodies", "agent_type": "llm_agent", "description": HOLE}',
    "sessions.create": '{"name": "Bodies", "agent_type": "llm_agent", "description": HOLE}',
    "sessions.feedback": '{"message": "msg_4e15290bf496", "comment": HOLE}',
    "runtime.execute": '{"content": HOLE}',
    "files.bulk": '{"operation": "delete", "file_ids": ["file_0"], "note": HOLE}',
    "files.bulk_action": '{"action": "delete", "file_ids": ["file_0"], "note": HOLE}',
    "collections.create": '{"name": "Bodies", "description": "", "note": HOLE}',
    "collections.bulk_action": '{"action": "delete", "collection_ids": ["coll_0"], "note": HOLE}',
    "collections.update": '{"description": "Bodies", "note": HOLE}',
    "collections.replace": '{"name": "Bodies", "note": HOLE}',
    "collections.add_files": '{"file_ids": ["file_0"], "note": HOLE}',
    "collections.bulk": '{"operation": "add_files", "file_ids": ["file_0"], "note": HOLE}',
    "collections.add_data_source": '{"data_source_id": "file_456", "note": HOLE}',
    "collections.remove_data_source": '{"data_source_id": "file_123", "note": HOLE}',
    "knowledge_bases.create": '{"name": "Bodies", "processing_engine": "milvus", "selected_datasources": ["file_123"], "note": HOLE}',
    "knowledge_bases.update": '{"description": "Bodies", "note": HOLE}',
    "knowledge_bases.replace": '{"name": "Bodies", "note": HOLE}',
}
YAML = {
    "agents.create": "system_config:\n  name: Bodies\n  agent_type: llm_agent\n  description: HOLE\n",
    "agents.update": "system_config:\n  description: HOLE\n",
    "agents.replace": "system_config:\n  name: Bodies\n  agent_type: llm_agent\n  description: HOLE\n",
    "agents.import_yaml": "name: Bodies\nagent_type: llm_agent\ndescription: HOLE\n",
    "agents.validate": "name: Bodies\nagent_type: llm_agent\ndescription: HOLE\n",
    "sessions.create": "name: Bodies\nagent_type: llm_agent\ndescription: HOLE\n",
    "sessions.feedback": "message: msg_4e15290bf496\ncomment: HOLE\n",
    "runtime.execute": "content: HOLE\n",
    "files.bulk": "operation: delete\nfile_ids: [file_0]\nnote: HOLE\n",
    "files.bulk_action": "action: delete\nfile_ids: [file_0]\nnote: HOLE\n",
    "collections.create": 'name: Bodies\ndescription: ""\nnote: HOLE\n',
    "collections.bulk_action": "action: delete\ncollection_ids: [coll_0]\nnote: HOLE\n",
    "collections.update": "description: Bodies\nnote: HOLE\n",
    "collections.replace": "name: Bodies\nnote: HOLE\n",
    "collections.add_files": "file_ids: [file_0]\nnote: HOLE\n",
    "collections.bulk": "operation: add_files\nfile_ids: [file_0]\nnote: HOLE\n",
    "collections.add_data_source": "data_source_id: file_456\nnote: HOLE\n",
    "collections.remove_data_source": "data_source_id: file_123\nnote: HOLE\n",
    "knowledge_bases.create": "name: Bodies\nprocessing_engine: milvus\nselected_datasources: [file_123]\nnote: HOLE\n",
    "knowledge_bases.update": "description: Bodies\nnote: HOLE\n",
    "knowledge_bases.replace": "name: Bodies\nnote: HOLE\n",
}

LAUGHS = (
    "{a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha], b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a], "
    "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b], d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c], "
    "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d], f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e], "
    "g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f], h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g], "
    "i: &i [*h, *h, *h, *h, *h, *h, *h, *h, *h]}"
)

# Values that stand where a text belongs. All of them are refused before anyone asks whether a text belongs there: see
# the message.
JSON_VALUES = [
    pytest.param("NaN", "NaN is not JSON", id="NaN"),
    pytest.param("Infinity", "Infinity is not JSON", id="Infinity"),
    pytest.param("-Infinity", "-Infinity is not JSON", id="-Infinity"),
    pytest.param("1e999", "too large", id="1e999"),
    pytest.param("-1e999", "too large", id="-1e999"),
    pytest.param("18446744073709551616", "64 bits", id="integer of 65 bits"),
    pytest.param("-9223372036854775809", "64 bits", id="negative integer of 65 bits"),
    pytest.param("9" * 5000, "64 bits", id="integer of 5000 digits"),
    pytest.param('{"a": 1, "a": 2}', "twice", id="duplicate key"),
    pytest.param('{"a": 1, "\\u0061": 2}', "twice", id="duplicate key, escaped"),
    pytest.param("[" * 100 + "]" * 100, "64 levels", id="lists nested 100 deep"),
    pytest.param('{"a":' * 100 + "1" + "}" * 100, "64 levels", id="objects nested 100 deep"),
    pytest.param("[" * 100_000 + "]" * 100_000, "64 levels", id="lists nested 100000 deep"),
    pytest.param('{"a":' * 100_000 + "1" + "}" * 100_000, "64 levels", id="objects nested 100000 deep"),
    pytest.param("[" + "0," * 100_001 + "0]", "values", id="100002 values"),
    pytest.param('"\\ud800"', "surrogate", id="lone high surrogate"),
    pytest.param('"\\udc00\\ud800"', "surrogate", id="surrogates the wrong way round"),
    pytest.param('{"\\ud800": 1}', "surrogate", id="lone surrogate in a key"),
    pytest.param('[{"a": ["\\udfff"]}]', "surrogate", id="lone surrogate deep down"),
    pytest.param('["a",]', "trailing comma", id="trailing comma in a list"),
    pytest.param('{"a": 1,}', "trailing comma", id="trailing comma in an object"),
    pytest.param("'text'", "not JSON", id="single quotes"),
    pytest.param("undefined", "not JSON", id="undefined"),
    pytest.param('"text" // comment', "not JSON", id="comment"),
    pytest.param('"line\nbreak"', "not JSON", id="raw line break in a text"),
    pytest.param('"unfinished', "not JSON", id="unfinished text"),
    pytest.param("[1, 2", "not JSON", id="unfinished list"),
    pytest.param("01", "not JSON", id="leading zero"),
    pytest.param("", "not JSON", id="no value"),
]
YAML_VALUES = [
    pytest.param(".nan", "finite", id=".nan"),
    pytest.param("-.inf", "finite", id="-.inf"),
    pytest.param("1e999", "finite", id="1e999"),
    pytest.param("18446744073709551616", "64 bits", id="integer of 65 bits"),
    pytest.param("0xFFFFFFFFFFFFFFFFF", "64 bits", id="hexadecimal of 68 bits"),
    pytest.param("9" * 5000, "64 bits", id="integer of 5000 digits"),
    pytest.param("{a: 1, a: 2}", "twice", id="duplicate key"),
    pytest.param('{a: 1, "a": 2}', "twice", id="duplicate key, quoted"),
    pytest.param("[" * 100 + "]" * 100, "64 levels", id="lists nested 100 deep"),
    pytest.param("{a: " * 100 + "1" + "}" * 100, "64 levels", id="mappings nested 100 deep"),
    pytest.param("[" * 100_000 + "]" * 100_000, "64 levels", id="lists nested 100000 deep"),
    pytest.param(LAUGHS, "values", id="billion laughs"),
    pytest.param("&a [*a]", "alias", id="cyclic list"),
    pytest.param("&a {b: *a}", "alias", id="cyclic mapping"),
    pytest.param("*nowhere", "alias", id="alias without an anchor"),
    pytest.param('!!python/object/apply:os.system ["true"]', "tag", id="tag that runs a command"),
    pytest.param("!!python/object:emulator.settings.Settings {}", "tag", id="tag that makes an object"),
    pytest.param("!!python/name:os.system", "tag", id="tag that names a function"),
    pytest.param("!!binary aGVsbG8=", "tag", id="binary tag"),
    pytest.param("!custom x", "tag", id="tag of its own"),
    pytest.param('"\\uD800"', "", id="lone surrogate"),
    pytest.param('{"\\uDC00": 1}', "", id="lone surrogate in a key"),
    pytest.param('"\\U00110000"', "", id="character beyond Unicode"),
    pytest.param("x\n---\nsecond: document", "second document", id="second document"),
    pytest.param("{? [a, b] : c}", "key", id="list as a key"),
    pytest.param("[a, b", "", id="unfinished list"),
    pytest.param('"unfinished', "", id="unfinished text"),
    pytest.param("@reserved", "", id="reserved character"),
    pytest.param("a: b: c", "", id="two colons"),
]


def path_of(operation: Operation) -> str:
    return filled(operation.path)


def stored(api: Api) -> dict[str, Any]:
    """Everything that a request could have left behind."""
    state = api.control("GET", "/state").json()
    return {
        "agents": [api.get(f"/agent/{agent['id']}/").json() for agent in state["agents"]],
        "sessions": state["sessions"],
        "messages": api.get(f"/runtime/{SESSION_ID}/messages/").json(),
    }


def send(
    api: Api, operation: Operation, data: bytes | Iterator[bytes], content_type: str | None, **headers: str
) -> tuple[int, str, str]:
    """Send a body; status, error type and all text of the answer. Nothing may be stored, and the next request works."""
    before = stored(api)
    if content_type is not None:
        headers["Content-Type"] = content_type
    answer = api.request(operation.method, path_of(operation), data=data, headers=headers)
    assert stored(api) == before
    assert api.control("GET", "/health").json()["status"] == "ok"
    assert answer.headers["Content-Type"] == "application/json"
    return answer.status_code, answer.json().get("error", {}).get("type", ""), answer.text


@pytest.mark.parametrize(("value", "because"), JSON_VALUES)
@every_operation
def test_json_with_a_bad_value_is_refused(api: Api, operation: Operation, value: str, because: str) -> None:
    body = JSON[operation.name].replace("HOLE", value).encode()
    status, kind, text = send(api, operation, body, "application/json")
    assert (status, kind) == (400, "validation_error")
    assert because in text


@pytest.mark.parametrize(("value", "because"), YAML_VALUES)
@every_operation
def test_yaml_with_a_bad_value_is_refused(api: Api, operation: Operation, value: str, because: str) -> None:
    body = YAML[operation.name].replace("HOLE", value).encode()
    status, kind, text = send(api, operation, body, "application/yaml")
    assert (status, kind) == (400, "validation_error")
    assert because in text


@pytest.mark.parametrize(
    ("text", "media_type"),
    [pytest.param(JSON, "application/json", id="json"), pytest.param(YAML, "application/yaml", id="yaml")],
)
@every_operation
def test_the_same_bodies_with_a_good_value_are_accepted(
    api: Api, operation: Operation, text: dict[str, str], media_type: str
) -> None:
    body = text[operation.name].replace("HOLE", '"good"').encode()
    answer = api.request(operation.method, path_of(operation), data=body, headers={"Content-Type": media_type})
    assert answer.status_code == operation.status


GOOD = {name: text.replace("HOLE", '"Grüße"') for name, text in JSON.items()}


@pytest.mark.parametrize(
    ("make", "content_type", "status", "kind"),
    [
        pytest.param(lambda _: b"", "application/json", 400, "validation_error", id="empty JSON"),
        pytest.param(lambda _: b" \n\t ", "application/json", 400, "validation_error", id="blank JSON"),
        pytest.param(lambda _: b"", "application/yaml", 400, "validation_error", id="empty YAML"),
        pytest.param(lambda _: b"# comment\n", "application/yaml", 400, "validation_error", id="YAML comment"),
        pytest.param(lambda text: text.encode("latin-1"), "application/json", 400, "validation_error", id="Latin-1"),
        pytest.param(
            lambda text: text.encode("latin-1"), "application/yaml", 400, "validation_error", id="Latin-1 YAML"
        ),
        pytest.param(lambda text: text.encode("utf-16"), "application/json", 400, "validation_error", id="UTF-16"),
        pytest.param(lambda text: text.encode("utf-16"), "application/yaml", 400, "validation_error", id="UTF-16 YAML"),
        pytest.param(
            lambda text: text.encode("utf-16-le"),
            "application/json",
            400,
            "validation_error",
            id="UTF-16 unmarked",
        ),
        pytest.param(lambda text: text.encode("utf-32"), "application/json", 400, "validation_error", id="UTF-32"),
        pytest.param(
            lambda text: text.encode().replace("ü".encode(), b"\xed\xa0\x80"),
            "application/json",
            400,
            "validation_error",
            id="surrogate in the bytes",
        ),
        pytest.param(lambda text: text.encode() + b"}", "application/json", 400, "validation_error", id="more text"),
        pytest.param(
            lambda text: text.encode() * 2, "application/json", 400, "validation_error", id="two JSON objects"
        ),
        pytest.param(lambda _: b"\x00" * 100, "application/json", 400, "validation_error", id="zero bytes"),
        pytest.param(lambda _: b"\x00" * 100, "application/yaml", 400, "validation_error", id="zero bytes as YAML"),
        pytest.param(lambda text: f"[{text}]".encode(), "application/json", 400, "validation_error", id="list"),
        pytest.param(lambda text: f"[{text}]".encode(), "application/yaml", 400, "validation_error", id="YAML list"),
        pytest.param(lambda _: b'"text"', "application/json", 400, "validation_error", id="text"),
        pytest.param(lambda _: b"just words", "application/yaml", 400, "validation_error", id="YAML text"),
        pytest.param(lambda _: b"null", "application/json", 400, "validation_error", id="null"),
        pytest.param(lambda _: b"1", "application/json", 400, "validation_error", id="number"),
        pytest.param(
            lambda text: text.encode(),
            "application/x-www-form-urlencoded",
            415,
            "unsupported_media_type_error",
            id="form",
        ),
        pytest.param(lambda text: text.encode(), "text/plain", 415, "unsupported_media_type_error", id="plain text"),
        pytest.param(
            lambda text: text.encode(),
            "multipart/form-data; boundary=x",
            415,
            "unsupported_media_type_error",
            id="upload",
        ),
        pytest.param(lambda text: text.encode(), "application/xml", 415, "unsupported_media_type_error", id="XML"),
        pytest.param(lambda text: text.encode(), "json", 415, "unsupported_media_type_error", id="half a type"),
        pytest.param(lambda text: text.encode(), "", 415, "unsupported_media_type_error", id="empty type"),
        pytest.param(
            lambda text: text.encode("latin-1"),
            "application/json; charset=iso-8859-1",
            415,
            "unsupported_media_type_error",
            id="charset",
        ),
        pytest.param(
            lambda text: text.encode("utf-16"),
            'application/yaml; charset="UTF-16"',
            415,
            "unsupported_media_type_error",
            id="charset of YAML",
        ),
    ],
)
@every_operation
def test_a_whole_body_that_is_wrong_is_refused(
    api: Api, operation: Operation, *, make: Any, content_type: str, status: int, kind: str
) -> None:
    given = send(api, operation, make(GOOD[operation.name]), content_type)
    assert given[:2] == (status, kind)


@every_operation
def test_a_compressed_body_is_refused(api: Api, operation: Operation) -> None:
    packed = gzip.compress(GOOD[operation.name].encode())
    given = send(api, operation, packed, "application/json", **{"Content-Encoding": "gzip"})
    assert given[:2] == (415, "unsupported_media_type_error")


def in_chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]


@pytest.mark.parametrize("chunked", [False, True], ids=["content-length", "chunked"])
@every_operation
def test_a_body_of_one_mebibyte_is_accepted_and_one_byte_more_is_not(
    api: Api, operation: Operation, *, chunked: bool
) -> None:
    most = GOOD[operation.name].encode().ljust(MIB)
    for_wire = in_chunks(most + b" ") if chunked else most + b" "
    given = send(api, operation, for_wire, "application/json")
    assert given[:2] == (413, "request_too_large_error")
    for_wire = in_chunks(most) if chunked else most
    assert api.request(operation.method, path_of(operation), data=for_wire).status_code == operation.status


@pytest.mark.parametrize("chunked", [False, True], ids=["content-length", "chunked"])
@every_operation
def test_a_body_of_eight_mebibytes_is_refused(api: Api, operation: Operation, *, chunked: bool) -> None:
    body = b" " * (8 * MIB)
    given = send(api, operation, in_chunks(body) if chunked else body, "application/json")
    assert given[:2] == (413, "request_too_large_error")


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(f"a: &a {'x' * 50_000}\nb: [{', '.join(['*a'] * 300)}]\n", id="text"),
        pytest.param(f"a: &a [{'x' * 50_000}]\nb: [{', '.join(['*a'] * 300)}]\n", id="list"),
        pytest.param(f"a: &a\n  ? {'x' * 50_000}\n  : 1\nb: [{', '.join(['*a'] * 300)}]\n", id="key"),
        pytest.param(f"a: &a\n  ? {'x' * 50_000}\n  : 1\nb: [{', '.join(['{<<: *a}'] * 300)}]\n", id="merged key"),
    ],
)
def test_aliases_do_not_make_a_configuration_larger_than_a_body_may_be(api: Api, extra: str) -> None:
    body = f"name: Bodies\nagent_type: llm_agent\n{extra}"
    operation = next(row for row in WITH_BODY if row.name == "sessions.create")
    given = send(api, operation, body.encode(), "application/yaml")
    assert given[:2] == (400, "validation_error")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{}", id="content is missing"),
        pytest.param('{"content": null}', id="content is null"),
        pytest.param('{"content": 5}', id="content is a number"),
        pytest.param('{"content": {"type": "text", "text": "x"}}', id="content is one block"),
        pytest.param('{"content": []}', id="no blocks"),
        pytest.param('{"content": ["x"]}', id="block is a text"),
        pytest.param('{"content": [{}]}', id="block without a type"),
        pytest.param('{"content": [{"type": "text"}]}', id="text block without text"),
        pytest.param('{"content": [{"type": "text", "text": 5}]}', id="text block with a number"),
        pytest.param('{"content": [{"type": "image_url"}]}', id="image block without an image"),
        pytest.param('{"content": [{"type": "image_url", "image_url": {}}]}', id="image block without an address"),
        pytest.param('{"content": [{"type": "image_url", "image_url": "x"}]}', id="image block with a bare address"),
        pytest.param('{"content": [{"type": "audio", "audio": "x"}]}', id="unknown block"),
        pytest.param('{"content": "x", "correlation_id": 5}', id="correlation id is a number"),
        pytest.param('{"content": "x", "inputs": []}', id="inputs are a list"),
        pytest.param('{"content": "x", "inputs": "user_name"}', id="inputs are a text"),
    ],
)
def test_an_execute_body_of_the_wrong_form_is_refused_by_field(api: Api, body: str) -> None:
    before = stored(api)
    answer = api.post(f"/runtime/{SESSION_ID}/execute/", data=body.encode())
    assert answer.status_code == 400
    field = answer.json()["error"]["details"]["errors"][0]["field"]
    assert field.split(".")[0] in ("content", "correlation_id", "inputs")
    assert stored(api) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, "system_config", id="missing"),
        pytest.param({"system_config": None}, "system_config", id="null"),
        pytest.param({"system_config": []}, "system_config", id="list"),
        pytest.param({"system_config": "name: x"}, "system_config", id="text"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/agent/"), ("PATCH", f"/agent/{AGENT_ID}/"), ("PUT", f"/agent/{AGENT_ID}/")],
    ids=["POST", "PATCH", "PUT"],
)
def test_an_agent_body_of_the_wrong_form_is_refused_by_field(
    api: Api, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    before = stored(api)
    answer = api.request(method, path, json=body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["error"]["details"]["errors"]] == [field]
    assert stored(api) == before


def test_a_trailing_comma_is_named_with_its_place(api: Api) -> None:
    answer = api.post("/sessions/", data=b'{\n  "name": "x",\n  "agent_type": "llm_agent",\n}')
    assert answer.json()["error"]["message"] == "Invalid agent configuration"
    (problem,) = answer.json()["error"]["details"]["errors"]
    assert problem["field"] == "body"
    assert "line 3, column 28" in problem["message"]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "application/json; charset=utf-8",
        'Application/JSON;charset="UTF-8"',
        "text/json",
    ],
)
def test_json_is_read_as_json(api: Api, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = api.post("/sessions/", data=json.dumps(FLAT).encode(), headers=headers)
    assert answer.request.headers.get("Content-Type") == content_type
    assert answer.status_code == 201


def test_a_body_without_a_content_type_is_not_read_as_yaml(api: Api) -> None:
    assert api.post("/sessions/", data=b"name: x\nagent_type: llm_agent\n").status_code == 400


@pytest.mark.parametrize("content_type", ["application/yaml", "application/x-yaml", "text/yaml; charset=utf-8"])
@every_operation
def test_yaml_is_read_as_yaml(api: Api, operation: Operation, content_type: str) -> None:
    body = YAML[operation.name].replace("HOLE", "plain words").encode()
    answer = api.request(operation.method, path_of(operation), data=body, headers={"Content-Type": content_type})
    assert answer.status_code == operation.status


def kept(api: Api, text: str) -> Any:
    """What a session keeps of a YAML configuration."""
    answer = api.post("/sessions/", data=text.encode(), headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 201, answer.text
    return api.get(f"/sessions/{answer.json()['session_id']}/").json()["agent_config"]


def test_unquoted_yes_and_no_stay_text_as_yaml_keys(api: Api) -> None:
    configuration = kept(
        api,
        "name: Branches\n"
        "agents:\n"
        "  - {name: asker, agent_type: llm_agent}\n"
        "  - {name: helper, agent_type: llm_agent}\n"
        "entry_point: asker\n"
        "edges:\n"
        "  - from: asker\n"
        "    condition: The user needs help\n"
        "    condition_type: boolean\n"
        "    routing:\n"
        "      yes: helper\n"
        "      no: END\n"
        "  - {from: helper, to: END}\n",
    )
    assert configuration["edges"][0]["routing"] == {"yes": "helper", "no": "END"}


def test_yaml_scalars_keep_their_json_types(api: Api) -> None:
    configuration = kept(
        api,
        "name: 'Scalars'\nagent_type: llm_agent\nllm_config: {temperature: 0.5, max_tokens: 10}\n"
        "save_messages: yes\npersistent_state: false\nsystem_prompt: |\n  two\n  lines\ndescription: 2025-01-15\n",
    )
    assert configuration == {
        "name": "Scalars",
        "agent_type": "llm_agent",
        "llm_config": {"temperature": 0.5, "max_tokens": 10},
        "save_messages": True,
        "persistent_state": False,
        "system_prompt": "two\nlines\n",
        "description": "2025-01-15",
    }


def test_yaml_aliases_and_merge_keys_are_followed(api: Api) -> None:
    configuration = kept(
        api,
        "name: Aliases\n"
        "entry_point: one\n"
        "agents:\n"
        "  - &one {name: one, agent_type: llm_agent, llm_config: &llm {model: gpt-4o, temperature: 0}}\n"
        "  - {<<: *one, name: two, llm_config: {<<: *llm, temperature: 1}}\n"
        "edges: [{from: one, to: two}, {from: two, to: END}]\n",
    )
    assert configuration["agents"][1] == {
        "name": "two",
        "agent_type": "llm_agent",
        "llm_config": {"model": "gpt-4o", "temperature": 1},
    }


@pytest.mark.parametrize(
    "text",
    ["Grüße aus Köln", "\U0001f600", "日本語", "tab\tnew\nline", "\u0000", "a\u2028b", "</script>", '"\\'],
    ids=ascii,
)
def test_text_comes_back_as_it_was_sent(api: Api, text: str) -> None:
    session_id = api.create_session({**FLAT, "system_prompt": text})
    assert api.get(f"/sessions/{session_id}/").json()["agent_config"]["system_prompt"] == text
    assert api.execute(session_id, text).status_code == 200
    assert api.get(f"/runtime/{session_id}/messages/").json()["messages"][0]["content"] == text


def test_an_escaped_surrogate_pair_is_one_character(api: Api) -> None:
    answer = api.post(f"/runtime/{SESSION_ID}/execute/", data=b'{"content": "\\ud83d\\ude00"}')
    assert answer.status_code == 200
    last = api.get(f"/runtime/{SESSION_ID}/messages/").json()["messages"][-2]
    assert last["content"] == "\U0001f600"


@pytest.mark.parametrize("number", [2**64 - 1, -(2**63), 0, 1.5], ids=str)
def test_numbers_of_64_bits_are_kept(api: Api, number: float) -> None:
    variables = {"limit": {"type": "any", "default": number}}
    session_id = api.create_session({**FLAT, "variables": variables})
    assert api.get(f"/sessions/{session_id}/").json()["agent_config"]["variables"]["limit"]["default"] == number
