"""Pages reach the control plane only when they are named, and never by a request that needs no permission."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from atthene_emulator.errors import SetupError
from atthene_emulator.limits import CONTENT, LARGE_BODY, MIB
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operation import Operation
from tests.conftest import Api

TOOL = "https://tools.example"
FOREIGN = "https://evil.example"
SIMPLE = [
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
]
TAKING = [row for row in CONTROL if row.body is not None]


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A server whose control plane the pages of one origin may use."""
    with EmulatorServer(control_cors_origins=(TOOL,)) as running:
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[Api]:
    """A client of a server that wants a token, too."""
    with EmulatorServer(control_cors_origins=(TOOL,), control_token="open sesame") as running:
        yield Api(running)


def refused(answer: requests.Response, status: int) -> bool:
    """Whether the emulator itself refused."""
    return answer.status_code == status and answer.json()["error"]["type"] == "emulator_error"


def allowed(answer: requests.Response) -> dict[str, str]:
    """What an answer says to pages."""
    return {name.lower(): value for name, value in answer.headers.items() if name.lower().startswith("access-control-")}


def preflight(api: Api, origin: str, method: str = "POST", path: str = "/reset", **headers: str) -> requests.Response:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type, authorization"}
    return api.control("OPTIONS", path, headers={"Origin": origin, **asked, **headers})


def path_of(row: Operation) -> str:
    return row.path.format(name="gate", id="id", session_id="session_abc123")


def state(api: Api) -> Any:
    return api.control("GET", "/state").json()


# Pages that were named


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_named_page_may_ask_by_every_method(api: Api, method: str) -> None:
    answer = preflight(api, TOOL, method)
    assert answer.status_code == 200
    assert allowed(answer)["access-control-allow-origin"] == TOOL
    assert method in allowed(answer)["access-control-allow-methods"]
    assert {"content-type", "authorization"} <= {
        name.strip().lower() for name in allowed(answer)["access-control-allow-headers"].split(",")
    }
    assert "origin" in answer.headers["Vary"].lower()
    assert "access-control-allow-credentials" not in allowed(answer)


@pytest.mark.parametrize("site", [None, "cross-site", "same-site"])
def test_a_named_page_reads_and_resets(api: Api, site: str | None) -> None:
    headers = {"Origin": TOOL, **({"Sec-Fetch-Site": site} if site else {})}
    session_id = api.create_session()
    answer = api.control("GET", "/state", headers=headers)
    assert (answer.status_code, allowed(answer)["access-control-allow-origin"]) == (200, TOOL)
    answer = api.control("POST", "/reset", headers=headers)
    assert (answer.status_code, allowed(answer)["access-control-allow-origin"]) == (200, TOOL)
    assert api.get(f"/sessions/{session_id}/").status_code == 404


def test_a_named_page_reads_how_much_there_is(api: Api) -> None:
    answer = api.control("GET", "/journal", headers={"Origin": TOOL})
    exposed = {name.strip().lower() for name in allowed(answer)["access-control-expose-headers"].split(",")}
    assert exposed == {"x-total-count", "x-emulator-dropped"}


def test_a_named_page_reads_errors(api: Api) -> None:
    answer = api.control("GET", "/jurnal", headers={"Origin": TOOL})
    assert refused(answer, 404)
    assert allowed(answer)["access-control-allow-origin"] == TOOL


def test_a_named_page_follows_events(api: Api) -> None:
    answer = api.control("GET", "/events", headers={"Origin": TOOL})
    assert (answer.status_code, allowed(answer)["access-control-allow-origin"]) == (200, TOOL)
    assert next(answer.iter_lines()) == b": hello"
    answer.close()


