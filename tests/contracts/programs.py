"""Programs of others that `make contracts` installs. This module is where they are, and how tests run them."""

import subprocess
from pathlib import Path

from tests import foreign

ROOT = Path(__file__).parent.parent.parent
BIN = ROOT / "build" / "contracts" / "bin"


def run(program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """What a program said; Pact is told to count nobody."""
    return foreign.run(str(BIN / program), *arguments, cwd=cwd, PACT_DO_NOT_TRACK="true", PYTHONPATH="")
