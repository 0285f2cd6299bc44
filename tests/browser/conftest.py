"""The package for Node.js, built once, as a user does it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.browser.recipes.npm import install, run

SOURCE = Path(__file__).parents[2] / "clients" / "typescript"


@pytest.fixture(scope="session")
def node_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project of the package, with what it is built and tested with."""
    folder = tmp_path_factory.mktemp("node") / SOURCE.name
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules", "dist", "example", "transports"))
    install(folder)
    return folder


@pytest.fixture(scope="session")
def node_package(node_project: Path) -> Path:
    """The package, as `npm pack` has made it."""
    done = run(("npm", "pack", "--json", "--silent"), node_project)
    assert done.returncode == 0, done.stderr
    (packed,) = json.loads(done.stdout)
    return node_project / str(packed["filename"])
