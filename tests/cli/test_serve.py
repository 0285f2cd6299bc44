"""`atthene-emulator serve`: its greeting, its options, its mistakes, and how it stops."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
import requests

from atthene_emulator.cli import commands
from atthene_emulator.server import EmulatorServer
from tests.cli.running import COMMAND, environment, invoke, run
from tests.cli.serving import GATE, KEY, Served, ended, greeting, ready_line, seed_file, serving, started

OBSERVATIONS = """
    {"format": "atthene-emulator/evidence", "version": 1, "contract": "reference", "findings": [], "rulings": {}}
"""
KEYS = {
    "plain": "test-key",
    "quotes": """it's "mine\"""",
    "backslashes": r"a\\b\'c\\",
    "dollar and marks": "$HOME `id` !! $(id) * ? [a] {b} ~ ; & | < > # %",
}
SHELLS = [shell for shell in ("sh", "bash", "zsh", "fish") if shutil.which(shell)]


def parsed(*arguments: str, **more: str) -> dict[str, Any]:
    """What `serve` makes of its options and of the environment."""
    with patch.dict(os.environ, environment(**more), clear=True):
        return (
            commands.everyone()["serve"]
            .make_context("serve", list(arguments), help_option_names=["-h", "--help"])
            .params
        )


class TestGreeting:
    def test_json_is_one_line_that_says_where_it_is(self) -> None:
        with serving() as served:
            url = served.ready["url"]
            assert served.ready == {
                "event": "ready",
                "url": url,
                "base_url": f"{url}/api/v1",
                "socket_url": f"{url}/ws/amas/".replace("http", "ws"),
                "control_url": f"{url}/__emulator",
                "api_key": "test-key",
                "store": None,
                "pid": served.process.pid,
            }
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
            assert served.get("/sessions/").status_code == 200
            assert served.control("/health").json()["status"] == "ok"

    def test_the_first_answer_after_the_ready_line_is_ready(self) -> None:
        with serving() as served:
            assert served.control("/ready").status_code == 200

    def test_people_get_a_url_a_seed_a_key_and_a_way_out(self) -> None:
        with started("--port", "0") as process:
            lines = greeting(process)
        url = lines[0].removeprefix("Atthene emulator at ").removesuffix("/api/v1")
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert lines[1:] == [
            "  seed     default",
            "  key      test-key",
            f"  socket   {url.replace('http', 'ws')}/ws/amas/",
            f"  control  {url}/__emulator",
            f"  inspect  {url}/__emulator/",
            f"  try      curl -H 'x-api-key: test-key' {url}/api/v1/sessions/",
            "  stop     Ctrl+C",
        ]

    def test_people_are_told_what_is_not_as_usual(self, tmp_path: Path) -> None:
        seen = seed_file(tmp_path, OBSERVATIONS, "seen.json")
        options = ["--observations", seen, "--control-token", "s3cret"]
        with started("--port", "0", *options) as process:
            lines = greeting(process)
        assert lines[2:4] == ["  contract reference", f"  observed {seen}"]
        assert lines[6].endswith("/__emulator (wants its token)")
        assert "s3cret" not in "".join(lines)

    @pytest.mark.parametrize(("named", "hints"), [((), 1), (("--allow-host", "emulator.example"), 0)])
    def test_people_are_told_how_others_reach_the_control_plane(self, named: tuple[str, ...], hints: int) -> None:
        others = ("--host", "0.0.0.0", "--allow-remote", "--control-token", "s3cret")  # noqa: S104
        with started("--port", "0", *others, *named) as process:
            lines = greeting(process)
        assert sum("--allow-host" in line for line in lines) == hints

    def test_observations_were_called_evidence(self, tmp_path: Path) -> None:
        seen = seed_file(tmp_path, OBSERVATIONS, "seen.json")
        given = parsed("--observations", seen)
        assert given == parsed("--evidence", seen) == parsed(ATTHENE_EMULATOR_EVIDENCE=seen) != parsed()
        assert "--evidence" not in invoke("serve", "--help").stdout

    def test_the_curl_line_works(self) -> None:
        with started("--port", "0") as process:
            (line,) = (line for line in greeting(process) if line.startswith("  try"))
            command, option, header, url = shlex.split(line.removeprefix("  try      "))
            assert (command, option) == ("curl", "-H")
            name, _, value = header.partition(": ")
            answer = requests.get(url, headers={name: value}, timeout=10)
        assert answer.status_code == 200
        assert "session_abc123" in answer.text

    @pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
    def test_the_curl_line_works_when_pasted_into_any_shell(self, tmp_path: Path, key: str) -> None:
        seed = {"accounts": [{"id": "ada", "api_keys": [key]}]}
        with started("--port", "0", "--seed", seed_file(tmp_path, json.dumps(seed), "seed.json")) as process:
            (line,) = (line for line in greeting(process) if line.startswith("  try"))
            curl = line.removeprefix("  try      ").replace("curl", "curl -s -o /dev/null -w '%{http_code}'", 1)
            for shell in SHELLS:
                done = subprocess.run([shell, "-c", curl], capture_output=True, text=True, timeout=10)
                assert (shell, done.returncode, done.stdout) == (shell, 0, "200")

    def test_an_address_in_brackets_is_no_pattern(self) -> None:
        if not socket.has_ipv6:
            pytest.skip("this machine has no IPv6")
        with started("--port", "0", "--host", "::1") as process:
            (line,) = (line for line in greeting(process) if line.startswith("  try"))
        assert re.search(r" 'http://\[::1\]:\d+/api/v1/sessions/'$", line)

    def test_the_key_that_is_shown_is_one_that_may_do_everything(self, tmp_path: Path) -> None:
        seed = """
            accounts:
              - id: ada
                api_keys:
                  - {key: expired, expires_at: 2024-01-01T00:00:00Z}
                  - {key: forbidden, permissions: []}
                  - {key: partly, permissions: [agents]}
                  - works
        """
        with serving("--seed", seed_file(tmp_path, seed)) as served:
            assert served.ready["api_key"] == "works"

    def test_a_seed_without_a_working_key_shows_no_curl_line(self, tmp_path: Path) -> None:
        path = seed_file(tmp_path, "accounts: [{id: ada}]\n")
        with started("--port", "0", "--seed", path) as process:
            lines = greeting(process)
        url = lines[0].removeprefix("Atthene emulator at ").removesuffix("/api/v1")
        assert lines[1:] == [
            f"  seed     {path}",
            "  key      none that may do everything",
            f"  socket   {url.replace('http', 'ws')}/ws/amas/",
            f"  control  {url}/__emulator",
            f"  inspect  {url}/__emulator/",
            "  stop     Ctrl+C",
        ]

    def test_nothing_else_is_printed_in_normal_use(self) -> None:
        with started("--port", "0") as process:
            url = greeting(process)[0].removeprefix("Atthene emulator at ")
            for path in ("/sessions/", "/nowhere/", "/sessions/unknown/"):
                requests.get(url + path, headers=KEY, timeout=10)
            requests.get(url + "/sessions/", timeout=10)
            requests.post(url + "/sessions/", data=b"{", headers=KEY, timeout=10)
            process.send_signal(signal.SIGTERM)
            assert process.communicate() == ("", "")
            assert process.returncode == 0

    def test_the_ready_file_holds_the_ready_line(self, tmp_path: Path) -> None:
        path = tmp_path / "ready.json"
        with serving("--ready-file", str(path)) as served:
            served.control("/ready")
            assert json.loads(path.read_text()) == served.ready

    def test_the_ready_file_is_written_for_people_too(self, tmp_path: Path) -> None:
        path = tmp_path / "ready.json"
        with started("--port", "0", "--ready-file", str(path)) as process:
            url = greeting(process)[0].removeprefix("Atthene emulator at ")
            requests.get(url + "/sessions/", timeout=10)
            assert json.loads(path.read_text())["base_url"] == url

    def test_a_ready_file_that_cannot_be_written_is_one_line_and_exit_2(self, tmp_path: Path) -> None:
        path = tmp_path / "nowhere" / "ready.json"
        done = invoke("--port", "0", "--ready-file", str(path))
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert str(path) in done.stderr

    @pytest.mark.parametrize("stale", ["", '{"event": "ready", "url": "http://127.0.0.1:1"}'], ids=["empty", "ours"])
    def test_a_ready_file_of_an_earlier_run_is_gone_even_if_this_one_fails(self, tmp_path: Path, stale: str) -> None:
        path = tmp_path / "ready.json"
        path.write_text(stale)
        assert invoke("--port", "0", "--seed", "no-such-seed", "--ready-file", str(path)).returncode == 2
        assert not path.exists()

    @pytest.mark.parametrize("text", ["accounts: []", '{"accounts": []}', "[1]", "null", "x" * 100_000, "\ud800"])
    def test_a_file_that_is_no_ready_file_is_left_alone(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "seed.yaml"
        path.write_bytes(text.encode(errors="surrogatepass"))
        done = invoke("--port", "0", "--seed", "no-such-seed", "--ready-file", str(path))
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert f"{path} is there and is no ready file of an emulator" in done.stderr
        assert path.read_bytes() == text.encode(errors="surrogatepass")

    def test_what_is_no_file_is_no_ready_file(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path, tmp_path / "pipe"):
            assert invoke("--port", "0", "--ready-file", str(path)).returncode == 2
            assert path.exists()

    def test_a_second_start_on_a_taken_port_leaves_the_ready_file_and_says_who_has_it(self, tmp_path: Path) -> None:
        path = tmp_path / "ready.json"
        with serving("--ready-file", str(path)) as served:
            port = served.ready["url"].rpartition(":")[2]
            done = invoke("--port", port, "--ready-file", str(path))
            assert json.loads(path.read_text()) == served.ready
            assert done.returncode == 2
            assert done.stderr == (
                f"atthene-emulator: Port {port} on 127.0.0.1 is taken by an emulator, which you may use; "
                "choose another with --port, or 0 for a free one.\n"
            )

    def test_who_ends_removes_its_own_ready_file_and_no_other(self, tmp_path: Path) -> None:
        path = tmp_path / "ready.json"
        with serving("--ready-file", str(path)) as first:
            with serving("--ready-file", str(path)) as second:
                first.process.terminate()
                assert first.process.wait(5) == 0
                assert json.loads(path.read_text()) == second.ready
            assert not path.exists()

    def test_whoever_waits_for_the_ready_file_finds_all_of_it(self, tmp_path: Path) -> None:
        path = tmp_path / "ready.json"
        with started("--port", "0", "--json", "--ready-file", str(path)) as process:
            text = None
            while text is None:
                assert process.poll() is None
                text = path.read_text() if path.exists() else None
            assert json.loads(text) == ready_line(process)
            assert [one.name for one in tmp_path.iterdir()] == ["ready.json"]


SIGNALS = pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])


