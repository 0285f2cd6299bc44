"""The inspector in a real browser: what it shows is what the endpoints say, and no other page gets in."""

import json
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.programs import browser
from tests.browser.recipes.npm import installed, run
from tests.browser.test_playwright import outcomes

HERE = Path(__file__).parent / "inspector"
SPECS = sorted(path.name for path in HERE.glob("*.spec.js"))

pytestmark = pytest.mark.javascript


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(HERE, tmp_path_factory.mktemp("inspector"))


@pytest.mark.parametrize("spec", SPECS)
def test_the_page_passes(spec: str, project: Path) -> None:
    with EmulatorServer() as server:
        done = run(
            ("npx", "playwright", "test", spec, "--reporter=json"),
            project,
            ATTHENE_EMULATOR_URL=server.url,
            CHROMIUM=browser(),
        )
        left = server.client.namespaces()
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["errors"] == []
    found = outcomes(report)
    assert {title: outcome for title, outcome in found.items() if outcome != "passed"} == {}
    assert len(found) >= 5
    assert done.returncode == 0
    assert [one.name for one in left] == ["default"]
