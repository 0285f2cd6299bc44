"""Every request and answer that the documentation shows, replayed: `api-examples.json` has them, `replays.yaml` says how."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import requests
import yaml

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.operations import OPERATIONS

HERE = Path(__file__).parent
EXAMPLES: dict[str, dict[str, Any]] = {one["id"]: one for one in json.loads((HERE / "api-examples.json").read_text())}
TABLE = yaml.safe_load((HERE / "replays.yaml").read_text())
REPLAYS: dict[str, dict[str, Any]] = TABLE["replays"]
PARTS: dict[str, str] = TABLE["parts"]
PLACE, PART = "{example}", "{value}"

imitated = {name: one for name, one in EXAMPLES.items() if one["operation"].partition(".")[0] not in PARTS}
replayed = [
    pytest.param(name, contract, id=f"{name}-{contract}")
    for name, replay in REPLAYS.items()
    if "left_out" not in replay
    for contract in EXAMPLES[name]["contract"]
]


def shape(value: Any) -> Any:
    """The keys and JSON types of a value, recursively; whole numbers and others are different types."""
    if isinstance(value, Mapping):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def holder_of(value: Any, path: str) -> tuple[Any, Any]:
    """What holds the value at a dotted path, and the key or index that it has there."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        value = value[step]
    return value, last


def fits(value: Any, expected: Any) -> bool:
    """Whether a value that is not determined is within its range, or is like its pattern."""
    if isinstance(expected, Mapping):
        return bool(expected["from"] <= value <= expected["to"])
    return re.fullmatch(expected, str(value)) is not None


def within(value: Any, expected: Any) -> Any:
    """As much of a value as the expected one has, so that a part of an answer can be compared."""
    if isinstance(expected, Mapping) and isinstance(value, Mapping):
        return {key: within(value[key], item) for key, item in expected.items() if key in value}
    if isinstance(expected, list) and isinstance(value, list) and len(expected) == len(value):
        return [within(item, wanted) for item, wanted in zip(value, expected, strict=True)]
    return value


def placed(body: Any, example: Any, place: str = PLACE) -> Any:
    """A body with the example in its place."""
    if isinstance(body, Mapping):
        return {key: placed(item, example, place) for key, item in body.items()}
    return example if body == place else body


@contextmanager
def world(server: EmulatorServer, replay: Mapping[str, Any]) -> Iterator[EmulatorNamespace]:
    """A namespace in the state that an example speaks of."""
    seed = {key: value for key, value in (TABLE["seed"] | replay.get("seed", {})).items() if value is not None}
    with server.client.create_namespace(seed=json.loads(json.dumps(seed, default=str))) as namespace:
        yield namespace


def ask(
    namespace: EmulatorNamespace,
    contract: str,
    request: Mapping[str, Any],
    uploads: Mapping[str, int] = MappingProxyType({}),
) -> requests.Response:
    """Send a request as the documentation writes it; its key and host are ours, and so is what is in its files."""
    headers = {
        "X-Emulator-Namespace": namespace.namespace,
        "X-Emulator-Contract": contract,
        "x-api-key": request.get("key", "test-key"),
        **{name: value for name, value in (request.get("headers") or {}).items() if name != "Authorization"},
    }
    options: dict[str, Any] = {"params": request.get("query"), "headers": headers}
    if "body" in request:
        options["json"] = with_message_id(namespace, request["body"])
    elif "multipart" in request:
        parts = request["multipart"]
        options["data"] = {name: part for name, part in parts.items() if not isinstance(part, Mapping)}
        options["files"] = {
            name: (part["filename"], content_of(part["filename"], uploads.get(name)))
            for name, part in parts.items()
            if isinstance(part, Mapping)
        }
    elif "yaml" in request:
        options["data"] = request["yaml"].encode()
    return requests.request(request["method"], namespace.url + request["path"], timeout=10, **options)


