"""The wheel, installed into a new environment: its pytest plugin works in a project that knows nothing of ours."""

import sys
import venv
from pathlib import Path

import pytest

from tests.foreign import run

SITE_PACKAGES = Path(pytest.__file__).parents[1]

SUITE = """
def test_weather(atthene):
    atthene.script("It rains.", content={"contains": "weather"})
    url = f"{atthene.base_url}/runtime/session_abc123/execute/"
    assert atthene.http.post(url, json={"content": "How is the weather?"}).json()["messages"][0]["content"] == "It rains."
    atthene.assert_no_default_answers()


def test_failing(atthene):
    atthene.http.get(f"{atthene.base_url}/sessions/nowhere/")
    assert not atthene.journal()


def test_unexpected(atthene):
    url = f"{atthene.base_url}/runtime/session_abc123/execute/"
    atthene.http.post(url, json={"content": "Hm"}, headers={"X-Emulator-Strict": "1"})
"""


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment with the wheel, what it depends on, and pytest; nothing is downloaded."""
    folder = tmp_path_factory.mktemp("foreign")
    venv.create(folder / "venv", symlinks=True)
    made = folder / "venv" / "bin" / "python"
    (site,) = (folder / "venv").glob("lib/python*/site-packages")
    for path in SITE_PACKAGES.iterdir():
        # an editable installation puts its bundle there
        if "atthene" not in path.name and path.name != "atthene_emulator":
            (site / path.name).symlink_to(path)
    install = ("--python", str(made), "install", "--no-index", "--no-deps", str(wheel))
    done = run(sys.executable, "-m", "pip", *install, cwd=folder)
    assert done.returncode == 0, done.stderr
    return made


def test_a_foreign_project_has_the_plugin_of_the_wheel(python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_chat.py").write_text(SUITE)
    options = ("-W", "error", "-p", "no:cacheprovider", "-rA", "--trace-config")
    done = run(str(python), "-m", "pytest", *options, cwd=tmp_path, PYTHONPATH="")
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("="), done.stdout
    assert "2 failed, 1 passed" in lines[-1]
    assert "PASSED test_chat.py::test_weather" in lines
    assert "GET /api/v1/sessions/nowhere/ → 404 not_found" in lines
    assert [line for line in lines if line.startswith("The emulator answered req_000001 (POST ") and "with 501" in line]
    places = {
        line.split()[-1].strip("'")
        for line in lines
        if line.strip("'").endswith("atthene_emulator/pytest_plugin/__init__.py")
    }
    assert [place for place in places if not place.startswith(str(python.parents[1]))] == []
    assert places
