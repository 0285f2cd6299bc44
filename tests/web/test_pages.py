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


def test_a_refused_preflight_says_how_to_permit_it(api: Api) -> None:
    answer = preflight(api.server, "https://app.example.com")
    assert (answer.status_code, answer.json()["error"]["type"]) == (403, "emulator_error")
    assert "--cors-origin https://app.example.com" in answer.json()["error"]["message"]


def test_the_log_says_so_once(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "atthene_emulator"):
        for _ in range(3):
            get(api.server, Origin="https://told.example.com")
    (line,) = [one for one in caplog.messages if "told.example.com" in one]
    assert "--cors-origin https://told.example.com" in line


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