def content_of(filename: str, size: int | None) -> bytes:
    """What is in a file that an example does not show."""
    if size is None:
        return b"example"
    return (b"\xff\xd8\xff" if filename.endswith(".jpg") else b"").ljust(size, b"\0")


def with_message_id(namespace: EmulatorNamespace, body: Any) -> Any:
    if not isinstance(body, Mapping) or body.get("message") != "{message}":
        return body
    headers = {"X-Emulator-Namespace": namespace.namespace, "x-api-key": "test-key"}
    path = f"{namespace.base_url}/runtime/session_abc123/messages/"
    return {**body, "message": requests.get(path, headers=headers, timeout=10).json()["messages"][0]["id"]}


@contextmanager
def meanwhile(namespace: EmulatorNamespace, contract: str, replay: Mapping[str, Any]) -> Iterator[None]:
    """An execution that waits at a gate, if the replay wants one."""
    if not replay.get("held"):
        yield
        return
    request = {"method": "POST", "path": "/api/v1/runtime/session_abc123/execute/", "body": {"content": "Go"}}
    held = threading.Thread(target=ask, args=(namespace, contract, request))
    held.start()
    namespace.gate("long").wait_until_waiting()
    yield
    held.join(10)


@pytest.mark.parametrize(("name", "contract"), replayed)
def test_the_documented_request_gets_the_documented_answer(server: EmulatorServer, name: str, contract: str) -> None:
    example, replay = EXAMPLES[name], REPLAYS[name]
    request = (example.get("request") or {}) | placed(replay.get("send", {}), example.get("value"), PART)
    response = example.get("response") or {}
    with world(server, replay) as namespace, meanwhile(namespace, contract, replay):
        if "first" in replay:
            assert ask(namespace, contract, replay["first"]).ok
        answer = ask(namespace, contract, request, replay.get("uploads", {}))
    assert answer.status_code == (response.get("status") or replay.get("status", 200)), answer.text
    if "yaml" in response:
        assert yaml.safe_load(answer.text) == yaml.safe_load(response["yaml"])
    elif response.get("body") is not None:
        compare(answer.json(), response["body"], contract, example, replay)
    elif response:
        assert answer.content == b""


def compare(found: Any, documented: Any, contract: str, example: Mapping[str, Any], replay: Mapping[str, Any]) -> None:
    """Hold an answer against the documented one: its keys, its types, and all its values that are determined."""
    found, expected = deepcopy(found), deepcopy(documented)
    if "answers" in replay:
        expected = placed(replay["answers"][contract], documented)
    for path in example.get("elided", ()):
        for value in (found, expected):
            holder, key = holder_of({"response": {"body": value}}, path)
            holder.pop(key, None)
    for path, value in replay.get("instead", {}).items():
        holder, key = holder_of(expected, path)
        holder[key] = value
    if example.get("partial") or "answers" in replay:
        found = within(found, expected)
    assert shape(found) == shape(expected)
    for path, wanted in replay.get("varies", {}).items():
        holder, key = holder_of(found, path)
        assert fits(holder[key], wanted), (path, holder[key])
        as_documented, _ = holder_of(expected, path)
        holder[key] = as_documented[key]
    assert found == expected


def test_no_example_is_left_out_without_a_sentence() -> None:
    assert set(REPLAYS) == set(imitated)
    for name, replay in REPLAYS.items():
        assert not EXAMPLES[name]["contract"] or "left_out" not in replay, name
        assert all(replay[key].endswith(".") for key in ("left_out", "because") if key in replay)
        assert ("instead" in replay) == ("because" in replay), name
    assert all(sentence.endswith(".") for sentence in PARTS.values())


def test_every_documented_operation_has_an_example() -> None:
    with_example = {one["operation"] for one in EXAMPLES.values()}
    documented = {row.name for row in OPERATIONS if row.evidence.level == "documented"}
    assert documented - with_example == set(TABLE["unshown"])
