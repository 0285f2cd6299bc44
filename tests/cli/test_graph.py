"""`atthene-emulator graph`: configurations of files, and sessions of a running emulator, drawn."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from atthene_emulator import EmulatorNamespace
from atthene_emulator.server import EmulatorServer
from tests.cli.running import Done, invoke
from tests.graph.documents import KINDS

SESSION = "session_abc123"
BRANCH = """\
         ┌───────┐
         │ start │
         └───┬───┘
             ▼
         ┌───────┐
         │ check │
         └───┬───┘
          ┌──┴──┐
         yes   no
      ┌───┘     └───┐
      ▼             ▼
┌───────────┐    ┌─────┐
│ good_news │    │ bad │
└─────┬─────┘    └──┬──┘
      └──────┬──────┘
             ▼
          ┌─────┐
          │ end │
          └─────┘

check  Is it good?
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def world(emulator: EmulatorServer) -> Iterator[EmulatorNamespace]:
    with emulator.client.create_namespace() as made:
        yield made


def tell(world: EmulatorNamespace, *arguments: str) -> Done:
    return invoke("graph", *arguments, "--url", world.url, "--namespace", world.namespace)


def execute(world: EmulatorNamespace) -> None:
    url = f"{world.base_url}/runtime/{SESSION}/execute/"
    assert world.http.post(url, json={"content": "Hello"}, timeout=10).ok


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    path = tmp_path / "agent.json"
    path.write_text(json.dumps(KINDS["boolean"]))
    return path


# Files


def test_a_file_needs_no_emulator(branch: Path, free_url: str) -> None:
    done = invoke("graph", str(branch), "--url", free_url)
    assert (done.returncode, done.stdout, done.stderr) == (0, BRANCH, "")


def test_it_may_come_by_standard_input(branch: Path) -> None:
    assert invoke("graph", "-", stdin=branch.read_text()).stdout == BRANCH


def test_ascii_has_no_other_signs(branch: Path) -> None:
    done = invoke("graph", str(branch), "--ascii")
    assert done.stdout.isascii()
    assert "|   check   |" not in done.stdout
    assert "| check |" in done.stdout


def test_a_picture_is_written_to_a_file(branch: Path, tmp_path: Path) -> None:
    path = tmp_path / "agent.svg"
    done = invoke("graph", str(branch), "--format", "svg", "--output", str(path))
    assert (done.returncode, done.stdout) == (0, "")
    assert ET.fromstring(path.read_text()).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  # our own


def test_a_file_that_cannot_be_written_is_named(branch: Path, tmp_path: Path) -> None:
    path = tmp_path / "no" / "agent.svg"
    done = invoke("graph", str(branch), "--output", str(path))
    assert (done.returncode, done.stderr) == (
        2,
        f"atthene-emulator: {path} cannot be written: No such file or directory.\n",
    )


def test_a_file_with_errors_says_what_validate_says(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text("name: Support\nagent_type: llm_agnt\n")
    done = invoke("graph", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == invoke("validate", str(path)).stdout


@pytest.mark.parametrize("text", ["a: [", "x: 1", "[]"])
def test_a_file_that_is_no_configuration_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(text)
    done = invoke("graph", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error[")


def test_a_seed_is_none(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("accounts: [{id: ada}]\n")
    done = invoke("graph", str(path))
    assert done.returncode == 2
    assert "is a seed, which may have many; serve it, and name one of its sessions." in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = invoke("graph", "agnet.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "atthene-emulator: agnet.yaml: cannot be read: No such file or directory.\n",
    )


# Sessions


def test_a_session_has_the_path_of_its_newest_execution(world: EmulatorNamespace) -> None:
    execute(world)
    lines = tell(world, SESSION).stdout.splitlines()
    assert "┏" in lines[0]
    assert lines[-1].split() == ["2", "main", "->", "__end__", "nothing", "leads", "on"]


def test_turn_0_has_none(world: EmulatorNamespace) -> None:
    execute(world)
    assert "┏" not in tell(world, SESSION, "--turn", "0").stdout


def test_other_formats(world: EmulatorNamespace) -> None:
    assert tell(world, SESSION, "--format", "mermaid").stdout.startswith("flowchart TD\n")
    assert tell(world, SESSION, "--format", "svg").stdout.startswith("<svg ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("session_abc132",), "There is no file and no session session_abc132; did you mean session_abc123?"),
        (("nothing",), "There is no file and no session nothing."),
        ((SESSION, "--turn", "7"), f"Session {SESSION} has no turn 7; none of its executions is kept"),
    ],
)
def test_what_is_not_there_is_said(
    world: EmulatorNamespace, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = invoke("graph", *arguments, "--url", world.url, "--namespace", world.namespace, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"atthene-emulator: {said}\n")


def test_a_turn_of_a_file_is_wrong_usage(branch: Path) -> None:
    done = invoke("graph", str(branch), "--turn", "1")
    assert done.returncode == 2
    assert "--turn is about a session; a file has no executions." in done.stderr


def test_without_an_emulator_there_are_no_sessions(free_url: str) -> None:
    assert invoke("graph", SESSION, "--url", free_url).returncode == 3
