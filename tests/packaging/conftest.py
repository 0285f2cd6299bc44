"""The wheel, built once for all tests of it."""

import sys
from pathlib import Path

import pytest

from tests.foreign import run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.iterdir()
    return built
