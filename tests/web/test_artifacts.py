"""Artifacts: files of a session, uploaded or made by its agent, which live as long as it does."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from atthene_emulator.domain import artifacts as use_cases
from atthene_emulator.limits import PREVIEW_COLUMNS, PREVIEW_ROWS, Limit
from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api
from tests.multipart import CONTENT_TYPE, field, file, multipart, with_boundaries
from tests.web.images import PNG
from tests.web.test_namespaces import World, make

SECONDS = 10
FOUR_HOURS = 4 * 3600
NOON = "2025-01-15T12:00:00Z"
ORIGIN = "https://shop.example"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
UNKNOWN = "7b7a6e2a-7c7a-4a2e-9a3e-2e6e7a6e7a6e"
NOT_FOUND = {"error": "Artifact not found."}
PAGE = b"<script>alert(1)</script>"
SEED = {
    "clock": {"mode": "frozen", "now": NOON},
    "accounts": [
        {"id": "ada", "company": "engines", "api_keys": ["key-of-ada"]},
        {"id": "bob", "company": "engines", "api_keys": ["key-of-bob"]},
    ],
    "agents": [
        {"system_config": {**FLAT, "name": "Desk"}, "owner": "ada", "is_public": True, "origin_url": ORIGIN},
        {"system_config": {**FLAT, "name": "Office"}, "owner": "ada"},
    ],
    "sessions": [
        {"id": "public", "agent_key": "desk", "owner": "ada"},
        {"id": "private", "agent_key": "office", "owner": "ada"},
    ],
}
OF_ARTIFACT = ["url", "status", "download", "preview"]
POSTS = ["copy-to-platform", "remove-from-platform"]


@pytest.fixture
def world(server: EmulatorServer) -> Iterator[World]:
    """A namespace whose clock stands at noon."""
    made = make(server, seed=SEED)
    yield made
    Api(server).control("DELETE", f"/namespaces/{made.name}")


def upload(
    api: Api, session: str = "private", data: bytes = b"Hello", name: str = "notes.txt", **fields: str
) -> requests.Response:
    return api.post(f"/sessions/{session}/artifacts/", files={"file": (name, data)}, data=fields)


def uploaded(api: Api, session: str = "private", data: bytes = b"Hello", name: str = "notes.txt", **fields: str) -> Any:
    """A new artifact."""
    answer = upload(api, session, data, name, **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(artifact: Any, what: str, session: str = "private") -> str:
    return f"/sessions/{session}/artifacts/{artifact['artifact_id']}/{what}/"


def statuses(api: Api, artifact: Any) -> tuple[str, str]:
    """How far an artifact has come: its text, and its index."""
    told = api.get(path_of(artifact, "status")).json()
    return told["processing_status"], told["index_status"]


def made_by_agent(api: World, *files: dict[str, str], session: str = "private") -> list[Any]:
    """Artifacts that the agent of a session makes in a turn."""
    api.told("POST", "/scripts", json=[{"then": {"reply": "Done.", "artifacts": list(files)}}])
    assert api.execute(session).status_code == 200
    (*_, execution) = api.told("GET", f"/sessions/{session}/executions")["executions"]
    ids = [one["artifact_id"] for turn in execution["turns"] for one in turn["artifacts"]]
    return [api.get(f"/artifacts/{one}/").json() for one in ids]


def look(url: str, method: str = "GET", **headers: str) -> requests.Response:
    """What is at an address, for somebody without a key."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, url, headers=given, timeout=SECONDS)


def page(
    api: Api, method: str, path: str, origin: str = ORIGIN, agent_key: str = "desk", **options: Any
) -> requests.Response:
    """A request of a page that has no key."""
    headers = {"Origin": origin}
    if isinstance(api, World):
        headers["X-Emulator-Namespace"] = api.name
    params = {"agent_key": agent_key} if agent_key else {}
    return api.as_account(None).request(method, path, params=params, headers=headers, **options)


# Uploads


