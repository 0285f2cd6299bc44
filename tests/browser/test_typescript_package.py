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
from atthene_emulator.server import EmulatorServer
from tests.browser.conftest import SOURCE
from tests.browser.programs import browser
from tests.browser.recipes.npm import install, run
from tests.browser.test_playwright import outcomes
from tests.cli.running import invoke

MANIFEST: dict[str, Any] = json.loads((SOURCE / "package.json").read_text())
README = (SOURCE / "README.md").read_text()
LARGEST = 60_000  # bytes of the packed file
PROGRAMS = Path(__file__).parent / "package"
COMPILER = (
    *("npx", "tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"),
    *("--lib", "es2022,esnext.disposable", "--types", "node"),
)


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
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


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
def test_a_right_program_compiles_without_any_library_of_pages(project: Path) -> None:
    shutil.copy(SOURCE / "test" / "types.ts", project / "right.ts")
    done = run((*COMPILER, "right.ts"), project)
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
    done = run((*COMPILER, *names), project)
    refused = {line.partition("(")[0] for line in done.stdout.splitlines() if ": error TS" in line}
    assert refused == set(names), done.stdout


def copied(project: Path, name: str, to: str) -> None:
    shutil.copy(PROGRAMS / name, project / to)


@pytest.mark.javascript
@pytest.mark.parametrize("environment", ["node", "jsdom", "happy-dom"])
def test_vitest_has_a_world_for_each_test(environment: str, project: Path) -> None:
    copied(project, "environment.js", "environment.test.js")
    copied(project, "vitest.config.js", "vitest.config.js")
    command = ("npx", "vitest", "run", "--reporter=json", f"--environment={environment}", "environment.test.js")
    done = run(command, project, PATH=commands())
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["numPassedTests"] == 3


@pytest.mark.javascript
@pytest.mark.parametrize("environment", ["node", "jsdom"])
def test_jest_has_a_world_for_each_test(environment: str, project: Path) -> None:
    copied(project, "environment.js", "environment.jest.js")
    command = ("npx", "jest", "--json", f"--env={environment}", "--testMatch=**/environment.jest.js")
    done = run(command, project, PATH=commands(), NODE_OPTIONS="--experimental-vm-modules")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["numPassedTests"] == 3


CONVERSATION = """\
session_abc123:
  user: Hello, I need help with my account.
  assistant: Of course! What seems to be the trouble?
  user: What is the answer?
  assistant: You said: What is the answer?
"""


@pytest.mark.javascript
def test_vitest_tells_the_conversation_of_a_test_that_fails(project: Path) -> None:
    copied(project, "failing.test.js", "failing.test.js")
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
    for name in ("playwright.config.js", "world.spec.js"):
        copied(project, name, name)
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
    for config in ("playwright.config.js", "vitest.config.js"):
        copied(project, config, config)
    done = run(("npx", *command, name), project, PATH=commands(), CHROMIUM=browser())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_every_block_of_the_readme_is_run() -> None:
    assert len(BLOCKS) == README.count("```") // 2 == len(PRINTED) + 2
