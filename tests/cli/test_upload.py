"""`atthene-emulator upload`: files from a shell, and what is made of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator import EmulatorNamespace
from atthene_emulator.limits import UPLOAD
from atthene_emulator.server import EmulatorServer
from tests.cli.running import Done, invoke


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def world(emulator: EmulatorServer) -> Iterator[EmulatorNamespace]:
    with emulator.client.create_namespace(seed="empty") as made:
        made.transitions("immediate")
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "manual.txt").write_text("Hold the foot.")
    (tmp_path / "faq.md").write_text("# Questions")
    return tmp_path


def upload(world: EmulatorNamespace, folder: Path, *arguments: str) -> Done:
    return invoke("upload", *arguments, "--url", world.url, "--namespace", world.namespace, cwd=folder)


def uploaded(world: EmulatorNamespace, folder: Path, *arguments: str) -> Any:
    done = upload(world, folder, *arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_each_file_is_a_line(world: EmulatorNamespace, folder: Path) -> None:
    done = upload(world, folder, "manual.txt", "faq.md")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first.startswith("manual.txt is uploaded as file_")
    assert first.endswith(" (14 bytes).")
    assert second.startswith("faq.md is uploaded as file_")


def test_all_is_made_and_waited_for(world: EmulatorNamespace, folder: Path) -> None:
    done = upload(
        world, folder, "manual.txt", "faq.md", "--tags", "a, b,", "--collection", "Manuals", "--knowledge-base", "Help", "--wait"
    )  # fmt: skip
    _, _, collection, base, end = done.stdout.splitlines()
    assert collection.startswith("The collection Manuals is coll_")
    assert collection.endswith(", with 2 files; it is completed.")
    assert base.startswith("The knowledge base Help is kb_")
    assert (base.endswith("; it is completed."), end) == (True, "All of it can be used.")
    counts = world.state()["counts"]
    assert (counts["files"], counts["collections"], counts["knowledge_bases"]) == (2, 1, 1)


def test_json_has_the_records(world: EmulatorNamespace, folder: Path) -> None:
    shown = uploaded(world, folder, "manual.txt", "--tags", "a, b,", "--knowledge-base", "Help", "--wait")
    (file,) = shown["files"]
    assert (file["name"], file["status"], file["tags"]) == ("manual.txt", "active", ["a", "b"])
    assert shown["collection"] is None
    assert (shown["knowledge_base"]["status"], shown["knowledge_base"]["ingested"]) == ("completed", ["manual.txt"])


def test_what_is_there_already_is_said_and_taken(world: EmulatorNamespace, folder: Path) -> None:
    there = world.upload("old.txt", "Hold the foot.")
    done = upload(world, folder, "manual.txt", "faq.md", "--collection", "Manuals")
    assert done.stdout.splitlines()[0] == f"manual.txt was there already, as {there.id} (14 bytes)."
    assert ", with 2 files; " in done.stdout.splitlines()[2]


def test_a_key_chooses_the_account(emulator: EmulatorServer, folder: Path) -> None:
    seed = {"accounts": [{"id": "ada"}, {"id": "bob", "api_keys": ["key-of-bob"]}]}
    with emulator.client.create_namespace(seed=seed) as world:
        (file,) = uploaded(world, folder, "manual.txt", "--key", "key-of-bob")["files"]
        assert world.file(file["id"], key="key-of-bob").name == "manual.txt"


@pytest.mark.parametrize("name", ["nothing.txt", "."])
def test_a_file_that_is_none_is_named_and_nothing_is_uploaded(
    world: EmulatorNamespace, folder: Path, name: str
) -> None:
    done = upload(world, folder, "manual.txt", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"'{name}'" in done.stderr
    assert world.state()["counts"]["files"] == 0


def test_a_file_that_is_too_large_is_named(world: EmulatorNamespace, folder: Path) -> None:
    with (folder / "film.mp4").open("wb") as file:
        file.truncate(UPLOAD.most + 1)
    done = upload(world, folder, "film.mp4")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("atthene-emulator: film.mp4 was not uploaded: File size exceeds")


def test_a_name_that_is_taken_is_said(world: EmulatorNamespace, folder: Path) -> None:
    world.collection("Manuals")
    done = upload(world, folder, "manual.txt", "--collection", "Manuals")
    assert (done.returncode, "collection" in done.stderr.lower()) == (2, True)


def test_what_fails_is_said_with_why(world: EmulatorNamespace, folder: Path) -> None:
    world.transitions("immediate", failures=[{"file": "*.txt", "in": ["files"], "message": "No text in it"}])
    done = upload(world, folder, "manual.txt", "--wait")
    assert done.returncode == 1
    assert done.stderr == "atthene-emulator: manual.txt is error: No text in it, so it will not be active.\n"


def test_a_clock_that_stands_still_is_not_waited_for_without_end(world: EmulatorNamespace, folder: Path) -> None:
    world.drop_transitions()
    world.freeze()
    done = upload(world, folder, "manual.txt", "--wait", "--timeout", "0.05")
    assert done.returncode == 1
    assert "manual.txt is uploading after 0.05 s, not active; the clock is frozen" in done.stderr


def test_nobody_there_is_3(free_url: str, folder: Path) -> None:
    done = invoke("upload", "manual.txt", "--url", free_url, cwd=folder)
    assert (done.returncode, done.stdout) == (3, "")


def test_where_it_went_is_said_unless_that_was_chosen(world: EmulatorNamespace, folder: Path) -> None:
    done = invoke("upload", "manual.txt", "--namespace", world.namespace, cwd=folder, ATTHENE_BASE_URL=world.base_url)
    assert done.returncode == 0
    assert (
        done.stderr == f"atthene-emulator: this was {world.namespace} at {world.url}, where ATTHENE_BASE_URL points.\n"
    )
