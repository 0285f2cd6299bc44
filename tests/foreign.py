"""Programs of others and of other projects. This module is how tests run them: in time, and without measuring coverage."""

import os
import subprocess
from pathlib import Path

SECONDS = 120  # a program that takes longer is ended

# Measuring what is not ours makes it several times slower, and a copy of ours would be taken for untested files.
UNMEASURED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}


def run(*command: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a program said."""
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **UNMEASURED, **variables},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
