"""Images: uploaded by either name, known by how they begin, and shown to whoever has the address."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from atthene_emulator.domain import images as use_cases
from atthene_emulator.limits import Limit
from atthene_emulator.server import EmulatorServer
from tests.conftest import Api
from tests.web.images import BMP, GIF, JPEG, PNG, SVG, TIFF, WEBP
from tests.web.test_namespaces import World, make

SECONDS = 10
TYPES = [
    pytest.param("dot.png", PNG, "image/png", "png", id="png"),
    pytest.param("dot.jpg", JPEG, "image/jpeg", "jpg", id="jpg"),
    pytest.param("dot.JPEG", JPEG, "image/jpeg", "jpg", id="jpeg"),
    pytest.param("dot.gif", GIF, "image/gif", "gif", id="gif"),
    pytest.param("dot.gif", GIF.replace(b"9a", b"7a", 1), "image/gif", "gif", id="gif of 1987"),
    pytest.param("dot.webp", WEBP, "image/webp", "webp", id="webp"),
    pytest.param("dot.bmp", BMP, "image/bmp", "bmp", id="bmp"),
    pytest.param("dot.tiff", TIFF, "image/tiff", "tiff", id="tiff"),
    pytest.param("dot.tif", b"MM\x00*" + TIFF[4:], "image/tiff", "tiff", id="tiff of the other order"),
    pytest.param("dot.svg", SVG, "image/svg+xml", "svg", id="svg"),
    pytest.param("dot.svg", b" <svg>", "image/svg+xml", "svg", id="bare svg"),
    pytest.param("dot.jpg", PNG, "image/png", "png", id="png that is called jpg"),
]


def upload(
    api: Api, data: bytes = PNG, name: str = "dot.png", field: str = "file", **options: Any
) -> requests.Response:
    return api.post("/images/upload/", files={field: (name, data)}, **options)


def uploaded(api: Api, data: bytes = PNG, name: str = "dot.png") -> str:
    """The address of a new image."""
    answer = upload(api, data, name)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    return url


def look(url: str, method: str = "GET", **headers: str) -> requests.Response:
    """What is at an address, for somebody without a key."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, url, headers=given, timeout=SECONDS)


@pytest.fixture
def world(server: EmulatorServer) -> Iterator[World]:
    made = make(server)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


@pytest.mark.parametrize(("name", "data", "media_type", "extension"), TYPES)
def test_an_image_is_shown_at_its_address_as_what_it_is(
    api: Api, name: str, data: bytes, media_type: str, extension: str
) -> None:
    answer = upload(api, data, name).json()
    assert (answer["media_type"], answer["size"]) == (media_type, len(data))
    origin = re.escape(api.server.url)
    assert re.fullmatch(rf"{origin}/media/uploaded_images/temp_[0-9a-f]+\.{extension}", answer["url"])
    shown = look(answer["url"])
    assert (shown.status_code, shown.content) == (200, data)
    assert shown.headers["Content-Type"] == media_type
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"].startswith("sandbox")


def test_an_image_is_sent_by_either_name(api: Api) -> None:
    for field in ("file", "image"):
        assert upload(api, field=field).status_code == 201


def test_an_image_that_could_run_a_script_is_no_page(api: Api) -> None:
    assert look(uploaded(api, SVG, "dot.svg")).headers["Content-Disposition"].startswith("attachment")
    assert look(uploaded(api)).headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        pytest.param("notes.png", b"Buy tea", "notes.png is not an image", id="text"),
        pytest.param("empty.png", b"", "empty.png is not an image", id="empty"),
        pytest.param("page.svg", b"<html><svg/></html>", "page.svg is not an image", id="page"),
        pytest.param("late.svg", b"<!-- -->" * 2000 + b"<svg/>", "late.svg is not an image", id="svg behind much else"),
        pytest.param("open.svg", b"<!" + b"-" * 5000, "open.svg is not an image", id="comment without end"),
        pytest.param("a.svg", b"<?xml " + b"?><?" * 1200, "a.svg is not an image", id="many declarations"),
        pytest.param("dot.heic", PNG, "dot.heic is not named as an image", id="other extension"),
        pytest.param("blob", PNG, "blob is not named as an image", id="no extension"),
        pytest.param("dot.png.html", PNG, "dot.png.html is not named as an image", id="two extensions"),
        pytest.param("../../dot.exe", PNG, "dot.exe is not named as an image", id="path"),
    ],
)
def test_what_is_no_image_is_refused(api: Api, name: str, data: bytes, words: str) -> None:
    answer = upload(api, data, name)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "validation_error"
    assert [one["field"] for one in error["details"]["errors"]] == ["file"]
    assert words in error["details"]["errors"][0]["message"]


def test_a_form_without_an_image_is_refused(api: Api) -> None:
    answer = api.post("/images/upload/", files={"picture": ("dot.png", PNG)})
    assert answer.status_code == 400
    (problem,) = answer.json()["error"]["details"]["errors"]
    assert problem == {
        "field": "file",
        "message": "There is no file; send it as a part named file or image, with a filename.",
    }


def test_a_key_is_needed_to_upload(api: Api) -> None:
    assert upload(api.as_account(None)).status_code == 401
    assert upload(api.as_account("wrong")).status_code == 401


