"""Web pages: those of this machine may call the API, others only when they are named, and never everybody."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api
from tests.redis_server import RedisServer

LOCAL = "http://localhost:5173"
FOREIGN = "https://evil.example"
LOOPBACKS = [LOCAL, "https://localhost", "http://127.0.0.1:3000", "http://[::1]:8080", "http://app.localhost:4200"]
FOREIGNERS = [
    FOREIGN,
    "null",
    "http://localhost.evil.example",
    "http://evil.example:5173",
    "http://evillocalhost",
    "http://127.0.0.1.evil.example",
    "http://user@localhost",
    "http://localhost:5173.evil.example",
    "file://localhost",
    "http://192.168.0.10",
    "http://localhost:5173/",
]


def preflight(server: EmulatorServer, origin: str, method: str = "POST", path: str = "/sessions/") -> requests.Response:
    """What a browser asks before it sends a request with a key."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type, x-api-key, x-emulator-contract",
    }
    return requests.options(server.base_url + path, headers=headers, timeout=10)


def names(answer: requests.Response, header: str) -> set[str]:
    """The names in a header, in lower case."""
    return {name.strip().lower() for name in answer.headers[header].split(",")}


@pytest.mark.parametrize("origin", LOOPBACKS)
def test_a_local_page_may_send_its_key(server: EmulatorServer, origin: str) -> None:
    answer = preflight(server, origin)
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert {"content-type", "x-api-key", "x-emulator-contract"} <= names(answer, "Access-Control-Allow-Headers")
    assert "origin" in names(answer, "Vary")


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_local_page_may_use_every_method_of_the_api(server: EmulatorServer, method: str) -> None:
    answer = preflight(server, LOCAL, method)
    assert answer.status_code in (200, 204)
    assert method.lower() in names(answer, "Access-Control-Allow-Methods")


@pytest.mark.parametrize("origin", LOOPBACKS)
def test_a_local_page_reads_answers_and_their_headers(api: Api, origin: str) -> None:
    answer = api.get("/sessions/", headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert {
        "retry-after",
        "x-request-id",
        "x-emulator-evidence",
        "x-emulator-script",
        "x-emulator-diagnostics",
    } <= names(answer, "Access-Control-Expose-Headers")
    assert "origin" in names(answer, "Vary")


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        pytest.param("/sessions/", None, 401, id="401"),
        pytest.param("/sessions/", "forbidden-key", 403, id="403"),
        pytest.param("/sessions/no-such/", "test-key", 404, id="404"),
        pytest.param("/nothing/", "test-key", 404, id="unknown path"),
        pytest.param("/runtime/session_abc123/messages/?limit=x", "test-key", 400, id="400"),
    ],
)
def test_a_local_page_reads_errors(api: Api, path: str, key: str | None, status: int) -> None:
    answer = api.as_account(key).get(path, headers={"Origin": LOCAL})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == LOCAL


@pytest.mark.parametrize("origin", FOREIGNERS)
def test_a_foreign_page_is_not_allowed(api: Api, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(api.server, origin).headers
    answer = api.get("/sessions/", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_refused_preflight_allows_nothing(api: Api) -> None:
    answer = preflight(api.server, FOREIGN)
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("origin", [LOCAL, FOREIGN])
def test_nothing_is_allowed_to_everybody(api: Api, origin: str) -> None:
    for answer in (preflight(api.server, origin), api.get("/sessions/", headers={"Origin": origin})):
        allowed = [value for name, value in answer.headers.items() if name.lower().startswith("access-control-")]
        assert not any("*" in value for value in allowed)
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_without_an_origin_there_are_no_cors_headers(api: Api) -> None:
    answer = api.get("/sessions/")
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_a_named_foreign_origin_is_allowed_and_no_other() -> None:
    with EmulatorServer(cors_origins=(FOREIGN,)) as server:
        assert preflight(server, FOREIGN).headers["Access-Control-Allow-Origin"] == FOREIGN
        answer = Api(server).get("/sessions/", headers={"Origin": FOREIGN})
        assert answer.headers["Access-Control-Allow-Origin"] == FOREIGN
        assert preflight(server, LOCAL).headers["Access-Control-Allow-Origin"] == LOCAL
        for other in ("https://evil.example:444", "http://evil.example", "https://www.evil.example"):
            assert "Access-Control-Allow-Origin" not in preflight(server, other).headers


def test_a_preflight_creates_nothing_and_needs_no_key(api: Api) -> None:
    before = api.control("GET", "/state").json()["sessions"]
    answer = preflight(api.server, LOCAL, "GET", "/sessions/from-agent/?agent_key=customer_support_agent")
    assert answer.status_code in (200, 204)
    assert api.control("GET", "/state").json()["sessions"] == before


def test_options_without_a_preflight_is_an_ordinary_request(api: Api) -> None:
    answer = api.request("OPTIONS", "/sessions/", headers={"Origin": LOCAL})
    assert answer.status_code == 204
    assert "POST" in answer.headers["Allow"]
    assert answer.headers["Access-Control-Allow-Origin"] == LOCAL


PAGE = "https://shop.example.com"
PUBLIC = {
    "accounts": [{"id": "owner", "api_keys": ["owner-key"]}],
    "agents": [{"id": "public", "is_public": True, "origin_url": PAGE, "system_config": {**FLAT, "name": "Public"}}],
}


@contextmanager
def on_a_file(folder: Path) -> Iterator[tuple[EmulatorServer, Callable[[], EmulatorServer]]]:
    """An emulator, and how there comes to be one that has loaded nothing."""
    with ExitStack() as stack:
        before = stack.enter_context(EmulatorServer(store=folder / "emulator.db"))

        def restart() -> EmulatorServer:
            stack.pop_all().close()
            return stack.enter_context(EmulatorServer(store=folder / "emulator.db"))

        yield before, restart


@contextmanager
def on_a_redis(_: Path) -> Iterator[tuple[EmulatorServer, Callable[[], EmulatorServer]]]:
    with RedisServer() as redis, EmulatorServer(store=redis.url) as one, EmulatorServer(store=redis.url) as other:
        assert requests.get(f"{other.base_url}/sessions/", headers={"x-api-key": other.api_key}, timeout=10).ok
        yield one, lambda: other  # which has `default`, where preflights are answered


@pytest.mark.parametrize("kept", [on_a_file, on_a_redis])
def test_a_page_of_a_public_agent_is_let_in_whoever_has_its_namespace_loaded(kept: Any, tmp_path: Path) -> None:
    with kept(tmp_path) as (one, another):
        made = one.client.create_namespace("shop", seed=PUBLIC)
        assert requests.get(f"{one.base_url}/sessions/", headers={"x-api-key": made.api_key}, timeout=10).ok
        asked = another()
        answer = preflight(asked, PAGE)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
        assert [one.name for one in asked.emulator.namespaces if one.name == "shop"] == []
        for origin in (FOREIGN, f"{PAGE}:8443", "owner-key"):
            assert preflight(asked, origin).status_code == 403
        asked.client.delete_namespace("shop")
        assert preflight(asked, PAGE).status_code == 403
