"""Pages at a foreign host, pages of apps, and what is said to pages that may not: the imitated API's side of the browser."""

import logging
import re
from collections.abc import Iterator

import pytest
import requests

from atthene_emulator.errors import SetupError
from atthene_emulator.server import EmulatorServer
from tests.conftest import Api

SECONDS = 10
KEY = {"x-api-key": "test-key"}
FOREIGN = "https://app.example.com"
FETCHED = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site"}  # what browsers say of what a page's script asks
PAGES: dict[str, dict[str, str]] = {
    "another origin": {"Origin": "http://evil.com:8484"},
    "hidden origin": {"Origin": "null"},
    "fetch": {"Sec-Fetch-Site": "same-origin"},
    "navigation": {"Sec-Fetch-Mode": "navigate"},
    "destination": {"Sec-Fetch-Dest": "document"},
    "referer": {"Referer": "http://evil.com:8484/page"},
    "a referer that is none": {"Referer": "http://["},
    "local referer, foreign origin": {"Origin": "http://evil.com", "Referer": "http://localhost/"},
}
APPS = [
    "tauri://localhost",
    "capacitor://localhost",
    "null",
    "chrome-extension://abcdefghijklmnop",
    "app://.",
    "file://",
]


@pytest.fixture(scope="module")
def opened() -> Iterator[EmulatorServer]:
    """A server that knows a host, and some origins."""
    origins = ("https://*.preview.example.com", "https://APP.example.com:443", *APPS)
    with EmulatorServer(allow_hosts=("Emulator", "box:8484", "fd00:0::1"), cors_origins=origins) as running:
        yield running


def get(server: EmulatorServer, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(f"{server.base_url}/agent/", headers={**KEY, **named}, timeout=SECONDS)


def refusal_of(origin: str) -> str:
    return f"Pages of {origin} may not call the API; --cors-origin {origin} permits them"


def preflight(server: EmulatorServer, origin: str, **more: str) -> requests.Response:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST", **more}
    return requests.options(f"{server.base_url}/sessions/", headers=headers, timeout=SECONDS)


def allowed(answer: requests.Response) -> str | None:
    return answer.headers.get("Access-Control-Allow-Origin")


# At a foreign host


@pytest.mark.parametrize("host", ["evil.com", "evil.com:8484", "emulator", "10.0.0.1:8484", "localhost.evil.com"])
@pytest.mark.parametrize("headers", PAGES.values(), ids=PAGES)
def test_a_page_at_a_foreign_host_is_refused(api: Api, host: str, headers: dict[str, str]) -> None:
    created = len(api.control("GET", "/state").json()["sessions"])
    for method, path in (("GET", "/agent/"), ("POST", "/sessions/"), ("GET", "/nothing/"), ("DELETE", "/sessions/x/")):
        answer = requests.request(
            method, api.server.base_url + path, headers={**KEY, "Host": host, **headers}, timeout=SECONDS
        )
        assert (answer.status_code, answer.json()["error"]["type"]) == (403, "emulator_error")
        assert f"--allow-host {host.partition(':')[0]}" in answer.json()["error"]["message"]
    assert len(api.control("GET", "/state").json()["sessions"]) == created


def test_the_refusal_names_an_address_whole(api: Api) -> None:
    answer = get(api.server, Host="[fd00::1]:8484", Origin="https://app.example.com")
    assert "--allow-host [fd00::1] permits" in answer.json()["error"]["message"]
    answer = api.control("GET", "/state", headers={"Host": "[fd00::1]:8484"})
    assert "--allow-host [fd00::1] permits" in answer.json()["error"]["message"]


def test_the_refusal_names_the_origin_that_can_be_allowed(api: Api) -> None:
    answer = get(api.server, Host="emulator", Origin="https://app.example.com")
    assert "--cors-origin https://app.example.com" in answer.json()["error"]["message"]


@pytest.mark.parametrize("host", ["evil.com", "emulator:8484", "10.0.0.1", "emulator.svc.cluster.local"])
def test_programs_are_answered_at_any_host(api: Api, host: str) -> None:
    assert get(api.server, Host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost:5173"},
        {"Sec_Fetch_Site": "same-origin", "Referer": "http://localhost:5173/chat"},  # a development proxy
    ],
    ids=["origin", "referer"],
)
def test_a_local_page_behind_a_proxy_is_answered(api: Api, headers: dict[str, str]) -> None:
    assert get(api.server, Host="emulator:8484", **headers).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [("emulator", 200), ("EMULATOR:9000", 200), ("box:8484", 200), ("box:8485", 403), ("box", 403), ("[fd00::1]:8484", 200),
     ("a.emulator", 403), ("localhost", 200), ("[::1]:8484", 200)],
)  # fmt: skip
def test_a_page_at_a_host_that_is_allowed_is_answered(opened: EmulatorServer, host: str, status: int) -> None:
    assert get(opened, Host=host, Origin="https://evil.example").status_code == status
    assert get(opened, Host=host, Sec_Fetch_Site="same-origin").status_code == status


