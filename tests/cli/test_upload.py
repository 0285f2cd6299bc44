"""`atthene-emulator upload`: files from a shell, and what is made of them."""

import json
import subprocess
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
    world.knowledge_base("Help", world.upload("a.txt", "Hello"))
    done = upload(world, folder, "manual.txt", "--knowledge-base", "Help")
    assert done.returncode == 2
    assert done.stderr.startswith("atthene-emulator: Knowledge base with this name already exists")


def test_a_collection_that_is_there_gets_the_files_too(world: EmulatorNamespace, folder: Path) -> None:
    there = world.collection("Manuals", world.upload("a.txt", "Hello"))
    world.collection("Manuals, old")
    for _ in range(2):  # what is in it already stays
        done = upload(world, folder, "manual.txt", "faq.md", "--collection", "Manuals", "--wait")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"The collection Manuals is {there.id}, with 3 files; it is completed." in done.stdout.splitlines()


def test_tags_add_up(world: EmulatorNamespace, folder: Path) -> None:
    (file,) = uploaded(world, folder, "manual.txt", "--tags", "a, lamp light", "--tags", "b,a")["files"]
    assert file["tags"] == ["a", "lamp light", "b"]


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ((), "; --tags is ignored, it keeps none"),
        (("old", "older"), "; --tags is ignored, it keeps its own: old, older"),
        (("a", "b"), ""),
    ],
)
def test_tags_of_a_file_that_is_there_are_said_to_be_ignored(
    world: EmulatorNamespace, folder: Path, tags: tuple[str, ...], said: str
) -> None:
    there = world.upload("old.txt", "Hold the foot.", tags=tags)
    done = upload(world, folder, "manual.txt", "--tags", "a")
    assert done.stdout == f"manual.txt was there already, as {there.id} (14 bytes){said}.\n"


def test_a_key_that_is_none_is_said_to_be_that(world: EmulatorNamespace, folder: Path) -> None:
    done = upload(world, folder, "manual.txt", "--key", "wrong")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("atthene-emulator: manual.txt was not uploaded: ")
    assert done.stderr.endswith("; name another key with --key.\n")
    assert "token" not in done.stderr


def test_what_fails_is_said_with_why(world: EmulatorNamespace, folder: Path) -> None:
    world.transitions("immediate", failures=[{"file": "*.txt", "in": ["files"], "message": "No text in it"}])
    done = upload(world, folder, "manual.txt", "--wait")
    assert done.returncode == 1
    assert done.stderr == "atthene-emulator: manual.txt is error: No text in it, so it will not be active.\n"


@pytest.mark.parametrize("is_json", [False, True])
def test_a_knowledge_base_without_some_files_is_said_to_be_that(
    world: EmulatorNamespace, folder: Path, *, is_json: bool
) -> None:
    world.transitions("immediate", failures=[{"file": "*.md", "message": "No text in it"}])
    more = ("--json",) if is_json else ()
    done = upload(world, folder, "manual.txt", "faq.md", "--knowledge-base", "Help", "--wait", *more)
    assert done.returncode == 1
    assert done.stderr == "atthene-emulator: Help is completed, but 1 of 2 files failed:\n  faq.md: No text in it\n"
    assert "can be used" not in done.stdout
    if is_json:
        assert json.loads(done.stdout)["knowledge_base"]["not_ingested"] == ["faq.md"]


def test_a_collection_that_fails_says_which_files_and_why(world: EmulatorNamespace, folder: Path) -> None:
    world.transitions("immediate", failures=[{"file": "*.md", "in": ["collections"], "message": "No text in it"}])
    done = upload(world, folder, "manual.txt", "faq.md", "--collection", "Manuals", "--wait")
    assert (done.returncode, done.stderr) == (1, "atthene-emulator: Manuals is failed:\n  faq.md: No text in it\n")


def test_a_clock_that_stands_still_is_not_waited_for_without_end(world: EmulatorNamespace, folder: Path) -> None:
    world.drop_transitions()
    world.freeze()
    done = upload(world, folder, "manual.txt", "--wait", "--timeout", "0.05")
    assert done.returncode == 1
    said, remedy = done.stderr.splitlines()
    assert said == "atthene-emulator: manual.txt is uploading after 0.05 s; the clock is frozen; move it on:"
    subprocess.run(["sh", "-c", remedy], check=True, capture_output=True)
    assert upload(world, folder, "manual.txt", "--wait").returncode == 0


def test_nobody_there_is_3(free_url: str, folder: Path) -> None:
    done = invoke("upload", "manual.txt", "--url", free_url, cwd=folder)
    assert (done.returncode, done.stdout) == (3, "")


def test_where_it_went_is_said_unless_that_was_chosen(world: EmulatorNamespace, folder: Path) -> None:
    done = invoke("upload", "manual.txt", "--namespace", world.namespace, cwd=folder, ATTHENE_BASE_URL=world.base_url)
    assert done.returncode == 0
    assert (
        done.stderr == f"atthene-emulator: this was {world.namespace} at {world.url}, where ATTHENE_BASE_URL points.\n"
    )
