"""How long files and what is made of them take, and which fail: said by seeds and by the control plane, seen by an app."""

from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator.domain.file import UPLOAD_SECONDS
from atthene_emulator.server import EmulatorServer
from tests.web.test_namespaces import World, make, message, problems

NOON = "2025-06-01T12:00:00Z"
FROZEN = {"clock": {"mode": "frozen", "now": NOON}, "accounts": [{"id": "ada"}]}
PDFS = {"file": "*.pdf", "in": ["files"], "message": "This is no PDF", "times": 1}
MANY = {
    "files": {"after_polls": 2},
    "collections": {"after_seconds": 1.5},
    "knowledge_bases": "immediate",
    "failures": [PDFS],
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def world(server: EmulatorServer) -> World:
    return make(server, seed=FROZEN)


def change(world: World, **course: Any) -> None:
    world.told("PUT", "/transitions", json=course)


def upload(world: World, name: str = "manual.txt", data: str = "Hello") -> str:
    answer = world.post("/files/", files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def status(world: World, file_id: str) -> str:
    return str(world.get(f"/files/{file_id}/").json()["status"])


# Saying it


@pytest.mark.parametrize(
    "course", [{}, {"files": "immediate"}, {"artifacts": {"after_polls": 1000}}, {"failures": [PDFS]}, MANY], ids=str
)
def test_it_is_set_and_dropped(world: World, course: Any) -> None:
    assert world.told("PUT", "/transitions", json=course) == world.told("GET", "/transitions") == course
    world.told("DELETE", "/transitions")
    assert world.told("GET", "/transitions") == {}


def test_what_is_said_takes_the_place_of_all_that_was_said(world: World) -> None:
    change(world, files="immediate", failures=[PDFS])
    change(world, collections="immediate")
    assert world.told("GET", "/transitions") == {"collections": "immediate"}


def test_what_a_failure_leaves_out_is_shown(world: World) -> None:
    change(world, failures=[{"file": "*.docx"}])
    shown = {"file": "*.docx", "in": ["knowledge_bases"], "message": "Failed to process documents"}
    assert world.told("GET", "/transitions") == {"failures": [shown]}


@pytest.mark.parametrize(
    ("course", "field"),
    [
        ({"file": "immediate"}, "file"),
        ({"files": "at once"}, "files"),
        ({"files": 3}, "files"),
        ({"files": {}}, "files"),
        ({"files": {"after_seconds": 0}}, "files.after_seconds"),
        ({"files": {"after_seconds": 1e7}}, "files.after_seconds"),
        ({"files": {"after_polls": 0}}, "files.after_polls"),
        ({"files": {"after_polls": 1.5}}, "files.after_polls"),
        ({"files": {"after_polls": 1, "after_seconds": 1}}, "files"),
        ({"failures": {"file": "*.pdf"}}, "failures"),
        ({"failures": [{}]}, "failures.0.file"),
        ({"failures": [{"file": ""}]}, "failures.0.file"),
        ({"failures": [{"file": "*", "in": []}]}, "failures.0.in"),
        ({"failures": [{"file": "*", "in": ["images"]}]}, "failures.0.in.0"),
        ({"failures": [{"file": "*", "times": 0}]}, "failures.0.times"),
        ({"failures": [{"file": "*"}] * 101}, "failures"),
    ],
    ids=str,
)
def test_what_is_none_is_refused_and_changes_nothing(world: World, course: Any, field: str) -> None:
    change(world, **MANY)
    assert list(problems(world.control("PUT", "/transitions", json=course))) == [field]
    assert world.told("GET", "/transitions") == MANY


def test_a_pace_that_is_none_is_told_what_it_may_be(world: World) -> None:
    answer = world.control("PUT", "/transitions", json={"files": "fast", "collections": 3})
    assert problems(answer) == {
        "files": 'files must be immediate or a mapping, not "fast".',
        "collections": "collections must be immediate or a mapping, not 3.",
    }


# Time


def test_the_clock_walks_through_every_state(world: World) -> None:
    file, seen = upload(world), []
    for _ in range(3):
        seen.append(status(world, file))
        world.told("POST", "/clock/advance", json={"seconds": UPLOAD_SECONDS / 2})
    assert seen == ["uploading", "uploading", "active"]


@pytest.mark.parametrize(
    ("pace", "seen"),
    [
        ("immediate", ["active"] * 4),
        ({"after_polls": 1}, ["active"] * 4),
        ({"after_polls": 3}, ["uploading", "uploading", "active", "active"]),
        ({"after_seconds": 60}, ["uploading"] * 4),
    ],
    ids=str,
)
def test_it_may_take_polls_or_no_time(world: World, pace: Any, seen: list[str]) -> None:
    change(world, files=pace)
    file = upload(world)
    assert [status(world, file) for _ in range(4)] == seen


def test_a_new_file_is_uploading_however_quick_it_is(world: World) -> None:
    change(world, files="immediate")
    assert world.post("/files/", files={"file": ("a.txt", "Hello")}).json()["status"] == "uploading"


def test_what_has_begun_goes_on_as_it_began(world: World) -> None:
    change(world, files={"after_seconds": 60})
    slow = upload(world, data="One")
    change(world, files="immediate")
    assert (status(world, upload(world, data="Two")), status(world, slow)) == ("active", "uploading")
    world.told("DELETE", "/transitions")
    world.told("POST", "/clock/advance", json={"seconds": 60})
    assert status(world, slow) == "active"


# Failures


def test_a_file_fails_and_says_why_and_another_upload_succeeds(world: World) -> None:
    change(world, files="immediate", failures=[PDFS])
    failed = world.get(f"/files/{upload(world, 'a.PDF', 'One')}/").json()
    assert (failed["status"], failed["processing_info"]["error"]) == ("error", "This is no PDF")
    assert status(world, upload(world, "a.txt", "Two")) == "active"
    assert status(world, upload(world, "a.pdf", "Three")) == "active"


def test_it_fails_when_its_time_has_come(world: World) -> None:
    change(world, failures=[PDFS])
    file = upload(world, "a.pdf")
    assert status(world, file) == "uploading"
    world.told("POST", "/clock/advance", json={"seconds": UPLOAD_SECONDS})
    assert status(world, file) == "error"


def test_the_first_failure_that_is_about_a_file_counts(world: World) -> None:
    first = {"file": "b*", "in": ["files"], "message": "The name begins with b"}
    change(world, files="immediate", failures=[first, {**first, "file": "*", "message": "It does not"}])
    whys = [
        world.get(f"/files/{upload(world, name, name)}/").json()["processing_info"]["error"]
        for name in ("b.txt", "a.txt")
    ]
    assert whys == ["The name begins with b", "It does not"]


# What keeps it


def test_a_seed_says_it_and_a_reset_goes_back_to_that(server: EmulatorServer) -> None:
    world = make(server, seed={**FROZEN, "transitions": MANY})
    assert world.told("GET", "/transitions") == MANY
    world.told("DELETE", "/transitions")
    assert world.told("POST", "/reset?scope=transitions")["scope"] == ["transitions"]
    assert world.told("GET", "/transitions") == MANY


def test_a_reset_counts_failures_anew(server: EmulatorServer) -> None:
    world = make(server, seed={**FROZEN, "transitions": {"files": "immediate", "failures": [PDFS]}})
    assert status(world, upload(world, "a.pdf", "One")) == "error"
    world.told("POST", "/reset?scope=transitions")
    assert status(world, upload(world, "a.pdf", "Two")) == "error"


def test_a_scenario_says_it_while_it_is_active(server: EmulatorServer) -> None:
    slow = {"slow": {"description": "Uploads take long", "transitions": {"files": {"after_seconds": 600}}}}
    world = make(server, seed={**FROZEN, "transitions": MANY, "scenarios": slow})
    world.told("POST", "/scenarios/slow")
    assert world.told("GET", "/transitions")["files"] == {"after_seconds": 600}
    world.told("POST", "/reset")
    assert world.told("GET", "/transitions") == MANY


@pytest.mark.parametrize("way", ["fork", "snapshot", "document"])
def test_copies_go_on_with_it(server: EmulatorServer, world: World, way: str) -> None:
    change(world, **MANY)
    assert [status(world, one) for one in [upload(world, "a.pdf", "One")] * 2] == ["uploading", "error"]
    world.told("POST", "/snapshots", json={"name": "here"})
    if way == "fork":
        copied = make(server, **{"from": world.name})
    else:
        document = world.told("GET", "/snapshots/here")
        world.told("DELETE", "/transitions")
        if way == "document":
            world.told("PUT", "/snapshots/here", json=document)
        world.told("POST", "/snapshots/here/restore")
        copied = world
    assert copied.told("GET", "/transitions") == MANY
    assert [status(copied, one) for one in [upload(copied, "a.pdf", "Two")] * 2] == ["uploading", "active"]


def test_a_clear_leaves_it(world: World) -> None:
    change(world, **MANY)
    world.told("POST", "/clear")
    assert world.told("GET", "/transitions") == MANY


def test_what_is_wrong_in_a_seed_is_named(server: EmulatorServer) -> None:
    body = {"seed": {**FROZEN, "transitions": {"files": "soon"}}}
    refused = World(server, "default", "").control("POST", "/namespaces", json=body)
    assert list(problems(refused)) == ["seed.transitions.files"]
    assert message(refused, 400)
