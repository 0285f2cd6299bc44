"""An emulator in a process of its own. This module starts and ends it.

`atthene-emulator exec` runs it beside a command, which here tells where the emulator is and then waits for the end of its
input: however pytest ends, its pipe is closed, and command and emulator end with it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Timer
from typing import Any

from atthene_emulator.client import EmulatorClient
from atthene_emulator.errors import SetupError
from atthene_emulator.secrecy import redact_text

_TELL = "import os, sys; print(os.environ['ATTHENE_EMULATOR_URL'], flush=True); sys.stdin.read()"
_START_SECONDS = 30
_STOP_SECONDS = 5
_RENAMED = {
    "seeds": "--seed",
    "allow_hosts": "--allow-host",
    "cors_origins": "--cors-origin",
    "control_cors_origins": "--control-cors-origin",
    "trusted_proxies": "--trusted-proxy",
    "opened": "--import",
}
_WITHOUT_OPTION = {"rulings": "; observations can", "watch": "", "workers": ", which is one alone"}
_PREFIX = "ATTHENE_EMULATOR_"
_OF_THIS_PYTHON = ("PYTHONPATH", "PYTHONHOME")


@contextmanager
def process(command: Sequence[str], settings: Mapping[str, Any]) -> Iterator[EmulatorClient]:
    """The client of an emulator that a command starts, such as `("atthene-emulator",)`; it is ended afterwards.

    Raises:
        SetupError: it cannot be started.
    """
    arguments = [*command, "exec", *options(settings), "--", sys.executable, "-I", "-S", "-c", _TELL]
    with tempfile.TemporaryFile() as errors:
        started = _start(arguments, _environment(command, settings.get("control_token")), errors.fileno())
        try:
            url = _url(started)
            if not url:
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip()
                shown = redact_text(" ".join(command))
                raise SetupError(f"The emulator cannot be started by {shown}: {said or 'it says nothing'}")
            with EmulatorClient(url, settings.get("control_token")) as client:
                yield client
        finally:
            _end(started)


def _start(arguments: Sequence[str], environment: Mapping[str, str], errors: int) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(  # noqa: S603  # asked for
            arguments,
            stdin=pipe,
            stdout=pipe,
            stderr=errors,
            env=environment,
            start_new_session=True,  # Ctrl-C ends the tests first, which still need it
        )
    except OSError as error:
        raise SetupError(f"The emulator cannot be started by {arguments[0]}: {error.strerror}.") from None


def _url(started: "subprocess.Popen[bytes]") -> str:
    """Where the emulator is; empty if it has not come up in time."""
    assert started.stdout is not None  # noqa: S101  # it is a pipe
    limit = Timer(_START_SECONDS, started.kill)
    limit.start()
    try:
        line = started.stdout.readline().decode(errors="replace").strip()
    finally:
        limit.cancel()
    return line if line.startswith("http") else ""


def _end(started: "subprocess.Popen[bytes]") -> None:
    assert started.stdin is not None  # noqa: S101  # both are pipes
    assert started.stdout is not None  # noqa: S101
    started.stdin.close()
    try:
        started.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()
    started.stdout.close()


def _environment(command: Sequence[str], token: str | None) -> dict[str, str]:
    """As it is here, without what would choose otherwise than the settings do; of another Python without ours."""
    ours = () if command[0] == sys.executable else _OF_THIS_PYTHON
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX) and name not in ours}
    return kept if token is None else {**kept, f"{_PREFIX}CONTROL_TOKEN": token}


def options(settings: Mapping[str, Any]) -> Iterator[str]:
    """Settings as options of `exec`.

    Raises:
        SetupError: it has no option for one of them.
    """
    for name, value in settings.items():
        option = _RENAMED.get(name, f"--{name.replace('_', '-')}")
        if name == "control_token" or value is None or value is False:
            continue  # others would see the token among the arguments
        if name in _WITHOUT_OPTION:
            raise SetupError(f"{name} cannot be set for an emulator in a process of its own{_WITHOUT_OPTION[name]}.")
        if value is True:
            yield option
        elif isinstance(value, tuple | list):
            yield from (part for one in value for part in (option, str(one)))
        else:
            yield from (option, str(value))