def test_a_page_of_an_allowed_origin_is_answered_at_any_host(opened: EmulatorServer) -> None:
    answer = get(opened, Host="evil.com", Origin="https://app.example.com")
    assert (answer.status_code, allowed(answer)) == (200, "https://app.example.com")


# Origins that can be named


@pytest.mark.parametrize("origin", [*APPS, "https://pr-12.preview.example.com", "https://app.example.com"])
def test_a_named_origin_is_allowed(opened: EmulatorServer, origin: str) -> None:
    assert allowed(get(opened, Origin=origin)) == origin
    assert allowed(preflight(opened, origin)) == origin


@pytest.mark.parametrize(
    "origin",
    ["https://preview.example.com", "https://a.b.preview.example.com", "http://a.preview.example.com", "tauri://other",
     "https://evil.com/.preview.example.com", "https://a.preview.example.com.evil.com", "https://app.example.com:8443"],
)  # fmt: skip
def test_no_other_origin_is(opened: EmulatorServer, origin: str) -> None:
    assert allowed(get(opened, Origin=origin)) is None


def test_every_page_may_be_allowed() -> None:
    with EmulatorServer(cors_origins=("*",)) as server:
        for origin in ("https://evil.example", "null", "tauri://localhost"):
            assert allowed(get(server, Origin=origin, Host="evil.example")) == origin
        answer = requests.get(
            f"{server.control_url}/state", headers={"Origin": "https://evil.example"}, timeout=SECONDS
        )
        assert (answer.status_code, allowed(answer)) == (403, None)


@pytest.mark.parametrize("host", ["anything.example", "10.0.0.1:8484"])
def test_every_host_may_be_allowed_with_a_token(host: str) -> None:
    with EmulatorServer(allow_hosts=("*",), control_token="open sesame") as server:
        assert get(server, Host=host, Origin=f"http://{host}").status_code == 200
        answer = requests.get(f"{server.control_url}/state", headers={"Host": host}, timeout=SECONDS)
        assert answer.status_code == 401
    with pytest.raises(SetupError, match="--control-token"):
        EmulatorServer(allow_hosts=(" * ",))


@pytest.mark.parametrize("origin", ["*", "null", " Null "])
def test_no_option_lets_every_page_control(origin: str) -> None:
    with pytest.raises(
        SetupError, match=f"--control-cors-origin {re.escape(origin.strip().lower())} would let every page"
    ):
        EmulatorServer(control_cors_origins=(origin,), control_token="open sesame")


# What they are told


@pytest.mark.parametrize("origin", ["https://app.example.com", "null", "tauri://localhost", "chrome-extension://abc"])
def test_a_refused_preflight_says_how_to_permit_it(api: Api, origin: str) -> None:
    answer = preflight(api.server, origin)
    assert (answer.status_code, answer.json()["error"]["type"]) == (403, "emulator_error")
    assert answer.json()["error"]["message"] == refusal_of(origin)


def test_so_does_the_answer_to_what_a_page_sends_without_a_key(api: Api) -> None:
    answer = requests.get(f"{api.server.base_url}/agent/", headers={**FETCHED, "Origin": FOREIGN}, timeout=SECONDS)
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, refusal_of(FOREIGN))
    assert allowed(answer) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Origin": FOREIGN}, 401, id="a program without a key"),
        pytest.param({"Origin": FOREIGN, **KEY}, 200, id="a program"),
        pytest.param({"Origin": "file://", **KEY, **FETCHED}, 200, id="Electron whose pages may read anything"),
        pytest.param({"Origin": "http://localhost:3000", **FETCHED}, 401, id="a local page without a key"),
        pytest.param({**FETCHED}, 401, id="the origin itself"),
    ],
)
def test_who_can_read_the_answer_gets_the_services(api: Api, headers: dict[str, str], status: int) -> None:
    assert requests.get(f"{api.server.base_url}/agent/", headers=headers, timeout=SECONDS).status_code == status


