"""Files, collections and knowledge bases from Python: what an app does by the imitated API, in a line."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator import AsyncEmulatorNamespace, EmulatorClient, EmulatorNamespace, EmulatorServer
from atthene_emulator.client import AsyncDocument, Collection, File, KnowledgeBase, NeverReady, connection, transport
from atthene_emulator.errors import EmulatorRefused, EmulatorUnreachable, SetupError
from atthene_emulator.limits import MIB, UPLOAD

PATIENCE = 0.05  # seconds for what will not come
SEED = {
    "clock": {"mode": "frozen", "now": "2025-01-15T10:30:00Z"},
    "accounts": [{"id": "ada", "api_keys": ["key-of-ada"]}, {"id": "bob", "api_keys": ["key-of-bob"]}],
}
EVERYTHING = ("files", "collections", "knowledge_bases")


@pytest.fixture(scope="module")
def client() -> Iterator[EmulatorClient]:
    with EmulatorServer() as running, running.client as made:
        yield made


@pytest.fixture
def world(client: EmulatorClient) -> Iterator[EmulatorNamespace]:
    """A namespace whose clock stands still."""
    with client.create_namespace(seed=SEED) as made:
        yield made


@pytest.fixture
def quick(world: EmulatorNamespace) -> EmulatorNamespace:
    """The same, in which nothing takes time."""
    world.transitions("immediate")
    return world


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "manual.txt"
    path.write_text("Hold the foot for ten seconds.")
    return path


def bytes_of(server_file: File, world: EmulatorNamespace) -> dict[str, Any]:
    """A file as an app sees it."""
    shown: dict[str, Any] = world.http.get(f"{world.base_url}/files/{server_file.id}/", timeout=10).json()
    return shown


# Uploading


def test_a_file_is_uploaded_from_its_path(world: EmulatorNamespace, manual: Path) -> None:
    file = world.upload(manual, tags=("manual", "v1, final"))
    assert (file.name, file.status, file.type, file.size) == ("manual.txt", "uploading", "document", 30)
    assert (file.tags, file.error) == (("manual", "v1, final"), None)
    assert bytes_of(file, world)["tags"] == ["manual", "v1, final"]
    (entry,) = world.journal(operation="files.upload")
    assert entry.status == 201


@pytest.mark.parametrize("data", ["Grüße", "Grüße".encode(), b"", b"\r\n--", bytes(range(256)) * 1000], ids=repr)
def test_bytes_and_texts_are_uploaded_under_a_name(quick: EmulatorNamespace, data: bytes | str) -> None:
    file = quick.upload("letter.txt", data)
    assert file.size == len(data.encode() if isinstance(data, str) else data)
    assert quick.state()["counts"]["content_bytes"] == file.size


@pytest.mark.parametrize("name", ["a b.txt", "Grüße.txt", "a;b=c.txt", "a'b.txt", "a%b.txt"])
def test_names_come_as_they_are(quick: EmulatorNamespace, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("Hello")
    assert quick.upload(tmp_path / name).name == name


def test_a_file_is_read_once_and_never_as_a_whole(
    quick: EmulatorNamespace, manual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    read = Path.open

    def noted(self: Path, *arguments: Any, **more: Any) -> Any:
        opened.append(self == manual)
        return read(self, *arguments, **more)

    with manual.open("wb") as file:
        file.truncate(5 * MIB)
    monkeypatch.setattr(Path, "open", noted)
    monkeypatch.setattr(Path, "read_bytes", None)
    assert quick.upload(manual).size == 5 * MIB
    assert sum(opened) == 1


def test_another_account_has_files_of_its_own(world: EmulatorNamespace, manual: Path) -> None:
    theirs = world.upload(manual, key="key-of-bob")
    assert theirs.refreshed() == theirs == world.file(theirs.id, key="key-of-bob")
    with pytest.raises(EmulatorRefused) as refused:
        world.file(theirs.id, key="key-of-ada")
    assert refused.value.status == 403


def test_the_namespace_of_a_client_is_meant_whatever_it_is(client: EmulatorClient, world: EmulatorNamespace) -> None:
    with EmulatorClient(client.url, namespace=world.namespace) as other:
        file = other.upload("a.txt", "Hello")
    assert world.file(file.id, key="key-of-ada") == file


def test_records_are_read_whatever_the_contract(client: EmulatorClient) -> None:
    with client.create_namespace(seed=SEED, contract="reference") as world:
        world.transitions("immediate")
        assert world.knowledge_base("Help", world.upload("a.txt", "Hello")).wait_until().status == "completed"


# What is not uploaded


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (str, "does not exist"),
        (Path.mkdir, "is no file"),
        (os.mkfifo, "is no file"),
        (lambda path: (path.touch(), path.chmod(0)), "cannot be read: Permission denied"),
    ],
    ids=["nothing", "folder", "pipe", "not allowed"],
)
def test_a_path_that_is_no_file_is_said(
    world: EmulatorNamespace, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    path = tmp_path / "a.txt"
    make(path)
    if said.endswith("denied") and os.access(path, os.R_OK):
        pytest.skip("whoever runs this may read everything")
    with pytest.raises(SetupError) as refused:
        world.upload(path)
    assert str(refused.value) == f"{path} {said}."
    assert world.journal() == ()


def test_bytes_that_are_there_are_said_with_the_file_that_has_them(world: EmulatorNamespace, manual: Path) -> None:
    there = world.upload("old.txt", manual.read_bytes())
    with pytest.raises(EmulatorRefused) as refused:
        world.upload(manual)
    said = f"manual.txt was not uploaded: File already exists (duplicate detected): it is {there.id}"
    assert (refused.value.status, str(refused.value)) == (400, said)
    assert world.file(refused.value.details["existing_file_id"]) == there


def test_a_file_that_is_too_large_is_refused(world: EmulatorNamespace, manual: Path) -> None:
    with manual.open("wb") as file:
        file.truncate(UPLOAD.most + 1)
    with pytest.raises(EmulatorRefused, match=r"^manual.txt was not uploaded: File size exceeds") as refused:
        world.upload(manual)
    assert refused.value.status == 413
    assert world.state()["counts"]["content_bytes"] == 0


@pytest.mark.parametrize("more", [-1, 1])
def test_a_file_that_changes_meanwhile_is_said(
    world: EmulatorNamespace, manual: Path, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = connection.ControlPlane.ask_api

    def changed(self: Any, *arguments: Any) -> Any:
        os.truncate(manual, manual.stat().st_size + more)
        return request(self, *arguments)

    monkeypatch.setattr(connection.ControlPlane, "ask_api", changed)
    with pytest.raises(SetupError, match="has changed while it was sent; send it again"):
        world.upload(manual)
    assert world.state()["counts"]["files"] == 0


def test_an_answer_before_the_end_is_read(world: EmulatorNamespace, manual: Path) -> None:
    with manual.open("wb") as file:
        file.truncate(20 * MIB)
    with pytest.raises(EmulatorRefused) as refused:
        world.upload(manual, key="wrong")
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (503, EmulatorRefused, r"^a\.txt was not uploaded: "),
        ("drop", EmulatorUnreachable, "^No emulator answers"),
        ("malformed", EmulatorUnreachable, "is no emulator: it says 201"),
    ],
)
def test_faults_strike_it_as_they_strike_an_app(
    world: EmulatorNamespace, fault: Any, error: type[Exception], said: str
) -> None:
    world.fault(fault, operation="files.upload", times=1)
    world.clock()  # so that a connection is kept
    with pytest.raises(error, match=said):
        world.upload("a.txt", "Hello")
    assert len(world.journal(operation="files.upload")) == 1


# Waiting


def test_the_clock_makes_a_file_active(world: EmulatorNamespace) -> None:
    file = world.upload("a.txt", "Hello")
    world.advance(1)
    assert file.wait_until("active").status == "active"
    assert file.status == "uploading"  # a record stays what it was


def test_polls_make_a_file_active(world: EmulatorNamespace) -> None:
    world.transitions(files={"after_polls": 3})
    assert world.upload("a.txt", "Hello").wait_until().status == "active"
    assert len(world.journal(operation="files.get")) == 3


def made(world: EmulatorNamespace, what: str) -> File | Collection | KnowledgeBase:
    file = world.upload("a.txt", "Hello")
    if what == "files":
        return file
    return world.collection("Manuals", file) if what == "collections" else world.knowledge_base("Manuals", file)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("files", "a.txt is uploading after 0.05 s, not active"),
        ("collections", "Manuals is running after 0.05 s, not completed"),
        ("knowledge_bases", "Manuals is pending after 0.05 s, not completed"),
    ],
)
@pytest.mark.parametrize(
    ("clock", "remedy"),
    [
        (
            "frozen",
            'the clock is frozen: move it with advance(60), or let nothing take time with transitions("immediate") before',
        ),
        ("running", 'give it a longer timeout, or let nothing take time with transitions("immediate") before'),
    ],
)
def test_what_does_not_come_is_said_with_its_state_and_a_remedy(
    world: EmulatorNamespace, what: str, said: str, clock: str, remedy: str
) -> None:
    if clock == "running":
        world.run()
        world.transitions(**{name: {"after_seconds": 60} for name in EVERYTHING})  # type: ignore[arg-type]
    with pytest.raises(NeverReady) as error:
        made(world, what).wait_until(timeout=PATIENCE)
    assert str(error.value).endswith(f"; {remedy}")
    if clock == "frozen" or what == "files":
        assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("files", "a.txt is error: No text, so it will not be active"),
        ("collections", "Manuals is failed, so it will not be completed"),
        ("knowledge_bases", "Manuals is failed: a.txt: No text, so it will not be completed"),
    ],
)
def test_what_has_failed_says_why_at_once(world: EmulatorNamespace, what: str, said: str) -> None:
    world.transitions("immediate", failures=[{"file": "*.txt", "in": [what], "message": "No text"}])
    with pytest.raises(NeverReady) as error:
        made(world, what).wait_until(timeout=600)
    assert str(error.value) == said


@pytest.mark.parametrize("wanted", ["uploading", "archived", "error"])
def test_a_status_that_time_does_not_bring_is_said_at_once(quick: EmulatorNamespace, wanted: str) -> None:
    with pytest.raises(NeverReady, match=rf"^a\.txt is active, so it will not be {wanted}$"):
        quick.upload("a.txt", "Hello").wait_until(wanted, timeout=600)


@pytest.mark.parametrize(
    ("what", "wanted", "said"),
    [
        ("files", "actve", "No file is ever actve; there are uploading, active, error, archived, deleted."),
        ("files", "completed", "No file is ever completed; there are uploading, active, error, archived, deleted."),
        ("collections", "active", "No collection is ever active; there are pending, running, completed, failed."),
        ("knowledge_bases", "ready", "No knowledge base is ever ready; there are pending, running, completed, failed."),
    ],
)  # fmt: skip
def test_a_status_that_there_is_not_is_said_at_once(
    world: EmulatorNamespace, what: str, wanted: str, said: str
) -> None:
    with pytest.raises(SetupError) as error:
        made(world, what).wait_until(wanted, timeout=600)
    assert str(error.value) == said


def test_a_failure_is_waited_for(world: EmulatorNamespace) -> None:
    world.transitions(files={"after_polls": 3}, failures=[{"file": "*.txt", "in": ["files"], "message": "No text"}])
    assert world.upload("a.txt", "Hello").wait_until("error").error == "No text"


# Collections and knowledge bases


def test_a_collection_is_made_of_paths_and_files(quick: EmulatorNamespace, manual: Path) -> None:
    other = quick.upload("b.txt", "Hello")
    collection = quick.collection("Manuals", manual, other, description="All of them").wait_until("completed")
    assert (collection.name, collection.progress, len(collection.files)) == ("Manuals", 100, 2)
    assert collection.files[1] == other.id


def test_a_collection_that_is_there_is_extended_or_refused(quick: EmulatorNamespace) -> None:
    there = quick.collection("Manuals", quick.upload("a.txt", "Hello"))
    extended = quick.collection("Manuals", quick.upload("b.txt", "Good day"), extend=True)
    assert (extended.id, len(extended.files)) == (there.id, 2)
    with pytest.raises(EmulatorRefused, match=r"^Collection with this name already exists"):
        quick.collection("Manuals")
    assert quick.collection("Manual", extend=True).id != there.id


def test_a_collection_may_be_empty(quick: EmulatorNamespace) -> None:
    assert quick.collection("Manuals").files == ()


def test_a_knowledge_base_is_made_of_files_a_collection_or_both(quick: EmulatorNamespace, manual: Path) -> None:
    collection = quick.collection("Manuals", quick.upload("b.txt", "Hello")).wait_until()
    both = quick.knowledge_base("Both", manual, collection=collection).wait_until()
    assert (both.status, both.progress, sorted(both.ingested), both.errors) == (
        "completed", 100, ["b.txt", "manual.txt"], {},
    )  # fmt: skip
    assert quick.knowledge_base("One", collection=collection).wait_until().ingested == ("b.txt",)


def test_its_files_are_cut_as_is_said(quick: EmulatorNamespace) -> None:
    made = quick.knowledge_base(
        "Help", quick.upload("a.txt", "One two three"), strategy="fixed", chunk_size=1, chunk_overlap=0, split_by="word"
    )
    shown = quick.http.get(f"{quick.base_url}/knowledge-bases/{made.id}/", timeout=10).json()
    assert (shown["chunking_strategy"]["strategy"], shown["chunking_strategy"]["chunk_size"]) == ("fixed", 1)


def test_a_collection_that_is_not_completed_is_refused(world: EmulatorNamespace) -> None:
    collection = world.collection("Manuals", world.upload("a.txt", "Hello"))
    with pytest.raises(EmulatorRefused, match="The collection Manuals is running; it must be completed before"):
        world.knowledge_base("Help", collection=collection)


def test_a_wrong_strategy_is_refused_with_its_field(quick: EmulatorNamespace) -> None:
    with pytest.raises(EmulatorRefused) as refused:
        quick.knowledge_base("Help", quick.upload("a.txt", "Hello"), chunk_size=10, chunk_overlap=10)
    assert refused.value.problems[0].field == "chunking_strategy.chunk_overlap"


def test_records_are_json(quick: EmulatorNamespace) -> None:
    file = quick.upload("a.txt", "Hello", tags=["a"])
    assert file.json() == {
        "id": file.id, "name": "a.txt", "status": "uploading", "type": "document", "size": 5, "tags": ("a",), "error": None,
    }  # fmt: skip


# To be awaited


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_all_of_it_can_be_awaited(client: EmulatorClient, manual: Path) -> None:
    blocking = client.create_namespace(seed=SEED)
    async with AsyncEmulatorNamespace.of(blocking) as world:
        await world.transitions("immediate")
        file = await (await world.upload(manual)).wait_until("active")
        assert isinstance(file, AsyncDocument)
        assert (file.id, file.name, file.status) == (file.blocking.id, "manual.txt", "active")
        assert repr(file) == f"Async{file.blocking!r}"
        collection = await (await world.collection("Manuals", file)).wait_until()
        base = await (await world.knowledge_base("Help", collection=collection)).wait_until("completed")
        assert base.blocking.ingested == ("manual.txt",)
        assert (await (await world.file(file.id)).refreshed()).blocking == file.blocking
        await world.drop_transitions()
        with pytest.raises(NeverReady) as error:
            await (await world.upload("b.txt", "Hello")).wait_until(timeout=PATIENCE)
        assert "event loop" not in str(error.value)


def test_an_upload_loads_no_http_library_but_h11(world: EmulatorNamespace) -> None:
    world.upload("a.txt", "Hello")
    assert "http" not in vars(world)
    assert "requests" not in vars(transport)
