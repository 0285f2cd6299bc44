"""`atthene-emulator env`: the variables of a running emulator, as each reader wants them."""

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.cli.running import COMMAND, SECONDS, Done, environment, invoke

NAMES = ("ATTHENE_BASE_URL", "ATTHENE_API_KEY", "ATTHENE_EMULATOR_URL")
ODD = 'it\'s a "key" $HOME `id` \\n # 100%'


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


def variables(emulator: EmulatorServer, key: str = "test-key") -> dict[str, str]:
    return dict(zip(NAMES, (emulator.base_url, key, emulator.url), strict=True))


def env(emulator: EmulatorServer, *arguments: str, **more: str) -> Done:
    return invoke("env", "--url", emulator.url, *arguments, **more)


def as_json(emulator: EmulatorServer, *arguments: str, **more: str) -> Any:
    done = env(emulator, "--format", "json", *arguments, **more)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[EmulatorServer]:
    """An emulator whose key has everything that some reader takes for something else."""
    seed = tmp_path / "seed.yaml"
    seed.write_text(json.dumps({"accounts": [{"id": "ada", "api_keys": [ODD]}]}))
    with EmulatorServer(seeds=(str(seed),)) as running:
        yield running


class TestFormats:
    def test_by_default_a_shell_reads_it(self, emulator: EmulatorServer) -> None:
        done = env(emulator)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "".join(f"export {name}={value}\n" for name, value in variables(emulator).items())

    def test_dotenv_and_github_are_plain_lines(self, emulator: EmulatorServer) -> None:
        lines = "".join(f"{name}={value}\n" for name, value in variables(emulator).items())
        assert [env(emulator, "--format", style).stdout for style in ("dotenv", "github")] == [lines, lines]

    def test_json_is_one_object(self, emulator: EmulatorServer) -> None:
        assert as_json(emulator) == variables(emulator)

    def test_the_environment_may_choose_the_format_and_the_place(self, emulator: EmulatorServer) -> None:
        done = invoke("env", ATTHENE_EMULATOR_FORMAT="json", ATTHENE_EMULATOR_URL=emulator.base_url)
        assert json.loads(done.stdout) == variables(emulator)

    @pytest.mark.parametrize("shell", ["sh", "bash", "zsh", "fish"])
    def test_a_shell_gets_an_odd_key_whole(self, odd: EmulatorServer, shell: str) -> None:
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        script = env(odd).stdout + 'printf %s "$ATTHENE_API_KEY"'
        assert subprocess.run([shell, "-c", script], capture_output=True, text=True, timeout=SECONDS).stdout == ODD

    def test_dotenv_quotes_an_odd_key_so_that_a_shell_may_source_it(self, odd: EmulatorServer) -> None:
        script = env(odd, "--format", "dotenv").stdout + 'printf %s "$ATTHENE_API_KEY"'
        assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=SECONDS).stdout == ODD

    def test_json_and_github_have_an_odd_key_as_it_is(self, odd: EmulatorServer) -> None:
        assert as_json(odd)["ATTHENE_API_KEY"] == ODD
        assert f"ATTHENE_API_KEY={ODD}\n" in env(odd, "--format", "github").stdout

    @pytest.mark.parametrize("key", ["a\nPATH=/tmp", "a\tb", "a\x1bb"])
    def test_a_key_that_no_header_carries_is_2(self, tmp_path: Path, key: str) -> None:
        seed = tmp_path / "seed.json"
        seed.write_text(json.dumps({"accounts": [{"id": "ada", "api_keys": [key]}]}))
        with EmulatorServer(seeds=(str(seed),)) as running:
            done = env(running, "--format", "github")
        assert (done.returncode, done.stdout) == (2, "")
        assert "characters that no header can carry" in done.stderr


class TestNamespaces:
    def test_a_new_namespace_has_its_own_key(self, emulator: EmulatorServer) -> None:
        shown = as_json(emulator, "--new-namespace")
        key, name = shown["ATTHENE_API_KEY"], shown["ATTHENE_EMULATOR_NAMESPACE"]
        listed = {one.name: one.api_key for one in emulator.client.namespaces()}
        assert listed[name] == key
        answer = requests.get(f"{shown['ATTHENE_BASE_URL']}/sessions/", headers={"x-api-key": key}, timeout=10)
        assert answer.status_code == 200

    def test_it_may_have_a_name_and_is_found_again(self, emulator: EmulatorServer) -> None:
        made = as_json(emulator, "--new-namespace", "--namespace", "shop")
        assert made["ATTHENE_EMULATOR_NAMESPACE"] == "shop"
        assert as_json(emulator, "--namespace", "shop") == made
        assert as_json(emulator, ATTHENE_EMULATOR_NAMESPACE="shop") == made

    def test_the_other_commands_follow_it(self, emulator: EmulatorServer) -> None:
        made = as_json(emulator, "--new-namespace")
        assert invoke("snapshot", "save", "mine", **made).returncode == 0
        with emulator.client.create_namespace() as other:
            assert other.snapshots() == ()
        assert "mine" in invoke("snapshot", "list", **made).stdout
        assert "mine" not in invoke("snapshot", "list", "--url", emulator.url).stdout

    def test_default_is_not_named(self, emulator: EmulatorServer) -> None:
        assert as_json(emulator, "--namespace", "default") == variables(emulator)

    def test_an_unknown_name_suggests_the_near_one(self, emulator: EmulatorServer) -> None:
        done = env(emulator, "--namespace", "defualt")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "atthene-emulator: There is no namespace defualt; did you mean default?\n"

    def test_a_time_to_live_without_a_new_one_is_2(self, emulator: EmulatorServer) -> None:
        done = env(emulator, "--ttl", "1h")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "atthene-emulator: --ttl is about a new namespace; add --new-namespace.\n"

    def test_a_name_that_is_taken_is_2(self, emulator: EmulatorServer) -> None:
        done = env(emulator, "--new-namespace", "--namespace", "default")
        assert (done.returncode, done.stdout) == (2, "")

    def test_a_seed_without_a_working_key_is_2_and_says_what_to_do(self, tmp_path: Path) -> None:
        seed = tmp_path / "seed.yaml"
        seed.write_text("accounts: [{id: ada, api_keys: [{key: old, expires_at: 2020-01-01T00:00:00Z}]}]\n")
        with EmulatorServer(seeds=(str(seed),)) as running:
            done = env(running)
            assert (done.returncode, done.stdout) == (2, "")
            assert "default has no key that may do everything; --new-namespace makes" in done.stderr
            assert as_json(running, "--new-namespace")["ATTHENE_API_KEY"].startswith("key_")


