"""`atthene-emulator completion`, and what a shell is told when somebody presses Tab."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from atthene_emulator.resources import fixture_names
from tests.cli.running import SECONDS, environment, invoke

VARIABLE = "_ATTHENE_EMULATOR_COMPLETE"


def completed(line: str) -> list[str]:
    """What bash would be offered at the end of a line."""
    words = line.split(" ")
    done = invoke(**{VARIABLE: "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)})
    assert (done.returncode, done.stderr) == (0, "")
    return [word.partition(",")[2] for word in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_that_of_the_shell(shell: str) -> None:
    done = invoke("completion", shell)
    assert done.returncode == 0
    assert f"{VARIABLE}={shell}_complete" in done.stdout
    assert done.stdout.rstrip() == invoke(**{VARIABLE: f"{shell}_source"}).stdout.rstrip()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_read_it(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(invoke("completion", shell).stdout)
    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, timeout=SECONDS)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_with_it() -> None:
    folder = Path(sys.executable).parent
    script = 'eval "$(atthene-emulator completion bash)"; COMP_WORDS=(atthene-emulator snapshot re); COMP_CWORD=2; '
    script += '_atthene_emulator_completion atthene-emulator; echo "${COMPREPLY[@]}"'
    path = f"{folder}:{environment()['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=environment(PATH=path), timeout=SECONDS
    )
    assert (done.stdout, done.stderr) == ("restore\n", "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("atthene-emulator e", ["exec", "env", "explain", "export", "evidence"]),
        ("atthene-emulator snapshot ", ["save", "restore", "list", "drop", "export", "import"]),
        ("atthene-emulator up", ["upload"]),
        ("atthene-emulator upload --kn", ["--knowledge-base"]),
        ("atthene-emulator env --for", ["--format"]),
        ("atthene-emulator env --format ", ["sh", "dotenv", "json", "github"]),
        ("atthene-emulator serve --contract re", ["reference"]),
        ("atthene-emulator completion z", ["zsh"]),
        ("atthene-emulator scenario use r", [name for name in fixture_names("scenarios") if name.startswith("r")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_words_are_completed(line: str, words: list[str]) -> None:
    assert completed(line) == words


def test_without_a_word_every_command_is_offered() -> None:
    offered = completed("atthene-emulator ")
    assert {"serve", "exec", "env", "doctor", "completion"} <= set(offered)


@pytest.mark.parametrize("arguments", [[], ["powershell"], ["bash", "zsh"]], ids=["none", "unknown", "two"])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    done = invoke("completion", *arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_help_says_how_to_install_it() -> None:
    text = invoke("completion", "--help").stdout
    assert "atthene-emulator completion bash >> ~/.bashrc" in text