def test_an_artifact_looks_as_documented(world: World) -> None:
    artifact = uploaded(world, data=b"%PDF-1.7", name="report.pdf", title="Q3 Report")
    known = artifact["artifact_id"]
    assert re.fullmatch(UUID, known)
    assert artifact == {
        "artifact_id": known,
        "title": "Q3 Report",
        "display_name": "Q3 Report",
        "kind": "document",
        "url": artifact["url"],
        "thumbnail_url": None,
        "mime_type": "application/pdf",
        "original_filename": "report.pdf",
        "uuid_filename": f"{known}.pdf",
        "s3_key": f"company/engines/user/ada/chat-artifacts/private/{known}.pdf",
        "processing_strategy": "document",
        "processing_status": "pending",
        "index_status": "pending",
        "file_size": 8,
    }
    detail = world.get(f"/artifacts/{known}/").json()
    about = {"session_id": "private", "origin": "user_upload", "created_at": NOON}
    assert detail == {**artifact, **about}


@pytest.mark.parametrize(
    ("names", "kind", "strategy", "status"),
    [
        ("a.pdf a.docx a.doc a.txt a.md a.html a.PDF", "document", "document", "pending"),
        ("a.png a.jpg a.jpeg a.webp a.gif a.bmp", "image", "vision", "ready"),
        ("a.csv a.xlsx a.xls a.json", "data", "structured", "pending"),
    ],
)
def test_what_is_done_with_an_artifact_follows_from_its_extension(
    world: World, names: str, kind: str, strategy: str, status: str
) -> None:
    for name in names.split():
        artifact = uploaded(world, name=name)
        assert (artifact["kind"], artifact["processing_strategy"]) == (kind, strategy)
        assert (artifact["processing_status"], artifact["index_status"]) == (status, status)


@pytest.mark.parametrize("name", ["run.exe", "notes", "a.svg", "a.zip", "a.pdf.exe", "a.tiff", ".pdf.", "pdf"])
def test_other_types_are_refused_and_nothing_is_kept(world: World, name: str) -> None:
    answer = upload(world, name=name)
    assert answer.status_code == 400
    (problem,) = answer.json()["error"]["details"]["errors"]
    assert problem["field"] == "file"
    assert problem["message"].startswith(f"{name} is of no type that is taken; send .pdf, ")
    assert zipfile.ZipFile(io.BytesIO(world.get("/sessions/private/artifacts/download-all/").content)).namelist() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ada\\notes.txt", "notes.txt"),
        ("Grüße.txt", "Grüße.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
    ],
)
def test_a_name_is_never_a_path(world: World, given: str, kept: str) -> None:
    artifact = uploaded(world, name=given)
    assert artifact["original_filename"] == artifact["title"] == kept
    assert re.fullmatch(rf"{UUID}\.txt", artifact["uuid_filename"])
    download = world.get(path_of(artifact, "download"))
    assert "/" not in download.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "field_name"),
    [
        pytest.param(multipart(field("title", "A")), CONTENT_TYPE, 400, "file", id="no file"),
        pytest.param(multipart(field("file", "A")), CONTENT_TYPE, 400, "file", id="text"),
        pytest.param(multipart(file(), file()), CONTENT_TYPE, 400, "file", id="two files"),
        pytest.param(multipart(file(filename="..")), CONTENT_TYPE, 400, "file", id="no name"),
        pytest.param(
            multipart(file(), field("skip_extraction", "maybe")), CONTENT_TYPE, 400, "skip_extraction", id="maybe"
        ),
        pytest.param(multipart(file(), field("title", "x" * 1001)), CONTENT_TYPE, 400, "title", id="long title"),
        pytest.param(
            multipart(file(), field("title", "a"), field("title", "b")), CONTENT_TYPE, 400, "title", id="two titles"
        ),
        pytest.param(multipart(file())[:-30], CONTENT_TYPE, 400, "body", id="cut off"),
        pytest.param(with_boundaries([b"no head"]), CONTENT_TYPE, 400, "body", id="no head"),
        pytest.param(multipart(file()), "multipart/form-data", 400, "body", id="no boundary"),
        pytest.param(b"", CONTENT_TYPE, 400, "body", id="empty"),
        pytest.param(b"{}", "application/json", 415, None, id="json"),
    ],
)
def test_a_form_that_is_wrong_keeps_nothing(
    world: World, body: bytes, content_type: str, status: int, field_name: str | None
) -> None:
    answer = world.post("/sessions/private/artifacts/", data=body, headers={"Content-Type": content_type})
    assert answer.status_code == status, answer.text
    if field_name is not None:
        assert [one["field"] for one in answer.json()["error"]["details"]["errors"]] == [field_name]
    assert zipfile.ZipFile(io.BytesIO(world.get("/sessions/private/artifacts/download-all/").content)).namelist() == []


