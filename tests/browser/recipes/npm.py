"""Projects of Node.js in a temporary directory, with what they need from the npm registry. This module is for tests."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SECONDS = 120  # an install or a run that takes longer is ended

# What npm says when it cannot reach a registry; everything else that goes wrong fails the test.
UNREACHABLE = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|EHOSTUNREACH|ENETUNREACH|EPROTO|E?TIMEDOUT"
    r"|ERR_SOCKET_TIMEOUT|FETCH_ERROR|E50[234])\b"
)
INSTALL = (
    "npm",
    "install",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--prefer-offline",
    "--loglevel=error",  # with --silent nobody would learn whether the registry was reached
    "--fetch-retries=1",
    "--fetch-timeout=20000",
)
PLAIN = {"CI": "1", "FORCE_COLOR": "0", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="no node or no npm is installed"
)


def run(command: tuple[str, ...], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a command said; it and all that it started are ended when it takes too long."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **PLAIN, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            pytest.fail(f"{' '.join(command)} took more than {SECONDS} s:\n{out}\n{err}")
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def installed(project: Path, folder: Path) -> Path:
    """A copy of a project below a folder, with `atthene.cjs` beside its files and its packages installed."""
    made = folder / project.name
    shutil.copytree(project, made, ignore=shutil.ignore_patterns("node_modules", "test-results"))
    shutil.copy(HERE / "atthene.cjs", made)
    done = run(INSTALL, made)
    if done.returncode != 0 and UNREACHABLE.search(done.stderr):
        pytest.skip(f"the npm registry cannot be reached: {done.stderr.splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    return made