class TestStopping:
    @SIGNALS
    def test_a_signal_stops_it_with_success_although_a_connection_is_open(self, sign: signal.Signals) -> None:
        with serving("--no-log-requests") as served, requests.Session() as http:
            assert http.get(served.ready["control_url"] + "/health", timeout=10).status_code == 200
            served.process.send_signal(sign)
            assert served.process.wait(4) == 0
            assert served.process.communicate() == ("", "")

    @SIGNALS
    def test_an_execution_at_a_closed_gate_does_not_hold_it(self, tmp_path: Path, sign: signal.Signals) -> None:
        with (
            ThreadPoolExecutor() as pool,
            serving("--no-log-requests", "--seed", seed_file(tmp_path, GATE)) as served,
        ):
            waiting = pool.submit(served.execute, session_id="s1")
            while not served.control("/gates").json():
                assert not waiting.done()
            served.process.send_signal(sign)
            assert served.process.wait(4) == 0
            answer = waiting.result(10)
            assert answer.status_code == 503
            assert answer.json()["error"]["type"] == "emulator_error"
            assert served.process.communicate() == ("", "")

    @SIGNALS
    def test_a_request_that_never_ends_does_not_hold_it(self, sign: signal.Signals) -> None:
        with serving("--no-log-requests") as served:
            address = ("127.0.0.1", int(served.ready["url"].rpartition(":")[2]))
            with socket.create_connection(address, timeout=10) as connection:
                head = "POST /api/v1/sessions/ HTTP/1.1\r\nHost: localhost\r\nx-api-key: test-key\r\n"
                connection.sendall(f"{head}Expect: 100-continue\r\nContent-Length: 100\r\n\r\n".encode())
                assert connection.recv(100).startswith(b"HTTP/1.1 100")
                connection.sendall(b"{")
                served.process.send_signal(sign)
                assert served.process.wait(5) == 0
            assert served.process.communicate() == ("", "")

    @SIGNALS
    def test_a_second_signal_ends_it_at_once(self, tmp_path: Path, sign: signal.Signals) -> None:
        path = tmp_path / "ready.json"
        with (
            serving("--ready-file", str(path)) as served,
            socket.create_connection(served.address, timeout=10) as connection,
        ):
            connection.sendall(b"POST /api/v1/sessions/ HTTP/1.1\r\n")  # it waits a while for the rest
            assert served.control("/health").status_code == 200
            served.process.send_signal(sign)
            while served.accepts():
                pass
            served.process.send_signal(sign)
            assert served.process.wait(5) == 128 + sign
            assert served.process.communicate() == ("", "")
            assert not path.exists()

    @SIGNALS
    def test_many_signals_are_quiet(self, sign: signal.Signals) -> None:
        with serving() as served:
            while served.process.poll() is None:
                served.process.send_signal(sign)
            assert served.process.returncode in (0, 128 + sign)
            assert served.process.communicate() == ("", "")

    def test_a_closed_terminal_stops_it(self, tmp_path: Path) -> None:
        path = tmp_path / "ready.json"
        with serving("--ready-file", str(path)) as served:
            served.process.send_signal(signal.SIGHUP)
            assert served.process.wait(5) == 0
            assert not path.exists()

    def test_nohup_keeps_it(self) -> None:
        with (
            subprocess.Popen(
                ["nohup", *COMMAND, "--port", "0", "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment(),
            ) as process,
            ended(process),
        ):
            served = Served(process, ready_line(process))
            process.send_signal(signal.SIGHUP)
            assert served.get("/sessions/").status_code == 200

    def test_busy_clients_get_every_answer(self) -> None:
        clients = 32
        with ThreadPoolExecutor(clients) as pool, serving("--no-log-requests") as served:
            answered = Barrier(clients + 1)
            busy = [pool.submit(ask_until_it_ends, served, answered) for _ in range(clients)]
            answered.wait(20)
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(10) == 0
            assert {one.result(10) for one in busy} == {"told to close"}

    def test_the_port_is_free_again(self) -> None:
        with serving() as served:
            port = served.ready["url"].rpartition(":")[2]
            assert served.get("/sessions/").status_code == 200
        with started("--port", port, "--json") as process:
            assert ready_line(process)["url"] == served.ready["url"]


def ask_until_it_ends(served: Served, answered: Barrier) -> str:
    """Ask on one connection, again and again; how that ended."""
    connection = HTTPConnection(*served.address, timeout=10)
    for asked in count():
        connection.request("GET", "/api/v1/sessions/", headers=KEY)
        answer = connection.getresponse()
        assert len(answer.read()) == int(answer.headers["Content-Length"])
        if answer.headers.get("Connection") == "close":
            return "told to close"
        if asked == 10:
            answered.wait(20)
    return "never"


def is_contract(served: Served) -> None:
    assert served.control("/health").json()["contract"] == "reference"
    created = served.post("/sessions/", json={"name": "H", "agent_type": "llm_agent"})
    assert created.json()["session_id"].startswith("session_")


def is_strict(served: Served) -> None:
    answer = served.execute()
    assert answer.status_code == 501
    assert answer.json()["error"]["type"] == "emulator_error"
    assert served.execute("Hello").status_code == 200  # the seed has a script for this


def is_empty(served: Served) -> None:
    counts = served.control("/state").json()["counts"]
    assert (counts["sessions"], counts["agents"]) == (0, 0)


def takes_a_hundred_bytes(served: Served) -> None:
    config = b'{"name": "H", "agent_type": "llm_agent"}'
    assert served.post("/sessions/", data=config.ljust(100)).status_code == 201
    answer = served.post("/sessions/", data=config.ljust(101))
    assert answer.status_code == 413
    assert answer.json()["error"]["message"] == "The body has more than 100 bytes"


def keeps_two_requests(served: Served) -> None:
    for _ in range(3):
        served.get("/sessions/")
    assert [entry["id"] for entry in served.control("/journal").json()] == ["req_000002", "req_000003"]


def is_late(served: Served) -> None:
    assert served.control("/latency").json() == {"ms": {"from": 1, "to": 2}}


def wants_a_token(served: Served) -> None:
    assert served.control("/state").status_code == 401
    assert served.control("/state", Authorization="Bearer guess").status_code == 401
    assert served.control("/state", Authorization="Bearer s3cret").status_code == 200
    assert served.get("/sessions/").status_code == 200


def answers_to_its_name(served: Served) -> None:
    assert served.control("/state", Host="emulator.test").status_code == 200
    assert served.control("/state", Host="other.test").status_code == 403


def lets_pages_in(served: Served) -> None:
    def allowed(origin: str) -> str | None:
        url = served.ready["base_url"] + "/sessions/"
        return requests.get(url, headers={**KEY, "Origin": origin}, timeout=10).headers.get(
            "Access-Control-Allow-Origin"
        )

    assert allowed("https://app.example") == "https://app.example"
    assert allowed("https://evil.example") is None


def logs_much(served: Served) -> None:
    served.process.send_signal(signal.SIGTERM)
    assert "INFO uvicorn.error" in served.process.communicate()[1]


OPTIONS: dict[str, tuple[str | None, Callable[[Served], None]]] = {
    "--contract": ("reference", is_contract),
    "--strict": (None, is_strict),
    "--seed": ("empty", is_empty),
    "--max-body": ("100", takes_a_hundred_bytes),
    "--journal-entries": ("2", keeps_two_requests),
    "--latency": ("1-2", is_late),
    "--control-token": ("s3cret", wants_a_token),
    "--allow-host": ("emulator.test", answers_to_its_name),
    "--cors-origin": ("https://app.example", lets_pages_in),
    "--log-level": ("info", logs_much),
}


class TestOptions:
    @pytest.mark.parametrize(("option", "row"), OPTIONS.items(), ids=OPTIONS.keys())
    def test_an_option_has_its_effect(self, option: str, row: tuple[str | None, Callable[[Served], None]]) -> None:
        value, check = row
        with serving(option, *([value] if value else [])) as served:
            check(served)

    def test_without_an_option_there_is_no_such_effect(self) -> None:
        with serving() as served:
            for _, check in OPTIONS.values():
                with pytest.raises(AssertionError):
                    check(served)

    @pytest.mark.parametrize("option", OPTIONS)
    def test_the_environment_has_the_same_effect(self, option: str) -> None:
        value, _ = OPTIONS[option]
        name = "ATTHENE_EMULATOR_" + option.removeprefix("--").replace("-", "_").upper()
        given = parsed(option, *([value] if value else []))
        assert given == parsed(**{name: value or "1"}) != parsed()

    def test_the_environment_chooses_port_and_form_of_the_greeting(self, tmp_path: Path) -> None:
        path = tmp_path / "ready.json"
        options = {
            "ATTHENE_EMULATOR_PORT": "0",
            "ATTHENE_EMULATOR_JSON": "1",
            "ATTHENE_EMULATOR_HOST": "localhost",
            "ATTHENE_EMULATOR_READY_FILE": str(path),
        }
        with started(**options) as process:
            served = Served(process, ready_line(process))
            assert served.get("/sessions/").status_code == 200
            assert json.loads(path.read_text()) == served.ready

    def test_an_option_wins_over_the_environment(self) -> None:
        assert parsed("--contract", "connecting", ATTHENE_EMULATOR_CONTRACT="reference")["contract"] == "connecting"

    def test_the_option_contract_wins_over_that_of_the_seed(self, tmp_path: Path) -> None:
        path = seed_file(tmp_path, "contract: reference\n")
        with EmulatorServer(seeds=(path,)) as server:
            assert server.client.health().contract == "reference"
        with EmulatorServer(seeds=(path,), contract="connecting") as server:
            assert server.client.health().contract == "connecting"

    def test_several_seeds_add_up(self, tmp_path: Path) -> None:
        path = seed_file(tmp_path, "sessions: [{id: s1, owner: user_123, agent_key: customer_support_agent}]\n")
        with started("--port", "0", "--seed", "default", "--seed", path) as process:
            lines = greeting(process)
            url = lines[0].removeprefix("Atthene emulator at ")
            assert lines[1] == f"  seed     default, {path}"
            assert requests.get(f"{url}/sessions/s1/", headers=KEY, timeout=10).status_code == 200
            assert requests.get(f"{url}/sessions/session_abc123/", headers=KEY, timeout=10).status_code == 200

    def test_several_seeds_come_from_the_environment(self) -> None:
        several = parsed(ATTHENE_EMULATOR_SEED="default ./mine.yaml")
        assert several == parsed("--seed", "default", "--seed", "./mine.yaml")
        assert several["seeds"] == ("default", "./mine.yaml")

    def test_the_console_script_is_the_same_command(self) -> None:
        script = Path(sys.executable).with_name("atthene-emulator")
        done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True, timeout=30)
        assert done.stdout == run("--version").stdout
        assert re.fullmatch(r"atthene-emulator, version \d+\.\d+\.\d+\n", done.stdout)


