"""Where clients find the emulator: its root, a public URL, and what trusted proxies forward."""

import socket
from typing import Any

import pytest
import requests

from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.root import is_trusted
from tests.conftest import Api

SECONDS = 10
PUBLIC = "https://example.com:8443/emulator"
FORWARDED: dict[str, tuple[dict[str, str], str]] = {
    "nothing": ({}, "http://{own}"),
    "proto": ({"X-Forwarded-Proto": "https"}, "https://{own}"),
    "all": (
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example", "X-Forwarded-Prefix": "/emulator/"},
        "https://a.example/emulator",
    ),
    "several": ({"X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "a.example, b.example"}, "https://a.example"),
    "standard": ({"Forwarded": 'for=10.0.0.1;proto=https;host="a.example:8443", for=10.0.0.2;proto=http'}, "https://a.example:8443"),
    "nonsense": ({"X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "a b", "X-Forwarded-Prefix": "//evil"}, "http://{own}"),
}  # fmt: skip


def namespaces(server: EmulatorServer, **headers: str) -> Any:
    answer = requests.get(f"{server.control_url}/namespaces", headers=headers, timeout=SECONDS)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/"])
@pytest.mark.parametrize("headers", [{}, {"Host": "10.42.0.17"}, {"Accept": "*/*"}], ids=str)
def test_the_root_says_what_is_here_and_where(api: Api, method: str, path: str, headers: dict[str, str]) -> None:
    answer = requests.request(method, api.server.url + path, headers=headers, timeout=SECONDS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    if method == "GET":
        told = answer.json()
        root = f"http://{headers['Host']}" if "Host" in headers else api.server.url
        assert (told["name"], told["api"], told["control"]) == (
            "Atthene emulator", f"{root}/api/v1", f"{root}/__emulator"
        )  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_root_is_read_only(api: Api, method: str) -> None:
    assert requests.request(method, f"{api.server.url}/", timeout=SECONDS).status_code == 404


def test_a_page_of_this_machine_reads_the_root(api: Api) -> None:
    answer = requests.get(api.server.url, headers={"Origin": "http://localhost:5173"}, timeout=SECONDS)
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"


def test_waiting_for_the_root_leaves_no_trace(api: Api) -> None:
    api.control("DELETE", "/journal")
    requests.get(f"{api.server.base_url}/", timeout=SECONDS)
    assert api.control("GET", "/journal").json() == []


def test_a_public_url_is_where_clients_are_sent() -> None:
    with EmulatorServer(public_url=PUBLIC, rulings=Rulings({"D09.slash": "redirected"})) as server:
        assert namespaces(server)[0]["base_url"] == f"{PUBLIC}/api/v1"
        assert requests.get(server.url, timeout=SECONDS).json()["api"] == f"{PUBLIC}/api/v1"
        document = requests.get(f"{server.control_url}/openapi.json", timeout=SECONDS).json()
        assert document["servers"][0]["url"] == f"{PUBLIC}/api/v1"
        moved = requests.get(
            f"{server.base_url}/agent", headers={"x-api-key": "test-key"}, allow_redirects=False, timeout=SECONDS
        )
        assert moved.headers["Location"] == "/emulator/api/v1/agent/"


def test_its_host_and_its_pages_are_known_ones() -> None:
    with EmulatorServer(public_url=PUBLIC.replace("example", "Example")) as server:
        page = {"Host": "example.com:8443", "Origin": "https://example.com:8443"}
        assert len(namespaces(server, **page)) == 1
        assert requests.get(f"{server.base_url}/", headers=page, timeout=SECONDS).status_code == 200
        elsewhere = {"Host": "10.0.0.1:8484", "Origin": "https://example.com:8443"}
        answer = requests.get(
            f"{server.base_url}/", headers=elsewhere, timeout=SECONDS
        )  # of a proxy that has its own Host
        assert answer.headers["Access-Control-Allow-Origin"] == elsewhere["Origin"]
        assert requests.get(f"{server.control_url}/state", headers=elsewhere, timeout=SECONDS).status_code == 403


@pytest.mark.parametrize("path", ["/api/v1/agent/", "/__emulator/state", "/__emulator/ready", "", "/"])
def test_a_proxy_may_pass_on_the_whole_path_or_its_end(path: str) -> None:
    with EmulatorServer(public_url=PUBLIC) as server:
        for before in ("", "/emulator"):
            answer = requests.get(server.url + before + path, headers={"x-api-key": "test-key"}, timeout=SECONDS)
            assert answer.status_code == 200
        assert requests.get(f"{server.url}/emulatorx{path}", timeout=SECONDS).status_code == 404


@pytest.mark.parametrize("row", FORWARDED.values(), ids=FORWARDED)
def test_a_trusted_proxy_says_where_clients_are(row: tuple[dict[str, str], str]) -> None:
    headers, expected = row
    with EmulatorServer(trusted_proxies=("10.0.0.0/8", "127.0.0.1")) as server:
        own = server.url.removeprefix("http://")
        assert namespaces(server, **headers)[0]["base_url"] == f"{expected.format(own=own)}/api/v1"


def test_nobody_is_trusted_unasked() -> None:
    with EmulatorServer() as server:
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        assert namespaces(server, **headers)[0]["base_url"] == server.base_url


@pytest.mark.parametrize(
    ("address", "proxies", "trusted"),
    [("10.1.2.3", ("10.0.0.0/8",), True), ("11.1.2.3", ("10.0.0.0/8",), False), ("::1", ("::1",), True),
     ("10.1.2.3", ("::1", "10.1.2.3"), True), ("", ("10.0.0.0/8",), False), ("", ("*",), True), ("a", (), False)],
)  # fmt: skip
def test_addresses_and_networks_are_trusted(address: str, proxies: tuple[str, ...], *, trusted: bool) -> None:
    assert is_trusted(address, proxies) is trusted


@pytest.mark.parametrize("path", ["/", "/__emulator/ready", "/__emulator/health"])
def test_a_probe_without_a_host_is_answered(api: Api, path: str) -> None:
    port = int(api.server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.split(b" ")[1] == b"200"
