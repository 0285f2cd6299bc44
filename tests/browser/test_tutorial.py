"""The front end of the tutorial passes its tests, by the commands of the tutorial."""

import shutil
from pathlib import Path

import pytest

from tests.browser.recipes.npm import run
from tests.cli.running import COMMAND
from tests.documentation import shown

FILES = Path(__file__).parent / "tutorial"


@pytest.mark.javascript
def test_the_tests_of_the_tutorial_pass(tmp_path: Path) -> None:
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    assert shown("console", "node --test") == "atthene-emulator exec -- node --test\n"
    done = run((*COMMAND, "exec", "--", "node", "--test"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert all(line in done.stdout for line in shown("text", "# tests 3").splitlines())
