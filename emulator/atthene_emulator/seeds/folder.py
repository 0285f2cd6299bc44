"""Files that are read for a seed, and the folder that they may not lead out of. This module is both."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from atthene_emulator.configuration.accepted import read
from atthene_emulator.configuration.document import Document, Unreadable
from atthene_emulator.errors import SetupError
from atthene_emulator.limits import CONTROL_VALUES, UPLOAD

Note = Callable[[Path], None]


def ignore(_: Path) -> None:
    """Note nothing."""


class Folder(NamedTuple):
    """The files below a folder, of the user's own seed; `note` is told of each before it is read.

    What is read raises a SetupError if a link leads out of the folder: a seed of somebody else may name no file of ours.
    """

    path: Path
    note: Note = ignore

    def document(self, name: str) -> Document:
        """The document in a file."""
        path = self._found(name)
        return read_file(path, str(path))

    def data(self, name: str) -> bytes:
        """The bytes of a file; of one that is too large for any use, one more than are used."""
        path = self._found(name)
        try:
            with path.open("rb") as file:
                return file.read(UPLOAD.most + 1)
        except OSError as error:
            raise SetupError(f"{path}: cannot be read: {error.strerror}.") from None

    def _found(self, name: str) -> Path:
        path = self.path / name
        self.note(path)
        if leads_out(path, self.path):
            raise SetupError(f"{path}: leads out of the seed's folder; put the file itself there.")
        if path.exists() and not path.is_file():
            raise SetupError(f"{path}: is no file.")
        return path


def leads_out(path: Path, folder: Path) -> bool:
    """Whether links lead from a path to a place that is not below a folder, or to none at all."""
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop, or a name that no file can have
        return True


def read_file(path: Path, shown: str) -> Document:
    """The document in a file, which messages call as `shown`.

    Raises:
        SetupError: it cannot be read, or is neither YAML nor JSON.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SetupError(f"{shown}: cannot be read: {error.strerror}.") from None
    try:
        return read(data, "json" if path.suffix == ".json" else "yaml", CONTROL_VALUES.most)
    except Unreadable as error:
        place = f":{error.mark.line}:{error.mark.column}" if error.mark else ""
        raise SetupError(f"{shown}{place}: {error.message}") from None
