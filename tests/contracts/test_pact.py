"""The verifier of Pact finds in the emulator what a consumer's tests wrote down, with the lines of the documentation."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests import documentation
from tests.contracts.programs import run

pytestmark = pytest.mark.contracts

PACT = json.loads((Path(__file__).parent / "consumer.json").read_text())
DESCRIPTIONS = [one["description"] for one in PACT["interactions"]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorServer]:
    """An emulator with the provider states that a page shows."""
    path = tmp_path_factory.mktemp("seed") / "states.yaml"
    path.write_text(documentation.shown("yaml", "provider_states:"))
    with EmulatorServer(seeds=("default", str(path))) as running:
        yield running


def shown(language: str, word: str, server: EmulatorServer) -> str:
    """A code block of a page, for this server."""
    port = server.url.rpartition(":")[2]
    text = documentation.shown(language, word)
    return text.replace("localhost:8484", f"localhost:{port}").replace("--port 8484", f"--port {port}")


def command_line(server: EmulatorServer) -> tuple[str, ...]:
    """The line that a page shows."""
    return tuple(shlex.split(shown("console", "pact verifier", server).replace("\\\n", " ")))


def changed(description: str, **response: Any) -> dict[str, Any]:
    """The pact, with another response to one of its interactions."""
    interactions = [
        {**one, "response": {**one["response"], **response}} if one["description"] == description else one
        for one in PACT["interactions"]
    ]
    return {**PACT, "interactions": interactions}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the pact."""
    (tmp_path / "consumer.json").write_text(json.dumps(PACT))
    return tmp_path


def test_the_command_line_verifies_every_interaction(server: EmulatorServer, folder: Path) -> None:
    done = run(*command_line(server), "--no-colour", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert all(description in done.stdout for description in DESCRIPTIONS)


@pytest.mark.parametrize("option", ["--state-change-teardown", "--state-change-url"])
def test_states_add_up_however_they_are_sent(server: EmulatorServer, folder: Path, option: str) -> None:
    words = list(command_line(server))
    if option == "--state-change-teardown":
        words.remove(option)  # an interaction begins with the seed all the same
    else:
        words.append("--state-change-as-query")
    done = run(*words, cwd=folder)
    assert done.returncode == 0, done.stdout


def test_the_program_in_python_verifies_every_interaction(server: EmulatorServer, folder: Path) -> None:
    (folder / "verify.py").write_text(shown("python", "from pact", server))
    done = run("python", "verify.py", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_what_is_wrong_is_found(server: EmulatorServer, tmp_path: Path, description: str) -> None:
    (tmp_path / "consumer.json").write_text(json.dumps(changed(description, status=418)))
    done = run(*command_line(server), "--no-colour", cwd=tmp_path)
    assert done.returncode == 1
    assert "There were 1 pact failures" in done.stdout
    assert "expected 418 but was" in done.stdout


def test_a_state_that_nobody_knows_is_found(server: EmulatorServer, tmp_path: Path) -> None:
    (tmp_path / "consumer.json").write_text(json.dumps(PACT).replace("the service is busy", "the service is bus"))
    done = run(*command_line(server), "--no-colour", cwd=tmp_path)
    assert done.returncode == 1
    assert "setup state change" in done.stdout
    assert "There were 1 pact failures" in done.stdout