def test_a_session_that_nobody_has_is_not_found_and_an_artifact_flatly_so(world: World) -> None:
    artifact = uploaded(world)
    answer = upload(world, "nowhere")
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Session not found")
    for what in OF_ARTIFACT:
        answer = world.get(path_of(artifact, what, "nowhere"))
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Session not found")
        for path in (path_of({"artifact_id": UNKNOWN}, what), path_of(artifact, what, "public")):
            answer = world.get(path)
            assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    for what in POSTS:
        answer = world.post(path_of({"artifact_id": UNKNOWN}, what))
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    answer = world.get(f"/artifacts/{UNKNOWN}/")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_wrong_type_is_told_before_a_session_that_nobody_has(world: World) -> None:
    assert upload(world, "nowhere", name="run.exe").status_code == 400


def test_another_account_sees_none_of_it(world: World) -> None:
    artifact = uploaded(world)
    bob = World(world.server, world.name, "key-of-bob")
    headers = {"X-Emulator-Namespace": world.name}
    answer = bob.get(f"/artifacts/{artifact['artifact_id']}/", headers=headers)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    for what in OF_ARTIFACT:
        answer = bob.get(path_of(artifact, what), headers=headers)
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Session not found")
    answer = world.as_account("key-of-another-world").get(f"/artifacts/{artifact['artifact_id']}/")
    assert answer.status_code == 401


# How far it has come


def test_a_document_is_ready_after_a_second_of_the_clock(world: World) -> None:
    artifact = uploaded(world)
    assert statuses(world, artifact) == ("pending", "pending")
    world.told("POST", "/clock/advance", json={"seconds": 0.9})
    assert statuses(world, artifact) == ("pending", "pending")
    world.told("POST", "/clock/advance", json={"seconds": 0.1})
    assert statuses(world, artifact) == ("ready", "ready")
    assert world.get(f"/artifacts/{artifact['artifact_id']}/").json()["processing_status"] == "ready"


@pytest.mark.parametrize("skipped", ["true", "True", "1"])
def test_without_extraction_it_is_ready_at_once(world: World, skipped: str) -> None:
    artifact = uploaded(world, skip_extraction=skipped)
    assert (artifact["processing_status"], artifact["index_status"]) == ("ready", "skipped")


@pytest.mark.parametrize("skipped", ["false", "False", "0", ""])
def test_extraction_that_is_not_skipped_is_as_usual(world: World, skipped: str) -> None:
    assert statuses(world, uploaded(world, skip_extraction=skipped)) == ("pending", "pending")


def test_the_pace_is_what_the_seed_says(server: EmulatorServer) -> None:
    polled = make(server, seed={**SEED, "transitions": {"artifacts": {"after_polls": 2}}})
    artifact = uploaded(polled)
    assert [statuses(polled, artifact)[0] for _ in range(3)] == ["pending", "ready", "ready"]
    at_once = make(server, seed={**SEED, "transitions": {"artifacts": "immediate"}})
    assert uploaded(at_once)["processing_status"] == "ready"


def test_an_artifact_fails_where_the_seed_wants_it(server: EmulatorServer) -> None:
    failures = [{"file": "*.pdf", "in": ["artifacts"], "times": 1}, {"file": "*.png", "in": ["artifacts"]}]
    failing = make(server, seed={**SEED, "transitions": {"failures": failures}})
    broken, again = uploaded(failing, name="a.pdf"), uploaded(failing, name="a.pdf")
    assert statuses(failing, broken) == ("pending", "pending")
    failing.told("POST", "/clock/advance", json={"seconds": 1})
    assert statuses(failing, broken) == ("failed", "failed")
    assert statuses(failing, again) == ("ready", "ready")
    assert statuses(failing, uploaded(failing, name="a.png")) == ("failed", "failed")


