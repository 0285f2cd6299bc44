"""The files for CI, which cannot be run here as a whole: they parse, name what exists, and their parts do what they should."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
import yaml

from atthene_emulator.cli import commands
from atthene_emulator.cli.serve import serve
from atthene_emulator.server import EmulatorServer
from tests.foreign import run

ROOT = Path(__file__).parents[1]
NAMES = (".dockerignore", "Dockerfile", "action.yml", "compose.yaml")
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ACTION = yaml.safe_load(TEXTS["action.yml"])
EMULATOR = yaml.safe_load(TEXTS["compose.yaml"])["services"]["emulator"]
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
BIN = Path(sys.prefix) / "bin"
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")  # what a runner does with `shell: bash`
EACH_FILE = pytest.mark.parametrize("name", NAMES)
EACH_STEP = pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step["name"])


class Instruction(NamedTuple):
    """One instruction of the Dockerfile; `stage` counts from 0."""

    name: str
    value: str
    stage: int

    @property
    def words(self) -> list[str]:
        """Its words without options."""
        return [word for word in self.value.split() if not word.startswith("--")]


def instructions() -> Iterator[Instruction]:
    lines = "\n".join(line for line in TEXTS["Dockerfile"].splitlines() if not line.startswith("#"))
    stage = -1
    for line in lines.replace("\\\n", " ").splitlines():
        if line.strip():
            name, value = line.split(maxsplit=1)
            stage += name == "FROM"
            yield Instruction(name, value, stage)


DOCKERFILE = tuple(instructions())
LAST = tuple(one for one in DOCKERFILE if one.stage == DOCKERFILE[-1].stage)


def only(name: str) -> Instruction:
    """The one instruction of this name in the last stage."""
    (found,) = (one for one in LAST if one.name == name)
    return found


def image_environment() -> dict[str, str]:
    pairs = (word.split("=", 1) for word in only("ENV").words)
    return {name: value for name, value in pairs if name != "PATH"}


def health_check() -> list[str]:
    command: list[str] = json.loads(only("HEALTHCHECK").value.partition("CMD ")[2])
    return [sys.executable, *command[1:]]


def calls(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each command of ours in a line, with its options."""
    for place, word in enumerate(words[:-1]):
        if Path(word).name == "atthene-emulator":
            yield words[place + 1], [option for option in words[place + 2 :] if option.startswith("--")]


def commands_named() -> list[tuple[str, list[str]]]:
    found = [
        call
        for step in STEPS.values()
        for line in step["run"].splitlines()
        if "atthene-emulator" in line
        for call in calls(shlex.split(line))
    ]
    return [*found, *calls([*json.loads(only("ENTRYPOINT").value), *json.loads(only("CMD").value)])]


def environment_of(step: Mapping[str, Any], **inputs: str) -> dict[str, str]:
    """The step's variables, with inputs that are given or left to their defaults."""
    values = {name: entry["default"] for name, entry in ACTION["inputs"].items()} | inputs
    given = {f"${{{{ inputs.{name} }}}}": value for name, value in values.items()}
    return {name: given.get(value, value) for name, value in step["env"].items()}


def without_options() -> dict[str, str]:
    """This process's variables, less any that would set an option or a proxy."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ATTHENE_") and not name.lower().endswith("_proxy")
    }


# What they say.


@EACH_FILE
def test_a_file_starts_with_a_comment_that_says_what_it_is(name: str) -> None:
    assert re.match(r"# [A-Z].{20,}", TEXTS[name])


@EACH_FILE
def test_a_file_travels_in_the_source_distribution(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"/{name}" in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]


@EACH_FILE
def test_every_variable_of_ours_is_an_option(name: str) -> None:
    known = {param.envvar for command in commands.everyone().values() for param in command.params}
    assert set(re.findall(r"ATTHENE_EMULATOR_\w+", TEXTS[name])) - known == set()


def test_every_command_and_option_exists() -> None:
    found = commands_named()
    assert found == [("serve", ["--ready-file"]), ("serve", [])]
    for name, options in found:
        known = {option for param in commands.everyone()[name].params for option in param.opts}
        assert set(options) <= known


# action.yml


def test_the_action_is_a_composite_one() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert list(STEPS) == ["Install the emulator", "Start the emulator"]


@EACH_STEP
def test_a_step_is_bash_without_a_mistake(step: dict[str, Any]) -> None:
    assert step["shell"] == "bash"
    done = subprocess.run(["bash", "-n"], input=step["run"], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


@EACH_STEP
def test_no_expression_is_part_of_a_script(step: dict[str, Any]) -> None:
    assert "${{" not in step["run"]


def test_every_input_is_used_and_every_used_input_is_declared() -> None:
    assert set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", TEXTS["action.yml"])) == set(ACTION["inputs"])


@pytest.mark.parametrize("entry", ["inputs", "outputs"])
def test_every_input_and_output_is_described(entry: str) -> None:
    assert all(one["description"].endswith(".") for one in ACTION[entry].values())


@pytest.mark.parametrize(("name", "option"), [("port", "port"), ("seed", "seeds"), ("contract", "contract")])
def test_an_input_sets_the_option_that_it_is_called_after(name: str, option: str) -> None:
    (param,) = (param for param in serve.params if param.name == option)
    assert environment_of(STEPS["Start the emulator"], **{name: "given"})[str(param.envvar)] == "given"


def test_the_action_installs_its_own_checkout() -> None:
    step = STEPS["Install the emulator"]
    assert step["env"]["ACTION_PATH"] == "${{ github.action_path }}"
    assert shlex.split(step["run"].splitlines()[-1])[1:] == [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "$ACTION_PATH",
    ]


class Started(NamedTuple):
    """What came of the step that starts the emulator."""

    done: subprocess.CompletedProcess[str]
    variables: dict[str, str]
    outputs: dict[str, str]


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A runner's folder in which this environment takes the place of the one that the first step makes."""
    (tmp_path / "atthene-emulator").mkdir()
    (tmp_path / "atthene-emulator" / "venv").symlink_to(sys.prefix)
    return tmp_path


