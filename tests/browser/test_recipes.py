"""The recipes for JavaScript test runners and development servers run; test_documentation.py holds that pages show their files."""

import json
import shutil
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.recipes.npm import HERE, install, installed, run
from tests.cli.running import COMMAND, invoke

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


@pytest.fixture(scope="module")
def vite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the proxy, which Storybook takes over."""
    folder = tmp_path_factory.mktemp("vite") / "vite"
    shutil.copytree(HERE / "vite", folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / ".storybook").mkdir()
    shutil.copy(HERE / "storybook/main.js", folder / ".storybook")
    install(folder)
    return folder


@pytest.mark.javascript
@pytest.mark.parametrize("way", ["exec", ".env.local"])
def test_a_page_reaches_the_emulator_by_the_proxy_of_vite(vite: Path, way: str) -> None:
    with EmulatorServer() as server:
        if way == "exec":
            done = run((*COMMAND, "exec", "--prefix", "VITE_", "--", "npm", "test"), vite)
        else:
            path = vite / ".env.local"
            told = invoke("env", "--url", server.url, "--format", "dotenv", "--prefix", "VITE_", "--output", str(path))
            assert (told.returncode, told.stderr) == (0, "")
            done = run(("npm", "test"), vite)
            path.unlink()
    assert "# pass 5\n# fail 0\n" in done.stdout, done.stdout + done.stderr


@pytest.mark.javascript
def test_the_proxy_of_vite_compiles(vite: Path) -> None:
    strict = ("--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck")
    done = run(("npx", "tsc", *strict, "vite.config.ts"), vite)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.javascript
def test_storybook_has_the_proxy_of_vite(vite: Path) -> None:
    show = """
        import { runnerImport } from "vite";
        const { module: { default: { viteFinal } } } = await runnerImport("./.storybook/main.js");
        const { plugins, server: { open, proxy } } = viteFinal({ plugins: [], server: { open: false } });
        console.log(JSON.stringify([plugins, open, Object.keys(proxy), proxy["/api/v1"].target]));
    """
    done = run(("node", "--input-type=module", "--eval", show), vite, ATTHENE_BASE_URL="http://here:1/api/v1")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [[], False, ["/api/v1", "/ws/amas"], "http://here:1"]


@pytest.mark.javascript
def test_next_rewrites_what_is_of_the_service() -> None:
    show = """
        const { default: { rewrites } } = await import("./next.config.mjs");
        console.log(JSON.stringify((await rewrites()).map((one) => [one.source, one.destination])));
    """
    url = "http://here:1/api/v1"
    done = run(("node", "--input-type=module", "--eval", show), HERE / "next", ATTHENE_BASE_URL=url)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [
        ["/api/v1/:path*/", f"{url}/:path*/"],
        ["/ws/amas/", "http://here:1/ws/amas/"],
    ]


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