@pytest.mark.parametrize(
    "origin",
    [FOREIGN, "null", "", "http://tools.example", "https://tools.example:444", "https://a.tools.example",
     "https://tools.example.evil.example", "https://tools.example/", "http://localhost:5173"],
    ids=lambda origin: origin or "empty",
)  # fmt: skip
def test_another_page_is_refused_all_the_same(api: Api, origin: str) -> None:
    session_id = api.create_session()
    for answer in (
        preflight(api, origin),
        api.control("POST", "/reset", headers={"Origin": origin}),
        api.control("GET", "/state", headers={"Origin": origin}),
    ):
        assert refused(answer, 403)
        assert allowed(answer) == {}
    assert api.get(f"/sessions/{session_id}/").status_code == 200


def test_a_page_that_hides_its_origin_is_not_told_to_permit_what_would_permit_every_page(api: Api) -> None:
    answer = api.control("GET", "/state", headers={"Origin": "null"})
    assert refused(answer, 403)
    assert "--control-cors-origin" not in answer.text
    assert "serve it at an address" in answer.text


def test_a_named_page_is_refused_at_a_foreign_host(api: Api) -> None:
    headers = {"Host": "evil.example"}
    assert refused(preflight(api, TOOL, **headers), 403)
    assert refused(api.control("GET", "/state", headers={"Origin": TOOL, **headers}), 403)


def test_being_named_for_the_control_plane_is_not_being_named_for_the_api(api: Api) -> None:
    answer = api.get("/agent/", headers={"Origin": TOOL})
    assert "access-control-allow-origin" not in allowed(answer)


def test_being_named_for_the_api_is_not_being_named_for_the_control_plane() -> None:
    with EmulatorServer(cors_origins=(TOOL,)) as server:
        answer = Api(server).control("GET", "/state", headers={"Origin": TOOL})
    assert refused(answer, 403)
    assert allowed(answer) == {}


# With a token


def test_a_named_page_asks_for_permission_without_the_token(guarded: Api) -> None:
    answer = preflight(guarded, TOOL)
    assert (answer.status_code, allowed(answer)["access-control-allow-origin"]) == (200, TOOL)


@pytest.mark.parametrize(("authorization", "status"), [(None, 401), ("Bearer wrong", 401), ("Bearer open sesame", 200)])
def test_a_named_page_needs_the_token(guarded: Api, authorization: str | None, status: int) -> None:
    headers = {"Origin": TOOL, **({"Authorization": authorization} if authorization else {})}
    answer = guarded.control("GET", "/state", headers=headers)
    assert answer.status_code == status
    assert allowed(answer)["access-control-allow-origin"] == TOOL


def test_the_token_opens_nothing_to_another_page(guarded: Api) -> None:
    headers = {"Origin": FOREIGN, "Authorization": "Bearer open sesame"}
    assert refused(guarded.control("POST", "/reset", headers=headers), 403)
    assert guarded.control("GET", "/state", headers={**headers, "Origin": guarded.server.url}).status_code == 200


def test_an_empty_token_is_refused() -> None:
    with pytest.raises(SetupError, match="token"):
        EmulatorServer(control_token="")


# Paths


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["", "/"])
def test_the_prefix_alone_is_the_control_planes_404(api: Api, method: str, path: str) -> None:
    answer = api.control(method, path)
    assert refused(answer, 404)
    assert allowed(answer) == {}
    assert refused(api.control(method, path, headers={"Origin": FOREIGN}), 403)
    assert refused(api.control(method, path, headers={"Host": "evil.example"}), 403)


@pytest.mark.parametrize("path", ["/__emulatorx", "/__Emulator/state", "/x/__emulator/state", "/api/v1/../__emulatorx"])
def test_what_only_looks_like_the_control_plane_is_not(api: Api, path: str) -> None:
    answer = requests.get(api.server.url + path, headers={"Host": "evil.example"}, timeout=10)
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found"


@pytest.mark.parametrize("path", ["/%73tate", "/state?x=1", "/st%61te/"])
def test_no_other_writing_of_a_path_gets_past_the_guard(api: Api, path: str) -> None:
    assert refused(api.control("GET", path, headers={"Origin": FOREIGN}), 403)


