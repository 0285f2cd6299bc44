"""Files that commands write. This module is how, so that nobody finds half of one, and nobody loses an old one."""

import errno
import os
from contextlib import suppress
from pathlib import Path

import click

from atthene_emulator.errors import SetupError

_OPEN = tuple(map(Path, ("/dev/stdout", "/dev/stderr", "/dev/fd", "/proc")))  # names of files that are open already

_NO_OTHERS = (errno.EACCES, errno.EPERM, errno.EBUSY)  # busy is a single file that is mounted


def write_whole(path: Path, text: str) -> None:
    """Write a file: whoever looks finds the old one, with its mode, or the new one, whole.

    A link is followed. A device or a pipe is written to as it is; so is a file in a folder that takes no others.

    Raises:
        OSError: it cannot be written; an old one is as it was.
    """
    target = path.resolve()
    if _is_open(path) or (path.exists() and not path.is_file()):
        with path.open("a", encoding="utf-8") as device:  # behind what standard output has said before
            device.write(text)
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _write(part, text, target)
        part.replace(target)
    except OSError as error:
        if error.errno not in _NO_OTHERS or not target.exists():
            raise
        target.write_text(text, encoding="utf-8")
    finally:
        part.unlink(missing_ok=True)


def print_or_write(text: str, output: Path) -> None:
    """Print a text where the output is `-`, else write it to that file, whole.

    Raises:
        SetupError: it cannot be written; an old one is as it was.
    """
    if str(output) == "-":
        click.echo(text, nl=False)
        return
    try:
        write_whole(output, text)
    except OSError as error:
        raise SetupError(f"{output} cannot be written: {error.strerror}.") from None


def _is_open(path: Path) -> bool:
    return any(map(path.absolute().is_relative_to, _OPEN))


def _write(part: Path, text: str, target: Path) -> None:
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        part.chmod(target.stat().st_mode)