# Its bytes


def test_the_bytes_come_back(world: World) -> None:
    artifact = uploaded(world, data=b"a,b\r\n1,2", name="table.csv")
    saved = world.get(path_of(artifact, "download"))
    assert (saved.content, saved.headers["Content-Type"]) == (b"a,b\r\n1,2", "text/csv; charset=utf-8")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="table.csv"'
    part = world.get(path_of(artifact, "download"), headers={"Range": "bytes=-3"})
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"1,2", "bytes 5-7/8")
    known = world.get(path_of(artifact, "download"), headers={"If-None-Match": saved.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    beyond = world.get(path_of(artifact, "download"), headers={"Range": "bytes=8-"})
    assert beyond.status_code == 416
    assert world.request("HEAD", path_of(artifact, "download")).headers["Content-Length"] == "8"


@pytest.mark.parametrize("preview", ["1", "true"])
def test_a_preview_is_shown_in_place(world: World, preview: str) -> None:
    artifact = uploaded(world)
    shown = world.get(path_of(artifact, "download"), params={"preview": preview})
    assert shown.headers["Content-Disposition"].startswith("inline")


def test_a_page_that_was_uploaded_is_never_a_page_of_ours(world: World) -> None:
    artifact = uploaded(world, data=PAGE, name="page.html")
    for answer in (world.get(path_of(artifact, "download"), params={"preview": "1"}), look(artifact["url"])):
        assert answer.content == PAGE
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_all_of_a_session_come_in_one_zip(world: World) -> None:
    for name, data in (("a.txt", b"1"), ("a.txt", b"2"), ("b.png", PNG)):
        uploaded(world, name=name, data=data)
    uploaded(world, "public", name="other.txt")
    answer = world.get("/sessions/private/artifacts/download-all/")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "a.txt": b"1",
            "a (2).txt": b"2",
            "b.png": PNG,
        }


@pytest.mark.parametrize(
    ("data", "headers", "rows"),
    [
        pytest.param(b"a,b\n1,2\n", ["a", "b"], [["1", "2"]], id="comma"),
        pytest.param(b"\xef\xbb\xbfa;b\r\n1;2,5", ["a", "b"], [["1", "2,5"]], id="semicolon"),
        pytest.param(b"a\tb\n1\t2", ["a", "b"], [["1", "2"]], id="tabulator"),
        pytest.param(b'a,b\n"1\n,",2', ["a", "b"], [["1\n,", "2"]], id="quoted"),
        pytest.param(b"", [], [], id="empty"),
        pytest.param(b"\xff\xfe\x00", ["\ufffd\ufffd\x00"], [], id="no text"),
        pytest.param("a\u2028b,c\n".encode(), ["a\u2028b", "c"], [], id="other ends of lines"),
    ],
)
def test_a_csv_file_is_shown_as_a_table(world: World, data: bytes, headers: list[str], rows: list[list[str]]) -> None:
    artifact = uploaded(world, data=data, name="my.table.csv")
    shown = world.get(path_of(artifact, "preview")).json()
    assert shown == {"sheets": [{"name": "my.table", "headers": headers, "rows": rows}]}


def test_of_a_large_table_the_beginning_is_shown(world: World) -> None:
    line = ",".join(["x"] * 200) + "\n"
    (sheet,) = world.get(path_of(uploaded(world, data=line.encode() * 5000, name="a.csv"), "preview")).json()["sheets"]
    assert len(sheet["headers"]) == PREVIEW_COLUMNS.most
    assert 0 < len(sheet["rows"]) <= PREVIEW_ROWS.most
    assert {len(row) for row in sheet["rows"]} == {PREVIEW_COLUMNS.most}
    (sheet,) = world.get(path_of(uploaded(world, data=b"x\n" * 5000, name="b.csv"), "preview")).json()["sheets"]
    assert len(sheet["rows"]) == PREVIEW_ROWS.most


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"PK", "Only CSV files can be previewed"),
        ("a.txt", b"a,b", "Only CSV files can be previewed"),
        ("a.csv", b'"' + b"x" * 200_000, "This CSV file cannot be read"),
    ],
)
def test_of_other_files_there_is_no_preview(world: World, name: str, data: bytes, words: str) -> None:
    answer = world.get(path_of(uploaded(world, data=data, name=name), "preview"))
    assert (answer.status_code, answer.json()) == (400, {"error": words})