def test_the_prefix_in_another_writing_is_guarded_too(api: Api) -> None:
    answer = requests.get(f"{api.server.url}/%5f_emulator/state", headers={"Origin": FOREIGN}, timeout=10)
    assert answer.status_code in (403, 404)
    assert "sessions" not in answer.json()


# Bodies


@pytest.mark.parametrize("media", SIMPLE, ids=lambda media: media.partition(";")[0] + str(";" in media))
@pytest.mark.parametrize("row", TAKING, ids=lambda row: f"{row.method} {row.path}")
def test_a_body_that_a_page_can_send_unasked_is_refused(api: Api, row: Operation, media: str) -> None:
    before = state(api)
    body = b'{"mode": "frozen", "seconds": 5, "status": 503, "name": "x", "state": "empty"}'
    answer = api.control(row.method, path_of(row), data=body, headers={"Content-Type": media})
    assert refused(answer, 415)
    after = state(api)
    assert (after["counts"], after["clock"]["mode"]) == (before["counts"], before["clock"]["mode"])
    assert len(api.control("GET", "/namespaces").json()) == 1


@pytest.mark.parametrize("row", TAKING, ids=lambda row: f"{row.method} {row.path}")
def test_a_body_of_no_type_is_refused(api: Api, row: Operation) -> None:
    answer = api.control(row.method, path_of(row), data=b'{"status": 503}')
    assert refused(answer, 415)
    assert answer.json()["error"]["message"] == "Send the body with Content-Type: application/json"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json; charset=utf-16"}, 415),
        ({"Content-Type": "application/json; charset=utf-8"}, 201),
        ({"Content-Type": "application/yaml"}, 201),
    ],
    ids=["compressed", "another charset", "charset", "yaml"],
)
def test_a_body_is_json_or_yaml_in_utf_8(api: Api, headers: dict[str, str], status: int) -> None:
    assert api.control("POST", "/faults", data=b'{"status": 503}', headers=headers).status_code == status


LARGE = {"/namespaces": LARGE_BODY.most, "/snapshots/{name}": LARGE_BODY.most + -(-CONTENT.most * 4 // 3)}


@pytest.mark.parametrize("row", TAKING, ids=lambda row: f"{row.method} {row.path}")
@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "in chunks"])
def test_a_body_that_is_too_large_is_refused(api: Api, row: Operation, *, chunked: bool) -> None:
    size = LARGE.get(row.path, MIB) + 1
    body: Any = iter([b" " * (size - 1), b" "]) if chunked else b" " * size
    answer = api.control(row.method, path_of(row), data=body, headers={"Content-Type": "application/json"})
    assert refused(answer, 413)
    assert "bytes" in answer.json()["error"]["message"]


def test_a_body_that_is_just_small_enough_is_read(api: Api) -> None:
    body = b'{"status": 503}' + b" " * (1024 * 1024 - 15)
    answer = api.control("POST", "/faults", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201


def test_the_bound_of_the_api_is_not_that_of_the_control_plane() -> None:
    with EmulatorServer(max_body=10) as server:
        assert Api(server).control("POST", "/faults", json={"status": 503, "message": "longer"}).status_code == 201


# What the log says of it


def test_the_log_says_once_of_a_page_what_permits_it(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "atthene_emulator"):
        for method in ("OPTIONS", "POST", "POST"):
            assert refused(api.control(method, "/reset", headers={"Origin": "https://told.example"}), 403)
        api.control("GET", "/ready", headers={"Host": "10.0.0.1:8484"})  # a probe, which anybody may send
    what = "The control plane does not answer to pages of another origin"
    assert caplog.messages == [f"{what}; --control-cors-origin https://told.example permits this one"]


def test_a_refusal_shows_the_beginning_of_a_long_header(api: Api) -> None:
    for name in ("Origin", "Host"):
        answer = api.control("GET", "/state", headers={name: "a" * 5_000})
        assert refused(answer, 403)
        assert len(answer.json()["error"]["message"]) < 1_000