class TestPrefix:
    @pytest.mark.parametrize("prefix", ["VITE_", "NEXT_PUBLIC_", "public"])
    def test_each_variable_is_said_once_more_with_it(self, emulator: EmulatorServer, prefix: str) -> None:
        plain = variables(emulator)
        assert as_json(emulator, "--prefix", prefix) == plain | {prefix + name: value for name, value in plain.items()}

    @pytest.mark.parametrize("style", ["sh", "dotenv", "github"])
    def test_every_format_has_them(self, emulator: EmulatorServer, style: str) -> None:
        plain = env(emulator, "--format", style).stdout
        shown = env(emulator, "--format", style, "--prefix", "VITE_").stdout
        assert shown == plain + plain.replace("ATTHENE_", "VITE_ATTHENE_")

    def test_a_new_namespace_has_them_too(self, emulator: EmulatorServer) -> None:
        shown = as_json(emulator, "--new-namespace", "--prefix", "VITE_")
        names = [*NAMES, "ATTHENE_EMULATOR_NAMESPACE"]
        assert list(shown) == [*names, *(f"VITE_{name}" for name in names)]
        assert [shown[f"VITE_{name}"] for name in names] == [shown[name] for name in names]

    def test_a_shell_forgets_the_namespace_of_before(self, emulator: EmulatorServer) -> None:
        before = {"VITE_ATTHENE_EMULATOR_NAMESPACE": "shop"}
        done = env(emulator, "--namespace", "default", "--prefix", "VITE_", **before)
        assert done.stdout.startswith("unset VITE_ATTHENE_EMULATOR_NAMESPACE\nexport ATTHENE_BASE_URL=")

    @pytest.mark.parametrize("command", [("env",), ("exec",)], ids=["env", "exec"])
    @pytest.mark.parametrize("prefix", ["", "VITE-", "1_", "A B", "Ä_", "X=1;"])
    def test_what_begins_no_name_is_refused(self, command: tuple[str, ...], prefix: str) -> None:
        rest = ("--", "true") if command == ("exec",) else ()
        done = invoke(*command, "--prefix", prefix, *rest)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{prefix!r} begins no variable's name; letters, digits and _ do, such as VITE_." in done.stderr

    @pytest.mark.parametrize("command", ["env", "exec"])
    def test_help_says_that_pages_show_them(self, command: str) -> None:
        said = " ".join(invoke(command, "--help").stdout.split())
        assert (
            "into pages for everybody to see, which is fine for a key of the emulator, and never for a real one" in said
        )


def test_without_an_emulator_it_is_3(free_url: str) -> None:
    done = invoke("env", "--url", free_url)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"atthene-emulator: No emulator answers at {free_url}; start one")


class TestOutput:
    def test_a_file_has_what_would_be_printed(self, emulator: EmulatorServer, tmp_path: Path) -> None:
        path = tmp_path / ".env.local"
        done = env(emulator, "--format", "dotenv", "--prefix", "VITE_", "--output", str(path))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert path.read_text() == env(emulator, "--format", "dotenv", "--prefix", "VITE_").stdout

    def test_without_an_emulator_it_stays_as_it_was(self, free_url: str, tmp_path: Path) -> None:
        path = tmp_path / ".env.local"
        path.write_text("MINE=1\n")
        done = invoke("env", "--url", free_url, "--format", "dotenv", "--output", str(path))
        assert (done.returncode, path.read_text()) == (3, "MINE=1\n")
        assert done.stderr.endswith("or name another URL (--url).\n")

    def test_a_file_that_cannot_be_written_is_named(self, emulator: EmulatorServer, tmp_path: Path) -> None:
        done = env(emulator, "--output", str(tmp_path / "no" / "file"))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"atthene-emulator: {tmp_path}/no/file cannot be written: No such file or directory.\n"


def test_another_format_is_2() -> None:
    done = invoke("env", "--format", "powershell")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not one of 'sh', 'dotenv', 'json', 'github'" in done.stderr


def test_the_readme_line_works(emulator: EmulatorServer) -> None:
    command = shlex.join([*COMMAND, "env", "--url", emulator.url])
    script = f'eval "$({command})" && printf %s "$ATTHENE_API_KEY"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=environment(), timeout=SECONDS)
    assert done.stdout == "test-key"
