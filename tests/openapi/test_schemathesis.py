"""Schemathesis finds nothing: briefly and always alike here, at length and by chance with `make fuzz`."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.conftest import Api
from tests.foreign import run
from tests.openapi.fuzz import ROOT, command

BY_CHANCE = ["--phases", "examples,fuzzing,stateful", "--max-examples"]
# Whole configurations have three thousand cases of coverage each, and other contracts few that differ: `make fuzz` has them.
CONFIGURATIONS = ("agents_create", "agents_replace", "agents_import_yaml", "agents_validate", "sessions_create")
COVERAGE = ["--phases", "coverage", *(f"--exclude-operation-id={name}" for name in CONFIGURATIONS)]


@pytest.mark.parametrize(
    ("contract", "options"),
    [
        pytest.param("current", [*BY_CHANCE, "4"], id="current"),
        pytest.param("current", COVERAGE, id="current, coverage"),
        pytest.param("reference", [*BY_CHANCE, "2"], id="reference"),
        pytest.param("connecting", [*BY_CHANCE, "2"], id="connecting"),
    ],
)
def test_no_check_of_schemathesis_fails(api: Api, contract: str, options: list[str]) -> None:
    done = run(*command(api.server, contract, *options), cwd=ROOT)
    assert done.returncode == 0, done.stdout
    assert re.search(r"(\d+) generated, \1 passed", done.stdout), done.stdout


def test_all_checks_and_phases_are_on() -> None:
    settings = tomllib.loads((Path(__file__).parent / "schemathesis.toml").read_text())
    assert settings["checks"] == {"enabled": True}
    assert settings["phases"] == {
        "examples": {"enabled": True},
        "coverage": {"enabled": True},
        "fuzzing": {"enabled": True},
        "stateful": {"enabled": True},
    }
    assert all(set(one) == {"include-operation-id", "checks"} for one in settings["operations"])
    assert all("enabled" not in check for one in settings["operations"] for check in one["checks"].values())
