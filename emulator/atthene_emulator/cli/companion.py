"""An emulator beside another program, for as long as that runs. This module is the process that `exec` starts.

Its standard input is a pipe from `exec`. Whatever happens to `exec`, even SIGKILL, closes that pipe, and that ends this
process. On the pipe come lines with the id of the command that `exec` runs, and 0 once it has ended: an `exec` that goes
while its command runs leaves it to this process, which ends it, too.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress

from atthene_emulator.cli import main

_PATIENCE = 5.0  # seconds that an orphaned command may take after SIGTERM
_POLL = 0.02


def _end_with_exec(pipe: int) -> None:
    """Wait until the pipe is closed, and end this process; a command that still runs goes first."""
    command = 0
    while words := os.read(pipe, 1024).split():
        command = int(words[-1])
    if command:
        _end(command)
    os._exit(0)


def _end(process: int) -> None:
    """Ask a process to end, and make it."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process, signal.SIGTERM)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            os.kill(process, 0)
            time.sleep(_POLL)
        os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))


def accompany() -> None:
    """Serve, with the options in `sys.argv`."""
    threading.Thread(target=_end_with_exec, args=(sys.stdin.fileno(),), name="atthene-exec", daemon=True).start()
    sys.argv[1:1] = ["serve"]
    main()