def test_bytes_that_had_to_leave_are_gone_and_the_rest_stays() -> None:
    with EmulatorServer(max_stored=10_000_000) as small:
        api = make(small, seed=SEED)
        first = uploaded(api, data=b"1" * 6_000_000)
        uploaded(api, data=b"2" * 6_000_000)
        paths = (path_of(first, "download"), "/sessions/private/artifacts/download-all/")
        for answer in (*map(api.get, paths), look(first["url"])):
            assert answer.status_code == 410
            assert "notes.txt" in answer.json()["error"]["message"]
        assert api.get(f"/artifacts/{first['artifact_id']}/").json()["file_size"] == 6_000_000


# Addresses


def test_an_address_works_without_a_key_for_four_hours(world: World) -> None:
    artifact = uploaded(world)
    fresh = world.get(path_of(artifact, "url")).json()
    assert fresh == {"url": artifact["url"]}
    shown = look(fresh["url"])
    assert (shown.status_code, shown.content) == (200, b"Hello")
    world.told("POST", "/clock/advance", json={"seconds": FOUR_HOURS - 1})
    assert look(fresh["url"], "HEAD").status_code == 200
    world.told("POST", "/clock/advance", json={"seconds": 1})
    expired = look(fresh["url"])
    assert (expired.status_code, expired.json()["error"]["type"]) == (403, "permission_error")
    assert "expired" in expired.json()["error"]["message"]
    assert look(world.get(path_of(artifact, "url")).json()["url"]).status_code == 200