def test_whoever_asks_gets_a_part_or_nothing_if_they_have_it(api: Api) -> None:
    url = uploaded(api)
    whole = look(url)
    part = look(url, Range="bytes=1-3")
    assert (part.status_code, part.content) == (206, b"PNG")
    assert look(url, If_None_Match=whole.headers["ETag"]).status_code == 304
    head = look(url, "HEAD")
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(len(PNG)))
    assert look(url, Range="bytes=5000-").status_code == 416


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_an_image_can_only_be_looked_at(api: Api, method: str) -> None:
    answer = look(uploaded(api), method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"]["type"] == "method_not_allowed_error"


def other_seal(url: str) -> str:
    """The address with another character in its name."""
    name = url.rpartition(".")[0]
    return url.replace(name, name[:-1] + ("0" if name[-1] != "0" else "1"))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda url: url.rpartition("/")[0] + "/temp_xyz.jpg", id="another"),
        pytest.param(lambda url: url.rpartition("/")[0] + "/", id="folder"),
        pytest.param(lambda url: url.rpartition(".")[0] + ".jpg", id="another extension"),
        pytest.param(other_seal, id="another seal"),
        pytest.param(lambda url: url + "/", id="slash"),
        pytest.param(lambda url: re.sub("(temp_.{12}).*", r"\1.png", url), id="no seal"),
        pytest.param(lambda url: url + "?emulator_namespace=nowhere", id="no such namespace"),
        pytest.param(lambda url: url.replace("uploaded_images", "elsewhere"), id="elsewhere"),
        pytest.param(lambda url: url.rpartition("/")[0] + "/%ff%00.png", id="no text"),
    ],
)
def test_who_has_no_address_sees_nothing(api: Api, changed: Any) -> None:
    answer = look(changed(uploaded(api)))
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found"


def test_each_namespace_has_its_own_images_which_its_addresses_name(
    api: Api, world: World, server: EmulatorServer
) -> None:
    other = make(server)
    url, second = uploaded(world), uploaded(other)
    assert parse_qs(urlsplit(url).query) == {"emulator_namespace": [world.name]}
    assert look(url).content == PNG
    assert look(url.replace(world.name, other.name)).status_code == 404
    assert urlsplit(url).path != urlsplit(second).path
    api.control("DELETE", f"/namespaces/{other.name}")
    assert look(second).status_code == 404
    assert look(url).status_code == 200


def test_the_same_requests_give_the_same_address(api: Api) -> None:
    url = uploaded(api)
    api.control("POST", "/reset")
    assert look(url).status_code == 404
    assert uploaded(api) == url


def test_a_guarded_namespace_has_addresses_that_nobody_guesses() -> None:
    def address() -> str:
        with EmulatorServer(control_token="open sesame") as guarded, guarded.client.create_namespace("mine") as made:
            url = uploaded(Api(guarded, made.api_key))
            assert look(url).status_code == 200
            return urlsplit(url).path

    assert address() != address()


def test_a_snapshot_has_images(world: World) -> None:
    url = uploaded(world)
    world.told("POST", "/snapshots", json={"name": "kept"})
    world.told("POST", "/clear")
    assert look(url).status_code == 404
    world.told("POST", "/snapshots/kept/restore")
    assert look(url).content == PNG
    (kept,) = world.told("GET", "/snapshots/kept")["images"]
    assert kept["media_type"] == "image/png"


def test_pages_of_any_origin_may_show_an_image_and_allowed_ones_read_it(api: Api) -> None:
    url = uploaded(api)
    shown = look(url, Referer="http://localhost:3000/", Sec_Fetch_Dest="image", Sec_Fetch_Site="same-site")
    assert shown.status_code == 200
    assert shown.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert look(url, Origin="http://localhost:3000").headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "Access-Control-Allow-Origin" not in look(url, Origin="https://evil.example").headers
    assert look(url, Host="evil.example", Sec_Fetch_Site="cross-site").status_code == 403


def test_an_uploaded_image_is_sent_to_an_agent(api: Api) -> None:
    api.server.client.script("A dot.", has_image=True)
    session_id = api.create_session()
    blocks = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": uploaded(api)}}]
    assert api.execute(session_id, blocks).json()["messages"][0]["content"] == "A dot."
    assert api.get(f"/runtime/{session_id}/messages/").json()["messages"][0]["content"] == blocks


def test_of_too_many_images_the_oldest_leaves(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "IMAGES", Limit("images", 2, "the oldest leaves"))
    first, second, third = (uploaded(api, PNG + bytes([number])) for number in range(3))
    assert [look(url).status_code for url in (first, second, third)] == [404, 200, 200]


def test_an_image_whose_bytes_had_to_leave_says_so() -> None:
    with EmulatorServer(max_stored=100_000) as small:
        api = Api(small)
        url = uploaded(api, PNG)
        assert look(uploaded(api, JPEG + bytes(100_000 - len(JPEG)), "dot.jpg")).status_code == 200
        gone = look(url)
        assert gone.status_code == 410
        assert gone.json()["error"]["type"] == "emulator_error"
        assert "--max-stored" in gone.json()["error"]["message"]


def test_the_journal_has_the_upload_and_not_the_looks(world: World) -> None:
    look(uploaded(world))
    assert [entry["operation"] for entry in world.told("GET", "/journal")] == ["images.upload"]
