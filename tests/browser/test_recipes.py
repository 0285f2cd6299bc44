"""The README's recipes for JavaScript test runners run: their files are what the README shows."""

import json
import shutil
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.recipes.npm import HERE, install, installed, run

RUNNERS = {
    "vitest": ("npx", "vitest", "run", "--reporter=json"),
    "jest": ("npm", "test", "--silent", "--", "--json"),
}


@pytest.mark.javascript
@pytest.mark.parametrize("runner", RUNNERS)
def test_a_recipe_passes(runner: str, node_package: Path, tmp_path: Path) -> None:
    project = installed(HERE / runner, tmp_path, node_package)
    with EmulatorServer() as server:
        done = run(
            RUNNERS[runner],
            project,
            ATTHENE_BASE_URL=server.base_url,
            ATTHENE_API_KEY=server.api_key,
            ATTHENE_EMULATOR_URL=server.url,
        )
        left = server.client.namespaces()
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["numPassedTests"], report["numTotalTests"]) == (2, 2)
    assert [one.name for one in left] == ["default"]


@pytest.mark.javascript
def test_the_recipe_for_ag_ui_passes(node_package: Path, tmp_path: Path) -> None:
    project = installed(HERE / "agui", tmp_path, node_package)
    with EmulatorServer() as server:
        done = run(("node", "--test", "--test-reporter=tap"), project, ATTHENE_EMULATOR_URL=server.url)
        left = server.client.namespaces()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# tests 6\n# suites 0\n# pass 6\n" in done.stdout
    assert [one.name for one in left] == ["default"]
    shown = project / "approve.js"
    with EmulatorServer() as server:
        server.client.use_scenario("approval")
        shown.write_text(shown.read_text().replace("localhost:8484", server.url.partition("//")[2]))
        done = run(("node", "--import", "./websocket.js", shown.name), project)
    assert (done.stdout, done.stderr) == ("Send this email? Our meeting\nThe e-mail is on its way.\n", "")


# Cypress brings a browser of its own, which cannot be installed everywhere. What can be checked without it: its files
# parse, and the tasks, which run in Node.js, do what the specification asks of them.
CYPRESS = HERE / "cypress"
TASKS = """
const config = require("./cypress.config.cjs");
config.e2e.setupNodeEvents(async (event, tasks) => {
  const shown = Object.keys(await tasks.newWorld());
  const made = await tasks.world(["script", { name: "rain", then: { reply: "It rains." } }]);
  console.log(JSON.stringify([event, shown, made, await tasks.world(["close"])]));
});
"""


@pytest.mark.javascript
@pytest.mark.parametrize("name", ["cypress.config.cjs", "chat.cy.js"])
def test_the_files_for_cypress_parse(name: str) -> None:
    done = run(("node", "--check", name), CYPRESS)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.javascript
def test_the_tasks_for_cypress_control_a_world_of_their_own(node_package: Path, tmp_path: Path) -> None:
    shutil.copy(CYPRESS / "cypress.config.cjs", tmp_path)
    install(tmp_path, node_package)
    with EmulatorServer() as server:
        done = run(("node", "--eval", TASKS), tmp_path, ATTHENE_EMULATOR_URL=server.url)
        left = server.client.namespaces()
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == ["task", ["baseUrl", "apiKey"], "rain", None]
    assert [one.name for one in left] == ["default"]


SHOWN = (
    "vitest/chat.test.js",
    "../playwright/world.js",
    "../playwright/typing.spec.js",
    "cypress/cypress.config.cjs",
    "cypress/chat.cy.js",
    "agui/agent.js",
    "agui/approve.js",
)


@pytest.mark.parametrize("name", SHOWN)
def test_the_readme_shows_the_file(name: str) -> None:
    assert (HERE / name).read_text() in (HERE.parents[2] / "README.md").read_text()
