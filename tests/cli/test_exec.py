"""`atthene-emulator exec`: a command finds an emulator of its own, is not disturbed, and nothing stays behind."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import COMMAND, environment, run

PATIENCE = 30
HERE = "127.0.0.1,localhost,::1"
TALKS = """
import json, os, urllib.request
names = ("ATTHENE_BASE_URL", "ATTHENE_API_KEY", "ATTHENE_EMULATOR_URL")
found = {name: os.environ[name] for name in names}
request = urllib.request.Request(found["ATTHENE_BASE_URL"] + "/sessions/", headers={"x-api-key": found["ATTHENE_API_KEY"]})
found["status"] = urllib.request.urlopen(request).status
print(json.dumps(found))
"""
SAYS_WHERE = (
    "import os, sys, time; print(os.getpid(), os.environ['ATTHENE_EMULATOR_URL'], flush=True); sys.stdin.read()"
)
SAYS_SIGNALS = """
import os, select, signal, sys
def say(number, frame):
    print(signal.Signals(number).name, flush=True)
for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"):
    signal.signal(getattr(signal, name), say)
print(os.getpid(), os.environ["ATTHENE_EMULATOR_URL"], flush=True)
while not select.select([sys.stdin], [], [], 0.1)[0]:
    pass  # in turns: a signal that comes right before a read that blocks would not be handled until there is input
sys.exit(9)
"""
watched = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open, which Linux has")


def execute(*arguments: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return run("exec", *arguments, cwd=cwd, **more)


def python(program: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program with an emulator of its own."""
    return execute(*options, "--", sys.executable, "-c", program, **more)


