"""Schemathesis finds nothing: briefly and always alike here, at length and by chance with `make fuzz`."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import Api
from tests.openapi.fuzz import ROOT, command

EVERYTHING_ELSE = ["--phases", "examples,fuzzing,stateful", "--max-examples", "4"]
# Whole configurations have three thousand cases of coverage each, and no contract changes them: one operation has them
# here, in one contract; `make fuzz` has them everywhere.
COVERAGE = ["--phases", "coverage", "--exclude-operation-id", "agents_create"]
COVERAGE += ["--exclude-operation-id", "agents_validate"]


@pytest.mark.parametrize(
    ("contract", "options"),
    [
        pytest.param("current", EVERYTHING_ELSE, id="current"),
        pytest.param("current", COVERAGE, id="current, coverage"),
        pytest.param("reference", EVERYTHING_ELSE, id="reference"),
        pytest.param("reference", [*COVERAGE, "--exclude-operation-id", "sessions_create"], id="reference, coverage"),
        pytest.param("connecting", EVERYTHING_ELSE, id="connecting"),
        pytest.param("connecting", [*COVERAGE, "--exclude-operation-id", "sessions_create"], id="connecting, coverage"),
    ],
)
def test_no_check_of_schemathesis_fails(api: Api, contract: str, options: list[str]) -> None:
    attack = command(api.server, contract, *options)
    done = subprocess.run(attack, capture_output=True, text=True, cwd=ROOT, timeout=120)
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
