"""Every code block of every page is true: it runs here, or equals a file that a test runs, or stands in a list with the reason."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import requests
import websockets.sync.client
import yaml

from atthene_emulator.cli import commands
from atthene_emulator.server import EmulatorServer
from tests import foreign
from tests.browser.recipes.npm import install, run
from tests.cli.running import ROOT, invoke
from tests.documentation import BLOCKS, TEXTS, Block, blocks, pointed, shown

# Pages that are made of what other tests run.
ELSEWHERE = {
    "docs/reference/findings.md": "tests/configuration/test_catalogue.py gives each example to the validator",
    "docs/reference/typescript.md": "a copy of the package's README, whose blocks tests/browser/test_typescript_package.py runs",
}

# Files of projects: each block is a file of this repository, which the tests beside it run.
SHOWN_FILES = (
    *(
        f"tests/browser/recipes/{name}"
        for name in (
            "vite/vite.config.ts",
            "next/next.config.mjs",
            "storybook/main.js",
            "storybook/Messages.stories.jsx",
            "vitest/chat.test.js",
            "cypress/cypress.config.cjs",
            "cypress/chat.cy.js",
        )
    ),
    "tests/browser/playwright/first.config.js",
    "tests/browser/playwright/first.spec.js",
    "tests/browser/playwright/world.js",
    "tests/browser/playwright/typing.spec.js",
    *(f"tests/browser/tutorial/{name}" for name in ("chat.mjs", "index.html", "chat.test.mjs")),
    "tests/openapi/typescript/orval.config.mjs",
    "tests/openapi/typescript/problem.ts",
)

# What commands of `console` blocks need, so that they do not run here.
NOT_RUN = {
    "make": "serves until it is stopped",
    "python3": "makes an environment, or serves until it is stopped",
    ".": "changes the shell",
    ".venv/bin/pip": "installs",
    ".venv/bin/atthene-emulator": "serves until it is stopped",
    "atthene-emulator": "serves until it is stopped, writes into the folder, or runs what is not installed here",
    "uvx": "fetches packages",
    "pipx": "fetches packages",
    "docker": "needs Docker",
    "npm": "fetches packages; tests/browser/test_typescript_package.py packs and installs the same",
    "cd": "is about folders of the reader",
    "npx": "fetches packages; tests/openapi/test_typescript_clients.py runs the same",
    "openapi-python-client": "tests/openapi/test_generated_clients.py runs the same",
    "mkcert": "changes whom the machine trusts",
    "pact": "needs Pact's verifier; tests/contracts/test_pact.py runs the same",
    "git": "reads a repository of others",
    "schemathesis": "takes minutes; tests/openapi/test_schemathesis.py runs the same, shorter",
    "py": "is of Windows",
    ".venv\\Scripts\\pip": "is of Windows",
    ".venv\\Scripts\\atthene-emulator": "is of Windows",
}

# What is printed or read rather than run, by its first words, and the test that holds it.
OUTPUTS = {
    "error[F103]": "test_the_shown_finding_is_what_validate_prints",
    "$ atthene-emulator doctor": "test_the_shown_report_is_what_doctor_prints",
    "$ atthene-emulator why": "tests/cli/test_why.py",
    "WS     open": "tests/cli/test_request_log.py has lines of this form; times differ",
    "Reloaded mine.yaml": "tests/cli/test_watch.py has lines of this form",
    '> {"type": "connect"}': "test_the_shown_turn_is_what_a_socket_sends",
    "# tests 3": "tests/browser/test_tutorial.py",
    "schemas/ ": "tests/test_architecture.py",
}

HERE = [block for block in BLOCKS if block.page not in ELSEWHERE]


def of(*languages: str) -> Callable[..., Any]:
    """A test for each block of some languages, by its place."""
    found = [block for block in HERE if block.language in languages]
    return pytest.mark.parametrize("block", found, ids=lambda block: block.name)


def is_tests(block: Block) -> bool:
    return "def test_" in block.text or "@pytest.fixture" in block.text


@pytest.fixture
def seeded(server: EmulatorServer) -> EmulatorServer:
    """Each block starts from the default seed, and waits for no upload."""
    scope = "state,scripts,faults,rate_limit,latency,on_disconnect,transitions,clock,journal,snapshots"
    requests.post(f"{server.control_url}/reset?scope={scope}", timeout=10).raise_for_status()
    server.client.transitions("immediate")
    return server


def test_every_block_is_of_a_language_that_is_tested() -> None:
    tested = ("sh", "python", "js", "yaml", "json", "javascript", "typescript", "html", "console", "powershell", "text")
    assert [block.name for block in HERE if block.language not in (*tested, "nginx", "haproxy")] == []


ONE_COMMAND = re.compile(r"atthene-emulator (?!exec)[^|<>$&;]*")


@of("sh")
def test_shell_commands_run(block: Block, seeded: EmulatorServer) -> None:
    text = pointed(block.text, seeded)
    lines = text.replace("\\\n", " ").splitlines()
    if all(ONE_COMMAND.fullmatch(line) for line in lines):  # they need no shell
        several = [invoke(*shlex.split(line, comments=True)[1:], cwd=ROOT) for line in lines]
        assert [(done.returncode, done.stderr) for done in several] == [(0, "")] * len(lines)
        return
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert '"error":{' not in done.stdout


@pytest.mark.parametrize("page", sorted({block.page for block in blocks("python") if is_tests(block)}))
def test_the_shown_tests_pass(page: str, tmp_path: Path) -> None:
    several = [block.text for block in blocks("python") if block.page == page and is_tests(block)]
    for text in several:
        name = "conftest.py" if "# conftest.py" in text else "test_shown.py"
        with (tmp_path / name).open("a") as file:
            file.write(f"{text}\n\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/seed.yaml").write_text(shown("yaml", "name: Sales Agent"))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    alone = ("-p", "no:cacheprovider", "-p", "atthene_emulator.pytest_plugin")  # other plugins take seconds to load
    command = (sys.executable, "-m", "pytest", "-q", *alone, "test_shown.py")
    done = foreign.run(*command, cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert done.returncode == 0, done.stdout


# What has the verifier of Pact is run by tests/contracts.
PROGRAMS = [block for block in blocks("python") if not is_tests(block) and "from pact" not in block.text]


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: block.name)
def test_python_programs_run(block: Block, seeded: EmulatorServer, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(pointed(block.text, seeded), block.name, "exec"), {"__name__": "__main__"})  # noqa: S102
    printed = capsys.readouterr()
    assert printed.err == ""
    if "HitlRequired" in block.text:
        assert printed.out == "Send this email? Lunch\nThe e-mail is on its way. stop\n"


# What programs print, by a word in them; the others print the greeting of the default seed.
PRINTED = {
    "FormData": "100\n",
    "HitlRequired": "Send this email?\nThe e-mail is on its way.\n",
    "lost-connection": (
        "First there was a click, then a long silence, and then everything that had been missing came at once.\n"
    ),
}


@pytest.mark.javascript
@of("js")
def test_javascript_programs_run(block: Block, seeded: EmulatorServer, tmp_path: Path) -> None:
    text = block.text
    if "WebSocket" in text and run(("node", "-p", "typeof WebSocket"), ROOT).stdout != "function\n":
        (tmp_path / "package.json").write_text('{"dependencies": {"ws": "8"}}')  # as the page says of older ones
        install(tmp_path)
        text = f'import {{ WebSocket }} from "ws";\n{text}'
    done = run(("node", "--input-type=module", "-e", pointed(text, seeded)), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    printed = [said for word, said in PRINTED.items() if word in text]
    assert done.stdout == (printed or ["Hello! How can I help you today?\n"])[0]


def unnamed(text: str) -> str:
    """A file without the comment that names it."""
    return re.sub(r"\A(?:// |<!-- )[\w./-]+(?: -->)?\n", "", text)


@of("javascript", "typescript", "html")
def test_a_shown_file_is_one_that_is_run(block: Block) -> None:
    assert unnamed(block.text) in [unnamed((ROOT / name).read_text()) for name in SHOWN_FILES]


@pytest.mark.parametrize("name", SHOWN_FILES)
def test_a_file_that_is_run_is_shown(name: str) -> None:
    shown_files = [unnamed(block.text) for block in blocks("javascript", "typescript", "html")]
    assert unnamed((ROOT / name).read_text()) in shown_files


@of("json")
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


def scripts_of(value: Any) -> list[str]:
    """The lines that jobs of GitHub or of GitLab run."""
    jobs = (
        [one for one in (value.get("jobs") or value).values() if isinstance(one, dict)]
        if isinstance(value, dict)
        else []
    )
    steps = [step["run"] for job in jobs for step in job.get("steps", ()) if isinstance(step, dict) and "run" in step]
    return [*steps, *(line for job in jobs for line in job.get("script", ()))]


def test_the_jobs_of_ci_run_commands_with_options_that_there_are() -> None:
    lines = [line for block in HERE if block.language == "yaml" for line in scripts_of(yaml.safe_load(block.text))]
    ours = [line for line in lines if "atthene-emulator" in line]
    assert [line for line in ours if unknown(shlex.split(line, comments=True))] == []
    assert sum("exec --export-on-failure" in line for line in ours) == 2


@of("yaml")
def test_yaml_is_what_the_emulator_reads(block: Block, tmp_path: Path) -> None:
    value = yaml.safe_load(block.text)
    if (
        isinstance(value, list) or not value.keys().isdisjoint({"jobs", "hash_policy"}) or scripts_of(value)
    ):  # of others
        return
    path = tmp_path / "shown.yaml"
    path.write_text(block.text)
    seeds = () if value.keys() & {"accounts", "agent_type", "name"} else ("--with", "default")
    done = invoke("validate", *seeds, str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    warnings = re.findall(r"^warning\[(\w+)\]", done.stdout, re.MULTILINE)
    assert warnings == re.findall(r"warning (\w\d+):", block.text)


@of("nginx", "haproxy")
def test_lines_for_a_balancer_are_of_the_whole_file(block: Block) -> None:
    name = "nginx.conf" if block.language == "nginx" else "haproxy.cfg"
    whole = " ".join((ROOT / "docs/examples" / name).read_text().split())
    statements = re.sub(r"#.*", "", block.text).replace(";", ";\n").splitlines()
    assert [one for one in statements if " ".join(one.split()) not in whole] == []


@of("console", "powershell")
def test_what_is_not_run_is_listed_and_names_commands_and_options_that_there_are(block: Block) -> None:
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True, posix=block.language == "console")
        while re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        assert words[0] in NOT_RUN
        assert unknown(words) == []


def unknown(words: list[str]) -> list[str]:
    """Commands and options of ours in a line that there are not."""
    place = next((at for at, word in enumerate(words) if Path(word).name == "atthene-emulator"), None)
    if place is None or len(words) == place + 1:
        return []
    name, *rest = words[place + 1 :]
    command = commands.everyone().get(name)
    if isinstance(command, click.Group) and rest:
        command = command.commands.get(rest[0])
    if command is None:
        return [] if "docker" in words else [name]  # the name of the image
    own = rest[: rest.index("--")] if "--" in rest else rest
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    return [word for word in own if word.startswith("--") and word.partition("=")[0] not in known]


@pytest.mark.parametrize("page", TEXTS)
def test_commands_within_a_text_have_options_that_there_are(page: str) -> None:
    named = re.findall(r"`(atthene-emulator [^`]+)`", TEXTS[page])
    of_groups = ("scenario", "snapshot", "namespace", "completion", "serve --help")
    lines = [line for line in named if not line.split(" ", 1)[1].startswith(of_groups) and "COMMAND" not in line]
    assert [line for line in lines if unknown(re.sub(r"[|][A-Z]+", "", line).split())] == []


@of("text")
def test_what_is_printed_is_held_by_a_test(block: Block) -> None:
    assert any(block.text.startswith(words) for words in OUTPUTS)


def test_the_shown_finding_is_what_validate_prints(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text("name: Support\nagent_type: llm_agnt\n")
    assert invoke("validate", str(path)).stdout.replace(str(path), "/tmp/agent.yaml") == shown("text", "error[F103]")


def test_the_shown_report_is_what_doctor_prints() -> None:
    with EmulatorServer() as running:
        done = invoke("doctor", "--url", running.url, ATTHENE_BASE_URL=running.url)
    text = done.stdout.replace(running.url, "http://127.0.0.1:8484")
    assert f"$ atthene-emulator doctor\n{re.sub('up [0-9.]+ s', 'up 12 s', text)}" == shown("text", "doctor")


def started(text: str, tmp_path: Path, *before: str) -> EmulatorServer:
    """A server of seeds, the last of which is shown."""
    path = tmp_path / "shown.yaml"
    path.write_text(text)
    return EmulatorServer(seeds=(*before, str(path)))


def test_the_shown_seed_has_its_key(tmp_path: Path) -> None:
    with started(shown("yaml", "forbidden-key"), tmp_path) as running:
        assert running.api_key == "test-key"


def test_the_shown_seed_of_files_loads_by_itself_and_its_agent_finds_them(tmp_path: Path) -> None:
    agent = shown("yaml", "Knows the lamp")
    with started(shown("yaml", "file_lamp"), tmp_path) as running:
        world = running.client.create_namespace()
        for _ in range(4):
            world.http.get(f"{world.base_url}/knowledge-bases/kb_lamps/", timeout=10)
        for text in (agent, agent.replace("id: kb_lamps", "id: Lamp Help")):
            headers = {"Content-Type": "application/yaml"}
            made = world.http.post(f"{world.base_url}/sessions/", data=text, headers=headers, timeout=10).json()
            url = f"{world.base_url}/runtime/{made['session_id']}/execute/"
            world.http.post(url, json={"content": "How do I reset the lamp?"}, timeout=10)
            assert world.executions(made["session_id"])[0].knowledge[0]["source"] == "lamp.md"


def test_the_shown_artifacts_load(tmp_path: Path) -> None:
    with started(shown("yaml", "report.csv"), tmp_path, "default") as running:
        assert running.client.state()["counts"]["artifacts"] == 2  # one is of the default seed


def test_the_shown_scripts_load(tmp_path: Path) -> None:
    with started(shown("yaml", "name: second-question"), tmp_path, "default") as running:
        names = [script.name for script in running.emulator.default.scripts]
    assert names[-2:] == ["second-question", "look-up"]


def test_the_shown_addition_adds_to_the_default_seed(tmp_path: Path) -> None:
    with started(shown("yaml", "name: Sales Agent"), tmp_path, "default") as running:
        assert [agent.key for agent in running.emulator.default.seed.agents][-1] == "sales_agent"


LEFT_OUT = ("client_type", "timestamp", "session_id", "execution_id", "prev_message_id")


def test_the_shown_turn_is_what_a_socket_sends() -> None:
    turn = re.findall(r"^([<>]) (\{.*\})$", shown("text", '> {"type": "connect"}'), re.MULTILINE)
    with EmulatorServer() as running:
        requests.post(f"{running.control_url}/scenarios/approval", timeout=10).raise_for_status()
        running.client.freeze("2026-10-01T10:30:00Z")
        with websockets.sync.client.connect(
            f"{running.url.replace('http', 'ws')}/ws/amas/", additional_headers={"x-api-key": running.api_key}
        ) as socket:
            for direction, text in turn:
                if direction == ">":
                    frame = {"client_type": "api", "session_id": "session_approval", **json.loads(text)}
                    socket.send(json.dumps(frame))
                    continue
                frame = json.loads(socket.recv(timeout=10))
                if frame["type"] == "event":
                    del frame["type"]
                assert _less(frame) == json.loads(text)


def _less(frame: dict[str, Any]) -> dict[str, Any]:
    """A frame without what the page leaves out."""
    return {
        name: _less(value) if isinstance(value, dict) else value
        for name, value in frame.items()
        if name not in LEFT_OUT
    }