class TestUnknownVariables:
    def test_a_variable_that_is_no_option_is_told_once_with_the_near_one(self) -> None:
        with started("--port", "0", "--json", ATTHENE_EMULATOR_PROT="1", ATTHENE_EMULATOR_XYZZY="1") as process:
            ready_line(process)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate()
        start = "atthene-emulator: the environment has ATTHENE_EMULATOR"
        assert errors.splitlines() == [
            f"{start}_PROT, which is no option; did you mean ATTHENE_EMULATOR_PORT?",
            f"{start}_XYZZY, which is no option; `atthene-emulator serve --help` lists the options.",
        ]

    def test_options_of_other_commands_are_no_mistake(self) -> None:
        known = {"ATTHENE_EMULATOR_URL": "http://127.0.0.1:1", "ATTHENE_EMULATOR_LOG_REQUESTS": "0"}
        with started("--port", "0", "--json", ATTHENE_BASE_URL="x", ATTHENE_API_KEY="y", **known) as process:
            ready_line(process)
            process.send_signal(signal.SIGTERM)
            assert process.communicate() == ("", "")


class TestRefusals:
    def test_a_taken_port_is_one_line_and_exit_2(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = invoke("--port", str(port))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"atthene-emulator: Port {port} on 127.0.0.1 is taken; choose another with --port, or 0 for a free one.\n"
        )

    @pytest.mark.parametrize(("name", "near"), [("defualt", "default"), ("bussy", "busy"), ("Empty", "empty")])
    def test_an_unknown_seed_suggests_the_near_one(self, name: str, near: str) -> None:
        done = invoke("--port", "0", "--seed", name)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"atthene-emulator: There is no bundled seed {name}; did you mean {near}?\n"

    def test_an_unknown_seed_that_nothing_is_near_lists_all(self) -> None:
        done = invoke("--port", "0", "--seed", "xyzzy")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(
            "atthene-emulator: There is no bundled seed xyzzy; there are busy, default, empty"
        )

    def test_a_seed_file_that_is_missing_is_named(self) -> None:
        done = invoke("--port", "0", "--seed", "./nowhere.yaml")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "atthene-emulator: nowhere.yaml: cannot be read: No such file or directory.\n"

    def test_another_address_needs_allow_remote(self) -> None:
        done = invoke("--port", "0", "--host", "0.0.0.0")  # noqa: S104  # refused
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "atthene-emulator: 0.0.0.0 is not a loopback address; add --allow-remote to be reachable from elsewhere.\n"
        )

    @pytest.mark.parametrize("token", [[], ["--control-token", ""]], ids=["none", "empty"])
    def test_allow_remote_needs_a_token(self, token: list[str]) -> None:
        done = invoke("--port", "0", "--host", "0.0.0.0", "--allow-remote", *token)  # noqa: S104  # refused
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "atthene-emulator: --allow-remote needs --control-token, so that nobody else controls the emulator.\n"
        )

    def test_with_both_it_is_reachable_from_elsewhere(self) -> None:
        with EmulatorServer(host="0.0.0.0", allow_remote=True, control_token="s3cret") as server:  # noqa: S104
            assert requests.get(f"{server.base_url}/sessions/", headers=KEY, timeout=10).status_code == 200
            assert requests.get(f"{server.control_url}/state", timeout=10).status_code == 401

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
    def test_every_loopback_name_and_address_is_fine(self, host: str) -> None:
        if host == "::1" and not socket.has_ipv6:
            pytest.skip("this machine has no IPv6")
        with EmulatorServer(host=host) as server:
            assert requests.get(f"{server.base_url}/sessions/", headers=KEY, timeout=10).status_code == 200
            assert server.client.health().status == "ok"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--port", "70000"], "'--port': 70000 is not in the range 0<=x<=65535"),
            (["--port", "http"], "'--port': 'http' is not a valid integer range"),
            (["--contract", "future"], "'--contract': 'future' is not one of 'current', 'reference', 'connecting'"),
            (["--max-body", "0"], "'--max-body': 0 is not in the range x>=1"),
            (["--journal-entries", "-1"], "'--journal-entries': -1 is not in the range x>=0"),
            (["--log-level", "loud"], "'--log-level': 'loud' is not one of"),
            (["--prot", "0"], "No such option '--prot'; did you mean --port?"),
            (["srve"], "No such command 'srve'"),
            (["serve", "default"], "Got unexpected extra argument (default)"),
        ],
        ids=["port", "no number", "contract", "max-body", "journal", "log-level", "option", "command", "argument"],
    )
    def test_wrong_usage_says_what_is_wrong(self, arguments: list[str], message: str) -> None:
        done = invoke(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr

    def test_a_wrong_value_in_the_environment_is_wrong_usage(self) -> None:
        done = invoke(ATTHENE_EMULATOR_PORT="http")
        assert (done.returncode, done.stdout) == (2, "")
        assert "'http' is not a valid integer range" in done.stderr


MISTAKES = {
    "yaml": (
        "accounts:\n\t- id: ada\n",
        "2:1: A tab stands here; YAML is indented with spaces only.",
    ),
    "yaml that ends too early": (
        "accounts: [\n",
        "2:1: This is not YAML: did not find expected node content.",
    ),
    "key twice in yaml": (
        "accounts: []\naccounts: []\n",
        "2:1: The key 'accounts' stands twice in one mapping, first on line 1, column 1; keep one of them.",
    ),
    "unknown key": (
        "acounts: []\n",
        "1:1: acounts: acounts is not known here; did you mean accounts?",
    ),
    "a configuration": (
        "name: Support\nagent_type: llm_agent\nprompt_config: {system_prompt: Be nice.}\n",
        "1:1: name: This is the configuration of an agent, not a seed; write it into one below agents, as system_config",
    ),
    "wrong type": (
        "accounts:\n  - id: 5\n",
        "2:9: accounts.0.id: id must be text, not 5; quote it to mean the text.",
    ),
    "not a mapping": (
        "- accounts\n",
        "1:1: body: The document must be a mapping, not a list.",
    ),
    "unknown agent_key": (
        """
        accounts: [{id: ada}]
        agents: [{system_config: {name: Helper, agent_type: llm_agent}}]
        sessions:
          - agent_key: helpr
        """,
        "5:16: sessions.0.agent_key: ada has no agent helpr; did you mean helper?",
    ),
    "duplicate key": (
        "accounts:\n  - id: ada\n    api_keys: [k]\n  - id: bob\n    api_keys: [k]\n",
        "5:16: accounts.1.api_keys.0: This key is given already; keys are unique over the whole emulator.",
    ),
    "unknown owner": (
        """
        accounts: [{id: ada}]
        agents:
          - owner: adda
            system_config: {name: Helper, agent_type: llm_agent}
        """,
        "4:12: agents.0.owner: There is no account adda; did you mean ada?",
    ),
    "bad time": (
        "clock: {mode: frozen, now: noon}\n",
        "1:28: clock.now: noon is not a time; write it like 2025-01-15T10:30:00Z.",
    ),
    "bad expiry": (
        "accounts: [{id: ada, api_keys: [{key: k, expires_at: never}]}]\n",
        "1:54: accounts.0.api_keys.0.expires_at: never is not a time; write it like 2025-01-15T10:30:00Z.",
    ),
    "invalid configuration": (
        """
        accounts: [{id: ada}]
        agents:
          - system_config:
              name: Helper
              agent_type: llm_agent
              llm_config: {model: gpt-99}
        """,
        "7:27: agents.0.system_config.llm_config.model: Invalid model specified",
    ),
    "invalid configuration of a session": (
        """
        accounts: [{id: ada}]
        sessions:
          - config:
              name: Helper
              agent_type: llm_agnt
        """,
        (
            "6:19: sessions.0.config.agent_type: agent_type must be llm_agent, react_agent or supervisor, "
            'not "llm_agnt"; did you mean llm_agent?'
        ),
    ),
}


class TestBrokenSeeds:
    @pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
    def test_a_mistake_is_one_line_with_its_place_and_exit_2(self, tmp_path: Path, text: str, expected: str) -> None:
        path = seed_file(tmp_path, text)
        done = invoke("--port", "0", "--seed", path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith(f"atthene-emulator: {path}:{expected}")
        assert not done.stderr.endswith("?.\n")

    def test_an_empty_file_is_named(self, tmp_path: Path) -> None:
        path = seed_file(tmp_path, "")
        done = invoke("--port", "0", "--seed", path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"atthene-emulator: {path}: The document is empty")

    def test_a_json_seed_has_places_too(self, tmp_path: Path) -> None:
        path = seed_file(tmp_path, '{\n  "accounts": [{"id": "ada"}],\n  "acounts": []\n}', "seed.json")
        done = invoke("--port", "0", "--seed", path)
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            done.stderr == f"atthene-emulator: {path}:3:3: acounts: acounts is not known here; did you mean accounts?\n"
        )

    def test_all_mistakes_are_told_at_once(self, tmp_path: Path) -> None:
        path = seed_file(tmp_path, "acounts: []\nagnts: []\n")
        done = invoke("--port", "0", "--seed", path)
        assert done.returncode == 2
        assert done.stderr.splitlines() == [
            f"atthene-emulator: {path}:1:1: acounts: acounts is not known here; did you mean accounts?",
            f"{path}:2:1: agnts: agnts is not known here; did you mean agents?",
        ]

    def test_a_relative_path_is_shown_as_it_was_given(self, tmp_path: Path) -> None:
        seed_file(tmp_path, "acounts: []\n")
        done = invoke("--port", "0", "--seed", "seed.yaml", cwd=tmp_path)
        assert done.stderr.startswith("atthene-emulator: seed.yaml:1:1: acounts: ")


class TestHelp:
    @pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["serve", "--help"], ["serve", "-h"]], ids=" ".join)
    def test_help_shows_examples(self, arguments: list[str]) -> None:
        done = invoke(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        examples = re.findall(r"^ +(atthene-emulator.*)$", done.stdout.partition("Examples:")[2], re.MULTILINE)
        assert len(examples) >= 3

    def test_help_of_serve_names_every_option_and_the_environment(self) -> None:
        text = invoke("serve", "--help").stdout
        assert "ATTHENE_EMULATOR_<OPTION>" in text
        assert [
            option
            for option in (*OPTIONS, "--host", "--port", "--json", "--ready-file", "--log-requests", "--watch")
            if option not in text
        ] == []

    def test_the_examples_of_serve_name_seeds_that_exist(self) -> None:
        seeds = re.findall(r"--seed (\w+)(?: |$)", invoke("serve", "--help").stdout, re.MULTILINE)
        assert seeds == ["busy"]
        with EmulatorServer(seeds=("busy",)) as server:
            assert server.client.state()["counts"]["sessions"] == 500
