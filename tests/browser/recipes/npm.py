"""Projects of Node.js in a temporary directory, with what they need from the npm registry. This module is for tests."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.browser.programs import program

HERE = Path(__file__).parent
SECONDS = 120  # a run that takes longer is ended
_INSTALL_SECONDS = 300  # and an install

INSTALL = (
    "npm",
    "install",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--prefer-offline",
    "--loglevel=error",
)
PLAIN = {"CI": "1", "FORCE_COLOR": "0", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}


def run(
    command: tuple[str, ...], folder: Path, seconds: float = SECONDS, **variables: str
) -> subprocess.CompletedProcess[str]:
    """What a command said; it and all that it started are ended when it takes too long."""
    with subprocess.Popen(
        (program(command[0], package="nodejs npm"), *command[1:]),
        cwd=folder,
        env={**os.environ, **PLAIN, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            pytest.fail(f"{' '.join(command)} took more than {seconds:g} s:\n{out}\n{err}")
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def installed(project: Path, folder: Path, *packages: Path) -> Path:
    """A copy of a project below a folder, with what its package.json names installed, and packages besides."""
    made = folder / project.name
    shutil.copytree(project, made, ignore=shutil.ignore_patterns("node_modules", "test-results"))
    install(made, *packages)
    return made


def install(folder: Path, *packages: Path) -> None:
    """Install what a folder's package.json names, and packages besides."""
    done = run((*INSTALL, *map(str, packages)), folder, _INSTALL_SECONDS)
    assert done.returncode == 0, done.stderr
