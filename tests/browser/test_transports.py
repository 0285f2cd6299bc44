"""Transports of chat libraries to sessions: what a user copies compiles, and passes its tests with the libraries' own machinery."""

import json
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.conftest import SOURCE
from tests.browser.recipes.npm import installed, run

TRANSPORTS = SOURCE / "transports"
SUITES = sorted(path.name for path in (TRANSPORTS / "test").glob("*.test.*"))
FILES = ("ag-ui.ts", "ai-sdk.ts", "assistant-ui.ts", "session.ts")
LINES = 120  # a file that is copied is read first

pytestmark = pytest.mark.javascript


@pytest.fixture(scope="module")
def project(node_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(TRANSPORTS, tmp_path_factory.mktemp("made"), node_package)


def test_the_transports_compile(project: Path) -> None:
    done = run(("npm", "run", "--silent", "check"), project)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_transports_pass_their_tests(project: Path) -> None:
    with EmulatorServer() as server:
        done = run(("npm", "test", "--silent", "--", "--reporter=json"), project, ATTHENE_EMULATOR_URL=server.url)
        left = server.client.namespaces()
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["numPassedTests"] == report["numTotalTests"]
    assert sorted(Path(suite["name"]).name for suite in report["testResults"]) == SUITES
    assert [one.name for one in left] == ["default"]


@pytest.mark.parametrize("name", FILES)
def test_a_transport_is_short_and_needs_nothing_of_ours(name: str) -> None:
    text = (TRANSPORTS / name).read_text()
    assert len(text.splitlines()) < LINES
    assert "atthene-emulator" not in text
    assert "__emulator" not in text
