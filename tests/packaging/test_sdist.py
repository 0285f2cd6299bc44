"""The source distribution is the commit, and what is built from it is what is built from the commit, to the byte."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.packaging.distributions import Distributions, build

ROOT = Path(__file__).parents[2]
BUILT = {"node_modules", "dist", "build", "__pycache__", "test-results", ".venv"}


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return source


def files(source: Path) -> set[str]:
    return {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}


@pytest.mark.skipif(
    not (ROOT / ".git").exists() or shutil.which("git") is None, reason="needs a checkout, and git to ask what is in it"
)
def test_it_has_every_file_of_the_commit(unpacked: Path) -> None:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30)
    committed = set(done.stdout.split("\0")) - {""}
    assert len(committed) > 500
    assert {name for name in committed if (ROOT / name).exists()} - files(unpacked) == set()


def test_it_has_nothing_that_was_built(unpacked: Path) -> None:
    assert [name for name in files(unpacked) if BUILT & set(Path(name).parts)] == []


def test_whoever_builds_from_it_elsewhere_gets_the_same_bytes(
    built: Distributions, unpacked: Path, tmp_path: Path
) -> None:
    again = build(unpacked, tmp_path)
    assert again.wheel.name == built.wheel.name
    assert again.wheel.read_bytes() == built.wheel.read_bytes()
    assert again.sdist.name == built.sdist.name
    assert again.sdist.read_bytes() == built.sdist.read_bytes()
