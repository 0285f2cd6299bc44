"""Schemathesis finds nothing in the control plane: briefly and always alike here, at length and by chance with `make fuzz`."""

import tomllib
from pathlib import Path

from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.schemathesis import control_schemathesis_configuration
from tests.cli.running import invoke
from tests.foreign import run
from tests.openapi.fuzz import ROOT, control_command
from tests.openapi.test_schemathesis import passed

# Whole seeds take half a minute to be made by chance: `make fuzz` has them.
BRIEFLY = ("--phases", "examples,fuzzing", "--max-examples", "1", "--exclude-operation-id", "createNamespace")


def test_no_check_of_schemathesis_fails(tmp_path: Path) -> None:
    with EmulatorServer() as server:  # of its own: everything in it is changed
        done = run(*control_command(server, tmp_path, *BRIEFLY), cwd=ROOT)
    assert done.returncode == 0, done.stdout
    assert passed(done.stdout), done.stdout


def test_what_the_command_prints_names_operations_of_the_control_plane_and_turns_no_check_off() -> None:
    done = invoke("openapi", "--control", "--schemathesis")
    assert done.stdout == control_schemathesis_configuration()
    settings = tomllib.loads(done.stdout)
    assert settings.keys() == {"operations"}
    for one in settings["operations"]:
        named = one["include-operation-id"]
        assert ({named} if isinstance(named, str) else set(named)) <= {row.operation_id for row in CONTROL}
        assert all(check.keys() == {"expected-statuses"} for check in one.get("checks", {}).values())


def test_what_is_not_attacked_never_ends_by_itself() -> None:
    settings = tomllib.loads(control_schemathesis_configuration())
    (endless,) = [one["include-operation-id"] for one in settings["operations"] if one.get("enabled") is False]
    assert endless == ["followEvents", "waitForJournalEntries"]