def test_a_page_at_another_origin_than_a_public_agents_gets_the_services_answer(api: Api) -> None:
    config = {"name": "Shop", "agent_type": "llm_agent"}
    agent = {"id": "shop", "is_public": True, "origin_url": "https://shop.example", "system_config": config}
    with api.server.client.create_namespace(seed={"accounts": [{"id": "ada"}], "agents": [agent]}) as world:
        headers = {**FETCHED, "Origin": FOREIGN, "X-Emulator-Namespace": world.namespace}
        url = f"{api.server.base_url}/sessions/from-agent/?agent_key=shop"
        answer = requests.get(url, headers=headers, timeout=SECONDS)
    assert (answer.status_code, answer.json()["error"]["type"]) == (403, "permission_error")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"Origin": FOREIGN, "Access-Control-Request-Method": "GET"}, id="preflight"),
        pytest.param({"Origin": FOREIGN, **FETCHED}, id="without a key"),
        pytest.param({"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}, id="at a foreign host"),
    ],
)
def test_the_journal_has_what_was_refused(api: Api, asked: dict[str, str]) -> None:
    method = "OPTIONS" if "Access-Control-Request-Method" in asked else "GET"
    answer = requests.request(method, f"{api.server.base_url}/agent/", headers=asked, timeout=SECONDS)
    entry = api.control("GET", f"/journal/{answer.headers['X-Request-Id']}").json()
    assert (entry["method"], entry["path"], entry["status"]) == (method, "/api/v1/agent/", 403)
    assert (entry["outcome"], entry["response"]) == ("auth_error", answer.json())


def test_the_journal_of_the_key_has_what_was_refused_at_a_foreign_host(api: Api) -> None:
    with api.server.client.create_namespace() as world:
        refused = get(api.server, Host="evil.example", Sec_Fetch_Site="same-origin", **{"x-api-key": world.api_key})
        assert [one.id for one in world.journal(status=403)] == [refused.headers["X-Request-Id"]]


def test_the_journal_has_no_preflight_that_was_answered(api: Api) -> None:
    before = api.control("GET", "/journal", params={"tail": 1}).headers["X-Total-Count"]
    assert preflight(api.server, "http://localhost:5173").status_code == 200
    assert api.control("GET", "/journal", params={"tail": 1}).headers["X-Total-Count"] == before


def test_the_log_says_so_once(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "atthene_emulator"):
        for _ in range(3):
            preflight(api.server, "https://told.example.com")
    (line,) = [one for one in caplog.messages if "told.example.com" in one]
    assert "--cors-origin https://told.example.com" in line


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({**KEY}, id="with the key of the proxy"),
        pytest.param({"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}, id="without a key"),
    ],
)
def test_the_log_says_nothing_of_a_page_whose_own_server_passes_its_origin_on(
    api: Api, caplog: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    asked = {"Origin": "https://phone.example", **headers}
    with caplog.at_level(logging.WARNING, "atthene_emulator"):
        answer = requests.get(f"{api.server.base_url}/agent/", headers=asked, timeout=SECONDS)
    assert answer.status_code == (200 if "x-api-key" in headers else 401)
    assert caplog.messages == []


def test_a_refusal_has_the_option_that_permits_it_for_programs(api: Api) -> None:
    answer = preflight(api.server, "app+x://a")
    assert answer.json()["error"]["details"] == {"option": "--cors-origin", "value": "app+x://a"}
    answer = get(api.server, Host="emulator:8484", Sec_Fetch_Site="same-origin")
    assert answer.json()["error"]["details"] == {"option": "--allow-host", "value": "emulator"}
    answer = api.control("GET", "/state", headers={"Origin": FOREIGN})
    assert answer.json()["error"]["details"] == {"option": "--control-cors-origin", "value": FOREIGN}


@pytest.mark.parametrize(("origin", "status"), [("http://localhost:5173", 200), ("https://evil.example", 403)])
def test_a_local_page_may_ask_from_a_public_network(api: Api, origin: str, status: int) -> None:
    answer = preflight(api.server, origin, **{"Access-Control-Request-Private-Network": "true"})
    assert answer.status_code == status
    assert (answer.headers.get("Access-Control-Allow-Private-Network") == "true") is (status == 200)


def test_a_named_page_may_control_from_a_public_network() -> None:
    with EmulatorServer(control_cors_origins=("https://*.tools.example",)) as server:
        headers = {"Origin": "https://my.tools.example", "Access-Control-Request-Method": "POST"}
        asked = {**headers, "Access-Control-Request-Private-Network": "true"}
        answer = requests.options(f"{server.control_url}/reset", headers=asked, timeout=SECONDS)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Private-Network"]) == (200, "true")
