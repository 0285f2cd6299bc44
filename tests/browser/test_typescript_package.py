"""The package for Node.js: what is in it, that it works, and what does not compile."""

import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

import atthene_emulator
from atthene_emulator.server import EmulatorServer
from tests.browser.conftest import SOURCE
from tests.browser.recipes.npm import install, run
from tests.foreign import SCRIPTS

MANIFEST: dict[str, Any] = json.loads((SOURCE / "package.json").read_text())
README = (SOURCE / "README.md").read_text()
LARGEST = 60_000  # bytes of the packed file
COMPILER = ("npx", "tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext")
LIBRARIES = ("--lib", "es2022,esnext.disposable,dom", "--types", "node", "--skipLibCheck")


def test_the_version_and_the_licence_are_those_of_the_emulator() -> None:
    assert MANIFEST["version"] == atthene_emulator.__version__
    assert MANIFEST["license"] == "Apache-2.0"
    assert (SOURCE / "LICENSE").read_text() == (SOURCE.parents[1] / "LICENSE").read_text()


def test_nothing_else_is_installed_and_nothing_runs_then() -> None:
    assert "dependencies" not in MANIFEST
    assert not {"preinstall", "install", "postinstall", "prepare"} & set(MANIFEST["scripts"])
    assert all(one["optional"] for one in MANIFEST["peerDependenciesMeta"].values())
    assert set(MANIFEST["peerDependenciesMeta"]) == set(MANIFEST["peerDependencies"])


def test_the_readme_names_the_packed_file() -> None:
    assert f"/atthene-emulator-{atthene_emulator.__version__}.tgz" in (SOURCE.parents[1] / "README.md").read_text()


@pytest.mark.javascript
def test_what_is_packed_is_small_and_nothing_but_the_package(node_package: Path) -> None:
    assert node_package.stat().st_size < LARGEST
    with tarfile.open(node_package) as archive:
        names = {name.removeprefix("package/") for name in archive.getnames()}
    modules = {path.stem for path in (SOURCE / "src").glob("*.ts")}
    built = {f"dist/{name}.{kind}" for name in modules for kind in ("js", "d.ts")}
    assert names == {"package.json", "README.md", "LICENSE", *built}


@pytest.fixture(scope="module")
def project(node_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of somebody who uses the package."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "package.json").write_text(
        json.dumps(
            {
                "type": "module",
                "private": True,
                "devDependencies": {
                    "@playwright/test": MANIFEST["devDependencies"]["@playwright/test"],
                    "@types/node": MANIFEST["devDependencies"]["@types/node"],
                    "typescript": MANIFEST["devDependencies"]["typescript"],
                    "happy-dom": "20.0.0",
                    "jest": "30.5.2",
                    "jest-environment-jsdom": "30.5.2",
                    "jsdom": "26.1.0",
                    "vitest": "4.1.12",
                },
            }
        )
    )
    install(folder, node_package)
    return folder


def commands() -> str:
    """Where programs are looked for: this emulator first."""
    return os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])


@pytest.mark.javascript
def test_its_own_tests_pass(node_project: Path, node_package: Path) -> None:
    assert node_package.exists()  # it is built
    with EmulatorServer() as server:
        done = run(
            ("npm", "test", "--silent", "--", "--test-reporter=tap"),
            node_project,
            PATH=commands(),
            ATTHENE_EMULATOR_URL=server.url,
        )
        left = server.client.namespaces()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n# fail 0\n" in done.stdout
    assert "\n# skipped 0\n" in done.stdout
    assert [one.name for one in left] == ["default"]
