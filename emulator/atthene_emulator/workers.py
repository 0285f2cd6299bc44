"""Worker processes that a server starts for one application. This module is what keeps them to one.

Each would have namespaces of its own, so that a session made by one is unknown to the next. The first worker holds a lock for
as long as it lives; a second one of the same parent, with the same settings, does not get it.
"""

import multiprocessing
import os
import sys
import tempfile
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from atthene_emulator.errors import SetupError
from atthene_emulator.settings import Settings

_SERVERS = {"uvicorn", "hypercorn", "granian"}  # whose workers are processes of multiprocessing


def is_worker() -> bool:
    """Whether a server has started this process to serve, perhaps beside others."""
    if "gunicorn.workers" in sys.modules:
        return True
    return multiprocessing.parent_process() is not None and not sys.modules.keys().isdisjoint(_SERVERS)


def be_the_only_one(settings: Settings) -> ExitStack:
    """What this worker holds, until it is closed, to keep others out; nothing in a process that is no worker.

    Raises:
        SetupError: another worker serves the same emulator.
    """
    held = ExitStack()
    if not is_worker() or os.name != "posix":
        return held
    import fcntl  # noqa: PLC0415  # not everywhere

    name = f"{os.getuid()} {os.getppid()} {settings}"
    path = Path(tempfile.gettempdir()) / f"atthene-emulator-{sha256(name.encode()).hexdigest()[:16]}.lock"
    lock = held.enter_context(path.open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise SetupError(
            "Another worker serves this emulator. An emulator lives in one process: start one worker, as in `uvicorn --workers 1`."
        ) from None
    held.callback(path.unlink, missing_ok=True)
    return held
