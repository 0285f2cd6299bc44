"""openapi-typescript makes types of the control plane's document by which a program makes a world of its own."""

import json
import shutil
from pathlib import Path

import pytest

from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.openapi import control_openapi
from tests.browser.recipes.npm import install, run
from tests.conftest import Api

PROGRAM = Path(__file__).parent / "typescript_control"
COMPILER = ("npx", "tsc", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext")

pytestmark = pytest.mark.javascript

MISTAKES = {
    "made.data.name": "made.data.nam",
    '{ reply: "Sunny.", delay_ms: 5 }': '{ reply: "Sunny.", delay_ms: "5" }',
    "{ seconds: 60 }": "{ minutes: 1 }",
    "waited.error?.error.type": "waited.error?.type",
    "one.from": "one.source",
    '{ contains: "rain" }': "{ contains: 1 }",
}


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages, the generated types and the program."""
    folder = tmp_path_factory.mktemp("control")
    for name in ("package.json", "control.ts"):
        shutil.copy(PROGRAM / name, folder)
    install(folder)
    (folder / "control.json").write_text(json.dumps(control_openapi(CONTROL)))
    options = ("--output", "control-plane.d.ts", "--default-non-nullable", "false")
    made = run(("npx", "openapi-typescript", "control.json", *options), folder)
    assert made.returncode == 0, made.stderr
    return folder


def test_a_program_makes_a_world_of_its_own(typescript: Path, api: Api) -> None:
    done = run((*COMPILER, "--noEmitOnError", "--outDir", "out", "control.ts"), typescript)
    assert (done.returncode, done.stdout) == (0, "")
    shutil.copy(typescript / "package.json", typescript / "out")
    done = run(("node", "control.js", api.server.control_url), typescript / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["weather added,seed", "running", "408 emulator_error", "2 ada", "204"]


def test_mistakes_do_not_compile(typescript: Path) -> None:
    right = (typescript / "control.ts").read_text()
    names = []
    for number, (correct, wrong) in enumerate(MISTAKES.items()):
        assert correct in right
        names.append(f"wrong{number}.ts")
        (typescript / names[-1]).write_text(right.replace(correct, wrong, 1))
    done = run((*COMPILER, "--noEmit", *names), typescript)
    refused = {line.partition("(")[0] for line in done.stdout.splitlines() if ": error TS" in line}
    assert refused == set(names), done.stdout
