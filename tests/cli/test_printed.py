"""What commands print is obeyed by nobody: neither by a terminal nor by the log of a workflow."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from atthene_emulator import EmulatorNamespace, EmulatorServer
from atthene_emulator.cli.output import json_text
from atthene_emulator.wording import printable, printable_lines
from tests.cli.running import Done, invoke

HOSTILE = "a\n::error::b\r\x1b[31m##[error]c\u202ed\u2066e\u2028f\u2029::warning::g\x9b\x7f##vso[task]h"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def obeyed(text: str) -> list[str]:
    """What of a text something would obey."""
    characters = [one for one in text if not one.isprintable() and one != "\n"]
    commands = [line for line in text.split("\n") if line.lstrip().startswith("::") or re.search(r"##\w*\[", line)]
    return [*characters, *commands]


@pytest.fixture(scope="module")
def world() -> Iterator[EmulatorNamespace]:
    configuration = {"name": HOSTILE, "agent_type": "llm_agent"}
    seed = {
        "accounts": [{"id": "ada", "api_keys": ["test-key"]}],
        "sessions": [{"id": "s1", "config": configuration}],
        "scripts": [{"name": "a", "when": {"content": "x"}, "then": {"reply": HOSTILE}}],
        "scenarios": {"mine": {"description": HOSTILE}},
    }
    with EmulatorServer() as server, server.client.create_namespace(seed=seed) as made:
        yield made


def tell(world: EmulatorNamespace, *arguments: str) -> Done:
    return invoke(*arguments, "--url", world.url, "--namespace", world.namespace)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grüße, 日本 🙂: ok", "Grüße, 日本 🙂: ok"),
        ("a\tb\nc", "a\\tb\\nc"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("::error::x", "\\x3a:error::x"),
        ("  ::error::x", "  \\x3a:error::x"),
        ("a::error::x", "a::error::x"),
        ("a ##[error]x", "a #\\x23[error]x"),
        ("##vso[task]", "#\\x23vso[task]"),
        ("## Title", "## Title"),
    ],
)
def test_what_would_be_obeyed_is_an_escape(text: str, expected: str) -> None:
    assert printable(text) == expected
    assert obeyed(printable(text)) == []


def test_lines_stay_lines() -> None:
    assert printable_lines("a\n::b") == "a\n\\x3a:b"


def test_json_reads_as_the_same_and_is_not_obeyed() -> None:
    value = {"text": HOSTILE, "more": ["Grüße 🙂", "\U000e0001"]}
    assert json.loads(json_text(value)) == value
    assert obeyed(json_text(value)) == []
    assert "Grüße 🙂" in json_text(value)


YAML = json.dumps({"name": HOSTILE, "agent_type": "llm_agent", HOSTILE: 1, "variables": {HOSTILE: {"type": HOSTILE}}})


@pytest.mark.parametrize("style", ["text", "json", "sarif"])
@pytest.mark.parametrize("name", ["agent.yaml", "agent.json"])
def test_findings_are_not_obeyed(tmp_path: Path, style: str, name: str) -> None:
    (tmp_path / name).write_text(YAML)
    done = invoke("validate", name, "--format", style, cwd=tmp_path)
    assert done.returncode == 1
    assert obeyed(COLOUR.sub("", done.stdout)) == []


def test_findings_for_github_are_one_command_each(tmp_path: Path) -> None:
    (tmp_path / "agent.yaml").write_text(YAML)
    done = invoke("validate", "agent.yaml", "--format", "github", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert len(lines) > 1
    assert [line for line in lines if not re.match("::(error|warning) file=agent.yaml,line=1,col=", line)] == []
    assert [one for one in done.stdout if not one.isprintable() and one != "\n"] == []


def test_mistakes_of_a_seed_are_not_obeyed(tmp_path: Path) -> None:
    seed = {
        "accounts": [{"id": "ada", "api_keys": ["k"]}],
        "agents": [{"system_config": {"name": 1, HOSTILE: 2}}],
        HOSTILE: 3,
    }
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    done = invoke("serve", "--seed", "seed.json", "--port", "0", cwd=tmp_path)
    assert done.returncode == 2
    assert obeyed(done.stderr) == []


@pytest.mark.parametrize(
    "command", ["scenario list", "scenario use mine", "snapshot list", "why s1", "coverage", "reset", "doctor"]
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_what_an_emulator_says_is_not_obeyed(world: EmulatorNamespace, command: str, form: list[str]) -> None:
    world.http.post(f"{world.base_url}/runtime/s1/execute/", json={"content": "x"}, timeout=10)
    world.snapshot("kept")
    done = tell(world, *command.split(), *form)
    assert done.stdout
    assert obeyed(COLOUR.sub("", done.stdout + done.stderr)) == []


def test_refusals_are_not_obeyed(world: EmulatorNamespace) -> None:
    done = tell(world, "scenario", "use", HOSTILE)
    assert done.returncode == 2
    assert obeyed(done.stderr) == []


def test_an_exported_snapshot_is_not_obeyed(world: EmulatorNamespace) -> None:
    world.snapshot("kept")
    done = tell(world, "snapshot", "export", "kept")
    assert obeyed(done.stdout) == []


def test_the_printed_journal_is_not_obeyed(world: EmulatorNamespace) -> None:
    world.http.post(f"{world.base_url}/runtime/s1/execute/", json={"content": "x"}, timeout=10)
    world.http.post(f"{world.base_url}/runtime/s1/execute/?{HOSTILE}", data=HOSTILE.encode(), timeout=10)
    printed = [one.with_bodies() for one in world.journal()]
    assert [obeyed(text) for text in printed] == [[] for _ in printed]


def test_errors_of_one_status_and_type_are_told_apart() -> None:
    lines = invoke("evidence", "--operation", "files.upload").stdout.splitlines()
    (first, second) = (line for line in lines if "400 validation_error" in line)
    assert "details.errors" in first
    assert "same bytes" in second