@contextmanager
def watchdog(bite: Callable[[], object]) -> Iterator[None]:
    """Do something against a test that hangs, after half a minute."""
    timer = threading.Timer(PATIENCE, bite)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    """`exec` with a command that waits for its input; away from any terminal; both are killed after half a minute."""
    with (
        subprocess.Popen(
            [*COMMAND, "exec", "--", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            start_new_session=True,
        ) as process,
        watchdog(lambda: os.killpg(process.pid, signal.SIGKILL)),
    ):
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def where(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The id of the command, and where its emulator is."""
    number, url = line(process).split()
    return int(number), url


def ended(descriptor: int) -> bool:
    """Whether a process ends in time; waits for it without looking again and again."""
    try:
        return bool(select.select([descriptor], [], [], PATIENCE)[0])
    finally:
        os.close(descriptor)


def answers(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=5):
            return True
    except OSError:
        return False


class TestEnvironment:
    def test_the_command_finds_an_emulator_of_its_own(self) -> None:
        done = python(TALKS)
        assert (done.returncode, done.stderr) == (0, "")
        found = json.loads(done.stdout)
        assert found["status"] == 200
        assert found["ATTHENE_API_KEY"] == "test-key"
        assert found["ATTHENE_BASE_URL"] == found["ATTHENE_EMULATOR_URL"] + "/api/v1"
        assert not answers(found["ATTHENE_EMULATOR_URL"])

    def test_with_a_prefix_a_bundler_finds_it_too_and_nothing_of_another_one(self) -> None:
        show = "import json, os; print(json.dumps({k: v for k, v in os.environ.items() if 'ATTHENE_' in k}))"
        stale = {"VITE_ATTHENE_API_KEY": "sk-real", "VITE_ATTHENE_EMULATOR_NAMESPACE": "shop"}
        found = json.loads(python(show, "--prefix", "VITE_", "--control-token", "secret", **stale).stdout)
        shown = {name: value for name, value in found.items() if name.startswith("VITE_")}
        names = ("ATTHENE_BASE_URL", "ATTHENE_API_KEY", "ATTHENE_EMULATOR_URL")
        assert shown == {f"VITE_{name}": found[name] for name in names}

    def test_two_at_once_have_two(self) -> None:
        with started(sys.executable, "-c", SAYS_WHERE) as one, started(sys.executable, "-c", SAYS_WHERE) as other:
            urls = {where(one)[1], where(other)[1]}
            assert len(urls) == 2
            assert all(answers(url) for url in urls)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ({}, HERE),
            ({"NO_PROXY": "example.com", "no_proxy": "example.com"}, f"example.com,{HERE}"),
            ({"NO_PROXY": "localhost", "no_proxy": "localhost"}, "localhost,127.0.0.1,::1"),
            ({"NO_PROXY": "example.com"}, f"example.com,{HERE}"),
            ({"no_proxy": "example.com"}, f"example.com,{HERE}"),
            ({"NO_PROXY": ".one.example, two.example", "no_proxy": "two.example"}, f".one.example,two.example,{HERE}"),
            ({"NO_PROXY": "*"}, "*"),
            ({"NO_PROXY": "example.com", "no_proxy": " * "}, "*"),
        ],
        ids=["none", "another host", "one of them", "capitals alone", "small alone", "both", "all", "all in small"],
    )
    def test_no_proxy_stands_between(self, before: dict[str, str], after: str) -> None:
        show = "import os; print(os.environ['NO_PROXY'], os.environ['no_proxy'])"
        assert python(show, **before).stdout == f"{after} {after}\n"

    def test_nor_before_the_address_that_it_is_bound_to(self) -> None:
        show = "import os; print(os.environ['NO_PROXY'], os.environ['ATTHENE_EMULATOR_URL'])"
        hosts, url = python(show, "--host", "127.0.0.2").stdout.split()
        assert (hosts, url.rpartition(":")[0]) == (f"{HERE},127.0.0.2", "http://127.0.0.2")

    @pytest.mark.parametrize(("host", "after"), [("127.0.0.1", HERE), ("localhost", HERE), ("::1", f"{HERE},[::1]")])
    def test_an_address_stands_in_brackets_only_where_the_url_has_it_so(self, host: str, after: str) -> None:
        if host == "::1" and not socket.has_ipv6:
            pytest.skip("this machine has no IPv6")
        assert python("import os; print(os.environ['NO_PROXY'])", "--host", host).stdout == f"{after}\n"

    def test_httpx_reads_what_no_proxy_says(self) -> None:
        pytest.importorskip("httpx", reason="the lowest versions are tried without it")
        asks = (
            "import os, httpx; print(httpx.get(os.environ['ATTHENE_EMULATOR_URL'] + '/__emulator/health').status_code)"
        )
        done = python(asks, http_proxy="http://127.0.0.1:9")
        assert (done.stdout, done.stderr) == ("200\n", "")

    def test_the_command_works_although_a_proxy_is_set(self) -> None:
        assert json.loads(python(TALKS, http_proxy="http://127.0.0.1:9").stdout)["status"] == 200

    def test_by_its_other_address_it_works_although_a_proxy_is_set(self) -> None:
        if not socket.has_ipv6:
            pytest.skip("this machine has no IPv6")
        done = python(TALKS, "--host", "::1", http_proxy="http://127.0.0.1:9")
        assert json.loads(done.stdout)["status"] == 200

    def test_what_names_another_emulator_is_replaced(self) -> None:
        stale = {
            "ATTHENE_BASE_URL": "https://api-be.atthene.com/api/v1",
            "ATTHENE_API_KEY": "sk-real",
            "ATTHENE_EMULATOR_URL": "http://127.0.0.1:9",
            "ATTHENE_EMULATOR_NAMESPACE": "shop",
        }
        show = "import os; print('ATTHENE_EMULATOR_NAMESPACE' in os.environ)\n"
        done = python(show + TALKS, **stale)
        assert done.stdout.startswith("False\n")
        assert json.loads(done.stdout.splitlines()[1])["ATTHENE_API_KEY"] == "test-key"

    def test_without_a_key_that_may_do_everything_none_is_set(self, tmp_path: Path) -> None:
        seed = tmp_path / "seed.yaml"
        seed.write_text("accounts: [{id: ada}]\n")
        show = "import os; print(os.environ.get('ATTHENE_API_KEY'))"
        assert python(show, "--seed", str(seed), ATTHENE_API_KEY="sk-real").stdout == "None\n"

    def test_other_commands_find_the_emulator(self) -> None:
        done = execute("--control-token", "s3cret", "--", *COMMAND, "scenario", "use", "refusal")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("refusal: ")

    @pytest.mark.parametrize("name", ["emulator/__init__.py", "atthene_emulator.py"])
    def test_a_module_with_a_name_of_ours_is_not_mistaken_for_it(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit(3)\n")
        script = Path(sys.executable).with_name("atthene-emulator")
        command = [script, "exec", "--", sys.executable, "-c", "print('fine')"]
        mine = {name: value for name, value in environment().items() if name != "PYTHONPATH"}
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=mine, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (0, "fine\n", "")


class TestOptions:
    def count(self, *options: str, cwd: Path | None = None, **more: str) -> Any:
        done = execute(*options, "--", *COMMAND, "doctor", "--json", cwd=cwd, **more)
        return json.loads(done.stdout)["emulator"]

    def test_options_of_serve_are_those_of_exec(self) -> None:
        emulator = self.count("--seed", "busy", "--contract", "reference")
        assert (emulator["counts"]["sessions"], emulator["contract"]) == (500, "reference")

    def test_seeds_may_be_repeated_and_are_found_from_here(self, tmp_path: Path) -> None:
        (tmp_path / "my seed.yaml").write_text("sessions: [{owner: user_123, agent_key: customer_support_agent}]\n")
        emulator = self.count("--seed", "default", "--seed", "./my seed.yaml", cwd=tmp_path)
        assert emulator["counts"]["sessions"] == 2

    def test_the_environment_has_the_same_effect(self) -> None:
        emulator = self.count(ATTHENE_EMULATOR_SEED="empty", ATTHENE_EMULATOR_CONTRACT="connecting")
        assert (emulator["counts"]["sessions"], emulator["contract"]) == (0, "connecting")

    def test_variables_of_serve_do_not_disturb(self, tmp_path: Path) -> None:
        ready = tmp_path / "ready"
        done = python(
            "print('fine')",
            ATTHENE_EMULATOR_JSON="1",
            ATTHENE_EMULATOR_LOG_REQUESTS="1",
            ATTHENE_EMULATOR_WATCH="1",
            ATTHENE_EMULATOR_READY_FILE=str(ready),
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "fine\n", "")
        assert not ready.exists()

    def test_an_unknown_variable_is_told(self) -> None:
        done = python("print('fine')", ATTHENE_EMULATOR_CONTRAT="reference")
        assert (done.returncode, done.stdout) == (0, "fine\n")
        assert "ATTHENE_EMULATOR_CONTRAT, which is no option; did you mean ATTHENE_EMULATOR_CONTRACT?" in done.stderr

    def test_options_of_the_command_are_its_own(self) -> None:
        done = execute(sys.executable, "-c", "import sys; print(sys.argv[1:])", "--seed", "busy", "--", "-x")
        assert done.stdout == "['--seed', 'busy', '--', '-x']\n"

    def test_a_port_may_be_chosen(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        done = python("import os; print(os.environ['ATTHENE_EMULATOR_URL'])", "--port", str(port))
        assert done.stdout == f"http://127.0.0.1:{port}\n"


class TestOutput:
    def test_input_and_output_pass_unchanged(self) -> None:
        data = bytes(range(256)) * 300
        copy = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data); sys.stderr.buffer.write(data[::-1])"
        done = subprocess.run(
            [*COMMAND, "exec", "--", sys.executable, "-c", copy],
            input=data,
            capture_output=True,
            env=environment(),
            timeout=60,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, data, data[::-1])

    def test_the_emulator_is_silent(self) -> None:
        program = "import urllib.request, os; urllib.request.urlopen(os.environ['ATTHENE_EMULATOR_URL'] + '/__emulator/health')"
        done = python(program)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_with_log_level_info_it_talks_on_standard_error(self) -> None:
        done = python(TALKS, "--log-level", "info")
        assert json.loads(done.stdout)["status"] == 200
        assert "INFO uvicorn.error" in done.stderr
        assert '"path": "/api/v1/sessions/", "status": 200' in done.stderr

    def test_thousands_of_requests_block_nobody(self) -> None:
        program = """
import http.client, os
host = os.environ["ATTHENE_EMULATOR_URL"].removeprefix("http://")
connection = http.client.HTTPConnection(host)
for _ in range(2000):
    connection.request("GET", "/api/v1/sessions/", headers={"x-api-key": "test-key"})
    assert connection.getresponse().read()
"""
        assert python(program, "--log-level", "info").returncode == 0


class TestExitStatus:
    @pytest.mark.parametrize("status", [0, 1, 2, 3, 77, 126, 255])
    def test_it_is_that_of_the_command(self, status: int) -> None:
        done = python(f"raise SystemExit({status})")
        assert (done.returncode, done.stdout, done.stderr) == (status, "", "")

    @pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGABRT"])
    def test_a_command_that_a_signal_ends_has_128_and_its_number(self, name: str) -> None:
        number = getattr(signal, name)
        assert python(f"import os; os.kill(os.getpid(), {int(number)})").returncode == 128 + number

    def test_no_such_command_is_127(self) -> None:
        done = execute("--", "no-such-command")
        assert (done.returncode, done.stdout) == (127, "")
        assert done.stderr == "atthene-emulator: no-such-command: there is no such command.\n"

    def test_a_file_that_is_not_executable_is_126(self, tmp_path: Path) -> None:
        plain = tmp_path / "plain"
        plain.write_text("text")
        for path in (plain, tmp_path):
            done = execute("--", str(path))
            assert (done.returncode, done.stdout) == (126, "")
            assert done.stderr == f"atthene-emulator: {path}: it cannot be executed: Permission denied.\n"


class TestWrongUsage:
    @pytest.mark.parametrize("arguments", [[], ["--"], ["--seed", "empty"]], ids=["nothing", "dashes", "options"])
    def test_without_a_command_it_shows_how(self, arguments: list[str]) -> None:
        done = execute(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Name a command, such as: atthene-emulator exec -- npm test" in done.stderr

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--seed", "defualt"], "There is no bundled seed defualt; did you mean default?"),
            (["--contrat", "current"], "No such option"),
            (["--port", "70000"], "70000 is not in the range"),
            (["--host", "192.0.2.1"], "add --allow-remote"),
        ],
        ids=["seed", "option", "port", "host"],
    )
    def test_an_emulator_that_cannot_start_is_2_and_nothing_is_run(
        self, tmp_path: Path, options: list[str], message: str
    ) -> None:
        done = execute(*options, "--", sys.executable, "-c", "open('ran', 'w')", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr
        assert not (tmp_path / "ran").exists()

    def test_a_taken_port_is_2(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            done = python("", "--port", str(taken.getsockname()[1]))
        assert done.returncode == 2
        assert "is taken" in done.stderr


class TestSignals:
    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"])
    def test_a_signal_is_passed_on_and_the_command_decides(self, name: str) -> None:
        with started(sys.executable, "-c", SAYS_SIGNALS) as process:
            _, url = where(process)
            for _ in range(2):
                process.send_signal(getattr(signal, name))
                assert line(process) == name
            assert answers(url)
            process.communicate(timeout=PATIENCE)
            assert process.returncode == 9
            assert not answers(url)

    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
    def test_a_command_that_does_not_care_ends_by_it(self, name: str) -> None:
        program = f"import signal; signal.signal(signal.{name}, signal.SIG_DFL)\n{SAYS_WHERE}"
        with started(sys.executable, "-c", program) as process:
            _, url = where(process)
            process.send_signal(getattr(signal, name))
            assert process.wait(PATIENCE) == 128 + getattr(
                signal, name
            )  # before its input ends, which would end it, too
            assert process.communicate(timeout=PATIENCE) == ("", "")
            assert not answers(url)

    def test_a_signal_before_the_command_ends_the_start(self, tmp_path: Path) -> None:
        fifo = tmp_path / "seed.yaml"
        os.mkfifo(fifo)  # nobody writes a seed
        arguments = [*COMMAND, "exec", "--seed", str(fifo), "--", "true"]
        with (
            subprocess.Popen(arguments, env=environment(), start_new_session=True) as process,
            watchdog(lambda: os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)),  # in place of an emulator that never reads
            fifo.open("wb", buffering=0),  # the emulator reads: it is being started
        ):
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 128 + signal.SIGTERM

    def test_what_is_ignored_stays_ignored(self) -> None:
        program = "import signal; print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
        nohup = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *COMMAND, "exec", "--", sys.executable, "-c", program]
        done = subprocess.run(nohup, capture_output=True, text=True, env=environment(), timeout=60)
        assert (done.returncode, done.stdout) == (0, "True\n")


class TestNothingIsLeft:
    @watched
    def test_when_exec_is_killed(self) -> None:
        with started(sys.executable, "-c", SAYS_WHERE) as process:
            command, url = where(process)
            descriptor = os.pidfd_open(command)
            process.kill()
            assert ended(descriptor)
            process.wait(PATIENCE)
            assert not answers(url)

    def test_when_the_command_is_killed(self) -> None:
        with started(sys.executable, "-c", SAYS_WHERE) as process:
            command, url = where(process)
            os.kill(command, signal.SIGKILL)
            assert process.wait(PATIENCE) == 128 + signal.SIGKILL
            assert not answers(url)

    def test_no_file_is_left(self, tmp_path: Path) -> None:
        assert python("", TMPDIR=str(tmp_path)).returncode == 0
        assert list(tmp_path.iterdir()) == []


def read_until(terminal: int, *words: bytes) -> bytes:
    """What is shown until all words were, or the terminal is gone."""
    said = b""
    while not words or not all(word in said for word in words):
        try:
            said += os.read(terminal, 1000)
        except OSError:  # nobody has it open any more
            break
    return said


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of Unix")
def test_ctrl_c_on_a_terminal_reaches_the_command_once() -> None:
    import pty  # noqa: PLC0415  # only where there is one

    pid, terminal = pty.fork()
    if pid == 0:
        command = [*COMMAND, "exec", "--", sys.executable, "-c", SAYS_SIGNALS]
        os.execvpe(command[0], command, environment())  # noqa: S606  # the child of the fork
    with watchdog(lambda: os.killpg(pid, signal.SIGKILL)):
        read_until(terminal, b"http://", b"\n")
        os.write(terminal, b"\x03")
        said = read_until(terminal, b"SIGINT")
        os.write(terminal, b"\x04")  # the end of its input
        said += read_until(terminal)
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert (said.count(b"SIGINT"), status) == (1, 9)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_a_node_script_talks_to_it() -> None:
    program = """
        const headers = { "x-api-key": process.env.ATTHENE_API_KEY, "Content-Type": "application/json" };
        const url = `${process.env.ATTHENE_BASE_URL}/runtime/session_abc123/execute/`;
        const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ content: "Hello!" }) });
        console.log((await answer.json()).messages[0].content);
    """
    done = execute("--", "node", "--input-type=module", "-e", program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello! How can I help you today?\n", "")


def test_a_run_of_pytest_talks_to_it(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(
        "import os, requests\n\n\n"
        "def test_it():\n"
        "    url = os.environ['ATTHENE_BASE_URL'] + '/sessions/'\n"
        "    headers = {'x-api-key': os.environ['ATTHENE_API_KEY']}\n"
        "    assert requests.get(url, headers=headers, timeout=10).status_code == 200\n\n\n"
        "def test_that_fails():\n"
        "    assert False\n"
    )
    done = execute("--strict", "--", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert done.stderr == ""
