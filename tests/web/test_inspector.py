"""The inspector and the other pages for people, as they are served: to whom, how, and what they tell."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.inspector import POLICY, files
from docs.vendored import FOLDER, LIST, digest
from tests.conftest import Api

SECONDS = 10
VISIT = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NAVIGATION = {**VISIT, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
CROSS = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
PAGES = ["/__emulator/", "/api/v1/docs/"]


def get(server: EmulatorServer, path: str, **headers: str) -> requests.Response:
    return requests.get(server.url + path, headers=headers, timeout=SECONDS, allow_redirects=False)


@pytest.fixture(scope="module")
def bare() -> Iterator[EmulatorServer]:
    """An emulator without pages."""
    with EmulatorServer(no_ui=True) as server:
        yield server


@pytest.fixture(scope="module")
def guarded() -> Iterator[EmulatorServer]:
    with EmulatorServer(control_token="open sesame") as server:
        yield server


@pytest.mark.parametrize("path", [*PAGES, "/"])
def test_a_page_may_load_what_is_here_and_nothing_else(api: Api, path: str) -> None:
    answer = get(api.server, path, **VISIT)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize("name", sorted(files()))
def test_every_file_of_the_page_is_served(api: Api, name: str) -> None:
    answer = get(api.server, f"/__emulator/inspector/{name}")
    assert answer.status_code == 200
    assert answer.content == files()[name].data
    again = get(api.server, f"/__emulator/inspector/{name}", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "app.jsx",
        "../web/app.py",
        "..%2fweb%2fapp.py",
        "%2e%2e/__init__.py",
        "vendor",
        "start.template",
        "/etc/passwd",
    ],
)
def test_nothing_else_can_be_asked_for(api: Api, name: str) -> None:
    request = requests.Request("GET", "http://x").prepare()
    request.url = f"{api.server.url}/__emulator/inspector/{name}"
    answer = requests.Session().send(request, timeout=SECONDS)
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "emulator_error"


def test_a_near_name_is_suggested(api: Api) -> None:
    assert "did you mean app.js?" in get(api.server, "/__emulator/inspector/ap.js").json()["error"]["message"]


def test_without_its_slash_the_page_is_sent_on(api: Api) -> None:
    assert get(api.server, "/__emulator").headers["Location"] == "__emulator/"
    assert get(api.server, "/api/v1/docs").headers["Location"] == "docs/"


class TestWhoGetsIt:
    def test_a_link_on_any_page_leads_there(self, api: Api) -> None:
        assert get(api.server, "/__emulator/", **NAVIGATION, **{"Sec-Fetch-Site": "cross-site"}).status_code == 200

    @pytest.mark.parametrize("path", ["/__emulator/", "/__emulator/inspector/app.js"])
    @pytest.mark.parametrize("dest", ["script", "iframe", "empty", "style", "object"])
    def test_no_other_page_loads_it(self, api: Api, path: str, dest: str) -> None:
        answer = get(api.server, path, **{**CROSS, "Sec-Fetch-Dest": dest})
        assert (answer.status_code, answer.json()["error"]["type"]) == (403, "emulator_error")

    @pytest.mark.parametrize("path", ["/__emulator/", "/__emulator/inspector/app.js"])
    def test_a_name_that_somebody_points_here_does_not_reach_it(self, api: Api, path: str) -> None:
        assert get(api.server, path, Host="evil.example", **NAVIGATION).status_code == 403

    @pytest.mark.parametrize("path", ["/", "/api/v1/docs/", "/api/v1/docs/openapi.json"])
    def test_nothing_is_shown_at_a_name_that_somebody_points_here(self, api: Api, path: str) -> None:
        answer = get(api.server, path, Host="evil.example", Accept="text/html")  # no other header tells who asks
        assert (answer.status_code, "--allow-host evil.example" in answer.text) == (403, True)
        assert "test-key" not in answer.text

    def test_no_token_is_needed_for_files_that_tell_nothing(self, guarded: EmulatorServer) -> None:
        assert get(guarded, "/__emulator/").status_code == 200
        assert get(guarded, "/__emulator/inspector/app.js").status_code == 200
        assert get(guarded, "/__emulator/state").status_code == 401

    def test_a_proxy_with_a_path_of_its_own_is_no_hindrance(self) -> None:
        with EmulatorServer(public_url="http://localhost:9999/atthene") as server:
            page = get(server, "/atthene/", Host="localhost:9999", **VISIT)
            assert 'href="__emulator/"' in page.text
            assert "http://localhost:9999/atthene/api/v1" in page.text
            assert get(server, "/atthene/__emulator/", Host="localhost:9999").status_code == 200


class TestTheStartPage:
    @pytest.mark.parametrize(("path", "up"), [("/", ""), ("/api/v1", "../"), ("/api/v1/", "../../")])
    def test_a_browser_is_told_where_it_is_and_how_it_is_called(self, api: Api, path: str, up: str) -> None:
        page = get(api.server, path, **VISIT).text
        assert f"{api.server.url}/api/v1" in page
        assert f'href="{up}__emulator/"' in page
        assert 'data-copy="test-key"' in page
        assert "expires 2024-01-01T00:00:00Z" in page

    def test_no_key_is_shown_where_a_token_is_wanted(self, guarded: EmulatorServer) -> None:
        page = get(guarded, "/", **VISIT).text
        assert "test-key" not in page
        assert "the seed has them" in page

    @pytest.mark.parametrize("mode", ["cors", "no-cors", "same-origin"])
    def test_a_script_in_a_page_gets_no_keys(self, api: Api, mode: str) -> None:
        answer = get(api.server, "/", Origin="http://localhost:5173", **VISIT, **{"Sec-Fetch-Mode": mode})
        assert answer.headers["Content-Type"] == "application/json"
        assert "test-key" not in answer.text

    def test_a_page_of_another_origin_gets_no_keys_however_it_asks(self, api: Api) -> None:
        answer = get(api.server, "/", Origin="http://localhost:5173", **VISIT)
        assert answer.headers["Content-Type"] == "application/json"

    def test_what_a_seed_says_is_text(self, tmp_path: Path) -> None:
        seed = tmp_path / "seed.yaml"
        seed.write_text(json.dumps({"accounts": [{"id": "<b>ada</b>", "api_keys": ['k"><i>ey']}]}))
        with EmulatorServer(seeds=(str(seed),)) as server:
            page = get(server, "/", **VISIT).text
        assert "&lt;b&gt;ada&lt;/b&gt;" in page
        assert 'data-copy="k&quot;&gt;&lt;i&gt;ey"' in page


class TestWithout:
    @pytest.mark.parametrize("path", ["/__emulator/", "/__emulator/inspector/app.js", "/api/v1/docs/"])
    def test_there_are_no_pages(self, bare: EmulatorServer, path: str) -> None:
        assert get(bare, path, **VISIT).status_code == 404

    def test_the_root_is_an_index_for_everybody(self, bare: EmulatorServer) -> None:
        answer = get(bare, "/", **VISIT)
        assert "inspector" not in answer.json()
        assert get(bare, "/favicon.ico").status_code == 204


def test_programs_are_told_of_the_page(api: Api) -> None:
    assert get(api.server, "/").json()["inspector"] == f"{api.server.url}/__emulator/"


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/__emulator/", "/api/v1/docs/", "/api/v1/docs/openapi.json"])
def test_looking_leaves_no_trace(api: Api, path: str) -> None:
    api.control("DELETE", "/journal")
    assert get(api.server, path, **VISIT).status_code == 200
    assert api.control("GET", "/journal").json() == []


def test_the_reference_says_that_its_place_is_our_decision(api: Api) -> None:
    assert get(api.server, "/api/v1/docs/").headers["X-Emulator-Evidence"] == "decided"
    document = get(api.server, "/api/v1/docs/openapi.json").json()
    assert document["paths"].keys() == api.control("GET", "/openapi.json").json()["paths"].keys()


VENDORED: list[dict[str, Any]] = json.loads(LIST.read_text(encoding="utf-8"))


@pytest.mark.parametrize("one", VENDORED, ids=lambda one: one["name"])
def test_libraries_of_others_are_what_was_fetched(one: dict[str, Any]) -> None:
    assert digest((FOLDER / one["name"]).read_bytes()) == one["sha256"]
    assert (FOLDER / one["license"]).stat().st_size > 1000


def test_every_library_is_listed() -> None:
    assert {path.name for path in FOLDER.glob("*.mjs")} == {one["name"] for one in VENDORED}
