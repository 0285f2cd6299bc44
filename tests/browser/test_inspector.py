"""The inspector in a real browser: what it shows is what the endpoints say, and no other page gets in."""

import json
import os
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.programs import browser
from tests.browser.recipes.npm import installed, run
from tests.browser.test_playwright import outcomes

HERE = Path(__file__).parent / "inspector"
SHOTS, GUARDED = "screenshots.spec.js", "token.spec.js"
SPECS = sorted(path.name for path in HERE.glob("*.spec.js") if path.name not in (SHOTS, GUARDED))
TOKEN = "open sesame"
SECONDS = 300  # a specification that takes longer is ended
IMAGES = Path(__file__).parents[2] / "docs/images"

pytestmark = pytest.mark.javascript


@pytest.fixture(scope="module")
def project(node_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(HERE, tmp_path_factory.mktemp("inspector"), node_package)


def passed(spec: str, project: Path, token: str | None = None, **variables: str) -> int:
    """Run a specification: how many tests passed; none may fail, and no namespace may be left."""
    with EmulatorServer(control_token=token) as server:
        done = run(
            ("npx", "playwright", "test", spec, "--reporter=json"),
            project,
            SECONDS,
            ATTHENE_EMULATOR_URL=server.url,
            CHROMIUM=browser(),
            **variables,
        )
        left = server.client.namespaces()
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["errors"] == []
    found = outcomes(report)
    assert {title: outcome for title, outcome in found.items() if outcome != "passed"} == {}
    assert done.returncode == 0
    assert [one.name for one in left] == ["default"]
    return len(found)


@pytest.mark.parametrize("spec", SPECS)
def test_the_page_passes(spec: str, project: Path) -> None:
    assert passed(spec, project) >= 5


def test_the_page_asks_for_the_token(project: Path) -> None:
    assert passed(GUARDED, project, TOKEN, CONTROL_TOKEN=TOKEN) == 5


def test_the_pictures_of_the_documentation_are_made(project: Path, tmp_path: Path) -> None:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    assert passed(SHOTS, project, SCREENSHOTS=str(folder.absolute())) == 1
    assert {path.name for path in folder.glob("inspector-*.png")} == {path.name for path in IMAGES.glob("*.png")}
