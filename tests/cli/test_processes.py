"""Commands as processes of their own: they say and return what `invoke` says, through pipes in any encoding."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, SECONDS, environment, invoke, run
from tests.cli.serving import ended, serving

GOOD = "name: Support\nagent_type: llm_agent\nsystem_prompt: Be helpful.\n"
WRONG = "name: Café ☕\nagent_type: llm_agnt\n"


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (0, ["validate", "good.yaml"]),
        (1, ["validate", "wrong.yaml"]),
        (2, ["validate", "missing.yaml"]),
        (2, ["--port", "0", "--seed", "wrong.yaml"]),
        (2, ["validate", "--strikt"]),
        (3, ["reset", "--url", "URL"]),
    ],
    ids=["fine", "found", "set-up", "serve", "usage", "nobody"],
)
def test_a_process_ends_as_the_command_does(tmp_path: Path, free_url: str, status: int, arguments: list[str]) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    words = [free_url if word == "URL" else word for word in arguments]
    alone, here = run(*words, cwd=tmp_path), invoke(*words, cwd=tmp_path)
    assert alone.returncode == here.returncode == status
    assert (alone.stdout, alone.stderr) == (here.stdout, here.stderr)


def test_standard_input_is_a_pipe() -> None:
    done = run("validate", "-", stdin=WRONG)
    assert (done.returncode, done.stderr) == (1, "")
    assert " --> <stdin>:2:13  agent_type\n" in done.stdout


@pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, {"PYTHONUTF8": "1"}], ids=["C", "UTF-8"])
def test_what_is_not_ascii_is_printed_in_any_locale(tmp_path: Path, variables: dict[str, str]) -> None:
    (tmp_path / "agent.json").write_text('{"name": "Café ☕", "agent_type": "llm_agnt"}', encoding="utf-8")
    done = run("validate", "agent.json", cwd=tmp_path, **variables)
    assert (done.returncode, done.stderr) == (1, "")
    assert '1 | {"name": "Café ☕", "agent_type": "llm_agnt"}\n' in done.stdout


def test_a_reader_that_leaves_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "agent.yaml").write_text(WRONG, encoding="utf-8")
    with subprocess.Popen(
        [*COMMAND, "validate", *["agent.yaml"] * 2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (1, b"")


def test_a_log_that_nobody_reads_holds_nobody_up() -> None:
    program = """
import logging, sys
from atthene_emulator.cli.printer import Printer, print_log
print_log(Printer(sys.stderr, as_json=False), "warning")
for number in range(50_000):
    logging.getLogger("uvicorn.error").warning("%s of many", number)
print("done", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        _, said = process.communicate(timeout=SECONDS)
    assert said.startswith(b"WARNING uvicorn.error: 0 of many\n")


def test_much_noise_on_the_port_is_a_line_in_a_log_that_nobody_reads() -> None:
    with serving("--no-log-requests") as served:
        for _ in range(1_201):
            with socket.create_connection(served.address, timeout=10) as connection:
                connection.sendall(b"hello there\r\n\r\n")
                assert connection.recv(100).startswith(b"HTTP/1.1 400")
        served.process.terminate()
        _, said = served.process.communicate(timeout=SECONDS)
    assert said.count("\n") == 1


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_second_signal_ends_what_is_busy(sign: signal.Signals) -> None:
    program = """
from types import SimpleNamespace
from atthene_emulator.server import stop_by_signals
server = SimpleNamespace(should_exit=False)
stop_by_signals(server, lambda: print("tidied up", flush=True))
print("ready", flush=True)
while not server.should_exit:
    pass
print("busy", flush=True)
while True:
    pass
"""
    with (
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        ) as process,
        ended(process),
    ):
        assert process.stdout is not None
        for said in ("ready", "busy"):
            assert process.stdout.readline() == f"{said}\n"
            process.send_signal(sign)
        assert process.communicate() == ("tidied up\n", "")
    assert process.returncode == 128 + sign
