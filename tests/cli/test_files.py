"""Files that commands write are there whole, or as they were."""

import os
import stat
import sys
import threading
from pathlib import Path
from unittest.mock import patch

import pytest

from atthene_emulator.cli.files import write_whole


def test_a_file_is_written_and_nothing_besides(tmp_path: Path) -> None:
    write_whole(tmp_path / "new.json", "{} ☕\n")
    assert [(one.name, one.read_text("utf-8")) for one in tmp_path.iterdir()] == [("new.json", "{} ☕\n")]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text("old")
    with (
        patch("os.fsync", side_effect=OSError(28, "No space left on device")),
        pytest.raises(OSError, match="No space"),
    ):
        write_whole(path, "new")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("old.json", "old")]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o400])
def test_the_mode_is_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "old.json"
    path.write_text("old")
    path.chmod(mode)
    write_whole(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", mode)


def test_a_new_file_has_the_mode_that_is_usual(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_whole(tmp_path / "new", "new")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("exists", [True, False], ids=["to a file", "to nothing"])
def test_a_link_is_followed(tmp_path: Path, exists: bool) -> None:  # noqa: FBT001
    folder, link = tmp_path / "folder", tmp_path / "link.json"
    folder.mkdir()
    if exists:
        (folder / "file.json").write_text("old")
    link.symlink_to("folder/file.json")
    write_whole(link, "new")
    assert link.is_symlink()
    assert (folder / "file.json").read_text() == "new"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=write_whole, args=(pipe, "new"))
    writer.start()
    assert pipe.read_text() == "new"
    writer.join()
    assert pipe.is_fifo()


@pytest.mark.skipif(sys.platform != "linux", reason="as Linux has it")
def test_a_device_is_written_to(tmp_path: Path) -> None:
    write_whole(Path("/dev/null"), "new")
    with (tmp_path / "log").open("w+") as log:
        log.write("old ")
        log.flush()
        write_whole(Path(f"/dev/fd/{log.fileno()}"), "new")
    assert (tmp_path / "log").read_text() == "old new"


def test_a_folder_that_takes_no_others_is_none_of_its_business(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text("old")
    with patch.object(Path, "replace", side_effect=PermissionError(13, "Permission denied")):
        write_whole(path, "new")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("old.json", "new")]