def changed(url: str, **parameters: str) -> str:
    """The address with other parameters."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | parameters
    return parts._replace(query="&".join(f"{name}={value}" for name, value in query.items())).geturl()


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"signature": "0" * 32}, 403),
        ({"signature": ""}, 403),
        ({"signature": "%C3%A9"}, 403),
        ({"expires": "99999999999"}, 403),
        ({"expires": "never"}, 403),
        ({"expires": "9" * 5000}, 403),
        ({"emulator_namespace": "default"}, 403),
        ({"emulator_namespace": "nowhere"}, 404),
    ],
)
def test_an_address_that_was_never_given_is_refused(world: World, parameters: dict[str, str], status: int) -> None:
    assert look(changed(uploaded(world)["url"], **parameters)).status_code == status


def test_an_address_is_of_one_artifact(world: World) -> None:
    one, other = uploaded(world), uploaded(world, data=b"Secret")
    assert look(one["url"].replace(one["artifact_id"], other["artifact_id"])).status_code == 403
    assert look(one["url"].replace(one["artifact_id"], UNKNOWN)).status_code == 403


# The life of it


@pytest.mark.parametrize(
    "path", ["/sessions/private/", "/sessions/delete-all/", "/sessions/from-agent/?agent_key=office"]
)
def test_with_its_session_an_artifact_goes(world: World, path: str) -> None:
    artifact = uploaded(world)
    kept = world.told("GET", "/state")
    assert world.delete(path).status_code in (200, 204)
    answer = world.get(f"/artifacts/{artifact['artifact_id']}/")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    assert look(artifact["url"]).status_code == 404
    world.told("POST", "/snapshots", json={"name": "after"})
    document = world.told("GET", "/snapshots/after")
    assert (document["artifacts"], document["contents"]) == ([], {})
    assert kept is not None


def test_bytes_that_something_else_has_stay(world: World) -> None:
    uploaded(world, "private")
    artifact = uploaded(world, "public")
    world.delete("/sessions/private/")
    assert look(artifact["url"]).content == b"Hello"


def test_snapshots_and_forks_have_them(world: World, server: EmulatorServer) -> None:
    artifact = uploaded(world)
    world.told("POST", "/snapshots", json={"name": "kept"})
    forked = make(server, **{"from": world.name})
    world.delete("/sessions/private/")
    there = forked.get(f"/artifacts/{artifact['artifact_id']}/").json()
    assert look(there["url"]).content == b"Hello"
    assert look(artifact["url"]).status_code == 404
    world.told("POST", "/snapshots/kept/restore")
    assert look(artifact["url"]).content == b"Hello"


def test_a_session_has_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "ARTIFACTS", Limit("artifacts", 1, "507"))
    uploaded(world)
    answer = upload(world)
    assert answer.status_code == 507
    assert "private" in answer.json()["error"]["message"]
    uploaded(world, "public")
    assert made_by_agent(world, {"name": "a.md", "text": "A"}, session="public") == [NOT_FOUND]
    (*_, execution) = world.told("GET", "/sessions/public/executions")["executions"]
    assert execution["notes"][0].startswith("The artifact a.md is not kept: The session public has 1 artifacts")


# What agents make


def test_an_agent_makes_files(world: World) -> None:
    table, picture = made_by_agent(
        world,
        {"name": "plan.csv", "title": "The plan", "text": "said\n{{ user_input }}\n"},
        {"name": "dot.png", "base64": "iVBORw0KGgo="},
    )
    assert (table["title"], table["origin"], table["session_id"]) == ("The plan", "ai_generated", "private")
    assert world.get(path_of(table, "preview")).json()["sheets"][0]["rows"] == [["Good morning"]]
    assert (picture["title"], picture["kind"], picture["file_size"]) == ("dot.png", "image", 8)


@pytest.mark.parametrize("extension", ["b?c", "b#c", "b%41", "ü", "b c"])
def test_an_address_works_whatever_the_extension_is(world: World, extension: str) -> None:
    (artifact,) = made_by_agent(world, {"name": f"a.{extension}", "text": "Odd"})
    for url in (artifact["url"], world.get(path_of(artifact, "url")).json()["url"]):
        assert look(url).content == b"Odd"


def test_a_turn_that_fails_makes_none(world: World) -> None:
    step = {"artifacts": [{"name": "a.md", "text": "A"}], "error": {"message": "Broken"}}
    world.told("POST", "/scripts", json=[{"then": step}])
    world.execute("private")
    assert zipfile.ZipFile(io.BytesIO(world.get("/sessions/private/artifacts/download-all/").content)).namelist() == []


def test_what_an_agent_made_is_taken_over_as_a_file_and_dropped_again(world: World) -> None:
    (artifact,) = made_by_agent(world, {"name": "plan.md", "text": "# Plan"})
    removal = world.post(path_of(artifact, "remove-from-platform"))
    nowhere = {"error": "not_found_on_platform", "message": "Artifact is not saved to Knowledge Base"}
    assert (removal.status_code, removal.json()) == (404, nowhere)
    for _ in range(2):
        assert world.post(path_of(artifact, "copy-to-platform")).json() == {"status": "copied"}
    (copied,) = world.get("/files/").json()
    assert (copied["original_filename"], copied["size_bytes"]) == ("plan.md", 6)
    assert world.post(path_of(artifact, "remove-from-platform"), json={}).json() == {"status": "removed"}
    assert world.get("/files/").json() == []
    assert world.post(path_of(artifact, "remove-from-platform")).json() == nowhere
    assert world.get(path_of(artifact, "download")).content == b"# Plan"


def test_a_file_with_the_same_bytes_is_taken_for_it(world: World) -> None:
    kept = world.post("/files/", files={"file": ("mine.md", b"# Plan")}).json()
    (artifact,) = made_by_agent(world, {"name": "plan.md", "text": "# Plan"})
    assert world.post(path_of(artifact, "copy-to-platform")).status_code == 200
    assert [one["id"] for one in world.get("/files/").json()] == [kept["id"]]
    assert world.post(path_of(artifact, "remove-from-platform")).json() == {"status": "removed"}
    assert [one["id"] for one in world.get("/files/").json()] == [kept["id"]]
    assert world.post(path_of(artifact, "remove-from-platform")).status_code == 404
    world.post(path_of(artifact, "copy-to-platform"))
    world.delete(f"/files/{kept['id']}/")
    assert world.post(path_of(artifact, "remove-from-platform")).status_code == 404


@pytest.mark.parametrize("what", POSTS)
def test_what_somebody_uploaded_is_not_managed(world: World, what: str) -> None:
    answer = world.post(path_of(uploaded(world), what))
    assert (answer.status_code, answer.json()) == (400, {"error": "Only AI-generated artifacts can be managed"})


# Pages without a key


def test_a_page_of_a_public_agent_reaches_the_sessions_of_that_agent(world: World) -> None:
    answer = page(world, "POST", "/sessions/public/artifacts/", files={"file": ("a.csv", b"a,b")})
    assert answer.status_code == 201
    artifact = answer.json()
    for what in OF_ARTIFACT:
        assert page(world, "GET", path_of(artifact, what, "public")).status_code == 200
    assert page(world, "GET", f"/artifacts/{artifact['artifact_id']}/").status_code == 200
    assert page(world, "GET", "/sessions/public/artifacts/download-all/").status_code == 200
    (made,) = made_by_agent(world, {"name": "b.md", "text": "B"}, session="public")
    for what in POSTS:
        assert page(world, "POST", path_of(made, what, "public")).status_code == 200


def test_and_no_others(world: World) -> None:
    artifact = uploaded(world)
    for what in OF_ARTIFACT:
        assert page(world, "GET", path_of(artifact, what)).json()["error"]["message"] == "Session not found"
    assert page(world, "GET", f"/artifacts/{artifact['artifact_id']}/").json() == NOT_FOUND
    assert page(world, "POST", "/sessions/private/artifacts/", files={"file": ("a.csv", b"a")}).status_code == 404
    assert page(world, "GET", "/sessions/public/").status_code == 401


@pytest.mark.parametrize(
    ("origin", "agent_key", "status"),
    [("https://evil.example", "desk", 403), (ORIGIN, "office", 401), (ORIGIN, "", 401), (ORIGIN, "nobody", 401)],
)
def test_a_page_needs_the_origin_and_the_key_of_a_public_agent(
    world: World, origin: str, agent_key: str, status: int
) -> None:
    assert page(world, "GET", "/sessions/public/artifacts/download-all/", origin, agent_key).status_code == status


# In messages


def test_an_artifact_goes_into_a_message(world: World) -> None:
    artifact = uploaded(world, name="report.pdf")
    source = {
        "type": "url",
        "media_type": artifact["mime_type"],
        "filename": "report.pdf",
        "url": artifact["url"],
        "artifact_id": artifact["artifact_id"],
    }
    blocks = [{"type": "text", "text": "Summarize this document"}, {"type": "file", "source": source}]
    answer = world.execute("private", blocks)
    assert answer.status_code == 200
    assert "X-Emulator-Diagnostics" not in answer.headers
    assert world.get("/runtime/private/messages/").json()["messages"][0]["content"] == blocks


# Faults and keys


@pytest.mark.parametrize(
    ("operation", "status", "expected"),
    [
        ("artifacts.url", 404, NOT_FOUND),
        ("artifacts.upload", 404, {"error": {"type": "not_found", "message": "Session not found"}}),
        (
            "artifacts.upload",
            413,
            {
                "error": {
                    "type": "file_too_large",
                    "message": "File size exceeds maximum allowed size",
                    "max_size": "50MB",
                }
            },
        ),
    ],
)
def test_a_fault_has_the_words_of_its_operation(world: World, operation: str, status: int, expected: Any) -> None:
    artifact = uploaded(world)
    world.told("POST", "/faults", json=[{"operation": operation, "status": status}])
    answer = upload(world) if operation == "artifacts.upload" else world.get(path_of(artifact, "url"))
    assert (answer.status_code, answer.json()) == (status, expected)


def test_a_key_may_be_kept_from_artifacts(server: EmulatorServer) -> None:
    accounts = [{"id": "ada", "api_keys": [{"key": "narrow", "permissions": ["sessions"]}]}]
    made = make(server, seed={**SEED, "accounts": accounts})
    narrow = World(server, made.name, "narrow")
    answer = narrow.get(f"/artifacts/{UNKNOWN}/", headers={"X-Emulator-Namespace": made.name})
    assert answer.status_code == 403


# In seeds


def seeded(server: EmulatorServer, *artifacts: dict[str, Any], **more: Any) -> World:
    """A namespace whose private session has artifacts."""
    public, private = SEED["sessions"]
    return make(server, seed={**SEED, "sessions": [public, {**private, "artifacts": list(artifacts)}], **more})


def test_a_seed_has_artifacts_in_any_state(server: EmulatorServer) -> None:
    states = ({}, {"status": "pending"}, {"status": "failed"}, {"status": "pending", "error": "Broken"})
    others = ({"skip_extraction": True, "origin": "user_upload"},)
    entries = [
        {"id": f"a-{number}", "name": "a.txt", "text": "A", **one} for number, one in enumerate((*states, *others))
    ]
    world = seeded(server, *entries)

    def told() -> list[tuple[str, str]]:
        return [statuses(world, {"artifact_id": entry["id"]}) for entry in entries]

    assert told() == [
        ("ready", "ready"),
        ("pending", "pending"),
        ("failed", "failed"),
        ("pending", "pending"),
        ("ready", "skipped"),
    ]
    world.told("POST", "/clock/advance", json={"seconds": 1})
    assert told()[1:4] == [("ready", "ready"), ("failed", "failed"), ("failed", "failed")]
    origins = [world.get(f"/artifacts/{entry['id']}/").json()["origin"] for entry in entries]
    assert origins == ["ai_generated"] * 4 + ["user_upload"]


def test_a_seed_says_what_is_in_an_artifact(server: EmulatorServer) -> None:
    entry = {
        "id": "dot",
        "name": "dot.png",
        "base64": "iVBORw0KGgo=",
        "title": "A dot",
        "created_at": "2025-01-01T00:00:00Z",
    }
    world = seeded(server, entry)
    told = world.get("/artifacts/dot/").json()
    assert (told["title"], told["file_size"], told["created_at"]) == ("A dot", 8, "2025-01-01T00:00:00Z")
    assert look(told["url"]).content == PNG[:8]


@pytest.mark.parametrize(
    ("entry", "field_name", "words"),
    [
        ({"name": "a.txt"}, "", "must have exactly one of text, base64 or path"),
        ({"name": "a.txt", "text": "A", "base64": "QQ=="}, "", "must have exactly one of text, base64 or path"),
        ({"name": "a.txt", "base64": "?"}, ".base64", "This is no base64."),
        ({"text": "A"}, ".name", "name is required where there is no path."),
        ({"name": "a/b.txt", "text": "A"}, ".name", "name must be"),
        ({"name": "a.txt", "text": "A", "status": "done"}, ".status", "status must be pending, ready or failed"),
        ({"name": "a.txt", "text": "A", "created_at": "noon"}, ".created_at", "noon is not a time"),
        ({"id": "private", "name": "a.txt", "text": "A"}, ".id", "The id private is given already"),
        ({"name": "a.txt", "path": "a.txt"}, ".path", ""),
    ],
)
def test_an_artifact_of_a_seed_that_is_wrong_is_told(
    server: EmulatorServer, entry: dict[str, str], field_name: str, words: str
) -> None:
    public, private = SEED["sessions"]
    seed = {**SEED, "sessions": [public, {**private, "artifacts": [entry]}]}
    answer = Api(server).control("POST", "/namespaces", json={"seed": seed})
    assert answer.status_code == 400
    (problem,) = answer.json()["error"]["details"]["errors"]
    assert problem["field"].removeprefix("seed.") == f"sessions.1.artifacts.0{field_name}"
    assert words in problem["message"]


def test_artifacts_of_a_scenario_leave_with_its_sessions(server: EmulatorServer) -> None:
    entry = {"id": "of-it", "name": "a.txt", "text": "A"}
    session = {"id": "of-scenario", "owner": "ada", "agent_key": "desk", "artifacts": [entry]}
    world = make(server, seed={**SEED, "scenarios": {"more": {"sessions": [session]}, "none": {}}})
    world.told("POST", "/scenarios/more")
    assert world.get("/artifacts/of-it/").json()["session_id"] == "of-scenario"
    world.told("POST", "/scenarios/more")
    world.told("POST", "/scenarios/none")
    assert world.get("/artifacts/of-it/").status_code == 404
