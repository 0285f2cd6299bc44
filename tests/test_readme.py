"""The README says what is true: its tables equal the code's, and its commands run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import websockets.sync.client

from atthene_emulator.server import EmulatorServer
from tests import foreign
from tests.browser.recipes.npm import install, run
from tests.cli.running import invoke

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
LIVE = "localhost:8484"


@pytest.fixture(autouse=True, scope="module")
def _as_seeded(server: EmulatorServer) -> None:
    """The examples start from the default seed, whatever was tested before."""
    requests.post(
        f"{server.control_url}/reset?scope=state,scripts,faults,rate_limit,latency,on_disconnect,transitions,clock,journal",
        timeout=10,
    ).raise_for_status()


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def pointed(block: str, server: EmulatorServer) -> str:
    """A block for the server of the tests."""
    return block.replace(LIVE, server.url.partition("//")[2])


@pytest.mark.parametrize("block", blocks("sh"), ids=lambda block: block.split("\n")[0][:50])
def test_shell_commands_run(block: str, server: EmulatorServer) -> None:
    folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": folder + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", pointed(block, server)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert '"error":{' not in done.stdout
    assert done.stderr == ""


def test_the_shown_tests_pass(tmp_path: Path) -> None:
    shown = [block for block in blocks("python") if "def test_" in block]
    path = tmp_path / "test_shown.py"
    path.write_text("\n\n".join(shown))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = foreign.run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path), cwd=tmp_path)
    assert done.returncode == 0, done.stdout


# What has the verifier of Pact is run by tests/contracts.
PROGRAMS = [block for block in blocks("python") if "def test_" not in block and "from pact" not in block]


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: block.split("\n")[0][:50])
def test_python_examples_run(block: str, server: EmulatorServer) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", pointed(block, server)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_shown_client_of_the_socket_approves_and_comes_to_its_end(server: EmulatorServer) -> None:
    (block,) = (block for block in PROGRAMS if "websockets.connect" in block)
    done = subprocess.run(
        [sys.executable, "-c", pointed(block, server)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "Send this email? Lunch\nThe e-mail is on its way. stop\n"


@pytest.mark.javascript
@pytest.mark.parametrize("block", blocks("js"), ids=lambda block: block.split("\n")[0][:50])
def test_javascript_examples_run(block: str, server: EmulatorServer, tmp_path: Path) -> None:
    server.client.transitions("immediate")  # no example waits for a clock
    if "WebSocket" in block and run(("node", "-p", "typeof WebSocket"), ROOT).stdout != "function\n":
        (tmp_path / "package.json").write_text('{"dependencies": {"ws": "8"}}')  # as the README says of older ones
        install(tmp_path)
        block = f'import {{ WebSocket }} from "ws";\n{block}'
    done = run(("node", "--input-type=module", "-e", pointed(block, server)), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("100\n" if "FormData" in block else "Hello! How can I help you today?\n")


def test_the_shown_finding_is_what_validate_prints(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text("name: Support\nagent_type: llm_agnt\n")
    done = invoke("validate", str(path))
    assert done.stdout.replace(str(path), "/tmp/agent.yaml") in README


def test_the_shown_seed_loads(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(next(block for block in blocks("yaml") if "accounts:" in block))
    with EmulatorServer(seeds=(str(path),)) as running:
        assert running.api_key == "test-key"


def test_the_shown_seed_of_files_loads_by_itself_and_its_agent_finds_them(tmp_path: Path) -> None:
    shown = blocks("yaml")
    seed = next(block for block in shown if "\nfiles:" in block and block.startswith("accounts:"))
    agent = next(block for block in shown if "knowledge_base_type" in block)
    path = tmp_path / "seed.yaml"
    path.write_text(seed)
    with EmulatorServer(seeds=(str(path),)) as running:
        world = running.client.create_namespace()
        for _ in range(4):
            world.http.get(f"{world.base_url}/knowledge-bases/kb_lamps/", timeout=10)
        for text in (agent, agent.replace("id: kb_lamps", "id: Lamp Help")):
            headers = {"Content-Type": "application/yaml"}
            made = world.http.post(f"{world.base_url}/sessions/", data=text, headers=headers, timeout=10).json()
            url = f"{world.base_url}/runtime/{made['session_id']}/execute/"
            world.http.post(url, json={"content": "How do I reset the lamp?"}, timeout=10)
            assert world.executions(made["session_id"])[0].knowledge[0]["source"] == "lamp.md"
    path.write_text(agent)
    assert invoke("validate", str(path)).returncode == 0


def test_the_shown_artifacts_load(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(next(block for block in blocks("yaml") if "report.csv" in block))
    with EmulatorServer(seeds=("default", str(path))) as running:
        assert running.client.state()["counts"]["artifacts"] == 2  # one is of the default seed


def test_links_within_lead_somewhere() -> None:
    headings = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE), re.MULTILINE
    )
    places = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= places


def test_the_shown_scripts_load(tmp_path: Path) -> None:
    path = tmp_path / "scripts.yaml"
    path.write_text(next(block for block in blocks("yaml") if block.startswith("scripts:")))
    with EmulatorServer(seeds=("default", str(path))) as running:
        names = [script.name for script in running.emulator.default.scripts]
    assert names[-2:] == ["second-question", "look-up"]


def test_the_shown_addition_adds_to_the_default_seed(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(next(block for block in blocks("yaml") if block.startswith("agents:")))
    with EmulatorServer(seeds=("default", str(path))) as running:
        assert [agent.key for agent in running.emulator.default.seed.agents][-1] == "sales_agent"


def test_the_shown_configuration_has_the_warning_that_it_says(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(next(block for block in blocks("yaml") if "ask_user_question" in block))
    assert re.findall(r"^\w+\[\w+\]", invoke("validate", str(path)).stdout, re.MULTILINE) == ["warning[F121]"]


LEFT_OUT = ("client_type", "timestamp", "session_id", "execution_id", "prev_message_id")


def test_the_shown_turn_is_what_a_socket_sends() -> None:
    page = (ROOT / "docs" / "socket.md").read_text()
    shown = re.findall(r"^([<>]) (\{.*\})$", page, re.MULTILINE)
    with EmulatorServer() as running:
        requests.post(f"{running.control_url}/scenarios/approval", timeout=10).raise_for_status()
        running.client.freeze("2026-10-01T10:30:00Z")
        with websockets.sync.client.connect(
            f"{running.url.replace('http', 'ws')}/ws/amas/", additional_headers={"x-api-key": running.api_key}
        ) as socket:
            for direction, text in shown:
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
