"""Commands as users run them: subprocesses with a clean environment. This module is how the tests start them."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = (sys.executable, "-m", "atthene_emulator")
ROOT = Path(__file__).parents[2]
_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}


def environment(**more: str) -> dict[str, str]:
    """The environment of this process without variables of the emulator and without proxies, and more."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ATTHENE_") and name.lower() not in _PROXIES
    }
    return mine | {"PYTHONPATH": str(ROOT / "emulator"), **more}


def run(
    *arguments: str, cwd: Path | None = None, stdin: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        input=stdin,
        env=environment(**more),
    )
