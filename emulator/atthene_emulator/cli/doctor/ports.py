"""Who listens on this machine. This module reads it from /proc; where there is none, nobody is known."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from atthene_emulator.secrecy import redact_text

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LISTENING = "0A"
_LONGEST = 80  # characters of a command that are shown


class Holder(NamedTuple):
    """A process that listens; `command` is what was typed."""

    pid: int
    command: str

    def __str__(self) -> str:
        shown = self.command if len(self.command) <= _LONGEST else f"{self.command[: _LONGEST - 1]}…"
        return f"process {self.pid} ({redact_text(shown)})"


def listeners() -> Mapping[int, Holder]:
    """Who listens on which port, as far as we may see it."""
    ports = _ports()
    found: dict[int, Holder] = {}
    for process in Path("/proc").glob("[0-9]*"):
        for socket in _sockets(process):
            if socket in ports:
                found[ports[socket]] = Holder(int(process.name), _command(process))
    return found


def _ports() -> dict[str, int]:
    """Listening ports, by what their sockets are called."""
    found = {}
    for table in _TABLES:
        with suppress(OSError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                columns = line.split()
                if columns[3] == _LISTENING:
                    found[f"socket:[{columns[9]}]"] = int(columns[1].rpartition(":")[2], 16)
    return found


def _sockets(process: Path) -> list[str]:
    """What the files are called that a process has open; none if it is another user's, or gone."""
    found: list[str] = []
    with suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):
                found.append(str(descriptor.readlink()))
    return found


def _command(process: Path) -> str:
    with suppress(OSError):
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        command = " ".join(" ".join(words).split())
        return "".join(one if one.isprintable() else "?" for one in command)
    return "gone"
