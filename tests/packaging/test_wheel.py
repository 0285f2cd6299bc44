"""The wheel carries everything that the emulator needs, and works from anywhere."""

import configparser
import email
import importlib.metadata
import subprocess
import sys
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import atthene_emulator
from tests import foreign

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked."""
    folder = tmp_path_factory.mktemp("unpacked") / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def in_dist_info(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"atthene_emulator-{atthene_emulator.__version__}.dist-info/{name}").decode()


def metadata(wheel: Path) -> Message:
    return email.message_from_string(in_dist_info(wheel, "METADATA"))


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python far away from the checkout, with the unpacked wheel."""
    return foreign.run(sys.executable, *arguments, cwd=installed.parent, PYTHONPATH=str(installed))


def test_the_wheel_is_for_every_machine(wheel: Path) -> None:
    assert wheel.name == f"atthene_emulator-{atthene_emulator.__version__}-py3-none-any.whl"


@pytest.mark.parametrize("folder", ["schemas", "fixtures"])
def test_everything_of_a_bundled_folder_is_inside(wheel: Path, folder: str) -> None:
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
    prefix = "atthene_emulator/_bundled/"
    inside = {name.removeprefix(prefix) for name in names(wheel) if name.startswith(f"{prefix}{folder}/")}
    assert inside == here
    assert len(inside) >= 3


def test_every_file_of_the_package_is_inside_and_nothing_else(wheel: Path) -> None:
    here = {
        path.relative_to(ROOT / "emulator").as_posix()
        for path in (ROOT / "emulator" / "atthene_emulator").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    others = ("atthene_emulator/_bundled/", f"atthene_emulator-{atthene_emulator.__version__}.dist-info/")
    assert {name for name in names(wheel) if not name.startswith(others)} == here
    assert len(here) > 500


def test_type_checkers_find_the_marker(wheel: Path) -> None:
    assert "atthene_emulator/py.typed" in names(wheel)


def test_the_licence_is_inside(wheel: Path) -> None:
    assert "Apache License" in in_dist_info(wheel, "licenses/LICENSE")


def test_the_command_is_an_entry_point(wheel: Path) -> None:
    points = configparser.ConfigParser()
    points.read_string(in_dist_info(wheel, "entry_points.txt"))
    assert dict(points["console_scripts"]) == {"atthene-emulator": "atthene_emulator.cli:main"}


def test_the_version_is_that_of_the_metadata(wheel: Path) -> None:
    assert metadata(wheel)["Version"] == atthene_emulator.__version__
    assert importlib.metadata.version("atthene-emulator") == atthene_emulator.__version__


def test_the_readme_is_the_description(wheel: Path) -> None:
    assert metadata(wheel).get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")


def test_bundled_files_are_found_in_the_package(installed: Path) -> None:
    code = "from atthene_emulator.resources import bundled, fixture_names; print(bundled('schemas')); print(*fixture_names())"
    done = run(installed, "-c", code)
    folder, seeds = done.stdout.splitlines()
    assert Path(folder) == installed / "atthene_emulator" / "_bundled" / "schemas"
    assert seeds.split() == sorted(path.stem for path in (ROOT / "fixtures").glob("*.yaml"))


def test_a_missing_bundled_file_says_to_install_again(installed: Path) -> None:
    done = run(installed, "-c", "from atthene_emulator.resources import bundled; bundled('schemas/none.json')")
    assert done.stderr.splitlines()[-1] == (
        "atthene_emulator.errors.SetupError: schemas/none.json is missing from this installation; "
        "install atthene-emulator again."
    )


def test_the_emulator_serves_from_the_wheel(installed: Path) -> None:
    code = """
import requests
from atthene_emulator import EmulatorServer
with EmulatorServer(seeds=("busy",)) as server:
    state = requests.get(server.control_url + "/state", timeout=10).json()
    listed = requests.get(server.base_url + "/sessions/", headers={"x-api-key": server.api_key}, timeout=10)
    print(listed.status_code, state["counts"]["agents"], state["counts"]["sessions"])
"""
    done = run(installed, "-c", code)
    assert (done.stdout, done.stderr) == ("200 50 500\n", "")