def start(runner: Path, variables: Mapping[str, str] = {}, **inputs: str) -> Started:  # never written to
    """Run the step and a later one that resets the emulator; and stop what was started."""
    files = {name: runner / name for name in ("GITHUB_ENV", "GITHUB_OUTPUT")}
    paths = runner / "GITHUB_PATH"
    step = STEPS["Start the emulator"]
    environment = {
        **without_options(),
        **environment_of(step, **{"port": "0", **inputs}),
        "RUNNER_TEMP": str(runner),
        "GITHUB_PATH": str(paths),
        **{name: str(path) for name, path in files.items()},
        **variables,
    }
    alive, held = os.pipe()  # the emulator inherits one end, so the other one tells when it has ended
    try:
        done = subprocess.run(
            [*BASH, step["run"]], env=environment, pass_fds=(held,), capture_output=True, text=True, timeout=60
        )
        os.close(held)
        seen = [dict(line.split("=", 1) for line in read(path).splitlines()) for path in files.values()]
        if done.returncode == 0:
            answer = requests.get(
                f"{seen[0]['ATTHENE_BASE_URL']}/sessions/",
                headers={"x-api-key": seen[0]["ATTHENE_API_KEY"]},
                timeout=10,
            )
            assert answer.status_code == 200
            later = {**without_options(), **seen[0]}
            later["PATH"] = f"{read(paths).strip()}:{later['PATH']}"
            reset = subprocess.run(
                [*BASH, "atthene-emulator reset"], env=later, capture_output=True, text=True, timeout=60
            )
            assert reset.stdout.startswith("default is as its seed has it"), reset.stderr
    finally:
        with suppress(FileNotFoundError):
            ready = (runner / "atthene-emulator" / "ready.json").read_text()
            os.kill(json.loads(ready)["pid"], signal.SIGTERM)
        assert os.read(alive, 1) == b""
        os.close(alive)
    return Started(done, seen[0], seen[1])


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@pytest.mark.skipif(not (BIN / "atthene-emulator").exists(), reason="needs the command in this environment")
def test_the_start_step_serves_and_says_where(runner: Path) -> None:
    started = start(runner)
    assert (started.done.returncode, started.done.stderr) == (0, "")
    base_url = started.variables["ATTHENE_BASE_URL"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/v1", base_url)
    assert started.variables == {
        "ATTHENE_BASE_URL": base_url,
        "ATTHENE_API_KEY": "test-key",
        "ATTHENE_EMULATOR_URL": base_url.removesuffix("/api/v1"),
    }
    assert [path.name for path in (runner / "atthene-emulator" / "bin").iterdir()] == ["atthene-emulator"]
    assert started.outputs == {
        "base-url": base_url,
        "control-url": base_url.replace("/api/v1", "/__emulator"),
        "api-key": "test-key",
    }
    assert {f"${{{{ steps.start.outputs.{name} }}}}" for name in started.outputs} == {
        one["value"] for one in ACTION["outputs"].values()
    }
    assert started.done.stdout == f"The emulator is at {base_url}.\n"


@pytest.mark.skipif(not (BIN / "atthene-emulator").exists(), reason="needs the command in this environment")
def test_the_start_step_takes_several_seeds(runner: Path) -> None:
    (runner / "mine.yaml").write_text("scripts: [{name: mine, then: {reply: Mine.}}]\n")
    assert start(runner, seed=f"default {runner}/mine.yaml", contract="reference", strict="true").done.returncode == 0
    assert "mine.yaml" in read(runner / "atthene-emulator" / "log.txt")


@pytest.mark.skipif(not (BIN / "atthene-emulator").exists(), reason="needs the command in this environment")
def test_the_start_step_fails_with_the_reason(runner: Path) -> None:
    started = start(runner, seed="defualt")
    assert started.done.returncode == 1
    assert started.done.stdout.splitlines()[0] == (
        "::error title=Atthene emulator::It did not start: "
        "atthene-emulator: There is no bundled seed defualt; did you mean default?"
    )
    assert (started.variables, started.outputs) == ({}, {})


@pytest.mark.skipif(not (BIN / "atthene-emulator").exists(), reason="needs the command in this environment")
def test_an_empty_token_of_the_job_fails_the_start_step(runner: Path) -> None:
    started = start(runner, {"ATTHENE_EMULATOR_CONTROL_TOKEN": ""})
    assert started.done.returncode == 1
    assert "ATTHENE_EMULATOR_CONTROL_TOKEN is set, but empty" in started.done.stdout.splitlines()[0]


# Makefile


@pytest.mark.parametrize(
    ("target", "packages"), [("test-js", "nodejs npm chromium"), ("bench-peers", "nodejs npm wrk")]
)
@pytest.mark.parametrize("version", [None, "v18.20.4", "v8.11.1"])
def test_where_node_is_missing_or_old_make_says_what_is_left_out(
    tmp_path: Path, version: str | None, target: str, packages: str
) -> None:
    (tmp_path / "echo").symlink_to(shutil.which("echo") or "/bin/echo")
    if version is not None:
        for name in ("node", "npm"):
            (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
            (tmp_path / name).chmod(0o755)
    make = shutil.which("make")
    assert make is not None, "make is needed; on Debian: apt-get install make"
    done = subprocess.run(
        [make, target], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(rf"Left out .* Node\.js .*: apt-get install {packages}\.\n", done.stdout)


def test_ci_installs_what_its_tests_of_javascript_need() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    before = "\n".join(lines[: lines.index("make test-js")])
    assert {name for name in ("nodejs", "npm", "chromium") if f" {name}" not in before} == set()


# Dockerfile


def test_everything_is_of_one_image_that_is_fixed_by_its_digest() -> None:
    pinned, *others = [one.words for one in DOCKERFILE if one.name == "FROM"]
    assert re.fullmatch(r"python:3\.13\.\d+-slim@sha256:[0-9a-f]{64}", pinned[0])
    assert {words[0] for words in others} == {pinned[-1]}


def test_the_image_is_of_a_python_that_the_package_supports() -> None:
    assert "Programming Language :: Python :: 3.13" in PROJECT["classifiers"]


def test_labels_say_what_the_package_says() -> None:
    pairs = (word.split("=", 1) for word in shlex.split(only("LABEL").value))
    assert {name.removeprefix("org.opencontainers.image."): value for name, value in pairs} == {
        "title": PROJECT["name"],
        "description": PROJECT["description"],
        "version": PROJECT["version"],
        "licenses": PROJECT["license"],
    }


def test_the_image_has_the_versions_that_are_tested() -> None:
    (install,) = (one.value for one in DOCKERFILE if one.name == "RUN")
    assert "--constraint constraints.txt" in install


def test_the_instructions_are_known_ones() -> None:
    known = {"FROM", "LABEL", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {one.name for one in DOCKERFILE} == known


def test_nothing_is_built_or_run_in_the_last_stage() -> None:
    assert [one.name for one in LAST if one.name == "RUN"] == []
    assert [one.value for one in LAST if one.name == "COPY"] == ["--from=build /opt/emulator /opt/emulator"]


def test_the_user_is_not_root() -> None:
    assert only("USER").value == "10001:10001"
    names = [one.name for one in LAST]
    assert names.index("USER") < names.index("ENTRYPOINT")


@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD"])
def test_commands_have_the_exec_form(name: str) -> None:
    assert all(isinstance(word, str) for word in json.loads(only(name).value))


def test_the_exposed_port_is_the_one_that_is_served() -> None:
    (default,) = (param.default for param in serve.params if param.name == "port")
    assert only("EXPOSE").value == image_environment()["ATTHENE_EMULATOR_PORT"] == str(default)


def test_the_image_holds_no_token() -> None:
    names = image_environment()
    assert [name for name in names if "TOKEN" in name or "KEY" in name] == []


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Dockerfile copies from the checkout."""
    folder = tmp_path_factory.mktemp("context")
    for copy in (one for one in DOCKERFILE if one.name == "COPY" and not one.value.startswith("--from=")):
        *sources, target = copy.words
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, folder / target)
    return folder


def test_docker_ignores_all_but_what_is_copied(context: Path) -> None:
    lines = TEXTS[".dockerignore"].splitlines()
    assert lines[1] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == {path.name for path in context.iterdir()}


def test_what_is_copied_is_enough_to_build_the_package(context: Path) -> None:
    done = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "wheel", cwd=context)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (context / "wheel").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "atthene_emulator/_bundled/fixtures/default.yaml" in names
    assert "atthene_emulator/_bundled/fixtures/scenarios/happy-path.yaml" in names
    assert "atthene_emulator/_bundled/schemas/seed.schema.json" in names
    shutil.rmtree(context / "wheel")


def in_container(**variables: str) -> dict[str, str]:
    """The variables of a container, but on this machine's own address and a free port."""
    own = {"ATTHENE_EMULATOR_HOST": "127.0.0.1", "ATTHENE_EMULATOR_PORT": "0"}
    return {**without_options(), **image_environment(), **own, **variables}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "--allow-remote needs --control-token, so that nobody else controls the emulator."),
        (
            {"ATTHENE_EMULATOR_CONTROL_TOKEN": ""},
            "ATTHENE_EMULATOR_CONTROL_TOKEN is set, but empty; give it a value, or unset it.",
        ),
    ],
    ids=["missing", "empty"],
)
def test_a_container_without_a_token_does_not_start(variables: dict[str, str], said: str) -> None:
    command = [sys.executable, "-m", "atthene_emulator", *json.loads(only("CMD").value)]
    done = subprocess.run(command, env=in_container(**variables), capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"atthene-emulator: {said}\n"


@pytest.mark.parametrize("way", ["variable", "file", "option"])
def test_a_container_with_a_token_starts_and_stops(tmp_path: Path, way: str) -> None:
    (tmp_path / "token").write_text("mine\n")
    command = [sys.executable, "-m", "atthene_emulator", *json.loads(only("CMD").value), "--json"]
    variables = {
        "variable": {"ATTHENE_EMULATOR_CONTROL_TOKEN": "mine"},
        "file": {"ATTHENE_EMULATOR_CONTROL_TOKEN_FILE": str(tmp_path / "token")},
        "option": {},
    }[way]
    command += ["--control-token", "mine"] if way == "option" else []
    environment = in_container(**variables)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            assert ready["event"] == "ready"
            assert check_health(int(ready["url"].rpartition(":")[2])) == 0
            answer = requests.get(f"{ready['control_url']}/state", headers={"Authorization": "Bearer mine"}, timeout=10)
            assert answer.status_code == 200
        finally:
            process.terminate()
        assert process.wait(10) == 0


@pytest.fixture(scope="module")
def guarded() -> Iterator[EmulatorServer]:
    """An emulator as in a container, with the control token `mine`."""
    with EmulatorServer(allow_remote=True, control_token="mine") as server:
        yield server


def check_health(port: int, **variables: str) -> int:
    environment = {**without_options(), "ATTHENE_EMULATOR_PORT": str(port), **variables}
    return subprocess.run(health_check(), env=environment, capture_output=True, timeout=30).returncode


def port_of(server: EmulatorServer) -> int:
    return int(server.url.rpartition(":")[2])


def test_the_health_check_passes_when_the_emulator_answers(guarded: EmulatorServer) -> None:
    assert check_health(port_of(guarded)) == 0


def test_the_health_check_asks_no_proxy(guarded: EmulatorServer) -> None:
    assert check_health(port_of(guarded), http_proxy="http://127.0.0.1:1") == 0


def test_the_health_check_fails_when_nobody_answers() -> None:
    assert check_health(1) == 1


# compose.yaml


def test_compose_builds_this_checkout() -> None:
    assert (ROOT / EMULATOR["build"] / "Dockerfile").is_file()


def test_compose_publishes_the_port_to_this_machine_only() -> None:
    port = only("EXPOSE").value
    assert EMULATOR["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_compose_wants_a_token() -> None:
    assert EMULATOR["environment"]["ATTHENE_EMULATOR_CONTROL_TOKEN"].startswith("${ATTHENE_EMULATOR_CONTROL_TOKEN:?")


def test_compose_lets_other_services_reach_the_control_plane_by_the_name_of_this_one() -> None:
    assert list(yaml.safe_load(TEXTS["compose.yaml"])["services"]) == ["emulator"]
    assert EMULATOR["environment"]["ATTHENE_EMULATOR_ALLOW_HOST"] == "emulator"


def test_compose_leaves_every_setting_to_the_variable_of_its_name() -> None:
    for name, value in EMULATOR["environment"].items():
        if value.startswith("$"):
            assert re.match(r"\$\{(\w+):", value)[1] == name  # type: ignore[index]


def test_compose_takes_away_what_the_emulator_does_not_need() -> None:
    assert EMULATOR["read_only"] is True
    assert EMULATOR["cap_drop"] == ["ALL"]
    assert EMULATOR["security_opt"] == ["no-new-privileges:true"]
