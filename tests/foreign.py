"""Programs of others and of other projects. This module is how tests run them: in time, and without measuring coverage."""

import os
import subprocess
from pathlib import Path

SECONDS = 120  # a program that takes longer is ended


def run(*command: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a program said; measuring the coverage of what is not ours would make it several times slower."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(command, cwd=cwd, env=mine | variables, capture_output=True, text=True, timeout=SECONDS)
