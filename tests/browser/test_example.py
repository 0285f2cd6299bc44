"""The example is made by the lines of its README, and its tests pass in a browser."""

import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import SOURCE
from tests.browser.programs import browser
from tests.browser.recipes.npm import run
from tests.browser.test_playwright import outcomes

EXAMPLE = SOURCE / "example"
LEFT_OUT = ("node_modules", "dist", "api", "openapi.json", "test-results", "playwright-report")
BROWSER = "npx playwright install chromium"  # the one of this machine is used instead
TESTS = "npm test"
COUNT = 22
SECONDS = 300  # a line that takes longer is ended
SOURCE_LINES = 620

pytestmark = pytest.mark.javascript


def shown() -> list[str]:
    """The lines of the README that make the example and run its tests."""
    (block,) = re.findall(r"^```sh\n(.*?)^```$", (EXAMPLE / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    lines: list[str] = block.splitlines()
    return lines


def test_the_lines_of_the_readme_lead_from_a_checkout_to_passed_tests(tmp_path: Path) -> None:
    shutil.copytree(SOURCE, tmp_path / "typescript", ignore=shutil.ignore_patterns(*LEFT_OUT))
    project = tmp_path / "typescript" / "example"
    variables = {
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        "CHROMIUM": browser(),
    }
    *preparations, browsers, tests = shown()
    assert (browsers, tests) == (BROWSER, TESTS)
    for line in preparations:
        done = run(tuple(shlex.split(line)), project, SECONDS, **variables)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    done = run((*shlex.split(tests), "--silent", "--", "--reporter=json"), project, SECONDS, **variables)
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["errors"] == []
    found = outcomes(report)
    assert {title: outcome for title, outcome in found.items() if outcome != "passed"} == {}
    assert (len(found), report["stats"]["expected"], report["config"]["workers"]) == (COUNT, COUNT, 2)
    assert (report["stats"]["flaky"], report["stats"]["skipped"], done.returncode) == (0, 0, 0)


def test_the_example_is_small() -> None:
    texts = [path.read_text() for path in (EXAMPLE / "src").glob("*.ts*")]
    assert sum(len(text.splitlines()) for text in texts) <= SOURCE_LINES
