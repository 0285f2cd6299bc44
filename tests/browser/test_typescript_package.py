"""The package for Node.js: what is in it, that it works, and what does not compile."""

import base64
import json
import os
import re
import shutil
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

import atthene_emulator
from atthene_emulator.configuration.yaml_text import read_yaml
from atthene_emulator.server import EmulatorServer
from tests.browser.conftest import SOURCE
from tests.browser.programs import browser
from tests.browser.recipes.npm import installed, run
from tests.browser.test_playwright import outcomes
from tests.cli.running import invoke

MANIFEST: dict[str, Any] = json.loads((SOURCE / "package.json").read_text())
ROOT = SOURCE.parents[1]
README = (SOURCE / "README.md").read_text()
TESTS = sorted(str(path.relative_to(SOURCE)) for path in (SOURCE / "test").glob("*.test.js"))
LARGEST = 60_000  # bytes of the packed file
PROGRAMS = Path(__file__).parent / "package"
COMPILER = ("npx", "tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--types", "node")
WITHOUT_PAGES = ("--lib", "es2022,esnext.disposable")
WITH_PAGES = ("--lib", "es2022,esnext.disposable,dom", "--skipLibCheck")  # which Playwright's take long


def test_the_version_and_the_licence_are_those_of_the_emulator() -> None:
    assert MANIFEST["version"] == atthene_emulator.__version__
    assert MANIFEST["license"] == "Apache-2.0"
    assert (SOURCE / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_nothing_else_is_installed_and_nothing_runs_then() -> None:
    assert "dependencies" not in MANIFEST
    assert not {"preinstall", "install", "postinstall", "prepare"} & set(MANIFEST["scripts"])
    assert all(one["optional"] for one in MANIFEST["peerDependenciesMeta"].values())
    assert set(MANIFEST["peerDependenciesMeta"]) == set(MANIFEST["peerDependencies"])


def test_the_readme_names_the_packed_file() -> None:
    assert (
        f"/atthene-emulator-{atthene_emulator.__version__}.tgz"
        in (ROOT / "docs/how-to/javascript-tests.md").read_text()
    )


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
    return installed(PROGRAMS, tmp_path_factory.mktemp("user"), node_package)


def commands() -> str:
    """Where programs are looked for: this emulator first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.mark.javascript
def test_its_own_tests_pass(node_project: Path, node_package: Path) -> None:
    assert node_package.exists()  # it is built
    with EmulatorServer() as server:
        done = run(
            ("node", "--test", "--test-reporter=tap", *TESTS),
            node_project,
            PATH=commands(),
            ATTHENE_EMULATOR_URL=server.url,
        )
        left = server.client.namespaces()
    assert done.returncode == 0, (
        "".join(re.findall(r"^not ok .*?^  \.\.\.$", done.stdout, re.DOTALL | re.MULTILINE)) + done.stderr
    )
    assert "\n# skipped 0\n" in done.stdout
    assert [one.name for one in left] == ["default"]


@pytest.mark.javascript
def test_the_types_are_those_of_the_control_plane(node_project: Path) -> None:
    document = node_project / "control.json"
    document.write_text(invoke("openapi", "--control").stdout)
    done = run(("sh", "-c", "node types.mjs < control.json"), node_project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (SOURCE / "src" / "control.ts").read_text(), "run `npm run types` in clients/typescript"


@pytest.mark.javascript
def test_a_right_program_compiles(project: Path) -> None:
    shutil.copy(SOURCE / "test" / "types.ts", project / "right.ts")
    done = run((*COMPILER, *WITH_PAGES, "right.ts"), project)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.javascript
def test_every_bundled_seed_and_scenario_is_a_seed(project: Path) -> None:
    seeds = [ROOT / "fixtures" / "default.yaml", *sorted((ROOT / "fixtures" / "scenarios").glob("*.yaml"))]
    lines = [f"{json.dumps(read_yaml(path.read_bytes()).value)}," for path in seeds]
    (project / "seeds.ts").write_text(
        "\n".join(['import type { Seed } from "atthene-emulator";', "export const seeds: Seed[] = [", *lines, "];"])
    )
    done = run((*COMPILER, *WITHOUT_PAGES, "--skipLibCheck", "seeds.ts"), project)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.javascript
def test_what_is_not_for_playwright_needs_no_types_of_pages(project: Path) -> None:
    exported = [f'export * from "atthene-emulator{part}";' for part in ("", "/vitest")]
    (project / "bare.ts").write_text("\n".join(exported))
    done = run((*COMPILER, *WITHOUT_PAGES, "bare.ts"), project)
    assert (done.returncode, done.stdout) == (0, "")


MISTAKES = {
    "ttlSeconds: 60": "ttl_seconds: 60",
    'contract: "reference"': 'contract: "referense"',
    "agents: []": "agentz: []",
    '{ contains: "weather" }': '{ contain: "weather" }',
    "delay_ms: 10": "delayMs: 10",
    '"runtime.execute", status': '"runtime.exec", status',
    'kind: "error"': 'kind: "eror"',
    'outcome: "default_answer"': 'outcome: "default"',
    "entry?.outcome": "entry?.result",
    "console.log(await world.scripts())": 'console.log((await world.control("GET", "/scripts")).length)',
    "window.ATTHENE!": "window.ATHENE!",
    "path[0]?.why": "path[0]?.because",
    'kind: "accept", scope': 'kind: "accepted", scope',
    "event.message_id": "event.messageId",
    "error.problems[0]?.field": "error.problems[0]?.place",
    'start({ seed: "busy", port: 0': 'start({ seed: "busy", port: "0"',
    "corsOrigins": "cors_origins",
    'worldOptions: { seed: "busy" }': 'worldOption: { seed: "busy" }',
    "page.goto(world.baseUrl)": "page.goto(world.base_url)",
    "start: { strict: true }": "start: { strict: 1 }",
}


@pytest.mark.javascript
def test_mistakes_do_not_compile(project: Path) -> None:
    """Each in a program of its own; all are compiled in one go."""
    right = (SOURCE / "test" / "types.ts").read_text()
    names = []
    for number, (correct, wrong) in enumerate(MISTAKES.items()):
        assert right.count(correct) == 1, correct
        names.append(f"wrong{number}.ts")
        (project / names[-1]).write_text(right.replace(correct, wrong))
    done = run((*COMPILER, *WITH_PAGES, *names), project)
    refused = {line.partition("(")[0] for line in done.stdout.splitlines() if ": error TS" in line}
    assert refused == set(names), done.stdout


@pytest.mark.javascript
@pytest.mark.parametrize("environment", ["node", "jsdom", "happy-dom"])
def test_vitest_has_a_world_for_each_test(environment: str, project: Path) -> None:
    command = ("npx", "vitest", "run", "--reporter=json", f"--environment={environment}", "environment.test.js")
    done = run(command, project, PATH=commands())
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["numPassedTests"] == 3


@pytest.mark.javascript
@pytest.mark.parametrize("environment", ["node", "jsdom"])
def test_jest_has_a_world_for_each_test(environment: str, project: Path) -> None:
    command = ("npx", "jest", "--json", f"--env={environment}", "--testMatch=**/environment.test.js")
    done = run(command, project, PATH=commands(), NODE_OPTIONS="--experimental-vm-modules")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["numPassedTests"] == 3


CONVERSATION = """\
session_abc123:
  user: Hello, I need help with my account.
  assistant: Of course! What seems to be the trouble?
  user: Hello
  assistant: Hello! How can I help you today?
"""


@pytest.mark.javascript
def test_vitest_tells_the_conversation_of_a_test_that_fails(project: Path) -> None:
    with EmulatorServer() as server:
        command = ("npx", "vitest", "run", "failing.test.js")
        done = run(command, project, ATTHENE_EMULATOR_URL=server.url, NO_COLOR="1")
        left = server.client.namespaces()
    assert done.returncode == 1
    assert CONVERSATION in done.stderr
    assert "socket.user_message → 101 ok" in done.stderr
    assert "expected 41 to be 42" in done.stderr
    assert [one.name for one in left] == ["default"]


@pytest.mark.javascript
def test_playwright_has_a_world_for_each_test_and_tells_what_failed(project: Path) -> None:
    command = ("npx", "playwright", "test", "world.spec.js", "--reporter=json")
    done = run(command, project, PATH=commands(), CHROMIUM=browser())
    report = json.loads(done.stdout)
    found = outcomes(report)
    failed = [title for title, outcome in found.items() if outcome != "passed"]
    assert (len(found), failed) == (6, ["what fails is told with its conversation"]), found
    attached = attachments(report, failed[0])
    assert attached["conversation.txt"].startswith(CONVERSATION)
    (entry,) = json.loads(attached["journal.json"])
    assert (entry["operation"], entry["status"]) == ("runtime.execute", 200)


def attachments(report: dict[str, Any], title: str) -> dict[str, str]:
    """What is attached to a test of a report, by its name."""
    (file,) = report["suites"]
    (spec,) = (one for one in file["specs"] if one["title"] == title)
    (result,) = spec["tests"][0]["results"]
    return {one["name"]: base64.b64decode(one["body"]).decode() for one in result["attachments"] if "body" in one}


BLOCKS = re.findall(r"^```js\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
PRINTED = {"start": "It rains.\n", "attach": "Think hard Done.\n"}  # the last line, by what the program imports


@pytest.mark.javascript
@pytest.mark.parametrize("name", PRINTED)
def test_the_programs_of_the_readme_run(name: str, project: Path) -> None:
    (block,) = (one for one in BLOCKS if one.startswith(f"import {{ {name} }}"))
    (project / f"{name}.js").write_text(block)
    with EmulatorServer() as server:
        variables = {"ATTHENE_EMULATOR_URL": server.url} if name == "attach" else {}
        done = run(("node", f"{name}.js"), project, PATH=commands(), **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(PRINTED[name])


@pytest.mark.javascript
@pytest.mark.parametrize(
    ("name", "command"), [("chat.test.js", ("vitest", "run")), ("chat.spec.js", ("playwright", "test"))]
)
def test_the_tests_of_the_readme_pass(name: str, command: tuple[str, ...], project: Path) -> None:
    (block,) = (one for one in BLOCKS if one.startswith(f"// {name}"))
    (project / name).write_text(block)
    done = run(("npx", *command, name), project, PATH=commands(), CHROMIUM=browser())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_every_block_of_the_readme_is_run() -> None:
    assert len(BLOCKS) == README.count("```") // 2 == len(PRINTED) + 2
