"""The file that says that `serve` is ready, and where. This module is that file; it writes over no other one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atthene_emulator.cli.files import write_whole
from atthene_emulator.errors import SetupError

_LARGEST = 64 * 1024  # bytes; ours have a few hundred


class ReadyFile:
    """A file that is there while its server answers.

    Args:
        path: where it is.

    Raises:
        SetupError: something else is there, or nothing can be.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = ""
        if path.exists() and not self._is_ours():
            raise SetupError(
                f"{path} is there and is no ready file of an emulator, so it stays as it is; name another with --ready-file."
            )
        if not path.parent.is_dir():
            raise SetupError(f"The ready file {path} cannot be written: there is no folder {path.parent}.")

    def forget(self) -> None:
        """Remove the one of an earlier run."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None

    def write(self, ready: Mapping[str, Any]) -> None:
        """Write the ready line.

        Raises:
            SetupError: it cannot be written.
        """
        self._written = json.dumps(ready) + "\n"
        try:
            write_whole(self._path, self._written)
        except OSError as error:
            raise self._unwritable(error) from None

    def remove(self) -> None:
        """Remove it, unless another server has written its own there."""
        if self._written and self._text() == self._written:
            self._path.unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        """Whether an emulator may have written it; an empty one holds nothing that could be lost."""
        text = self._text()
        try:
            return text == "" or json.loads(text or "null")["event"] == "ready"
        except (ValueError, TypeError, KeyError):
            return False

    def _text(self) -> str | None:
        """What it holds; None for what is no small file."""
        try:
            if self._path.is_file() and self._path.stat().st_size < _LARGEST:
                return self._path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            pass
        return None

    def _unwritable(self, error: OSError) -> SetupError:
        return SetupError(f"The ready file {self._path} cannot be written: {error.strerror}.")
