"""A whole emulator as a file: written when a command fails, or of one that runs, and opened by `serve --import`."""

import json
import sys
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from tests.cli.running import invoke, run
from tests.cli.serving import greeting, serving, started

MAKES_A_SESSION = """
import os, sys, urllib.request
headers = {"x-api-key": os.environ["ATTHENE_API_KEY"], "Content-Type": "application/json"}
body = b'{"name": "Mine", "agent_type": "llm_agent", "llm_config": {"model": "gpt-4o", "api_key": "sk-hidden-secret"}}'
urllib.request.urlopen(urllib.request.Request(os.environ["ATTHENE_BASE_URL"] + "/sessions/", body, headers)).read()
sys.exit(int(sys.argv[1]))
"""


def execute(folder: Path, status: int, *options: str) -> tuple[int, str]:
    """Run a command that makes a session and ends with a status; what `exec` ends with, and says."""
    done = run("exec", *options, "--", sys.executable, "-c", MAKES_A_SESSION, str(status), cwd=folder)
    return done.returncode, done.stderr


def test_a_command_that_fails_leaves_the_emulator_behind(tmp_path: Path) -> None:
    status, said = execute(tmp_path, 3, "--export-on-failure", "results/emulator.json")
    assert status == 3
    assert said == (
        "atthene-emulator: exported to results/emulator.json; open it with: atthene-emulator serve --import results/emulator.json\n"
    )
    written = (tmp_path / "results" / "emulator.json").read_text()
    assert "sk-hidden-secret" not in written
    with serving("--import", str(tmp_path / "results" / "emulator.json")) as emulator:
        assert len(emulator.get("/sessions/").json()) == 2
        assert [one["method"] for one in emulator.control("/journal").json()] == ["POST", "GET"]


def test_it_is_said_what_was_opened(tmp_path: Path) -> None:
    file = tmp_path / "emulator.json"
    with EmulatorServer() as server:
        file.write_bytes(server.export())
    with started("--port", "0", "--import", str(file)) as process:
        assert ["seed", str(file)] in [line.split() for line in greeting(process)]


def test_a_command_that_succeeds_leaves_nothing(tmp_path: Path) -> None:
    assert execute(tmp_path, 0, "--export-on-failure", "emulator.json") == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_status_of_the_command_counts_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    status, said = execute(tmp_path, 4, "--export-on-failure", "results/emulator.json")
    assert status == 4
    assert (
        said
        == "atthene-emulator: the emulator was not exported: results/emulator.json cannot be written: File exists.\n"
    )


def test_secrets_stay_where_they_are_wanted(tmp_path: Path) -> None:
    execute(tmp_path, 1, "--export-on-failure", "emulator.json", "--with-secrets")
    assert "sk-hidden-secret" in (tmp_path / "emulator.json").read_text()


def test_a_running_emulator_is_exported(tmp_path: Path) -> None:
    file = tmp_path / "emulator.json"
    with EmulatorServer() as server:
        server.client.create_namespace("mine")
        done = invoke("export", str(file), "--url", server.url)
        printed = invoke("export", "-", "--url", server.url).stdout
    assert done.stdout == f"Exported 2 namespaces to {file}; open it with: atthene-emulator serve --import {file}\n"
    assert [one["name"] for one in json.loads(file.read_text())["namespaces"]] == ["default", "mine"]
    assert json.loads(printed)["namespaces"] == json.loads(file.read_text())["namespaces"]


@pytest.mark.parametrize("text", ['{"format": "atthene-emulator/state", "vers', "{}"])
def test_what_cannot_be_opened_is_said_in_a_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "emulator.json"
    file.write_text(text)
    done = invoke("serve", "--port", "0", "--import", str(file))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert str(file) in done.stderr
