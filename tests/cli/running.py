"""Commands with a clean environment: in this process, or as processes of their own. This module is how tests run them."""

import gc
import os
import subprocess
import sys
from contextlib import chdir
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

from atthene_emulator.cli import main

COMMAND = (sys.executable, "-m", "atthene_emulator")
ROOT = Path(__file__).parents[2]
SECONDS = 60  # a command that takes longer is ended
_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}

Done = subprocess.CompletedProcess[str]


def environment(**more: str) -> dict[str, str]:
    """The environment of this process without variables of the emulator and without proxies, and more."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ATTHENE_", "FORCE_")) and name.lower() not in _PROXIES
    }
    return mine | {"PYTHONPATH": str(ROOT / "emulator"), **more}


def invoke(*arguments: str, cwd: Path | None = None, stdin: str | bytes = "", **more: str) -> Done:
    """Run a command in this process, through the door of the program; for one that neither serves nor starts others."""
    given = TextIOWrapper(BytesIO(_encoded(stdin)), encoding="utf-8")
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    argv = ["atthene-emulator", *arguments]
    with (
        patch.multiple(sys, argv=argv, stdin=given, stdout=out, stderr=err),
        patch.dict(os.environ, environment(**more), clear=True),
        chdir(cwd or "."),
    ):
        status = _status()
    return subprocess.CompletedProcess(argv, status, *(_printed(stream) for stream in (out, err)))


def _status() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        gc.enable()  # which `serve` leaves off when it does not come to serve
    return 0


def _printed(stream: TextIOWrapper) -> str:
    assert isinstance(stream.buffer, BytesIO)
    return stream.buffer.getvalue().decode()


def run(*arguments: str, cwd: Path | None = None, stdin: str | bytes = "", **more: str) -> Done:
    """Run a command as users do, in a process of its own; it ends by itself, and prints UTF-8."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        timeout=SECONDS,
        cwd=cwd,
        input=_encoded(stdin),
        env=environment(**more),
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def _encoded(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
