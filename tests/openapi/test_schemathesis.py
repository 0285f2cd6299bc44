"""Schemathesis finds nothing: briefly and always alike here, at length and by chance with `make fuzz`."""

import re
import tomllib
from pathlib import Path

import pytest

from atthene_emulator.web.openapi import openapi
from tests.cli.running import invoke
from tests.conftest import Api
from tests.foreign import run
from tests.openapi.fuzz import BY_CHANCE, PROGRAM, ROOT, command

# Whole configurations have three thousand cases of coverage each, and other contracts few that differ: `make fuzz` has them.
CONFIGURATIONS = ("createAgent", "replaceAgent", "importAgentYaml", "validateConfiguration", "createSession")
COVERAGE = ("--phases", "coverage", *(f"--exclude-operation-id={name}" for name in CONFIGURATIONS))


def passed(printed: str) -> bool:
    """Whether every case that was made has passed."""
    return re.search(r"(\d+) generated, \1 passed", printed) is not None


@pytest.mark.parametrize(
    ("contract", "options"),
    [
        pytest.param("current", [*BY_CHANCE, "--max-examples", "4"], id="current"),
        pytest.param("reference", [*BY_CHANCE, "--max-examples", "2"], id="reference"),
        pytest.param("connecting", [*BY_CHANCE, "--max-examples", "2"], id="connecting"),
    ],
)
def test_no_check_of_schemathesis_fails(api: Api, contract: str, options: list[str], tmp_path: Path) -> None:
    done = run(*command(api.server, contract, tmp_path, *options), cwd=ROOT)
    assert done.returncode == 0, done.stdout
    assert passed(done.stdout), done.stdout


@pytest.mark.parametrize(
    "options", [("--phases", "examples,fuzzing", "--max-examples", "2"), COVERAGE], ids=["by chance", "coverage"]
)
def test_a_stranger_finds_nothing_with_what_the_command_prints(
    api: Api, options: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "schemathesis.toml").write_text(invoke("openapi", "--schemathesis").stdout)
    key = ("--header", f"x-api-key: {api.server.api_key}")
    where = f"{api.server.control_url}/openapi.json"
    done = run(str(PROGRAM), "run", "--no-color", "--seed", "20250115", *key, *options, where, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert passed(done.stdout), done.stdout


def test_what_the_command_prints_turns_no_check_off() -> None:
    settings = tomllib.loads(invoke("openapi", "--schemathesis").stdout)
    assert settings.keys() == {"operations"}
    assert all(set(one) == {"include-operation-id", "checks"} for one in settings["operations"])
    assert all(
        check.keys() == {"expected-statuses"} for one in settings["operations"] for check in one["checks"].values()
    )


def test_what_the_command_prints_names_operations_of_the_document() -> None:
    settings = tomllib.loads(invoke("openapi", "--schemathesis").stdout)
    ids = {
        operation["operationId"] for methods in openapi("current")["paths"].values() for operation in methods.values()
    }
    for one in settings["operations"]:
        named = one["include-operation-id"]
        assert ({named} if isinstance(named, str) else set(named)) <= ids


def test_the_command_prints_one_thing_at_a_time() -> None:
    done = invoke("openapi", "--schemathesis", "--yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "leave --yaml out" in done.stderr


def test_all_checks_and_phases_are_on() -> None:
    settings = tomllib.loads((Path(__file__).parent / "schemathesis.toml").read_text())
    assert settings["checks"] == {"enabled": True}
    assert settings["phases"] == {
        "examples": {"enabled": True},
        "coverage": {"enabled": True},
        "fuzzing": {"enabled": True},
        "stateful": {"enabled": True},
    }
    assert "operations" not in settings
